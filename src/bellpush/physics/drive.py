"""Drives: coefficients that change in time, the stretches of time in which they do, and their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.tableau import NODES

__all__ = ["Drive", "Placed", "Segment", "Stretch", "distinct", "stage_shares"]

Real = NDArray[np.float64]

ALIKE = 16  # points up to which none are looked for that are alike
COMPARED = 1024  # points up to which each is compared with all that differ, rather than sorted


class Drive(NamedTuple):
    """A coefficient as a function of time, `function(t, *parameters)`.

    `t` has the shape (..., points), every parameter () or (points,); what comes back broadcasts with `t`. `fast`, if
    given, returns a compiled function that does the same for shares of a stretch of time:
    `fill(begin, end, shares, out, *parameters)` fills `out`, of shape (shares, points), from arrays of shape (1,) or
    (points,).
    """

    function: Callable[..., Any]
    parameters: tuple[ArrayLike, ...] = ()
    fast: Callable[[], Callable[..., None]] | None = None


class Segment(NamedTuple):
    """A stretch of time, from `begin` to `end`, and what changes in it, by the name of its coefficient.

    Coefficients that are neither driven in a segment nor constant are zero in it.
    """

    begin: ArrayLike  # s, shape () or that of the points
    end: ArrayLike
    drives: Mapping[str, Drive]

    @property
    def numbers(self) -> list[ArrayLike]:
        """Begin, end, and the parameters of all drives, in their order."""
        return [self.begin, self.end, *(one for drive in self.drives.values() for one in drive.parameters)]


class Placed(NamedTuple):
    """A drive among those of a problem: its place, and its parameters as arrays of shape (1,) or (points,)."""

    place: int
    drive: Drive
    parameters: list[NDArray[Any]]

    def fill(self, begin: NDArray[Any], end: NDArray[Any], shares: Real, out: NDArray[Any], fast: bool) -> None:
        """Fill `out`, (shares, points), with what it is at shares of the time from begin to end.

        `fast`: compiled, if that is to be had.
        """
        columns: Sequence[NDArray[Any]] = (begin, end, *self.parameters)
        chosen, place = distinct(columns, fast)
        if place is not None:
            columns = [one[chosen] if one.size > 1 else one for one in columns]
        found = out
        points = max(one.size for one in columns)
        if points < out.shape[1]:  # all points alike, or alike in groups
            found = np.empty((len(shares), points), dtype=out.dtype)
        if fast and self.drive.fast is not None:
            self.drive.fast()(*columns[:2], shares, found, *columns[2:])
        else:
            start, stop, *parameters = columns
            found[...] = self.drive.function(start + (stop - start) * shares[:, None], *parameters)
        if found is not out:
            if place is None or not fast or out.dtype.kind == "c":
                out[...] = found if place is None else found.take(place, axis=1)
            else:
                _kernels().spread(found, place, out)


class Stretch(NamedTuple):
    """A segment with all its numbers as arrays of shape (1,) or (points,)."""

    begin: NDArray[Any]
    end: NDArray[Any]
    drives: list[Placed]


def stage_shares(cut: Real) -> Real:
    """Times of all stages of all steps, as shares of a segment that is cut at `cut`, shape (steps * stages,)."""
    found: Real = cut[:-1, None] + (cut[1:] - cut[:-1])[:, None] * NODES
    return found.reshape(-1)


def distinct(columns: Sequence[NDArray[Any]], fast: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Which points differ in any of the columns, of shapes (1,) or (points,), and which of those each point is like.

    (nothing, None) where looking for them would not pay: where few points are alike. `fast`: compiled.
    """
    points = max(one.size for one in columns)
    varied = [one for one in columns if one.size > 1]
    place, first = np.zeros(points, dtype=np.int64), np.zeros(1, dtype=np.int64)
    if points <= ALIKE or any(one.dtype.kind == "c" for one in varied):
        return first, None
    if fast and points <= COMPARED:
        here = np.empty(points, dtype=np.int64)
        count = _kernels().alike(np.array(varied), here, place)
        return (here[:count], place) if count else (first, None)
    for number, column in enumerate(varied):
        values, some, group = np.unique(column, return_index=True, return_inverse=True)
        if 2 * len(values) > points:
            return first, None
        if number == 0:
            first, place = some, group
        else:
            _, first, place = np.unique(place * len(values) + group, return_index=True, return_inverse=True)
    return (first, place) if 2 * len(first) <= points else (first, None)


@cache
def _kernels() -> Any:
    """What is compiled; numba comes with it."""
    from bellpush.physics import kernels

    return kernels
