"""Devices: what a node is built of, and what schemes derive their numbers from."""

from __future__ import annotations

from math import pi, sqrt
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BeforeValidator, Field, model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import (
    Frequency,
    NegativeFrequency,
    PositiveDuration,
    PositiveFrequency,
    Probability,
    Record,
    problem,
    told_apart,
)
from bellpush.ground.units import readable
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import T1T2
from bellpush.physics.qutrit import Qutrit, dephasing_rates

__all__ = ["AnyDevice", "Transmon", "impossible_times", "qutrit"]


class Transmon(Record):
    """A transmon with a resonator through which it sends and catches photons.

    Models: three levels g, e, f; a drive that exchanges |f, 0> and |g, 1>, 1 being a photon in the transfer resonator.
    Holds when: the qubit is g and e; noise is Markovian; the drive is weak against its detuning (`coupling`).
    Source: Pechal et al., Phys. Rev. X 4, 041010 (2014); Kurpiers et al., Nature 558, 264 (2018).

    >>> one = Transmon(linewidth=10.4e6, frequency=6.343e9, anharmonicity=-265e6, resonator_frequency=8.4005e9)
    >>> readable(one.drive_frequency, "Hz", digits=5)
    '4.0205 GHz'
    """

    summary: ClassVar[str] = "a transmon with a transfer resonator"
    kind: Literal["transmon"] = "transmon"
    linewidth: PositiveFrequency
    """energy decay rate of the transfer resonator into the line, over 2 pi"""
    internal_linewidth: Frequency = 0.0
    """its energy decay rate to elsewhere, over 2 pi; none if not given"""
    t1_ge: PositiveDuration | None = None
    """relaxation time from e to g; infinite if not given"""
    t1_ef: PositiveDuration | None = None
    """relaxation time from f to e; infinite if not given"""
    t2_ge: PositiveDuration | None = None
    """coherence time of g and e; no pure dephasing if not given"""
    t2_ef: PositiveDuration | None = None
    """coherence time of e and f; no pure dephasing if not given"""
    excited: Probability = 0.0
    """population of e that the reset leaves; none if not given"""
    frequency: PositiveFrequency | None = None
    """of the transition from g to e; unknown if not given"""
    anharmonicity: NegativeFrequency | None = None
    """frequency from e to f less that from g to e; unknown if not given"""
    resonator_frequency: PositiveFrequency | None = None
    """of the transfer resonator; unknown if not given"""
    resonator_coupling: PositiveFrequency | None = None
    """between transmon and transfer resonator, over 2 pi; unknown if not given"""
    largest_drive: PositiveFrequency | None = None
    """largest amplitude of the drive, over 2 pi, which takes the four fields above; without limit if not given"""

    @model_validator(mode="after")
    def _physical(self) -> Transmon:
        if sentence := impossible_times(self.t1_ge, self.t1_ef, self.t2_ge, self.t2_ef):
            raise problem(sentence)
        needed = ("frequency", "anharmonicity", "resonator_frequency", "resonator_coupling")
        missing = [f"`{name}`" for name in needed if getattr(self, name) is None]
        if self.largest_drive is not None and missing:
            raise problem(f"must have {', '.join(missing)} beside `largest_drive`, which limits nothing without.")
        if self.frequency and self.anharmonicity and self.resonator_frequency:
            bound = 2 * self.frequency + self.anharmonicity
            if self.resonator_frequency >= bound:
                most, found = told_apart(bound, self.resonator_frequency, "Hz")
                raise problem(
                    f"needs a `resonator_frequency` below 2 `frequency` + `anharmonicity` = {most}, or no drive "
                    f"exchanges f0 and g1, but it is {found}."
                )
            if self.resonator_frequency in (self.frequency, self.frequency + self.anharmonicity):
                raise problem(
                    f"must have a transfer resonator away from its own transitions, but `resonator_frequency` is "
                    f"{readable(self.resonator_frequency, 'Hz')} like one of them."
                )
        return self

    @property
    def drive_frequency(self) -> Any:
        """Frequency of the drive that exchanges |f, 0> and |g, 1>, Hz: 2 w_ge + alpha - w_T, over 2 pi.

        Raises ValueError where a frequency is not given.
        """
        frequency, anharmonicity, resonator = self._known("frequency", "anharmonicity", "resonator_frequency")
        return 2 * frequency + anharmonicity - resonator

    def coupling(self, drive: ArrayLike) -> Any:
        """Size of the coupling between |f, 0> and |g, 1> for a drive amplitude, both in Hz (over 2 pi), shape (...).

        g = Omega g0 alpha / (sqrt2 Delta (Delta + alpha)), Delta = w_ge - w_T, to lowest order in Omega and g0, for a
        drive Omega/2 (b exp(i w t) + h.c.) of the transmon b. Raises ValueError where a frequency or the resonator's
        coupling is not given.

        Source: recalled, not read: Pechal et al., Phys. Rev. X 4, 041010 (2014); Zeytinoglu et al., Phys. Rev. A 91,
        043846 (2015). The tests compare it with a splitting found by diagonalisation.

        >>> one = Transmon(
        ...     linewidth=10e6,
        ...     frequency=6.3e9,
        ...     anharmonicity=-0.3e9,
        ...     resonator_frequency=8.4e9,
        ...     resonator_coupling=0.3e9,
        ... )
        >>> round(one.coupling(0.5e9) / 1e6, 3)
        6.313
        """
        frequency, alpha, resonator, bare = self._known(
            "frequency", "anharmonicity", "resonator_frequency", "resonator_coupling"
        )
        delta = frequency - resonator
        return plain(np.abs(np.asarray(drive) * bare * alpha / (sqrt(2) * delta * (delta + alpha))))

    @property
    def largest_coupling(self) -> Any:
        """The coupling at the largest drive, Hz (over 2 pi), see `coupling`; None where no largest drive is given."""
        return None if self.largest_drive is None else self.coupling(self.largest_drive)

    def _known(self, *names: str) -> list[Any]:
        missing = [f"`{name}`" for name in names if getattr(self, name) is None]
        if missing:
            raise ValueError(f"the transmon must have {', '.join(missing)} for this. Try giving it.")
        return [getattr(self, name) for name in names]

    @property
    def said(self) -> str:
        """The device in a few words."""
        words = f"{self.kind}, linewidth {readable(self.linewidth, 'Hz')}"
        if self.frequency and self.anharmonicity and self.resonator_frequency:
            words += f", driven at {readable(self.drive_frequency, 'Hz')}"
            if self.largest_drive:
                words += f", coupling up to {readable(self.largest_coupling, 'Hz')}"
        return words

    def qutrit(self) -> Qutrit:
        """Its levels and its resonator as rates; fields may hold arrays."""
        return qutrit(self)

    @property
    def memory(self) -> T1T2:
        """How a qubit kept in g and e ages; fields may hold arrays."""
        return T1T2.model_construct(_fields_set={"t1", "t2"}, t1=self.t1_ge, t2=self.t2_ge)


def _of_a_kind(value: Any) -> Any:
    """A device that does not say its kind is a transmon."""
    return {"kind": "transmon", **value} if isinstance(value, dict) else value


AnyDevice: TypeAlias = Annotated[Transmon | Emitter, Field(discriminator="kind"), BeforeValidator(_of_a_kind)]


def qutrit(one: Any, **more: ArrayLike) -> Qutrit:
    """Rates, in rad/s and 1/s, of whatever has the linewidths, the times and the reset of a transmon.

    Args:
        one: has `linewidth`, `internal_linewidth` in Hz, `t1_ge`, `t1_ef`, `t2_ge`, `t2_ef` in s (None: without limit
            for a T1, no pure dephasing for a T2), and `excited`; each of shape (...).
        more: fields of the result that the device does not decide.

    Rates of pure dephasing below zero, which rounding leaves of a T2 at its bound, become zero.
    """
    t1_ge, t1_ef = (np.inf if t is None else np.asarray(t, dtype=float) for t in (one.t1_ge, one.t1_ef))
    unlimited_ge, unlimited_ef = _longest_t2(t1_ge, t1_ef)
    t2_ge = unlimited_ge if one.t2_ge is None else one.t2_ge
    t2_ef = unlimited_ef if one.t2_ef is None else one.t2_ef
    x, y = dephasing_rates(t1_ge, t1_ef, t2_ge, t2_ef)
    return Qutrit(
        linewidth=2 * pi * one.linewidth,
        relaxation_ge=plain(1 / np.asarray(t1_ge)),
        relaxation_ef=plain(1 / np.asarray(t1_ef)),
        dephasing_g=plain(np.maximum(x, 0.0)),
        dephasing_f=plain(np.maximum(y, 0.0)),
        internal_loss=2 * pi * one.internal_linewidth,
        excited=one.excited,
        **more,
    )


def _longest_t2(t1_ge: Any, t1_ef: Any) -> tuple[Any, Any]:
    """Coherence times of g and e, and of e and f, where relaxation alone takes coherence."""
    with np.errstate(divide="ignore"):
        return 2 * np.asarray(t1_ge), 2 / (1 / np.asarray(t1_ge) + 1 / np.asarray(t1_ef))


def impossible_times(t1_ge: float | None, t1_ef: float | None, t2_ge: float | None, t2_ef: float | None) -> str | None:
    """How the times of a transmon contradict each other, going on from its name; None if they do not.

    >>> impossible_times(10e-6, None, 21e-6, None)
    'needs `t2_ge` of at most 2 `t1_ge` = 20 us, but `t2_ge` is 21 us. Try a smaller `t2_ge`, or leave it out.'
    """
    bound_ge, bound_ef = _longest_t2(*(np.inf if t is None else t for t in (t1_ge, t1_ef)))
    for name, time, bound, formula in (
        ("t2_ge", t2_ge, bound_ge, "2 `t1_ge`"),
        ("t2_ef", t2_ef, bound_ef, "2 / (1/`t1_ge` + 1/`t1_ef`)"),
    ):
        if time is not None and time > float(bound) * (1 + 1e-12):
            most, found = told_apart(float(bound), time, "s")
            return (
                f"needs `{name}` of at most {formula} = {most}, but `{name}` is {found}. Try a smaller `{name}`, or "
                "leave it out."
            )
    return None
