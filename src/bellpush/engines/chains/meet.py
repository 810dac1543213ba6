"""Two pairs are made side by side, the first waits for the second, and something is done with both.

Swaps, distillation and cut-offs are rounds of this kind; a round that fails is begun again with fresh pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.filters import delayed, waiting
from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.rows import Combine, Fading, Rows

__all__ = ["Round", "meet"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Round:
    """One round, from fresh starts to success or failure."""

    basis: Rows
    success: Array  # (..., C, n): rows of the pair that comes out, by the slot in which it is ready
    failure: Array  # (..., m): probability of failure, by the slot in which all is begun again
    lost: Array  # (...)
    late: Array  # (...), slots


def meet(
    first: ChainLaw,
    second: ChainLaw,
    combine: Combine,
    fade_first: Fading,
    fade_second: Fading,
    *,
    limit_first: ArrayLike | None = None,
    limit_second: ArrayLike | None = None,
    delay: int = 0,
    delay_failure: int | None = None,
    fade_out: Fading | None = None,
    tolerance: float = TOLERANCE,
) -> Round:
    """The round in which two pairs meet at the later of their times.

    Args:
        first: law of one pair, batch (...).
        second: law of the other.
        combine: what is done with both; row 0 of what comes out is the chance that it succeeds.
        fade_first: what a slot of waiting does to the first pair.
        fade_second: the same for the second.
        limit_first: cut-off: how many slots the first pair waits at most, before both are dropped; whole numbers of
            shape (..., 1), or (..., t) where it depends on when the pair came. None: no limit.
        limit_second: the same for the second.
        delay: slots until the success is known where the pair is used.
        delay_failure: slots until a failed try is known where all begins again; None: as `delay`.
        fade_out: what each slot of `delay` does to the pair that comes out.
        tolerance: probability that may be left out.

    Source: docs/background/chains.md, "Two pairs meet".
    """
    n = max(first.slots_for(tolerance), second.slots_for(tolerance), 1)
    a, b = fade_first.into(first.at(n)), fade_second.into(second.at(n))
    wait_a = waiting(a, fade_first.factors, _rowwise(limit_first))
    wait_b = waiting(b, fade_second.factors, _rowwise(limit_second))
    # Either the first comes last and finds the second, which came before or with it; or the other way round.
    a, b = first.at(n), second.at(n)
    wait_a, wait_b = fade_first.back(wait_a), fade_second.back(wait_b)
    success = combine(a, b + wait_b) + combine(wait_a, b)
    tried = a[..., 0, :] * (b + wait_b)[..., 0, :] + wait_a[..., 0, :] * b[..., 0, :]
    failed = np.maximum(tried - success[..., 0, :], 0.0)  # a difference of equal numbers may round below zero
    extra = delay if delay_failure is None else delay_failure
    failure = _longer(failed, extra)
    for waits, other, limit in ((first, second, limit_first), (second, first, limit_second)):
        if limit is not None:
            failure = _sum(failure, _dropped(waits, other, np.asarray(limit), n))
    if delay:
        success = _longer(success, delay)
        if fade_out is not None:
            success = fade_out.after(success, float(delay))
    (rest_a, late_a), (rest_b, late_b) = first.after(n), second.after(n)
    lost_a, lost_b = rest_a + first.lost, rest_b + second.lost
    late = late_a + first.late + late_b + second.late
    late = late + lost_a * (second.mean + second.late) + lost_b * (first.mean + first.late)
    late = late + (lost_a + lost_b) * (max(delay, extra))
    return Round(first.basis, success, failure, lost_a + lost_b, late)


def _rowwise(limit: ArrayLike | None) -> NDArray[np.float64] | None:
    return None if limit is None else np.atleast_1d(limit)[..., None, :]


def _longer(values: Array, slots: int) -> Array:
    """Moved `slots` later, the end kept."""
    if slots == 0:
        return values
    return np.concatenate([np.zeros((*values.shape[:-1], slots), values.dtype), values], axis=-1)


def _sum(a: Array, b: Array) -> Array:
    """Two arrays added along a last axis that may differ in length."""
    n = max(a.shape[-1], b.shape[-1])
    a, b = (np.concatenate([x, np.zeros((*x.shape[:-1], n - x.shape[-1]))], axis=-1) for x in (a, b))
    return np.asarray(a + b)


def _dropped(waits: ChainLaw, other: ChainLaw, limit: Array, n: int) -> Array:
    """Probability that a pair is dropped after waiting its limit in vain, by the slot of the drop."""
    came = waits.at(n)[..., 0, :].real
    partner = other.at(n)[..., 0, :].real
    # P(other > t), summed from the far end so that small numbers keep their digits.
    rest = other.after(n)[0] + other.lost
    still = np.concatenate([np.cumsum(partner[..., :0:-1], axis=-1)[..., ::-1], np.zeros_like(partner[..., :1])], axis=-1)
    still = still + np.asarray(rest)[..., None]
    limit = np.atleast_1d(limit)
    shape = np.broadcast_shapes(came.shape, still.shape, (*limit.shape[:-1], n))
    wait = np.broadcast_to(np.minimum(limit, n).astype(np.int64), shape)
    when = np.arange(n) + wait
    inside = np.minimum(when, n - 1)
    unmet = np.where(
        when < n, np.take_along_axis(np.broadcast_to(still, shape), inside, axis=-1), np.asarray(rest)[..., None]
    )
    gone = np.broadcast_to(came, shape) * unmet
    if wait.shape[-1] and np.all(wait == wait[..., :1]) and np.ptp(wait) == 0:
        return _longer(gone, int(wait.flat[0]))
    length = n + int(wait.max(initial=0))
    total = np.zeros((*shape[:-1], length))
    flat, source, slots = total.reshape(-1, length), gone.reshape(-1, n), when.reshape(-1, n)
    for row in range(len(flat)):
        np.add.at(flat[row], slots[row], source[row])
    return total


def shifted(values: Array, slots: int) -> Array:
    """As `delayed`, for callers beside this file."""
    return np.asarray(delayed(values, slots))
