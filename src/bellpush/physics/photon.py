"""A photon of a given shape, with the couplings by which one node emits it and another catches it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import ArrayLike, NDArray

__all__ = ["Photon"]


class Photon(ABC):
    """A real wave packet of unit norm, and the couplings g(t) in H = g(t) (a^dag |g><f| + h.c.) that belong to it.

    Times are in s from the photon's peak, of any shape that broadcasts with the photon's own fields and the linewidth.
    Linewidths are the energy decay rates of resonators in rad/s; for a resonator that also loses energy elsewhere it is
    the sum of both rates, and the share of the photon that goes the right way is the ratio of the line's rate to it.
    Holds when: one excitation, no decoherence, a line without memory; derived in docs/background/pulses.md.

    All results are real for real arguments. Small imaginary parts of arguments give derivatives (a complex step).
    """

    @property
    @abstractmethod
    def duration_scale(self) -> NDArray[Any]:
        """What the photon's duration is measured in, s: 1/bandwidth for a sech, and alike for other shapes."""

    @abstractmethod
    def envelope(self, t: ArrayLike) -> NDArray[Any]:
        """Amplitude of the field in sqrt(1/s); the integral of its square over all times is 1."""

    @abstractmethod
    def emission(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        """Coupling in rad/s that turns |f, 0> at early times into this photon. ValueError where none does."""

    @abstractmethod
    def capture(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        """Coupling in rad/s that catches this photon completely, without reflection. ValueError where none does.

        It is the time reverse of the coupling with which the same node would emit the time-reversed photon.
        """

    @abstractmethod
    def check(self, sender: ArrayLike, receiver: ArrayLike) -> None:
        """Raise ValueError unless nodes of these linewidths can emit and catch this photon."""
