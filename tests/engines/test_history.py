"""Memories that do not forget: against sums over all times at which links can be ready, and over all ages."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chains.witness import swapped_with_ages, swept, with_ages
from tests.systems.chains import chain

from bellpush.engines import chain as chains
from bellpush.engines import past
from bellpush.ground.errors import UnsupportedError
from bellpush.scenario.run import run

ALMOST = 1 + 2**-52  # an exponent that is no longer 1, and makes no difference
MEMORIES = {
    "square root": {"kind": "stretched", "time": "9 s", "exponent": 0.5},
    "three halves": {"kind": "stretched", "time": "7 s", "exponent": 1.5},
    "Gaussian": {"kind": "stretched", "time": "7 s", "exponent": 2},
    "cubic": {"kind": "stretched", "time": "4 s", "exponent": 3},
    "steep": {"kind": "stretched", "time": "3.3 s", "exponent": 10},
    "leaving": {"kind": "stretched", "time": "7 s", "exponent": 2, "lifetime": "30 s"},
    "blocks": {"kind": "decoupled", "spacing": "1 s", "time": "9 s", "block": 3, "pulse_error": 0.02},
    "moved at once": {"kind": "moved", "into": {"kind": "dephasing", "time": "9 s"}, "fidelity": 0.93},
    "moved later": {
        "kind": "moved",
        "into": {"kind": "depolarising", "time": "9 s"},
        "fidelity": 0.93,
        "duration": "2.5 s",
        "lifetime": "90 s",
    },
    "moved into a past": {
        "kind": "moved",
        "into": {"kind": "stretched", "time": "9 s", "exponent": 2},
        "fidelity": 0.93,
        "duration": "1.5 s",
    },
}
RELAXING = {"kind": "t1-t2", "t1": "30 s", "t2": "20 s", "excited": 0.2}
DEADLINE = {"kind": "deadline", "within": "13.7 s", "fallback": "mixed"}
CLOCKED = {"kind": "clocked", "period": "13.7 s", "fallback": "01"}
HERALDED = {"kind": "heralded"}
DELIVERIES = (HERALDED, DEADLINE, CLOCKED)
SUCCESS = {"heralded": [0.93, 0.9, 0.95, 0.92], "deadline": [0.3, 0.2, 0.4, 0.25], "clocked": [0.3, 0.2, 0.4, 0.25]}
SIGNS = (1, 1, -1, 1)  # of phi+
ROUGH = {"success_probability": 0.6, "gate_error": 0.03, "readout_error": 0.02}


def law_of(scenario):
    return run(scenario, engine="exact")["it"].law


def request_of(scenario):
    return next(iter(scenario.job.chains.values()))


def all_times(success, last):
    """Every combination of times of so many links up to `last`, on axes of their own, and its probability."""
    slots = np.arange(1, last + 1)
    times = np.meshgrid(*[slots] * len(success), indexing="ij")
    chance = reduce(np.multiply, [p * (1 - p) ** (t - 1.0) for p, t in zip(success, times, strict=True)])
    return times, chance


def two_by_two(plan, times, kept):
    """When a plan of nested pairs of link numbers is done, since when its ends are stored, and what swaps left."""
    if isinstance(plan, int):
        return times[plan], times[plan], times[plan], 1.0, plan + 1
    (one, first, inner, left, node), (two, other, last, right, end) = (two_by_two(part, times, kept) for part in plan)
    now = np.maximum(one, two)
    return now, first, last, left * right * kept(node, now - inner) * kept(node, now - other), end


def at_once(times, kept):
    """The same where every node swaps as soon as it can."""
    loss = 1.0
    for node, (one, two) in enumerate(pairwise(times), start=1):
        loss = loss * kept(node, np.abs(one - two)) * kept(node, 0)
    return reduce(np.maximum, times), times[0], times[-1], loss, len(times)


def expected(request, success, how, last, fresh):
    """Correlations of heralded hand-overs, weighted with their probability: the sum over all histories."""
    times, chance = all_times(success, last)
    memories = [node.storage for node in request.route.nodes]
    age = request.links[0].model.herald_delay
    found = np.zeros((4, 4))
    for pauli in range(4):

        def kept(node, slots, pauli=pauli):
            return memories[node].transfer(age + slots)[..., pauli, pauli]

        ready, first, end, loss, _ = how(times, kept)
        inside = ready <= (request.until or np.inf)
        ages = [np.where(inside, (request.edge or ready) - since, 0.0) for since in (first, end)]
        whole = SIGNS[pauli] * (1.0 if pauli == 0 else fresh ** len(times))
        found[pauli, pauli] = whole * (inside * chance * loss * kept(0, ages[0]) * kept(len(times), ages[1])).sum()
    return found


CASES = [(name, 3, policy) for name in MEMORIES for policy in ("nested", "swap-asap")]
CASES += [(name, 2, "nested") for name in ("Gaussian", "blocks", "moved later")]
CASES += [(name, 4, policy) for name in ("three halves", "moved later") for policy in ("nested", "swap-asap")]


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda wish: wish["kind"])
@pytest.mark.parametrize(("name", "links", "policy"), CASES)
def test_a_chain_is_the_sum_over_all_times_of_its_links(name, links, policy, delivery):
    """Nothing in common but the memory itself; the slots left out have a chance below 1e-13."""
    success = SUCCESS[delivery["kind"]][:links]
    known = {"herald_delay": "0.4 s"}
    scenario = chain(links, success, policy=policy, fresh=0.95, memory=MEMORIES[name], delivery=delivery, link=known)
    plan = {2: (0, 1), 3: ((0, 1), 2), 4: ((0, 1), (2, 3))}[links]
    how = at_once if policy == "swap-asap" else lambda times, kept: two_by_two(plan, times, kept)
    law = law_of(scenario)
    wanted = expected(request_of(scenario), success, how, 14 if delivery is HERALDED else 13, 0.95)
    assert law.heralded == pytest.approx(wanted, abs=1e-11)
    assert law.truncation < 1e-10


@given(st.data())
@settings(max_examples=5, deadline=None)
def test_any_three_links_between_any_memories_are_that_sum(data):
    """Every node has a stretched memory of its own; the period lies anywhere between two slots."""
    success = data.draw(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3))
    policy = data.draw(st.sampled_from(["nested", "swap-asap"]))
    clock = {"kind": "clocked", "period": f"{data.draw(st.floats(3.0, 12.0))} s", "fallback": "mixed"}
    known = {"herald_delay": f"{data.draw(st.floats(0.0, 1.0))} s"}
    scenario = chain(3, success, policy=policy, fresh=0.9, delivery=clock, link=known)
    for number in range(4):
        time, exponent = data.draw(st.floats(0.5, 50.0)), data.draw(st.floats(0.5, 6.0))
        memory = {"kind": "stretched", "time": f"{time} s", "exponent": exponent}
        scenario = scenario.edit(f"nodes.n{number}.memory", memory)
    how = at_once if policy == "swap-asap" else lambda times, kept: two_by_two(((0, 1), 2), times, kept)
    law = law_of(scenario)
    wanted = expected(request_of(scenario), success, how, 12, 0.9)
    assert law.heralded == pytest.approx(wanted, abs=law.truncation + 1e-14)
    assert law.truncation < 1e-9


@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
@pytest.mark.parametrize("exponent", [0.1, 0.3])
def test_what_lasts_almost_for_ever_is_described_for_as_long_as_pairs_may_wait(policy, exponent):
    """Eight million slots are too long a time for a system of 64 numbers, some hundred are not."""
    memory = {"kind": "stretched", "time": "1e6 s", "exponent": exponent}
    success = SUCCESS["heralded"][:3]
    scenario = chain(3, success, policy=policy, fresh=0.95, memory=memory)
    how = at_once if policy == "swap-asap" else lambda times, kept: two_by_two(((0, 1), 2), times, kept)
    law = law_of(scenario)
    assert law.heralded == pytest.approx(expected(request_of(scenario), success, how, 14, 0.95), abs=1e-11)
    assert law.truncation < 1e-9


def test_left_to_right_too():
    order = {"kind": "fixed-order", "order": ["n1", "n2", "n3"]}
    success = SUCCESS["clocked"]
    scenario = chain(4, success, policy=order, memory=MEMORIES["Gaussian"], delivery=CLOCKED)
    plan = (((0, 1), 2), 3)
    wanted = expected(request_of(scenario), success, lambda *how: two_by_two(plan, *how), 13, 1.0)
    assert law_of(scenario).heralded == pytest.approx(wanted, abs=1e-11)


@pytest.mark.parametrize("name", ["square root", "Gaussian", "cubic"])
def test_swaps_that_fail_and_pairs_that_are_dropped_begin_again_with_fresh_qubits(name):
    """Four links, two cut-offs: slot by slot with the ages of both qubits, a sum over every retry."""
    success, slots, limits = [0.3, 0.2, 0.4, 0.25], 30, (4, 9)
    memory = {**MEMORIES[name], "time": "12 s"}
    policy = {"kind": "nested", "cutoff": [{"kind": "difference", "time": f"{limit} s"} for limit in limits]}
    scenario = chain(
        4, success, policy=policy, memory=memory, swap={"success_probability": 0.6},
        delivery={"kind": "clocked", "period": "29.3 s", "fallback": "mixed"},
    )  # fmt: skip
    kept = request_of(scenario).route.nodes[0].storage.transfer(np.arange(3.0 * slots))[:, 1, 1]
    links = [with_ages(p, slots) for p in success]
    halves = [swapped_with_ages(*pair, (kept, kept), 0.6, limits[0]) for pair in (links[:2], links[2:])]
    ready, made = swapped_with_ages(*halves, (kept, kept), 0.6, limits[1])
    t, first, last = np.indices(made.shape)
    end = [request_of(scenario).route.nodes[0].storage.transfer(29.3 - t + age)[..., 1, 1] for age in (first, last)]
    law = law_of(scenario)
    assert law.times.total == pytest.approx(ready.sum(), abs=1e-13)
    assert law.heralded[1, 1] == pytest.approx((made * end[0] * end[1]).sum(), abs=1e-11)
    asked = law_of(scenario.edit("requests.it.delivery", {"kind": "deadline", "within": "29.3 s", "fallback": "mixed"}))
    assert asked.heralded[1, 1] == pytest.approx((made * kept[first] * kept[last]).sum(), abs=1e-11)


@pytest.mark.parametrize("exponent", [0.5, 1.5, 2.0, 3.0])
def test_eight_links_as_soon_as_possible_are_eight_sums_one_after_the_other(exponent):
    """Whole kernels of the difference of two times in place of exponentials."""
    success, slots = np.linspace(0.05, 0.2, 8), 60
    memory = {"kind": "stretched", "time": "40 s", "exponent": exponent}
    wish = {"kind": "clocked", "period": f"{slots + 0.5} s", "fallback": "mixed"}
    scenario = chain(8, success.tolist(), policy="swap-asap", memory=memory, delivery=wish)
    storage = request_of(scenario).route.nodes[0].storage

    def kept(slots):
        return storage.transfer(np.abs(slots))[..., 1, 1]

    wanted = swept(success, [kept] * 7, [lambda slots: kept(slots + 0.5)] * 2, slots)
    found = law_of(scenario)
    assert found.heralded[1, 1] == pytest.approx(wanted, abs=max(1e-12, found.truncation))
    assert found.truncation < 2e-10


LIKE_DEPHASING = {
    "swaps that fail": {"segments": 4, "swap": ROUGH},
    "cut-offs": {
        "segments": 4,
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": [{"kind": "difference", "time": f"{c} s"} for c in (8.5, 20)]},
    },
    "an age": {"segments": 2, "policy": {"kind": "nested", "cutoff": {"kind": "age", "time": "8.5 s"}}},
    "a fidelity": {"segments": 2, "policy": {"kind": "nested", "cutoff": {"kind": "fidelity", "value": 0.7}}},
    "swaps that take time": {
        "segments": 4,
        "swap": {**ROUGH, "duration": "2 s"},
        "policy": {"kind": "fixed-order", "order": ["n1", "n2", "n3"]},
    },
    "as soon as possible": {"segments": 5, "success": [0.1, 0.2, 0.3, 0.2, 0.1], "policy": "swap-asap"},
    "as soon as possible, taking time": {"segments": 3, "policy": "swap-asap", "swap": {"duration": "2 s"}},
    "damage": {"segments": 2, "memory": {"per_attempt": {"dephasing": 0.03}}},
    "damage as soon as possible": {
        "segments": 4,
        "policy": "swap-asap",
        "memory": {"per_attempt": {"dephasing": 0.03}},
    },
    "leaving": {"segments": 3, "swap": ROUGH, "memory": {"lifetime": "70 s"}},
    "unequal attempts": {"segments": 3, "swap": ROUGH, "slow": True},
    "unequal attempts as soon as possible": {"segments": 3, "policy": "swap-asap", "slow": True},
    "clicks": {"segments": 3, "swap": ROUGH, "click": True},
    "clicks as soon as possible": {"segments": 3, "policy": "swap-asap", "click": True},
}
CLICK = {
    "kind": "single-click",
    "bright_state_population": 0.2,
    "detection_probability": 0.5,
    "dark_count_probability": 0.01,
    "visibility": 0.9,
    "attempt_duration": "1 s",
}


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda wish: wish["kind"])
@pytest.mark.parametrize("name", LIKE_DEPHASING)
def test_an_exponent_of_one_is_dephasing(name, delivery):
    """Two engines that share the times of pairs and nothing of their states."""
    laws = []
    for memory in ({"kind": "stretched", "time": "23 s", "exponent": ALMOST}, {"kind": "dephasing", "time": "23 s"}):
        asked = {"success": 0.2, "fresh": 0.9, "delivery": delivery, "link": {"herald_delay": "0.3 s"}}
        asked |= LIKE_DEPHASING[name] | {"memory": {**memory, **LIKE_DEPHASING[name].get("memory", {})}}
        click, slow = asked.pop("click", False), asked.pop("slow", False)
        scenario = chain(**asked)
        for number in range(asked["segments"]) if click else ():
            scenario = scenario.edit(f"links.{number}.scheme", CLICK)
        if slow:
            scenario = scenario.edit("links.1.scheme.attempt_duration", "1.5 s")
        assert past.needed(past.settled(request_of(scenario))) == (memory["kind"] == "stretched")
        laws.append(law_of(scenario))
    ours, theirs = laws
    assert ours.heralded == pytest.approx(theirs.heralded, abs=1e-13)
    assert ours.missed == pytest.approx(theirs.missed, abs=1e-13)
    assert ours.times.total == pytest.approx(theirs.times.total, abs=1e-13)
    assert ours.press == pytest.approx(theirs.press, rel=1e-12)


BESIDE_POLES = {
    "swaps that fail": {"segments": 4, "swap": ROUGH},
    "cut-offs and swaps that take time": {
        "segments": 3,
        "swap": {**ROUGH, "duration": "2 s"},
        "policy": {"kind": "fixed-order", "order": ["n1", "n2"], "cutoff": {"kind": "difference", "time": "8.5 s"}},
    },
    "as soon as possible": {"segments": 4, "success": [0.1, 0.2, 0.3, 0.2], "policy": "swap-asap"},
    "clicks": {"segments": 3, "swap": ROUGH, "click": True},
    "clicks as soon as possible": {"segments": 3, "policy": "swap-asap", "click": True},
}


@pytest.mark.parametrize("where", [0, 1, 2])
@pytest.mark.parametrize("name", BESIDE_POLES)
def test_other_nodes_may_relax_to_a_pole(name, where):
    """One memory that hardly has a past beside others with T1: as where it is a dephasing one."""
    laws = []
    for memory in ({"kind": "stretched", "time": "23 s", "exponent": ALMOST}, {"kind": "dephasing", "time": "23 s"}):
        wish = {"kind": "clocked", "period": "25.3 s", "fallback": "01"} if where else HERALDED
        asked = {"success": 0.2, "fresh": 0.9, "memory": RELAXING, "delivery": wish, "link": {"herald_delay": "0.3 s"}}
        asked |= BESIDE_POLES[name]
        click = asked.pop("click", False)
        scenario = chain(**asked).edit(f"nodes.n{where}.memory", memory)
        for number in range(asked["segments"]) if click else ():
            scenario = scenario.edit(f"links.{number}.scheme", CLICK)
        laws.append(law_of(scenario))
    assert laws[0].heralded == pytest.approx(laws[1].heralded, abs=1e-13)
    assert laws[0].times.total == pytest.approx(laws[1].times.total, abs=1e-13)


def test_a_qubit_moved_to_where_it_relaxes_may_stand_beside_one_with_a_past():
    moved = {"kind": "moved", "into": RELAXING, "fidelity": 0.9}
    beside = {"kind": "stretched", "time": "23 s", "exponent": ALMOST}
    laws = [
        law_of(chain(3, 0.2, fresh=0.9, memory=moved, swap=ROUGH).edit("nodes.n1.memory", memory))
        for memory in (beside, {"kind": "dephasing", "time": "23 s"})
    ]
    assert laws[0].state == pytest.approx(laws[1].state, abs=1e-13)


def test_every_node_has_a_memory_of_its_own():
    """Four nodes that forget in four ways, two of which have no past."""
    kinds = ["Gaussian", "blocks", "moved at once", "cubic"]
    success = SUCCESS["clocked"][:3]
    scenario = chain(3, success, policy="nested", delivery=CLOCKED)
    for number, name in enumerate(kinds):
        scenario = scenario.edit(f"nodes.n{number}.memory", MEMORIES[name])
    wanted = expected(request_of(scenario), success, lambda *how: two_by_two(((0, 1), 2), *how), 13, 1.0)
    assert law_of(scenario).heralded == pytest.approx(wanted, abs=1e-11)


def test_a_moved_qubit_may_relax_where_it_was_moved_to():
    """As a link of qubits that were moved before: pairs shrunk by both moves, in memories with T1."""
    into = {"kind": "t1-t2", "t1": "30 s", "t2": "20 s", "lifetime": "100 s"}
    moved = {"kind": "moved", "into": into, "fidelity": 0.95, "lifetime": "100 s"}
    for policy in ("nested", {"kind": "nested", "distill": [{"kind": "dejmps"}, None]}):
        more = {"node": {"qubits": 4}, "swap": ROUGH, "policy": policy, "success": 0.3}
        ours = law_of(chain(2, fresh=0.9, memory=moved, **more))
        theirs = law_of(chain(2, fresh=0.9 * 0.9**2, memory={**into, "lifetime": "50 s"}, **more))
        assert ours.state == pytest.approx(theirs.state, abs=1e-12)


def test_a_store_that_gives_back_by_itself_keeps_a_pair_for_so_many_slots():
    """Two links: the earlier may come up to three slots before the later; afterwards nothing is left of it."""
    memory = {"kind": "fixed-delay", "delay": "3.5 s", "efficiency": 0.9}
    p, q = 0.4, 0.6
    together = p**2 / (1 - q**2) * (1 + 2 * sum(q**k for k in range(1, 4)))
    law = law_of(chain(2, p, memory=memory))
    assert law.state[0, 0] == pytest.approx(0.9**4 * together, abs=1e-11)
    assert law.delivered_probability.value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
def test_many_edges_at_once_are_those_one_by_one(policy):
    edges = np.array([3.0, 17.5, 31.0, 40.25])
    scenario = chain(
        4, [0.1, 0.2, 0.15, 0.3], fresh=0.95, memory=MEMORIES["Gaussian"] | {"time": "25 s"}, policy=policy,
        delivery={"kind": "clocked", "period": "40 s", "fallback": "mixed"},
    )  # fmt: skip
    abreast = chains.edges_of(request_of(scenario))(edges)
    alone = [law_of(scenario.edit("requests.it.delivery.period", f"{edge} s")).fidelity.value for edge in edges]
    assert abreast == pytest.approx(alone, abs=1e-10)


REFUSED = {
    "a distilled qubit": (
        {"segments": 2, "node": {"qubits": 4}, "policy": {"kind": "nested", "distill": [{"kind": "dejmps"}, None]}},
        "cannot go on with the age of a distilled qubit in a stretched memory (`nodes.n0`)",
    ),
    "swaps that fail as soon as possible": (
        {"segments": 3, "policy": "swap-asap", "swap": ROUGH},
        "where more than two links are swapped as soon as possible and swaps may fail or pairs are dropped",
    ),
    "an age as soon as possible": (
        {"segments": 3, "policy": {"kind": "swap-asap", "cutoff": {"kind": "age", "time": "9 s"}}},
        "where more than two links are swapped as soon as possible and swaps may fail or pairs are dropped",
    ),
    "an age above the first level": (
        {"segments": 4, "policy": {"kind": "nested", "cutoff": {"kind": "age", "time": "9 s"}}},
        "beside a cut-off by age above the first level of swaps",
    ),
    "damage above the first level": (
        {"segments": 4, "memory": {**MEMORIES["Gaussian"], "per_attempt": {"dephasing": 0.01}}},
        "beside attempts that damage qubits stored at `n2`",
    ),
    "a move towards a pole that outlasts the herald": (
        {"segments": 2, "memory": {"kind": "moved", "into": RELAXING, "fidelity": 0.9, "duration": "2 s"}},
        "cannot follow a moved memory that relaxes to a pole over a swap (`nodes.n0`)",
    ),
    "damage by attempts of unequal times": (
        {
            "segments": 3,
            "policy": "swap-asap",
            "memory": {**MEMORIES["Gaussian"], "per_attempt": {"dephasing": 0.01}},
            "slow": True,
        },
        "beside attempts of unequal times that damage stored qubits",
    ),
    "many links as soon as possible": (
        {"segments": 41, "policy": "swap-asap"},
        "takes at most 40 links swapped as soon as possible beside a stretched memory",
    ),
    "swaps of unequal duration": (
        {"segments": 3, "policy": "swap-asap", "unequal": True},
        "needs swaps of one duration",
    ),
    "a sharp end after many slots": (
        {"segments": 2, "memory": {"kind": "fixed-delay", "delay": "500 s"}},
        "at most 64 numbers, which for a fixed-delay memory (`nodes.n0`) leaves an error of",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_exact_answer_is_refused_with_the_reason(name):
    asked, says = REFUSED[name]
    asked = {"memory": MEMORIES["Gaussian"], **asked}
    unequal, slow = asked.pop("unequal", False), asked.pop("slow", False)
    scenario = chain(**asked)
    if slow:
        scenario = scenario.edit("links.1.scheme.attempt_duration", "2 s")
    if unequal:
        scenario = scenario.edit("nodes.n1.swap.duration", "1 s")
    reason = chains.unsupported(request_of(scenario))
    assert says in reason
    assert "Try " in reason
    with pytest.raises(UnsupportedError, match="Try "):
        chains.solve(request_of(scenario))


def test_pairs_of_qubits_that_were_moved_have_an_age():
    """The chance of a good pair, as of links that are as bad from the beginning; half of them swap at once."""
    moved = {"kind": "moved", "into": {"kind": "depolarising", "time": "20 s"}, "fidelity": 0.98}
    found = [
        chains.good(request_of(chain(2, 0.4, fresh=fresh, memory=memory, delivery=DEADLINE)), 0.7)
        for fresh, memory in ((0.95, moved), (0.95 * 0.96**2, moved["into"]))
    ]
    assert 0.1 < found[0].value < 0.9
    assert found[0].value == pytest.approx(found[1].value, abs=1e-9)


def test_the_chance_of_a_good_pair_is_absent_with_the_reason():
    found = chains.good(request_of(chain(2, memory=MEMORIES["Gaussian"], delivery=DEADLINE)), 0.9)
    assert found.value is None
    assert "no one age" in found.why
