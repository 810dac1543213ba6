"""Frequency conversion: a photon goes on at another wavelength, and the pump adds some of its own."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Duration, Frequency, Probability, Wavelength
from bellpush.hardware.element import Channel

__all__ = ["Converter"]


class Converter(Channel):
    """A frequency converter with its filters.

    Models: loss, noise photons at a constant rate, the wavelength behind it. What is lost or added is independent of
    the photon's shape, and the phase that the pump prints on it is tracked.
    Holds when: the photon is narrower than the converter's acceptance; noise is white over a detection window.
    """

    summary = "a frequency converter: efficiency, noise, the wavelength behind it"
    kind: Literal["converter"] = "converter"
    efficiency: Probability
    """probability that a photon comes out converted and through the filters"""
    noise: Frequency = 0.0
    """photons a second that it adds, at its output; none if not given"""
    wavelength: Wavelength | None = None
    """of the light behind it, in vacuum; unknown if not given"""
    latency: Duration = 0.0
    """time it takes; none if not given"""

    @property
    def transmission(self) -> Any:
        return self.efficiency

    @property
    def delay(self) -> Any:
        return self.latency

    @property
    def counts(self) -> Any:
        return self.noise

    def part(self, share: ArrayLike) -> Self:
        whole = np.asarray(share) > 0
        return self.changed(
            efficiency=plain(np.where(whole, self.efficiency, 1.0)),
            noise=plain(np.where(whole, self.noise, 0.0)),
            latency=plain(np.where(whole, self.latency, 0.0)),
            wavelength=self.wavelength if np.all(whole) else None,
        )

    def light(self, wavelength: Any) -> Any:
        return self.wavelength
