"""What a run answers, from Python and as a document."""

from __future__ import annotations

import json

import pytest
from tests.scenario.files import GOOD, saved

import bellpush
from bellpush.report.explain import explain

QUANTITIES = {
    "links": ["attempt_duration", "success_probability", "rate", "rate_peak", "fidelity", "decoherence_rate",
              "link_efficiency"],
    "requests": ["delivered_probability", "fidelity", "fidelity_heralded", "rate"],
}  # fmt: skip


@pytest.mark.parametrize("preset", ["humphreys-2018", "kurpiers-2018", "magnard-2020"])
@pytest.mark.parametrize("engine", ["exact", "physics"])
def test_the_document_has_the_shape_of_the_manual(preset, engine):
    """Other programs read it; its names are fixed."""
    document = bellpush.run(preset, engine=engine, shots=50).to_dict()
    json.dumps(document, allow_nan=False)
    assert list(document) == ["schema", "bellpush", "scenario", "engine", "seed", "job", "links", "requests"]
    assert (document["schema"], document["engine"]) == (1, engine)
    link, request = document["links"]["alice-bob"], document["requests"]["clocked"]
    for part, names in ((link, QUANTITIES["links"]), (request, QUANTITIES["requests"])):
        for name in names:
            assert {"value", "standard_error", "unit"} <= part[name].keys(), name
    assert list(request["latency"]) == ["mean", "p50", "p90", "p99"]
    assert [len(row) for row in link["state"] + request["state"]] == [4] * 8
    assert {link["target"], request["target"]} == {"psi+"}
    assert request["on_demand"] in (True, False)
    assert ("truncation" in request["fidelity"]) == (engine == "exact")


@pytest.mark.parametrize("preset", ["humphreys-2018", "kurpiers-2018", "magnard-2020"])
def test_a_result_can_be_run_again_from_its_own_document(preset):
    """Reproducible means: from what was published, by anyone, to the last digit."""
    result = bellpush.run(preset)
    again = bellpush.run(json.loads(json.dumps(result.to_dict()))["scenario"])
    assert again.to_dict() == result.to_dict()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    """A sampled result that cannot be repeated cannot be debugged."""
    texts = [json.dumps(bellpush.run("humphreys-2018", "physics", 200, seed).to_dict()) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_requests_are_read_by_name(tmp_path):
    """And a wrong name says the right ones."""
    result = bellpush.run(saved(tmp_path, GOOD))
    assert 0 < result["clocked"].delivered_probability.value < 1
    with pytest.raises(KeyError, match="there are clocked"):
        result["clock"]


@pytest.mark.parametrize(("shots", "seed"), [(0, None), (1.5, None), (True, None), (None, -1), (None, "1")])
def test_shots_and_seed_are_whole_numbers(shots, seed):
    """Half a press cannot be played."""
    with pytest.raises(bellpush.ScenarioError, match="must be a whole number of at least"):
        bellpush.run("kurpiers-2018", shots=shots, seed=seed)


def test_a_link_of_many_modes_tells_of_every_pair_that_a_round_keeps(tmp_path):
    """Where both nodes have room; a link that makes one pair an attempt says nothing of several."""
    one = "kind: single-click\n      bright_state_population: 0.1\n"
    many = GOOD.replace(
        one, "kind: multiplexed\n      modes: 100\n      scheme:\n        " + one.replace("\n      ", "\n        ")
    )
    many = many.replace("      detection_prob", "        detection_prob").replace(
        "      attempt_d", "        attempt_d"
    )
    many = many.replace("  alice:\n", "  alice:\n    qubits: 3\n").replace("  bob:\n", "  bob:\n    qubits: 2\n")
    scenario = bellpush.load(saved(tmp_path, many))
    document = bellpush.run(scenario).to_dict()["links"]["alice-bob"]
    json.dumps(document, allow_nan=False)
    assert document["pairs"]["value"] > document["success_probability"]["value"]
    assert document["pair_rate"]["value"] == pytest.approx(document["pairs"]["value"] / 5.5e-6)
    assert document["pair_fidelity"]["value"] == pytest.approx(document["fidelity"]["value"], abs=1e-9)
    assert len(document["pairs_probabilities"]) == 3
    table = next(part for part in explain(scenario) if hasattr(part, "columns"))
    words = [*table.columns[0].cells]
    assert "  pairs an attempt, at most 2" in words
    assert "  rate of pairs, overheads included" in words
    assert "pairs" not in bellpush.run(saved(tmp_path, GOOD)).to_dict()["links"]["alice-bob"]
