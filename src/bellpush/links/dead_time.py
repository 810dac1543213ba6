"""Detectors that see nothing for a while after each click: how many attempts find one blind.

The station knows when its detectors have clicked, so an attempt that would find one blind is dropped: the nodes hold
their pulses back, and only its time passes. Two things make a detector blind. A dark count just before the window
opens; its rate is the same at all times. And a click in an earlier attempt that was no herald, where attempts are
shorter than the dead time. Derived in docs/background/interference.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain

__all__ = ["blind", "live_share", "live_share_played", "outlasted", "still_live"]


def blind(rate: ArrayLike, dead_time: ArrayLike) -> Any:
    """Probability that a detector which counts in the dark at a rate, 1/s, is blind at a moment, shape (...).

    It counts, is blind for the dead time, s, and then waits 1/rate for its next count on average.

    >>> round(blind(1e6, 1e-6), 4), blind(20.0, 0.0)
    (0.5, 0.0)
    """
    missed = np.asarray(rate, dtype=float) * dead_time
    return plain(missed / (1 + missed))


def still_live(blind: ArrayLike, share: ArrayLike) -> Any:
    """Probability that a detector which is live at one moment is live a share of its dead time later, shape (...).

    Args:
        blind: probability that it is blind at any moment.
        share: of the dead time, between the two moments; 1 if longer. No dark count may come in it.

    Exact for shares up to 1; beyond, off by at most half of the square of the rate times the dead time.
    """
    missed = np.asarray(blind, dtype=float)
    with np.errstate(divide="ignore"):
        return plain(np.exp(-np.where(missed < 1, missed / (1 - missed), np.inf) * np.minimum(share, 1.0)))


def outlasted(dead_time: ArrayLike, attempt: ArrayLike) -> Any:
    """Number of attempts after one with a click that begin within the dead time, shape (...).

    >>> outlasted(1e-6, 5e-6), outlasted(12e-6, 5e-6), outlasted(0.0, 0.0)
    (0.0, 2.0, 0.0)
    """
    dead = np.asarray(dead_time, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):  # a budget shrinks what lies between attempts to nothing
        further = np.ceil(dead / np.asarray(attempt) - 1e-9) - 1
    return plain(np.where(dead > 0, np.maximum(further, 0.0), 0.0))


def live_share(missed: ArrayLike, further: ArrayLike) -> Any:
    """Share of attempts that find no detector blind because of an earlier one, up to the first herald, shape (...).

    Args:
        missed: probability that a live attempt has clicks that are no herald, shape (...).
        further: attempts that are dropped after each of these, shape (...).

    The mean wait for a herald is exact with it, as nodes are silent in dropped attempts: each live one is followed by
    missed x further dropped ones. Light that came all the same would blind one detector while the other is blind
    still, and fewer would be left, by about (missed x further)^2 of all.
    """
    return plain(1 / (1 + np.asarray(missed, dtype=float) * np.asarray(further, dtype=float)))


def live_share_played(missed: float, further: int) -> float:
    """The same from attempts one after another: a chain of live and blind ones, followed until it repeats itself.

    State 0 is live; state j is blind for j attempts more. The stationary chain is found by solving its balance.
    """
    if not further:
        return 1.0
    # Each blind state hands its weight on: followed from the one that a click leads to down to the live one.
    weights = np.zeros(further + 1)
    weights[0] = 1.0
    weights[further] = missed * weights[0]
    for state in range(further - 1, 0, -1):
        weights[state] = weights[state + 1]
    return float(weights[0] / weights.sum())
