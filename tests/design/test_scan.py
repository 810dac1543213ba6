"""Scans: abreast and one by one are the same."""

import numpy as np
import pytest
from tests.systems.chains import chain
from tests.systems.known import ALL, clocked, one_link, werner

from bellpush.design import scan as module
from bellpush.design.axis import axis
from bellpush.design.scan import UNITS, abreast, one_by_one, scan
from bellpush.design.sweep import sweep
from bellpush.ground.errors import ScenarioError
from bellpush.report.sweep import lines
from bellpush.scenario.load import load
from bellpush.scenario.run import run

PERIOD = "requests.clocked.delivery.period"
BRIGHT = "links.0.scheme.bright_state_population"
CASES = {
    "humphreys-2018": {
        PERIOD: (0.01, 0.3),
        BRIGHT: (0.02, 0.6),
        "links.0.scheme.detection_probability.0": (1e-4, 1.0),
        "links.0.scheme.attempt_duration": (1e-6, 1e-3),
        "nodes.bob.memory.time": (1e-3, 2.0),
    },
    "transfer": {
        "links.0.scheme.transmission": (0.0, 1.0),
        "links.0.scheme.absorption": (0.1, 1.0),
        "links.0.scheme.duration": (0.0, 1e-5),
        "nodes.alice.memory.t1": (1e-5, 1e-4),
        "nodes.bob.memory.t2": (1e-7, 2e-5),
        PERIOD: (1e-6, 1e-3),
    },
    "kurpiers-2018": {
        "links.0.scheme.transmission": (0.0, 1.0),
        "links.0.scheme.window": (1e-7, 1e-6),
        "nodes.alice.device.t1_ge": (2e-6, 1e-4),
        PERIOD: (1e-6, 1e-3),
    },
    "magnard-2020": {"nodes.bob.device.t2_ge": (1e-7, 2.4e-5), "links.0.scheme.absorption": (0.1, 1.0)},
}
TRANSFER = {
    "nodes": {name: {"memory": {"kind": "t1-t2", "t1": "20 us", "t2": "15 us"}} for name in ("alice", "bob")},
    "links": [
        {
            "between": ["alice", "bob"],
            "scheme": {"kind": "direct-transfer", "transmission": 0.8, "duration": "250 ns", "repetition": "10 us"},
        }
    ],
    "requests": [
        {"between": ["alice", "bob"], "delivery": {"kind": "clocked", "period": "10 us", "fallback": "mixed"}}
    ],
}
SOLVED = ("kurpiers-2018", "magnard-2020")  # each point to 1e-9, by steps that suit all points abreast
QUANTITIES = [
    *(f"requests.clocked.{key}" for key in UNITS["requests"] if key[:9] != "latency.p"),
    *(f"links.alice-bob.{key}" for key in UNITS["links"] if key not in ("decoherence_rate", "link_efficiency")),
]


@pytest.mark.parametrize("name", CASES)
def test_points_abreast_are_scenarios_of_their_own(name):
    """The array road of a sweep gives what each scenario gives, for random points in several fields at once."""
    rng = np.random.default_rng(7)
    scenario = load(TRANSFER if name == "transfer" else name)
    points = {path: rng.uniform(*span, 25) for path, span in CASES[name].items()}
    if name == "humphreys-2018":
        scenario = scenario.edit("links.0.scheme.bright_state_population", [0.1, 0.1])
    fast = abreast(scenario, points, QUANTITIES)
    slow = one_by_one(scenario, points, QUANTITIES)
    assert fast is not None
    for quantity in QUANTITIES:
        near = {"abs": 2e-9} if name in SOLVED else {"rel": 1e-11, "abs": 1e-13}
        assert fast[quantity] == pytest.approx(slow[quantity], **near, nan_ok=True), quantity


@pytest.mark.parametrize("system", ALL, ids=str)
def test_every_system_can_be_scanned(system):
    """Where no closed form applies the scan goes point by point by itself."""
    scenario = system.scenario
    path = "links.0.scheme.success_probability"
    if scenario.file.links[0].scheme.kind != "parametric":
        with pytest.raises(ScenarioError, match="must lead to a number"):
            scan(scenario, {"nodes.alice.memory": [1.0]})
        with pytest.raises(ScenarioError, match="must take whole values"):
            scan(scenario, {"nodes.alice.qubits": [1.5]})
        return
    found = scan(scenario, {path: [0.01, 0.2]})
    for index, p in enumerate((0.01, 0.2)):
        law = run(scenario.edit(path, p))["it"].law
        assert found.quantities["requests.it.fidelity"][index] == pytest.approx(law.fidelity.value, rel=1e-11)


def test_what_does_not_exist_is_not_a_number():
    """An attempt that never succeeds has no heralded fidelity: NaN, not zero."""
    scenario = load(one_link(werner(0.5), clocked("1 ms"), {"kind": "depolarising", "time": "1 ms"}))
    found = scan(scenario, {"links.0.scheme.success_probability": [0.0, 0.5]}, ["requests.it.fidelity_heralded"])
    assert np.isnan(found.quantities["requests.it.fidelity_heralded"]).tolist() == [True, False]


def test_quantities_without_array_form_are_found_too():
    """The link efficiency needs a search for a crossing in general: point by point, but found."""
    found = scan(load("humphreys-2018"), {"nodes.bob.memory.time": [0.2, 0.4]}, ["links.alice-bob.link_efficiency"])
    rate = run("humphreys-2018").links["alice-bob"].rate.value
    assert found.quantities["links.alice-bob.link_efficiency"] == pytest.approx([rate / 7.5, rate / 5])


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({BRIGHT: [0.5, 1.5]}, "at most 1"),
        ({PERIOD: [-1.0]}, "greater than 0 s"),
        ({"links.0.scheme.visibilty": [0.5]}, "Did you mean `visibility`"),
    ],
)
def test_unsound_points_are_refused_before_anything_is_computed(over, said):
    """Arrays are not checked one by one: their corners are."""
    with pytest.raises(ScenarioError, match=said):
        scan(load("humphreys-2018"), over)


TUNED = {
    "nodes": {
        "a": {
            "device": {
                "kind": "transmon",
                "linewidth": "10 MHz",
                "frequency": "6.3 GHz",
                "anharmonicity": "-0.3 GHz",
                "resonator_frequency": "8.4 GHz",
                "resonator_coupling": "0.3 GHz",
                "largest_drive": "0.6 GHz",
            }
        },
        "b": {"device": {"kind": "transmon", "linewidth": "12 MHz"}},
    },
    "links": [
        {
            "between": ["a", "b"],
            "scheme": {"kind": "photon-transfer", "transmission": 0.8, "window": "180 ns", "repetition": "20 us"},
        }
    ],
    "requests": [{"between": ["a", "b"], "delivery": {"kind": "clocked", "period": "20 us", "fallback": "mixed"}}],
}


def test_resonances_between_sound_ends_are_refused():
    """A transmon crosses its resonator within a range whose ends are sound; the point is named."""
    over = {"nodes.a.device.frequency": [7.4e9, 7.9e9, 8.4e9, 8.9e9]}
    with pytest.raises(ScenarioError, match=r"At nodes.a.device.frequency = 8\.4 GHz: .*away from its own transitions"):
        scan(load(TUNED), over)
    over["nodes.a.device.frequency"].remove(8.4e9)
    assert np.isfinite(scan(load(TUNED), over).quantities["requests.clocked.fidelity"]).all()


def test_unsound_corners_of_two_fields_together_are_refused():
    """T2 above 2 T1 at one corner of the grid: said, not computed."""
    with pytest.raises(ScenarioError, match="2 `t1`"):
        scan(load(TRANSFER), {"nodes.bob.memory.t2": [1e-6, 2e-5], "nodes.bob.memory.t1": [5e-6, 2e-5]})
    with pytest.raises(ScenarioError, match="2 `t1_ge`"):
        scan(load("magnard-2020"), {"nodes.bob.device.t2_ge": [1e-6, 2e-5], "nodes.bob.device.t1_ge": [5e-6, 2e-5]})


def test_unknown_quantities_are_refused():
    """With the nearest that exists."""
    with pytest.raises(ScenarioError, match=r"Did you mean `requests\.clocked\.fidelity`"):
        scan(load("humphreys-2018"), {PERIOD: [0.1]}, ["requests.clocked.fidelty"])


@pytest.mark.parametrize("chosen", ["option", "file"])
def test_a_sampling_engine_gives_standard_errors(chosen):
    """Of what is sampled; what is worked out stays exact. The scenario's own choice of engine counts too."""
    data = one_link(werner(0.05, 0.9), clocked("1 ms"), {"kind": "depolarising", "time": "5 ms"})
    scenario = load({**data, "run": {"shots": 200, **({"engine": "physics"} if chosen == "file" else {})}})
    path, names = "links.0.scheme.success_probability", ["requests.it.fidelity", "links.alice-bob.success_probability"]
    for found in (
        scan(scenario, {path: [0.02, 0.05]}, names, "physics" if chosen == "option" else None),
        sweep(
            scenario, [axis(scenario, f"{path}=0.02:0.05:2")], names, engine="physics" if chosen == "option" else None
        ),
    ):
        errors = found.errors["requests.it.fidelity"]
        result = run(scenario.edit(path, 0.05), "physics")["it"].fidelity
        assert errors[1] == result.standard_error > 0
        assert found.quantities["requests.it.fidelity"][1] == result.value
        assert found.errors["links.alice-bob.success_probability"] is None
    assert scan(scenario, {path: [0.05]}, names[:1], "exact").errors == {"requests.it.fidelity": None}


def test_blocks_of_a_scan_join_without_a_seam(monkeypatch):
    """Only a block of the points is held at once."""
    monkeypatch.setattr(module, "BLOCK", 7)
    over = {PERIOD: np.linspace(0.01, 0.3, 5), "links.0.scheme.visibility": np.linspace(0.5, 1, 4)}
    found = scan(load("humphreys-2018"), over).quantities["requests.clocked.fidelity"]
    monkeypatch.undo()
    assert np.array_equal(found, scan(load("humphreys-2018"), over).quantities["requests.clocked.fidelity"])


def test_a_link_that_never_succeeds_has_no_fidelity():
    """At a bright-state population of zero without dark counts nothing is ever heralded: NaN, and no error."""
    scenario = load("humphreys-2018", {"links.0.scheme.dark_count_probability": 0})
    found = scan(scenario, {BRIGHT: [0.0, 0.1]}, ["links.alice-bob.fidelity", "requests.clocked.fidelity"])
    assert np.isnan(found.quantities["links.alice-bob.fidelity"]).tolist() == [True, False]
    assert found.quantities["requests.clocked.fidelity"][0] == pytest.approx(0.25)


def test_a_link_that_some_points_do_not_have_has_no_number_there():
    """A chain of one segment has no second link."""
    scenario = chain(2, between=["first", "last"])
    found = scan(scenario, {"network.segments": [1, 2]}, ["links.n1-n2.fidelity"])
    assert np.isnan(found.quantities["links.n1-n2.fidelity"]).tolist() == [True, False]


def test_a_wait_without_end_is_no_number():
    """It would be the largest of all, and an answer calls it absent."""
    found = scan(
        load(one_link(werner(0.5, 0.9), {"kind": "heralded"})),
        {"links.0.scheme.success_probability": [0, 0.5, 1]},
        ["requests.it.latency.mean"],
    )
    waits = found.quantities["requests.it.latency.mean"]
    assert np.isnan(waits).tolist() == [True, False, False]
    assert any("largest it latency mean" in line and "0.5" in line for line in lines(found) if isinstance(line, str))
