"""A request: who asks for what, over which link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bellpush.delivery.delivery import Delivery
from bellpush.delivery.schedule import Schedule
from bellpush.links.link import Link
from bellpush.states import pair as pairs
from bellpush.states.pair import BellState, Pair

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """A wish for pairs between the ends of one link."""

    name: str
    link: Link
    delivery: Delivery
    min_fidelity: float | None = None
    swapped: bool = False  # asked for from the link's second node to its first

    @property
    def links(self) -> tuple[Link, ...]:
        """The link it needs."""
        return (self.link,)

    @property
    def target(self) -> BellState:
        """The Bell state that is aimed at."""
        return self.link.model.target

    @property
    def between(self) -> tuple[str, str]:
        """The names of the nodes that want the pair, in the order asked."""
        first, second = self.link.between
        return (second, first) if self.swapped else (first, second)

    @property
    def edge(self) -> float | None:
        """Time from the press to the edge at which everything is handed over, s; None without a clock."""
        return self.schedule.edge

    @property
    def until(self) -> float | None:
        """Time after which the fallback is handed over, s; None where the press waits."""
        return self.schedule.until

    @property
    def schedule(self) -> Schedule:
        """When attempts are made and something is handed over."""
        return self.delivery.schedule(self.link)

    @property
    def fallback(self) -> str | None:
        """The name of what is handed over when no herald came; None where the press waits."""
        return getattr(self.delivery, "fallback", None)

    def link_order(self, bits: str) -> str:
        """Bits of the request's ends in the order of the link's."""
        return bits[::-1] if self.swapped else bits

    def fallback_state(self) -> Pair | None:
        """What is handed over when no herald came, shape (4, 4); None where the press waits."""
        name = self.fallback
        if name is None:
            return None
        if name == "mixed":
            return pairs.mixed()
        if name != "memories":
            return pairs.product(self.link_order(name))
        model = self.link.model
        if model.idle is None:
            return np.full((4, 4), np.nan)  # nothing is ever missed, or the request was refused
        return self.link.ageing.at(model.idle, self.schedule.rest + model.herald_delay)
