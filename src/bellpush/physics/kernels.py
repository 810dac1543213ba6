"""Compiled stepping of sparse linear equations, many points abreast.

Numba is imported with this module, which is therefore only imported where many or large evolutions are asked for.
Nothing is checked here. `NUMBA_DISABLE_JIT=1` runs the same functions as plain Python.

Points lie side by side in blocks of `lanes`: a vector of coordinates is an array of shape (coordinates * lanes,), so
that each instruction serves all lanes. Entries off the diagonal come one by one, ordered so that neighbours do not
wait for each other's row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit, vectorize

from bellpush.physics.pulse_sech import sech_coupling
from bellpush.physics.tableau import COUPLINGS, ERROR_3, ERROR_5, STAGES, WEIGHTS

__all__ = ["LANES", "METHOD", "adjoint", "forward", "sech"]

LANES = 8

_STAGES = STAGES
_STAGE, _FROM = np.nonzero(COUPLINGS)
_USED = np.flatnonzero(WEIGHTS)

METHOD = (
    np.array([np.count_nonzero(COUPLINGS[:i]) for i in range(STAGES + 1)]),  # where each stage's couplings begin
    _STAGE,
    _FROM,
    COUPLINGS[_STAGE, _FROM],
    _USED,
    WEIGHTS[_USED],
    ERROR_5[_USED],
    ERROR_3[_USED],
    WEIGHTS,
)
"""The Runge-Kutta method as the kernels take it: only what is not zero."""

_FAST: dict[str, Any] = {"fastmath": {"contract", "nsz", "arcp", "reassoc"}, "error_model": "numpy", "cache": True}


@cache
def forward(lanes: int) -> Callable[..., None]:
    """A function that steps blocks of `lanes` points from their start to the end.

    Its arguments, with blocks b, steps s, coordinates n, stages i, drives d and lanes l:
        method: `METHOD`.
        diagonal: (b, n * l), the constant diagonal.
        rows, columns, values: (entries,), (entries,), (b, entries, l), constant entries off the diagonal.
        drive_rows, drive_columns, drives, drive_values: (entries,) each: entries that a drive multiplies.
        table: (b, s, i, d, l), the drives at the stages.
        steps: (b, s, l), lengths of the steps.
        state: (b, n * l), the start; overwritten by the end.
        error: (b, l), to which the estimated error is added.
        kept: (b, s, n * l), filled with the state at the start of each step; of length 0 in s if not wanted.
    """

    @njit(**_FAST)
    def run(
        method, diagonal, rows, columns, values, drive_rows, drive_columns, drives, drive_values, table, steps,
        state, error, kept,
    ):  # type: ignore[no-untyped-def]  # fmt: skip
        starts, _, froms, couplings, used, weights, fives, threes, _ = method
        width = state.shape[1]
        size = width // lanes
        y, z, h = np.empty(width), np.empty(width), np.empty(width)
        five, three = np.empty(width), np.empty(width)
        k = np.empty((_STAGES, width))
        for block in range(state.shape[0]):
            for m in range(width):
                y[m] = state[block, m]
            for step in range(steps.shape[1]):
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[block, step, lane]
                if kept.shape[1]:
                    for m in range(width):
                        kept[block, step, m] = y[m]
                for i in range(_STAGES):
                    if i == 0:
                        for m in range(width):
                            z[m] = y[m]
                    else:
                        first, last = starts[i], starts[i + 1]
                        a, j = couplings[first], froms[first]
                        for m in range(width):
                            z[m] = a * k[j, m]
                        q = first + 1
                        while q + 1 < last:
                            a, b, j, o = couplings[q], couplings[q + 1], froms[q], froms[q + 1]
                            for m in range(width):
                                z[m] += a * k[j, m] + b * k[o, m]
                            q += 2
                        if q < last:
                            a, j = couplings[q], froms[q]
                            for m in range(width):
                                z[m] += a * k[j, m]
                        for m in range(width):
                            z[m] = y[m] + h[m] * z[m]
                    for m in range(width):
                        k[i, m] = diagonal[block, m] * z[m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            k[i, r + lane] += values[block, e, lane] * z[c + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], drive_values[e]
                        for lane in range(lanes):
                            k[i, r + lane] += v * table[block, step, i, d, lane] * z[c + lane]
                for m in range(width):
                    z[m] = five[m] = three[m] = 0.0
                for q in range(used.shape[0]):
                    j, a, b, c5 = used[q], weights[q], fives[q], threes[q]
                    for m in range(width):
                        z[m] += a * k[j, m]
                        five[m] += b * k[j, m]
                        three[m] += c5 * k[j, m]
                for m in range(width):
                    y[m] += h[m] * z[m]
                for lane in range(lanes):
                    e5 = e3 = 0.0
                    for r in range(size):
                        e5 += five[r * lanes + lane] ** 2
                        e3 += three[r * lanes + lane] ** 2
                    both = e5 + 0.01 * e3
                    if both > 0:
                        error[block, lane] += abs(steps[block, step, lane]) * e5 / np.sqrt(both)
                    elif both != both:
                        error[block, lane] = np.nan
            for m in range(width):
                state[block, m] = y[m]

    return run  # type: ignore[no-any-return]


@cache
def adjoint(lanes: int) -> Callable[..., None]:
    """A function that carries the derivative of a number of the end back to everything that decided it.

    Exact for the steps taken: each is gone through backwards, its stages computed anew from the state kept at its
    start. Arguments as for `forward`; further:
        kept: (b, s, n * l), as `forward` filled it.
        slope: (b, n * l), the derivative by the state at the end; overwritten by that at the start.
        by_diagonal (b, n * l), by_values (b, entries, l), by_table (b, s, i, d, l), by_steps (b, s, l): filled.
    """

    @njit(**_FAST)
    def run(
        method, diagonal, rows, columns, values, drive_rows, drive_columns, drives, drive_values, table, steps,
        kept, slope, by_diagonal, by_values, by_table, by_steps,
    ):  # type: ignore[no-untyped-def]  # fmt: skip
        starts, stages, froms, couplings, _, _, _, _, weights = method
        width = slope.shape[1]
        size = width // lanes
        s, h = np.empty(width), np.empty(width)
        z, k = np.empty((_STAGES, width)), np.empty((_STAGES, width))
        zb, kb = np.empty((_STAGES, width)), np.empty(width)
        for block in range(slope.shape[0]):
            for m in range(width):
                s[m] = slope[block, m]
            for back in range(steps.shape[1]):
                step = steps.shape[1] - 1 - back
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[block, step, lane]
                for i in range(_STAGES):
                    for m in range(width):
                        z[i, m] = 0.0
                    for q in range(starts[i], starts[i + 1]):
                        a, j = couplings[q], froms[q]
                        for m in range(width):
                            z[i, m] += a * k[j, m]
                    for m in range(width):
                        z[i, m] = kept[block, step, m] + h[m] * z[i, m]
                        k[i, m] = diagonal[block, m] * z[i, m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            k[i, r + lane] += values[block, e, lane] * z[i, c + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], drive_values[e]
                        for lane in range(lanes):
                            k[i, r + lane] += v * table[block, step, i, d, lane] * z[i, c + lane]
                for back_stage in range(_STAGES):
                    i = _STAGES - 1 - back_stage
                    a = weights[i]
                    for m in range(width):
                        kb[m] = a * s[m]
                    for q in range(starts[i + 1], starts[_STAGES]):
                        if froms[q] == i:
                            a, j = couplings[q], stages[q]
                            for m in range(width):
                                kb[m] += a * zb[j, m]
                    for r in range(size):
                        for lane in range(lanes):
                            m = r * lanes + lane
                            by_steps[block, step, lane] += kb[m] * k[i, m]
                    for m in range(width):
                        kb[m] *= h[m]
                        by_diagonal[block, m] += kb[m] * z[i, m]
                        zb[i, m] = diagonal[block, m] * kb[m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            by_values[block, e, lane] += kb[r + lane] * z[i, c + lane]
                            zb[i, c + lane] += values[block, e, lane] * kb[r + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], drive_values[e]
                        for lane in range(lanes):
                            by_table[block, step, i, d, lane] += v * kb[r + lane] * z[i, c + lane]
                            zb[i, c + lane] += v * table[block, step, i, d, lane] * kb[r + lane]
                for i in range(_STAGES):
                    for m in range(width):
                        s[m] += zb[i, m]
            for m in range(width):
                slope[block, m] = s[m]

    return run  # type: ignore[no-any-return]


sech = vectorize(["float64(float64, float64, float64)"], cache=True)(sech_coupling)
"""`sech_coupling` compiled for arrays."""
