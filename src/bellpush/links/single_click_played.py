"""A single-click attempt played out in Fock space: the second road beside the closed form.

Each node is a spin and the photons of its arm. Photons are lost, meet on a beam splitter and are counted by two
detectors with dark counts; markers stay behind for photons that were lost, for early ones that nobody sees, and for
what dephasing tells the environment. The optical phase is averaged by Gauss-Hermite quadrature. Every photon has two
temporal modes: either the packet both share and the part of the second that is orthogonal to it; or, where the time of
a click gives back coherence, two halves of a window in which the packets turn against each other by a known angle.
"""

from __future__ import annotations

from functools import cache
from math import acos, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.fock import Branch, Counter, Meeting, lossy, node

__all__ = ["averaged", "packets", "phases", "play", "sent"]

Complex: TypeAlias = NDArray[np.complex128]

LEVELS = 3  # no photon, one, two: two meet at most
MODES = 2
LATE = (0.0, 1.0)  # dark counts come after photons: one beside a photon does not spoil the photon's time
PHASES = 48  # nodes of the quadrature; exact to 1e-8 for noise of up to 6 rad
TIMES = 24  # nodes over a cycle of the lock
RANDOM = 6.0  # rad: beyond it every phase is as likely as any other, to 1.5e-8


def play(
    bright: tuple[float, float],
    detection: tuple[float, float],
    *,
    dark: float,
    visibility: float,
    phase_noise: float,
    drift_time: float | None = None,
    lock_period: float = 0.0,
    double_excitation: tuple[float, float],
    veto: tuple[float, float] = (0.0, 0.0),
    resolving: bool,
    coherence: float | None = None,
    excitation: tuple[float, float] = (1.0, 1.0),
    optical_phase: float = 0.0,
    split: float = 0.5,
    levels: int = LEVELS,
) -> tuple[NDArray[np.float64], Complex, Complex, float]:
    """What an attempt leaves.

    Returns:
        Herald probabilities (2,), spin states with signs corrected (2, 4, 4), the state without a herald (4, 4), and
        the probability that no detector counts.
    """
    shapes, turn, kept = packets(visibility, coherence)
    numbers = list(zip(shapes, detection, excitation, double_excitation, (1.0, kept), strict=True))
    angles = phases(phase_noise, optical_phase, drift_time, lock_period)
    counters = (Counter(dark=dark, resolving=resolving),) * 2

    def meeting(seen: tuple[float, float]) -> Meeting:
        first, second = (sent(*each, seen=v, levels=levels) for each, v in zip(numbers, seen, strict=True))
        return Meeting(first, averaged(second, levels, *angles), levels, counters, split, LATE, part=any(seen))

    whole = meeting((0.0, 0.0))  # whatever the nodes see themselves
    whole.check()
    kept_on = meeting(veto) if any(veto) else whole
    start = np.multiply.outer(*[[sqrt(1 - a), sqrt(a)] for a in bright])
    before = np.multiply.outer(start, start)
    states: Complex = np.zeros((3, 2, 2, 2, 2), dtype=complex)  # first detector, second detector, no herald
    states[2] = before * whole.all()
    for here in (0, 1):
        for mode in range(MODES):
            spins = before * kept_on.click(here, mode)
            # Detected in this mode: the angle that the packets have turned by there is known and taken off.
            states[here] += _rotated(spins, optical_phase + turn[mode])
            states[2] -= spins
    matrices: Complex = states.reshape(3, 4, 4)
    z = np.diag([1, -1, 1, -1])  # the second detector announces psi-: a phase flip on the second spin
    matrices[1] = z @ matrices[1] @ z
    probabilities = np.trace(matrices, axis1=1, axis2=2).real
    scale = np.where(probabilities > 1e-300, probabilities, 1.0)  # below, a ratio overflows
    normalised = matrices / scale[:, None, None]
    nothing = float(np.einsum("ijij->", before * whole.nothing()).real)
    return probabilities[:2], normalised[:2], normalised[2], nothing


def packets(visibility: float, coherence: float | None) -> tuple[list[ArrayLike], tuple[float, float], float]:
    """Both packets in two modes, by how much they have turned against each other in either, and a coherence left.

    Two photons of these packets have the visibility; one click keeps the coherence, or its root if None.
    """
    root = sqrt(visibility)
    if coherence is None or coherence <= root:
        # One shared, one not: nothing is known of the mode, and the environment takes the rest of the coherence.
        kept = 1.0 if coherence is None else coherence / root if root > 0 else 0.0
        return [[1, 0], [root, sqrt(1 - visibility)]], (0.0, 0.0), kept
    angle = acos(root)  # half of each packet in either mode; the second turns by plus or minus this: overlap cos(angle)
    turned = [np.exp(-1j * angle) / sqrt(2), np.exp(1j * angle) / sqrt(2)]
    return [[1 / sqrt(2)] * 2, turned], (-angle, angle), coherence


def sent(
    packet: ArrayLike,
    detection: float,
    excitation: float,
    double: float,
    kept: float,
    *,
    seen: float = 0.0,
    levels: int = LEVELS,
) -> Complex:
    """A node whose bright spin emits one photon, after the losses of its arm.

    What the node has seen itself, of either photon, is left out.
    """
    bright = [Branch(0, sqrt(1 - excitation), [])]
    # Records: whether an early photon left, and whether the environment has noticed. Either photon goes to the node's
    # own detector with `seen`.
    for early, share in ((0, 1 - double), (1, double * (1 - seen))):
        for told, part in ((0, kept**2), (2, max(1 - kept**2, 0.0))):
            bright.append(Branch(early + told, sqrt(excitation * share * part * (1 - seen)), [packet]))
    arm = min(detection / (1 - seen), 1.0) if seen < 1 else 0.0  # of what goes into it
    return lossy(node(levels, MODES, [Branch(0, 1.0, [])], bright), levels, arm)


def phases(
    noise: float, mean: float = 0.0, drift_time: float | None = None, lock_period: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angles of the optical phase and their weights, over its noise and over a cycle from one lock to the next."""
    if drift_time is None:
        return _gaussian(noise, mean)
    times, shares = np.polynomial.legendre.leggauss(TIMES)
    walked = lock_period / drift_time * (times + 1)  # variance: 2 t / drift_time, a random walk
    parts = [_gaussian(sqrt(noise**2 + variance), mean) for variance in walked]
    angles = np.concatenate([angles for angles, _ in parts])
    return angles, np.concatenate([share / 2 * w for share, (_, w) in zip(shares, parts, strict=True)])


def _gaussian(noise: float, mean: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angles and their weights: Gauss-Hermite for Gaussian noise, evenly spread where nothing is left of it."""
    if noise > RANDOM:
        angles, weights = 2 * np.pi * np.arange(PHASES) / PHASES, np.ones(PHASES)
    else:
        nodes, weights = _hermite()
        angles = noise * nodes
    return mean + angles, np.asarray(weights / weights.sum(), dtype=np.float64)


@cache
def _hermite() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.polynomial.hermite_e.hermegauss(PHASES)


def averaged(one: Complex, levels: int, angles: NDArray[np.float64], weights: NDArray[np.float64]) -> Complex:
    """A node whose arm's phase takes these angles with these weights."""
    means = np.exp(1j * np.multiply.outer(np.arange(-MODES * levels, MODES * levels), angles)) @ weights
    return np.asarray(one * means[_more(levels)])


@cache
def _more(levels: int) -> NDArray[np.int64]:
    """By how many photons a ket has more than a bra, counted from the least there can be."""
    number = np.indices((levels,) * MODES).sum(axis=0).ravel()
    return np.asarray(number[:, None] - number[None, :] + MODES * levels)


def _rotated(spins: Complex, angle: float) -> Complex:
    """Spins after the second was turned back by an angle that is known."""
    back = np.array([1.0, np.exp(-1j * angle)])
    return np.asarray(spins * back[:, None, None] * back.conj())
