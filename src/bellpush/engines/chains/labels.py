"""What a chain of configurations carries of each pair that stands.

The end-to-end pair's correlation is a product over the pairs that become part of it. A pair that is destroyed on the
way must count with its probability alone. Which of both will happen is not known when the pair is born, so that every
pair is carried under labels: doomed, or to be kept, with a correlation. The sum over all labellings is exact.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["DOOMED", "Label", "Labels", "Mixing", "Plain", "Product"]

Label: TypeAlias = tuple[int, int]
Array: TypeAlias = NDArray[Any]

DOOMED: Final[Label] = (-1, -1)
KEPT: Final[Label] = (0, 0)


class Labels(ABC):
    """The labels of a pair, and how their weights change."""

    rows: int

    @abstractmethod
    def fresh(self, link: int) -> Iterable[tuple[Label, Any]]:
        """Labels of a link's new pair, with weights."""

    @abstractmethod
    def aged(self, label: Label, i: int, j: int, busy: tuple[bool, bool]) -> Iterable[tuple[Label, Any]]:
        """Labels after one slot in nodes i and j, with weights; busy: whether another link is attempted at each."""

    @abstractmethod
    def joined(self, left: Label, right: Label, node: int) -> Iterable[tuple[Label, Any]]:
        """Labels after a successful swap, with weights."""

    @abstractmethod
    def doomed(self, label: Label) -> bool:
        """Whether a pair of this label may be destroyed."""

    @abstractmethod
    def final(self, label: Label) -> bool:
        """Whether a finished pair of this label is what is asked for."""

    @abstractmethod
    def counted(self, label: Label) -> bool:
        """Whether the weight of row 0 under this label is a probability."""


@dataclass(frozen=True)
class Plain(Labels):
    """Times alone."""

    rows: int = 1

    def fresh(self, link: int) -> Iterable[tuple[Label, Any]]:
        return [(KEPT, 1.0)]

    def aged(self, label: Label, i: int, j: int, busy: tuple[bool, bool]) -> Iterable[tuple[Label, Any]]:
        return [(KEPT, 1.0)]

    def joined(self, left: Label, right: Label, node: int) -> Iterable[tuple[Label, Any]]:
        return [(KEPT, 1.0)]

    def doomed(self, label: Label) -> bool:
        return True

    def final(self, label: Label) -> bool:
        return True

    def counted(self, label: Label) -> bool:
        return True


class Product(Labels):
    """Correlations that multiply link by link, several rows at once; row 0 is the probability.

    births (C, n): rows of each link's fresh pair; keeps (C, n + 1): what a slot leaves for a qubit in each node; swaps
    (C, n - 1): what a swap at each inner node leaves; fails: whether swaps can fail; damage (C, n + 1): what an attempt
    at another link leaves of a qubit stored in each node.
    """

    def __init__(self, births: Array, keeps: Array, swaps: Array, fails: bool, damage: Array | None = None) -> None:
        self.births, self.keeps, self.swaps, self.fails = births, keeps, swaps, fails
        self.damaged = keeps if damage is None else keeps * damage
        self.rows = len(births)
        self._aged: dict[tuple[int, int, tuple[bool, bool]], Array] = {}

    def fresh(self, link: int) -> Iterable[tuple[Label, Any]]:
        kept = [(KEPT, self.births[:, link])]
        return [*kept, (DOOMED, 1.0)] if self.fails else kept

    def aged(self, label: Label, i: int, j: int, busy: tuple[bool, bool]) -> Iterable[tuple[Label, Any]]:
        if label == DOOMED:
            return [(DOOMED, 1.0)]
        if (i, j, busy) not in self._aged:
            first, second = (self.damaged if hit else self.keeps for hit in busy)
            self._aged[i, j, busy] = first[:, i] * second[:, j]
        return [(KEPT, self._aged[i, j, busy])]

    def joined(self, left: Label, right: Label, node: int) -> Iterable[tuple[Label, Any]]:
        if left != right:
            return []
        return [(left, 1.0 if left == DOOMED else self.swaps[:, node - 1])]

    def doomed(self, label: Label) -> bool:
        return label == DOOMED

    def final(self, label: Label) -> bool:
        return label == KEPT

    def counted(self, label: Label) -> bool:
        return label == (DOOMED if self.fails else KEPT)


class Mixing(Labels):
    """Sixteen correlations in memories that mix I and Z, one sector of them at a time; labels (i, j) of R[i, j].

    pairs: fresh pairs (4, 4) of each link; transfers: Pauli transfer matrices (4, 4) of one slot in each node; swaps:
    factors (4,) of each inner node, R_AC[i, k] = R_AB[i, k] swaps[k] R_BC[k, k]; first, last: the index of X, Y or Z
    that is asked for at either end (Z: I too); damage (n + 1,): factor on X and Y of a qubit stored in each node by an
    attempt at another link.
    """

    rows = 1

    def __init__(
        self,
        pairs: Sequence[Array],
        transfers: Sequence[Array],
        swaps: Sequence[Array],
        first: int,
        last: int,
        fails: bool,
        damage: Array | None = None,
    ) -> None:
        self.damage = np.ones(len(transfers)) if damage is None else damage
        self.pairs, self.transfers, self.swaps, self.fails = pairs, transfers, swaps, fails
        self.first = (0, 3) if first == 3 else (first,)
        self.last = (0, 3) if last == 3 else (last,)

    def _ends(self, i: int) -> tuple[int, ...]:
        return self.first if i == 0 else self.last

    def fresh(self, link: int) -> Iterable[tuple[Label, Any]]:
        kept = [((a, b), self.pairs[link][a, b]) for a in self._ends(link) for b in self.last]
        kept = [(label, weight) for label, weight in kept if weight != 0]
        return [*kept, (DOOMED, 1.0)] if self.fails else kept

    def aged(self, label: Label, i: int, j: int, busy: tuple[bool, bool]) -> Iterable[tuple[Label, Any]]:
        if label == DOOMED:
            return [(DOOMED, 1.0)]
        left, right = self.transfers[i][:, label[0]], self.transfers[j][:, label[1]]
        if busy[0] and label[0] in (1, 2):
            left = left * self.damage[i]
        if busy[1] and label[1] in (1, 2):
            right = right * self.damage[j]
        moved = [((a, b), left[a] * right[b]) for a in self._ends(i) for b in self.last]
        return [(there, weight) for there, weight in moved if weight != 0]

    def joined(self, left: Label, right: Label, node: int) -> Iterable[tuple[Label, Any]]:
        if DOOMED in (left, right):
            return [(DOOMED, 1.0)] if left == right else []
        a, k = left
        return [((a, k), self.swaps[node - 1][k])] if right == (k, k) else []

    def doomed(self, label: Label) -> bool:
        return label == DOOMED

    def final(self, label: Label) -> bool:
        return label != DOOMED

    def counted(self, label: Label) -> bool:
        return label == (DOOMED if self.fails else (0, 0))
