"""The exact engine over several links in a row: which method answers a plan, and where none does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.law import ExactLaw
from bellpush.engines import clocked_links
from bellpush.ground.errors import UnsupportedError
from bellpush.ground.units import readable

__all__ = ["at_edges", "solve", "unsupported"]

Array = NDArray[np.float64]

ALIKE = 1e-9  # relative difference of two slots that rounding explains


def unsupported(request: ChainRequest) -> str | None:
    """Why the exact engine cannot take the request; None if it can."""
    if isinstance(request.policy, ClockedLinks):
        return None
    return _uneven(request)


def _uneven(request: ChainRequest) -> str | None:
    """Slots that do not coincide."""
    first = request.links[0]
    for link in request.links[1:]:
        if abs(link.step - first.step) > ALIKE * first.step:
            return (
                f"The exact engine needs attempts of one duration along a route, but `{first.name}` takes "
                f"{readable(first.step, 's', 6)} and `{link.name}` {readable(link.step, 's', 6)} "
                f"(`requests.{request.name}`). Try one attempt_duration, the longest, for all, or policy: "
                "{kind: clocked-links}."
            )
        if abs(link.lead - first.lead) > ALIKE * first.step:
            return (
                f"The exact engine needs attempts that begin together along a route, but `{first.name}` begins after "
                f"{readable(first.lead, 's')} and `{link.name}` after {readable(link.lead, 's')}. "
                "Try the same cycle-start overheads for all."
            )
    return None


def solve(request: ChainRequest) -> ExactLaw:
    """The delivery law of one request over a route.

    Raises:
        UnsupportedError: no exact method built answers it; says why.
    """
    if reason := unsupported(request):
        raise UnsupportedError(reason)
    return clocked_links.solve(request)


def at_edges(request: ChainRequest, edges: Array) -> Array:
    """Delivered fidelity of a clocked request with its edge at each of some times, shape (edges,); NaN where none is.

    Raises:
        UnsupportedError: no exact method built answers it; says why.
    """
    if reason := unsupported(request):
        raise UnsupportedError(reason)
    each = [solve(_with_edge(request, float(edge))).fidelity.value for edge in edges]
    return np.array([np.nan if value is None else value for value in each])


def _with_edge(request: ChainRequest, edge: float) -> ChainRequest:
    policy = request.policy.changed(period=edge) if isinstance(request.policy, ClockedLinks) else request.policy
    return replace(request, delivery=request.delivery.changed(period=edge), policy=policy)
