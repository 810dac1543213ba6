"""The law of a pair in a chain: when it is ready and in which state, slot by slot, with a geometric tail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.rows import Rows
from bellpush.ground.errors import ConvergenceError, UnsupportedError
from bellpush.states.pair import Pair

__all__ = ["TOLERANCE", "ChainLaw", "segment", "window"]

TOLERANCE = 1e-16  # probability that one step of a calculation may leave out
LONGEST = 2**23  # slots that are kept one by one

Array = NDArray[Any]


@dataclass(frozen=True)
class ChainLaw:
    """A pair that becomes ready once: rows[..., c, t] for slot t, and a geometric tail from slot n = rows.shape[-1] on.

    Row 0 is the probability that the pair is ready at the end of slot t (slot 0 is the beginning); the others are
    correlations at that moment, times that probability. Leading axes are a batch.

    `lost` bounds the probability left out, and with it the absolute error of every probability and correlation; `late`
    bounds the error of the mean time. Both contain the rounding of all slots together.
    """

    basis: Rows
    rows: Array  # (..., C, n)
    tail: Array  # (..., C): the rows at slot n; at n + k they are tail exp(-rate k)
    rate: Array  # (...), infinite where nothing follows
    lost: Array  # (...)
    late: Array  # (...), slots

    @property
    def horizon(self) -> int:
        """Number of slots that are kept one by one."""
        return int(self.rows.shape[-1])

    @property
    def mass(self) -> Array:
        """Probability to be ready in each slot before the horizon, shape (..., n)."""
        return np.asarray(self.rows[..., 0, :].real)

    @cached_property
    def total(self) -> Array:
        """Rows summed over all slots, shape (..., C)."""
        return np.asarray(self.rows.sum(axis=-1) + self.beyond)

    @cached_property
    def pole(self) -> Array:
        """What the tail loses from slot to slot, as a factor exp(-rate), shape (...)."""
        return np.exp(-self.rate)

    @cached_property
    def beyond(self) -> Array:
        """Rows summed over the tail, shape (..., C)."""
        return np.asarray(self.tail / -np.expm1(-self.rate)[..., None])

    @cached_property
    def mean(self) -> Array:
        """Mean slot in which the pair is ready, shape (...); what is missing counts 0."""
        n = self.horizon
        after = n + self.pole / -np.expm1(-self.rate)
        return np.asarray(self.mass @ np.arange(float(n)) + after * self.beyond[..., 0].real)

    @property
    def state(self) -> Pair:
        """Mean correlations at the moment the pair is ready, over all slots, shape (..., 4, 4)."""
        return self.basis.pairs(self.total)

    def at(self, slots: int) -> Array:
        """All rows of the first `slots` slots, shape (..., C, slots): the tail written out, or the end left out."""
        n = self.horizon
        if slots <= n:
            return self.rows[..., :slots]
        if slots > LONGEST:
            raise UnsupportedError(
                f"The exact engine would need {slots:.3g} slots of time, and keeps at most {LONGEST}. "
                "Try --engine physics, shorter cut-offs, or more likely links."
            )
        rows = np.empty((*self.tail.shape, slots), np.result_type(self.rows, self.tail))
        rows[..., :n] = self.rows
        with np.errstate(under="ignore"):
            powers = self.pole[..., None] ** np.arange(slots - n)
            np.multiply(self.tail[..., None], powers[..., None, :], out=rows[..., n:])
        return rows

    def slots_for(self, tolerance: float = TOLERANCE) -> int:
        """The number of slots after which at most `tolerance` of probability is left, for the whole batch."""
        rest = np.abs(self.beyond[..., 0])
        slots, some = float(self.horizon), rest > tolerance
        if some.any():
            more = np.log(rest[some] / tolerance) / np.broadcast_to(self.rate, rest.shape)[some]
            slots += float(np.ceil(np.maximum(more, 1.0).max()))
        if slots > LONGEST:
            raise UnsupportedError(
                f"The exact engine would need {slots:.3g} slots of time, and keeps at most {LONGEST}. "
                "Try --engine physics, shorter cut-offs, or more likely links."
            )
        return int(slots)

    def after(self, slots: int) -> tuple[Array, Array]:
        """Probability to be ready at slot `slots` (at least the horizon) or later, and its part of the mean; (...)."""
        with np.errstate(under="ignore"):
            weight = np.abs(self.beyond[..., 0]) * self.pole ** (slots - self.horizon)
        return np.asarray(weight), np.asarray(weight * (slots + self.pole / -np.expm1(-self.rate)))

    def doubted(self, lost: Array, late: Array) -> ChainLaw:
        """The same with other bounds; what was worked out from its rows stays known."""
        found = replace(self, lost=lost, late=late)
        for name in ("total", "pole", "beyond", "mean"):
            if name in self.__dict__:
                found.__dict__[name] = self.__dict__[name]
        return found

    def delayed(self, slots: int) -> ChainLaw:
        """The same pair `slots` slots later, untouched by the wait."""
        if slots == 0:
            return self
        zeros = np.zeros((*self.rows.shape[:-1], slots))
        return replace(self, rows=np.concatenate([zeros, self.rows], axis=-1), late=self.late + slots * self.lost)


def segment(basis: Rows, success: ArrayLike, pair: ArrayLike, slots: int = 1, delay: int = 0) -> ChainLaw:
    """The law of one link whose attempts, each `slots` slots long, succeed with probability `success`, shape (...).

    The pair (..., 4, 4) is that at the end of the attempt, when both ends know of it: born earlier, it has aged since.
    `delay` slots pass before the first attempt. Exact where an attempt is one slot; else the end beyond a probability
    of 1e-15 is left out.
    """
    p = np.asarray(success, dtype=float)
    fresh = basis.of(pair)
    shape = np.broadcast_shapes(p.shape, fresh.shape[:-1])
    first = np.broadcast_to(p[..., None] * fresh, (*shape, basis.count))
    none = np.zeros(shape)
    with np.errstate(divide="ignore"):
        rate = np.broadcast_to(-np.log1p(-p), shape)
    if slots == 1:
        return ChainLaw(basis, np.zeros((*shape, basis.count, 1 + delay)), first, rate, none, none)
    count = int(np.ceil(np.max(-np.log(0.1 * TOLERANCE) / rate, initial=1.0)))
    if count * slots > LONGEST:
        raise UnsupportedError(
            f"The exact engine would need {count * slots:.3g} slots of time, and keeps at most {LONGEST}. "
            "Try attempts of equal duration at all links, or --engine physics."
        )
    rows = np.zeros((*shape, basis.count, delay + slots * count + 1))
    rows[..., delay + slots :: slots] = first[..., None] * np.exp(-rate)[..., None, None] ** np.arange(count)
    lost = np.exp(-rate * count)
    return ChainLaw(
        basis, rows, np.zeros_like(first), np.full(shape, np.inf), lost, lost * (delay + slots * (count + 1 / p))
    )


def window(law: ChainLaw, slots: int) -> ChainLaw:
    """The law without its tail from slot `slots` on, which then counts as lost."""
    if slots < law.horizon:
        mass = law.mass[..., slots:]
        rest = mass.sum(axis=-1) + law.beyond[..., 0].real
        moment = law.mean - (np.arange(slots) * law.mass[..., :slots]).sum(axis=-1)
    else:
        rest, moment = law.after(slots)
    if np.any(rest > 0.5):
        raise ConvergenceError(f"{slots} slots hold less than half of the probability. Try more.")
    return ChainLaw(
        law.basis,
        law.at(slots),
        np.zeros_like(law.tail),
        np.full_like(law.rate, np.inf),
        law.lost + rest,
        law.late + moment,
    )
