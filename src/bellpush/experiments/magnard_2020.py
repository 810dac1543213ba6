"""Magnard et al., "Microwave quantum link between superconducting circuits housed in spatially separated cryogenic
systems", Phys. Rev. Lett. 125, 260502 (2020)."""

from __future__ import annotations

from bellpush.experiments.claim import Claim

__all__ = ["CLAIMS"]

TEXT = "Magnard et al., Phys. Rev. Lett. 125, 260502 (2020), main text, corrected for readout"

CLAIMS = (Claim("delivered fidelity", "requests.clocked.fidelity", 0.795, "reported", TEXT, uncertainty=0.001),)
