"""Compiled steps and their derivatives, against plain complex arithmetic and against differences."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.physics.random_systems import RandomSystem

from bellpush.physics.compiled import gradient, stepped
from bellpush.physics.evolve import Problem, Segment, evolve
from bellpush.physics.kernels import LANES, forward, sech_in, sech_out
from bellpush.physics.pulse_sech import sech_coupling
from bellpush.physics.tableau import COUPLINGS, NODES, STAGES, WEIGHTS

seeds = st.integers(0, 2**32 - 1)
ROOT = Path(__file__).parents[2]
TINY = 1e-40


def prepared(seed, dims=(2, 2), points=()):
    """A random system, the problem in its sector, the coordinates it starts from, and a number to read at the end."""
    system = RandomSystem(seed, dims, 0.4, counters=True)
    start = system.start(2)
    sector = system.sector(start)
    row = np.random.default_rng(seed).normal(size=sector.size)
    return system, system.problem(sector, points=points), sector.coordinates(start), row


def varied(problem, constants=(), waves=(), window=(0.0, 0.0)):
    """The problem with numbers added to named constants, to sizes and rates of named drives, to begin and end."""
    segment = problem.segments[0]
    drives = dict(segment.drives)
    for name, more in dict(waves).items():
        added = tuple(p + m for p, m in zip(drives[name].parameters, more, strict=True))
        drives[name] = drives[name]._replace(parameters=added)
    changed = {name: value + dict(constants).get(name, 0.0) for name, value in problem.constants.items()}
    moved = Segment(segment.begin + window[0], segment.end + window[1], drives)
    return Problem(problem.sector, changed, [moved], problem.shape)


def direction(rng, problem):
    """A random change of everything that decides an evolution."""
    constants = {name: rng.normal() for name in problem.constants}
    waves = {name: rng.normal(size=3) for name in problem.segments[0].drives}
    return {"constants": constants, "waves": waves, "window": rng.normal(size=2)}


def scaled(change, factor):
    return {
        "constants": {name: factor * value for name, value in change["constants"].items()},
        "waves": {name: factor * value for name, value in change["waves"].items()},
        "window": factor * change["window"],
    }


def by_hand(problem, y, cut):
    """One point stepped by the tableau with full matrices, in whatever arithmetic the numbers ask for.

    `cut` says where the segment is cut, as shares of its length.
    """
    sector = problem.sector
    full = {}
    for name, matrix in sector.terms.items():
        full[name] = np.zeros((sector.size, sector.size))
        np.add.at(full[name], (matrix.rows, matrix.columns), matrix.values)
    begin, end, drives = problem.segments[0]
    for first, last in pairwise(cut):
        h = (end - begin) * (last - first)
        slopes = []
        for stage in range(STAGES):
            t = begin + (end - begin) * first + h * NODES[stage]
            equation = sum(value * full[name] for name, value in problem.constants.items())
            equation = equation + sum(d.function(t, *d.parameters) * full[name] for name, d in drives.items())
            slopes.append(equation @ (y + h * sum(COUPLINGS[stage, j] * slopes[j] for j in range(stage))))
        y = y + h * sum(weight * slope for weight, slope in zip(WEIGHTS, slopes, strict=True))
    return y


@given(seed=seeds, steps=st.integers(6, 15))
@settings(max_examples=25, deadline=None)
def test_derivatives_are_exact_for_the_steps_taken(seed, steps):
    """The adjoint against the same steps done by hand in complex arithmetic: no difference is taken on either side.

    Along a random change of all constants, drives, beginning, end and start at once. Steps far too long would only
    compare the rounding of large numbers.
    """
    _, problem, start, row = prepared(seed)
    rng = np.random.default_rng(seed)
    change, shift = direction(rng, problem), rng.normal(size=len(start))
    moved = varied(problem, **scaled(change, TINY * 1j))
    end, found = gradient(problem, start, lambda _: row, [steps])
    expected = row @ by_hand(moved, start + TINY * 1j * shift, *problem.cuts([steps]))
    assert row @ end[:, 0] == pytest.approx(expected.real, rel=1e-12, abs=1e-12)
    derivative = found.along(moved.constants, moved.segments, start + TINY * 1j * shift)[0] / TINY
    assert derivative == pytest.approx(expected.imag / TINY, rel=1e-10, abs=1e-11)


@pytest.mark.parametrize("what", ["constants", "waves", "window", "start"])
def test_derivatives_are_those_of_the_evolution(what):
    """Central differences of evolutions to 1e-13, for constants, drives, window and start each alone."""
    _, problem, start, row = prepared(8, (2, 3))
    rng = np.random.default_rng(3)
    change = direction(rng, problem)
    nothing = {"constants": {}, "waves": {}, "window": np.zeros(2)}
    change = nothing | {what: change[what]} if what != "start" else nothing
    shift = rng.normal(size=len(start)) if what == "start" else np.zeros(len(start))
    counts = evolve(problem, start, 1e-12).counts
    _, by = gradient(problem, start, lambda _: row, counts)
    moved = varied(problem, **scaled(change, TINY * 1j))
    found = by.along(moved.constants, moved.segments, start + TINY * 1j * shift)[0] / TINY

    def at(h):
        return row @ by_hand(varied(problem, **scaled(change, h)), start + h * shift, *problem.cuts(counts))

    expected = (at(1e-4) - at(-1e-4)) / 2e-4
    assert abs(expected) > 1e-3
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_derivative_may_start_from_what_came_out():
    """The derivative of a square: `slope` sees the end. Against the chain rule and a derivative of the number alone."""
    _, problem, start, row = prepared(5, points=np.linspace(0.1, 2.0, 11))
    counts = [15]
    end, by = gradient(problem, start, lambda end: 2 * row[:, None] * (row @ end), counts)
    _, plain = gradient(problem, start, lambda _: row, counts)
    assert by.by_constants == pytest.approx(2 * (row @ end) * plain.by_constants, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("points", [1, 3, 4, 8, 9, 17, 67])
def test_a_point_does_not_feel_its_neighbours(points):
    """Eight or sixteen go abreast, the last group filled up: each point, its derivatives too, is as if alone."""
    values = np.linspace(0.1, 2.0, points)
    system, problem, start, row = prepared(11, (2, 3), values)
    begin = problem.coordinates(start)
    together, errors = stepped(problem, begin, [20])
    _, slopes = gradient(problem, start, lambda _: row, [20])
    assert together.shape == (problem.sector.size, points)
    assert errors.shape == (points,)
    for place, value in enumerate(values):
        single = system.problem(problem.sector, points=[value])
        single.__dict__["kept_paces"] = problem.paces()  # the same steps
        alone, error = stepped(single, start[:, None], [20])
        _, slope = gradient(single, start, lambda _: row, [20])
        assert together[:, place] == pytest.approx(alone[:, 0], abs=1e-13)
        assert errors[place] == pytest.approx(error[0], rel=1e-6, abs=1e-13)
        assert slopes.by_start[:, place] == pytest.approx(slope.by_start[:, 0], abs=1e-12)
        assert slopes.by_table[..., place] == pytest.approx(slope.by_table[..., 0], abs=1e-12)
        assert slopes.by_constants[:, place] == pytest.approx(slope.by_constants[:, 0], abs=1e-12)


def test_a_point_that_overflows_leaves_its_neighbours_alone():
    """One of eight abreast explodes; its estimate says so, and the other seven are those of a calm group."""
    values = np.linspace(0.1, 2.0, LANES)
    _, calm, start, _ = prepared(11, (2, 3), values)
    wild = values.copy()
    wild[3] = 1e60
    _, problem, _, _ = prepared(11, (2, 3), wild)
    problem.__dict__["kept_paces"] = calm.paces()  # the same steps
    expected, _ = stepped(calm, calm.coordinates(start), [20])
    found, errors = stepped(problem, problem.coordinates(start), [20])
    others = np.arange(LANES) != 3
    assert found[:, others] == pytest.approx(expected[:, others], abs=1e-14)
    assert np.isfinite(errors[others]).all()
    assert not errors[3] < 1e100


@pytest.mark.parametrize("bandwidth", [0.3, 0.999, 1.0])
def test_compiled_drives_are_the_plain_ones(bandwidth):
    """numba and numpy from one source, from deep in the tails to the peak and at the largest bandwidth."""
    begin, end, shares = np.array([-400.0]), np.array([400.0, 300.0]), np.linspace(0, 1, 4001)
    t = begin + (end - begin) * shares[:, None]
    linewidth, rate, amplitude, late = (np.array([one]) for one in (1.0, bandwidth, 1.1, 2.5))
    out = np.empty(t.shape)
    sech_out(begin, end, shares, out, linewidth, rate, amplitude)
    assert out == pytest.approx(1.1 * sech_coupling(t, 1.0, bandwidth), rel=1e-12, abs=1e-300)
    sech_in(begin, end, shares, out, linewidth, rate, amplitude, late)
    assert out == pytest.approx(1.1 * sech_coupling(2.5 - t, 1.0, bandwidth), rel=1e-12, abs=1e-300)


SCRIPT = """
import numpy as np
from tests.physics.test_kernels import prepared
from bellpush.physics.compiled import gradient, stepped
_, problem, start, row = prepared(7, points=np.linspace(0.1, 2, 9))
values, error = stepped(problem, problem.coordinates(start), [3])
_, by = gradient(problem, start, lambda _: row, [3])
from numba import config
print(bool(config.DISABLE_JIT))
for each in (*values.ravel(), *by.by_start.ravel(), *by.by_steps.ravel()):
    print(each.hex())
"""


def test_the_kernels_are_plain_python_when_asked():
    """`NUMBA_DISABLE_JIT=1` is for debuggers: the same functions, the same numbers to rounding."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    disabled, *numbers = done.stdout.split()
    assert disabled == "True"
    _, problem, start, row = prepared(7, points=np.linspace(0.1, 2, 9))
    values, _ = stepped(problem, problem.coordinates(start), [3])
    _, by = gradient(problem, start, lambda _: row, [3])
    expected = np.concatenate([values.ravel(), by.by_start.ravel(), by.by_steps.ravel()])
    assert [float.fromhex(number) for number in numbers] == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_a_kernel_is_made_once():
    """Compiling takes seconds; asking again must not."""
    assert forward(LANES) is forward(LANES)
