"""Laws: what is read from them."""

import numpy as np
import pytest

from bellpush.delivery.law import ExactLaw, SampledLaw
from bellpush.delivery.times import AtEdge, Geometric
from bellpush.states.pair import bell, mixed


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
    states = np.where(hit[:, None, None], bell("phi+"), mixed())
    return SampledLaw("phi+", times, np.where(hit, times, 10.0), states)


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
