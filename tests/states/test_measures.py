"""Measures against QuTiP on random states, and against closed formulae."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import unitary_group

from bellpush.states.measures import (
    best_bell,
    best_bells,
    chsh,
    concurrence,
    entanglement_of_formation,
    entropy,
    fidelity,
    fully_entangled_fraction,
    hashing_yield,
    log_negativity,
    negativity,
    overlap,
    teleportation_fidelity,
)
from bellpush.states.pair import BELL_STATES, bell, bell_diagonal, from_density, from_qutip, mixed, product, werner

from .independent import KETS, OPERATORS, qutip, random_state

seeds = st.integers(0, 2**32 - 1)
ALL = [
    overlap, fidelity, chsh, concurrence, entanglement_of_formation, entropy, fully_entangled_fraction,
    hashing_yield, log_negativity, negativity, teleportation_fidelity,
]  # fmt: skip


@given(seed=seeds)
@settings(max_examples=40, deadline=None)
def test_measures_agree_with_qutip_on_random_states(seed):
    """A second implementation, from other formulae, on states without any symmetry."""
    rho = random_state(seed)
    pair = from_qutip(rho)
    assert concurrence(pair) == pytest.approx(qutip.concurrence(rho), abs=1e-10)
    assert negativity(pair) == pytest.approx(qutip.negativity(rho, 0), abs=1e-12)
    assert log_negativity(pair) == pytest.approx(qutip.negativity(rho, 0, logarithmic=True), abs=1e-12)
    assert entropy(pair) == pytest.approx(qutip.entropy_vn(rho, base=2), abs=1e-11)
    coherent = qutip.entropy_vn(rho.ptrace(1), base=2) - qutip.entropy_vn(rho, base=2)
    assert hashing_yield(pair) == pytest.approx(coherent, abs=1e-11)
    for name in BELL_STATES:
        assert fidelity(pair, name) == pytest.approx(qutip.expect(KETS[name].proj(), rho), abs=1e-12)


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_pure_states_have_their_entropy_as_entanglement(seed):
    """For pure states every measure has a closed form in the Schmidt coefficients a, b."""
    ket = qutip.rand_ket([2, 2], seed=seed)
    pair = from_qutip(ket)
    a, b = np.linalg.svd(ket.full().reshape(2, 2), compute_uv=False)
    assert concurrence(pair) == pytest.approx(2 * a * b, abs=1e-12)
    assert negativity(pair) == pytest.approx(a * b, abs=1e-12)
    assert entanglement_of_formation(pair) == pytest.approx(-2 * (a**2 * np.log2(a) + b**2 * np.log2(b)), abs=1e-10)
    assert hashing_yield(pair) == pytest.approx(float(entanglement_of_formation(pair)), abs=1e-10)
    assert chsh(pair) == pytest.approx(2 * np.sqrt(1 + (2 * a * b) ** 2), abs=1e-12)
    assert fully_entangled_fraction(pair) == pytest.approx((a + b) ** 2 / 2, abs=1e-12)


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_the_fully_entangled_fraction_is_the_largest_eigenvalue_in_the_magic_basis(seed):
    """Bennett et al. find it as the largest eigenvalue of the real part of rho in the magic basis."""
    rho = random_state(seed)
    phases = {"phi+": 1, "phi-": 1j, "psi+": 1j, "psi-": 1}
    magic = np.hstack([phases[name] * KETS[name].full() for name in BELL_STATES])
    real = (magic.conj().T @ rho.full() @ magic).real
    assert fully_entangled_fraction(from_qutip(rho)) == pytest.approx(np.linalg.eigvalsh(real)[-1], abs=1e-12)


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_local_unitaries_change_no_entanglement(seed):
    """Fibres rotate polarisation; what is called entanglement must not depend on it."""
    local = np.kron(*unitary_group.rvs(2, size=2, random_state=seed))
    rho = random_state(seed).full()
    before, after = from_density(rho), from_density(local @ rho @ local.conj().T)
    for measure in (chsh, concurrence, negativity, entropy, fully_entangled_fraction, hashing_yield):
        assert measure(after) == pytest.approx(float(measure(before)), abs=1e-11), measure.__name__


def chsh_value(rho, a, a2, b, b2):
    """The expectation value of a b + a b2 + a2 b - a2 b2 for four directions."""
    a, a2, b, b2 = (sum(x * s for x, s in zip(v, OPERATORS[1:], strict=True)) for v in (a, a2, b, b2))
    return qutip.expect(qutip.tensor(a, b + b2) + qutip.tensor(a2, b - b2), rho)


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_the_chsh_value_is_reached_by_some_settings_and_passed_by_none(seed):
    """A maximum has two sides: settings that attain it, and random ones that never beat it."""
    rho = random_state(seed, rank=1 + seed % 4)
    value = float(chsh(from_qutip(rho)))
    block = np.array([[qutip.expect(qutip.tensor(a, b), rho) for b in OPERATORS[1:]] for a in OPERATORS[1:]])
    outer, strengths, inner = np.linalg.svd(block)
    angle = np.arctan2(strengths[1], strengths[0])
    b, b2 = (np.cos(angle) * inner[0] + sign * np.sin(angle) * inner[1] for sign in (1, -1))
    assert chsh_value(rho, outer[:, 0], outer[:, 1], b, b2) == pytest.approx(value, abs=1e-12)
    for directions in np.random.default_rng(seed).normal(size=(20, 4, 3)):
        unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
        assert chsh_value(rho, *unit) <= value + 1e-12


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_the_teleportation_fidelity_is_what_teleportation_achieves(seed):
    """The protocol itself, with phi+ corrections, averaged over the six Pauli eigenstates (a 2-design)."""
    rho = random_state(seed)
    total = 0.0
    for operator in OPERATORS[1:]:
        for ket in operator.eigenstates()[1]:
            joint = qutip.tensor(ket.proj(), rho)
            for pauli in OPERATORS:
                # Bell state (1 x pauli)|phi+> found between input and first qubit; pauli then undoes it at the far end.
                bra = qutip.tensor((qutip.tensor(qutip.qeye(2), pauli) * KETS["phi+"]).dag(), qutip.qeye(2))
                out = pauli.trans() * qutip.Qobj((bra * joint * bra.dag()).full()) * pauli.trans().dag()
                total += qutip.expect(ket.proj(), out) / 6
    assert teleportation_fidelity(from_qutip(rho), "phi+") == pytest.approx(total, abs=1e-12)


def test_werner_pairs_have_the_textbook_values():
    """Numbers that anyone in the field can check by hand."""
    pair = werner(0.9)
    assert hashing_yield(pair) == pytest.approx(0.3725081563, abs=1e-10)
    assert concurrence(pair) == pytest.approx(0.8, abs=1e-12)
    assert entanglement_of_formation(pair) == pytest.approx(0.7219280949, abs=1e-10)
    assert log_negativity(pair) == pytest.approx(0.8479969066, abs=1e-10)
    assert chsh(pair) == pytest.approx(2.451303508, abs=1e-9)
    assert teleportation_fidelity(werner(0.8)) == pytest.approx(0.866666666667, abs=1e-12)


def test_thresholds_of_werner_pairs_are_where_they_should_be():
    """Below these fidelities hashing distils nothing, and no Bell inequality is violated."""
    assert brentq(lambda f: hashing_yield(werner(f)), 0.6, 0.95, xtol=1e-13) == pytest.approx(0.8107103751, abs=1e-10)
    assert brentq(lambda f: chsh(werner(f)) - 2, 0.6, 0.95, xtol=1e-13) == pytest.approx(0.7803300859, abs=1e-10)


@given(fidelity_=st.floats(0.25, 1), name=st.sampled_from(BELL_STATES))
@settings(max_examples=30, deadline=None)
def test_werner_pairs_are_entangled_above_one_half(fidelity_, name):
    """C = 2F - 1 = 2N for Bell-diagonal pairs, and nothing at or below F = 1/2; no frame is special."""
    pair = werner(fidelity_, name)
    assert concurrence(pair) == pytest.approx(max(0.0, 2 * fidelity_ - 1), abs=1e-12)
    assert negativity(pair) == pytest.approx(max(0.0, fidelity_ - 0.5), abs=1e-12)
    assert best_bell(pair)[1] == pytest.approx(fidelity_, abs=1e-12)


def test_every_bell_state_is_worth_everything_and_a_product_nothing():
    """The two ends of every scale."""
    for name in BELL_STATES:
        pair = bell(name)
        assert best_bell(pair) == (name, 1.0)
        for measure in (concurrence, entanglement_of_formation, log_negativity, hashing_yield, teleportation_fidelity):
            assert measure(pair) == pytest.approx(1, abs=1e-12), measure.__name__
        assert chsh(pair) == pytest.approx(np.sqrt(8), abs=1e-12)
        assert entropy(pair) == pytest.approx(0, abs=1e-12)
    for pair in (product("01"), mixed()):
        assert float(concurrence(pair)) == 0
        assert float(entanglement_of_formation(pair)) == 0
        assert negativity(pair) == pytest.approx(0, abs=1e-15)
    assert chsh(product("01")) == pytest.approx(2, abs=1e-15)


def test_faint_entanglement_keeps_its_digits():
    """Heralding schemes at low power start here; sqrt(rho rho~) would lose half of all digits."""
    for small in (1e-3, 1e-6):
        ket = (qutip.basis([2, 2], [0, 0]) + small * qutip.basis([2, 2], [1, 1])).unit()
        assert concurrence(from_qutip(ket)) == pytest.approx(2 * small / (1 + small**2), rel=1e-8)


@given(seed=seeds, eta=st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_rounding_of_a_singular_state_does_not_reach_its_concurrence(seed, eta):
    """A lossy psi+ in rotated bases: an eigenvalue of 1e-17 in place of 0 would cost C some 1e-9."""
    lossy = eta * KETS["psi+"].proj() + (1 - eta) * qutip.basis([2, 2], [0, 0]).proj()
    local = np.kron(*unitary_group.rvs(2, size=2, random_state=seed))
    assert concurrence(from_density(local @ lossy.full() @ local.conj().T)) == pytest.approx(eta, abs=1e-12)


def test_the_weight_divides_out_of_everything_but_the_overlap():
    """A rare pair is as good as a frequent one; only the overlap counts how rare it is."""
    pair = werner(0.9, "psi-")
    for measure in ALL[1:]:
        assert measure(0.01 * pair) == pytest.approx(float(measure(pair)), abs=1e-12), measure.__name__
    assert overlap(0.01 * pair, "psi-") == pytest.approx(0.009, abs=1e-15)


@pytest.mark.parametrize("measure", ALL)
def test_measures_take_batches(measure):
    """Sweeps pass whole arrays, and each entry must be that of its own pair."""
    pairs = np.array([[from_qutip(random_state(3 * i + j)) for j in range(3)] for i in range(2)])
    values = measure(pairs)
    assert values.shape == (2, 3)
    assert values[1, 2] == pytest.approx(float(measure(pairs[1, 2])), abs=1e-14)


def test_best_bell_gives_names():
    """Indices would have to be looked up in somebody's convention."""
    names, values = best_bells(np.array([werner(0.9, "psi+"), bell_diagonal({"phi-": 0.6, "psi-": 0.4})]))
    assert names.tolist() == ["psi+", "phi-"]
    np.testing.assert_allclose(values, [0.9, 0.6])
    with pytest.raises(ValueError, match=r"must be one pair .* Try best_bells"):
        best_bell(werner([0.8, 0.9]))


@pytest.mark.parametrize("measure", ALL)
def test_measures_refuse_what_is_no_pair(measure):
    """A density matrix instead of correlations, or a pair that never came, has no fidelity."""
    with pytest.raises(ValueError, match="must be real numbers"):
        measure(np.eye(4) + 0j)
    if measure is not overlap:
        with pytest.raises(ValueError, match="must have positive weight"):
            measure(np.zeros((4, 4)))


@pytest.mark.parametrize("measure", [overlap, fidelity, teleportation_fidelity])
def test_measures_refuse_integers_for_bell_states(measure):
    """0 would be phi+ to some and psi- to others."""
    with pytest.raises(ValueError, match="`target` must be one of"):
        measure(bell("phi+"), 0)
