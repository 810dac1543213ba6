"""Two pairs are made side by side, the first waits for the second, and something is done with both.

Swaps, distillation and cut-offs are rounds of this kind; a round that fails is begun again with fresh pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.filters import waiting
from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.rows import Combine, Fading, Rows

__all__ = ["Round", "follow", "meet", "meet_all"]

Array = NDArray[Any]


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
            shape (..., 1), or (..., t) where it depends on when the pair came, the last of them for all later slots.
            None: no limit.
        limit_second: the same for the second.
        delay: slots until the success is known where the pair is used.
        delay_failure: slots until a failed try is known where all begins again; None: as `delay`.
        fade_out: what each slot of `delay` does to the pair that comes out.
        tolerance: probability that may be left out.

    Source: docs/background/chains.md, "Two pairs meet".
    """
    n = max(first.slots_for(tolerance), 1 if second is first else second.slots_for(tolerance), 1)
    alike = first is second and fade_first is fade_second and limit_first is limit_second
    limit_first, limit_second = _fitted(limit_first, n), _fitted(limit_second, n)
    a, wait_a = _waiting(first, fade_first, limit_first, n)
    b, wait_b = (a, wait_a) if alike else _waiting(second, fade_second, limit_second, n)
    # Either the first comes last and finds the second, which came before or with it; or the other way round.
    success = combine(a, b + wait_b) + combine(wait_a, b)
    tried = (a[..., 0, :] * (b + wait_b)[..., 0, :] + wait_a[..., 0, :] * b[..., 0, :]).real
    failed = _without(tried, success[..., 0, :].real)
    extra = delay if delay_failure is None else delay_failure
    failure = _longer(failed, extra)
    after_a = first.after(n)
    after_b = after_a if first is second else second.after(n)
    lost_a, lost_b = after_a[0] + first.lost, after_b[0] + second.lost
    if limit_first is not None:
        gone = _dropped(a[..., 0, :].real, b[..., 0, :].real, lost_b, limit_first)
        failure = _sum(failure, 2 * gone if alike else gone)
    if limit_second is not None and not alike:
        failure = _sum(failure, _dropped(b[..., 0, :].real, a[..., 0, :].real, lost_a, limit_second))
    if delay:
        success = _longer(success, delay)
        if fade_out is not None:
            success = fade_out.after(success, float(delay))
    late = after_a[1] + first.late + after_b[1] + second.late
    late = late + lost_a * (second.mean + second.late) + lost_b * (first.mean + first.late)
    late = late + (lost_a + lost_b) * (max(delay, extra))
    return Round(first.basis, success, failure, lost_a + lost_b, late)


def meet_all(
    laws: Sequence[ChainLaw],
    combine: Callable[..., Array],
    fades: Sequence[Fading],
    *,
    delay: int = 0,
    fade_out: Fading | None = None,
    tolerance: float = TOLERANCE,
) -> Round:
    """The round in which any number of pairs meet at the latest of their times, as for a code on n pairs.

    Args:
        laws: of the pairs, all with the same rows, batch (...).
        combine: takes as many rows (..., C, t) as there are pairs, linear in each, and returns those of the pair that
            comes out.
        fades: what a slot of waiting does to each pair.
        delay, fade_out, tolerance: as in `meet`.

    If G_i are the rows of pair i ready by a slot and H_i those ready before it, both aged to it, the product of the
    G_i less that of the H_i is a sum with one pair coming just then: nothing cancels.
    """
    n = max(1, *(law.slots_for(tolerance) for law in laws))
    came, before = zip(*(_waiting(law, fade, None, n) for law, fade in zip(laws, fades, strict=True)), strict=True)
    upto = [x + y for x, y in zip(came, before, strict=True)]
    success, tried = np.zeros(()), np.zeros(n)
    for i in range(len(laws)):
        parts = [*before[:i], came[i], *upto[i + 1 :]]
        success = success + combine(*parts)
        tried = tried + np.prod([part[..., 0, :].real for part in parts], axis=0)
    failure = _longer(_without(tried, success[..., 0, :].real), delay)
    if delay:
        success = _longer(success, delay)
        success = success if fade_out is None else fade_out.after(success, float(delay))
    after = [law.after(n) for law in laws]
    losses = [rest + law.lost for (rest, _), law in zip(after, laws, strict=True)]
    lost = sum(losses)
    late = sum(moment + law.late for (_, moment), law in zip(after, laws, strict=True)) + lost * delay
    for i, loss in enumerate(losses):
        late = late + loss * sum(law.mean + law.late for j, law in enumerate(laws) if j != i)
    return Round(laws[0].basis, success, failure, np.asarray(lost), np.asarray(late))


def follow(
    first: ChainLaw,
    second: ChainLaw,
    combine: Combine,
    fade_first: Fading,
    *,
    limit: int | None = None,
    delay: int = 0,
    fade_out: Fading | None = None,
    tolerance: float = TOLERANCE,
) -> Round:
    """The round in which the second pair is begun only when the first is there: pumping, or one attempt at a time.

    Args:
        first: law of the pair that waits.
        second: law of the other, counted from the moment the first is ready.
        combine: as in `meet`.
        fade_first: what a slot of waiting does to the first pair.
        limit: cut-off: how many slots the first pair waits at most before it is dropped and all begins again.
        delay, fade_out, tolerance: as in `meet`.

    The times add, so that the transforms of what each slot brings multiply, one row of the first at a time, with the
    second's rows damped by what that row loses meanwhile.
    """
    n, m = max(first.slots_for(tolerance), 1), max(second.slots_for(tolerance), 1)
    a, b = fade_first.into(first.at(n)), second.at(m)
    gone = np.zeros(m)
    rest, moment = second.after(m)
    if limit is not None and limit + 1 < m:
        gone[limit] = 1.0
        late_ones = b[..., 0, limit + 1 :].real.sum(axis=-1) + rest + second.lost
        b, m = b[..., : limit + 1], limit + 1
        gone = gone[: limit + 1] * np.asarray(late_ones)[..., None]
        rest, moment = np.zeros_like(rest), np.zeros_like(moment)
    size = n + m - 1
    waited = np.arange(m)
    with np.errstate(under="ignore"):
        kept = fade_first.factors[..., None] ** waited
    spectrum: Any = 0.0
    for row in range(first.basis.count):
        unit = np.zeros_like(a)
        unit[..., row, :] = a[..., row, :]
        left: Any = np.fft.fft(fade_first.back(unit), size)
        spectrum = spectrum + combine(left, np.asarray(np.fft.fft(kept[..., row, None, :] * b, size)))
    summed = np.fft.ifft(spectrum, size)
    success: Array = summed if np.iscomplexobj(a) or np.iscomplexobj(b) else summed.real
    front = np.fft.rfft(first.at(n)[..., 0, :].real, size)
    tried = np.fft.irfft(front * np.fft.rfft(b[..., 0, :].real, size), size)
    failure = _without(tried, success[..., 0, :].real)
    if gone.any():
        failure = failure + np.maximum(np.fft.irfft(front * np.fft.rfft(gone, size), size), 0.0)
    failure = _longer(failure, delay)
    if delay:
        success = _longer(success, delay)
        success = success if fade_out is None else fade_out.after(success, float(delay))
    after, moved = first.after(n)
    lost_a, lost_b = after + first.lost, rest + (second.lost if limit is None or not gone.any() else 0.0)
    late = moved + first.late + moment + second.late
    late = late + lost_a * (second.mean + second.late) + lost_b * (first.mean + first.late) + (lost_a + lost_b) * delay
    return Round(first.basis, success, failure, lost_a + lost_b, late)


def _without(tried: Array, succeeded: Array) -> Array:
    """The chance to fail: a difference of numbers that may be equal, which must not round below zero."""
    left = tried - succeeded
    return np.where(left > 4e-16 * np.abs(tried), left, 0.0)


def _fitted(limit: ArrayLike | None, n: int) -> Array | None:
    """Limits (..., 1) or (..., n): one that depends on the slot is cut to n slots, or goes on as it ends."""
    if limit is None:
        return None
    slots = np.atleast_1d(limit)
    if slots.shape[-1] == 1:
        return slots
    more = max(n - slots.shape[-1], 0)
    return np.concatenate([slots[..., :n], np.repeat(slots[..., -1:], more, axis=-1)], axis=-1)


def _waiting(law: ChainLaw, fade: Fading, limit: Array | None, n: int) -> tuple[Array, Array]:
    """The rows of those that become ready in each of n slots, and of those that wait there since earlier."""
    came = law.at(n)
    bound = None if limit is None else limit[..., None, :]
    return came, fade.back(waiting(fade.into(came), fade.factors, bound))


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


def _dropped(came: Array, partner: Array, rest: Array, limit: Array) -> Array:
    """Probability that a pair is dropped after waiting its limit in vain, by the slot of the drop.

    Args:
        came: probability of the pair in each slot, shape (..., n).
        partner: the same of the other.
        rest: probability that the other comes in no slot of these, shape (...).
        limit: shape (..., 1) or (..., n).
    """
    n = came.shape[-1]
    # P(other > t), summed from the far end so that small numbers keep their digits.
    still = np.broadcast_to(
        np.asarray(rest)[..., None], np.broadcast_shapes(partner.shape, (*np.shape(rest), n))
    ).copy()
    still[..., :-1] += np.cumsum(partner[..., :0:-1], axis=-1)[..., ::-1]
    if limit.size == 1:
        wait = int(min(limit.flat[0], n))
        unmet = np.concatenate([still[..., wait:], np.repeat(still[..., -1:], wait, axis=-1)], axis=-1)
        return _longer(came * unmet, wait)
    shape = np.broadcast_shapes(came.shape, still.shape, (*limit.shape[:-1], n))
    waits = np.broadcast_to(np.minimum(limit, n).astype(np.int64), shape)
    when = np.arange(n) + waits
    gone = came * np.take_along_axis(np.broadcast_to(still, shape), np.minimum(when, n - 1), axis=-1)
    total = np.zeros((*shape[:-1], n + int(waits.max(initial=0))))
    flat, source, slots = total.reshape(-1, total.shape[-1]), gone.reshape(-1, n), when.reshape(-1, n)
    for row in range(len(flat)):
        flat[row] = np.bincount(slots[row], weights=source[row], minlength=total.shape[-1])
    return total
