"""Swaps in an order that is given."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.plan import Distill, Plan, Swap, generate
from bellpush.delivery.policy import Cutoffs, Distillations, Policy, at_level, chosen, copies, too_many
from bellpush.delivery.route import Route

__all__ = ["FixedOrder"]


class FixedOrder(Policy):
    """Nodes swap in a given order: each waits for those before it that lie within the pairs it joins.

    The last node of the order joins everything to its left with everything to its right; within each part the same
    holds. A failed swap makes both parts begin again.
    """

    summary = "nodes swap in a given order"
    kind: Literal["fixed-order"] = "fixed-order"
    order: tuple[str, ...]
    """the inner nodes of the route, the first to swap first"""
    cutoff: Cutoffs = ()
    """when pairs that wait for a swap are dropped: one for all levels, or a list, lowest level first; never if not
    given"""
    distill: Distillations = ()
    """what is made of pairs before they are used further: one for all levels (alone or in a list), or a list, that of
    the links first, then one after each level of swaps, null where nothing is done; nothing if not given"""

    def plan(self, route: Route) -> Plan:
        turn = {name: number for number, name in enumerate(self.order)}
        return self._between(generate(route.links, route.turned), tuple(turn[name] for name in route.inner), route)

    def _between(self, parts: tuple[Plan, ...], turns: tuple[int, ...], route: Route) -> Plan:
        if len(parts) == 1:
            found = parts[0]
        else:
            last = max(range(len(turns)), key=turns.__getitem__)
            left = self._between(parts[: last + 1], turns[:last], route)
            right = self._between(parts[last + 1 :], turns[last + 1 :], route)
            level = 1 + max(left.level, right.level)
            found = Swap(left, right, self.order[turns[last]], chosen(self.cutoff, level))
        how = at_level(self.distill, found.level)
        return found if how is None else Distill(found, how)

    def levels(self, route: Route) -> int:
        """How many levels of swaps there are."""
        return FixedOrder(order=self.order).plan(route).level

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        if sorted(self.order) != sorted(route.inner):
            between = ", ".join(route.inner if len(route.inner) <= 6 else (*route.inner[:5], "..."))
            missing = next((name for name in route.inner if name not in self.order), None)
            more = next((name for name in self.order if name not in route.inner), None)
            why = f"`{more}` is none of them" if more else f"`{missing}` is missing" if missing else "some stand twice"
            return "order", f"must name each inner node of the route once ({between}), but {why}."
        levels = self.levels(route)
        swaps = too_many("cutoff", self.cutoff, levels, "one a level of swaps")
        return swaps or too_many(
            "distill", self.distill, levels + 1, "that of the links first, then one after each level of swaps"
        )

    def copies(self, route: Route) -> int:
        return copies(self.distill, self.levels(route))
