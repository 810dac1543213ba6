"""The work that all tools do, as plain numbers: one shaped photon from a transmon to another over a lossy line.

Spaces, in order: sender's transmon (g, e, f), sender's resonator, receiver's resonator, receiver's transmon. With two
Fock levels a resonator the dimension is 36, with three it is 81. Times are in microseconds and rates in rad/us, so that
all numbers are of order one. Whatever a tool wants differently it converts before the clock starts.

The model is the cascaded Lindblad equation of two nodes on a one-way line, with a sech photon (Magnard et al. 2020, PRL
125, 260502) and the pure dephasing sqrt(2x)|g><g|, sqrt(2y)|f><f| that bellpush takes everywhere. The device is about
that of Kurpiers et al. 2018, Nature 558, 264; its numbers are recalled, which does not matter for speed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

WINDOW = 0.3  # us, centred on the photon's peak
BANDWIDTH = 2 * np.pi * 10.4  # rad/us
ERROR = 1e-6  # relative error that every answer must keep


class Point(NamedTuple):
    """What a sweep, a derivative or a thermal line changes."""

    transmission: float = 0.77
    sender_linewidth: float = 2 * np.pi * 10.4  # rad/us
    receiver_linewidth: float = 2 * np.pi * 13.5  # rad/us
    sender_relaxation: float = 1 / 5.0  # 1/T1ge of the sender, 1/us; its pure dephasing stays
    thermal_photons: float = 0.0  # in the line


class Transmon(NamedTuple):
    """Rates of one transmon, 1/us."""

    relaxation_ge: float
    relaxation_ef: float
    dephasing_g: float
    dephasing_f: float


def transmon(t1_ge: float, t1_ef: float, t2_ge: float, t2_ef: float) -> Transmon:
    """Rates from measured times in us."""
    dephasing_g = 1 / t2_ge - 0.5 / t1_ge
    return Transmon(1 / t1_ge, 1 / t1_ef, dephasing_g, 1 / t2_ef - 0.5 / t1_ge - 0.5 / t1_ef)


SENDER = transmon(5.0, 2.3, 7.0, 2.8)
RECEIVER = transmon(4.5, 1.6, 5.5, 2.0)


def coupling(t: float | Real, linewidth: float, bandwidth: float = BANDWIDTH) -> Real:
    """The coupling g(t), rad/us, by which a resonator of that linewidth emits the sech photon of that bandwidth.

    The receiver takes it with time reversed.
    """
    growth = np.exp(bandwidth * np.asarray(t, dtype=float))
    share = bandwidth / linewidth
    rising = linewidth * (1 + growth) - bandwidth * (growth - 1)
    # sech(x/2) = 2 sqrt(growth) / (1 + growth)
    return np.asarray(0.5 * np.sqrt(share * growth) / (1 + growth) * rising / np.sqrt(1 + growth - share * growth))


class Operators(NamedTuple):
    """Dense matrices on the whole space, all real."""

    sender_drive: Real  # times coupling(t)
    receiver_drive: Real  # times coupling(-t)
    sender_resonator: Real  # a
    receiver_resonator: Real  # b
    transmons: tuple[Real, ...]  # jumps that no parameter changes
    sender_decay: Real  # |g><e| of the sender, times sqrt(sender_relaxation)


def operators(levels: int) -> Operators:
    """The building blocks, for so many Fock levels a resonator."""
    dims = (3, levels, levels, 3)
    lower = np.diag(np.sqrt(np.arange(1.0, levels)), 1)

    def put(place: int, what: Real) -> Real:
        whole: Real = np.eye(1)
        for index, size in enumerate(dims):
            whole = np.asarray(np.kron(whole, what if index == place else np.eye(size)), dtype=float)
        return whole

    def between(to: int, origin: int) -> Real:
        matrix = np.zeros((3, 3))
        matrix[to, origin] = 1
        return matrix

    g_f = between(0, 2)
    a, b = put(1, lower), put(2, lower)
    jumps = []
    for place, node in ((0, SENDER), (3, RECEIVER)):
        jumps += [
            np.sqrt(node.relaxation_ef) * put(place, between(1, 2)),
            np.sqrt(2 * node.dephasing_g) * put(place, between(0, 0)),
            np.sqrt(2 * node.dephasing_f) * put(place, between(2, 2)),
        ]
    jumps.append(np.sqrt(RECEIVER.relaxation_ge) * put(3, between(0, 1)))
    drives = [resonator.T @ put(place, g_f) for place, resonator in ((0, a), (3, b))]
    return Operators(drives[0] + drives[0].T, drives[1] + drives[1].T, a, b, tuple(jumps), put(0, between(0, 1)))


def exchange(parts: Operators, point: Point) -> Complex:
    """The Hamiltonian by which the line passes the sender's field to the receiver, rad/us."""
    a, b = parts.sender_resonator, parts.receiver_resonator
    strength = np.sqrt(point.transmission * point.sender_linewidth * point.receiver_linewidth)
    return np.asarray(-0.5j * strength * (b.T @ a - a.T @ b))


def jumps(parts: Operators, point: Point) -> list[Real]:
    """All jump operators of one point, sqrt(rad/us)."""
    leaving = (
        np.sqrt(point.transmission * point.sender_linewidth) * parts.sender_resonator
        + np.sqrt(point.receiver_linewidth) * parts.receiver_resonator
    )
    lost = np.sqrt((1 - point.transmission) * point.sender_linewidth) * parts.sender_resonator
    decay = np.sqrt(point.sender_relaxation) * parts.sender_decay
    n = point.thermal_photons
    line = [np.sqrt(1 + n) * leaving, np.sqrt(1 + n) * lost]
    if n:
        line += [np.sqrt(n) * leaving.T, np.sqrt(n) * lost.T]
    return [*line, decay, *parts.transmons]


# --- starts ----------------------------------------------------------------------------------------


def half_photon(levels: int) -> Complex:
    """(|e> + |f>)/sqrt2 on the sender, all else at rest: density matrix, shape (d, d)."""
    return _beside(np.eye(levels)[0])


def thermal_start(levels: int, photons: float = 0.1) -> Complex:
    """The same beside two resonators in the thermal state of so many photons, cut at `levels` and normalised."""
    occupied = (photons / (1 + photons)) ** np.arange(levels)
    return _beside(occupied / occupied.sum())


def full_start(levels: int) -> Complex:
    """A random density matrix of full rank, so that no element is zero and none follows from another."""
    size = 9 * levels**2
    rng = np.random.default_rng(20_180_614)
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    rho = root @ root.conj().T
    return np.asarray(rho / np.trace(rho).real)


def _beside(occupied: Real) -> Complex:
    sender = np.zeros((3, 3), dtype=complex)
    sender[1:, 1:] = 0.5
    resonator = np.diag(occupied)
    return np.asarray(np.kron(np.kron(np.kron(sender, resonator), resonator), np.diag([1.0, 0, 0])))


# --- what is read ----------------------------------------------------------------------------------


def bell(levels: int) -> Complex:
    """The observable whose mean is the Bell fidelity: (|e g> + |g f>)/sqrt2 of the transmons, resonators traced.

    An ideal pulse then makes e of the receiver's f.
    """
    ket = np.zeros((3, 3))
    ket[1, 0], ket[0, 2] = np.sqrt(0.5), np.sqrt(0.5)
    pair = np.einsum("ij,kl->ijkl", ket, ket)
    whole = np.einsum("ijkl,ab,cd->iacjkbdl", pair, np.eye(levels), np.eye(levels))
    size = 9 * levels**2
    return np.asarray(whole.reshape(size, size), dtype=complex)
