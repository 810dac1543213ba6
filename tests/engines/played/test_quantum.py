"""What the player does to density matrices, against the correlations' formulas and against counting draws."""

import itertools

import numpy as np
import pytest
from tests.states.independent import random_state

from bellpush.engines.played import quantum
from bellpush.engines.played.compare import compare
from bellpush.hardware.memory import T1T2, Depolarising, Stretched
from bellpush.hardware.node import SwapDevice
from bellpush.states.channel import apply
from bellpush.states.codes import circuit
from bellpush.states.distill import distill
from bellpush.states.measures import overlap
from bellpush.states.pair import BELL_STATES, bell, from_density, normalised, to_density, weight, werner
from bellpush.states.swap import swap

SHOTS = 6000
NOISY = SwapDevice(gate_error=0.1, readout_error=0.05)
IDEAL = SwapDevice()


class Counted:
    """A generator that remembers how many numbers were drawn."""

    def __init__(self, seed):
        self.rng, self.drawn = np.random.default_rng(seed), []

    def random(self, size):
        values = self.rng.random(size)
        self.drawn.append(values)
        return values

    def integers(self, *arguments):
        return self.rng.integers(*arguments)


def many(state, shots=SHOTS):
    return np.broadcast_to(np.asarray(state, dtype=complex), (shots, 4, 4))


@pytest.mark.parametrize(("frames", "device"), [(("phi+",) * 3, NOISY), (("psi-", "phi-", "psi+"), NOISY)])
def test_bell_measurements_drawn_one_by_one_average_to_the_swap(frames, device):
    """Outcomes, misread bits and Paulis that hit, for states of no symmetry: within 4.5 standard errors, 15 numbers."""
    left, right = random_state(5).full(), random_state(6).full()
    out = quantum.bell_measurement(many(left), many(right), device, frames, np.random.default_rng(1))
    found = from_density(out)
    expected = swap(
        from_density(left),
        from_density(right),
        frames[2],
        left_target=frames[0],
        right_target=frames[1],
        gate_error=device.gate_error,
        readout_error=device.readout_error,
    )
    error = found.std(axis=0) / np.sqrt(SHOTS) + 1e-12
    assert np.abs(found[:, 0, 0] - 1).max() < 1e-12
    assert np.max(np.abs(found.mean(axis=0) - expected) / error) < 4.5


@pytest.mark.parametrize("frames", list(itertools.product(BELL_STATES, repeat=3)))
def test_perfect_pairs_stay_perfect_whatever_the_outcome(frames):
    """No average hides a wrong correction: every single shot must end in the target."""
    left, right, target = frames
    out = quantum.bell_measurement(
        many(to_density(bell(left)), 40), many(to_density(bell(right)), 40), IDEAL, frames, np.random.default_rng(2)
    )
    np.testing.assert_allclose(overlap(from_density(out), target), 1, atol=1e-12)


def test_a_bell_measurement_draws_every_random_number_once():
    """One number for whether a Pauli hits, one for the outcome, one for each bit; the two bits are independent."""
    rng = Counted(3)
    device = SwapDevice(readout_error=0.3)
    perfect = many(to_density(bell("phi+")))
    out = quantum.bell_measurement(perfect, perfect, device, ("phi+",) * 3, rng)
    assert sum(values.size for values in rng.drawn) == 4 * SHOTS
    assert len(np.unique(np.concatenate([values.ravel() for values in rng.drawn]))) == 4 * SHOTS
    # A misread parity leaves psi, a misread phase a minus; both at once come with the product of their chances.
    for name, share in {"phi+": 0.49, "phi-": 0.21, "psi+": 0.21, "psi-": 0.09}.items():
        hits = overlap(from_density(out), name)
        assert np.mean(hits) == pytest.approx(share, abs=4.5 * np.sqrt(share * (1 - share) / SHOTS))


def test_population_outside_the_qubits_stays_outside():
    """Leaked population is kept as a trace below one through a swap: the traces multiply."""
    left, right = 0.9 * to_density(werner(0.9)), 0.8 * to_density(werner(0.8))
    out = quantum.bell_measurement(many(left, 50), many(right, 50), NOISY, ("phi+",) * 3, np.random.default_rng(4))
    np.testing.assert_allclose(quantum.trace(out), 0.72, atol=1e-12)


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize(
    "memory", [Depolarising(time="1 s"), T1T2(t1="1 s", t2="0.7 s"), Stretched(time=1, exponent=2)]
)
def test_storage_by_kraus_operators_is_storage_by_transfer_matrices(memory, end):
    """Each end by itself, each shot by its own time."""
    ages, state = np.array([0.0, 0.3, 2.0]), random_state(7).full()
    found = from_density(quantum.stored(many(state, 3), memory, ages, end))
    transfer = memory.transfer(ages)
    expected = apply(from_density(state), *((transfer, None) if end == 0 else (None, transfer)))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("protocol", "target"),
    [("dejmps", "phi+"), ("dejmps", "psi-"), ("bbpssw", "psi+"), ("repetition-3", "phi-"), ("five-qubit", "psi+")],
)
def test_comparisons_drawn_one_by_one_average_to_the_map(protocol, target):
    """Success and all correlations of what is kept, with gate and readout errors, unlike at the two nodes."""
    count = circuit(protocol).pairs
    shots = SHOTS if count < 5 else 1200
    states = [0.3 * random_state(seed).full() + 0.7 * to_density(werner(0.9, target)) for seed in range(count)]
    devices = NOISY, SwapDevice(gate_error=0.03, readout_error=0.02)
    rng = np.random.default_rng(5)
    kept, agreed = compare([many(s, shots) for s in states], circuit(protocol), devices, target, rng)
    expected = distill(
        [from_density(s) for s in states],
        protocol,
        target,
        gate_errors=(0.1, 0.03),
        readout_errors=(0.05, 0.02),
    )
    chance = float(weight(expected))
    assert np.mean(agreed) == pytest.approx(chance, abs=4.5 * np.sqrt(chance * (1 - chance) / shots))
    found = from_density(kept[agreed])
    error = found.std(axis=0) / np.sqrt(len(found)) + 1e-12
    assert np.max(np.abs(found.mean(axis=0) - normalised(expected)) / error) < 4.5


@pytest.mark.parametrize("protocol", ["dejmps", "four-qubit"])
def test_what_left_the_qubits_never_agrees(protocol):
    """A comparison that cannot be made fails; the kept pair has all of its population inside."""
    count = circuit(protocol).pairs
    states = [many(0.8 * to_density(bell("phi+")), 4000)] * count
    kept, agreed = compare(states, circuit(protocol), (IDEAL, IDEAL), "phi+", np.random.default_rng(6))
    share = 0.8**count
    assert np.mean(agreed) == pytest.approx(share, abs=4.5 * np.sqrt(share * (1 - share) / 4000))
    np.testing.assert_allclose(quantum.trace(kept), 1, atol=1e-9)


@pytest.mark.parametrize("end", [0, 1])
def test_no_pairs_may_be_stored(end):
    """A round in which no shot has a pair still goes through every memory, those with an age of their own too."""
    none = np.zeros((0, 4, 4), dtype=complex)
    assert quantum.stored(none, Stretched(time=1.0, exponent=2), np.zeros(0), end).shape == (0, 4, 4)
