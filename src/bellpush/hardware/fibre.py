"""Lines that guide a signal: optical fibres and microwave waveguides."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Attenuation, Speed, Wavelength, problem
from bellpush.ground.units import readable
from bellpush.hardware.element import Line, other_light

__all__ = ["Fibre", "Waveguide", "silica"]

SHORTEST, LONGEST = 3.5e-7, 1.75e-6  # m; outside, absorption that `silica` does not know decides


def silica(wavelength: ArrayLike) -> Any:
    """Attenuation of a good silica fibre, dB/m: what scattering and infrared absorption alone would leave.

    0.8/w^4 + 7.81e11 exp(-48.48/w) in dB/km, w the wavelength in um.

    Args:
        wavelength: in vacuum, m, from 350 nm to 1.75 um, shape (...).

    Holds when: neither impurities (the water peak near 1.38 um), nor bends, splices and connectors matter. Fibres on
    reels have 10 to 20 % more, deployed ones up to half as much again: give `attenuation` where it was measured.
    Source: recalled, not read: the Rayleigh coefficient of germanium-doped cores, 0.7 to 0.9 dB/km um^4; the infrared
    edge of Miya et al., Electronics Letters 15, 106 (1979).

    >>> [round(1e3 * silica(w), 3) for w in (637e-9, 854e-9, 1.31e-6, 1.55e-6)]
    [4.859, 1.504, 0.272, 0.159]
    """
    microns = np.asarray(wavelength) * 1e6
    return plain(1e-3 * (0.8 / microns**4 + 7.81e11 * np.exp(-48.48 / microns)))


class Fibre(Line):
    """An optical fibre.

    Where `attenuation` is not given, it follows from the wavelength of the light: `wavelength`, or that which the last
    converter before it makes, or that of the emitter whose light it carries; silica's own loss, a recalled input, and
    every report says so. Where none is known, the fibre is taken to lose nothing, and a note says so.
    """

    summary = "an optical fibre"
    kind: Literal["fibre"] = "fibre"
    attenuation: Attenuation = 0.0
    """loss per length; that of silica at the wavelength, or none where that is not known, if not given"""
    wavelength: Wavelength | None = None
    """of the light, in vacuum; that of the last converter or the emitter before it, else unknown, if not given"""
    speed: Speed = 2.0e8
    """speed of light in the fibre; 2.0e5 km/s if not given"""

    @model_validator(mode="after")
    def _known(self) -> Fibre:
        if self.wavelength is not None and (sentence := self._outside(self.wavelength)):
            raise problem(sentence)
        return self

    def _outside(self, wavelength: float) -> str | None:
        if "attenuation" in self.model_fields_set or SHORTEST <= wavelength <= LONGEST:
            return None
        return (
            f"must give `attenuation` at {readable(wavelength, 'm')}: what silica loses is known from "
            f"{readable(SHORTEST, 'm')} to {readable(LONGEST, 'm')}. Try attenuation: 30 dB/km."
        )

    @property
    def velocity(self) -> Any:
        return self.speed

    @property
    def transmission(self) -> Any:
        loss = np.asarray(self.attenuation if self.derived is None else self.derived)
        return plain(10 ** (-loss * self.length / 10))

    @property
    def derived(self) -> Any:
        """Attenuation that follows from the wavelength, dB/m; None where it is given or nothing is known."""
        if "attenuation" in self.model_fields_set or self.wavelength is None:
            return None
        return silica(self.wavelength)

    def light(self, wavelength: Any) -> Any:
        return wavelength if self.wavelength is None else self.wavelength

    def lit(self, wavelength: Any) -> Self:
        if self.wavelength is not None or wavelength is None:
            return self
        return self.changed(wavelength=wavelength)

    def unfit(self, wavelength: float | None) -> str | None:
        if sentence := other_light(self.wavelength, wavelength):
            return sentence
        return None if wavelength is None else self._outside(wavelength)

    def note(self) -> str | None:
        if self.wavelength is None and "attenuation" not in self.model_fields_set and np.any(self.length):
            return (
                "a fibre is taken to lose nothing: neither its `attenuation` nor the `wavelength` of its light is "
                "given. Try attenuation: 0.2 dB/km."
            )
        if self.wavelength is None or self.derived is None or np.ndim(self.derived):
            return None
        loss = f"{1e3 * self.derived:.3g} dB/km"
        return (
            f"a fibre's `attenuation` is not given: {loss}, silica's own loss at {readable(self.wavelength, 'm')} "
            "(recalled), is taken."
        )


class Waveguide(Line):
    """A superconducting waveguide or coaxial line."""

    summary = "a microwave waveguide or coaxial line"
    kind: Literal["waveguide"] = "waveguide"
    speed: Speed = 299_792_458.0
    """group velocity; that of light in vacuum if not given"""

    @property
    def velocity(self) -> Any:
        return self.speed
