"""Laws: what is read from them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from bellpush.delivery.law import ExactLaw, SampledLaw
from bellpush.delivery.times import AtEdge, Geometric
from bellpush.states.pair import bell, mixed, werner


def exact(total=0.6):
    return ExactLaw("phi+", AtEdge(10.0, total), total * bell("phi+"), (1 - total) * mixed(), press=10.0)


def test_delivered_and_heralded_are_different_numbers():
    """Delivered averages over every press; heralded only over those that a pair answered."""
    law = exact()
    assert law.fidelity.value == pytest.approx(0.6 + 0.4 / 4)
    assert law.fidelity_heralded.value == pytest.approx(1)
    assert law.rate.value == pytest.approx(0.06)


def test_what_never_happens_has_no_fidelity():
    """A law without any pair says so instead of dividing by zero."""
    law = ExactLaw("phi+", Geometric(0.0, 1.0), 0 * bell("phi+"), 0 * mixed(), press=np.inf)
    assert law.fidelity.value is None
    assert law.fidelity_heralded.value is None
    assert law.rate.value == 0


def sampled(shots=4000, seed=5, total=0.6):
    rng = np.random.default_rng(seed)
    hit = rng.random(shots) < total
    times = np.where(hit, rng.geometric(0.1, shots), np.inf)
    return played(hit, times)


def played(hit, times):
    states = np.where(hit[:, None, None], bell("phi+"), mixed())
    return SampledLaw("phi+", times, np.where(hit, times, 10.0), states, missed=0.25)


def at_the_clock(hits, shots):
    """So many presses of a clock's button that got a perfect pair."""
    hit = np.arange(shots) < hits
    return replace(played(hit, np.where(hit, 10.0, np.inf)), durations=np.full(shots, 10.0), edge=10.0)


def test_errors_of_samples_cover_the_truth():
    """One standard error is one: of 200 repetitions about 68 % lie within, and hardly any beyond four."""
    law = exact()
    off = []
    for seed in range(200):
        for name in ("delivered_probability", "fidelity"):
            found = getattr(sampled(seed=seed), name)
            off.append(abs(found.value - getattr(law, name).value) / found.standard_error)
    assert 0.6 < np.mean(np.array(off) < 1) < 0.76
    assert max(off) < 4.5


def test_a_probability_that_was_always_hit_still_has_an_error():
    """100 of 100 is no proof of certainty."""
    found = sampled(total=1.0).delivered_probability
    assert found.value == 1
    assert found.standard_error > 0


def test_a_wrong_law_does_not_agree():
    """Agreement that cannot fail would show nothing."""
    assert exact().fidelity.agrees(sampled().fidelity)
    assert not exact(0.5).fidelity.agrees(sampled().fidelity)


@pytest.mark.parametrize(("hits", "shots", "share"), [(180, 191, 0.868), (200, 200, 0.97), (0, 200, 0.03)])
def test_a_lucky_sample_does_not_stand_further_out_by_its_luck(hits, shots, share):
    """Too few misses make the sample's own error too small as well: 3 standard errors of the true law are not 4."""
    ours, theirs = exact(share), at_the_clock(hits, shots)
    assert abs(hits / shots - share) / np.sqrt(share * (1 - share) / shots) < 3.1
    assert not ours.delivered_probability.agrees(theirs.delivered_probability)
    for name, a, b in ours.beside(theirs):
        if b.value is not None:
            assert a.agrees(b), name
    for (_, a, b), (_, c, d) in zip(ours.beside(theirs), theirs.beside(ours), strict=True):
        assert (a, b) == (d, c)


@pytest.mark.parametrize("shots", [30, 191, 800])
@pytest.mark.parametrize("share", [1e-5, 1e-3, 0.03, 0.3, 0.868, 0.99, 0.9999])
def test_right_engines_hardly_ever_disagree(share, shots):
    """Over every sample that a right engine can draw, summed with its probability, for few shots and rare misses."""
    ours, alarm = exact(share), 0.0
    for hits in range(shots + 1):
        if (chance := binom.pmf(hits, shots, share)) < 1e-12:
            continue
        numbers = ours.beside(at_the_clock(hits, shots))
        if not all(a.agrees(b) for _, a, b in numbers if b.value is not None):
            alarm += chance
    assert alarm < 1e-4  # two-sided, 4 standard errors of a bell curve: 6.3e-5


def test_a_wrong_share_is_still_found():
    """What is lenient to luck must not be lenient to error: 10,000 presses tell 0.60 from 0.63."""
    apart = [name for name, a, b in exact(0.63).beside(at_the_clock(6000, 10_000)) if not a.agrees(b)]
    assert apart == ["delivered_probability", "fidelity", "rate"]


def test_presses_that_came_out_alike_do_not_speak_for_those_that_did_not():
    """One attempt in 10,000 fails, and 1000 presses met none: their spread is no error. A slot too many is one."""
    alike = SampledLaw("phi+", np.full(1000, 2.0), np.full(1000, 2.0), np.broadcast_to(werner(0.9), (1000, 4, 4)))
    for share, agrees in ((0.9999, True), (0.5, False), (1.0, True)):
        law = ExactLaw("phi+", Geometric(share, 2.0), werner(0.9), 0 * mixed(), press=2.0 / share)
        assert law.agrees(alike) is agrees
        assert alike.agrees(law) is agrees
    errors = {name: found.standard_error for name, _, found in law.beside(alike)}
    assert errors["latency"] == errors["fidelity"] == 0  # equal numbers need no error
    slow = ExactLaw("phi+", Geometric(0.9999, 2.0), werner(0.89), 0 * mixed(), press=2.0 / 0.9999)
    assert not slow.agrees(alike)
