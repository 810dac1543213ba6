"""Edges at whole attempts: where a time is best that something is handed over, or given up, after.

Between two ends of attempts a longer wait only loses; at each a pair more may be there. A best time lies at such a
tick, and seen at ticks alone the quantity is as smooth as if attempts took no time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.request import Request
from bellpush.scenario.braces import fields
from bellpush.scenario.fields import steps_of
from bellpush.scenario.load import Scenario

__all__ = ["Ticks", "climb", "ticks_of"]

Array = NDArray[np.float64]

ABREAST, APART = 65, 9  # ticks tried at once, where many points cost little more than one and where each costs the same


@dataclass(frozen=True)
class Ticks:
    """Ends of attempts after a press: `start + k step`."""

    start: float  # s
    step: float  # s

    def near(self, times: Array) -> Array:
        """The numbers of the nearest ticks, from 1 on."""
        return np.asarray(np.maximum(np.rint((times - self.start) / self.step), 1.0))

    def at(self, numbers: Array) -> Array:
        """Their times, s."""
        return np.asarray(self.start + numbers * self.step)


def ticks_of(scenario: Scenario, path: str) -> Ticks | None:
    """The ticks of the time at a path; None where it is none, or where attempts have no common measure.

    The times that have them are a delivery's `period` or `within`, and the period of links on a common clock.
    """
    found = {_of_field(scenario, one) for one in fields(path)}
    return found.pop() if len(found) == 1 else None


def _of_field(scenario: Scenario, path: str) -> Ticks | None:
    match steps_of(scenario, path):
        case ["requests", int(index), "delivery", "period" | "within"]:
            pass
        case ["requests", int(index), "policy", "period"]:
            pass
        case _:
            return None
    request = list(scenario.job.requests.values())[index]
    if isinstance(request, Request):
        return Ticks(request.schedule.start, request.schedule.step)
    from bellpush.engines.slot import slot_of

    slot = slot_of(request)
    if isinstance(slot, str):
        return None
    if len({*slot.attempts, *slot.swaps}) == 1:
        return Ticks(slot.start, slot.time * slot.attempts[0])
    return Ticks(slot.start, slot.time)


def climb(ticks: Ticks, time: float, low: float, high: float, score: Callable[[Array], Array], many: bool) -> float:
    """The best tick between two times, sought from `time` on in steps of many ticks, then fewer, to one.

    Args:
        ticks: where to look.
        time: s, where to begin.
        low: s, the bounds.
        high: s.
        score: of times (count,), larger being better.
        many: whether many times cost little more than one.

    Returns:
        The time of the tick, or `time` itself where no tick lies between the bounds or is as good.
    """
    first = int(np.ceil((low - ticks.start) / ticks.step - 1e-9))
    last = int(np.floor((high - ticks.start) / ticks.step + 1e-9))
    first = max(first, 1)
    if first > last:
        return time
    half = (ABREAST if many else APART) // 2
    here = float(np.clip(ticks.near(np.array([time]))[0], first, last))
    stride = max((last - first) // (4 * half), 1)
    best, value = time, float(score(np.array([time]))[0])
    while True:
        numbers = np.unique(np.clip(here + stride * np.arange(-half, half + 1), first, last))
        scores = score(np.clip(ticks.at(numbers), low, high))
        top = int(np.argmax(scores))
        if scores[top] >= value:
            best, value = float(np.clip(ticks.at(numbers[top]), low, high)), float(scores[top])
        moved = numbers[top] != here
        edge = abs(numbers[top] - here) >= half * stride
        here = float(numbers[top])
        if moved and edge:
            continue
        if stride == 1:
            return best
        stride = max(stride // half, 1)
