"""What is asked of laws: deadlines, quantiles, clocks, cut-offs, time and age together."""

import numpy as np
import pytest
from tests.engines.chains.witness import nested, two_times

from bellpush.engines.chains.ages import Ages, asap_ages, within_age
from bellpush.engines.chains.ask import (
    at_edges,
    best_cutoff,
    edge_fidelity,
    fidelity_limit,
    quantile,
    ready_by,
    smallest_period,
)
from bellpush.engines.chains.law import segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import Fading, swapping, werner
from bellpush.engines.sums import first_kept
from bellpush.states import pair as pairs
from bellpush.states.measures import overlap

NONE = pairs.mixed()


@pytest.mark.parametrize(("level", "slot"), [(0.5, 181), (0.95, 651), (0.99, 980)])
def test_quantiles_of_eight_links(level, slot):
    """Times by which eight links, p = 0.1, swaps of 1/2, are joined; by the programs of the mean times."""
    law = nested(3, 0.1, 0.5)
    assert quantile(law, level) == slot
    assert ready_by(law, [slot - 1, slot])[0] == pytest.approx([level, level], abs=0.01)
    assert ready_by(law, slot - 1)[0, 0] < level <= ready_by(law, slot)[0, 0]


def test_by_a_deadline():
    assert ready_by(nested(2, 0.1, 0.5), 100)[0, 0] == pytest.approx(0.701833317284, rel=1e-9)


def test_quantiles_and_probabilities_in_the_tail():
    """One link is all tail: the geometric law."""
    law = segment(werner(), 0.01, pairs.werner(0.9))
    slots = np.array([0, 1, 10, 5000])
    assert ready_by(law, slots)[0] == pytest.approx(1 - 0.99**slots, rel=1e-12)
    for level in (0.005, 0.01, 0.5, 0.9999):
        t = quantile(law, level)
        assert 1 - 0.99**t >= level * (1 - 1e-12)
        assert 1 - 0.99 ** (t - 1) < level
    batch = segment(werner(), np.array([0.01, 1.0]), pairs.werner(0.9))
    assert quantile(batch, 0.5).tolist() == [69, 1]


def test_at_a_clock_edge_one_link_is_held():
    """First success, then hold: the closed form of one link."""
    p, decay = 0.02, 1 / 300
    fade = Fading(np.array([1.0, np.exp(-decay)]))
    law = segment(werner(), p, pairs.werner(1.0))
    rows = at_edges(law, fade, 200)
    assert rows[1, 1:] == pytest.approx(first_kept(p, np.arange(1, 200), decay), rel=1e-12)
    found = edge_fidelity(law, fade, 200, "phi+", NONE)
    assert found[150] == pytest.approx(0.25 + 0.75 * first_kept(p, 150, decay), rel=1e-12)


def test_the_smallest_period_of_a_repeater():
    law = nested(1, 0.1, 0.8, 0.98, 400)
    fade = Fading(np.array([1.0, np.exp(-1 / 400)]))
    period = int(smallest_period(law, fade, 0.7, "phi+", NONE, 400))
    fidelity = edge_fidelity(law, fade, period + 1, "phi+", NONE)
    assert fidelity[period] >= 0.7 > fidelity[period - 1]
    assert smallest_period(law, fade, 0.99, "phi+", NONE, 400) == np.inf
    rows = law.at(period + 1)
    kept = (rows[1] * np.exp(-(period - np.arange(period + 1)) / 400)).sum()
    assert fidelity[period] == pytest.approx(0.25 + 0.75 * kept, rel=1e-12)


def test_the_best_cut_off_for_key():
    """Two links, p = 0.01, coherence 100 slots: BB84 key per slot is best at 16 with entropy in bits, where the
    natural logarithm, once used for it, chooses 28; Li, Coopmans and Elkouss 2021 for the model."""

    def entropy(q, log):
        q = np.clip(q, 1e-15, 1)
        return -(q * log(q) + (1 - q) * log(1 - q))

    def law(cutoffs):
        return nested(1, 0.01, 1.0, 0.98, 100, cutoffs=[cutoffs])

    def key(made, log=np.log2):
        error = (1 - made.total[..., 1]) / 2
        return np.maximum(1 - 2 * entropy(error, log), 0) / made.mean

    best = best_cutoff(np.arange(0, 60), law, key)
    assert best.choice == 16
    assert best.value == pytest.approx(0.0008812773822, rel=1e-6)
    assert best_cutoff(np.arange(0, 60), law, lambda made: key(made, np.log)).choice == 28
    assert key(nested(1, 0.01, 1.0, 0.98, 100)) == 0


def test_a_limit_by_fidelity_is_the_last_good_slot():
    decay = 0.99
    fade = Fading(np.array([1.0, decay]))
    law = segment(werner(), 0.1, pairs.werner(0.95))
    limit = fidelity_limit(law, fade, 0.8, "phi+", 50, 1000)
    weight = (4 * 0.95 - 1) / 3
    expected = int(np.floor(np.log(((4 * 0.8 - 1) / 3) / weight) / np.log(decay)))
    assert np.all(limit[1:] == expected)
    link = repeat(meet(law, law, swapping(werner(), 1.0), fade, fade, limit_first=limit, limit_second=limit))
    same = repeat(meet(law, law, swapping(werner(), 1.0), fade, fade, limit_first=expected, limit_second=expected))
    assert link.mean == pytest.approx(same.mean, rel=1e-11)


def test_a_limit_by_fidelity_depends_on_when_the_pair_came():
    """A swapped pair that came late has waited longer: its mean is worse and it may wait less."""
    law = nested(1, 0.1, 0.5, 0.98, 50)
    fade = Fading(np.array([1.0, np.exp(-1 / 50)]))
    limit = fidelity_limit(law, fade, 0.6, "phi+", 60, 500)
    rows = law.at(60)
    for t in (5, 20, 59):
        mean = rows[1, t] / rows[0, t]
        aged = [0.25 + 0.75 * mean * np.exp(-k / 50) for k in (limit[t], limit[t] + 1)]
        assert aged[0] >= 0.6 > aged[1]
    assert limit[5] > limit[59]


def test_time_and_age_of_two_links_together():
    """P(T <= D and F >= F*) by frequencies of the age, and by a sum over both times."""
    ages = Ages(128)
    link = segment(ages.basis, 0.2, ages.born)
    other = segment(ages.basis, 0.3, ages.born)
    fade = ages.fading()
    law = repeat(meet(link, other, ages.swapping(1.0), fade, fade, limit_first=100, limit_second=100))
    chance, t, s = two_times((0.2, 0.3), 100)
    for deadline, oldest in ((10, 3), (30, 0), (25, 8)):
        expected = (chance * (np.maximum(t, s) <= deadline) * (np.abs(t - s) <= oldest)).sum()
        assert within_age(law, ages, deadline, oldest) == pytest.approx(expected, abs=1e-12)
    assert within_age(law, ages, 10, -1) == 0


def test_time_and_age_after_retries():
    """Swaps of 0.5: the ages of lost pairs count no more. The mean of exp(-age) is the Werner weight of the law."""
    ages = Ages(512)
    link = segment(ages.basis, 0.3, ages.born)
    fade = ages.fading()
    law = repeat(meet(link, link, ages.swapping(0.5), fade, fade))
    law = repeat(meet(law, law, ages.swapping(0.5), fade, fade))
    spread = ages.spread(law.at(100))
    plain = nested(2, 0.3, 0.5, 1.0, 20)
    assert np.exp(-np.arange(512) / 20) @ spread == pytest.approx(plain.at(100)[1], abs=1e-12)
    assert spread.sum(axis=0) == pytest.approx(plain.at(100)[0], abs=1e-12)
    assert spread.min() > -1e-14


def test_time_and_age_swapped_as_soon_as_possible():
    """Three links, ends that wait too: by frequencies, and by a sum over all three times."""
    p, deadline = (0.4, 0.5, 0.3), 12
    found = asap_ages(p, [deadline, 30], 128, ends=(1, 0))
    expected = np.zeros(128)
    for t, s, u in np.ndindex(12, 12, 12):
        chance = np.prod([x * (1 - x) ** k for x, k in zip(p, (t, s, u), strict=True)])
        expected[abs(t - s) + abs(s - u) + deadline - 1 - t] += chance
    assert found[:, 0] == pytest.approx(expected, abs=1e-13)
    assert found.shape == (128, 2)


def test_overlap_is_what_a_state_is_worth():
    """The mean state of a law gives the heralded fidelity by the measures of states."""
    law = nested(1, 0.1, 0.5, 0.98, 400)
    assert overlap(law.state, "phi+") == pytest.approx(0.25 + 0.75 * 0.9381813878219527, rel=1e-7)
