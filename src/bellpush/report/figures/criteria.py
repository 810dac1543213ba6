"""Two questions that a link's efficiency and fresh fidelity answer, and that must not be mixed.

By the clock: is what the best clock hands over, misses included, better than 1/2? At the next success: is the pair that
is stored, when the next one is made, better than 1/2 on average, as a repeater asks? Both for rare successes and one
exponential towards the mixed state.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from bellpush.report.curve import best_weight

__all__ = ["BY_THE_CLOCK", "NEXT_SUCCESS", "Criterion"]

FLOOR = 0.25  # fidelity of the mixed state, where storage ends and what is handed over at a miss


class Criterion(NamedTuple):
    """A question: the fidelity asked for is 1/4 + (fresh - 1/4) x weight."""

    name: str
    question: str
    weight: Callable[[float], float]

    def fidelity(self, efficiency: float, fresh: float) -> float:
        """What the question asks for, of a link.

        >>> round(BY_THE_CLOCK.fidelity(2.0, 1.0), 6), round(NEXT_SUCCESS.fidelity(0.8333333, 0.8), 6)
        (0.625, 0.5)
        """
        return FLOOR + (fresh - FLOOR) * self.weight(efficiency)

    def needed(self, efficiency: float, level: float = 0.5) -> float:
        """The fresh fidelity with which the answer is `level`."""
        return FLOOR + (level - FLOOR) / self.weight(efficiency)

    def threshold(self, fresh: float, level: float = 0.5) -> float:
        """The efficiency from which on the answer is more than `level`, by bisection.

        >>> round(BY_THE_CLOCK.threshold(0.8), 6), round(NEXT_SUCCESS.threshold(0.8), 6)
        (1.580768, 0.833333)
        """
        low, high = -30.0, 30.0  # of its logarithm
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if self.fidelity(math.exp(middle), fresh) < level else (low, middle)
        return math.exp(high)


BY_THE_CLOCK = Criterion("by the clock", "what the best clock hands over, misses included", best_weight)
"""1/4 + (F0 - 1/4) eta^(1/(1 - eta)), Humphreys et al., Nature 558, 268 (2018), equation 2, with any fresh fidelity"""
NEXT_SUCCESS = Criterion(
    "at the next success", "the stored pair when the next one is made, on average", lambda eta: eta / (1 + eta)
)
"""1/4 + (F0 - 1/4) eta/(1 + eta): the mean of exp(-d t) over an exponential wait of rate r is r/(r + d)"""
