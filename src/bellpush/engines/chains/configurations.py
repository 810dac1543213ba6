"""Every way in which a short chain can stand, slot by slot: an absorbing Markov chain for any policy of swaps.

Nodes are 0 to n; a configuration is the set of pairs (i, j) that stand, i < j. In each slot every link whose segment no
pair covers makes an attempt, and what stands ages; then swaps are done, without taking time, until the policy rests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.counted import Ageless, Counted, Everywhere
from bellpush.engines.chains.labels import Label, Labels, Plain
from bellpush.ground.errors import UnsupportedError

__all__ = ["Chain", "Configuration", "Policy", "doubling", "meeting", "swap_asap", "swap_tree", "swapped_at"]

Array: TypeAlias = NDArray[Any]
Configuration: TypeAlias = tuple[tuple[int, int], ...]
Policy: TypeAlias = Callable[[Configuration], int | None]
"""The node at which to swap, or None to rest and go on with attempts."""

LARGEST = 20_000  # configurations, with the labels and ages of their pairs
MOST_MOVES = 500_000


def meeting(standing: Configuration) -> list[int]:
    """The nodes at which two pairs meet, from left to right.

    Found by where pairs begin and end, not by their order: a pair may lie under a longer one.
    """
    begins = {i for i, _ in standing}
    return sorted(j for _, j in standing if j in begins)


def swap_asap(standing: Configuration) -> int | None:
    """Swap wherever two pairs meet, the leftmost first."""
    nodes = meeting(standing)
    return nodes[0] if nodes else None


def swap_tree(spans: Mapping[int, tuple[int, int]]) -> Policy:
    """Swap at node v exactly when pairs (i, v) and (v, j) stand, for spans {v: (i, j)}: a fixed binary tree."""

    def policy(standing: Configuration) -> int | None:
        for node in meeting(standing):
            left, right = around(standing, node)
            if spans.get(node) == (left[0], right[1]):
                return node
        return None

    return policy


def doubling(segments: int) -> Policy:
    """Halves first: the nested plan, for any number of segments (the left half is the larger where it must be)."""
    spans: dict[int, tuple[int, int]] = {}

    def divide(i: int, j: int) -> None:
        if j - i > 1:
            middle = i + (j - i + 1) // 2
            spans[middle] = (i, j)
            divide(i, middle)
            divide(middle, j)

    divide(0, segments)
    return swap_tree(spans)


def around(standing: Configuration, node: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The pair that ends at a node and the one that begins there."""
    return next(p for p in standing if p[1] == node), next(p for p in standing if p[0] == node)


def swapped_at(standing: Configuration, node: int) -> tuple[Configuration, Configuration]:
    """The configurations after a swap at a node has succeeded, and after it has failed."""
    left, right = around(standing, node)
    others = [pair for pair in standing if pair not in (left, right)]
    return tuple(sorted((*others, (left[0], right[1])))), tuple(others)


State: TypeAlias = tuple[tuple[int, int, Label, int], ...]
"""Pairs that stand, each with the label of what is carried of it and, where that matters, its age in slots."""


@dataclass(frozen=True)
class Steps:
    """One slot of a chain as a matrix: weights (C, m) of the m moves from state to state, and to the end."""

    count: int  # states; the first is the empty chain
    source: NDArray[np.int64]  # (m,)
    target: NDArray[np.int64]  # (m,)
    weights: Array  # (C, m)
    done: dict[Label, Array]  # by the label of the finished pair: (C, states), what a slot from each state completes
    counted: NDArray[np.bool_]  # (states,): those whose weight in row 0 is the probability to be there


@dataclass(frozen=True)
class Chain:
    """A chain of n links under a policy: `success` (n,) of each attempt, `swap` (n - 1,) of each inner node's swap.

    `labels` says what is carried of the pairs; times alone by default. `cutoff` drops a pair that is so many slots old
    at the end of a slot and was not swapped then; a swapped pair has the age of the older one, or whatever else a
    `Counted` says. With `inner`, links under a longer pair are attempted again at once, since their nodes are free;
    else only when that pair is gone.
    """

    success: Array
    swap: Array
    policy: Policy = swap_asap
    labels: Labels = field(default_factory=Plain)
    cutoff: int | Counted | None = None
    inner: bool = False

    @cached_property
    def ages(self) -> Counted:
        """How ages are counted."""
        if isinstance(self.cutoff, Counted):
            return self.cutoff
        return Ageless() if self.cutoff is None else Everywhere(self.cutoff)

    @property
    def segments(self) -> int:
        """Number of links."""
        return len(self.success)

    @cached_property
    def steps(self) -> Steps:
        """All states that can be reached, and the moves between them."""
        number: dict[State, int] = {(): 0}
        todo: list[State] = [()]
        moves: dict[tuple[int, int], Any] = {}
        ends: dict[Label, dict[int, Any]] = {}
        settled: dict[State, list[tuple[State, Any]]] = {}
        while todo:
            here = todo.pop()
            source = number[here]
            for standing, weight in self._grown(here):
                if standing not in settled:
                    settled[standing] = list(self._settle(standing))
                for there, share in settled[standing]:
                    if finished := [pair for pair in there if pair[:2] == (0, self.segments)]:
                        if any(not self.labels.doomed(pair[2]) for pair in there if pair not in finished):
                            continue  # what else stands is of no use any more
                        end = ends.setdefault(finished[0][2], {})
                        end[source] = end.get(source, 0.0) + weight * share
                        continue
                    if there not in number:
                        number[there] = len(number)
                        todo.append(there)
                    if len(number) > LARGEST or len(moves) > MOST_MOVES:
                        raise UnsupportedError(
                            f"The exact engine keeps at most {LARGEST} configurations of a chain, and this one has "
                            "more. Try fewer links, a nested policy, or --engine physics."
                        )
                    key = (source, number[there])
                    moves[key] = moves.get(key, 0.0) + weight * share
        rows = self.labels.rows
        pairs = np.array(list(moves), dtype=np.int64).reshape(-1, 2)
        weights = np.array([np.broadcast_to(w, rows) for w in moves.values()]).reshape(-1, rows).T
        done = {label: np.zeros((rows, len(number)), dtype=weights.dtype) for label in ends if self.labels.final(label)}
        for label, full in done.items():
            for source, value in ends[label].items():
                full[:, source] = value
        counted = np.array([all(self.labels.counted(label) for _, _, label, _ in state) for state in number])
        return Steps(len(number), pairs[:, 0], pairs[:, 1], weights, done, counted)

    def _grown(self, here: State) -> Iterator[tuple[State, Any]]:
        """What stands after the attempts of one slot, with its weight (C,) or a number."""
        busy = {k for i, j, *_ in here for k in ((i, j - 1) if self.inner else range(i, j))}
        free = [k for k in range(self.segments) if k not in busy]
        tried = set(free)
        aged = list(product(*(self.labels.aged(x, i, j, (i - 1 in tried, j in tried)) for i, j, x, _ in here)))
        older = [self.ages.older((i, j), age) for i, j, _, age in here]
        for hits in product((False, True), repeat=len(free)):
            fresh = [k for k, hit in zip(free, hits, strict=True) if hit]
            chance = prod(self.success[k] if hit else 1 - self.success[k] for k, hit in zip(free, hits, strict=True))
            if chance == 0:
                continue
            for born in product(*(self.labels.fresh(k) for k in fresh)):
                new = [(k, k + 1, label, 0) for k, (label, _) in zip(fresh, born, strict=True)]
                weight = chance * prod((w for _, w in born), start=1.0)
                for kept in aged:
                    old = [(i, j, to, age) for (i, j, *_), age, (to, _) in zip(here, older, kept, strict=True)]
                    yield tuple(sorted((*old, *new))), weight * prod((w for _, w in kept), start=1.0)

    def _settle(self, standing: State) -> Iterator[tuple[State, Any]]:
        """Where the policy rests, with weights."""
        node = self.policy(tuple((i, j) for i, j, *_ in standing))
        if node is None:
            yield from self._kept(standing)
            return
        left = next(pair for pair in standing if pair[1] == node)
        right = next(pair for pair in standing if pair[0] == node)
        others = [pair for pair in standing if pair not in (left, right)]
        chance = self.swap[node - 1]
        for label, weight in self.labels.joined(left[2], right[2], node):
            span = (left[0], right[1])
            long = (*span, label, self.ages.joined(span, left[3], right[3]))
            for there, share in self._settle(tuple(sorted((*others, long)))):
                yield there, chance * weight * share
        if chance < 1 and self.labels.doomed(left[2]) and self.labels.doomed(right[2]):
            for there, share in self._settle(tuple(others)):
                yield there, (1 - chance) * share

    def _kept(self, standing: State) -> Iterator[tuple[State, Any]]:
        """What is not dropped for its age; the finished pair is handed over before."""
        if not self.ages.drops or any(pair[:2] == (0, self.segments) for pair in standing):
            yield standing, 1.0
            return
        old = [pair for pair in standing if self.ages.expired(pair[:2], pair[3])]
        if all(self.labels.doomed(pair[2]) for pair in old):
            yield tuple(pair for pair in standing if pair not in old), 1.0
