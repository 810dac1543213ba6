"""Free space: light from one telescope to another."""

from __future__ import annotations

import math
from math import pi
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Angle, Attenuation, Frequency, Length, PositiveLength, Probability, Wavelength, problem
from bellpush.hardware.element import Channel, other_light

__all__ = ["FreeSpace", "collected"]

VACUUM = 299_792_458.0  # m/s


def collected(aperture: ArrayLike, width: ArrayLike) -> Any:
    """Share of a Gaussian beam that goes through a round aperture in its middle: 1 - exp(-D^2 / 2 w^2).

    Args:
        aperture: its diameter D, m, shape (...).
        width: radius w at which the intensity has fallen to 1/e^2, m, shape (...).

    Source: the integral of (2 / pi w^2) exp(-2 r^2 / w^2) over the disc of radius D/2.

    >>> round(collected(2.0, 1.0), 6)
    0.864665
    """
    return plain(-np.expm1(-(np.asarray(aperture) ** 2) / (2 * np.asarray(width) ** 2)))


class FreeSpace(Channel):
    """A line of sight through air or vacuum.

    Models: a Gaussian beam that leaves with radius `waist`, widens by diffraction, or by `divergence` where that is
    given, and meets the receiver's `aperture`; or the share it collects as one number; loss in air; stray light.
    Holds when: the beam is centred, or `collection` holds what pointing and turbulence leave on average.

    >>> round(FreeSpace(length=4e5, waist=0.15, aperture=1.2, wavelength=8.5e-7).transmission, 4)
    0.7344
    """

    summary = "a line of sight: spreading, air, stray light"
    kind: Literal["free-space"] = "free-space"
    length: Length
    """distance"""
    collection: Probability | None = None
    """share of the light that the receiver takes in, air aside; from the fields of the beam if not given"""
    aperture: PositiveLength | None = None
    """diameter of the receiver's telescope; needed where `collection` is not given"""
    waist: PositiveLength | None = None
    """radius of the beam at the sender, where the intensity is 1/e^2; a point if not given"""
    divergence: Angle | None = None
    """half the angle of the cone in which the beam widens; that of diffraction at the waist if not given"""
    wavelength: Wavelength | None = None
    """of the light, in vacuum; that of the last converter or the emitter before it, else unknown, if not given"""
    attenuation: Attenuation = 0.0
    """loss per length in air; none if not given"""
    background: Frequency = 0.0
    """stray photons a second that the receiver takes in; none if not given"""

    @model_validator(mode="after")
    def _one_way(self) -> FreeSpace:
        beam = [name for name in ("aperture", "waist", "divergence") if getattr(self, name) is not None]
        if self.collection is not None and beam:
            named = " and ".join(f"`{name}`" for name in beam)
            raise problem(f"must have `collection` or the fields of a beam, but has `collection` and {named}. Try one.")
        if self.collection is None and self.aperture is None:
            raise problem("needs `collection`, or an `aperture` and a `divergence` or `waist`. Try collection: 0.1.")
        if self.collection is None and self.divergence is None and self.waist is None:
            raise problem("needs a `divergence` or a `waist` beside its `aperture`. Try waist: 5 cm.")
        return self

    @property
    def width(self) -> Any:
        """Radius of the beam at the receiver, m; None where the wavelength it takes is not known."""
        waist = 0.0 if self.waist is None else np.asarray(self.waist)
        if self.divergence is not None:
            return plain(np.hypot(waist, np.tan(self.divergence) * np.asarray(self.length)))
        if self.wavelength is None:
            return None
        return plain(np.hypot(waist, np.asarray(self.wavelength) * self.length / (pi * waist)))

    @property
    def transmission(self) -> Any:
        air = 10 ** (-np.asarray(self.attenuation) * self.length / 10)
        if self.collection is not None:
            return plain(air * self.collection)
        assert self.aperture is not None
        width = self.width
        with np.errstate(divide="ignore"):  # a point at no distance is collected whole
            return plain(air * collected(self.aperture, width)) if width is not None else math.nan

    @property
    def delay(self) -> Any:
        return self.length / VACUUM

    @property
    def counts(self) -> Any:
        return self.background

    def part(self, share: ArrayLike) -> Self:
        """A shorter line of sight; a share collected is taken as the product of those of its pieces."""
        share = np.asarray(share)
        some = share > 0
        changes: dict[str, Any] = {
            "length": plain(share * self.length),
            "background": plain(np.where(some, self.background, 0.0)),
        }
        if self.collection is not None:
            changes["collection"] = plain(np.asarray(self.collection) ** share)
        return self.changed(**changes)

    def light(self, wavelength: Any) -> Any:
        return wavelength if self.wavelength is None else self.wavelength

    def lit(self, wavelength: Any) -> Self:
        if self.wavelength is not None or wavelength is None:
            return self
        return self.changed(wavelength=wavelength)

    def unfit(self, wavelength: float | None) -> str | None:
        if self.collection is None and self.divergence is None and self.light(wavelength) is None:
            return "needs its `wavelength` to know how the beam widens. Try wavelength: 850 nm, or a `divergence`."
        return other_light(self.wavelength, wavelength)
