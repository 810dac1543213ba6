"""Numbers that may be batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["plain"]


def plain(value: ArrayLike) -> Any:
    """An array as it is, and of one without axes the Python number.

    >>> plain(np.float64(0.5)), plain(np.ones(2)).shape
    (0.5, (2,))
    """
    array = np.asarray(value)
    return array if array.ndim else array.item()
