"""Channels: how much comes through, and when."""

import pytest

from bellpush.hardware.channel import Fibre, Waveguide, delay, transmission


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
