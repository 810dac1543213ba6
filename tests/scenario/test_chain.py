"""Chains in scenario files: networks written out, policies, and what is wrong with them."""

from __future__ import annotations

import pytest
from tests.scenario.files import saved

from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.scenario.load import load

CHAIN = """\
name: chain
network:
  kind: chain
  segments: 4
  node: {memory: {kind: depolarising, time: 1 s}, qubits: 2}
  ends: {qubits: 1}
  link:
    channel: {kind: fibre, length: 20 km, attenuation: 0.2 dB/km}
    scheme: {kind: parametric, attempt_duration: 1 ms, success_probability: 0.1, state: {kind: werner, fidelity: 0.95}}
  links:
    3: {channel: {length: 30 km}}
requests:
  - name: it
    between: [n0, n4]
    delivery: {kind: clocked, period: 100 ms, fallback: mixed}
    policy: {kind: nested, cutoff: {kind: difference, time: 20 ms}}
"""
POLICY = "{kind: nested, cutoff: {kind: difference, time: 20 ms}}"


def but(*changes):
    text = CHAIN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_a_network_is_written_out_as_nodes_and_links(tmp_path):
    scenario = load(saved(tmp_path, CHAIN))
    data = scenario.to_dict()
    assert list(data["nodes"]) == ["n0", "n1", "n2", "n3", "n4"]
    assert [node.qubits for node in scenario.file.nodes.values()] == [1, 2, 2, 2, 1]
    assert [link["between"] for link in data["links"]] == [[f"n{k}", f"n{k + 1}"] for k in range(4)]
    assert [link.channel[0].length for link in scenario.file.links] == [20e3, 20e3, 20e3, 30e3]
    assert "network" not in data
    assert load(data).job.hash == scenario.job.hash


def test_inner_nodes_have_a_qubit_to_each_side_unless_they_say_otherwise(tmp_path):
    scenario = load(saved(tmp_path, but((", qubits: 2", ""))))
    assert [node.qubits for node in scenario.file.nodes.values()] == [1, 2, 2, 2, 1]


def test_defaults_and_presets_reach_the_nodes_of_a_network(tmp_path):
    text = but(("node: {memory: {kind: depolarising, time: 1 s}, qubits: 2}", "node: {preset: nv-2018, qubits: 2}"))
    text += "defaults: {node: {swap: {success_probability: 0.5}}}\n"
    nodes = load(saved(tmp_path, text)).file.nodes.values()
    assert {node.swap.success_probability for node in nodes} == {0.5}
    assert {node.storage.time for node in nodes} == {0.4}


def test_edits_reach_the_network_before_it_is_written_out_and_its_parts_after(tmp_path):
    path = saved(tmp_path, CHAIN)
    edits = {"network.segments": 2, "links.n0-n1.channel.length": "5 km", "requests.it.between": ["n0", "n2"]}
    with pytest.raises(ScenarioError, match=r"network.links.3` must be a number from 0 to 1"):
        load(path, edits)
    edits = {"network.segments": 6, "requests.it.between": ["n0", "n6"], "requests.it.policy.cutoff.time": "9 ms"}
    scenario = load(path, {**edits, "links.n0-n1.channel.length": "5 km"})
    assert len(scenario.job.links) == 6
    assert scenario.file.links[0].channel[0].length == 5e3
    assert scenario.file.requests[0].policy.cutoff[0].time == 9e-3


def test_a_plan_draws_itself_as_a_tree(tmp_path):
    lines = list(load(saved(tmp_path, CHAIN)).job.chains["it"].plan.lines())
    assert lines[0].startswith("deliver: at the edge, 100 ms after the press")
    assert lines[1] == "  swap at n2; cutoff: both dropped when one has waited 20 ms for the other"
    assert lines[3] == "      generate over n0-n1"
    assert len(lines) == 8


WRONG = {
    "no segments": (but(("  segments: 4\n", "")), "`network.segments` must be given, but is missing"),
    "segments of zero": (but(("segments: 4", "segments: 0")), "must be a whole number from 1 to 1000, but is 0"),
    "half a segment": (but(("segments: 4", "segments: 4.5")), "must be a whole number from 1 to 1000, but is 4.5"),
    "very many segments": (but(("segments: 4", "segments: 100000")), "must be a whole number from 1 to 1000"),
    "a network of another kind": (but(("kind: chain", "kind: star")), "`network.kind` must be chain, but is the text"),
    "nodes beside a network": (CHAIN + "nodes: {a: {}}\n", "`nodes` must not stand beside `network`"),
    "an unknown field of a network": (but(("  ends:", "  end:")), "Did you mean `ends`?"),
    "a link that there is not": (but(("    3:", "    4:")), "`network.links.4` must be a number from 0 to 3"),
    "a link by its name": (but(("    3:", "    n3-n4:")), "`network.links.n3-n4` must be a number from 0 to 3"),
    "ends of a link of a network": (
        but(("  links:\n    3: {", "  links:\n    3: {between: [n0, n4], ")),
        "`network.link.between` follows from the chain",
    ),
    "a node that there is not": (but(("[n0, n4]", "[n0, n5]")), "there is no `n5`"),
    "no policy": (but((f"    policy: {POLICY}\n", "")), "must swap, because no link joins `n0` and `n4`"),
    "a negative cut-off": (but(("time: 20 ms", "time: -1 ms")), "must be greater than 0 s, but is -1 ms"),
    "a cut-off without a unit": (but(("time: 20 ms", "time: 20")), "is 20 without a unit"),
    "an unknown cut-off": (but(("kind: difference", "kind: diference")), "Did you mean `difference`?"),
    "three cut-offs for two levels": (
        but(("cutoff: {kind: difference, time: 20 ms}", "cutoff: [null, null, null]")),
        "`requests.it.policy.cutoff` must have one entry for all levels or 2",
    ),
    "an order that is no permutation": (
        but((POLICY, "{kind: fixed-order, order: [n1, n2, n2]}")),
        "`requests.it.policy.order` must name each inner node of the route once (n1, n2, n3), but `n3` is missing",
    ),
    "a swap at an end": (
        but((POLICY, "{kind: fixed-order, order: [n0, n1, n2, n3]}")),
        "must name each inner node of the route once (n1, n2, n3), but `n0` is none of them",
    ),
    "one qubit at an inner node": (
        but(("qubits: 2}", "qubits: 1}")),
        "`nodes.n1` must have at least 2 qubits for `requests.it` (a pair to each side at once), but has 1",
    ),
    "too few qubits to distil": (
        but((POLICY, "{kind: nested, distill: [{kind: dejmps}, null, null]}")),
        "`nodes.n0` must have at least 2 qubits for `requests.it` (several pairs at once to distil), but has 1",
    ),
    "a code without a name": (
        but((POLICY, "{kind: nested, distill: {kind: code}}")),
        "name",
    ),
    "a code that is not known": (
        but((POLICY, "{kind: nested, distill: {kind: code, name: shor}}")),
        "'repetition-3', 'four-qubit', 'five-qubit' or 'steane'",
    ),
    "distillation in no round": (
        but((POLICY, "{kind: nested, distill: {kind: dejmps, rounds: 0}}")),
        "must be a whole number of at least 1, but is 0",
    ),
    "two clocks": (
        but((POLICY, "{kind: clocked-links, period: 50 ms}")),
        "`requests.it.delivery.period` must be the period of the links' common clock, 50 ms, but is 100 ms",
    ),
    "a clock shorter than a swap": (
        but((POLICY, "{kind: clocked-links, period: 100 ms}"), ("qubits: 2}", "qubits: 2, swap: {duration: 1 s}}")),
        "`requests.it.policy.period` must be longer than a swap, 1 s, but is 100 ms",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_chain_is_refused_where_it_is_wrong(tmp_path, name):
    text, says = WRONG[name]
    path = saved(tmp_path, text)
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert says in str(error.value)
    assert all(problem.line > 0 for problem in error.value.problems)


NOT_BUILT = {
    "the optimal policy": (but((POLICY, "{kind: optimal}")), "No policy of kind `optimal` is built yet"),
    "memories handed over": (but(("fallback: mixed", "fallback: memories")), "what lies in the memories of a route"),
    "refreshed pairs": (but(("mixed}", "mixed, attempts: refresh}")), "attempts: refresh over a route yet"),
}


@pytest.mark.parametrize("name", NOT_BUILT)
def test_what_is_not_built_for_chains_says_what_is(tmp_path, name):
    text, says = NOT_BUILT[name]
    with pytest.raises(UnsupportedError, match="Try ") as error:
        load(saved(tmp_path, text))
    assert says in str(error.value)


def test_requests_that_share_a_link_are_for_no_engine_yet(tmp_path):
    wish = CHAIN[CHAIN.index("  - name") :].replace("name: it", "name: more").replace("[n0, n4]", "[n1, n4]")
    job = load(saved(tmp_path, CHAIN + wish)).job
    assert job.contested == (
        "No engine built takes requests that share a link (`n1-n2`: `it` and `more`). Try a scenario each."
    )


@pytest.mark.parametrize("policy", ["{kind: swap-asap}", "{kind: clocked-links, period: 100 ms}"])
def test_no_route_waits_for_a_clock_in_memories_that_are_not_on_demand(tmp_path, policy):
    text = but((POLICY, policy), ("kind: depolarising, time: 1 s", "kind: fixed-delay, delay: 50 ms"))
    with pytest.raises(ScenarioError, match=r"`requests\.it\.delivery` needs memories .* the fixed-delay of `n0`"):
        load(saved(tmp_path, text))
