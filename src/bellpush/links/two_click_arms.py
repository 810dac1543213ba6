"""Two clicks in closed form where pulses excite incompletely: what is left behind keeps its phase.

This is `double_click` with everything that complete excitation rules out: a node that was not excited in one round may
send nothing in either, and what two rounds say then depends on the optical phase. All of that takes a dark count, as
docs/background/double-click.md shows; where excitation is complete, both give the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.links.click_arms import Arms, pair_of
from bellpush.physics.interference import Optics, heralds, light, whole
from bellpush.physics.phase import phase_kept

__all__ = ["two_click_arms"]

COMMON = 2 * np.pi * np.arange(3) / 3  # a phase that may be anything: no element turns by more than twice of it


def two_click_arms(
    detection: tuple[ArrayLike, ArrayLike],
    *,
    excitation: tuple[ArrayLike, ArrayLike] = (1.0, 1.0),
    dark: ArrayLike = 0.0,
    visibility: ArrayLike = 1.0,
    coherence: ArrayLike | None = None,
    phase_noise: ArrayLike = 0.0,
    optical_phase: ArrayLike | None = None,
    double_excitation: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    split: ArrayLike = 0.5,
    resolving: bool = False,
    blind: bool = False,
    flipped: bool = True,
) -> Arms:
    """What exactly one click in each of two rounds leaves of two emitters, by whether the same detector clicked twice.

    Args:
        excitation: probability that a pulse excites a node; what stays behind keeps its phase.
        optical_phase: between the paths in the first round, rad, shape (...); anything if None.
        detection, dark, visibility, coherence, phase_noise, double_excitation, split, resolving, blind, flipped: see
            `double_click`. One click keeps the root of what two keep.

    Returns:
        `first` in the frame of psi+ (the same detector twice), `second` in that of psi-. Every number may have the
        shape (...).

    Source: derived in docs/background/double-click.md.
    """
    a, b = (light(*each) for each in zip(detection, excitation, double_excitation, strict=True))
    like = np.sqrt(np.asarray(visibility if coherence is None else coherence, dtype=float))
    common = COMMON if optical_phase is None else (np.asarray(optical_phase, dtype=float),)
    found: list[Any] = [0.0, 0.0]
    for phase in common:
        overlap = like * np.exp(-1j * phase)
        once = heralds(a, b, Optics(split, dark=(dark, dark), resolving=resolving), overlap, visibility)
        for first in (0, 1):
            sees = [0.0 if blind and first == here else 1.0 for here in (0, 1)]
            darks = (np.multiply(dark, sees[0]), np.multiply(dark, sees[1]))
            optics = Optics(split, (sees[0], sees[1]), darks, resolving)
            again = heralds(a, b, optics, overlap * phase_kept(phase_noise), visibility)
            for second in (0, 1):
                # In the second round the other level sends.
                found[int(first != second)] += once[first] * _turned(again[second]) / 4 / len(common)
    spins = np.einsum("ik...,jl...->ijkl...", whole(a), whole(b))
    missed = spins * _turned(spins) / 4 - found[0] - found[1]
    pairs = [pair_of(_turned(each) if flipped else each) for each in (*found, missed)]
    return Arms(*np.broadcast_arrays(*pairs))


def _turned(spins: Any) -> Any:
    """Spins after both were flipped."""
    return spins[::-1, ::-1, ::-1, ::-1]
