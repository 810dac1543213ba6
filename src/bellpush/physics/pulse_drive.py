"""The drive that emits a wanted photon, from samples of its envelope alone."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.pulse_require import numbers, positive, refusal
from bellpush.physics.pulse_sampled import Sampled

__all__ = ["Drive", "drive"]


class Drive(NamedTuple):
    """A coupling at the times of the samples it was made from, and what it achieves."""

    coupling: NDArray[Any]  # rad/s, shape (..., n)
    efficiency: NDArray[Any]  # energy of the emitted photon, whose shape is the wanted one, shape (...)


def drive(times: ArrayLike, envelope: ArrayLike, linewidth: ArrayLike, internal_loss: ArrayLike = 0.0) -> Drive:
    """The coupling that makes a node emit a photon of this envelope, whatever it is.

    With c = envelope/sqrt(kappa) in the resonator, |f> holds 1 - c^2 - (kappa + loss) int c^2 and
    g c_f = c' + (kappa + loss)/2 c. Internal loss takes a fixed share of the energy at any time, so that the shape
    comes out times sqrt(efficiency), efficiency = kappa/(kappa + loss) but for the SHORTFALL of pulse_sampled.

    Args:
        times: s, increasing, shape (n,).
        envelope: real amplitude of the field, of any norm, shape (n,).
        linewidth: decay rate kappa of the resonator into the line, rad/s, shape (...).
        internal_loss: its decay rate to elsewhere, rad/s, shape (...).

    Raises ValueError for samples that `Sampled` refuses, and where the envelope falls faster than the resonator decays.
    Holds when: one excitation, no decoherence of the node. Derived in docs/background/pulses.md.

    >>> t = np.linspace(-20, 20, 401)
    >>> lossy = drive(t, 1 / np.cosh(t / 2), linewidth=1.5, internal_loss=0.5)
    >>> lossy.coupling[200].round(6), lossy.efficiency.round(6)
    (np.float64(0.57735), np.float64(0.75))
    """
    photon = Sampled(times, envelope)
    k = positive("linewidth", linewidth, "linewidth=6.5e7 (rad/s)")
    loss = numbers("internal_loss", internal_loss, "internal_loss=0.0")
    if not (loss.real >= 0).all():
        raise refusal("internal_loss", "be at least 0", f"{loss.real.min():.6g}", "internal_loss=0.0")
    total = k + loss
    coupling = photon.emission(np.asarray(times) - photon.peak, total[..., None])
    return Drive(coupling, (1 - photon.left_behind(total)) * k / total)
