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

__all__ = ["Drive", "Problem", "Segment"]

Real = NDArray[np.float64]


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


class Stretch(NamedTuple):
    """A segment with all its numbers as arrays of shape (1,) or (points,)."""

    begin: NDArray[Any]
    end: NDArray[Any]
    drives: list[Placed]


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
        fixed = [np.asarray(value) for value in constants.values()]
        stretches, arrays = [], list(fixed)
        for segment in self.segments:
            begin, end = np.asarray(segment.begin), np.asarray(segment.end)
            drives = [
                (self.driven.index(name), drive, [np.asarray(one) for one in drive.parameters])
                for name, drive in segment.drives.items()
            ]
            stretches.append((begin, end, drives))
            arrays += [begin, end, *(one for *_, parameters in drives for one in parameters)]
        self.shape = np.broadcast_shapes(shape, *{array.shape for array in arrays})
        self.points = prod(self.shape)
        """Number of parameter points."""
        self.moved = any(array.dtype.kind == "c" for array in arrays)
        """Whether any number is complex, as a step into the complex plane makes it."""
        self.stretches = [self._stretch(*stretch) for stretch in stretches]
        self.constant_table = self._table(fixed)
        """The constant coefficients, shape (constants, points)."""
        self._check()

    def _stretch(
        self, begin: NDArray[Any], end: NDArray[Any], drives: list[tuple[int, Drive, list[NDArray[Any]]]]
    ) -> Stretch:
        """A segment with all numbers as arrays of shape (1,) or (points,), and the place of each drive."""
        column = self._column
        filled = [
            Placed(place, drive.function, tuple(map(column, numbers)), drive.fast) for place, drive, numbers in drives
        ]
        return Stretch(column(begin), column(end), filled)

    def _column(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.reshape(1) if array.size == 1 else self.flat(array)

    def _table(self, constants: list[NDArray[Any]]) -> NDArray[Any]:
        if not constants:
            return np.zeros((0, self.points))
        if self.points == 1:
            return np.array([value.reshape(()) for value in constants]).reshape(-1, 1)
        kind = np.result_type(float, *(value.dtype for value in constants))
        table = np.empty((len(constants), self.points), dtype=kind)
        for row, value in zip(table, constants, strict=True):
            row[:] = self._column(value)
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
        fastest = np.abs(self.entries[: self.sector.size]).max(axis=0)
        return [float((fastest * (end.real - begin.real)).max(initial=0.0)) for begin, end, _ in self.stretches]

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
        for (begin, end, drives), count in zip(self.stretches, counts, strict=True):
            last = first + count
            lengths[first:last] = step = (end - begin) / count
            times = begin + step * (np.arange(count)[:, None, None] + NODES[:, None])
            for drive in drives:
                function = drive.fast() if fast and drive.fast is not None else drive.function
                table[first:last, :, drive.place] = function(times, *drive.parameters)
            first = last
        if not np.isfinite(table).all():
            wrong = self.driven[int(np.argwhere(~np.isfinite(table))[0, 2])]
            raise ValueError(f"`{wrong}` must be finite throughout its segment, but is not.")
        return lengths, table
