"""Chains in which a pair's fate depends on its age: against every history of the first slots, and against each other.

The witness keeps for every pair its age, all waits of its qubits and all attempts beside them as whole numbers, and
branches over all attempts and swaps: no labels, no linear systems, no sums over waits in closed form.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod

import numpy as np
import pytest
from tests.systems.chains import chain, depolarising, weight

from bellpush.engines import chain as chains
from bellpush.engines import configured
from bellpush.engines.slot import slot_of
from bellpush.scenario.run import run

SUCCESS, SWAP, SLOTS = [0.1, 0.25, 0.15, 0.2], 0.6, 8


def rules(kind, *values):
    name = "value" if kind == "fidelity" else "time"
    return {"kind": "nested", "cutoff": [{"kind": kind, name: v} for v in values]}


def law_of(scenario):
    (request,) = scenario.job.chains.values()
    assert chains.unsupported(request) is None
    plan = request.policy.plan(request.route)
    return configured.configured(request, plan, slot_of(request))[0]


def witness(spans, old, slots=SLOTS, success=SUCCESS, swap=SWAP):
    """P(slot, waits, attempts beside) of the finished pair; `old(span, age, waits)`: who is dropped after a slot."""
    n = len(success)
    found = defaultdict(float)
    here = {frozenset(): 1.0}
    for t in range(1, slots + 1):
        after = defaultdict(float)
        for standing, chance in here.items():
            free = [k for k in range(n) if not any(i <= k < j for i, j, *_ in standing)]
            aged = [
                (i, j, age + 1, waits + 2, beside + (i - 1 in free) + (j in free))
                for i, j, age, waits, beside in standing
            ]
            for hits in product((0, 1), repeat=len(free)):
                odds = prod(success[k] if hit else 1 - success[k] for k, hit in zip(free, hits, strict=True))
                new = [(k, k + 1, 0, 0, 0) for k, hit in zip(free, hits, strict=True) if hit]
                after[frozenset(aged + new)] += chance * odds
        for node in sorted(spans, key=lambda v: spans[v][1] - spans[v][0]):
            first, last = spans[node]
            swapped = defaultdict(float)
            for standing, chance in after.items():
                left = next((p for p in standing if p[:2] == (first, node)), None)
                right = next((p for p in standing if p[:2] == (node, last)), None)
                if left is None or right is None:
                    swapped[standing] += chance
                    continue
                rest = standing - {left, right}
                made = (first, last, max(left[2], right[2]), left[3] + right[3], left[4] + right[4])
                swapped[rest | {made}] += chance * swap
                swapped[rest] += chance * (1 - swap)
            after = swapped
        here = defaultdict(float)
        for standing, chance in after.items():
            if done := next((p for p in standing if p[:2] == (0, n)), None):
                found[t, done[3], done[4]] += chance
            else:
                here[frozenset(p for p in standing if not old(p[:2], p[2], p[3]))] += chance
    return found


FOUR = {1: (0, 2), 3: (2, 4), 2: (0, 4)}


def level(span):
    return int(span[1] - span[0] > 1)


def agrees(law, found, shrink, hurt=1.0, fresh=0.97, row=1):
    """The probability of every slot and the correlation XX, whose weight falls with waits and attempts."""
    times, kept = np.zeros(SLOTS + 1), np.zeros(SLOTS + 1)
    for (t, waits, beside), chance in found.items():
        times[t] += chance
        kept[t] += chance * fresh ** len(SUCCESS) * shrink**waits * hurt**beside
    assert times.sum() > 0.005
    np.testing.assert_allclose(law.at(SLOTS + 1)[0], times, atol=1e-12)
    np.testing.assert_allclose(np.abs(law.at(SLOTS + 1)[row]), kept, atol=1e-12)


@pytest.mark.parametrize("limits", [(2, 4), (3, 1)], ids=str)
def test_cut_offs_by_age_at_both_levels_are_every_history(limits):
    policy = rules("age", *(f"{c}.5 s" for c in limits))
    scenario = chain(4, SUCCESS, fresh=0.97, memory=depolarising(10), swap={"success_probability": SWAP}, policy=policy)
    found = witness(FOUR, lambda span, age, waits: age >= limits[level(span)])
    agrees(law_of(scenario), found, np.exp(-1 / 20))


def test_an_age_above_a_difference_counts_from_the_herald_of_the_older_link():
    """A list of a difference for the links, and an age for what is swapped from them."""
    policy = {"kind": "nested", "cutoff": [{"kind": "difference", "time": "3 s"}, {"kind": "age", "time": "4.5 s"}]}
    link = {"herald_delay": "0.5 s"}
    scenario = chain(4, SUCCESS, fresh=0.97, swap={"success_probability": SWAP}, policy=policy, link=link)
    found = witness(FOUR, lambda span, age, waits: age >= (3, 4)[level(span)])
    agrees(law_of(scenario), found, 1.0)


@pytest.mark.parametrize("values", [(0.8, 0.7), (0.6, 0.6)], ids=str)
def test_cut_offs_by_fidelity_at_both_levels_are_every_history(values):
    """What a pair's history lets one expect is its whole weight, shrunk by all waits of its qubits together."""
    policy = rules("fidelity", *values)
    scenario = chain(4, SUCCESS, fresh=0.97, memory=depolarising(10), swap={"success_probability": SWAP}, policy=policy)

    def old(span, age, waits):
        expected = 0.97 ** (span[1] - span[0]) * np.exp(-(waits + 2) / 20)
        return (1 + 3 * expected) / 4 < values[level(span)]

    agrees(law_of(scenario), witness(FOUR, old), np.exp(-1 / 20))


def test_a_fidelity_no_pair_ever_falls_below_is_no_cut_off():
    kwargs = {"memory": depolarising(10), "swap": {"success_probability": SWAP}}
    kept = run(chain(4, SUCCESS, policy="nested", **kwargs))["it"]
    never = run(chain(4, SUCCESS, policy=rules("fidelity", 0.25), **kwargs))["it"]
    assert never.latency["mean"].value == pytest.approx(kept.latency["mean"].value, rel=1e-10)
    assert never.fidelity.value == pytest.approx(kept.fidelity.value, rel=1e-10)


def test_attempts_beside_a_stored_qubit_damage_it_in_exactly_their_slots():
    """Nested: at the middle node a long pair waits, while the link beside it is tried only in some of its slots."""
    memory = {**depolarising(10), "per_attempt": {"dephasing": 0.04}}
    scenario = chain(4, SUCCESS, fresh=0.97, memory=memory, swap={"success_probability": SWAP}, policy="nested")
    agrees(law_of(scenario), witness(FOUR, lambda *_: False), np.exp(-1 / 20), hurt=0.92)


def test_two_links_in_damaging_memories_give_the_same_by_both_exact_methods():
    memory = {"kind": "t1-t2", "t1": "80 s", "t2": "60 s", "per_attempt": {"dephasing": 0.03}}
    found = []
    for policy in ("nested", {"kind": "nested", "cutoff": {"kind": "age", "time": "9 s"}}):
        scenario = chain(2, [0.3, 0.1], fresh=0.97, memory=memory, swap={"success_probability": 0.7}, policy=policy)
        law = law_of(scenario)
        exact = run(scenario)["it"]
        assert exact.law.state == pytest.approx(law.state, abs=1e-11)
        found.append(exact.fidelity.value)
    assert found[1] > found[0]


def test_damage_by_attempts_joins_the_closed_form_of_swaps_as_soon_as_possible():
    """Four links swapped for sure: node by node a factor for each slot in which the other link is still tried."""
    memory = {**depolarising(30), "per_attempt": {"dephasing": 0.03}}
    scenario = chain(4, SUCCESS, fresh=0.97, memory=memory, policy="swap-asap")
    assert run(scenario)["it"].law.state == pytest.approx(law_of(scenario).state, abs=1e-10)


def test_what_has_too_many_ages_says_how_many():
    scenario = chain(8, policy=rules("age", "30 s", "60 s", "90 s"))
    (request,) = scenario.job.chains.values()
    reason = chains.unsupported(request)
    assert "keeps at most 20000 configurations" in reason
    assert "Try --engine physics" in reason


REFUSED = {
    "slow swaps": (
        {"policy": rules("age", "5 s", "9 s"), "swap": {"duration": "1 s"}},
        "needs attempts of one duration and swaps that take no time beside a cut-off by age",
    ),
    "two kinds": (
        {
            "policy": {
                "kind": "nested",
                "cutoff": [{"kind": "age", "time": "5 s"}, {"kind": "fidelity", "value": 0.6}],
            },
            "memory": depolarising(10),
        },
        "cut-offs of unlike kinds",
    ),
    "a pole": (
        {"policy": rules("fidelity", 0.8, 0.6), "memory": {"kind": "t1-t2", "t1": "9 s", "t2": "9 s"}},
        "cannot estimate the fidelity of a swapped pair (`requests.it`): memories that relax to a pole",
    ),
    "damage": (
        {
            "policy": rules("difference", "5 s", "9 s"),
            "memory": {"kind": "perfect", "per_attempt": {"dephasing": 0.1}},
        },
        "cannot take a cut-off by difference where attempts damage",
    ),
    "distilled": (
        {
            "policy": {**rules("age", "5 s", "9 s"), "distill": [{"kind": "dejmps"}, None, None]},
            "node": {"qubits": 4},
            "ends": {"qubits": 2},
        },
        "cannot distill beside",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_ages_of_pairs_cannot_tell_is_refused_with_the_reason(name):
    more, says = REFUSED[name]
    (request,) = chain(4, **more).job.chains.values()
    reason = chains.unsupported(request)
    assert says in reason
    assert "Try " in reason


def test_older_pairs_cost_time_and_save_fidelity():
    """The shorter the greatest age above the first level, the longer it takes and the better the pair is."""
    given = {"memory": depolarising(20), "swap": {"success_probability": 0.5}, "fresh": 0.98}
    found = [run(chain(4, 0.3, policy=rules("age", "4 s", f"{c} s"), **given))["it"] for c in (5, 7, 12)]
    times = [one.latency["mean"].value for one in found]
    weights = [weight(one.fidelity.value) for one in found]
    assert times == sorted(times, reverse=True)
    assert weights == sorted(weights, reverse=True)
