"""When a pair is handed over: means and quantiles of waiting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.delivery.times import AtEdge, Geometric, mean_attempts


@given(st.one_of(st.floats(1e-9, 1), st.just(1.0)), st.integers(1, 300))
@settings(deadline=None)
def test_mean_of_a_cut_geometric_is_the_plain_sum(p, n):
    """The two terms of the closed form cancel when successes are rare; what is used must not."""
    k = np.arange(1, n + 1)
    weights = p * (1 - p) ** (k - 1.0)
    assert mean_attempts(p, n) == pytest.approx(float((weights * k).sum() / weights.sum()), rel=1e-11)


def test_mean_where_the_series_takes_over():
    """Both forms meet at their border."""
    p = 1e-6
    for n in (9_990, 10_010):
        k = np.arange(1, n + 1)
        weights = np.exp(np.log1p(-p) * (k - 1.0))
        assert mean_attempts(p, n) == pytest.approx(float((weights * k).sum() / weights.sum()), rel=1e-12)


@given(st.floats(1e-4, 1), st.floats(0.001, 0.999))
def test_a_quantile_is_the_first_attempt_that_reaches_it(p, level):
    """Never one attempt early, never one late."""
    times = Geometric(p, 1.0)
    found = times.quantile(level).value
    assert times.by(found).value >= level * (1 - 1e-12)
    assert times.by(found - 0.5).value < level


def test_quantiles_beyond_what_is_delivered_do_not_exist():
    """A deadline that half of the presses miss has no 90 % latency, and says why."""
    times = Geometric(0.1, 1.0, attempts=5)
    assert times.quantile(0.4).value == 5.0
    beyond = times.quantile(0.9)
    assert beyond.value is None
    assert "0.40951" in beyond.why


def test_nothing_is_delivered_before_the_edge():
    """At a clock, time passes until the tick."""
    times = AtEdge(0.1, 0.8)
    assert times.by(0.0999).value == 0
    assert times.by(0.1).value == 0.8
    assert times.quantile(0.99).value == 0.1


def test_deadlines_count_attempts_that_fit_to_rounding():
    """20 us hold one attempt of 20 us, whatever the last bit says."""
    assert Geometric(0.5, 2e-5, attempts=1).by(2e-5).value == 0.5
    assert Geometric(0.5, 0.1).by(0.3).value == pytest.approx(0.875)
