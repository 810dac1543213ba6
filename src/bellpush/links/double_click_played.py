"""A double-click attempt played out in Fock space, round by round: the second road beside the closed form.

The optics are those of `single_click_played`: each round is a meeting of two nodes whose arms have two temporal modes.
In the time-bin scheme the spins are flipped between the rounds; with polarisation the other level sends its photon in
the second round, which is the other polarisation of the same emission. Both rounds share an optical phase that may be
anything.
"""

from __future__ import annotations

from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.links.single_click_played import LATE, LEVELS, MODES, averaged, packets, phases, sent
from bellpush.physics.fock import Counter, Meeting

__all__ = ["play"]

Complex: TypeAlias = NDArray[np.complex128]

COMMON = 2 * np.pi * np.arange(3) / 3  # values of the common phase: no element turns by more than twice of it


def play(
    detection: tuple[float, float],
    *,
    dark: float,
    visibility: float,
    coherence: float | None,
    phase_noise: float,
    double_excitation: tuple[float, float],
    excitation: tuple[float, float] = (1.0, 1.0),
    optical_phase: float | None = None,
    split: float,
    resolving: bool,
    blind: bool,
    flipped: bool,
    levels: int = LEVELS,
) -> tuple[NDArray[np.float64], Complex, Complex, float]:
    """What an attempt leaves.

    Returns:
        Herald probabilities (2,), spin states with signs corrected (2, 4, 4), the state without a herald (4, 4), and
        the probability that no detector counts in either round.
    """
    root = sqrt(visibility if coherence is None else coherence)  # each of the two clicks keeps as much
    shapes, turn, kept = packets(visibility, root)
    numbers = zip(shapes, detection, excitation, double_excitation, (1.0, kept), strict=True)
    nodes = [sent(*each, levels=levels) for each in numbers]
    common = COMMON if optical_phase is None else np.array([optical_phase])
    nothing = 0.0
    states: Complex = np.zeros((3, 2, 2, 2, 2), dtype=complex)  # same detector, different ones, no herald
    for phase in common:
        once = averaged(nodes[1], levels, np.array([phase]), np.ones(1))
        again = averaged(nodes[1], levels, *phases(phase_noise, phase))
        # In the second round the other level sends: flipped spins, or the other polarisation.
        first = Meeting(nodes[0], once, levels, (Counter(1.0, dark, resolving),) * 2, split, LATE)
        other = nodes[0][::-1, ::-1], again[::-1, ::-1]
        live = Meeting(*other, levels, first.counters, split)
        states[2] += first.all() * live.all() / 4 / len(common)
        nothing += float(np.einsum("ijij->", first.nothing() * live.nothing()).real) / 4 / len(common)
        for one in (0, 1):
            sees, blinded = first.counters[one], Counter(0.0, 0.0, resolving) if blind else first.counters[one]
            second = Meeting(*other, levels, (blinded, sees) if one == 0 else (sees, blinded), split, LATE)
            clicks = [first.click(one, mode) for mode in range(MODES)]
            for two in (0, 1):
                for late in range(MODES):
                    spins = second.click(two, late)
                    for early, before in enumerate(clicks):
                        # The second spin's photon carries the angle of the mode in which it was seen.
                        angle = turn[early] - turn[late]
                        states[int(one != two)] += _rotated(before * spins, angle) / 4 / len(common)
                        states[2] -= before * spins / 4 / len(common)
    if flipped:
        states = states[:, ::-1, ::-1, ::-1, ::-1]
    matrices: Complex = states.reshape(3, 4, 4).copy()
    z = np.diag([1, -1, 1, -1])  # different detectors announce psi-: a phase flip on the second spin
    matrices[1] = z @ matrices[1] @ z
    probabilities = np.trace(matrices, axis1=1, axis2=2).real
    scale = np.where(probabilities > 1e-300, probabilities, 1.0)  # below, a ratio overflows
    normalised = matrices / scale[:, None, None]
    return probabilities[:2], normalised[:2], normalised[2], nothing


def _rotated(spins: Complex, angle: float) -> Complex:
    """Spins after the second was turned back by an angle that is known."""
    back = np.array([1.0, np.exp(-1j * angle)])
    return np.asarray(spins * back[:, None, None] * back.conj())
