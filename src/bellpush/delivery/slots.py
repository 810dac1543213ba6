"""Hand-over times on a grid of slots, with a tail that falls geometrically."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.times import Times
from bellpush.ground.estimate import Estimate, absent

__all__ = ["Slots"]


@dataclass(frozen=True)
class Slots(Times):
    """A pair is handed over at `start + k step` with probability `mass[k - 1]`, k = 1, 2, ...

    Beyond the last of the `mass` each slot has `ratio` times the probability of the one before.
    """

    mass: NDArray[np.float64]  # shape (slots,)
    step: float  # s
    start: float = 0.0  # s
    ratio: float = 0.0  # from one slot to the next beyond the last, below 1
    error: float = 0.0  # bound on the absolute error of a probability
    late: float = 0.0  # s, bound on what that error does to the mean

    @cached_property
    def reached(self) -> NDArray[np.float64]:
        """Probability of a pair by each slot, shape (slots,)."""
        return np.cumsum(self.mass)

    @property
    def beyond(self) -> float:
        """Probability of all slots beyond the last."""
        last = float(self.mass[-1]) if len(self.mass) else 0.0
        return last * self.ratio / (1 - self.ratio)

    @property
    def total(self) -> float:
        inside = float(self.reached[-1]) if len(self.mass) else 0.0
        return min(inside + self.beyond, 1.0)

    def by(self, time: float) -> Estimate:
        slot = math.floor((time - self.start) / self.step * (1 + 1e-14))
        if slot < 1 or not len(self.mass):
            return Estimate.exact(0.0, truncation=self.error)
        value = float(self.reached[min(slot, len(self.mass)) - 1])
        if slot > len(self.mass) and self.ratio > 0:
            value += self.beyond * -math.expm1((slot - len(self.mass)) * math.log(self.ratio))
        return Estimate.exact(min(value, 1.0), truncation=self.error)

    def quantile(self, level: float) -> Estimate:
        """The first slot by which the probability reaches `level`; absent beyond the total."""
        if self.total < level:
            return absent(f"only {self.total:.6g} of the presses get a pair", "s")
        slot = 1 + int(np.searchsorted(self.reached, level * (1 - 1e-14)))
        if slot > len(self.mass):
            short = level - float(self.reached[-1])
            if not short < self.beyond:
                return absent(f"it lies beyond all that was worked out: {self.total:.12g} of the presses", "s")
            slot = len(self.mass) + max(math.ceil(math.log1p(-short / self.beyond) / math.log(self.ratio)), 1)
        return Estimate.exact(self.start + slot * self.step, "s")

    def mean(self) -> Estimate:
        total = self.total
        if total <= 0:
            return absent("no press ever gets a pair", "s")
        count = len(self.mass)
        slots = float(np.arange(1, count + 1) @ self.mass) + self.beyond * (count + 1 / (1 - self.ratio))
        return Estimate.exact(self.start + self.step * slots / total, "s", truncation=self.late)
