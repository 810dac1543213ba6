"""The way back: from a promise to the clock that keeps it, or to what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.request import Request
from bellpush.engines import closed
from bellpush.engines.exact import solve
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.ground.units import readable
from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.links.multiplexed import Multiplexed
from bellpush.links.scheme import Scheme
from bellpush.states.measures import overlap

__all__ = ["Reach", "largest_fidelity", "missing", "reach", "smallest_period"]

Array = NDArray[np.float64]
Better = Callable[[Request, Array | float], Request]

ABREAST = 512  # clock periods tried at once in closed form
APART = 40  # the same where each is worked out on its own
LARGEST = 1e6  # factor beyond which nothing is called short


@dataclass(frozen=True)
class Reach:
    """What a clocked request can promise, and what is missing for more."""

    fidelity: float  # asked for
    period: float  # s, asked for
    delivered: float  # at this period
    smallest_period: float | None  # s, that delivers the fidelity asked for; None if none does
    best_period: float  # s, that delivers the largest fidelity
    best_fidelity: float
    # Factors that would deliver it; None where none up to a million does, 1 where nothing is missing.
    storage_here: float | None  # at this period
    rate_here: float | None
    storage: float | None  # at whichever period is best then
    rate: float | None
    # What the scheme's trade of rate against fidelity can do at this period; None where it has none.
    trade: str = ""
    trade_values: tuple[float, float] | None = None
    trade_fidelity: float | None = None

    @property
    def met(self) -> bool:
        """Whether the fidelity is delivered at the period."""
        return self.delivered > self.fidelity

    @property
    def sentences(self) -> list[str]:
        """What a user reads."""
        here = readable(self.period, "s")
        found = []
        if self.met:
            found.append(f"Every {here}: {self.delivered:.4g} is delivered, more than {self.fidelity:.4g}.")
        else:
            found.append(
                f"Every {here}: only {self.delivered:.4g} is delivered, not more than {self.fidelity:.4g}: "
                f"{_short(self.storage_here, self.rate_here)}."
            )
        if self.smallest_period is not None:
            found.append(f"The smallest period that delivers it is {readable(self.smallest_period, 's')}.")
        else:
            found.append(f"No period delivers it: {_short(self.storage, self.rate)}, at the best one.")
        found.append(f"The largest fidelity is {self.best_fidelity:.4g}, every {readable(self.best_period, 's')}.")
        if self.trade_values is not None and self.trade_fidelity is not None:
            ends = " and ".join(dict.fromkeys(f"{value:.4g}" for value in self.trade_values))
            name = self.trade.replace("_", " ")
            found.append(f"At this period the best {name} is {ends}: {self.trade_fidelity:.4g}.")
        return found

    @property
    def short(self) -> str:
        """What is missing at this period, in a few words."""
        return _short(self.storage_here, self.rate_here)


def _short(storage: float | None, rate: float | None) -> str:
    ways = [f"{x:.3g} times in {name}" for name, x in (("storage", storage), ("rate", rate)) if x is not None]
    if not ways:
        return "beyond what storage or rate alone can mend (`bellpush explain` says what would)"
    return " or ".join([ways[0].replace("times", "times short"), *ways[1:]])


def reach(request: Request, fidelity: float | None = None) -> Reach:
    """What a clocked request can promise.

    Args:
        request: of a clocked delivery.
        fidelity: to be exceeded; if None, the request's own threshold (or 0.5), or what its fallback alone gives.

    Raises:
        ScenarioError: `fidelity` is no number from 0 to 1.
        UnsupportedError: the request is not clocked.
    """
    if fidelity is not None and not 0 <= fidelity <= 1:
        raise ScenarioError(f"`fidelity` must be a number from 0 to 1, but is {fidelity:g}. Try 0.5.")
    delivery = request.delivery
    if not isinstance(delivery, Clocked):
        raise UnsupportedError(f"`requests.{request.name}` is not clocked, and only a clock has a period to choose.")
    if fidelity is None:
        fallback = request.fallback_state()
        alone = 0.0 if fallback is None else float(overlap(fallback, request.link.model.target))
        fidelity = max(0.5 if request.min_fidelity is None else request.min_fidelity, alone)
    wanted = fidelity
    best_period, best = largest_fidelity(request)
    first = smallest_period(request, wanted)

    def here(changed: Request) -> float:
        return float(delivered(changed, np.array([delivery.period]))[0])

    def anywhere(changed: Request) -> float:
        return largest_fidelity(changed)[1]

    return Reach(
        wanted,
        delivery.period,
        here(request),
        first,
        best_period,
        best,
        missing(request, wanted, steadier, here),
        missing(request, wanted, faster, here),
        1.0 if first is not None else missing(request, wanted, steadier, anywhere),
        1.0 if first is not None else missing(request, wanted, faster, anywhere),
        request.link.scheme.core.trade,
        *traded(request),
    )


def delivered(request: Request, periods: Array) -> Array:
    """Delivered fidelity at clock periods, shape (periods,)."""
    numbers = closed.numbers(_with(request, period=periods))
    if numbers is not None:
        return np.array(np.broadcast_to(numbers.fidelity, periods.shape))
    each = [solve(_with(request, period=float(period))).fidelity.value for period in periods]
    return np.array([np.nan if value is None else value for value in each])


def traded(request: Request) -> tuple[tuple[float, float] | None, float | None]:
    """The values at the two ends, in their present proportion, of what trades rate against fidelity that deliver most.

    Returns:
        The values and the delivered fidelity; None where the scheme has no such trade.
    """
    core = request.link.scheme.core
    name = core.trade
    if not name:
        return None, None
    first, second = getattr(core, name)
    largest = max(first, second)
    shares = (first / largest, second / largest) if largest > 0 else (1.0, 1.0)

    def set_to(one: Request, value: Array | float) -> Request:
        turned = one.link.scheme.core.changed(**{name: (shares[0] * value, shares[1] * value)})
        scheme = one.link.scheme.around(turned)
        return replace(one, link=replace(one.link, scheme=scheme))

    steps = 401 if closed.numbers(request) is not None else 25
    low, high = 0.0, 1.0
    while True:
        values = np.linspace(low, high, steps)
        found = _over(request, set_to, values)
        best = int(np.nanargmax(found))
        if high - low < 1e-5:
            return (shares[0] * float(values[best]), shares[1] * float(values[best])), float(found[best])
        low, high = float(values[max(best - 1, 0)]), float(values[min(best + 1, steps - 1)])


def _over(request: Request, better: Better, factors: Array) -> Array:
    """Delivered fidelity at the request's own period for every factor, shape (factors,)."""
    numbers = closed.numbers(better(request, factors))
    if numbers is not None:
        return np.array(np.broadcast_to(numbers.fidelity, factors.shape))
    each = [solve(better(request, float(factor))).fidelity.value for factor in factors]
    return np.array([np.nan if value is None else value for value in each])


def smallest_period(request: Request, fidelity: float) -> float | None:
    """The smallest clock period whose delivered fidelity exceeds `fidelity`, s; None if there is none.

    Only whole numbers of attempts matter: between them a cycle just waits.
    """
    tries = _tries(request)
    counts = _counts(request, tries)
    above = np.flatnonzero(delivered(request, _periods(request, counts)) > fidelity)
    if not len(above):
        period, best = largest_fidelity(request)  # a peak between two of those tried
        return period if best > fidelity else None
    first = int(above[0])
    low, high = (int(counts[first - 1]) if first else 0), int(counts[first])
    while high - low > 1:
        between = _whole(low, high, tries)
        good = np.flatnonzero(delivered(request, _periods(request, between)) > fidelity)
        low, high = int(between[good[0] - 1]) if good[0] else low, int(between[good[0]])
    return float(_periods(request, np.array([high]))[0])


def largest_fidelity(request: Request) -> tuple[float, float]:
    """The clock period, s, with the largest delivered fidelity, and that fidelity."""
    tries = _tries(request)
    counts = _counts(request, tries)
    while True:
        values = delivered(request, _periods(request, counts))
        best = int(np.nanargmax(values))
        low, high = int(counts[max(best - 1, 0)]), int(counts[min(best + 1, len(counts) - 1)])
        if high - low <= max(2, 1e-4 * high):  # flat at the top: a ten-thousandth of the period moves nothing
            return float(_periods(request, counts[best : best + 1])[0]), float(values[best])
        counts = _whole(low, high, tries)


def missing(request: Request, fidelity: float, better: Better, found: Callable[[Request], float]) -> float | None:
    """The smallest factor at which a request that `better` improves exceeds `fidelity`; None if none up to a million.

    The first crossing is taken: at a given period more rate is not always better, since the first pair then waits
    longer.
    """
    if found(request) > fidelity:
        return 1.0
    low = 1.0
    for high in np.geomspace(1, LARGEST, 61)[1:]:
        if found(better(request, float(high))) > fidelity:
            break
        low = float(high)
    else:
        return None
    while high / low > 1 + 1e-6:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if found(better(request, middle)) > fidelity else (middle, high)
    return float(high)


def faster(request: Request, factor: Array | float) -> Request:
    """The same with attempts made so many times faster; what happens within one stays as long, where it still fits."""
    link = request.link
    return replace(request, link=replace(link, scheme=_faster(link.scheme, link, factor)))


def _faster(scheme: Scheme, link: Link, factor: Array | float) -> Scheme:
    if isinstance(scheme, Multiplexed):  # whose rounds are attempts, bins and the way to the switch
        spacing = None if scheme.spacing is None else scheme.spacing / factor
        one = _faster(scheme.scheme, link, factor)
        return scheme.changed(scheme=one, spacing=spacing, feed_forward=scheme.feed_forward / factor)
    shortest = getattr(scheme, "sequence", 0.0)  # of pulses that cannot be cut short
    lasts = np.maximum(scheme.lasts(link.nodes, link.channel) / factor, shortest)  # devices may give it
    times = {name: lasts for name in ("attempt_duration", "repetition") if hasattr(scheme, name)}
    for inner in ("duration", "herald_delay"):
        if hasattr(scheme, inner):
            times[inner] = np.minimum(getattr(scheme, inner), lasts)
    return scheme.changed(**times)


def steadier(request: Request, factor: Array | float) -> Request:
    """The same with memories that keep so many times longer."""
    first, second = (_steadier(node, factor) for node in request.link.nodes)
    return replace(request, link=replace(request.link, nodes=(first, second)))


def _steadier(node: Node, factor: Array | float) -> Node:
    memory = node.storage
    names = [name for name in ("time", "t1", "t2") if getattr(memory, name, None) is not None]
    return node.changed(memory=memory.changed(**{name: getattr(memory, name) * factor for name in names}))


def _tries(request: Request) -> int:
    return APART if closed.numbers(request) is None else ABREAST


def _counts(request: Request, tries: int) -> NDArray[np.int64]:
    """Numbers of attempts to try: from one to as many as storage or waiting could ever make good."""
    link = request.link
    scale = max(link.ageing.first.scale, link.ageing.second.scale)
    waiting = link.step / max(link.model.success_probability, 1e-12)
    most = min(max(40 * max(scale, waiting) / link.step, 2.0), 1e15)
    return np.unique(np.geomspace(1, most, tries).astype(np.int64))


def _whole(low: int, high: int, tries: int) -> NDArray[np.int64]:
    """Whole numbers from `low` to `high`, evenly spread, at least 1."""
    return np.unique(np.linspace(max(low, 1), high, tries).astype(np.int64))


def _periods(request: Request, counts: NDArray[np.int64]) -> Array:
    return np.asarray(request.link.lead + counts * request.link.step, dtype=np.float64)


def _with(request: Request, period: Array | float) -> Request:
    return replace(request, delivery=request.delivery.changed(period=period))
