"""Tables of drives: alike points are found, and filling them once is filling them all."""

import numpy as np
import pytest

from bellpush.physics.drive import Drive, Placed, distinct


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("points", [4, 40, 1500])
def test_what_is_distinct_is_found_again(points, fast):
    """Every point is like the one chosen for it, or all are taken where few are alike; sorted or compared."""
    rng = np.random.default_rng(points)
    columns = [rng.integers(0, 2, points).astype(float), np.ones(1), rng.integers(0, 3, points).astype(float)]
    chosen, place = distinct(columns, fast)
    if place is None:
        assert points <= 16
        return
    assert len(chosen) <= 6
    for column in columns:
        if column.size > 1:
            assert np.array_equal(column[chosen][place], column)


@pytest.mark.parametrize("fast", [False, True])
def test_points_that_mostly_differ_are_not_gathered(fast):
    """Half as many that differ as points is where it stops to pay."""
    for count, gathered in ((20, True), (21, False)):
        _, place = distinct([np.arange(40.0) % count], fast)
        assert (place is not None) is gathered


def test_points_that_are_alike_are_filled_from_one():
    """Every point of a table as if it stood alone, where many are alike and where none are."""
    shares = np.array([0.0, 0.3, 1.0])
    begin, ends = np.array([-1.0]), np.repeat([1.0, 2.0], 20)
    for rates, end in (
        (np.tile([0.5, 0.7], 20), ends),
        (np.linspace(0.5, 0.9, 40), ends),
        (np.array([0.5]), np.array([2.0])),
    ):
        for fast in (False, True):
            out = np.empty((3, 40))
            Placed(0, Drive(lambda t, rate: np.exp(rate * t)), [rates]).fill(begin, end, shares, out, fast)
            expected = np.broadcast_to(np.exp(rates * (-1 + (end + 1) * shares[:, None])), out.shape)
            assert out == pytest.approx(expected, rel=1e-14)
