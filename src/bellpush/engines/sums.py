"""Sums over attempts: closed ones for exponentials, and a certified quadrature for every other smooth law."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["first_kept", "newest_kept", "smooth_sum"]

Array = NDArray[np.float64]


def first_kept(success: ArrayLike, attempts: ArrayLike, decay: ArrayLike) -> Array:
    """Mean of exp(-decay j) over the first success, j attempts before the last; presses without one count as 0.

    sum_k p q^(k-1) x^(N-k) = p (x^N - q^N) / (x - q) with x = exp(-decay), written so that nothing cancels when x and q
    are close or near 1.

    Args:
        success: probability p of one attempt, shape (...).
        attempts: number N of attempts, at least 1, shape (...).
        decay: what one attempt's duration costs, dimensionless and at least 0, shape (...).

    Source: docs/background/clocked-delivery.md.

    >>> first_kept(0.01, 200, 1 / 1000).round(10)
    np.float64(0.7607922792)
    """
    p, n, x = (np.asarray(value, dtype=float) for value in (success, attempts, decay))
    with np.errstate(divide="ignore", invalid="ignore"):
        fail = -np.log1p(-p)
        slow, apart = np.minimum(fail, x), np.abs(fail - x)
        ratio = np.where(apart > 0, np.expm1(-n * apart) / np.expm1(-apart), n)
    return np.asarray(p * np.exp(-(n - 1) * slow) * ratio)


def newest_kept(success: ArrayLike, attempts: ArrayLike, factor: ArrayLike) -> Array:
    """Mean of factor^j over the newest success, j attempts before the last; presses without one count as 0.

    sum_j p q^j f^j = p (1 - (q f)^N) / (1 - q f), for any factor in [-1, 1].

    Source: docs/background/clocked-delivery.md.

    >>> newest_kept(0.01, 200, 0.999).round(6)
    np.float64(0.810116)
    """
    p, n, f = (np.asarray(value, dtype=float) for value in (success, attempts, factor))
    y = (1 - p) * f
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(y > 0, np.log1p(-p) + np.log(np.abs(f)), 0.0)
        smooth = np.where(log < 0, np.expm1(n * log) / np.expm1(log), n)
        ratio = np.where(y > 0, smooth, (1 - np.sign(y) ** np.mod(n, 2) * np.abs(y) ** n) / (1 - y))
    return np.asarray(p * ratio)


ORDER = 24
DIRECT = 64  # panels of at most so many terms are summed term by term


@cache
def _rule(count: int, order: int) -> tuple[Array, Array]:
    """Nodes and weights that sum every polynomial below degree 2 order over 0, 1, ..., count - 1 exactly.

    Gauss quadrature for the counting measure: the Jacobi matrix of the discrete Chebyshev (Gram) polynomials.
    """
    k = np.arange(1, order)
    off = np.sqrt(k**2 * (float(count) ** 2 - k**2) / (4.0 * (4 * k**2 - 1)))
    jacobi = np.diag(off, 1) + np.diag(off, -1)
    nodes, vectors = np.linalg.eigh(jacobi)
    return nodes + (count - 1) / 2, count * vectors[0] ** 2


def smooth_sum(term: Callable[[Array], Array], count: int, tolerance: float = 1e-13) -> tuple[Array, float]:
    """sum_{j=0}^{count-1} term(j) for a smooth term, and a bound on the error, at a cost that hardly grows with count.

    Args:
        term: takes real j of shape (m,) and returns shape (m, ...); smooth between its few scales.
        count: number of terms.
        tolerance: absolute error aimed at in the largest component.

    Returns:
        The sum, shape (...), and the sum of the differences between the last two refinements.
    """
    total: Array | None = None
    error = 0.0
    panels = [(0, count)]
    while panels:
        low, high = panels.pop()
        size = high - low
        if size <= DIRECT:
            part = term(np.arange(low, high, dtype=float)).sum(axis=0)
        else:
            middle = (low + high) // 2
            whole = _panel(term, low, high)
            part = _panel(term, low, middle) + _panel(term, middle, high)
            difference = float(np.max(np.abs(part - whole)))
            if difference > tolerance * max(size / count, 1e-3):
                panels += [(low, middle), (middle, high)]
                continue
            error += difference
        total = part if total is None else total + part
    assert total is not None
    return np.asarray(total), error + 1e-15 * count.bit_length()


def _panel(term: Callable[[Array], Array], low: int, high: int) -> Array:
    if high - low <= DIRECT:
        return np.asarray(term(np.arange(low, high, dtype=float)).sum(axis=0))
    nodes, weights = _rule(high - low, ORDER)
    return np.asarray(np.tensordot(weights, term(low + nodes), axes=1))
