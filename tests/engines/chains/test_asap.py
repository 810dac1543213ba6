"""Swaps without failure, as soon as possible: exponentials, slots and subsets against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.engines.chains import asap
from bellpush.engines.chains.order import all_ready
from bellpush.engines.chains.subset import subset_chain

X100 = np.exp(-1 / 100)


@pytest.mark.parametrize(
    ("links", "p", "coherence", "expected", "tolerance"),
    [
        (2, 0.1, 100, 0.9134829944005319, 1e-11),
        (3, 0.1, 100, 0.8364636592407946, 1e-9),
        (5, 0.1, 100, 0.7014562056664342, 1e-9),
        (10, 0.1, 100, 0.451738891827622, 1e-9),
        (25, 0.1, 1000, 0.7980252868168236, 1e-9),
        (100, 0.1, 1000, 0.3943290624445104, 1e-9),
        (400, 0.05, 5000, 0.21223738320773433, 1e-9),
    ],
)
def test_equal_links(links, p, coherence, expected, tolerance):
    """The problem of Kamin et al., Phys. Rev. Research 5, 023086 (2023), and Goodenough, Coopmans and Towsley,
    arXiv:2404.07146: the mean of exp(-sum |T_i - T_(i+1)|/T). Values from arithmetic with 60 digits."""
    value, bound = asap.by_deadline([p] * links, np.full(links - 1, np.exp(-1 / coherence)))
    assert value[0] == pytest.approx(expected, rel=tolerance)
    assert abs(value[0] - expected) <= bound[0] + 1e-13


def test_two_links_in_closed_form():
    p, q = 0.1, 0.9
    assert asap.by_deadline([p, p], [X100])[0] == pytest.approx(
        p / (2 - p) * (1 + q * X100) / (1 - q * X100), rel=1e-12
    )


def test_unequal_links():
    value = asap.by_deadline([0.1, 0.05, 0.2, 0.15], np.full(3, X100))[0]
    assert value == pytest.approx(0.7164618892851392, rel=1e-9)


def test_by_a_deadline():
    """P(all by 40) and the mean decay given that."""
    ready = all_ready([0.1] * 5, 40)
    assert ready == pytest.approx(0.9282482757879598, rel=1e-9)
    assert asap.by_deadline([0.1] * 5, np.full(4, X100), 40)[0] / ready == pytest.approx(0.7218681665276642, rel=1e-9)


chances = st.one_of(st.floats(0.03, 0.97), st.sampled_from([1.0, 0.5, 0.1]))
keeping = st.one_of(st.floats(0.0, 1.0), st.sampled_from([1.0, 0.9, 0.5, 0.0]))


@given(st.data())
@settings(deadline=None, max_examples=80)
def test_exponentials_and_slots_agree(data):
    """Unequal links and nodes, ends that decay or not, by any deadline; decays that meet a chance to fail too."""
    n = data.draw(st.integers(2, 7))
    p = np.array(data.draw(st.lists(chances, min_size=n, max_size=n)))
    x = np.array(data.draw(st.lists(keeping, min_size=n - 1, max_size=n - 1)))
    left, right = data.draw(keeping), data.draw(keeping)
    limit = np.array([data.draw(st.integers(0, 60)), np.inf])
    found, bound = asap.by_deadline(p, x, limit, left, right)
    swept = asap.sweep(asap._masses(p, limit), x, limit, left, right)
    assert np.all(bound <= asap.GOOD)
    assert found == pytest.approx(swept, abs=1e-11)


@given(st.data())
@settings(deadline=None, max_examples=30)
def test_the_mean_of_subsets_agrees(data):
    """Mean time and decay by the 2^n subsets of links, with ends that decay."""
    n = data.draw(st.integers(2, 6))
    p = np.array(data.draw(st.lists(st.floats(0.05, 1.0), min_size=n, max_size=n)))
    keeps = np.array([[1.0] * (n + 1), data.draw(st.lists(st.floats(0.3, 1.0), min_size=n + 1, max_size=n + 1))])
    _, rows = subset_chain(p, np.ones((2, n)), keeps)
    value, bound = asap.mean(p, keeps[1, 1:n], keeps[1, 0], keeps[1, n])
    assert abs(value - rows[1]) <= bound + 1e-10
    assert rows[0] == pytest.approx(1, rel=1e-11)


def test_all_correlations_at_once():
    """Rows as a leading axis, each with its own factors; one that keeps everything stays 1."""
    rows = np.array([np.ones(3), np.full(3, 0.99), [0.9, 0.95, 1.0]])
    ends = np.array([1.0, 0.98, 1.0])
    value, _ = asap.mean([0.1, 0.3, 0.2, 0.1], rows, ends, ends)
    for row, end, found in zip(rows, ends, value, strict=True):
        assert found == pytest.approx(asap.mean([0.1, 0.3, 0.2, 0.1], row, end, end)[0], abs=1e-11)
    assert value[0] == pytest.approx(1, rel=1e-12)


def test_slot_by_slot_the_law_adds_up():
    """The rows of every completion slot sum to the mean, and the first to the chance of each slot."""
    p, x = [0.3, 0.2, 0.4], np.array([[1.0, 1.0], [0.97, 0.9]])
    slots = np.arange(0, 250)
    rows = asap.in_slot(p, x, slots, np.array([1.0, 0.99]), np.array([1.0, 0.95]))
    assert rows.sum(axis=-1) == pytest.approx(asap.mean(p, x, np.array([1, 0.99]), np.array([1, 0.95]))[0], abs=1e-10)
    ready = all_ready(p, slots)
    assert rows[0, 1:] == pytest.approx(np.diff(ready), abs=1e-13)


def test_where_two_exponentials_meet_slots_are_summed():
    """A factor equal to a chance to fail divides by zero in the exponentials."""
    for gap in (0.0, 1e-12, 1e-8, 1e-4):
        x = np.full(5, 0.9 * (1 + gap))
        swept = asap.sweep(asap._masses(np.full(6, 0.1), np.array([np.inf])), x, np.inf)
        value, bound = asap.by_deadline(np.full(6, 0.1), x)
        assert value == pytest.approx(swept, abs=1e-12)
        assert bound < 1e-11


def test_hundreds_of_unequal_links_agree_with_slots():
    rng = np.random.default_rng(4)
    p, x = rng.uniform(0.05, 0.3, 300), np.exp(-1 / rng.uniform(100, 5000, 299))
    value, bound = asap.by_deadline(p, x)
    assert value == pytest.approx(asap.sweep(asap._masses(p, np.array([np.inf])), x, np.inf), rel=1e-11)
    assert bound < 1e-11


def test_the_number_of_factors_is_checked():
    with pytest.raises(ValueError, match=r"`between` must have a factor for each of the 2 inner nodes"):
        asap.by_deadline([0.1] * 3, [0.9])


def test_a_batch_of_chains_is_each_of_them():
    """Success, memories and ends as leading axes; one member has exponentials that meet."""
    p = np.array([[0.1, 0.2, 0.3], [0.5, 0.5, 0.5], [0.5, 1.0, 0.2]])
    x = np.array([[0.99, 0.95], [0.5, 0.5], [0.3, 0.8]])
    left = np.array([0.98, 1.0, 0.7])
    values, _ = asap.by_deadline(p, x, [5, 40, np.inf], left)
    means, _ = asap.mean(p, x, left, 0.99)
    for k in range(3):
        assert values[k] == pytest.approx(asap.by_deadline(p[k], x[k], [5, 40, np.inf], left[k])[0], abs=1e-12)
        assert means[k] == pytest.approx(asap.mean(p[k], x[k], left[k], 0.99)[0], abs=1e-12)
    many, _ = asap.by_deadline(np.linspace(0.05, 0.9, 1000)[:, None] * np.ones(5), np.full(4, 0.97))
    assert many.shape == (1000, 1)
    assert many[0] == pytest.approx(asap.by_deadline([0.05] * 5, np.full(4, 0.97))[0], rel=1e-12)
