"""A shaped photon from one transmon to another: emission, a lossy line, capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numpy.typing import ArrayLike

from bellpush.physics.qutrit import Qutrit

if TYPE_CHECKING:
    from bellpush.physics.pulse import Photon

__all__ = ["Transfer"]


class Transfer(NamedTuple):
    """Everything that decides what one transfer gives. Every number may be an array of shape (points,)."""

    sender: Qutrit
    receiver: Qutrit
    photon: Photon
    transmission: ArrayLike  # share of the photon's energy that reaches the receiver's resonator
    window: ArrayLike  # s, centred on the photon's peak; both drives are cut at its ends
    timing_error: ArrayLike = 0.0  # s, by which the receiver's drive comes late; its cut stays
    thermal_photons: ArrayLike = 0.0  # mean occupation of the line, everywhere the same
    pi_pulse: ArrayLike = 0.0  # s, length of a pi pulse between e and f; 0: ideal
    preparation: ArrayLike = 0.0  # s, length of the pulses that prepare the sender; 0: ideal
