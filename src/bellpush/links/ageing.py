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

    rates: NDArray[np.float64]  # shape (modes,), 1/s, ascending
    pairs: NDArray[np.float64]  # shape (modes, 4, 4)


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

    def modes(self, pair: Pair) -> PairModes | None:
        """The exponentials in which `pair` ages, equal rates joined; None if a memory is not exponential."""
        first, second = self.first.modes(), self.second.modes()
        if first is None or second is None:
            return None
        rates = np.add.outer(first.rates, second.rates).ravel()
        left = np.repeat(first.matrices, len(second.rates), axis=0)
        right = np.tile(second.matrices, (len(first.rates), 1, 1))
        pairs = apply(pair, left, right)
        distinct, where = np.unique(rates, return_inverse=True)
        joined = np.zeros((len(distinct), 4, 4))
        np.add.at(joined, where, pairs)
        return PairModes(distinct, joined)
