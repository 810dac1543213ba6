"""Compiled loops over subsets of links. Numba is imported with this module; nothing is checked here."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["subsets"]


@njit(cache=True)
def subsets(success: NDArray[np.float64], keeps: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Mean slot of the last link and rows (C,) from the empty chain; `success` (n,), `keeps` (C, n + 1)."""
    n, rows = len(success), len(keeps)
    full = (1 << n) - 1
    hit, miss = np.ones(full + 1), np.ones(full + 1)
    for s in range(1, full + 1):
        k = 0
        while not (s >> k) & 1:
            k += 1
        hit[s] = hit[s & (s - 1)] * success[k]
        miss[s] = miss[s & (s - 1)] * (1 - success[k])
    time, value = np.zeros(full + 1), np.ones((full + 1, rows))
    total = np.empty(rows)
    for s in range(full - 1, -1, -1):
        free = full & ~s
        slots = 1.0
        total[:] = 0.0
        new = free
        while new:  # every way in which some of the missing links come in this slot
            chance = hit[new] * miss[free & ~new]
            slots += chance * time[s | new]
            for c in range(rows):
                total[c] += chance * value[s | new, c]
            new = (new - 1) & free
        time[s] = slots / (1 - miss[free])
        holds = s ^ (s << 1)  # bit k: node k holds a qubit that waits
        for c in range(rows):
            kept = 1.0
            for k in range(n + 1):
                if (holds >> k) & 1:
                    kept *= keeps[c, k]
            value[s, c] = kept * total[c] / (1 - kept * miss[free])
    return time[0], value[0].copy()
