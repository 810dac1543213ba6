"""How a stored pair ages in its two memories, by time and by further attempts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.hardware.memory import Memory
from bellpush.states.channel import apply
from bellpush.states.pair import Pair

__all__ = ["Ageing", "PairModes"]


class PairModes(NamedTuple):
    """A stored pair as a sum of exponentials: at age t it is sum_m pairs[m] exp(-rates[m] t)."""

    rates: NDArray[np.float64]  # shape (..., modes), 1/s
    pairs: NDArray[np.float64]  # shape (..., modes, 4, 4)

    def at(self, age: ArrayLike) -> Pair:
        """The pair at `age`, shape (..., 4, 4)."""
        weights = np.exp(-self.rates * np.asarray(age)[..., None])
        return np.asarray((weights[..., None, None] * self.pairs).sum(axis=-3))


@dataclass(frozen=True)
class Ageing:
    """The two memories that hold a pair."""

    first: Memory
    second: Memory

    def at(self, pair: Pair, age: ArrayLike, attempts: ArrayLike = 0) -> Pair:
        """Correlations of `pair` after `age` seconds and `attempts` further attempts, shape (..., 4, 4)."""
        aged = apply(pair, self.first.transfer(age), self.second.transfer(age))
        return np.asarray(aged * self.attempt_factors ** np.asarray(attempts)[..., None, None])

    @property
    def attempt_factors(self) -> NDArray[np.float64]:
        """Factors by which one further attempt multiplies the correlations, shape (4, 4)."""
        first, second = self.first.attempt_shrink, self.second.attempt_shrink
        return np.outer([1, first, first, 1], [1, second, second, 1])

    @property
    def stepped(self) -> bool:
        """Whether the loss jumps at certain ages instead of growing smoothly."""
        return self.first.stepped or self.second.stepped

    def modes(self, pair: Pair) -> PairModes | None:
        """The exponentials in which `pair`, shape (..., 4, 4), ages; None if a memory is not exponential."""
        first, second = self.first.modes(), self.second.modes()
        if first is None or second is None:
            return None
        rates = first.rates[..., :, None] + second.rates[..., None, :]
        left, right = first.matrices[..., :, None, :, :], second.matrices[..., None, :, :, :]
        pairs = apply(np.asarray(pair)[..., None, None, :, :], left, right)
        modes = rates.shape[-2] * rates.shape[-1]
        return PairModes(rates.reshape(*rates.shape[:-2], modes), pairs.reshape(*pairs.shape[:-4], modes, 4, 4))
