"""From when a pair is made, slot by slot, to what is handed over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.slots import Slots
from bellpush.delivery.times import AtEdge
from bellpush.links.ageing import Ageing

__all__ = ["Made", "handed_over", "slots_until"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Made:
    """When a pair is there for the first time, and what it then is.

    Beyond the last slot everything falls by `ratio` a slot, which sums and means go on with.
    """

    step: float  # s, from one slot to the next
    start: float  # s, slot k = 1, 2, ... ends at start + k step after the press
    mass: Array  # probability that it is made in a slot, shape (slots,)
    pairs: Array  # its correlations times that probability, shape (slots, 4, 4)
    ratio: float = 0.0
    error: float = 0.0  # bound on the absolute error of summed probabilities and correlations
    late: float = 0.0  # bound on the absolute error of the mean slot

    @property
    def sum(self) -> Array:
        """Correlations summed over all slots, shape (4, 4)."""
        if not len(self.mass):
            return np.zeros((4, 4))
        return np.asarray(self.pairs.sum(axis=0) + self.pairs[-1] * self.ratio / (1 - self.ratio))


def slots_until(request: ChainRequest, step: float, start: float) -> int | None:
    """How many slots end before the fallback is handed over; None where the press waits."""
    return None if request.until is None else int(attempts_within(request.until - start, step))


def handed_over(request: ChainRequest, made: Made) -> ExactLaw:
    """The delivery law of a pair that is handed over when made, or kept in the memories of its ends until an edge.

    Args:
        request: without an end in time, or with one; slots of `made` are those that end by then.
        made: in the frame of the request's target.

    Source: docs/background/chains.md.
    """
    times = Slots(made.mass, made.step, made.start, made.ratio, made.error, made.late * made.step)
    fallback = request.fallback_state()
    if request.until is None:
        mean = times.mean().value
        press = float("inf") if mean is None else mean
        return ExactLaw(request.target, times, made.sum, np.zeros((4, 4)), press, made.error)
    assert fallback is not None
    missed = max(1.0 - times.total, 0.0)
    if request.edge is None:
        mean = times.mean().value
        press = missed * request.until + (0.0 if mean is None else times.total * mean)
        return ExactLaw(request.target, times, made.sum, missed * fallback, press, made.error)
    nodes = request.route.nodes
    waited = request.edge - made.start - made.step * np.arange(1, len(made.mass) + 1)
    kept = Ageing(nodes[0].storage, nodes[-1].storage).at(made.pairs, np.maximum(waited, 0.0))
    edge = AtEdge(request.edge, times.total)
    return ExactLaw(request.target, edge, kept.sum(axis=0), missed * fallback, request.edge, made.error)
