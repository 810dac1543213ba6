"""Demands: what a quantity must at least be at an optimum."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bellpush.design.scan import check_quantities
from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.units import si
from bellpush.scenario.load import Scenario

__all__ = ["demand", "demands"]


def demand(scenario: Scenario, text: str) -> tuple[str, float]:
    """The quantity and the least value, an SI number, of `PATH=VALUE`.

    Raises:
        ScenarioError: not of this form, no such quantity, or a value without its unit.
    """
    path, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not value:
        raise _wrong(f"`--at-least {text}` must have the form PATH=VALUE, e.g. {_example(scenario)}.", path)
    unit = check_quantities(scenario, [path])[path]
    try:
        number = si(value, unit) if unit else float(value)
    except ValueError as error:
        reason = str(error) if unit else f'must be a number, but is "{value[:40]}". Try 0.6.'
        raise _wrong(f"`--at-least {path}`: the value {reason}", path) from None
    if not math.isfinite(number):
        raise _wrong(f"`--at-least {path}`: the value must be finite, but is {value[:40]}. Try 0.6.", path)
    return path, number


def demands(scenario: Scenario, texts: Iterable[str]) -> dict[str, float]:
    """Every demand by its quantity; of two of one quantity the stronger holds."""
    found: dict[str, float] = {}
    for text in texts:
        path, least = demand(scenario, text)
        found[path] = max(least, found.get(path, least))
    return found


def _example(scenario: Scenario) -> str:
    return f"requests.{next(iter(scenario.job.requests), 'NAME')}.fidelity=0.6"


def _wrong(message: str, path: str) -> ScenarioError:
    return ScenarioError(Problem(message, path))
