"""Axes: what `--over` takes, and how it refuses."""

import numpy as np
import pytest

from bellpush.design.axis import Axis, axis, bounds
from bellpush.design.demand import demand, demands
from bellpush.design.optimise import optimise
from bellpush.design.scan import scan
from bellpush.design.sweep import sweep
from bellpush.ground.errors import ScenarioError
from bellpush.scenario.braces import fields
from bellpush.scenario.load import load
from bellpush.scenario.run import run

SCENARIO = load("humphreys-2018")


def test_a_linear_axis_holds_both_ends():
    """Units are read at the door, and rounding does not carry an end beyond its bound."""
    found = axis(SCENARIO, "requests.clocked.delivery.period=50 ms:200 ms:4")
    assert found.values == pytest.approx([0.05, 0.1, 0.15, 0.2])
    assert (found.values[0], found.values[-1], found.unit) == (0.05, 0.2, "s")


def test_a_logarithmic_axis_has_even_ratios():
    """`log:` before LOW."""
    found = axis(SCENARIO, "links.alice-bob.scheme.dark_count_probability=log:1e-8:1e-4:5")
    assert np.diff(np.log10(found.values)) == pytest.approx(1)


def test_one_number_for_both_ends_and_one_alone():
    """A field with a number for each end takes one for both; an index names one."""
    assert axis(SCENARIO, "links[0].scheme.detection_probability=0:1:3").unit == ""
    assert axis(SCENARIO, "links.0.scheme.detection_probability.1=0:1:3").path.endswith(".1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("requests.clocked.delivery.period", "form PATH=LOW:HIGH:COUNT"),
        ("requests.clocked.delivery.period=50:200 ms:4", 'Write "50 s"'),
        ("requests.clocked.delivery.period=50 ms:200 ms", "whole number of values"),
        ("requests.clocked.delivery.period=50 ms:200 ms:many", "whole number of values"),
        ("requests.clocked.delivery.period=50 ms:200 ms:0", "COUNT from 1"),
        ("requests.clocked.delivery.period=50 ms:200 ms:100001", "COUNT from 1"),
        (f"requests.clocked.delivery.period=50 ms:200 ms:{'9' * 6000}", "COUNT from 1"),
        ("requests.clocked.delivery.perriod=50 ms:200 ms:4", "Did you mean `period`"),
        ("requests.clock.delivery.period=50 ms:200 ms:4", "has no `clock`"),
        ("links.0.scheme.detectors=0:1:2", "must lead to a number"),
        ("links.0.scheme.visibility.x=0:1:2", "has no `x`"),
        ("links.0.scheme=0:1:2", "must lead to a number"),
        ("links.0.scheme.visibility=log:0:1:2", "bounds above zero"),
        ("links.0.scheme.visibility=nan:1:2", "must be finite"),
        ("links.0.scheme.visibility=a:1:2", "must be a number"),
        ("=0:1:2", "must lead to a number"),
    ],
)
def test_wrong_axes_are_refused_with_what_to_try(text, said):
    """A typo must not start a sweep of an hour."""
    with pytest.raises(ScenarioError, match=said):
        axis(SCENARIO, text)


def test_braces_and_commas_name_several_fields():
    """As shells write them; spaces do not matter, and what does not close is left for the path's own error."""
    assert fields("nodes.{a,b}.device.{t1_ge, t1_ef}") == [
        "nodes.a.device.t1_ge",
        "nodes.a.device.t1_ef",
        "nodes.b.device.t1_ge",
        "nodes.b.device.t1_ef",
    ]
    assert fields("x.{a,{b,c}.d}, y") == ["x.a", "x.b.d", "x.c.d", "y"]
    assert fields("x.{a") == ["x.{a"]
    assert fields("x}.{") == ["x}.{"]


TOGETHER = "nodes.{alice,bob}.memory.time"


@pytest.mark.parametrize("engine", ["exact", "physics"])
def test_fields_of_one_axis_move_together(engine):
    """Two witnesses: one axis over two fields, and the diagonal of a grid with an axis for each."""
    scenario = load("humphreys-2018", {"run.shots": 50})
    names = ["requests.clocked.fidelity"]
    both = sweep(scenario, axes(scenario, f"{TOGETHER}=0.2 s:0.8 s:3"), names, engine=engine)
    apart = axes(scenario, *(f"nodes.{node}.memory.time=0.2 s:0.8 s:3" for node in ("alice", "bob")))
    found = sweep(scenario, apart, names, engine=engine).quantities[names[0]]
    assert both.quantities[names[0]] == pytest.approx(np.diagonal(found), rel=1e-12)
    assert both.axes[0].path == TOGETHER


CHIP = {"kind": "transmon", "linewidth": "10 MHz"}
TRANSFER = {"kind": "photon-transfer", "transmission": 0.8, "window": "0.2 us", "repetition": "20 us"}
CHIPS = {
    "nodes": {"a": {"device": {**CHIP, "t1_ge": "5 us", "t2_ge": "6 us"}}, "b": {"device": CHIP}},
    "links": [{"between": ["a", "b"], "scheme": TRANSFER}],
    "requests": [{"between": ["a", "b"], "delivery": {"kind": "heralded"}}],
}


def test_corners_of_fields_that_move_together_are_those_of_the_diagonal():
    """A T2 of at most 2 T1 holds all along the way, though not at the start of one and the end of the other."""
    scenario, both = load(CHIPS), "nodes.a.device.{t1_ge,t2_ge}=2 us:20 us:3"
    found = scan(scenario, axes(scenario, both)).quantities["requests.heralded.fidelity"]
    assert np.all(np.diff(found) > 0)
    apart = axes(scenario, *(f"nodes.a.device.{name}=2 us:20 us:3" for name in ("t1_ge", "t2_ge")))
    with pytest.raises(ScenarioError, match="`t2_ge` of at most 2 `t1_ge`"):
        scan(scenario, apart)


def test_an_optimum_may_move_several_fields():
    """Two witnesses: the optimum over both, and the scenario that it says to be best."""
    found = optimise(SCENARIO, [bounds(SCENARIO, f"{TOGETHER}=0.2 s:0.8 s")], "requests.clocked.fidelity")
    assert found.knobs[0].value == pytest.approx(0.8)
    edited = SCENARIO.edit_all({f"nodes.{node}.memory.time": "800 ms" for node in ("alice", "bob")})
    assert found.value == pytest.approx(run(edited)["clocked"].fidelity.value, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodes.{alice,bobb}.memory.time=1 s:2 s:3", "Did you mean `bob`"),
        ("nodes.alice.memory.time,links.0.scheme.visibility=0.5:1:3", "must have the same unit"),
        ("nodes.{alice,alice}.memory.time=1 s:2 s:3", "name each field once"),
        ("nodes.alice.memory.time, nodes.alice.memory.time=1 s:2 s:3", "name each field once"),
        ("links.{0,alice-bob}.scheme.visibility=0.5:1:3", "name each field once"),
        ("nodes.{alice,bob.memory.time=1 s:2 s:3", "has no"),
        ("nodes.alice.memory.time,=1 s:2 s:3", "must lead to a number"),
        ("{a,b}" * 40 + "=1 s:2 s:3", "at most 64 fields"),
    ],
)
def test_wrong_groups_of_fields_are_refused(text, said):
    """Which of them, and why."""
    with pytest.raises(ScenarioError, match=said):
        axis(SCENARIO, text)


def test_bounds_take_no_count():
    """An optimum is sought between two bounds."""
    assert bounds(SCENARIO, "links.0.scheme.visibility=0.5:1").values.tolist() == [0.5, 1.0]
    for text in ("links.0.scheme.visibility=0.5:1:7", "links.0.scheme.visibility=1:0.5"):
        with pytest.raises(ScenarioError):
            bounds(SCENARIO, text)


def test_demands_are_a_path_and_a_quantity_with_its_unit():
    """`--at-least requests.clocked.rate='10 Hz'`; of two demands of one quantity the stronger holds."""
    assert demand(SCENARIO, "requests.clocked.fidelity=0.6") == ("requests.clocked.fidelity", 0.6)
    assert demand(SCENARIO, "requests.clocked.latency.p99=5 ms") == ("requests.clocked.latency.p99", 0.005)
    assert demands(SCENARIO, [f"requests.clocked.rate={x} Hz" for x in (1, 3, 2)]) == {"requests.clocked.rate": 3.0}
    for text, said in (
        ("requests.clocked.fidelity", "PATH=VALUE"),
        ("requests.clocked.rate=10", 'Write "10 Hz"'),
        ("requests.clocked.fidelity=10 Hz", "must be a number"),
        ("requests.clocked.fidelity=nan", "must be finite"),
        ("requests.clocked.fidelty=0.5", "Did you mean"),
    ):
        with pytest.raises(ScenarioError, match=said):
            demand(SCENARIO, text)


def test_grids_are_bounded():
    """Before anything is built."""
    line = np.zeros(5_000)
    with pytest.raises(ScenarioError, match="at most 10000000 points"):
        scan(SCENARIO, [Axis("nodes.alice.memory.time", line, "s"), Axis("nodes.bob.memory.time", line, "s")])


@pytest.mark.parametrize(
    "paths",
    [
        ("links.0.scheme.visibility", "links.alice-bob.scheme.visibility"),
        ("links.0.scheme.visibility", "links[0].scheme.visibility"),
        ("links.0.scheme.detection_probability", "links.0.scheme.detection_probability.1"),
        ("links.0.scheme.{visibility,dark_count_probability}", "links.alice-bob.scheme.visibility"),
    ],
)
def test_one_field_cannot_be_varied_twice(paths):
    """Whatever it is called."""
    for found in (scan, sweep):
        with pytest.raises(ScenarioError, match="vary the same"):
            found(SCENARIO, axes(SCENARIO, *(f"{path}=0.5:1:3" for path in paths)))
    with pytest.raises(ScenarioError, match="vary the same"):
        optimise(SCENARIO, [bounds(SCENARIO, f"{path}=0.5:1") for path in paths], "requests.clocked.fidelity")


FIBRE = {"kind": "fibre", "length": "5 km", "attenuation": "0.2 dB/km"}


@pytest.mark.parametrize("channel", [FIBRE, [FIBRE]])
def test_the_lone_element_of_a_channel_is_found(channel):
    """By its field alone where the file holds a mapping, and by index however it is written."""
    scenario = load("humphreys-2018", {"links.0.channel": channel})
    for path in ("links.0.channel.length", "links.alice-bob.channel.0.length"):
        if isinstance(channel, list) and ".0." not in path[8:]:
            continue
        found = scan(scenario, axes(scenario, f"{path}=1 km:20 km:3"), ["requests.clocked.delivered_probability"])
        assert np.isfinite(found.quantities["requests.clocked.delivered_probability"]).all()


@pytest.mark.parametrize("text", ["0", "1"])
def test_one_end_of_a_number_for_both(text):
    """A file that holds one number for both ends can be varied at one of them."""
    path = "links.0.scheme.bright_state_population"
    scenario = load("humphreys-2018", {path: 0.1})
    edited = scenario.edit(f"{path}.{text}", 0.3)
    assert edited.file.links[0].scheme.bright_state_population == ((0.3, 0.1) if text == "0" else (0.1, 0.3))
    found = scan(scenario, axes(scenario, f"{path}.{text}=0.1:0.3:2"), ["requests.clocked.fidelity"])
    one = run(edited)["clocked"].fidelity.value
    assert found.quantities["requests.clocked.fidelity"][1] == pytest.approx(one, rel=1e-11)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("network.kind=1:2:2", "must lead to a number of the network's nodes or links, or to its `segments`"),
        ("network.segments=2:3:3", "must have whole values, but has 2.5. Try a list: network.segments=2,4,8."),
        ("nodes.n1.qubits=2,2.5", "must have whole values, but has 2.5"),
        ("network.segments=2,x", 'must be a number, but is "x"'),
        ("network.link.scheme.success=0.1,0.2", "has no field `success`"),
        ("requests.it.delivery=1,2", "must lead to a number, but leads to something else"),
    ],
)
def test_what_no_axis_moves_is_refused_with_what_to_try(text, says):
    with pytest.raises(ScenarioError) as error:
        axis(networked(), text)
    assert says in str(error.value)


def test_an_optimum_over_whole_numbers_is_refused():
    with pytest.raises(ScenarioError, match=r"numbers of any value, but `network\.segments`"):
        bounds(networked(), "network.segments=2:8")


def networked():
    scheme = {"kind": "parametric", "attempt_duration": "1 s", "success_probability": 0.1,
              "state": {"kind": "werner", "fidelity": 0.95}}  # fmt: skip
    wish = {"name": "it", "between": ["first", "last"], "delivery": {"kind": "heralded"}, "policy": {"kind": "nested"}}
    inner = {"memory": {"kind": "depolarising", "time": "200 s"}, "swap": {"success_probability": 0.5}}
    network = {"kind": "chain", "segments": 2, "node": inner, "link": {"scheme": scheme}}
    return load({"network": network, "requests": [wish]})


def test_a_network_is_swept_before_it_is_written_out():
    """The length of a chain, and a number of all its links; requests name its ends whatever their numbers."""
    scenario = networked()
    over = axes(scenario, "network.segments=2,4,8", "network.link.scheme.success_probability=0.1:0.5:2")
    found = scan(scenario, over, ["requests.it.latency.mean"]).quantities["requests.it.latency.mean"]
    for row, mean in zip(found, (29.473684210526315, 84.8175804097333, 242.34837242252195), strict=True):
        assert row[0] == pytest.approx(mean, rel=1e-8)
    assert found[1, 1] == pytest.approx(15.09390681, rel=1e-8)


def test_edits_of_nodes_and_links_outlast_those_of_the_network():
    scenario = networked().edit("links.1.scheme.success_probability", 0.3).edit("network.segments", 4)
    assert [link.scheme.success_probability for link in scenario.file.links] == [0.1, 0.3, 0.1, 0.1]
    assert scenario.file.requests[0].between == ("n0", "n4")
    again = scenario.edit("network.link.scheme.success_probability", 0.2)
    assert [link.scheme.success_probability for link in again.file.links] == [0.2, 0.3, 0.2, 0.2]


def test_a_list_of_values_is_an_axis():
    found = axis(networked(), "links.0.scheme.attempt_duration=1 ms, 5 ms,20 ms")
    assert found.values.tolist() == [1e-3, 5e-3, 20e-3]
    assert axis(networked(), "network.segments=2:8:4").values.tolist() == [2, 4, 6, 8]


def axes(scenario, *texts):
    return [axis(scenario, text) for text in texts]
