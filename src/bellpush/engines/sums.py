"""Sums over attempts: closed ones for exponentials, and a quadrature with an error for every other smooth law."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["direct_sum", "first_kept", "newest_kept", "smooth_sum"]

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


def newest_kept(success: ArrayLike, attempts: ArrayLike, decay: ArrayLike, factor: ArrayLike = 1.0) -> Array:
    """Mean of (factor exp(-decay))^j over the newest success, j attempts before the last; presses without one count 0.

    sum_j p q^j x^j = p (1 - (q x)^N) / (1 - q x) with x = factor exp(-decay), written so that nothing cancels when q x
    is close to 1.

    Args:
        success: probability p of one attempt, shape (...).
        attempts: number N of attempts, at least 1, shape (...).
        decay: what one attempt's duration costs, dimensionless and at least 0, shape (...).
        factor: what each further attempt does, from -1 to 1, shape (...).

    Source: docs/background/clocked-delivery.md.

    >>> newest_kept(0.01, 200, 1 / 1000).round(10)
    np.float64(0.810142683)
    """
    p, n, x, f = (np.asarray(value, dtype=float) for value in (success, attempts, decay, factor))
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log1p(-p) - x + np.log(np.abs(f))  # of |q x|; minus infinity where only the last attempt counts
        size = np.exp(log)
        smooth = np.where(log < 0, np.expm1(n * log) / np.expm1(log), n)
        alternating = (1 - np.where(n % 2 == 1, -1.0, 1.0) * np.exp(n * log)) / (1 + size)
    return np.asarray(p * np.where(f >= 0, smooth, alternating))


ORDER = 24
CHUNK = 16384  # terms summed at a time where each is needed
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
    """sum_{j=0}^{count-1} term(j) for a smooth term, and its error, at a cost that hardly grows with count.

    Args:
        term: takes real j of shape (m,) and returns shape (m, ...); smooth between its few scales.
        count: number of terms.
        tolerance: absolute error aimed at in the largest component.

    Returns:
        The sum, shape (...), and the sum of the differences between the last two refinements: the error of the coarser
        of the two, and so a cautious estimate of that of the finer, which is returned.
    """
    total: Array | None = None
    error = 0.0
    panels = _panels(count)
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
    # Numbers j this large are rounded; a term that rises and falls once changes by at most twice its peak in all.
    peak = float(np.max(np.abs(term(np.array([0.0, count / 2, count - 1.0])))))
    return np.asarray(total), error + 1e-15 * count.bit_length() + 2 * peak * float(np.spacing(float(count)))


def direct_sum(term: Callable[[Array], Array], count: int) -> tuple[Array, float]:
    """sum_{j=0}^{count-1} term(j), term by term, and a bound on what rounding does to it; for terms that jump.

    Args:
        term: takes j of shape (m,) and returns shape (m, ...).
        count: number of terms.
    """
    total, size = np.zeros(()), 0.0
    for low in range(0, count, CHUNK):
        part = term(np.arange(low, min(low + CHUNK, count), dtype=float))
        total = total + part.sum(axis=0)
        size += float(np.abs(part).sum(axis=0).max())
    return np.asarray(total), 1e-15 * count.bit_length() * max(size, 1.0)


def _panels(count: int) -> list[tuple[int, int]]:
    """First panels, doubling from both ends: what is narrow sits at an end, and must not fall between nodes."""
    half = [0]
    while half[-1] < count // 2:
        half.append(min(max(2 * half[-1], DIRECT), count // 2))
    borders = [*half, *(count - border for border in reversed(half))]
    return [(low, high) for low, high in pairwise(borders) if high > low]


def _panel(term: Callable[[Array], Array], low: int, high: int) -> Array:
    if high - low <= DIRECT:
        return np.asarray(term(np.arange(low, high, dtype=float)).sum(axis=0))
    nodes, weights = _rule(high - low, ORDER)
    return np.asarray(np.tensordot(weights, term(low + nodes), axes=1))
