"""The decoherence rate of a stored pair's fidelity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.estimate import Estimate, absent
from bellpush.links.ageing import Ageing, PairModes
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState, Pair

__all__ = ["decoherence_rate"]

EXPONENTIAL = "the stored fidelity decays as one exponential"
CROSSING = "one over the time at which the stored fidelity has lost 1 - 1/e of its way to its floor"
RISES = "the stored fidelity of this pair rises towards its floor"
NOTHING_LOST = "storage takes nothing from the fidelity of this pair"


LEFT = 1e-12  # fidelity above the floor that rounding does not tell from none


def decoherence_rate(born: Pair, ageing: Ageing, target: BellState, herald_delay: float = 0.0) -> Estimate:
    """Rate at which the fidelity of a stored pair is lost, Hz.

    Args:
        born: correlations at birth, shape (4, 4); what leaked is missing in their weight and in every fidelity.
        ageing: the memories that hold it.
        target: the Bell state the fidelity is taken to.
        herald_delay: age at which storage begins to count, s.

    Returns:
        Exact where the fidelity decays as one exponential; else one over the time at which it has lost 1 - 1/e of its
        way to its floor, with `definition` and `floor`. Absent where nothing is lost.
    """

    def stored(time: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(overlap(ageing.at(born, herald_delay + np.asarray(time)), target))

    modes = ageing.modes(born)
    if modes is not None:
        rates, weights = _weights(modes, target, herald_delay)  # equal rates joined
        moving = (rates > 0) & (np.abs(weights) > 1e-14)
        if not moving.any():
            return absent(NOTHING_LOST, "Hz")
        floor = float(weights[rates == 0].sum())
        if moving.sum() == 1 and float(weights[moving][0]) < 0:
            return absent(RISES, "Hz")
        if moving.sum() == 1:
            return Estimate.exact(float(rates[moving][0]), "Hz", definition=EXPONENTIAL, floor=floor)
        slowest = 1 / float(rates[moving].min())
    else:
        slowest = max(ageing.first.scale, ageing.second.scale)
        floor = float(stored(slowest * 1e60))
    start = float(stored(0.0))
    if start < floor - LEFT:
        return absent(RISES, "Hz")
    if start - floor < LEFT:
        return absent("the stored fidelity starts at its floor", "Hz")
    time = _crossing(lambda t: (stored(t) - floor) / (start - floor), slowest)
    return Estimate.exact(1 / time, "Hz", truncation=1e-11 / time, definition=CROSSING, floor=floor)


def _weights(modes: PairModes, target: BellState, age: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each exponential contributes to the fidelity at `age`, shape (modes,)."""
    rates, where = np.unique(modes.rates, return_inverse=True)
    weights = np.asarray(overlap(modes.pairs, target)) * np.exp(-modes.rates * age)
    return rates, np.bincount(where, weights).astype(np.float64)


def _crossing(share: Callable[[ArrayLike], NDArray[np.float64]], scale: float) -> float:
    """First time at which `share` has fallen to 1/e, by bracketing on a fine grid and bisection."""
    level = float(np.exp(-1))
    grid = np.concatenate([[0.0], scale * np.logspace(-15, 15, 1201)])
    first = int(np.argmax(share(grid) <= level))
    low, high = float(grid[first - 1]), float(grid[first])
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if share(middle) > level else (low, middle)
    return high
