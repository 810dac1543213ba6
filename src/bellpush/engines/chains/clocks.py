"""Swaps that never fail, each as soon as both its pairs are there, over links whose attempts differ in length.

Attempts of link k end at every `attempts[k]`-th slot. All 2^n subsets of links that may stand are followed from one
such moment to the next: what a subset has lost so far is a product over its waiting qubits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.rows import Rows
from bellpush.ground.errors import UnsupportedError

__all__ = ["MOST", "unequal_law"]

MOST = 12  # links
WORK = 2e9  # numbers touched, some ten seconds

Array = NDArray[np.float64]


def unequal_law(
    basis: Rows,
    success: ArrayLike,
    attempts: ArrayLike,
    whole: ArrayLike,
    keeps: ArrayLike,
    damage: ArrayLike,
    tolerance: float = TOLERANCE,
) -> ChainLaw:
    """The law of the pair across n links.

    Args:
        basis: which correlations to carry, each a product link by link.
        success: of each link's attempts, shape (n,).
        attempts: how many slots an attempt of each link takes, shape (n,).
        whole: rows of the long pair if nothing waits, shape (C,).
        keeps: what a slot leaves of a row for a qubit that waits in node 0, ..., n, shape (C, n + 1). An inner node
            holds a qubit while one of its two links stands, an end node while its link does.
        damage: what an attempt at another link leaves of a row for a qubit in each node, shape (C, n + 1).
        tolerance: probability that may be left out for each link.

    Source: docs/background/chains.md, "Swapped as soon as possible".
    """
    p, every = np.asarray(success, dtype=float), np.asarray(attempts, dtype=int)
    kept, hurt = np.asarray(keeps, dtype=float), np.asarray(damage, dtype=float)
    n, rows = len(p), len(kept)
    with np.errstate(divide="ignore"):
        tries = np.maximum(np.ceil(np.log(tolerance) / np.log1p(-p)), 1.0)
    last = int(np.max(tries * every))
    moments = np.unique(np.concatenate([np.arange(m, last + 1, m) for m in np.unique(every)]))
    if n > MOST or len(moments) * n * 2.0**n * rows > WORK:
        raise UnsupportedError(
            f"The exact engine would follow the {2**n} subsets of {n} links through {len(moments)} moments, which is "
            "too much. Try attempts of one duration, or --engine physics."
        )
    stands = np.array(np.meshgrid(*[[0, 1]] * n, indexing="ij")).astype(bool)  # (n, 2, 2, ...)
    none = np.zeros((1, *stands.shape[1:]), dtype=bool)
    holds = np.concatenate([none, stands]) ^ np.concatenate([stands, none])  # (n + 1, 2, 2, ...)
    slot = _product(kept, holds)
    weight = np.zeros((*stands.shape[1:], rows))
    weight[(0,) * n] = 1.0
    full = (1,) * n
    found = np.zeros((rows, last + 1))
    steps = {int(gap): slot**gap for gap in np.unique(np.diff(moments, prepend=0))}
    beside = [_beside(hurt, stands, k) for k in range(n)]
    before = 0
    for moment in moments.tolist():
        weight *= steps[moment - before]
        for k in np.flatnonzero(moment % every == 0):
            if beside[k] is not None:
                weight *= beside[k]
        for k in np.flatnonzero(moment % every == 0):
            without, there = ((slice(None),) * k + (side,) for side in (0, 1))
            weight[there] += p[k] * weight[without]
            weight[without] *= 1 - p[k]
        found[:, moment] = weight[full]
        weight[full] = 0.0
        before = moment
    lost = np.asarray(float(np.sum((1 - p) ** (last // every))) + 1e-16)
    late = lost * (last + float(np.max(every / p)))
    return ChainLaw(basis, found * np.asarray(whole)[:, None], np.zeros(rows), np.asarray(np.inf), lost, late)


def _product(factors: Array, where: NDArray[np.bool_]) -> Array:
    """For every subset the product of factors (C, m) over those of m that are in it (m, 2, 2, ...): (2, 2, ..., C)."""
    found = np.ones((*where.shape[1:], len(factors)))
    for each, inside in zip(factors.T, where, strict=True):
        found *= np.where(inside[..., None], each, 1.0)
    return found


def _beside(hurt: Array, stands: NDArray[np.bool_], k: int) -> Array | None:
    """What an attempt at link k, while it does not stand, leaves of the qubits of its neighbours at its two nodes."""
    nodes = [(node, link) for node, link in ((k, k - 1), (k + 1, k + 1)) if 0 <= link < len(stands)]
    if all(np.all(hurt[:, node] == 1) for node, _ in nodes):
        return None
    where = np.array([stands[link] & ~stands[k] for _, link in nodes])
    return _product(np.stack([hurt[:, node] for node, _ in nodes], axis=-1), where)
