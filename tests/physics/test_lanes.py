"""Instructions for several points at once, against the same in numpy."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from bellpush.physics import lanes as module
from bellpush.physics.lanes import add, drive, finish, row, stage
from bellpush.physics.tableau import STAGES


def arrays(seed, lanes, rows=5):
    """Vectors of a few rows, each of so many lanes."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=rows * lanes) for _ in range(4)]


def both(compiled, plain, given):
    """What the compiled function and the plain one leave in copies of the same arrays."""
    left = []
    for function in (compiled, plain):
        copies = [one.copy() for one in given]
        function(*copies)
        left.append(copies)
    return left


@pytest.mark.parametrize("lanes", [1, 4, 8])
def test_products_are_those_of_numpy(lanes):
    """A row with its diagonal and two entries, an entry, an entry that a drive multiplies; nothing else is touched."""

    @njit
    def work(out, diagonal, z, values):
        row(out, 2 * lanes, diagonal, z, values, 0, lanes, 3 * lanes, 4 * lanes, lanes)
        add(out, lanes, values, 2 * lanes, z, 0, lanes)
        drive(out, 4 * lanes, 0.7, values, lanes, z, 3 * lanes, lanes)

    def plain(out, diagonal, z, values):
        module._plain_row(out, 2 * lanes, diagonal, z, values, 0, lanes, 3 * lanes, 4 * lanes, lanes)
        module._plain_add(out, lanes, values, 2 * lanes, z, 0, lanes)
        module._plain_drive(out, 4 * lanes, 0.7, values, lanes, z, 3 * lanes, lanes)

    found, expected = both(work, plain, arrays(1, lanes))
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-14, abs=1e-15)
    assert found[0][:lanes] == pytest.approx(arrays(1, lanes)[0][:lanes], abs=0)


@pytest.mark.parametrize("lanes", [4, 8])
def test_stages_and_steps_are_those_of_the_table(lanes):
    """Every stage of the method, and the end of a step with its two estimates."""
    width = 3 * lanes
    rng = np.random.default_rng(2)
    given = [np.zeros((STAGES, width)), rng.normal(size=width), rng.normal(size=width), rng.normal(size=STAGES * width)]
    given += [np.zeros(width), np.zeros(width)]

    @njit
    def work(z, y, h, k, five, three):
        for i in range(STAGES):
            stage(i, z[i], y, h, k, width, lanes)
        finish(y, h, k, five, three, width, lanes)

    def plain(z, y, h, k, five, three):
        for i in range(STAGES):
            module._plain_stage(i, z[i], y, h, k, width, lanes)
        module._plain_finish(y, h, k, five, three, width, lanes)

    found, expected = both(work, plain, given)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-12, abs=1e-12)
