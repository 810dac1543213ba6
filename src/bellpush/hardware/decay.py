"""Memories that lose a qubit by one law: relaxation, dephasing, depolarisation."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from bellpush.ground.spec import PositiveDuration, Probability, Real, problem
from bellpush.ground.units import readable
from bellpush.hardware.storage import BIT, KEEP, PAULIS, PHASE, ComplexMatrix, Matrix, Memory, Modes, beside, phase_flip
from bellpush.states import channel

__all__ = ["T1T2", "Dephasing", "Depolarising", "Perfect", "Stretched", "TwoChannel"]


class Perfect(Memory):
    """Nothing is lost in storage."""

    summary = "nothing is lost"
    kind: Literal["perfect"] = "perfect"

    def decay(self, age: ArrayLike) -> Matrix:
        return np.broadcast_to(KEEP, (*np.shape(age), 4, 4)).copy()

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        return np.broadcast_to(np.eye(2, dtype=complex), (*np.shape(age), 1, 2, 2)).copy()

    def decay_modes(self) -> Modes | None:
        return Modes(np.zeros(1), KEEP[None])


class Depolarising(Memory):
    """The Bloch vector shrinks by exp(-age/time)."""

    summary = "the Bloch vector shrinks by exp(-t/time)"
    kind: Literal["depolarising"] = "depolarising"
    time: PositiveDuration
    """time after which the Bloch vector has shrunk to 1/e"""

    def decay(self, age: ArrayLike) -> Matrix:
        return channel.depolarising(np.exp(-np.asarray(age) / self.time))

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        lost = -np.expm1(-np.asarray(age, dtype=float) / self.time)[..., None]
        weights = np.concatenate([1 - 0.75 * lost, np.repeat(lost / 4, 3, axis=-1)], axis=-1)
        return np.asarray(np.sqrt(weights)[..., None, None] * PAULIS)

    def decay_modes(self) -> Modes | None:
        return Modes(beside(0.0, 1 / self.time), np.array([np.diag([1.0, 0, 0, 0]), np.diag([0.0, 1, 1, 1])]))


class Dephasing(Memory):
    """Coherence is lost exponentially: x and y shrink by exp(-age/time)."""

    summary = "x and y shrink by exp(-t/time)"
    kind: Literal["dephasing"] = "dephasing"
    time: PositiveDuration
    """time after which the coherence has shrunk to 1/e"""

    def decay(self, age: ArrayLike) -> Matrix:
        return channel.dephasing(np.exp(-np.asarray(age) / self.time))

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        return phase_flip(np.exp(-np.asarray(age, dtype=float) / self.time))

    def decay_modes(self) -> Modes | None:
        return Modes(beside(0.0, 1 / self.time), np.array([BIT, PHASE]))


class Stretched(Memory):
    """Coherence is lost by a stretched exponential: x and y shrink by exp(-(age/time)^exponent).

    Holds when: one run of storage is described from its beginning; the law does not compose in time (exponent 2 is
    the Gaussian decay of slow noise).
    """

    summary = "x and y shrink by exp(-(t/time)^exponent)"
    kind: Literal["stretched"] = "stretched"
    time: PositiveDuration
    """time after which the coherence has shrunk to 1/e"""
    exponent: Annotated[float, Real(low=0.1, high=10.0)]
    """1 is exponential, 2 Gaussian"""

    def decay(self, age: ArrayLike) -> Matrix:
        return channel.dephasing(self._shrink(age))

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        return phase_flip(self._shrink(age))

    def decay_modes(self) -> Modes | None:
        if np.all(np.asarray(self.exponent) == 1):
            return Dephasing(time=self.time).decay_modes()
        return None

    @property
    def decay_scale(self) -> float:
        return self.time

    def _shrink(self, age: ArrayLike) -> Matrix:
        with np.errstate(over="ignore"):  # an infinite exponent is a shrink of zero
            return np.asarray(np.exp(-((np.asarray(age, dtype=float) / self.time) ** self.exponent)))


class T1T2(Memory):
    """Relaxation with T1 towards a thermal population, and loss of coherence with T2.

    Holds when: Markovian noise. `t1` absent means no relaxation; `t2` absent means no pure dephasing, T2 = 2 T1.
    """

    summary = "relaxation with T1 to the population `excited` of |1>, coherence lost with T2"
    kind: Literal["t1-t2"] = "t1-t2"
    t1: PositiveDuration | None = None
    """relaxation time; infinite if not given"""
    t2: PositiveDuration | None = None
    """coherence time; 2 T1 (no pure dephasing) if not given"""
    excited: Probability = 0.0
    """population of |1> in equilibrium"""

    @model_validator(mode="after")
    def _physical(self) -> T1T2:
        if self.t1 is not None and self.t2 is not None and self.t2 > 2 * self.t1 * (1 + 1e-12):
            limit = readable(2 * self.t1, "s", digits=6)
            raise problem(
                f"needs `t2` of at most 2 `t1` = {limit}, but `t2` is {readable(self.t2, 's', digits=6)}. "
                f"Try a smaller `t2`, or leave it out for T2 = 2 T1."
            )
        return self

    @property
    def rates(self) -> tuple[float, float]:
        """Relaxation rate 1/T1 and coherence rate 1/T2, in 1/s; 0 where nothing is lost."""
        relaxation = 0.0 if self.t1 is None else 1 / self.t1
        # The larger of the two forgives a t2 that misses 2 t1 by rounding.
        return relaxation, relaxation / 2 if self.t2 is None else np.maximum(1 / self.t2, relaxation / 2)

    def decay(self, age: ArrayLike) -> Matrix:
        relaxation, coherence = self.rates
        age = np.asarray(age, dtype=float)
        return channel.amplitude_damping(np.exp(-relaxation * age), np.exp(-coherence * age), self.excited)

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        relaxation, coherence = self.rates
        age = np.asarray(age, dtype=float)
        stay, lost = np.exp(-relaxation * age / 2), np.sqrt(-np.expm1(-relaxation * age))
        down, up = np.sqrt(1 - self.excited), np.sqrt(self.excited)
        damping = np.zeros((*age.shape, 4, 2, 2), dtype=complex)
        damping[..., 0, 0, 0], damping[..., 0, 1, 1] = down, down * stay
        damping[..., 1, 0, 1] = down * lost
        damping[..., 2, 0, 0], damping[..., 2, 1, 1] = up * stay, up
        damping[..., 3, 1, 0] = up * lost
        flips = phase_flip(np.exp(-(coherence - relaxation / 2) * age))
        both = flips[..., :, None, :, :] @ damping[..., None, :, :, :]
        return np.asarray(both.reshape(*age.shape, 8, 2, 2))

    def decay_modes(self) -> Modes | None:
        relaxation, coherence = self.rates
        towards = 1 - 2 * np.asarray(self.excited)
        matrices = np.zeros((*towards.shape, 3, 4, 4))
        matrices[..., 0, 0, 0] = matrices[..., 1, 3, 3] = 1
        matrices[..., 0, 3, 0], matrices[..., 1, 3, 0] = towards, -towards
        matrices[..., 2, :, :] = PHASE
        return Modes(beside(0.0, relaxation, coherence), matrices)


class TwoChannel(Memory):
    """Coherence and populations are lost at rates of their own: x and y shrink by exp(-age/time), z by another time.

    What a stored pair shows as two decays, of <XX> and of <ZZ>; both tend to nothing, as where pulses swap the two
    levels again and again.
    """

    summary = "x and y shrink by exp(-t/time), z by exp(-t/population_time)"
    kind: Literal["two-channel"] = "two-channel"
    time: PositiveDuration
    """time after which the coherence has shrunk to 1/e"""
    population_time: PositiveDuration
    """time after which the difference of the populations has shrunk to 1/e"""

    @model_validator(mode="after")
    def _physical(self) -> TwoChannel:
        if self.time > 2 * self.population_time * (1 + 1e-12):
            most, found = (readable(t, "s", digits=6) for t in (2 * self.population_time, self.time))
            raise problem(
                f"needs `time` of at most 2 `population_time` = {most}, but `time` is {found}. Try a smaller."
            )
        return self

    def decay(self, age: ArrayLike) -> Matrix:
        coherent, populated = self._shrinks(age)
        found = np.zeros((*coherent.shape, 4, 4))
        found[..., 0, 0], found[..., 3, 3] = 1, populated
        found[..., 1, 1] = found[..., 2, 2] = coherent
        return found

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        coherent, populated = self._shrinks(age)
        flip, phase = (1 - populated) / 4, (1 + populated - 2 * coherent) / 4
        weights = np.stack([(1 + populated + 2 * coherent) / 4, flip, flip, np.maximum(phase, 0.0)], axis=-1)
        return np.asarray(np.sqrt(weights)[..., None, None] * PAULIS)

    def decay_modes(self) -> Modes | None:
        matrices = np.array([np.diag([1.0, 0, 0, 0]), PHASE, np.diag([0.0, 0, 0, 1])])
        return Modes(beside(0.0, 1 / self.time, 1 / self.population_time), matrices)

    def _shrinks(self, age: ArrayLike) -> tuple[Matrix, Matrix]:
        age = np.asarray(age, dtype=float)
        return np.exp(-age / self.time), np.exp(-age / self.population_time)
