"""The exact engine: closed forms over discrete attempts, with a bound on what is cut off."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.job import Job
from bellpush.delivery.law import DeliveryLaw, ExactLaw
from bellpush.delivery.request import Request
from bellpush.delivery.schedule import Schedule
from bellpush.delivery.times import AtEdge, Geometric, mean_attempts, reached
from bellpush.engines import closed
from bellpush.engines.sums import direct_sum, smooth_sum
from bellpush.ground.streams import Streams
from bellpush.links.link import Link
from bellpush.states.pair import Pair

__all__ = ["Exact"]

MOST_STEPS = 10_000_000  # attempts that are summed one by one

Array = NDArray[np.float64]


class Exact:
    """Discrete attempts, every memory law, all sixteen correlations; no sampling."""

    name = "exact"
    summary = "closed forms over discrete attempts, with the error of what is cut off"

    def unsupported(self, job: Job) -> str | None:
        """Why this engine cannot take the job; None if it can."""
        if job.contested:
            return job.contested
        for name, request in job.requests.items():
            if not isinstance(request, Request):
                continue
            count = request.schedule.attempts
            stepped = request.schedule.edge is not None and request.link.ageing.stepped
            if stepped and count is not None and count > MOST_STEPS:
                return (
                    "The exact engine sums attempt by attempt where memories hand over after whole blocks only, and "
                    f"`requests.{name}` has {count:.1e} attempts. Try leaving `block` out, or a shorter period."
                )
        if not job.chains:
            return None
        from bellpush.engines import chain

        return next((reason for one in job.chains.values() if (reason := chain.unsupported(one))), None)

    def run(self, job: Job, streams: Streams) -> dict[str, DeliveryLaw]:
        """The law of every request."""
        laws = {name: solve(request) for name, request in job.over_one_link.items()}
        if job.chains:
            from bellpush.engines import chain

            laws |= {name: chain.solve(request) for name, request in job.chains.items()}
        return {name: laws[name] for name in job.requests}


def solve(request: Request) -> ExactLaw:
    """The delivery law of one request.

    Source: docs/background/clocked-delivery.md.
    """
    link, schedule = request.link, request.schedule
    model = link.model
    success, count = min(model.success_probability, 1.0), schedule.attempts
    missed_probability = 0.0 if count is None else float(closed.missed(success, count))
    fallback = request.fallback_state()
    missed = np.zeros((4, 4)) if fallback is None or missed_probability == 0 else missed_probability * fallback
    if success == 0 or count == 0:
        heralded, truncation = np.zeros((4, 4)), 0.0
    elif schedule.edge is None:
        heralded, truncation = (1 - missed_probability) * link.pair, 0.0
    else:
        heralded, truncation = at_edge(link, schedule)
    if schedule.edge is not None:
        assert count is not None
        times: AtEdge | Geometric = AtEdge(schedule.edge, reached(success, count))
        press = schedule.edge
    else:
        times = Geometric(success, schedule.step, schedule.start, count)
        press = _press(schedule, success, missed_probability)
    # No channel makes a correlation's error larger, and no more than all of them are heralded.
    return ExactLaw(model.target, times, heralded, missed, press, truncation + model.error)


def at_edge(link: Link, schedule: Schedule) -> tuple[Pair, float]:
    """Correlations of the heralded pairs at the clock's edge, summed over attempts, and the error bound."""
    model, ageing, step = link.model, link.ageing, schedule.step
    success, count = min(model.success_probability, 1.0), schedule.attempts
    assert count is not None
    youngest = schedule.rest + model.herald_delay
    modes = ageing.modes(model.born)
    if modes is not None:
        return closed.at_edge(modes, ageing.attempt_factors, success, count, step, youngest, schedule.newest), 0.0
    if success == 1:  # the first attempt succeeds; or the last, where the newest is kept
        return ageing.at(model.born, youngest + (0 if schedule.newest else count - 1) * step), 0.0

    def aged(j: Array) -> Pair:
        return ageing.at(model.born, youngest + j * step)

    total = direct_sum if ageing.stepped else smooth_sum
    if schedule.newest:
        return _newest(aged, success, count, ageing.attempt_factors, total)
    fail = math.log1p(-success)
    return total(lambda j: (success * np.exp(fail * (count - 1 - j)))[:, None, None] * aged(j), count)


def _newest(
    aged: Callable[[Array], Pair],
    success: float,
    count: int,
    factors: Array,
    add: Callable[[Callable[[Array], Array], int], tuple[Array, float]],
) -> tuple[Pair, float]:
    """The newest pair, j attempts before the last, each of which multiplies its correlations by `factors`.

    A power of a negative factor alternates and is not smooth in j: even and odd j are summed apart.
    """
    strength = np.where(factors == 0, 1.0, np.abs(factors))
    fail = math.log1p(-success)

    def term(j: Array) -> Pair:
        return np.asarray(success * np.exp((fail + np.log(strength)) * j[:, None, None]) * aged(j))

    if np.all(factors >= 0):
        total, error = add(term, count)
    else:
        total, error = add(lambda i: term(2 * i), (count + 1) // 2)
        if count > 1:
            odd, more = add(lambda i: term(2 * i + 1), count // 2)
            total, error = total + np.sign(factors) * odd, error + more
    # A factor of zero leaves a correlation only to the last attempt's pair.
    return np.where(factors == 0, success * aged(np.zeros(1))[0], total), error


def _press(schedule: Schedule, success: float, missed: float) -> float:
    """Mean wall-clock time from the press to the hand-over, s."""
    if success == 0 or schedule.attempts == 0:
        return math.inf if schedule.until is None else schedule.until
    answered = schedule.start + float(mean_attempts(success, schedule.attempts)) * schedule.step
    return answered if schedule.until is None else (1 - missed) * answered + missed * schedule.until
