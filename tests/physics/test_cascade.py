"""Cascades hear QuTiP, a wave function with a discrete line, quantum trajectories, and thermal equilibrium."""

import warnings
from functools import reduce

import numpy as np
import pytest
from tests.physics.witness import KETS, Secant, trajectories, waveguide

from bellpush.links.photon_transfer_played import play
from bellpush.physics.cascade import Cascade
from bellpush.physics.evolve import Problem, Segment, evolve
from bellpush.physics.open_system import OpenSystem
from bellpush.physics.operator import destroy, local
from bellpush.physics.pulse import Sech
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sector import reach
from bellpush.physics.transfer import Transfer, bell, passage

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

MHZ = 2e6 * np.pi
DECAY = {"relaxation_ge": 4e5, "relaxation_ef": 9e5, "dephasing_g": 2e5, "dephasing_f": 5e5}
SENDER = Qutrit(10.4 * MHZ, **DECAY, internal_loss=5e5, detuning=6e6, amplitude=1.02, excited=0.03)
RECEIVER = Qutrit(13.5 * MHZ, **DECAY, internal_loss=8e5, detuning=-4e6, amplitude=0.97, excited=0.02)
OPTIONS = {"method": "dop853", "atol": 1e-11, "rtol": 1e-9, "nsteps": 100_000}


def by_qutip(transfer, levels):
    """Both qutrits at the end, by QuTiP from the equation as it is written, time in ns, no finite pulses."""
    ns = 1e-9
    dims, ket = (3, levels, levels, 3), [qutip.basis(3, k) for k in range(3)]

    def on(place, one):
        return qutip.tensor([one if k == place else qutip.qeye(d) for k, d in enumerate(dims)])

    def moved(place, to, origin):
        return on(place, ket[to] * ket[origin].dag())

    a, b = on(1, qutip.destroy(levels)), on(2, qutip.destroy(levels))
    sender, receiver, n, eta = transfer.sender, transfer.receiver, transfer.thermal_photons, transfer.transmission
    ka, kb = sender.linewidth * ns, receiver.linewidth * ns
    flow = np.sqrt(eta * ka * kb) / 2j * (b.dag() * a - a.dag() * b)
    line = [np.sqrt(eta * ka) * a + np.sqrt(kb) * b, np.sqrt((1 - eta) * ka) * a]
    collapses = [np.sqrt(n + 1) * each for each in line] + [np.sqrt(n) * each.dag() for each in line if n]
    still, driven = flow, []
    for node, place, light, coupling in (
        (sender, 0, a, lambda t: transfer.photon.emission(t * ns, sender.linewidth)),
        (receiver, 3, b, lambda t: transfer.photon.capture(t * ns - transfer.timing_error, receiver.linewidth)),
    ):
        swap = light.dag() * moved(place, 0, 2)
        driven.append([swap + swap.dag(), lambda t, g=coupling, s=node.amplitude: float(s * g(t) * ns)])
        still += node.detuning * ns * moved(place, 2, 2)
        collapses += [np.sqrt(node.internal_loss * ns) * light]
        collapses += [np.sqrt(node.relaxation_ge * ns) * moved(place, 0, 1)]
        collapses += [np.sqrt(node.relaxation_ef * ns) * moved(place, 1, 2)]
        collapses += [np.sqrt(2 * node.dephasing_g * ns) * moved(place, 0, 0)]
        collapses += [np.sqrt(2 * node.dephasing_f * ns) * moved(place, 2, 2)]
    plus = ((ket[1] + ket[2]) / np.sqrt(2)).proj()
    light = qutip.Qobj(np.diag((n / (n + 1)) ** np.arange(levels)))
    start = qutip.tensor(
        (1 - sender.excited) * plus + sender.excited * ket[0].proj(),
        light.unit(),
        light.unit(),
        (1 - receiver.excited) * ket[0].proj() + receiver.excited * ket[1].proj(),
    )
    half = transfer.window / ns / 2
    end = qutip.mesolve(qutip.QobjEvo([still, *driven]), start, [-half, half], collapses, options=OPTIONS).final_state
    down = moved(3, 0, 0) + moved(3, 1, 2) + moved(3, 2, 1)
    return (down * end * down.dag()).ptrace([0, 3]).full()


@pytest.mark.parametrize(("levels", "thermal"), [(2, 0.0), (2, 0.02), (3, 0.0), (3, 0.02)])
def test_the_cascade_ends_where_qutip_says(levels, thermal):
    """Both roads and QuTiP at dimension 36 and 81, everything wrong at once that needs no finite pulse."""
    transfer = Transfer(SENDER, RECEIVER, Sech(9 * MHZ), 0.77, 0.15e-6, timing_error=3e-9, thermal_photons=thermal)
    theirs = by_qutip(transfer, levels)
    assert np.abs(bell(transfer, levels=levels).qutrits() - theirs).max() < 1e-7
    assert np.abs(play(transfer, levels) - theirs).max() < 1e-7


def test_three_nodes_in_a_row_with_loss_in_between():
    """Three resonators, one excitation spread over them: pairwise terms against QuTiP with jumps and H of the SLH rule.

    What the first sends reaches the third past the second; what the losses take is a jump of its own at every splitter.
    """
    dims, kappa, eta = (2, 2, 2), (1.0, 2.5, 0.7), (0.8, 0.6)
    ports = [local(dims, k, destroy(2)) for k in range(3)]
    row = Cascade(tuple(ports), counted=True)
    system = OpenSystem(dims, row.terms)
    psi = np.zeros(8, dtype=complex)
    psi[[0, 1, 2, 4]] = np.array([0.5, 0.3j, 0.4, -0.6]) / np.sqrt(0.86)
    where = reach(system, [np.outer(psi, psi.conj())])
    found = evolve(
        Problem(where, row.coefficients(kappa, eta), [Segment(0.0, 1.3, {})]),
        where.coordinates(np.outer(psi, psi.conj())),
        tolerance=1e-10,
    )
    a, b, c = (np.sqrt(k) * qutip.Qobj(port.dense()).to("CSR") for k, port in zip(kappa, ports, strict=True))
    after_first, after_second = np.sqrt(eta[0]) * a, np.sqrt(eta[1]) * (np.sqrt(eta[0]) * a + b)
    lost = [np.sqrt(1 - eta[0]) * a, np.sqrt(1 - eta[1]) * (np.sqrt(eta[0]) * a + b)]
    out = after_second + c
    flows = (b.dag() * after_first - after_first.dag() * b) + (c.dag() * after_second - after_second.dag() * c)
    theirs = qutip.mesolve(
        flows / 2j, qutip.Qobj(np.outer(psi, psi.conj())), np.linspace(0, 1.3, 401), [out, *lost], options=OPTIONS,
        e_ops=[out.dag() * out],
    )  # fmt: skip
    end = qutip.mesolve(flows / 2j, qutip.Qobj(np.outer(psi, psi.conj())), [0, 1.3], [out, *lost], options=OPTIONS)
    assert np.abs(found.density(range(3)) - end.final_state.full()).max() < 1e-8
    left = sum(found.counted(name) for name in system.counters)
    times, rate = np.linspace(0, 1.3, 401), theirs.expect[0]
    simpson = (times[1] / 3) * (rate[0] + 4 * rate[1:-1:2].sum() + 2 * rate[2:-2:2].sum() + rate[-1])
    assert left == pytest.approx(simpson, abs=1e-8)


@pytest.mark.parametrize("transmission", [0.0, 0.7, 1.0])
def test_a_warm_line_in_equilibrium_stays_there(transmission):
    """Two resonators at the line's own temperature: nothing changes, whatever the line loses on the way.

    The witness is thermodynamics. Seven levels hold all but 0.05^7 of it.
    """
    dims, n = (7, 7), 0.05
    row = Cascade((local(dims, 0, destroy(7)), local(dims, 1, destroy(7))), warm=True)
    bose = np.diag((n / (n + 1)) ** np.arange(7))
    start = reduce(np.kron, [bose / np.trace(bose)] * 2)
    where = reach(OpenSystem(dims, row.terms), [start])
    problem = Problem(where, row.coefficients([1.0, 1.6], [transmission], n), [Segment(0.0, 5.0, {})])
    found = evolve(problem, where.coordinates(start)).density([0, 1])
    assert np.abs(found - start).max() < 3 * n**7


WRONG = Transfer(
    Qutrit(10.4 * MHZ, detuning=6e6, amplitude=1.03),
    Qutrit(13.5 * MHZ, detuning=-4e6),
    Secant(9 * MHZ),
    transmission=0.7,
    window=0.3e-6,
    timing_error=6e-9,
)


@pytest.mark.parametrize(
    "transfer",
    [WRONG._replace(sender=Qutrit(10.4 * MHZ), receiver=Qutrit(13.5 * MHZ), transmission=1.0, timing_error=0.0), WRONG],
    ids=["right", "wrong"],
)
def test_a_wave_function_with_a_line_of_modes_agrees_with_the_cascade(transfer):
    """800 modes, 50 ns of real delay, a splitter in the line, no master equation: populations and phase to 1e-3."""
    wave = waveguide(transfer, modes=800)
    assert wave.norm == pytest.approx(1, abs=1e-6)
    solved = transfer._replace(photon=Sech(9 * MHZ))
    for qutrits in (play(transfer), bell(solved).qutrits()):
        rho = qutrits.reshape(3, 3, 3, 3)  # half of the runs hold an excitation to send
        assert 2 * rho[0, 1, 0, 1].real == pytest.approx(abs(wave.receiver) ** 2, abs=1e-3)
        assert 2 * rho[2, 0, 2, 0].real == pytest.approx(abs(wave.sender) ** 2, abs=1e-3)
        assert 2 * rho[0, 1, 1, 0] == pytest.approx(wave.receiver, abs=1e-3)
    assert passage(solved).passed == pytest.approx(wave.passed, abs=1e-3)


def test_the_mean_of_quantum_trajectories_is_the_density_matrix():
    """500 single runs with jumps: fidelity and populations within three standard errors of both roads."""
    nodes = (Qutrit(kappa * MHZ, 1e6, 2e6, 5e5, 1e6) for kappa in (10.4, 13.5))
    transfer = Transfer(*nodes, Secant(9 * MHZ), transmission=0.77, window=0.18e-6, timing_error=3e-9)
    kets = trajectories(transfer, 500, np.random.default_rng(2018))
    at = {KETS.index(ket): 3 * ket[0] + ket[3] for ket in KETS}
    seen = np.zeros((9, 500))
    for row, place in at.items():
        seen[place] += np.abs(kets[row]) ** 2
    fidelity = np.abs(kets[KETS.index((1, 0, 0, 0))] + kets[KETS.index((0, 0, 0, 1))]) ** 2 / 2
    for rho in (play(transfer), bell(transfer._replace(photon=Sech(9 * MHZ))).qutrits()):
        psi = np.zeros(9)
        psi[[1, 3]] = 1 / np.sqrt(2)
        expected = [(fidelity, psi @ rho @ psi), *((seen[k], rho[k, k]) for k in (0, 1, 2, 3, 6))]
        for runs, mean in expected:
            assert abs(runs.mean() - mean.real) < 3 * runs.std(ddof=1) / np.sqrt(500)
