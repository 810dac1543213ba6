"""Short chains from every way in which they can stand, where a pair's fate depends on more than when it was ready.

So are swaps as soon as possible that may fail, cut-offs by the age or the fidelity of pairs that were swapped, and
qubits that attempts at the other link of their node damage.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import AgeCutoff, DifferenceCutoff, FidelityCutoff
from bellpush.delivery.plan import Distill, Generate, Plan, Swap, SwapAll
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.steps import Span, links_meet, spans_of, steps_of, swaps_of
from bellpush.engines.aged import OLDEST, decay_of
from bellpush.engines.chains.configurations import LARGEST, Policy, swap_asap, swap_tree
from bellpush.engines.chains.counted import Counted, Everywhere, Oldest, Summed, states_of
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.policy_law import policy_law
from bellpush.engines.chains.rows import BELL, Fading, Rows, fading, rows_for
from bellpush.engines.slot import Slot
from bellpush.engines.tree import Tree, keeps
from bellpush.hardware.memory import Memory
from bellpush.states.pair import Pair

__all__ = ["carried", "configured", "needed", "relaxes", "unsupported"]

MOST = 8  # links whose every configuration is looked at

Array: TypeAlias = NDArray[np.float64]


def needed(request: ChainRequest, plan: Plan) -> bool:
    """Whether times alone do not tell what becomes of the pairs of a plan of swaps two by two."""
    nodes = dict(zip(request.route.names, request.route.nodes, strict=True))
    for swap in swaps_of(plan):
        if links_meet(swap):
            continue
        if isinstance(swap.cutoff, AgeCutoff | FidelityCutoff) or nodes[swap.at].storage.attempt_shrink != 1:
            return True
    return False


def unsupported(request: ChainRequest, plan: Plan, slot: Slot) -> str | None:
    """Why not every way in which the chain can stand is looked at; None if it is."""
    of, count = f"`requests.{request.name}`", len(request.links)
    when, other = _words(request, plan)
    if any(isinstance(step, Distill) for step in steps_of(plan)):
        return f"The exact engine cannot distill {when} ({of}). Try --engine physics, {other}."
    if set(slot.attempts) != {1} or any(slot.swaps):
        return (
            f"The exact engine needs attempts of one duration and swaps that take no time {when} ({of}). "
            f"Try --engine physics, {other}."
        )
    if count > MOST:
        return f"The exact engine takes at most {MOST} links {when} ({of}: {count}). Try {other}."
    targets = {link.model.target for link in request.links}
    if len(targets) > 1 and any(relaxes(node.storage, slot) for node in request.route.nodes):
        return (
            f"The exact engine needs links that aim at one Bell state in memories that relax to a pole {when} ({of}). "
            "Try one `target` for all."
        )
    counted = _counted(request, plan, slot)
    if isinstance(counted, str):
        return counted
    if isinstance(counted, Oldest | Summed) and not isinstance(plan, SwapAll):
        states = states_of(counted, spans_of(plan)[0], count)
        if states > LARGEST:
            return (
                f"The exact engine keeps at most {LARGEST} configurations of a chain with the ages of its pairs, and "
                f"{of} would have about {float(f'{states:.1g}'):.0f}. Try --engine physics, {other}."
            )
    return None


def configured(request: ChainRequest, plan: Plan, slot: Slot) -> tuple[ChainLaw, Fading]:
    """The law of the pair, and what a slot takes from it at its ends.

    Source: docs/background/chains.md, "Links under a policy, without truncation".
    """
    route = request.route
    rows, pairs, kept = carried(request)
    transfers = np.array([node.storage.transfer(slot.time) for node in route.nodes])
    success = [min(link.model.success_probability, 1.0) for link in request.links]
    swaps = [node.swap.success_probability for node in route.nodes[1:-1]]
    if rows.signs:
        rows = Rows(BELL.picks, leaky=rows.leaky)
    counted = _counted(request, plan, slot)
    assert not isinstance(counted, str)
    policy: Policy = swap_asap if isinstance(plan, SwapAll) else swap_tree(spans_of(plan)[0])
    damage = [node.storage.attempt_shrink for node in route.nodes]
    law = policy_law(rows, success, swaps, pairs, transfers, kept, policy, counted, damage=damage)
    return law, fading(rows, route.nodes[0].storage, route.nodes[-1].storage, slot.time)


def carried(request: ChainRequest) -> tuple[Rows, list[Pair], list[Array]]:
    """The rows to carry, the links' pairs along the route, and what a swap at each inner node leaves."""
    route, target = request.route, request.target
    pairs = [link.pair.T if back else link.pair for link, back in zip(route.links, route.turned, strict=True)]
    targets = [link.model.target for link in route.links]
    kept = [
        keeps(node, target, target if number else targets[0], targets[number + 1])
        for number, node in enumerate(route.nodes[1:-1])
    ]
    rows = rows_for(pairs, [node.storage for node in route.nodes], kept)
    damaged = any(node.storage.attempt_shrink != 1 for node in route.nodes[1:-1])
    if damaged and rows.signs:  # x and y are lost, z is not
        rows = Rows(BELL.picks, leaky=rows.leaky)
    return rows, pairs, kept


def relaxes(memory: Memory, slot: Slot) -> bool:
    """Whether a memory has a pole that it relaxes to."""
    return bool(np.any(memory.transfer(slot.time)[1:, 0] != 0))


def _words(request: ChainRequest, plan: Plan) -> tuple[str, str]:
    """Under which circumstances, and what to try instead."""
    if isinstance(plan, SwapAll):
        when = (
            "where more than two links are swapped as soon as possible and swaps may fail, memories relax to a pole, "
            "or pairs are dropped"
        )
        return when, "policy: {kind: nested}"
    if any(isinstance(swap.cutoff, AgeCutoff | FidelityCutoff) and not links_meet(swap) for swap in swaps_of(plan)):
        return "beside a cut-off by age or fidelity above the first level of swaps", "cut-offs of kind difference"
    return "where attempts damage qubits stored at inner nodes", "a memory without per_attempt at inner nodes"


def _counted(request: ChainRequest, plan: Plan, slot: Slot) -> Counted | str | None:
    """How ages are counted, or why they cannot be; None where nothing is dropped."""
    of = f"`requests.{request.name}`"
    dropping = [step for step in steps_of(plan) if isinstance(step, Swap | SwapAll) and step.cutoff is not None]
    if not dropping:
        return None
    if len({link.model.herald_delay for link in request.links}) > 1:
        return (
            "The exact engine needs pairs of the same age at their heralds where those are dropped that are too old "
            f"({of}). Try one herald_delay for all."
        )
    above = {type(step.cutoff) for step in dropping if not links_meet(step)}
    if DifferenceCutoff in above or len(above) > 1:
        kind = "a cut-off by difference" if DifferenceCutoff in above else "cut-offs of unlike kinds"
        return (
            f"The exact engine cannot take {kind} {_words(request, plan)[0]} ({of}). Try kind: age above the first "
            f"level of swaps, or {_words(request, plan)[1]}."
        )
    if FidelityCutoff in above:
        return _summed(request, plan, slot)
    if any(isinstance(step.cutoff, FidelityCutoff) for step in dropping) and _damaged(request):
        return (
            "The exact engine cannot estimate a fidelity beside attempts that damage stored qubits "
            f"({of}). Try kind: age."
        )
    if isinstance(plan, SwapAll):
        assert isinstance(plan.cutoff, AgeCutoff)
        return Everywhere(_slots_of_age(plan.cutoff, request, slot))
    return Oldest(_limits(request, plan, slot))


def _slots_of_age(cutoff: AgeCutoff, request: ChainRequest, slot: Slot) -> int:
    """For how many slots a pair that was just heralded may be kept."""
    return int(attempts_within(max(cutoff.time - request.links[0].model.herald_delay, 0.0), slot.time))


def _limits(request: ChainRequest, plan: Plan, slot: Slot) -> dict[Span, int]:
    """For how many slots from its first herald on a pair is kept, by the span of those that ever are dropped."""
    found: dict[Span, int] = {}
    tree = Tree(request, slot, carried(request)[0])
    leaves = [step for step in steps_of(plan) if isinstance(step, Generate)]
    for span, cutoff in spans_of(plan)[1].items():
        if isinstance(cutoff, AgeCutoff):
            found[span] = _slots_of_age(cutoff, request, slot)
        else:  # of links alone, whose age is how long they have waited
            leaf = leaves[span[0]]
            limit = tree.limit(cutoff, leaf, tree.link(leaf))
            assert limit is not None
            found[span] = int(limit[0])
    return found


def _summed(request: ChainRequest, plan: Plan, slot: Slot) -> Counted | str:
    """Limits on the sum of all waits, from those on the fidelity."""
    of = f"`requests.{request.name}`"
    whole = decay_of(request, slot)
    if isinstance(whole, str):
        return f"The exact engine cannot estimate the fidelity of a swapped pair ({of}): {whole}. Try kind: age."
    count = len(request.links)
    wanted = spans_of(plan)[1]
    if isinstance(plan, SwapAll):
        every = [(i, j) for i in range(count) for j in range(i + 1, count + 1) if j - i < count]
        wanted = dict.fromkeys(every, plan.cutoff) if plan.cutoff is not None else {}
    limits: dict[Span, int] = {}
    for span, cutoff in wanted.items():
        decay = decay_of(request, slot, *span)
        if not isinstance(cutoff, FidelityCutoff):
            return (
                f"The exact engine cannot take cut-offs of unlike kinds {_words(request, plan)[0]} ({of}). Try kind: "
                "fidelity for all levels."
            )
        assert not isinstance(decay, str)
        oldest = decay.oldest(cutoff.least, 0)
        if oldest is not None:
            limits[span] = oldest - 1
        elif decay.fidelity(np.array(np.inf)) < cutoff.least:
            return (
                f"The exact engine tells ages of up to {OLDEST} slots apart, and the pairs of {of} stay above a "
                f"fidelity of {cutoff.value:g} for longer. Try --engine physics, or kind: difference."
            )
    return Summed(limits, whole.ageing)


def _damaged(request: ChainRequest) -> bool:
    return any(node.storage.attempt_shrink != 1 for node in request.route.nodes[1:-1])
