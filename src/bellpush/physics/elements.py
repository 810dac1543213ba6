"""Which elements of a density matrix an open system couples to each other, found step by step from a start.

Only elements that are reached are ever looked at: the full equation of some nodes in a row would be far larger than
the part in which they move.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bellpush.physics.open_system import OpenSystem
from bellpush.physics.operator import Complex, Operator, Whole

__all__ = ["Links", "linked"]


class Links(NamedTuple):
    """d rho[to] += coefficient * value * rho[origin], elements counted as row * size + column; `to` is never below.

    `origin` is the element on or above the diagonal; where `sign` is -1 its conjugate is meant, and on the diagonal
    `sign` is 0.
    """

    term: Whole  # place of the coefficient's name
    to: Whole
    origin: Whole
    sign: Whole
    value: Complex


class _Side:
    """One factor of a product, ordered by the index that meets the density matrix."""

    def __init__(self, operator: Operator, meets: Whole, leads: Whole) -> None:
        order = np.argsort(meets, kind="stable")
        self.leads, self.values = leads[order], operator.values[order]
        self.starts = np.searchsorted(meets[order], np.arange(operator.size + 1))

    def through(self, indices: Whole) -> tuple[Whole, Whole, Complex]:
        """For indices of elements: which of them goes on, to which index, and with which value."""
        counts = self.starts[indices + 1] - self.starts[indices]
        source = np.repeat(np.arange(len(indices)), counts)
        entry = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts) + self.starts[indices][source]
        return source, self.leads[entry], self.values[entry]


def linked(system: OpenSystem, starts: Whole) -> tuple[Whole, Links]:
    """All elements reached from `starts`, and the links between them.

    Args:
        system: the equation.
        starts: elements as row * size + column, none of them below the diagonal.
    """
    size = system.size
    names = {name: place for place, name in enumerate(system.names)}
    products = [
        (
            names[term.name],
            None if left is None else _Side(left, left.columns, left.rows),
            None if right is None else _Side(right, right.rows, right.columns),
            factor,
        )
        for term in system.terms
        for left, right, factor in term.products
    ]
    reached: NDArray[np.bool_] = np.zeros(size * size, dtype=bool)
    fresh = np.unique(starts)
    links: list[Links] = []
    while len(fresh):
        reached[fresh] = True
        row, column = fresh // size, fresh % size
        off = row != column
        # An element and, off the diagonal, the conjugate one beside it.
        rows, columns = np.concatenate([row, column[off]]), np.concatenate([column, row[off]])
        origin = np.concatenate([fresh, fresh[off]])
        sign = np.concatenate([off.astype(np.int64), np.full(off.sum(), -1)])
        found = []
        for term, left, right, factor in products:
            source, to, value = _through(rows, columns, left, right)
            upper = to[0] <= to[1]
            source, target = source[upper], to[0][upper] * size + to[1][upper]
            where = np.full(len(source), term)
            found.append(Links(where, target, origin[source], sign[source], factor * value[upper]))
        if not found:
            break
        step = Links(*(np.concatenate(column) for column in zip(*found, strict=True)))
        links.append(step)
        fresh = np.unique(step.to[~reached[step.to]])
    nothing = np.zeros(0, dtype=np.int64)
    if not links:
        return np.flatnonzero(reached), Links(nothing, nothing, nothing, nothing, nothing.astype(complex))
    return np.flatnonzero(reached), Links(*(np.concatenate(column) for column in zip(*links, strict=True)))


def _through(
    rows: Whole, columns: Whole, left: _Side | None, right: _Side | None
) -> tuple[Whole, tuple[Whole, Whole], Complex]:
    """What left rho right makes of elements: of which it is made, its row and column, and its value."""
    source = np.arange(len(rows))
    value: Complex = np.ones(len(rows), dtype=complex)
    if left is not None:
        source, rows, value = left.through(rows)
        columns = columns[source]
    if right is not None:
        again, columns, second = right.through(columns)
        source, rows, value = source[again], rows[again], value[again] * second
    return source, (rows, columns), value
