"""Links that are each on demand at a common edge, and swapped there: exact for any number of links and any memory.

Where swaps take time, the memories at the ends must lose as much at every age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.request import Request
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.times import AtEdge, Geometric, mean_attempts, reached
from bellpush.engines.exact import solve as solve_link
from bellpush.links.ageing import Ageing
from bellpush.states.pair import BellState, Pair
from bellpush.states.swap import swap

__all__ = ["AtCommonEdge", "at_common_edge", "joined", "solve", "unsupported"]


@dataclass(frozen=True)
class AtCommonEdge:
    """What one cycle of a common clock gives end to end."""

    probability: float  # that every link was heralded and every swap gave a result
    heralded: Pair  # correlations times that probability, shape (4, 4), in the frame of the request's target
    averaged: Pair  # the same, misses of the links included: each hands over its fallback, the mixed state
    error: float  # bound on the absolute error of each correlation


def unsupported(request: ChainRequest) -> str | None:
    """Why the request cannot be answered; None if it can."""
    route = request.route
    if all(node.swap.duration == 0 for node in route.nodes[1:-1]):
        return None
    for name, node in (route.names[0], route.nodes[0]), (route.names[-1], route.nodes[-1]):
        if not node.storage.memoryless:
            kind = getattr(node.storage, "kind", "")
            return (
                f"The exact engine cannot go on with the age of a qubit in a {kind} memory (`nodes.{name}`) while "
                f"swaps take time (`requests.{request.name}`). Try swaps without `duration`, or depolarising, "
                "dephasing or t1-t2 at the ends."
            )
    return None


def solve(request: ChainRequest) -> ExactLaw:
    """The delivery law: cycles are independent, and each gives a pair with one probability.

    Source: docs/background/chains.md.
    """
    policy = request.policy
    assert isinstance(policy, ClockedLinks)
    cycle = at_common_edge(request)
    chance = min(cycle.probability, 1.0)
    fallback = request.fallback_state()
    if request.edge is not None:
        missed = np.zeros((4, 4)) if fallback is None else (1 - chance) * fallback
        times = AtEdge(request.edge, chance)
        return ExactLaw(request.target, times, cycle.heralded, missed, request.edge, cycle.error)
    cycles = None if request.until is None else int(attempts_within(request.until, policy.period))
    waits = Geometric(chance, policy.period, 0.0, cycles)
    total = waits.total
    sure = cycle.heralded / chance if chance > 0 else np.zeros((4, 4))
    error = cycle.error / chance if chance > 0 else 0.0
    answered = 0.0 if total == 0 else float(mean_attempts(chance, cycles)) * policy.period
    missed_share = 0.0 if cycles is None else (1 - reached(chance, cycles) if chance > 0 and cycles else 1.0)
    missed = np.zeros((4, 4)) if fallback is None else missed_share * fallback
    if request.until is None:
        press = answered if total > 0 else float("inf")
    else:
        press = total * answered + missed_share * request.until
    return ExactLaw(request.target, waits, total * sure, missed, press, error)


def at_common_edge(request: ChainRequest) -> AtCommonEdge:
    """One cycle: every link holds its first pair until the swaps begin, which end with the cycle."""
    policy, route = request.policy, request.route
    assert isinstance(policy, ClockedLinks)
    longest = max((node.swap.duration for node in route.nodes[1:-1]), default=0.0)
    clock = Clocked(period=policy.period - longest, fallback="mixed")
    chance, error = 1.0, 0.0
    heralded: list[Pair] = []
    averaged: list[Pair] = []
    targets: list[BellState] = []
    for link, turned in zip(route.links, route.turned, strict=True):
        law = solve_link(Request(link.name, link, clock))
        chance *= law.times.total
        error += law.truncation
        heralded.append(law.heralded.T if turned else law.heralded)
        averaged.append(law.state.T if turned else law.state)
        targets.append(law.target)
    for node in route.nodes[1:-1]:
        chance *= node.swap.success_probability
    sure, average = joined(request, heralded, targets), joined(request, averaged, targets)
    if longest > 0:
        ends = Ageing(route.nodes[0].storage, route.nodes[-1].storage)
        sure, average = ends.at(sure, longest), ends.at(average, longest)
    return AtCommonEdge(chance, sure, average, error)


def joined(request: ChainRequest, parts: list[Pair], targets: list[BellState]) -> Pair:
    """Pairs of the links of a route, swapped at every inner node, times the chance that all swaps give a result."""
    total = parts[0]
    for node, part, target in zip(request.route.nodes[1:-1], parts[1:], targets[1:], strict=True):
        made = swap(
            total,
            part,
            request.target,
            left_target=request.target,
            right_target=target,
            gate_error=node.swap.gate_error,
            readout_error=node.swap.readout_error,
        )
        total = node.swap.success_probability * made
    return np.asarray(total)
