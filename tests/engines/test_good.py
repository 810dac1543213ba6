"""Pairs in time and good, against sums over all times."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from tests.systems.chains import chain

from bellpush.engines.chain import good
from bellpush.scenario.run import run

LONG = 120  # slots of a sum by hand


def enumerated(success, ageing, by, edge=False, clock=30.0):
    """Probability of every age of a chain of links swapped as soon as possible, link by link and slot by slot."""
    slots = range(1, LONG if by is None else by + 1)
    found: dict[int, float] = {}
    for times in product(slots, repeat=len(success)):
        chance = np.prod([p * (1 - p) ** (t - 1) for p, t in zip(success, times, strict=True)])
        ready = by if edge else max(times)
        waits = [ready - times[0], *(abs(a - b) for a, b in pairwise(times)), ready - times[-1]]
        age = sum(wait for wait, ages in zip(waits, ageing, strict=True) if ages)
        found[age] = found.get(age, 0.0) + float(chance)
    return found


def share(found, fresh, time, fidelity):
    return sum(p for age, p in found.items() if 0.25 + 0.75 * fresh * np.exp(-age / time) >= fidelity)


@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
@pytest.mark.parametrize("wish", ["heralded", "deadline", "clocked"])
@pytest.mark.parametrize("ends", [True, False])
def test_two_links_are_a_double_sum(policy, wish, ends):
    success, by = [0.3, 0.2], None if wish == "heralded" else 12
    delivery = {
        "heralded": {"kind": "heralded"},
        "deadline": {"kind": "deadline", "within": "12 s", "fallback": "mixed"},
        "clocked": {"kind": "clocked", "period": "12 s", "fallback": "mixed"},
    }[wish]
    memory = {"kind": "depolarising", "time": "30 s"}
    perfect = {"memory": {"kind": "perfect"}}
    scenario = chain(
        2, success, policy=policy, fresh=0.95, memory=memory, ends={} if ends else perfect, delivery=delivery
    )
    found = enumerated(success, (ends, True, ends), by, edge=wish == "clocked")
    for fidelity in (0.6, 0.75, 0.85):
        ours = good(scenario.job.chains["it"], fidelity)
        assert ours.value == pytest.approx(share(found, 0.95**2, 30, fidelity), abs=1e-8)
        assert ours.truncation < 1e-8


def test_three_links_at_a_clock_are_a_triple_sum():
    success = [0.3, 0.2, 0.4]
    scenario = chain(
        3,
        success,
        policy="swap-asap",
        fresh=0.98,
        memory={"kind": "depolarising", "time": "30 s"},
        delivery={"kind": "clocked", "period": "12 s", "fallback": "mixed"},
    )
    found = enumerated(success, (True,) * 4, 12, edge=True)
    ours = good(scenario.job.chains["it"], 0.7)
    assert ours.value == pytest.approx(share(found, 0.98**3, 30, 0.7), abs=1e-8)


def test_what_is_asked_for_stands_in_the_answer():
    """All good pairs are pairs in time; a swap that fails half the time must not change that."""
    scenario = chain(
        4,
        0.3,
        swap={"success_probability": 0.5},
        fresh=0.98,
        memory={"kind": "depolarising", "time": "100 s"},
        delivery={"kind": "deadline", "within": "40 s", "fallback": "mixed"},
        min_fidelity=0.7,
    )
    document = run(scenario).to_dict()["requests"]["it"]
    some, all_ = document["good_probability"]["value"], document["delivered_probability"]["value"]
    assert 0.05 < some < all_ - 0.05
    every = run(scenario.edit("requests.it.min_fidelity", 0.2500001))["it"].good_probability
    assert every.value == pytest.approx(all_, abs=1e-8)


def test_a_pair_without_one_age_has_no_such_chance():
    scenario = chain(2, memory={"kind": "t1-t2", "t1": "30 s"}, min_fidelity=0.7)
    found = run(scenario)["it"].good_probability
    assert found.value is None
    assert "relax to a pole" in found.why
