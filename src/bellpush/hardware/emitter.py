"""Optical emitters: colour centres, ions, atoms, dots; a spin whose bright level sends a photon when it is excited."""

from __future__ import annotations

from math import log, pi
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import (
    Angle,
    Duration,
    Frequency,
    FrequencyShift,
    PositiveDuration,
    Probability,
    Record,
    TimeShift,
    Wavelength,
    problem,
    told_apart,
)
from bellpush.ground.units import readable
from bellpush.hardware.memory import Perfect

__all__ = ["Emitter"]


SINC = 0.442946  # at which sinc^2 is a half
LONG = 100.0  # radians or decay times in a pulse, after which nothing is excited that could be told


class Emitter(Record):
    """A spin whose bright level is excited by an optical pulse and sends one photon.

    Models: two optical levels driven by a pulse of finite width (an early photon and a second excitation, a pulse that
    turns too little); the share of photons that can interfere and be collected; a line that is shifted, wanders slowly,
    or dephases.
    Holds when: the dark level is not excited; the line wanders by less than the pulse is broad (a standard deviation of
    at most half of the full width at half maximum of its spectrum, which is checked).
    Formula: docs/background/emitters.md.

    >>> one = Emitter(lifetime=12e-9, branching=0.03, collection=0.1, coherence_time=20e-9)
    >>> round(one.dephasing / 1e6, 2)
    8.33
    """

    summary: ClassVar[str] = "a spin that sends a photon when a pulse excites its bright level"
    kind: Literal["emitter"] = "emitter"
    lifetime: PositiveDuration
    """of the excited state"""
    branching: Probability = 1.0
    """share of its photons that can interfere: zero-phonon line, or the wanted transition; all if not given"""
    collection: Probability = 1.0
    """probability that such a photon enters the channel; certain if not given"""
    side_band_detection: Probability = 0.0
    """probability that the node itself sees a photon that cannot interfere, on which it drops the attempt; none if not
    given"""
    pulse_width: Duration = 0.0
    """full width at half maximum of the intensity of a Gaussian pulse, or length of a square one; no time if not
    given"""
    pulse_shape: Literal["gaussian", "square"] = "gaussian"
    """of the exciting pulse; gaussian if not given"""
    pulse_area: Angle = pi
    """angle by which the pulse turns the emitter; 180 deg if not given"""
    coherence_time: PositiveDuration | None = None
    """of the optical transition, twice the lifetime at most; no pure dephasing if not given"""
    spectral_diffusion: Frequency = 0.0
    """standard deviation of its line from attempt to attempt, within half of the width of the pulse's spectrum; none if
    not given"""
    detuning: FrequencyShift = 0.0
    """of its line from the laser, known and constant; none if not given"""
    timing_offset: TimeShift = 0.0
    """by which its pulse comes late; none if not given"""
    wavelength: Wavelength | None = None
    """of the light that it sends into the channel, in vacuum; unknown if not given"""
    preparation: Duration = 0.0
    """time that each attempt takes before the pulse; none if not given"""

    @model_validator(mode="after")
    def _physical(self) -> Emitter:
        if self.coherence_time is not None and self.coherence_time > 2 * self.lifetime * (1 + 1e-12):
            most, found = told_apart(2 * self.lifetime, self.coherence_time, "s")
            raise problem(
                f"needs a `coherence_time` of at most 2 `lifetime` = {most}, but it is {found}. Try a smaller "
                "`coherence_time`, or leave it out.",
                "coherence_time",
                "lifetime",
            )
        if self.pulse_area > LONG:
            raise problem(f"needs a `pulse_area` of at most {LONG:g} rad, but it is {self.pulse_area:.3g} rad.")
        for name in ("lifetime", "coherence_time"):
            time = getattr(self, name)
            if time is not None and self.pulse_width > LONG * time:
                most, found = told_apart(LONG * time, self.pulse_width, "s")
                raise problem(
                    f"needs a `pulse_width` of at most {LONG:g} times its `{name}`, {most}, but it is {found}. Try a "
                    "shorter pulse.",
                    "pulse_width",
                    name,
                )
        if self.pulse_width:
            self._within_the_pulse()
        return self

    def _within_the_pulse(self) -> None:
        """Whether the line is near enough to the laser for a pulse to mean anything."""
        pulse = f"a {self.pulse_shape} `pulse_width` of {readable(self.pulse_width, 's')}"
        most = LONG / (2 * pi * self.pulse_width)
        if abs(self.detuning) > most:
            bound, found = told_apart(most, abs(self.detuning), "Hz")
            raise problem(
                f"needs a `detuning` of at most {bound} either way, which turns {LONG:g} radians in {pulse}, but it is "
                f"{found}. Try a smaller `detuning`.",
                "detuning",
                "pulse_width",
            )
        if self.spectral_diffusion > self.bandwidth:
            bound, found = told_apart(float(self.bandwidth), self.spectral_diffusion, "Hz")
            raise problem(
                f"needs a `spectral_diffusion` of at most half of the width of its pulse's spectrum, {bound} for "
                f"{pulse}, or the pulse misses the line at times, but it is {found}. Try a shorter pulse.",
                "spectral_diffusion",
                "pulse_width",
            )

    @property
    def bandwidth(self) -> Any:
        """Half of the full width at half maximum of the pulse's power spectrum, Hz; infinite for a pulse of no time.

        ln 2 / (pi w) for a Gaussian of intensity width w, and 0.442946 / w for a square of length w, where
        sinc^2(f w) is a half.
        """
        half = log(2) / pi if self.pulse_shape == "gaussian" else SINC
        with np.errstate(divide="ignore"):
            return plain(half / np.asarray(self.pulse_width, dtype=float))

    @property
    def dephasing(self) -> Any:
        """Rate at which pure dephasing takes optical coherence, 1/s; fields may hold arrays."""
        if self.coherence_time is None:
            return 0.0
        return plain(np.maximum(1 / np.asarray(self.coherence_time) - 0.5 / np.asarray(self.lifetime), 0.0))

    @property
    def said(self) -> str:
        """The device in a few words."""
        words = f"{self.kind}, lifetime {readable(self.lifetime, 's')}"
        return words + (f", {self.pulse_shape} pulse of {readable(self.pulse_width, 's')}" if self.pulse_width else "")

    @property
    def memory(self) -> Perfect:
        """How its spin ages: not at all, unless the node has a memory."""
        return Perfect()
