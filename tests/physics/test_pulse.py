"""Closed forms of pulses against the amplitude equations they solve, and against each other."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from bellpush.physics.pulse import (
    Exponential,
    Sampled,
    Sech,
    drive,
    filtered,
    overlap,
    sech_coupling,
    stark_phase,
    truncation_loss,
)

from .amplitudes import fly, none

ratios = st.floats(0.2, 1)
widths = st.floats(0.5, 2)
HANN = np.linspace(0, 12, 241)


def shapes():
    """One photon of each kind, and a smooth shape that ends at a finite time."""
    return [
        Sech(0.8),
        Exponential(rise=0.4, fall=0.9),
        Exponential(rise=3.0, fall=1.0),
        Sampled(5 + np.linspace(-42, 42, 1681), 7 / np.cosh(0.4 * np.linspace(-42, 42, 1681))),
    ]


def span(photon, factor=36):
    return np.linspace(-1, 1, 1601) * factor * float(photon.duration_scale)


SHAPES = pytest.mark.parametrize("photon", shapes(), ids=["sech", "rising", "decaying", "sampled"])


@SHAPES
def test_a_photon_has_unit_norm_and_its_peak_at_zero(photon):
    """The closed norm, by the Beta function or the spline, against adaptive quadrature; all else builds on it."""
    reach = 40 * float(photon.duration_scale)
    norm = quad(lambda t: float(photon.envelope(t)) ** 2, -reach, reach, epsabs=1e-12, epsrel=1e-12, limit=400)[0]
    assert norm == pytest.approx(1, abs=1e-9)
    near = photon.envelope(np.array([-1e-3, 0.0, 1e-3]) * photon.duration_scale)
    assert near[1] > max(near[0], near[2])


@SHAPES
@pytest.mark.parametrize("linewidth", [1.0, 1.7])
def test_the_emitted_field_is_the_photon(photon, linewidth):
    """The coupling of each shape against the field that the amplitude equations then emit."""
    t = span(photon)
    field = np.sqrt(linewidth) * fly(lambda s: photon.emission(s, linewidth), none, linewidth, 1.0, t).sender
    assert overlap(t, field, photon.envelope(t)) > 1 - 1e-9
    np.testing.assert_allclose(field, photon.envelope(t), atol=2e-6)


@given(bandwidth=ratios, sender=widths, receiver=widths)
@settings(max_examples=25, deadline=None)
def test_a_sech_goes_over_completely_and_nothing_is_reflected(bandwidth, sender, receiver):
    """Any bandwidth up to the smaller of any two linewidths: both couplings against the cascaded amplitudes."""
    photon = Sech(bandwidth * min(sender, receiver))
    t = span(photon, 20)
    flight = fly(lambda s: photon.emission(s, sender), lambda s: photon.capture(s, receiver), sender, receiver, t)
    assert 1 - flight.f_receiver[-1] ** 2 < 1e-7
    reflected = np.sqrt(sender) * flight.sender - np.sqrt(receiver) * flight.receiver
    assert np.trapezoid(reflected**2, t) < 1e-7


@given(rise=st.floats(0.25, 1), fall=st.floats(0.25, 1), sender=widths, receiver=widths)
@settings(max_examples=15, deadline=None)
def test_an_exponential_goes_over_completely(rise, fall, sender, receiver):
    """The series for the energy out and still to come against the cascaded amplitudes, at unequal linewidths."""
    photon = Exponential(rise * receiver, fall * sender)
    t = np.linspace(-40 / (rise * receiver), 40 / (fall * sender), 801)
    flight = fly(lambda s: photon.emission(s, sender), lambda s: photon.capture(s, receiver), sender, receiver, t)
    assert 1 - flight.f_receiver[-1] ** 2 < 1e-7


def test_a_capture_is_a_reversed_emission():
    """A sampled, lopsided shape that knows no closed form is caught too."""
    t = np.linspace(-45, 45, 1801)
    wanted = Exponential(rise=0.9, fall=0.5).envelope(t)
    photon = Sampled(t, wanted)
    flight = fly(lambda s: photon.emission(s, 1.3), lambda s: photon.capture(s, 1.0), 1.3, 1.0, t[50:-50])
    assert 1 - flight.f_receiver[-1] ** 2 < 1e-6


def test_the_strongest_coupling_is_half_the_linewidth():
    """At G = kappa the coupling is (kappa/2) sech(kappa t/2), microwave links' best known number."""
    t = np.linspace(-40, 40, 4001)
    np.testing.assert_allclose(Sech(1.3).emission(t, 1.3), 0.65 / np.cosh(0.65 * t), rtol=1e-13)
    assert np.max(Sech(6.5e7).emission(t / 6.5e7, 6.5e7)) == pytest.approx(6.5e7 / 2, rel=1e-14)


@given(ratio=st.floats(0.05, 1), x=st.floats(-30, 30))
@settings(max_examples=200, deadline=None)
def test_the_stable_form_is_the_published_one(ratio, x):
    """Our formula against the one in the literature, which overflows and cancels at late times."""
    k, g = 1.0, ratio
    grown = np.exp(x)
    root = np.sqrt(1 + grown - ratio * grown) if ratio < 1 else 1.0
    published = np.sqrt(ratio) / np.cosh(x / 2) * (k * (1 + grown) - g * (grown - 1)) / root / 4
    assert sech_coupling(x / g, k, g) == pytest.approx(published, rel=1e-6 if x > 0 else 1e-12)


@pytest.mark.parametrize("linewidth", [1.0, 1.0 + 1e-9, 3.0])
def test_the_coupling_has_no_end_of_range(linewidth):
    """Solvers ask for times far from the peak; warnings are errors in these tests."""
    x = np.array([-1e4, -800, -700, 0, 700, 800, 1e4])
    for photon in (Sech(1.0), Exponential(1.0, 1.0), Exponential(0.3, 1.0), Exponential(5.0, 1.0)):
        assert np.isfinite(photon.envelope(x)).all()
        coupling = photon.emission(x, linewidth)
        assert np.isfinite(coupling).all()
        assert (coupling >= 0).all()
    late = np.sqrt(1.0 * (linewidth - 1)) / 2
    assert Sech(1.0).emission(1e4, linewidth) == pytest.approx(late, rel=1e-12)


def test_equal_rates_make_an_exponential_a_sech():
    """Series and closed form agree to rounding, from where the photon is barely there to where it is gone."""
    t = np.linspace(-60, 60, 2001)
    for linewidth in (1.0, 1.4):
        np.testing.assert_allclose(Exponential(1, 1).emission(t, linewidth), Sech(1).emission(t, linewidth), rtol=1e-13)
    for apart in (1e-300, 1e-9, 1e-5):
        nearly = Exponential(1, 1 - apart).envelope(t)
        np.testing.assert_allclose(nearly, Sech(1).envelope(t), rtol=1e-14 + 40 * apart)


def test_fields_and_linewidths_are_arrays():
    """A sweep takes one call; each point of it is what a call of its own gives."""
    t, k, g = np.linspace(-9, 9, 7)[:, None], np.array([1.0, 1.5, 2.0]), np.array([0.5, 1.5, 1.0])
    for many, one in ((Sech(g), Sech), (Exponential(0.7 * g, g), lambda x: Exponential(0.7 * x, x))):
        found = many.capture(t, k)
        for column, (linewidth, rate) in enumerate(zip(k, g, strict=True)):
            np.testing.assert_allclose(found[:, column], one(rate).capture(t[:, 0], linewidth), rtol=1e-14)


def test_the_numeric_drive_is_the_closed_one():
    """Samples of a sech against its formula, while there is more to come than the samples leave out."""
    t = np.linspace(-40, 40, 3201)
    inner = t < 12
    for linewidth in (1.0, 1.6):
        found, efficiency = drive(t, Sech(1).envelope(t), linewidth)
        assert efficiency > 1 - 1e-10
        np.testing.assert_allclose(found[inner], Sech(1).emission(t[inner], linewidth), atol=1e-5)


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.6])
def test_internal_loss_scales_the_photon_and_keeps_its_shape(loss):
    """The efficiency against the field of a lossy node, and that of a lossy receiver, which is the mirror."""
    t = np.linspace(-40, 40, 3201)
    inner = t < 12
    photon = Sech(1.0)
    found = drive(t, photon.envelope(t), 1.2, loss)
    emit = lambda s: photon.emission(s, 1.2 + loss)  # noqa: E731
    np.testing.assert_allclose(found.coupling[inner], emit(t[inner]), atol=1e-5)
    flight = fly(emit, lambda s: photon.capture(s, 1.5), 1.2, 1.5, t, loss_a=loss)
    field = np.sqrt(1.2) * flight.sender
    np.testing.assert_allclose(field, np.sqrt(found.efficiency) * photon.envelope(t), atol=1e-6)
    assert flight.f_receiver[-1] ** 2 == pytest.approx(1.2 / (1.2 + loss), abs=1e-6)
    lossy = fly(lambda s: photon.emission(s, 1.2), lambda s: photon.capture(s, 1.5 + loss), 1.2, 1.5, t, loss_b=loss)
    assert lossy.f_receiver[-1] ** 2 == pytest.approx(1.5 / (1.5 + loss), abs=1e-6)


def test_a_shape_that_ends_leaves_behind_what_it_says():
    """A raised cosine stops at a finite time: the share it cannot emit against the amplitude equations."""
    photon = Sampled(HANN, np.sin(np.pi * HANN / 12) ** 4)
    for linewidth in (8.0, 16.0):
        left = float(photon.left_behind(linewidth))
        assert 1e-12 < left < 2e-6
        t = np.linspace(-6, 6, 1201)
        flight = fly(lambda s, k=linewidth: photon.emission(s, k), none, linewidth, 1.0, t)
        assert flight.f_sender[-1] ** 2 == pytest.approx(left, rel=0.02)
        field = np.sqrt(linewidth) * flight.sender
        assert overlap(t, field, photon.envelope(t)) > 1 - 1e-9


def test_a_refused_shape_is_emitted_once_it_is_stretched_as_told():
    """The advice in the refusal is a promise."""
    t = np.linspace(-15, 15, 601)
    with pytest.raises(ValueError, match=r"`linewidth` must be at least 1\.99.* by 1\.99") as refused:
        drive(t, Sech(2.0).envelope(t), 1.0)
    stretch = float(str(refused.value).split(" by ")[1].split(",")[0])
    assert 1.98 < stretch < 2.01
    assert drive(stretch * t, Sech(2.0).envelope(t), 1.0).efficiency > 1 - 2.1e-6


def test_a_flat_top_has_its_peak_in_the_middle():
    """Windows are centred on the peak; a capture's mirror image must not move it."""
    t = np.linspace(0, 20, 401)
    rise, fall = np.clip((t - 2) / 3, 0, 1), np.clip((18 - t) / 6, 0, 1)
    photon = Sampled(t, np.sin(np.pi / 2 * rise) ** 4 * np.sin(np.pi / 2 * fall) ** 4)
    assert photon.peak == pytest.approx((5 + 12) / 2, abs=0.06)
    assert photon.reversed.peak == pytest.approx(-photon.peak, abs=1e-9)


@pytest.mark.parametrize("name", ["t", "linewidth", "rate"])
@pytest.mark.parametrize("make", [Sech, lambda rate: Exponential(0.7, rate), lambda rate: Exponential(rate, 0.5)])
def test_a_complex_step_is_the_derivative(make, name):
    """Optimisers differentiate pulses so: imaginary parts against central differences."""
    t = np.linspace(-20, 12, 65)
    at = {"t": t, "linewidth": 1.3, "rate": 0.8}

    def coupling(change):
        x = at | {name: at[name] + change}
        photon = make(x["rate"])
        return np.array([photon.emission(x["t"], x["linewidth"]), photon.capture(-x["t"], x["linewidth"])])

    exact = coupling(1e-100j).imag / 1e-100
    h = 1e-5
    np.testing.assert_allclose(exact, (coupling(h) - coupling(-h)) / (2 * h), atol=2e-9)
    np.testing.assert_allclose(coupling(1e-100j).real, coupling(0.0), rtol=1e-14)


def test_a_complex_step_through_samples_is_the_derivative_too():
    """Timing errors and linewidths of sampled photons are optimised as well; the share left behind is held."""
    photon = Sampled(*np.array([(t, 1 / np.cosh(t / 2)) for t in np.linspace(-30, 30, 601)]).T)
    t, h = np.linspace(-10, 10, 43), 1e-5
    for exact, difference in (
        (photon.emission(t + 1e-100j, 1.3), photon.emission(t + h, 1.3) - photon.emission(t - h, 1.3)),
        (photon.emission(t, 1.3 + 1e-100j), photon.emission(t, 1.3 + h) - photon.emission(t, 1.3 - h)),
    ):
        np.testing.assert_allclose(exact.imag / 1e-100, difference / (2 * h), atol=1e-6)


def test_the_steepest_sech_has_a_complex_step_too():
    """At G = kappa the drive is at the edge of its range, where designs like to be."""
    t, h = np.linspace(-40, 40, 33), 1e-6
    exact = sech_coupling(t, 1.0 + 1e-100j, 1.0).imag / 1e-100
    forward = (sech_coupling(t, 1.0 + h, 1.0) - sech_coupling(t, 1.0, 1.0)) / h
    np.testing.assert_allclose(exact[t < 5], forward[t < 5], atol=1e-3)
    assert np.abs(exact).max() < 1


def test_numba_compiles_the_bare_formula():
    """Solvers call it a million times; compiled and plain must be one function."""
    compiled = numba.njit(sech_coupling)
    for x in (-1e4, -30.0, -0.3, 0.0, 2.0, 30.0, 1e4):
        for linewidth in (1.0, 1.5):
            plain = sech_coupling(x, linewidth, 1.0)
            assert compiled(x, linewidth, 1.0) == pytest.approx(plain, rel=1e-14, abs=1e-300)
            step = compiled(x, linewidth + 1e-100j, 1.0)
            np.testing.assert_allclose(step.imag, sech_coupling(x, linewidth + 1e-100j, 1.0).imag, rtol=1e-12)


GOOD = np.linspace(-30, 30, 61)
BELL = 1 / np.cosh(GOOD / 2)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Sech(0.0), "`bandwidth` must be positive, but is 0"),
        (lambda: Sech(-1.0), "`bandwidth` must be positive, but is -1"),
        (lambda: Sech(np.nan), "`bandwidth` must be finite, but is nan"),
        (lambda: Sech("fast"), "`bandwidth` must be numbers"),
        (lambda: Exponential(1.0, np.inf), "`fall` must be finite"),
        (lambda: Exponential(-2.0, 1.0), "`rise` must be positive, but is -2"),
        (lambda: Sech(2.0).emission(0.0, 1.0), "`bandwidth` must be at most the linewidth, 1 rad/s, but is 2 rad/s"),
        (lambda: Sech([1.0, 2.0]).capture(0.0, 1.5 + 1e-100j), "`bandwidth` must be at most the linewidth"),
        (lambda: Sech(2.0).check(3.0, 1.0), "`bandwidth` must be at most the linewidth of the receiver, 1 rad/s"),
        (lambda: Sech(1.0).emission(0.0, 0.0), "`linewidth` must be positive, but is 0"),
        (lambda: Sech(1.0).emission(np.nan, 1.0), "`t` must be finite"),
        (lambda: Exponential(1.0, 2.0).emission(0.0, 1.5), "`fall` must be at most the linewidth"),
        (lambda: Exponential(2.0, 1.0).capture(0.0, 1.5), "`rise` must be at most the linewidth"),
        (lambda: Exponential(2.0, 1.0).check(1.0, 1.5), "`rise` must be at most the linewidth of the receiver"),
        (lambda: Sampled(GOOD, np.where(GOOD == 0, np.nan, BELL)), "`amplitudes` must be finite, but is nan"),
        (lambda: Sampled(GOOD[::-1], BELL), "`times` must increase"),
        (lambda: Sampled(GOOD[:7], BELL[:7]), "`times` must be at least 8, but is 7"),
        (lambda: Sampled(GOOD[20:], BELL[20:]), "`amplitudes` must start and end within 0.001"),
        (lambda: Sampled(GOOD, 0 * BELL), "`amplitudes` must not all be zero"),
        (lambda: Sampled(GOOD, 1j * BELL), "`amplitudes` must be real"),
        (lambda: Sampled(GOOD, BELL[1:]), r"`amplitudes` must have shape \(n,\)"),
        (lambda: Sampled(GOOD, BELL).check(2.0, 0.5), "`linewidth` must be at least"),
        (lambda: drive(GOOD, BELL, 1.0, -0.1), "`internal_loss` must be at least 0"),
        (lambda: truncation_loss(1.0, 1.0, 1.0, 0.0), "`window` must be positive"),
        (lambda: truncation_loss(2.0, 1.0, 3.0, 9.0), "`bandwidth` must be at most the linewidth of the sender"),
        (lambda: overlap(GOOD, BELL, 0 * BELL), "`first` must not be zero"),
        (lambda: stark_phase(GOOD, BELL[1:], 0.1), "`coupling` must have shape"),
        (lambda: filtered(GOOD[::-1], BELL, 1.0), "`times` must be real"),
        (lambda: filtered(GOOD, BELL, np.nan), "`cutoff` must be finite"),
    ],
)
def test_a_wrong_argument_is_refused_with_advice(wrong, says):
    """What is let through here comes out as NaN, or as a pulse nobody can make, hours later."""
    with pytest.raises(ValueError, match=says) as refused:
        wrong()
    assert "Try " in str(refused.value)
