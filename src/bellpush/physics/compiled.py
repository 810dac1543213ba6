"""Stepping by the compiled kernels, and derivatives of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.evolve import Problem
from bellpush.physics.kernels import LANES, METHOD, adjoint, forward
from bellpush.physics.tableau import STAGES

__all__ = ["Gradient", "gradient", "stepped"]

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gradient:
    """How a number at the end depends on everything that decided it, for each point."""

    problem: Problem
    counts: Sequence[int]
    by_constants: dict[str, Real]  # (points,) each
    by_table: Real  # drives at the stages, shape (steps, stages, drives, points)
    by_steps: Real  # lengths of the steps, shape (steps, points)
    by_start: Real  # coordinates at the beginning, shape (size, points)

    def along(self, moved: Problem, start: ArrayLike | None = None) -> Real:
        """The derivative along a change of parameters.

        Args:
            moved: the same problem with i times the change added to its parameters, which must be so small that its
                square does not count; so coefficients are differentiated without a difference being taken.
            start: coordinates at the beginning that belong to it, shape (size,) or (size, points), if they change.

        Returns:
            The derivative times the change, shape (points,).
        """
        steps, table = moved.tabulate(self.counts)
        total: Real = (self.by_table * table.imag).sum(axis=(0, 1, 2)) + (self.by_steps * steps.imag).sum(axis=0)
        for name, slope in self.by_constants.items():
            total = total + slope * np.imag(moved.flat(moved.constants[name]))
        if start is not None:
            change = np.imag(np.asarray(start))
            total = total + ((change if change.ndim > 1 else change[:, None]) * self.by_start).sum(axis=0)
        return total


def stepped(problem: Problem, start: Real, counts: Sequence[int]) -> tuple[Real, Real]:
    """Coordinates at the end, (size, points), and their estimated errors, (points,)."""
    blocks = _Blocks(problem, start, counts)
    error = np.zeros((blocks.number, blocks.lanes))
    nothing = np.zeros((blocks.number, 0, blocks.state.shape[1]))
    forward(blocks.lanes)(*blocks.arguments, blocks.state, error, nothing)
    return blocks.points_of(blocks.state), error.reshape(-1)[: problem.points]


def gradient(
    problem: Problem, start: ArrayLike, slope: Callable[[Real], ArrayLike], counts: Sequence[int]
) -> tuple[Real, Gradient]:
    """The end, and the derivative of a number computed from it by everything that decided it.

    Args:
        problem: what moves, and how.
        start: coordinates at the beginning, shape (size,) or (size, points).
        slope: takes the coordinates at the end, (size, points), and returns the derivative of the number by them, of
            shape (size,) or (size, points).
        counts: how many steps each segment is cut into; the derivative is exact for these steps.
    """
    begin = np.asarray(start, dtype=float)
    begin = np.broadcast_to(begin if begin.ndim > 1 else begin[:, None], (problem.sector.size, problem.points))
    blocks = _Blocks(problem, begin, counts)
    error = np.zeros((blocks.number, blocks.lanes))
    kept = np.empty((blocks.number, blocks.steps.shape[1], blocks.state.shape[1]))
    forward(blocks.lanes)(*blocks.arguments, blocks.state, error, kept)
    end = blocks.points_of(blocks.state)
    by_end = np.asarray(slope(end), dtype=float)
    by_end = np.broadcast_to(by_end if by_end.ndim > 1 else by_end[:, None], end.shape)
    back = blocks.in_lanes(by_end).reshape(blocks.number, -1).copy()
    by_diagonal, by_values = np.zeros_like(blocks.diagonal), np.zeros_like(blocks.values)
    by_table, by_steps = np.zeros_like(blocks.table), np.zeros_like(blocks.steps)
    adjoint(blocks.lanes)(*blocks.arguments, kept, back, by_diagonal, by_values, by_table, by_steps)
    by_entries = np.concatenate([blocks.points_of(by_diagonal), blocks.points_of(by_values)])
    constants = problem.layout.by_constants(by_entries)
    shape = *by_table.shape[1:4], problem.points
    found = Gradient(
        problem,
        list(counts),
        dict(zip(problem.layout.constants, constants, strict=True)),
        blocks.points_of(by_table).reshape(shape),
        blocks.points_of(by_steps),
        blocks.points_of(back),
    )
    return end, found


class _Blocks:
    """A problem in the arrays that the kernels take: points in blocks of lanes, the last block filled up."""

    def __init__(self, problem: Problem, start: Real, counts: Sequence[int]) -> None:
        layout = problem.layout
        self.points, size = problem.points, layout.size
        self.lanes = 1 if self.points < 4 else LANES
        self.number = -(-self.points // self.lanes)
        steps, table = problem.tabulate(counts, fast=True)
        entries = problem.entries
        self.diagonal = self.in_lanes(entries[:size]).reshape(self.number, -1)
        self.values = self.in_lanes(entries[size:])
        self.steps = self.in_lanes(steps)
        shape = self.number, len(steps), STAGES, len(layout.driven), self.lanes
        self.table = self.in_lanes(table.reshape(-1, self.points)).reshape(shape)
        self.state = self.in_lanes(start).reshape(self.number, -1).copy()
        self.arguments = (
            METHOD,
            self.diagonal,
            layout.rows,
            layout.columns,
            self.values,
            layout.drive_rows,
            layout.drive_columns,
            layout.drives,
            layout.drive_values,
            self.table,
            self.steps,
        )

    def in_lanes(self, values: NDArray[Any]) -> Real:
        """Rows of shape (rows, points) as (blocks, rows, lanes)."""
        if self.points == 1:
            return np.ascontiguousarray(values).reshape(1, -1, 1)
        missing = self.number * self.lanes - self.points
        if missing:  # the last point is repeated: what fills up must not misbehave
            values = np.concatenate([values, np.repeat(values[:, -1:], missing, axis=1)], axis=1)
        return np.ascontiguousarray(values.reshape(len(values), self.number, self.lanes).transpose(1, 0, 2))

    def points_of(self, values: Real) -> Real:
        """Rows of shape (blocks, rows, lanes) or (blocks, rows * lanes) back as (rows, points)."""
        apart = values.reshape(self.number, -1, self.lanes)
        return apart.transpose(1, 0, 2).reshape(apart.shape[1], -1)[:, : self.points]
