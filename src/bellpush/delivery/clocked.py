"""Delivery at every tick of a clock."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bellpush.delivery.delivery import Delivery, Fallback
from bellpush.delivery.schedule import Schedule, attempts_within
from bellpush.ground.arrays import plain
from bellpush.ground.spec import PositiveDuration
from bellpush.links.link import Link

__all__ = ["Clocked"]


class Clocked(Delivery):
    """At every edge of a clock something is handed over; nothing of one cycle survives into the next.

    `hold` starts attempts at the edge before and stops at the first herald. `refresh` goes on, and the newest pair
    replaces the stored one, which needs two qubits at each node. `just-in-time` makes one attempt, timed to end at the
    edge: nothing is ever stored.
    """

    summary = "at every edge of a clock something is handed over"
    kind: Literal["clocked"] = "clocked"
    period: PositiveDuration
    """from one edge to the next"""
    fallback: Fallback
    """what is handed over when no herald came"""
    attempts: Literal["hold", "refresh", "just-in-time"] | None = None
    """hold for schemes that herald, just-in-time for those that do not, if not given"""

    def rule(self, link: Link) -> str:
        """The rule that applies: the one given, or the link's default."""
        return self.attempts or ("hold" if link.scheme.heralded else "just-in-time")

    def schedule(self, link: Link) -> Schedule:
        count = attempts_within(self.period - link.lead, link.step)
        rule = self.rule(link)
        if rule == "just-in-time":
            one = plain(np.minimum(count, 1))
            return Schedule(link.step, one, start=self.period - one * link.step, edge=self.period, until=self.period)
        return Schedule(
            link.step, count, start=link.lead, edge=self.period, until=self.period, newest=rule == "refresh"
        )

    def contradiction(self, link: Link) -> str | None:
        fewest = min(node.qubits for node in link.nodes)
        if self.rule(link) == "refresh" and fewest < 2:
            return (
                "needs two qubits at each node for refresh (attempts go on while a pair is stored), but "
                f"`{link.between[0] if link.nodes[0].qubits < 2 else link.between[1]}` has {fewest}. "
                "Try qubits: 2 at both nodes, or attempts: hold."
            )
        return None
