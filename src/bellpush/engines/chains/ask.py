"""What is asked of the law of a chain: by when, how good, at which clock, and with which cut-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.filters import one_pole
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.rows import Fading
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState

__all__ = [
    "Best",
    "at_edges",
    "best_cutoff",
    "edge_fidelity",
    "fidelity_limit",
    "quantile",
    "ready_by",
    "smallest_period",
]

Array = NDArray[Any]


def ready_by(law: ChainLaw, slots: ArrayLike) -> Array:
    """Rows summed over all slots up to `slots` (whole numbers of shape (s,)), shape (..., C, s); row 0 is P(T <= t)."""
    t = np.atleast_1d(np.asarray(slots))
    n = law.horizon
    upto = np.cumsum(law.rows, axis=-1)
    inside = np.take(upto, np.clip(t, 0, n - 1), axis=-1)
    with np.errstate(under="ignore"):
        more = law.beyond[..., None] * -np.expm1(
            -np.minimum(law.rate, 700.0)[..., None, None] * np.maximum(t - n + 1, 0)
        )
    return np.asarray(np.where(t < 0, 0.0, inside + np.where(t >= n, more, 0.0)))


def quantile(law: ChainLaw, level: float) -> Array:
    """The first slot by which the pair is ready with probability `level`, shape (...); infinite where it never is."""
    n = law.horizon
    upto = np.cumsum(law.mass, axis=-1)
    inside = (upto < level).sum(axis=-1).astype(float)
    missing = level - upto[..., -1]
    rest = np.abs(law.beyond[..., 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.ceil(-np.log1p(-missing / rest) / law.rate - 1e-12)
    beyond = np.where(missing < rest, n - 1 + np.maximum(more, 1.0), np.inf)
    return np.asarray(np.where(inside < n, inside, beyond))


def at_edges(law: ChainLaw, fade: Fading, edges: int) -> Array:
    """Rows at every clock edge 0, ..., edges - 1 of a pair that is kept from when it is ready; (..., C, edges).

    Row 0 is the chance that there is a pair. `fade` is what a slot does to it in the end nodes.
    """
    came = fade.into(law.at(edges))
    return fade.back(one_pole(came, fade.factors))


def edge_fidelity(law: ChainLaw, fade: Fading, edges: int, target: BellState, fallback: ArrayLike) -> Array:
    """Delivered fidelity at every clock edge 0, ..., edges - 1, shape (..., edges).

    `fallback` (4, 4) is handed over where there is no pair.
    """
    kept = at_edges(law, fade, edges)
    pairs = law.basis.pairs(np.moveaxis(kept, -1, -2))
    none = 1 - kept[..., 0, :].real
    return np.asarray(overlap(pairs, target) + none * overlap(np.asarray(fallback, dtype=float), target))


def smallest_period(
    law: ChainLaw, fade: Fading, fidelity: float, target: BellState, fallback: ArrayLike, longest: int
) -> Array:
    """The first clock edge, in slots, at which the delivered fidelity reaches `fidelity`; (...), infinite if none."""
    reached = edge_fidelity(law, fade, longest + 1, target, fallback) >= fidelity
    return np.asarray(np.where(reached.any(axis=-1), reached.argmax(axis=-1), np.inf))


def fidelity_limit(law: ChainLaw, fade: Fading, fidelity: float, target: BellState, slots: int, longest: int) -> Array:
    """How many slots a pair may wait before its estimated fidelity falls below `fidelity`.

    By the slot in which it came, shape (..., slots).

    The estimate is the mean of all pairs that become ready in that slot. For `limit_first` of `meet`; a pair that is
    too bad when it comes waits 0 slots, and meets another only if that comes with it. At most `longest`.

    The fidelity of a waiting pair is taken to fall; for a pair that rises again the first fall counts.
    """
    rows = law.at(slots)
    mass = rows[..., :1, :].real
    mean = np.where(mass > 0, rows / np.where(mass > 0, mass, 1.0), 0.0)

    # By halving: the fidelity falls, so that each pair has one moment.
    low = np.zeros(mean.shape[:-2] + mean.shape[-1:])
    high = np.full(low.shape, float(longest))
    while np.any(high - low > 0.5):
        middle = np.ceil((low + high) / 2)
        pairs = law.basis.pairs(np.moveaxis(_after(fade, mean, middle), -1, -2))
        keeps = np.asarray(overlap(pairs, target) >= fidelity)
        low, high = np.where(keeps, middle, low), np.where(keeps, high, middle - 1)
    return low.astype(np.int64)


def _after(fade: Fading, rows: Array, slots: Array) -> Array:
    with np.errstate(under="ignore"):
        factors = fade.factors[..., None] ** slots[..., None, :]
    return fade.back(factors * fade.into(rows))


class Best(NamedTuple):
    """The best of many."""

    choice: float
    value: float
    values: Array  # of all, in the order given


def best_cutoff(
    cutoffs: ArrayLike, law: Callable[[Array], ChainLaw], value: Callable[[ChainLaw], Array], together: int = 256
) -> Best:
    """The cut-off whose law is worth most.

    Args:
        cutoffs: candidates, shape (b,).
        law: builds the laws for cut-offs (b, 1) as one batch (b,).
        value: what each is worth, shape (b,); NaN is worth nothing.
        together: how many are worked out as one batch.
    """
    candidates = np.asarray(cutoffs)
    parts = [value(law(candidates[i : i + together, None])) for i in range(0, len(candidates), together)]
    values = np.concatenate([np.atleast_1d(part) for part in parts])
    best = int(np.nanargmax(values))
    return Best(float(candidates[best]), float(values[best]), values)
