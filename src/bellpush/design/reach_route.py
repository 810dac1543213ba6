"""The way back over several links: from a promise of fidelity to the clock that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.route import Route
from bellpush.engines.chain import edges_of
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.ground.units import readable
from bellpush.hardware.memory import Perfect
from bellpush.hardware.node import Node
from bellpush.states.measures import overlap

__all__ = ["RouteReach", "reach_route"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Fidelities = Callable[[Whole], Array]

TRIED = 48  # periods tried at first, evenly on a logarithmic scale
FINER = 17  # periods tried in each refinement
LONGEST = 400_000  # slots beyond which a period is not looked at


@dataclass(frozen=True)
class RouteReach:
    """What a clocked request over a route can promise."""

    fidelity: float  # asked for
    period: float  # s, asked for
    delivered: float  # at this period
    smallest_period: float | None  # s, that delivers the fidelity asked for; None if none looked at does
    best_period: float  # s, that delivers the largest fidelity
    best_fidelity: float
    longest: float  # s, the longest period looked at
    kept: float | None = None  # delivered at the longest period by memories that keep for ever; None where it is met

    @property
    def met(self) -> bool:
        """Whether the fidelity is delivered at the period."""
        return self.delivered > self.fidelity

    @property
    def sentences(self) -> list[str]:
        """What a user reads."""
        here, asked = readable(self.period, "s"), f"{self.fidelity:.4g}"
        if self.met:
            found = [f"Every {here}: {self.delivered:.4g} is delivered, more than {asked}."]
        else:
            found = [f"Every {here}: only {self.delivered:.4g} is delivered, not more than {asked}."]
        if self.smallest_period is not None:
            found.append(f"The smallest period that delivers it is {readable(self.smallest_period, 's')}.")
        else:
            found.append(f"No period up to {readable(self.longest, 's')} delivers it.{self._missing}")
        found.append(f"The largest fidelity is {self.best_fidelity:.4g}, every {readable(self.best_period, 's')}.")
        return found

    @property
    def _missing(self) -> str:
        """What would help, in a sentence."""
        if self.kept is None:
            return ""
        would = f" Memories that keep for ever would deliver {self.kept:.4g}"
        if self.kept > self.fidelity:
            return f"{would}: store longer, or make pairs faster."
        return f"{would}: better pairs or swaps are needed, or distillation."


def reach_route(request: ChainRequest, fidelity: float | None = None) -> RouteReach:
    """What a clocked request over a route can promise; only whole slots matter, between them a cycle just waits.

    Args:
        request: of a clocked delivery.
        fidelity: to be exceeded; if None, the request's own threshold (or 0.5), or what its fallback alone gives.

    Raises:
        ScenarioError: `fidelity` is no number from 0 to 1.
        UnsupportedError: the request is not clocked, or no exact method answers it.
    """
    if fidelity is not None and not 0 <= fidelity <= 1:
        raise ScenarioError(f"`fidelity` must be a number from 0 to 1, but is {fidelity:g}. Try 0.5.")
    if not isinstance(request.delivery, Clocked):
        raise UnsupportedError(f"`requests.{request.name}` is not clocked, and only a clock has a period to choose.")
    fallback = request.fallback_state()
    alone = 0.0 if fallback is None else float(overlap(fallback, request.target))
    wanted = max(0.5 if request.min_fidelity is None else request.min_fidelity, alone) if fidelity is None else fidelity
    fidelities = edges_of(request)

    def delivered(counts: Whole) -> Array:
        return fidelities(_periods(request, counts))

    counts = np.unique(np.geomspace(1, _most(request), TRIED).astype(np.int64))
    found = delivered(counts)
    best_count, best = _peak(delivered, counts, found)
    first = _first(delivered, counts, found, wanted, best_count if best > wanted else None)
    here = float(fidelities(np.array([request.delivery.period]))[0])
    periods = _periods(request, np.array([best_count, first or 1, counts[-1]]))
    smallest = None if first is None else float(periods[1])
    kept = _kept(request, float(periods[2])) if smallest is None else None
    return RouteReach(wanted, request.delivery.period, here, smallest, float(periods[0]), best, float(periods[2]), kept)


def _kept(request: ChainRequest, period: float) -> float:
    """What would be delivered by memories that keep for ever."""
    links = tuple(replace(link, nodes=_keeping(link.nodes)) for link in request.links)
    route = Route(request.route.names, links)
    return float(edges_of(replace(request, route=route))(np.array([period]))[0])


def _keeping(nodes: tuple[Node, Node]) -> tuple[Node, Node]:
    first, second = (node.changed(memory=Perfect()) for node in nodes)
    return first, second


def _periods(request: ChainRequest, counts: Whole) -> Array:
    lead = max(link.lead for link in request.links)
    longest = max((node.swap.duration for node in request.route.nodes[1:-1]), default=0.0)
    return np.asarray(lead + longest + counts * request.step, dtype=np.float64)


def _most(request: ChainRequest) -> int:
    """As many slots as waiting could ever need, or storage make good."""
    success = min(link.model.success_probability for link in request.links)
    chance = float(np.prod([node.swap.success_probability for node in request.route.nodes[1:-1]]))
    waiting = (2 + np.log(len(request.links))) / max(success * chance, 1e-12)
    scale = max(node.storage.scale for node in request.route.nodes) / request.step
    return int(min(max(20 * waiting, 4 * min(scale, 20 * waiting), 32), LONGEST))


def _peak(delivered: Fidelities, counts: Whole, found: Array) -> tuple[int, float]:
    """The number of slots that delivers most, and what it delivers."""
    while True:
        best = int(np.nanargmax(found))
        low, high = counts[max(best - 1, 0)], counts[min(best + 1, len(counts) - 1)]
        between = np.unique(np.linspace(low, high, FINER).astype(np.int64))
        if high - low <= len(between) - 1 and len(between) == len(counts) and np.all(between == counts):
            return int(counts[best]), float(found[best])
        if high - low <= 2:
            return int(counts[best]), float(found[best])
        counts, found = between, delivered(between)


def _first(delivered: Fidelities, counts: Whole, found: Array, wanted: float, peak: int | None) -> int | None:
    """The smallest number of slots that delivers more than what is wanted."""
    above = np.flatnonzero(found > wanted)
    if not len(above) and peak is None:
        return None
    high = int(counts[above[0]]) if len(above) else int(peak or 1)
    if peak is not None:
        high = min(high, peak)
    below = counts[counts < high]
    low = int(below[-1]) if len(below) else 0
    while high - low > 1:
        between = np.unique(np.linspace(low + 1, high, FINER).astype(np.int64))
        good = np.flatnonzero(delivered(between) > wanted)
        if not len(good):
            return high
        low, high = (int(between[good[0] - 1]) if good[0] else low), int(between[good[0]])
    return high
