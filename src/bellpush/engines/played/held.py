"""Pairs in their memories: what they are, since when each qubit has been stored, and how old they are.

State and age belong to the pair, never to the memories: a node that holds two qubits holds halves of two pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.played.quantum import stored
from bellpush.hardware.node import Node

__all__ = ["Held", "merged"]

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """One pair for every shot, as it was when it was last touched."""

    ready: Real  # s after the press, infinite where there is none; shape (shots,)
    born: Real  # s, birth of the oldest pair that it was made of
    states: NDArray[np.complex128]  # shape (shots, 4, 4)
    since: Real  # s, up to when the storage of each qubit is contained in `states`; shape (shots, 2)
    mean: NDArray[np.complex128] | None = None  # what the times of its history let one expect, where that is asked for

    def __len__(self) -> int:
        return len(self.ready)

    def at(self, shots: NDArray[np.int64] | NDArray[np.bool_]) -> Held:
        """The pairs of some of the shots."""
        mean = None if self.mean is None else self.mean[shots]
        return Held(self.ready[shots], self.born[shots], self.states[shots], self.since[shots], mean)

    def aged(self, nodes: tuple[Node, Node], now: Real, ends: tuple[int, ...] = (0, 1)) -> Self:
        """With all storage up to `now` contained in the states, at the ends that are asked for."""
        states, mean, since = self.states, self.mean, self.since.copy()
        for end in ends:
            ages = np.maximum(now - since[:, end], 0.0)
            states = stored(states, nodes[end].storage, ages, end)
            mean = None if mean is None else stored(mean, nodes[end].storage, ages, end)
            since[:, end] = now
        return replace(self, states=states, since=since, mean=mean)


def merged(old: Held, new: Held, where: NDArray[np.int64]) -> Held:
    """`old` with the shots number `where` replaced by `new`."""
    fields = {}
    for name in ("ready", "born", "states", "since", "mean"):
        values = getattr(old, name)
        if values is not None:
            values = values.copy()
            values[where] = getattr(new, name)
        fields[name] = values
    return Held(**fields)
