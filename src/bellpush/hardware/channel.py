"""Channels: what light or microwaves go through between two nodes."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import Attenuation, Length, Record, Speed

__all__ = ["CHANNELS", "AnyChannel", "Channel", "Fibre", "Waveguide", "delay", "transmission"]


class Channel(Record):
    """One element of the way between two nodes."""

    summary: ClassVar[str]
    length: Length
    """length of the element"""
    attenuation: Attenuation = 0.0
    """loss per length; none if not given"""

    @property
    @abstractmethod
    def velocity(self) -> float:
        """Speed of the signal, m/s."""

    @property
    def transmission(self) -> float:
        """Share of the energy that comes through."""
        return float(10 ** (-self.attenuation * self.length / 10))

    @property
    def delay(self) -> float:
        """Time of flight, s."""
        return self.length / self.velocity


class Fibre(Channel):
    """An optical fibre."""

    summary = "an optical fibre"
    kind: Literal["fibre"] = "fibre"
    speed: Speed = 2.0e8
    """speed of light in the fibre; 2.0e5 km/s if not given"""

    @property
    def velocity(self) -> float:
        return self.speed


class Waveguide(Channel):
    """A superconducting waveguide or coaxial line."""

    summary = "a microwave waveguide or coaxial line"
    kind: Literal["waveguide"] = "waveguide"
    speed: Speed = 299_792_458.0
    """group velocity; that of light in vacuum if not given"""

    @property
    def velocity(self) -> float:
        return self.speed


AnyChannel: TypeAlias = Annotated[Fibre | Waveguide, Field(discriminator="kind")]
CHANNELS: tuple[type[Channel], ...] = get_args(get_args(AnyChannel)[0])


def transmission(elements: tuple[Channel, ...]) -> float:
    """Share of the energy that comes through all elements in a row."""
    product = 1.0
    for element in elements:
        product *= element.transmission
    return product


def delay(elements: tuple[Channel, ...]) -> float:
    """Time of flight through all elements in a row, s."""
    return sum((element.delay for element in elements), 0.0)
