"""Attempts at one link, drawn one by one until a herald."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.played.held import Held
from bellpush.engines.played.quantum import turned
from bellpush.links.link import Link
from bellpush.links.scheme import Played

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Attempts", "first_success"]

Real = NDArray[np.float64]

BLOCK = 1_000_000  # attempts drawn at a time


@dataclass(frozen=True)
class Attempts:
    """A link as it is played, from the route's left to its right."""

    link: Link
    turned: bool = False
    lead: float = 0.0  # s after the press before which no attempt begins
    estimated: bool = False  # whether pairs carry what one may expect of them, too

    @cached_property
    def played(self) -> Played:
        """One attempt on density matrices."""
        return self.link.scheme.attempts(self.link.nodes, self.link.channel)

    @cached_property
    def success(self) -> float:
        """Probability of a herald in one attempt."""
        return float(self.played.probabilities.sum())

    @cached_property
    def states(self) -> NDArray[np.complex128]:
        """The pair at birth for each herald, shape (heralds, 4, 4)."""
        return turned(self.played.states) if self.turned else self.played.states

    @cached_property
    def mean(self) -> NDArray[np.complex128]:
        """The mean pair at birth over all heralds, shape (4, 4)."""
        return np.asarray(np.tensordot(self.played.probabilities / self.success, self.states, 1))

    def herald(self, start: Real, rng: Generator) -> Real:
        """When the first herald comes of attempts one after the other from `start` on, s; both of shape (shots,)."""
        begin = np.maximum(start, self.lead)
        return np.asarray(begin + first_success(self.success, len(begin), rng) * self.link.step)

    def pairs(self, end: Real, rng: Generator) -> Held:
        """The pairs of attempts that ended with a herald at `end`, shape (shots,)."""
        weights = self.played.probabilities / self.success
        which = rng.choice(len(weights), size=len(end), p=weights)
        birth = end - self.played.herald_delay
        mean = np.repeat(self.mean[None], len(end), axis=0) if self.estimated else None
        return Held(end, birth, self.states[which], np.stack([birth, birth], axis=1), mean)


def first_success(success: float, shots: int, rng: Generator, limit: int | None = None) -> NDArray[np.int64]:
    """Number of the first attempt that succeeds in each shot, shape (shots,); 0 where none of `limit` does.

    Every attempt is drawn. Shots that go on are played abreast, as many attempts at a time as are likely to be needed.
    """
    number = np.zeros(shots, dtype=np.int64)
    playing, done = np.arange(shots), 0
    while len(playing) and (limit is None or done < limit):
        length = max(min(int(2 / success) + 1, BLOCK // len(playing)), 1)
        length = length if limit is None else min(length, limit - done)
        hit = rng.random((len(playing), length)) < success
        found = hit.any(axis=1)
        number[playing[found]] = done + 1 + np.argmax(hit, axis=1)[found]
        playing = playing[~found]
        done += length
    return number
