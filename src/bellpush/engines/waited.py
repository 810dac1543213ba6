"""From the law of a pair that is made to what is handed over: when it is there, by a deadline, or at an edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.slots import Slots
from bellpush.delivery.times import AtEdge
from bellpush.engines.chains.filters import waiting
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.rows import Fading
from bellpush.engines.slot import Slot
from bellpush.states.pair import Pair

__all__ = ["Counts", "Kept", "at_edges", "edges_of", "handed_over", "model_error"]

Array: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Kept: TypeAlias = Callable[[Counts, Array], Pair]
"""What is there of a pair after so many slots (E,) and parts of one (E,): (E, 4, 4), times its probability."""


def handed_over(
    request: ChainRequest, law: ChainLaw, fade: Fading | Kept | None, slot: Slot, doubt: float = 0.0
) -> ExactLaw:
    """The delivery law of a pair whose law is known slot by slot.

    Args:
        request: what is asked for.
        law: of the pair that is made.
        fade: what a slot takes from it at its ends, or what is there of it at an edge; needed for an edge only.
        slot: of the route.
        doubt: error of a correlation besides that of the law.

    Source: docs/background/chains.md.
    """
    lost = float(law.lost)
    error = lost + model_error(request) + doubt
    if request.until is None:
        mass = np.append(law.mass[1:], law.tail[..., 0])
        ratio = float(law.pole) if law.tail[..., 0] > 0 else 0.0
        times = Slots(mass, slot.time, slot.start, ratio, lost, float(law.late) * slot.time)
        mean = times.mean().value
        press = float("inf") if mean is None else mean
        return ExactLaw(request.target, times, law.state, np.zeros((4, 4)), press, error, times.late)
    count = int(attempts_within(request.until - slot.start, slot.time))
    rows = law.at(count + 1)
    fallback = request.fallback_state()
    assert fallback is not None
    times = Slots(rows[0, 1:], slot.time, slot.start, 0.0, lost, lost * request.until)
    missed = max(1.0 - times.total, 0.0) * fallback
    if request.edge is None:
        mean = times.mean().value
        press = (1 - times.total) * request.until + (0.0 if mean is None else times.total * mean)
        heralded = law.basis.pairs(rows.sum(axis=-1))
        return ExactLaw(request.target, times, heralded, missed, press, error, times.late)
    rest = max((request.edge - slot.start) / slot.time - np.arange(count + 1)[-1], 0.0)
    if isinstance(fade, Fading):
        ages = rest + np.arange(count + 1)[::-1]
        kept = law.basis.pairs(fade.after(rows, ages).sum(axis=-1))
    else:
        assert fade is not None
        kept = fade(np.array([count]), np.array([rest]))[0]
    return ExactLaw(request.target, AtEdge(request.edge, times.total, lost), kept, missed, request.edge, error)


def edges_of(request: ChainRequest, law: ChainLaw, fade: Fading, slot: Slot) -> Callable[[Array], Pair]:
    """Mean correlations over every press, (edges, 4, 4), as a function of the times of the edge."""

    def there(counts: Counts, rest: Array) -> Pair:
        rows = law.at(int(counts.max()) + 1)
        kept = rows + fade.back(waiting(fade.into(rows), fade.factors))
        return law.basis.pairs(fade.after(kept[..., counts], rest).T)

    return at_edges(request, law, there, slot)


def at_edges(request: ChainRequest, law: ChainLaw, there: Kept, slot: Slot) -> Callable[[Array], Pair]:
    """The same from what is there of a pair at each edge."""
    fallback = request.fallback_state()
    assert fallback is not None

    def states(edges: Array) -> Pair:
        counts = np.asarray(attempts_within(edges - slot.start, slot.time))
        rest = np.maximum((edges - slot.start) / slot.time - counts, 0.0)
        chance = law.at(int(counts.max()) + 1)[0]
        missed = np.maximum(1 - np.cumsum(chance)[counts], 0.0)
        return np.asarray(there(counts, rest) + missed[:, None, None] * fallback)

    return states


def model_error(request: ChainRequest) -> float:
    """Bound on the absolute error of a correlation from those of the links' models."""
    return sum(link.model.error for link in request.links)
