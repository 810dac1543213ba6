"""When the first, the k-th or the last of many independent links is there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.sums import smooth_sum

__all__ = ["all_ready", "mean_of_all", "mean_of_first", "mean_of_kth", "mean_of_last_exponential"]

Array = NDArray[np.float64]


def all_ready(success: ArrayLike, attempts: ArrayLike) -> Array:
    """Probability that every link was heralded within so many attempts, shape of `attempts` (...).

    `success` (n,) holds a probability for each link. Any real number of attempts from 0 on is taken, and interpolated.

    >>> all_ready([0.01] * 8, 500).round(9)
    np.float64(0.948629176)
    """
    p, t = np.asarray(success, dtype=float), np.asarray(attempts, dtype=float)[..., None]
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        missed = np.where(t > 0, np.exp(t * np.log1p(-p)), 1.0)
        return np.asarray(np.exp(np.log1p(-missed).sum(axis=-1)))


def mean_of_all(success: ArrayLike) -> tuple[float, float]:
    """Mean number of attempts until the last of n links is heralded, and an error bound; `success` has shape (n,).

    The tail sum of P(T > t): nothing cancels, for any n. (Inclusion and exclusion loses all digits from n = 50 on.)

    >>> f"{mean_of_all([0.1, 0.1])[0]:.12f}"
    '14.736842105263'
    """
    p = np.asarray(success, dtype=float)
    with np.errstate(divide="ignore"):
        rates = -np.log1p(-p)
    if np.all(np.isinf(rates)):
        return 1.0, 0.0

    def missing(t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
            some = np.where(t[:, None] > 0, np.exp(-t[:, None] * rates), 1.0)
            return np.asarray(-np.expm1(np.log1p(-some).sum(axis=-1)))

    return _tail_sum(missing, float(rates.min()), len(p))


def mean_of_first(success: ArrayLike) -> Array:
    """Mean number of attempts until the first of n links is heralded; `success` (..., n) gives (...).

    >>> print(f"{mean_of_first([0.1] * 4):.10f}")
    2.9078220413
    """
    p = np.asarray(success, dtype=float)
    with np.errstate(divide="ignore"):
        return np.asarray(-1 / np.expm1(np.log1p(-p).sum(axis=-1)))


def mean_of_kth(success: float, links: int, k: int) -> tuple[float, float]:
    """Mean number of attempts until k of `links` equal links are heralded, and an error bound.

    >>> f"{mean_of_kth(0.1, 5, 3)[0]:.10f}"
    '7.9346952425'
    """
    if success >= 1:
        return 1.0, 0.0
    rate = -math.log1p(-success)
    numbers = np.arange(k)
    ways = np.array([math.lgamma(links + 1) - math.lgamma(j + 1) - math.lgamma(links - j + 1) for j in numbers])

    def missing(t: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            there = np.log(-np.expm1(-rate * t))[:, None]
            terms = np.where(numbers == 0, 0.0, numbers * there) + ways - rate * t[:, None] * (links - numbers)
        return np.asarray(np.exp(terms).sum(axis=-1))

    return _tail_sum(missing, rate * (links - k + 1), links**k)


def mean_of_last_exponential(links: int, rate: float = 1.0) -> float:
    """Mean time until the last of `links` independent exponentials: the harmonic number over the rate.

    >>> print(f"{mean_of_last_exponential(10):.10f}")
    2.9289682540
    """
    return math.fsum(1 / k for k in range(1, links + 1)) / rate


def _tail_sum(missing: Any, rate: float, links: float) -> tuple[float, float]:
    """sum_{t>=0} missing(t), where missing(t) <= links exp(-rate t)."""
    count = max(math.ceil((math.log(links) + 45.0) / rate), 2)
    scale = float(min((math.log(links) + 1) / rate + 1, count))
    total, error = smooth_sum(lambda t: missing(t) / scale, count)
    rest = links * math.exp(-rate * count) / -math.expm1(-rate)
    return float(total) * scale, error * scale + rest
