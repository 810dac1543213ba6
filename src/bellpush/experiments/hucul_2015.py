"""Hucul et al., "Modular entanglement of atomic qubits using photons and phonons", Nature Phys. 11, 37 (2015).

Of the abstract one sentence was read: pairs of ions in two traps are made faster than they are lost. The numbers are
remembered, and what follows from them proves nothing; they show what that sentence means for a clock. The fidelity,
remembered too, is spent on a visibility that stands for all errors.
"""

from __future__ import annotations

from bellpush.experiments.bound import best_delivered
from bellpush.experiments.claim import Tolerance
from bellpush.experiments.known import Known
from bellpush.experiments.ours import EFFICIENCY, FRESH, LINK, RATE, Ours
from bellpush.scenario.result import Result

__all__ = ["CLAIMS"]

PAPER = "Hucul et al., Nature Phys. 11, 37 (2015)"
ABSTRACT = Known("reported", f"{PAPER}, abstract")
MEMORY = Known("recalled", f"{PAPER}, from memory")
PRODUCT = Known("recalled", "4.5 Hz times 1.12 s, both from memory")
EQUATION = Known("recalled", "equation 2 of Nature 558, 268 (2018) at an efficiency of 5, which is from memory")


def bound(result: Result, fresh: float) -> float:
    """What the best clock hands over of pairs of this fresh fidelity, by the link's efficiency."""
    efficiency = result.links["alice-bob"].link_efficiency.value
    assert efficiency is not None
    return 0.25 + (fresh - 0.25) * (best_delivered(efficiency) - 0.25) / 0.75


def as_fresh(result: Result) -> float:
    """The same of the link's own pairs."""
    fresh = result.links["alice-bob"].fidelity.value
    assert fresh is not None
    return bound(result, fresh)


CLAIMS = (
    ABSTRACT.claim(
        "efficiency",
        1,
        EFFICIENCY,
        ": made faster than lost",
        relation="greater",
        restates=True,
        reason="rate and coherence are remembered from the same paper",
        beside=True,
    ),
    MEMORY.claim("rate", 4.5, RATE, reason="success and rate of attempts are remembered apart from it"),
    MEMORY.claim(
        "fresh pair",
        0.78,
        FRESH,
        uncertainty=0.03,
        restates=True,
        tolerance=Tolerance(1e-4, "the digits of the visibility"),
        reason="the visibility was fitted to it",
    ),
    MEMORY.claim("decoherence rate", 1 / 1.12, Ours(f"{LINK}.decoherence_rate", ("nodes.",), "Hz"), restates=True),
    PRODUCT.claim("efficiency, in numbers", 5.0, EFFICIENCY, reason="ours is 4.7 Hz times 1.12 s"),
    EQUATION.claim("best clock, perfect pairs", 0.7516, Ours(lambda r: bound(r, 1.0), EFFICIENCY.rests)),
    EQUATION.claim("best clock, these pairs", 0.604, Ours(as_fresh, EFFICIENCY.rests), ", and pairs of 0.78"),
)
