"""Laws of decay as small linear systems: how good, how small, and that they say so themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bellpush.engines.chains.systems import system
from bellpush.hardware.memory import Decoupled, Dephasing, FixedDelay, Moved, Stretched


def law_of(memory, age=0.0, pauli=1):
    return lambda slots: memory.transfer(age + slots)[..., pauli, pauli]


@example(3.0, 2.0, 0.0)  # all is lost in seven slots, where a system may ring on
@given(st.floats(0.4, 10.0), st.floats(0.3, 1e4), st.floats(0.0, 3.0))
@settings(max_examples=8, deadline=None)
def test_a_stretched_exponential_is_as_good_as_it_says_at_every_slot(exponent, time, age):
    memory = Stretched(time=time, exponent=exponent)
    found = system(law_of(memory, age))
    slots = np.concatenate([np.arange(3000), np.random.default_rng(1).integers(3000, 10**7, 1000)])
    missed = found.read @ found.states(slots) - law_of(memory, age)(slots)
    assert np.abs(missed).max() <= found.error < 1e-9
    assert np.linalg.norm(found.read) * np.linalg.norm(found.start) < 6  # nothing cancels


@pytest.mark.parametrize(
    ("exponent", "time", "size"),
    [(0.5, 1000, 36), (1.5, 1000, 23), (2, 1000, 13), (3, 1000, 20), (6, 1000, 34), (10, 40, 48)],
)
def test_few_numbers_do(exponent, time, size):
    found = system(law_of(Stretched(time=time, exponent=exponent)))
    assert found.size <= size
    assert found.error < 1e-11


@pytest.mark.parametrize(
    ("memory", "size"),
    [
        (Dephasing(time=9.0), 1),
        (Decoupled(spacing=1.0, time=50.0, block=7), 7),
        (Decoupled(spacing=0.25, time=50.0, block=12), 3),
        (Decoupled(spacing=1.5, time=50.0, block=3), 9),
        (Moved(into=Dephasing(time=40.0), fidelity=0.9, duration=5.5), 7),
        (FixedDelay(delay=7.5, efficiency=0.6), 8),
    ],
    ids=lambda given: getattr(given, "kind", given),
)
def test_what_repeats_itself_or_ends_has_a_number_for_every_slot_until_then(memory, size):
    """A block of 4.5 slots repeats itself after nine."""
    found = system(law_of(memory, 0.3))
    assert found.size == size
    assert found.error < 1e-13


def test_parts_of_a_slot_are_read_in_a_way_of_their_own_and_with_an_error():
    memory = Stretched(time=12.0, exponent=1.5)
    found = system(law_of(memory), (0.0, 0.3))
    slots = np.arange(200)
    for part, most in ((0.3, 1e-11), (0.77, 1e-9)):
        read, error = found.after(part)
        assert np.abs(read @ found.states(slots) - law_of(memory)(slots + part)).max() <= error < most


def test_what_lasts_too_long_is_described_for_as_long_as_anybody_asks():
    law = law_of(Stretched(time=1e5, exponent=0.3))
    found = system(law, longest=1000)
    slots = np.arange(1001)
    assert np.abs(found.read @ found.states(slots) - law(slots)).max() <= found.error < 1e-11


def test_a_law_that_no_few_numbers_follow_says_so():
    assert system(law_of(FixedDelay(delay=500.5), 0.0, 0)).error > 1e-3
