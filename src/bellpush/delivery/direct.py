"""The policy of a single link."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.plan import Plan, generate
from bellpush.delivery.policy import Policy
from bellpush.delivery.route import Route

__all__ = ["Direct"]


class Direct(Policy):
    """The pair of the one link that joins the ends."""

    summary = "the pair of the one link that joins the ends"
    kind: Literal["direct"] = "direct"

    def plan(self, route: Route) -> Plan:
        return generate(route.links, route.turned)[0]

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        if len(route.links) == 1:
            return None
        return "", (
            f"must swap, because no link joins `{route.names[0]}` and `{route.names[-1]}`: the route is {route.said}. "
            "Try policy: {kind: swap-asap}."
        )
