"""Memories: how one stored qubit ages.

Every kind says it twice, by independent roads: as Pauli transfer matrices, which engines use, and as Kraus operators
on density matrices, which check them. Kinds whose ageing is a sum of exponentials also give its terms (`modes`), so
that sums over waiting times close.

The basis is the physical one: |1> is the bright, excited state that decays to |0>.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from bellpush.ground.spec import PositiveDuration, Probability, Real, Record, problem
from bellpush.ground.units import readable
from bellpush.states import channel

__all__ = ["MEMORIES", "AnyMemory", "Memory", "Modes", "PerAttempt", "Perfect"]

Matrix: TypeAlias = NDArray[np.float64]
ComplexMatrix: TypeAlias = NDArray[np.complex128]

_KEEP = np.diag([1.0, 1, 1, 1])
_BIT = np.diag([1.0, 0, 0, 1])  # what dephasing leaves
_PHASE = np.diag([0.0, 1, 1, 0])  # what dephasing takes
_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


class Modes(NamedTuple):
    """Ageing as a sum of exponentials: the transfer matrix at age t is sum_m matrices[m] exp(-rates[m] t).

    A memory whose fields hold arrays of shape (...) gives both with these leading axes.
    """

    rates: Matrix  # shape (..., modes), 1/s
    matrices: Matrix  # shape (..., modes, 4, 4)


class PerAttempt(Record):
    """What each further attempt at the node does to a qubit that is already stored there."""

    dephasing: Probability
    """probability that the stored qubit's phase is flipped"""


class Memory(Record):
    """One stored qubit. Abstract: a kind fills in `transfer`, `kraus` and, where it can, `modes`."""

    summary: ClassVar[str]
    per_attempt: PerAttempt | None = None
    """damage by further attempts at this node; none if not given"""

    @abstractmethod
    def transfer(self, age: ArrayLike) -> Matrix:
        """Pauli transfer matrix after `age` seconds of storage, shape (..., 4, 4)."""

    @abstractmethod
    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        """Kraus operators of the same channel, shape (..., operators, 2, 2)."""

    @abstractmethod
    def modes(self) -> Modes | None:
        """The exponentials of `transfer`, or None where it is not a sum of exponentials."""

    @property
    def scale(self) -> float:
        """The longest time on which the qubit changes, s; 0 for one that does not."""
        modes = self.modes()
        rates = np.zeros(1) if modes is None else modes.rates
        return float(1 / rates[rates > 0].min()) if (rates > 0).any() else 0.0

    @property
    def memoryless(self) -> bool:
        """Whether the loss of any second is the same, however long the qubit was stored before."""
        return self.modes() is not None

    @property
    def attempt_shrink(self) -> float:
        """Factor by which one further attempt shrinks the stored qubit's x and y: 1 - 2 dephasing."""
        return 1.0 if self.per_attempt is None else 1.0 - 2.0 * self.per_attempt.dephasing


class Perfect(Memory):
    """Nothing is lost in storage."""

    summary = "nothing is lost"
    kind: Literal["perfect"] = "perfect"

    def transfer(self, age: ArrayLike) -> Matrix:
        return np.broadcast_to(_KEEP, (*np.shape(age), 4, 4)).copy()

    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        return np.broadcast_to(np.eye(2, dtype=complex), (*np.shape(age), 1, 2, 2)).copy()

    def modes(self) -> Modes | None:
        return Modes(np.zeros(1), _KEEP[None])


class Depolarising(Memory):
    """The Bloch vector shrinks by exp(-age/time)."""

    summary = "the Bloch vector shrinks by exp(-t/time)"
    kind: Literal["depolarising"] = "depolarising"
    time: PositiveDuration
    """time after which the Bloch vector has shrunk to 1/e"""

    def transfer(self, age: ArrayLike) -> Matrix:
        return channel.depolarising(np.exp(-np.asarray(age) / self.time))

    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        lost = -np.expm1(-np.asarray(age, dtype=float) / self.time)[..., None]
        weights = np.concatenate([1 - 0.75 * lost, np.repeat(lost / 4, 3, axis=-1)], axis=-1)
        return np.asarray(np.sqrt(weights)[..., None, None] * _PAULIS)

    def modes(self) -> Modes | None:
        return Modes(_beside(0.0, 1 / self.time), np.array([np.diag([1.0, 0, 0, 0]), np.diag([0.0, 1, 1, 1])]))


class Dephasing(Memory):
    """Coherence is lost exponentially: x and y shrink by exp(-age/time)."""

    summary = "x and y shrink by exp(-t/time)"
    kind: Literal["dephasing"] = "dephasing"
    time: PositiveDuration
    """time after which the coherence has shrunk to 1/e"""

    def transfer(self, age: ArrayLike) -> Matrix:
        return channel.dephasing(np.exp(-np.asarray(age) / self.time))

    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        return _phase_flip(np.exp(-np.asarray(age, dtype=float) / self.time))

    def modes(self) -> Modes | None:
        return Modes(_beside(0.0, 1 / self.time), np.array([_BIT, _PHASE]))


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

    def transfer(self, age: ArrayLike) -> Matrix:
        return channel.dephasing(self._shrink(age))

    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        return _phase_flip(self._shrink(age))

    def modes(self) -> Modes | None:
        if np.all(np.asarray(self.exponent) == 1):
            return Dephasing(time=self.time).modes()
        return None

    @property
    def scale(self) -> float:
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

    def transfer(self, age: ArrayLike) -> Matrix:
        relaxation, coherence = self.rates
        age = np.asarray(age, dtype=float)
        return channel.amplitude_damping(np.exp(-relaxation * age), np.exp(-coherence * age), self.excited)

    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        relaxation, coherence = self.rates
        age = np.asarray(age, dtype=float)
        stay, lost = np.exp(-relaxation * age / 2), np.sqrt(-np.expm1(-relaxation * age))
        down, up = np.sqrt(1 - self.excited), np.sqrt(self.excited)
        damping = np.zeros((*age.shape, 4, 2, 2), dtype=complex)
        damping[..., 0, 0, 0], damping[..., 0, 1, 1] = down, down * stay
        damping[..., 1, 0, 1] = down * lost
        damping[..., 2, 0, 0], damping[..., 2, 1, 1] = up * stay, up
        damping[..., 3, 1, 0] = up * lost
        flips = _phase_flip(np.exp(-(coherence - relaxation / 2) * age))
        both = flips[..., :, None, :, :] @ damping[..., None, :, :, :]
        return np.asarray(both.reshape(*age.shape, 8, 2, 2))

    def modes(self) -> Modes | None:
        relaxation, coherence = self.rates
        towards = 1 - 2 * np.asarray(self.excited)
        matrices = np.zeros((*towards.shape, 3, 4, 4))
        matrices[..., 0, 0, 0] = matrices[..., 1, 3, 3] = 1
        matrices[..., 0, 3, 0], matrices[..., 1, 3, 0] = towards, -towards
        matrices[..., 2, :, :] = _PHASE
        return Modes(_beside(0.0, relaxation, coherence), matrices)


def _beside(*rates: ArrayLike) -> Matrix:
    """Rates of shapes (...) side by side: shape (..., modes)."""
    return np.stack(np.broadcast_arrays(*rates), axis=-1).astype(float)


def _phase_flip(shrink: Matrix) -> ComplexMatrix:
    """Kraus operators of a phase flip that shrinks x and y by `shrink` (...): shape (..., 2, 2, 2)."""
    weights = np.stack([(1 + shrink) / 2, (1 - shrink) / 2], axis=-1)
    return np.asarray(np.sqrt(weights)[..., None, None] * _PAULIS[[0, 3]])


AnyMemory: TypeAlias = Annotated[Perfect | Depolarising | Dephasing | T1T2 | Stretched, Field(discriminator="kind")]
MEMORIES: tuple[type[Memory], ...] = get_args(get_args(AnyMemory)[0])


def describe(memory: Any) -> str:
    """A memory in a few words.

    >>> describe(Depolarising(time=0.4))
    'depolarising, time 400 ms'
    """
    parts = [memory.kind]
    for name in type(memory).model_fields:
        value = getattr(memory, name)
        if name in ("kind", "per_attempt") or value is None or name not in memory.model_fields_set:
            continue
        parts.append(f"{name} {readable(value, 's' if name in ('time', 't1', 't2') else '')}")
    if memory.per_attempt is not None:
        parts.append(f"{memory.per_attempt.dephasing:.4g} dephasing an attempt")
    return ", ".join(parts)
