"""Stepping by the compiled kernels, and derivatives of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.drive import Segment, stage_shares
from bellpush.physics.evolve import guessed, more
from bellpush.physics.kernels import LANES, WIDE, adjoint, forward, watch
from bellpush.physics.layout import Plan
from bellpush.physics.problem import Problem
from bellpush.physics.sector import Sector

__all__ = ["Gradient", "gradient", "stepped", "watched"]

FEW, MANY = 4, 64  # points from which several go abreast, and from which more do
HELD = 100_000  # numbers in the table of drives up to which it is kept for another start

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gradient:
    """How a number at the end depends on everything that decided it, for each point."""

    problem: Problem
    counts: Sequence[int]
    by_constants: Real  # constant coefficients in the order of the problem's layout, shape (constants, points)
    by_table: Real  # drives at the stages, shape (steps, stages, drives, points)
    by_steps: Real  # lengths of the steps, shape (steps, points)
    by_start: Real  # coordinates at the beginning, shape (size, points)

    def along(
        self, constants: Mapping[str, ArrayLike], segments: Sequence[Segment], start: ArrayLike | None = None
    ) -> Real:
        """The derivative along a change of parameters.

        Args:
            constants, segments: those of the problem with i times the change added to its parameters, which must be so
                small that its square does not count; so coefficients are differentiated without a difference being
                taken.
            start: coordinates at the beginning that belong to it, shape (size,) or (size, points), if they change.

        Returns:
            The derivative times the change, shape (points,).
        """
        names = self.problem.layout.constants
        total = np.zeros(self.problem.points)
        value: Any
        for name, value in constants.items():
            if type(value) is float:
                continue
            if isinstance(value, complex):
                total += self.by_constants[names.index(name)] * value.imag
            elif _moved(value):
                total += self.by_constants[names.index(name)] * self._column(value).imag
        for place, segment in enumerate(segments):
            if _moved(segment.begin) or _moved(segment.end):
                total += self._along(place, segment, list(segment.drives))
            else:
                moved = [name for name, drive in segment.drives.items() if any(map(_moved, drive.parameters))]
                if moved:
                    total += self._along(place, segment, moved)
        if start is not None and np.iscomplexobj(start):
            change = np.imag(start)
            total += (self.by_start * (change[:, None] if change.ndim == 1 else change)).sum(axis=0)
        return total

    def _along(self, place: int, segment: Segment, moved: Sequence[str]) -> Real:
        """What a segment contributes to it, by its length and the drives that move."""
        cut = self.problem.cuts(self.counts)[place]
        here = slice(sum(self.counts[:place]), sum(self.counts[: place + 1]))
        begin = self._column(segment.begin)
        length = self._column(segment.end) - begin
        times = begin + length * stage_shares(cut)[:, None]
        total: Real = (np.diff(cut) @ self.by_steps[here]) * length.imag
        for name in moved:
            drive = segment.drives[name]
            slope = np.asarray(drive.function(times, *map(self._column, drive.parameters))).imag
            by_drive = self.by_table[here, :, self.problem.driven.index(name)].reshape(-1, self.problem.points)
            total = total + (by_drive * slope).sum(axis=0)
        return total

    def _column(self, value: ArrayLike) -> NDArray[Any]:
        array = np.asarray(value)
        return array.reshape(1) if array.size == 1 else self.problem.flat(array)


def _moved(value: ArrayLike) -> bool:
    """Whether a number is complex, which a step into the complex plane makes it."""
    return isinstance(value, complex) or (isinstance(value, np.ndarray) and value.dtype.kind == "c")


class Arguments(NamedTuple):
    """What the kernels take of a problem."""

    lanes: int  # how many points go abreast
    forward: tuple[Any, ...]  # the first arguments of `forward`
    back: Plan  # what `adjoint` takes after the first two of them
    nothing: Real  # for states that are not kept


def stepped(problem: Problem, start: Real, counts: Sequence[int]) -> tuple[Real, Real]:
    """Coordinates at the end, (size, points), and their estimated errors, (points,)."""
    lanes, arguments, _, nothing = _arguments(problem, counts)
    state = np.array(start, order="C") if lanes == 1 else _filled(start, lanes, copy=True)
    error = np.zeros(state.shape[1])
    forward(lanes)(*arguments, state, error, nothing)
    return (state, error) if lanes == 1 else (state[:, : problem.points], error[: problem.points])


def watched(sector: Sector, values: Real, begin: Real) -> tuple[float, float, float]:
    """How far the trace moved, and by how much the end and the beginning break what holds for every state."""
    moved, end, start = watch(values, begin, *sector.watched)
    return (moved, end, start) if sector.positive else (moved, 0.0, 0.0)


def gradient(
    problem: Problem,
    start: ArrayLike,
    slope: Callable[[Real], ArrayLike],
    counts: Sequence[int] | None = None,
    tolerance: float = np.inf,
) -> tuple[Real, Gradient]:
    """The end, and the derivative of a number computed from it by everything that decided it.

    Args:
        problem: what moves, and how.
        start: coordinates at the beginning, shape (size,) or (size, points).
        slope: takes the coordinates at the end, (size, points), and returns the derivative of the number by them, of
            shape (size,) or (size, points).
        counts: how many steps each segment is cut into; if None, by its decay times. The derivative is exact for
            these steps.
        tolerance: largest estimated error of the coordinates at the end; where it is larger, all points take more
            steps.

    Raises:
        ConvergenceError: the tolerance cannot be met.
    """
    counts = guessed(problem, tolerance) if counts is None else list(counts)
    begin = problem.coordinates(start)
    while True:
        lanes, arguments, more_arguments, _ = _arguments(problem, counts)
        state = _filled(begin, lanes, copy=True)
        error, kept = np.zeros(state.shape[1]), np.empty((sum(counts), *state.shape))
        forward(lanes)(*arguments, state, error, kept)
        worst = float(error[0] if len(error) == 1 else error.max())
        if worst <= tolerance or tolerance == np.inf:
            break
        counts = more(counts, worst, tolerance)
    end = state if lanes == 1 else state[:, : problem.points]
    back = _filled(problem.coordinates(slope(end)), lanes, copy=True)
    *places, entries, table, steps = arguments
    by_entries, by_table, by_steps = (np.zeros(each.shape) for each in (entries, table, steps))
    numbers = (entries, table, steps, kept, back, by_entries, by_table, by_steps)
    adjoint(lanes)(*places[:2], *more_arguments, *places[2:], *numbers)
    if lanes > 1:
        by_entries, by_table, by_steps, back = (
            each[..., : problem.points] for each in (by_entries, by_table, by_steps, back)
        )
    return end, Gradient(problem, counts, problem.layout.by_constants(by_entries), by_table, by_steps, back)


def _arguments(problem: Problem, counts: Sequence[int]) -> Arguments:
    """What the kernels take; kept with the problem, for its next start."""
    kept: dict[tuple[int, ...], Arguments] = problem.__dict__.setdefault("arguments", {})
    key = tuple(counts)
    if key not in kept:
        layout = problem.layout
        lanes = 1 if problem.points < FEW else LANES if problem.points < MANY else WIDE
        if key not in problem.tables:
            found = problem.tabulate(counts, fast=True)
            problem.tables.clear()
            problem.tables[key] = _filled(found[0], lanes), _filled(found[1], lanes)
        steps, table = problem.tables[key]
        nothing = np.empty((0, layout.size, steps.shape[-1]))
        numbers = (_filled(problem.entries, lanes), table, steps)
        kept.clear()
        kept[key] = Arguments(lanes, (*layout.places, *numbers), layout.backward, nothing)
        if table.size > HELD:
            problem.tables.clear()
            return kept.pop(key)
    return kept[key]


def _filled(values: Real, lanes: int, copy: bool = False) -> Real:
    """The last axis, of points, made a multiple of `lanes`; the last point is repeated, which cannot misbehave."""
    missing = -values.shape[-1] % lanes
    if missing:
        last = np.repeat(values[..., -1:], missing, axis=-1)
        return np.ascontiguousarray(np.concatenate([values, last], axis=-1))
    return np.array(values, order="C") if copy else np.ascontiguousarray(values)
