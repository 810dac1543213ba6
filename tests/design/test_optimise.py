"""Optima: where they are, how flat, and what binds."""

import pytest
from scipy.optimize import minimize_scalar
from tests.systems.known import clocked, one_link, werner

from bellpush.design.axis import axis, bounds
from bellpush.design.optimise import optimise, to_dict
from bellpush.design.sweep import sweep
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.scenario.load import load
from bellpush.scenario.run import run

BRIGHT = "links.0.scheme.bright_state_population"
PERIOD = "requests.clocked.delivery.period"
FIDELITY = "requests.clocked.fidelity"


def humphreys(**edits):
    return load("humphreys-2018", {BRIGHT: [0.15, 0.15], **edits})


def best(scenario, *texts, quantity=FIDELITY, **more):
    return optimise(scenario, [bounds(scenario, text) for text in texts], quantity, **more)


def test_best_population_of_each_arm_at_100_ms():
    """0.156 is the published-input optimum for balanced arms; each arm left free has its mean within 0.003 of it."""
    found = best(humphreys(), f"{BRIGHT}.0=0.01:0.6", f"{BRIGHT}.1=0.01:0.6")
    first, second = (knob.value for knob in found.knobs)
    assert (first + second) / 2 == pytest.approx(0.156, abs=0.003)
    assert first > second  # the arm that detects less is made brighter
    assert found.value == pytest.approx(0.5851, abs=1e-4)
    assert found.inside


@pytest.mark.parametrize(("period", "balanced"), [(0.05, 0.224), (0.08, 0.178), (0.12, 0.137), (0.2, 0.088)])
def test_best_population_against_the_clock(period, balanced):
    """Slower clocks want darker nodes."""
    found = best(humphreys(**{PERIOD: f"{period} s"}), f"{BRIGHT}.0=0.01:0.6", f"{BRIGHT}.1=0.01:0.6")
    assert sum(knob.value for knob in found.knobs) / 2 == pytest.approx(balanced, abs=0.004)


def test_population_and_period_together():
    """Two variables at once: the witness is a scan along each through the point found."""
    found = best(humphreys(), f"{BRIGHT}=0.01:0.6", f"{PERIOD}=20 ms:400 ms")
    bright, period = (knob.value for knob in found.knobs)
    for path, value, text in ((BRIGHT, bright, "{}"), (PERIOD, period, "{} s")):
        for step in (0.97, 1.03):
            moved = found.scenario.edit(path, float(step * value) if text == "{}" else text.format(step * value))
            assert run(moved)["clocked"].fidelity.value < found.value
    assert period == pytest.approx(0.090, abs=0.003)


def test_one_variable_agrees_with_a_plain_search():
    """The second witness is scipy on single runs."""
    scenario = humphreys()
    found = best(scenario, f"{BRIGHT}=0.01:0.6")
    plain = minimize_scalar(
        lambda a: -run(scenario.edit(BRIGHT, float(a)))["clocked"].fidelity.value,
        bounds=(0.05, 0.4),
        method="bounded",
        options={"xatol": 1e-7},
    )
    assert found.knobs[0].value == pytest.approx(plain.x, abs=1e-5)
    assert found.value >= -plain.fun - 1e-14


def test_an_optimum_at_a_bound_says_which():
    """More visibility is always better: the upper bound binds."""
    found = best(humphreys(), "links.0.scheme.visibility=0.5:0.95", f"{BRIGHT}=0.01:0.6")
    assert not found.inside
    assert found.binding == ["links.0.scheme.visibility"]
    assert [knob.binds for knob in found.knobs] == ["high", ""]


def test_a_demand_that_holds_the_optimum_back_is_named():
    """The highest rate of pairs with a delivered fidelity of 0.55."""
    found = best(humphreys(), f"{BRIGHT}=0.01:0.6", quantity="requests.clocked.rate", at_least={FIDELITY: 0.55})
    assert found.binding == [FIDELITY]
    assert found.limits[FIDELITY][1] == pytest.approx(0.55, abs=1e-9)
    free = best(humphreys(), f"{BRIGHT}=0.01:0.6", quantity="requests.clocked.rate")
    assert free.value > found.value


def test_flatness_is_what_it_says():
    """Inside the interval the cost is at most one in a thousand, outside it is more."""
    found = best(humphreys(), f"{BRIGHT}=0.01:0.6")
    low, high = found.knobs[0].flat
    for edge, outside in ((low, low - 0.002), (high, high + 0.002)):
        assert run(humphreys().edit(BRIGHT, edge))["clocked"].fidelity.value >= found.value * (1 - 1.001e-3)
        assert run(humphreys().edit(BRIGHT, outside))["clocked"].fidelity.value < found.value * (1 - 1e-3)


def test_minimising_is_maximising_upside_down():
    """The same search serves both."""
    scenario = humphreys()
    low = best(scenario, "links.0.scheme.visibility=0.5:0.95", maximise=False)
    assert low.knobs[0].binds == "low"
    assert low.value == pytest.approx(run(scenario.edit("links.0.scheme.visibility", 0.5))["clocked"].fidelity.value)


def test_memories_without_closed_form_are_optimised_too():
    """Point by point, slower, with the answer of a fine scan up to one attempt more or less in a cycle."""
    data = one_link(werner(0.01, 0.95), clocked("2 ms"), {"kind": "stretched", "time": "2 ms", "exponent": 2})
    scenario = load(data)
    found = optimise(scenario, [bounds(scenario, "requests.it.delivery.period=0.5 ms:5 ms")], "requests.it.fidelity")

    def value(n):
        return run(scenario.edit("requests.it.delivery.period", f"{10 * n} us"))["it"].fidelity.value

    near = max(range(50, 500, 9), key=value)
    assert found.value == pytest.approx(max(map(value, range(near - 9, near + 10))), abs=1e-12)


def test_what_cannot_be_met_is_said():
    """No population delivers 0.9, and five variables are too many."""
    with pytest.raises(ScenarioError, match="Nothing between the bounds"):
        best(humphreys(), f"{BRIGHT}=0.01:0.6", at_least={"requests.clocked.fidelity_heralded": 0.99})
    with pytest.raises(ScenarioError, match="1 to 4 variables"):
        best(humphreys(), *[f"{BRIGHT}=0.01:0.6"] * 5)


def test_the_document_is_plain_data():
    """`optimise --json` holds where, how flat, what binds."""
    data = to_dict(best(humphreys(), f"{BRIGHT}=0.01:0.6"))
    assert data["at"][BRIGHT]["binds"] is None
    assert data["inside"] is True
    assert data["goal"] == "maximise"


def test_flatness_of_a_narrow_peak_between_wide_bounds():
    """An interval much narrower than a step of any grid: both edges lie where the loss is one in a thousand."""
    path = "links.0.scheme.success_probability"
    scenario = load(one_link(werner(0.01, 0.9), clocked("100 ms"), {"kind": "depolarising", "time": "60 ms"}))
    found = best(scenario, f"{path}=0:1", quantity="requests.it.fidelity")
    low, high = found.knobs[0].flat
    assert 0 < low < found.knobs[0].value < high < 2e-3
    for edge, out in ((low, -1e-4), (high, 1e-4)):
        at_edge, beyond = (run(scenario.edit(path, edge * (1 + step)))["it"].fidelity.value for step in (0, out))
        assert at_edge >= found.value * (1 - 1.000001e-3)
        assert beyond < found.value * (1 - 1e-3)


def test_a_demand_is_named_where_time_comes_in_steps():
    """The shortest wait with a fidelity of a half: one attempt less breaks the demand, one more meets it amply."""
    data = one_link(werner(0.01, 0.9), clocked("2 ms"), {"kind": "depolarising", "time": "20 ms"})
    texts = ("links.0.scheme.success_probability=0:0.1", "requests.it.delivery.period=10 us:10 ms")
    more = {"quantity": "requests.it.latency.mean", "maximise": False}
    found = best(load(data), *texts, **more, at_least={"requests.it.fidelity": 0.5})
    assert "requests.it.fidelity" in found.binding
    slack = best(load(data), texts[1], quantity="requests.it.fidelity", at_least={"requests.it.rate": 1.0})
    assert slack.binding == []


def test_nothing_asked_and_shared_links_are_refused():
    """As `run` does."""
    data = one_link(werner(0.01), clocked("2 ms"))
    path = "links.0.scheme.success_probability"
    for find in (lambda s: sweep(s, [axis(s, f"{path}=0:1:3")]), lambda s: best(s, f"{path}=0:1")):
        with pytest.raises(ScenarioError, match="asks for nothing"):
            find(load({**data, "requests": []}))
    twice = load({**data, "requests": [{**data["requests"][0], "name": name} for name in ("clocked", "other")]})
    for find in (lambda s: sweep(s, [axis(s, f"{path}=0:1:3")]), lambda s: best(s, f"{path}=0:1")):
        with pytest.raises(UnsupportedError, match="share a link"):
            find(twice)
    assert sweep(load({**data, "requests": []}), [axis(load(data), f"{path}=0:1:3")], ["links.alice-bob.rate"])
