"""Delivery as soon as there is a pair."""

from __future__ import annotations

from typing import Literal

from bellpush.delivery.delivery import Delivery
from bellpush.delivery.schedule import Schedule
from bellpush.links.link import Link

__all__ = ["Heralded"]


class Heralded(Delivery):
    """Handed over at the herald; the press waits as long as it takes."""

    summary = "as soon as there is a pair, time unlimited"
    kind: Literal["heralded"] = "heralded"

    def schedule(self, link: Link) -> Schedule:
        return Schedule(link.step)
