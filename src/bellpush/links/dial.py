"""Dials: an imperfection of a scheme, scaled from what it is to nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain
from bellpush.links.scheme import Dial, Scheme

__all__ = ["dial", "scaled"]


def dial(*fields: str, ideal: float = 0.0) -> Dial:
    """A dial that moves fields of a scheme in a straight line between an ideal value and their own.

    A field with a number for each end is moved at both. Nothing is checked: between two sound values lie sound ones.

    >>> from bellpush.links.direct_transfer import DirectTransfer
    >>> scheme = DirectTransfer(transmission=0.8, duration=1e-7, repetition=1e-6)
    >>> dial("transmission", ideal=1.0)(scheme, 0.5).transmission
    0.9
    """

    def turn(scheme: Scheme, strength: Any) -> Scheme:
        return scheme.changed(**{name: scaled(getattr(scheme, name), strength, ideal) for name in fields})

    return turn


def scaled(value: Any, strength: Any, ideal: ArrayLike = 0.0) -> Any:
    """A number, an array, or one for each end, at a strength: itself at 1, `ideal` at 0; exactly so."""
    if isinstance(value, tuple):
        return tuple(scaled(one, strength, ideal) for one in value)
    weight = np.asarray(strength, dtype=float)
    return plain((1 - weight) * np.asarray(ideal) + weight * np.asarray(value, dtype=float))
