"""A pair that shows itself in a notebook."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import bellpush
from bellpush.states.pair import Pair

__all__ = ["ShownPair", "shown"]


class ShownPair(np.ndarray[Any, np.dtype[np.float64]]):
    """The correlations of a pair, shape (4, 4), as a plain array that a notebook draws.

    Pairs are plain arrays everywhere below: engines and links never meet this class. Only what a result hands to its
    reader is viewed as one, which copies nothing. Arithmetic gives a plain array again, since what comes out of it
    need not be a pair; `bellpush.show` draws any array on demand.

    >>> from bellpush.states.pair import bell
    >>> pair = bell("psi+").view(ShownPair)
    >>> type(pair).__name__, type(pair.T).__name__, type(2 * pair).__name__
    ('ShownPair', 'ShownPair', 'ndarray')
    """

    def __array_wrap__(self, array: NDArray[Any], context: Any = None, return_scalar: bool = False, /) -> Any:
        plain = np.asarray(array)
        return plain[()] if return_scalar else plain

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def _repr_html_(self) -> str | None:
        """The pair as HTML; None, which leaves the text to the notebook, for a row or an element of one."""
        if self.shape != (4, 4):
            return None
        return bellpush.show(np.asarray(self))._repr_html_()


def shown(pair: Pair) -> ShownPair:
    """The same numbers, drawn by a notebook."""
    return pair.view(ShownPair)
