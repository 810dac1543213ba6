"""Time and age together: how long all qubits of a pair have waited in sum, beside when the pair is ready.

Where every waiting slot costs the same, the fidelity of a pair is a function of the sum of its waits, its age. The law
of time and age is carried as its Fourier transform in the age: rows that turn by an angle with every slot of waiting,
in place of correlations that shrink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains import asap
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.rows import Combine, Fading, Rows

__all__ = ["Ages", "asap_ages", "within_age"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Ages:
    """Ages 0 to `bins` - 1; what is older wraps around, so that `bins` must be more than the oldest that matters.

    `basis`, `born`, `fading` and `swapping` stand where those of `rows` do for correlations.
    """

    bins: int

    @property
    def basis(self) -> Rows:
        """The rows of a law of ages: one for each frequency, the first the probability."""
        return Rows(((0, 0),) * (self.bins // 2 + 1))

    @property
    def born(self) -> Array:
        """What stands for the pair of a link, new and of age 0, in `segment`: shape (4, 4)."""
        return np.ones((4, 4))

    def fading(self, qubits: int = 1) -> Fading:
        """A slot of waiting of a pair of which so many qubits age."""
        return Fading(np.exp(-2j * np.pi * qubits * np.arange(self.bins // 2 + 1) / self.bins))

    def swapping(self, success: ArrayLike = 1.0) -> Combine:
        """A swap with this chance of success: ages add."""
        chance = np.asarray(success)[..., None, None]
        return lambda left, right: chance * (left * right)

    def spread(self, rows: Array) -> Array:
        """Rows (..., C, t) as probabilities of every age and slot, shape (..., bins, t)."""
        return np.fft.irfft(rows, self.bins, axis=-2)


def within_age(law: ChainLaw, ages: Ages, slots: int, oldest: ArrayLike) -> Array:
    """Probability that the pair is ready by slot `slots` and its age then at most `oldest` (...), shape (...).

    With a fidelity that falls with the age it is P(T <= D and F >= F*).
    """
    by = ages.spread(law.at(slots + 1).sum(axis=-1)[..., None])[..., 0]
    upto = np.cumsum(by, axis=-1)
    limit = np.minimum(np.floor(np.asarray(oldest)), ages.bins - 1).astype(int)
    return np.asarray(np.where(limit >= 0, np.take(upto, np.maximum(limit, 0), axis=-1), 0.0))


def asap_ages(
    success: ArrayLike, deadlines: ArrayLike, bins: int, costs: ArrayLike = 1, ends: tuple[int, int] = (0, 0)
) -> Array:
    """P(all links ready by D and age a) of a chain swapped as soon as possible without failure; (bins, deadlines).

    Args:
        success: per attempt, shape (n,).
        deadlines: D in slots, shape (deadlines,).
        bins: number of ages.
        costs: how much a slot of waiting at each inner node adds to the age: whole numbers, shape (n - 1,) or one.
        ends: the same for the end nodes, whose qubits wait until D itself.
    """
    p = np.asarray(success, dtype=float)
    turn = np.exp(-2j * np.pi * np.arange(bins // 2 + 1) / bins)
    each = np.broadcast_to(np.asarray(costs, dtype=int), len(p) - 1)
    spectrum, _ = asap.by_deadline(p, turn[:, None] ** each, deadlines, turn ** ends[0], turn ** ends[1])
    return np.fft.irfft(spectrum, bins, axis=0)
