"""Stepping a sector through time, for one parameter point or for many abreast.

Each segment of time is cut into equal steps of the method of order eight in `tableau.py`. The error estimated in every
step is summed: a Lindblad equation never lets two states drift apart, so the sum bounds the error at the end as far as
the estimates hold (they are larger than the errors made by more than ten in smooth problems). Points that miss the
tolerance are stepped again with more steps.

Small jobs are done with numpy alone; many points or many coordinates by the compiled kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.layout import Layout, lay_out
from bellpush.physics.operator import Complex
from bellpush.physics.sector import Sector
from bellpush.physics.tableau import COUPLINGS, ERROR_3, ERROR_5, NODES, STAGES, WEIGHTS

__all__ = ["Drive", "Evolution", "Problem", "Segment", "evolve"]

Real = NDArray[np.float64]

MOST_STEPS = 100_000
SMALL = 64  # coordinates up to which full matrices are as good as sparse ones
FEW = 16  # points up to which numpy alone is fast enough
MANY = 2048  # points from which it pays to ask some of them how many steps it takes
HELD = 4_000_000  # numbers in the table of drives, and in the states, held at once


class Drive(NamedTuple):
    """A coefficient as a function of time, `function(t, *parameters)`.

    `t` has the shape (..., points), every parameter () or (points,); what comes back broadcasts with `t`. `fast`, if
    given, returns the same function compiled.
    """

    function: Callable[..., Any]
    parameters: tuple[ArrayLike, ...] = ()
    fast: Callable[[], Callable[..., Any]] | None = None


class Segment(NamedTuple):
    """A stretch of time, from `begin` to `end`, and what changes in it, by the name of its coefficient.

    Coefficients that are neither driven in a segment nor constant are zero in it.
    """

    begin: ArrayLike  # s, shape () or that of the points
    end: ArrayLike
    drives: Mapping[str, Drive]


@dataclass(frozen=True, eq=False)
class Evolution:
    """Where an evolution ended."""

    sector: Sector
    values: Real  # coordinates at the end, shape (size, ...)
    error: Real  # estimated error of the coordinates, shape (...)
    counts: tuple[int, ...]  # steps of each segment, the most that any point took

    def density(self, keep: Sequence[int]) -> Complex:
        """Density matrices of the spaces `keep`, the others traced out, shape (..., d, d)."""
        return self.sector.density(self.values, keep)

    def counted(self, name: str) -> Real:
        """The integral that the system counts under `name`, shape (...)."""
        return np.asarray(self.values[len(self.sector.first) + self.sector.system.counters.index(name)])


@dataclass(frozen=True, eq=False)
class Problem:
    """A sector with everything that decides how it moves.

    Args:
        sector: where it moves.
        constants: coefficients that do not change in time, by name, each of shape (...).
        segments: stretches of time, one after the other.
        shape: the shape (...) of the points, where the arrays above do not already tell it.

    Raises:
        ValueError: a coefficient that no term has, given twice or not finite, or a segment that ends before it begins.
    """

    sector: Sector
    constants: Mapping[str, ArrayLike]
    segments: Sequence[Segment]
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known = self.sector.terms
        for name in (*self.constants, *self.driven):
            if name not in known:
                raise ValueError(f"There is no term `{name}`. Try one of {', '.join(known)}.")
            if name in self.constants and name in self.driven:
                raise ValueError(f"`{name}` must be constant or driven, but is both.")
        for segment in self.segments:
            begin, end = np.real(segment.begin), np.real(segment.end)
            if not (np.isfinite(begin).all() and np.isfinite(end).all()):
                raise ValueError("A segment must begin and end at finite times, but does not.")
            if not np.all(end >= begin):
                raise ValueError("A segment must not end before it begins, but does. Try a longer one.")
        shape = np.broadcast_shapes(self.shape, *{np.shape(array) for array in self._arrays()})
        object.__setattr__(self, "shape", shape)
        if not np.isfinite(self.constant_table).all():
            wrong = next(name for name, value in self.constants.items() if not np.isfinite(value).all())
            raise ValueError(f"`{wrong}` must be finite, but is {self.constants[wrong]!r}.")

    def _arrays(self) -> list[ArrayLike]:
        """All numbers that may differ from point to point."""
        found = [*self.constants.values()]
        for segment in self.segments:
            found += [segment.begin, segment.end]
            for drive in segment.drives.values():
                found += drive.parameters
        return found

    @cached_property
    def driven(self) -> tuple[str, ...]:
        """Names of the coefficients that change in time."""
        return tuple(dict.fromkeys(name for segment in self.segments for name in segment.drives))

    @cached_property
    def moved(self) -> bool:
        """Whether any number is complex, as a step into the complex plane makes it."""
        return any(np.iscomplexobj(array) for array in self._arrays())

    @cached_property
    def points(self) -> int:
        """Number of parameter points."""
        return prod(self.shape)

    @cached_property
    def layout(self) -> Layout:
        """The entries of the equation; kept with the sector, for the next problem of the same kind."""
        kept = self.sector.__dict__.setdefault("layouts", {})
        key = (tuple(self.constants), self.driven)
        if key not in kept:
            kept[key] = lay_out(self.sector, *key)
        layout: Layout = kept[key]
        return layout

    @cached_property
    def _columns(self) -> list[tuple[NDArray[Any], NDArray[Any], list[tuple[int, Drive]]]]:
        """The segments with all numbers as arrays of shape (1,) or (points,), and the place of each drive."""
        found = []
        for segment in self.segments:
            drives = [
                (self.driven.index(name), drive._replace(parameters=tuple(self._column(p) for p in drive.parameters)))
                for name, drive in segment.drives.items()
            ]
            found.append((self._column(segment.begin), self._column(segment.end), drives))
        return found

    def _column(self, values: ArrayLike) -> NDArray[Any]:
        """Numbers as (1,) where all points share one, else as (points,)."""
        array = np.asarray(values)
        return array.reshape(1) if array.size == 1 else self.flat(array)

    @cached_property
    def decays(self) -> list[float]:
        """How many decay times of the fastest coordinate each segment lasts, at most over the points."""
        fastest = np.abs(self.entries[: self.sector.size]).max(axis=0)
        return [float((fastest * (end.real - begin.real)).max(initial=0.0)) for begin, end, _ in self._columns]

    @cached_property
    def constant_table(self) -> NDArray[Any]:
        """The constant coefficients, shape (constants, points)."""
        values = list(self.constants.values())
        if self.points == 1:
            return np.array([np.reshape(value, ()) for value in values]).reshape(-1, 1)
        return np.stack([self.flat(value) for value in values]) if values else np.zeros((0, self.points))

    @cached_property
    def entries(self) -> Real:
        """The constant entries of the equation, shape (entries, points)."""
        return self.layout.constant_entries(self.constant_table)

    def flat(self, values: ArrayLike) -> NDArray[Any]:
        """An array that broadcasts with the points, as shape (points,)."""
        return np.broadcast_to(np.asarray(values), self.shape).reshape(-1)

    def coordinates(self, values: ArrayLike) -> Real:
        """Coordinates of shape (size, points), or (size, ...) that broadcasts with the points, as (size, points).

        Raises:
            ValueError: of another shape, or not finite.
        """
        array = np.asarray(values, dtype=float)
        size = self.sector.size
        if not np.isfinite(array).all():
            raise ValueError("Coordinates must be finite, but are not.")
        if array.shape == (size, self.points):
            return array
        try:
            return np.broadcast_to(np.moveaxis(array, 0, -1), (*self.shape, size)).reshape(-1, size).T
        except ValueError:
            raise ValueError(
                f"Coordinates must have the shape {(size,)} or {(size, *self.shape)}, but have {array.shape}. Try "
                "`shape` of the problem if there are several starts."
            ) from None

    def part(self, chosen: NDArray[np.int64] | slice) -> Problem:
        """The same at some of the points, which are counted along the flattened shape."""
        constants = {name: self.flat(value)[chosen] for name, value in self.constants.items()}
        segments = []
        for each in self.segments:
            drives = {
                name: drive._replace(parameters=tuple(self.flat(one)[chosen] for one in drive.parameters))
                for name, drive in each.drives.items()
            }
            segments.append(Segment(self.flat(each.begin)[chosen], self.flat(each.end)[chosen], drives))
        return Problem(self.sector, constants, segments, (len(np.arange(self.points)[chosen]),))

    def tabulate(self, counts: Sequence[int], fast: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
        """Lengths of the steps, (steps, points), and the drives at their stages, (steps, stages, drives, points).

        Args:
            counts: how many steps each segment is cut into.
            fast: whether drives may be compiled.

        Raises:
            ValueError: a drive that is not finite somewhere.
        """
        lengths: NDArray[Any] = np.empty((sum(counts), self.points), dtype=complex if self.moved else float)
        table: NDArray[Any] = np.zeros((sum(counts), STAGES, len(self.driven), self.points), dtype=lengths.dtype)
        first = 0
        for (begin, end, drives), count in zip(self._columns, counts, strict=True):
            last = first + count
            lengths[first:last] = step = (end - begin) / count
            times = begin + step * (np.arange(count)[:, None, None] + NODES[:, None])
            for place, drive in drives:
                function = drive.fast() if fast and drive.fast is not None else drive.function
                table[first:last, :, place] = function(times, *drive.parameters)
            first = last
        if not np.isfinite(table).all():
            wrong = self.driven[int(np.argwhere(~np.isfinite(table))[0, 2])]
            raise ValueError(f"`{wrong}` must be finite throughout its segment, but is not.")
        return lengths, table


def evolve(
    problem: Problem,
    start: ArrayLike,
    tolerance: float = 1e-9,
    compiled: bool | None = None,
    counts: Sequence[int] | None = None,
) -> Evolution:
    """Carry coordinates through all segments.

    Args:
        problem: what moves, and how, at points of shape (...).
        start: coordinates at the beginning, shape (size,) or (size, ...).
        tolerance: largest estimated error of the coordinates at the end, as the length of their vector; a state has
            the trace 1.
        compiled: whether by the compiled kernels; if None, where there are many points or coordinates.
        counts: how many steps each segment is cut into to begin with; if None, by its decay times.

    Raises:
        ConvergenceError: the tolerance cannot be met, the trace does not keep, or a state does not stay one.
        ValueError: a drive or a start that is not finite, a start of the wrong shape, a tolerance that is not positive,
            or complex parameters, which only `Gradient.along` takes.
    """
    size, points = problem.sector.size, problem.points
    if not tolerance > 0:
        raise ValueError(f"`tolerance` must be positive, but is {tolerance}. Try 1e-9.")
    if problem.moved:
        raise ValueError("Parameters must be real, but some are complex. Try `Gradient.along` for derivatives.")
    if compiled is None:
        compiled = size > SMALL or points > FEW
    begin = problem.coordinates(start)
    guessed = counts is None
    counts = _guess(problem, tolerance) if counts is None else list(counts)
    if points > MANY and guessed:  # a few of them tell how many steps it takes
        some = np.unique(np.linspace(0, points - 1, 8).astype(np.int64))
        _, found, counts = _to_tolerance(problem.part(some), begin[:, some], counts, tolerance, compiled)
        counts = _scaled(counts, float(found.max()), tolerance)
    # Blocks of a size that does not depend on how many points there are.
    room = max(int(HELD / (sum(counts) * STAGES * max(len(problem.driven), 1) + STAGES * size)), 8)
    if points <= room:
        values, error, taken = _to_tolerance(problem, begin, counts, tolerance, compiled)
    else:
        values, error, taken = np.empty((size, points)), np.empty(points), [0] * len(counts)
        for first in range(0, points, room):
            block = slice(first, first + room)
            part = problem.part(block)
            values[:, block], error[block], here = _to_tolerance(part, begin[:, block], counts, tolerance, compiled)
            taken = [max(pair) for pair in zip(taken, here, strict=True)]
    drift = float(np.abs(problem.sector.trace @ values - problem.sector.trace @ begin).max(initial=0.0))
    if drift > max(10 * tolerance, 1e-9):
        raise ConvergenceError(f"The trace must keep, but changed by {drift:.1e}. Try a smaller tolerance.")
    # Only where a state was given, which rounding may have put a little outside; Pauli operators may start, too.
    given = problem.sector.unphysical(begin) < 1e-12
    if given and (wrong := problem.sector.unphysical(values)) > max(10 * tolerance, 1e-9):
        raise ConvergenceError(f"A state must stay a state, but is off by {wrong:.1e}. Try a smaller tolerance.")
    shape = problem.shape
    return Evolution(problem.sector, values.reshape(size, *shape), error.reshape(shape), tuple(taken))


def _to_tolerance(
    problem: Problem, start: Real, counts: Sequence[int], tolerance: float, compiled: bool
) -> tuple[Real, Real, list[int]]:
    """Coordinates, estimated errors, and the most steps taken: more where it takes more."""
    if compiled:
        from bellpush.physics.compiled import stepped as step
    else:
        step = _stepped
    values, error = step(problem, start, counts)
    counts = list(counts)
    while not (error <= tolerance).all():
        missed = np.flatnonzero(~(error <= tolerance))
        worst = float(np.nan_to_num(error[missed], nan=np.inf).max())
        if sum(counts) > MOST_STEPS:
            raise ConvergenceError(
                f"The evolution must reach a tolerance of {tolerance:.1e}, but {sum(counts)} steps leave {worst:.1e}. "
                "Try a larger tolerance, or a shorter time."
            )
        counts = _scaled(counts, worst, tolerance)
        part = problem if len(missed) == problem.points else problem.part(missed)
        values[:, missed], error[missed] = step(part, start[:, missed], counts)
    return values, error, counts


def _scaled(counts: Sequence[int], error: float, tolerance: float) -> list[int]:
    """Numbers of steps that should meet the tolerance: the estimated error falls with their seventh power."""
    factor = min((2 * error / tolerance) ** (1 / 7), 4.0) if error > 0 else 0.25
    return [max(ceil(count * max(factor, 0.25)), 2) for count in counts]


def _guess(problem: Problem, tolerance: float) -> list[int]:
    """Numbers of steps to begin with, from the largest constant rate of each point's diagonal."""
    fine = 0.85 * (1e-6 / tolerance) ** (1 / 7)  # how many steps a decay time takes
    return [min(max(ceil(decays * fine), 4), MOST_STEPS // 10) for decays in problem.decays]


def _stepped(problem: Problem, start: Real, counts: Sequence[int]) -> tuple[Real, Real]:
    """The steps with numpy alone, on full matrices."""
    layout, size, points = problem.layout, problem.sector.size, problem.points
    steps, table = problem.tabulate(counts)
    entries = problem.entries
    constant = np.zeros((points, size, size))
    every = np.arange(size)
    constant[:, every, every] = entries[:size].T
    constant[:, layout.rows, layout.columns] = entries[size:].T
    driven = np.zeros((len(layout.driven), size * size))
    np.add.at(driven, (layout.drives, layout.drive_rows * size + layout.drive_columns), layout.drive_values)
    y = np.ascontiguousarray(start.T)
    slopes = np.empty((STAGES, points, size))
    error = np.zeros(points)
    with np.errstate(over="ignore", invalid="ignore"):
        for length, drives in zip(steps, table, strict=True):
            matrices = np.matmul(drives.transpose(0, 2, 1), driven).reshape(STAGES, points, size, size) + constant
            h = length[:, None]
            for stage in range(STAGES):
                before = COUPLINGS[stage, :stage] @ slopes[:stage].reshape(stage, points * size)
                z = y + h * before.reshape(points, size)
                slopes[stage] = np.matmul(matrices[stage], z[:, :, None])[:, :, 0]
            flat = slopes.reshape(STAGES, points * size)
            y = y + h * (WEIGHTS @ flat).reshape(points, size)
            fifth = ((ERROR_5 @ flat).reshape(points, size) ** 2).sum(axis=1)
            third = ((ERROR_3 @ flat).reshape(points, size) ** 2).sum(axis=1)
            error += np.abs(length) * fifth / np.sqrt(np.maximum(fifth + 0.01 * third, 1e-300))
    return y.T, error
