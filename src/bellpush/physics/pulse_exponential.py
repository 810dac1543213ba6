"""Photons that rise and fall exponentially, at different rates, with a smooth peak between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_require import at_most, numbers, positive

__all__ = ["Exponential"]

# Terms of the series below; each is at most half of the one before, up to a factor that grows like n.
_TERMS: Final = 60


@final
@dataclass(frozen=True, eq=False)
class Exponential(Photon):
    """The photon A / (exp(-rise u/2) + exp(fall u/2)), u = t + (2/(rise + fall)) ln(rise/fall): its peak is at t = 0.

    Its energy rises as exp(rise t) long before the peak and falls as exp(-fall t) long after. Equal rates r are
    `Sech(r)`. A "rising" photon is one with a slow rise and a fall as steep as the emitter's linewidth allows; a
    "decaying" one is its mirror. Holds when: emission needs fall <= kappa and takes any rise; capture needs
    rise <= kappa and takes any fall. Raises ValueError for rates that are not positive and finite.
    Formula: docs/background/pulses.md, with A^2 = (rise + fall)/2 sinc((fall - rise)/(fall + rise)).

    >>> rising = Exponential(rise=1.0, fall=4.0)
    >>> rising.envelope([-2.0, 0.0, 2.0]).round(4)
    array([0.3126, 0.6809, 0.0607])
    """

    rise: ArrayLike
    """energy rate before the peak, rad/s; any shape"""
    fall: ArrayLike
    """energy rate after the peak, rad/s; any shape"""

    def __post_init__(self) -> None:
        positive("rise", self.rise, "rise=6.5e7 (rad/s)")
        positive("fall", self.fall, "fall=6.5e7 (rad/s)")

    @property
    def duration_scale(self) -> NDArray[Any]:
        scale: NDArray[Any] = (1 / np.asarray(self.rise) + 1 / np.asarray(self.fall)) / 2
        return scale

    def envelope(self, t: ArrayLike) -> NDArray[Any]:
        return _at(t, np.asarray(self.rise), np.asarray(self.fall)).amplitude

    def emission(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        at_most("fall", self.fall, linewidth, "the linewidth")
        return _coupling(t, np.asarray(linewidth), np.asarray(self.rise), np.asarray(self.fall))

    def capture(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        at_most("rise", self.rise, linewidth, "the linewidth")
        back = -numbers("t", t, "seconds from the photon's peak")
        return _coupling(back, np.asarray(linewidth), np.asarray(self.fall), np.asarray(self.rise))

    def check(self, sender: ArrayLike, receiver: ArrayLike) -> None:
        at_most("fall", self.fall, sender, "the linewidth of the sender")
        at_most("rise", self.rise, receiver, "the linewidth of the receiver")


class _Moment(NamedTuple):
    """The photon at given times: its amplitude, and the parts before and after in D = exp(-a u/2) + exp(b u/2)."""

    amplitude: NDArray[Any]
    before: NDArray[Any]  # w = exp(-a u/2)/D, from 1 to 0
    after: NDArray[Any]  # 1 - w, without taking the difference


def _at(t: ArrayLike, a: NDArray[Any], b: NDArray[Any]) -> _Moment:
    """The photon of rise a and fall b at times t; nothing overflows, whatever t."""
    u = numbers("t", t, "seconds from the photon's peak") + 2 / (a + b) * np.log(a / b)
    side = np.copysign(1.0, u.real)
    late = (1 + side) / 2
    small = np.exp(-side * (a + b) * u / 2)
    d = np.pi * (b - a) / (a + b)
    norm = np.sqrt((a + b) / 2 * _sinc(d))
    steep = np.exp(-side * (late * b + (1 - late) * a) * u / 2)
    parts = 1 / (1 + small)
    return _Moment(norm * steep * parts, (late * small + (1 - late)) * parts, (late + (1 - late) * small) * parts)


def _sinc(d: NDArray[Any]) -> NDArray[Any]:
    """sin(d)/d, analytic at 0 too: the quotient is exact for any d but 0 itself, however small or imaginary."""
    safe = np.where(d == 0, 1.0, d)
    return np.where(d == 0, 1.0, np.sin(safe) / safe)


def _excess(z: NDArray[Any], c: NDArray[Any]) -> NDArray[Any]:
    """2F1(1, 2; c; z) - 1 for |z| <= 1/2 and 1 < c < 3: all terms are positive, so that small values are exact too."""
    result: NDArray[Any] = np.zeros_like(z * c)
    for n in range(_TERMS, -1, -1):
        result = z * (n + 2) / (n + c) * (1 + result)
    return result


def _coupling(t: ArrayLike, k: NDArray[Any], a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Coupling with which a node of linewidth k emits the photon of rise a and fall b <= k; no checks.

    The energy still to come is amplitude^2/b 2F1(1, 2; 1 + 2b/(a+b); w), the energy already out is
    amplitude^2/a 2F1(1, 2; 1 + 2a/(a+b); 1 - w): either series is used where its argument is at most 1/2.
    """
    amplitude, before, after = _at(t, a, b)
    late = before.real < 0.5
    rate = k - b + (a + b) * before  # k + 2 phi'/phi
    excess = _excess(np.where(late, before, 0.0), 1 + 2 * b / (a + b))
    left_late = k * excess + (k - b) + np.where(late, 1e-200, 1.0)  # the 1 only keeps the unused branch finite
    out = (1 + _excess(np.where(late, 0.0, after), 1 + 2 * a / (a + b))) / a + 1 / k
    left_early = np.where(late, 1.0, 1 - amplitude**2 * out)
    early = amplitude * rate / (2 * np.sqrt(k * left_early))
    result: NDArray[Any] = np.where(late, np.sqrt(b / left_late) * rate / 2, early)
    return result
