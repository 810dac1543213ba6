"""Axes: which field of a scenario is varied, or which fields together, and over which values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.units import si
from bellpush.scenario.braces import fields
from bellpush.scenario.fields import steps_of, unit_at, whole_at
from bellpush.scenario.load import Scenario

__all__ = ["MOST", "POINTS", "Axis", "axis", "bounds", "check_axes", "edits", "unit_of"]

MOST = 100_000  # values of one axis
POINTS = 10_000_000  # of a grid


@dataclass(frozen=True)
class Axis:
    """One field and its values, or several fields that take the same values."""

    path: str  # of the field, or of several as `fields` reads it
    values: NDArray[np.float64]  # SI, shape (count,)
    unit: str  # SI unit, "" where there is none
    logarithmic: bool = False


def unit_of(scenario: Scenario, path: str) -> str:
    """The SI unit of all fields that an axis of this path moves.

    Raises:
        ScenarioError: one of them is no number, or their units differ.
    """
    units = {one: unit_at(scenario, one) for one in fields(path)}
    first, unit = next(iter(units.items()))
    for other, another in units.items():
        if another != unit:
            raise _wrong(
                f"Fields of one axis must have the same unit, but `{first}` is {_unit(unit)} and `{other}` is "
                f"{_unit(another)}. Try an axis for each.",
                path,
            )
    return unit


def edits(scenario: Scenario, point: Mapping[str, float]) -> dict[str, Any]:
    """The changes that take a scenario to a point, given by the SI values on the axes' paths, as a file holds them."""
    found: dict[str, Any] = {}
    for path, value in point.items():
        unit = unit_of(scenario, path)
        number = _whole(value, path) if is_whole(scenario, path) else float(value)
        found |= dict.fromkeys(fields(path), f"{number!r} {unit}" if unit else number)
    return found


def _whole(value: float, path: str) -> int:
    if value != int(value):
        raise _wrong(f"`{path}` must take whole values, but {value:g} is none. Try {round(value)}.", path)
    return int(value)


def is_whole(scenario: Scenario, path: str) -> bool:
    """Whether any field that an axis of this path moves holds a whole number."""
    return any(whole_at(scenario, one) for one in fields(path))


def _unit(unit: str) -> str:
    return f"in {unit}" if unit else "a number without a unit"


def axis(scenario: Scenario, text: str) -> Axis:
    """The axis that `PATH=LOW:HIGH:COUNT`, `PATH=log:LOW:HIGH:COUNT`, or a list of values, `PATH=A,B,C`, describes.

    `nodes.{a,b}.device.linewidth=...`, or two paths with a comma between, moves several fields, all to the same value.
    A whole number takes whole values.

    Raises:
        ScenarioError: not of this form, no such field, no such unit, fields of different units, or a field named twice.
    """
    path, equals, after = text.partition("=")
    path = path.strip()
    if equals and after.strip() and ":" not in after:
        unit = _checked(scenario, path)
        values = np.array([_number(part.strip(), unit, path) for part in after.split(",")])
        found = Axis(path, values, unit)
    else:
        found = _grid(scenario, text)
    if not 1 <= len(found.values) <= MOST:
        raise _wrong(f"`--over {path}` must have at most {MOST} values, but has {len(found.values)}.", path)
    if is_whole(scenario, path) and np.any(found.values != np.rint(found.values)):
        odd = float(found.values[np.argmax(found.values != np.rint(found.values))])
        raise _wrong(f"`--over {path}` must have whole values, but has {odd:g}. Try a list: {path}=2,4,8.", path)
    return found


def _grid(scenario: Scenario, text: str) -> Axis:
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
    if is_whole(scenario, path):
        raise _wrong(f"An optimum is sought over numbers of any value, but `{path}` is a whole one. Try `sweep`.", path)
    return Axis(path, np.array([low, high]), unit, logarithmic)


def _read(scenario: Scenario, text: str) -> tuple[str, str, float, float, list[str], bool]:
    path, equals, after = text.partition("=")
    path = path.strip()
    parts = after.split(":")
    logarithmic = parts[0].strip() == "log"
    parts = parts[1:] if logarithmic else parts
    if not equals or len(parts) < 2:
        raise _wrong(f"`--over {text}` must have the form PATH=LOW:HIGH:COUNT, e.g. {_example(scenario)}.", path)
    unit = _checked(scenario, path)
    low, high = (_number(part.strip(), unit, path) for part in parts[:2])
    if logarithmic and (low <= 0 or high <= 0):
        raise _wrong(f"`--over {text}`: a logarithmic grid must have bounds above zero.", path)
    return path, unit, low, high, parts[2:], logarithmic


def _checked(scenario: Scenario, path: str) -> str:
    """The unit of an axis of this path, once that is known to name each field once."""
    unit = unit_of(scenario, path)
    _check_apart(scenario, fields(path), "An axis must name each field once")
    return unit


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
    """Refuse grids that are too large, and those that vary one field twice.

    Raises:
        ScenarioError: more than `POINTS` points, or two paths that lead to the same number.
    """
    total = math.prod(len(axis.values) for axis in axes)
    if total > POINTS:
        counts = " x ".join(str(len(axis.values)) for axis in axes)
        raise ScenarioError(f"A grid must have at most {POINTS} points, but {counts} is {total}. Try smaller COUNTs.")
    paths = [path for axis in axes for path in fields(axis.path)]
    _check_apart(scenario, paths, "Each axis must vary another field")


def _check_apart(scenario: Scenario, paths: Sequence[str], rule: str) -> None:
    """Refuse two paths of which one leads to the other's number."""
    steps = [(path, steps_of(scenario, path)) for path in paths]
    for number, (path, here) in enumerate(steps):
        for other, there in steps[:number]:
            if all(one == two for one, two in zip(here, there, strict=False)):
                raise _wrong(f"{rule}, but `{other}` and `{path}` vary the same. Try one of them.", path)
