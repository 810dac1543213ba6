"""Compiled stepping of sparse linear equations, many points abreast.

Numba is imported with this module, which is therefore only imported where many or large evolutions are asked for.
Nothing is checked here. `NUMBA_DISABLE_JIT=1` runs the same functions as plain Python.

Points go through `lanes` at a time: a vector of coordinates is an array of shape (coordinates * lanes,), so that each
instruction serves all lanes; that of a single point is filled up to a multiple of `BLOCK`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from bellpush.physics.lanes import add, drive, finish, row, stage
from bellpush.physics.pulse_sech import sech_coupling
from bellpush.physics.tableau import COUPLINGS, STAGES, WEIGHTS

__all__ = ["LANES", "WIDE", "adjoint", "alike", "forward", "sech_in", "sech_out", "spread", "watch"]

LANES = 8
WIDE = 16  # lanes where there are many points: whole lines of the cache, two at a time

BLOCK = 4  # numbers of a single vector that go through one instruction

_STAGES, _A, _W = STAGES, COUPLINGS, WEIGHTS

_FAST: dict[str, Any] = {"fastmath": {"contract", "nsz", "arcp", "reassoc"}, "error_model": "numpy"}


@cache
def forward(lanes: int) -> Callable[..., None]:
    """A function that steps points, `lanes` of them at a time, from their start to the end.

    Its arguments, with steps s, coordinates n, stages i, drives d and points p, a multiple of `lanes`:
        pairs, rest: the constant entries off the diagonal, `Layout.forward`.
        driven: (driven entries, 3), row, column and drive of each.
        shares: (driven entries,), what the drive is multiplied by.
        entries: (n + entries, p), the constant diagonal, then the constant entries off it.
        table: (s, i, d, p), the drives at the stages.
        steps: (s, p), lengths of the steps.
        state: (n, p), the start; overwritten by the end.
        error: (p,), to which the estimated error is added.
        kept: (s, n, p), filled with the state at the start of each step; of length 0 in s if not wanted.
    """

    @njit(cache=True, **_FAST)
    def run(pairs, rest, driven, shares, entries, table, steps, state, error, kept):  # type: ignore[no-untyped-def]
        size, points = state.shape
        block = BLOCK if lanes == 1 else lanes
        width = -(-size * lanes // block) * block
        drives = table.shape[2]
        waves = table.reshape(-1)
        y, z, h, diagonal = np.zeros(width), np.zeros(width), np.zeros(width), np.zeros(width)
        five, three = np.zeros(width), np.zeros(width)
        values = np.zeros((entries.shape[0] - size + 1) * lanes)
        fives, threes = np.zeros(lanes), np.zeros(lanes)
        k = np.zeros((_STAGES, width))
        flat = k.reshape(-1)
        for point in range(0, points, lanes):
            for r in range(size):
                for lane in range(lanes):
                    y[r * lanes + lane] = state[r, point + lane]
                    diagonal[r * lanes + lane] = entries[r, point + lane]
            for e in range(entries.shape[0] - size):
                for lane in range(lanes):
                    values[e * lanes + lane] = entries[size + e, point + lane]
            for step in range(steps.shape[0]):
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[step, point + lane]
                if kept.shape[0]:
                    for r in range(size):
                        for lane in range(lanes):
                            kept[step, r, point + lane] = y[r * lanes + lane]
                for i in range(_STAGES):
                    stage(i, z, y, h, flat, width, block)
                    slopes = k[i]
                    for r in range(size):
                        e, c, f, d = pairs[r, 0], pairs[r, 1], pairs[r, 2], pairs[r, 3]
                        o = r * lanes
                        row(slopes, o, diagonal, z, values, e * lanes, c * lanes, f * lanes, d * lanes, lanes)
                    for q in range(rest.shape[0]):
                        add(slopes, rest[q, 1] * lanes, values, rest[q, 0] * lanes, z, rest[q, 2] * lanes, lanes)
                    wave = (step * _STAGES + i) * drives
                    for q in range(driven.shape[0]):
                        w = (wave + driven[q, 2]) * points + point
                        drive(slopes, driven[q, 0] * lanes, shares[q], waves, w, z, driven[q, 1] * lanes, lanes)
                finish(y, h, flat, five, three, width, block)
                for lane in range(lanes):
                    fives[lane] = threes[lane] = 0.0
                for r in range(size):
                    add(fives, 0, five, r * lanes, five, r * lanes, lanes)
                    add(threes, 0, three, r * lanes, three, r * lanes, lanes)
                for lane in range(lanes):
                    both = fives[lane] + 0.01 * threes[lane]
                    if both > 0:
                        error[point + lane] += abs(h[lane]) * fives[lane] / np.sqrt(both)
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
        back_pairs, back_rest: the transposed entries, `Layout.backward`.
        kept: (s, n, p), as `forward` filled it.
        slope: (n, p), the derivative by the state at the end; overwritten by that at the start.
        by_entries (n + entries, p), by_table (s, i, d, p), by_steps (s, p): to which the derivatives are added.
    """

    @njit(cache=True, **_FAST)
    def run(  # type: ignore[no-untyped-def]
        pairs,
        rest,
        back_pairs,
        back_rest,
        driven,
        shares,
        entries,
        table,
        steps,
        kept,
        slope,
        by_entries,
        by_table,
        by_steps,
    ):
        size, points = slope.shape
        block = BLOCK if lanes == 1 else lanes
        width = -(-size * lanes // block) * block
        drives = table.shape[2]
        waves, by_waves = table.reshape(-1), by_table.reshape(-1)
        count = entries.shape[0] - size
        s, y, h, diagonal = np.zeros(width), np.zeros(width), np.zeros(width), np.zeros(width)
        by_diagonal, by_h, kb = np.zeros(width), np.zeros(width), np.zeros(width)
        values, by_values = np.zeros((count + 1) * lanes), np.zeros((count + 1) * lanes)
        z, k, zb = np.zeros((_STAGES, width)), np.zeros((_STAGES, width)), np.zeros((_STAGES, width))
        flat = k.reshape(-1)
        for point in range(0, points, lanes):
            for r in range(size):
                for lane in range(lanes):
                    s[r * lanes + lane] = slope[r, point + lane]
                    diagonal[r * lanes + lane] = entries[r, point + lane]
                    by_diagonal[r * lanes + lane] = 0.0
            for e in range(count):
                for lane in range(lanes):
                    values[e * lanes + lane] = entries[size + e, point + lane]
                    by_values[e * lanes + lane] = 0.0
            for step in range(steps.shape[0] - 1, -1, -1):
                for r in range(size):
                    for lane in range(lanes):
                        h[r * lanes + lane] = steps[step, point + lane]
                        y[r * lanes + lane] = kept[step, r, point + lane]
                for i in range(_STAGES):
                    at = z[i]
                    stage(i, at, y, h, flat, width, block)
                    slopes = k[i]
                    for r in range(size):
                        e, c, f, d = pairs[r, 0], pairs[r, 1], pairs[r, 2], pairs[r, 3]
                        o = r * lanes
                        row(slopes, o, diagonal, at, values, e * lanes, c * lanes, f * lanes, d * lanes, lanes)
                    for q in range(rest.shape[0]):
                        add(slopes, rest[q, 1] * lanes, values, rest[q, 0] * lanes, at, rest[q, 2] * lanes, lanes)
                    wave = (step * _STAGES + i) * drives
                    for q in range(driven.shape[0]):
                        w = (wave + driven[q, 2]) * points + point
                        drive(slopes, driven[q, 0] * lanes, shares[q], waves, w, at, driven[q, 1] * lanes, lanes)
                for m in range(width):
                    by_h[m] = 0.0
                for i in range(_STAGES - 1, -1, -1):
                    a = _W[i]
                    for m in range(width):
                        kb[m] = a * s[m]
                    for j in range(i + 1, _STAGES):
                        a = _A[j, i]
                        if a != 0:
                            for m in range(width):
                                kb[m] += a * zb[j, m]
                    at, back = z[i], zb[i]
                    for m in range(width):
                        by_h[m] += kb[m] * k[i, m]
                        kb[m] *= h[m]
                        by_diagonal[m] += kb[m] * at[m]
                    for r in range(size):
                        e, c, f, d = back_pairs[r, 0], back_pairs[r, 1], back_pairs[r, 2], back_pairs[r, 3]
                        o = r * lanes
                        row(back, o, diagonal, kb, values, e * lanes, c * lanes, f * lanes, d * lanes, lanes)
                        add(by_values, e * lanes, at, o, kb, c * lanes, lanes)
                        add(by_values, f * lanes, at, o, kb, d * lanes, lanes)
                    for q in range(back_rest.shape[0]):
                        e, r, c = back_rest[q, 0] * lanes, back_rest[q, 1] * lanes, back_rest[q, 2] * lanes
                        add(back, r, values, e, kb, c, lanes)
                        add(by_values, e, at, r, kb, c, lanes)
                    wave = (step * _STAGES + i) * drives
                    for q in range(driven.shape[0]):
                        w = (wave + driven[q, 2]) * points + point
                        r, c = driven[q, 0] * lanes, driven[q, 1] * lanes
                        drive(back, c, shares[q], waves, w, kb, r, lanes)
                        drive(by_waves, w, shares[q], kb, r, at, c, lanes)
                for r in range(size):
                    for lane in range(lanes):
                        by_steps[step, point + lane] += by_h[r * lanes + lane]
                for i in range(_STAGES):
                    for m in range(width):
                        s[m] += zb[i, m]
            for r in range(size):
                for lane in range(lanes):
                    slope[r, point + lane] = s[r * lanes + lane]
                    by_entries[r, point + lane] += by_diagonal[r * lanes + lane]
            for e in range(count):
                for lane in range(lanes):
                    by_entries[size + e, point + lane] += by_values[e * lanes + lane]

    return run  # type: ignore[no-any-return]


@njit(cache=True, **_FAST)
def watch(values, begin, trace, populations, kets, real, imaginary):  # type: ignore[no-untyped-def]
    """How far the trace moved, and by how much the end and the beginning break what holds for every state.

    Args:
        values, begin: (n, p), coordinates at the end and at the beginning.
        trace: (n,), the row that gives the trace.
        populations: places of the populations.
        kets: (coherences, 2), places of the two populations of each coherence, real and imaginary: (coherences,), of
            its parts; -1 for what stays zero.
    """
    moved = end = start = 0.0
    for p in range(values.shape[1]):
        change = 0.0
        for r in range(values.shape[0]):
            change += trace[r] * (values[r, p] - begin[r, p])
        moved = max(moved, abs(change))
        end = max(end, _broken(values, p, populations, kets, real, imaginary))
        start = max(start, _broken(begin, p, populations, kets, real, imaginary))
    return moved, end, start


@njit(cache=True, **_FAST)
def _broken(values, p, populations, kets, real, imaginary):  # type: ignore[no-untyped-def]
    worst = 0.0
    for place in populations:
        worst = max(worst, -values[place, p])
    for q in range(kets.shape[0]):
        one = values[kets[q, 0], p] if kets[q, 0] >= 0 else 0.0
        two = values[kets[q, 1], p] if kets[q, 1] >= 0 else 0.0
        a = values[real[q], p] if real[q] >= 0 else 0.0
        b = values[imaginary[q], p] if imaginary[q] >= 0 else 0.0
        worst = max(worst, a * a + b * b - one * two)
    return worst


_sech = njit(cache=True, error_model="numpy")(sech_coupling)


@njit(cache=True, error_model="numpy")
def sech_out(begin, end, shares, out, linewidth, bandwidth, amplitude):  # type: ignore[no-untyped-def]
    """`amplitude` times `sech_coupling` at shares of a stretch of time, as `Drive.fast` asks for it."""
    for p in range(out.shape[1]):
        first, kappa, rate = begin[p % begin.size], linewidth[p % linewidth.size], bandwidth[p % bandwidth.size]
        length, factor = end[p % end.size] - first, amplitude[p % amplitude.size]
        for k in range(shares.size):
            out[k, p] = factor * _sech(first + length * shares[k], kappa, rate)


@njit(cache=True, error_model="numpy")
def sech_in(begin, end, shares, out, linewidth, bandwidth, amplitude, late):  # type: ignore[no-untyped-def]
    """The same backwards in time, from `late` on."""
    for p in range(out.shape[1]):
        first, kappa, rate = begin[p % begin.size], linewidth[p % linewidth.size], bandwidth[p % bandwidth.size]
        length, factor, back = end[p % end.size] - first, amplitude[p % amplitude.size], late[p % late.size]
        for k in range(shares.size):
            out[k, p] = factor * _sech(back - first - length * shares[k], kappa, rate)


@njit(cache=True, error_model="numpy")
def spread(found, place, out):  # type: ignore[no-untyped-def]
    """Fill `out`, (shares, points), with the column of `found` at each point's place."""
    for k in range(out.shape[0]):
        for p in range(out.shape[1]):
            out[k, p] = found[k, place[p]]


@njit(cache=True, error_model="numpy")
def alike(columns, first, place):  # type: ignore[no-untyped-def]
    """How many points differ in any row of `columns` (rows, points); 0 as soon as they are more than half of all.

    Fills `first` (points,) with where each is first seen, `place` (points,) with the one that each point is like.
    """
    points, count = columns.shape[1], 0
    for p in range(points):
        found = -1
        for k in range(count - 1, -1, -1):
            same = True
            for each in range(columns.shape[0]):
                same = same and columns[each, p] == columns[each, first[k]]
            if same:
                found = k
                break
        if found < 0:
            if 2 * (count + 1) > points:
                return 0
            found, first[count] = count, p
            count += 1
        place[p] = found
    return count
