"""Rows of a law against pairs: swaps, memories, leaks."""

import numpy as np
import pytest
from tests.engines.chains.test_nested import random_pair

from bellpush.engines.chains.rows import BELL, FULL, TIMES, Rows, bilinear, fading, rows_for, swapping, werner
from bellpush.ground.errors import UnsupportedError
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising, Perfect, Stretched
from bellpush.links.ageing import Ageing
from bellpush.states import pair as pairs
from bellpush.states.swap import swap

RNG = np.random.default_rng(8)


def column(rows, pair):
    """The rows of one pair in one slot."""
    return rows.of(pair)[:, None]


@pytest.mark.parametrize("rows", [FULL, Rows(FULL.picks, leaky=True)], ids=["whole", "leaky"])
def test_a_swap_of_rows_is_a_swap_of_pairs(rows):
    one, two = 0.9 * random_pair(RNG), random_pair(RNG)
    kept = (1, 0.9, -0.8, 0.7)
    out = rows.pairs(swapping(rows, 0.4, kept)(column(rows, one), column(rows, two))[:, 0])
    exact = one * (np.array(kept) * np.diagonal(two))[None, :]
    assert out == pytest.approx(0.4 * exact, abs=1e-15)
    errors = {"gate_error": 0.03, "readout_error": 0.02}
    factors = np.diagonal(swap(pairs.bell("phi+"), pairs.bell("phi+"), **errors)) * pairs.bell_signs("phi+")
    out = rows.pairs(
        swapping(rows, 1.0, factors * pairs.bell_signs("phi+"))(column(rows, one), column(rows, two))[:, 0]
    )
    assert out == pytest.approx(swap(one, two, **errors), abs=1e-15)


@pytest.mark.parametrize("target", ["phi+", "phi-", "psi+", "psi-"])
def test_werner_rows_are_the_whole_pair(target):
    rows = werner(target)
    assert rows.pairs(rows.of(pairs.werner(0.83, target))) == pytest.approx(pairs.werner(0.83, target), abs=1e-15)


@pytest.mark.parametrize("slots", [0, 1, 7.5, 1000])
def test_fading_is_ageing_in_two_memories(slots):
    """All sixteen correlations, relaxation to two different poles among them."""
    first, second = T1T2(t1=0.3, t2=0.2, excited=0.2), T1T2(t1=0.5)
    pair = random_pair(RNG)
    aged = fading(FULL, first, second, 0.01).after(column(FULL, pair), slots)
    assert FULL.pairs(aged[:, 0]) == pytest.approx(Ageing(first, second).at(pair, 0.01 * slots), abs=1e-14)


def test_fading_keeps_leaked_weight():
    rows = Rows(FULL.picks, leaky=True)
    memory = T1T2(t1=0.3)
    pair = 0.7 * random_pair(RNG)
    aged = fading(rows, memory, Perfect(), 0.01).after(column(rows, pair), 12)
    assert aged[0, 0] == 1
    assert rows.pairs(aged[:, 0]) == pytest.approx(Ageing(memory, Perfect()).at(pair, 0.12), abs=1e-14)


def test_damage_by_other_attempts_is_a_factor_a_slot():
    factors = np.outer([1, 1, 1, 1], [1, 0.98, 0.98, 1])
    fade = fading(BELL, Perfect(), Perfect(), 1.0, factors)
    assert fade.factors == pytest.approx([1, 0.98, 0.98, 1])


def test_memories_that_do_not_compose_are_refused():
    with pytest.raises(UnsupportedError, match=r"in a stretched memory depends on the slots before.*Try .*histories"):
        fading(BELL, Stretched(time=1.0, exponent=2), Perfect(), 0.1)


def test_relaxation_needs_sixteen_rows():
    with pytest.raises(UnsupportedError, match=r"need all sixteen correlations.*rows_for"):
        fading(BELL, T1T2(t1=1.0), Perfect(), 0.1)
    assert fading(BELL, T1T2(t1=1.0, excited=0.5), Perfect(), 0.1).rest == (0.0, 0.0)


def test_the_fewest_rows_are_chosen():
    depolarising, dephasing, relaxing = Depolarising(time=1.0), Dephasing(time=1.0), T1T2(t1=1.0)
    assert rows_for([pairs.werner(0.9)], [depolarising]).count == 2
    assert rows_for([pairs.werner(0.9, "psi-")], [depolarising]).count == 2
    assert rows_for([pairs.werner(0.9)], [dephasing]).count == 4
    assert rows_for([pairs.werner(0.9)], [depolarising], [(1, 0.9, -0.8, 0.9)]).count == 4
    assert rows_for([pairs.bell_diagonal({"phi+": 0.7, "psi-": 0.3})], [depolarising]).count == 4
    assert rows_for([pairs.werner(0.9)], [relaxing]).count == 16
    assert rows_for([pairs.product("01")], [depolarising]).count == 16
    assert rows_for([0.9 * pairs.werner(0.9)], [dephasing]).count == 5
    assert TIMES.count == 1


@pytest.mark.parametrize("name", ["phi+", "psi-"])
def test_werner_rows_swap_like_all_four(name):
    """Werner pairs to any Bell state, swapped without error: two rows and four give the same pair."""
    one, two = pairs.werner(0.9, name), pairs.werner(0.8, name)
    for kept in ((1, 1, -1, 1), tuple(pairs.bell_signs(name))):
        rows = rows_for([one, two], [], [kept])
        found = [r.pairs(swapping(r, 1.0, kept)(column(r, one), column(r, two))[:, 0]) for r in (rows, BELL)]
        assert found[0] == pytest.approx(found[1], abs=1e-15)


def test_a_bilinear_map_of_werner_pairs_alone_is_refused():
    with pytest.raises(ValueError, match=r"`rows` must carry every correlation by itself"):
        bilinear(werner(), lambda a, b: a * b)
