"""Plans played step by step: links, swaps and distillation, with retries and cut-offs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.cutoff import AgeCutoff, Cutoff, DifferenceCutoff, FidelityCutoff
from bellpush.delivery.plan import Distill, Generate, Plan, Swap
from bellpush.engines.played.attempts import Attempts
from bellpush.engines.played.compare import compare
from bellpush.engines.played.held import Held, merged
from bellpush.engines.played.quantum import bell_measurement, stored
from bellpush.ground.errors import ConvergenceError
from bellpush.hardware.node import Node
from bellpush.states.codes import circuit
from bellpush.states.measures import fidelity
from bellpush.states.pair import BellState, from_density

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["SLACK", "Beat", "Step", "build", "joined", "nothing"]

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

TRIES = 1_000_000  # rounds of one step after which it is taken never to succeed
SLACK = 1e-9  # of an attempt: differences of times that rounding explains


@dataclass(frozen=True)
class Beat:
    """The common measure of all attempts and swaps along a route, 0 where there is none: nothing happens in between.

    A pair whose time is up between two beats is dropped at the first of them: it would only block the next attempt.
    """

    time: float  # s
    slack: float  # s, differences of times that rounding explains

    def whole(self, wait: Real) -> Real:
        """Waiting times, not below zero, cut to whole beats; shape (...)."""
        wait = np.maximum(wait, 0.0)
        return wait if self.time == 0 else np.floor(wait / self.time * (1 + SLACK)) * self.time


@dataclass(frozen=True)
class Step:
    """A step of a plan that can be played. Abstract: a kind fills in `play`."""

    nodes: tuple[Node, Node]  # at the ends of the pair that it makes
    target: BellState  # the Bell state that it aims at
    until: float  # s: shots that begin later are not played any more

    def play(self, start: Real, rng: Generator) -> Held:
        """Pairs made from `start` on, shape (shots,); ready at infinity where that took too long."""
        found = nothing(len(start))
        waiting = np.flatnonzero(start < self.until)
        begin = start[waiting]
        for _ in range(TRIES):
            if not len(waiting):
                return found
            made, again, retry = self._once(begin, rng)
            found = merged(found, made.at(~again), waiting[~again])
            goes_on = again & (retry < self.until)
            waiting, begin = waiting[goes_on], retry[goes_on]
        raise ConvergenceError(
            f"A step of the plan failed {TRIES:.0e} times in a row. Try a longer cut-off, or a smaller `run.horizon`."
        )

    def _once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        """The pairs of one round, which shots need another round, and when that begins."""
        raise NotImplementedError


def nothing(shots: int) -> Held:
    never = np.full(shots, np.inf)
    return Held(never, never.copy(), np.zeros((shots, 4, 4), dtype=complex), np.zeros((shots, 2)))


@dataclass(frozen=True)
class Generated(Step):
    """Attempts at one link."""

    attempts: Attempts

    def lasts(self, least: float) -> float:
        """How long the mean pair may wait for its fidelity to stay at `least`, s; found by halving."""
        delay = self.attempts.played.herald_delay

        def after(wait: float) -> float:
            state = self.attempts.mean[None]
            for end, node in enumerate(self.nodes):
                state = stored(state, node.storage, np.array([delay + wait]), end)
            return float(fidelity(from_density(state[0]), self.target))

        if after(0.0) < least:
            return 0.0
        low, high = 0.0, self.attempts.link.step
        while after(high) >= least:
            low, high = high, 2 * high
            if high > TRIES * self.attempts.link.step:
                return float("inf")
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if after(middle) >= least else (low, middle)
        return low

    def _once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        made = self.attempts.pairs(self.attempts.herald(start, rng), rng)
        return made, np.zeros(len(start), dtype=bool), start


@dataclass(frozen=True)
class Swapped(Step):
    """Two pairs joined by a Bell measurement at the node between."""

    left: Step
    right: Step
    middle: Node
    cutoff: Cutoff | None
    beat: Beat

    def _once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        parts = [self.left.play(start, rng), self.right.play(start, rng)]
        dropped = np.zeros(len(start), dtype=bool)
        retry = np.full(len(start), np.inf)
        if isinstance(self.cutoff, DifferenceCutoff):
            earlier = np.minimum(parts[0].ready, parts[1].ready)
            later = np.maximum(parts[0].ready, parts[1].ready)
            limit = self.beat.whole(np.array(self.cutoff.time))
            with np.errstate(invalid="ignore"):
                dropped = later - earlier > limit + self.beat.slack
            retry = earlier + limit
        elif self.cutoff is not None:
            parts = self._young(parts, rng)
        both = np.maximum(parts[0].ready, parts[1].ready)
        there = np.isfinite(both) & ~dropped
        made, failed = self._join(parts[0].at(there), parts[1].at(there), rng)
        found = merged(nothing(len(start)), made, np.flatnonzero(there))
        again = dropped.copy()
        again[there] = failed
        retry[there] = made.ready
        return found, again, retry

    def _young(self, parts: list[Held], rng: Generator) -> list[Held]:
        """Pairs that meet before either is dropped; one that is dropped is made anew while the other goes on."""
        for _ in range(TRIES):
            both = np.maximum(parts[0].ready, parts[1].ready)
            fresh = []
            for part, step in zip(parts, (self.left, self.right), strict=True):
                expires = part.ready + self.beat.whole(self._patience(part, step))
                old = np.flatnonzero((both > expires + self.beat.slack) & (part.ready < self.until))
                again = step.play(expires[old], rng) if len(old) else part.at(old)
                fresh.append((merged(part, again, old), len(old)))
            parts = [part for part, _ in fresh]
            if not sum(count for _, count in fresh):
                return parts
        raise ConvergenceError(f"Pairs were dropped {TRIES:.0e} times in a row. Try a longer cut-off.")

    def _patience(self, part: Held, step: Step) -> Real:
        """How long each pair may still wait when it is ready, s."""
        if isinstance(self.cutoff, AgeCutoff):
            with np.errstate(invalid="ignore"):  # a pair that never comes has no age
                return np.asarray(self.cutoff.time - (part.ready - part.born))
        return np.full(len(part), self._lasting[0 if step is self.left else 1])

    @cached_property
    def _lasting(self) -> tuple[float, float]:
        """How long the pairs of the two links keep the least fidelity, s."""
        assert isinstance(self.cutoff, FidelityCutoff)
        assert isinstance(self.left, Generated)
        assert isinstance(self.right, Generated)
        return self.left.lasts(self.cutoff.value), self.right.lasts(self.cutoff.value)

    def _join(self, left: Held, right: Held, rng: Generator) -> tuple[Held, NDArray[np.bool_]]:
        return joined(
            left,
            right,
            (self.left.nodes[0], self.middle, self.right.nodes[1]),
            (self.left.target, self.right.target, self.target),
            rng,
        )


def joined(
    left: Held,
    right: Held,
    nodes: tuple[Node, Node, Node],
    targets: tuple[BellState, BellState, BellState],
    rng: Generator,
) -> tuple[Held, NDArray[np.bool_]]:
    """The pairs across the middle node, and which swaps gave no result; both are known after the swap's duration."""
    now = np.maximum(left.ready, right.ready)
    device = nodes[1].swap
    left = left.aged((nodes[0], nodes[1]), now, (1,))
    # Corrections change what relaxation does to the far qubit; what does not compose is left for later.
    composes = nodes[2].storage.memoryless
    right = right.aged((nodes[1], nodes[2]), now, (0, 1) if composes else (0,))
    states = bell_measurement(left.states, right.states, device, targets, rng)
    failed = rng.random(len(now)) >= device.success_probability
    since = np.stack([left.since[:, 0], right.since[:, 1]], axis=1)
    return Held(now + device.duration, np.minimum(left.born, right.born), states, since), failed


@dataclass(frozen=True)
class Distilled(Step):
    """Several pairs of one kind, made side by side and compared."""

    of: Step
    protocol: str

    def _once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        how = circuit(self.protocol)
        parts = [self.of.play(start, rng) for _ in range(how.pairs)]
        now = np.max([part.ready for part in parts], axis=0)
        there = np.flatnonzero(np.isfinite(now))
        found, again = nothing(len(start)), np.zeros(len(start), dtype=bool)
        if not len(there):
            return found, again, now
        aged = [part.at(there).aged(self.nodes, now[there]) for part in parts]
        devices = self.nodes[0].swap, self.nodes[1].swap
        kept, agreed = compare([part.states for part in aged], how, devices, self.target, rng)
        born = np.min([part.born for part in aged], axis=0)
        made = Held(now[there], born, kept, np.stack([now[there]] * 2, axis=1))
        again[there] = ~agreed
        return merged(found, made, there), again, now


def build(plan: Plan, target: BellState, until: float, nodes: dict[str, Node], beat: Beat, clocked: bool) -> Step:
    """The step that plays a plan.

    Args:
        plan: of generate, swap and distill.
        target: the Bell state that swapped pairs aim at.
        until: s, infinite where the press waits.
        nodes: those of the route, by name.
        beat: in which waiting times are counted.
        clocked: whether overheads at the start of a cycle delay the first attempt.
    """
    if isinstance(plan, Generate):
        link = plan.link
        attempts = Attempts(link, plan.turned, link.lead if clocked else 0.0)
        ends = link.nodes[::-1] if plan.turned else link.nodes
        return Generated((ends[0], ends[1]), attempts.played.target, until, attempts)
    if isinstance(plan, Swap):
        left, right = (build(part, target, until, nodes, beat, clocked) for part in (plan.left, plan.right))
        ends = left.nodes[0], right.nodes[1]
        return Swapped(ends, target, until, left, right, nodes[plan.at], plan.cutoff, beat)
    if isinstance(plan, Distill):
        step = build(plan.of, target, until, nodes, beat, clocked)
        for _ in range(plan.how.rounds):
            step = Distilled(step.nodes, step.target, until, step, plan.how.protocol)
        return step
    raise NotImplementedError(f"{type(plan).__name__} is played elsewhere")
