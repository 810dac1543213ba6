"""The best point of a region: where it is, whether inside, how flat, and which bound binds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.design.axis import Axis, edits
from bellpush.design.scan import abreast, at, prepared
from bellpush.design.ticks import climb, ticks_of
from bellpush.ground.errors import ScenarioError
from bellpush.ground.units import readable
from bellpush.scenario.load import Scenario

__all__ = ["Knob", "Optimum", "optimise"]

Array = NDArray[np.float64]

# Points along each axis of a grid, by the number of axes: in closed form, and where every point is worked out alone.
ABREAST = {1: 513, 2: 49, 3: 15, 4: 9}
APART = {1: 33, 2: 9, 3: 6, 4: 5}
ROUNDS = 60  # at most so many refinements
SHRINK = 0.5  # of the region in each, or less
FINE = {True: 1e-9, False: 1e-6}  # width of the region at which grids have done their part
SURE = 1e-10  # of the objective: a gain that is no rounding
FLAT = 1e-3  # what "as good" means, of the objective's size


@dataclass(frozen=True)
class Knob:
    """One variable at the optimum."""

    path: str
    unit: str
    value: float
    low: float  # of its bounds
    high: float
    binds: str  # "" inside, else "low" or "high": the bound it lies at
    flat: tuple[float, float]  # alone, it may move so far at a cost of at most one in a thousand


@dataclass(frozen=True)
class Optimum:
    """The best point found."""

    quantity: str
    unit: str
    value: float
    maximised: bool
    knobs: tuple[Knob, ...]
    limits: Mapping[str, tuple[float, float]]  # quantity: what was demanded, what it is there
    scenario: Scenario  # with the knobs set
    limit_units: Mapping[str, str]
    held: tuple[str, ...] = ()  # demands without which another point would be better

    @property
    def inside(self) -> bool:
        """Whether no bound of a variable binds."""
        return not any(knob.binds for knob in self.knobs)

    @property
    def binding(self) -> list[str]:
        """Paths of what holds the optimum back: variables at a bound, and demands that exclude better points."""
        return [knob.path for knob in self.knobs if knob.binds] + list(self.held)


def optimise(
    scenario: Scenario,
    axes: Sequence[Axis],
    quantity: str,
    *,
    maximise: bool = True,
    at_least: Mapping[str, float] | None = None,
) -> Optimum:
    """The point of a region at which a quantity is best, by the exact engine.

    A grid over the whole region, its best point refined by ever smaller grids, then polished by scipy. Grids see
    every basin wider than a step of the first. A clock period or a deadline is moved to the end of an attempt, among
    which the quantity is smooth.

    Args:
        scenario: where everything else stands still.
        axes: one to four variables; the first and the last value of each are its bounds.
        quantity: path in the JSON of `run`.
        maximise: else minimise.
        at_least: other quantities, by path, and what each must reach.

    Raises:
        ScenarioError: more than four variables, an unknown quantity, or nothing in the region meets the demands.
    """
    if not 1 <= len(axes) <= len(ABREAST):
        raise ScenarioError(f"An optimum is sought over 1 to {len(ABREAST)} variables, but {len(axes)} are given.")
    limits = dict(at_least or {})
    units = prepared(scenario, axes, [quantity, *limits])
    search = _Search(scenario, tuple(axes), quantity, 1.0 if maximise else -1.0, limits, units)
    best = search.ticked(search.grids())
    best = search.ticked(search.polish(best))
    values = search.real(best)
    met = search.evaluate(best[None])[1]
    knobs = tuple(search.knob(best, index) for index in range(len(axes)))
    point = {axis.path: float(value) for axis, value in zip(axes, values, strict=True)}
    value = float(search.evaluate(best[None])[0][0]) * (1.0 if maximise else -1.0)
    reached = {name: (least, float(met[name][0])) for name, least in limits.items()}
    there = scenario.edit_all(edits(scenario, point))
    wanted = {name: units[name] for name in limits}
    return Optimum(quantity, units[quantity], value, maximise, knobs, reached, there, wanted, search.held(best))


@dataclass(frozen=True)
class _Search:
    """The region as a unit cube; logarithmic variables are stretched evenly."""

    scenario: Scenario
    axes: tuple[Axis, ...]
    quantity: str
    sign: float
    limits: Mapping[str, float]
    units: Mapping[str, str]

    @cached_property
    def closed(self) -> bool:
        """Whether many points cost little more than one."""
        first = {axis.path: axis.values[:1] for axis in self.axes}
        return abreast(self.scenario, first, [self.quantity, *self.limits]) is not None

    def real(self, cube: Array) -> Array:
        """SI values of points of the cube, shape (..., variables)."""
        columns = []
        for index, axis in enumerate(self.axes):
            low, high = axis.values[0], axis.values[-1]
            share = np.clip(cube[..., index], 0.0, 1.0)
            value = low * (high / low) ** share if axis.logarithmic else low + (high - low) * share
            columns.append(np.clip(value, low, high))
        return np.stack(columns, axis=-1)

    def evaluate(self, cube: Array) -> tuple[Array, dict[str, Array]]:
        """The objective, larger being better, minus infinity where a demand is not met; and the demanded quantities."""
        values = self.real(cube)
        points = {axis.path: np.ascontiguousarray(values[:, index]) for index, axis in enumerate(self.axes)}
        found = at(self.scenario, points, [self.quantity, *self.limits], "exact")
        objective = self.free(found)
        for name, least in self.limits.items():
            objective = np.where(found[name] >= least, objective, -np.inf)
        return objective, found

    def free(self, found: Mapping[str, Array]) -> Array:
        """The objective whatever is demanded."""
        return np.asarray(self.sign * np.nan_to_num(found[self.quantity], nan=-np.inf * self.sign))

    def held(self, best: Array) -> tuple[str, ...]:
        """The demands that exclude better points, sought along each axis at many distances from the best.

        Preferably by themselves; where better points break several demands, each of those.
        """
        if not self.limits:
            return ()
        steps = np.geomspace(1e-9, 1, 91) if self.closed else np.geomspace(1e-7, 1, 8)
        moves = np.concatenate([sign * step * np.eye(len(best)) for step in steps for sign in (1, -1)])
        cube = np.vstack([best, np.clip(best + moves, 0, 1)])
        _, found = self.evaluate(cube)
        objective = self.free(found)
        better = objective > objective[0] + SURE * max(abs(objective[0]), 1e-300)
        broken = {name: better & ~(found[name] >= least) for name, least in self.limits.items()}
        many = np.sum(list(broken.values()), axis=0)
        alone = tuple(name for name, where in broken.items() if np.any(where & (many == 1)))
        return alone or tuple(name for name, where in broken.items() if np.any(where))

    def grids(self) -> Array:
        """The best point of a grid over everything and of ever smaller grids around the best so far."""
        dimensions = len(self.axes)
        count = (ABREAST if self.closed else APART)[dimensions]
        centre, width = np.full(dimensions, 0.5), 1.0
        best, score = centre, -np.inf
        for _ in range(ROUNDS):
            lines = [np.linspace(max(c - width / 2, 0.0), min(c + width / 2, 1.0), count) for c in centre]
            cube = np.stack([grid.ravel() for grid in np.meshgrid(*lines, indexing="ij")], axis=-1)
            objective, _ = self.evaluate(cube)
            index = int(np.argmax(objective))
            if objective[index] > score:
                best, score = cube[index], float(objective[index])
            if not np.isfinite(score):
                demands = " and ".join(
                    f"`{name}` of at least {readable(least, self.units[name], 6)}"
                    for name, least in self.limits.items()
                )
                raise ScenarioError(
                    f"Nothing between the bounds gives {demands or f'a value of `{self.quantity}`'}. "
                    "Try wider bounds or less of a demand."
                )
            centre = best
            # The next grid spans a few steps of this one, so that a neighbour is not lost.
            width = min(width * SHRINK, 8 * width / (count - 1))
            if width < FINE[self.closed]:
                break
        return best

    def ticked(self, start: Array) -> Array:
        """The point with times that are best at whole attempts moved to the best of those, one after the other."""
        best = start
        for index, axis in enumerate(self.axes):
            values = self.real(best)
            point = {each.path: float(value) for each, value in zip(self.axes, values, strict=True)}
            ticks = ticks_of(self.scenario.edit_all(edits(self.scenario, point)), axis.path)
            if ticks is None:
                continue

            def score(times: Array, index: int = index, best: Array = best) -> Array:
                line = np.repeat(best[None], len(times), axis=0)
                line[:, index] = self.share(index, times)
                return self.evaluate(line)[0]

            low, high = float(axis.values[0]), float(axis.values[-1])
            time = climb(ticks, float(values[index]), low, high, score, self.closed)
            best = best.copy()
            best[index] = self.share(index, np.array([time]))[0]
        return best

    def share(self, index: int, values: Array) -> Array:
        """Where SI values of one variable lie in the cube; rounding takes none below its value."""
        axis = self.axes[index]
        low, high = axis.values[0], axis.values[-1]
        found = np.log(values / low) / np.log(high / low) if axis.logarithmic else (values - low) / (high - low)
        for _ in range(8):
            cube = np.full((len(found), len(self.axes)), 0.5)
            cube[:, index] = found
            short = self.real(cube)[:, index] < values
            found = np.where(short, np.nextafter(found, 2.0), found)
        return np.asarray(np.clip(found, 0.0, 1.0))

    def polish(self, start: Array) -> Array:
        """Nelder-Mead from the best grid point; kept only if it is better."""
        from scipy.optimize import minimize

        def cost(x: Array) -> float:
            inside = bool(np.all((x >= 0) & (x <= 1)))
            value = float(self.evaluate(np.asarray(x)[None])[0][0]) if inside else -np.inf
            return -value if np.isfinite(value) else 1e300

        simplex = np.vstack([start, *(np.clip(start + step, 0, 1) for step in 1e-5 * np.eye(len(start)))])
        found = minimize(
            cost,
            start,
            method="Nelder-Mead",
            options={"initial_simplex": simplex, "xatol": 1e-12, "fatol": 1e-15, "maxfev": 200},
        )
        return np.asarray(found.x) if found.fun < cost(start) else start

    def knob(self, best: Array, index: int) -> Knob:
        """One variable: where it lies between its bounds, and how far it may move alone."""
        axis = self.axes[index]
        wide, near = (1025, 401) if self.closed else (33, 17)
        share = np.concatenate([np.linspace(0, 1, wide), best[index] + np.linspace(-0.02, 0.02, near)])
        share = np.unique(np.clip(np.append(share, best[index]), 0, 1))
        line = np.repeat(best[None], len(share), axis=0)
        line[:, index] = share
        objective, _ = self.evaluate(line)
        here = int(np.searchsorted(share, best[index]))
        floor = float(objective[here]) - FLAT * max(abs(float(objective[here])), 1e-12)
        good = objective >= floor
        low, high = here, here
        while low > 0 and good[low - 1]:
            low -= 1
        while high < len(share) - 1 and good[high + 1]:
            high += 1
        edges = np.repeat(best[None], 2, axis=0)
        edges[0, index] = self.edge(best, index, share[low], share[low - 1], floor) if low > 0 else share[low]
        edges[1, index] = self.edge(best, index, share[high], share[high + 1], floor) if high + 1 < len(share) else 1.0
        first, last = self.real(edges)[:, index]
        value = float(self.real(best)[index])
        binds = "low" if best[index] < 1e-7 else "high" if best[index] > 1 - 1e-7 else ""
        flat = (float(first), float(last))
        return Knob(axis.path, axis.unit, value, float(axis.values[0]), float(axis.values[-1]), binds, flat)

    def edge(self, best: Array, index: int, good: float, bad: float, floor: float) -> float:
        """The last point of a line that still reaches `floor`, between one that does and one that does not."""
        while abs(bad - good) > FINE[self.closed] * max(min(abs(good), abs(bad)), 1e-6):
            between = np.linspace(good, bad, 34 if self.closed else 3)[1:-1]
            line = np.repeat(best[None], len(between), axis=0)
            line[:, index] = between
            reached = self.evaluate(line)[0] >= floor
            first = int(np.argmin(reached)) if not reached.all() else len(between)
            ends = np.concatenate([[good], between, [bad]])
            good, bad = float(ends[first]), float(ends[first + 1])
        return good


def to_dict(optimum: Optimum) -> dict[str, Any]:
    """The optimum as `optimise --json` writes it."""
    return {
        "schema": 1,
        "quantity": optimum.quantity,
        "value": optimum.value,
        "unit": optimum.unit,
        "goal": "maximise" if optimum.maximised else "minimise",
        "inside": optimum.inside,
        "binding": optimum.binding,
        "at": {
            knob.path: {
                "value": knob.value,
                "unit": knob.unit,
                "bounds": [knob.low, knob.high],
                "binds": knob.binds or None,
                "flat": list(knob.flat),
            }
            for knob in optimum.knobs
        },
        "demands": {
            name: {"at_least": least, "found": found, "unit": optimum.limit_units[name]}
            for name, (least, found) in optimum.limits.items()
        },
    }
