"""How a sector's terms are laid out for stepping: what is constant, what a drive multiplies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bellpush.physics.sector import Sector

__all__ = ["Layout", "lay_out"]

Real = NDArray[np.float64]
Whole = NDArray[np.int64]


GROUP = 8  # rows whose further entries take turns
PAIR = 2  # entries of each row that are multiplied at once
MANY = 2_000_000  # numbers in a table of entries against coefficients, beyond which it is not kept full


class Plan(NamedTuple):
    """Constant entries off the diagonal, by their places in the layout, as the kernels go through them.

    One place more than there are entries stands for zero.
    """

    pairs: Whole  # the first two of each row: place, column, place, column; shape (size, 4)
    rest: Whole  # all others: place, row, column; shape (..., 3)


@dataclass(frozen=True, eq=False)
class Layout:
    """The entries of a sector's equation for one choice of constant coefficients and drives.

    Constant entries are the diagonal, then those at `rows`, `columns`; each is a sum over constant coefficients. A
    drive multiplies `drive_values` at `drive_rows`, `drive_columns`; `drives` says which drive.
    """

    size: int
    constants: tuple[str, ...]
    driven: tuple[str, ...]
    rows: Whole
    columns: Whole
    entry: Whole  # to which constant entry each contribution belongs
    term: Whole  # by which constant coefficient it is multiplied
    share: Real
    drive_rows: Whole
    drive_columns: Whole
    drives: Whole
    drive_values: Real

    @cached_property
    def forward(self) -> Plan:
        """How the kernels multiply a vector by the constant entries."""
        return planned(self.size, self.rows, self.columns)

    @cached_property
    def backward(self) -> Plan:
        """How they multiply it by the transposed ones."""
        return planned(self.size, self.columns, self.rows)

    @cached_property
    def driven_entries(self) -> Whole:
        """Row, column and drive of every entry that a drive multiplies, shape (entries, 3)."""
        return np.ascontiguousarray(np.stack([self.drive_rows, self.drive_columns, self.drives], axis=1))

    @cached_property
    def places(self) -> tuple[Whole, Whole, Whole, Real]:
        """What the kernels take of it: the entries of `forward`, those that a drive multiplies, and by what."""
        return *self.forward, self.driven_entries, self.drive_values

    @cached_property
    def largest(self) -> Real:
        """The largest number that each drive multiplies, shape (drives,)."""
        found = np.zeros(len(self.driven))
        np.maximum.at(found, self.drives, np.abs(self.drive_values))
        return found

    @property
    def entries(self) -> int:
        """Number of constant entries, the diagonal included."""
        return self.size + len(self.rows)

    def constant_entries(self, coefficients: Real) -> Real:
        """Constant entries for coefficients of shape (constants, points): shape (entries, points)."""
        if self.entries * len(self.constants) <= MANY:
            return self.matrix @ coefficients
        found = np.zeros((self.entries, coefficients.shape[1]))
        for point, column in enumerate(coefficients.T):
            found[:, point] = np.bincount(self.entry, self.share * column[self.term], self.entries)
        return found

    def by_constants(self, by_entries: Real) -> Real:
        """Derivatives by the constant coefficients, (constants, points), from those by entries, (entries, points)."""
        if self.entries * len(self.constants) <= MANY:
            return self.matrix.T @ by_entries
        found = np.zeros((len(self.constants), by_entries.shape[1]))
        np.add.at(found, self.term, self.share[:, None] * by_entries[self.entry])
        return found

    @cached_property
    def matrix(self) -> Real:
        """What each constant coefficient gives each entry, shape (entries, constants)."""
        full = np.zeros((self.entries, len(self.constants)))
        np.add.at(full, (self.entry, self.term), self.share)
        return full


def lay_out(sector: Sector, constants: Sequence[str], driven: Sequence[str]) -> Layout:
    """The layout of a sector, made once for each choice of names."""
    size = sector.size
    rows, columns, terms, values = _gathered(sector, constants)
    on = rows == columns
    keys = rows[~on] * size + columns[~on]
    places, inverse = np.unique(keys, return_inverse=True)
    entry = np.empty(len(rows), dtype=np.int64)
    entry[on] = rows[on]
    entry[~on] = size + inverse
    drive_rows, drive_columns, drives, drive_values = _gathered(sector, driven)
    apart = _apart(drive_rows)
    return Layout(
        size,
        tuple(constants),
        tuple(driven),
        places // size,
        places % size,
        entry,
        terms,
        values,
        drive_rows[apart],
        drive_columns[apart],
        drives[apart],
        drive_values[apart],
    )


def planned(size: int, rows: Whole, columns: Whole) -> Plan:
    """The plan for entries at `rows` and `columns`; rows without two of them take zero times themselves."""
    order = np.argsort(rows, kind="stable")
    turn = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
    pairs = np.empty((size, 2 * PAIR), dtype=np.int64)
    pairs[:, ::2], pairs[:, 1::2] = len(rows), np.arange(size)[:, None]
    early = turn < PAIR
    pairs[rows[order[early]], 2 * turn[early]] = order[early]
    pairs[rows[order[early]], 2 * turn[early] + 1] = columns[order[early]]
    late = order[~early]
    late = late[_apart(rows[late])]
    return Plan(pairs, np.ascontiguousarray(np.stack([late, rows[late], columns[late]], axis=1)))


def _gathered(sector: Sector, names: Sequence[str]) -> tuple[Whole, Whole, Whole, Real]:
    found = [sector.terms[name] for name in names]
    counts = [len(matrix.values) for matrix in found]
    nothing = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([nothing, *(matrix.rows for matrix in found)]),
        np.concatenate([nothing, *(matrix.columns for matrix in found)]),
        np.repeat(np.arange(len(found)), counts),
        np.concatenate([np.zeros(0), *(matrix.values for matrix in found)]),
    )


def _apart(rows: Whole) -> Whole:
    """An order in which entries of the same row are apart, and yet those of near rows near.

    Rows come in groups: every row's first entry, then every row's second, ..., then the next group.
    """
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    turn = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    found: Whole = order[np.lexsort((ordered, turn, ordered // GROUP))]
    return found
