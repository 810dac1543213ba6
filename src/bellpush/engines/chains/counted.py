"""How the age of a pair that stands is counted in slots, and when it is dropped for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Ageless", "Counted", "Everywhere", "Oldest", "Span", "Summed", "states_of"]

Span: TypeAlias = tuple[int, int]


class Counted(ABC):
    """The age of a pair (i, j). Abstract: a kind says how it grows, how two join, and when a pair is dropped.

    A pair that cannot be swapped at the end of a slot, and would be too old one slot later, is dropped. Ages beyond all
    that are ever asked for need not be told apart.
    """

    drops = True  # whether any pair is ever dropped

    @abstractmethod
    def older(self, span: Span, age: int) -> int:
        """The age one slot later."""

    @abstractmethod
    def joined(self, span: Span, left: int, right: int) -> int:
        """The age of a pair swapped from two."""

    @abstractmethod
    def expired(self, span: Span, age: int) -> bool:
        """Whether a pair of this age at the end of a slot is dropped."""


class Ageless(Counted):
    """Nothing is dropped, and ages do not matter."""

    drops = False

    def older(self, span: Span, age: int) -> int:
        return 0

    def joined(self, span: Span, left: int, right: int) -> int:
        return 0

    def expired(self, span: Span, age: int) -> bool:
        return False


@dataclass(frozen=True)
class Everywhere(Counted):
    """Every pair is dropped at one age; a swapped pair has the age of the older one."""

    limit: int

    def older(self, span: Span, age: int) -> int:
        return age + 1

    def joined(self, span: Span, left: int, right: int) -> int:
        return max(left, right)

    def expired(self, span: Span, age: int) -> bool:
        return age >= self.limit


@dataclass(frozen=True)
class Oldest(Counted):
    """Each span has an age of its own at which it is dropped; a swapped pair has the age of the older one."""

    limits: Mapping[Span, int]  # slots, of the spans that are dropped at all
    tops: dict[Span, int] = field(default_factory=dict)  # the greatest age that is told apart, by span

    def top(self, span: Span) -> int:
        """The greatest limit of the spans that a pair is or may become part of."""
        if span not in self.tops:
            around = [limit for (i, j), limit in self.limits.items() if i <= span[0] and span[1] <= j]
            self.tops[span] = max(around, default=0)
        return self.tops[span]

    def older(self, span: Span, age: int) -> int:
        return min(age + 1, self.top(span))

    def joined(self, span: Span, left: int, right: int) -> int:
        return min(max(left, right), self.top(span))

    def expired(self, span: Span, age: int) -> bool:
        return span in self.limits and age >= self.limits[span]


@dataclass(frozen=True)
class Summed(Counted):
    """The age is what all qubits of a pair, and of those it was swapped from, have waited in sum.

    So is the fidelity where all qubits that age do so alike: a limit on it is one on the sum.
    """

    limits: Mapping[Span, int]  # the greatest sum at which a span is kept, -1 for none
    ageing: tuple[bool, ...]  # whether a qubit ages, for every node
    tops: dict[Span, int] = field(default_factory=dict)

    def top(self, span: Span) -> int:
        """A sum beyond which a pair is too old for whatever it is or may become part of."""
        if span not in self.tops:
            around = [limit for (i, j), limit in self.limits.items() if i <= span[0] and span[1] <= j]
            self.tops[span] = max(around, default=-1) + 1
        return self.tops[span]

    def cost(self, span: Span) -> int:
        """By how much a slot raises the sum."""
        return self.ageing[span[0]] + self.ageing[span[1]]

    def older(self, span: Span, age: int) -> int:
        return min(age + self.cost(span), self.top(span))

    def joined(self, span: Span, left: int, right: int) -> int:
        return min(left + right, self.top(span))

    def expired(self, span: Span, age: int) -> bool:
        return span in self.limits and age + self.cost(span) > self.limits[span]


def states_of(counted: Counted, spans: Mapping[int, Span], segments: int, labels: int = 2) -> int:
    """About how many states a chain swapped along the tree `spans` (as in `swap_tree`) has at most.

    `labels` are those that a pair which stands may have: doomed or to be kept.
    """
    middle = {span: node for node, span in spans.items()}

    def ages(span: Span) -> int:
        seen, age = 0, 0
        while True:
            seen += 1
            after = counted.older(span, age)
            if counted.expired(span, age) or after <= age:
                return seen
            age = after

    def found(span: Span) -> tuple[int, int]:
        """States of a part, and those of them with its pair."""
        on = labels * ages(span)
        if span not in middle:
            return 1 + on, on
        (left, held), (right, kept) = found((span[0], middle[span])), found((middle[span], span[1]))
        return left * right - held * kept + on, on

    whole, on = found((0, segments))
    return whole - on + 1
