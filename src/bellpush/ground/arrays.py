"""Numbers that may be batches."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["finite", "plain"]


def plain(value: ArrayLike) -> Any:
    """An array as it is, and of one without axes the Python number.

    >>> plain(np.float64(0.5)), plain(np.ones(2)).shape
    (0.5, (2,))
    """
    array = np.asarray(value)
    return array if array.ndim else array.item()


def finite(values: NDArray[Any]) -> bool:
    """Whether all numbers of an array are finite; for a small one sooner than by looking at each.

    >>> finite(np.array([1e300, 1.0])), finite(np.array([0.0, np.nan]))
    (True, False)
    """
    # The sum of their squares is finite only where they are; where it is not, they may be large.
    return isfinite(np.vdot(values, values).real) or bool(np.isfinite(values).all())
