"""Hensen et al., "Loophole-free Bell inequality violation using electron spins separated by 1.3 kilometres", Nature
526, 682 (2015).

The abstract was read. How alike the photons were is not known: the visibility is that of a later set-up, so the
fidelity is an answer on an assumption, and nothing is fitted. How often photons are seen is known but for the fibre,
for what a filter takes and for the window; how long an attempt takes, and its pauses, are not known: of the rate there
is a bound.
"""

from __future__ import annotations

from bellpush.experiments.claim import Shown
from bellpush.experiments.clicks import bell_value
from bellpush.experiments.known import Known
from bellpush.experiments.ours import FRESH, MAKING, RATE, SUCCESS, Ours

__all__ = ["CLAIMS"]

PAPER = "Hensen et al., Nature 526, 682 (2015)"
ABSTRACT = Known("reported", f"{PAPER}, abstract")
MEMORY = Known("recalled", f"{PAPER}, from memory")
NEWS = Known("secondary", "news of the experiment: about one pair an hour")
NOTEBOOKS = Known("secondary", "public notebooks of the first author of Nature 558, 268 (2018)")

READ = (0.95, 0.995)
READ_OUT = (
    NOTEBOOKS.also("read-out of the bright level", "0.95"),
    NOTEBOOKS.also("read-out of the dark level", "0.995"),
)
LIKE = {"links.0.scheme.visibility": Known("assumed", "photons that cannot be told apart").setting(1.0)}
BOUND = (
    "ours is an upper bound: what polarisation filters and the fibre beyond its least length and loss take, and when "
    "the window begins, are not known"
)

CLAIMS = (
    ABSTRACT.claim(
        "fresh pair",
        0.92,
        FRESH,
        uncertainty=0.03,
        reason="double excitation follows from the pulse, the visibility is that of 2018",
        shown=(Shown("with photons that cannot be told apart {}", LIKE),),
        beside=True,
    ),
    ABSTRACT.claim(
        "Bell value, as read out",
        2.42,
        Ours(lambda r: bell_value(r, *READ), MAKING),
        uncertainty=0.20,
        also=READ_OUT,
        reason="at the angles that are best for our pair; those of the experiment are not known",
        shown=(Shown("before it is read out {}", {}, lambda r: bell_value(r, 1.0, 1.0)),),
    ),
    MEMORY.claim("success of an attempt", 6.4e-9, SUCCESS, reason=BOUND),
    NEWS.claim(
        "pairs a second",
        1 / 3600,
        RATE,
        incomparable="neither the time of an attempt, of which ours has the light's way alone, nor the share of time "
        f"spent on checks of charge is known; {BOUND}",
    ),
    ABSTRACT.claim("trials", 245, incomparable="it is how long one went on"),
)
