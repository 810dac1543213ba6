"""Delivery by a deadline."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.delivery import Delivery, Fallback
from bellpush.delivery.schedule import Schedule, attempts_within
from bellpush.ground.spec import PositiveDuration
from bellpush.links.link import Link

__all__ = ["Deadline"]


class Deadline(Delivery):
    """Handed over at the herald if it comes in time, else the fallback at the deadline."""

    summary = "at the herald if it comes within the deadline, else the fallback at the deadline"
    kind: Literal["deadline"] = "deadline"
    within: PositiveDuration
    """time from the press to the deadline"""
    fallback: Fallback
    """what is handed over when no herald came"""

    def schedule(self, link: Link) -> Schedule:
        return Schedule(link.step, attempts_within(self.within, link.step), until=self.within)
