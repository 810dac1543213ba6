"""Either detector by itself: the general closed form, its limits, and where fidelity is highest."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.hardware.node import Node
from bellpush.links.click_arms import click_arms
from bellpush.links.single_click import SingleClick, single_click
from bellpush.states.measures import fidelity
from bellpush.states.pair import frame

NODES = (Node(), Node())
chance = st.floats(0, 1)
both = st.tuples(chance, chance)


@given(both, both, chance, chance, both, st.booleans(), st.floats(0, 2 * pi))
@settings(max_examples=200, deadline=None)
def test_with_full_excitation_and_a_balanced_splitter_it_is_the_short_closed_form(
    bright, detection, dark, visibility, double, resolving, phase
):
    """Two witnesses that share no formula; the mean phase, being known, drops out."""
    shared = {"dark": dark, "visibility": visibility, "double_excitation": double, "resolving": resolving}
    arms = click_arms(bright, detection, optical_phase=phase, **shared)
    short = single_click(bright, detection, **shared).pair / 2
    assert arms.first == pytest.approx(short, abs=1e-12)
    assert frame(arms.second, "psi-", "psi+") == pytest.approx(short, abs=1e-12)


def arms(phase, excitation=0.85, **more):
    return click_arms((0.3, 0.3), (0.2, 0.3), visibility=0.9, excitation=(excitation,) * 2, optical_phase=phase, **more)


def test_rate_and_fidelity_depend_on_the_detector_only_where_excitation_is_incomplete():
    """X3: the sign of the asymmetry flips half a turn on, and both detectors together see none of it."""
    near, far = arms(0.5), arms(0.5 + pi)
    assert near.first[0, 0] > 1.01 * near.second[0, 0]
    assert near.first[0, 0] == pytest.approx(far.second[0, 0], rel=1e-12)
    assert fidelity(near.first, "psi+") != pytest.approx(fidelity(near.second, "psi-"), abs=1e-3)
    full = arms(0.5, excitation=1.0)
    assert full.first[0, 0] == pytest.approx(full.second[0, 0], rel=1e-12)


def test_fidelity_is_highest_on_the_line_of_balance():
    """X4: for equal arms, at the same mean population, equal ones; for unequal arms aA pA/(1-aA) = aB pB/(1-aB)."""
    ratio = np.linspace(0.3, 1.7, 281)

    def best(mean, eta):
        a, b = mean * ratio, mean * (2 - ratio)
        clicks = single_click((a, b), eta)
        place = int(np.argmax(fidelity(clicks.pair, "psi+")))
        return a[place], b[place]

    assert best(0.1, (1e-3, 1e-3)) == pytest.approx((0.1, 0.1), abs=1e-9)
    a, b = best(1e-4, (1e-3, 2e-3))
    assert a / (1 - a) / (b / (1 - b)) == pytest.approx(2, rel=0.02)


def test_an_unbalanced_splitter_costs_coherence_but_no_rate():
    """2 sqrt(t r) of the coherence of both detectors; 0.98 at 0.6 to 0.4."""
    for split in (0.5, 0.6, 0.9):
        scheme = SingleClick(
            bright_state_population=0.05, detection_probability=1e-4, split=split, attempt_duration=1e-6
        )
        model = scheme.link_model(NODES, ())
        whole = single_click((0.05, 0.05), (1e-4, 1e-4))
        assert model.success_probability == pytest.approx(float(whole.probability), rel=1e-5)
        kept = 2 * np.sqrt(split * (1 - split))
        assert model.born[1, 1] == pytest.approx(kept * whole.pair[1, 1] / whole.pair[0, 0], rel=1e-5)


def test_a_phase_that_drifts_between_locks_is_averaged():
    """A random walk whose variance reaches 2 in one cycle: (1 - 1/e) of the coherence on average."""
    scheme = SingleClick(
        bright_state_population=0.05,
        detection_probability=1e-3,
        drift_time=0.18,
        lock_period=0.18,
        attempt_duration=1e-6,
    )
    still = scheme.changed(drift_time=None).link_model(NODES, ()).born
    assert scheme.link_model(NODES, ()).born[1, 1] / still[1, 1] == pytest.approx(1 - np.exp(-1), rel=1e-12)
    assert "phase drift" in scheme.imperfections(NODES, ())
