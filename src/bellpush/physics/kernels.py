"""Compiled stepping of sparse linear equations, many points abreast.

Numba is imported with this module, which is therefore only imported where many or large evolutions are asked for.
Nothing is checked here. `NUMBA_DISABLE_JIT=1` runs the same functions as plain Python.

Points go through `lanes` at a time: a vector of coordinates is an array of shape (coordinates * lanes,), so that each
instruction serves all lanes. Entries off the diagonal come one by one, ordered so that neighbours do not
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
    """A function that steps points, `lanes` of them at a time, from their start to the end.

    Its arguments, with steps s, coordinates n, stages i, drives d and points p, a multiple of `lanes`:
        method: `METHOD`.
        entries: (n + entries, p), the constant diagonal, then the constant entries off it.
        rows, columns: (entries,) each, the places of the latter.
        drive_rows, drive_columns, drives, shares: (driven entries,) each: entries that a drive multiplies.
        table: (s, i, d, p), the drives at the stages.
        steps: (s, p), lengths of the steps.
        state: (n, p), the start; overwritten by the end.
        error: (p,), to which the estimated error is added.
        kept: (s, n, p), filled with the state at the start of each step; of length 0 in s if not wanted.
    """

    @njit(**_FAST)
    def run(  # type: ignore[no-untyped-def]
        method,
        entries,
        rows,
        columns,
        drive_rows,
        drive_columns,
        drives,
        shares,
        table,
        steps,
        state,
        error,
        kept,
    ):
        starts, _, froms, couplings, used, weights, fives, threes, _ = method
        size = state.shape[0]
        width = size * lanes
        y, z, h, diagonal = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
        five, three = np.empty(width), np.empty(width)
        values = np.empty((rows.shape[0], lanes))
        k = np.empty((_STAGES, width))
        for point in range(0, state.shape[1], lanes):
            for r in range(size):
                for lane in range(lanes):
                    y[r * lanes + lane] = state[r, point + lane]
                    diagonal[r * lanes + lane] = entries[r, point + lane]
            for e in range(rows.shape[0]):
                for lane in range(lanes):
                    values[e, lane] = entries[size + e, point + lane]
            for step in range(steps.shape[0]):
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[step, point + lane]
                if kept.shape[0]:
                    for r in range(size):
                        for lane in range(lanes):
                            kept[step, r, point + lane] = y[r * lanes + lane]
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
                        k[i, m] = diagonal[m] * z[m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            k[i, r + lane] += values[e, lane] * z[c + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], shares[e]
                        for lane in range(lanes):
                            k[i, r + lane] += v * table[step, i, d, point + lane] * z[c + lane]
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
                        error[point + lane] += abs(steps[step, point + lane]) * e5 / np.sqrt(both)
                    elif both != both:
                        error[point + lane] = np.nan
            for r in range(size):
                for lane in range(lanes):
                    state[r, point + lane] = y[r * lanes + lane]

    return run  # type: ignore[no-any-return]


@cache
def adjoint(lanes: int) -> Callable[..., None]:
    """A function that carries the derivative of a number of the end back to everything that decided it.

    Exact for the steps taken: each is gone through backwards, its stages computed anew from the state kept at its
    start. Arguments as for `forward`; further:
        kept: (s, n, p), as `forward` filled it.
        slope: (n, p), the derivative by the state at the end; overwritten by that at the start.
        by_entries (n + entries, p), by_table (s, i, d, p), by_steps (s, p): to which the derivatives are added.
    """

    @njit(**_FAST)
    def run(  # type: ignore[no-untyped-def]
        method,
        entries,
        rows,
        columns,
        drive_rows,
        drive_columns,
        drives,
        shares,
        table,
        steps,
        kept,
        slope,
        by_entries,
        by_table,
        by_steps,
    ):
        starts, stages, froms, couplings, _, _, _, _, weights = method
        size = slope.shape[0]
        width = size * lanes
        s, h, diagonal, by_diagonal = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
        values, by_values = np.empty((rows.shape[0], lanes)), np.empty((rows.shape[0], lanes))
        z, k, zb, kb = (
            np.empty((_STAGES, width)),
            np.empty((_STAGES, width)),
            np.empty((_STAGES, width)),
            np.empty(width),
        )
        for point in range(0, slope.shape[1], lanes):
            for r in range(size):
                for lane in range(lanes):
                    s[r * lanes + lane] = slope[r, point + lane]
                    diagonal[r * lanes + lane] = entries[r, point + lane]
                    by_diagonal[r * lanes + lane] = 0.0
            for e in range(rows.shape[0]):
                for lane in range(lanes):
                    values[e, lane] = entries[size + e, point + lane]
                    by_values[e, lane] = 0.0
            for step in range(steps.shape[0] - 1, -1, -1):
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[step, point + lane]
                for i in range(_STAGES):
                    for m in range(width):
                        z[i, m] = 0.0
                    for q in range(starts[i], starts[i + 1]):
                        a, j = couplings[q], froms[q]
                        for m in range(width):
                            z[i, m] += a * k[j, m]
                    for r in range(size):
                        for lane in range(lanes):
                            m = r * lanes + lane
                            z[i, m] = kept[step, r, point + lane] + h[m] * z[i, m]
                            k[i, m] = diagonal[m] * z[i, m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            k[i, r + lane] += values[e, lane] * z[i, c + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], shares[e]
                        for lane in range(lanes):
                            k[i, r + lane] += v * table[step, i, d, point + lane] * z[i, c + lane]
                for i in range(_STAGES - 1, -1, -1):
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
                            by_steps[step, point + lane] += kb[m] * k[i, m]
                    for m in range(width):
                        kb[m] *= h[m]
                        by_diagonal[m] += kb[m] * z[i, m]
                        zb[i, m] = diagonal[m] * kb[m]
                    for e in range(rows.shape[0]):
                        r, c = rows[e] * lanes, columns[e] * lanes
                        for lane in range(lanes):
                            by_values[e, lane] += kb[r + lane] * z[i, c + lane]
                            zb[i, c + lane] += values[e, lane] * kb[r + lane]
                    for e in range(drive_rows.shape[0]):
                        r, c, d, v = drive_rows[e] * lanes, drive_columns[e] * lanes, drives[e], shares[e]
                        for lane in range(lanes):
                            by_table[step, i, d, point + lane] += v * kb[r + lane] * z[i, c + lane]
                            zb[i, c + lane] += v * table[step, i, d, point + lane] * kb[r + lane]
                for i in range(_STAGES):
                    for m in range(width):
                        s[m] += zb[i, m]
            for r in range(size):
                for lane in range(lanes):
                    slope[r, point + lane] = s[r * lanes + lane]
                    by_entries[r, point + lane] += by_diagonal[r * lanes + lane]
            for e in range(rows.shape[0]):
                for lane in range(lanes):
                    by_entries[size + e, point + lane] += by_values[e, lane]

    return run  # type: ignore[no-any-return]


sech = vectorize(["float64(float64, float64, float64)"], cache=True)(sech_coupling)  # type: ignore[no-untyped-call]
"""`sech_coupling` compiled for arrays."""
