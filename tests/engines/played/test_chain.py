"""Chains played out against numbers worked out elsewhere: within 4 standard errors."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.cutoff import AgeCutoff, DifferenceCutoff, FidelityCutoff
from bellpush.delivery.deadline import Deadline
from bellpush.delivery.distillation import Dejmps
from bellpush.delivery.fixed_order import FixedOrder
from bellpush.delivery.nested import Nested
from bellpush.delivery.swap_asap import SwapAsap
from bellpush.engines import clocked_links
from bellpush.engines.played.attempts import Attempts, first_success
from bellpush.engines.played.chain import attempts_needed, play, step_of, unsupported
from bellpush.engines.played.patience import SLACK, Beat, patience
from bellpush.ground.errors import ConvergenceError
from bellpush.ground.streams import Streams
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising, Moved, Perfect, Stretched
from bellpush.states.channel import apply
from bellpush.states.distill import distill
from bellpush.states.measures import fidelity
from bellpush.states.pair import werner
from bellpush.states.swap import swap

from .chains import chain, link, node, played


def weight_of(law):
    """The Werner weight of the mean pair, and its standard error."""
    return (4 * law.fidelity.value - 1) / 3, 4 / 3 * law.fidelity.standard_error


def close(found, error, expected):
    assert found == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize(("segments", "mean"), [(2, 29.4736842105), (4, 84.8175804097)])
def test_nested_chains_take_as_long_as_brand_coopmans_and_elkouss_say(segments, mean):
    """Swaps that succeed half the time, links that succeed one time in ten."""
    law = played(chain(Nested(), [0.1] * segments, [node(success_probability=0.5)] * (segments + 1)), 3000)
    close(law.latency.value, law.latency.standard_error, mean)


def test_three_links_swap_as_soon_as_possible():
    """The setting of Shchukin, Schmidt and van Loock 2019, as an absorbing chain solves it."""
    law = played(chain(SwapAsap(), [0.1] * 3, [node(success_probability=0.5)] * 4), 4000)
    close(law.latency.value, law.latency.standard_error, 57.0574288871)


def test_four_links_swap_leftmost_first():
    """Of swaps that could be made at once the leftmost is made first: 91.56 attempts where doubling takes 84.82."""
    law = played(chain(SwapAsap(), [0.1] * 4, [node(success_probability=0.5)] * 5), 1500)
    close(law.latency.value, law.latency.standard_error, 91.5626)


@pytest.mark.parametrize(("segments", "limits", "mean"), [(2, (10,), 34.1467304307), (4, (10, 20), 139.141105363)])
def test_a_cut_off_by_difference_loses_the_earlier_time_and_the_limit(segments, limits, mean):
    """The convention of Li, Coopmans and Elkouss 2021; another one would be off by several per cent."""
    policy = Nested(cutoff=[DifferenceCutoff(time=f"{limit} s") for limit in limits])
    law = played(chain(policy, [0.1] * segments, [node(success_probability=0.5)] * (segments + 1)), 1500)
    close(law.latency.value, law.latency.standard_error, mean)


def test_a_cut_off_longer_than_any_wait_is_none():
    """No overflow, no attempt lost: the same shots come out with and without it."""
    nodes = [node(success_probability=0.5)] * 3
    far = played(chain(Nested(cutoff=DifferenceCutoff(time=9.2e18)), [0.1] * 2, nodes), 300)
    never = played(chain(Nested(), [0.1] * 2, nodes), 300)
    np.testing.assert_array_equal(far.times, never.times)


def test_fidelity_is_lost_at_both_ends_of_a_pair_that_waits():
    """Four links, nested, a pair losing its Werner weight in 400 attempts: 800 for each of its two memories."""
    nodes = [node(Depolarising(time="800 s"), success_probability=0.5)] * 5
    law = played(chain(Nested(), [0.1] * 4, nodes, fidelity=(1 + 3 * 0.98) / 4), 3000)
    close(*weight_of(law), 0.826901742352)


def test_short_memories_overflow_nowhere():
    """Coherence of four attempts and a cut-off of ten: the mean Werner weight is 0.419, not 1."""
    nodes = [node(Depolarising(time="8 s"), success_probability=0.5)] * 3
    policy = Nested(cutoff=DifferenceCutoff(time="10 s"))
    law = played(chain(policy, [0.1] * 2, nodes, fidelity=(1 + 3 * 0.98) / 4), 4000)
    close(*weight_of(law), 0.419146889456)


@pytest.mark.parametrize(
    ("success", "expected"),
    [([0.1] * 2, 0.913482994401), ([0.1] * 3, 0.836463659241), ([0.1, 0.05, 0.2, 0.15], 0.716461889285)],
)
def test_swapping_as_soon_as_possible_keeps_what_goodenough_coopmans_and_towsley_say(success, expected):
    """Unequal links, perfect ends: the weight falls with the waiting times at inner nodes alone."""
    inner = node(Depolarising(time="100 s"))
    law = played(chain(SwapAsap(), success, [node(), *[inner] * (len(success) - 1), node()]), 6000)
    close(*weight_of(law), expected)


@pytest.mark.parametrize("crowded", [True, False])
def test_links_made_under_a_longer_pair_are_not_merged_with_it(crowded):
    """Five nodes, pairs dropped beyond two attempts of age: 1.38877 attempts (Inesta et al. 2023, deterministic swaps).

    Sorting pairs from left to right and merging neighbours gives 1.535.
    """
    request = chain(SwapAsap(cutoff=AgeCutoff(time="2 s")), [0.9] * 4, [node()] * 5)
    step = replace(step_of(request, np.inf), crowded=crowded)
    times = step.play(np.zeros(8000), Streams(2).stream("x")).ready
    close(times.mean(), times.std() / np.sqrt(8000), 1.38877030661)


def test_failing_swaps_with_crowded_links_take_as_long_as_the_decision_process_says():
    """Four nodes, half of the swaps fail: 12.7758 attempts by the absorbing chain of the same model."""
    request = chain(SwapAsap(cutoff=AgeCutoff(time="2 s")), [0.5] * 3, [node(success_probability=0.5)] * 4)
    step = replace(step_of(request, np.inf), crowded=True)
    times = step.play(np.zeros(4000), Streams(3).stream("x")).ready
    close(times.mean(), times.std() / np.sqrt(4000), 12.7757677745)


def test_a_pair_that_is_too_old_is_made_anew_and_the_other_goes_on():
    """For two links a cut-off by age and one by difference are one law: attempts have no memory."""
    nodes = [node(success_probability=0.5)] * 3
    for policy in (Nested(cutoff=AgeCutoff(time="10 s")), SwapAsap(cutoff=AgeCutoff(time="10 s"))):
        law = played(chain(policy, [0.1] * 2, nodes), 4000)
        close(law.latency.value, law.latency.standard_error, 34.1467304307)


def test_two_links_distilled_take_as_long_as_brand_coopmans_and_elkouss_say():
    """Two pairs side by side, the first waits for the second, BBPSSW or DEJMPS accept with (1 + w1 w2)/2."""
    request = chain(Nested(distill=Dejmps()), [0.1], [node(Depolarising(time="800 s"))] * 2, fidelity=(1 + 2.7) / 4)
    law = played(request, 6000)
    close(law.latency.value, law.latency.standard_error, 16.4541552644)


def test_distilled_pairs_swap_to_the_fidelity_of_the_maps():
    """Perfect links in time, imperfect in state: fidelity after distillation and swap with noisy gates is the map's."""
    noisy = {"gate_error": 0.02, "readout_error": 0.01}
    request = chain(Nested(distill=[Dejmps(rounds=2), None]), [1.0] * 2, [node(**noisy)] * 3, fidelity=0.85)
    law = played(request, 1500)
    pair = werner(0.85)
    for _ in range(2):
        kept = distill([pair, pair], gate_errors=(0.02, 0.02), readout_errors=(0.01, 0.01))
        pair = kept / kept[0, 0]
    expected = float(fidelity(swap(pair, pair, **noisy)))
    close(law.fidelity.value, law.fidelity.standard_error, expected)


def test_four_nodes_hold_six_pairs_of_their_own_fidelity():
    """Fidelity belongs to the pair: what n0 shares with n1 and what n1 shares with n2 age by themselves.

    The first link is made at once and waits, the second comes later and has not waited: their swap multiplies the
    weights that the two pairs have then, whatever else the node in the middle holds.
    """
    slow = node(Dephasing(time="20 s"))
    request = chain(FixedOrder(order=("n2", "n1")), [1.0, 1.0, 0.2], [slow] * 4)
    law = played(request, 4000)
    p, x = 0.2, exp(-1 / 20)
    # Both pairs of the first links wait T - 1 attempts in both memories for the third; then all is swapped at once.
    expected = sum(p * (1 - p) ** k * (1 + x ** (4 * k)) / 2 for k in range(400))
    close(law.fidelity.value, law.fidelity.standard_error, expected)


def test_a_swap_takes_its_time_and_the_ends_age_meanwhile():
    """Two sure links and a swap of three seconds: handed over at the fourth, both ends three seconds older."""
    request = chain(Nested(), [1.0] * 2, [node(Dephasing(time="10 s"), duration="3 s")] * 3)
    law = played(request, 50)
    assert law.latency.value == pytest.approx(4.0)
    assert law.fidelity.value == pytest.approx((1 + exp(-6 / 10)) / 2)


def test_a_failed_swap_is_known_after_its_duration():
    """Rounds of four seconds, half of them fail: eight seconds on average."""
    request = chain(Nested(), [1.0] * 2, [node(success_probability=0.5, duration="3 s")] * 3)
    for policy in (Nested(), SwapAsap()):
        law = played(replace(request, policy=policy), 4000)
        close(law.latency.value, law.latency.standard_error, 8.0)


def test_links_begin_again_when_the_failed_swap_above_them_is_known():
    """Three sure links, two swaps at once of three seconds that fail half the time: four rounds of four seconds."""
    law = played(chain(SwapAsap(), [1.0] * 3, [node(success_probability=0.5, duration="3 s")] * 4), 3000)
    close(law.latency.value, law.latency.standard_error, 16.0)


def test_a_turned_link_is_the_same_link():
    """T1 hurts the end that has it: which way a link was written in the file must not matter."""
    lossy, sound = node(T1T2(t1="5 s")), node()
    request = chain(SwapAsap(), [0.3, 1.0], [lossy, sound, sound], target="psi+")
    links = request.route.links
    back = replace(links[1], between=links[1].between[::-1], nodes=links[1].nodes[::-1])
    turned = replace(request, route=replace(request.route, links=(links[0], back)))
    np.testing.assert_array_equal(played(request, 500).states, played(turned, 500).states)


def test_deadlines_cut_the_law_off_and_misses_get_the_fallback():
    """P(T <= 100) of four nested links is 0.70183."""
    delivery = Deadline(within="100 s", fallback="mixed")
    law = played(chain(Nested(), [0.1] * 4, [node(success_probability=0.5)] * 5, delivery), 4000)
    chance = law.delivered_probability
    close(chance.value, chance.standard_error, 0.701833317284)
    assert law.fidelity.value == pytest.approx(chance.value + (1 - chance.value) / 4)
    assert law.times[np.isfinite(law.times)].max() <= 100


def test_a_pair_waits_for_the_edge_in_the_memories_of_its_ends():
    """Two sure links at an edge of five seconds: four seconds of storage at each end."""
    delivery = Clocked(period="5 s", fallback="mixed")
    law = played(chain(Nested(), [1.0] * 2, [node(Depolarising(time="10 s"))] * 3, delivery), 20)
    assert law.latency.value == 5
    assert law.fidelity.value == pytest.approx((1 + 3 * exp(-0.8)) / 4)


@pytest.mark.parametrize("memory", [Depolarising(time="30 s"), T1T2(t1="40 s", t2="25 s")])
@pytest.mark.parametrize(
    "delivery", [None, Clocked(period="12 s", fallback="01"), Deadline(within="40 s", fallback="00")]
)
def test_links_on_a_common_clock_agree_with_the_exact_engine(memory, delivery):
    """Every number of the law, for memories with and without a preferred pole, by two roads that share nothing."""
    nodes = [node(memory, success_probability=0.9, gate_error=0.02, readout_error=0.01, duration="1 s")] * 4
    request = chain(ClockedLinks(period="12 s"), [0.2, 0.3, 0.25], nodes, delivery, fidelity=0.95, target="psi+")
    law, exact = played(request, 3000), clocked_links.solve(request)
    for name, ours, theirs in law.beside(exact):
        assert ours.agrees(theirs), (name, ours, theirs)
    error = law.states.std(axis=0) / np.sqrt(3000) + 1e-9
    assert np.max(np.abs(law.state - exact.state) / error) < 4.5


def test_relaxation_is_played_between_swaps():
    """With T1 the order of storage and correction matters: psi pairs, a first swap, then waiting, then a second."""
    t1 = T1T2(t1="10 s")
    request = chain(FixedOrder(order=("n1", "n2")), [1.0, 1.0, 0.15], [node(t1)] * 4, target="psi+")
    law = played(request, 6000)
    total = np.zeros((4, 4))
    for wait in range(300):
        first = swap(werner(1, "psi+"), werner(1, "psi+"), "psi+", left_target="psi+", right_target="psi+")
        kept = apply(first, t1.transfer(float(wait)), t1.transfer(float(wait)))
        whole = swap(kept, werner(1, "psi+"), "psi+", left_target="psi+", right_target="psi+")
        total += 0.15 * 0.85**wait * whole
    error = law.states.std(axis=0) / np.sqrt(6000) + 1e-9
    assert np.max(np.abs(law.state - total) / error) < 4.5


def test_the_first_success_is_geometric_and_limited():
    """Attempt by attempt, over blocks of any length."""
    rng = Streams(1).stream("x")
    free, limited = first_success(0.2, 20_000, rng), first_success(0.2, 20_000, rng, 7)
    for k in range(1, 8):
        share = 0.2 * 0.8 ** (k - 1)
        for number in (free, limited):
            assert np.mean(number == k) == pytest.approx(share, abs=4.5 * np.sqrt(share / 20_000))
    assert np.mean(limited == 0) == pytest.approx(0.8**7, abs=4.5 * np.sqrt(0.21 / 20_000))
    assert free.min() == 1


def test_one_seed_gives_one_answer():
    """A result can be repeated, and another seed gives another sample."""
    request = chain(SwapAsap(), [0.2] * 3, [node(Depolarising(time="30 s"), success_probability=0.7)] * 4)
    one, again, other = played(request, 100, 7), played(request, 100, 7), played(request, 100, 8)
    np.testing.assert_array_equal(one.states, again.states)
    assert not np.array_equal(one.times, other.times)


def test_attempts_are_counted_before_they_are_played():
    """Asking for what would never end is refused by its cost, and a deadline bounds it."""
    endless = chain(Nested(), [0.1] * 2, [node(success_probability=0)] * 3)
    assert attempts_needed(endless) == np.inf
    assert attempts_needed(replace(endless, delivery=Deadline(within="40 s", fallback="00"))) == pytest.approx(80)
    assert attempts_needed(chain(Nested(), [0.1] * 4, [node(success_probability=0.5)] * 5)) == pytest.approx(160)
    rare = chain(ClockedLinks(period="1 s"), [0.01] * 4, [node()] * 5)
    assert attempts_needed(rare) == pytest.approx(4e8)


def test_presses_cut_off_by_a_horizon_are_an_error():
    """A mean over those that were fast enough would be a smaller number, and wrong."""
    request = chain(Nested(), [0.1] * 4, [node(success_probability=0.5)] * 5)
    with pytest.raises(ConvergenceError, match=r"Raise `run\.horizon` from 100 s"):
        play(request, Streams(1), 200, 100.0)


@pytest.mark.parametrize(
    ("policy", "swap", "says"),
    [
        (Nested(), {"duration": "1 s"}, "where swaps take time"),
        (Nested(distill=(Dejmps(),)), {}, "beside distillation"),
        (Nested(cutoff=(DifferenceCutoff(time="9 s"),)), {}, "beside a cut-off by difference above the first level"),
        (Nested(cutoff=(FidelityCutoff(value=0.6), None)), {}, "beside a cut-off by fidelity"),
        (ClockedLinks(period="9 s"), {}, "where all swap at a common edge"),
    ],
    ids=["slow", "distilled", "difference", "fidelity", "clocked"],
)
def test_damage_by_attempts_that_is_not_played_is_refused(policy, swap, says):
    """What is not played is said, not left out."""
    hurt = node(Dephasing(time="1 s", per_attempt={"dephasing": 0.1}), **swap)
    reason = unsupported(chain(policy, [0.1] * 4, [hurt] * 5))
    assert f"damage by further attempts along a route {says} (`n" in reason
    assert unsupported(chain(SwapAsap(), [0.1] * 2, [node()] * 3)) is None


def test_qubits_are_moved_once_however_often_a_pair_is_swapped():
    """Six qubits, whose moves leave 0.9 of the Bloch vector, of pairs that are there at once."""
    law = played(chain(Nested(), [1.0] * 3, [node(Moved(into=Perfect(), fidelity=0.95))] * 4), 10)
    assert weight_of(law)[0] == pytest.approx(0.9**6, rel=1e-9)


@pytest.mark.parametrize(
    ("memory", "policy", "says"),
    [
        (Moved(into=T1T2(t1=9.0, t2=9.0), fidelity=0.9), Nested(), "cannot follow a moved memory that relaxes"),
        (Stretched(time=9.0, exponent=2), Nested(distill=(Dejmps(),)), "the age of a distilled qubit in a stretched"),
    ],
    ids=["relaxing", "distilled"],
)
def test_ages_that_are_not_played_are_refused(memory, policy, says):
    assert says in unsupported(chain(policy, [0.5, 0.5], [node(memory)] * 3))


def test_a_fidelity_is_asked_of_presses_none_of_which_has_a_pair():
    """Blocks of presses whose pairs all came too late are played like any other."""
    pairs = link("l", (node(), node()), ("a", "b"), 0.5)
    none = Attempts(pairs, estimated=True).pairs(np.full(3, np.inf), np.random.default_rng(1))
    beat = Beat(1.0, SLACK)
    assert patience(FidelityCutoff(value=0.7), none, (node(), node()), "phi+", beat).tolist() == [0, 0, 0]
