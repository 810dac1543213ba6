"""A single-click attempt played out in Fock space: the second road beside the closed form.

Each node is a spin and a photon, with a marker for an early photon that nobody sees. Photons are lost, meet on a
beam splitter in two temporal modes (the one both wave packets share, and the part of the second that is orthogonal to
it), and are counted by two detectors with dark counts. The optical phase is averaged by Gauss-Hermite quadrature.
"""

from __future__ import annotations

from collections import defaultdict
from math import factorial, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["play"]

# Photon numbers at (first detector, second detector) in the shared mode, then in the orthogonal one.
Counts: TypeAlias = tuple[int, int, int, int]
Ket: TypeAlias = NDArray[np.complex128]  # amplitudes of the two spins, shape (4,), |first second>

PHASES = 48  # nodes of the quadrature; exact to 1e-8 for noise of up to 6 rad
RANDOM = 6.0  # rad: beyond it every phase is as likely as any other, to 1.5e-8


def play(
    bright: tuple[float, float],
    detection: tuple[float, float],
    *,
    dark: float,
    visibility: float,
    phase_noise: float,
    double_excitation: tuple[float, float],
    resolving: bool,
) -> tuple[NDArray[np.float64], NDArray[np.complex128], NDArray[np.complex128]]:
    """Herald probabilities (2,), spin states with signs corrected (2, 4, 4), and the state without a herald (4, 4)."""
    phases, weights = _phases(phase_noise)
    states: NDArray[np.complex128] = np.zeros((3, 4, 4), dtype=complex)  # first detector, second detector, no herald
    for phase, weight in zip(phases, weights, strict=True):
        for (_, counts), ket in _kets(bright, detection, visibility, double_excitation, phase).items():
            density = weight * np.outer(ket, ket.conj())
            first, second = counts[0] + counts[2], counts[1] + counts[3]
            heralds = _one_click(first, second, dark, resolving), _one_click(second, first, dark, resolving)
            states[0] += heralds[0] * density
            states[1] += heralds[1] * density
            states[2] += (1 - sum(heralds)) * density
    z = np.diag([1, 1, -1, -1])  # the second detector announces psi-: a phase flip on the first spin
    states[1] = z @ states[1] @ z
    probabilities = np.trace(states, axis1=1, axis2=2).real
    scale = np.where(probabilities > 1e-300, probabilities, 1.0)  # below, a ratio overflows
    normalised = states / scale[:, None, None]
    return probabilities[:2], normalised[:2], normalised[2]


def _phases(noise: float) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Phase factors and their weights: Gauss-Hermite for Gaussian noise, evenly spread where nothing is left of it."""
    if noise > RANDOM:
        angles, weights = 2 * np.pi * np.arange(PHASES) / PHASES, np.ones(PHASES)
    else:
        nodes, weights = np.polynomial.hermite_e.hermegauss(PHASES)
        angles = noise * nodes
    return np.exp(1j * angles), np.asarray(weights / weights.sum(), dtype=np.float64)


def _kets(
    bright: tuple[float, float],
    detection: tuple[float, float],
    visibility: float,
    double_excitation: tuple[float, float],
    phase: complex,
) -> dict[tuple[tuple[int, ...], Counts], Ket]:
    """Unnormalised spin kets for every record in the environment and every pattern of counted photons."""
    kets: dict[tuple[tuple[int, ...], Counts], Ket] = defaultdict(lambda: np.zeros(4, dtype=complex))
    branches = [list(_node(*values)) for values in zip(bright, detection, double_excitation, strict=True)]
    overlap = sqrt(visibility), sqrt(1 - visibility)
    for spin_a, photon_a, record_a, amplitude_a in branches[0]:
        for spin_b, photon_b, record_b, amplitude_b in branches[1]:
            amplitude = amplitude_a * amplitude_b * (phase if photon_b else 1)
            for counts, share in _beam_splitter(photon_a, photon_b, overlap).items():
                kets[(record_a + record_b, counts)][2 * spin_a + spin_b] += amplitude * share
    return kets


def _node(bright: float, detection: float, double: float) -> list[tuple[int, int, tuple[int, int], float]]:
    """Branches of one node: spin, photon that arrives, record (photon lost, early photon), amplitude."""
    up, down = sqrt(bright), sqrt(1 - bright)
    found = [(0, 0, (0, 0), down)]
    for early, share in ((0, sqrt(1 - double)), (1, sqrt(double))):
        found.append((1, 1, (0, early), up * share * sqrt(detection)))
        found.append((1, 0, (1, early), up * share * sqrt(1 - detection)))
    return found


def _beam_splitter(photon_a: int, photon_b: int, overlap: tuple[float, float]) -> dict[Counts, complex]:
    """Amplitudes of the photon counts behind a balanced beam splitter for at most one photon in each arm."""
    # A state is a polynomial in the four creation operators; each photon multiplies it by its own linear form.
    half = 1 / sqrt(2)
    from_a = {(1, 0, 0, 0): half, (0, 1, 0, 0): half}
    from_b = {
        (1, 0, 0, 0): half * overlap[0],
        (0, 1, 0, 0): -half * overlap[0],
        (0, 0, 1, 0): half * overlap[1],
        (0, 0, 0, 1): -half * overlap[1],
    }
    polynomial: dict[Counts, complex] = {(0, 0, 0, 0): 1.0}
    for present, form in ((photon_a, from_a), (photon_b, from_b)):
        if not present:
            continue
        product: dict[Counts, complex] = defaultdict(complex)
        for counts, coefficient in polynomial.items():
            for mode, factor in form.items():
                n0, n1, n2, n3 = (x + y for x, y in zip(counts, mode, strict=True))
                product[(n0, n1, n2, n3)] += coefficient * factor
        polynomial = product
    return {counts: c * sqrt(np.prod([factorial(n) for n in counts])) for counts, c in polynomial.items()}


def _one_click(here: int, there: int, dark: float, resolving: bool) -> float:
    """Probability that this detector alone announces a photon, given the photons that reach either."""
    if there > 0:
        return 0.0
    silent = 1 - dark
    if resolving:
        return silent * {0: dark, 1: silent}.get(here, 0.0)
    return silent * (dark if here == 0 else 1.0)
