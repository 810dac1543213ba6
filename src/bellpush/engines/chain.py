"""The exact engine over several links in a row: which method answers a plan, and why where none does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.cutoff import AgeCutoff, FidelityCutoff
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.plan import Plan, Swap, SwapAll
from bellpush.delivery.slots import Slots
from bellpush.delivery.steps import links_meet
from bellpush.delivery.times import AtEdge
from bellpush.engines import asap, clocked_links, configured, past
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.rows import Fading
from bellpush.engines.good import good_share
from bellpush.engines.slot import Slot, slot_of
from bellpush.engines.tree import grown
from bellpush.engines.waited import edges_of as edges_of_law
from bellpush.engines.waited import handed_over
from bellpush.ground.errors import UnsupportedError
from bellpush.ground.estimate import Estimate, absent
from bellpush.states.measures import overlap

__all__ = ["edges_of", "good", "solve", "unsupported"]

Array = NDArray[np.float64]


def unsupported(request: ChainRequest) -> str | None:
    """Why the exact engine cannot take the request; None if it can."""
    return _disturbed(request) or (
        clocked_links.unsupported(request)
        if isinstance(request.policy, ClockedLinks)
        else _of_plan(past.settled(request))
    )


def _of_plan(request: ChainRequest) -> str | None:
    slot = slot_of(request)
    if isinstance(slot, str):
        return slot
    plan = _tree(request)
    if past.needed(request):
        return (
            asap.unequal_swaps(request, slot) if isinstance(plan, SwapAll) else _unequal(request, plan, slot)
        ) or past.unsupported(request, plan, slot)
    if isinstance(plan, SwapAll):
        return asap.unsupported(request, plan, slot)
    if configured.needed(request, plan):
        return configured.unsupported(request, plan, slot)
    return _unequal(request, plan, slot)


def _tree(request: ChainRequest) -> Plan:
    """What is done before the hand-over; two links swapped as soon as possible are a tree like any other."""
    plan = request.policy.plan(request.route)
    if isinstance(plan, SwapAll) and len(plan.of) == 2:
        return Swap(plan.of[0], plan.of[1], plan.at[0], plan.cutoff)
    return plan


def _disturbed(request: ChainRequest) -> str | None:
    """Attempts that go on at a node while a pair is stored there, and nobody can tell how many."""
    route = request.route
    clocked = isinstance(request.policy, ClockedLinks)
    for number, (name, node) in enumerate(zip(route.names, route.nodes, strict=True)):
        inner = 0 < number < len(route.links)
        if node.storage.attempt_shrink != 1 and ((inner and clocked) or request.policy.copies(route) > 1):
            return (
                f"The exact engine cannot tell how many attempts go on at `{name}` while a pair is stored there "
                f"(`nodes.{name}.memory.per_attempt`). Try a memory without it at inner nodes."
            )
    return None


def _unequal(request: ChainRequest, plan: Plan, slot: Slot) -> str | None:
    """What needs links of equal attempts where two of them meet."""
    for part in plan.parts:
        if reason := _unequal(request, part, slot):
            return reason
    if not isinstance(plan, Swap) or not links_meet(plan):
        return None
    number = request.route.names.index(plan.at)
    one, other = slot.attempts[number - 1], slot.attempts[number]
    if isinstance(plan.cutoff, AgeCutoff | FidelityCutoff) and one != other:
        return (
            f"The exact engine cannot take a cut-off by {plan.cutoff.kind} at `{plan.at}` where attempts take unequal "
            "times: one side goes on while the other begins again. Try a cutoff of kind difference."
        )
    shrink = request.route.nodes[number].storage.attempt_shrink
    if shrink != 1 and (one != other or (shrink < 0 and one > 1)):
        return (
            f"The exact engine cannot tell how many attempts go on at `{plan.at}` while a pair is stored there "
            f"(`nodes.{plan.at}.memory.per_attempt`) where attempts take unequal times. Try a memory without it."
        )
    if shrink != 1 and isinstance(plan.cutoff, FidelityCutoff):
        return (
            f"The exact engine cannot estimate a fidelity at `{plan.at}` beside attempts that damage stored qubits. "
            "Try a cutoff of kind age."
        )
    return None


def solve(request: ChainRequest) -> ExactLaw:
    """The delivery law of one request over a route.

    Raises:
        UnsupportedError: no exact method built answers it; says why.
    """
    if reason := unsupported(request):
        raise UnsupportedError(reason)
    if isinstance(request.policy, ClockedLinks):
        return clocked_links.solve(request)
    if _hopeless(request):
        return _never(request)
    request = past.settled(request)
    plan, slot = _tree(request), _slot(request)
    if past.needed(request):
        return past.solve(request, plan, slot)
    if isinstance(plan, SwapAll) and asap.closes(request, plan, slot):
        return asap.solve(request, plan, slot)
    return handed_over(request, *_law(request, plan, slot), slot)


def _hopeless(request: ChainRequest) -> bool:
    """Whether a link, or a swap, can never succeed."""
    dead = any(node.swap.success_probability == 0 for node in request.route.nodes[1:-1])
    return dead or any(link.model.success_probability == 0 for link in request.links)


def _never(request: ChainRequest) -> ExactLaw:
    """The law of a request that never gets a pair."""
    fallback = request.fallback_state()
    missed = np.zeros((4, 4)) if fallback is None else fallback
    times = Slots(np.zeros(0), request.step) if request.edge is None else AtEdge(request.edge, 0.0)
    press = np.inf if request.until is None else request.until
    return ExactLaw(request.target, times, np.zeros((4, 4)), missed, press)


def _law(request: ChainRequest, plan: Plan, slot: Slot) -> tuple[ChainLaw, Fading]:
    """The law of the pair slot by slot, and what a slot takes from it in the memories of its ends."""
    if isinstance(plan, SwapAll):
        return asap.law(request, plan, slot)
    if configured.needed(request, plan):
        return configured.configured(request, plan, slot)
    return grown(request, plan, slot)


def _slot(request: ChainRequest) -> Slot:
    slot = slot_of(request)
    assert not isinstance(slot, str)
    return slot


def good(request: ChainRequest, fidelity: float) -> Estimate:
    """Probability that a press is answered in time by a pair whose fidelity, given its history, is at least this.

    Absent, with the reason, where no exact method built tells a pair's fidelity.
    """
    if reason := unsupported(request):
        return absent(reason)
    if isinstance(request.policy, ClockedLinks):
        return absent("links by a common clock age by slots of their own")
    if _hopeless(request):
        return Estimate.exact(0.0)
    request = past.settled(request)
    return good_share(request, _tree(request), _slot(request), fidelity)


def edges_of(request: ChainRequest) -> Callable[[Array], Array]:
    """Delivered fidelity of a clocked request, as a function of the times of its edge, shape (edges,).

    What does not depend on the edge is worked out once.

    Raises:
        UnsupportedError: no exact method built answers it; says why.
    """
    if reason := unsupported(request):
        raise UnsupportedError(reason)
    if isinstance(request.policy, ClockedLinks) or _hopeless(request):
        return lambda edges: np.array([_fidelity(solve(_with_edge(request, float(edge)))) for edge in edges])
    request = past.settled(request)
    plan, slot = _tree(request), _slot(request)
    if past.needed(request):
        states = past.edges_of(request, plan, slot)
    elif isinstance(plan, SwapAll) and asap.closes(request, plan, slot):
        states = asap.edges_of(request, slot)
    else:
        states = edges_of_law(request, *_law(request, plan, slot), slot)
    return lambda edges: np.asarray(overlap(states(edges), request.target))


def _fidelity(law: ExactLaw) -> float:
    value = law.fidelity.value
    return np.nan if value is None else value


def _with_edge(request: ChainRequest, edge: float) -> ChainRequest:
    policy = request.policy.changed(period=edge) if isinstance(request.policy, ClockedLinks) else request.policy
    return replace(request, delivery=request.delivery.changed(period=edge), policy=policy)
