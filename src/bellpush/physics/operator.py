"""Operators on a product of small spaces, kept as the few numbers that are not zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Operator", "destroy", "local", "transition"]

Complex = NDArray[np.complex128]
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Operator:
    """A sparse operator: `values` at (`rows`, `columns`), one entry a place, on the product of spaces of sizes `dims`.

    `rows`, `columns` and `values` have the shape (entries,); the last space runs fastest, as in numpy.kron. Operators
    on different spaces do not mix: ValueError.

    >>> a = local((2, 2), 0, destroy(2))
    >>> (a.dag @ a + local((2, 2), 1, np.diag([0, 3]))).dense().real.diagonal()
    array([0., 3., 1., 4.])
    """

    dims: tuple[int, ...]
    rows: Whole
    columns: Whole
    values: Complex

    @property
    def size(self) -> int:
        """Dimension of the whole space."""
        return prod(self.dims)

    @property
    def dag(self) -> Operator:
        """The adjoint."""
        return Operator(self.dims, self.columns, self.rows, self.values.conj())

    @property
    def hermitian(self) -> bool:
        """Whether it is its own adjoint, to 1e-12 of its largest number."""
        difference = (self - self.dag).values
        return not len(difference) or bool(np.abs(difference).max() <= 1e-12 * np.abs(self.values).max())

    def dense(self) -> Complex:
        """As a full matrix, shape (size, size)."""
        matrix = np.zeros((self.size, self.size), dtype=complex)
        np.add.at(matrix, (self.rows, self.columns), self.values)
        return matrix

    def __matmul__(self, other: Operator) -> Operator:
        self._meet(other)
        # Each entry (r, k) of the left meets the entries (k, c) of the right, which lie together once sorted by row.
        order = np.argsort(other.rows, kind="stable")
        rows, columns, values = other.rows[order], other.columns[order], other.values[order]
        starts = np.searchsorted(rows, self.columns, "left")
        counts = np.searchsorted(rows, self.columns, "right") - starts
        left = np.repeat(np.arange(len(self.rows)), counts)
        right = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts, counts)
        return gathered(self.dims, self.rows[left], columns[right], self.values[left] * values[right])

    def __add__(self, other: Operator) -> Operator:
        self._meet(other)
        pairs = ((self.rows, other.rows), (self.columns, other.columns), (self.values, other.values))
        rows, columns, values = (np.concatenate(pair) for pair in pairs)
        return gathered(self.dims, rows, columns, values)

    def __mul__(self, factor: complex) -> Operator:
        return Operator(self.dims, self.rows, self.columns, self.values * factor)

    __rmul__ = __mul__

    def __sub__(self, other: Operator) -> Operator:
        return self + other * -1

    def __neg__(self) -> Operator:
        return self * -1

    def _meet(self, other: Operator) -> None:
        if self.dims != other.dims:
            raise ValueError(f"Operators must act on the same spaces, but act on {self.dims} and {other.dims}.")


def gathered(dims: tuple[int, ...], rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> Operator:
    """An operator from entries of which several may belong to one place; those that cancel are left out."""
    size = prod(dims)
    keys, inverse = np.unique(np.asarray(rows) * size + np.asarray(columns), return_inverse=True)
    totals = np.zeros(len(keys), dtype=complex)
    np.add.at(totals, inverse, values)
    keep = totals != 0
    return Operator(dims, keys[keep] // size, keys[keep] % size, totals[keep])


def local(dims: Sequence[int], site: int, matrix: ArrayLike) -> Operator:
    """The operator that acts as `matrix`, shape (dims[site], dims[site]), on one space and leaves the others alone.

    Raises:
        IndexError: there is no such space.
        ValueError: `matrix` is of another shape.
    """
    dims = tuple(int(size) for size in dims)
    site = range(len(dims))[site]  # counted from the front
    small = np.asarray(matrix, dtype=complex)
    if small.shape != (dims[site], dims[site]):
        raise ValueError(f"`matrix` must have the shape {(dims[site],) * 2} of space {site}, but has {small.shape}.")
    rows, columns = np.nonzero(small)
    before, after = prod(dims[:site]), prod(dims[site + 1 :])
    # Every place of the other spaces carries the same entries.
    outside = (np.arange(before)[:, None] * dims[site] * after + np.arange(after)).ravel()
    all_rows = (rows[:, None] * after + outside).ravel()
    all_columns = (columns[:, None] * after + outside).ravel()
    return Operator(dims, all_rows, all_columns, np.repeat(small[rows, columns], len(outside)))


def destroy(levels: int) -> NDArray[np.float64]:
    """The annihilation operator of an oscillator cut at `levels` Fock levels, shape (levels, levels)."""
    return np.diag(np.sqrt(np.arange(1.0, levels)), 1)


def transition(levels: int, to: int, origin: int) -> NDArray[np.float64]:
    """|to><origin| of a system with `levels` levels, shape (levels, levels)."""
    matrix = np.zeros((levels, levels))
    matrix[to, origin] = 1
    return matrix
