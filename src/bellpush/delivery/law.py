"""The waist between engines and everything that is asked of their answers: when a pair is handed over, in which state.

Latency, the chance of delivery by a time, rates and fidelities come out of a law, and only out of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.times import Times
from bellpush.ground.estimate import ROUNDING, Estimate, absent
from bellpush.states.measures import hashing_yield, overlap
from bellpush.states.pair import BellState, Pair

__all__ = ["DeliveryLaw", "ExactLaw", "SampledLaw"]

NO_PAIR = "no press ever gets a pair"
NUMBERS = ("delivered_probability", "fidelity", "fidelity_heralded", "rate", "latency")


class DeliveryLaw(ABC):
    """What any engine returns for a request."""

    target: BellState

    @property
    @abstractmethod
    def delivered_probability(self) -> Estimate:
        """Probability that a herald (or a transfer) stands behind what is handed over."""

    @property
    @abstractmethod
    def fidelity(self) -> Estimate:
        """Delivered fidelity: over every press, misses and fallbacks included."""

    @property
    @abstractmethod
    def fidelity_heralded(self) -> Estimate:
        """Fidelity at the hand-over, given that a herald stands behind it."""

    @property
    @abstractmethod
    def state(self) -> Pair:
        """Mean correlations over every press, shape (4, 4)."""

    @property
    @abstractmethod
    def rate(self) -> Estimate:
        """Hand-overs with a herald per second of wall clock, Hz."""

    @property
    @abstractmethod
    def ebits(self) -> Estimate:
        """Ebits a second of wall clock that hashing distils from the mean pair with a herald, Hz; 0 where none."""

    @property
    @abstractmethod
    def latency(self) -> Estimate:
        """Mean time from the press to the hand-over of a pair, s."""

    @abstractmethod
    def quantile(self, level: float) -> Estimate:
        """The first time by which a share `level` of all presses got a pair, s; at a clock, its period."""

    @abstractmethod
    def delivered_by(self, time: float) -> Estimate:
        """Probability that a pair was handed over by `time` seconds after the press."""

    @abstractmethod
    def expected_errors(self, share: float) -> dict[str, float]:
        """Standard errors by name, of those numbers that depend on it, if a share of all presses got a pair."""

    @abstractmethod
    def unshown_errors(self) -> dict[str, float]:
        """Standard errors by name, where all presses took one time, of those numbers that came out alike in all.

        What one press more that came out otherwise could have changed: a fidelity to the far end of its range, a time
        by once as much.
        """

    def agrees(self, other: DeliveryLaw, sigmas: float = 4.0) -> bool:
        """Whether every number of two laws of one request differs by at most `sigmas` standard errors."""
        return all(a.agrees(b, sigmas) for _, a, b in self.beside(other))

    def beside(self, other: DeliveryLaw) -> list[tuple[str, Estimate, Estimate]]:
        """Every number of two laws of one request, by name, each with the larger of two errors.

        One is the sample's own, the other what it would be if as many presses got a pair as the other law says. A
        sample that met few misses by chance also takes its error for small, and would stand too far out by it. Where
        all presses came out alike and the laws differ, a sample's error is that of what it did not show.

        Source: docs/background/engines.md.
        """
        shares = [law.delivered_probability.value for law in (other, self)]
        errors = [law.expected_errors(share or 0.0) for law, share in zip((self, other), shares, strict=True)]
        numbers = []
        for name in NUMBERS:
            ours, theirs = (
                replace(one, standard_error=max(one.standard_error, expected.get(name, 0.0)))
                for one, expected in zip((getattr(self, name), getattr(other, name)), errors, strict=True)
            )
            if not ours.agrees(theirs):
                ours, theirs = (
                    replace(one, standard_error=max(one.standard_error, law.unshown_errors().get(name, 0.0)))
                    for law, one in ((self, ours), (other, theirs))
                )
            numbers.append((name, ours, theirs))
        return numbers


@dataclass(frozen=True)
class ExactLaw(DeliveryLaw):
    """A law in closed form: the states summed over all hand-overs, and the distribution of their times."""

    target: BellState
    times: Times
    heralded: Pair  # correlations of all heralded hand-overs, summed, without what leaked out of the qubits; (4, 4)
    missed: Pair  # the same of what is handed over without a herald
    press: float  # mean wall-clock time of one press, s
    truncation: float = 0.0  # bound on the absolute error of each correlation
    late: float = 0.0  # s, bound on the absolute error of the mean time of a press

    @property
    def delivered_probability(self) -> Estimate:
        return Estimate.exact(self.times.total, truncation=self.times.error)

    @property
    def fidelity(self) -> Estimate:
        if self.state[0, 0] <= 0:
            return absent(NO_PAIR)
        return Estimate.exact(float(overlap(self.state, self.target)), truncation=self.truncation)

    @property
    def fidelity_heralded(self) -> Estimate:
        delivered = self.times.total
        if delivered <= 0:
            return absent(NO_PAIR)
        value = float(overlap(self.heralded, self.target)) / delivered
        return Estimate.exact(value, truncation=(self.truncation + value * self.times.error) / delivered)

    @property
    def state(self) -> Pair:
        return self.heralded + self.missed

    @property
    def rate(self) -> Estimate:
        rate = self.times.total / self.press
        return Estimate.exact(rate, "Hz", truncation=(self.times.error + rate * self.late) / self.press)

    @property
    def ebits(self) -> Estimate:
        rate = self.times.total / self.press
        return Estimate.exact(rate * max(float(_hashing(self.heralded)), 0.0), "Hz")

    @property
    def latency(self) -> Estimate:
        return self.times.mean()

    def quantile(self, level: float) -> Estimate:
        return self.times.quantile(level)

    def delivered_by(self, time: float) -> Estimate:
        return self.times.by(time)

    def expected_errors(self, share: float) -> dict[str, float]:
        return {}

    def unshown_errors(self) -> dict[str, float]:
        return {}


@dataclass(frozen=True)
class SampledLaw(DeliveryLaw):
    """A law from presses played out one by one."""

    target: BellState
    times: NDArray[np.float64]  # hand-over time of the pair, s, infinite where no herald came; shape (shots,)
    durations: NDArray[np.float64]  # wall-clock time of each press, s; shape (shots,)
    states: Pair  # what was handed over, shape (shots, 4, 4)
    edge: float | None = None  # s, where everything is handed over at one moment
    missed: float | None = None  # fidelity of what is handed over without a herald; None where presses wait
    certain: bool = False  # every press gets a pair by construction, not by luck

    @property
    def _caught(self) -> NDArray[np.bool_]:
        return np.isfinite(self.times)

    @property
    def delivered_probability(self) -> Estimate:
        return Estimate(1.0) if self.certain else _share(self._caught)

    @property
    def fidelity(self) -> Estimate:
        found = _mean(np.asarray(overlap(self.states, self.target)))
        if self.missed is None or self.certain or 0 < self._caught.sum() < len(self._caught):
            return found
        # All presses alike: their spread does not show what the others would have changed.
        assert found.value is not None
        apart = self._unseen(found.value)
        error = float(np.hypot(found.standard_error, apart * self.delivered_probability.standard_error))
        return Estimate(found.value, "", error)

    @property
    def fidelity_heralded(self) -> Estimate:
        if not self._caught.any():
            return absent(NO_PAIR)
        return _mean(np.asarray(overlap(self.states[self._caught], self.target)))

    @property
    def state(self) -> Pair:
        return np.asarray(self.states.mean(axis=0))

    @property
    def rate(self) -> Estimate:
        # A ratio of means: its error is that of the residuals.
        caught = self._caught.astype(float)
        rate = caught.mean() / self.durations.mean()
        residual = (caught - rate * self.durations).std() / self.durations.mean()
        floor = self.delivered_probability.standard_error / self.durations.mean() if np.ptp(caught) == 0 else 0.0
        return Estimate(float(rate), "Hz", float(max(residual / np.sqrt(len(caught)), floor)))

    @property
    def ebits(self) -> Estimate:
        """With the error that leaving out one press after the other shows (jackknife).

        Far below the threshold of hashing, where no press more or less would matter, it is 0 without error.
        """
        caught, count = self._caught, len(self.times)
        if not caught.any():
            return Estimate(0.0, "Hz")
        states = np.where(caught[:, None, None], self.states, 0.0)
        total, time = states.sum(axis=0), self.durations.sum()
        value = float(_hashing(total) * caught.sum() / time)
        if count < 3:
            return Estimate(max(value, 0.0), "Hz", abs(value))
        left = _hashing(total - states) * (caught.sum() - caught) / (time - self.durations)
        error = float(np.sqrt((count - 1) * left.var()))
        return Estimate(max(value, 0.0), "Hz", error if value > -4 * error else 0.0)

    @property
    def latency(self) -> Estimate:
        if self.edge is not None:
            return Estimate.exact(self.edge, "s")
        return _mean(self.times[self._caught], "s") if self._caught.any() else absent(NO_PAIR, "s")

    def quantile(self, level: float) -> Estimate:
        """The order statistic, with a standard error from the two that lie one standard deviation of the rank away."""
        if self.edge is not None:
            return Estimate.exact(self.edge, "s")
        ordered = np.sort(self.times)
        count = len(ordered)
        rank = min(max(int(np.ceil(level * count)), 1), count) - 1
        value = float(ordered[rank])
        if not np.isfinite(value):
            return absent(f"only {float(self._caught.mean()):.6g} of the presses get a pair", "s")
        spread = np.sqrt(count * level * (1 - level))
        low, high = (ordered[min(max(round(rank + sign * spread), 0), count - 1)] for sign in (-1, 1))
        error = (high - low) / 2 if np.isfinite(high) else value - low
        return Estimate(value, "s", float(error))

    def delivered_by(self, time: float) -> Estimate:
        return _share(self.times <= time * (1 + 1e-12))

    def expected_errors(self, share: float) -> dict[str, float]:
        if self.certain or not 0 < share < 1:
            return {}
        rate = self.rate.value
        assert rate is not None
        mean = self.durations.mean()
        errors = {
            "delivered_probability": float(np.sqrt(share * (1 - share) / len(self.times))),
            "rate": self._mixed_error((self._caught - rate * self.durations) / mean, share, float(1 / mean)),
        }
        if self.missed is not None:
            fidelities = np.asarray(overlap(self.states, self.target))
            errors["fidelity"] = self._mixed_error(fidelities, share, self._unseen(float(fidelities.mean())))
        return errors

    def unshown_errors(self) -> dict[str, float]:
        caught = self._caught
        times = self.times[caught]
        if not len(times) or np.ptp(times) > ROUNDING * times[0] or (self.certain and self.edge is not None):
            return {}
        one = _share(np.ones(len(times), dtype=bool)).standard_error  # of a share that every press was in
        errors = {} if self.edge is not None else {"latency": one * float(times[0])}
        if self.edge is None and caught.all():
            errors["rate"] = one / float(times[0])
        for name, states in (("fidelity", self.states), ("fidelity_heralded", self.states[caught])):
            found = np.asarray(overlap(states, self.target))
            if np.ptp(found) <= ROUNDING:
                errors[name] = one * float(max(found[0], 1 - found[0]))
        return errors

    def _unseen(self, found: float) -> float:
        """How far the fidelity of presses that were never seen lies from what all presses seen gave, at most."""
        assert self.missed is not None
        return abs(found - self.missed) if self._caught.any() else max(self.missed, 1 - self.missed)

    def _mixed_error(self, values: NDArray[np.float64], share: float, unseen: float) -> float:
        """Standard error of the mean of `values`, shape (shots,), if a share of all presses got a pair.

        Presses with a pair and presses without spread as the sample's do; `unseen` is the distance between the means of
        both where only one kind was seen.
        """
        kinds = [(weight, values[kind]) for weight, kind in ((share, self._caught), (1 - share, ~self._caught))]
        seen = [(weight, of_kind) for weight, of_kind in kinds if len(of_kind)]
        apart = abs(seen[0][1].mean() - seen[1][1].mean()) if len(seen) == 2 else unseen
        variance = sum(weight * of_kind.var() for weight, of_kind in seen) + share * (1 - share) * apart**2
        return float(np.sqrt(variance / len(values)))


def _hashing(pairs: Pair) -> NDArray[np.float64]:
    """Hashing yield of pairs (..., 4, 4) of any weight, below 0 too; 0 where there is none."""
    there = pairs[..., 0, 0] > 0
    whole = np.where(there[..., None, None], pairs, np.eye(4))
    return np.asarray(np.where(there, hashing_yield(whole), 0.0))


def _mean(values: NDArray[np.float64], unit: str = "") -> Estimate:
    """Sample mean with its standard error; rounding where all values are one number."""
    mean = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else abs(mean)
    return Estimate(mean, unit, error if error > ROUNDING * abs(mean) else 0.0)


def _share(hits: NDArray[np.bool_]) -> Estimate:
    """A sampled probability; its error stays above zero where all or no shots hit (add-one rule)."""
    count, hit = len(hits), int(hits.sum())
    smoothed = (hit + 1) / (count + 2)
    return Estimate(hit / count, "", float(np.sqrt(smoothed * (1 - smoothed) / count)))
