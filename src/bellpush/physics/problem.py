"""A sector with everything that decides how it moves: constants, drives, and how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.layout import Layout, lay_out
from bellpush.physics.sector import Sector
from bellpush.physics.tableau import NODES, STAGES

__all__ = ["Drive", "Problem", "Segment", "stage_times"]

Real = NDArray[np.float64]

PACES = 48  # stretches of a segment in which its pace is looked at
CALM = 1.2  # how dense steps are by the fastest decay alone, beside the strongest coupling of a drive
EVEN = 0.5  # how dense they are everywhere by the drives' own mean, since a pulse has flanks too faint for its height
SCALARS = (float, complex)
ALIKE = 16  # points up to which none are looked for that are alike

EQUAL = np.arange(PACES + 1) / PACES  # shares of a segment at which its pieces begin and end
MIDDLES = ((np.arange(PACES) + 0.5) / PACES)[:, None]


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


class Placed(NamedTuple):
    """A drive among those of a problem: its place, and its parameters as arrays of shape (1,) or (points,)."""

    place: int
    function: Callable[..., Any]
    parameters: tuple[NDArray[Any], ...]
    fast: Callable[[], Callable[..., Any]] | None

    def at(self, fast: bool) -> Callable[..., Any]:
        """The function, compiled if wanted and to be had."""
        return self.fast() if fast and self.fast is not None else self.function


class Stretch(NamedTuple):
    """A segment with all its numbers as arrays of shape (1,) or (points,)."""

    begin: NDArray[Any]
    end: NDArray[Any]
    drives: list[Placed]

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """Everything in it that is a number."""
        return [self.begin, self.end, *(one for drive in self.drives for one in drive.parameters)]


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

    def __init__(
        self,
        sector: Sector,
        constants: Mapping[str, ArrayLike],
        segments: Sequence[Segment],
        shape: tuple[int, ...] = (),
    ) -> None:
        # Problems are built in thousands: every number is looked at once.
        self.sector, self.constants, self.segments = sector, constants, segments
        self.driven = tuple(dict.fromkeys(name for segment in segments for name in segment.drives))
        """Names of the coefficients that change in time."""
        known = self.sector.terms
        for name in (*self.constants, *self.driven):
            if name not in known:
                raise ValueError(f"There is no term `{name}`. Try one of {', '.join(known)}.")
            if name in self.constants and name in self.driven:
                raise ValueError(f"`{name}` must be constant or driven, but is both.")
        arrays = [value for value in constants.values() if type(value) not in SCALARS]
        for segment in segments:
            bounds = (segment.begin, segment.end)
            numbers = (*bounds, *(one for drive in segment.drives.values() for one in drive.parameters))
            arrays += [one for one in numbers if type(one) not in SCALARS]
        shapes = {np.shape(array) for array in arrays}
        self.shape = np.broadcast_shapes(shape, *shapes) if shapes - {()} else shape
        self.points = prod(self.shape)
        """Number of parameter points."""
        self.stretches = [self._stretch(segment) for segment in segments]
        self.constant_table = self._table()
        """The constant coefficients, shape (constants, points)."""
        tables = [self.constant_table, *(one for stretch in self.stretches for one in stretch.arrays)]
        self.moved = any(array.dtype.kind == "c" for array in tables)
        """Whether any number is complex, as a step into the complex plane makes it."""
        self._check()

    def _stretch(self, segment: Segment) -> Stretch:
        """A segment with all numbers as arrays of shape (1,) or (points,), and the place of each drive."""
        column = self._column
        filled = [
            Placed(self.driven.index(name), drive.function, tuple(map(column, drive.parameters)), drive.fast)
            for name, drive in segment.drives.items()
        ]
        return Stretch(column(segment.begin), column(segment.end), filled)

    def _column(self, value: ArrayLike) -> NDArray[Any]:
        array = np.array([value]) if type(value) in SCALARS else np.asarray(value)
        return array.reshape(1) if array.size == 1 else self.flat(array)

    def _table(self) -> NDArray[Any]:
        values = list(self.constants.values())
        if not values:
            return np.zeros((0, self.points))
        if all(type(value) in SCALARS for value in values):
            return np.array(values)[:, None].repeat(self.points, axis=1)
        columns = [self._column(value) for value in values]
        table = np.empty((len(columns), self.points), dtype=np.result_type(float, *{one.dtype for one in columns}))
        for row, column in zip(table, columns, strict=True):
            row[:] = column
        return table

    def _check(self) -> None:
        for begin, end, _ in self.stretches:
            length = end.real - begin.real
            if not np.isfinite(length).all():
                raise ValueError("A segment must begin and end at finite times, but does not.")
            if not (length >= 0).all():
                raise ValueError("A segment must not end before it begins, but does. Try a longer one.")
        if not np.isfinite(self.constant_table).all():
            wrong = next(name for name, value in self.constants.items() if not np.isfinite(value).all())
            raise ValueError(f"`{wrong}` must be finite, but is {self.constants[wrong]!r}.")

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
    def decays(self) -> list[float]:
        """How many decay times of the fastest coordinate each segment lasts, at most over the points."""
        lengths = (end.real - begin.real for begin, end, _ in self.stretches)
        return [float((self.fastest * length).max(initial=0.0)) for length in lengths]

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
        if array.shape == (size,):
            return array[:, None].repeat(self.points, axis=1)
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

    @cached_property
    def fastest(self) -> Real:
        """The fastest decay rate of any coordinate, 1/s, shape (points,)."""
        return np.asarray(np.abs(self.entries[: self.sector.size]).max(axis=0, initial=0.0))

    def paces(self, fast: bool = False) -> list[Real]:
        """For each segment, the share of its steps that should lie before each of equally spaced times, from 0 to 1.

        Steps are dense where drives are strong; where none drives they last equally many of the shortest decay time.
        `fast` as for `tabulate`.
        """
        found: list[Real] | None = self.__dict__.get("kept_paces")
        if found is not None:
            return found
        last = self.points - 1
        some = list(dict.fromkeys([0, self.points // 2, last])) if last > 0 else [0]
        calm = CALM * float(self.fastest.max(initial=0.0))
        with np.errstate(all="ignore"):  # what is not finite is found where it is tabulated
            found = [self._pace(stretch, some, calm, fast) if stretch.drives else EQUAL for stretch in self.stretches]
        self.__dict__["kept_paces"] = found
        return found

    def _pace(self, stretch: Stretch, some: list[int], calm: float, fast: bool) -> Real:
        """The pace of one segment, by what its drives do at some points in the middle of each piece of time."""
        start, stop = (one.real[some] if one.size > 1 else one.real for one in stretch[:2])
        times = start + (stop - start) * MIDDLES
        speed = np.zeros((PACES, 1))
        for drive in stretch.drives:
            parameters = [one.real[some] if one.size > 1 else one.real for one in drive.parameters]
            speed = speed + self.layout.largest[drive.place] * np.abs(drive.at(fast)(times, *parameters))
        mean = speed[:, 0] if speed.shape[1] == 1 else speed.mean(axis=1)
        shares = np.zeros(PACES + 1)
        np.cumsum(mean + (calm + EVEN / PACES * mean.sum()), out=shares[1:])
        return shares / shares[-1] if 0 < shares[-1] < np.inf else EQUAL

    def cuts(self, counts: Sequence[int], fast: bool = False) -> list[Real]:
        """Where each segment is cut into steps, as shares of its length, from 0 to 1; shapes (count + 1,)."""
        pairs = zip(self.paces(fast), counts, strict=True)
        return [np.interp(np.arange(count + 1) / count, pace, EQUAL) for pace, count in pairs]

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
        for (begin, end, drives), cut in zip(self.stretches, self.cuts(counts, fast), strict=True):
            last = first + len(cut) - 1
            lengths[first:last] = (end - begin) * (cut[1:] - cut[:-1])[:, None]
            at = stage_times(cut)
            for drive in drives:
                columns = (begin, end, *drive.parameters)
                chosen, place = distinct(columns)
                start, stop, *parameters = (one[chosen] if one.size > 1 else one for one in columns)
                found = np.asarray(drive.at(fast)(start + (stop - start) * at, *parameters))
                table[first:last, :, drive.place] = found if place is None else found[..., place]
            first = last
        if not np.isfinite(table).all():
            wrong = self.driven[int(np.argwhere(~np.isfinite(table))[0, 2])]
            raise ValueError(f"`{wrong}` must be finite throughout its segment, but is not.")
        return lengths, table


def stage_times(cut: Real) -> Real:
    """Times of all stages of all steps, as shares of a segment that is cut at `cut`, shape (steps, stages, 1)."""
    found: Real = (cut[:-1, None] + (cut[1:] - cut[:-1])[:, None] * NODES)[..., None]
    return found


def distinct(columns: Sequence[NDArray[Any]]) -> tuple[NDArray[np.int64] | slice, NDArray[np.int64] | None]:
    """Which points differ in any of the columns, of shapes (1,) or (points,), and which of those each point is like.

    (all, None) where looking for them would not pay: where few points are alike.
    """
    every = slice(None)
    varied = [one for one in columns if one.size > 1]
    points = max((one.size for one in varied), default=1)
    if points <= ALIKE or any(one.dtype.kind == "c" for one in varied):
        return every, None
    place, first = np.zeros(points, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for column in varied:
        values, number = np.unique(column, return_inverse=True)
        if 2 * len(values) > points:
            return every, None
        _, first, place = np.unique(place * len(values) + number, return_index=True, return_inverse=True)
    return (first, place) if 2 * len(first) <= points else (every, None)
