"""Every link on demand at a common clock, then swapped."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.plan import Plan, SwapAtEdge, generate
from bellpush.delivery.policy import Policy
from bellpush.delivery.route import Route
from bellpush.ground.spec import PositiveDuration
from bellpush.ground.units import readable

__all__ = ["ClockedLinks"]


class ClockedLinks(Policy):
    """Each link attempts from one edge of a common clock on and keeps its first pair to the next; there all nodes swap.

    A pair is heralded end to end if every link was; nothing of one cycle survives into the next.
    """

    summary = "every link on demand at a common edge, then swapped there"
    kind: Literal["clocked-links"] = "clocked-links"
    period: PositiveDuration
    """from one common edge to the next"""

    def plan(self, route: Route) -> Plan:
        return SwapAtEdge(generate(route.links, route.turned), route.inner, self.period)

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        longest = max((node.swap.duration for node in route.nodes[1:-1]), default=0.0)
        if self.period <= longest:
            return "period", (
                f"must be longer than a swap, {readable(longest, 's')}, but is {readable(self.period, 's')}."
            )
        return None
