"""Nested swaps: neighbours join two by two."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.plan import Distill, Plan, Swap, generate
from bellpush.delivery.policy import Cutoffs, Distillations, Policy, at_level, chosen, copies, too_many
from bellpush.delivery.route import Route

__all__ = ["Nested"]


class Nested(Policy):
    """Neighbouring pairs are joined two by two, those two by two again, and so on.

    A route of 2^k links has k levels. Of any other number the half is rounded: the left part has one link more. A
    failed swap makes both parts begin again.
    """

    summary = "pairs are joined two by two, level by level"
    kind: Literal["nested"] = "nested"
    cutoff: Cutoffs = ()
    """when pairs that wait for a swap are dropped: one for all levels, or a list, lowest level first; never if not
    given"""
    distill: Distillations = ()
    """what is made of pairs before they are used further: one for all levels (alone or in a list), or a list, that of
    the links first, then one after each level of swaps, null where nothing is done; nothing if not given"""

    def plan(self, route: Route) -> Plan:
        return self._between(generate(route.links, route.turned), route.inner)

    def _between(self, parts: tuple[Plan, ...], at: tuple[str, ...]) -> Plan:
        if len(parts) == 1:
            found = parts[0]
        else:
            half = (len(parts) + 1) // 2
            left = self._between(parts[:half], at[: half - 1])
            right = self._between(parts[half:], at[half:])
            level = 1 + max(left.level, right.level)
            found = Swap(left, right, at[half - 1], chosen(self.cutoff, level))
        how = at_level(self.distill, found.level)
        return found if how is None else Distill(found, how)

    def levels(self, route: Route) -> int:
        """How many levels of swaps there are."""
        return (len(route.links) - 1).bit_length()

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        levels = self.levels(route)
        swaps = too_many("cutoff", self.cutoff, levels, f"one a level of swaps over {len(route.links)} links")
        return swaps or too_many(
            "distill", self.distill, levels + 1, "that of the links first, then one after each level of swaps"
        )

    def copies(self, route: Route) -> int:
        return copies(self.distill, self.levels(route))
