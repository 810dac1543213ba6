"""A request over several links in a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from bellpush.delivery.delivery import Delivery
from bellpush.delivery.plan import Deliver, Plan
from bellpush.delivery.policy import Policy
from bellpush.delivery.request import Request
from bellpush.delivery.route import Route
from bellpush.ground.units import readable
from bellpush.links.link import Link
from bellpush.states import pair as pairs
from bellpush.states.pair import BellState, Pair

__all__ = ["AnyRequest", "ChainRequest"]


@dataclass(frozen=True)
class ChainRequest:
    """A wish for pairs between the ends of a route, made by a policy; the route begins at the first node asked."""

    name: str
    route: Route
    delivery: Delivery
    policy: Policy
    min_fidelity: float | None = None

    swapped = False  # the route runs as asked

    @property
    def links(self) -> tuple[Link, ...]:
        """The links it needs."""
        return self.route.links

    @property
    def between(self) -> tuple[str, str]:
        """The names of the nodes that want the pair, in the order asked."""
        return self.route.names[0], self.route.names[-1]

    @property
    def target(self) -> BellState:
        """The Bell state that is aimed at."""
        return self.route.target

    @property
    def fallback(self) -> str | None:
        """The name of what is handed over when there is no pair; None where the press waits."""
        return getattr(self.delivery, "fallback", None)

    @property
    def edge(self) -> float | None:
        """Time from the press to the edge at which everything is handed over, s; None without a clock."""
        return getattr(self.delivery, "period", None)

    @property
    def until(self) -> float | None:
        """Time after which the fallback is handed over, s; None where the press waits."""
        return self.edge or getattr(self.delivery, "within", None)

    @property
    def step(self) -> float:
        """Time from one attempt to the next, of the link that takes longest, s."""
        return max(link.step for link in self.links)

    @cached_property
    def plan(self) -> Plan:
        """What is done, as a tree."""
        made = self.policy.plan(self.route)
        if self.edge is not None:
            return Deliver(made, f"at the edge, {readable(self.edge, 's')} after the press; a pair made earlier waits")
        if self.until is not None:
            return Deliver(made, f"as soon as it is there, or the fallback {readable(self.until, 's')} after the press")
        return Deliver(made, "as soon as it is there")

    def fallback_state(self) -> Pair | None:
        """What is handed over when there is no pair, shape (4, 4); None where the press waits."""
        name = self.fallback
        if name is None:
            return None
        return pairs.mixed() if name == "mixed" else pairs.product(name)


AnyRequest: TypeAlias = Request | ChainRequest
