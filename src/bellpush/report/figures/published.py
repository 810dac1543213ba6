"""Published links in the plane of link efficiency and fresh fidelity, each number with how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PUBLISHED", "Published"]


@dataclass(frozen=True)
class Published:
    """One link; every one of them succeeds seldom. The standing is the weakest of its numbers."""

    name: str
    efficiency: float
    fidelity: float | None  # of the fresh pair; None where no fidelity of a pair is known
    standing: str
    source: str
    bound: Literal["", "at least", "at most"] = ""  # what the efficiency is to the number


PUBLISHED = (
    Published(
        "Liu 2026, 10 km",
        1.24,
        0.797,
        "secondary",
        "2.226 Hz over 1.8(1) Hz and the fresh fidelity, from a digest of Liu et al., Nature (2026), "
        "doi 10.1038/s41586-026-10177-4",
    ),
    Published(
        "Humphreys 2018, bright 0.3",
        7.8,
        0.60,
        "recalled",
        "39 Hz over 5 Hz, both in the abstract of Nature 558, 268 (2018); the fidelity from memory",
    ),
    Published(
        "Hucul 2015",
        5.0,
        0.78,
        "recalled",
        "4.5 Hz, coherence of 1.12 s and the fidelity of Nature Phys. 11, 37 (2015), all three from memory",
    ),
    Published(
        "Humphreys 2018, bright 0.05",
        1.2,
        0.81,
        "recalled",
        "6 Hz and the fidelity from memory; 5 Hz in the abstract of Nature 558, 268 (2018)",
    ),
    Published(
        "Liu 2026, for keys",
        0.18,
        0.917,
        "secondary",
        "0.327 Hz over 1.8(1) Hz and the mean of 0.923 and 0.910, bright population 0.025, from the same digest",
    ),
    Published(
        "Main 2025, Ca memory",
        100.0,
        0.9689,
        "recalled",
        "qubits held for about 10 s, more than 100 times as long as a pair takes (abstract of arXiv 2506.14334); the "
        "fidelity of the link, of Nature 638, 383 (2025), from memory",
        "at least",
    ),
    Published(
        "Stephenson 2020",
        1.0,
        0.940,
        "recalled",
        "182 Hz and the fidelity of Phys. Rev. Lett. 124, 110501 (2020), and a coherence of ms without a memory, all "
        "from memory: about 1 or below",
        "at most",
    ),
    Published(
        "Pfaff 2014",
        6e-5,
        0.87,
        "assumed",
        "one pair in 250 s and an estimated 0.87, as quoted in the notebooks of a first author (Science 345, 532 "
        "(2014)); 14 ms of storage is that of an earlier setup, to illustrate",
    ),
    Published(
        "van Leent 2022, 33 km",
        1e-5,
        0.622,
        "recalled",
        "0.01 Hz and 0.622(15) as quoted in Nat. Commun., s41467-025-57557-4; storage of about a ms from memory",
    ),
    Published(
        "Delteil 2016",
        9.2e-5,
        None,
        "derived",
        "2300 Hz and a coherence of 40 ns, both in the abstract of Nature Phys. 12, 218 (2016)",
    ),
    Published(
        "Garching 2026, three atoms",
        2e-3,
        None,
        "secondary",
        "about 10 Hz and more than 200 us, from a digest; the published fidelity is that of a state of three atoms",
    ),
    Published(
        "Lago-Rivera 2021",
        0.035,
        None,
        "derived",
        "1.4 kHz of heralds, not of pairs read out, and 25 us, both in the abstract of Nature 594, 37 (2021)",
    ),
    Published(
        "Hänni 2025",
        0.05,
        None,
        "assumed",
        "510 heralds a second (abstract), not pairs read out, and storage taken as 100 us",
    ),
)
