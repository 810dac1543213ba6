"""One click by either detector, in closed form where the two detectors say different things.

Where pulses excite incompletely, or the beam splitter is not balanced, rates and states depend on the detector that
clicked and on the optical phase, and coherences appear that complete excitation rules out. This is `single_click` with
all of them; where neither happens, both give the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.interference import Optics, heralds, light, missed
from bellpush.states.pair import from_density

__all__ = ["Arms", "click_arms", "pair_of"]


class Arms(NamedTuple):
    """Unnormalised correlations; their weights are probabilities."""

    first: NDArray[np.float64]  # after a click in the first detector, in the frame of psi+, shape (..., 4, 4)
    second: NDArray[np.float64]  # in the second, in that of psi-
    missed: NDArray[np.float64]  # without a herald


def click_arms(
    bright: tuple[ArrayLike, ArrayLike],
    detection: tuple[ArrayLike, ArrayLike],
    *,
    dark: ArrayLike = 0.0,
    visibility: ArrayLike = 1.0,
    coherence: ArrayLike | None = None,
    phase_kept: ArrayLike = 1.0,
    double_excitation: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    veto: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    resolving: bool = False,
    excitation: tuple[ArrayLike, ArrayLike] = (1.0, 1.0),
    optical_phase: ArrayLike = 0.0,
    split: ArrayLike = 0.5,
) -> Arms:
    """What exactly one click leaves of two emitters, by detector, for any efficiency.

    Args:
        bright, detection, dark, visibility, double_excitation, veto, resolving: see `single_click`.
        coherence: what wave packets keep of the coherence of one click; the root of the visibility if None.
        phase_kept: what phase noise keeps of it.
        excitation: probability that the pulse excites a bright node; what stays behind keeps its phase.
        optical_phase: mean phase between the paths, rad; it is known and turned back, but changes what each arm says.
        split: share of the first node's light at the first detector, and of the second's at the second.

    Every number may have the shape (...). Source: derived in docs/background/interference.md.
    """
    a = [np.asarray(one, dtype=float) for one in bright]
    nodes = [light(*numbers) for numbers in zip(detection, excitation, double_excitation, veto, strict=True)]
    phase = np.asarray(optical_phase, dtype=float)
    kept = np.sqrt(visibility) if coherence is None else np.asarray(coherence)
    # The phase of the second path's photon, as the coherence |first clicked><second clicked| carries it.
    overlap = kept * np.asarray(phase_kept) * np.exp(-1j * phase)
    # `heralds` reads it from an arm's creation operator: |10><01| of photons, so conjugate by none.
    clicked = heralds(nodes[0], nodes[1], Optics(split, dark=(dark, dark), resolving=resolving), overlap, visibility)
    before: Any = [np.array([np.sqrt(1 - one), np.sqrt(one)]) for one in a]
    start = np.einsum("i...,j...,k...,l...->ijkl...", before[0], before[1], before[0], before[1])
    back = np.array([np.ones_like(phase), np.exp(-1j * phase)])  # the known phase, turned back on the second spin
    turn = np.einsum("j...,l...->jl...", back, back.conj())[None, :, None]
    first, second = (pair_of(start * turn * one) for one in clicked)
    return Arms(first, second, pair_of(start * missed(nodes[0], nodes[1], clicked)))


def pair_of(spins: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Correlations of shape (..., 4, 4) of spins of shape (2, 2, 2, 2, ...)."""
    matrices = spins.reshape(4, 4, *spins.shape[4:])
    return from_density(np.moveaxis(matrices, (0, 1), (-2, -1)))
