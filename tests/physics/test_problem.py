"""Problems: where their steps lie, and which of their points are alike."""

from __future__ import annotations

import numpy as np
import pytest

from bellpush.physics.drive import Drive, Segment
from bellpush.physics.open_system import OpenSystem, hamiltonian, jump
from bellpush.physics.operator import local, transition
from bellpush.physics.problem import Problem
from bellpush.physics.sector import reach
from bellpush.physics.tableau import STAGES

TURN = hamiltonian("drive", local((2,), 0, np.array([[0, -1j], [1j, 0]])))
QUBIT = OpenSystem((2,), (TURN, jump("decay", local((2,), 0, transition(2, 0, 1)))))
SECTOR = reach(QUBIT, [np.diag([0.0, 1.0])])


def problem(function, decay=1.0, parameters=()):
    drive = Drive(function, parameters)
    return Problem(SECTOR, {"decay": decay}, [Segment(-1.0, 1.0, {"drive": drive})])


def test_steps_are_equal_where_nothing_drives():
    """A constant equation is everywhere as hard."""
    still = Problem(SECTOR, {"decay": 1.0}, [Segment(0.0, 2.0, {})])
    (cut,) = still.cuts([7])
    assert cut == pytest.approx(np.arange(8) / 7, abs=1e-15)


def test_steps_are_dense_where_the_drive_is_strong():
    """A pulse in the middle: steps there are shorter, mirror images of each other, and fill the whole segment."""
    (cut,) = problem(lambda t: 30 * np.exp(-((t / 0.2) ** 2))).cuts([20])
    lengths = np.diff(cut)
    assert cut[0] == 0
    assert cut[-1] == 1
    assert lengths == pytest.approx(lengths[::-1], abs=1e-12)
    assert lengths[10] < lengths[0] / 5


def test_a_drive_that_is_not_finite_leaves_equal_steps():
    """What is wrong with it is said where it is tabulated."""
    wild = problem(lambda t: t / 0 * t)
    with np.errstate(all="ignore"):
        assert np.diff(wild.cuts([4])[0]) == pytest.approx(0.25)


def test_points_that_are_alike_share_their_drives():
    """A grid of 6 rates by 8 sizes, of which the drive knows the sizes: tabulated as if each point were alone."""
    rates, sizes = (each.ravel() for each in np.meshgrid(np.linspace(1, 2, 6), np.linspace(3, 4, 8), indexing="ij"))
    asked = []

    def wave(t, size):
        asked.append(np.shape(size))
        return size * np.cos(t)

    many = problem(wave, rates, (sizes,))
    lengths, table = many.tabulate([5])
    assert asked[-1] == (8,)
    assert table.shape == (5, STAGES, 1, 48)
    times = -1 + 2 * many.cuts([5])[0][0]
    assert table[0, 0, 0] == pytest.approx(sizes * np.cos(times), abs=1e-14)
    assert lengths.sum(axis=0) == pytest.approx(2.0)
