"""Hucul et al., "Modular entanglement of atomic qubits using photons and phonons", Nature Phys. 11, 37 (2015).

Only the abstract was read: pairs of ions in two traps are made faster than they are lost. The numbers of the preset are
remembered, and what follows from them proves nothing; they show what the claim of the abstract means for a clock.
"""

from __future__ import annotations

from bellpush.experiments.bound import best_delivered
from bellpush.experiments.claim import Claim, Tolerance

__all__ = ["CLAIMS"]

PAPER = "Hucul et al., Nature Phys. 11, 37 (2015)"
LINK = "links.alice-bob"

CLAIMS = (
    Claim(
        name="efficiency",
        published=1,
        standing="reported",
        source=f"{PAPER}, abstract: made faster than lost",
        relation="greater",
        path=f"{LINK}.link_efficiency",
        restates=True,
        reason="rate and coherence are remembered from the same paper",
        beside=True,
    ),
    Claim(
        name="best of any clock",
        published=0.7516,
        standing="derived",
        source="equation 2 of Nature 558, 268 (2018) at an efficiency of 5, for perfect fresh pairs",
        measure=lambda r: best_delivered(r.links["alice-bob"].link_efficiency.value or 0.0),
        tolerance=Tolerance(2e-3, "the efficiency has two digits"),
    ),
)
