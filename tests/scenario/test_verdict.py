"""The verdict: on demand or not, and the reason in one sentence."""

from __future__ import annotations

import pytest
from tests.scenario.files import but, saved

import bellpush


@pytest.fixture
def answer(tmp_path):
    """The answer to the good scenario with pieces of its text replaced."""

    def ask(*changes):
        return bellpush.run(saved(tmp_path, but(*changes)))["clocked"]

    return ask


BRIGHT = ("1.0e-3", "0.5")
LASTING = ("{kind: t1-t2, t1: 5 ms, t2: 8 ms}", "{kind: perfect}")


def test_on_demand_means_better_than_any_separable_state_unless_more_is_asked(answer):
    """0.5 is what two parties reach with classical messages alone; an application may need more."""
    fidelity = answer(BRIGHT, LASTING).fidelity.value
    assert 0.5 < fidelity < 0.99
    assert answer(BRIGHT, LASTING).on_demand is True
    assert answer(BRIGHT, LASTING, ("clocked\n", "clocked\n    min_fidelity: 0.99\n")).on_demand is False


def test_a_fallback_must_be_beaten_too(answer):
    """Handing over what lay there anyway, with a low bar, would make every link on demand."""
    low = ("clocked\n", "clocked\n    min_fidelity: 0.1\n")
    verdict = answer(low, ("1.0e-3", "1.0e-12"), ("mixed", '"01"')).verdict
    assert verdict.on_demand is False
    assert "does not exceed the fallback's own 0.5" in verdict.why


def test_nothing_is_judged_where_no_time_is_promised(answer):
    """As soon as possible is not on demand, however good the pair."""
    verdict = answer(("{kind: clocked, period: 100 ms, fallback: mixed}", "{kind: heralded}")).verdict
    assert verdict.on_demand is None
    assert "no time is promised" in verdict.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([("100 ms", "1 us")], "no attempt of 5.5 us fits into 1 us"),
        ([("1.0e-3", "0")], "no attempt ever succeeds"),
        ([("population: 0.1", "population: 0.6")], "even a fresh pair has only"),
        ([BRIGHT, ("100 ms", "1 s")], "storage takes too much"),
        ([LASTING, ("1.0e-3", "1.0e-9")], "of the presses get a pair"),
    ],
)
def test_a_no_comes_with_what_stands_in_the_way(answer, changes, why):
    """The reason says what to work on: the clock, the source, the memory or the rate."""
    verdict = answer(*changes).verdict
    assert verdict.on_demand is False
    assert why in verdict.why


def test_a_pair_that_has_left_its_qubits_altogether_is_not_on_demand():
    """After a thousand lifetimes there is nothing of which a fidelity could be told."""
    scheme = {"kind": "parametric", "attempt_duration": "1 ms", "success_probability": 1,
              "state": {"kind": "werner", "fidelity": 0.9}}  # fmt: skip
    wish = {"between": ["a", "b"], "delivery": {"kind": "clocked", "period": "10 s", "fallback": "mixed"}}
    gone = {"memory": {"kind": "perfect", "lifetime": "1 ms"}}
    link = {"between": ["a", "b"], "scheme": scheme}
    found = bellpush.run(bellpush.load({"nodes": {"a": gone, "b": gone}, "links": [link], "requests": [wish]}))
    assert found["clocked"].fidelity.value is None
    assert found["clocked"].on_demand is False
