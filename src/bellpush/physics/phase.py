"""The optical phase between two paths as a process: noise that stays, and a random walk since the last lock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain

__all__ = ["phase_kept", "phase_kept_at"]


def phase_kept_at(since: ArrayLike, noise: ArrayLike = 0.0, drift_time: ArrayLike | None = None) -> Any:
    """Coherence that is left at a time after the last lock, shape (...): exp(-sigma(t)^2 / 2).

    The variance grows in a straight line, sigma(t)^2 = noise^2 + 2 t / drift_time.

    Args:
        since: time since the lock, s.
        noise: standard deviation right after it, rad.
        drift_time: in which drift alone takes the coherence to 1/e, s; None: no drift.
    """
    blur = np.exp(-(np.minimum(noise, 1e3) ** 2) / 2)  # 0 long before 1e3; its square stays finite
    return plain(blur if drift_time is None else blur * np.exp(-np.asarray(since, dtype=float) / drift_time))


def phase_kept(noise: ArrayLike = 0.0, drift_time: ArrayLike | None = None, period: ArrayLike = 0.0) -> Any:
    """The same on average over a cycle from one lock to the next, shape (...); exact, as states mix in a straight line.

    >>> round(phase_kept(0.25), 4), round(phase_kept(0.25, drift_time=1.0, period=0.1), 4)
    (0.9692, 0.9223)
    """
    now = phase_kept_at(0.0, noise)
    if drift_time is None:
        return now
    cycle = np.asarray(period, dtype=float) / drift_time
    with np.errstate(divide="ignore", invalid="ignore"):
        return plain(now * np.where(cycle > 0, -np.expm1(-cycle) / cycle, 1.0))
