"""Witnesses of a photon transfer that know neither master equation nor density matrix.

A closed wave function of two nodes and some hundred modes of the line between them, and quantum trajectories of single
runs. Times are in s, rates and couplings in rad/s.
"""

from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.integrate import ode, solve_ivp

__all__ = ["Secant", "Waveguide", "emitted", "trajectories", "waveguide"]


class Secant(NamedTuple):
    """The photon phi = (sqrt(G)/2) sech(G t/2) and the couplings that belong to it.

    A resonator that emits it holds phi^2/kappa, so that f still holds p = 1 - int phi^2 - phi^2/kappa, and the coupling
    is (phi' + kappa phi/2)/sqrt(kappa p); that much is put in closed form here.
    """

    bandwidth: float

    def emission(self, t, linewidth):
        x, r = self.bandwidth * np.asarray(t) / 2, self.bandwidth / linewidth
        return np.sqrt(r) / 2 * (linewidth - self.bandwidth * np.tanh(x)) / np.sqrt(np.exp(-2 * x) + 1 - r)

    def capture(self, t, linewidth):
        return self.emission(-np.asarray(t), linewidth)


class Waveguide(NamedTuple):
    """Amplitudes at the end, of one excitation that started in the sender's f."""

    sender: complex  # in f
    receiver: complex  # in f
    passed: float  # population of the line behind the receiver
    norm: float


def waveguide(transfer, delay=50e-9, modes=400):
    """One excitation from the sender through a line of `modes` discrete modes, one way, `delay` long, to the receiver.

    Nothing is absorbed into anyone's time: the receiver's drive runs late by the delay. A beam splitter in the line
    mixes the modes with as many that lead nowhere, so that the wave function stays closed and its norm 1. Modes are
    equally spaced with the same coupling sqrt(kappa d_omega / 2 pi); they bring the photon back after 2 pi / d_omega,
    which is kept beyond the end. Decay of the qutrits is left out, drives may be wrong in every way.
    """
    ka, kb = transfer.sender.linewidth, transfer.receiver.linewidth
    begin, end = -transfer.window / 2, transfer.window / 2 + delay
    spacing = 2 * np.pi / (1.05 * (end - begin))
    omega = spacing * (np.arange(modes) - (modes - 1) / 2)
    at_a, at_b = np.sqrt(ka * spacing / (2 * np.pi)), np.sqrt(kb * spacing / (2 * np.pi))
    through, aside = np.sqrt(transfer.transmission), np.sqrt(1 - transfer.transmission)

    def change(t, y, drives):
        f, a, b, other = y[:4]
        line, nowhere = y[4 : 4 + modes], y[4 + modes :]
        out = np.empty_like(y)
        back = np.exp(1j * omega * t)  # the modes' amplitudes turn with their own frequencies
        late = np.exp(-1j * omega * delay) * back
        ga, da, gb, db = drives(t)
        out[0] = -1j * (ga * a + da * f)
        out[1] = -1j * (ga * f + at_a * (back.conj() * line).sum())
        out[2] = -1j * (gb * other + at_b * (late.conj() * (through * line + aside * nowhere)).sum())
        out[3] = -1j * (gb * b + db * other)
        out[4 : 4 + modes] = -1j * (at_a * a * back + through * at_b * b * late)
        out[4 + modes :] = -1j * aside * at_b * b * late
        return out

    y = np.zeros(4 + 2 * modes, dtype=complex)
    y[0] = 1.0
    # Where a drive is cut the equation is not smooth: one stretch from cut to cut.
    cuts = sorted({begin, -begin, begin + delay, end})
    for first, last in pairwise(cuts):
        drives = _drives(transfer, delay, (first + last) / 2)
        y = _moved(partial(change, drives=drives), y, first, last)
    populations = np.abs(y) ** 2
    line, nowhere = y[4 : 4 + modes], y[4 + modes :]
    passed = through * line + aside * nowhere  # the port of the splitter that leads on to the receiver
    # What the sender's resonator gave away in the last `delay` has not come to the receiver yet.
    recent = end - delay * (np.arange(200) + 0.5) / 200
    flying = (np.abs(np.exp(-1j * np.outer(recent, omega)) @ line) ** 2).mean() * delay * spacing / (2 * np.pi)
    left = (np.abs(passed) ** 2).sum() - through**2 * flying
    return Waveguide(y[0], y[3], left, populations.sum())


def _moved(change, y, begin, end):
    """Complex amplitudes at `end`, by the compiled DOP853: no BLAS, whose threads wait for each other on a busy day."""
    solver = ode(lambda t, x: change(t, x.view(complex)).view(float))
    solver.set_integrator("dop853", rtol=1e-8, atol=1e-10, nsteps=1_000_000)
    return solver.set_initial_value(y.view(float), begin).integrate(end).view(complex)


def _drives(transfer, delay, inside):
    """The two drives and detunings in the stretch of time that holds `inside`, as a function of time."""
    half, photon = transfer.window / 2, transfer.photon
    sends, catches = abs(inside) < half, abs(inside - delay) < half
    a, b = transfer.sender, transfer.receiver

    def drives(t):
        ga = a.amplitude * photon.emission(t, a.linewidth) if sends else 0.0
        gb = b.amplitude * photon.capture(t - delay - transfer.timing_error, b.linewidth) if catches else 0.0
        return ga, a.detuning * sends, gb, b.detuning * catches

    return drives


def emitted(photon, linewidth, times):
    """The field sqrt(kappa) c_g1 that leaves a node driven from f at times long before, by its two amplitudes."""

    def change(t, y):
        g = photon.emission(t, linewidth)
        return [-g * y[1], g * y[0] - linewidth / 2 * y[1]]

    ends = (times[0], times[-1])
    return np.sqrt(linewidth) * solve_ivp(change, ends, [1.0, 0.0], "DOP853", times, rtol=1e-11, atol=1e-13).y[1]


# Sender, its resonator, the receiver's resonator, receiver: all that (|e> + |f>)/sqrt2 can come to. Levels g, e, f.
KETS = [(1, 0, 0, 0), (2, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 2), (0, 0, 0, 1), (0, 0, 0, 0)]


def _step(place, origin, to):
    """|to><origin| of one part on `KETS`: levels of a qutrit, photons of a resonator (at most one)."""
    matrix = np.zeros((len(KETS), len(KETS)))
    for column, ket in enumerate(KETS):
        if ket[place] == origin:
            matrix[KETS.index((*ket[:place], to, *ket[place + 1 :])), column] = 1.0
    return matrix


def trajectories(transfer, shots, rng, steps=1500):
    """Final kets of single runs on `KETS`, shape (7, shots): no density matrix, every jump falls somewhere.

    The norm of a run decays under the Hamiltonian less i/2 sum L^dag L; once it falls below a number drawn from (0, 1)
    a jump L happens with probabilities |L psi|^2, and a number is drawn again. Fourth-order Runge-Kutta, all runs
    abreast; a jump is put at the end of its step. Receiver's last pulse: ideal. Dalibard, Castin and Molmer, PRL 68,
    580 (1992).
    """
    a, b = transfer.sender, transfer.receiver
    eta, low_a, low_b = transfer.transmission, _step(1, 1, 0), _step(2, 1, 0)
    jumps = [np.sqrt(eta * a.linewidth) * low_a + np.sqrt(b.linewidth) * low_b]
    jumps += [np.sqrt((1 - eta) * a.linewidth) * low_a]
    for place, node in ((0, a), (3, b)):
        jumps += [np.sqrt(node.relaxation_ge) * _step(place, 1, 0), np.sqrt(node.relaxation_ef) * _step(place, 2, 1)]
        jumps += [
            np.sqrt(2 * node.dephasing_g) * _step(place, 0, 0),
            np.sqrt(2 * node.dephasing_f) * _step(place, 2, 2),
        ]
    jumps = np.array(jumps)
    flow = np.sqrt(eta * a.linewidth * b.linewidth) / 2j * (low_b.T @ low_a - low_a.T @ low_b)
    still = -1j * flow - 0.5 * sum(jump.T @ jump for jump in jumps)
    emit, catch = low_a.T @ _step(0, 2, 0), low_b.T @ _step(3, 2, 0)
    emit, catch = emit + emit.T, catch + catch.T

    def rate(t):
        gb = b.amplitude * transfer.photon.capture(t - transfer.timing_error, b.linewidth)
        return still - 1j * (a.amplitude * transfer.photon.emission(t, a.linewidth) * emit + gb * catch)

    psi = np.zeros((len(KETS), shots), dtype=complex)
    psi[:2] = 1 / np.sqrt(2)
    threshold = rng.random(shots)
    h = transfer.window / steps
    for t in -transfer.window / 2 + h * np.arange(steps):
        first, middle, last = rate(t), rate(t + h / 2), rate(t + h)
        k1 = first @ psi
        k2 = middle @ (psi + h / 2 * k1)
        k3 = middle @ (psi + h / 2 * k2)
        psi = psi + h / 6 * (k1 + 2 * k2 + 2 * k3 + last @ (psi + h * k3))
        for run in np.flatnonzero((np.abs(psi) ** 2).sum(axis=0) < threshold):
            after = jumps @ psi[:, run]
            weights = (np.abs(after) ** 2).sum(axis=1)
            psi[:, run] = after[rng.choice(len(jumps), p=weights / weights.sum())]
            psi[:, run] /= np.linalg.norm(psi[:, run])
            threshold[run] = rng.random()
    psi[[4, 5]] = psi[[5, 4]]
    return psi / np.linalg.norm(psi, axis=0)
