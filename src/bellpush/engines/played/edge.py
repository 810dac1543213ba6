"""Links on demand at a common edge, played cycle by cycle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.schedule import Schedule
from bellpush.engines.played.attempts import Attempts, first_success
from bellpush.engines.played.held import Held, merged
from bellpush.engines.played.tree import Rounds, joined, nothing
from bellpush.hardware.node import Node

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["AtEdges"]

Real = NDArray[np.float64]


@dataclass(frozen=True)
class AtEdges(Rounds):
    """Every link keeps its first pair of a cycle; all nodes swap together so that the results are known at its end."""

    attempts: tuple[Attempts, ...]
    schedules: tuple[Schedule, ...]  # of each link within a cycle
    along: tuple[Node, ...]
    period: float  # s
    swaps: float  # s, what the longest swap takes

    def once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        shots, edge = len(start), start + self.period
        parts, there = [], np.ones(shots, dtype=bool)
        for attempts, schedule in zip(self.attempts, self.schedules, strict=True):
            number = first_success(attempts.success, shots, rng, int(schedule.attempts or 0))
            parts.append(attempts.pairs(start + schedule.start + number * schedule.step, rng))
            there &= number > 0
        whole = np.flatnonzero(there)
        made, gone = self._swapped([part.at(whole) for part in parts], edge[whole] - self.swaps, rng)
        found = merged(nothing(shots), replace(made, ready=edge[whole]), whole)
        again = ~there
        again[whole] = gone
        return found, again, edge

    def _swapped(self, parts: list[Held], now: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_]]:
        made, gone = replace(parts[0], ready=now), np.zeros(len(now), dtype=bool)
        aim = self.attempts[0].played.target
        for number, part in enumerate(parts[1:], start=1):
            nodes = self.along[0], self.along[number], self.along[number + 1]
            targets = aim, self.attempts[number].played.target, self.target
            made, failed = joined(made, replace(part, ready=now), nodes, targets, rng)
            made, gone, aim = replace(made, ready=now), gone | failed, self.target
        return made, gone
