"""Humphreys et al., "Deterministic delivery of remote entanglement on a quantum network", Nature 558, 268 (2018)."""

from __future__ import annotations

from bellpush.experiments.claim import Claim

__all__ = ["CLAIMS"]

ABSTRACT = "Humphreys et al., Nature 558, 268 (2018), abstract"
BRIGHT = {"links.0.scheme.bright_state_population": 0.3}

CLAIMS = (
    Claim("decoherence rate", "links.alice-bob.decoherence_rate", 5, "reported", ABSTRACT, "Hz"),
    Claim("latency", "requests.clocked.latency.mean", 0.1, "reported", ABSTRACT, "s"),
    Claim("delivered fidelity", "requests.clocked.fidelity", 0.5, "reported", ABSTRACT, relation="greater"),
    Claim("rate, bright 0.3", "links.alice-bob.rate", 39, "reported", ABSTRACT, "Hz", edits=BRIGHT),
    Claim(
        "efficiency, same",
        "links.alice-bob.link_efficiency",
        7.8,
        "derived",
        "39 Hz over 5 Hz, both in the abstract",
        edits=BRIGHT,
    ),
)
