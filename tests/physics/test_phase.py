"""The optical phase between locks: the average of a random walk, and its limits."""

import numpy as np
import pytest

from bellpush.physics.phase import phase_kept, phase_kept_at


def test_the_average_over_a_cycle_is_that_of_sampled_walks():
    """Two witnesses: the closed form, and 4,000 walks of 200 steps seen at random times, within 4 standard errors."""
    rng, noise, drift, period = np.random.default_rng(3), 0.2, 0.3, 0.18
    steps, walks = 200, 4000
    moved = rng.normal(scale=np.sqrt(2 * period / drift / steps), size=(walks, steps)).cumsum(axis=1)
    seen = np.cos(rng.normal(scale=noise, size=(walks, 1)) + moved).mean(axis=1)
    found = phase_kept(noise, drift, period)
    assert seen.mean() == pytest.approx(found, abs=4 * seen.std() / np.sqrt(walks) + 1 / steps)


def test_the_average_is_the_integral_over_the_cycle():
    """Exact, whatever the ratio of drift and cycle."""
    for period in (1e-3, 0.3, 20.0):
        points, weights = np.polynomial.legendre.leggauss(60)
        mean = weights @ phase_kept_at(period * (points + 1) / 2, 0.25, 1.0) / 2
        assert phase_kept(0.25, 1.0, period) == pytest.approx(mean, rel=1e-12)


def test_without_drift_or_without_time_only_the_noise_counts():
    """14.3 deg cost 3.07 % (H8); a cycle without length does not drift."""
    noise = np.radians(14.3)
    assert 1 - phase_kept(noise) == pytest.approx(0.0307, abs=5e-5)
    assert phase_kept(noise, 1.0, 0.0) == phase_kept(noise)
    assert phase_kept(np.array([0.0, 1e30])) == pytest.approx([1.0, 0.0])
