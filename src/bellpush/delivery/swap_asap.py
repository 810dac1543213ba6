"""Swap as soon as possible."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.plan import Plan, SwapAll, generate
from bellpush.delivery.policy import Cutoffs, Policy, at_level, too_many
from bellpush.delivery.route import Route

__all__ = ["SwapAsap"]


class SwapAsap(Policy):
    """Every node swaps as soon as it holds a pair to each side.

    All links attempt at once, and begin again where a swap has failed. A node that could swap later with a better
    partner does not wait for it.
    """

    summary = "every node swaps as soon as it holds a pair to each side"
    kind: Literal["swap-asap"] = "swap-asap"
    cutoff: Cutoffs = ()
    """when stored pairs are dropped; never if not given"""

    def plan(self, route: Route) -> Plan:
        parts = generate(route.links, route.turned)
        return parts[0] if len(parts) == 1 else SwapAll(parts, route.inner, at_level(self.cutoff, 0))

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        return too_many("cutoff", self.cutoff, 1, "as there is one rule for all pairs")
