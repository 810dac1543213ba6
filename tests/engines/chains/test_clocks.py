"""Links whose attempts have lengths of their own, swapped as soon as possible."""

from __future__ import annotations

import numpy as np
import pytest
from tests.systems.chains import chain

from bellpush.engines import chain as chains
from bellpush.engines.chains.clocks import unequal_law
from bellpush.engines.chains.policy_law import policy_law
from bellpush.engines.chains.rows import BELL, Rows
from bellpush.ground.errors import UnsupportedError
from bellpush.scenario.run import run
from bellpush.states.pair import werner

ROW = Rows(((0, 0), (1, 1)))
P, EVERY = np.array([0.2, 0.3, 0.5]), np.array([2, 3, 5])
KEEPS = np.array([np.ones(4), [0.99, 0.97, 0.98, 0.95]])
HURT = np.array([np.ones(4), [1.0, 0.9, 0.8, 1.0]])


def test_three_unequal_links_are_the_sum_over_all_their_times():
    """Every triple of times, each qubit's wait and each attempt beside it counted one by one."""
    law = unequal_law(ROW, P, EVERY, [1.0, 0.9], KEEPS, HURT)
    slots = 90
    expected = np.zeros((2, slots))
    for i, j, k in np.ndindex(44, 29, 17):
        times = (np.array([i, j, k]) + 1) * EVERY
        chance = np.prod(P * (1 - P) ** [i, j, k])
        last = times.max()
        kept = KEEPS[1, 0] ** (last - times[0]) * KEEPS[1, 3] ** (last - times[2])
        for node in (1, 2):
            early, late = sorted(times[node - 1 : node + 1])
            other = EVERY[node - 1] if times[node - 1] > times[node] else EVERY[node]
            kept *= KEEPS[1, node] ** (late - early) * HURT[1, node] ** (late // other - early // other)
        if last < slots:
            expected[:, last] += chance * np.array([1.0, 0.9 * kept])
    np.testing.assert_allclose(law.at(slots)[:, :85], expected[:, :85], atol=1e-14)
    assert law.lost < 1e-14
    assert law.total[0] == pytest.approx(1, abs=1e-13)


def test_equal_attempts_are_the_configurations():
    """The same law by two methods, damage by attempts included."""
    transfers = [np.diag([1.0, x, x, x]) for x in KEEPS[1]]
    keeps = np.array([np.ones(4), *[KEEPS[1]] * 3])
    hurt = np.array([np.ones(4), HURT[1], HURT[1], np.ones(4)])
    other = policy_law(BELL, P, [1.0, 1.0], [werner(1.0)] * 3, transfers, [[1, 1, -1, 1]] * 2, damage=HURT[1])
    law = unequal_law(BELL, P, [1, 1, 1], [1, 1, -1, 1], keeps, hurt)
    np.testing.assert_allclose(law.at(60), other.at(60), atol=1e-14)


def unequal(segments=3, **more):
    scenario = chain(segments, [0.2, 0.3, 0.5, 0.3][:segments], fresh=0.95, policy="swap-asap", **more)
    for link, duration in enumerate(["2 s", "3 s", "5 s", "2 s"][:segments]):
        scenario = scenario.edit(f"links.{link}.scheme.attempt_duration", duration)
    return scenario


SYSTEMS = {
    "heralded": {"memory": {"kind": "depolarising", "time": "80 s"}},
    "clocked": {
        "segments": 4,
        "memory": {"kind": "dephasing", "time": "80 s", "per_attempt": {"dephasing": 0.02}},
        "delivery": {"kind": "clocked", "period": "40.5 s", "fallback": "mixed"},
    },
    "slow swaps": {
        "memory": {"kind": "dephasing", "time": "80 s"},
        "swap": {"duration": "3 s", "gate_error": 0.02},
        "delivery": {"kind": "deadline", "within": "30 s", "fallback": "mixed"},
    },
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_unequal_attempts_are_what_is_played(name):
    """All numbers of the law, and all correlations of the mean pair, within four standard errors."""
    scenario = unequal(**SYSTEMS[name])
    played, exact = (run(scenario, engine=engine, shots=1500)["it"].law for engine in ("physics", "exact"))
    for what, ours, theirs in played.beside(exact):
        assert ours.agrees(theirs), (what, ours, theirs)
    error = played.states.std(axis=0) / np.sqrt(1500) + 1e-6
    assert np.max(np.abs(played.state - exact.state) / error) < 4.5


def test_what_is_too_much_is_refused_with_its_size():
    with pytest.raises(UnsupportedError, match=r"the 4096 subsets of 12 links through \d+ moments"):
        unequal_law(ROW, np.full(12, 1e-3), [1, 2] * 6, [1, 1], np.ones((2, 13)), np.ones((2, 13)))
    scenario = chain(13, 0.3, policy="swap-asap").edit("links.3.scheme.attempt_duration", "2 s")
    (request,) = scenario.job.chains.values()
    assert "at most 12 links of unequal attempts" in chains.unsupported(request)


def test_unequal_attempts_and_swaps_that_fail_are_refused():
    (request,) = unequal(swap={"success_probability": 0.5}).job.chains.values()
    assert "needs attempts of one duration" in chains.unsupported(request)
