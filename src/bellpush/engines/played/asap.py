"""Swapping as soon as possible, played event by event: heralds, swaps, pairs that are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.cutoff import Cutoff
from bellpush.engines.played.attempts import Attempts
from bellpush.engines.played.held import Held
from bellpush.engines.played.patience import Beat, patience
from bellpush.engines.played.quantum import flipped
from bellpush.engines.played.tree import Step, joined, nothing
from bellpush.ground.errors import ConvergenceError
from bellpush.hardware.node import Node
from bellpush.states.pair import BellState

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["AsSoonAsPossible"]

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

FIELDS = ("ready", "born", "states", "since", "mean")  # of a pair
EVENTS = 10_000_000  # of one press after which it is taken never to end


@dataclass(frozen=True)
class AsSoonAsPossible(Step):
    """All links attempt at once; every node swaps once it holds a pair to each side, of several the leftmost first.

    A node does not wait for the results of swaps elsewhere: a pair that a swap has failed to make is swapped on until
    that is known, and is then lost with all that it was swapped with.

    With `spans` a node swaps only the two pairs that together make its span: a plan of swaps two by two. Attempts at
    one link damage the qubits that other links have stored at its nodes, if their memories say so.

    Links under a pair that spans them rest until that pair is lost. With `crowded` they begin anew as soon as both
    their ends are free, which makes pairs that lie under longer ones: what belongs together is told by who holds the
    other half, never by the order from left to right.
    """

    attempts: tuple[Attempts, ...]
    along: tuple[Node, ...]  # all nodes of the route
    cutoff: Cutoff | None
    beat: Beat
    crowded: bool = False
    spans: Mapping[int, tuple[int, int]] | None = None  # of the pair that each inner node makes
    cutoffs: Mapping[tuple[int, int], Cutoff] | None = None  # by the span of a pair, in place of one for all

    def drops(self, left: int, right: int) -> Cutoff | None:
        """What drops a pair between two nodes, by number."""
        return self.cutoff if self.cutoffs is None else self.cutoffs.get((left, right))

    @cached_property
    def shrinks(self) -> Real:
        """Factor on x and y of a qubit stored at each node by an attempt at another link there, shape (nodes,)."""
        return np.array([node.storage.attempt_shrink for node in self.along])

    def play(self, start: Real, rng: Generator) -> Held:
        """As in `Step`."""
        found = nothing(len(start), self.attempts[0].estimated)
        playing = np.flatnonzero(start < self.until)
        field = Field(self, start[playing])
        field.begin(rng)
        for _ in range(EVENTS):
            done, over = field.finished()
            for name in FIELDS:
                if getattr(found, name) is not None:
                    getattr(found, name)[playing[done]] = getattr(field, name)[done, 0]
            going_on = ~(done | over)
            if not going_on.any():
                return found
            if not going_on.all():
                playing = playing[going_on]
                field.keep(going_on)
            field.advance(rng)
        raise ConvergenceError("A press did not end. Try a longer cut-off, or a smaller `run.horizon`.")


class Field:
    """Who holds half of which pair, in every shot: pairs are filed under their left node."""

    def __init__(self, rule: AsSoonAsPossible, start: Real) -> None:
        shots, links = len(start), len(rule.attempts)
        self.rule = rule
        self.now = start.copy()
        self.herald = np.full((shots, links), np.inf)  # when the coming herald of a link is known
        self.right = np.full((shots, links + 1), -1)  # the node at the other end of the pair to the right
        self.left = np.full((shots, links + 1), -1)
        self.ready = np.full((shots, links), np.inf)
        self.born = np.full((shots, links), np.inf)
        self.states = np.zeros((shots, links, 4, 4), dtype=complex)
        self.since = np.zeros((shots, links, 2))
        self.mean = np.zeros_like(self.states) if rule.attempts[0].estimated else None
        self.expiry = np.full((shots, links), np.inf)  # when each pair is dropped
        self.begun = np.zeros((shots, links))  # when the attempts at a link began
        self.doomed = np.zeros((shots, links), dtype=bool)  # a swap has failed, and nobody knows before `ready`

    def keep(self, shots: NDArray[np.bool_]) -> None:
        """Leave out the shots that have ended."""
        for name in ("now", "herald", "right", "left", "begun", "expiry", "doomed", *FIELDS):
            if getattr(self, name) is not None:
                setattr(self, name, getattr(self, name)[shots])

    def finished(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which shots have a pair between the ends, and which have run out of time; shape (shots,) each."""
        done = (self.right[:, 0] == len(self.rule.attempts)) & ~self.doomed[:, 0]
        return done, ~done & (self.now >= self.rule.until)

    def begin(self, rng: Generator) -> None:
        """Start attempts at every link that rests and need not."""
        links = len(self.rule.attempts)
        resting = np.isinf(self.herald) & (self.right[:, :-1] < 0) & (self.left[:, 1:] < 0)
        if not self.rule.crowded:
            for first in range(links):
                for link in range(first, links):
                    resting[:, link] &= self.right[:, first] <= link
        for link, attempts in enumerate(self.rule.attempts):
            shots = np.flatnonzero(resting[:, link])
            if len(shots):
                self.begun[shots, link] = np.maximum(self.now[shots], attempts.lead)
                self.herald[shots, link] = attempts.herald(self.now[shots], rng)

    def advance(self, rng: Generator) -> None:
        """One event in every shot: a herald, a swap that has ended, or a pair that has grown too old."""
        herald, expiry, before = self.herald.min(axis=1), self.expiry.copy(), self.now
        coming = np.where(self.ready > self.now[:, None], self.ready, np.inf).min(axis=1)
        drop = expiry.min(axis=1)
        self.now = np.minimum(np.minimum(herald, coming), drop)
        if np.any(self.rule.shrinks[1:-1] != 1):
            self._damaged(before)
        heralds = (herald <= coming) & (herald <= drop)
        self._heralded(np.flatnonzero(heralds), rng)
        self._dropped(np.flatnonzero(~heralds & (drop < coming)), expiry)
        self._fallen()
        self._swaps(rng)
        self.begin(rng)

    def _heralded(self, shots: Whole, rng: Generator) -> None:
        which = np.argmin(self.herald[shots], axis=1)
        for link, attempts in enumerate(self.rule.attempts):
            here = shots[which == link]
            if len(here):
                self._file(here, link, link + 1, attempts.pairs(self.herald[here, link], rng))
                self.herald[here, link] = np.inf

    def _damaged(self, before: Real) -> None:
        """What attempts that ended since `before` have done to the qubits of other links at their nodes."""
        links = len(self.rule.attempts)
        counts = np.zeros((len(before), links + 2))  # number k + 1 is link k; none beyond the ends
        for link, attempts in enumerate(self.rule.attempts):
            tries = np.isfinite(self.herald[:, link])
            now, then = (
                np.floor((time - self.begun[:, link]) / attempts.link.step + 1e-6) for time in (self.now, before)
            )
            counts[:, link + 1] = np.where(tries, np.maximum(now, 0) - np.maximum(then, 0), 0.0)
        for left in range(links):
            shots = np.flatnonzero((self.right[:, left] >= 0) & np.isfinite(self.now))
            right = self.right[shots, left]
            for end, node, link in ((0, np.full_like(right, left), left), (1, right, right + 1)):
                flips = (1 - self.rule.shrinks[node] ** counts[shots, link]) / 2
                self.states[shots, left] = flipped(self.states[shots, left], flips, end)

    def _dropped(self, shots: Whole, expiry: Real) -> None:
        first = np.argmin(expiry[shots], axis=1)
        for left in range(len(self.rule.attempts)):
            here = shots[first == left]
            for right in np.unique(self.right[here, left]):
                self._clear(here[self.right[here, left] == right], left, int(right))
        self.now[shots] -= self.rule.beat.slack

    def _swaps(self, rng: Generator) -> None:
        spans = self.rule.spans
        order = range(1, len(self.rule.attempts))
        # Along a tree the shorter spans come first, since they make the parts of the longer ones.
        for middle in order if spans is None else sorted(order, key=lambda node: spans[node][1] - spans[node][0]):
            able = (self.left[:, middle] >= 0) & (self.right[:, middle] >= 0)
            rows = np.flatnonzero(able)
            from_left, to_right = self.left[rows, middle], self.right[rows, middle]
            for left, right in sorted(set(zip(from_left.tolist(), to_right.tolist(), strict=True))):
                if spans is None or spans[middle] == (left, right):
                    self._swap(rows[(from_left == left) & (to_right == right)], left, middle, right, rng)

    def _swap(self, shots: Whole, left: int, middle: int, right: int, rng: Generator) -> None:
        rule, nodes = self.rule, self.rule.along
        now = self.now[shots]
        known = np.maximum(self.ready[shots, left], self.ready[shots, middle])
        made, failed = joined(
            replace(self._pair(shots, left), ready=now),
            replace(self._pair(shots, middle), ready=now),
            (nodes[left], nodes[middle], nodes[right]),
            (self._target(left, middle), self._target(middle, right), rule.target),
            rng,
        )
        failed = failed | self.doomed[shots, left] | self.doomed[shots, middle]
        self._clear(shots, left, middle)
        self._clear(shots, middle, right)
        self._file(shots, left, right, replace(made, ready=np.maximum(made.ready, known)))
        self.doomed[shots, left] = failed
        if nodes[middle].swap.duration == 0:
            self._fallen()

    def _fallen(self) -> None:
        """Pairs of which it is now known that a swap has failed are lost."""
        for left in range(len(self.rule.attempts)):
            lost = np.flatnonzero(self.doomed[:, left] & (self.ready[:, left] <= self.now + self.rule.beat.slack))
            for right in np.unique(self.right[lost, left]):
                self._clear(lost[self.right[lost, left] == right], left, int(right))

    def _target(self, left: int, right: int) -> BellState:
        return self.rule.attempts[left].played.target if right == left + 1 else self.rule.target

    def _pair(self, shots: Whole, left: int) -> Held:
        mean = None if self.mean is None else self.mean[shots, left]
        return Held(
            self.ready[shots, left], self.born[shots, left], self.states[shots, left], self.since[shots, left], mean
        )

    def _file(self, shots: Whole, left: int, right: int, pair: Held) -> None:
        self.right[shots, left], self.left[shots, right] = right, left
        self.ready[shots, left], self.born[shots, left] = pair.ready, pair.born
        self.states[shots, left], self.since[shots, left] = pair.states, pair.since
        if self.mean is not None:
            self.mean[shots, left] = pair.mean
        if (cutoff := self.rule.drops(left, right)) is not None:
            ends, beat = (self.rule.along[left], self.rule.along[right]), self.rule.beat
            wait = patience(cutoff, pair, ends, self._target(left, right), beat)
            self.expiry[shots, left] = pair.ready + wait + beat.slack

    def _clear(self, shots: Whole, left: int, right: int) -> None:
        self.right[shots, left] = self.left[shots, right] = -1
        self.ready[shots, left] = self.born[shots, left] = self.expiry[shots, left] = np.inf
        self.doomed[shots, left] = False
