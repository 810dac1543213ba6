"""Sums over attempts: closed forms against plain sums, the quadrature against both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.engines.sums import first_kept, newest_kept, smooth_sum

chances = st.one_of(st.floats(1e-6, 1), st.sampled_from([1e-12, 0.5, 1.0]))


@given(chances, st.integers(1, 400), st.one_of(st.floats(0, 5), st.sampled_from([0.0, 1e-9, 700.0])))
@settings(deadline=None)
def test_first_kept_is_the_plain_sum(p, n, decay):
    """The form used must not cancel where p and the decay are close, both tiny, or one of them huge."""
    k = np.arange(1, n + 1)
    plain = float(np.sum(p * (1 - p) ** (k - 1.0) * np.exp(-decay * (n - k))))
    assert first_kept(p, n, decay) == pytest.approx(plain, rel=1e-12, abs=1e-300)


def test_first_kept_where_both_rates_are_equal():
    """x = q: the limit N p q^(N-1), reached without dividing by zero."""
    p = 1e-4
    assert first_kept(p, 10_000, -np.log1p(-p)) == pytest.approx(10_000 * p * (1 - p) ** 9_999, rel=1e-12)


@given(chances, st.integers(1, 400), st.floats(0, 5), st.floats(-1, 1))
@settings(deadline=None)
def test_newest_kept_is_the_plain_sum(p, n, decay, factor):
    """Also for factors below zero, where further attempts flip the phase more often than not."""
    j = np.arange(n)
    plain = float(np.sum(p * (1 - p) ** j * factor**j * np.exp(-decay * j)))
    assert newest_kept(p, n, decay, factor) == pytest.approx(plain, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 1000, 12_345, 1_000_003])
@pytest.mark.parametrize("exponent", [0.3, 1.0, 2.0, 7.3])
@pytest.mark.parametrize("scale", [0.7, 300.0, 1e5])
def test_smooth_sum_is_the_plain_sum(count, exponent, scale):
    """Within the bound it states, and to 1e-12, from a single term to a million."""
    p = 3e-4

    def term(j):
        return p * np.exp(-p * (count - 1 - j)) * np.exp(-(((j + 0.4) / scale) ** exponent))

    plain = float(term(np.arange(count, dtype=float)).sum())
    found, bound = smooth_sum(term, count)
    assert abs(found - plain) <= bound + 1e-12 * abs(plain)
    assert bound < 1e-11


def test_smooth_sum_does_not_pay_by_the_term():
    """A billion attempts cost a few thousand evaluations; the closed form is the witness."""
    calls = []
    count, p, decay = 10**9, 1e-8, 1e-7

    def term(j):
        calls.append(len(j))
        return p * np.exp(np.log1p(-p) * (count - 1 - j) - decay * j)

    found, bound = smooth_sum(term, count)
    assert found == pytest.approx(first_kept(p, count, decay), rel=1e-11)
    assert bound < 1e-11
    assert sum(calls) < 50_000
