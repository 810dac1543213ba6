"""What a run answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import bellpush
from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.law import DeliveryLaw
from bellpush.ground.estimate import Estimate, absent
from bellpush.links.link import Link
from bellpush.scenario.load import Scenario
from bellpush.scenario.shown import ShownPair, shown
from bellpush.scenario.standing import weakest
from bellpush.scenario.verdict import Verdict, judge
from bellpush.states.pair import Pair

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Answer", "Result"]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True)
class Answer:
    """The answer to one request: its law, and what is read from it."""

    request: AnyRequest
    law: DeliveryLaw

    @property
    def delivered_probability(self) -> Estimate:
        """Probability that a herald stands behind what is handed over."""
        return self.law.delivered_probability

    @property
    def fidelity(self) -> Estimate:
        """Delivered fidelity: over every press, misses and fallbacks included."""
        return self.law.fidelity

    @property
    def fidelity_heralded(self) -> Estimate:
        """Fidelity at the hand-over given a herald."""
        return self.law.fidelity_heralded

    @property
    def rate(self) -> Estimate:
        """Hand-overs with a herald per second of wall clock, Hz."""
        return self.law.rate

    @property
    def latency(self) -> dict[str, Estimate]:
        """Mean and quantiles of the time from the press to the hand-over of a pair, s."""
        return {"mean": self.law.latency, **{name: self.law.quantile(level) for name, level in QUANTILES.items()}}

    @cached_property
    def good_probability(self) -> Estimate | None:
        """Probability of a pair in time whose fidelity, given its history, is at least `min_fidelity`.

        None where none is asked for, or one link serves; by the exact engine, whatever engine gave the law.
        """
        request = self.request
        if not isinstance(request, ChainRequest) or request.min_fidelity is None:
            return None
        from bellpush.engines.chain import good

        return good(request, request.min_fidelity)

    @property
    def state(self) -> ShownPair:
        """Mean correlations over every press, first index for the first node asked for; shape (4, 4)."""
        state = self.law.state
        return shown(state.T if self.request.swapped else state)

    @property
    def verdict(self) -> Verdict:
        """Whether this is on demand, and why."""
        return judge(self.request, self.law)

    @property
    def on_demand(self) -> bool | None:
        """Whether what is handed over beats the threshold and its own fallback; None where nothing is promised."""
        return self.verdict.on_demand

    def to_dict(self) -> dict[str, Any]:
        """The answer as `run --json` writes it."""
        data: dict[str, Any] = {
            "delivered_probability": self.delivered_probability.to_dict(),
            "fidelity": self.fidelity.to_dict(),
            "fidelity_heralded": self.fidelity_heralded.to_dict(),
            "rate": self.rate.to_dict(),
            "on_demand": self.on_demand,
            "on_demand_why": self.verdict.why,
            "target": self.law.target,
            "state": _numbers(self.state),
            "latency": {name: estimate.to_dict() for name, estimate in self.latency.items()},
        }
        if self.good_probability is not None:
            data["good_probability"] = self.good_probability.to_dict()
        if isinstance(self.request, ChainRequest):
            from bellpush.scenario.allowed import allowed

            if (limits := allowed(self.request)) is not None:
                data["limits"] = limits.to_dict(self.law)
        return data


@dataclass(frozen=True)
class Result:
    """The answers to all requests of a scenario, by name: `result["clocked"]`."""

    scenario: Scenario
    engine: str
    seed: int
    requests: dict[str, Answer]

    def __getitem__(self, name: str) -> Answer:
        if name not in self.requests:
            raise KeyError(f"no request `{name}`; there are {', '.join(self.requests) or 'none'}")
        return self.requests[name]

    @property
    def links(self) -> dict[str, Link]:
        """The links by name."""
        return self.scenario.job.links

    def number(self, path: str) -> Estimate:
        """One number by its path in the JSON document, e.g. "requests.clocked.fidelity"; nothing else is worked out."""
        kind, name, key = path.split(".", 2)
        if kind == "links":
            return link_number(self.links[name], key)
        answer = self.requests[name]
        if key.startswith("latency."):
            level = key.removeprefix("latency.")
            return answer.law.latency if level == "mean" else answer.law.quantile(QUANTILES[level])
        found = getattr(answer, key)
        if found is None:
            return absent("a route of several links and a `min_fidelity` must be asked for")
        assert isinstance(found, Estimate)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The document that `run --json` writes."""
        return {
            "schema": 1,
            "bellpush": bellpush.__version__,
            "scenario": self.scenario.to_dict(),
            "engine": self.engine,
            "seed": self.seed,
            "job": self.scenario.job.hash,
            "links": {name: link_dict(self.scenario, link) for name, link in self.links.items()},
            "requests": {name: answer.to_dict() for name, answer in self.requests.items()},
        }

    def plot(self) -> Figure:
        """The fidelities and the state of every request, as a figure of matplotlib."""
        return bellpush.show(self).plot()

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return str(bellpush.show(self))

    def __repr__(self) -> str:
        answers = ", ".join(f"{name}: delivered fidelity {a.fidelity.value}" for name, a in self.requests.items())
        return f"<Result of {self.scenario.name or 'a scenario'} by the {self.engine} engine; {answers}>"


LINK_NUMBERS = (
    "attempt_duration",
    "success_probability",
    "rate",
    "rate_peak",
    "fidelity",
    "decoherence_rate",
    "link_efficiency",
)


def link_number(link: Link, key: str) -> Estimate:
    """One number of a link by its name in the JSON document."""
    if key == "attempt_duration":
        return Estimate.exact(link.model.attempt_duration, "s")
    found = getattr(link, key)
    assert isinstance(found, Estimate)
    return found


def link_dict(scenario: Scenario, link: Link) -> dict[str, Any]:
    """One link as `run --json` writes it."""
    return {
        **{key: link_number(link, key).to_dict() for key in LINK_NUMBERS},
        **_several(link),
        "target": link.model.target,
        "state": _numbers(link.pair),
        "standing": weakest(scenario.inputs_of(link.name)),
        **({"notes": list(link.notes)} if link.notes else {}),
    }


def _several(link: Link) -> dict[str, Any]:
    """All pairs that an attempt leaves, where that may be more than the first."""
    numbers = (link.several, link.pairs, link.pair_rate, link.pair_fidelity)
    several, pairs, rate, fidelity = numbers
    if several is None or pairs is None or rate is None or fidelity is None:
        return {}
    return {
        "pairs": pairs.to_dict(),
        "pair_rate": rate.to_dict(),
        "pair_fidelity": fidelity.to_dict(),
        "pairs_probabilities": several.probabilities.tolist(),
    }


def _numbers(pair: Pair) -> list[list[float]] | None:
    return pair.tolist() if np.all(np.isfinite(pair)) else None
