"""Every error at once, each at its line and column."""

from __future__ import annotations

import pytest
from tests.scenario.files import GOOD, but, saved

import bellpush
from bellpush.scenario.load import load


def found(path, edits=None):
    """Line, column and path of every problem."""
    with pytest.raises(bellpush.ScenarioError) as refused:
        load(path, edits)
    return [(problem.line, problem.column, problem.path) for problem in refused.value.problems]


def test_all_errors_of_a_file_are_told_at_once_in_its_order(tmp_path):
    """Whoever mends one error a run gives up before the tenth."""
    text = but(
        ("time: 400 ms", "time: 0.4"),
        ("t2: 8 ms}", "t2: 11 ms}\n    preset: nv2018"),
        ("[alice, bob]", "[alice, bobb]"),
        ("length: 2 m, ", "length: 2 m, length: 3 m, "),
        ("1.0e-3", "1.5"),
        ("kind: clocked", "kind: clock"),
        ("- name: clocked", "- name: 1a"),
    )
    text += "sources: {links.0.scheme.foo: {standing: given}}\nnoise: 3\n"
    assert found(saved(tmp_path, text)) == [
        (4, 40, "nodes.alice.memory.time"),
        (6, 13, "nodes.bob.memory"),
        (7, 13, "nodes.bob.preset"),
        (9, 22, "links.0.between.1"),
        (10, 41, "links.0.channel.length"),
        (14, 30, "links.0.scheme.detection_probability"),
        (17, 11, "requests.1a.name"),
        (19, 22, "requests.1a.delivery.kind"),
        (20, 11, "sources.links.0.scheme.foo"),
        (21, 1, "noise"),
    ]


def test_repeated_names_are_told_at_the_second(tmp_path):
    """The first had the right to its name."""
    link = GOOD[GOOD.index("  - between") : GOOD.index("requests")]
    request = GOOD[GOOD.index("  - name: clocked") :]
    text = but(("requests:\n", link + "requests:\n")) + request
    assert found(saved(tmp_path, text)) == [(15, 5, "links.1"), (26, 11, "requests.clocked.name")]


def test_an_error_in_defaults_is_told_once_where_it_stands(tmp_path):
    """Its place is the default, however many nodes inherit it."""
    text = GOOD + "defaults:\n  node: {swap: {gate_error: 2}}\n  link: {chanel: 3}\n"
    assert found(saved(tmp_path, text)) == [(20, 29, "nodes.alice.swap.gate_error"), (21, 10, "links.0.chanel")]


def test_a_value_that_contradicts_a_preset_is_told_where_it_was_written(tmp_path):
    """The preset is right; what stands beside it is not."""
    text = but(("memory: {kind: t1-t2, t1: 5 ms, t2: 8 ms}", "preset: transmon-2020\n    device: {t2_ge: 30 us}"))
    assert found(saved(tmp_path, text)) == [(7, 13, "nodes.bob.device")]


def test_an_error_in_a_value_from_the_command_line_says_so(tmp_path):
    """No line of the file is to blame; errors of the file are told beside it."""
    path = saved(tmp_path, but(("1.0e-3", "1.5")))
    edits = {"links.alice-bob.channel.length": 5, "nodes.bob.nothing": 1, "links.3.name": "x"}
    with pytest.raises(bellpush.ScenarioError) as refused:
        load(path, edits)
    problems = refused.value.problems
    assert [p.where.removeprefix(str(path)) for p in problems] == [":13:30", "--set", "--set", "--set"]
    assert {p.path for p in problems[1:]} == {"links.0.channel.length", "nodes.bob.nothing", "links.3.name"}


def test_every_path_can_be_given_back_to_set(tmp_path):
    """The path of an error is the path of its remedy."""
    path = saved(tmp_path, but(("1.0e-3", "1.5"), ("time: 400 ms", "time: 0.4")))
    remedies = {"links.0.scheme.detection_probability": 0.5, "nodes.alice.memory.time": "1 s"}
    assert [where for _, _, where in found(path)] == ["nodes.alice.memory.time", "links.0.scheme.detection_probability"]
    assert load(path, remedies).job.links["alice-bob"].success_probability.value > 0


def test_a_value_that_cannot_be_read_is_not_blamed_twice(tmp_path):
    """After `01` without quotes, nobody wants to hear that text is no number as well."""
    path = saved(tmp_path, but(("1.0e-3", "!mine 0.1"), ("population: 0.1", "population: 01")))
    assert found(path) == [
        (12, 32, "links.0.scheme.bright_state_population"),
        (13, 30, "links.0.scheme.detection_probability"),
    ]
