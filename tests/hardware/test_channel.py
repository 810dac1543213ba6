"""Channels: how much comes through, when, what is added, and where the station stands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bellpush.hardware.channel import (
    STATION,
    Converter,
    Fibre,
    FreeSpace,
    Waveguide,
    arms,
    contradictions,
    counts,
    delay,
    join,
    lit_from,
    notes,
    round_trip,
    transmission,
    uneven,
    wavelength_behind,
)
from bellpush.hardware.fibre import silica
from bellpush.hardware.free_space import collected

lengths = st.floats(0, 1e5)
shares = st.floats(0.01, 1)


@st.composite
def elements(draw):
    kind = draw(st.sampled_from(["fibre", "waveguide", "converter", "free-space"]))
    if kind == "converter":
        return Converter(efficiency=draw(shares), noise=draw(st.floats(0, 1e3)), latency=draw(st.floats(0, 1e-6)))
    if kind == "free-space":
        return FreeSpace(length=draw(lengths), collection=draw(shares), background=draw(st.floats(0, 1e3)))
    line = Fibre if kind == "fibre" else Waveguide
    return line(length=draw(lengths), attenuation=draw(st.floats(0, 1e-4)))


rows = st.lists(elements(), max_size=5).map(tuple)


def test_hundred_kilometres_of_fibre():
    """LM-08: 0.2 dB/km over 100 km lets a hundredth through, half a millisecond later."""
    fibre = Fibre(length=1e5, attenuation="0.2 dB/km")
    assert fibre.transmission == pytest.approx(0.01, rel=1e-12)
    assert fibre.delay == pytest.approx(5e-4, rel=1e-12)


def test_elements_in_a_row_multiply_and_add():
    """A line of several pieces is one line."""
    line = (Waveguide(length=0.4), Waveguide(length=4.9, attenuation=0.001), Fibre(length=1.0))
    assert transmission(line) == pytest.approx(10 ** (-0.001 * 4.9 / 10))
    assert delay(line) == pytest.approx(5.3 / 299_792_458 + 1 / 2e8)
    assert isinstance(delay(()), float)
    assert transmission(()) == 1.0


def test_faster_than_light_is_refused():
    """A signal cannot be faster than light in vacuum."""
    with pytest.raises(ValueError, match="at most"):
        Fibre(length=1.0, speed=4e8)


@given(rows)
def test_both_arms_are_the_whole_row(row):
    """Half-way or not, cutting loses no photon and no time; the cut is in the middle of the length."""
    first, second = arms(row)
    assert transmission(first) * transmission(second) == pytest.approx(transmission(row), rel=1e-12, abs=1e-300)
    assert delay(first) + delay(second) == pytest.approx(delay(row), rel=1e-12)
    halves = [sum(getattr(element, "length", 0.0) for element in arm) for arm in (first, second)]
    assert halves[0] == pytest.approx(halves[1], rel=1e-9, abs=1e-9)


@given(rows, rows)
def test_a_station_stands_where_it_was_put(first, second):
    """The second arm is read from its own node on, as its photon sees it."""
    assert arms(join(first, second)) == (first, second)
    assert transmission(join(first, second)) == pytest.approx(transmission(first) * transmission(second))


def test_the_herald_takes_a_round_trip_of_the_longer_arm():
    """By hand: 25 km of 50 there and back at 2e5 km/s are 250 us, 30 of 50 are 300 us; one way would be half."""
    whole = (Fibre(length=5e4),)
    assert round_trip(arms(whole)) == pytest.approx(2.5e-4, rel=1e-12)
    assert round_trip(arms(join((Fibre(length=3e4),), (Fibre(length=2e4),)))) == pytest.approx(3e-4, rel=1e-12)


def test_converters_at_both_ends_belong_to_their_own_arms():
    """A row read end to end: the second converter is the first thing that the second node's photon meets."""
    row = (Converter(efficiency=0.3), Fibre(length=10.0), Converter(efficiency=0.5))
    first, second = arms(row)
    assert (first[0], second[0]) == (row[0], row[2])
    assert first[1].length == second[1].length == 5.0


def test_only_a_row_that_is_the_same_from_both_ends_has_a_middle():
    """Whatever stands in one half alone would let one node's photons pass unconverted."""
    convert, fibre, short = Converter(efficiency=0.3), Fibre(length=10.0), Fibre(length=2.0)
    for row in ((), (fibre,), (fibre, short), (convert, fibre, convert), (convert, short, fibre, convert)):
        assert uneven(row) is None
    for row in ((convert, fibre), (fibre, convert, fibre), (fibre, convert), (convert, fibre, convert, short)):
        assert "converter that those of one node alone go through" in uneven(row)
    arm = "[{kind: converter, ...}, {kind: fibre, length: 5 m}]"
    assert uneven((convert, fibre)).endswith(f"channels: [{arm}, {arm}].")


def test_noise_is_lost_like_the_photons_it_hides_among():
    """By hand: 100 a second behind a converter, half lost in a filter, 10 more from there, a tenth through a fibre."""
    arm = (
        Converter(efficiency=0.3, noise=100.0),
        Converter(efficiency=0.5, noise=10.0),
        Fibre(length=1e4, attenuation=1e-3),
    )
    assert counts(arm) == pytest.approx((100 * 0.5 + 10) * 0.1, rel=1e-12)
    assert counts((Fibre(length=1.0),)) == 0.0


def test_the_light_behind_a_converter_decides_what_the_fibre_takes():
    """854 nm would lose 15 dB over 10 km, 1550 nm loses 1.6: the converter's place in the row matters."""
    convert, fibre = Converter(efficiency=1.0, wavelength=1.55e-6), Fibre(length=1e4)
    assert transmission((convert, fibre)) == pytest.approx(10 ** (-silica(1.55e-6) * 1e4 / 10))
    assert transmission((fibre, convert), 8.54e-7) == pytest.approx(10 ** (-silica(8.54e-7) * 1e4 / 10))
    assert transmission((fibre, convert)) == 1.0  # nothing known of the light: nothing taken
    assert wavelength_behind((convert, fibre), 8.54e-7) == 1.55e-6
    assert "0.159 dB/km" in notes((convert, fibre))[0]
    assert not notes((convert, Fibre(length=1e4, attenuation=2e-4)))


def test_light_enters_from_its_own_node():
    """Where photons meet midway, what stands behind the middle is lit by the second node's light."""
    convert, fibre = Converter(efficiency=1.0, wavelength=1.55e-6), Fibre(length=1e4)
    row = (fibre, convert, convert, fibre)
    met = [one.light(None) for one in lit_from(row, 8.54e-7, 8.54e-7, midway=True)]
    assert met == [8.54e-7, 1.55e-6, 1.55e-6, 8.54e-7]
    through = lit_from(row, 8.54e-7, None, midway=False)
    assert [through[0].wavelength, through[3].wavelength] == [8.54e-7, 1.55e-6]
    for first, second in ((8.54e-7, None), (None, 8.54e-7)):  # both photons share what lies in the middle
        assert lit_from((fibre,), first, second, midway=True)[0].wavelength == 8.54e-7
    apart = lit_from(join((fibre,), (fibre,)), 8.54e-7, 1.31e-6, midway=True)
    assert [apart[0].wavelength, apart[2].wavelength] == [8.54e-7, 1.31e-6]
    assert next(contradictions((Fibre(length=1.0, wavelength=1.55e-6),), None, 8.54e-7, midway=True))
    assert "taken to lose nothing" in notes((fibre,))[0]
    assert not notes((Fibre(length=0.0),))


def test_silica_has_its_window_where_everyone_uses_it():
    """The least loss lies between 1.5 and 1.6 um and is below 0.2 dB/km; shorter waves lose by their fourth power."""
    grid = np.linspace(1e-6, 1.75e-6, 2001)
    assert 1.5e-6 < grid[np.argmin(silica(grid))] < 1.6e-6
    assert 1e3 * silica(grid).min() < 0.2
    assert silica(4e-7) / silica(8e-7) == pytest.approx(16, rel=1e-6)


@given(st.floats(0.01, 10), st.floats(0.1, 10))
def test_a_telescope_takes_what_falls_into_it(aperture, width):
    """Two witnesses: the closed form, and the beam summed ring by ring."""
    radii = (np.arange(40_000) + 0.5) * aperture / 2 / 40_000
    rings = 4 / width**2 * np.exp(-2 * radii**2 / width**2) * radii * aperture / 2 / 40_000
    assert collected(aperture, width) == pytest.approx(rings.sum(), rel=1e-5)


def test_a_beam_far_away_is_as_wide_as_its_angle_says():
    """Two witnesses: diffraction at the waist, and the same angle given as one number."""
    waist, far = 0.1, 1e6
    beam = FreeSpace(length=far, waist=waist, aperture=1.0, wavelength=8.5e-7)
    cone = FreeSpace(length=far, waist=waist, aperture=1.0, divergence=8.5e-7 / (np.pi * waist))
    assert beam.width == pytest.approx(cone.width, rel=1e-9)
    assert FreeSpace(length=0.0, divergence=1e-6, aperture=1.0).transmission == 1.0
    foggy = FreeSpace(length=1e3, collection=0.5, attenuation=1e-2)
    assert foggy.transmission == pytest.approx(0.05)


def test_fields_may_hold_arrays():
    """A sweep over a length must not build a channel for each of its points."""
    one = np.array([1e3, 2e3, 5e3])
    fibre = Fibre(length=1.0, attenuation=2e-4).changed(length=one)
    row = (Converter(efficiency=0.5, noise=3.0), fibre, Fibre(length=2e3, attenuation=1e-3))
    each = [(row[0], fibre.changed(length=float(length)), row[2]) for length in one]
    assert transmission(row) == pytest.approx([transmission(alone) for alone in each])
    assert counts(row) == pytest.approx([counts(alone) for alone in each])
    assert round_trip(arms(row)) == pytest.approx([round_trip(arms(alone)) for alone in each])
    for found, alone in zip(zip(*map(transmission, arms(row)), strict=True), each, strict=True):
        assert found == pytest.approx(tuple(map(transmission, arms(alone))))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Fibre(length=-1.0), "at least 0 m, but is -1 m"),
        (lambda: Fibre(length=1.0, attenuation=-1e-4), "at least 0 dB/m"),
        (lambda: Fibre(length=1.0, wavelength=2e-7), "must give `attenuation` at 200 nm"),
        (lambda: Fibre(length=1.0, wavelength=3e-9), "at least 10 nm, but is 3 nm"),
        (Converter, "efficiency"),
        (lambda: Converter(efficiency=1.2), "at most 1, but is 1.2"),
        (lambda: Converter(efficiency=0.5, noise=-1.0), "at least 0 Hz, but is -1 Hz"),
        (lambda: FreeSpace(length=1.0), "needs `collection`, or an `aperture`"),
        (lambda: FreeSpace(length=1.0, aperture=0.1), "needs a `divergence` or a `waist`"),
        (lambda: FreeSpace(length=1.0, collection=0.1, aperture=0.1), "has `collection` and `aperture`"),
        (lambda: FreeSpace(length=1.0, collection=1.1), "at most 1, but is 1.1"),
        (lambda: FreeSpace(length=1.0, aperture=0.0, waist=0.1), "greater than 0 m"),
    ],
)
def test_what_no_element_can_be_is_refused(make, said):
    """A transmission above one, or a guess in place of a number, would be believed further up."""
    with pytest.raises(ValidationError) as caught:
        make()
    assert said in str(caught.value)


def test_light_that_does_not_fit_is_named():
    """A fibre measured at one wavelength does not say what another loses."""
    convert = Converter(efficiency=0.3, wavelength=1.55e-6)
    wrong = Fibre(length=1.0, wavelength=8.54e-7)
    assert "carry the light that comes, of 1.55 um, but has a `wavelength` of 854 nm" in next(
        contradictions((convert, wrong))
    )
    assert not list(contradictions((wrong, convert)))
    assert "must give `attenuation` at 1.9 um" in next(
        contradictions((Converter(efficiency=0.3, wavelength=1.9e-6), Fibre(length=1.0)))
    )
    assert "needs its `wavelength`" in next(contradictions((FreeSpace(length=1.0, aperture=0.1, waist=0.1),)))
    assert len(list(contradictions((convert, wrong, STATION, wrong, convert)))) == 2
