"""The fields of a scenario as records hold them: by path, with their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.spec import PerEndReal, Real, Record
from bellpush.scenario.paths import TAGS, did_you_mean, link_name, split

if TYPE_CHECKING:
    from bellpush.scenario.load import Scenario

__all__ = ["put", "steps_of", "unit_at", "whole_at"]


def unit_at(scenario: Scenario, path: str) -> str:
    """The SI unit of the number at a path, "" for a whole one.

    Raises:
        ScenarioError: the path leads to no number; says where it stops, and the nearest name there.
    """
    meta = _held(scenario, path)
    if meta is None:
        return ""
    return meta.each.unit if isinstance(meta, PerEndReal) else meta.unit


def whole_at(scenario: Scenario, path: str) -> bool:
    """Whether the number at a path is a whole one; raises as `unit_at`."""
    return _held(scenario, path) is None


def _held(scenario: Scenario, path: str) -> Real | PerEndReal | None:
    """What the field at a path says of its number; None for a whole number."""
    here: Any = scenario.file
    meta: Any = None
    steps = steps_of(scenario, path)
    if steps[:1] == ["network"]:
        if not scenario.networked:
            raise _lost(f"`{path}`: the scenario has no field `network`. Try nodes or links.", path)
        if steps[1:] == ["segments"]:
            return None
        steps = _written(scenario, path, steps)
    for position, step in enumerate(steps):
        so_far = ".".join(str(s) for s in steps[:position]) or "the scenario"
        if isinstance(here, Record):
            known = [name for name in type(here).model_fields if name not in TAGS]
            if step not in known:
                raise _lost(f"`{path}`: `{so_far}` has no field `{step}`. {did_you_mean(str(step), known)}", path)
            meta = _number(type(here).model_fields[str(step)])
            here = getattr(here, str(step))
        else:
            within: dict[Any, Any] = here if isinstance(here, dict) else {}
            within = dict(enumerate(here)) if isinstance(here, tuple) else within
            if step not in within:
                known = [str(key) for key in within]
                raise _lost(f"`{path}`: `{so_far}` has no `{step}`. {did_you_mean(str(step), known)}", path)
            here = within[step]
    if meta is None and isinstance(here, int) and not isinstance(here, bool):
        return None
    if meta is None:
        raise _lost(f"`{path}` must lead to a number, but leads to something else. Try a field of it.", path)
    found: Real | PerEndReal = meta
    return found


def _written(scenario: Scenario, path: str, steps: list[str | int]) -> list[str | int]:
    """Where a field of a network stands once that is written out: the first of the places."""
    count = len(scenario.file.links)
    match steps[1:]:
        case ["link", *rest]:
            found = ["links", "0", *rest]
        case ["links", int(number), *rest] if number < count:
            found = ["links", str(number), *rest]
        case ["node", *rest]:
            found = ["nodes", "n1" if count > 1 else "n0", *rest]
        case ["ends", *rest]:
            found = ["nodes", "n0", *rest]
        case ["nodes", int(number), *rest] if number <= count:
            found = ["nodes", f"n{number}", *rest]
        case _:
            raise _lost(
                f"`{path}` must lead to a number of the network's nodes or links, or to its `segments`. Try "
                "network.link.scheme and a field of that.",
                path,
            )
    return steps_of(scenario, ".".join(map(str, found)))


def _number(field: Any) -> Real | PerEndReal | None:
    """What a field says of the number it holds; None for fields that hold something else."""
    waiting = [*field.metadata, field.annotation]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Real | PerEndReal):
            return one
        waiting += [part for part in get_args(one) if not (isinstance(part, type) and issubclass(part, Record))]
    return None


def steps_of(scenario: Scenario, path: str) -> list[str | int]:
    """A path with list items by index, and the lone element of a channel, an arm, or of cut-offs, as item 0."""
    file = scenario.file
    steps: list[str | int] = [int(step) if step.isdigit() else step for step in split(path)]
    if len(steps) > 1 and isinstance(steps[1], str) and steps[0] in ("links", "requests"):
        names = (
            [link.name or link_name({"between": list(link.between)}) for link in file.links]
            if steps[0] == "links"
            else [request.name or request.delivery.kind for request in file.requests]
        )
        if steps[1] in names:
            steps[1] = names.index(steps[1])
    match steps:
        case ["links", int(index), "channel", str(), *_] if index < len(file.links):
            # A file may hold one element as a mapping; records hold a tuple of them.
            if len(file.links[index].channel) == 1:
                steps.insert(3, 0)
        case ["links", int(index), "channels", int(arm), str(), *_] if index < len(file.links):
            both = file.links[index].channels
            if both is not None and arm < 2 and len(both[arm]) == 1:
                steps.insert(4, 0)
        case ["requests", int(index), "policy", "cutoff" | "distill" as field, str(), *_] if index < len(file.requests):
            if len(getattr(file.requests[index].policy, field, ())) == 1:
                steps.insert(4, 0)
    return steps


def put(record: Any, steps: list[str | int], values: NDArray[np.float64]) -> Any:
    """The same records with an array in one field; nothing is checked.

    A field with one number for each end takes the array for both.
    """
    if not steps:
        return (values, values) if isinstance(record, tuple) else values
    step, rest = steps[0], steps[1:]
    if isinstance(record, Record):
        return record.changed(**{str(step): put(getattr(record, str(step)), rest, values)})
    if isinstance(record, dict):
        return {**record, step: put(record[step], rest, values)}
    assert isinstance(step, int)
    return (*record[:step], put(record[step], rest, values), *record[step + 1 :])


def _lost(message: str, path: str) -> ScenarioError:
    return ScenarioError(Problem(message, path))
