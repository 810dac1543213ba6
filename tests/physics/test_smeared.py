"""Jitter at the edges of a window: plain double integrals, drawn clicks, and the sharp window as its limit."""

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.smeared import counted
from bellpush.physics.wavepacket import Packets, Window, one_click, seen, share, two_clicks, visibility

TAU = 12e-9
LINES = Packets((TAU, 10e-9), (0.0, 0.3e-9), 2 * np.pi * 8e6, (2 * np.pi * 2e6, 1e6), (3e6, 5e6))


def smeared(jitter, **more):
    return Window(2.88e-9, 25e-9, jitter=jitter, **more)


def test_a_smeared_share_is_that_of_drawn_clicks():
    """200,000 photons, each with a delay of its own: within 4 standard errors; a sharp edge would be 20 off."""
    rng = np.random.default_rng(5)
    recorded = rng.exponential(TAU, 200_000) + rng.normal(0, 4e-9, 200_000)
    hits = np.mean((recorded > 1e-9) & (recorded < 16e-9))
    window = Window(1e-9, 15e-9, jitter=4e-9)
    assert share(TAU, window=window) == pytest.approx(hits, abs=4 * np.sqrt(hits * (1 - hits) / 200_000))
    assert abs(share(TAU, window=Window(1e-9, 15e-9)) - hits) > 20 * np.sqrt(hits * (1 - hits) / 200_000)


def test_far_from_the_start_a_share_grows_by_half_the_square_of_the_jitter():
    """exp(jitter^2 / 2 lifetime^2): as many come in at one edge as go out at the other, but for the slope between."""
    for jitter in (1e-9, 3e-9):
        window = Window(30e-9, 20e-9, jitter=jitter)
        grown = share(TAU, window=window) / share(TAU, window=window._replace(jitter=0.0))
        assert grown == pytest.approx(np.exp((jitter / TAU) ** 2 / 2), rel=1e-10)


@pytest.mark.parametrize("recorded", [False, True])
def test_jitter_far_below_the_window_changes_nothing(recorded):
    """The sharp window's closed forms and the smeared quadrature share no step: 1e-10 at a picosecond in 25 ns."""
    sharp, soft = smeared(0.0, recorded=recorded), smeared(1e-13, recorded=recorded)
    assert one_click(LINES, soft) == pytest.approx(one_click(LINES, sharp), abs=1e-10)
    for kept in (visibility, two_clicks, lambda *both: two_clicks(*both, "polarisation")):
        assert kept(LINES, soft) == pytest.approx(kept(LINES, sharp), abs=1e-10)
    # A detector of 50 ps costs a hundred thousandth, on lines that differ by as much as 8 MHz.
    detector = smeared(50e-12, recorded=recorded)
    assert visibility(LINES, detector) == pytest.approx(visibility(LINES, sharp), abs=1e-5)
    assert np.array(seen(LINES, detector)) == pytest.approx(np.array(seen(LINES, sharp)), abs=5e-5)


def test_smeared_overlaps_are_plain_double_integrals():
    """Every number by its definition, on a fine grid in which nothing was rearranged, with 2 ns of jitter."""
    window = smeared(2e-9)
    step = 50e-12
    t = np.arange(0.3e-9, 90e-9, step) + step / 2
    chance = norm.cdf((t - 2.88e-9) / 2e-9) - norm.cdf((t - 27.88e-9) / 2e-9)
    assert counted(t, window) == pytest.approx(chance, abs=1e-14)
    both = np.exp(-t / 2 / TAU - (t - 0.3e-9) / 20e-9) / np.sqrt(TAU * 10e-9) * chance * step
    both /= np.sqrt(np.prod(seen(LINES, window)))
    since = (t, t - 0.3e-9)
    lost = 3e6 * since[0] + 5e6 * since[1]
    lines = ((2 * np.pi * 2e6 * since[0]) ** 2 + (1e6 * since[1]) ** 2) / 2
    delta = LINES.detuning
    assert one_click(LINES, window) == pytest.approx(np.sum(both * np.exp(1j * delta * t - lost - lines)), abs=1e-5)
    apart = t[:, None] - t[None]
    turn = np.cos(delta * apart) * np.exp(-((np.hypot(2 * np.pi * 2e6, 1e6) * apart) ** 2) / 2)
    assert visibility(LINES, window) == pytest.approx(both @ (turn * np.exp(-8e6 * abs(apart))) @ both, abs=1e-5)
    damped = both * np.exp(-lost)
    assert two_clicks(LINES, window) == pytest.approx(damped @ turn @ damped, abs=1e-5)


def test_a_share_is_its_integral():
    """Closed form against quadrature, for a window that begins with the photon."""
    window = Window(0.0, 10e-9, jitter=2e-9)
    expected = integrate.quad(lambda x: np.exp(-x) * counted(x * TAU, window), 0, 5, points=[10 / 12], epsabs=1e-13)[0]
    assert share(TAU, window=window) == pytest.approx(expected, abs=1e-9)


def test_windows_may_hold_arrays_of_jitter():
    """Point by point; one without jitter among others is the sharp one."""
    jitter = np.array([0.0, 1e-9])
    found = visibility(LINES, smeared(jitter))
    assert found[0] == pytest.approx(visibility(LINES, smeared(0.0)), abs=1e-14)
    assert found[1] == pytest.approx(visibility(LINES, smeared(1e-9)), abs=1e-14)
    assert seen(LINES, smeared(jitter))[0][0] == pytest.approx(seen(LINES, smeared(0.0))[0], abs=1e-14)


def test_a_window_in_which_nothing_comes_keeps_nothing_and_lines_too_far_apart_are_refused():
    """No division by nothing; and no integral that would be wrong in silence."""
    assert visibility(Packets((TAU, TAU), (0.0, 1.0)), smeared(1e-10)) == 0
    with pytest.raises(ConvergenceError, match="turn against each other by less than"):
        visibility(Packets((TAU, TAU), detuning=1e12), smeared(1e-10))
