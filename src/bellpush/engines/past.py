"""Chains in whose memories the loss of a slot depends on the slots before: what is taken, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import AgeCutoff, FidelityCutoff
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.plan import Distill, Plan, SwapAll
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.steps import links_meet, steps_of, swaps_of
from bellpush.engines.chains.read_off import law_of, standing
from bellpush.engines.chains.systems import GOOD, MOST
from bellpush.engines.history import History
from bellpush.engines.slot import Slot
from bellpush.engines.waited import Counts, at_edges, handed_over
from bellpush.ground.errors import UnsupportedError
from bellpush.states.pair import Pair

__all__ = ["edges_of", "needed", "settled", "solve", "unsupported"]

Array: TypeAlias = NDArray[np.float64]

LINKS = 40  # of which every run is worked out


def settled(request: ChainRequest) -> ChainRequest:
    """The same request with memories as they go on after the heralds, where none of them has a past from there on.

    A qubit that was moved before the herald ages as its second memory does.
    """
    route = request.route
    if all(node.storage.memoryless for node in route.nodes):
        return request
    onwards = [node.storage.onwards(age) for node, age in zip(route.nodes, _ages(request), strict=True)]
    if any(memory is None for memory in onwards):
        return request
    nodes = tuple(node.changed(memory=memory) for node, memory in zip(route.nodes, onwards, strict=True))
    return replace(request, route=replace(route, kept=nodes))


def _ages(request: ChainRequest) -> list[float]:
    """The youngest age at a herald of a qubit in each node, s."""
    delays = [link.model.herald_delay for link in request.links]
    return [min(delays[max(number - 1, 0) : number + 1]) for number in range(len(delays) + 1)]


def needed(request: ChainRequest) -> bool:
    """Whether any memory of a settled request has a past."""
    return not all(node.storage.memoryless for node in request.route.nodes)


def unsupported(request: ChainRequest, plan: Plan, slot: Slot) -> str | None:
    """Why there is no exact method for memories that have a past; None if there is."""
    route, of = request.route, f"`requests.{request.name}`"
    name, node = next(
        (name, node) for name, node in zip(route.names, route.nodes, strict=True) if not node.storage.memoryless
    )
    kind = getattr(node.storage, "kind", "")
    said = f"a {kind} memory (`nodes.{name}`)"
    if any(isinstance(step, Distill) for step in steps_of(plan)):
        return (
            f"The exact engine cannot go on with the age of a distilled qubit in {said}: what it loses in a slot "
            "depends on the slots before. Try depolarising, dephasing or t1-t2, or a policy without `distill`."
        )
    for other, at, age in zip(route.names, route.nodes, _ages(request), strict=True):
        if at.storage.onwards(age) is None and np.any(at.storage.transfer(at.storage.scale or 1.0)[1:, 0] != 0):
            return (
                f"The exact engine cannot follow a {getattr(at.storage, 'kind', '')} memory that relaxes to a pole "
                f"over a swap (`nodes.{other}`) where its loss depends on when a qubit was stored. Try a `duration` of "
                "at most the herald delay, dephasing or depolarising, or policy: {kind: clocked-links}."
            )
    if isinstance(plan, SwapAll):
        if plan.cutoff is not None or any(node.swap.success_probability != 1 for node in route.nodes[1:-1]):
            return (
                f"The exact engine cannot follow {said} where more than two links are swapped as soon as possible and "
                f"swaps may fail or pairs are dropped ({of}). Try --engine physics, or policy: {{kind: nested}}."
            )
        shrinks = [node.storage.attempt_shrink for node in route.nodes[1:-1]]
        odd = len(set(slot.attempts)) > 1 or (slot.attempts[0] > 1 and min(shrinks) < 0)
        if odd and any(shrink != 1 for shrink in shrinks):
            return (
                f"The exact engine cannot follow {said} beside attempts of unequal times that damage stored qubits "
                f"({of}). Try memories without per_attempt."
            )
        if len(route.links) > LINKS:
            return (
                f"The exact engine takes at most {LINKS} links swapped as soon as possible beside {said} "
                f"({of}: {len(route.links)}). Try policy: {{kind: nested}}."
            )
    for step in swaps_of(plan):
        if links_meet(step):
            continue
        if isinstance(step.cutoff, AgeCutoff | FidelityCutoff):
            return (
                f"The exact engine cannot follow {said} beside a cut-off by {step.cutoff.kind} above the first level "
                f"of swaps ({of}). Try --engine physics, or cut-offs of kind difference."
            )
        if route.nodes[route.names.index(step.at)].storage.attempt_shrink != 1:
            return (
                f"The exact engine cannot follow {said} beside attempts that damage qubits stored at `{step.at}` "
                f"({of}). Try --engine physics, or memories without per_attempt at inner nodes."
            )
    doubt = _history(request, plan, slot).doubt
    if doubt <= GOOD:
        return None
    return (
        f"The exact engine follows a stored qubit in a chain by at most {MOST} numbers, which for {said} leaves an "
        f"error of {doubt:.0e} in its correlations ({of}). Try --engine physics, or policy: {{kind: clocked-links}}."
    )


def _history(request: ChainRequest, plan: Plan, slot: Slot, several: bool = False) -> History:
    """The history of a route, its losses described for as long as anybody asks where for ever would be too long."""
    whole = History(request, slot, several)
    if whole.doubt <= GOOD:
        return whole
    if request.until is not None:
        count = int(attempts_within(request.until - slot.start, slot.time)) + 1
    else:
        try:
            count = History(request, slot, blind=True).made(plan).times.slots_for()
        except UnsupportedError:
            return whole
    return History(request, slot, several, longest=1 << count.bit_length())


def solve(request: ChainRequest, plan: Plan, slot: Slot) -> ExactLaw:
    """The delivery law.

    Source: docs/background/chains.md, "Memories that do not forget".
    """
    history = _history(request, plan, slot)
    made = history.made(plan)
    doubt = history.doubt
    if request.edge is None:
        return handed_over(request, law_of(made, history.blocks), None, slot, doubt)

    def kept(counts: Counts, parts: Array) -> Pair:
        nonlocal doubt
        pairs, error = standing(made, history.blocks, counts, parts)
        doubt += error
        return pairs

    law = handed_over(request, made.times, kept, slot)
    return replace(law, truncation=law.truncation + doubt)


def edges_of(request: ChainRequest, plan: Plan, slot: Slot) -> Callable[[Array], Pair]:
    """Mean correlations over every press, (edges, 4, 4), as a function of the times of the edge."""

    found: dict[int, Callable[[Array], Pair]] = {}

    def until(size: int) -> Callable[[Array], Pair]:
        """The same for edges up to 2^size slots."""
        last = replace(request, delivery=request.delivery.changed(period=slot.start + slot.time * 2.0**size))
        history = _history(last, plan, slot, several=True)
        made = history.made(plan)
        return at_edges(last, made.times, lambda *when: standing(made, history.blocks, *when)[0], slot)

    def states(edges: Array) -> Pair:
        size = int(max((edges.max() - slot.start) / slot.time, 1.0) * (1 + 1e-12)).bit_length()
        if size not in found:
            found[size] = until(size)
        return found[size](edges)

    return states
