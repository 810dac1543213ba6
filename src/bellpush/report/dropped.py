"""Links whose pairs are below a cut-off by fidelity as soon as they are made."""

from __future__ import annotations

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import FidelityCutoff
from bellpush.delivery.plan import Generate, Swap, SwapAll
from bellpush.delivery.steps import steps_of
from bellpush.report.alike import named

__all__ = ["dropped"]


def dropped(request: ChainRequest) -> list[str]:
    """A sentence, with a full stop, for each value of a cut-off that the fresh pairs of some links do not reach."""
    below: dict[float, list[str]] = {}
    for step in steps_of(request.plan):
        if not isinstance(step, Swap | SwapAll) or not isinstance(step.cutoff, FidelityCutoff):
            continue
        for part in step.parts:
            if not isinstance(part, Generate) or (fresh := part.link.fidelity.value) is None:
                continue
            if fresh < step.cutoff.least:
                below.setdefault(step.cutoff.value, []).append(part.link.name)
    return [
        f"Fresh pairs of {named(names)} are below the cut-off's fidelity of {value:g} already: only pairs that are "
        "ready at one moment are swapped."
        for value, names in below.items()
    ]
