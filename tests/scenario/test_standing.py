"""How numbers are known, and what that makes of the results that rest on them."""

from __future__ import annotations

from tests.scenario.files import GOOD, saved

from bellpush.scenario.load import load
from bellpush.scenario.model import STANDINGS
from bellpush.scenario.standing import Input, named, weakest


def standing(scenario, path):
    """How the number at a path is known."""
    return next(one.standing for one in scenario.inputs if one.path == path)


def test_a_chain_of_evidence_is_as_strong_as_its_weakest_link():
    """One recalled number turns a reproduction into a guess."""
    order = ("reported", "derived", "secondary", "given", "fitted", "assumed", "recalled")
    assert order == STANDINGS
    for index, name in enumerate(order):
        assert weakest([Input("", "", other) for other in order[: index + 1]]) == name


def test_a_number_without_a_source_is_given(tmp_path):
    """Nothing is known of where it comes from but that somebody wrote it."""
    scenario = load(saved(tmp_path, GOOD))
    assert {one.standing for one in scenario.inputs} == {"given"}


def test_the_sources_of_a_preset_come_with_it_and_go_with_its_values():
    """A paper vouches for its own number, not for the one that was put in its place."""
    scenario = load("kurpiers-2018")
    assert standing(scenario, "nodes.alice.device.t1_ge") == "recalled"
    edited = scenario.edit("nodes.alice.device.t1_ge", "6 us")
    assert standing(edited, "nodes.alice.device.t1_ge") == "given"
    assert standing(edited, "nodes.bob.device.t1_ge") == "recalled"


def test_the_most_specific_source_speaks(tmp_path):
    """A paper gives a table; one line of it may come from elsewhere."""
    sources = "sources:\n  links.0.scheme: {standing: assumed, source: us}\n"
    sources += "  links.alice-bob: {standing: reported, source: them}\n"
    scenario = load(saved(tmp_path, GOOD + sources))
    assert standing(scenario, "links.0.channel.length") == "reported"
    assert standing(scenario, "links.0.scheme.attempt_duration") == "assumed"


def test_what_was_edited_stays_given_when_a_result_is_loaded_again():
    """The document of a run must not lend the paper's authority to the user's number."""
    edited = load("magnard-2020").edit("links.0.channel.1.length", "30 m").edit("nodes.bob.device.t1_ge", "9 us")
    again = load(edited.to_dict())
    assert [(one.path, one.standing) for one in again.inputs] == [(one.path, one.standing) for one in edited.inputs]
    assert standing(again, "links.0.channel.1.length") == "given"
    assert standing(again, "links.0.channel.0.length") == "reported"


def test_a_replaced_memory_leaves_no_lost_source_behind():
    """A source of a value that is gone would refuse the document of one's own run."""
    edited = load("humphreys-2018").edit("nodes.bob.memory", {"kind": "dephasing", "time": "1 s"})
    again = load(edited.edit("nodes.alice.memory", {"kind": "t1-t2", "t2": "1 s"}).to_dict())
    assert standing(again, "nodes.bob.memory.time") == "given"


def test_requests_and_choices_in_words_are_inputs_too():
    """A recalled period or an assumed fallback must not vanish from what an answer rests on."""
    data = load("kurpiers-2018").to_dict()
    data["sources"]["requests.0.delivery.fallback"] = {"standing": "assumed", "source": "nobody said"}
    data["sources"]["requests.clocked.delivery.period"] = {"standing": "recalled", "source": "memory"}
    known = {one.path: one.standing for one in load(data).inputs}
    assert known["requests.clocked.delivery.fallback"] == "assumed"
    assert known["requests.clocked.delivery.period"] == "recalled"
    assert "links.0.scheme.kind" not in known


def test_an_edited_value_whose_source_calls_it_by_name_is_read_again(tmp_path):
    """Two sources for one value would refuse the document of one's own run."""
    path = "links.alice-bob.scheme.detection_probability"
    scenario = load(saved(tmp_path, GOOD + f"sources:\n  {path}: {{standing: reported, source: us}}\n"))
    again = load(scenario.edit("links.0.scheme.detection_probability", 0.002).to_dict())
    assert standing(again, "links.0.scheme.detection_probability") == "given"


def test_inputs_that_differ_in_one_step_are_named_together():
    """Twelve numbers of two alike devices are one line to read; none may be lost, nor another made up."""
    some = [Input(f"nodes.{n}.device.{t}", "", "fitted") for n in ("alice", "bob") for t in ("t2_ge", "t2_ef")]
    odd = [Input("nodes.alice.device.t1_ge", "", "recalled"), Input("links.0.scheme.window", "", "assumed")]
    assert named([*some, *odd, odd[0]]) == (
        "nodes.{alice, bob}.device.{t2_ge, t2_ef} (fitted), nodes.alice.device.t1_ge (recalled), "
        "scheme.window (assumed)"
    )
    assert named([]) == ""
