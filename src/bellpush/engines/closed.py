"""Closed forms over discrete attempts, for one link or for a batch of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.delivery.times import mean_attempts
from bellpush.engines.sums import first_kept, newest_kept
from bellpush.states.measures import overlap

if TYPE_CHECKING:
    from bellpush.delivery.request import Request
    from bellpush.links.ageing import PairModes
    from bellpush.states.pair import Pair

__all__ = ["Numbers", "at_edge", "caught", "missed", "numbers"]

Array = NDArray[np.float64]


class Numbers(NamedTuple):
    """What a batch of deliveries gives, each of shape (...); NaN where a number does not exist."""

    delivered_probability: Array
    fidelity: Array
    fidelity_heralded: Array
    rate: Array  # Hz
    latency: Array  # mean, s


def missed(success: ArrayLike, attempts: ArrayLike) -> Array:
    """Probability (1 - p)^N that no attempt succeeds, shape (...)."""
    p, n = np.asarray(success, dtype=float), np.asarray(attempts, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(n == 0, 1.0, np.exp(n * np.log1p(-p))))


def caught(success: ArrayLike, attempts: ArrayLike) -> Array:
    """Probability 1 - (1 - p)^N that an attempt succeeds, to all digits however small, shape (...)."""
    p, n = np.asarray(success, dtype=float), np.asarray(attempts, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(n == 0, 0.0, -np.expm1(n * np.log1p(-p))))


def at_edge(
    modes: PairModes,
    factors: Array,
    success: ArrayLike,
    attempts: ArrayLike,
    step: ArrayLike,
    youngest: ArrayLike,
    newest: bool,
) -> Pair:
    """Correlations of the heralded pairs at a clock's edge, summed over attempts.

    Args:
        modes: the fresh pair as a sum of exponentials, rates (..., modes) and pairs (..., modes, 4, 4).
        factors: what a further attempt multiplies a stored pair's correlations by, shape (4, 4).
        success: probability of one attempt, shape (...).
        attempts: their number, at least 1, shape (...).
        step: time from one to the next, s, shape (...).
        youngest: age at the edge of the last attempt's pair, s, shape (...).
        newest: whether the newest pair is kept, else the first.

    Source: docs/background/clocked-delivery.md.
    """
    p, n, tau, age = (np.asarray(x, dtype=float)[..., None, None, None] for x in (success, attempts, step, youngest))
    rates = modes.rates[..., None, None]
    kept = newest_kept(p, n, rates * tau, factors) if newest else first_kept(p, n, rates * tau)
    return np.asarray((modes.pairs * np.exp(-rates * age) * kept).sum(axis=-3))


def numbers(request: Request) -> Numbers | None:
    """The numbers of a request whose records may hold arrays; None where no closed form applies.

    None for memories that are not exponential and for fallbacks that are made by the scheme: `solve` takes those
    point by point.
    """
    link, schedule, fallback = request.link, request.schedule, request.fallback
    births = link.births
    modes = link.ageing.modes(births.pair)
    if modes is None or fallback == "memories":
        return None
    success = np.minimum(births.success, 1.0)
    nothing = missed(success, schedule.attempts) if schedule.attempts is not None else np.zeros(())
    if schedule.edge is None:
        heralded = (1 - nothing)[..., None, None] * modes.at(births.herald_delay)
        answered = schedule.start + mean_attempts(success, schedule.attempts) * schedule.step
        until = 0.0 if schedule.until is None else schedule.until
        press = np.where(nothing < 1, (1 - nothing) * answered, 0.0) + nothing * until
        latency = np.where(nothing < 1, answered, np.nan)
    else:
        assert schedule.attempts is not None
        count = np.maximum(schedule.attempts, 1)
        youngest = schedule.rest + births.herald_delay
        kept = at_edge(modes, link.ageing.attempt_factors, success, count, schedule.step, youngest, schedule.newest)
        heralded = np.where((np.asarray(schedule.attempts) > 0)[..., None, None], kept, 0.0)
        press = latency = np.asarray(schedule.edge, dtype=float)
    heralded = np.where((success > 0)[..., None, None], heralded, 0.0)
    state = request.fallback_state()
    alone = 0.0 if state is None else overlap(state, births.target)
    delivered = 1.0 if schedule.attempts is None else caught(success, schedule.attempts)
    delivered, overlapping = np.where(success > 0, delivered, 0.0), np.asarray(overlap(heralded, births.target))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (delivered, overlapping + nothing * alone, overlapping / delivered, delivered / press, latency)
    return Numbers(*np.broadcast_arrays(*found))
