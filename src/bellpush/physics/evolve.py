"""Stepping a sector through time, for one parameter point or for many abreast.

Each segment of time is cut into steps of the method of order eight in `tableau.py`, shorter ones where drives are
strong. The error estimated in every step is summed: a Lindblad equation never lets two states drift apart, so the sum
bounds the error at the end as far as the estimates hold (in random problems they are at least three times the errors
made, and a hundred times in the middle; see docs/background/open-systems.md). Points that miss the tolerance are
stepped again with more steps. What no estimate sees is a drive that falls between all stages of all steps: give a short
pulse a segment of its own.

Small jobs are done with numpy alone; many points or many coordinates by the compiled kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.drive import Drive, Segment
from bellpush.physics.operator import Complex
from bellpush.physics.problem import Problem
from bellpush.physics.sector import Sector
from bellpush.physics.tableau import COUPLINGS, ERROR_3, ERROR_5, STAGES, WEIGHTS

__all__ = ["Drive", "Evolution", "Problem", "Segment", "evolve", "guessed", "more"]

Real = NDArray[np.float64]

MOST_STEPS = 100_000
SMALL = 64  # coordinates up to which full matrices are as good as sparse ones
FEW = 16  # points up to which numpy alone is fast enough
MANY = 2048  # points from which it pays to ask some of them how many steps it takes
LEAST = 8  # points that are always stepped in one go
HELD = 4_000_000  # numbers in the table of drives, and in the states, held at once


@dataclass(frozen=True, eq=False)
class Evolution:
    """Where an evolution ended."""

    sector: Sector
    values: Real  # coordinates at the end, shape (size, ...)
    error: Real  # estimated error of the coordinates, shape (...)
    counts: tuple[int, ...]  # steps of each segment, the most that any point took

    def density(self, keep: Sequence[int]) -> Complex:
        """Density matrices of the spaces `keep`, the others traced out, shape (..., d, d)."""
        return self.sector.density(self.values, keep)

    def counted(self, name: str) -> Real:
        """The integral that the system counts under `name`, shape (...)."""
        return np.asarray(self.values[len(self.sector.first) + self.sector.system.counters.index(name)])


def evolve(
    problem: Problem,
    start: ArrayLike,
    tolerance: float = 1e-9,
    compiled: bool | None = None,
    counts: Sequence[int] | None = None,
) -> Evolution:
    """Carry coordinates through all segments.

    Args:
        problem: what moves, and how, at points of shape (...).
        start: coordinates at the beginning, shape (size,) or (size, ...).
        tolerance: largest estimated error of the coordinates at the end, as the length of their vector; a state has
            the trace 1.
        compiled: whether by the compiled kernels; if None, where there are many points or coordinates.
        counts: how many steps each segment is cut into to begin with; if None, by its decay times.

    Raises:
        ConvergenceError: the tolerance cannot be met, the trace does not keep, or a state does not stay one.
        ValueError: a drive or a start that is not finite, a start of the wrong shape, a tolerance that is not positive,
            or complex parameters, which only `Gradient.along` takes.
    """
    sector, points = problem.sector, problem.points
    size = sector.size
    if not tolerance > 0:
        raise ValueError(f"`tolerance` must be positive, but is {tolerance}. Try 1e-9.")
    if problem.moved:
        raise ValueError("Parameters must be real, but some are complex. Try `Gradient.along` for derivatives.")
    if compiled is None:
        compiled = size > SMALL or points > FEW
    begin = problem.coordinates(start)
    given = counts is not None
    counts = guessed(problem, tolerance) if counts is None else list(counts)
    if points > MANY and not given:  # a few of them tell how many steps it takes
        some = np.unique(np.linspace(0, points - 1, 8).astype(np.int64))
        _, found, counts = _to_tolerance(problem.part(some), begin[:, some], counts, tolerance, compiled)
        counts = _scaled(counts, float(found.max()), tolerance)
    # Blocks of a size that does not depend on how many points there are.
    room = LEAST if points <= LEAST else _room(problem, counts)
    if points <= room:
        values, error, taken = _to_tolerance(problem, begin, counts, tolerance, compiled)
    else:
        values, error, taken = np.empty((size, points)), np.empty(points), [0] * len(counts)
        for first in range(0, points, room):
            block = slice(first, first + room)
            part = problem.part(block)
            values[:, block], error[block], here = _to_tolerance(part, begin[:, block], counts, tolerance, compiled)
            taken = [max(pair) for pair in zip(taken, here, strict=True)]
    drift, wrong, before = (_kernels().watched if compiled else _watched)(sector, values, begin)
    most = max(10 * tolerance, 1e-9)
    if drift > most:
        raise ConvergenceError(f"The trace must keep, but changed by {drift:.1e}. Try a smaller tolerance.")
    # Only where a state was given, which rounding may have put a little outside; Pauli operators may start, too.
    if wrong > most and before < 1e-12:
        raise ConvergenceError(f"A state must stay a state, but is off by {wrong:.1e}. Try a smaller tolerance.")
    shape = problem.shape
    return Evolution(sector, values.reshape(size, *shape), error.reshape(shape), tuple(taken))


def _room(problem: Problem, counts: Sequence[int]) -> int:
    """How many points are stepped in one go."""
    numbers = STAGES * (sum(counts) * max(len(problem.driven), 1) + problem.sector.size)
    return max(HELD // numbers, LEAST)


@cache
def _kernels() -> Any:
    """What does the same by compiled kernels; numba comes with it."""
    from bellpush.physics import compiled

    return compiled


def _watched(sector: Sector, values: Real, begin: Real) -> tuple[float, float, float]:
    """How far the trace moved, and by how much the end and the beginning break what holds for every state."""
    drift = float(np.abs(sector.trace @ values - sector.trace @ begin).max(initial=0.0))
    return drift, sector.unphysical(values), sector.unphysical(begin)


def _to_tolerance(
    problem: Problem, start: Real, counts: Sequence[int], tolerance: float, compiled: bool
) -> tuple[Real, Real, list[int]]:
    """Coordinates, estimated errors, and the most steps taken: more where it takes more."""
    step = _kernels().stepped if compiled else _stepped
    values, error = step(problem, start, counts)
    counts = list(counts)
    while not (error[0] if len(error) == 1 else error.max()) <= tolerance:  # nor where it is not a number
        missed = np.flatnonzero(~(error <= tolerance))
        worst = float(np.nan_to_num(error[missed], nan=np.inf).max())
        counts = more(counts, worst, tolerance)
        part = problem if len(missed) == problem.points else problem.part(missed)
        values[:, missed], error[missed] = step(part, start[:, missed], counts)
    return values, error, counts


def more(counts: Sequence[int], error: float, tolerance: float) -> list[int]:
    """Numbers of steps that should meet the tolerance where `counts` left an estimated `error`.

    Raises:
        ConvergenceError: they are as many as are ever taken.
    """
    if sum(counts) > MOST_STEPS:
        raise ConvergenceError(
            f"The evolution must reach a tolerance of {tolerance:.1e}, but {sum(counts)} steps leave {error:.1e}. "
            "Try a larger tolerance, or a shorter time."
        )
    return _scaled(counts, error if error == error else np.inf, tolerance)


def _scaled(counts: Sequence[int], error: float, tolerance: float) -> list[int]:
    """Numbers of steps that should meet the tolerance: the estimated error falls with their seventh power."""
    factor = min((2 * error / tolerance) ** (1 / 7), 4.0) if error > 0 else 0.25
    return [max(ceil(count * max(factor, 0.25)), 2) for count in counts]


def guessed(problem: Problem, tolerance: float) -> list[int]:
    """Numbers of steps to begin with, from the largest constant rate of each point's diagonal."""
    fine = 0.75 * (1e-6 / tolerance) ** (1 / 7)  # how many steps a decay time takes
    return [min(max(ceil(decays * fine), 4), MOST_STEPS // 10) for decays in problem.decays]


def _stepped(problem: Problem, start: Real, counts: Sequence[int]) -> tuple[Real, Real]:
    """The steps with numpy alone, on full matrices."""
    layout, size, points = problem.layout, problem.sector.size, problem.points
    steps, table = problem.tabulate(counts)
    entries = problem.entries
    constant = np.zeros((points, size, size))
    every = np.arange(size)
    constant[:, every, every] = entries[:size].T
    constant[:, layout.rows, layout.columns] = entries[size:].T
    driven = np.zeros((len(layout.driven), size * size))
    np.add.at(driven, (layout.drives, layout.drive_rows * size + layout.drive_columns), layout.drive_values)
    y = np.ascontiguousarray(start.T)
    slopes = np.empty((STAGES, points, size))
    error = np.zeros(points)
    with np.errstate(over="ignore", invalid="ignore"):
        for length, drives in zip(steps, table, strict=True):
            matrices = np.matmul(drives.transpose(0, 2, 1), driven).reshape(STAGES, points, size, size) + constant
            h = length[:, None]
            for stage in range(STAGES):
                before = COUPLINGS[stage, :stage] @ slopes[:stage].reshape(stage, points * size)
                z = y + h * before.reshape(points, size)
                slopes[stage] = np.matmul(matrices[stage], z[:, :, None])[:, :, 0]
            flat = slopes.reshape(STAGES, points * size)
            y = y + h * (WEIGHTS @ flat).reshape(points, size)
            fifth = ((ERROR_5 @ flat).reshape(points, size) ** 2).sum(axis=1)
            third = ((ERROR_3 @ flat).reshape(points, size) ** 2).sum(axis=1)
            error += np.abs(length) * fifth / np.sqrt(np.maximum(fifth + 0.01 * third, 1e-300))
    return y.T, error
