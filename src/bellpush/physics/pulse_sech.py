"""The time-symmetric photon of superconducting links: a hyperbolic secant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_require import at_most, numbers, positive

__all__ = ["Sech", "sech_coupling"]

# Far below any population that is told apart from zero; it turns 0/0 into 0 where all exponentials have underflown.
_NOTHING: Final = 1e-200


def sech_coupling(t: Any, linewidth: Any, bandwidth: Any) -> Any:
    """Coupling g(t), rad/s, by which a node emits the photon (sqrt(G)/2) sech(G t/2); no checks.

    Args:
        t: times from the peak, s, any shape; G |t| may be as large as 1e4 and more.
        linewidth: kappa, rad/s.
        bandwidth: G, rad/s, at most kappa.

    Written with the populations s = 1/(1 + exp(G t)) still to come and p = 1 - s already out, it is
    g = sqrt(G p) (kappa - G + 2 G s) / (2 sqrt(kappa - G + G s)): one exponential, one root, no difference of large
    numbers. Analytic in all arguments: the branch is chosen by the sign of the real part and both give the same
    function, so imaginary parts far below exp(-G |t|) of the whole are derivatives (1e-100 of it is always safe). Every
    operation also exists for scalars in numba. Source: docs/background/pulses.md; equal to the form in Kurpiers et
    al., Nature 558, 264 (2018).

    >>> print(sech_coupling(np.array([-1e4, 0.0, 1e4]), 1.0, 1.0))
    [0.  0.5 0. ]
    """
    x = bandwidth * t
    late = 0.5 + np.copysign(0.5, np.real(x))  # 1 after the peak, 0 before
    small = np.exp((1 - 2 * late) * x)  # exp(-G |t|)
    whole = 1 + small
    out = bandwidth * (late + (1 - late) * small)  # G p (1 + exp(-G |t|))
    to_come = bandwidth * ((1 - late) + late * small)  # G s (1 + exp(-G |t|))
    left = (linewidth - bandwidth) * whole + to_come
    return (left + to_come) * np.sqrt(out / (left + _NOTHING)) / (2 * whole)


@final
@dataclass(frozen=True, eq=False)
class Sech(Photon):
    """The photon (sqrt(G)/2) sech(G t/2), the same forwards and backwards in time.

    Holds when: G is at most the linewidths of both nodes; at G = kappa the coupling is (kappa/2) sech(kappa t/2).
    Formula and source: `sech_coupling`. Raises ValueError for a bandwidth that is not positive and finite.

    >>> photon = Sech(bandwidth=6.5e7)
    >>> photon.emission(0.0, linewidth=6.5e7) == 6.5e7 / 2
    np.True_
    """

    bandwidth: ArrayLike
    """G, rad/s: rate at which the photon's energy rises and falls; any shape"""

    def __post_init__(self) -> None:
        positive("bandwidth", self.bandwidth, "bandwidth=6.5e7 (rad/s)")

    @property
    def duration_scale(self) -> NDArray[Any]:
        return 1 / np.asarray(self.bandwidth)

    def envelope(self, t: ArrayLike) -> NDArray[Any]:
        rate = np.asarray(self.bandwidth)
        x = rate * numbers("t", t, "seconds from the photon's peak")
        small = np.exp(-np.copysign(0.5, x.real) * x)  # exp(-G |t|/2)
        result: NDArray[Any] = np.sqrt(rate) * small / (1 + small**2)
        return result

    def emission(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        at_most("bandwidth", self.bandwidth, linewidth, "the linewidth")
        t = numbers("t", t, "seconds from the photon's peak")
        result: NDArray[Any] = sech_coupling(t, np.asarray(linewidth), np.asarray(self.bandwidth))
        return result

    def capture(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        return self.emission(-numbers("t", t, "seconds from the photon's peak"), linewidth)

    def check(self, sender: ArrayLike, receiver: ArrayLike) -> None:
        at_most("bandwidth", self.bandwidth, sender, "the linewidth of the sender")
        at_most("bandwidth", self.bandwidth, receiver, "the linewidth of the receiver")
