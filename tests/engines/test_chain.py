"""The exact engine over routes: reference cases through a scenario, laws against each other, and what it refuses.

Reference values of nested chains: the published codes of Brand, Coopmans and Elkouss (arXiv:1912.07688) and of Li,
Coopmans and Elkouss, and Markov chains solved apart; of swaps as soon as possible: Goodenough, Coopmans and Towsley
(arXiv:2404.07146), evaluated with sixty digits.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.systems.chains import chain, depolarising, weight

from bellpush.engines import chain as chains
from bellpush.scenario.load import load
from bellpush.scenario.run import run


def answer(scenario):
    return run(scenario, engine="exact")["it"]


def differences(*slots):
    return {"kind": "nested", "cutoff": [{"kind": "difference", "time": f"{c} s"} for c in slots]}


HALF = {"success_probability": 0.5}


@pytest.mark.parametrize(
    ("segments", "mean"),
    [(2, 29.473684210526315), (4, 84.8175804097333), (8, 242.34837242252195), (16, 691.4745156778554)],
)
def test_nested_swaps_that_fail_half_the_time_take_as_long_as_published(segments, mean):
    found = answer(chain(segments, swap=HALF)).latency["mean"]
    assert found.value == pytest.approx(mean, rel=1e-9 if segments < 16 else 1e-6)
    assert found.truncation < 1e-7


@pytest.mark.parametrize(("name", "slots"), [("p50", 181), ("p95", 651), ("p99", 980)])
def test_quantiles_of_eight_nested_segments_are_whole_slots(name, slots):
    law = answer(chain(8, swap=HALF)).law
    assert law.quantile(float(name[1:]) / 100).value == slots


def test_the_chance_of_a_pair_by_a_deadline_is_part_of_the_law():
    by_law = answer(chain(4, swap=HALF)).law.delivered_by(100)
    asked = answer(chain(4, swap=HALF, delivery={"kind": "deadline", "within": "100 s", "fallback": "mixed"}))
    assert by_law.value == pytest.approx(0.701833317284445, rel=1e-9)
    assert asked.delivered_probability.value == pytest.approx(by_law.value, rel=1e-12)


@pytest.mark.parametrize(
    ("segments", "expected"), [(2, 0.9381813878219527), (4, 0.8269017423517518), (8, 0.5794779641652148)]
)
def test_pairs_that_wait_in_nested_chains_lose_what_was_published(segments, expected):
    scenario = chain(segments, swap=HALF, fresh=0.98, memory=depolarising(400))
    assert weight(answer(scenario).fidelity_heralded.value) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("segments", "cutoffs", "time", "mean", "left"),
    [
        (2, (10,), 400, 34.14673043072753, None),
        (4, (10, 20), 400, 139.1411053626602, None),
        (8, (16, 31, 55), 400, 471.97133281441575, 0.7070286001992455),
        (2, (10,), 4, None, 0.4191468894556416),  # published code overflows here, and returns 1
    ],
)
def test_cut_offs_cost_time_and_save_fidelity_as_published(segments, cutoffs, time, mean, left):
    scenario = chain(segments, swap=HALF, fresh=0.98, memory=depolarising(time), policy=differences(*cutoffs))
    found = answer(scenario)
    if mean is not None:
        assert found.latency["mean"].value == pytest.approx(mean, rel=1e-8)
    if left is not None:
        assert weight(found.fidelity_heralded.value) == pytest.approx(left, rel=1e-7)


@pytest.mark.parametrize(
    ("success", "time", "expected"),
    [
        ([0.1] * 2, 100, 0.913482994401),
        ([0.1] * 3, 100, 0.836463659241),
        ([0.1] * 10, 100, 0.451738891828),
        ([0.1] * 25, 1000, 0.798025286817),
        ([0.1] * 100, 1000, 0.394329062445),
        ([0.1, 0.05, 0.2, 0.15], 100, 0.716461889285),
    ],
)
def test_swaps_as_soon_as_possible_keep_what_the_reference_says(success, time, expected):
    """Inner qubits wait for each other and lose 1/e in `time`; those at the ends lose nothing."""
    memory, ends = {"kind": "depolarising", "time": f"{time} s"}, {"memory": {"kind": "perfect"}}
    found = answer(chain(len(success), success, policy="swap-asap", memory=memory, ends=ends))
    assert weight(found.fidelity_heralded.value) == pytest.approx(expected, rel=1e-9)


FILE = """
network:
  kind: chain
  segments: {segments}
  node: {{memory: {{kind: depolarising, time: {time} s}}}}
  ends: {{memory: {{kind: perfect}}}}
  link:
    scheme:
      {{kind: parametric, attempt_duration: 1 s, success_probability: {success}, state: {{kind: werner, fidelity: 1}}}}
requests:
  - {{name: it, between: [first, last], delivery: {{kind: heralded}}, policy: {{kind: swap-asap}}}}
"""


@pytest.mark.parametrize(
    ("segments", "success", "time", "expected"),
    [(5, 0.1, 100, 0.701456205666), (400, 0.05, 5000, 0.212237383208)],
)
def test_a_file_of_hundreds_of_links_keeps_what_the_reference_says(tmp_path, segments, success, time, expected):
    """Equal links swapped as soon as possible, perfect ends; evaluated with sixty digits."""
    path = tmp_path / "chain.yaml"
    path.write_text(FILE.format(segments=segments, success=success, time=time))
    found = answer(load(str(path))).fidelity
    assert weight(found.value) == pytest.approx(expected, rel=1e-9)
    assert found.truncation < 1e-10


@pytest.mark.parametrize("kind", ["clocked", "deadline"])
def test_a_global_cut_off_is_a_delivery_by_a_time(kind):
    when = {"kind": "clocked", "period": "40 s"} if kind == "clocked" else {"kind": "deadline", "within": "40 s"}
    memory, ends = {"kind": "depolarising", "time": "100 s"}, {"memory": {"kind": "perfect"}}
    wish = {**when, "fallback": "mixed"}
    found = answer(chain(5, policy="swap-asap", memory=memory, ends=ends, delivery=wish))
    assert found.delivered_probability.value == pytest.approx(0.9282482758, rel=1e-9)
    assert weight(found.fidelity_heralded.value) == pytest.approx(0.7218681665, rel=1e-9)


def test_one_distillation_of_two_links_made_side_by_side_takes_as_long_as_published():
    """The twirled protocol on Werner pairs of weight 0.9 succeeds with (1 + w1 w2)/2."""
    policy = {"kind": "nested", "distill": {"kind": "bbpssw"}}
    scenario = chain(1, fresh=0.9, memory=depolarising(400), policy=policy, node={"qubits": 2})
    assert answer(scenario).latency["mean"].value == pytest.approx(16.45415526439209, rel=1e-8)


@pytest.mark.parametrize(("links", "efficiency"), [(1, 0.8260175600961008), (2, 3.0), (4, 9.0), (10, 32.7602)])
def test_clocked_links_reach_one_half_at_the_published_efficiency(links, efficiency):
    """In the limit of rare successes, at the best period; with an efficiency one in a hundred lower they do not."""
    for factor, reached in ((1.001, True), (0.99, False)):
        eta, step = efficiency * factor, 1e-5
        period = np.log(eta) / (eta - 1)
        scheme = {"attempt_duration": f"{step} s", "success_probability": eta * step}
        clock = {"kind": "clocked", "period": f"{period} s", "fallback": "mixed"}
        policy = {"kind": "clocked-links", "period": f"{period} s"}
        found = answer(chain(links, policy=policy, delivery=clock, memory=depolarising(1), link=scheme))
        assert (found.fidelity.value > 0.5) is reached
        assert found.fidelity.value == pytest.approx(0.25 + 0.75 * eta ** (links / (1 - eta)), abs=3e-4)


def test_two_links_give_the_same_by_both_exact_methods():
    """As a tree of pairs that meet, and as a sum over exponentials: nothing in common but the scenario."""
    from bellpush.engines.asap import solve
    from bellpush.engines.slot import slot_of

    memory = {"kind": "t1-t2", "t2": "30 s"}
    for wish in (
        {"kind": "heralded"},
        {"kind": "clocked", "period": "25.5 s", "fallback": "01"},
        {"kind": "deadline", "within": "25.5 s", "fallback": "mixed"},
    ):
        scenario = chain(2, [0.1, 0.04], policy="swap-asap", memory=memory, fresh=0.9, delivery=wish)
        request = scenario.job.chains["it"]
        tree, sums = answer(scenario).law, solve(request, request.policy.plan(request.route), slot_of(request))
        assert np.allclose(tree.state, sums.state, atol=1e-11)
        for name, ours, theirs in tree.beside(sums):
            assert ours.value == pytest.approx(theirs.value, rel=1e-10), name
        for level in (0.1, 0.5, 0.9):
            ours, theirs = tree.quantile(level).value, sums.quantile(level).value
            assert ours == theirs if theirs is None else ours == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("segments", "success", "mean"), [(3, 0.1, 57.057428887124594), (3, 0.5, 1204 / 117), (4, 0.1, 91.562557281)]
)
def test_swaps_that_fail_as_soon_as_possible_take_as_long_as_a_markov_chain_says(segments, success, mean):
    """Perfect memories; of several swaps the leftmost is tried first (setting of arXiv:1710.06214)."""
    found = answer(chain(segments, success, swap=HALF, policy="swap-asap"))
    assert found.latency["mean"].value == pytest.approx(mean, rel=1e-9)


def test_configurations_and_the_closed_form_agree_where_both_hold():
    from bellpush.engines.configured import configured
    from bellpush.engines.slot import slot_of
    from bellpush.engines.waited import handed_over

    for wish in ({"kind": "heralded"}, {"kind": "clocked", "period": "9.5 s", "fallback": "mixed"}):
        memory = {"kind": "dephasing", "time": "9 s"}
        scenario = chain(3, [0.3, 0.2, 0.4], fresh=0.9, policy="swap-asap", memory=memory, delivery=wish)
        request, slot = scenario.job.chains["it"], slot_of(scenario.job.chains["it"])
        law = handed_over(request, *configured(request, request.policy.plan(request.route), slot), slot)
        for name, ours, theirs in answer(scenario).law.beside(law):
            assert ours.value == pytest.approx(theirs.value, rel=1e-10), name
        assert np.allclose(law.state, answer(scenario).law.state, atol=1e-11)


def test_a_fixed_order_that_halves_is_nested():
    memory = depolarising(50)
    order = {"kind": "fixed-order", "order": ["n1", "n3", "n2"]}
    nested, ordered = (answer(chain(4, swap=HALF, memory=memory, policy=p)) for p in ("nested", order))
    assert ordered.latency["mean"].value == pytest.approx(nested.latency["mean"].value, rel=1e-12)
    assert np.allclose(ordered.state, nested.state, atol=1e-12)


def test_left_to_right_takes_longer_than_halving():
    order = {"kind": "fixed-order", "order": ["n1", "n2", "n3"]}
    assert answer(chain(4, swap=HALF, policy=order)).latency["mean"].value > 85


def test_many_edges_at_once_are_those_one_by_one():
    """`reach` reads all periods off one law; `run` takes the one that is asked for."""
    edges = np.array([3.0, 17.5, 40.0])
    for policy in ("nested", "swap-asap"):
        scenario = chain(
            4, [0.1, 0.2, 0.15, 0.3], fresh=0.95, memory=depolarising(60), policy=policy,
            delivery={"kind": "clocked", "period": "40 s", "fallback": "mixed"},
        )  # fmt: skip
        abreast = chains.edges_of(scenario.job.chains["it"])(edges)
        alone = [
            answer(scenario.edit("requests.it.delivery.period", f"{edge} s")).fidelity.value for edge in edges.tolist()
        ]
        assert abreast == pytest.approx(alone, rel=1e-11)


def test_attempts_of_unequal_length_share_the_slots_of_their_common_measure():
    """A link whose attempts take twice as long is one that succeeds, or fails, every other slot."""
    network = {
        "nodes": {name: {"qubits": 2} for name in "abc"},
        "links": [
            {"between": ["a", "b"], "scheme": {"kind": "parametric", "attempt_duration": "2 ms", **werner(0.5)}},
            {"between": ["b", "c"], "scheme": {"kind": "parametric", "attempt_duration": "3 ms", **werner(0.5)}},
        ],
        "requests": [
            {"name": "it", "between": ["a", "c"], "delivery": {"kind": "heralded"}, "policy": {"kind": "nested"}}
        ],
    }
    k = np.arange(1, 200)
    halves = 0.5**k
    later = np.maximum.outer(2e-3 * k, 3e-3 * k)
    assert run(network)["it"].latency["mean"].value == pytest.approx(float(halves @ later @ halves), rel=1e-12)


def werner(success, fidelity=1.0):
    return {"success_probability": success, "state": {"kind": "werner", "fidelity": fidelity}}


def test_swaps_take_their_time_and_their_ends_wait_for_it():
    """Two certain links: the swap begins at 1 s, ends at 3 s, and the outer qubits age by 2 s."""
    scenario = chain(2, 1.0, memory={"kind": "depolarising", "time": "10 s"}, swap={"duration": "2 s"})
    found = answer(scenario)
    assert found.latency["mean"].value == pytest.approx(3)
    assert weight(found.fidelity_heralded.value) == pytest.approx(np.exp(-2 * 2 / 10))


def test_a_pair_that_is_whole_when_heralded_may_leave_while_it_waits():
    """The left of two links waits k attempts for the right with chance 2**-k / 3; each keeps exp(-1/20) of it."""
    left = np.exp(-1 / 20) / 2
    found = answer(chain(2, 0.5, ends={"memory": {"kind": "perfect", "lifetime": "20 s"}}))
    assert found.delivered_probability.value == pytest.approx(1, rel=1e-9)
    assert found.latency["mean"].value == pytest.approx(8 / 3, rel=1e-9)
    assert found.fidelity_heralded.value == pytest.approx(1 / 3 + 2 / 3 * left / (1 - left), rel=1e-9)


@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
def test_without_a_clock_no_overhead_at_the_start_of_a_cycle_delays_a_route(policy):
    """As for one link: two links that succeed half the time take 8/3 attempts."""
    lock = [{"name": "lock", "duration": "2.3 s", "when": "cycle-start"}]
    scenario = chain(2, 0.5, policy=policy).edit("links.0.overheads", lock).edit("links.1.overheads", lock)
    assert answer(scenario).latency["mean"].value == pytest.approx(8 / 3, rel=1e-9)


def test_qubits_are_moved_once_before_a_common_edge():
    """Two links of two qubits each, whose moves leave 0.9 of the Bloch vector."""
    moved = {"kind": "moved", "into": {"kind": "perfect"}, "fidelity": 0.95, "duration": "1 s"}
    found = answer(chain(2, 1.0, memory=moved, policy={"kind": "clocked-links", "period": "5 s"}))
    assert weight(found.fidelity_heralded.value) == pytest.approx(0.9**4, rel=1e-12)


REFUSED = {
    "an unequal slot": (
        chain(2, link={"attempt_duration": "1 s"}).edit("links.1.scheme.attempt_duration", "1.00137 s"),
        "attempts whose durations have a common measure, but `n0-n1` takes 1 s and `n1-n2` 1.00137 s",
    ),
    "a swap between slots": (chain(2, swap={"duration": "0.3137 s"}), "swaps that take a whole number of slots"),
    "slow swaps by a clock": (
        chain(
            2,
            memory={"kind": "stretched", "time": "9 s", "exponent": 2},
            swap={"duration": "1 s"},
            policy={"kind": "clocked-links", "period": "9 s"},
        ),
        "cannot go on with the age of a qubit in a stretched memory (`nodes.n0`) while swaps take time",
    ),
    "damage by attempts before a common edge": (
        chain(
            2,
            memory={"kind": "dephasing", "time": "9 s", "per_attempt": {"dephasing": 0.01}},
            policy={"kind": "clocked-links", "period": "9 s"},
        ),
        "cannot tell how many attempts go on at `n1`",
    ),
    "damage by attempts of unequal length": (
        chain(2, memory={"kind": "dephasing", "time": "9 s", "per_attempt": {"dephasing": 0.01}}).edit(
            "links.1.scheme.attempt_duration", "2 s"
        ),
        "cannot tell how many attempts go on at `n1`",
    ),
    "a cut-off by age of attempts of unequal length": (
        chain(2, policy={"kind": "nested", "cutoff": {"kind": "age", "time": "9 s"}}).edit(
            "links.1.scheme.attempt_duration", "2 s"
        ),
        "cannot take a cut-off by age at `n1` where attempts take unequal times",
    ),
    "a cut-off by fidelity of attempts of unequal length": (
        chain(2, policy={"kind": "swap-asap", "cutoff": {"kind": "fidelity", "value": 0.9}}).edit(
            "links.1.scheme.attempt_duration", "2 s"
        ),
        "cannot take a cut-off by fidelity at `n1` where attempts take unequal times",
    ),
    "many links of which swaps may fail": (
        chain(9, swap=HALF, policy="swap-asap"),
        "takes at most 8 links where more than two links are swapped as soon as possible and swaps may fail",
    ),
    "a difference of many pairs": (
        chain(3, policy={"kind": "swap-asap", "cutoff": {"kind": "difference", "time": "9 s"}}),
        "cannot take a cut-off by difference where more than two links",
    ),
    "swaps that fail and take time": (
        chain(3, swap={**HALF, "duration": "1 s"}, policy="swap-asap"),
        "needs attempts of one duration and swaps that take no time where more than two links",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_exact_answer_is_refused_with_the_reason(name):
    scenario, says = REFUSED[name]
    (request,) = scenario.job.chains.values()
    reason = chains.unsupported(request)
    assert says in reason
    assert "Try " in reason


@pytest.mark.parametrize("fidelity", [0.7, 0.85, 0.9, 0.95])
@pytest.mark.parametrize("engine", ["exact", "physics"])
def test_a_pair_just_at_the_fidelity_of_a_cut_off_is_kept(fidelity, engine):
    """Nothing is lost in perfect memories, so that nothing is dropped; rounding must not decide it."""
    links = {"segments": 2, "success": 0.3, "fresh": weight(fidelity)}
    rule = {"kind": "nested", "cutoff": {"kind": "fidelity", "value": fidelity}}
    found, free = (run(chain(**links, policy=policy), engine, shots=100)["it"] for policy in (rule, "nested"))
    assert found.latency["mean"].value == pytest.approx(free.latency["mean"].value, rel=1e-9)


def test_a_cut_off_by_age_of_two_links_is_one_by_difference():
    """A geometric link that begins again is as far as one that went on; and the same holds for a fidelity."""
    memory = {"kind": "depolarising", "time": "20 s"}
    least = 0.25 + 0.75 * np.exp(-2 * 7.5 / 20)  # is passed between 7 and 8 s in two memories
    rules = (
        {"kind": "difference", "time": "7 s"},
        {"kind": "age", "time": "7.9 s"},
        {"kind": "fidelity", "value": least},
    )
    found = [answer(chain(2, memory=memory, swap=HALF, policy={"kind": "nested", "cutoff": rule})) for rule in rules]
    for one in found[1:]:
        assert one.latency["mean"].value == pytest.approx(found[0].latency["mean"].value, rel=1e-12)
        assert one.fidelity_heralded.value == pytest.approx(found[0].fidelity_heralded.value, rel=1e-12)


@pytest.mark.parametrize("policy", ["nested", "swap-asap", {"kind": "clocked-links", "period": "30 s"}], ids=str)
@pytest.mark.parametrize(
    ("kind", "dead"),
    [*((k, d) for k in ("heralded", "deadline", "clocked") for d in ("a link", "a swap")),
     ("deadline", "the time"), ("clocked", "the time")],
)  # fmt: skip
def test_what_never_gives_a_pair_hands_over_its_fallback(policy, kind, dead):
    """A link or a swap that never succeeds, or too short a time, is an answer and no error."""
    length = "0.5 s" if dead == "the time" else "30 s"
    wish = {"kind": kind, **({"clocked": {"period": length}, "deadline": {"within": length}}.get(kind, {}))}
    wish |= {} if kind == "heralded" else {"fallback": "mixed"}
    if isinstance(policy, dict):
        policy = {**policy, "period": length}
    success = [0.3, 0.0, 0.3] if dead == "a link" else 0.3
    swap = {"success_probability": 0} if dead == "a swap" else {}
    found = answer(chain(3, success, policy=policy, swap=swap, delivery=wish, memory=depolarising(9)))
    assert found.delivered_probability.value == 0
    assert found.rate.value == 0
    assert found.fidelity_heralded.value is None
    if kind == "heralded":
        assert found.fidelity.value is None
        assert found.latency["mean"].value is None
    else:
        assert found.fidelity.value == pytest.approx(0.25)
        assert found.on_demand is False
