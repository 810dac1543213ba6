"""Chains as Markov chains over configurations: policies, cut-offs by age, pairs under pairs."""

import numpy as np
import pytest
from tests.engines.chains.witness import nested, tree

from bellpush.engines.chains import asap, configurations
from bellpush.engines.chains.absorbed import completed, each_slot, mean_pair, mean_slot, product_chain
from bellpush.engines.chains.configurations import Chain, doubling, meeting, swap_asap, swap_tree, swapped_at
from bellpush.engines.chains.optimum import best_policy
from bellpush.engines.chains.order import mean_of_all
from bellpush.engines.chains.rows import FULL
from bellpush.ground.errors import UnsupportedError
from bellpush.hardware.memory import T1T2, Dephasing
from bellpush.states import pair as pairs


def equal(segments, success, swap, policy=swap_asap, **more):
    return Chain(np.full(segments, success), np.full(segments - 1, swap), policy, **more)


def test_three_links_swapped_as_soon_as_possible():
    """The setting of Shchukin, Schmidt and van Loock, Phys. Rev. A 100, 032322 (2019)."""
    assert mean_slot(equal(3, 0.1, 0.5)) == pytest.approx(57.0574288871, rel=1e-9)
    assert mean_slot(equal(3, 0.5, 0.5)) == pytest.approx(1204 / 117, rel=1e-12)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (4, 84.52270945235755),
        (5, 117.11939424104456),
        (6, 154.2000259014708),
        pytest.param(8, 236.78262918147627, marks=pytest.mark.slow),
    ],
)
def test_the_best_policy(segments, expected):
    """Shchukin and van Loock, Phys. Rev. Research 4, 033103 (2022), the setting; better than doubling and asap."""
    value, policy = best_policy(np.full(segments, 0.1), np.full(segments - 1, 0.5))
    assert value == pytest.approx(expected, rel=1e-8)
    assert mean_slot(equal(segments, 0.1, 0.5, policy)) == pytest.approx(value, rel=1e-10)
    assert value <= mean_slot(equal(segments, 0.1, 0.5, doubling(segments)))
    assert value <= mean_slot(equal(segments, 0.1, 0.5))


def test_the_order_of_swaps_matters():
    """Doubling against the leftmost first: 8 % at four links, more than half at eight."""
    assert mean_slot(equal(4, 0.1, 0.5)) == pytest.approx(91.5626, rel=1e-6)
    assert mean_slot(equal(8, 0.1, 0.5)) == pytest.approx(376.081, rel=1e-5)
    assert mean_slot(equal(4, 0.1, 0.5, doubling(4))) == pytest.approx(84.81758040971, rel=1e-10)


def test_doubling_is_the_nested_law():
    """Eight links by filters and transforms, and by a linear system of all configurations."""
    assert mean_slot(equal(8, 0.1, 0.5, doubling(8))) == pytest.approx(nested(3, 0.1, 0.5).mean, rel=1e-11)


def test_a_fixed_order_of_swaps_is_a_lopsided_tree():
    """((1 2) 3) by a Markov chain, and by meeting the law of (1 2) with the third link."""
    from bellpush.engines.chains.law import segment
    from bellpush.engines.chains.meet import meet
    from bellpush.engines.chains.renewal import repeat
    from bellpush.engines.chains.rows import Fading, swapping, werner

    rows, fade = werner(), Fading(np.array([1.0, 0.98]))
    links = [segment(rows, p, pairs.werner(0.95)) for p in (0.1, 0.2, 0.3)]
    half = repeat(meet(links[0], links[1], swapping(rows, 0.6), fade, fade))
    law = repeat(meet(half, links[2], swapping(rows, 0.8), fade, fade))
    policy = swap_tree({1: (0, 2), 2: (0, 3)})
    births = np.array([np.ones(3), np.full(3, (4 * 0.95 - 1) / 3)])
    keeps = np.array([np.ones(4), np.full(4, np.sqrt(0.98))])
    chain = product_chain([0.1, 0.2, 0.3], [0.6, 0.8], births, keeps, np.ones((2, 2)), policy=policy)
    assert law.mean == pytest.approx(mean_slot(chain), rel=1e-11)
    assert law.total == pytest.approx(next(iter(completed(chain).values())), abs=1e-12)


def test_certain_swaps_wait_for_the_last_link():
    assert mean_slot(equal(5, 0.2, 1.0)) == pytest.approx(mean_of_all([0.2] * 5)[0], rel=1e-11)


def test_deterministic_swaps_agree_with_the_closed_form_slot_by_slot():
    p, keep = np.array([0.3, 0.1, 0.2, 0.4]), np.array([0.99, 0.97, 0.95, 0.9, 0.98])
    chain = product_chain(p, np.ones(3), np.ones((2, 4)), [np.ones(5), keep], np.ones((2, 3)))
    rows = next(iter(completed(chain).values()))
    assert rows[1] == pytest.approx(asap.mean(p, keep[1:4], keep[0], keep[4])[0], abs=1e-12)
    slots = next(iter(each_slot(chain, 80).values()))
    assert slots[1] == pytest.approx(asap.in_slot(p, keep[1:4], np.arange(80), keep[0], keep[4]), abs=1e-14)


def test_links_under_a_longer_pair_cross_nothing():
    """Inesta et al., npj Quantum Inf. 9, 46 (2023), swap-asap on five nodes with cut-off 2: 1.38877. Pairs that were
    ordered from left to right and merged with their neighbour gave 1.535; four nodes do not show it."""
    assert mean_slot(equal(4, 0.9, 1.0, cutoff=2, inner=True)) == pytest.approx(1.38877030661, rel=1e-10)
    standing = ((0, 3), (1, 2), (3, 4))
    assert meeting(standing) == [3]
    assert swap_asap(standing) == 3
    assert swapped_at(standing, 3) == (((0, 4), (1, 2)), ((1, 2),))


def test_a_cut_off_by_age_of_two_links_is_one_by_difference():
    """What is missing has no memory, so that dropping one pair or both is the same."""
    p, a, c = 0.15, 0.6, 7
    assert mean_slot(equal(2, p, a, cutoff=c)) == pytest.approx(nested(1, p, a, cutoffs=[c]).mean, rel=1e-11)


def test_a_cut_off_by_age_agrees_with_drawn_chains():
    """Three links and a swapped pair as old as the older one: mean time and weight of 10,000 drawn runs."""
    p, a, c, keep = np.array([0.3, 0.2, 0.4]), np.array([0.7, 0.8]), 4, 0.97
    births, keeps = np.ones((2, 3)), np.array([np.ones(4), np.full(4, keep)])
    chain = product_chain(p, a, births, keeps, np.ones((2, 2)), cutoff=c)
    times, weights = drawn(p, a, c, keep, 10_000)
    error = times.std() / np.sqrt(len(times))
    assert abs(times.mean() - mean_slot(chain)) < 4 * error
    weight = next(iter(completed(chain).values()))
    assert weight[0] == pytest.approx(1, abs=1e-11)
    assert abs(weights.mean() - weight[1]) < 4 * weights.std() / np.sqrt(len(weights))


def drawn(p, a, c, keep, shots):
    """Times and weights of chains of three links played out slot by slot, each pair with its own age and weight."""
    rng = np.random.default_rng(9)
    times, weights = np.zeros(shots), np.zeros(shots)
    for shot in range(shots):
        standing, slot = {}, 0  # (i, j): age, weight
        while (0, 3) not in standing:
            slot += 1
            covered = {k for i, j in standing for k in range(i, j)}
            standing = {pair: (age + 1, w * keep**2) for pair, (age, w) in standing.items()}
            standing |= {(k, k + 1): (0, 1.0) for k in range(3) if k not in covered and rng.random() < p[k]}
            while node := next((j for _, j in sorted(standing) if any(i == j for i, _ in standing)), None):
                left = next(pair for pair in standing if pair[1] == node)
                right = next(pair for pair in standing if pair[0] == node)
                (age, w), (other, v) = standing.pop(left), standing.pop(right)
                if rng.random() < a[node - 1]:
                    standing[left[0], right[1]] = (max(age, other), w * v)
            if (0, 3) not in standing:
                standing = {pair: (age, w) for pair, (age, w) in standing.items() if age < c}
        times[shot], weights[shot] = slot, standing[0, 3][1]
    return times, weights


def test_sixteen_correlations_swapped_as_soon_as_possible():
    """T1 in two links is a tree of two; three links agree with drawn event orders through the whole pairs."""
    memories = [T1T2(t1=60, t2=50), T1T2(t1=40, t2=70, excited=0.1), Dephasing(time=44.0)]
    transfers = [m.transfer(1.0) for m in memories]
    born = [0.8 * pairs.werner(0.9) + 0.2 * pairs.product("01"), pairs.werner(0.95)]
    kept = np.array([[1, 1, -1, 1]])
    found = mean_pair([0.2, 0.3], [1.0], born, transfers, kept)
    law = tree(FULL, list(zip((0.2, 0.3), born, strict=True)), memories)
    assert found == pytest.approx(law.state, abs=1e-13)


def test_three_links_with_t1_agree_with_sums_over_all_times():
    """Each order of events played through with 4 x 4 matrices: waits, swaps and corrections where they happen."""
    memories = [T1T2(t1=30, t2=25), T1T2(t1=20), T1T2(t1=40, t2=30, excited=0.2), T1T2(t1=25, t2=20)]
    step = [m.transfer(1.0) for m in memories]
    p, longest = (0.6, 0.7, 0.5), 60
    born = [0.8 * pairs.werner(0.9) + 0.2 * pairs.product("11"), pairs.werner(0.95), pairs.werner(0.85)]
    power = [[np.linalg.matrix_power(s, k) for k in range(longest)] for s in step]

    def aged(pair, i, j, slots):
        return power[i][slots] @ pair @ power[j][slots].T

    def joined(left, right):
        return left * (np.array([1, 1, -1, 1]) * np.diagonal(right))[None, :]

    total, chance_of = np.zeros((4, 4)), [[x * (1 - x) ** (t - 1) for t in range(1, longest)] for x in p]
    for t, s, u in np.ndindex(22, 22, 22):
        chance = chance_of[0][t] * chance_of[1][s] * chance_of[2][u]
        when = max(t, s)
        early = joined(aged(born[0], 0, 1, when - t), aged(born[1], 1, 2, when - s))
        if u <= when and u < t and s < t:  # the right pair of links was joined before the left link came
            when = max(s, u)
            late = joined(aged(born[1], 1, 2, when - s), aged(born[2], 2, 3, when - u))
            total += chance * joined(aged(born[0], 0, 1, 0), aged(late, 1, 3, t - when))
        else:
            end = max(when, u)
            total += chance * joined(aged(early, 0, 2, end - when), aged(born[2], 2, 3, end - u))
    found = mean_pair(p, [1.0, 1.0], born, step, np.array([[1, 1, -1, 1]] * 2))
    assert total[0, 0] == pytest.approx(1, abs=1e-6)
    assert found == pytest.approx(total, abs=2e-6)


def test_too_many_configurations_are_refused(monkeypatch):
    monkeypatch.setattr(configurations, "LARGEST", 200)
    with pytest.raises(UnsupportedError, match=r"keeps at most 200 configurations.*Try fewer links"):
        mean_slot(equal(8, 0.3, 0.5, cutoff=40))
