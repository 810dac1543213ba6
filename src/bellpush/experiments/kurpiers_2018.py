"""Kurpiers et al., "Deterministic quantum state transfer and remote entanglement using microwave photons", Nature 558,
264 (2018)."""

from __future__ import annotations

from bellpush.experiments.claim import Claim

__all__ = ["CLAIMS"]

ABSTRACT = "Kurpiers et al., Nature 558, 264 (2018), abstract"

CLAIMS = (
    Claim("link rate", "links.alice-bob.rate", 50e3, "reported", ABSTRACT, "Hz"),
    Claim("latency", "requests.clocked.latency.mean", 20e-6, "reported", ABSTRACT, "s"),
    Claim("delivered fidelity", "requests.clocked.fidelity", 0.789, "reported", ABSTRACT, uncertainty=0.001),
)
