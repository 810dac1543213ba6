"""Stores that give back what they took after a fixed time, such as an atomic frequency comb."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain
from bellpush.ground.spec import PositiveDuration, Probability
from bellpush.hardware.storage import KEEP, ComplexMatrix, Matrix, Memory, Modes

__all__ = ["FixedDelay", "comb_efficiency"]


def comb_efficiency(depth: ArrayLike, finesse: ArrayLike, background: ArrayLike = 0.0, backward: bool = False) -> Any:
    """Share of a photon that an atomic frequency comb gives back, shape (...).

    Forward (d/F)^2 exp(-d/F) exp(-7/F^2) exp(-d0), at most 54 %; backward (1 - exp(-d/F))^2 exp(-7/F^2) exp(-d0).

    Args:
        depth: optical depth d of the teeth, shape (...).
        finesse: distance over width of the teeth F, shape (...).
        background: optical depth d0 between the teeth, shape (...).
        backward: whether it leaves against the direction in which it came.

    Source: Afzelius et al., Phys. Rev. A 79, 052329 (2009), recalled, for teeth of Gaussian shape.

    >>> comb_efficiency(20.0, 10.0).__round__(4)
    0.5047
    """
    mean = np.asarray(depth, dtype=float) / finesse
    taken = -np.expm1(-mean) if backward else mean * np.exp(-mean / 2)
    return plain(taken**2 * np.exp(-7 / np.asarray(finesse, dtype=float) ** 2 - np.asarray(background)))


class FixedDelay(Memory):
    """A store that gives its qubit back once, a fixed time after it took it, whoever asks and whether or not.

    Models: the share `efficiency` comes back at `delay`, unnoticed if it does not; what is wanted later is lost. It is
    not on demand: nothing can wait in it for a clock. A comb with a spin wave is; take another kind for that.

    >>> FixedDelay(delay=25e-6, efficiency=0.5).transfer([1e-6, 30e-6])[:, 0, 0].tolist()
    [0.5, 0.0]
    """

    summary = "gives its qubit back after a fixed time; not on demand"
    kind: Literal["fixed-delay"] = "fixed-delay"
    delay: PositiveDuration
    """from taking the qubit to giving it back"""
    efficiency: Probability = 1.0
    """probability that it comes back; certain if not given"""

    @property
    def on_demand(self) -> bool:
        return False

    def decay(self, age: ArrayLike) -> Matrix:
        return np.asarray(self._left(age)[..., None, None] * KEEP)

    def decay_kraus(self, age: ArrayLike) -> ComplexMatrix:
        return np.asarray(np.sqrt(self._left(age))[..., None, None, None] * np.eye(2, dtype=complex))

    def decay_modes(self) -> Modes | None:
        return None

    @property
    def stepped(self) -> bool:
        return True

    @property
    def decay_scale(self) -> float:
        return self.delay

    def _left(self, age: ArrayLike) -> Matrix:
        """Share that is handed over of a qubit wanted at `age`, shape (...)."""
        return np.where(np.asarray(age, dtype=float) <= self.delay, self.efficiency, 0.0)
