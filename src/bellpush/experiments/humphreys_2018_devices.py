"""Humphreys et al., Nature 558, 268 (2018), from its emitters: what lies beneath the numbers of `humphreys-2018`.

Double excitation and dark counts follow from the pulse, the lifetime, the window and the detectors. How often a photon
is seen does not: the collection was derived from the detection probability that the same public file gives, so all
rates hand that number on, through the light that pulse and window leave. Visibility, phase noise and the time of an
attempt are measured numbers here too.
"""

from __future__ import annotations

from dataclasses import replace

from bellpush.experiments.claim import Shown, Tolerance
from bellpush.experiments.clicks import early_photons
from bellpush.experiments.humphreys_2018 import NOTEBOOKS, PROMISE, RECALLED, TOP_EFFICIENCY, TOP_RATE
from bellpush.experiments.known import Known
from bellpush.experiments.ours import Ours

__all__ = ["CLAIMS"]

FILE = Known("secondary", "public parameter file of a Delft network simulation (2019), which names the supplement")
NARROW = Known("assumed", "a pulse of half the width").at_nodes("device", pulse_width="1.13 ns")
EARLY = Ours(early_photons, ("nodes.alice.device", "links.0.scheme.detection"))
COLLECTED = "the collection was derived from the detection probability of these nodes"

CLAIMS = (
    *PROMISE,
    replace(TOP_RATE, reason=COLLECTED),
    replace(TOP_EFFICIENCY, reason=f"{TOP_EFFICIENCY.reason}; {COLLECTED}"),
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
    *RECALLED,
)
