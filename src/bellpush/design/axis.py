"""Axes: which field of a scenario is varied, and over which values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.units import si
from bellpush.scenario.fields import steps_of, unit_at
from bellpush.scenario.load import Scenario

__all__ = ["MOST", "POINTS", "Axis", "axis", "bounds", "check_axes"]

MOST = 100_000  # values of one axis
POINTS = 10_000_000  # of a grid


@dataclass(frozen=True)
class Axis:
    """One field and its values."""

    path: str
    values: NDArray[np.float64]  # SI, shape (count,)
    unit: str  # SI unit, "" where there is none
    logarithmic: bool = False

    def text(self, value: float) -> Any:
        """A value as a scenario file would hold it."""
        return written(value, self.unit)


def written(value: float, unit: str) -> Any:
    """An SI number as a scenario file would hold it."""
    return f"{float(value)!r} {unit}" if unit else float(value)


def axis(scenario: Scenario, text: str) -> Axis:
    """The axis that `PATH=LOW:HIGH:COUNT` (or `PATH=log:LOW:HIGH:COUNT`) describes.

    Raises:
        ScenarioError: not of this form, no such field, no such unit, or a bound that the field cannot hold.
    """
    path, unit, low, high, rest, logarithmic = _read(scenario, text)
    form = f"`--over {text}` must have the form PATH=LOW:HIGH:COUNT"
    if len(rest) != 1 or not rest[0].strip().isdigit():
        raise _wrong(f"{form}, with a whole number of values.", path)
    digits = rest[0].strip()
    count = int(digits) if len(digits) < 20 else MOST + 1
    if not 1 <= count <= MOST:
        raise _wrong(f"{form} with a COUNT from 1 to {MOST}, but it is {rest[0].strip()[:40]}.", path)
    values = np.geomspace(low, high, count) if logarithmic else np.linspace(low, high, count)
    # Rounding must not carry the ends beyond the bounds that were asked for.
    values[0], values[-1] = (low, high) if count > 1 else (low, low)
    return Axis(path, values, unit, logarithmic)


def bounds(scenario: Scenario, text: str) -> Axis:
    """The axis that `PATH=LOW:HIGH` describes: two values, the bounds of a search."""
    path, unit, low, high, rest, logarithmic = _read(scenario, text)
    if rest:
        raise _wrong(f"`--over {text}` must have the form PATH=LOW:HIGH; an optimum needs no COUNT.", path)
    if not low < high:
        raise _wrong(f"`--over {text}` must have LOW below HIGH.", path)
    return Axis(path, np.array([low, high]), unit, logarithmic)


def _read(scenario: Scenario, text: str) -> tuple[str, str, float, float, list[str], bool]:
    path, equals, after = text.partition("=")
    path = path.strip()
    parts = after.split(":")
    logarithmic = parts[0].strip() == "log"
    parts = parts[1:] if logarithmic else parts
    if not equals or len(parts) < 2:
        raise _wrong(f"`--over {text}` must have the form PATH=LOW:HIGH:COUNT, e.g. {_example(scenario)}.", path)
    unit = unit_at(scenario, path)
    low, high = (_number(part.strip(), unit, path) for part in parts[:2])
    if logarithmic and (low <= 0 or high <= 0):
        raise _wrong(f"`--over {text}`: a logarithmic grid must have bounds above zero.", path)
    return path, unit, low, high, parts[2:], logarithmic


def _number(text: str, unit: str, path: str) -> float:
    try:
        if unit:
            return si(text, unit)
        number = float(text)
    except ValueError as error:
        reason = str(error) if unit else f'must be a number, but is "{text[:40]}".'
        raise _wrong(f"`--over {path}`: a bound {reason}", path) from None
    if not np.isfinite(number):
        raise _wrong(f"`--over {path}`: a bound must be finite, but is {text}.", path)
    return number


def _example(scenario: Scenario) -> str:
    for name, request in scenario.job.requests.items():
        if hasattr(request.delivery, "period"):
            return f'"requests.{name}.delivery.period=50 ms:200 ms:16"'
    return '"links.0.scheme.visibility=0.8:1:21"'


def _wrong(message: str, path: str) -> ScenarioError:
    return ScenarioError(Problem(message, path))


def check_axes(scenario: Scenario, axes: Sequence[Axis]) -> None:
    """Refuse grids that are too large, and axes that vary one field twice.

    Raises:
        ScenarioError: more than `POINTS` points, or two axes whose paths lead to the same number.
    """
    total = math.prod(len(axis.values) for axis in axes)
    if total > POINTS:
        counts = " x ".join(str(len(axis.values)) for axis in axes)
        raise ScenarioError(f"A grid must have at most {POINTS} points, but {counts} is {total}. Try smaller COUNTs.")
    steps = [(axis.path, steps_of(scenario, axis.path)) for axis in axes]
    for number, (path, here) in enumerate(steps):
        for other, there in steps[:number]:
            if all(one == two for one, two in zip(here, there, strict=False)):
                message = (
                    f"Each axis must vary another field, but `{other}` and `{path}` vary the same. Try one of them."
                )
                raise _wrong(message, path)
