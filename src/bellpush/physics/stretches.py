"""The stretches of a window within which drives are smooth: a sampled photon begins and ends with its samples.

A drive jumps where its photon does, and steps that cross a jump lose their order. So the window is cut there, for the
sender at the ends of the samples, for a receiver that comes late by as much later; outside of them a drive is off.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.drive import Drive
from bellpush.physics.photon import Photon
from bellpush.physics.pulse_sampled import Sampled

__all__ = ["Stretch", "stretches"]


class Stretch(NamedTuple):
    """A part of the window, from `begin` to `end`, s, of shape () or (points,)."""

    begin: Any
    end: Any
    spans: tuple[tuple[NDArray[Any], NDArray[Any]], ...] = ()  # when each drive is on; nothing if it always is

    def driven(self, drive: Drive, place: int) -> Drive:
        """A drive of the sender, place 0, or of the receiver, 1, as it is within this stretch."""
        if not self.spans:
            return drive
        first, last = self.spans[place]
        middle = np.real(self.begin + self.end) / 2
        on = (middle > np.real(first)) & (middle < np.real(last))

        def inside(t: Any, on: Any, first: Any, last: Any, *parameters: Any) -> Any:
            # Rounding must not carry the ends of the stretch to where the drive is off.
            return on * drive.function(_clipped(t, first, last), *parameters)

        return Drive(inside, (on.astype(float), first, last, *drive.parameters))


def stretches(photon: Photon, window: ArrayLike, late: ArrayLike) -> Iterator[Stretch]:
    """The parts of a window centred on the photon's peak, in order; those of no length at any point are left out."""
    whole: Any = window
    half = whole / 2 if isinstance(whole, float) else np.asarray(whole) / 2
    if not isinstance(photon, Sampled):
        yield Stretch(-half, half)
        return
    delays = np.asarray(0.0), np.asarray(late)
    spans = tuple((photon.begin + delay, photon.end + delay) for delay in delays)
    cuts = [_clipped(cut, -half, half) for span in spans for cut in span]
    bounds = np.sort(np.stack(np.broadcast_arrays(-half, *cuts, half)), axis=0)
    for begin, end in pairwise(bounds):
        if np.any(np.real(end) > np.real(begin)):
            yield Stretch(begin, end, spans)


def _clipped(t: Any, low: Any, high: Any) -> NDArray[Any]:
    """Between two bounds, by real parts."""
    above = np.where(np.real(t) < np.real(low), low, t)
    return np.asarray(np.where(np.real(above) > np.real(high), high, above))
