"""Laws of decay as sums of exponentials: how good, how many, and that they say so themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.engines.chains.exponentials import exponentials
from bellpush.hardware.memory import Decoupled, Dephasing, FixedDelay, Moved, Stretched


def law_of(memory, age=0.0, pauli=1):
    return lambda slots: memory.transfer(age + slots)[..., pauli, pauli]


def value(found, slots, part=0.0):
    weights, _ = found.after(part)
    with np.errstate(under="ignore"):
        return np.exp(slots[:, None] * np.log(found.factors)) @ weights


@given(st.floats(0.3, 10.0), st.floats(0.3, 1e4), st.floats(0.0, 3.0))
@settings(max_examples=8, deadline=None)
def test_a_stretched_exponential_is_as_good_as_it_says_at_every_slot(exponent, time, age):
    memory = Stretched(time=time, exponent=exponent)
    found = exponentials(law_of(memory, age))
    slots = np.concatenate([np.arange(3000.0), np.random.default_rng(1).integers(3000, 10**7, 1000)])
    missed = value(found, slots) - law_of(memory, age)(slots)
    assert np.abs(missed).max() <= found.error
    assert np.all(np.abs(found.factors) <= 1)


@pytest.mark.parametrize(
    ("exponent", "time", "terms", "error"),
    [(0.5, 1000, 40, 1e-11), (1.5, 1000, 25, 5e-12), (2, 1000, 15, 5e-12), (3, 1000, 21, 1e-10), (6, 1000, 35, 1e-7)],
)  # fmt: skip
def test_few_terms_do(exponent, time, terms, error):
    found = exponentials(law_of(Stretched(time=time, exponent=exponent)))
    assert len(found.factors) <= terms
    assert found.error < error


@pytest.mark.parametrize(
    ("memory", "terms"),
    [
        (Dephasing(time=9.0), 1),
        (Decoupled(spacing=1.0, time=50.0, block=7), 7),
        (Decoupled(spacing=0.25, time=50.0, block=12), 3),
        (Decoupled(spacing=1.5, time=50.0, block=3), 9),
    ],
    ids=str,
)
def test_what_repeats_itself_has_one_term_for_every_slot_of_a_period(memory, terms):
    """A block of 4.5 slots repeats itself after nine."""
    found = exponentials(law_of(memory, 0.3))
    assert len(found.factors) == terms
    assert found.error < 1e-13


@pytest.mark.parametrize(
    "memory",
    [
        Moved(into=Dephasing(time=40.0), fidelity=0.9, duration=5.5),
        Moved(into=Stretched(time=40.0, exponent=2), fidelity=0.9, duration=5.5),
        FixedDelay(delay=7.5, efficiency=0.6),
    ],
    ids=str,
)
def test_what_begins_or_ends_at_once_has_more(memory):
    found = exponentials(law_of(memory, 0.3, 1))
    assert found.error < 1e-11


def test_parts_of_a_slot_have_weights_of_their_own_and_an_error():
    memory = Stretched(time=12.0, exponent=1.5)
    found = exponentials(law_of(memory), (0.0, 0.3))
    slots = np.arange(200.0)
    for part, most in ((0.3, 1e-11), (0.77, 1e-9)):
        missed = np.abs(value(found, slots, part) - law_of(memory)(slots + part)).max()
        assert missed <= found.after(part)[1] < most


def test_a_law_that_no_few_exponentials_follow_says_so():
    found = exponentials(law_of(FixedDelay(delay=500.5), 0.0, 0))
    assert found.error > 1e-3
