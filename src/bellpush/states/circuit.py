"""Circuits that compare pairs: the same gates at both nodes, all qubits but the first measured, results compared.

The first node applies the gates to its qubits, the second their complex conjugates, so that perfect `phi+` pairs pass
unchanged. What such a circuit keeps is written as a sum over Pauli strings, one for every product of the measured
operators: `terms` follows each string backwards through the gates. Derived in docs/background/distillation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.states.pair import PAULIS

__all__ = ["Circuit", "Gate", "Terms", "unitary"]

Gate: TypeAlias = tuple[str, int] | tuple[str, int, int]

_LETTERS: Final = "IXYZ"


class Terms(NamedTuple):
    """The Pauli strings that a circuit looks at, for each Pauli of the kept qubit and each product of measured bits."""

    paulis: NDArray[np.int64]  # on each of the n pairs, shape (4, products, n)
    first: NDArray[np.float64]  # sign of the string at the first node, shape (4, products)
    second: NDArray[np.float64]  # the same at the second node
    gates: NDArray[np.int64]  # how many two-qubit gates of a node the string is hurt by, shape (4, products)
    reads: NDArray[np.int64]  # how many measured bits it is a product of, shape (products,)


@dataclass(frozen=True)
class Circuit:
    """Gates on `pairs` qubits of each node in the order in which they are done; qubit 0 is kept, the others measured.

    `("h", 0)` is Hadamard, `("x", 0)` a quarter turn about x; `("cZX", 0, 1)` applies X to qubit 1 where qubit 0 is
    in the state -1 of Z (a CNOT), and so on for other letters. Measurements are of Z.
    """

    pairs: int
    gates: tuple[Gate, ...]
    twirls: bool = False  # the pairs are made Werner pairs first

    @property
    def said(self) -> str:
        """What it does in a few words."""
        two = sum(len(gate) == 3 for gate in self.gates)
        return f"{self.pairs} pairs to one, {two} two-qubit gate{'' if two == 1 else 's'} at each node"

    @cached_property
    def terms(self) -> Terms:
        """Its Pauli strings, as they were before the gates."""
        subsets = list(product((0, 1), repeat=self.pairs - 1))
        paulis = np.zeros((4, len(subsets), self.pairs), dtype=np.int64)
        signs = np.ones((4, len(subsets)))
        hurt = np.zeros((4, len(subsets)), dtype=np.int64)
        for i, (number, subset) in product(range(4), enumerate(subsets)):
            string = [i, *(3 * bit for bit in subset)]
            for gate in reversed(self.gates):
                qubits = [int(qubit) for qubit in gate[1:]]
                before, sign = _backwards(str(gate[0]), tuple(string[qubit] for qubit in qubits))
                hurt[i, number] += len(qubits) == 2 and any(before)
                signs[i, number] *= sign
                for qubit, pauli in zip(qubits, before, strict=True):
                    string[qubit] = pauli
            paulis[i, number] = string
        # The conjugate of a string is itself with a sign for every Y, and so is that of the kept Pauli.
        turned = (-1.0) ** ((paulis == 2).sum(axis=-1) + (np.arange(4) == 2)[:, None])
        return Terms(paulis, signs, signs * turned, hurt, np.array(subsets).sum(axis=-1))


def unitary(name: str) -> NDArray[np.complex128]:
    """The matrix of a gate by its name, shape (2, 2) or (4, 4).

    >>> unitary("cZX").real.astype(int)[2:, 2:]
    array([[0, 1],
           [1, 0]])
    """
    one, x, _, z = PAULIS
    if name == "h":
        return np.asarray((x + z) / np.sqrt(2))
    if name == "x":
        return np.asarray((one - 1j * x) / np.sqrt(2))
    control, acting = (PAULIS[_LETTERS.index(letter)] for letter in name[1:])
    return np.asarray((np.kron(one + control, one) + np.kron(one - control, acting)) / 2)


@cache
def _backwards(name: str, string: tuple[int, ...]) -> tuple[tuple[int, ...], float]:
    """The Pauli string that a gate turns into `string`, and its sign."""
    matrix = unitary(name)
    before = matrix.conj().T @ _string(string) @ matrix
    for candidate in product(range(4), repeat=len(string)):
        share = np.trace(_string(candidate) @ before).real / len(matrix)
        if abs(share) > 0.5:
            return candidate, float(np.sign(share))
    raise AssertionError(f"{name} is no Clifford gate")


def _string(paulis: tuple[int, ...]) -> NDArray[np.complex128]:
    matrix = PAULIS[paulis[0]]
    for pauli in paulis[1:]:
        matrix = np.kron(matrix, PAULIS[pauli])
    return np.asarray(matrix)
