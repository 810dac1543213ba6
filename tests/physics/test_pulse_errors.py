"""Pulses that are cut, late, filtered or chirped, against the amplitude equations and closed responses."""

import numpy as np
import pytest
from scipy.integrate import quad

from bellpush.physics.pulse import Exponential, Sech, filtered, overlap, stark_phase, truncation_loss

from .amplitudes import fly


@pytest.mark.parametrize(
    ("window", "late", "arrives"),
    [(0.18, 0, 0.9886), (0.35, 1, 0.9996), (0.35, 3, 0.9968), (0.35, 5, 0.9912), (0.35, 10, 0.9652)],
)
def test_errors_of_time_cost_what_the_master_equation_said(window, late, arrives):
    """Linewidths of 10.4 and 13.5 MHz: our couplings in amplitude equations against a density matrix of 36 levels.

    Windows in us, delays in ns. The four digits come from an independent solution with the published formula.
    """
    sender, receiver = 2 * np.pi * 10.4e6, 2 * np.pi * 13.5e6
    photon = Sech(sender)
    flight = fly(
        lambda s: photon.emission(s, sender),
        lambda s: photon.capture(s - late * 1e-9, receiver),
        sender,
        receiver,
        np.array([-0.5e-6, 0.5e-6]) * window,
    )
    assert flight.f_receiver[-1] ** 2 == pytest.approx(arrives, abs=6e-5)


@pytest.mark.parametrize(("sender", "receiver"), [(1.0, 1.0), (1.0, 3.0), (1.5, 1.2), (4.0, 4.0)])
@pytest.mark.parametrize("window", [20.0, 26.0])
def test_what_a_window_cuts_off_follows_the_closed_law(sender, receiver, window):
    """(2 + G/kA + G/kB) exp(-G T/2) against amplitudes between the cuts; four parts that are easily forgotten."""
    photon = Sech(1.0)
    t = np.array([-window / 2, window / 2])
    flight = fly(lambda s: photon.emission(s, sender), lambda s: photon.capture(s, receiver), sender, receiver, t)
    lost = 1 - flight.f_receiver[-1] ** 2
    assert lost == pytest.approx(float(truncation_loss(1.0, sender, receiver, window)), rel=0.02)


def test_the_phase_that_compensates_a_shift_has_the_shift_as_its_slope():
    """A chirp of the wrong sign doubles what it should cancel; integral against slope, and its total."""
    t = np.linspace(-25, 25, 1001)
    coupling = np.array([[0.5], [-2.0]]) / np.cosh(t / 2)
    phase = stark_phase(t, coupling, np.array([0.3, -0.1]))
    np.testing.assert_allclose(np.gradient(phase[0], t, edge_order=2), 0.3 / np.cosh(t / 2) ** 2, atol=1e-4)
    np.testing.assert_allclose(phase[:, -1], [0.3 * 4, -0.1 * 4], rtol=1e-6)
    assert phase[0, 0] == 0


def test_a_filtered_drive_lags_and_settles():
    """The recursion against the closed response to a rising exponential, and against a jump."""
    t = np.linspace(-30, 3, 3301)
    np.testing.assert_allclose(filtered(t, np.exp(t), 4.0)[400:], np.exp(t)[400:] * 4 / 5, rtol=2e-5)
    steps = np.array([0.0, 1e-9, 1.0, 2.0])
    np.testing.assert_allclose(
        filtered(steps, [0.0, 1.0, 1.0, 1.0], np.array([1.0, 2.0]))[:, 2:],
        1 - np.exp(-np.array([[1.0], [2.0]]) * [1.0, 2.0]),
        rtol=1e-8,
    )


def test_an_overlap_is_the_integral():
    """Samples against adaptive quadrature, and the phase that must not matter."""
    t = np.linspace(-80, 80, 3201)
    a, b = Sech(1.0), Exponential(0.5, 2.0)
    exact = quad(lambda s: float(a.envelope(s) * b.envelope(s)), -80, 80, limit=400)[0] ** 2
    assert overlap(t, 3 * a.envelope(t), 1j * b.envelope(t)) == pytest.approx(exact, abs=1e-10)
