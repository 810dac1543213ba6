"""Two clicks in closed form where pulses excite incompletely: what is left behind keeps its phase.

This is `double_click` with everything that complete excitation rules out. Which detector clicked when then tells
something of the optical phase, as `two_click_patterns` shows; a herald, which says only whether it was the same one
twice, tells nothing of it. Where excitation is complete, both give the same.

Derived in docs/background/double-click.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.links.click_arms import Arms, pair_of
from bellpush.physics.interference import Optics, heralds, light, whole
from bellpush.physics.phase import phase_kept

__all__ = ["Patterns", "two_click_arms", "two_click_patterns"]

Complex: TypeAlias = NDArray[np.complex128]

COMMON = 2 * np.pi * np.arange(3) / 3  # a phase that may be anything: no element turns by more than twice of it


class Patterns(NamedTuple):
    """What each order of clicks leaves of spins that were all alike before; unnormalised."""

    clicked: Complex  # shape (2, 2, 2, 2, 2, 2, ...): detector of the first click, of the second, ket and bra spins
    missed: Complex  # without a herald, shape (2, 2, 2, 2, ...)


def two_click_arms(detection: tuple[ArrayLike, ArrayLike], **more: Any) -> Arms:
    """What a click in each of two rounds leaves of two emitters, by whether the same detector clicked twice.

    Args:
        detection, more: as `two_click_patterns` takes them.

    Returns:
        `first` in the frame of psi+ (the same detector twice), `second` in that of psi-, with correlations of shape
        (..., 4, 4).
    """
    clicked, missed = two_click_patterns(detection, **more)
    same, different = clicked[0, 0] + clicked[1, 1], clicked[0, 1] + clicked[1, 0]
    return Arms(*np.broadcast_arrays(*(pair_of(each) for each in (same, different, missed))))


def two_click_patterns(
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
) -> Patterns:
    """What exactly one click in each of two rounds leaves of two emitters, by the detectors that clicked.

    Args:
        excitation: probability that a pulse excites a node; what stays behind keeps its phase.
        optical_phase: between the paths in the first round, rad, shape (...); anything if None.
        detection, dark, visibility, coherence, phase_noise, double_excitation, split, resolving, blind, flipped: see
            `double_click`. One click keeps the root of what two keep.

    Every number may have the shape (...). Source: derived in docs/background/double-click.md.
    """
    a, b = (light(*each) for each in zip(detection, excitation, double_excitation, strict=True))
    like = np.sqrt(np.asarray(visibility if coherence is None else coherence, dtype=float))
    common = COMMON if optical_phase is None else (np.asarray(optical_phase, dtype=float),)
    found: Any = 0.0
    for phase in common:
        overlap = like * np.exp(-1j * phase)
        once = heralds(a, b, Optics(split, dark=(dark, dark), resolving=resolving), overlap, visibility)
        parts = []
        for first in (0, 1):
            sees = [0.0 if blind and first == here else 1.0 for here in (0, 1)]
            darks = (np.multiply(dark, sees[0]), np.multiply(dark, sees[1]))
            optics = Optics(split, (sees[0], sees[1]), darks, resolving)
            again = heralds(a, b, optics, overlap * phase_kept(phase_noise), visibility)
            parts.append([once[first] * _turned(each) for each in again])  # the other level sends
        found = found + np.array(parts) / 4 / len(common)
    spins = np.einsum("ik...,jl...->ijkl...", whole(a), whole(b))
    missed = spins * _turned(spins) / 4 - found.sum(axis=(0, 1))
    return Patterns(found[:, :, ::-1, ::-1, ::-1, ::-1], _turned(missed)) if flipped else Patterns(found, missed)


def _turned(spins: Any) -> Any:
    """Spins after both were flipped."""
    return spins[::-1, ::-1, ::-1, ::-1]
