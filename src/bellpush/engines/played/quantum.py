"""What is done to pairs, written out on density matrices: storage, Bell measurements, comparisons.

Every function takes one density matrix a shot, shape (shots, 4, 4) in the basis |00>, |01>, |10>, |11>, and draws what
is random for each of them from the generator it is given, every number once. A trace below one is population that
left the qubits; it is kept through storage and swaps.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.hardware.memory import Memory
from bellpush.hardware.node import SwapDevice
from bellpush.states.pair import BELL_STATES, BellState

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["bell_measurement", "corrected", "flipped", "reframed", "stored", "trace", "turned"]

Complex: TypeAlias = NDArray[np.complex128]
Real: TypeAlias = NDArray[np.float64]

ONE: Final = np.eye(2, dtype=complex)
X: Final = np.array([[0, 1], [1, 0]], dtype=complex)
Z: Final = np.diag([1, -1]).astype(complex)
PAULIS: Final = np.array([ONE, X, 1j * X @ Z, Z])
KETS: Final[dict[BellState, Complex]] = {
    "phi+": np.array([1, 0, 0, 1]) / np.sqrt(2) + 0j,
    "phi-": np.array([1, 0, 0, -1]) / np.sqrt(2) + 0j,
    "psi+": np.array([0, 1, 1, 0]) / np.sqrt(2) + 0j,
    "psi-": np.array([0, 1, -1, 0]) / np.sqrt(2) + 0j,
}


def trace(states: Complex) -> Real:
    """Traces, shape (shots,)."""
    return np.asarray(np.einsum("sii->s", states).real)


def turned(states: Complex) -> Complex:
    """The same pairs with first and second qubit exchanged."""
    tensor = states.reshape(-1, 2, 2, 2, 2).transpose(0, 2, 1, 4, 3)
    return np.ascontiguousarray(tensor).reshape(-1, 4, 4)


def stored(states: Complex, memory: Memory, ages: Real, end: int) -> Complex:
    """The pairs after qubit `end` (0 or 1) has been stored for `ages` seconds, shape (shots,), by Kraus operators."""
    if memory.memoryless and not (ages > 0).any():
        return states
    kraus = memory.kraus(ages)
    shots, operators = len(states), kraus.shape[-3]
    tensor = states.reshape(shots, 2, 2, 2, 2)  # first and second qubit of the ket, then of the bra
    kets = np.moveaxis(tensor, 1 + end, 1).reshape(shots, 1, 2, 8)
    acted = (kraus @ kets).reshape(shots, operators, 2, 2, 2, 2)
    bras = np.moveaxis(acted, 4 + end, 5).reshape(shots, operators, 8, 2)
    summed = (bras @ kraus.conj().swapaxes(-1, -2)).sum(axis=1).reshape(shots, 2, 2, 2, 2)
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(summed, 4, 3 + end), 1, 1 + end)).reshape(shots, 4, 4)


def corrected(states: Complex, paulis: NDArray[np.int64], end: int = 1) -> Complex:
    """The pairs after Pauli number `paulis` (0 to 3 for I, X, Y, Z), shape (shots,), on one qubit."""
    matrices = PAULIS[paulis]
    full = np.einsum("ab,scd->sacbd", ONE, matrices) if end == 1 else np.einsum("sab,cd->sacbd", matrices, ONE)
    full = full.reshape(-1, 4, 4)
    return np.asarray(full @ states @ full.conj().transpose(0, 2, 1))


def flipped(states: Complex, chances: Real, end: int) -> Complex:
    """The pairs after the phase of one qubit may have flipped, with chances of shape (shots,), nobody knowing."""
    if not chances.any():
        return states
    z = np.kron(Z, ONE) if end == 0 else np.kron(ONE, Z)
    chance = chances[:, None, None]
    return np.asarray((1 - chance) * states + chance * (z @ states @ z))


@cache
def reframed(source: BellState, target: BellState) -> int:
    """The Pauli on the second qubit that makes `target` of `source`, found by trying."""
    for number, pauli in enumerate(PAULIS):
        if abs(KETS[target].conj() @ np.kron(ONE, pauli) @ KETS[source]) > 0.99:
            return number
    raise AssertionError("a Bell state is a Pauli away from any other")


@cache
def _table(left: BellState, right: BellState, target: BellState) -> tuple[int, ...]:
    """The Pauli that finishes a perfect swap, for each outcome in the order of `BELL_STATES`."""
    found = []
    for outcome in BELL_STATES:
        # <outcome| on the inner qubits of |left>|right> is a ket of the outer ones.
        ket = np.einsum(
            "ab,cd,bc->ad", KETS[left].reshape(2, 2), KETS[right].reshape(2, 2), KETS[outcome].reshape(2, 2).conj()
        )
        overlaps = [abs(KETS[target].conj() @ np.kron(ONE, pauli) @ ket.reshape(4)) for pauli in PAULIS]
        found.append(int(np.argmax(overlaps)))
    return tuple(found)


def bell_measurement(
    left: Complex,
    right: Complex,
    device: SwapDevice,
    targets: tuple[BellState, BellState, BellState],
    rng: Generator,
) -> Complex:
    """The pairs A-C after a Bell measurement on the second qubit of `left` (A-B) and the first of `right` (B'-C).

    A Pauli may hit the measured qubits, an outcome is drawn, each of its two bits may be misread, and C is corrected
    for what was read. `targets` are those of the left pair, of the right one, and of the one that is made. Whether the
    measurement gives a result at all is not drawn here. Traces multiply.
    """
    shots = len(left)
    hit = rng.random(shots) < device.gate_error
    which = np.where(hit, rng.integers(1, 16, shots), 0)
    if device.gate_error > 0:
        left, right = corrected(left, which // 4, 1), corrected(right, which % 4, 0)
    kets = np.array([KETS[name].reshape(2, 2) for name in BELL_STATES])
    first, second = left.reshape(-1, 2, 2, 2, 2), right.reshape(-1, 2, 2, 2, 2)
    # first[a b, a' b'] second[c d, c' d'] <m| b c, b' c' |m>
    half = np.einsum("sabxy,mbc,myz->smaxcz", first, kets.conj(), kets, optimize=True)
    out = np.einsum("smaxcz,scdzw->smadxw", half, second, optimize=True).reshape(shots, 4, 4, 4)
    chances = np.einsum("smii->sm", out).real.clip(0.0)
    total = chances.sum(axis=1)
    edges = np.cumsum(chances, axis=1) / np.where(total > 0, total, 1.0)[:, None]
    true = np.minimum((rng.random(shots)[:, None] > edges).sum(axis=1), 3)
    flips = rng.random((shots, 2)) < device.readout_error
    read = true ^ (2 * flips[:, 0] + flips[:, 1])  # phi or psi is the upper bit, + or - the lower
    rows = np.arange(shots)
    chance = chances[rows, true]
    scale = np.where(chance > 0, total / np.where(chance > 0, chance, 1.0), 0.0)
    paulis = np.array(_table(*targets))[read]
    return corrected(out[rows, true] * scale[:, None, None], paulis)
