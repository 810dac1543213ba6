"""One element of the way between two nodes: what comes through, when, what it adds, and the light it leaves."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Attenuation, Length, Record
from bellpush.ground.units import readable

__all__ = ["Channel", "Line", "other_light"]

SAME = 1e-3  # relative difference of two wavelengths below which they are one


class Channel(Record):
    """One element of the way between two nodes; fields may hold arrays. Abstract: a kind fills in what it does."""

    summary: ClassVar[str]

    @property
    @abstractmethod
    def transmission(self) -> Any:
        """Share of the energy that comes through."""

    @property
    @abstractmethod
    def delay(self) -> Any:
        """Time of flight, s."""

    @property
    def counts(self) -> Any:
        """Photons a second that the element adds, at its far end."""
        return 0.0

    @abstractmethod
    def part(self, share: ArrayLike) -> Self:
        """The piece of the element that holds a share of its way, from 0 to 1; without a length it is whole or gone."""

    def light(self, wavelength: Any) -> Any:
        """Wavelength behind the element of light that comes with one, m; None where it is not known."""
        return wavelength

    def lit(self, wavelength: Any) -> Self:
        """The same element for light of a wavelength, where it matters and is not said by the element itself."""
        return self

    def unfit(self, wavelength: float | None) -> str | None:
        """Why light of a wavelength, in m, cannot come in, going on from the element's name; None if it can."""
        return None

    def note(self) -> str | None:
        """What a reader of results should know of the element; None if nothing."""
        return None


class Line(Channel):
    """An element whose loss grows with its length. Abstract: a kind fills in `velocity`."""

    length: Length
    """length of the element"""
    attenuation: Attenuation = 0.0
    """loss per length; none if not given"""

    @property
    @abstractmethod
    def velocity(self) -> Any:
        """Speed of the signal, m/s."""

    @property
    def transmission(self) -> Any:
        return plain(10 ** (-np.asarray(self.attenuation) * self.length / 10))

    @property
    def delay(self) -> Any:
        return self.length / self.velocity

    def part(self, share: ArrayLike) -> Self:
        return self.changed(length=plain(np.asarray(share) * self.length))


def other_light(own: float | None, comes: float | None) -> str | None:
    """Why an element for light of one wavelength cannot take that of another, m; None if it can or either is unknown.

    >>> other_light(1.55e-6, 8.54e-7)
    'must carry the light that comes, of 854 nm, but has a `wavelength` of 1.55 um. Try a converter before it.'
    """
    if own is None or comes is None or abs(own / comes - 1) <= SAME:
        return None
    return (
        f"must carry the light that comes, of {readable(comes, 'm')}, but has a `wavelength` of {readable(own, 'm')}. "
        "Try a converter before it."
    )
