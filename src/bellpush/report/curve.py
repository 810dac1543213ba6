"""A request's answer for other clock periods or deadlines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.request import Request
from bellpush.design.scan import scan
from bellpush.engines.kinds import ENGINES

if TYPE_CHECKING:
    from bellpush.scenario.result import Result

__all__ = ["Curve", "bound", "over_time"]

Array = NDArray[np.float64]

POINTS = 121  # on a logarithmic grid, besides the jumps
FEW = 25  # the same over several links
JUMPS = 12  # attempts whose fitting in shows as a jump
RARE = 1e-2  # success probability up to which the limit of rare successes is drawn


@dataclass(frozen=True)
class Curve:
    """What a request gives over its period or deadline, in closed form; NaN where a number does not exist."""

    path: str
    noun: str  # "clock period" or "deadline"
    times: Array  # s, shape (points,)
    fidelity: Array
    fidelity_heralded: Array
    delivered_probability: Array


def over_time(result: Result, request: AnyRequest) -> Curve | None:
    """The curve around a request's own time; None where it promises none, or the exact engine cannot tell."""
    field, noun = {"clocked": ("period", "clock period"), "deadline": ("within", "deadline")}.get(
        str(getattr(request.delivery, "kind", "")), ("", "")
    )
    exact = next(engine for engine in ENGINES if engine.name == "exact")
    if not field or exact.unsupported(result.scenario.job):
        return None
    path = f"requests.{request.name}.delivery.{field}"
    own = float(getattr(request.delivery, field))
    if isinstance(request, ChainRequest):
        if field == "period" and isinstance(request.policy, ClockedLinks):
            path = f"requests.{request.name}.{{delivery,policy}}.period"
        times = _around(request, own)
    else:
        times = _grid(request, own)
    names = ("fidelity", "fidelity_heralded", "delivered_probability")
    quantities = [f"requests.{request.name}.{name}" for name in names]
    found = scan(result.scenario, {path: times}, quantities, "exact").quantities
    return Curve(path, noun, times, *(found[quantity] for quantity in quantities))


def _around(request: ChainRequest, own: float) -> Array:
    """Times around that of a request over several links, of which each takes a solution of its own."""
    least = max(link.lead + link.step for link in request.links)
    return np.unique(np.append(np.geomspace(max(own / 8, least), 4 * max(own, least), FEW), own))


def bound(request: Request) -> float | None:
    """The highest delivered fidelity over all periods in the limit of rare successes; None where it says nothing.

    Holds where the first pair is kept, its fidelity decays as one exponential, and its floor is what the fallback has.
    Source: docs/background/clocked-delivery.md.
    """
    link, schedule = request.link, request.schedule
    lost, fresh, efficiency = link.decoherence_rate, link.fidelity.value, link.link_efficiency.value
    if schedule.edge is None or schedule.newest or request.fallback != "mixed" or not link.scheme.heralded:
        return None
    if link.model.success_probability > RARE or efficiency is None or fresh is None or lost.floor is None:
        return None
    if "one exponential" not in lost.definition or abs(lost.floor - 0.25) > 1e-9:
        return None
    return 0.25 + (fresh - 0.25) * best_weight(efficiency)


def best_weight(efficiency: float) -> float:
    """What the best period leaves of a fresh pair's weight: eta^(1/(1-eta)).

    >>> round(0.25 + 0.75 * best_weight(0.826018), 6), round(best_weight(1.0), 6)
    (0.5, 0.367879)
    """
    if abs(efficiency - 1) < 1e-6:
        return math.exp(-1)
    return math.exp(math.log(efficiency) / (1 - efficiency)) if efficiency > 0 else 0.0


def _grid(request: Request, own: float) -> Array:
    """Times around the request's own and the best one, with both sides of the first attempts' ends."""
    link = request.link
    made, lost = link.rate.value or 0.0, link.decoherence_rate.value or 0.0
    scales = [own]
    if made > 0 and lost > 0 and link.scheme.heralded:
        best = 1 / lost if abs(made / lost - 1) < 1e-6 else math.log(made / lost) / (made - lost)
        if 1e-2 < best / own < 1e2:
            scales.append(best)
    low, high = min(scales) / 12, max(scales) * 8
    ends = link.lead + link.step * np.arange(1, JUMPS + 1)
    jumps = np.concatenate([ends * (1 - 1e-9), ends * (1 + 1e-9)])
    grid = np.concatenate([np.geomspace(low, high, POINTS), [own], jumps[(jumps > low) & (jumps < high)]])
    return np.unique(grid)
