"""Swapping against the measurement written out on four qubits."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.states.channel import apply, from_kraus
from bellpush.states.measures import fidelity
from bellpush.states.pair import BELL_STATES, bell, check_pair, frame, from_density, from_qutip, mixed, weight, werner
from bellpush.states.swap import swap, swap_factors, swap_outcomes

from .independent import KETS, OPERATORS, PAIR_DIMS, qutip, random_kraus, random_state

seeds = st.integers(0, 2**32 - 1)
names = st.sampled_from(BELL_STATES)
errors = st.floats(0, 1)

# (parity bit, phase bit) of each outcome, as the circuit CNOT, H on the control, read both would give them.
BITS = {"phi+": (0, 0), "phi-": (0, 1), "psi+": (1, 0), "psi-": (1, 1)}


def projected(rho, measured):
    """<measured| rho |measured> on qubits 1 and 2 of four, as a matrix of qubits 0 and 3."""
    bra = np.kron(np.kron(np.eye(2), KETS[measured].full().conj().T), np.eye(2))
    return bra @ rho @ bra.conj().T


def on_last(operator, rho):
    """operator rho operator^dagger, on the second qubit of two."""
    full = np.kron(np.eye(2), operator)
    return full @ rho @ full.conj().T


def correction(measured, left_target, right_target, target):
    """The Pauli that finishes the perfect swap, found by trying all four."""
    rho = np.kron(KETS[left_target].proj().full(), KETS[right_target].proj().full())
    wanted = KETS[target].full()
    for operator in OPERATORS:
        out = on_last(operator.full(), projected(rho, measured))
        if (wanted.conj().T @ out @ wanted).real.item() > 0.24:
            return operator.full()
    raise AssertionError("no Pauli corrects this outcome")


def written_out(left, right, frames, gate_error, readout_error):
    """Reported outcomes before, and their sum after correction, from density matrices of four qubits."""
    rho = np.kron(left.full(), right.full())
    paulis = [np.kron(np.eye(2), np.kron(np.kron(a.full(), b.full()), np.eye(2))) for a in OPERATORS for b in OPERATORS]
    hit = sum(p @ rho @ p.conj().T for p in paulis[1:]) / 15
    rho = (1 - gate_error) * rho + gate_error * hit
    reported = {name: np.zeros((4, 4), dtype=complex) for name in BELL_STATES}
    for true, said in itertools.product(BELL_STATES, repeat=2):
        flips = sum(a != b for a, b in zip(BITS[true], BITS[said], strict=True))
        reported[said] += readout_error**flips * (1 - readout_error) ** (2 - flips) * projected(rho, true)
    return reported, sum(on_last(correction(name, *frames), out) for name, out in reported.items())


@given(seed=seeds, frames=st.tuples(names, names, names), gate_error=errors, readout_error=errors)
@settings(max_examples=40, deadline=None)
def test_a_swap_is_the_bell_measurement_on_four_qubits(seed, frames, gate_error, readout_error):
    """All 16 numbers, for states of no symmetry, in every frame and with both errors: nothing may be approximate."""
    left, right = random_state(seed), random_state(seed + 1)
    left_target, right_target, target = frames
    reported, averaged = written_out(left, right, frames, gate_error, readout_error)
    imperfect = {"gate_error": gate_error, "readout_error": readout_error}
    pairs = from_qutip(left), from_qutip(right)
    outcomes = swap_outcomes(*pairs, **imperfect)
    for name in BELL_STATES:
        np.testing.assert_allclose(outcomes[name], from_density(reported[name]), atol=1e-12)
    result = swap(*pairs, target, left_target=left_target, right_target=right_target, **imperfect)
    np.testing.assert_allclose(result, from_density(averaged), atol=1e-12)
    check_pair(result)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_a_perfect_swap_is_the_sum_of_its_corrected_outcomes(seed):
    """Whoever keeps the outcomes apart must be able to come back to the average."""
    left, right = from_qutip(random_state(seed)), from_qutip(random_state(seed + 1))
    outcomes = swap_outcomes(left, right)
    total = sum(frame(pair, name, "phi+") for name, pair in outcomes.items())
    np.testing.assert_allclose(swap(left, right), total, atol=1e-12)


@pytest.mark.parametrize("frames", list(itertools.product(BELL_STATES, repeat=3)))
def test_perfect_pairs_swap_to_a_perfect_pair_in_every_frame(frames):
    """The corrections in the node's look-up table must fit the frames of its links."""
    left, right, target = frames
    result = swap(bell(left), bell(right), target, left_target=left, right_target=right)
    np.testing.assert_array_equal(result, bell(target))


def test_two_werner_pairs_swap_to_the_textbook_fidelity():
    """The formula every repeater estimate begins with: F1 F2 + (1 - F1)(1 - F2)/3."""
    assert fidelity(swap(werner(0.95), werner(0.9))) == pytest.approx(0.856666666667, abs=1e-12)


def test_frames_of_the_links_do_not_change_the_quality():
    """A psi- source is as good as a phi+ source once the corrections know about it."""
    result = swap(werner(0.95, "psi-"), werner(0.9, "psi+"), left_target="psi-", right_target="psi+")
    np.testing.assert_allclose(result, swap(werner(0.95), werner(0.9)), atol=1e-15)


def test_weights_multiply():
    """The weight is a probability: both links must have delivered."""
    left, right = 0.3 * werner(0.9), 0.2 * werner(0.8)
    assert weight(swap(left, right, gate_error=0.1, readout_error=0.1)) == pytest.approx(0.06, abs=1e-15)
    outcomes = swap_outcomes(left, right, gate_error=0.1, readout_error=0.1)
    assert sum(weight(pair) for pair in outcomes.values()) == pytest.approx(0.06, abs=1e-15)


@given(seed=seeds, chance=errors, frames=st.tuples(names, names, names))
@settings(max_examples=10, deadline=None)
def test_factors_are_all_that_a_swap_does_to_a_diagonal(seed, chance, frames):
    """Engines carry four numbers where that is enough; a measurement without a result is a smaller weight."""
    left, right = from_qutip(random_state(seed)), from_qutip(random_state(seed + 1))
    how = {"left_target": frames[1], "right_target": frames[2], "gate_error": 0.1, "readout_error": 0.05}
    whole = swap(left, right, frames[0], **how, success_probability=chance)
    factors = swap_factors(frames[0], **how, success_probability=chance)
    np.testing.assert_allclose(factors * left.diagonal() * right.diagonal(), whole.diagonal(), atol=1e-14)
    np.testing.assert_allclose(whole, chance * swap(left, right, frames[0], **how), atol=1e-14)


def test_random_errors_leave_nothing():
    """With all 16 Paulis equally likely, or outcome bits that are coin tosses, no entanglement can survive."""
    np.testing.assert_allclose(swap(bell("phi+"), bell("phi+"), gate_error=15 / 16), mixed(), atol=1e-15)
    np.testing.assert_allclose(swap(bell("phi+"), bell("phi+"), readout_error=0.5), mixed(), atol=1e-15)


def test_the_parity_bit_protects_zz_and_the_phase_bit_xx():
    """Bits are read with unlike fidelities in practice; YY needs both and suffers twice."""
    kept = swap(bell("phi+"), bell("phi+"), readout_error=0.1).diagonal() * bell("phi+").diagonal()
    np.testing.assert_allclose(kept, [1, 0.8, 0.64, 0.8], atol=1e-15)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_noise_at_the_far_left_end_commutes_with_the_swap(seed):
    """A memory may decohere before or after the swap between two other qubits; physics forbids a difference."""
    noise = from_kraus(random_kraus(seed))
    left, right = from_qutip(random_state(seed)), from_qutip(random_state(seed + 1))
    np.testing.assert_allclose(swap(apply(left, left=noise), right), apply(swap(left, right), left=noise), atol=1e-12)


def test_swaps_broadcast_over_pairs_and_errors():
    """A sweep over fidelity and error is one call."""
    result = swap(werner(np.full(3, 0.9)), werner(0.8), gate_error=np.array([[0.0], [0.1]]))
    assert result.shape == (2, 3, 4, 4)
    np.testing.assert_allclose(result[1, 2], swap(werner(0.9), werner(0.8), gate_error=0.1), atol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gate_error": 1.2}, "`gate_error` must lie between 0 and 1, but is 1.2"),
        ({"readout_error": -0.1}, "`readout_error` must lie between 0 and 1, but is -0.1"),
        ({"success_probability": 50}, "`success_probability` must lie between 0 and 1, but is 50"),
        ({"target": 0}, "`target` must be one of"),
        ({"left_target": 1}, "`left_target` must be one of"),
        ({"right_target": 2}, "`right_target` must be one of"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    """A percentage for a probability, or an integer for a Bell state, must not pass for a result."""
    with pytest.raises(ValueError, match=message):
        swap(bell("phi+"), bell("phi+"), **arguments)


def test_the_list_of_outcome_bits_is_that_of_the_circuit():
    """The readout model rests on which bit tells which; here the circuit itself is asked."""
    circuit = qutip.tensor(qutip.Qobj([[1, 1], [1, -1]]) / np.sqrt(2), qutip.qeye(2)) * qutip.Qobj(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dims=PAIR_DIMS
    )
    for name, (parity, phase) in BITS.items():
        read = qutip.tensor(qutip.basis(2, phase), qutip.basis(2, parity))
        assert abs(read.overlap(circuit * KETS[name])) == pytest.approx(1)
