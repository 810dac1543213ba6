"""Distillation played out: gates on density matrices of two pairs, or on state vectors drawn from more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.played.quantum import ONE, PAULIS, Complex, corrected, reframed, trace
from bellpush.hardware.node import SwapDevice
from bellpush.states.circuit import Circuit, unitary
from bellpush.states.pair import BellState

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["compare"]

TOGETHER = 2_000_000  # amplitudes that are worked on at a time


def compare(
    pairs: list[Complex],
    circuit: Circuit,
    devices: tuple[SwapDevice, SwapDevice],
    target: BellState,
    rng: Generator,
) -> tuple[Complex, NDArray[np.bool_]]:
    """The kept pairs and whether their results agreed, shapes (shots, 4, 4) and (shots,).

    Args:
        pairs: as many as the circuit takes, each of shape (shots, 4, 4), all in the frame of `target`.
        circuit: what is done at both nodes, at the second conjugated.
        devices: whose gate and readout errors the two nodes have.
        target: the frame that the pairs come in and the kept one is left in.
        rng: for the errors and the results.

    The kept pair's trace is 1: what left the qubits never agrees.
    """
    shots = len(pairs[0])
    there = np.full(shots, reframed(target, "phi+"))
    size = 4**circuit.pairs if circuit.pairs > 2 else 256
    block = max(TOGETHER // size, 1)
    kept, agreed = np.zeros((shots, 4, 4), dtype=complex), np.zeros(shots, dtype=bool)
    for first in range(0, shots, block):
        part = slice(first, first + block)
        inside = [corrected(pair[part], there[part]) for pair in pairs]
        if circuit.twirls:
            inside = [_turned_alike(pair, rng) for pair in inside]
        here = rng.random(len(inside[0])) < np.prod([trace(pair) for pair in inside], axis=0)
        play = _two if circuit.pairs == 2 else _many
        kept[part], same = play(inside, circuit, devices, rng)
        agreed[part] = same & here
    return corrected(kept, there), agreed


def _turned_alike(pairs: Complex, rng: Generator) -> Complex:
    """One of the 24 rotations of the cube on the first qubit, its conjugate on the second: a twirl, once averaged."""
    turns = _rotations()[rng.integers(0, 24, len(pairs))]
    both = np.einsum("sab,scd->sacbd", turns, turns.conj()).reshape(-1, 4, 4)
    return np.asarray(both @ pairs @ both.conj().transpose(0, 2, 1))


def _rotations() -> Complex:
    """The rotations of the cube as unitary matrices, shape (24, 2, 2)."""
    hadamard, phase = unitary("h"), np.diag([1, 1j])
    cycle = phase @ hadamard  # turns x to y to z and back, up to signs
    third = [np.linalg.matrix_power(cycle, power) for power in range(3)]
    return np.array([pauli @ turn @ extra for pauli in PAULIS for turn in third for extra in (ONE, hadamard)])


def _errors(shots: int, probability: float, rng: Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A Pauli for each of two qubits: one of the 15 other than nothing, with a probability."""
    hit = rng.random(shots) < probability
    which = np.where(hit, rng.integers(1, 16, shots), 0)
    return which // 4, which % 4


def _two(
    pairs: list[Complex], circuit: Circuit, devices: tuple[SwapDevice, SwapDevice], rng: Generator
) -> tuple[Complex, NDArray[np.bool_]]:
    """Two pairs as one density matrix of four qubits, A1 A2 B1 B2."""
    shots = len(pairs[0])
    first, second = (pair.reshape(-1, 2, 2, 2, 2) for pair in pairs)
    rho: Complex = np.einsum("sabcd,sefgh->saebfcgdh", first, second).reshape(shots, 16, 16)
    for gate in circuit.gates:
        name, *qubits = gate
        matrix = unitary(str(name))
        if len(qubits) == 1:
            matrix = np.asarray(np.kron(matrix, ONE) if qubits[0] == 0 else np.kron(ONE, matrix), dtype=np.complex128)
        both = np.asarray(np.kron(matrix, matrix.conj()), dtype=np.complex128)
        rho = both @ rho @ both.conj().T
        if len(qubits) == 2:
            hits = [_errors(shots, device.gate_error, rng) for device in devices]
            if any(device.gate_error > 0 for device in devices):
                (a, b), (c, d) = hits
                paulis = np.einsum("sab,scd,sef,sgh->sacegbdfh", PAULIS[a], PAULIS[b], PAULIS[c], PAULIS[d])
                paulis = paulis.reshape(shots, 16, 16)
                rho = paulis @ rho @ paulis.conj().transpose(0, 2, 1)
    tensor = rho.reshape(shots, *[2] * 8)
    branches = np.array([tensor[:, :, a, :, b, :, a, :, b].reshape(shots, 4, 4) for a in (0, 1) for b in (0, 1)])
    true = _drawn(np.einsum("bsii->sb", branches).real, rng)
    kept = branches[true, np.arange(shots)]
    bits = np.stack([true // 2, true % 2], axis=1)
    return _normalised(kept), _agree(bits[:, None, :], devices, rng)


def _many(
    pairs: list[Complex], circuit: Circuit, devices: tuple[SwapDevice, SwapDevice], rng: Generator
) -> tuple[Complex, NDArray[np.bool_]]:
    """More pairs: from each density matrix one of its eigenvectors is drawn, and amplitudes are followed."""
    shots, count = len(pairs[0]), circuit.pairs
    rows = np.arange(shots)
    state: Complex = np.ones((shots, 1), dtype=complex)
    for pair in pairs:
        values, vectors = np.linalg.eigh(pair)
        ket = vectors[rows, :, _drawn(values.clip(0.0), rng)]
        state = (state[:, :, None] * ket[:, None, :]).reshape(shots, -1)
    tensor = state.reshape(shots, *[2] * (2 * count))  # A1 B1 A2 B2 ...
    for gate in circuit.gates:
        name, *qubits = gate
        matrix = unitary(str(name))
        for end, device in enumerate(devices):
            axes = [1 + 2 * int(qubit) + end for qubit in qubits]
            tensor = _acted(tensor, matrix if end == 0 else matrix.conj(), axes)
            if len(axes) == 2 and device.gate_error > 0:
                for axis, which in zip(axes, _errors(shots, device.gate_error, rng), strict=True):
                    tensor = _struck(tensor, which, axis)
    amplitudes = tensor.reshape(shots, 4, -1)
    true = _drawn((np.abs(amplitudes) ** 2).sum(axis=1), rng)
    ket = amplitudes[rows, :, true]
    bits = (true[:, None] >> np.arange(2 * count - 3, -1, -1)) & 1
    return _normalised(ket[:, :, None] * ket[:, None, :].conj()), _agree(
        bits.reshape(shots, count - 1, 2), devices, rng
    )


def _acted(tensor: Complex, matrix: Complex, axes: list[int]) -> Complex:
    """A gate on some axes of the amplitudes."""
    count = len(axes)
    moved = np.tensordot(matrix.reshape([2] * (2 * count)), tensor, axes=(range(count, 2 * count), axes))
    return np.moveaxis(moved, range(count), axes)


def _struck(tensor: Complex, paulis: NDArray[np.int64], axis: int) -> Complex:
    """Pauli number `paulis` (0 to 3 for I, X, Y, Z), shape (shots,), on one axis of the amplitudes."""
    hit = np.flatnonzero(paulis)
    if not len(hit):
        return tensor
    moved = np.moveaxis(tensor, axis, 1).copy()
    chosen = moved[hit]
    moved[hit] = (PAULIS[paulis[hit]] @ chosen.reshape(len(hit), 2, -1)).reshape(chosen.shape)
    return np.moveaxis(moved, 1, axis)


def _drawn(chances: NDArray[np.float64], rng: Generator) -> NDArray[np.int64]:
    """A choice for every shot, shape (shots,), by weights of shape (shots, choices)."""
    edges = np.cumsum(chances.clip(0.0), axis=1)
    total = np.where(edges[:, -1] > 0, edges[:, -1], 1.0)
    drawn = (rng.random(len(chances))[:, None] * total[:, None] > edges).sum(axis=1)
    return np.asarray(np.minimum(drawn, chances.shape[1] - 1))


def _agree(bits: NDArray[np.int64], devices: tuple[SwapDevice, SwapDevice], rng: Generator) -> NDArray[np.bool_]:
    """Whether the two nodes read the same, bits of shape (shots, measured, 2); each may be misread."""
    errors = np.array([device.readout_error for device in devices])
    read = bits ^ (rng.random(bits.shape) < errors)
    return np.asarray((read[..., 0] == read[..., 1]).all(axis=1))


def _normalised(states: Complex) -> Complex:
    found = trace(states)
    return np.asarray(states / np.where(found > 0, found, 1.0)[:, None, None])
