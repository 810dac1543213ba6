"""A photon given by its drives: against the amplitude equations, and inside a transfer."""

import numpy as np
import pytest
from scipy.integrate import quad

from bellpush.links.photon_transfer_played import play_pair
from bellpush.physics.pulse import Driven, Sech
from bellpush.physics.pulse_driven import harmonics
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.transfer import Transfer, bell
from bellpush.physics.transfer_slopes import slopes

from .amplitudes import fly, none

WINDOW = 8.0


def driven():
    """Wavy couplings without any symmetry."""
    return Driven(WINDOW, sender=[0.4, 0.1, -0.2, 0.05], receiver=[0.35, -0.15, -0.1], linewidth=1.2)


def test_the_couplings_are_the_cosines_they_are_made_of():
    """Each term written out by hand: the order of coefficients, the ends of the window, and that nothing depends on
    linewidths."""
    t = np.linspace(-0.5, 0.5, 7) * WINDOW
    angle = np.pi * (t / WINDOW + 0.5)
    by_hand = 0.35 - 0.15 * np.cos(angle) - 0.1 * np.cos(2 * angle)
    assert driven().capture(t, 1.0) == pytest.approx(by_hand, abs=1e-15)
    assert driven().capture(t, 3.0) == pytest.approx(by_hand, abs=1e-15)
    assert harmonics(t, WINDOW, 4) @ [0.4, 0.1, -0.2, 0.05] == pytest.approx(driven().emission(t, 1.0), abs=1e-15)


def test_the_envelope_is_what_the_sender_emits():
    """Against the amplitude equations solved by scipy, within the window, and an exponential after it."""
    photon = driven()
    t = np.linspace(-0.5, 0.5, 201) * WINDOW
    flight = fly(lambda x: photon.emission(x, 1.2), none, 1.2, 1.0, t)
    norm = np.sqrt(1 - flight.f_sender[-1] ** 2)
    assert photon.envelope(t) == pytest.approx(np.sqrt(1.2) * flight.sender / norm, abs=1e-8)
    assert photon.envelope(WINDOW / 2 + 1.0) == pytest.approx(photon.envelope(WINDOW / 2) * np.exp(-0.6), rel=1e-12)
    assert photon.envelope(-WINDOW) == 0
    energy = quad(lambda x: float(photon.envelope(x)) ** 2, -WINDOW / 2, 40, points=[WINDOW / 2], limit=200)[0]
    assert energy == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize("t", [-3.0, 0.7, 5.5])
def test_imaginary_times_give_derivatives(t):
    """A complex step against a difference; within the window and in the ring-down."""
    photon = driven()
    exact = photon.envelope(t + 1e-30j).imag / 1e-30
    difference = (photon.envelope(t + 1e-5) - photon.envelope(t - 1e-5)) / 2e-5
    assert exact == pytest.approx(difference, abs=1e-7)


def test_its_duration_scale_is_that_of_a_sech():
    """The series of a sech's couplings against the closed form: what other code takes as the photon's duration."""
    t = (np.arange(800) + 0.5) / 800 - 0.5
    waves = harmonics(t, 1.0, 50) * 2 / t.size
    waves[:, 0] /= 2
    series = Sech(1.0).emission(40 * t, 1.0) @ waves
    photon = Driven(40.0, series, series, linewidth=1.0)
    assert photon.duration_scale == pytest.approx(1.0, rel=1e-4)


def test_a_transfer_takes_it_as_any_photon():
    """The reduced equations against full density matrices, both nodes decaying, the receiver late."""
    sender = Qutrit(1.2, relaxation_ge=0.01, relaxation_ef=0.02, dephasing_f=0.01, detuning=0.05)
    receiver = Qutrit(0.9, relaxation_ge=0.02, internal_loss=0.03, stark_shift=0.04, amplitude=0.95)
    transfer = Transfer(sender, receiver, driven(), 0.8, WINDOW, timing_error=0.3)
    played = play_pair(transfer)
    reduced = bell(transfer).pair
    signs = np.array([1.0, 1, 1, -1]) / 4
    psi = np.array([0, 1, 1, 0]) / np.sqrt(2)
    assert signs @ np.diagonal(reduced) == pytest.approx((psi @ played @ psi).real, abs=1e-7)


def test_derivatives_keep_its_couplings():
    """The adjoint against a difference, along the receiver's linewidth: the drives stay what they are."""
    node = Qutrit(1.2)
    transfer = Transfer(node, node, driven(), 0.8, WINDOW)
    up, down = (transfer._replace(receiver=Qutrit(1.2 + step)) for step in (1e-4, -1e-4))
    _, (slope,) = slopes(transfer, [(up, down)], tolerance=1e-11)
    above, below = (slopes(one, [], tolerance=1e-11)[0] for one in (up, down))
    assert slope == pytest.approx(above - below, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"window": 0.0}, "`window` must be positive"),
        ({"linewidth": -1.0}, "`linewidth` must be positive"),
        ({"sender": [[0.1]]}, r"`sender` must be real and of shape \(terms,\)"),
        ({"sender": [0.0, 0.0]}, "`sender` must emit something"),
        ({"receiver": [np.nan]}, "`receiver` must be finite"),
        ({"receiver": [1j]}, "`receiver` must be real"),
        ({"receiver": []}, "`receiver` must be real and of shape"),
    ],
)
def test_drives_that_make_no_sense_are_refused(changes, says):
    """Each wrong number is named where it is given, not found as NaN in a result."""
    fields = {"window": 8.0, "sender": [0.4], "receiver": [0.3], "linewidth": 1.0}
    with pytest.raises(ValueError, match=says):
        Driven(**(fields | changes))
