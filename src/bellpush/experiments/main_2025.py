"""Main et al., "Distributed quantum computing across an optical network link", Nature 638, 383 (2025), and its sequel,
arXiv 2506.14334 (2025).

The abstracts were read: two numbers of what pairs were used for, and two of storage. Rate and fidelity of the link are
remembered, and both are spent: on the length of an attempt, all pauses included, and on a visibility that stands for
all errors. How the gates of a module err is not known, so that of gate and search there are bounds at most.
"""

from __future__ import annotations

from bellpush.experiments.claim import Tolerance
from bellpush.experiments.clicks import gate_by_pair
from bellpush.experiments.known import Known
from bellpush.experiments.ours import EFFICIENCY, FRESH, RATE, STORING, Ours
from bellpush.experiments.readings import storage_time

__all__ = ["CLAIMS"]

PAPER = "Main et al., Nature 638, 383 (2025)"
ABSTRACT = Known("reported", f"{PAPER}, abstract")
SEQUEL = Known("reported", "Main et al., arXiv 2506.14334 (2025), abstract")
MEMORY = Known("recalled", f"{PAPER}, from memory")
GATES = "gates within a module are not in the model, nor known"

CLAIMS = (
    ABSTRACT.claim(
        "gate between modules",
        0.86,
        Ours(gate_by_pair, FRESH.rests),
        incomparable=f"ours is what the pair alone allows, an upper bound; {GATES}",
    ),
    ABSTRACT.claim("search by that gate", 0.71, incomparable=GATES),
    SEQUEL.claim(
        "pairs held",
        10,
        Ours(storage_time, STORING, "s"),
        ", about",
        restates=True,
        reason="the memories' 20 s were taken from it; how much of a pair is then left is not said",
    ),
    SEQUEL.claim(
        "held over made",
        100,
        EFFICIENCY,
        ": held more than 100 times as long as a pair takes",
        relation="greater",
        incomparable="ours takes the time of storage that was shown for that of decay, which is longer, and the rate "
        "that was spent is remembered",
    ),
    MEMORY.claim(
        "rate",
        9.7,
        RATE,
        restates=True,
        tolerance=Tolerance(0.005, "the digits of the attempt"),
        reason="the length of an attempt was fitted to it",
    ),
    MEMORY.claim(
        "fresh pair",
        0.9689,
        FRESH,
        uncertainty=0.0008,
        restates=True,
        tolerance=Tolerance(1e-4, "the digits of the visibility"),
        reason="the visibility was fitted to it",
    ),
)
