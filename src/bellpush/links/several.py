"""Several pairs of one round: how many modes are heralded, which pair came when, and what is kept.

Modes are independent and alike, each heralded with probability p. Pair number j is that of the j-th heralded mode; it
comes in mode m, counted from 0, with the weight C(m, j - 1) p^j (1 - p)^(m - j + 1). Derived in
docs/background/multiplexing.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states.measures import overlap
from bellpush.states.pair import BellState

__all__ = ["Several", "any_mode", "pairs_kept", "places"]

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Several:
    """The pairs that a round leaves at nodes with room for more than one."""

    probabilities: Real  # of 0, 1, ..., room pairs, shape (room + 1,)
    pairs: Real  # pair number 1, 2, ... given that there is one, when the herald is known, shape (room, 4, 4)
    target: BellState

    @property
    def room(self) -> int:
        """Pairs that are kept at most."""
        return len(self.pairs)

    @property
    def reached(self) -> Real:
        """Probability that a round leaves pair number 1, 2, ..., shape (room,)."""
        return np.asarray(np.cumsum(self.probabilities[:0:-1])[::-1])

    @property
    def mean(self) -> float:
        """Pairs a round."""
        return float(self.reached.sum())

    @property
    def fidelity(self) -> float | None:
        """Mean over all pairs that are kept; None if there are none."""
        found = np.array([overlap(pair, self.target) for pair in self.pairs])
        there = self.reached > 0
        return float((self.reached[there] * found[there]).sum() / self.mean) if self.mean > 0 else None


def any_mode(success: ArrayLike, modes: ArrayLike) -> Real:
    """Probability 1 - (1 - p)^N that one mode or more is heralded, to all digits however small, shape (...).

    Source: Simon et al., Phys. Rev. Lett. 98, 190503 (2007), recalled; elementary.

    >>> any_mode(1e-3, 62).round(7)
    np.float64(0.0601463)
    """
    p = np.minimum(np.asarray(success, dtype=float), 1.0)
    with np.errstate(divide="ignore"):  # a certain success is certain for any number of modes
        return np.asarray(-np.expm1(np.asarray(modes) * np.log1p(-p)))


def places(success: float, modes: int, room: int) -> Iterator[Real]:
    """Probability that pair number 1, 2, ..., room comes, and that it does in each mode, each of shape (modes,).

    Logarithms, since (1 - p)^m alone would be too small for a number long before the weight is.
    """
    mode = np.arange(modes, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        yes, no = np.log(success), np.log1p(-min(success, 1.0))
        weight = yes + np.where(mode > 0, mode * no, 0.0)
        for number in range(1, min(room, modes) + 1):
            if number > 1:  # of a binomial coefficient to the next; the j-th pair cannot come before mode j - 1
                weight = weight + np.log(np.maximum(mode - number + 2, 0.0)) - np.log(number - 1.0) + yes - no
            if success >= 1:
                yield np.where(mode == number - 1, 1.0, 0.0)
            else:
                yield np.exp(np.where(np.isnan(weight), -np.inf, weight))


def pairs_kept(success: float, modes: int, room: int) -> float:
    """Mean number of pairs a round leaves where there is room for so many: the mean of min(heralds, room).

    Args:
        success: probability of each mode.
        modes: their number.
        room: pairs that both nodes have memories for.

    >>> round(pairs_kept(1e-3, 62, 1), 7), round(pairs_kept(1e-3, 62, 62), 7)
    (0.0601463, 0.062)
    """
    if success >= 1:
        return float(min(modes, room))
    if success <= 0:
        return 0.0
    # min(K, room) = sum over k from 1 to room of [K >= k]; terms of the binomial law, one from the other.
    # In logarithms, since the first terms are too small for a number where modes are many.
    odds, chance, below, mean = log(success / (1 - success)), modes * log1p(-success), 0.0, 0.0
    for k in range(min(room, modes)):
        below += exp(chance)
        mean += max(1.0 - below, 0.0)
        chance += odds + log((modes - k) / (k + 1))
    return mean
