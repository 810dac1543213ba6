"""Hand-over times of a pair that is there when the last of several links is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bellpush.delivery.times import Times, reached
from bellpush.ground.estimate import Estimate, absent

__all__ = ["Last"]

FARTHEST = 2**62  # slots


@dataclass(frozen=True)
class Last(Times):
    """Every link succeeds in each slot with a chance of its own; slot k = 1, 2, ... ends at `start + k step`."""

    success: tuple[float, ...]
    step: float  # s
    average: float  # mean slot of the last, given that it comes in time
    start: float = 0.0  # s
    attempts: int | None = None  # slots in which it may come; None: as many as it takes
    late: float = 0.0  # bound on the absolute error of `average`

    def chance(self, slots: float) -> float:
        """Probability that all are there after so many slots."""
        # The logarithm keeps a product of very many small chances from ending at zero too early.
        shares = [reached(p, slots) for p in self.success]
        return math.exp(math.fsum(map(math.log, shares))) if min(shares) > 0 else 0.0

    @property
    def total(self) -> float:
        if min(self.success) <= 0:
            return 0.0
        return 1.0 if self.attempts is None else self.chance(self.attempts)

    def by(self, time: float) -> Estimate:
        slots = math.floor((time - self.start) / self.step * (1 + 1e-14))
        slots = max(slots if self.attempts is None else min(slots, self.attempts), 0)
        return Estimate.exact(self.chance(slots))

    def quantile(self, level: float) -> Estimate:
        """The first slot by which the probability reaches `level`, by halving; absent beyond the total."""
        if self.total < level:
            return absent(f"only {self.total:.6g} of the presses get a pair", "s")
        low, high = 0, 1
        while self.chance(high) < level:
            low, high = high, 2 * high
            if high > FARTHEST:
                return absent("it is later than any time that was worked out", "s")
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.chance(middle) < level else (low, middle)
        return Estimate.exact(self.start + high * self.step, "s")

    def mean(self) -> Estimate:
        if self.total <= 0:
            return absent("no press ever gets a pair", "s")
        return Estimate.exact(self.start + self.average * self.step, "s", truncation=self.late * self.step)
