"""Humphreys et al., Nature 558, 268 (2018), from its emitters: what lies beneath the numbers of `humphreys-2018`.

Double excitation and dark counts follow from the pulse, the lifetime, the window and the detectors. How often a photon
is seen does not: the collection was derived from the detection probability that the same public file gives, so all
rates hand that number on, through the light that pulse and window leave. Visibility, phase noise and the time of an
attempt are measured numbers here too.
"""

from __future__ import annotations

from bellpush.experiments.claim import Shown, Tolerance
from bellpush.experiments.clicks import early_photons
from bellpush.experiments.humphreys_2018 import (
    ABSTRACT,
    DIGITS,
    FALLEN_BACK,
    FIDELITY_GAP,
    MEMORY,
    NOTEBOOKS,
    QUOTIENT,
    bright,
)
from bellpush.experiments.known import Known
from bellpush.experiments.ours import DECOHERENCE, DELIVERED, EFFICIENCY, FRESH, LATENCY, RATE, Ours

__all__ = ["CLAIMS"]

FILE = Known("secondary", "public parameter file of a Delft network simulation (2019), which names the supplement")
NARROW = Known("assumed", "a pulse of half the width").at_nodes("device", pulse_width="1.13 ns")
EARLY = Ours(early_photons, ("nodes.alice.device", "links.0.scheme.detection"))
COLLECTED = "the collection was derived from the detection probability of these nodes"

CLAIMS = (
    ABSTRACT.claim(
        "decoherence rate",
        5,
        DECOHERENCE,
        restates=True,
        reason="the memories' 400 ms were derived from it",
        beside=True,
    ),
    ABSTRACT.claim("latency", 0.1, LATENCY, restates=True, beside=True),
    ABSTRACT.claim(
        "delivered fidelity",
        0.5,
        DELIVERED,
        ": at every tick of 100 ms, on average, nothing selected",
        relation="greater",
        also=(FALLEN_BACK,),
        reason="how the stored pair decays and what stands in for a missing one could not be read",
        beside=True,
    ),
    ABSTRACT.claim(
        "rate, bright 0.3",
        39,
        RATE,
        ", the highest rate",
        settings=bright(0.3),
        tolerance=Tolerance(1.4, DIGITS),
        reason=COLLECTED,
        beside=True,
    ),
    QUOTIENT.claim(
        "efficiency, same",
        7.8,
        EFFICIENCY,
        settings=bright(0.3),
        tolerance=Tolerance(0.8, "5 Hz has one digit"),
        reason=f"half of it is an input, the decoherence rate, and {COLLECTED}",
        beside=True,
    ),
    FILE.claim(
        "double excitation",
        0.04,
        EARLY,
        tolerance=Tolerance(0.005, "one digit is printed"),
        reason="from the pulse and the lifetime alone, which nothing was fitted to",
        shown=(Shown("with a pulse of half the width {}", NARROW),),
    ),
    NOTEBOOKS.claim(
        "double excitation, simulated",
        0.038,
        EARLY,
        ", a simulation of 1000 trajectories, whence the uncertainty",
        uncertainty=0.006,
    ),
    MEMORY.claim("rate, bright 0.05", 6, RATE, settings=bright(0.05)),
    MEMORY.claim("fresh pair, bright 0.05", 0.81, FRESH, uncertainty=0.02, settings=bright(0.05), reason=FIDELITY_GAP),
    MEMORY.claim("fresh pair, bright 0.3", 0.60, FRESH, settings=bright(0.3), reason=FIDELITY_GAP),
)
