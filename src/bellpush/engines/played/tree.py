"""Plans played step by step: links, swaps and distillation, with retries and cut-offs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.cutoff import Cutoff, DifferenceCutoff
from bellpush.delivery.plan import Distill, Generate, Plan, Swap
from bellpush.engines.played.attempts import Attempts
from bellpush.engines.played.compare import compare
from bellpush.engines.played.held import Held, merged
from bellpush.engines.played.patience import Beat, patience
from bellpush.engines.played.quantum import bell_measurement
from bellpush.ground.errors import ConvergenceError
from bellpush.hardware.node import Node
from bellpush.states.codes import circuit
from bellpush.states.pair import BellState, from_density, to_density
from bellpush.states.swap import swap

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Rounds", "Step", "build", "joined", "nothing"]

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

TRIES = 1_000_000  # rounds of one step after which it is taken never to succeed


@dataclass(frozen=True)
class Step(ABC):
    """A step of a plan that can be played. Abstract: a kind fills in `play`."""

    nodes: tuple[Node, Node]  # at the ends of the pair that it makes
    target: BellState  # the Bell state that it aims at
    until: float  # s: shots that begin later are not played any more

    @abstractmethod
    def play(self, start: Real, rng: Generator) -> Held:
        """Pairs made from `start` on, shape (shots,); ready at infinity where that took too long."""


@dataclass(frozen=True)
class Rounds(Step):
    """A step that is tried again until a round of it gives a pair. Abstract: a kind fills in one round."""

    @abstractmethod
    def once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        """The pairs of one round, which shots need another round, and when that begins."""

    @property
    def estimated(self) -> bool:
        """Whether pairs carry what one may expect of them, too."""
        return False

    def play(self, start: Real, rng: Generator) -> Held:
        """As in `Step`, round after round."""
        found = nothing(len(start), self.estimated)
        waiting = np.flatnonzero(start < self.until)
        begin = start[waiting]
        for _ in range(TRIES):
            if not len(waiting):
                return found
            made, again, retry = self.once(begin, rng)
            found = merged(found, made.at(~again), waiting[~again])
            goes_on = again & (retry < self.until)
            waiting, begin = waiting[goes_on], retry[goes_on]
        raise ConvergenceError(
            f"A step of the plan failed {TRIES:.0e} times in a row. Try a longer cut-off, or a smaller `run.horizon`."
        )


def nothing(shots: int, estimated: bool = False) -> Held:
    """No pair in any shot."""
    never, states = np.full(shots, np.inf), np.zeros((shots, 4, 4), dtype=complex)
    return Held(never, never.copy(), states, np.zeros((shots, 2)), states.copy() if estimated else None)


@dataclass(frozen=True)
class Generated(Rounds):
    """Attempts at one link."""

    attempts: Attempts

    @property
    def estimated(self) -> bool:
        return self.attempts.estimated

    def once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
        made = self.attempts.pairs(self.attempts.herald(start, rng), rng)
        return made, np.zeros(len(start), dtype=bool), start


@dataclass(frozen=True)
class Swapped(Rounds):
    """Two pairs joined by a Bell measurement at the node between."""

    left: Rounds
    right: Rounds
    middle: Node
    cutoff: Cutoff | None
    beat: Beat

    @property
    def estimated(self) -> bool:
        return self.left.estimated and self.right.estimated

    def once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
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
        found = merged(nothing(len(start), self.estimated), made, np.flatnonzero(there))
        again = dropped.copy()
        again[there] = failed
        retry[there] = made.ready
        return found, again, retry

    def _young(self, parts: list[Held], rng: Generator) -> list[Held]:
        """Pairs that meet before either is dropped; one that is dropped is made anew while the other goes on."""
        sides = (self.left, self.right)
        expires = [self._expires(part, step) for part, step in zip(parts, sides, strict=True)]
        for _ in range(TRIES):
            both = np.maximum(parts[0].ready, parts[1].ready)
            gone = [
                np.flatnonzero((both > end + self.beat.slack) & (part.ready < self.until))
                for part, end in zip(parts, expires, strict=True)
            ]
            if not any(len(old) for old in gone):
                return parts
            for side, (old, step) in enumerate(zip(gone, sides, strict=True)):
                if len(old):
                    again = step.play(expires[side][old], rng)
                    parts[side] = merged(parts[side], again, old)
                    expires[side][old] = self._expires(again, step)
        raise ConvergenceError(f"Pairs were dropped {TRIES:.0e} times in a row. Try a longer cut-off.")

    def _expires(self, part: Held, step: Step) -> Real:
        """When each pair is dropped, s."""
        assert self.cutoff is not None
        return part.ready + patience(self.cutoff, part, step.nodes, step.target, self.beat)

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
    mean = None
    if left.mean is not None and right.mean is not None:
        errors = {"gate_error": device.gate_error, "readout_error": device.readout_error}
        first, second = from_density(left.mean), from_density(right.mean)
        mean = to_density(swap(first, second, targets[2], left_target=targets[0], right_target=targets[1], **errors))
    return Held(now + device.duration, np.minimum(left.born, right.born), states, since, mean), failed


@dataclass(frozen=True)
class Distilled(Rounds):
    """Several pairs of one kind, made side by side and compared."""

    of: Rounds
    protocol: str

    def once(self, start: Real, rng: Generator) -> tuple[Held, NDArray[np.bool_], Real]:
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


def build(
    plan: Plan,
    target: BellState,
    until: float,
    nodes: dict[str, Node],
    beat: Beat,
    clocked: bool,
    estimated: bool = False,
) -> Rounds:
    """The step that plays a plan.

    Args:
        plan: of generate, swap and distill.
        target: the Bell state that swapped pairs aim at.
        until: s, infinite where the press waits.
        nodes: those of the route, by name.
        beat: in which waiting times are counted.
        clocked: whether overheads at the start of a cycle delay the first attempt.
        estimated: whether pairs carry what one may expect of them.
    """
    if isinstance(plan, Generate):
        link = plan.link
        attempts = Attempts(link, plan.turned, link.lead if clocked else 0.0, estimated)
        ends = link.nodes[::-1] if plan.turned else link.nodes
        return Generated((ends[0], ends[1]), attempts.played.target, until, attempts)
    if isinstance(plan, Swap):
        left, right = (build(part, target, until, nodes, beat, clocked, estimated) for part in (plan.left, plan.right))
        ends = left.nodes[0], right.nodes[1]
        return Swapped(ends, target, until, left, right, nodes[plan.at], plan.cutoff, beat)
    if isinstance(plan, Distill):
        step: Rounds = build(plan.of, target, until, nodes, beat, clocked, estimated)
        for _ in range(plan.how.rounds):
            step = Distilled(step.nodes, step.target, until, step, plan.how.protocol)
        return step
    raise AssertionError(plan)
