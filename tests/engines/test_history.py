"""Memories that do not forget: against sums over all times at which links can be ready, and over all ages."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from tests.systems.chains import chain

from bellpush.engines import chain as chains
from bellpush.engines.chain import edges_of
from bellpush.scenario.run import run

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
DEADLINE = {"kind": "deadline", "within": "13.7 s", "fallback": "mixed"}
CLOCKED = {"kind": "clocked", "period": "13.7 s", "fallback": "01"}
HERALDED = {"kind": "heralded"}


def all_times(success, last):
    """Every combination of times of so many links up to `last`, on axes of their own, and its probability."""
    slots = np.arange(1, last + 1)
    times = np.meshgrid(*[slots] * len(success), indexing="ij")
    chance = reduce(np.multiply, [p * (1 - p) ** (t - 1.0) for p, t in zip(success, times, strict=True)])
    return times, chance


def two_by_two(plan, times, kept, delay=0):
    """When a plan of nested pairs of link numbers is done, since when its ends are stored, and what swaps left."""
    if isinstance(plan, int):
        return times[plan], times[plan], times[plan], 1.0, plan + 1
    (one, first, inner, left, node), (two, other, last, right, end) = (two_by_two(p, times, kept, delay) for p in plan)
    now = np.maximum(one, two)
    loss = kept(node, now - inner) * kept(node, now - other)
    return now + delay, first, last, left * right * loss, end


def at_once(times, kept, delay=0):
    """The same where every node swaps as soon as it can."""
    loss = 1.0
    for node, (one, two) in enumerate(zip(times, times[1:], strict=False), start=1):
        now = np.maximum(one, two)
        loss = loss * kept(node, now - one) * kept(node, now - two)
    return reduce(np.maximum, times) + delay, times[0], times[-1], loss, len(times)


def expected(request, success, how, delivery, last, fresh=1.0):
    """Mean correlations of heralded hand-overs, weighted with their probability, by the sum over all histories."""
    times, chance = all_times(success, last)
    memories = [node.storage for node in request.route.nodes]
    age = request.links[0].model.herald_delay
    found = np.zeros((4, 4))
    for pauli in range(4):
        kept = lambda node, slots, k=pauli: memories[node].transfer(age + slots)[..., k, k]  # noqa: E731
        ready, first, end, loss, _ = how(times, kept)
        inside = ready <= 13 if delivery is not HERALDED else np.ones_like(ready, dtype=bool)
        now = 13.7 if delivery is CLOCKED else ready
        ages = [np.where(inside, now - since, 0.0) for since in (first, end)]
        ends = kept(0, ages[0]) * kept(len(times), ages[1])
        sign = (1, 1, -1, 1)[pauli]
        found[pauli, pauli] = sign * ((1.0 if pauli == 0 else fresh ** len(times)) * inside * chance * loss * ends).sum()
    return found


@pytest.mark.parametrize("delivery", [HERALDED, DEADLINE, CLOCKED], ids=lambda wish: wish["kind"])
@pytest.mark.parametrize("name", MEMORIES)
@pytest.mark.parametrize("links", [2, 3, 4])
@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
def test_a_chain_is_the_sum_over_all_times_of_its_links(name, links, policy, delivery):
    success = [0.93, 0.9, 0.95, 0.92][:links] if delivery is HERALDED else [0.3, 0.2, 0.4, 0.25][:links]
    last = 15 if delivery is HERALDED else 13
    delay = {"herald_delay": "0.4 s"}
    scenario = chain(links, success, policy=policy, fresh=0.95, memory=MEMORIES[name], delivery=delivery, link=delay)
    plan = {2: (0, 1), 3: ((0, 1), 2), 4: ((0, 1), (2, 3))}[links]
    how = at_once if policy == "swap-asap" else lambda times, kept: two_by_two(plan, times, kept)
    (request,) = scenario.job.chains.values()
    law = run(scenario, engine="exact")["it"].law
    wanted = expected(request, success, how, delivery, last, 0.95)
    print(abs(law.heralded-wanted).max(), law.truncation)
    assert law.heralded == pytest.approx(wanted, abs=1e-10)
    assert law.truncation < 1e-9
