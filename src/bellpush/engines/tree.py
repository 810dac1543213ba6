"""The law of a plan that is a tree: pairs meet two by two, are swapped or distilled, and begin again on failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import AgeCutoff, Cutoff, DifferenceCutoff, FidelityCutoff
from bellpush.delivery.plan import Distill, Generate, Plan, Swap
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.steps import links_meet, steps_of
from bellpush.engines.chains.gather import gather
from bellpush.engines.chains.law import ChainLaw, segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, Fading, Rows, bilinear, fading, rows_for, swapping
from bellpush.engines.slot import Slot
from bellpush.states.codes import circuit
from bellpush.states.distill import distill
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState, Pair
from bellpush.states.swap import swap

__all__ = ["Tree", "distills", "grown", "keeps", "lasting", "waits"]

Array: TypeAlias = NDArray[np.float64]

NEVER = 2**40  # slots: a cut-off that never acts


@dataclass(frozen=True)
class Branch:
    """The pair of one step of the plan: its law, and the nodes at its ends by number."""

    law: ChainLaw
    first: int
    last: int
    target: BellState
    key: int  # equal for branches that differ in nothing but names


@dataclass
class Tree:
    """A route with what is shared between the steps of a plan: rows, fading, and the laws of steps that are alike."""

    request: ChainRequest
    slot: Slot
    rows: Rows
    kinds: list[Any] = field(default_factory=list)
    laws: dict[int, ChainLaw] = field(default_factory=dict)
    faded: dict[tuple[int, int, float, float], Fading] = field(default_factory=dict)

    def key(self, *content: Any) -> int:
        """A number for this content, the same for equal content."""
        if content not in self.kinds:
            self.kinds.append(content)
        return self.kinds.index(content)

    def fade(self, first: int, last: int, hurt: tuple[float, float] = (1.0, 1.0)) -> Fading:
        """What a slot takes from a pair kept at two nodes; `hurt`: what attempts beside it leave of x and y of each."""
        nodes = self.request.route.nodes
        ends = self.key(nodes[first].storage), self.key(nodes[last].storage), *hurt
        if ends not in self.faded:
            left, right = (np.array([1.0, shrink, shrink, 1.0]) for shrink in hurt)
            factors = left[:, None] * right
            self.faded[ends] = fading(self.rows, nodes[first].storage, nodes[last].storage, self.slot.time, factors)
        return self.faded[ends]

    def grow(self, plan: Plan) -> Branch:
        """The law of a step, from the laws of the steps beneath it."""
        match plan:
            case Generate():
                return self.link(plan)
            case Swap():
                return self.swap(plan)
            case Distill():
                return self.distill(plan)
        raise AssertionError(plan)

    def link(self, plan: Generate) -> Branch:
        route = self.request.route
        number = next(k for k, link in enumerate(route.links) if link is plan.link)
        link = plan.link
        pair = link.pair.T if plan.turned else link.pair
        success, slots = min(link.model.success_probability, 1.0), self.slot.attempts[number]
        key = self.key("link", success, slots, pair.tobytes(), link.model.target)
        if key not in self.laws:
            self.laws[key] = segment(self.rows, success, pair, slots)
        return Branch(self.laws[key], number, number + 1, link.model.target, key)

    def swap(self, plan: Swap) -> Branch:
        left, right = self.grow(plan.left), self.grow(plan.right)
        node, target = self.request.route.nodes[left.last], self.request.target
        hurt = self.hurt(left.last) if links_meet(plan) else 1.0
        fades = self.fade(left.first, left.last, (1.0, hurt)), self.fade(right.first, right.last, (hurt, 1.0))
        out = self.fade(left.first, right.last)
        delay = self.slot.swaps[left.last - 1]
        key = self.key("swap", left.key, right.key, node.swap, plan.cutoff, delay, *map(id, (*fades, out)))
        if key not in self.laws:
            limits = [self.limit(plan.cutoff, *each) for each in ((plan.left, left), (plan.right, right))]
            alike = left.law is right.law and fades[0] is fades[1]
            limits = [limits[0], limits[0] if alike else limits[1]]
            kept = keeps(node, target, left.target, right.target)
            combine = swapping(self.rows, node.swap.success_probability, kept)
            joined = meet(
                left.law,
                right.law,
                combine,
                *fades,
                limit_first=limits[0],
                limit_second=limits[1],
                delay=delay,
                fade_out=out,
            )
            self.laws[key] = repeat(joined)
        return Branch(self.laws[key], left.first, right.last, target, key)

    def hurt(self, node: int) -> float:
        """What a slot of attempts at the other of two links of equal attempts leaves of x and y of a qubit there."""
        shrink = self.request.route.nodes[node].storage.attempt_shrink
        return float(shrink ** (1 / self.slot.attempts[node])) if shrink > 0 else shrink

    def distill(self, plan: Distill) -> Branch:
        of = self.grow(plan.of)
        nodes = self.request.route.nodes
        ends = nodes[of.first].swap, nodes[of.last].swap
        fade = self.fade(of.first, of.last)
        law, key = of.law, of.key
        for number in range(plan.how.rounds):
            key = self.key("distill", key, plan.how.protocol, ends, id(fade), number)
            if key not in self.laws:
                kept = self.keeping(plan, of.target, ends)
                pairs = circuit(plan.how.protocol).pairs
                if pairs == 2:
                    met = meet(law, law, bilinear(self.rows, kept), fade, fade)
                else:
                    met = gather(law, pairs, kept, fade)
                self.laws[key] = repeat(met)
            law = self.laws[key]
        return Branch(law, of.first, of.last, of.target, key)

    def keeping(self, plan: Distill, target: BellState, ends: tuple[Any, Any]) -> Any:
        """What one round makes of its pairs; local gates and read-out have the errors of the nodes' swaps."""
        gates, reads = (tuple(getattr(end, name) for end in ends) for name in ("gate_error", "readout_error"))

        def kept(*pairs: Pair) -> Pair:
            return distill(pairs, plan.how.protocol, target, gate_errors=gates, readout_errors=reads)

        return kept

    def limit(self, cutoff: Cutoff | None, step: Plan, branch: Branch) -> Array | None:
        """How many slots a pair waits at most, shape (1,); None for no limit."""
        return waits(cutoff, step, self.slot, lambda link, value: self.lasts(value, link, branch))

    def lasts(self, value: float, step: Generate, branch: Branch) -> int:
        """The slots that the fidelity of a link's stored pair stays at or above a value."""
        fresh = step.link.pair.T if step.turned else step.link.pair
        fade = self.fade(branch.first, branch.last)

        def after(slots: int) -> float:
            rows = fade.after(self.rows.of(fresh)[:, None], float(slots))[:, 0]
            return float(overlap(self.rows.pairs(rows), branch.target))

        return lasting(after, value)


def waits(cutoff: Cutoff | None, step: Plan, slot: Slot, lasts: Callable[[Generate, float], int]) -> Array | None:
    """How many slots the pair of a step waits at most, shape (1,); None for no limit.

    `lasts` says how many slots a link's pair stays at or above a fidelity.
    """
    if cutoff is None:
        return None
    if isinstance(cutoff, DifferenceCutoff):
        return np.array([int(attempts_within(cutoff.time, slot.time))])
    assert isinstance(step, Generate)
    if isinstance(cutoff, AgeCutoff):
        return np.array([int(attempts_within(cutoff.time - step.link.model.herald_delay, slot.time))])
    assert isinstance(cutoff, FidelityCutoff)
    return np.array([lasts(step, cutoff.least)])


def lasting(after: Callable[[int], float], value: float) -> int:
    """The slots that something which falls stays at or above a value, found by halving."""
    if after(0) < value:
        return 0
    low, high = 0, 1
    while after(high) >= value:
        low, high = high, 2 * high
        if high > NEVER:
            return NEVER
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if after(middle) >= value else (low, middle)
    return low


def keeps(node: Any, target: BellState, left: BellState, right: BellState) -> Array:
    """What a swap at a node leaves of the right pair's correlations II, XX, YY, ZZ, signs included, shape (4,)."""
    errors = {"gate_error": node.swap.gate_error, "readout_error": node.swap.readout_error}
    return np.asarray(swap(np.ones((4, 4)), np.eye(4), target, left_target=left, right_target=right, **errors)[0])


def distills(plan: Plan) -> bool:
    """Whether pairs are distilled anywhere."""
    return any(isinstance(step, Distill) for step in steps_of(plan))


def grown(request: ChainRequest, plan: Plan, slot: Slot) -> tuple[ChainLaw, Fading]:
    """The law of the pair that a plan makes, and what a slot takes from it in the memories of its ends.

    Source: docs/background/chains.md.
    """
    route = request.route
    pairs = [link.pair.T if back else link.pair for link, back in zip(route.links, route.turned, strict=True)]
    targets = [link.model.target for link in route.links]
    kept = [
        keeps(node, request.target, request.target, target)
        for node, target in zip(route.nodes[1:-1], targets[1:], strict=True)
    ]
    kept += [keeps(route.nodes[1], request.target, targets[0], targets[1])] if len(targets) > 1 else []
    rows = rows_for(pairs, [node.storage for node in route.nodes], kept)
    damaged = any(node.storage.attempt_shrink != 1 for node in route.nodes[1:-1])
    if (distills(plan) or damaged) and rows.signs:
        rows = Rows(BELL.picks, leaky=rows.leaky)
    tree = Tree(request, slot, rows)
    branch = tree.grow(plan)
    return branch.law, tree.fade(0, len(route.links))
