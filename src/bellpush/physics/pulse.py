"""Shaped photons, the couplings that emit and catch them, and what can go wrong with both.

One file a shape; this one lists them. All is derived in docs/background/pulses.md.
"""

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_drive import Drive, drive
from bellpush.physics.pulse_driven import Driven
from bellpush.physics.pulse_errors import filtered, overlap, stark_phase, truncation_loss
from bellpush.physics.pulse_exponential import Exponential
from bellpush.physics.pulse_sampled import SHORTFALL, Sampled
from bellpush.physics.pulse_sech import Sech, sech_coupling

__all__ = [
    "SHORTFALL",
    "Drive",
    "Driven",
    "Exponential",
    "Photon",
    "Sampled",
    "Sech",
    "drive",
    "filtered",
    "overlap",
    "sech_coupling",
    "stark_phase",
    "truncation_loss",
]
