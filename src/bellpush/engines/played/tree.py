"""Plans played step by step: links, swaps and distillation, with retries and cut-offs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.cutoff import AgeCutoff, Cutoff, DifferenceCutoff
from bellpush.delivery.plan import Distill, Generate, Plan, Swap
from bellpush.engines.played.attempts import Attempts
from bellpush.engines.played.compare import compare
from bellpush.engines.played.held import Held, merged
from bellpush.engines.played.quantum import bell_measurement
from bellpush.ground.errors import ConvergenceError
from bellpush.hardware.node import Node
from bellpush.states.codes import circuit
from bellpush.states.pair import BellState

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Step", "build", "joined", "nothing"]

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

TRIES = 1_000_000  # rounds of one step after which it is taken never to succeed
SLACK = 1e-9  # of an attempt: differences of times that rounding explains


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
    slack: float  # s

    def _once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        parts = [self.left.play(start, rng), self.right.play(start, rng)]
        dropped = np.zeros(len(start), dtype=bool)
        retry = np.full(len(start), np.inf)
        if isinstance(self.cutoff, DifferenceCutoff):
            earlier = np.minimum(parts[0].ready, parts[1].ready)
            later = np.maximum(parts[0].ready, parts[1].ready)
            with np.errstate(invalid="ignore"):
                dropped = later - earlier > self.cutoff.time + self.slack
            retry = earlier + self.cutoff.time
        elif isinstance(self.cutoff, AgeCutoff):
            parts = self._young(parts, self.cutoff.time, rng)
        both = np.maximum(parts[0].ready, parts[1].ready)
        there = np.isfinite(both) & ~dropped
        made, failed = self._join(parts[0].at(there), parts[1].at(there), rng)
        found = merged(nothing(len(start)), made, np.flatnonzero(there))
        again = dropped.copy()
        again[there] = failed
        retry[there] = made.ready
        return found, again, retry

    def _young(self, parts: list[Held], most: float, rng: Generator) -> list[Held]:
        """Pairs that meet before either is older than `most`; one that grows older is made anew."""
        for _ in range(TRIES):
            both = np.maximum(parts[0].ready, parts[1].ready)
            fresh = []
            for part, step in zip(parts, (self.left, self.right), strict=True):
                expires = np.maximum(part.born + most, part.ready)
                old = np.flatnonzero((both > expires + self.slack) & (part.ready < self.until))
                again = step.play(expires[old], rng) if len(old) else part.at(old)
                fresh.append((merged(part, again, old), len(old)))
            parts = [part for part, _ in fresh]
            if not sum(count for _, count in fresh):
                return parts
        raise ConvergenceError(f"Pairs were dropped {TRIES:.0e} times in a row. Try a longer cut-off.")

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
    # Corrections change what relaxation does to the far qubit; dephasing that does not compose is left for later.
    composes = nodes[2].storage.modes() is not None
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


def build(plan: Plan, target: BellState, until: float, nodes: dict[str, Node], clocked: bool) -> Step:
    """The step that plays a plan.

    Args:
        plan: of generate, swap and distill.
        target: the Bell state that swapped pairs aim at.
        until: s, infinite where the press waits.
        nodes: those of the route, by name.
        clocked: whether overheads at the start of a cycle delay the first attempt.
    """
    if isinstance(plan, Generate):
        link = plan.link
        attempts = Attempts(link, plan.turned, link.lead if clocked else 0.0)
        ends = link.nodes[::-1] if plan.turned else link.nodes
        return Generated((ends[0], ends[1]), attempts.played.target, until, attempts)
    if isinstance(plan, Swap):
        left, right = (build(part, target, until, nodes, clocked) for part in (plan.left, plan.right))
        ends = left.nodes[0], right.nodes[1]
        return Swapped(ends, target, until, left, right, nodes[plan.at], plan.cutoff, SLACK * shortest(plan))
    if isinstance(plan, Distill):
        step = build(plan.of, target, until, nodes, clocked)
        for _ in range(getattr(plan.how, "rounds", 1)):
            step = Distilled(step.nodes, step.target, until, step, protocol(plan))
        return step
    raise NotImplementedError(f"{type(plan).__name__} is played elsewhere")


def protocol(plan: Distill) -> str:
    """The name of the circuit that a plan's distillation does."""
    return str(getattr(plan.how, "code", plan.how.kind))  # type: ignore[attr-defined]


def shortest(plan: Plan) -> float:
    """The shortest attempt of a plan, s."""
    if isinstance(plan, Generate):
        return plan.link.step
    return min(shortest(part) for part in plan.parts)
