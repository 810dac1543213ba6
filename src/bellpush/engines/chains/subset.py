"""Swaps that never fail, as soon as possible: the 2^n subsets of links that stand, in one pass from all to none."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import UnsupportedError

__all__ = ["subset_chain"]

MOST = 20  # links: 3^20 steps are some seconds


def subset_chain(success: ArrayLike, births: ArrayLike, keeps: ArrayLike) -> tuple[float, NDArray[np.float64]]:
    """Mean slot in which the last of n links is there, and every row of the swapped pair at that moment, (C,).

    Args:
        success: per attempt, shape (n,), n at most 20.
        births: rows of each link's fresh pair, with what the swaps leave of them, shape (C, n).
        keeps: what a slot leaves of a row for a qubit that waits in node 0, ..., n, shape (C, n + 1). An inner node
            holds a qubit while one of its two links stands, an end node while its link does.

    Source: docs/background/chains.md, "Swapped as soon as possible".

    >>> time, rows = subset_chain([0.1, 0.1], np.ones((1, 2)), [[1.0, np.exp(-1 / 100), 1.0]])
    >>> print(f"{time:.10f} {rows[0]:.10f}")
    14.7368421053 0.9134829944
    """
    p = np.asarray(success, dtype=float)
    n = len(p)
    if n > MOST:
        raise UnsupportedError(f"The chain of subsets takes at most {MOST} links, not {n}. Try asap.mean.")
    from bellpush.engines.chains.kernels import subsets

    time, rows = subsets(p, np.ascontiguousarray(keeps, dtype=float))
    return float(time), rows * np.prod(np.asarray(births, dtype=float), axis=-1)
