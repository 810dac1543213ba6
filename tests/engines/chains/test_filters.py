"""Filters over waiting times against sums term by term."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.engines.chains.filters import delayed, one_pole, waiting

factors = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 1e-300, 1 - 1e-12]))
values = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(values, factors)
@settings(deadline=None)
def test_the_filter_is_the_recursion(given_values, factor):
    total, expected = 0.0, []
    for value in given_values:
        total = factor * total + value
        expected.append(total)
    assert one_pole(given_values, factor) == pytest.approx(expected, rel=1e-13, abs=1e-40)


@given(values, factors, st.integers(0, 70))
@settings(deadline=None)
def test_waiting_is_the_sum_over_those_who_came(given_values, factor, limit):
    u = np.array(given_values)
    expected = [sum(factor**j * u[t - j] for j in range(1, min(limit, t) + 1)) for t in range(len(u))]
    assert waiting(u, factor, limit) == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_each_member_of_a_batch_has_its_own_limit():
    rng = np.random.default_rng(1)
    u, limits = rng.random((3, 2, 50)), np.array([0, 7, 200])
    found = waiting(u, np.array([1.0, 0.9]), limits[:, None, None])
    for b, limit in enumerate(limits):
        assert found[b] == pytest.approx(waiting(u[b], np.array([1.0, 0.9]), int(limit)), rel=1e-13, abs=1e-15)


def test_each_slot_has_its_own_limit():
    """A cut-off by fidelity: what came worse waits shorter."""
    rng = np.random.default_rng(2)
    u, limit = rng.random(40), rng.integers(0, 12, 40)
    expected = [sum(0.8 ** (t - s) * u[s] for s in range(t) if t - s <= limit[s]) for t in range(40)]
    assert waiting(u, 0.8, limit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("forever", [2**62, 2**63 - 1, 10**6])
def test_a_huge_limit_is_none(forever):
    """No cut-off written as a huge number once became -2^63 in floating point, and cut everything."""
    u = np.random.default_rng(3).random(100)
    assert np.array_equal(waiting(u, 0.99, forever), waiting(u, 0.99))
    assert waiting(u, 0.99, np.full(100, forever)) == pytest.approx(waiting(u, 0.99), rel=1e-15)


def test_short_memories_do_not_overflow():
    """3000 slots and a coherence time of a hundredth of a slot: exp(+t/T) would be infinite."""
    u = np.full(3000, 1e-3)
    found = waiting(u, np.exp(-100.0))
    assert np.all(np.isfinite(found))
    assert found[-1] == pytest.approx(1e-3 * np.exp(-100.0) / (1 - np.exp(-100.0)), rel=1e-12)


def test_complex_factors_turn():
    assert one_pole([1.0, 0, 0, 0], 1j) == pytest.approx(np.array([1, 1j, -1, -1j]))


def test_what_is_moved_beyond_the_end_is_dropped():
    assert delayed([1.0, 2.0, 3.0], 2).tolist() == [0.0, 0.0, 1.0]
    assert delayed([1.0, 2.0, 3.0], 5).tolist() == [0.0, 0.0, 0.0]
