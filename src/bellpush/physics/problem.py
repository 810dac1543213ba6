"""A sector with everything that decides how it moves: constants, drives, and how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.arrays import finite
from bellpush.physics.drive import Placed, Segment, Stretch, stage_shares
from bellpush.physics.layout import Layout, lay_out
from bellpush.physics.sector import Sector
from bellpush.physics.tableau import STAGES

__all__ = ["Problem"]

Real = NDArray[np.float64]

PACES = 48  # stretches of a segment in which its pace is looked at
CALM = 1.2  # how dense steps are by the fastest decay alone, beside the strongest coupling of a drive
EVEN = 0.5  # how dense they are everywhere by the drives' own mean, since a pulse has flanks too faint for its height

EQUAL = np.arange(PACES + 1) / PACES  # shares of a segment at which its pieces begin and end
MIDDLES = (np.arange(PACES) + 0.5) / PACES


class Problem:
    """A sector with everything that decides how it moves.

    Args:
        sector: where it moves.
        constants: coefficients that do not change in time, by name, each of shape (...).
        segments: stretches of time, one after the other.
        shape: the shape (...) of the points, where the arrays above do not already tell it.

    Has further:
        points: how many.
        driven: names of the coefficients that change in time.
        layout: the entries of the equation.
        constant_table: the constant coefficients, shape (constants, points).
        stretches: the segments with all numbers as arrays of shape (1,) or (points,).
        moved: whether any number is complex, as a step into the complex plane makes it.
        tables: what `tabulate` gave for some counts, for whoever wants it again.

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
        self.tables: dict[tuple[int, ...], tuple[NDArray[Any], NDArray[Any]]] = {}
        self.driven = tuple(dict.fromkeys(name for segment in segments for name in segment.drives))
        self.layout = self._layout()
        given = [*constants.values(), *(one for segment in segments for one in segment.numbers)]
        if shape == () and all(type(one) is float for one in given):  # one point: a single array holds it
            whole = np.array(given)
            self.shape: tuple[int, ...] = ()
            self.points, self.moved = 1, False
            self.constant_table = whole[: len(constants), None]
            rest = iter([whole[place : place + 1] for place in range(len(constants), len(given))])
        else:
            shapes = {shape, *(() if type(one) is float else np.shape(one) for one in given)} - {()}
            self.shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
            self.points = prod(self.shape)
            columns = [self._column(one) for one in given]
            self.moved = any(column.dtype.kind == "c" for column in columns)
            self.constant_table = self._table(columns[: len(constants)])
            rest = iter(columns[len(constants) :])
        self.stretches = [self._stretch(segment, rest) for segment in segments]
        self._check()

    def _layout(self) -> Layout:
        """The layout for these names; kept with the sector, for the next problem of the same kind."""
        kept: dict[Any, Layout] = self.sector.__dict__.setdefault("layouts", {})
        key = (tuple(self.constants), self.driven)
        if key not in kept:
            known = self.sector.terms
            for name in (*self.constants, *self.driven):
                if name not in known:
                    raise ValueError(f"There is no term `{name}`. Try one of {', '.join(known)}.")
                if name in self.constants and name in self.driven:
                    raise ValueError(f"`{name}` must be constant or driven, but is both.")
            kept[key] = lay_out(self.sector, *key)
        return kept[key]

    def _column(self, value: ArrayLike) -> NDArray[Any]:
        array = np.asarray(value)
        return array.reshape(1) if array.size == 1 else self.flat(array)

    def _table(self, columns: list[NDArray[Any]]) -> NDArray[Any]:
        if not columns:
            return np.zeros((0, self.points))
        if self.points == 1:
            return np.array(columns)
        table = np.empty((len(columns), self.points), dtype=np.result_type(float, *{one.dtype for one in columns}))
        for row, column in zip(table, columns, strict=True):
            row[:] = column
        return table

    def _stretch(self, segment: Segment, columns: Iterator[NDArray[Any]]) -> Stretch:
        begin, end = next(columns), next(columns)
        drives = [
            Placed(self.driven.index(name), drive, list(islice(columns, len(drive.parameters))))
            for name, drive in segment.drives.items()
        ]
        return Stretch(begin, end, drives)

    def _check(self) -> None:
        for begin, end, _ in self.stretches:
            length = end.real - begin.real
            if not ((length >= 0) & (length < np.inf)).all():
                if not np.isfinite(length).all():
                    raise ValueError("A segment must begin and end at finite times, but does not.")
                raise ValueError("A segment must not end before it begins, but does. Try a longer one.")
        self._check_constants()

    def _check_constants(self) -> None:
        if not finite(self.constant_table):
            wrong = next(name for name, value in self.constants.items() if not np.isfinite(value).all())
            raise ValueError(f"`{wrong}` must be finite, but is {self.constants[wrong]!r}.")

    @cached_property
    def decays(self) -> list[float]:
        """How many decay times of the fastest coordinate each segment lasts, at most over the points."""
        lengths = (end.real - begin.real for begin, end, _ in self.stretches)
        if self.points == 1:
            return [self.fastest.item() * length.item() for length in lengths]
        return [float((self.fastest * length).max(initial=0.0)) for length in lengths]

    @cached_property
    def entries(self) -> Real:
        """The constant entries of the equation, shape (entries, points)."""
        return self.layout.constant_entries(self.constant_table)

    def flat(self, values: ArrayLike) -> NDArray[Any]:
        """An array that broadcasts with the points, as shape (points,)."""
        array = np.asarray(values)
        return array.reshape(-1) if array.shape == self.shape else np.broadcast_to(array, self.shape).reshape(-1)

    def coordinates(self, values: ArrayLike) -> Real:
        """Coordinates of shape (size, points), or (size, ...) that broadcasts with the points, as (size, points).

        Raises:
            ValueError: of another shape, or not finite.
        """
        array = np.asarray(values, dtype=float)
        size = self.sector.size
        if not finite(array):
            raise ValueError("Coordinates must be finite, but are not.")
        if array.shape == (size, self.points):
            return array
        if array.shape == (size,):
            column = array.reshape(size, 1)
            return column if self.points == 1 else column.repeat(self.points, axis=1)
        try:
            return np.broadcast_to(np.moveaxis(array, 0, -1), (*self.shape, size)).reshape(-1, size).T
        except ValueError:
            raise ValueError(
                f"Coordinates must have the shape {(size,)} or {(size, *self.shape)}, but have {array.shape}. Try "
                "`shape` of the problem if there are several starts."
            ) from None

    def with_constants(self, constants: Mapping[str, ArrayLike]) -> Problem:
        """The same with other constant coefficients of the same names, cut into steps as it is and tabulated with it.

        Raises:
            ValueError: other names, or a number that is not finite.
        """
        if tuple(constants) != self.layout.constants:
            raise ValueError(
                f"The constants must be {', '.join(self.layout.constants)}, but are {', '.join(constants)}."
            )
        found = object.__new__(Problem)
        found.__dict__.update(self.__dict__)
        for name in ("entries", "fastest", "decays", "arguments"):
            found.__dict__.pop(name, None)
        found.constants = constants
        values = list(constants.values())
        if self.points == 1 and set(map(type, values)) == {float}:
            found.constant_table = np.array(values).reshape(-1, 1)
        else:
            found.constant_table = self._table([self._column(value) for value in values])
            found.moved = self.moved or found.constant_table.dtype.kind == "c"
        found._check_constants()
        return found

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
        found = np.empty((len(stretch.drives), PACES, len(some)))
        for drive, out in zip(stretch.drives, found, strict=True):
            parameters = [one.real[some] if one.size > 1 else one.real for one in drive.parameters]
            Placed(drive.place, drive.drive, parameters).fill(start, stop, MIDDLES, out, fast)
        largest = self.layout.largest[[drive.place for drive in stretch.drives]]
        mean = (np.abs(found) * largest[:, None, None]).sum(axis=(0, 2)) / len(some)
        shares = np.zeros(PACES + 1)
        (mean + (calm + EVEN / PACES * mean.sum())).cumsum(out=shares[1:])
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
        kind = complex if self.moved else float
        lengths: NDArray[Any] = np.empty((sum(counts), self.points), dtype=kind)
        table: NDArray[Any] = np.zeros((sum(counts) * STAGES, len(self.driven), self.points), dtype=kind)
        first = 0
        for (begin, end, drives), cut in zip(self.stretches, self.cuts(counts, fast), strict=True):
            last = first + len(cut) - 1
            lengths[first:last] = (end - begin) * (cut[1:] - cut[:-1])[:, None]
            shares, here = stage_shares(cut), table[first * STAGES : last * STAGES]
            for drive in drives:
                drive.fill(begin, end, shares, here[:, drive.place], fast)
            first = last
        if not finite(table):
            wrong = self.driven[int(np.argwhere(~np.isfinite(table))[0, 1])]
            raise ValueError(f"`{wrong}` must be finite throughout its segment, but is not.")
        return lengths, table.reshape(sum(counts), STAGES, len(self.driven), self.points)
