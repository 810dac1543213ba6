"""When a pair is handed over after a press: the distribution of the hand-over time of heralded pairs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from bellpush.ground.estimate import Estimate, absent

__all__ = ["AtEdge", "Geometric", "Times", "mean_attempts"]


class Times(ABC):
    """Hand-over times over all presses; the total probability may be below 1."""

    @abstractmethod
    def by(self, time: float) -> Estimate:
        """Probability that a pair was handed over by `time` seconds after the press."""

    @abstractmethod
    def quantile(self, level: float) -> Estimate:
        """The first time by which a pair was handed over with probability `level`, s."""

    @abstractmethod
    def mean(self) -> Estimate:
        """Mean time of the hand-over over the presses that a pair answered, s."""


@dataclass(frozen=True)
class AtEdge(Times):
    """Something is handed over at one moment, a pair with a given probability."""

    edge: float  # s
    probability: float

    def by(self, time: float) -> Estimate:
        return Estimate.exact(self.probability if time >= self.edge else 0.0)

    def quantile(self, level: float) -> Estimate:
        return Estimate.exact(self.edge, "s")

    def mean(self) -> Estimate:
        return Estimate.exact(self.edge, "s")


@dataclass(frozen=True)
class Geometric(Times):
    """Attempt k = 1, 2, ... succeeds first with probability p (1 - p)^(k - 1) and ends at `start + k step`."""

    success: float
    step: float  # s
    start: float = 0.0  # s
    attempts: int | None = None

    def by(self, time: float) -> Estimate:
        made = math.floor((time - self.start) / self.step * (1 + 1e-12))
        made = max(made if self.attempts is None else min(made, self.attempts), 0)
        return Estimate.exact(_reached(self.success, made))

    def quantile(self, level: float) -> Estimate:
        """The end of the first attempt by which the probability reaches `level`; absent beyond the total."""
        if self.success <= 0 or (self.attempts is not None and _reached(self.success, self.attempts) < level):
            total = 0.0 if self.success <= 0 or self.attempts is None else _reached(self.success, self.attempts)
            return absent(f"only {total:.6g} of the presses get a pair", "s")
        count = 1 if self.success >= 1 else max(math.ceil(math.log1p(-level) / math.log1p(-self.success)), 1)
        while count > 1 and _reached(self.success, count - 1) >= level:
            count -= 1
        return Estimate.exact(self.start + count * self.step, "s")

    def mean(self) -> Estimate:
        if self.success <= 0 or self.attempts == 0:
            return absent("no press ever gets a pair", "s")
        return Estimate.exact(self.start + mean_attempts(self.success, self.attempts) * self.step, "s")


def _reached(success: float, attempts: int) -> float:
    """Probability of at least one success in so many attempts."""
    if success >= 1:
        return 1.0 if attempts > 0 else 0.0
    return -math.expm1(attempts * math.log1p(-success))


def mean_attempts(success: float, attempts: int | None = None) -> float:
    """Mean number of the first successful attempt, given that there is one among `attempts` (None: without end).

    >>> mean_attempts(0.1), round(mean_attempts(0.5, 2), 12)
    (10.0, 1.333333333333)
    """
    if attempts is None or success >= 1:
        return 1 / success
    rate = -math.log1p(-success)
    if rate * attempts > 1e-2:
        return 1 / success - attempts * math.exp(-rate * attempts) / -math.expm1(-rate * attempts)
    # The two terms above cancel when a success is unlikely; their difference in powers of the rate does not.
    n = float(attempts)
    return (n + 1) / 2 - (n * n - 1) * rate / 12 + (n**4 - 1) * rate**3 / 720
