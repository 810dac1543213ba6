"""What of ours answers a published number: where it is read or how it is worked out, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bellpush.experiments.claim import Measure

__all__ = [
    "DECOHERENCE",
    "DELIVERED",
    "EFFICIENCY",
    "FRESH",
    "LATENCY",
    "LINK",
    "MAKING",
    "PERIOD",
    "RATE",
    "SCHEME",
    "STORING",
    "SUCCESS",
    "Ours",
]

LINK = "links.alice-bob"
SCHEME = "links.0.scheme"
PERIOD = "requests.clocked.delivery.period"
MAKING = (SCHEME, "links.0.channel", "nodes.alice.device", "nodes.bob.device")
STORING = ("nodes.alice.memory", "nodes.bob.memory")


@dataclass(frozen=True)
class Ours:
    """What is read at a path of what `run` answers, or worked out from its result.

    `rests`: beginnings of the paths of inputs that it depends on; None: all.
    """

    of: str | Measure = ""
    rests: tuple[str, ...] | None = None
    unit: str = ""

    @property
    def where(self) -> dict[str, Any]:
        """As fields of a claim."""
        return {"path": self.of} if isinstance(self.of, str) else {"measure": self.of}

    def resting(self, *rests: str) -> Ours:
        """The same, which rests on these."""
        return replace(self, rests=rests)


# What most links have.
RATE = Ours(f"{LINK}.rate", MAKING, "Hz")
SUCCESS = Ours(f"{LINK}.success_probability", MAKING)
FRESH = Ours(f"{LINK}.fidelity", MAKING)
DECOHERENCE = Ours(f"{LINK}.decoherence_rate", STORING, "Hz")
EFFICIENCY = Ours(f"{LINK}.link_efficiency", (*MAKING, *STORING))
LATENCY = Ours("requests.clocked.latency.mean", (PERIOD,), "s")
DELIVERED = Ours("requests.clocked.fidelity")
