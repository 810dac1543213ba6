"""Swaps as soon as possible over three links or more, where every swap gives a result."""

from __future__ import annotations

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.plan import SwapAll
from bellpush.engines.slot import Slot
from bellpush.ground.errors import UnsupportedError

__all__ = ["solve", "unsupported"]


def unsupported(request: ChainRequest, plan: SwapAll, slot: Slot) -> str | None:
    """Why there is no exact method; None if there is."""
    return "not yet"


def solve(request: ChainRequest, plan: SwapAll, slot: Slot) -> ExactLaw:
    """The delivery law."""
    raise UnsupportedError("not yet")
