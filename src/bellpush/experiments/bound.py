"""The bound of a link efficiency on what a clock can deliver."""

from __future__ import annotations

import math

__all__ = ["best_delivered", "threshold"]


def best_delivered(efficiency: float) -> float:
    """Delivered fidelity at the best period: perfect fresh pairs, exponential decay to the mixed state, small p.

    >>> round(best_delivered(7.8), 5)
    0.80446
    """
    shrink = math.exp(-1) if efficiency == 1 else efficiency ** (1 / (1 - efficiency))
    return 0.25 + 0.75 * shrink


def threshold() -> float:
    """The link efficiency at which `best_delivered` is one half, where ln(eta) / (eta - 1) = ln 3.

    >>> round(threshold(), 10)
    0.8260175601
    """
    low, high = 0.5, 0.99
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if best_delivered(middle) < 0.5 else (low, middle)
    return high
