"""A request over several links, played out: from its plan to what is handed over."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.cutoff import DifferenceCutoff, FidelityCutoff
from bellpush.delivery.law import SampledLaw
from bellpush.delivery.plan import Distill, Generate, Plan, Swap, SwapAll, SwapAtEdge
from bellpush.delivery.schedule import Schedule
from bellpush.delivery.steps import links_meet, spans_of, steps_of
from bellpush.delivery.times import reached
from bellpush.engines.played.asap import AsSoonAsPossible
from bellpush.engines.played.attempts import Attempts
from bellpush.engines.played.edge import AtEdges
from bellpush.engines.played.held import Held
from bellpush.engines.played.patience import SLACK, Beat
from bellpush.engines.played.tree import Step, build
from bellpush.engines.slot import slot_of
from bellpush.ground.errors import ConvergenceError
from bellpush.ground.streams import Streams
from bellpush.ground.units import readable
from bellpush.links.link import Link
from bellpush.states import pair as pairs
from bellpush.states.measures import overlap

__all__ = ["attempts_needed", "play", "unsupported"]

SHOTS = 2_000  # presses, if the job does not say
BUDGET = 20_000_000  # attempts to play if the job does not say how many presses
BLOCK = 100_000  # links of presses played abreast


def unsupported(request: ChainRequest) -> str | None:
    """Why the request cannot be played; None if it can."""
    steps = list(steps_of(_plan(request)))
    distilled = any(isinstance(step, Distill) for step in steps)
    if reason := _damaged(request, steps) or _aged_twice(request, distilled):
        return reason
    if distilled and any(isinstance(getattr(step, "cutoff", None), FidelityCutoff) for step in steps):
        return (
            "The physics engine does not estimate the fidelity of distilled pairs, which a cut-off by fidelity would "
            f"need (`requests.{request.name}`). Try kind: age."
        )
    return None


def _damaged(request: ChainRequest, steps: Sequence[Plan]) -> str | None:
    """Damage by further attempts that is not played."""
    name = next((name for name in request.route.inner if _shrinks(request, name)), None)
    copies = request.policy.copies(request.route)
    if copies > 1:
        name = next((name for name in request.route.names if _shrinks(request, name)), None)
    if name is None:
        return None
    cutoffs = {type(step.cutoff) for step in steps if isinstance(step, Swap | SwapAll) and not links_meet(step)}
    why = (
        "beside distillation" if copies > 1
        else "where all swap at a common edge" if isinstance(_plan(request), SwapAtEdge)
        else "where swaps take time" if any(node.swap.duration for node in request.route.nodes[1:-1])
        else "beside a cut-off by difference above the first level" if DifferenceCutoff in cutoffs
        else "beside a cut-off by fidelity"
        if any(isinstance(getattr(step, "cutoff", None), FidelityCutoff) for step in steps)
        else None
    )  # fmt: skip
    return why and (
        f"The physics engine does not play damage by further attempts along a route {why} (`{name}`, "
        f"`requests.{request.name}`). Try nodes without per_attempt."
    )


def _shrinks(request: ChainRequest, name: str) -> bool:
    return request.route.nodes[request.route.names.index(name)].storage.attempt_shrink != 1


def _aged_twice(request: ChainRequest, distilled: bool) -> str | None:
    """Memories whose loss depends on when a qubit was first stored, where something is done to it in between."""
    for number, (name, node) in enumerate(zip(request.route.names, request.route.nodes, strict=True)):
        memory = node.storage
        if memory.memoryless:
            continue
        kind = getattr(memory, "kind", "")
        if distilled:
            return (
                f"The physics engine cannot go on with the age of a distilled qubit in a {kind} memory "
                f"(`nodes.{name}`, `requests.{request.name}`). Try depolarising, dephasing or t1-t2."
            )
        # All of its loss is taken after corrections, which only turn the signs of a loss without a pole.
        if number > 0 and len(request.links) > 1 and np.any(memory.transfer(memory.scale)[1:, 0] != 0):
            return (
                f"The physics engine cannot follow a {kind} memory that relaxes to a pole over a swap (`nodes.{name}`, "
                f"`requests.{request.name}`). Try one that dephases or depolarises."
            )
    return None


def _plan(request: ChainRequest) -> Plan:
    """What is done before the hand-over; two links swapped as soon as possible are a tree."""
    plan = request.plan.parts[0]
    if isinstance(plan, SwapAll) and len(plan.of) == 2:
        return Swap(plan.of[0], plan.of[1], plan.at[0], plan.cutoff)
    return plan


def attempts_needed(request: ChainRequest) -> float:
    """About how many attempts a press needs, at least; infinite where none ever succeeds."""
    links = [Attempts(link) for link in request.links]
    if any(link.success == 0 for link in links):
        return math.inf if request.until is None else 0.0
    chances = [node.swap.success_probability for node in request.route.nodes[1:-1]]
    plan = _plan(request)
    if isinstance(plan, SwapAtEdge):
        counts = [_schedule(link.link, plan.period, _longest(request)).attempts or 0 for link in links]
        chance = math.prod([*chances, *(reached(link.success, n) for n, link in zip(counts, links, strict=True))])
        each = sum(counts) / chance if chance > 0 else math.inf
    else:
        worst = min(chances, default=1.0) ** plan.level  # a failure repeats what lies beneath, level by level
        each = sum(1 / link.success for link in links) / worst if worst > 0 else math.inf
    most = math.inf if request.until is None else sum(request.until / link.link.step for link in links)
    return min(each, most)


def _longest(request: ChainRequest) -> float:
    return max((node.swap.duration for node in request.route.nodes[1:-1]), default=0.0)


def _schedule(link: Link, period: float, swaps: float) -> Schedule:
    """Attempts of a link within a cycle, so that the swaps end with it."""
    return Clocked(period=period - swaps, fallback="mixed").schedule(link)


def step_of(request: ChainRequest, until: float) -> Step:
    """What plays the request's plan; shots that begin after `until` seconds are given up."""
    plan, route, clocked = _plan(request), request.route, request.edge is not None
    slot = slot_of(request)
    beat = Beat(0.0 if isinstance(slot, str) else slot.time, SLACK * min(link.step for link in route.links))
    estimated = any(isinstance(getattr(step, "cutoff", None), FidelityCutoff) for step in steps_of(plan))
    damaged = isinstance(plan, Swap) and any(_shrinks(request, name) for name in route.inner)
    if isinstance(plan, Generate | Swap | Distill) and not damaged:
        nodes = dict(zip(route.names, route.nodes, strict=True))
        return build(plan, request.target, until, nodes, beat, clocked, estimated)
    ends = route.nodes[0], route.nodes[-1]
    links = tuple(
        Attempts(link, turned, link.lead if clocked else 0.0, estimated)
        for link, turned in zip(route.links, route.turned, strict=True)
    )
    if isinstance(plan, Swap):
        spans, cutoffs = spans_of(plan)
        return AsSoonAsPossible(
            ends, request.target, until, links, route.nodes, None, beat, spans=spans, cutoffs=cutoffs
        )
    if isinstance(plan, SwapAll):
        return AsSoonAsPossible(ends, request.target, until, links, route.nodes, plan.cutoff, beat)
    assert isinstance(plan, SwapAtEdge)
    swaps = _longest(request)
    schedules = tuple(_schedule(link, plan.period, swaps) for link in route.links)
    return AtEdges(ends, request.target, until, links, schedules, route.nodes, plan.period, swaps)


def play(request: ChainRequest, streams: Streams, shots: int | None, horizon: float | None) -> SampledLaw:
    """The law of one request from presses played one by one.

    Raises:
        ConvergenceError: presses that wait without end found no pair before the horizon.
    """
    until = request.until
    last = until if until is not None else math.inf if horizon is None else horizon
    step = step_of(request, last)
    count = shots or int(min(max(BUDGET / max(attempts_needed(request), 1.0), 100), SHOTS))
    abreast = max(BLOCK // len(request.links), 1)
    blocks = []
    for number, first in enumerate(range(0, count, abreast)):
        rng = streams.stream(f"{request.name}/chain", number)
        start = np.zeros(min(abreast, count - first))
        blocks.append(_handed_over(request, step, step.play(start, rng)))
    ready, states = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    caught = np.isfinite(ready)
    if until is None and (lost := float((~caught).mean())) > 0:
        assert horizon is not None
        raise ConvergenceError(
            f"{100 * lost:.2g} % of the presses of `requests.{request.name}` found no pair before the horizon. "
            f"Raise `run.horizon` from {readable(horizon, 's')}."
        )
    fallback = request.fallback_state()
    if fallback is not None:
        states[~caught] = fallback
    durations = np.where(caught, ready, np.inf if until is None else until)
    missed = None if fallback is None else float(overlap(fallback, request.target))
    return SampledLaw(request.target, ready, durations, states, request.edge, missed, until is None)


def _handed_over(request: ChainRequest, step: Step, made: Held) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When pairs are handed over, infinite where none is in time, and their correlations."""
    ready, until = made.ready, request.until
    if until is not None:
        ready = np.where(ready <= until * (1 + 1e-12), ready, np.inf)
    if request.edge is not None:
        ready = np.where(np.isfinite(ready), request.edge, np.inf)
    caught = np.flatnonzero(np.isfinite(ready))
    states = np.zeros((len(ready), 4, 4))
    if len(caught):
        kept = made.at(caught).aged(step.nodes, ready[caught])
        states[caught] = pairs.from_density(kept.states)
    return ready, states
