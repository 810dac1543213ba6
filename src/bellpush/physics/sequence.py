"""The sequence of one photon transfer as an open system: its spaces, its terms, and what it shows at the end.

Spaces, in this order: the sender's levels (g, e, f), its resonator, the receiver's resonator, its levels. Pulses that
turn levels turn them about y, so that they add no phase: |g> becomes |e>, |e> becomes |f> (and (|e> + |f>)/sqrt2
half-way) at the sender, |f> becomes |e> at the receiver. Derived in docs/background/photon-transfer.md.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.physics.cascade import Cascade
from bellpush.physics.cooled import cold_bath, mixed, within
from bellpush.physics.open_system import OpenSystem, Term, count, hamiltonian, jump
from bellpush.physics.operator import Operator, destroy, local, transition
from bellpush.physics.sector import Sector, reach
from bellpush.physics.transfer_given import Transfer

__all__ = [
    "INPUTS",
    "RECEIVER",
    "SENDER",
    "E",
    "F",
    "G",
    "Kind",
    "components",
    "cooled",
    "correlations",
    "features",
    "line",
    "needed",
    "sector",
    "to_psi_plus",
]

Real = NDArray[np.float64]
Kind: TypeAlias = Literal["bell", "process", "counted", "low", "high", "x", "y"]

G, E, F = 0, 1, 2
SENDER, RECEIVER = 0, 3  # the places of their levels among the spaces
INPUTS: tuple[Kind, ...] = ("low", "high", "x", "y")
"""Starts that together make a process: |g><g|, |e><e|, and the Pauli operators X and Y of the sender's qubit."""

_NODES = (("A", SENDER, 1), ("B", RECEIVER, 2))  # name, place of the levels, place of the resonator
_PAULI = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)


def features(transfer: Transfer, kind: Kind) -> frozenset[str]:
    """What the equation and its starts must hold for this transfer; what is off everywhere is left out."""
    found: set[str] = {"process", kind} if kind == "counted" else {kind}
    for name, values in (("warm", transfer.thermal_photons), ("pi pulse", transfer.pi_pulse)):
        if _some(values):
            found.add(name)
    if kind == "bell" and _some(transfer.preparation):
        found.add("preparation")
    for name, node in zip("AB", (transfer.sender, transfer.receiver), strict=True):
        if _some(node.detuning) or _some(node.stark_shift):
            found.add(f"shift {name}")
        if _some(node.excited):
            found.add(f"excited {name}")
    return frozenset(found)


def cooled(present: frozenset[str], transfer: Transfer) -> frozenset[str]:
    """The same features with a warm line in the frame in which it is cold, see `cooled.py`."""
    if "warm" not in present:
        return present
    nodes = zip("AB", (transfer.sender, transfer.receiver), strict=True)
    lossy = {f"cold bath {name}" for name, node in nodes if _some(node.internal_loss)}
    return present - {"warm"} | {"cooled"} | lossy


def needed(transfer: Transfer, kind: Kind, levels: int | None) -> frozenset[str]:
    """What the equation must hold; a warm line in the frame in which it is cold unless `levels` are given."""
    present = features(transfer, kind)
    return cooled(present, transfer) if levels is None else present


def _some(values: Any) -> bool:
    """Whether any of the numbers is not zero."""
    return bool(values) if isinstance(values, (float, int)) else bool(np.any(values))


@cache
def sector(present: frozenset[str], levels: int) -> Sector:
    """The coordinates that a transfer with these features reaches, with `levels` Fock levels of each resonator.

    Where a warm line is `cooled` both resonators together hold fewer photons than `levels`.
    """
    dims = (3, levels, levels, 3)
    row = line("warm" in present, levels, "counted" in present, "cooled" in present)
    ports = row.ports
    terms: list[Term] = list(row.terms)
    if "counted" in present:
        terms.append(count("emitted", ports[0].dag @ ports[0]))
        terms.append(count("lost inside", ports[1].dag @ ports[1]))
    for (name, place, _), port in zip(_NODES, ports, strict=True):
        half = port.dag @ _level(dims, place, G, F)
        terms.append(hamiltonian(f"drive {name}", half + half.dag))
        if "cooled" in present:
            terms.append(mixed(f"warm drive {name}", port, _level(dims, place, G, F)))
        if f"cold bath {name}" in present:
            terms.append(cold_bath(f"cold bath {name}", port))
        terms.append(jump(f"e to g {name}", _level(dims, place, G, E)))
        terms.append(jump(f"f to e {name}", _level(dims, place, E, F)))
        terms.append(jump(f"dephasing g {name}", _level(dims, place, G, G)))
        terms.append(jump(f"dephasing f {name}", _level(dims, place, F, F)))
        if f"shift {name}" in present:
            terms.append(hamiltonian(f"shift {name}", _level(dims, place, F, F)))
    if "preparation" in present:
        terms += [_turn("pulse ge A", dims, SENDER, G, E)]
    if "preparation" in present or ("pi pulse" in present and "process" in present):
        terms += [_turn("pulse ef A", dims, SENDER, E, F)]
    if "pi pulse" in present:
        terms += [_turn("pulse ef B", dims, RECEIVER, F, E)]
    where = reach(OpenSystem(dims, tuple(terms)), [start for _, start in components(present, dims)])
    return replace(where, positive=False) if "cooled" in present else where


def correlations(where: Sector) -> tuple[Real, Real]:
    """Rows that give Tr(rho s_i x s_j) of the two qubits, shape (4, 4, size) each.

    The first for an ideal pi pulse at the receiver still to come (its f counts as e), the second for one played out.
    """
    kept = where.__dict__.setdefault("correlations", [])
    if not kept:
        dims = where.system.dims
        for one in (F, E):
            first = [_qubit(dims, SENDER, E, pauli) for pauli in _PAULI]
            second = [_qubit(dims, RECEIVER, one, pauli) for pauli in _PAULI]
            kept.append(np.array([[where.expectation(a @ b) for b in second] for a in first]))
    return kept[0], kept[1]


def to_psi_plus(where: Sector, pi_pulse: Real) -> Real:
    """Rows that give the fidelity to psi+ from coordinates, shape (size, points), for pi pulses of given lengths."""
    kept = where.__dict__.setdefault("to_psi_plus", [])
    if not kept:
        signs = np.array([1.0, 1, 1, -1]) / 4
        kept += [np.einsum("i,iik->k", signs, kind)[:, None] for kind in correlations(where)]
    return np.asarray(np.where(pi_pulse == 0, *kept)) if pi_pulse.any() else kept[0]


@cache
def line(warm: bool, levels: int, counted: bool, together: bool = False) -> Cascade:
    dims = (3, levels, levels, 3)
    ports = [local(dims, place, destroy(levels)) for _, _, place in _NODES]
    if together:
        ports = [within(port, (1, 2)) for port in ports]
    return Cascade(tuple(ports), warm, counted)


@cache
def components(present: frozenset[str], dims: tuple[int, ...]) -> list[tuple[tuple[Any, ...], Operator]]:
    """What starts are made of: (name, excited A, excited B, photons A, photons B) and the density matrix."""
    superposed = np.zeros((3, 3))
    superposed[np.ix_([E, F], [E, F])] = 0.5
    ground, first, second = (transition(3, level, level) for level in (G, E, F))
    senders: list[tuple[str, bool, NDArray[Any]]] = []
    if "bell" in present:
        senders.append(("ready", False, superposed))
        if "excited A" in present:  # the preparing pulses take e to g
            senders.append(("ready", True, ground))
        if "preparation" in present:
            senders.append(("to be prepared", False, ground))
            if "excited A" in present:
                senders.append(("to be prepared", True, first))
    else:
        for one, word in ((F, "f"), (E, "e")) if "pi pulse" in present else ((F, "f"),):
            up, down = transition(3, one, G), transition(3, G, one)
            senders.append((f"low {word}", False, ground))
            senders.append((f"high {word}", False, second if one == F else first))
            senders.append((f"x {word}", False, up + down))
            senders.append((f"y {word}", False, 1j * up - 1j * down))
    receivers = [(False, ground)] + ([(True, first)] if "excited B" in present else [])
    photons = range(dims[1]) if "warm" in present else range(1)
    found = []
    for name, excited_a, sender in senders:
        for excited_b, receiver in receivers:
            for j in photons:
                for k in photons:
                    start = local(dims, SENDER, sender) @ local(dims, RECEIVER, receiver)
                    for place, number in ((1, j), (2, k)):
                        start = start @ local(dims, place, transition(dims[1], number, number))
                    found.append(((name, excited_a, excited_b, j, k), start))
    return found


def _level(dims: tuple[int, ...], place: int, to: int, origin: int) -> Operator:
    return local(dims, place, transition(3, to, origin))


def _turn(name: str, dims: tuple[int, ...], place: int, origin: int, to: int) -> Term:
    """A drive about y that takes `origin` to `to` without a phase."""
    matrix = 1j * (transition(3, to, origin) - transition(3, origin, to))
    return hamiltonian(name, local(dims, place, matrix))


def _qubit(dims: tuple[int, ...], place: int, one: int, pauli: NDArray[Any]) -> Operator:
    matrix = np.zeros((3, 3), dtype=complex)
    matrix[np.ix_([G, one], [G, one])] = pauli
    return local(dims, place, matrix)
