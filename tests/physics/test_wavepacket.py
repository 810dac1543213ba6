"""Wave packets: closed forms, plain double integrals, sampled lines, and what tells shift and dephasing apart."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from bellpush.physics.wavepacket import Packets, Window, one_click, seen, two_clicks, visibility

TAU = 12.4e-9
TWO_PI = 2 * np.pi
ALIKE = (TAU, TAU)
# Coherence of one click and visibility by detuning in MHz, worked out independently of this code.
DETUNED = {1: (0.997, 0.994), 5: (0.932, 0.868), 10: (0.789, 0.622), 13: (0.703, 0.494)}


@pytest.mark.parametrize(("mega", "coherent", "visible"), [(f, *both) for f, both in DETUNED.items()])
def test_a_detuning_costs_the_root_for_one_click_and_all_of_it_for_two(mega, coherent, visible):
    """1/sqrt(1 + (delta tau)^2), and its square; a pure shift is what the root of the visibility stands for."""
    packets = Packets(ALIKE, detuning=TWO_PI * mega * 1e6)
    turn = TWO_PI * mega * 1e6 * TAU
    assert abs(one_click(packets)) == pytest.approx((1 + turn**2) ** -0.5, abs=1e-12)
    assert visibility(packets) == pytest.approx(1 / (1 + turn**2), abs=1e-12)
    assert (abs(one_click(packets)), visibility(packets)) == pytest.approx((coherent, visible), abs=5e-4)
    assert two_clicks(packets) == pytest.approx(visibility(packets), abs=1e-12)


def test_pure_dephasing_costs_one_click_the_visibility_and_not_its_root():
    """1/(1 + 2 gamma tau) for both; the root would promise a coherence that is not there."""
    rate = 1.5e7
    packets = Packets(ALIKE, dephasing=(rate, rate))
    expected = (0.5 / TAU) / (0.5 / TAU + rate)
    assert visibility(packets) == pytest.approx(expected, abs=1e-12)
    assert one_click(packets) == pytest.approx(expected, abs=1e-12)
    assert two_clicks(packets, encoding="polarisation") == pytest.approx(expected, abs=1e-12)
    assert two_clicks(packets) == pytest.approx(expected**2, abs=1e-12)  # it dephases anew in either round


def test_different_lifetimes_and_starts_are_a_plain_overlap():
    """2 sqrt(ab) / (a + b), and half the later one's delay in lifetimes of the earlier."""
    late = 3e-9
    packets = Packets((TAU, 2 * TAU), starts=(0.0, late))
    overlap = np.exp(-late / 2 / TAU) * 2 * np.sqrt(2) / 3
    assert one_click(packets) == pytest.approx(overlap, abs=1e-12)
    assert visibility(packets) == pytest.approx(overlap**2, abs=1e-12)


def test_the_phase_of_a_click_advances_by_the_detuning():
    """X1: the slope against the time of the click is 2 pi times the offset, to 1 % (here exact)."""
    times = np.linspace(0, 40e-9, 30)
    phases = np.unwrap(np.angle(one_click(Packets(ALIKE, detuning=TWO_PI * 4e6), at=times)))
    assert np.polyfit(times, phases, 1)[0] == pytest.approx(TWO_PI * 4e6, rel=1e-9)
    assert np.angle(one_click(Packets(ALIKE, detuning=1e3))) == pytest.approx(1e3 * TAU, rel=1e-6)


def test_recorded_times_take_a_known_detuning_off_as_well_as_they_resolve_it():
    """exp(-(delta s)^2 / 2) is left of one click, twice of two; nothing is taken off what wanders."""
    delta, spread = TWO_PI * 20e6, 3e-9
    window = Window(recorded=True, resolution=spread)
    packets = Packets(ALIKE, detuning=delta)
    assert one_click(packets, window) == pytest.approx(np.exp(-((delta * spread) ** 2) / 2), abs=1e-12)
    assert two_clicks(packets, window) == pytest.approx(np.exp(-((delta * spread) ** 2)), abs=1e-12)
    assert visibility(packets, window) == pytest.approx(visibility(packets), abs=1e-15)  # two that meet have one time
    wandering = Packets(ALIKE, diffusion=(TWO_PI * 5e6, 0.0))
    assert one_click(wandering, Window(recorded=True)) == pytest.approx(one_click(wandering), abs=1e-15)


def test_lines_that_wander_are_averaged_as_complex_overlaps():
    """Two witnesses: Gaussian exponents under the integral, and 200 lines by quadrature; V is the mean square."""
    sigma = TWO_PI * 8e6
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    each = one_click(Packets(ALIKE, detuning=sigma * nodes))
    packets = Packets(ALIKE, diffusion=(0.6 * sigma, 0.8 * sigma))
    mean, square = weights @ each, weights @ np.abs(each) ** 2
    assert one_click(packets) == pytest.approx(mean, abs=1e-6)
    assert visibility(packets) == pytest.approx(square, abs=1e-6)
    assert two_clicks(packets) == pytest.approx(square, abs=1e-6)
    assert abs(one_click(packets)) ** 2 < visibility(packets) - 0.01  # the root would say too much


ranges = st.floats(0, 1)


@given(ranges, ranges, ranges, ranges, ranges, st.floats(0.2, 1), st.booleans())
@settings(max_examples=12, deadline=None)
def test_windows_cut_what_plain_double_integrals_cut(later, shift, wander, lost, begin, length, recorded):
    """Two witnesses: one integral with the other done by hand, and scipy on both times of two clicks."""
    packets = Packets((1.0, 1.5), (0.0, later), 4 * shift, (wander, 0.5 * wander), (0.4 * lost, 0.7 * lost))
    window = Window(begin=begin, length=3 * length, recorded=recorded, resolution=0.1)
    first, last = begin, begin + 3 * length
    shares = seen(packets, window)

    def product(t):
        on = t >= max(0.0, later)
        return on * np.exp(-t / 2 - (t - later) / 3) / np.sqrt(1.5 * shares[0] * shares[1])

    def turned(t):
        return 0.0 if recorded else 4 * shift * t

    def one(t):
        gone = 0.4 * lost * t + 0.7 * lost * (t - later) + wander**2 * (t**2 + 0.25 * (t - later) ** 2) / 2
        return product(t) * np.exp(-gone + 1j * turned(t))

    edge = min(max(first, later), last)
    blur = np.exp(-((0.4 * shift) ** 2) / 2) if recorded else 1.0
    exact = integrate.quad(one, edge, last, complex_func=True, epsabs=1e-11)[0] * blur
    assert one_click(packets, window) == pytest.approx(exact, abs=1e-9)

    both = 1.25 * wander**2

    def met(u, t):
        return product(t) * product(u) * np.exp(-1.1 * lost * abs(t - u) - both * (t - u) ** 2 / 2)

    def binned(u, t):
        gone = 0.4 * lost * (t + u) + 0.7 * lost * (t + u - 2 * later) + both * (t - u) ** 2 / 2
        return product(t) * product(u) * np.exp(-gone) * np.cos(turned(t) - turned(u))

    def twice(density):  # symmetric, with a kink on its diagonal
        return 2 * integrate.dblquad(density, edge, last, lambda _: edge, lambda t: t, epsabs=1e-10)[0]

    plain = twice(lambda u, t: met(u, t) * np.cos(4 * shift * (t - u)))
    assert visibility(packets, window) == pytest.approx(plain, abs=1e-8)
    assert two_clicks(packets, window) == pytest.approx(twice(binned) * blur**2, abs=1e-8)
    polar = twice(lambda u, t: met(u, t) * np.cos(turned(t) - turned(u)))
    assert two_clicks(packets, window, "polarisation") == pytest.approx(polar * blur**2, abs=1e-8)


def test_a_short_window_hides_a_detuning():
    """The visibility depends on the window: the shorter, the more alike; none is left where nothing meets."""
    packets = Packets(ALIKE, detuning=TWO_PI * 13e6)
    found = [float(visibility(packets, Window(length=length))) for length in (1e-9, 5e-9, 25e-9, 1e-6)]
    assert all(more > less for more, less in pairwise(found))
    assert found[0] > 0.99
    apart = Packets(ALIKE, starts=(0.0, 50e-9))
    assert visibility(apart, Window(length=40e-9)) == 0
    assert one_click(apart, Window(length=40e-9)) == 0


def test_arrays_are_as_good_as_one_after_the_other():
    """A scan hands in arrays of any shape."""
    detunings = np.array([[0.0, 1e7], [1e8, 3e8]])
    packets = Packets(ALIKE, detuning=detunings, dephasing=(1e6, 0.0))
    window = Window(length=np.array([20e-9, 40e-9]))
    found = one_click(packets, window)
    alone = one_click(Packets(ALIKE, detuning=1e8, dephasing=(1e6, 0.0)), Window(length=20e-9))
    assert found.shape == (2, 2)
    assert found[1, 0] == pytest.approx(alone, abs=1e-12)
