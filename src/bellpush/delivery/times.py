"""When a pair is handed over after a press: the distribution of the hand-over time of heralded pairs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.estimate import Estimate, absent

__all__ = ["AtEdge", "Geometric", "Times", "mean_attempts", "reached"]


class Times(ABC):
    """Hand-over times over all presses; the total probability may be below 1."""

    error: float = 0.0  # bound on the absolute error of a probability

    @property
    @abstractmethod
    def total(self) -> float:
        """Probability that a pair is ever handed over."""

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
    error: float = 0.0

    @property
    def total(self) -> float:
        return self.probability

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

    @property
    def total(self) -> float:
        if self.attempts is None:
            return 1.0 if self.success > 0 else 0.0
        return reached(self.success, self.attempts) if self.success > 0 else 0.0

    def by(self, time: float) -> Estimate:
        made = math.floor((time - self.start) / self.step * (1 + 1e-14))
        made = max(made if self.attempts is None else min(made, self.attempts), 0)
        return Estimate.exact(reached(self.success, made))

    def quantile(self, level: float) -> Estimate:
        """The end of the first attempt by which the probability reaches `level`; absent beyond the total."""
        if self.success <= 0 or (self.attempts is not None and reached(self.success, self.attempts) < level):
            total = 0.0 if self.success <= 0 or self.attempts is None else reached(self.success, self.attempts)
            return absent(f"only {total:.6g} of the presses get a pair", "s")
        needed = 1.0 if self.success >= 1 else math.log1p(-level) / math.log1p(-self.success)
        count = max(np.ceil(needed), 1.0)
        if count > 1 and reached(self.success, count - 1) >= level:  # rounding put it one too high
            count -= 1
        return Estimate.exact(self.start + float(count) * self.step, "s")

    def mean(self) -> Estimate:
        if self.success <= 0 or self.attempts == 0:
            return absent("no press ever gets a pair", "s")
        return Estimate.exact(self.start + float(mean_attempts(self.success, self.attempts)) * self.step, "s")


def reached(success: float, attempts: float) -> float:
    """Probability 1 - (1 - p)^N of at least one success in so many attempts, to all digits however small it is."""
    if success >= 1:
        return 1.0 if attempts > 0 else 0.0
    return -math.expm1(attempts * math.log1p(-success))


def mean_attempts(success: ArrayLike, attempts: ArrayLike | None = None) -> NDArray[np.float64]:
    """Mean number of the first successful attempt, given that there is one among `attempts` (None: without end).

    Both of shape (...); NaN where no attempt can succeed.

    >>> mean_attempts(0.1).item(), mean_attempts(0.5, 2).round(12).item()
    (10.0, 1.333333333333)
    """
    p = np.asarray(success, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if attempts is None:
            return np.asarray(1 / p)
        n = np.asarray(attempts, dtype=float)
        rate = -np.log1p(-p)
        cut = np.where(n * np.exp(-rate * n) > 0, n * np.exp(-rate * n) / -np.expm1(-rate * n), 0.0)
        # The two terms cancel when a success is unlikely; their difference in powers of the rate does not.
        series = (n + 1) / 2 - (n * n - 1) * rate / 12 + (n**4 - 1) * rate**3 / 720
        mean = np.where(rate * n > 1e-2, 1 / p - cut, series)
    return np.where((p > 0) & (n > 0), mean, np.nan)
