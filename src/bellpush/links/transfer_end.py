"""One end of a photon transfer: what the scheme says of it, over what the node's device gives."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import (
    Frequency,
    FrequencyShift,
    PositiveDuration,
    PositiveFrequency,
    Probability,
    Real,
    Record,
    problem,
)
from bellpush.hardware.device import AnyDevice, Transmon, impossible_times, qutrit
from bellpush.links.dial import scaled
from bellpush.physics.qutrit import Qutrit

__all__ = ["TransferEnd"]

RATES = ("relaxation_ge", "relaxation_ef", "dephasing_g", "dephasing_f")


class TransferEnd(Record):
    """A sender or a receiver of photons. What is not given here is that of the node's device."""

    linewidth: PositiveFrequency | None = None
    """energy decay rate of its resonator into the line, over 2 pi; the device's if not given"""
    internal_linewidth: Frequency | None = None
    """energy decay rate of its resonator to elsewhere, over 2 pi; the device's, or none, if not given"""
    t1_ge: PositiveDuration | None = None
    """relaxation time from e to g; the device's, or infinite, if not given"""
    t1_ef: PositiveDuration | None = None
    """relaxation time from f to e; the device's, or infinite, if not given"""
    t2_ge: PositiveDuration | None = None
    """coherence time of g and e; the device's, or no pure dephasing, if not given"""
    t2_ef: PositiveDuration | None = None
    """coherence time of e and f; the device's, or no pure dephasing, if not given"""
    excited: Probability | None = None
    """population of e that the reset leaves; the device's, or none, if not given"""
    detuning: FrequencyShift = 0.0
    """by which f lies too high throughout the window; minus that of the drive; its phase counts; none if not given"""
    stark_shift: FrequencyShift = 0.0
    """shift of f upwards by the drive at the largest coupling, as far as not compensated; none if not given"""
    amplitude_error: Annotated[float, Real(low=-1.0, high=1.0)] = 0.0
    """share by which the drive's amplitude is too large; none if not given"""

    @model_validator(mode="after")
    def _physical(self) -> TransferEnd:
        if sentence := self.impossible():
            raise problem(sentence)
        return self

    def impossible(self) -> str | None:
        """How its times contradict each other, going on from its name; None if they do not."""
        return impossible_times(self.t1_ge, self.t1_ef, self.t2_ge, self.t2_ef)

    def over(self, device: AnyDevice | None) -> TransferEnd:
        """The same with what a device gives written out."""
        names = ("linewidth", "t1_ge", "t1_ef", "t2_ge", "t2_ef", "internal_linewidth", "excited")
        given = {name: getattr(self, name) for name in names}
        if isinstance(device, Transmon):
            given = {name: getattr(device, name) if value is None else value for name, value in given.items()}
        for name in ("internal_linewidth", "excited"):
            given[name] = 0.0 if given[name] is None else given[name]
        return self.changed(**given)

    def qutrit(self) -> Qutrit:
        """Its levels and its resonator as rates, once the device is written out; fields may hold arrays."""
        two_pi = 2 * np.pi
        return qutrit(
            self,
            detuning=two_pi * self.detuning,
            stark_shift=two_pi * self.stark_shift,
            amplitude=1 + self.amplitude_error,
        )

    def weaker(self, rate: str, strength: Any) -> TransferEnd:
        """The same with one of its four rates times `strength`, the others as they are."""
        now = self.qutrit()
        rates = {name: np.asarray(getattr(now, name)) for name in RATES}
        rates[rate] = rates[rate] * np.asarray(strength)
        half_ge, half_ef = rates["relaxation_ge"] / 2, rates["relaxation_ef"] / 2
        with np.errstate(divide="ignore"):
            return self.changed(
                t1_ge=plain(0.5 / half_ge),
                t1_ef=plain(0.5 / half_ef),
                t2_ge=plain(1 / (half_ge + rates["dephasing_g"])),
                t2_ef=plain(1 / (half_ge + half_ef + rates["dephasing_f"])),
            )

    def scaled(self, field: str, strength: Any) -> TransferEnd:
        """The same with one of its fields times `strength`."""
        return self.changed(**{field: scaled(getattr(self, field), strength)})
