"""Dynamical decoupling: pulses that turn a qubit again and again, so that slow noise undoes itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Count, PositiveDuration, Probability, Real, problem
from bellpush.hardware.storage import PAULIS, PHASE, ComplexMatrix, Matrix, Memory, Modes, beside

__all__ = ["Decoupled", "coherence"]


def coherence(time: ArrayLike, pulses: ArrayLike, echo: ArrayLike, scaling: ArrayLike = 2 / 3) -> Any:
    """What is left of the coherence after a time with so many equally spaced, perfect pulses, shape (...).

    exp(-(t / (T n^k))^(1/(1 - k))): T, measured with one pulse, grows as n^k, and equal intervals cost equally much,
    which fixes the exponent.

    Args:
        time: of storage, s, shape (...).
        pulses: their number n, at least 1, shape (...).
        echo: time T at which one pulse leaves 1/e, s, shape (...).
        scaling: k; 0 for noise without memory, which no pulse undoes, 2/3 for a slow random walk of the frequency.

    Source: derived in docs/background/memories.md; k = 2/3 was seen with a nitrogen-vacancy centre by de Lange et al.,
    Science 330, 60 (2010), recalled.

    >>> [round(coherence(4.0, n, 1.0), 3) for n in (1, 8, 64)]
    [0.0, 0.368, 0.984]
    """
    k = np.asarray(scaling, dtype=float)
    return plain(np.exp(-((np.asarray(time) / (np.asarray(echo) * np.asarray(pulses) ** k)) ** (1 / (1 - k)))))


class Decoupled(Memory):
    """A qubit kept by dynamical decoupling: equally spaced pi pulses, each with its error.

    Models: coherence lost at a constant rate: that of `time`, or, from the time `echo` of a single echo, as far as
    pulses `spacing` apart undo slow noise (time = echo^p / spacing^(p - 1), p = 1 / (1 - scaling)); bit flips, on
    average `pulse_error` a pulse, X and Y alike, so that z falls by 2 and x and y by 1 `pulse_error` a pulse, in
    straight lines while that is little; a hand-over only after whole blocks: the age is rounded up to the end of one.
    Holds when: axes of pulses alternate, so that errors of their angle do not add up in one direction.
    Formula: docs/background/memories.md.

    >>> round(Decoupled(echo=1e-3, spacing=1e-4).coherence_time, 12)
    0.1
    """

    summary = "pulses undo slow noise; each has its error, and a hand-over waits for whole blocks"
    kind: Literal["decoupled"] = "decoupled"
    spacing: PositiveDuration
    """from one pulse to the next"""
    time: PositiveDuration | None = None
    """coherence time with pulses so far apart, without their errors; from `echo` if not given"""
    echo: PositiveDuration | None = None
    """coherence time of a single echo; needed where `time` is not given"""
    scaling: Annotated[float, Real(low=0.0, high=0.9)] = 2 / 3
    """the time of an echo grows as this power of the number of pulses; 2/3, a slow bath, if not given"""
    pulse_error: Probability = 0.0
    """mean number of bit flips that a pulse leaves, about either axis alike; none if not given"""
    block: Count | None = None
    """pulses in a block, after which alone the qubit can be handed over; at any time if not given"""

    @model_validator(mode="after")
    def _one_time(self) -> Decoupled:
        if (self.time is None) == (self.echo is None):
            found = "has neither" if self.time is None else "has both"
            raise problem(f"must have `time` or `echo`, but {found}. Try time: 1.46 s.")
        if self.time is not None and "scaling" in self.model_fields_set:
            raise problem("takes a `scaling` only beside `echo`, since `time` says what it would. Try leaving it out.")
        return self

    @property
    def coherence_time(self) -> Any:
        """Time after which perfect pulses would leave 1/e of the coherence, s."""
        if self.time is not None:
            return self.time
        assert self.echo is not None
        power = 1 / (1 - np.asarray(self.scaling, dtype=float))
        return plain(np.asarray(self.spacing) * (np.asarray(self.echo) / self.spacing) ** power)

    @property
    def rates(self) -> tuple[Any, Any]:
        """Rates at which x and y, and z, shrink, 1/s."""
        flips = np.asarray(self.pulse_error, dtype=float) / self.spacing
        return 1 / np.asarray(self.coherence_time) + flips, 2 * flips

    def available(self, age: ArrayLike) -> Matrix:
        """The age at which a qubit wanted at `age` can be handed over, s, shape (...)."""
        age = np.asarray(age, dtype=float)
        if self.block is None:
            return age
        whole = self.block * np.asarray(self.spacing)
        return np.asarray(np.ceil(age / whole * (1 - 1e-12)) * whole)

    def decay(self, age: ArrayLike) -> Matrix:
        coherent, populated = self._shrinks(age)
        found = np.zeros((*coherent.shape, 4, 4))
        found[..., 0, 0], found[..., 3, 3] = 1, populated
        found[..., 1, 1] = found[..., 2, 2] = coherent
        return found

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        coherent, populated = self._shrinks(age)
        flip, phase = (1 - populated) / 4, np.maximum((1 + populated - 2 * coherent) / 4, 0.0)
        weights = np.stack([(1 + populated + 2 * coherent) / 4, flip, flip, phase], axis=-1)
        return np.asarray(np.sqrt(weights)[..., None, None] * PAULIS)

    def decay_modes(self) -> Modes | None:
        if self.block is not None:
            return None
        coherent, populated = self.rates
        matrices = np.array([np.diag([1.0, 0, 0, 0]), PHASE, np.diag([0.0, 0, 0, 1])])
        return Modes(beside(0.0, coherent, populated), matrices)

    @property
    def stepped(self) -> bool:
        return self.block is not None

    @property
    def decay_scale(self) -> float:
        return float(max(1 / rate if rate > 0 else 0.0 for rate in self.rates))

    def _shrinks(self, age: ArrayLike) -> tuple[Matrix, Matrix]:
        coherent, populated = self.rates
        age = self.available(age)
        return np.exp(-coherent * age), np.exp(-populated * age)
