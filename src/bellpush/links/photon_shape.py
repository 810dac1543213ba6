"""Shapes that a photon can be given, as a scenario writes them."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from bellpush.ground.spec import PositiveFrequency, Real, Record, TimeShift, problem, told_apart

if TYPE_CHECKING:
    from bellpush.physics import pulse
    from bellpush.physics.photon import Photon

__all__ = ["AnyShape", "Exponential", "Sampled", "Sech"]


class Sech(Record):
    """A photon (sqrt(G)/2) sech(G t/2), the same forwards and backwards in time.

    Holds when: the bandwidth is at most both linewidths.
    """

    summary: ClassVar[str] = "a hyperbolic secant, the same forwards and backwards in time"
    shape: Literal["sech"] = "sech"
    bandwidth: PositiveFrequency | None = None
    """rate G at which its energy rises and falls, over 2 pi; the smaller of the two linewidths if not given"""

    def filled(self, narrower: Any) -> Sech:
        """The same with its bandwidth written out, for ends of which the narrower has this linewidth in Hz."""
        return self if self.bandwidth is not None else self.changed(bandwidth=narrower)

    def photon(self) -> Photon:
        """The wave packet; its bandwidth must be written out, and may be an array."""
        from bellpush.physics import pulse  # here and below: other schemes need no photons

        assert self.bandwidth is not None
        return pulse.Sech(2 * pi * self.bandwidth)

    def too_steep(self, sender: float, receiver: float) -> str | None:
        """Why ends of these linewidths, in Hz, cannot send or catch it, going on from the scheme's name."""
        bounds = {"sender": sender, "receiver": receiver}
        return _too_steep("bandwidth", self.bandwidth, min(bounds, key=bounds.__getitem__), min(sender, receiver))


class Exponential(Record):
    """A photon that rises and falls exponentially, at different rates, with a smooth peak between.

    Holds when: the sender's linewidth is at least the fall, the receiver's at least the rise.
    """

    summary: ClassVar[str] = "exponential before and after its peak, each with a rate of its own"
    shape: Literal["exponential"] = "exponential"
    rise: PositiveFrequency
    """rate at which its energy rises before the peak, over 2 pi"""
    fall: PositiveFrequency
    """rate at which its energy falls after the peak, over 2 pi"""

    def filled(self, narrower: Any) -> Exponential:
        """Itself: nothing follows from the ends."""
        return self

    def photon(self) -> Photon:
        """The wave packet; its rates may be arrays."""
        from bellpush.physics import pulse

        return pulse.Exponential(2 * pi * self.rise, 2 * pi * self.fall)

    def too_steep(self, sender: float, receiver: float) -> str | None:
        """Why ends of these linewidths, in Hz, cannot send or catch it, going on from the scheme's name."""
        return _too_steep("fall", self.fall, "sender", sender) or _too_steep("rise", self.rise, "receiver", receiver)


class Sampled(Record):
    """A photon of any real shape, by samples of its amplitude; outside of them both drives are off.

    Holds when: the samples start and end where the photon has vanished, and some ten of them make a duration.
    """

    summary: ClassVar[str] = "any shape, by samples"
    shape: Literal["sampled"] = "sampled"
    times: tuple[TimeShift, ...]
    """when it was sampled, counted from anywhere; increasing, at least 8"""
    amplitudes: tuple[Annotated[float, Real()], ...]
    """of the field at these times, in any unit"""

    @model_validator(mode="after")
    def _is_a_photon(self) -> Sampled:
        try:
            self.photon()
        except ValueError as error:
            text = str(error)
            raise problem(f"must hold samples of a photon: {text[:1].lower()}{text[1:]}") from None
        return self

    def filled(self, narrower: Any) -> Sampled:
        """Itself: nothing follows from the ends."""
        return self

    def photon(self) -> pulse.Sampled:
        """The wave packet."""
        from bellpush.physics import pulse

        return pulse.Sampled(np.array(self.times), np.array(self.amplitudes))

    def too_steep(self, sender: float, receiver: float) -> str | None:
        """Why ends of these linewidths, in Hz, cannot send or catch it, going on from the scheme's name."""
        try:
            self.photon().check(2 * pi * sender, 2 * pi * receiver)
        except ValueError as error:
            return f"has a `photon` that its ends cannot send or catch: {error}"
        return None


AnyShape: TypeAlias = Annotated[Sech | Exponential | Sampled, Field(discriminator="shape")]


def _too_steep(name: str, rate: float | None, whose: str, linewidth: float) -> str | None:
    if rate is None or rate <= linewidth:
        return None
    most, found = told_apart(linewidth, rate, "Hz")
    return (
        f"needs a photon whose `{name}` is at most the linewidth of its {whose}, {most}, but it is {found}. "
        f"Try a smaller `{name}`."
    )
