"""Tables of drives: alike points are found, and filling them once is filling them all."""

import numpy as np
import pytest

from bellpush.physics.drive import Drive, Placed, distinct


@pytest.mark.parametrize("points", [4, 40])
def test_what_is_distinct_is_found_again(points):
    """Every point is like the one chosen for it, or all are taken where few are alike."""
    rng = np.random.default_rng(points)
    columns = [rng.integers(0, 2, points).astype(float), np.ones(1), rng.integers(0, 3, points).astype(float)]
    chosen, place = distinct(columns)
    if place is None:
        assert points <= 16
        return
    assert len(chosen) <= 6
    for column in columns:
        if column.size > 1:
            assert np.array_equal(column[chosen][place], column)


def test_points_that_are_alike_are_filled_from_one():
    """Every point of a table as if it stood alone, where many are alike and where none are."""
    shares = np.array([0.0, 0.3, 1.0])
    begin, ends = np.array([-1.0]), np.repeat([1.0, 2.0], 20)
    for rates, end in (
        (np.tile([0.5, 0.7], 20), ends),
        (np.linspace(0.5, 0.9, 40), ends),
        (np.array([0.5]), np.array([2.0])),
    ):
        out = np.empty((3, 40))
        Placed(0, Drive(lambda t, rate: np.exp(rate * t)), [rates]).fill(begin, end, shares, out, fast=False)
        expected = np.broadcast_to(np.exp(rates * (-1 + (end + 1) * shares[:, None])), out.shape)
        assert out == pytest.approx(expected, rel=1e-14)
