"""The pairs of a plan with the ages of their qubits, where the loss of a slot depends on the slots before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import Cutoff
from bellpush.delivery.plan import Generate, Plan, Swap, SwapAll
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.steps import links_meet
from bellpush.engines.chains.histories import CERTAIN, NOTHING, Blocks, Made, Qubit, swapped
from bellpush.engines.chains.law import segment
from bellpush.engines.chains.rows import TIMES
from bellpush.engines.chains.runs import whole_run
from bellpush.engines.chains.systems import LONGEST, System, system
from bellpush.engines.configured import relaxes
from bellpush.engines.slot import Slot
from bellpush.engines.tree import keeps, lasting, waits
from bellpush.hardware.memory import Memory, Perfect
from bellpush.links.link import Link
from bellpush.states.channel import apply
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState

__all__ = ["History"]

Array: TypeAlias = NDArray[Any]

QUARTERS = (0.0, 0.25, 0.5, 0.75)  # whatever the edge, so that one system does for many
SEEN = np.concatenate([np.arange(64.0), np.geomspace(64, 1e6, 200)])  # slots at which two losses are compared


@dataclass
class History:
    """A route with the losses of all its qubits as linear systems."""

    request: ChainRequest
    slot: Slot
    several: bool = False  # whether edges are many and may lie anywhere
    longest: int = LONGEST  # slots after which nobody asks
    blind: bool = False  # whether times are all that is wanted, as if nothing were lost
    found: dict[Any, Made] = field(default_factory=dict, init=False)
    numbers: dict[Any, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        route = self.request.route
        self.kept = [self._qubits(number) for number in range(len(route.links))]
        self.blocks = self._blocks()

    @property
    def doubt(self) -> float:
        """Bound on the error of a correlation from all losses together."""
        return sum(max(left.error for left in qubit.left) for pair in self.kept for qubit in pair)

    def _qubits(self, number: int) -> tuple[Qubit, Qubit]:
        """The two qubits of a link's pair."""
        nodes = self.request.route.nodes
        age = self.request.links[number].model.herald_delay
        return self._qubit(nodes, number, age), self._qubit(nodes, number + 1, age)

    def _qubit(self, nodes: Any, number: int, age: float) -> Qubit:
        storage, inner = nodes[number].storage, 0 < number < len(nodes) - 1
        shrink = storage.attempt_shrink if inner else 1.0
        count = self.slot.attempts[min(number, len(nodes) - 2)]
        storage = Perfect() if self.blind else storage
        damage = shrink ** (1 / count) if shrink > 0 else shrink
        then = storage.onwards(age)
        if then is not None and relaxes(then, self.slot):
            return Qubit(_relaxing(then, self.slot.time), damage, pole=True)
        return Qubit(_left(storage, age, self.slot.time, self._parts(), self.longest), damage)

    def _parts(self) -> tuple[float, ...]:
        """Parts of a slot at which a law is looked at, where an edge may lie between two slots."""
        edge = self.request.edge
        if edge is None:
            return (0.0,)
        slots = (edge - self.slot.start) / self.slot.time
        whole = slots - float(attempts_within(edge - self.slot.start, self.slot.time)) < 1e-12
        return (0.0,) if whole and not self.several else QUARTERS

    def _blocks(self) -> Blocks:
        """What must be followed: correlations that all qubits lose alike share their rows."""
        qubits = [qubit for pair in self.kept for qubit in pair]
        if any(qubit.pole for qubit in qubits):
            every = tuple((i, k) for i in range(4) for k in range(4))
            return Blocks(every, tuple(map(tuple, np.arange(16).reshape(4, 4).tolist())), apart=True)
        first = list(range(4))
        for k in range(4):
            alike = [
                j for j in range(k) if all(_alike(q.left[j], q.left[k]) and q.hurt(j) == q.hurt(k) for q in qubits)
            ]
            first[k] = alike[0] if alike else k
        sure = [all(q.left[k].lossless and q.hurt(k) == 1 for q in qubits) for k in range(4)]
        off = ~np.eye(4, dtype=bool)
        full = any(np.any(link.model.born[off] != 0) for link in self.request.links)
        places, picks = np.full((4, 4), NOTHING), []
        for i in range(4):
            for k in range(4):
                if i != k and not full:
                    continue
                if sure[i] and sure[k]:
                    places[i, k] = CERTAIN
                    continue
                pick = first[i], first[k]
                if pick not in picks:
                    picks.append(pick)
                places[i, k] = picks.index(pick)
        picks = picks or [(1, 1)]  # nothing is lost: one that nobody asks for
        return Blocks(tuple(picks), tuple(map(tuple, places.tolist())))

    def number(self, content: Any) -> int:
        """A number for this content, the same for equal content."""
        return self.numbers.setdefault(content, len(self.numbers))

    def made(self, plan: Plan) -> Made:
        """The pair of a plan."""
        if isinstance(plan, SwapAll):
            return self.all_swapped(plan)
        return self.grow(plan)[0]

    def grow(self, plan: Plan) -> tuple[Made, int, int, BellState]:
        """The pair of a step, the nodes at its ends by number, and the Bell state that it aims at."""
        if isinstance(plan, Generate):
            number = next(k for k, link in enumerate(self.request.links) if link is plan.link)
            return self.link(number), number, number + 1, plan.link.model.target
        assert isinstance(plan, Swap)
        (left, first, middle, before), (right, _, last, after) = (self.grow(part) for part in plan.parts)
        node, target = self.request.route.nodes[middle], self.request.target
        kept = keeps(node, target, before, after)
        limits = [self.limit(plan.cutoff, part) for part in plan.parts]
        delay, meet = self.slot.swaps[middle - 1], links_meet(plan)
        key = self.number(
            (
                left.key,
                right.key,
                node.swap.success_probability,
                tuple(map(str, limits)),
                delay,
                meet,
                kept.tobytes() if self.blocks.apart else b"",
            )
        )
        whole = np.ones((4, 4)) if self.blocks.apart else left.whole * kept * np.diagonal(right.whole)
        if key not in self.found:
            self.found[key] = swapped(
                self.blocks,
                left,
                right,
                node.swap.success_probability,
                kept,
                key,
                limits=limits,
                hurt=meet,
                delay=delay,
            )
        return replace(self.found[key], whole=whole), first, last, target

    def link(self, number: int) -> Made:
        link, turned = self.request.links[number], self.request.route.turned[number]
        success, slots = min(link.model.success_probability, 1.0), self.slot.attempts[number]
        first, last = self.kept[number]
        ends, age = self.request.route.nodes[number : number + 2], link.model.herald_delay
        born = link.model.born.T if turned else link.model.born
        aged = [
            node.storage.transfer(age) if one.pole else np.eye(4) for node, one in zip(ends, (first, last), strict=True)
        ]
        whole = apply(born, *aged)
        known = whole.tobytes() if self.blocks.apart else b""
        key = self.number(("link", success, slots, id(first.left), first.damage, id(last.left), last.damage, known))
        return Made(segment(TIMES, success, np.ones((4, 4)), slots), first, last, whole, key)

    def all_swapped(self, plan: SwapAll) -> Made:
        route, target = self.request.route, self.request.target
        targets = [link.model.target for link in route.links]
        kept = [
            keeps(node, target, target if number else targets[0], targets[number + 1])
            for number, node in enumerate(route.nodes[1:-1])
        ]
        until, delay = self.request.until, self.slot.swaps[0]
        count = None if until is None else int(attempts_within(until - self.slot.start, self.slot.time)) + 1
        links = [self.link(number) for number in range(len(route.links))]
        made = whole_run(self.blocks, links, kept, count)
        return replace(made.later(self.blocks, delay), times=made.times.delayed(delay)) if delay else made

    def limit(self, cutoff: Cutoff | None, step: Plan) -> Array | None:
        """How many slots a pair waits at most, shape (1,); None for no limit."""
        return waits(cutoff, step, self.slot, lambda part, value: _lasts(part.link, self.slot.time, value))


def _lasts(link: Link, slot: float, value: float) -> int:
    """The slots that the fidelity of a link's stored pair stays at or above a value."""
    born, known = link.model.born, link.model.herald_delay
    return lasting(lambda slots: float(overlap(link.ageing.at(born, known + slots * slot), link.model.target)), value)


@lru_cache(maxsize=256)
def _left(storage: Memory, age: float, slot: float, parts: tuple[float, ...], longest: int) -> tuple[System, ...]:
    """What is left of I, x, y and z of a qubit of this age at its herald."""
    laws = [partial(_diagonal, storage, age, slot, k) for k in range(4)]
    found: list[System] = []
    for k, law in enumerate(laws):
        same = next((j for j in range(k) if np.array_equal(law(SEEN), laws[j](SEEN))), None)
        found.append(system(law, parts, longest) if same is None else found[same])
    return tuple(found)


@lru_cache(maxsize=256)
def _relaxing(storage: Memory, slot: float) -> tuple[System, ...]:
    """What is left of I, x, y and z of a qubit that relaxes to a pole, without a past, from its herald on."""

    def moved(rows: tuple[int, ...], slots: float) -> Array:
        return storage.transfer(slots * slot)[np.ix_(rows, rows)]

    found = []
    for pauli in range(4):
        rows = (3, 0) if pauli == 3 else (pauli,)
        start = np.eye(len(rows))[0]
        law = partial(_diagonal, storage, 0.0, slot, pauli)
        reads = partial(lambda rows, part: moved(rows, part)[0], rows)
        found.append(System(moved(rows, 1.0), start, start, 4e-16, law, reads=reads))
    return tuple(found)


def _diagonal(storage: Memory, age: float, slot: float, pauli: int, slots: Array) -> Array:
    return np.asarray(storage.transfer(age + slot * slots)[..., pauli, pauli])


def _alike(one: System, other: System) -> bool:
    return one is other or np.array_equal(one.law(SEEN), other.law(SEEN))
