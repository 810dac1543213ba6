"""Tomography of misread qutrits against QuTiP, against sampled counts, and against closed forms."""

import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.physics.assignment import assignment, joint
from bellpush.physics.readout import (
    BELL_VECTORS,
    as_read,
    bell_fidelity,
    corrected,
    from_populations,
    leakage,
    populations,
    qubit_block,
    reading,
    rotations,
)
from bellpush.states.measures import concurrence, overlap
from bellpush.states.pair import from_density

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

seeds = st.integers(0, 2**32 - 1)
LEVELS = [qutip.basis(3, level) for level in range(3)]


def qutip_rotations():
    """The nine pulses as exponentials of generators, the second witness of `rotations`."""
    (gx, gy), (fx, fy) = (
        (
            LEVELS[low] * LEVELS[low + 1].dag() + LEVELS[low + 1] * LEVELS[low].dag(),
            -1j * LEVELS[low] * LEVELS[low + 1].dag() + 1j * LEVELS[low + 1] * LEVELS[low].dag(),
        )
        for low in (0, 1)
    )
    quarter = [(-0.25j * np.pi * axis).expm() for axis in (gx, gy, fx, fy)]
    flip, top = (-0.5j * np.pi * gx).expm(), (-0.5j * np.pi * fx).expm()
    return [qutip.qeye(3), *quarter[:2], flip, *quarter[2:], quarter[2] * flip, quarter[3] * flip, top * flip]


@cache
def qutip_pulses():
    """The 81 pairs of pulses as 9x9 unitaries, built from QuTiP's tensor products."""
    return np.array([[qutip.tensor(a, b).full() for b in qutip_rotations()] for a in qutip_rotations()]).reshape(
        81, 9, 9
    )


def reported(rho, matrix):
    """What the 81 settings report of a pair: its populations after each pair of pulses, then misread."""
    return np.array([matrix @ np.diag(u @ rho @ u.conj().T).real for u in qutip_pulses()])


def random_pair(seed):
    """A random density matrix of two qutrits, without any symmetry."""
    return qutip.rand_dm([3, 3], seed=seed)


def random_assignment(seed, size=9):
    """A random correlated read-out: right at least half of the time, wrong in no order."""
    rng = np.random.default_rng(seed)
    return 0.6 * np.eye(size) + 0.4 * rng.dirichlet(np.ones(size), size=size).T


def bell(name):
    """A perfect Bell state in two qutrits."""
    vector = np.zeros(9)
    vector[[0, 1, 3, 4]] = BELL_VECTORS[name]
    return np.outer(vector, vector)


def test_the_nine_pulses_are_what_they_are_called():
    """Sense and axis of a rotation are conventions: QuTiP's exponentials of the generators say the same."""
    for ours, theirs in zip(rotations(), qutip_rotations(), strict=True):
        assert ours == pytest.approx(theirs.full(), abs=1e-14)


@pytest.mark.parametrize("kept", [range(9), (1, 2, 4, 5, 6, 7)], ids=["all", "pi/2"])
def test_the_pulses_determine_a_qutrit(kept):
    """Rank 9 of what is measured: no element of a density matrix is left out, and the six by pi/2 suffice."""
    rows = [
        np.outer(rotations()[number][level].conj(), rotations()[number][level]) for number in kept for level in range(3)
    ]
    assert np.linalg.matrix_rank(np.reshape(rows, (-1, 9))) == 9


@pytest.mark.parametrize("missing", [1, 2, 4, 5, 6, 7])
def test_each_quadrature_is_needed(missing):
    """Without any one of the pulses by pi/2 one quadrature of one coherence is not seen by the other eight."""
    rows = [np.outer(u[level].conj(), u[level]) for u in np.delete(rotations(), missing, 0) for level in range(3)]
    assert np.linalg.matrix_rank(np.reshape(rows, (-1, 9))) == 8


@given(seed=seeds)
@settings(max_examples=5, deadline=None)
def test_populations_are_qutips(seed):
    """Pulses of QuTiP, one setting at a time: order of settings and levels, conjugations and all."""
    rho = random_pair(seed)
    assert populations(rho.full()) == pytest.approx(reported(rho.full(), np.eye(9)), abs=1e-13)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_tomography_without_errors_returns_the_state(seed):
    """Linear inversion of exact populations is the identity, for one qutrit and for two."""
    for rho in (random_pair(seed).full(), qutip.rand_dm(3, seed=seed).full()):
        assert from_populations(populations(rho)) == pytest.approx(rho, abs=1e-13)
        assert as_read(rho, np.eye(len(rho))) == pytest.approx(rho, abs=1e-13)


@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_raw_tomography_is_least_squares_on_what_is_reported(seed):
    """Against numpy's least-squares solver on all 729 reported populations, for a correlated, lopsided read-out."""
    rho, matrix = random_pair(seed).full(), random_assignment(seed)
    rows = [np.outer(u[level], u[level].conj()).ravel() for u in qutip_pulses() for level in range(9)]
    fitted, *_ = np.linalg.lstsq(np.array(rows), reported(rho, matrix).ravel(), rcond=None)
    assert as_read(rho, matrix) == pytest.approx(fitted.reshape(9, 9), abs=1e-12)
    assert as_read(rho, matrix) == pytest.approx(from_populations(populations(rho) @ matrix.T), abs=1e-12)


@given(seed=seeds, errors=st.tuples(st.floats(0, 1), st.floats(0, 1)))
@settings(max_examples=30, deadline=None)
def test_a_symmetric_error_mixes_each_qutrit_with_noise(seed, errors):
    """Closed form: weight 3 error/2 of three equal populations, by QuTiP's partial traces on any state."""
    rho = random_pair(seed)
    a, b = (1 - 1.5 * error for error in errors)
    mixed = qutip.qeye(3) / 3
    expected = (
        a * b * rho
        + a * (1 - b) * qutip.tensor(rho.ptrace(0), mixed)
        + (1 - a) * b * qutip.tensor(mixed, rho.ptrace(1))
        + (1 - a) * (1 - b) * qutip.tensor(mixed, mixed)
    )
    found = as_read(rho.full(), joint(assignment(errors[0]), assignment(errors[1])))
    assert found == pytest.approx(expected.full(), abs=1e-13)


@given(seed=seeds, size=st.sampled_from([3, 9]), correlated=st.booleans())
@settings(max_examples=30, deadline=None)
def test_correcting_undoes_misreading(seed, size, correlated):
    """Both ways back, from the reported matrix and from the reported populations, end at the state itself."""
    rho = random_pair(seed).full() if size == 9 else qutip.rand_dm(3, seed=seed).full()
    matrix = random_assignment(seed, size)
    if size == 9 and not correlated:
        matrix = joint(random_assignment(seed, 3), random_assignment(seed + 1, 3))
    assert corrected(as_read(rho, matrix), matrix) == pytest.approx(rho, abs=1e-12)
    assert from_populations(populations(rho) @ matrix.T, matrix) == pytest.approx(rho, abs=1e-12)


@pytest.mark.parametrize("corrects", [False, True], ids=["raw", "corrected"])
def test_sampled_tomography_scatters_about_the_linear_map(corrects):
    """Multinomial counts of all 81 settings: 20 figures, averaged over 40 runs, within 4 standard errors.

    So are they told from those of the other map, which lie far away.
    """
    rng = np.random.default_rng(7)
    rho, matrix, shots, runs = random_pair(3).full(), random_assignment(5), 400, 40
    truth = reported(rho, matrix)
    counted = rng.multinomial(shots, truth / truth.sum(axis=1, keepdims=True), size=(runs, 81)) / shots
    observables = np.stack([qutip.rand_dm([3, 3], rank=1, seed=seed).full() for seed in range(20)])

    def figures(frequencies):
        found = from_populations(frequencies, matrix if corrects else None)
        return np.einsum("oij,...ji->...o", observables, found, optimize=True).real

    # A figure is linear in the frequencies; its weights and the multinomial law give its variance.
    weights = figures(np.eye(729).reshape(729, 81, 9)).reshape(81, 9, 20)
    spread = np.einsum("smo,sm->so", weights**2, truth) - np.einsum("smo,sm->so", weights, truth) ** 2
    error = np.sqrt(spread.sum(axis=0) / shots / runs)
    raw, true = (np.einsum("oij,ji->o", observables, x).real for x in (as_read(rho, matrix), rho))
    found = figures(counted).mean(axis=0)
    assert np.abs((found - (true if corrects else raw)) / error).max() < 4
    assert np.abs((found - (raw if corrects else true)) / error).max() > 10


@pytest.mark.parametrize("name", BELL_VECTORS)
def test_a_perfect_bell_pair_reads_as_its_closed_form(name):
    """5 % each turn 1 into 0.879375 and a concurrence of 0.808125; by hand, with s = 1 - 3 error/2 = 0.925."""
    s = 0.925
    raw = as_read(bell(name), joint(assignment(0.05), assignment(0.05)))
    block = qubit_block(raw, renormalise=False)
    assert bell_fidelity(block, name) == pytest.approx(s**2 + s * (1 - s) / 3 + (1 - s) ** 2 / 9, abs=1e-12)
    assert bell_fidelity(block, name) == pytest.approx(0.879375, abs=1e-12)
    assert 1 - leakage(raw) == pytest.approx((2 + s) ** 2 / 9, abs=1e-12)
    kept = np.trace(block).real
    assert kept * concurrence(from_density(block / kept)) == pytest.approx(0.808125, abs=1e-12)
    thrown_away = qubit_block(raw, renormalise=True)
    assert bell_fidelity(thrown_away, name) == pytest.approx(0.879375 / 0.950625, abs=1e-12)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_the_block_is_what_projectors_leave(seed):
    """Against QuTiP's projector on g and e of either qutrit, and the states room's overlaps with Bell states."""
    rho = random_pair(seed)
    onto = LEVELS[0].proj() + LEVELS[1].proj()
    kept = qutip.expect(qutip.tensor(onto, onto), rho)
    assert leakage(rho.full()) == pytest.approx(1 - kept, abs=1e-13)
    block = qubit_block(rho.full(), renormalise=True)
    for name, vector in BELL_VECTORS.items():
        ket = sum(amplitude * qutip.tensor(LEVELS[i // 2], LEVELS[i % 2]) for i, amplitude in enumerate(vector))
        assert bell_fidelity(block, name) == pytest.approx(qutip.expect(ket.proj(), rho) / kept, abs=1e-13)
        assert bell_fidelity(block, name) == pytest.approx(overlap(from_density(block), name), abs=1e-13)


def test_a_batch_is_its_members():
    """Maps of devices come as arrays: states, matrices or both batched, each as if alone."""
    states = np.stack([random_pair(seed).full() for seed in range(2)])
    matrices = np.stack([random_assignment(seed) for seed in range(3)])
    raw = as_read(states[:, None], matrices)
    back = corrected(raw, matrices)
    counted = from_populations(populations(states)[:, None] @ matrices.swapaxes(-1, -2), matrices)
    assert raw.shape == back.shape == counted.shape == (2, 3, 9, 9)
    assert reading(matrices).shape == (3, 81, 81)
    for i, j in np.ndindex(2, 3):
        assert raw[i, j] == pytest.approx(as_read(states[i], matrices[j]), abs=1e-13)
        assert back[i, j] == pytest.approx(states[i], abs=1e-12)
        assert counted[i, j] == pytest.approx(states[i], abs=1e-12)
    blocks = qubit_block(raw, renormalise=True)
    assert bell_fidelity(blocks, "psi+").shape == leakage(raw).shape == (2, 3)
    assert np.trace(blocks, axis1=-2, axis2=-1).real == pytest.approx(1, abs=1e-14)


FULL, ONE = np.eye(9) / 9, np.eye(3) / 3
WRONG = {
    "two qubits": (lambda: as_read(np.eye(4) / 4, np.eye(9)), r"`rho` must have shape \(..., 3, 3\) or \(..., 9, 9\)"),
    "batch at the end": (lambda: populations(np.zeros((9, 9, 5))), r"is of shape \(9, 9, 5\). Try the batch in the le"),
    "a vector": (lambda: populations(np.ones(9) / 3), "must have shape"),
    "NaN in a state": (lambda: as_read(np.full((9, 9), np.nan), np.eye(9)), "`rho` must be finite"),
    "text": (lambda: populations([["a"] * 3] * 3), "`rho` must be finite numbers"),
    "one qutrit's matrix for two": (lambda: as_read(FULL, np.eye(3)), r"`matrix` must have shape \(..., 9, 9\).*joint"),
    "two qutrits' matrix for one": (lambda: corrected(ONE, np.eye(9)), r"`matrix` must have shape \(..., 3, 3\)"),
    "rows for columns": (lambda: as_read(FULL, random_assignment(1).T), "columns that add up to 1.*its transpose"),
    "singular": (lambda: corrected(FULL, joint(assignment(2 / 3), np.eye(3))), "`matrix` must be invertible"),
    "singular for data": (lambda: from_populations(np.ones((81, 9)) / 9, np.full((9, 9), 1 / 9)), "be invertible"),
    "settings missing": (lambda: from_populations(np.ones((80, 9)) / 9), r"`frequencies` must have shape .* \(80, 9\)"),
    "NaN in counts": (lambda: from_populations(np.full((9, 3), np.nan)), "`frequencies` must be finite"),
    "one qutrit's block": (lambda: qubit_block(ONE, renormalise=False), r"`rho` must have shape \(..., 9, 9\)"),
    "nothing to divide by": (lambda: qubit_block(np.diag([0] * 8 + [1]), renormalise=True), "population in the qubits"),
    "an unknown Bell state": (lambda: bell_fidelity(np.eye(4), "phi"), "`target` must be one of 'phi\\+', .*'phi'"),
    "two qutrits for two qubits": (lambda: bell_fidelity(FULL, "phi+"), r"`block` must have shape \(..., 4, 4\)"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_argument_is_refused_in_words(case):
    """Shapes and orders are where hand-written tomography goes wrong: nothing is guessed."""
    call, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        call()


def test_whether_the_block_is_renormalised_has_to_be_said():
    """Two numbers are published under one name; whoever asks for one must say which."""
    with pytest.raises(TypeError, match="renormalise"):
        qubit_block(FULL)
