"""Figures of a transfer against QuTiP, against quadrature over the sphere, and against published pairs of numbers."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.physics.assignment import assignment
from bellpush.physics.process import (
    CARDINAL,
    PERFECT,
    as_read_process,
    check_process,
    chi,
    choi,
    image,
    process_fidelity,
    state_fidelity,
    subspace,
)
from bellpush.physics.readout import as_read, from_populations, populations

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

seeds = st.integers(0, 2**32 - 1)
counts = st.integers(1, 6)
DOWNWARD = np.array([[0.99, 0.04, 0.02], [0.005, 0.95, 0.07], [0.005, 0.01, 0.91]])


def random_kraus(seed, count):
    """Kraus operators, shape (count, 3, 2), of a random channel: the blocks of a random isometry."""
    rng = np.random.default_rng(seed)
    isometry, _ = np.linalg.qr(rng.normal(size=(3 * count, 2)) + 1j * rng.normal(size=(3 * count, 2)))
    return isometry.reshape(count, 3, 2)


def process(kraus):
    """The process of Kraus operators of shape (..., n, 3, 2)."""
    kraus = np.asarray(kraus)
    return np.einsum("...nik,...njl->...ijkl", kraus, kraus.conj())


def caught(transmission):
    """A photon that arrives with this probability and leaves the receiver in g otherwise."""
    return process([[[1, 0], [0, np.sqrt(transmission)], [0, 0]], [[0, np.sqrt(1 - transmission)], [0, 0], [0, 0]]])


def published(fidelity, kept):
    """A process with this process fidelity and population left in the qubit: phase flips, and leaks to f."""
    flat = np.eye(3, 2)
    leaks = [[[0, 0], [0, 0], row] for row in np.eye(2)]
    flips = np.diag([1, -1, 1]) @ flat
    return process([np.sqrt(fidelity) * flat, np.sqrt(kept - fidelity) * flips, *(np.sqrt(1 - kept) * np.array(leaks))])


def half_of_an_entangled_pair(kraus):
    """QuTiP's state of an untouched qubit and the qutrit into which its partner was transferred."""
    bell = qutip.bell_state("00")
    operators = [qutip.tensor(qutip.qeye(2), qutip.Qobj(k)) for k in kraus]
    return sum((k * bell).proj() for k in operators)


@given(seed=seeds, count=counts)
@settings(max_examples=20, deadline=None)
def test_figures_are_those_of_half_an_entangled_pair(seed, count):
    """QuTiP transfers half of a Bell pair: overlap, population of the qubit and Choi matrix are read from its state."""
    kraus = random_kraus(seed, count)
    state, ours = half_of_an_entangled_pair(kraus), process(kraus)
    embedded = (
        qutip.tensor(qutip.basis(2, 0), qutip.basis(3, 0)) + qutip.tensor(qutip.basis(2, 1), qutip.basis(3, 1))
    ).unit()
    assert process_fidelity(ours) == pytest.approx(qutip.expect(embedded.proj(), state), abs=1e-13)
    receiver = state.ptrace(1).full()
    assert subspace(ours) == pytest.approx(1 - receiver[2, 2].real, abs=1e-13)
    assert image(ours, np.eye(2) / 2) == pytest.approx(receiver, abs=1e-13)
    assert choi(ours) == pytest.approx(2 * state.full(), abs=1e-13)


@given(seed=seeds, count=counts)
@settings(max_examples=20, deadline=None)
def test_the_process_matrix_rebuilds_the_block(seed, count):
    """Its definition with QuTiP's Paulis: sums of P_m . P_n and of K . K^dagger are the same superoperator.

    QuTiP's own `to_chi` is no witness: it has the other sign of Y (its issue 1873).
    """
    kraus = random_kraus(seed, count)
    ours = chi(process(kraus))
    paulis = [qutip.qeye(2), qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
    rebuilt = sum(ours[m, n] * qutip.sprepost(paulis[m], paulis[n]) for m, n in np.ndindex(4, 4))
    block = sum(qutip.sprepost(k, k.dag()) for k in map(qutip.Qobj, kraus[:, :2]))
    assert rebuilt.full() == pytest.approx(block.full(), abs=1e-13)
    assert ours[0, 0] == pytest.approx(process_fidelity(process(kraus)), abs=1e-13)
    assert np.trace(ours) == pytest.approx(subspace(process(kraus)), abs=1e-13)


@given(seed=seeds, count=counts)
@settings(max_examples=100, deadline=None)
def test_state_and_process_fidelity_differ_by_what_leaks(seed, count):
    """F_s = (2 F_p + p_sub)/3 to 1e-12, for any channel into the qutrit."""
    ours = process(random_kraus(seed, count))
    assert state_fidelity(ours) == pytest.approx((2 * process_fidelity(ours) + subspace(ours)) / 3, abs=1e-12)


@given(seed=seeds, count=counts)
@settings(max_examples=30, deadline=None)
def test_six_states_stand_for_all_of_them(seed, count):
    """The mean over the sphere by Gauss-Legendre points, exact for this integrand, against the mean over six states."""
    kraus = random_kraus(seed, count)
    z, weights = np.polynomial.legendre.leggauss(3)
    phases = 2j * np.pi * np.arange(5) / 5
    up, down = np.sqrt((1 + z) / 2), np.sqrt((1 - z) / 2)
    kets = np.array([[np.broadcast_to(a, 5), b * np.exp(phases)] for a, b in zip(up, down, strict=True)])
    overlaps = np.abs(np.einsum("zip,nij,zjp->nzp", kets.conj(), kraus[:, :2], kets)) ** 2
    mean = (overlaps.sum(axis=0).mean(axis=-1) * weights / 2).sum()
    assert state_fidelity(process(kraus)) == pytest.approx(mean, abs=1e-12)


def test_six_states_stand_for_random_ones():
    """The mean over 5,000 of QuTiP's Haar-random states, within 4 standard errors; no shared formula at all."""
    kraus = random_kraus(11, 2)
    rng = np.random.default_rng(4)
    kets = np.array([qutip.rand_ket(2, seed=int(seed)).full()[:, 0] for seed in rng.integers(2**32, size=5_000)])
    values = (np.abs(np.einsum("si,nij,sj->sn", kets.conj(), kraus[:, :2], kets)) ** 2).sum(axis=1)
    error = values.std() / np.sqrt(len(values))
    assert error < 4e-3
    assert abs(state_fidelity(process(kraus)) - values.mean()) < 4 * error


@given(transmission=st.floats(0, 1))
def test_loss_alone_has_its_closed_form(transmission):
    """F_p = (1 + sqrt eta)^2/4 and F_s = (2 F_p + 1)/3: the same as the Bell fidelity of half an entangled pair."""
    ours = caught(transmission)
    check_process(ours)
    expected = (1 + np.sqrt(transmission)) ** 2 / 4
    assert process_fidelity(ours) == pytest.approx(expected, abs=1e-12)
    assert state_fidelity(ours) == pytest.approx((2 * expected + 1) / 3, abs=1e-12)


def test_a_published_pair_tells_the_leakage():
    """Magnard et al. (2020), corrected: 79.5 % for the process and 85.8 % for states leave 98.4 % in the qubit."""
    ours = published(0.795, 3 * 0.858 - 2 * 0.795)
    check_process(ours)
    assert process_fidelity(ours) == pytest.approx(0.795, abs=1e-12)
    assert state_fidelity(ours) == pytest.approx(0.858, abs=1e-12)
    assert subspace(ours) == pytest.approx(0.984, abs=1e-12)


def test_five_percent_of_misread_levels_explain_the_raw_pair():
    """Magnard et al. (2020), from corrected 79.5 and 85.8 % to raw 75.3 and 82.4 %, with about 5 % of error."""
    raw = as_read_process(published(0.795, 0.984), assignment(0.05))
    assert process_fidelity(raw) == pytest.approx(0.753, abs=0.01)
    assert state_fidelity(raw) == pytest.approx(0.824, abs=0.01)


@given(seed=seeds, count=counts, error=st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_a_symmetric_error_has_closed_forms(seed, count, error):
    """With s = 1 - 3 error/2: s F_p + (1 - s)/6, s F_s + (1 - s)/3 and s p_sub + 2 (1 - s)/3."""
    ours, s = process(random_kraus(seed, count)), 1 - 1.5 * error
    raw = as_read_process(ours, assignment(error))
    assert process_fidelity(raw) == pytest.approx(s * process_fidelity(ours) + (1 - s) / 6, abs=1e-12)
    assert state_fidelity(raw) == pytest.approx(s * state_fidelity(ours) + (1 - s) / 3, abs=1e-12)
    assert subspace(raw) == pytest.approx(s * subspace(ours) + 2 * (1 - s) / 3, abs=1e-12)


@pytest.mark.parametrize("inputs", [CARDINAL, CARDINAL[[0, 2, 4, 5]]], ids=["six", "four"])
@given(seed=seeds, count=counts)
@settings(max_examples=10, deadline=None)
def test_raw_process_tomography_is_fitted_to_raw_outputs(seed, count, inputs):
    """Each output read raw, with lopsided errors, then a least-squares fit over four or six inputs."""
    ours = process(random_kraus(seed, count))
    outputs = np.array([as_read(image(ours, rho), DOWNWARD) for rho in inputs])
    fitted, *_ = np.linalg.lstsq(inputs.reshape(-1, 4), outputs.reshape(-1, 9), rcond=None)
    expected = fitted.reshape(2, 2, 3, 3).transpose(2, 3, 0, 1)
    assert as_read_process(ours, DOWNWARD) == pytest.approx(expected, abs=1e-12)


def test_sampled_process_tomography_scatters_about_the_raw_figures():
    """Counts of six inputs and nine settings, uncorrected: the mean state fidelity within 4 standard errors."""
    rng = np.random.default_rng(12)
    ours, shots, runs = published(0.795, 0.984), 300, 200
    truth = np.array([populations(image(ours, rho)) @ DOWNWARD.T for rho in CARDINAL])
    found = from_populations(rng.multinomial(shots, truth / truth.sum(-1, keepdims=True), size=(runs, 6, 9)) / shots)
    each = np.einsum("sij,rsji->r", CARDINAL, found[..., :2, :2]).real / 6
    error = each.std() / np.sqrt(runs)
    assert error < 1e-3
    assert abs(each.mean() - state_fidelity(as_read_process(ours, DOWNWARD))) < 4 * error
    assert abs(each.mean() - state_fidelity(ours)) > 20 * error


def test_a_batch_is_its_members():
    """A map of devices is one array of processes: every figure has the shape of the map."""
    batch = np.stack([process(random_kraus(seed, 3)) for seed in range(6)]).reshape(2, 3, 3, 3, 2, 2)
    for figure in (process_fidelity, state_fidelity, subspace):
        assert figure(batch).shape == (2, 3)
        assert figure(batch)[1, 2] == pytest.approx(figure(batch[1, 2]), abs=1e-14)
    assert choi(batch)[1, 0] == pytest.approx(choi(batch[1, 0]), abs=1e-14)
    assert chi(batch)[1, 0] == pytest.approx(chi(batch[1, 0]), abs=1e-14)
    errors = assignment([0.0, 0.1, 0.2])
    assert as_read_process(batch, errors)[1, 2] == pytest.approx(as_read_process(batch[1, 2], errors[2]), abs=1e-14)
    check_process(batch)


def broken(entry, value):
    array = PERFECT.copy()
    array[entry] = value
    return array


WRONG = {
    "input first": (
        lambda: process_fidelity(np.zeros((2, 2, 3, 3))),
        r"must have shape \(..., 3, 3, 2, 2\), but is of",
    ),
    "two qubits": (lambda: chi(np.zeros((2, 2, 2, 2))), "must have shape"),
    "a Choi matrix": (lambda: subspace(np.eye(6)), "must have shape"),
    "NaN": (lambda: state_fidelity(broken((0, 0, 0, 0), np.nan)), "`process` must be finite"),
    "a lost level": (
        lambda: check_process(broken((1, 1, 1, 1), 0.9)),
        "preserve the trace of the qutrit, but is off by 0.1",
    ),
    "not Hermitian": (lambda: check_process(broken((0, 1, 0, 1), 1j)), "Hermitian operators to Hermitian ones"),
    "too coherent": (
        lambda: check_process(caught(0.25) + 0.6 * (PERFECT - process([np.diag([1, -1, 1]) @ np.eye(3, 2)]))),
        "be completely positive, but is of smallest Choi eigenvalue -",
    ),
    "one NaN in a batch": (lambda: check_process([PERFECT, broken((0, 0, 0, 0), np.nan)]), "must be finite"),
    "a matrix of two qutrits": (lambda: as_read_process(PERFECT, np.eye(9)), r"`matrix` must have shape \(..., 3, 3\)"),
    "rows for columns": (lambda: as_read_process(PERFECT, DOWNWARD.T), "add up to 1"),
    "a qutrit as input": (lambda: image(PERFECT, np.eye(3) / 3), r"`rho` must have shape \(..., 2, 2\)"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_process_is_refused_in_words(case):
    """Four indices can be ordered in many ways, and all but one give some other number."""
    call, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        call()
