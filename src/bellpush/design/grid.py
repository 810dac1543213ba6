"""What is found over a grid, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bellpush.design.axis import Axis

__all__ = ["Found", "Gathered", "Scan", "blocks", "points"]

Array = NDArray[np.float64]
Found = dict[str, tuple[Array, Array]]  # values and their standard errors, by quantity


@dataclass(frozen=True)
class Scan:
    """Quantities over a grid; NaN where one does not exist."""

    axes: tuple[Axis, ...]
    quantities: dict[str, Array]  # by path of the JSON of `run`; shape (values of the first axis, of the second, ...)
    units: dict[str, str]
    errors: dict[str, Array | None]  # standard errors of the quantities, of the same shape; None where all are exact


class Gathered:
    """Values and standard errors over a grid, filled block by block."""

    def __init__(self, axes: Sequence[Axis], units: dict[str, str]) -> None:
        """Make room for every quantity of `units`."""
        self.axes, self.units = tuple(axes), units
        self.shape = tuple(len(axis.values) for axis in axes)
        self.total = math.prod(self.shape)
        self.values = {name: np.full(self.total, np.nan) for name in units}
        self.errors: dict[str, Array | None] = dict.fromkeys(units)

    def put(self, start: int, found: Found) -> int:
        """Take the block that begins at point `start`; returns how many points it has.

        A wait without end is none, as in an answer.
        """
        count = 0
        for name, (values, errors) in found.items():
            count = len(values)
            self.values[name][start : start + count] = np.where(np.isfinite(values), values, np.nan)
            if np.any(errors):
                kept = self.errors[name]
                kept = np.zeros(self.total) if kept is None else kept
                kept[start : start + count] = errors
                self.errors[name] = kept
        return count

    def scan(self) -> Scan:
        """All of it on the grid."""
        values = {name: found.reshape(self.shape) for name, found in self.values.items()}
        errors = {name: None if e is None else e.reshape(self.shape) for name, e in self.errors.items()}
        return Scan(self.axes, values, self.units, errors)


def points(axes: Sequence[Axis], indices: range) -> dict[str, Array]:
    """The points of a grid by their number, the last axis running fastest."""
    places = np.unravel_index(np.arange(indices.start, indices.stop), tuple(len(axis.values) for axis in axes))
    return {axis.path: axis.values[place] for axis, place in zip(axes, places, strict=True)}


def blocks(total: int, size: int) -> Iterator[range]:
    """The numbers of a grid's points in blocks."""
    return (range(start, min(start + size, total)) for start in range(0, total, size))
