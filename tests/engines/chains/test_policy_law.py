"""Laws under a policy against nested laws, closed forms and linear systems."""

import numpy as np
import pytest
from tests.engines.chains.test_nested import random_pair
from tests.engines.chains.witness import tree

from bellpush.engines.chains import asap
from bellpush.engines.chains.absorbed import mean_pair, mean_slot
from bellpush.engines.chains.configurations import Chain, doubling
from bellpush.engines.chains.law import segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.policy_law import policy_law
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, FULL, Rows, fading, rows_for, swapping
from bellpush.ground.errors import UnsupportedError
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising
from bellpush.states import pair as pairs

P = np.array([0.3, 0.4, 0.25])
KEPT = np.array([1, 0.9, -0.85, 0.95])


@pytest.mark.parametrize("leak", [1.0, 0.9])
@pytest.mark.parametrize("relaxing", [False, True], ids=["unital", "relaxing"])
def test_two_trees_of_two_links_are_the_nested_law(leak, relaxing):
    """Four links, doubling, swaps that fail: every slot of every correlation, leaked or not, T1 or not."""
    rng = np.random.default_rng(11)
    memories = [T1T2(t1=60, t2=50) if relaxing else Dephasing(time=50.0), Depolarising(time=30.0)]
    memories += [Dephasing(time=44.0), T1T2(t1=30, t2=40, excited=0.2) if relaxing else Depolarising(time=70.0)]
    memories += [memories[0]]
    p = np.array([0.5, 0.6, 0.7, 0.4])
    born = [leak * random_pair(rng) for _ in p]
    rows = Rows(FULL.picks, leaky=leak < 1)
    transfers = [m.transfer(1.0) for m in memories]
    law = policy_law(rows, p, [0.7] * 3, born, transfers, [KEPT] * 3, doubling(4), tolerance=1e-10)
    nested = tree(rows, list(zip(p, born, strict=True)), memories, swap=0.7, kept=KEPT)
    assert law.rows == pytest.approx(nested.at(law.horizon), abs=1e-13)
    assert law.lost < 1e-9
    assert abs(law.mean - nested.mean) <= law.late + 1e-9


def test_certain_swaps_are_the_closed_form():
    memories = [Dephasing(time=t) for t in (20.0, 30, 15, 40)]
    born = [pairs.werner(0.9)] * 3
    transfers = np.array([m.transfer(1.0) for m in memories])
    law = policy_law(BELL, P, [1.0, 1.0], born, transfers, [(1, 1, -1, 1)] * 2)
    keep = transfers[:, 1, 1]
    weight = ((4 * 0.9 - 1) / 3) ** 3
    expected = asap.in_slot(P, keep[1:3], np.arange(60), keep[0], keep[3])
    assert law.at(60)[1] == pytest.approx(weight * expected, abs=1e-14)
    assert law.total[1] == pytest.approx(weight * asap.mean(P, keep[1:3], keep[0], keep[3])[0], abs=1e-11)


@pytest.mark.parametrize("cutoff", [None, 3])
def test_the_sum_over_slots_is_the_linear_system(cutoff):
    """Swap-asap with swaps that fail and pairs dropped for their age, all correlations, T1."""
    memories = [T1T2(t1=30, t2=25), T1T2(t1=20), Depolarising(time=15.0), T1T2(t1=25, t2=20, excited=0.1)]
    rng = np.random.default_rng(12)
    born, transfers = [random_pair(rng) for _ in P], [m.transfer(1.0) for m in memories]
    law = policy_law(FULL, P, [0.8, 0.6], born, transfers, [KEPT] * 2, cutoff=cutoff, tolerance=1e-12)
    found = mean_pair(P, [0.8, 0.6], born, transfers, [KEPT] * 2, cutoff=cutoff)
    assert law.state == pytest.approx(found, abs=1e-11)
    exact = mean_slot(Chain(P, np.array([0.8, 0.6]), cutoff=cutoff))
    assert law.mean == pytest.approx(exact, rel=1e-9)
    assert law.mean <= exact + 1e-10 <= law.mean + law.late + 2e-10


def test_rows_are_as_few_as_the_pairs_need():
    memories = [Depolarising(time=t) for t in (20.0, 30, 15, 40)]
    born, transfers = [pairs.werner(0.9)] * 3, [m.transfer(1.0) for m in memories]
    few = rows_for(born, memories)
    assert few.count == 2
    laws = [policy_law(rows, P, [0.5, 0.5], born, transfers, [(1, 1, -1, 1)] * 2) for rows in (few, BELL)]
    assert laws[0].state == pytest.approx(laws[1].state, abs=1e-13)


def test_relaxation_in_few_rows_and_endless_chains_are_refused():
    memories = [T1T2(t1=20.0)] * 4
    born, transfers = [pairs.werner(0.9)] * 3, [m.transfer(1.0) for m in memories]
    with pytest.raises(UnsupportedError, match="need all sixteen correlations"):
        policy_law(BELL, P, [0.5, 0.5], born, transfers, [(1, 1, -1, 1)] * 2)
    still = [Dephasing(time=1.0).transfer(0.0)] * 4
    with pytest.raises(UnsupportedError, match=r"slots of time for .* configurations.*Try --engine physics"):
        policy_law(BELL, P * 1e-9, [0.5, 0.5], born, still, [(1, 1, -1, 1)] * 2)


@pytest.mark.parametrize("relaxing", [False, True], ids=["unital", "relaxing"])
def test_attempts_beside_a_stored_qubit_damage_it(relaxing):
    """Two links by fading with a factor for each slot of waiting; three, as soon as possible, in closed form."""
    hurt = np.array([0.5, 0.97, 0.9, 0.5])  # end nodes have no other link, so that theirs is never felt
    memories = [Dephasing(time=20.0), Dephasing(time=30.0), Dephasing(time=15.0), Dephasing(time=25.0)]
    if relaxing:
        memories[0] = T1T2(t1=30, t2=25)
    born, transfers = [pairs.werner(0.9)] * 3, np.array([m.transfer(1.0) for m in memories])
    rows, swap = (FULL if relaxing else BELL), (1, 1, -1, 1)
    two = policy_law(rows, P[:2], [0.6], born[:2], transfers[:3], [swap], damage=hurt[:3])
    factors = np.array([1, hurt[1], hurt[1], 1])
    fades = [
        fading(rows, memories[0], memories[1], 1.0, np.outer(np.ones(4), factors)),
        fading(rows, memories[1], memories[2], 1.0, np.outer(factors, np.ones(4))),
    ]
    links = [segment(rows, p, pairs.werner(0.9)) for p in P[:2]]
    met = repeat(meet(*links, swapping(rows, 0.6), *fades))
    assert two.at(50) == pytest.approx(met.at(50), abs=1e-14)
    three = policy_law(rows, P, [1.0, 1.0], born, transfers, [swap] * 2, damage=hurt)
    keep = transfers[:, 1, 1]
    value, _ = asap.mean(P, keep[1:3] * hurt[1:3], keep[0], keep[3])
    assert three.state[1, 1] == pytest.approx(((4 * 0.9 - 1) / 3) ** 3 * value, abs=1e-11)
