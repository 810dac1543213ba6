"""A scenario at many points: abreast in closed form where that applies, else one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.delivery.request import Request
from bellpush.design.axis import Axis, check_axes, edits, is_whole, unit_of
from bellpush.design.grid import Found, Gathered, Scan, blocks, points
from bellpush.engines import closed
from bellpush.ground.arrays import plain
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.ground.units import readable
from bellpush.scenario.braces import fields
from bellpush.scenario.fields import put, steps_of
from bellpush.scenario.load import Scenario
from bellpush.scenario.parts import Parts
from bellpush.scenario.paths import did_you_mean
from bellpush.scenario.run import run
from bellpush.states.measures import overlap
from bellpush.states.pair import bell

__all__ = [
    "NOTHING",
    "UNITS",
    "Scan",
    "abreast",
    "at",
    "by_closed_forms",
    "check_quantities",
    "default_quantities",
    "measured",
    "prepared",
    "scan",
]

Array = NDArray[np.float64]

BLOCK = 16_384  # points held at once
NOTHING = "The scenario asks for nothing. Try adding `requests`."

# What can be asked of a request and of a link, and its unit.
UNITS = {
    "requests": {
        "delivered_probability": "",
        "fidelity": "",
        "fidelity_heralded": "",
        "good_probability": "",
        "rate": "Hz",
        "latency.mean": "s",
        "latency.p50": "s",
        "latency.p90": "s",
        "latency.p99": "s",
    },
    "links": {
        "attempt_duration": "s",
        "success_probability": "",
        "rate": "Hz",
        "rate_peak": "Hz",
        "fidelity": "",
        "decoherence_rate": "Hz",
        "link_efficiency": "",
    },
}


def default_quantities(scenario: Scenario) -> list[str]:
    """The delivered fidelity of every request, and the chance that its pair is there."""
    return [f"requests.{name}.{key}" for name in scenario.job.requests for key in ("fidelity", "delivered_probability")]


def check_quantities(scenario: Scenario, quantities: Sequence[str]) -> dict[str, str]:
    """The unit of every quantity.

    Raises:
        ScenarioError: one is not in the JSON of `run`, with the nearest that is.
    """
    job = scenario.job
    known = {f"requests.{name}.{key}": unit for name in job.requests for key, unit in UNITS["requests"].items()}
    known |= {f"links.{name}.{key}": unit for name in job.links for key, unit in UNITS["links"].items()}
    for quantity in quantities:
        if not job.requests and quantity.startswith("requests."):
            raise ScenarioError(NOTHING)
        if quantity not in known:
            raise ScenarioError(f"There is no quantity `{quantity}`. {did_you_mean(quantity, list(known))}")
    return {quantity: known[quantity] for quantity in quantities}


def prepared(scenario: Scenario, axes: Sequence[Axis], quantities: Sequence[str] | None) -> dict[str, str]:
    """The quantities to find, with their units, after everything that can be refused has been.

    Raises:
        ScenarioError: nothing is asked, no such quantity, a field varied twice, or a grid that is too large.
        UnsupportedError: the requests of the scenario wait for each other.
    """
    check_axes(scenario, axes)
    wanted = list(default_quantities(scenario) if quantities is None else quantities)
    if not wanted:
        raise ScenarioError(NOTHING)
    units = check_quantities(scenario, wanted)
    if scenario.job.contested:
        raise UnsupportedError(scenario.job.contested)
    return units


def by_closed_forms(scenario: Scenario, engine: str | None) -> bool:
    """Whether the engine asked for, here or in the scenario, is one that closed forms stand for."""
    return (engine or scenario.file.run.engine) in ("auto", "exact")


def scan(
    scenario: Scenario,
    over: Mapping[str, ArrayLike] | Sequence[Axis],
    quantities: Sequence[str] | None = None,
    engine: str | None = None,
) -> Scan:
    """Quantities of a scenario over a grid of one axis or more.

    Args:
        scenario: where everything else stands still.
        over: axes, or SI values of shape (count,) by path; a path may name several fields, see `braces.fields`.
        quantities: paths in the JSON of `run`; those of `default_quantities` if None.
        engine: as for `run`.

    Raises:
        ScenarioError: a path leads to no number, or a value makes the scenario unsound.
        UnsupportedError: no engine built can take the job.

    >>> from bellpush.scenario.load import load
    >>> curve = scan(load("humphreys-2018"), {"requests.clocked.delivery.period": [0.05, 0.1, 0.2]})
    >>> curve.quantities["requests.clocked.fidelity"].round(3)
    array([0.539, 0.585, 0.502])
    """
    axes = (
        tuple(
            Axis(path, np.atleast_1d(np.asarray(values, dtype=float)), unit_of(scenario, path))
            for path, values in over.items()
        )
        if isinstance(over, Mapping)
        else tuple(over)
    )
    units = prepared(scenario, axes, quantities)
    if by_closed_forms(scenario, engine):
        check_corners(scenario, {axis.path: axis.values for axis in axes})
    gathered = Gathered(axes, units)
    for block in blocks(gathered.total, BLOCK):
        gathered.put(block.start, measured(scenario, points(axes, block), list(units), engine))
    return gathered.scan()


def at(
    scenario: Scenario, points: Mapping[str, Array], quantities: Sequence[str], engine: str | None = None
) -> dict[str, Array]:
    """Quantities at points: for every path as many values, shape (points,)."""
    return {name: values for name, (values, _) in measured(scenario, points, quantities, engine).items()}


def measured(
    scenario: Scenario, points: Mapping[str, Array], quantities: Sequence[str], engine: str | None = None
) -> Found:
    """Quantities at points with their standard errors, each of shape (points,)."""
    if by_closed_forms(scenario, engine):
        check_corners(scenario, points)
        check_between(scenario, points)
        found = abreast(scenario, points, quantities)
        if found is not None:
            return {name: (values, np.zeros(len(values))) for name, values in found.items()}
    return apart(scenario, points, quantities, engine)


def check_corners(scenario: Scenario, points: Mapping[str, Array]) -> None:
    """Try the corners of the region that the points span.

    What records demand of their numbers are bounds and inequalities that each number only helps or only hurts, so a
    region whose corners are sound is; but for what `check_between` looks at.
    """
    if min(len(values) for values in points.values()) == 0:
        return
    ends = [sorted({float(values.min()), float(values.max())}) for values in points.values()]
    for corner in product(*ends):
        scenario.edit_all(edits(scenario, dict(zip(points, corner, strict=True))))


def check_between(scenario: Scenario, points: Mapping[str, Array]) -> None:
    """Try every point at which a device's frequencies differ: resonances lie between sound corners, too.

    Raises:
        ScenarioError: a point is unsound; the first, with its values.
    """
    curved = [path for path in points if any(_curved(steps_of(scenario, one)) for one in fields(path))]
    if not curved:
        return
    rows = np.stack([np.asarray(points[path]) for path in curved], axis=-1)
    others = {path: values for path, values in points.items() if path not in curved}
    _, firsts = np.unique(rows, axis=0, return_index=True)
    for row in rows[np.sort(firsts)]:
        here = dict(zip(curved, row.tolist(), strict=True))
        try:
            check_corners(scenario, others | {path: np.array([value]) for path, value in here.items()})
        except ScenarioError as error:
            where = ", ".join(f"{path} = {readable(value, unit_of(scenario, path))}" for path, value in here.items())
            raise ScenarioError(
                [replace(each, message=f"At {where}: {each.message}") for each in error.problems]
            ) from None


def _curved(steps: list[str | int]) -> bool:
    """Whether a number may be sound at both ends of a range and not within it."""
    match steps:
        case ["nodes", _, "device", "frequency" | "anharmonicity" | "resonator_frequency"]:
            return True
    return False


def abreast(scenario: Scenario, points: Mapping[str, Array], quantities: Sequence[str]) -> dict[str, Array] | None:
    """Quantities at points by closed forms on arrays; None where one of them has no such form."""
    file: Any = scenario.file
    if any(is_whole(scenario, path) for path in points):
        return None
    for path, varied in points.items():
        for steps in (steps_of(scenario, one) for one in fields(path)):
            if not _in_reach(steps):
                return None
            file = put(file, steps, np.asarray(varied))
    parts = Parts.of(file)
    links = {link.name: link for link in parts.built.values()}
    requests = {r.name: r for r in (parts.request(w, parts.serving(w)[0]) for w in file.requests)}
    count = len(next(iter(points.values())))
    found: dict[str, Array] = {}
    answers: dict[str, closed.Numbers | None] = {}
    values: Array | None
    for quantity in quantities:
        kind, name, key = quantity.split(".", 2)
        if kind == "requests" and name not in answers:
            request = requests[name]
            answers[name] = closed.numbers(request) if isinstance(request, Request) else None
        values = _of_link(links[name], key) if kind == "links" else _of_request(answers[name], key)
        if values is None:
            return None
        found[quantity] = np.array(np.broadcast_to(values, (count,)), dtype=float)
    return found


def _of_request(numbers: closed.Numbers | None, key: str) -> Array | None:
    if numbers is not None and key == "good_probability":
        return np.asarray(np.nan)  # of a route of several links alone
    key = {"latency.mean": "latency"}.get(key, key)
    return numbers._asdict().get(key) if numbers is not None else None


def _in_reach(steps: list[str | int]) -> bool:
    """Whether records further down take an array at this path."""
    match steps:
        case ["nodes", _, "memory", field]:
            return field != "exponent"
        case ["nodes", _, "device", _]:
            return True
        case ["links", int(), "scheme", field, *rest]:
            return field != "state" and len(rest) <= 1
        case ["requests", int(), "delivery", "period" | "within"]:
            return True
    return False


def _of_link(link: Any, key: str) -> Array | None:
    births = link.births
    match key:
        case "attempt_duration":
            return np.asarray(births.attempt_duration)
        case "success_probability":
            return np.asarray(births.success)
        case "rate":
            return np.asarray(births.success / link.step * link.duty)
        case "rate_peak":
            return np.asarray(births.success / births.attempt_duration)
        case "fidelity":
            # Where no attempt succeeds there is no pair; any stands in its place until it is struck out.
            dead = ~(np.asarray(births.success) > 0)
            modes = link.ageing.modes(np.where(dead[..., None, None], bell(births.target), births.pair))
            if modes is None:
                return None
            return np.where(dead, np.nan, overlap(modes.at(births.herald_delay), births.target))
    return None


def one_by_one(
    scenario: Scenario, points: Mapping[str, Array], quantities: Sequence[str], engine: str | None = None
) -> dict[str, Array]:
    """Quantities at points, each a scenario of its own."""
    return {name: values for name, (values, _) in apart(scenario, points, quantities, engine).items()}


def apart(
    scenario: Scenario, points: Mapping[str, Array], quantities: Sequence[str], engine: str | None = None
) -> Found:
    """Quantities and their standard errors at points, each a scenario of its own; NaN for a link that is not there."""
    count = len(next(iter(points.values())))
    found = {quantity: (np.full(count, np.nan), np.zeros(count)) for quantity in quantities}
    for index in range(count):
        here = edits(scenario, {path: float(values[index]) for path, values in points.items()})
        result = run(scenario.edit_all(here), engine)
        for quantity in quantities:
            kind, name, _ = quantity.split(".", 2)
            if kind == "links" and name not in result.links:  # of a network that has fewer links here
                continue
            number = result.number(quantity)
            values, errors = found[quantity]
            values[index] = np.nan if number.value is None else plain(number.value)
            errors[index] = 0.0 if number.value is None else number.standard_error
    return found
