"""The experiments of 2018 and 2020, from their presets."""

import pytest
from scipy.optimize import minimize_scalar

from bellpush.experiments.kinds import EXPERIMENTS
from bellpush.report.text import read
from bellpush.scenario.load import load
from bellpush.scenario.run import compare, run

BRIGHT = "links.0.scheme.bright_state_population"


def dephasing(time="400 ms"):
    return {f"nodes.{node}.memory": {"kind": "dephasing", "time": time} for node in ("alice", "bob")}


VARIANTS = {
    "depolarising, mixed": ({}, 0.5848),
    "depolarising, 00": ({"requests.clocked.delivery.fallback": "00"}, 0.5552),
    "dephasing, mixed": (dephasing(), 0.6240),
    "dephasing, 00": ({**dephasing(), "requests.clocked.delivery.fallback": "00"}, 0.5942),
}


def best(scenario, arms):
    """The bright-state population (mean over the arms) that delivers most, and what it delivers."""
    found = minimize_scalar(
        lambda a: -run(scenario.edit(BRIGHT, [float(arm * a) for arm in arms]))["clocked"].fidelity.value,
        bounds=(0.05, 0.4),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(found.x), -float(found.fun)


@pytest.mark.parametrize(("edits", "balanced"), VARIANTS.values(), ids=VARIANTS)
def test_delivered_fidelity_every_100_ms(edits, balanced):
    """Whatever the stored pair decays to and whatever is handed over instead: between 0.55 and 0.63, on demand.

    The four values were worked out independently for arms balanced at the same mean population.
    """
    scenario = load("humphreys-2018", edits)
    bright, found = best(scenario, (1, 1))
    assert 0.55 < found < 0.63
    assert run(scenario.edit(BRIGHT, bright))["clocked"].on_demand is True
    assert best(scenario, (1.2, 0.8))[1] == pytest.approx(balanced, abs=1e-4)


def test_best_population_of_balanced_arms():
    """0.156 at 100 ms for depolarising storage and a mixed state in place of a missing pair."""
    assert best(load("humphreys-2018"), (1.2, 0.8))[0] == pytest.approx(0.156, abs=1e-3)


def test_the_preset_stands_at_its_own_optimum():
    """Its bright-state population is said to be the best for this clock: so it must be."""
    scenario = load("humphreys-2018")
    here = run(scenario)["clocked"].fidelity.value
    first, second = scenario.file.links[0].scheme.bright_state_population
    for off in ([first - 0.003, second], [first + 0.003, second], [first, second - 0.003], [first, second + 0.003]):
        assert run(scenario.edit(BRIGHT, off))["clocked"].fidelity.value < here


def test_highest_rate_and_link_efficiency():
    """39 Hz within 5 %, 7.8 within 0.8, at the bright-state population of 0.3."""
    result = run(load("humphreys-2018", {BRIGHT: 0.3}))
    link = result.to_dict()["links"]["alice-bob"]
    assert link["rate"]["value"] == pytest.approx(39, rel=0.05)
    assert link["decoherence_rate"]["value"] == pytest.approx(5, rel=1e-12)
    assert link["link_efficiency"]["value"] == pytest.approx(7.8, abs=0.8)


@pytest.mark.parametrize("kind", ["depolarising", "dephasing"])
def test_without_decoupling_nothing_is_on_demand(kind):
    """T2* of 3.3 us: the pair is gone long before the tick, and the answer says that storage is why."""
    bare = {f"nodes.{node}.memory": {"kind": kind, "time": "3.3 us"} for node in ("alice", "bob")}
    result = run(load("humphreys-2018", bare))
    answer = result["clocked"]
    assert answer.on_demand is False
    assert answer.fidelity.value < (0.3 if kind == "depolarising" else 0.5)
    assert result.links["alice-bob"].link_efficiency.value < 0.04
    assert "stored pairs decay at 606.1 kHz" in answer.verdict.why


def test_kurpiers_is_on_demand_although_its_link_efficiency_is_below_one():
    """A transfer that does not fail needs no storage: the link efficiency describes and never decides."""
    result = run("kurpiers-2018")
    answer = result["clocked"]
    assert answer.on_demand is True
    assert answer.delivered_probability.value == pytest.approx(1, abs=1e-12)
    assert answer.rate.value == pytest.approx(50e3, rel=1e-12)
    assert 0.1 < result.links["alice-bob"].link_efficiency.value < 0.5


def test_every_claim_leads_to_a_number_of_ours():
    """A claim whose path leads nowhere would be shown beside nothing."""
    for name, claims in EXPERIMENTS.items():
        for claim in claims:
            document = run(load(name, dict(claim.edits))).to_dict()
            ours = read(document, claim.path)["value"]
            assert ours is not None
            assert read(document, claim.path)["unit"] == claim.unit
            if claim.relation == "greater":
                assert ours > claim.published
            else:
                assert ours == pytest.approx(claim.published, rel=0.08), claim
            assert claim.standing in ("reported", "derived")


def test_published_numbers_of_the_abstracts():
    """OD-10 and OD-11: what the two abstracts of 2018 say."""
    published = {(name, c.path, c.published) for name, claims in EXPERIMENTS.items() for c in claims}
    for entry in (
        ("kurpiers-2018", "links.alice-bob.rate", 50e3),
        ("kurpiers-2018", "requests.clocked.fidelity", 0.789),
        ("humphreys-2018", "links.alice-bob.rate", 39),
        ("humphreys-2018", "links.alice-bob.decoherence_rate", 5),
        ("humphreys-2018", "requests.clocked.latency.mean", 0.1),
    ):
        assert entry in published


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_both_engines_agree_on_every_experiment(name):
    """The closed forms and the presses played out tell one story."""
    results = compare(load(name), shots=10 if name == "pfaff-2014" else None)  # each press plays 17 million attempts
    exact, physics = (next(iter(results[engine].requests.values())).law for engine in ("exact", "physics"))
    assert exact.agrees(physics, sigmas=4)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_number_of_a_preset_says_how_it_is_known(name):
    """Nothing in a preset is merely `given`, and no recalled number goes unmarked."""
    inputs = load(name).inputs
    assert inputs
    assert all(one.standing != "given" and one.source for one in inputs)
    if name == "kurpiers-2018":
        assert {one.path for one in inputs if one.standing == "recalled"} == {
            "links.0.scheme.transmission",
            "links.0.scheme.photon.bandwidth",
            *(f"nodes.{node}.device.{field}" for node in ("alice", "bob") for field in ("linewidth", "t1_ge", "t1_ef")),
        }


@pytest.mark.parametrize("name", ["kurpiers-2018", "magnard-2020"])
def test_a_stored_qubit_ages_as_the_device_says(name):
    """One T1 and one T2 of g and e, said once: in the transfer and afterwards."""
    for node in load(name).file.nodes.values():
        assert node.memory is None
        assert (node.storage.t1, node.storage.t2) == (node.device.t1_ge, node.device.t2_ge)
