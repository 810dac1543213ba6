"""Reading, merging, editing: the ways a scenario comes to be."""

from __future__ import annotations

import json
from types import MappingProxyType

import numpy as np
import pytest
from tests.scenario.files import GOOD, but, saved

import bellpush
from bellpush.scenario.load import load
from bellpush.scenario.tree import parse, plain


@pytest.fixture
def good(tmp_path):
    """The good scenario, loaded."""
    return load(saved(tmp_path, GOOD))


def test_json_is_read_like_yaml(tmp_path, good):
    """Programs write JSON; the answer must be the same."""
    text = json.dumps(plain(parse(GOOD, "my.yaml")))
    assert load(saved(tmp_path, text, "my.json")).job.hash == good.job.hash


def test_text_may_hold_any_character_and_no_half_of_one(tmp_path):
    """JSON writes a rocket as two escapes; half of one could be neither printed nor saved."""
    written = json.dumps({**plain(parse(GOOD, "my.yaml")), "name": "\N{ROCKET}"})
    assert "\\ud83d" in written
    assert load(saved(tmp_path, written, "my.json")).name == "\N{ROCKET}"
    with pytest.raises(bellpush.ScenarioError, match="half a one"):
        load(saved(tmp_path, written.replace("\\ud83d", "", 1), "my.json"))
    with pytest.raises(bellpush.ScenarioError, match="half a one"):
        load({"name": "\udc80"})


def test_words_of_yaml_1_1_are_text(tmp_path):
    """`no` is Norway and `on` is a state of a switch; neither is a truth value any more."""
    assert plain(parse("[no, on, yes, 1e3, 0x10, true, ~, 1_000, 12:30]", "")) == [
        "no", "on", "yes", 1000.0, "0x10", True, None, "1_000", "12:30"
    ]  # fmt: skip


HELD = {"kind": "depolarising", "time": "400 ms"}


def test_a_device_preset_is_merged_with_the_same_kind_or_none_and_replaced_by_another(tmp_path):
    """One changes one thing and keeps the rest; a T1 of another sort of memory would be nonsense to keep."""
    for written, memory in [
        ("{per_attempt: {dephasing: 0.1}}", {**HELD, "per_attempt": {"dephasing": 0.1}}),
        ("{kind: depolarising, per_attempt: {dephasing: 0.1}}", {**HELD, "per_attempt": {"dephasing": 0.1}}),
        ("{kind: dephasing, time: 1 s}", {"kind": "dephasing", "time": "1 s"}),
    ]:
        text = but(("memory: {kind: t1-t2, t1: 5 ms, t2: 8 ms}", f"preset: nv-2018\n    memory: {written}"))
        assert load(saved(tmp_path, text)).to_dict()["nodes"]["bob"]["memory"] == memory


def test_a_photon_of_another_shape_replaces_the_one_below():
    """A shape is to a photon what a kind is to a memory: the rates of one mean nothing to another."""
    magnard = load("magnard-2020")
    narrower = magnard.edit("links.0.scheme.photon", {"bandwidth": "5 MHz"}).to_dict()["links"][0]["scheme"]
    assert narrower["photon"] == {"shape": "sech", "bandwidth": "5 MHz"}
    other = {"shape": "exponential", "rise": "5 MHz", "fall": "3 MHz"}
    assert magnard.edit("links.0.scheme.photon", other).to_dict()["links"][0]["scheme"]["photon"] == other


def test_a_device_of_a_preset_is_changed_one_number_at_a_time(tmp_path):
    """The rest of the device stays, and the qubit is stored in the device as it then is."""
    text = but(("memory: {kind: t1-t2, t1: 5 ms, t2: 8 ms}", "preset: transmon-2020\n    device: {t2_ge: 5 us}"))
    node = load(saved(tmp_path, text)).file.nodes["bob"]
    assert (node.device.t1_ge, node.device.t2_ge) == (12e-6, 5e-6)
    assert (node.memory, node.storage.t1, node.storage.t2) == (None, 12e-6, 5e-6)


def test_defaults_lie_under_every_node_and_link(tmp_path):
    """What is shared is written once, and what is said on the spot wins."""
    text = but(("  alice:\n", "  alice:\n    qubits: 3\n"), ("attenuation: 0.2 dB/km", "speed: 1e5 km/s"))
    text += "defaults:\n  node: {qubits: 2, preset: nv-2018}\n  link: {channel: {attenuation: 1 dB/km, length: 9 m}}\n"
    data = load(saved(tmp_path, text)).to_dict()
    assert [data["nodes"][name]["qubits"] for name in ("alice", "bob")] == [3, 2]
    channel = {"kind": "fibre", "length": "2 m", "attenuation": "1 dB/km", "speed": "1e5 km/s"}
    assert data["links"][0]["channel"] == channel
    assert "defaults" not in data


def test_an_edit_makes_a_new_scenario_and_leaves_the_old_alone(good):
    """A sweep edits one scenario a thousand times."""
    edited = good.edit("requests.clocked.delivery.period", "50 ms")
    assert edited.job.requests["clocked"].delivery.period == 0.05
    assert good.job.requests["clocked"].delivery.period == 0.1


@pytest.mark.parametrize("path", ["links.0", "links[0]", "links.alice-bob", "links[alice-bob]"])
def test_links_are_called_by_index_or_by_name(good, path):
    """Names survive when somebody adds a link before."""
    assert good.edit(f"{path}.channel.length", "5 km").job.links["alice-bob"].channel[0].length == 5000.0


def test_an_unnamed_request_is_called_by_its_delivery(tmp_path):
    """The name the result gives it is the name it has."""
    scenario = load(saved(tmp_path, but(("- name: clocked\n    between", "- between"))))
    assert list(scenario.job.requests) == ["clocked"]
    assert scenario.edit("requests.clocked.delivery.period", "1 s").job.requests["clocked"].delivery.period == 1.0


def test_a_mapping_is_merged_by_the_rule_of_presets(good):
    """`--set` with a mapping means the same as writing it beside a preset."""
    assert good.edit("nodes.bob.memory", {"t2": "7 ms"}).to_dict()["nodes"]["bob"]["memory"]["t1"] == "5 ms"
    assert good.edit("nodes.bob.memory", {"kind": "perfect"}).to_dict()["nodes"]["bob"]["memory"] == {"kind": "perfect"}


@pytest.mark.parametrize(
    "value", [(0.5, 1), np.array([0.5, 1]), [np.float64(0.5), np.int64(1)], (np.float32(0.5), np.float64(1))]
)
def test_tuples_and_numpy_are_as_good_as_lists_of_numbers(good, value):
    """Numbers come out of arrays in any script."""
    edited = good.edit("links.0.scheme.detection_probability", value)
    assert edited.to_dict()["links"][0]["scheme"]["detection_probability"] == [0.5, 1.0]
    assert edited.job.hash == good.edit("links.0.scheme.detection_probability", [0.5, 1.0]).job.hash


def test_any_mapping_can_be_loaded(good):
    """Not only dicts: configuration libraries have mappings of their own."""
    data = {**good.to_dict(), "run": MappingProxyType({"seed": np.int64(3)})}
    assert load(MappingProxyType(data)).file.run.seed == 3


@pytest.mark.parametrize("value", [{1, 2}, {1: 2}, object(), np.array([[0.5]]), float("nan"), 5 + 1j])
def test_other_things_are_refused_with_their_path(good, value):
    """A message about `links.0.scheme.visibility` helps; one about pydantic does not."""
    with pytest.raises(bellpush.ScenarioError, match=r"^--set: `links.0.scheme.visibility` must"):
        good.edit("links.0.scheme.visibility", value)


def test_a_bare_number_is_refused_in_mappings_and_edits_too(good):
    """The door is the same whatever one brings."""
    data = good.to_dict()
    data["nodes"]["alice"]["memory"]["time"] = 0.4
    for ask in (lambda: load(data), lambda: good.edit("nodes.alice.memory.time", np.float64(0.4))):
        with pytest.raises(bellpush.ScenarioError, match=r'is 0.4 without a unit. Write "0.4 s"'):
            ask()


def test_the_job_hash_changes_with_physics_and_not_with_how_it_is_computed(good):
    """Results of one hash may be added; results of different physics must not."""
    for path, value in {"run.seed": 7, "run.shots": 9, "run.engine": "physics", "name": "else"}.items():
        assert good.edit(path, value).job.hash == good.job.hash
    physical = {
        "nodes.alice.memory.time": "401 ms", "nodes.bob.memory.t1": "6 ms", "nodes.bob.memory.t2": "7 ms",
        "nodes.alice.qubits": 2, "links.0.channel.length": "3 m", "links.0.channel.attenuation": "0.3 dB/km",
        "links.0.scheme.bright_state_population": 0.1000001, "links.0.scheme.detection_probability": [1e-3, 1.1e-3],
        "links.0.scheme.attempt_duration": "5.6 us", "links.0.scheme.visibility": 0.999,
        "requests.clocked.delivery.period": "100.001 ms", "requests.clocked.delivery.fallback": "01",
        "run.horizon": "1 s",
    }  # fmt: skip
    assert len({good.edit(path, value).job.hash for path, value in physical.items()} - {good.job.hash}) == len(physical)
    assert good.edit("links.0.scheme.attempt_duration", "5500 ns").job.hash == good.job.hash
