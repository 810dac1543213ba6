"""Reach: the clock that keeps a promise, or what is missing."""

import pytest
from scipy.optimize import brentq
from tests.systems.chains import chain, depolarising
from tests.systems.known import clocked, one_link, werner

from bellpush.design.reach import largest_fidelity, reach, smallest_period
from bellpush.design.reach_route import reach_route
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.scenario.load import load
from bellpush.scenario.run import run


def request(name="humphreys-2018", **edits):
    return load(name, edits).job.requests["clocked"]


def delivered(period, **edits):
    return run(load("humphreys-2018", {**edits, "requests.clocked.delivery.period": f"{period!r} s"}))["clocked"]


def test_the_smallest_period_is_the_smallest():
    """One attempt less and the promise is broken."""
    found = smallest_period(request(), 0.55)
    assert delivered(found).fidelity.value > 0.55
    assert delivered(found - 5.5e-6).fidelity.value <= 0.55
    near = brentq(lambda t: delivered(t).fidelity.value - 0.55, 0.02, 0.08)
    assert found == pytest.approx(near, abs=6e-6)


def test_the_largest_fidelity_is_at_its_best_period():
    """The witness is the scan of neighbours."""
    period, value = largest_fidelity(request())
    assert delivered(period).fidelity.value == pytest.approx(value, rel=1e-12)
    for other in (0.95 * period, 1.05 * period):
        assert delivered(other).fidelity.value < value


def test_a_promise_that_is_kept():
    """Nothing is missing."""
    found = reach(request(), 0.55)
    assert found.met
    assert (found.storage, found.rate, found.storage_here, found.rate_here) == (1, 1, 1, 1)


def test_what_is_missing_in_storage_and_in_rate():
    """Applied to the scenario, each factor alone just keeps the promise; a little less does not."""
    found = reach(request(), 0.62)
    assert not found.met
    assert found.smallest_period is None
    for factor, holds in ((found.storage_here * 1.001, True), (found.storage_here * 0.999, False)):
        memory = {f"nodes.{node}.memory.time": f"{0.4 * factor!r} s" for node in ("alice", "bob")}
        assert (delivered(0.1, **memory).fidelity.value > 0.62) is holds
    for factor, holds in ((found.rate * 1.001, True), (found.rate * 0.999, False)):
        quicker = request(**{"links.0.scheme.attempt_duration": f"{5.5e-6 / factor!r} s"})
        assert (largest_fidelity(quicker)[1] > 0.62) is holds
    assert "times short in storage or" in " ".join(found.sentences)


def test_another_period_may_keep_what_this_one_does_not():
    """400 ms is too long to hold a pair, 40 ms is not."""
    found = reach(request(**{"requests.clocked.delivery.period": "400 ms"}), 0.5)
    assert not found.met
    assert found.smallest_period == pytest.approx(0.0374, abs=1e-3)


@pytest.mark.parametrize("name", ["its devices", "one mode"])
def test_attempts_made_faster_whoever_says_how_long_they_take(name):
    """Emitters, or what is multiplexed, stand for the same duration given in the scheme."""
    emitter = {
        "device": {"kind": "emitter", "lifetime": "7 ns", "collection": 0.02, "preparation": "50 us"},
        "memory": {"kind": "dephasing", "time": "200 ms"},
    }
    bare = {"kind": "double-click", "attempt_duration": "50.14 us"}  # ten lifetimes are waited for photons, twice
    other = {"its devices": {"kind": "double-click"}, "one mode": {"kind": "multiplexed", "modes": 1, "scheme": bare}}
    found = []
    for scheme in (bare, other[name]):
        file = one_link(scheme, clocked("200 ms")) | {"nodes": {"alice": emitter, "bob": emitter}}
        found.append(reach(load(file).job.requests["it"], 0.6))
    assert found[0].rate > 1
    assert found[1].rate == pytest.approx(found[0].rate, rel=1e-6)
    assert found[1].rate_here == pytest.approx(found[0].rate_here, rel=1e-6)


def test_a_certain_link_needs_one_attempt():
    """Direct transfer is on demand at its own repetition, or never."""
    assert reach(request("kurpiers-2018")).smallest_period == pytest.approx(2e-5)
    hopeless = reach(request("kurpiers-2018"), 0.99)
    assert hopeless.smallest_period is None
    assert hopeless.rate is None
    assert "beyond what storage or rate alone" in hopeless.sentences[0]
    assert "`bellpush explain` says what would" in hopeless.sentences[0]


def test_the_trade_of_rate_against_fidelity_at_a_period():
    """The best bright-state population for both ends: as the optimiser finds it."""
    path = "links.0.scheme.bright_state_population"
    equal = reach(request(**{path: 0.4}))
    assert equal.trade == "bright_state_population"
    assert equal.trade_values == pytest.approx((0.1521, 0.1521), abs=2e-4)
    here = delivered(0.1, **{path: list(equal.trade_values)}).fidelity.value
    assert here == pytest.approx(equal.trade_fidelity, rel=1e-12)
    own = reach(request())  # the preset's two populations stand at their best already, in their proportion
    assert own.trade_fidelity == pytest.approx(own.delivered, abs=1e-6)
    assert reach(request("kurpiers-2018")).trade_values is None


def test_memories_without_closed_form():
    """The same by single evaluations."""
    data = one_link(werner(0.05, 0.95), clocked("2 ms"), {"kind": "stretched", "time": "3 ms", "exponent": 2})
    asked = load(data).job.requests["it"]
    found = smallest_period(asked, 0.6)
    for period, holds in ((found, True), (found - 1e-5, False)):
        edited = load(data).edit("requests.it.delivery.period", f"{period!r} s")
        assert (run(edited)["it"].fidelity.value > 0.6) is holds


def test_only_clocks_have_a_period():
    """Said, not guessed."""
    with pytest.raises(UnsupportedError, match="not clocked"):
        reach(load(one_link(werner(0.1), {"kind": "heralded"})).job.requests["it"])


@pytest.mark.parametrize("wanted", [float("nan"), float("inf"), -1, 1.5])
def test_a_fidelity_lies_between_nought_and_one(wanted):
    """Anything else is no promise."""
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        reach(request(), wanted)


def test_a_route_that_keeps_no_promise_says_what_is_missing():
    """Four links of Werner weight 0.9 never give 0.9 end to end; 0.6 they would, to longer memories."""
    asked = chain(
        4, 0.1, fresh=0.9, memory=depolarising(40), policy="swap-asap",
        delivery={"kind": "clocked", "period": "40 s", "fallback": "mixed"},
    ).job.chains["it"]  # fmt: skip
    hopeless, longer = reach_route(asked, 0.9), reach_route(asked, 0.6)
    fresh = 0.25 + 0.75 * 0.9**4
    assert hopeless.kept == pytest.approx(fresh, rel=1e-6) == pytest.approx(longer.kept, rel=1e-12)
    assert "better pairs or swaps are needed, or distillation" in " ".join(hopeless.sentences)
    assert "store longer, or make pairs faster" in " ".join(longer.sentences)
    met = reach_route(asked, 0.3)
    assert met.kept is None
    assert not any("keep for ever" in said for said in met.sentences)
