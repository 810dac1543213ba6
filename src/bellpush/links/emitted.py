"""One emitter's photons in an attempt: when clicks begin to count, and how often they come then."""

from __future__ import annotations

from functools import lru_cache
from math import pi
from typing import Any

import numpy as np

from bellpush.ground.arrays import plain
from bellpush.hardware.emitter import Emitter
from bellpush.links.detection import Detection
from bellpush.physics.wavepacket import Window

__all__ = ["begin", "first", "missed", "photons", "within"]

SLIGHT = 0.1  # of the width of a pulse's spectrum: a line that wanders by less is excited all the same


def begin(both: tuple[Emitter, Emitter], detection: Detection) -> Any:
    """When clicks begin to count, s after the centre (Gaussian) or the beginning (square) of a pulse in time."""
    from bellpush.physics.emitter import cut_after

    if detection.begin is not None:
        return detection.begin
    return plain(np.maximum(*[cut_after(one.pulse_width, one.pulse_shape) + one.timing_offset for one in both]))


def first(both: tuple[Emitter, Emitter]) -> Any:
    """When the first of both pulses begins, s."""
    from bellpush.physics.emitter import begins

    return np.minimum(*[begins(one.pulse_width, one.pulse_shape) + one.timing_offset for one in both])


def within(one: Emitter, begin: Any, window: Window) -> Any:
    """Photons that count for each that comes after the window begins: its share, or a little more by smeared edges."""
    if np.any(window.jitter):
        from bellpush.physics.wavepacket import share

        # What comes just before is emitted as what comes after, back to the middle of the pulse.
        after = np.exp((begin - np.asarray(one.timing_offset)) / one.lifetime)
        return share(one.lifetime, one.timing_offset, window) * after
    return 1.0 if np.all(np.isinf(window.length)) else -np.expm1(-np.asarray(window.length) / one.lifetime)


def missed(one: Emitter, cut: Any) -> float:
    """Share of its photons after the cut that a wandering line would cost if the pulse were averaged over it.

    Nothing where it wanders by less than a tenth of half of the width of the pulse's spectrum, which costs 0.7 %.
    """
    if one.spectral_diffusion <= SLIGHT * one.bandwidth:
        return 0.0
    places, weights = np.polynomial.hermite_e.hermegauss(41)
    wandered = one.changed(detuning=one.detuning + one.spectral_diffusion * places)
    mean = float(weights @ photons(wandered, cut)[0] / weights.sum())
    return 1 - mean / float(photons(one, cut)[0])


def photons(one: Emitter, cut: Any) -> tuple[Any, Any, Any]:
    """Photons after the cut for each excitation, probability of excitation, early photon given one after the cut."""
    try:
        return _kept(one, cut)
    except TypeError:  # it holds arrays
        return _numbers(one, cut)


def _numbers(one: Emitter, cut: Any) -> tuple[Any, Any, Any]:
    from bellpush.physics.emitter import emission  # here: schemes whose numbers are given need not wait for the solver

    found = emission(
        one.pulse_width,
        one.lifetime,
        area=one.pulse_area,
        shape=one.pulse_shape,
        cut=cut,
        detuning=2 * pi * np.asarray(one.detuning),
        dephasing=one.dephasing,
    )
    # What a pulse meant to turn by pi leaves behind counts as lost: its phase would have to be kept to matter.
    excited = np.where(np.equal(one.pulse_area, pi), 1.0, 1 - found.untouched)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.where(excited > 0, found.excited / excited, 0.0)
        double = np.where(found.excited > 0, found.double, 0.0)
    return plain(np.clip(seen, 0, 1)), plain(np.clip(excited, 0, 1)), plain(np.clip(double, 0, 1))


@lru_cache(maxsize=256)
def _kept(one: Emitter, cut: Any) -> tuple[Any, Any, Any]:
    """One emitter, which engines, reports and budgets ask for again and again."""
    return _numbers(one, cut)
