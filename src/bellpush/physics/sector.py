"""The part of an open system that given starts reach, as real coordinates.

A density matrix is Hermitian: its coordinates are the real and imaginary parts of its elements on and above the
diagonal. Starting from the coordinates that are not zero at the start, those that any term couples to are added until
nothing new appears; all others stay zero for ever, whatever the coefficients. What a physicist would argue from
conserved numbers and real couplings follows from this search by itself: one photon passing from one transmon to
another needs 17 coordinates of 1,296.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.elements import Links, linked
from bellpush.physics.open_system import OpenSystem
from bellpush.physics.operator import Complex, Operator, Whole, gathered

__all__ = ["Sector", "as_operator", "reach"]

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matrix:
    """A real sparse matrix on the coordinates: `values` at (`rows`, `columns`), sorted by row."""

    rows: Whole
    columns: Whole
    values: Real


@dataclass(frozen=True, eq=False)
class Sector:
    """Coordinates that are ever reached, and the terms of the equation between them.

    The first `size - len(counters)` coordinates are real or imaginary parts of elements of the density matrix, the
    last ones the integrals that the system counts.
    """

    system: OpenSystem
    first: Whole  # ket of each coordinate's row in the density matrix, shape (coordinates of the state,)
    second: Whole  # ket of its column, never below the row
    imaginary: NDArray[np.bool_]  # whether it is the imaginary part
    terms: dict[str, Matrix]
    positive: bool = True  # whether what moves in it are states, whose populations are never negative

    @cached_property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.first) + len(self.system.counters)

    def coordinates(self, start: Operator | ArrayLike) -> Real:
        """A density matrix (or any Hermitian operator) of the whole space as coordinates, shape (size,).

        Raises:
            ValueError: it is not Hermitian, or lies outside of the sector.
        """
        operator = as_operator(start, self.system.dims)
        place = {
            (int(i), int(j), bool(part)): number
            for number, (i, j, part) in enumerate(zip(self.first, self.second, self.imaginary, strict=True))
        }
        found = np.zeros(self.size)
        for i, j, value in zip(operator.rows, operator.columns, operator.values, strict=True):
            if i > j:
                continue
            for part, number in ((False, value.real), (True, value.imag)):
                if number == 0:
                    continue
                if (int(i), int(j), part) not in place:
                    raise ValueError("The start must lie in the sector, but it does not. Try it among `starts`.")
                found[place[int(i), int(j), part]] = number
        return found

    def expectation(self, operator: Operator) -> Real:
        """The row that gives the expectation value of a Hermitian `operator` from coordinates, shape (size,).

        Raises:
            ValueError: it acts on other spaces.
        """
        if operator.dims != self.system.dims:
            raise ValueError(f"An operator must act on {self.system.dims}, but acts on {operator.dims}.")
        size = self.system.size
        # Tr(O rho) takes O[j, i] rho[i, j]; the elements below the diagonal double the real part.
        keys = operator.columns * size + operator.rows
        order = np.argsort(keys)
        wanted = self.first * size + self.second
        place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        if not len(keys):
            return np.zeros(self.size)
        value = np.where(keys[order][place] == wanted, operator.values[order][place], 0)
        twice = np.where(self.first == self.second, 1.0, 2.0)
        row = np.zeros(self.size)
        row[: len(wanted)] = twice * np.where(self.imaginary, -value.imag, value.real)
        return row

    @cached_property
    def trace(self) -> Real:
        """The row that gives the trace, shape (size,)."""
        row = np.zeros(self.size)
        row[: len(self.first)] = (self.first == self.second).astype(float)
        return row

    def unphysical(self, coordinates: Real) -> float:
        """By how much coordinates of shape (size, points) break what holds for every state; 0 if they do not.

        No population is below zero, and no coherence squared is larger than the product of its populations.
        """
        if not self.positive:
            return 0.0
        one, two, real, imaginary = self.minors
        values = np.concatenate([coordinates, np.zeros((1, coordinates.shape[1]))])  # place -1: never reached
        lowest = values[self.populations].min(initial=0.0)
        # Squares: a root would blow up the rounding of populations near zero.
        excess = values[real] ** 2 + values[imaginary] ** 2 - values[one] * values[two]
        return max(-float(lowest), float(excess.max(initial=0.0)))

    @cached_property
    def watched(self) -> tuple[Real, Whole, Whole, Whole, Whole]:
        """What the compiled kernels take to watch a state: as `minors`, the populations of a coherence side by side."""
        one, two, real, imaginary = self.minors
        return self.trace, self.populations, np.ascontiguousarray(np.stack([one, two], axis=1)), real, imaginary

    @cached_property
    def populations(self) -> Whole:
        """Places of the coordinates that are populations."""
        return np.flatnonzero(self.first == self.second)

    @cached_property
    def minors(self) -> tuple[Whole, Whole, Whole, Whole]:
        """For each coherence the coordinates of its two populations and of its two parts; -1 for what stays zero."""
        size = self.system.size
        elements = self.first * size + self.second
        place = {(int(e), bool(part)): n for n, (e, part) in enumerate(zip(elements, self.imaginary, strict=True))}
        coherences = np.unique(elements[self.first != self.second])
        found = [
            [place.get((ket * (size + 1), False), -1) for ket in kets.tolist()]
            for kets in (coherences // size, coherences % size)
        ]
        found += [[place.get((element, part), -1) for element in coherences.tolist()] for part in (False, True)]
        one, two, real, imaginary = (np.array(column, dtype=np.int64) for column in found)
        return one, two, real, imaginary

    def density(self, coordinates: ArrayLike, keep: Sequence[int]) -> Complex:
        """Density matrices of the spaces `keep`, the others traced out.

        Args:
            coordinates: shape (size, ...).
            keep: which spaces, in the order in which they stand in `dims`.

        Returns:
            Shape (..., d, d), d the product of the sizes kept.
        """
        values = np.asarray(coordinates)[: len(self.first)]
        dims = self.system.dims
        one, two = (np.array(np.unravel_index(kets, dims)) for kets in (self.first, self.second))
        dropped = [site for site in range(len(dims)) if site not in keep]
        same = (one[dropped] == two[dropped]).all(axis=0)
        sizes = tuple(dims[site] for site in keep)
        total = int(np.prod(sizes))
        rows, columns = (np.ravel_multi_index(tuple(kets[list(keep)]), sizes) for kets in (one, two))
        unit = np.where(self.imaginary, 1j, 1.0)
        found = np.zeros((total, total, *values.shape[1:]), dtype=complex)
        parts = values[same] * unit[same].reshape(-1, *[1] * (values.ndim - 1))
        np.add.at(found, (rows[same], columns[same]), parts)
        off = same & (self.first != self.second)
        np.add.at(found, (columns[off], rows[off]), (values[off].T * unit[off].conj()).T)
        return np.moveaxis(found, (0, 1), (-2, -1))


def reach(system: OpenSystem, starts: Sequence[Operator | ArrayLike]) -> Sector:
    """The sector that holds all `starts` and everything they come to.

    Args:
        system: the equation.
        starts: density matrices or other Hermitian operators of the whole space, sparse or of shape (d, d).

    Raises:
        ValueError: a start is not Hermitian or of the wrong size.

    >>> from bellpush.physics.open_system import jump
    >>> from bellpush.physics.operator import local, transition
    >>> decay = jump("decay", local((2,), 0, transition(2, 0, 1)))
    >>> reach(OpenSystem((2,), (decay,)), [np.diag([0.0, 1.0])]).size
    2
    """
    operators = [as_operator(start, system.dims) for start in starts]
    size = system.size
    begin: list[Whole] = [np.zeros(0, dtype=np.int64)]
    for operator in operators:
        upper = operator.rows <= operator.columns
        keys = 2 * (operator.rows[upper] * size + operator.columns[upper])
        begin += [keys[operator.values[upper].real != 0], keys[operator.values[upper].imag != 0] + 1]
    kept = np.unique(np.concatenate(begin))
    elements, links = linked(system, kept // 2)
    pieces = {name: _coordinates(elements, links, place, size) for place, name in enumerate(system.names)}
    mask = np.zeros(2 * len(elements), dtype=bool)
    mask[2 * np.searchsorted(elements, kept // 2) + kept % 2] = True
    if pieces:
        rows, columns, _ = (np.concatenate(column) for column in zip(*pieces.values(), strict=True))
        mask = _spread(mask, rows, columns)
    reached = np.flatnonzero(mask)
    number = np.full(len(mask), -1)
    number[reached] = np.arange(len(reached))
    element = elements[reached // 2]
    bare = Sector(system, element // size, element % size, reached % 2 == 1, {})
    terms = {}
    for name, (rows, columns, values) in pieces.items():
        inside = mask[columns]
        terms[name] = (number[rows[inside]], number[columns[inside]], values[inside])
    for place, term in enumerate(term for term in system.terms if term.counted is not None):
        assert term.counted is not None
        row = bare.expectation(term.counted)
        there = np.flatnonzero(row)
        counted = (np.full(len(there), len(reached) + place), there, row[there])
        rows, columns, values = (np.concatenate(pair) for pair in zip(terms[term.name], counted, strict=True))
        terms[term.name] = rows, columns, values
    matrices = {name: _sorted(*entries) for name, entries in terms.items()}
    return Sector(system, bare.first, bare.second, bare.imaginary, matrices)


def as_operator(start: Operator | ArrayLike, dims: tuple[int, ...]) -> Operator:
    """A Hermitian operator, given sparse or as a full matrix.

    Raises:
        ValueError: it is not Hermitian, not finite, or of the wrong size.
    """
    size = int(np.prod(dims))
    if isinstance(start, Operator):
        operator = start
    else:
        matrix = np.asarray(start, dtype=complex)
        if matrix.shape != (size, size):
            raise ValueError(f"A start must have the shape {(size, size)}, but has {matrix.shape}.")
        rows, columns = np.nonzero(matrix)
        operator = gathered(dims, rows, columns, matrix[rows, columns])
    if operator.dims != dims:
        raise ValueError(f"A start must live on spaces of sizes {dims}, but lives on {operator.dims}.")
    if not np.isfinite(operator.values).all():
        raise ValueError("A start must be finite, but it is not.")
    if not operator.hermitian:
        raise ValueError("A start must be Hermitian, but it is not. Try (start + adjoint)/2.")
    on = operator.rows == operator.columns
    return replace(operator, values=np.where(on, operator.values.real, operator.values))  # no rounding on the diagonal


def _coordinates(elements: Whole, links: Links, place: int, size: int) -> tuple[Whole, Whole, Real]:
    """The terms of one name between coordinates 2 n + part, n the place among `elements`, part 1 the imaginary one."""
    mine = links.term == place
    to, origin = (2 * np.searchsorted(elements, each[mine]) for each in (links.to, links.origin))
    sign, value = links.sign[mine], links.value[mine]
    off_target, off_origin = links.to[mine] % (size + 1) != 0, sign != 0  # an element (i, i) is i (size + 1)
    both = off_target & off_origin
    rows = [to, to[off_origin], to[off_target] + 1, to[both] + 1]
    columns = [origin, origin[off_origin] + 1, origin[off_target], origin[both] + 1]
    values = [value.real, (-value.imag * sign)[off_origin], value.imag[off_target], (value.real * sign)[both]]
    return _summed(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), 2 * len(elements))


def _spread(mask: NDArray[np.bool_], rows: Whole, columns: Whole) -> NDArray[np.bool_]:
    """Everything reached from `mask` by steps from a column to its row, any number of times."""
    mask = mask.copy()
    while True:
        fresh = rows[mask[columns] & ~mask[rows]]
        if not len(fresh):
            return mask
        mask[fresh] = True


def _summed(rows: Whole, columns: Whole, values: Real, size: int) -> tuple[Whole, Whole, Real]:
    keys, inverse = np.unique(rows * size + columns, return_inverse=True)
    totals = np.bincount(inverse, values, len(keys))
    keep = np.abs(totals) > 1e-14 * np.abs(values).max(initial=0.0)  # what cancels leaves rounding
    return keys[keep] // size, keys[keep] % size, totals[keep]


def _sorted(rows: Whole, columns: Whole, values: Real) -> Matrix:
    order = np.lexsort((columns, rows))
    return Matrix(rows[order], columns[order], values[order])
