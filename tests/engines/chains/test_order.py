"""The first, the k-th and the last of many links."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.engines.chains.order import (
    all_ready,
    mean_of_all,
    mean_of_first,
    mean_of_kth,
    mean_of_last_exponential,
)


@pytest.mark.parametrize(
    ("success", "expected", "tolerance"),
    [
        ([0.1], 10.0, 1e-12),
        ([0.1] * 2, 14.736842105263158, 1e-12),
        ([0.1] * 4, 20.27337819176389, 1e-10),
        ([0.001] * 1024, 7505.920458364275, 1e-9),
        ([0.1, 0.05, 0.2, 0.15], 24.294367568043132, 1e-10),
        ([0.1] * 10, 28.299486702216498, 1e-9),
    ],
)
def test_the_last_of_n_links(success, expected, tolerance):
    """Bernardes, Praxmeyer and van Loock, Phys. Rev. A 83, 012323 (2011); the values by inclusion and exclusion or,
    for 1024 links, where that loses everything, by plain summation."""
    value, bound = mean_of_all(success)
    assert value == pytest.approx(expected, rel=tolerance)
    assert bound < 1e-10 * value


@given(st.lists(st.floats(0.02, 1.0), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_inclusion_and_exclusion_agrees_for_few_links(success):
    q = 1 - np.array(success)
    expected = sum(
        (-1) ** (k + 1) / (1 - np.prod(chosen)) for k in range(1, len(q) + 1) for chosen in combinations(q, k)
    )
    value, bound = mean_of_all(success)
    assert abs(value - expected) <= bound + 1e-11 * expected


def test_unlikely_links_cost_no_more():
    """p = 1e-9: the sum has 1e11 terms; the harmonic number over the rate is the limit."""
    value, bound = mean_of_all([1e-9] * 5)
    assert value == pytest.approx(mean_of_last_exponential(5) / 1e-9, rel=2e-9)
    assert bound < 1e-9 * value


def test_the_first_and_the_kth():
    assert mean_of_first([0.1] * 4) == pytest.approx(2.907822041291073, rel=1e-12)
    assert mean_of_kth(0.1, 5, 3)[0] == pytest.approx(7.93469524252, rel=1e-9)
    assert mean_of_kth(0.1, 4, 1)[0] == pytest.approx(mean_of_first([0.1] * 4), rel=1e-12)
    assert mean_of_kth(0.1, 4, 4)[0] == pytest.approx(mean_of_all([0.1] * 4)[0], rel=1e-12)
    assert mean_of_kth(1.0, 4, 2)[0] == 1.0


def test_continuous_time_is_the_harmonic_number():
    assert mean_of_last_exponential(10) == pytest.approx(2.9289682539682538, rel=1e-12)


def test_without_memories_everything_must_come_at_once():
    """What falls exponentially and what does not: all ten links in one attempt, or each kept when made."""
    assert all_ready([0.1] * 10, 1) == pytest.approx(1e-10, rel=1e-9)
    assert 1 / all_ready([0.1] * 10, 1) == pytest.approx(1e10, rel=1e-9)
    assert mean_of_all([0.1] * 10)[0] == pytest.approx(28.299486702216498, rel=1e-9)


def test_all_links_at_a_preset_time():
    assert all_ready([0.01] * 8, 500) == pytest.approx(0.948629175634, rel=1e-10)
    assert all_ready([0.3, 1.0], [0, 1, 2]) == pytest.approx([0, 0.3, 0.51], rel=1e-12)


def test_many_modes_are_one_link_with_more_success():
    """Collins et al., Phys. Rev. Lett. 98, 060502 (2007), the simplest case: two links of 20 modes each."""
    effective = -np.expm1(20 * np.log1p(-0.01))
    assert mean_of_all([effective] * 2)[0] / 0.5 == pytest.approx(15.925009079621331, rel=1e-10)
