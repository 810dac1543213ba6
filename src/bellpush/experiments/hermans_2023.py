"""Hermans et al., "Entangling remote qubits using the single-photon protocol: an in-depth theoretical and experimental
study", New J. Phys. 25, 013011 (2023).

The abstract was read, which has no numbers: it says what changes with what. Rate, fidelity and populations are not
known; the preset is one of which the same can be asked, and only what its devices determine is claimed here.
"""

from __future__ import annotations

from bellpush.experiments.claim import Claim, Shown, Tolerance
from bellpush.experiments.clicks import arms_fidelity, arms_rate, early_photons, turns_in_a_period, visibility
from bellpush.experiments.known import Known
from bellpush.experiments.ours import MAKING, Ours

__all__ = ["CLAIMS"]

PAPER = "Hermans et al., New J. Phys. 25, 013011 (2023)"
ABSTRACT = Known("reported", f"{PAPER}, abstract")
MEANT = Known("derived", f"{PAPER}, abstract, which has no number")
LATER = Known("recalled", "the same laboratory's later links, from memory: 4 to 8 %")
DEVICES = tuple(f"nodes.{node}.device.{field}" for node in ("alice", "bob") for field in ("lifetime", "pulse_width"))
LINES = tuple(f"nodes.{node}.device.spectral_diffusion" for node in ("alice", "bob"))

OFFSET = {"nodes.bob.device.detuning": Known("assumed", "any offset would do").setting("5 MHz")}
WEAK = Known("assumed", "any pulse that excites incompletely would do").at_nodes("device", pulse_area="150 deg")
FULL = Known("given", "a full pulse").at_nodes("device", pulse_area="180 deg")


def arms_differ(name: str, ours: Ours, what: str) -> Claim:
    """That something depends on which of two detectors clicked, as soon as excitation is incomplete."""
    return ABSTRACT.claim(
        name,
        0,
        ours,
        f": imperfect excitation makes the {what} depend on which detector clicked",
        relation="greater",
        settings=WEAK,
        reason="what the arms differ by depends on the pulse and on the optical phase, which are not known",
        shown=(Shown("with full pulses {}", FULL),),
    )


CLAIMS = (
    ABSTRACT.claim(
        "visibility of clean lines",
        1,
        Ours(visibility, (*DEVICES, *LINES)),
        ": after the charge-resonance check lines are limited by the lifetime",
        restates=True,
        reason="lines that do not wander were put in because of it; other differences of photons are not known",
    ),
    MEANT.claim(
        "turns a period of offset",
        1,
        Ours(turns_in_a_period, (*DEVICES, *LINES, *OFFSET)),
        ": a static offset makes the phase depend on the time of the click; by one turn a period, as light does",
        settings=OFFSET,
        tolerance=Tolerance(0.01, "1 % of a law that has no other number"),
        reason="read from clicks in two narrow windows",
    ),
    arms_differ("rates of the arms differ", Ours(arms_rate, MAKING), "rate"),
    arms_differ("their fidelities differ", Ours(arms_fidelity, MAKING), "fidelity"),
    LATER.claim(
        "double excitation",
        0.06,
        Ours(early_photons, DEVICES),
        uncertainty=0.02,
        reason="by a pulse as short as that of 2018",
    ),
)
