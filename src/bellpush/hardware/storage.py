"""What every memory says: how one stored qubit ages.

Every kind says it twice, by independent roads: as Pauli transfer matrices, which engines use, and as Kraus operators
on density matrices, which check them. Kinds whose ageing is a sum of exponentials also give its terms (`modes`), so
that sums over waiting times close.

The basis is the physical one: |1> is the bright, excited state that decays to |0>.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.spec import PositiveDuration, Probability, Record

__all__ = [
    "BIT",
    "KEEP",
    "PAULIS",
    "PHASE",
    "ComplexMatrix",
    "Matrix",
    "Memory",
    "Modes",
    "PerAttempt",
    "beside",
    "phase_flip",
]

Matrix: TypeAlias = NDArray[np.float64]
ComplexMatrix: TypeAlias = NDArray[np.complex128]

KEEP = np.diag([1.0, 1, 1, 1])
BIT = np.diag([1.0, 0, 0, 1])  # what dephasing leaves
PHASE = np.diag([0.0, 1, 1, 0])  # what dephasing takes
PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


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
    """One stored qubit. Abstract: a kind fills in `decay`, `decay_kraus` and, where it can, `decay_modes`.

    Those say what becomes of a qubit that is still there; `lifetime`, which any kind may have, is joined to them here.
    """

    summary: ClassVar[str]
    lifetime: PositiveDuration | None = None
    """time after which the qubit has left its two levels with probability 1 - 1/e, unnoticed; infinite if not given"""
    per_attempt: PerAttempt | None = None
    """damage by further attempts at this node; none if not given"""

    @abstractmethod
    def decay(self, age: ArrayLike) -> Matrix:
        """Pauli transfer matrix after `age` seconds of a qubit that has not left, shape (..., 4, 4)."""

    @abstractmethod
    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        """Kraus operators of the same channel, shape (..., operators, 2, 2)."""

    @abstractmethod
    def decay_modes(self) -> Modes | None:
        """The exponentials of `decay`, or None where it is not a sum of exponentials."""

    @final
    def transfer(self, age: ArrayLike) -> Matrix:
        """Pauli transfer matrix after `age` seconds of storage, shape (..., 4, 4); trace falls with what has left."""
        if self.lifetime is None:
            return self.decay(age)
        return np.asarray(np.exp(-np.asarray(age, dtype=float) / self.lifetime)[..., None, None] * self.decay(age))

    @final
    def kraus(self, age: ArrayLike) -> ComplexMatrix:
        """Kraus operators of the same channel, shape (..., operators, 2, 2)."""
        if self.lifetime is None:
            return self.decay_kraus(age)
        half = np.exp(-np.asarray(age, dtype=float) / (2 * np.asarray(self.lifetime)))
        return np.asarray(half[..., None, None, None] * self.decay_kraus(age))

    @final
    def modes(self) -> Modes | None:
        """The exponentials of `transfer`, or None where it is not a sum of exponentials."""
        modes = self.decay_modes()
        if self.lifetime is None or modes is None:
            return modes
        return Modes(modes.rates + np.asarray(1 / np.asarray(self.lifetime))[..., None], modes.matrices)

    @property
    def decay_scale(self) -> float:
        """The longest time on which `decay` changes, s; 0 where it does not."""
        modes = self.decay_modes()
        rates = np.zeros(1) if modes is None else modes.rates
        return float(1 / rates[rates > 0].min()) if (rates > 0).any() else 0.0

    @final
    @property
    def scale(self) -> float:
        """The longest time on which the qubit changes, s; 0 for one that does not."""
        return max(self.decay_scale, 0.0 if self.lifetime is None else float(np.max(self.lifetime)))

    @property
    def memoryless(self) -> bool:
        """Whether the loss of any second is the same, however long the qubit was stored before."""
        return self.modes() is not None

    def onwards(self, age: float) -> Memory | None:
        """A memory without a past that loses what this one does from `age` seconds on; None if there is none."""
        return self if self.memoryless else None

    @property
    def on_demand(self) -> bool:
        """Whether the qubit is given when it is asked for."""
        return True

    @property
    def stepped(self) -> bool:
        """Whether the loss jumps at certain ages instead of growing smoothly."""
        return False

    @property
    def attempt_shrink(self) -> float:
        """Factor by which one further attempt shrinks the stored qubit's x and y: 1 - 2 dephasing."""
        return 1.0 if self.per_attempt is None else 1.0 - 2.0 * self.per_attempt.dephasing


def beside(*rates: ArrayLike) -> Matrix:
    """Rates of shapes (...) side by side: shape (..., modes)."""
    return np.stack(np.broadcast_arrays(*rates), axis=-1).astype(float)


def phase_flip(shrink: Matrix) -> ComplexMatrix:
    """Kraus operators of a phase flip that shrinks x and y by `shrink` (...): shape (..., 2, 2, 2)."""
    weights = np.stack([(1 + shrink) / 2, (1 - shrink) / 2], axis=-1)
    return np.asarray(np.sqrt(weights)[..., None, None] * PAULIS[[0, 3]])
