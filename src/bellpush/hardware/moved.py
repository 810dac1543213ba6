"""Moving a qubit: from the one that talks to light into one that keeps."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from bellpush.ground.spec import Duration, Real, problem
from bellpush.hardware.decay import T1T2, Dephasing, Depolarising, Perfect, Stretched, TwoChannel
from bellpush.hardware.decoupled import Decoupled
from bellpush.hardware.storage import PAULIS, ComplexMatrix, Matrix, Memory, Modes

__all__ = ["Cell", "Moved"]

Cell: TypeAlias = Perfect | Depolarising | Dephasing | T1T2 | Stretched | TwoChannel | Decoupled


class Moved(Memory):
    """A qubit that is moved into a second memory as soon as its pair is born: Sr to Ca, electron to carbon.

    Models: `duration` spent as `before` says, a move that depolarises, then `into`. The move is made in any case: a
    qubit wanted earlier than `duration` has all of it behind itself, and ages from there.
    Holds when: the move's errors have no preferred axis (average fidelity F: the Bloch vector shrinks by 2 F - 1).

    >>> Moved(into={"kind": "perfect"}, fidelity=0.977).transfer(0.0)[3, 3].round(3)
    np.float64(0.954)
    """

    summary = "moved into a second memory, with a fidelity and a time"
    kind: Literal["moved"] = "moved"
    into: Annotated[Cell, Field(discriminator="kind")]
    """how the qubit ages after the move"""
    before: Annotated[Cell, Field(discriminator="kind")] = Perfect()
    """how it ages while it is moved; nothing is lost if not given"""
    fidelity: Annotated[float, Real(low=0.5, high=1.0)]
    """of the qubit behind the move with that before it, averaged over all states"""
    duration: Duration = 0.0
    """how long the move takes; no time if not given"""

    @model_validator(mode="after")
    def _once(self) -> Moved:
        for name in ("into", "before"):
            if getattr(self, name).per_attempt is not None:
                raise problem(f"must have its `per_attempt` beside `{name}`, not in it. Try moving it out.")
        return self

    @property
    def shrink(self) -> float:
        """Factor by which the move shrinks the Bloch vector."""
        return 2 * self.fidelity - 1

    def decay(self, age: ArrayLike) -> Matrix:
        moving = np.diag([1.0, 0, 0, 0]) + np.asarray(self.shrink)[..., None, None] * np.diag([0.0, 1, 1, 1])
        return np.asarray(self.into.transfer(self._stored(age)) @ moving @ self.before.transfer(self.duration))

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        lost = 1 - self.shrink
        moving = np.sqrt([1 - 0.75 * lost, lost / 4, lost / 4, lost / 4])[:, None, None] * PAULIS
        first = (moving[:, None] @ self.before.kraus(self.duration)).reshape(-1, 2, 2)
        then = self.into.kraus(self._stored(age))
        both = then[..., :, None, :, :] @ first
        return np.asarray(both.reshape(*then.shape[:-3], then.shape[-3] * len(first), 2, 2))

    def decay_modes(self) -> Modes | None:
        modes = self.into.modes()
        if modes is None or np.any(np.asarray(self.duration) > 0):
            return None
        moving = np.diag([1.0, 0, 0, 0]) + np.asarray(self.shrink)[..., None, None] * np.diag([0.0, 1, 1, 1])
        return Modes(modes.rates, modes.matrices @ moving[..., None, :, :])

    @property
    def memoryless(self) -> bool:
        return False  # the move is made once, not each time that storage goes on

    def onwards(self, age: float) -> Memory | None:
        then = self.into.onwards(age - self.duration) if age >= self.duration else None
        if then is None:
            return None
        lasting = [1 / memory.lifetime for memory in (self, then) if memory.lifetime is not None]
        return then.changed(lifetime=1 / sum(lasting) if lasting else None, per_attempt=self.per_attempt)

    @property
    def stepped(self) -> bool:
        return self.into.stepped

    @property
    def decay_scale(self) -> float:
        return max(self.into.scale, float(np.max(self.duration)))

    def _stored(self, age: ArrayLike) -> Matrix:
        """Time since the move, s, shape (...)."""
        return np.maximum(np.asarray(age, dtype=float) - self.duration, 0.0)
