"""Laws of nested chains: published codes, Markov chains and plain sums against filters and transforms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chains.witness import nested, slow_level, tree, two_times

from bellpush.engines.chains.absorbed import completed, each_slot, mean_pair, mean_slot, product_chain
from bellpush.engines.chains.configurations import doubling
from bellpush.engines.chains.law import segment, window
from bellpush.engines.chains.meet import follow, meet, meet_all
from bellpush.engines.chains.renewal import again, dominant_pole, repeat
from bellpush.engines.chains.rows import BELL, FULL, Fading, bilinear, fading, swapping, werner
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising
from bellpush.states import pair as pairs


@pytest.mark.parametrize(
    ("levels", "p", "expected", "tolerance"),
    [
        (1, 0.1, 29.473684210526315, 1e-8),
        (2, 0.1, 84.81758040971, 1e-8),
        (3, 0.1, 242.34837242252195, 1e-8),
        (4, 0.1, 691.4745156778554, 1e-6),
        (2, 0.5, 15.09390681, 1e-9),
        (2, 0.01, 864.882094397, 1e-9),
    ],
)
def test_mean_times_of_doubling_chains(levels, p, expected, tolerance):
    """Swaps that succeed every other time. Values of the programs of Brand, Coopmans and Elkouss, IEEE J. Sel. Areas
    Commun. 38, 619 (2020), and Li, Coopmans and Elkouss, IEEE Trans. Quantum Eng. 2, 4103015 (2021)."""
    law = nested(levels, p, 0.5)
    assert law.mean == pytest.approx(expected, rel=tolerance)
    assert law.late < 1e-12 * 4**levels * law.mean
    assert law.total[0] == pytest.approx(1, abs=1e-12)


def test_the_truncation_bound_holds_to_extended_precision():
    """Sixteen links, without transforms, in extended precision: 691.47451569389."""
    law = nested(4, 0.1, 0.5)
    assert abs(law.mean - 691.474515693889839) <= law.late
    assert law.late < 1e-9


def test_the_ratio_to_three_halves():
    """Below 1: three halves a level is in essence an upper bound; Coopmans, Brand and Elkouss, Phys. Rev. A 105,
    012608 (2022)."""
    ratios = [nested(k, 0.1, 0.5).mean / (1.5**k / (0.1 * 0.5**k)) for k in (1, 2, 3)]
    assert ratios == pytest.approx([0.9824561404, 0.9424175601, 0.8975865645], rel=1e-8)


def test_cut_offs_by_difference():
    """Both pairs are dropped when one has waited c for the other; the earlier time plus c is lost."""
    p, a, c, q = 0.1, 0.5, 10, 0.9
    closed = (1 / (1 - q**2) + 2 * q * (1 - q**c) / (p * (2 - p))) / (a * (1 - 2 * q ** (c + 1) / (2 - p)))
    assert nested(1, p, a, cutoffs=[c]).mean == pytest.approx(closed, rel=1e-12)
    assert closed == pytest.approx(34.14673043072753, rel=1e-12)
    assert nested(2, p, a, cutoffs=[10, 20]).mean == pytest.approx(139.1411053626602, rel=1e-7)


def test_time_and_state_of_eight_links_with_cut_offs():
    """The example of the program of Li, Coopmans and Elkouss. From a law cut at slot 1000 the mean would be 466.37."""
    law = nested(3, 0.1, 0.5, 0.98, 400, cutoffs=[16, 31, 55])
    assert law.mean == pytest.approx(471.97133281441575, rel=1e-7)
    assert law.total[1] == pytest.approx(0.7070286002, rel=1e-7)
    cut = window(law, 1001)
    truncated = cut.mean / cut.total[0]
    assert 0.85 < cut.total[0] < 0.92
    assert truncated < 0.9 * law.mean
    assert cut.mean + cut.late == pytest.approx(law.mean, rel=1e-9)  # a cut law says what its mean misses


@pytest.mark.parametrize(
    ("levels", "expected"), [(1, 0.9381813878219527), (2, 0.8269017423517518), (3, 0.5794779641652148)]
)
def test_mean_werner_weights(levels, expected):
    assert nested(levels, 0.1, 0.5, 0.98, 400).total[1] == pytest.approx(expected, rel=1e-7)


def test_short_memories_do_not_spoil_the_state():
    """exp(+t/T) overflows from t/T = 709 on, and a mean Werner weight of 1 came out of it. The witness is a sum."""
    law = nested(1, 0.1, 0.5, 0.98, 4, cutoffs=[10])
    assert law.total[1] == pytest.approx(0.4191468894556416, rel=1e-9)
    chance, t, s = two_times((0.1, 0.1), 500)
    met = chance * (np.abs(t - s) <= 10)
    assert law.total[1] == pytest.approx(0.98**2 * (met * np.exp(-np.abs(t - s) / 4)).sum() / met.sum(), rel=1e-12)


@pytest.mark.parametrize("p", [0.1, 0.6])
def test_one_distillation_of_two_links(p):
    """Success (1 + w1 w2)/2 after decay: 16.45 slots for p = 0.1; Brand, Coopmans and Elkouss's program."""
    rows = werner()
    decay = np.exp(-1 / 400)

    def compare(left, right):
        (one, first), (two, second) = np.moveaxis(left, -2, 0), np.moveaxis(right, -2, 0)
        kept = (one * two + first * second) / 2
        return np.stack([kept, (one * second + first * two + 4 * first * second) / 6], axis=-2)

    fade = Fading(np.array([1.0, decay]))
    link = segment(rows, p, pairs.werner((1 + 3 * 0.9) / 4))
    law = repeat(meet(link, link, compare, fade, fade))
    if p == 0.1:
        assert law.mean == pytest.approx(16.45415526439209, rel=1e-7)
    chance, t, s = two_times((p, p), 400)
    success = (1 + 0.81 * decay ** np.abs(t - s)) / 2
    assert law.mean == pytest.approx((chance * np.maximum(t, s)).sum() / (chance * success).sum(), rel=1e-11)


chances, swaps = st.floats(0.05, 1.0), st.floats(0.2, 1.0)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_four_unequal_links_agree_with_the_markov_chain(data):
    """Every time, every slot and every correlation to 1e-10: filters and transforms against a linear system."""
    p = np.array(data.draw(st.lists(chances, min_size=4, max_size=4)))
    a = data.draw(swaps)
    times = data.draw(st.lists(st.floats(1.0, 200.0), min_size=5, max_size=5))
    fresh = data.draw(st.lists(st.floats(0.5, 1.0), min_size=4, max_size=4))
    memories = [Dephasing(time=t) for t in times]
    links = list(zip(p, [pairs.werner(f) for f in fresh], strict=True))
    law = tree(BELL, links, memories, swap=a)
    weights = (4 * np.array(fresh) - 1) / 3
    decay = np.exp(-1 / np.array(times))
    births = np.array([np.ones(4), weights, -weights, weights])
    keeps = np.array([np.ones(5), decay, decay, np.ones(5)])
    left = np.broadcast_to(np.array([[1.0], [1], [-1], [1]]), (4, 3))
    chain = product_chain(p, np.full(3, a), births, keeps, left, policy=doubling(4))
    assert law.mean == pytest.approx(mean_slot(chain), rel=1e-10)
    assert law.total == pytest.approx(next(iter(completed(chain).values())), abs=1e-10)
    assert law.at(60) == pytest.approx(next(iter(each_slot(chain, 60).values())), abs=1e-12)


def random_pair(rng):
    matrix = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    matrix = matrix @ matrix.conj().T
    return pairs.from_density(matrix / np.trace(matrix).real)


@pytest.mark.parametrize("leak", [1.0, 0.9])
def test_all_sixteen_correlations_with_t1_agree_with_the_markov_chain(leak):
    """Any pairs, some of them leaked, memories that relax to different poles, imperfect swaps that fail."""
    rng = np.random.default_rng(5)
    memories = [T1T2(t1=60, t2=50), T1T2(t1=40, t2=70, excited=0.1), Depolarising(time=50.0)]
    memories += [T1T2(t1=90, t2=30), Dephasing(time=44.0)]
    p, kept = np.array([0.1, 0.2, 0.15, 0.3]), np.array([1, 0.9, -0.85, 0.95])
    born = [leak * random_pair(rng) for _ in p]
    rows = FULL if leak == 1 else type(FULL)(FULL.picks, leaky=True)
    law = tree(rows, list(zip(p, born, strict=True)), memories, swap=0.6, kept=kept)
    expected = mean_pair(p, np.full(3, 0.6), born, [m.transfer(1.0) for m in memories], [kept] * 3, policy=doubling(4))
    assert law.total[0] == pytest.approx(1, abs=1e-12)  # a pair that leaked is handed over all the same
    assert law.state[0, 0] == pytest.approx(leak**4, rel=1e-10)
    assert law.state[1:, 1:] == pytest.approx(expected[1:, 1:], abs=1e-12)


def test_a_batch_of_cut_offs_is_each_of_them():
    """Many cut-offs at once, as a leading axis; a huge number means none."""
    cutoffs = np.array([3, 10, 40, 2**62])
    batch = nested(2, 0.1, 0.5, 0.98, 100, cutoffs=[cutoffs[:, None], 2 * np.minimum(cutoffs, 2**40)[:, None]])
    for k, c in enumerate(cutoffs):
        one = nested(2, 0.1, 0.5, 0.98, 100, cutoffs=[int(c), 2 * int(min(c, 2**40))])
        assert batch.mean[k] == pytest.approx(one.mean, rel=1e-10)
        assert batch.total[k] == pytest.approx(one.total, abs=1e-11)
    assert batch.mean[-1] == pytest.approx(nested(2, 0.1, 0.5).mean, rel=1e-11)


def test_a_batch_of_parameters_is_each_of_them():
    p = np.array([0.05, 0.2, 0.9])
    batch = nested(2, p, np.array([0.5, 0.7, 1.0]))
    for k, a in enumerate((0.5, 0.7, 1.0)):
        assert batch.mean[k] == pytest.approx(nested(2, p[k], a).mean, rel=1e-11)


def test_limits_that_depend_on_when_the_pair_came():
    """A cut-off by fidelity is one; the witness sums over both times, and over failures by a renewal argument."""
    rng = np.random.default_rng(6)
    limits = rng.integers(0, 9, 2000)
    rows, fade = werner(), Fading(np.array([1.0, 0.95]))
    one, two = segment(rows, 0.2, pairs.werner(0.9)), segment(rows, 0.3, pairs.werner(0.95))
    law = repeat(meet(one, two, swapping(rows, 1.0), fade, fade, limit_first=limits, limit_second=4))
    chance, t, s = two_times((0.2, 0.3), 300)
    wait = np.where(t <= s, s - t, t - s)
    limit = np.where(t <= s, limits[t], 4)
    met = chance * (wait <= limit)
    lost = chance * (wait > limit)
    took = (met * np.maximum(t, s)).sum() + (lost * (np.minimum(t, s) + limit)).sum()
    assert law.mean == pytest.approx(took / met.sum(), rel=1e-10)
    weight = (4 * 0.9 - 1) / 3 * (4 * 0.95 - 1) / 3
    assert law.total[1] == pytest.approx(weight * (met * 0.95**wait).sum() / met.sum(), rel=1e-10)


def test_classical_delays_cost_time_and_coherence():
    """Three slots until success is known, five until failure is."""
    rows, fade = werner(), Fading(np.array([1.0, 0.99]))
    link = segment(rows, 0.3, pairs.werner(1.0))
    swap = swapping(rows, 0.5)
    law = repeat(meet(link, link, swap, fade, fade, delay=3, delay_failure=5, fade_out=fade))
    plain = repeat(meet(link, link, swap, fade, fade))
    assert law.mean == pytest.approx(plain.mean + 3 + 5, rel=1e-12)  # one failure in the mean
    assert law.total[1] == pytest.approx(plain.total[1] * 0.99**3, rel=1e-12)


def test_pairs_made_one_after_the_other():
    """The first waits while the second is made; times add, and a cut-off drops the first."""
    rows, decay = werner(), 0.97
    fade = Fading(np.array([1.0, decay]))
    one, two = segment(rows, 0.2, pairs.werner(0.9)), segment(rows, 0.4, pairs.werner(0.95))
    law = repeat(follow(one, two, swapping(rows, 0.7), fade))
    assert law.mean == pytest.approx((1 / 0.2 + 1 / 0.4) / 0.7, rel=1e-11)
    w = (4 * 0.9 - 1) / 3 * (4 * 0.95 - 1) / 3
    t = np.arange(1, 400)
    second = 0.4 * 0.6 ** (t - 1.0)
    assert law.total[1] == pytest.approx(w * (second * decay**t).sum(), rel=1e-11)
    cut = repeat(follow(one, two, swapping(rows, 1.0), fade, limit=3))
    in_time = second[:3].sum()
    took = 1 / 0.2 + (second[:3] * t[:3]).sum() + (1 - in_time) * 3
    assert cut.mean == pytest.approx(took / in_time, rel=1e-11)
    assert cut.total[1] == pytest.approx(w * (second * decay**t)[:3].sum() / in_time, rel=1e-11)


def test_three_pairs_meet():
    """As two swaps without failure in one moment; by a sum over all three times."""
    rows, fade = werner(), Fading(np.array([1.0, 0.9]))
    p = [0.2, 0.3, 0.5]
    links = [segment(rows, x, pairs.werner(0.9)) for x in p]
    law = repeat(meet_all(links, lambda a, b, c: a * b * c, [fade] * 3))
    t = np.arange(1, 120)
    one, two, three = (x * (1 - x) ** (t - 1.0) for x in p)
    chance = one[:, None, None] * two[:, None] * three
    last = np.maximum(np.maximum(t[:, None, None], t[:, None]), t)
    age = 3 * last - t[:, None, None] - t[:, None] - t
    assert law.mean == pytest.approx((chance * last).sum(), rel=1e-10)
    assert law.total[1] == pytest.approx(((4 * 0.9 - 1) / 3) ** 3 * (chance * 0.9**age).sum(), rel=1e-10)
    pair = meet_all(links[:2], lambda a, b: a * b, [fade] * 2)
    other = meet(links[0], links[1], swapping(rows, kept=(1, 1, 1, 1)), fade, fade)
    assert pair.success == pytest.approx(other.success, abs=1e-15)


def test_attempts_of_several_slots_count_in_slots():
    """Equal attempts of three slots are three times as slow; two and three slots side by side, by a sum."""
    rows, fade = werner(), Fading(np.array([1.0, 0.99]))
    fast, slow = segment(rows, 0.2, pairs.werner(1.0), slots=2), segment(rows, 0.3, pairs.werner(1.0), slots=3)
    law = repeat(meet(fast, slow, swapping(rows, 0.5), fade, fade))
    chance, k, m = two_times((0.2, 0.3), 200)
    t, s = 2 * k, 3 * m
    assert law.mean == pytest.approx((chance * np.maximum(t, s)).sum() / 0.5, rel=1e-11)
    assert law.total[1] == pytest.approx((chance * 0.99 ** np.abs(t - s)).sum(), rel=1e-11)
    both = repeat(meet(slow, slow, swapping(rows, 0.5), fade, fade))
    assert both.mean == pytest.approx(3 * nested(1, 0.3, 0.5).mean, rel=1e-11)


def test_dejmps_by_any_bilinear_map():
    """A map given as a function of two pairs is taken apart into its coefficients, and used after decay."""

    def compare(first, second):  # keep the first if ZZ of both agrees: a bilateral CNOT and equal results
        out = np.zeros(np.broadcast_shapes(first.shape, second.shape))
        out[..., 0, 0] = (first[..., 0, 0] * second[..., 0, 0] + first[..., 3, 3] * second[..., 3, 3]) / 2
        out[..., 3, 3] = (first[..., 3, 3] * second[..., 0, 0] + first[..., 0, 0] * second[..., 3, 3]) / 2
        out[..., 1, 1] = (first[..., 1, 1] * second[..., 1, 1] + first[..., 2, 2] * second[..., 2, 2]) / 2
        out[..., 2, 2] = (first[..., 1, 1] * second[..., 2, 2] + first[..., 2, 2] * second[..., 1, 1]) / 2
        return out

    memory = Dephasing(time=30.0)
    fade = fading(BELL, memory, memory, 1.0)
    born = pairs.werner(0.8)
    link = segment(BELL, 0.2, born)
    law = repeat(meet(link, link, bilinear(BELL, compare), fade, fade))
    chance, t, s = two_times((0.2, 0.2), 150)
    total = np.zeros((4, 4))
    took = 0.0
    for i, j in np.argwhere(chance > 1e-22):
        shrink = np.exp(-2 * abs(int(t[i, 0]) - int(s[0, j])) / 30.0)
        old = born * np.array([[1], [shrink], [shrink], [1]])
        out = compare(old, born) if t[i, 0] <= s[0, j] else compare(born, old)
        total += chance[i, j] * out
        took += chance[i, j] * max(int(t[i, 0]), int(s[0, j]))
    assert law.state == pytest.approx(total / total[0, 0], abs=1e-10)
    assert law.mean == pytest.approx(took / total[0, 0], rel=1e-10)


def test_certain_swaps_need_no_retries():
    law = nested(2, 1.0, 1.0)
    assert law.mean == 1
    assert law.pole == 0


def test_a_chance_of_success_of_one_in_a_billion():
    """One minus the failures is kept apart, so that rare success keeps its digits."""
    assert nested(1, 0.1, 1e-9, tolerance=1e-28).mean == pytest.approx(14.736842105263158e9, rel=1e-11)


@pytest.mark.parametrize("slots", [1, 2, 7, 300])
def test_rounds_begin_again_after_each_failure(slots):
    """Newton's series against the recursion that it inverts."""
    failure = np.array([0.0, 0.3, 0.0, 0.4, 0.1])
    begun = np.zeros(slots)
    begun[0] = 1.0
    for t in range(1, slots):
        begun[t] = sum(failure[k] * begun[t - k] for k in range(1, min(t, 4) + 1))
    assert again(failure, slots) == pytest.approx(begun, abs=1e-15)


def test_the_pole_is_the_root():
    failure = np.array([0.0, 0.3, 0.2, 0.1])
    s, slope = dominant_pole(failure, np.array(0.4))
    z = np.exp(s)
    assert failure @ z ** np.arange(4.0) == pytest.approx(1, rel=1e-12)
    assert slope == pytest.approx(failure @ (np.arange(4.0) * z ** np.arange(4.0)), rel=1e-8)


@given(st.data())
@settings(deadline=None, max_examples=10)
def test_cut_offs_at_two_levels_agree_with_plain_sums(data):
    """Unequal links, limits and memories: every slot by a sum over both times and a recursion over retries."""
    slots = 40
    p = data.draw(st.lists(st.floats(0.1, 1.0), min_size=4, max_size=4))
    a = data.draw(st.floats(0.3, 1.0))
    limits = data.draw(st.lists(st.integers(0, 12), min_size=6, max_size=6))
    x = data.draw(st.lists(st.floats(0.2, 1.0), min_size=6, max_size=6))
    rows, weight = werner(), 0.9
    fades = [Fading(np.array([1.0, factor])) for factor in x]
    links = [segment(rows, success, pairs.werner((1 + 3 * weight) / 4)) for success in p]
    slow = [link.at(slots) for link in links]
    halves, slow_halves = [], []
    for k in (0, 2):
        round_ = meet(
            links[k],
            links[k + 1],
            swapping(rows, a),
            *fades[k : k + 2],
            limit_first=limits[k],
            limit_second=limits[k + 1],
        )
        halves.append(repeat(round_))
        kept = [np.array([1.0, factor]) for factor in x[k : k + 2]]
        slow_halves.append(slow_level(slow[k], slow[k + 1], kept, a, limits[k : k + 2], slots))
        assert halves[-1].at(slots) == pytest.approx(slow_halves[-1], abs=1e-13)
    law = repeat(meet(*halves, swapping(rows, a), *fades[4:], limit_first=limits[4], limit_second=limits[5]))
    kept = [np.array([1.0, factor]) for factor in x[4:]]
    assert law.at(slots) == pytest.approx(slow_level(*slow_halves, kept, a, limits[4:], slots), abs=1e-13)


def test_attempts_of_a_rhythm_keep_it():
    """All attempts of three slots: pairs come in every third slot only, at every level, as in slots of thirds."""
    rows, fade, third = werner(), Fading(np.array([1.0, 0.997])), Fading(np.array([1.0, 0.997**3]))
    law, plain = (segment(rows, 0.1, pairs.werner(0.98), slots=slots) for slots in (3, 1))
    for swap in (0.7, 0.01):  # the rarer success, the longer the law against its rounds
        law = repeat(meet(law, law, swapping(rows, swap), fade, fade))
        plain = repeat(meet(plain, plain, swapping(rows, swap), third, third))
    assert law.mean == pytest.approx(3 * plain.mean, rel=1e-10)
    assert law.total == pytest.approx(plain.total, abs=1e-11)
    assert law.at(300)[:, ::3] == pytest.approx(plain.at(100), abs=1e-14)
    assert np.abs(law.at(300)[:, 1::3]).max() < 1e-15
