"""A photon given by the two couplings that make and catch it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_require import numbers, positive, refusal

__all__ = ["Driven", "harmonics"]


def harmonics(t: ArrayLike, window: ArrayLike, terms: int) -> NDArray[Any]:
    """cos(n pi (t/window + 1/2)) for n = 0 ... terms - 1; shape (..., terms), t and window of shape (...).

    They are free at both ends of the window, where drives are cut; the n-th oscillates at n pi/window in rad/s. Beyond
    the ends they go on as their mirror images.

    >>> print(harmonics([-0.5, 0.0, 0.5], window=1.0, terms=3).round(12))
    [[ 1.  1.  1.]
     [ 1.  0. -1.]
     [ 1. -1.  1.]]
    """
    turned: NDArray[Any] = np.cos(np.pi * np.arange(terms) * (np.asarray(t) / window + 0.5)[..., None])
    return turned


@final
@dataclass(frozen=True, eq=False)
class Driven(Photon):
    """Two couplings as cosine series over a window, t = 0 being its middle, and the photon that the sender then emits.

    Unlike with a photon given by its shape, the couplings stay the same whatever the linewidths are; nothing promises
    that the photon is caught. The envelope is that of an emission without losses from a resonator of `linewidth`, made
    to unit norm. The emission ends with the window; what is in the resonator then rings down.
    Holds when: as for every `Photon`. Raises ValueError for coefficients that are not real, finite and of shape
    (terms,), a sender that is never driven, and a window or linewidth that is not positive.
    Formula: docs/background/pulses.md.

    >>> steady = Driven(window=1e-6, sender=[3e7], receiver=[2e7, 1e7], linewidth=6e7)
    >>> print(steady.emission(0.0, 6e7), steady.capture([-0.5e-6, 0.5e-6], 6e7))
    30000000.0 [30000000. 10000000.]
    """

    window: float
    """s"""
    sender: ArrayLike
    """coefficients of its coupling in `harmonics`, rad/s, shape (terms,)"""
    receiver: ArrayLike
    """the same for the receiver; their number may differ"""
    linewidth: float
    """of the sender's resonator, rad/s"""

    def __post_init__(self) -> None:
        positive("window", self.window, "window=0.3e-6 (s)")
        positive("linewidth", self.linewidth, "linewidth=6.5e7 (rad/s)")
        for name, given in (("sender", self.sender), ("receiver", self.receiver)):
            series = numbers(name, given, "coefficients in rad/s")
            if series.ndim != 1 or not series.size or series.dtype.kind == "c":
                found = f"of shape {series.shape} and type {series.dtype}"
                raise refusal(name, "be real and of shape (terms,)", found, "one coefficient a harmonic")
        if not np.any(self.sender):
            raise refusal("sender", "emit something", "zero at all times", "sender=[3e7] (rad/s)")

    @property
    def duration_scale(self) -> NDArray[Any]:
        """1/(4 largest amplitude squared): 1/bandwidth for a sech."""
        times = self.window * np.linspace(-0.5, 0.5, 1001)
        return np.asarray(0.25 / float(np.max(self.envelope(times) ** 2)))

    def envelope(self, t: ArrayLike) -> NDArray[Any]:
        t = numbers("t", t, "seconds from the middle of the window")
        end = self.window / 2
        inside = np.clip(t.real, -end, end)
        f, a = self._amplitudes(inside.ravel()).reshape(2, *t.shape)
        a = a * np.exp(-self.linewidth / 2 * np.maximum(t.real - end, 0.0)) * (t.real >= -end)
        left = float(self._amplitudes(end)[0]) ** 2
        amplitude: NDArray[Any] = np.sqrt(self.linewidth / (1 - left)) * a
        if t.dtype.kind == "c":
            driven = np.where(np.abs(t.real) <= end, self.emission(t.real, self.linewidth) * f, 0.0)
            slope = np.sqrt(self.linewidth / (1 - left)) * (driven - self.linewidth / 2 * a)
            amplitude = amplitude + 1j * t.imag * slope
        return amplitude

    def emission(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        return self._coupling(t, self.sender)

    def capture(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        return self._coupling(t, self.receiver)

    def check(self, sender: ArrayLike, receiver: ArrayLike) -> None:
        positive("linewidth", sender, "linewidth=6.5e7 (rad/s)")
        positive("linewidth", receiver, "linewidth=6.5e7 (rad/s)")

    def _coupling(self, t: ArrayLike, series: ArrayLike) -> NDArray[Any]:
        t = numbers("t", t, "seconds from the middle of the window")
        series = np.asarray(series)
        coupling: NDArray[Any] = harmonics(t, self.window, series.size) @ series
        return coupling

    @cached_property
    def _amplitudes(self) -> Any:
        """Amplitudes of |f, 0> and i |g, 1> at the sender, as a function of times within the window."""
        from scipy.integrate import solve_ivp

        def change(t: float, y: NDArray[Any]) -> list[float]:
            g = float(self.emission(t, self.linewidth))
            return [-g * y[1], g * y[0] - self.linewidth / 2 * y[1]]

        end = self.window / 2
        terms = np.size(self.sender)
        found = solve_ivp(
            change,
            (-end, end),
            [1.0, 0.0],
            method="DOP853",
            dense_output=True,
            rtol=1e-10,
            atol=1e-13,
            max_step=self.window / (2 * terms),
        )
        return found.sol
