"""A published claim weighed against ours: deviation, verdict, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from bellpush.experiments.claim import Claim, Measure, Setting
from bellpush.experiments.kinds import CLAIMS
from bellpush.ground.errors import ScenarioError
from bellpush.ground.units import readable
from bellpush.scenario.load import load
from bellpush.scenario.model import STANDINGS, Standing
from bellpush.scenario.paths import did_you_mean, find, split
from bellpush.scenario.result import Result
from bellpush.scenario.run import run
from bellpush.scenario.standing import UNCONFIRMED, Input, named
from bellpush.scenario.tree import Mark, grow, plain

__all__ = ["Verdict", "Weighed", "weigh"]

Verdict: TypeAlias = Literal["reproduced", "differs", "explained", "not-comparable"]

RESTATED = 1e-9  # relative; what an input may lose on its way through a run


@dataclass(frozen=True)
class Weighed:
    """One claim beside ours, computed when it is asked for."""

    experiment: str
    claim: Claim

    @cached_property
    def ours(self) -> float | None:
        """Our value; None where there is none to compare."""
        if not (self.claim.path or self.claim.measure):
            return None
        return self._after({}, None)

    @property
    def deviation(self) -> float | None:
        """Ours less the published value."""
        return None if self.ours is None else self.ours - self.claim.published

    @property
    def standing(self) -> Standing:
        """The weakest among the inputs; `derived` where a formula needs none; the claim's own where ours is absent."""
        known: list[Standing] = [standing for standing in STANDINGS for one in self.inputs if one.standing == standing]
        return max(known, key=STANDINGS.index, default=self.claim.standing if self.ours is None else "derived")

    @cached_property
    def inputs(self) -> list[Input]:
        """What ours, or what is shown instead, rests on: numbers and named choices, each with how it is known."""
        claim = self.claim
        if self.ours is None and not claim.shown:
            return []
        scenario = load(self.experiment, claim.edits)
        found = _known(scenario.inputs, scenario.to_dict(), claim.settings, scenario.idle)
        rests = claim.rests
        mine = [one for one in found if rests is None or any(_under(one.path, start) for start in rests)]
        return [*mine, *claim.also]

    @cached_property
    def verdict(self) -> Verdict:
        """Whether ours reproduces the claim. A recalled figure is no target, and an input reproduces nothing."""
        if self.ours is None or self.claim.incomparable or self.claim.standing == "recalled":
            return "not-comparable"
        if self._agrees(self.ours):
            return "not-comparable" if self.claim.restates else "reproduced"
        shown = zip(self.claim.shown, self.shown, strict=True)
        # What was fitted once more to close a gap explains nothing.
        free = [value for one, value in shown if all(each.standing != "fitted" for each in one.settings.values())]
        return "explained" if any(self._agrees(value) for value in free) else "differs"

    @property
    def why(self) -> str:
        """The reason of the verdict, what shows it, and which inputs are unconfirmed."""
        parts = [*self._grounds(), *([self.claim.reason] if self.claim.reason else [])]
        for shown, value in zip(self.claim.shown, self.shown, strict=True):
            unit = self.claim.unit if shown.unit is None else shown.unit
            weak = sorted({one.standing for one in shown.settings.values()} & set(UNCONFIRMED))
            parts.append(shown.said.format(readable(value, unit) + (f" ({', '.join(weak)})" if weak else "")))
        unconfirmed = [one for one in self.inputs if one.standing in UNCONFIRMED]
        if unconfirmed:
            moral = ", so agreement proves nothing" if self.verdict == "reproduced" else ""
            parts.append(f"rests on unconfirmed inputs{moral}: {named(unconfirmed)}")
        return "; ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """The claim as `validate --json` writes it."""
        claim = self.claim
        return {
            "experiment": self.experiment,
            "claim": claim.name,
            "published": claim.published,
            "uncertainty": claim.uncertainty,
            "unit": claim.unit,
            "ours": self.ours,
            "standing": self.standing,
            "verdict": self.verdict,
            "why": self.why,
            "relation": claim.relation,
            "deviation": self.deviation,
            "tolerance": None if claim.relation == "greater" else self._tolerance,
            "published_standing": claim.standing,
            "source": claim.source,
            "inputs": [vars(one) for one in self.inputs],
        }

    def _grounds(self) -> Iterator[str]:
        """What decides."""
        claim = self.claim
        if claim.incomparable:
            yield claim.incomparable
        if claim.standing == "recalled":
            yield "the published value is recalled and unconfirmed"
        elif claim.restates and claim.tolerance:
            kept = f"within {readable(claim.tolerance.value, claim.unit, 2)} ({claim.tolerance.why})"
            yield f"spent on an input of the preset, which gives it back {kept} and reproduces nothing"
        elif claim.restates:
            yield "an input of the preset, handed through, which reproduces nothing"
        elif self.ours is None or claim.incomparable or claim.relation == "greater":
            return
        else:
            side = "within" if self.verdict == "reproduced" else "beyond"
            because = claim.tolerance.why if claim.tolerance else "the published uncertainty"
            yield f"{side} {readable(self._tolerance or 0.0, claim.unit, 2)} ({because})"

    @property
    def _tolerance(self) -> float | None:
        claim = self.claim
        if claim.restates and not claim.tolerance:
            return RESTATED * abs(claim.published)
        return claim.tolerance.value if claim.tolerance else claim.uncertainty

    def _agrees(self, value: float) -> bool:
        if self.claim.relation == "greater":
            return value > self.claim.published
        return self._tolerance is not None and abs(value - self.claim.published) <= self._tolerance

    @cached_property
    def shown(self) -> list[float]:
        """Our value after each change that is shown."""
        return [self._after(shown.settings, shown.measure) for shown in self.claim.shown]

    def _after(self, settings: Mapping[str, Setting], measure: Measure | None) -> float:
        result = self._result({**self.claim.settings, **settings})
        measure = measure or self.claim.measure
        if measure is not None:
            return measure(result)
        here: Any = result.to_dict()
        for step in self.claim.path.split("."):
            here = here[step]
        return float(here["value"])

    def _result(self, settings: Mapping[str, Setting]) -> Result:
        return run(load(self.experiment, {path: setting.value for path, setting in settings.items()}))


def weigh(experiment: str | None = None) -> list[Weighed]:
    """Every published claim, or those of one experiment, beside ours.

    Raises:
        ScenarioError: there are no claims of that name; says the nearest.
    """
    if experiment is not None and experiment not in CLAIMS:
        raise ScenarioError(f"There is no experiment `{experiment}`. {did_you_mean(experiment, list(CLAIMS))}")
    names = list(CLAIMS) if experiment is None else [experiment]
    return [Weighed(name, claim) for name in names for claim in CLAIMS[name]]


def _known(
    numbers: list[Input], document: dict[str, Any], settings: Mapping[str, Setting], idle: Set[str]
) -> list[Input]:
    """The inputs of a scenario: its numbers, what else its sources speak of and is not idle, what the claim set."""
    found = {one.path: one for one in numbers}
    tree = grow(document, Mark())
    for path, said in document.get("sources", {}).items():
        if path not in idle and not any(_under(one, path) for one in found):
            leaf = find(tree, split(path))
            text = str(plain(leaf)) if leaf is not None else ""
            found[path] = Input(path, text, said["standing"], said.get("source", ""))
    for path, setting in settings.items():
        inner = [one for one in found if _under(one, path)]
        texts = {one: found.pop(one).text for one in inner} or {path: str(setting.value)}
        found |= {one: Input(one, text, setting.standing, setting.source) for one, text in texts.items()}
    return list(found.values())


def _under(path: str, start: str) -> bool:
    """Whether a path is `start` or lies beneath it; a `start` that ends with a dot is a beginning."""
    return path == start or path.startswith(start if start.endswith(".") else start + ".")
