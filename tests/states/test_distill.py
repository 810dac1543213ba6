"""Distillation against circuits written out on density matrices, weights of codes, and published maps."""

import itertools
from functools import reduce
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.states.codes import CIRCUITS, circuit
from bellpush.states.distill import bilinear, bilinear_diagonal, distill, distill_diagonal, recurrence, twirl
from bellpush.states.measures import bell_weights, fidelity
from bellpush.states.pair import (
    BELL_STATES,
    bell,
    bell_diagonal,
    check_pair,
    frame,
    from_density,
    from_qutip,
    mixed,
    weight,
    werner,
)

from .independent import random_state

seeds = st.integers(0, 2**32 - 1)
errors = st.floats(0, 1)

ONE, X, Y, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
CNOT = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
QUARTER = np.array([[1, -1j], [-1j, 1]]) / np.sqrt(2)  # |0> to |0> - i|1>, |1> to |1> - i|0>


def two_pairs(first, second):
    """Density matrix of A1 A2 B1 B2 from those of the pairs A1 B1 and A2 B2."""
    tensor = np.kron(first, second).reshape([2] * 8)  # A1 B1 A2 B2, twice
    return tensor.transpose(0, 2, 1, 3, 4, 6, 5, 7).reshape(16, 16)


def depolarised(rho, probability, here):
    """One of the 15 Paulis other than the identity on two of the four qubits, `here` being 0 for the first node."""
    hit = 0
    for a, b in itertools.product((ONE, X, Y, Z), repeat=2):
        pauli = np.kron(np.kron(a, b), np.eye(4)) if here == 0 else np.kron(np.eye(4), np.kron(a, b))
        hit = hit + pauli @ rho @ pauli.conj().T
    return (1 - probability) * rho + probability * (hit - rho) / 15


def written_out(first, second, turn, gate_errors, readout_errors):
    """The kept pair of two phi+ pairs, as a matrix whose trace is the probability that the results agree."""
    at_a, at_b = CNOT @ np.kron(turn, turn), CNOT @ np.kron(turn, turn).conj()
    rho = two_pairs(first, second)
    rho = np.kron(at_a, at_b) @ rho @ np.kron(at_a, at_b).conj().T
    for here, error in enumerate(gate_errors):
        rho = depolarised(rho, error, here)
    rho = rho.reshape([2] * 8)
    kept = np.zeros((4, 4), dtype=complex)
    for true_a, true_b, flip_a, flip_b in itertools.product((0, 1), repeat=4):
        if true_a ^ flip_a == true_b ^ flip_b:
            chance = np.prod([e if f else 1 - e for e, f in zip(readout_errors, (flip_a, flip_b), strict=True)])
            kept += chance * rho[:, true_a, :, true_b, :, true_a, :, true_b].reshape(4, 4)
    return kept


@given(seed=seeds, gates=st.tuples(errors, errors), reads=st.tuples(errors, errors))
@settings(max_examples=40, deadline=None)
def test_dejmps_is_the_circuit_on_four_qubits(seed, gates, reads):
    """All 16 numbers and the probability, for unlike states of no symmetry and unlike nodes."""
    first, second = random_state(seed), random_state(seed + 1)
    expected = written_out(first.full(), second.full(), QUARTER, gates, reads)
    kept = distill([from_qutip(first), from_qutip(second)], gate_errors=gates, readout_errors=reads)
    np.testing.assert_allclose(kept, from_density(expected), atol=1e-12)
    check_pair(kept)


@given(seed=seeds, gates=st.tuples(errors, errors), reads=st.tuples(errors, errors))
@settings(max_examples=20, deadline=None)
def test_bbpssw_twirls_and_then_does_the_same_without_turns(seed, gates, reads):
    """Werner pairs in, whatever came: the twirl belongs to the protocol and is never left out silently."""
    pairs = [from_qutip(random_state(seed)), from_qutip(random_state(seed + 1))]
    isotropic = [f * np.outer(PHI, PHI) + (1 - f) / 3 * (np.eye(4) - np.outer(PHI, PHI)) for f in map(fidelity, pairs)]
    kept = distill(pairs, "bbpssw", gate_errors=gates, readout_errors=reads)
    np.testing.assert_allclose(kept, from_density(written_out(*isotropic, ONE, gates, reads)), atol=1e-12)


PHI = np.array([1, 0, 0, 1]) / np.sqrt(2)


def cliffords():
    """The 24 rotations of the cube, as products of Hadamards and quarter turns."""
    h, s = np.array([[1, 1], [1, -1]]) / np.sqrt(2), np.diag([1, 1j])
    found = [np.eye(2, dtype=complex)]
    for element in found:
        for step in (h, s):
            new = step @ element
            if not any(abs(np.trace(new.conj().T @ old)) > 1.999 for old in found):
                found.append(new)
    assert len(found) == 24
    return found


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_twirl_is_the_mean_over_rotations_alike_at_both_ends(seed):
    """U and its conjugate over the 24 rotations of the cube, which are enough for two qubits."""
    rho = random_state(seed).full()
    mean = sum(np.kron(u, u.conj()) @ rho @ np.kron(u, u.conj()).conj().T for u in cliffords()) / 24
    np.testing.assert_allclose(twirl(from_density(rho)), from_density(mean), atol=1e-12)


def test_a_twirl_keeps_fidelity_and_weight_in_every_frame():
    """Only what is not the target is made alike."""
    pair = 0.3 * from_qutip(random_state(3))
    for name in BELL_STATES:
        out = twirl(pair, name)
        assert weight(out) == pytest.approx(0.3)
        assert fidelity(out, name) == pytest.approx(fidelity(pair, name), abs=1e-13)
        np.testing.assert_allclose(out, 0.3 * werner(fidelity(out, name), name), atol=1e-13)


# --- published maps


def test_bbpssw_of_two_werner_pairs_of_three_quarters():
    """F' = (F^2 + e^2)/(F^2 + 2 F e + 5 e^2) with e = (1 - F)/3."""
    kept = distill([werner(0.75)] * 2, "bbpssw")
    assert weight(kept) == pytest.approx(0.7222222222222222, abs=1e-12)
    assert fidelity(kept) == pytest.approx(0.7884615384615384, abs=1e-12)


def test_dejmps_of_two_werner_pairs_of_four_fifths():
    """As the maps of Deutsch et al. give it."""
    kept = distill([werner(0.8)] * 2)
    assert weight(kept) == pytest.approx(0.76888888888888889, abs=1e-12)
    assert fidelity(kept) == pytest.approx(0.838150289017341, abs=1e-12)


def test_dejmps_on_a_bell_diagonal_pair_knows_the_states_by_name():
    """The map squares the first two in the order phi+, psi-, psi+, phi-, which is that of no other list."""
    pair = bell_diagonal({"phi+": 0.7, "psi-": 0.05, "psi+": 0.1, "phi-": 0.15})
    kept = distill([pair, pair])
    assert weight(kept) == pytest.approx(0.625, abs=1e-12)
    found = bell_weights(kept / weight(kept))
    for name, share in {"phi+": 0.788, "psi-": 0.048, "psi+": 0.052, "phi-": 0.112}.items():
        assert found[name] == pytest.approx(share, abs=1e-12)


def test_a_wrong_order_of_labels_would_show():
    """Whoever reads the same four numbers in the order phi+, phi-, psi+, psi- gets another pair, and a better one."""
    right = bell_diagonal({"phi+": 0.7, "psi-": 0.05, "psi+": 0.1, "phi-": 0.15})
    wrong = bell_diagonal({"phi+": 0.7, "phi-": 0.05, "psi+": 0.1, "psi-": 0.15})
    assert abs(fidelity(distill([right] * 2)) - fidelity(distill([wrong] * 2))) > 0.05


@pytest.mark.parametrize(
    ("protocol", "rounds", "reached", "pairs"),
    [("dejmps", 4, 0.9720039979, 53.3951577), ("bbpssw", 8, 0.9551217955, 1590.661029)],
)
def test_recurrence_from_seven_tenths_to_95_per_cent(protocol, rounds, reached, pairs):
    """Twirling doubles the rounds and costs thirty times the pairs."""
    found = recurrence(werner(0.7), 0.95, protocol)
    assert len(found) == rounds
    assert found[-1].fidelity == pytest.approx(reached, rel=1e-9)
    assert found[-1].pairs == pytest.approx(pairs, rel=1e-9)


def test_recurrence_ends_where_nothing_is_gained():
    """Below one half no protocol of this kind helps, and the list of rounds says so by ending short."""
    found = recurrence(werner(0.45), 0.9)
    assert len(found) < 20
    assert all(round.fidelity < 0.5 for round in found)
    assert recurrence(werner(0.9), 0.9) == []


# --- codes


def weights_of(name):
    """How many stabilisers, and how many operators that commute with all of them, have each weight."""
    strings = circuit(name).terms.paulis
    sizes = (strings != 0).sum(axis=-1)
    count = circuit(name).pairs
    return [np.bincount(s.ravel(), minlength=count + 1) for s in (sizes[0], sizes)]


def macwilliams(stabilisers):
    """Weights of what commutes with a stabiliser group, from the weights of the group: Shor and Laflamme 1997."""
    n = len(stabilisers) - 1

    def krawtchouk(w, v):
        return sum((-1) ** s * 3 ** (w - s) * comb(v, s) * comb(n - v, w - s) for s in range(w + 1))

    return [sum(a * krawtchouk(w, v) for v, a in enumerate(stabilisers)) / 2 ** (n - 1) for w in range(n + 1)]


@pytest.mark.parametrize(
    ("name", "stabilisers"),
    [
        ("repetition-3", [1, 0, 3, 0]),
        ("four-qubit", [1, 0, 2, 0, 5]),
        ("five-qubit", [1, 0, 0, 0, 15, 0]),
        ("steane", [1, 0, 0, 0, 21, 0, 42, 0]),
    ],
)
def test_each_circuit_decodes_the_code_it_is_named_after(name, stabilisers):
    """The gates were found by a search; the weights of the group say which code they belong to."""
    found, commuting = weights_of(name)
    np.testing.assert_array_equal(found, stabilisers)
    np.testing.assert_allclose(commuting, macwilliams(stabilisers), atol=1e-9)


@pytest.mark.parametrize("name", sorted(CIRCUITS))
@given(good=st.floats(0.3, 1))
@settings(max_examples=10, deadline=None)
def test_werner_pairs_are_distilled_as_the_weight_enumerators_say(name, good):
    """Undetected errors commute with all stabilisers; harmless ones are stabilisers. Ashikhmin et al. 2000."""
    stabilisers, commuting = weights_of(name)
    n, bad = circuit(name).pairs, (1 - good) / 3
    chance = [good ** (n - w) * bad**w for w in range(n + 1)]
    kept = distill([werner(good)] * n, name)
    assert weight(kept) == pytest.approx(commuting @ chance, rel=1e-12)
    assert fidelity(kept) == pytest.approx((stabilisers @ chance) / (commuting @ chance), rel=1e-12)


def test_five_pairs_of_nine_tenths_by_the_perfect_code():
    """1 + 15 z^4 and 1 + 30 z^3 + 15 z^4 + 18 z^5."""
    kept = distill([werner(0.9)] * 5, "five-qubit")
    assert weight(kept) == pytest.approx(0.5914074074074074, rel=1e-10)
    assert fidelity(kept) == pytest.approx(0.9984769539078155, rel=1e-10)


@pytest.mark.parametrize("name", ["dejmps", "repetition-3", "four-qubit", "five-qubit"])
@given(seed=seeds)
@settings(max_examples=8, deadline=None)
def test_a_code_is_its_circuit_on_all_qubits(name, seed):
    """Unlike pure pairs without symmetry, amplitudes followed gate by gate: nothing is Bell-diagonal here."""
    n = circuit(name).pairs
    rng = np.random.default_rng(seed)
    kets = [k / np.linalg.norm(k) for k in rng.normal(size=(n, 4)) + 1j * rng.normal(size=(n, 4))]
    state = reduce(np.kron, kets).reshape([2] * (2 * n))
    state = state.transpose([*range(0, 2 * n, 2), *range(1, 2 * n, 2)])  # first all of one node, then of the other
    for gate, *qubits in circuit(name).gates:
        matrix = gate_matrix(gate)
        state = acted(state, matrix, qubits)
        state = acted(state, matrix.conj(), [q + n for q in qubits])
    kept = np.zeros((4, 4), dtype=complex)
    for bits in itertools.product((0, 1), repeat=n - 1):
        branch = state[(slice(None), *bits, slice(None), *bits)].reshape(4)
        kept += np.outer(branch, branch.conj())
    pairs = [from_density(np.outer(k, k.conj())) for k in kets]
    np.testing.assert_allclose(distill(pairs, name), from_density(kept), atol=1e-12)


def gate_matrix(name):
    if name == "h":
        return np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    if name == "x":
        return QUARTER
    control, acting = ({"X": X, "Y": Y, "Z": Z}[letter] for letter in name[1:])
    minus = (ONE - control) / 2
    return np.kron(ONE - minus, ONE) + np.kron(minus, acting)


def acted(state, matrix, qubits):
    """A gate on some axes of an array of amplitudes."""
    tensor = np.asarray(matrix).reshape([2] * (2 * len(qubits)))
    moved = np.tensordot(tensor, state, axes=(range(len(qubits), 2 * len(qubits)), qubits))
    return np.moveaxis(moved, range(len(qubits)), qubits)


@pytest.mark.parametrize("name", sorted(CIRCUITS))
@pytest.mark.parametrize("target", BELL_STATES)
def test_perfect_pairs_pass_in_every_frame(name, target):
    """Whatever Bell states the links aim at, perfect pairs are never thrown away and come out as asked."""
    n = circuit(name).pairs
    targets = [BELL_STATES[number % 4] for number in range(n)]
    kept = distill([bell(t) for t in targets], name, target, targets=targets)
    np.testing.assert_allclose(kept, bell(target), atol=1e-12)


def test_frames_change_no_quality():
    """Two psi- pairs are worth what the same pairs are worth as phi+."""
    pair = from_qutip(random_state(11))
    turned = frame(pair, "phi+", "psi-")
    expected = frame(distill([pair, pair]), "phi+", "psi-")
    np.testing.assert_allclose(distill([turned, turned], target="psi-"), expected, atol=1e-14)


# --- errors, weights, forms


@pytest.mark.parametrize("name", sorted(CIRCUITS))
def test_random_gates_and_random_results_leave_nothing(name):
    """Gates that erase make every result a coin toss and leave a mixed pair; so do readouts for the choice alone."""
    n = circuit(name).pairs
    erased = distill([bell("phi+")] * n, name, gate_errors=(15 / 16, 0))
    np.testing.assert_allclose(erased, mixed() / 2 ** (n - 1), atol=1e-14)
    blind = distill([bell("phi+")] * n, name, readout_errors=(0, 0.5))
    np.testing.assert_allclose(blind, bell("phi+") / 2 ** (n - 1), atol=1e-14)


def test_more_gates_hurt_more():
    """At one per cent a gate the perfect code keeps less than it promised, and still more than DEJMPS reaches."""
    noise = {"gate_errors": (0.01, 0.01), "readout_errors": (0.01, 0.01)}
    ideal, real = (fidelity(distill([werner(0.9)] * 5, "five-qubit", **more)) for more in ({}, noise))
    pumped = fidelity(distill([werner(0.9)] * 2, **noise))
    assert pumped < real < ideal


def test_weights_multiply_with_the_probability_of_success():
    """A subnormalised pair is a probability; two of them and a comparison are three factors."""
    kept = distill([0.3 * werner(0.8), 0.2 * werner(0.8)])
    assert weight(kept) == pytest.approx(0.06 * 0.76888888888888889)


@pytest.mark.parametrize("protocol", ["bbpssw", "dejmps"])
@given(seed=seeds, gates=st.tuples(errors, errors), reads=st.tuples(errors, errors))
@settings(max_examples=10, deadline=None)
def test_three_forms_are_one_map(protocol, seed, gates, reads):
    """Engines that sum over waiting times take the numbers of the map instead of the map."""
    first, second = from_qutip(random_state(seed)), from_qutip(random_state(seed + 1))
    how = {"protocol": protocol, "target": "psi+", "gate_errors": gates, "readout_errors": reads}
    kept = distill([first, second], **how)
    flat = np.einsum("kij,i,j->k", bilinear(**how), first.ravel(), second.ravel())
    np.testing.assert_allclose(flat.reshape(4, 4), kept, atol=1e-14)
    ends = [np.diag(np.diagonal(pair)) for pair in (first, second)]
    kept = distill(ends, **how)
    np.testing.assert_allclose(kept, np.diag(np.diagonal(kept)), atol=1e-14)
    diagonals = [np.diagonal(pair) for pair in (first, second)]
    np.testing.assert_allclose(distill_diagonal(diagonals, **how), np.diagonal(kept), atol=1e-14)
    small = np.einsum("kij,i,j->k", bilinear_diagonal(**how), *diagonals)
    np.testing.assert_allclose(small, np.diagonal(kept), atol=1e-14)


def test_batches_of_pairs_and_errors_are_one_call():
    """A sweep over fidelity and error is one call, in every form."""
    errors = np.array([0.0, 0.1])
    pairs = [werner(np.full(3, 0.9))[:, None], werner(0.8)]
    kept = distill(pairs, gate_errors=(errors, 0.02))
    assert kept.shape == (3, 2, 4, 4)
    one = distill([werner(0.9), werner(0.8)], gate_errors=(0.1, 0.02))
    np.testing.assert_allclose(kept[1, 1], one, atol=1e-15)
    assert bilinear(gate_errors=(errors, 0.0)).shape == (2, 16, 16, 16)
    small = bilinear_diagonal(gate_errors=(errors, 0.02))
    np.testing.assert_allclose(np.diagonal(one), small[1] @ werner(0.8).diagonal() @ werner(0.9).diagonal(), atol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pairs": [werner(0.9)]}, "`pairs` must be 2 for dejmps, but is 1"),
        ({"protocol": "five-qubit"}, "`pairs` must be 5 for five-qubit, but is 2"),
        ({"protocol": "DEJMPS"}, "`protocol` must be one of 'bbpssw', 'dejmps'"),
        ({"protocol": 3}, "`protocol` must be one of"),
        ({"target": 0}, "`target` must be one of"),
        ({"targets": ["phi+"]}, "`targets` must be 2, one for each pair"),
        ({"targets": ["phi+", "phi"]}, "`targets` must be one of"),
        ({"gate_errors": 0.1}, "`gate_errors` must be two, one for each node"),
        ({"gate_errors": (1.2, 0)}, "`gate_errors` must lie between 0 and 1, but is 1.2"),
        ({"readout_errors": (0, -0.1)}, "`readout_errors` must lie between 0 and 1, but is -0.1"),
        ({"pairs": [np.eye(2), np.eye(2)]}, r"`pairs\[0\]` must have shape"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    """A percentage for a probability, a missing pair or an integer for a Bell state must not pass for a result."""
    with pytest.raises(ValueError, match=message):
        distill(**{"pairs": [werner(0.9)] * 2, **arguments})
