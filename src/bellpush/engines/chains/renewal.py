"""Rounds until one succeeds: the law of the pair from the law of one round.

With S(z) the generating function of success and F(z) that of failure, the pair's is S(z) / (1 - F(z)).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.law import LONGEST, TOLERANCE, ChainLaw
from bellpush.engines.chains.meet import Round
from bellpush.ground.errors import ConvergenceError, UnsupportedError

__all__ = ["again", "dominant_pole", "fast_size", "repeat"]

Array = NDArray[Any]

ROUND_OFF = 1e-16  # what may wrap around, or be rounding, of the probability of one slot
DEEP = 40.0  # e-folds after which a tail is beyond double precision


def repeat(round_: Round, tolerance: float = TOLERANCE) -> ChainLaw:
    """The law of a pair made by rounds that are repeated until one succeeds.

    The retries are summed on the unit circle by a fast Fourier transform. The slowest exponential of the answer, the
    root of F(z) = 1, is taken out before and put back as the law's tail, so that nothing wraps around: the transform
    is as long as a few rounds, not as the answer. Round-off is about 1e-16 of the largest slot over the chance of
    success.

    Source: docs/background/chains.md, "Retries".
    """
    success, failure = round_.success, np.maximum(round_.failure, 0.0)
    mass, failing = success[..., 0, :].real, failure.sum(axis=-1)
    gained = mass.sum(axis=-1)
    if np.any(gained <= 0):
        raise ConvergenceError("A round of this chain must be able to succeed, but never does. Try a longer cut-off.")
    # What is lost counts neither as success nor as failure. Its bound may be far too large; what both miss of one is
    # another, but for rounding.
    chance = gained + np.minimum(round_.lost, np.maximum(1 - gained - failing, 0.0) + 2e-16)
    took_s = mass @ _times(mass.shape[-1])[0]
    took_f = failure @ _times(failure.shape[-1])[0]
    mean = (took_s + gained / chance * took_f) / chance
    late = np.maximum((took_s + took_f + round_.late) / gained - mean, 0.0)
    lost = round_.lost / chance
    if not np.any(failing > 0):
        return _closed(round_, success, lost, late)
    log_pole, slope = dominant_pole(failure, chance)
    rows, tail = _retried(success, failure, failing, chance, log_pole, slope)
    law = ChainLaw(round_.basis, rows, tail, log_pole, lost, late)
    # What should add up to one shows the rounding of all slots together.
    drift = np.abs(1 - lost - law.mass.sum(axis=-1) - law.beyond[..., 0].real)
    return law.doubted(lost + drift, late + np.abs(mean - law.mean) + drift * mean)


def again(failure: Array, slots: int) -> Array:
    """Probability that a round begins in each slot, (slots,), when one begins at 0 and each failure (m,) is followed.

    The series 1 / (1 - F(z)), by Newton's method on twice as many slots each time.
    """
    one = np.zeros(slots)
    count = min(slots, failure.shape[-1])
    one[:count] = -failure[:count]
    one[0] += 1
    found = np.array([1 / one[0]])
    while len(found) < slots:
        size = 4 * len(found)
        least = min(size // 2, slots)
        left = np.fft.rfft(one[:least], size)
        old = np.fft.rfft(found, size)
        product = np.fft.irfft(left * old, size)[:least]
        found = np.concatenate([found, -np.fft.irfft(np.fft.rfft(product, size) * old, size)[len(found) : least]])
    return found[:slots]


def _closed(round_: Round, success: Array, lost: Array, late: Array) -> ChainLaw:
    none = np.zeros(success.shape[:-2])
    shape = none.shape
    return ChainLaw(
        round_.basis,
        success,
        np.zeros(success.shape[:-1]),
        np.full(shape, np.inf),
        np.broadcast_to(lost, shape),
        np.broadcast_to(late, shape),
    )


def dominant_pole(failure: Array, chance: Array) -> tuple[Array, Array]:
    """The s > 0 with sum_t failure[t] exp(s t) = 1, and the derivative of that sum by s there; both of shape (...).

    Halley's method on the logarithm of the sum, which is convex and rising. A last step, with 1 - sum_t failure[t] =
    `chance` (...) given apart, keeps all digits where success is rare. Infinite where failure is impossible.
    """
    t, tt = _times(failure.shape[-1])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        total, first, spread = _cumulants(failure, t, tt)
        # The first guess is the root of the series to second order.
        s = -2 * total / (first + np.sqrt(first**2 - 2 * spread * total))
        never = ~np.isfinite(s) | ~(first > 0)
        s = np.where(never, 0.0, s)
        slope = np.zeros_like(s)
        for _ in range(60):
            value, slope, spread = _weighted(failure, s, t, tt)
            newton = value / slope
            step = np.where(never, 0.0, newton / np.maximum(1 - newton * spread / (2 * slope), 0.5))
            s = s - step
            if np.all(np.abs(step) <= 1e-6 * np.abs(s)):  # what is left is the cube of that
                break
        if np.any(chance < 1e-3):
            growth = np.minimum(s[..., None] * t, 700.0)
            excess = (failure * np.expm1(growth)).sum(axis=-1) - chance
            polish = excess / ((failure * np.exp(growth)) @ t)
            s = np.where(np.abs(polish) < 1e-6 * s, s - polish, s)
        slope = slope - spread * step  # at the last s
    return np.where(never, np.inf, s), np.where(never, 0.0, slope)


def _weighted(failure: Array, s: Array, t: Array, tt: Array) -> tuple[Array, Array, Array]:
    """The logarithm of the sum of failure[t] exp(s t) and its first two derivatives by s, (...) each."""
    if np.max(np.abs(s), initial=0.0) * t[-1] < 600:
        return _cumulants(failure * np.exp(s[..., None] * t), t, tt)
    exponent = np.log(failure) + s[..., None] * t
    top = exponent.max(axis=-1)
    top = np.where(np.isfinite(top), top, 0.0)
    value, first, second = _cumulants(np.exp(exponent - top[..., None]), t, tt)
    return top + value, first, second


def _cumulants(weights: Array, t: Array, tt: Array) -> tuple[Array, Array, Array]:
    """The logarithm of the sum of weights (..., t), the mean and the variance of t under them; (...) each."""
    total = weights.sum(axis=-1)
    first = weights @ t / total
    return np.log(total), first, np.maximum(weights @ tt / total - first**2, 0.0)


@lru_cache(maxsize=32)
def _times(count: int) -> tuple[Array, Array]:
    """The slots t below `count` and their squares, shape (count,) each."""
    t = np.arange(count, dtype=float)
    return t, t * t


@lru_cache(maxsize=32)
def _circle(size: int, count: int) -> Array:
    """The first `count` of the `size` roots of unity, clockwise."""
    return np.asarray(np.exp(-2j * np.pi * np.arange(count) / size))


def _retried(
    success: Array, failure: Array, failing: Array, chance: Array, log_pole: Array, slope: Array
) -> tuple[Array, Array]:
    """Rows before the horizon and at it, shapes (..., C, n) and (..., C)."""
    length = max(success.shape[-1], failure.shape[-1])
    size = fast_size(length + length // 4)
    if _rhythmic(failure) and np.any(log_pole * size <= 2 * DEEP):
        # Other poles lie on the same circle as the one that is taken out: the whole answer is written out.
        size = fast_size(int(np.ceil(np.max(2.1 * DEEP / log_pole))))
        if size > LONGEST:
            raise UnsupportedError(
                f"The exact engine would need {size} slots of time where all attempts take the same number of slots. "
                "Try a slot as long as an attempt."
            )
    real = not np.iscomplexobj(success)
    transform: Any = np.fft.rfft if real else np.fft.fft
    inverse: Any = np.fft.irfft if real else np.fft.ifft
    weight = 1 / np.where(slope > 0, slope, 1.0)
    for _ in range(6):
        deep = log_pole * size > 2 * DEEP  # the whole answer fits, and its tail is below rounding
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            s = np.where(deep, 1.0, log_pole)
            growth = np.exp(np.where(deep, 0.0, log_pole)[..., None] * _times(success.shape[-1])[0])
            amplitude = (success @ growth[..., None])[..., 0] * np.where(deep, 0.0, weight)[..., None]
        # 1 - F = (1 - F(1)) + (F(1) - F): the first term is known to all digits however small it is.
        below = (chance + failing)[..., None] - transform(failure, size)
        below[..., 0] = chance
        smooth = 1 - np.exp(-s)[..., None] * _circle(size, below.shape[-1])
        smooth[..., 0] = -np.expm1(-s)
        spectrum = transform(success, size) * (1 / below)[..., None, :]
        spectrum -= amplitude[..., None] * (1 / smooth)[..., None, :]
        rest = inverse(spectrum, size)
        noise = np.abs(rest[..., -size // 4 :]).max()
        if noise <= ROUND_OFF:
            break
        size *= 2
    n = _last(rest, 4 * noise) + 1
    with np.errstate(under="ignore"):
        slow = amplitude[..., None] * np.exp(-s[..., None] * _times(n + 1)[0])[..., None, :]
    return np.asarray(rest[..., :n] + slow[..., :n]), np.asarray(slow[..., n])


def _last(rest: Array, level: float) -> int:
    """The last slot in which anything is beyond a level, or 0; looked for from the end, a block at a time."""
    end, block = rest.shape[-1], 512
    while end > 0:
        begin = max(end - block, 0)
        seen = (np.abs(rest[..., begin:end]) > level).any(axis=tuple(range(rest.ndim - 1)))
        if seen.any():
            return int(begin + np.flatnonzero(seen)[-1])
        end, block = begin, 2 * block
    return 0


def _rhythmic(failure: Array) -> bool:
    """Whether failures come, all but for rounding, only in every second, third, ... slot."""
    seen = failure > 1e-9 * failure.max()
    if np.any(seen[..., 1:] & seen[..., :-1]):
        return False
    slots = np.nonzero(seen.any(axis=tuple(range(failure.ndim - 1))))[0]
    return len(slots) > 0 and int(np.gcd.reduce(slots)) > 1


def fast_size(least: int) -> int:
    """The smallest 2^a, 3 2^a or 5 2^a from `least` on."""
    return int(min(f * 2 ** max(int(np.ceil(np.log2(least / f))), 0) for f in (1, 3, 5)))
