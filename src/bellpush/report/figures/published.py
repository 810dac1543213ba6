"""Published links whose efficiency and fresh fidelity are both known, for the plane of the two."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PUBLISHED", "Published"]


@dataclass(frozen=True)
class Published:
    """One link; every one of them succeeds seldom. The standing is the weaker of its two numbers."""

    name: str
    efficiency: float
    fidelity: float
    standing: str
    source: str


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
)
