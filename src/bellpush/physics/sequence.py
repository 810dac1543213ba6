"""The sequence of one photon transfer as an open system: its spaces, terms, starts and stretches of time.

Spaces, in this order: the sender's levels (g, e, f), its resonator, the receiver's resonator, its levels. Pulses that
turn levels turn them about y, so that they add no phase: |g> becomes |e>, |e> becomes |f> (and (|e> + |f>)/sqrt2
half-way) at the sender, |f> becomes |e> at the receiver. Derived in docs/background/photon-transfer.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.cascade import Cascade
from bellpush.physics.cooled import cold_bath, mixed, strengthened, within
from bellpush.physics.open_system import OpenSystem, Term, count, hamiltonian, jump
from bellpush.physics.operator import Operator, destroy, local, transition
from bellpush.physics.photon import Photon
from bellpush.physics.problem import Drive, Problem, Segment
from bellpush.physics.pulse_driven import Driven
from bellpush.physics.pulse_sampled import Sampled
from bellpush.physics.pulse_sech import Sech, sech_coupling
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sector import Sector, reach
from bellpush.physics.stretches import stretches

if TYPE_CHECKING:
    from bellpush.physics.transfer import Transfer

__all__ = [
    "FIXED",
    "INPUTS",
    "RECEIVER",
    "SENDER",
    "cooled",
    "correlations",
    "features",
    "problem",
    "sector",
    "starts",
    "to_psi_plus",
]

Real = NDArray[np.float64]
Kind: TypeAlias = Literal["bell", "process", "counted", "low", "high", "x", "y"]

G, E, F = 0, 1, 2
SENDER, RECEIVER = 0, 3  # the places of their levels among the spaces
INPUTS: tuple[Kind, ...] = ("low", "high", "x", "y")
"""Starts that together make a process: |g><g|, |e><e|, and the Pauli operators X and Y of the sender's qubit."""
FIXED = (Sampled, Driven)
"""Photons that are the same at all points; the numbers of others may differ from point to point."""

_NODES = (("A", SENDER, 1), ("B", RECEIVER, 2))  # name, place of the levels, place of the resonator
_PAULI = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
_FINE = 1001  # times at which the largest coupling is looked for


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


def _some(values: Any) -> bool:
    """Whether any of the numbers is not zero."""
    return bool(values) if isinstance(values, float | int) else bool(np.any(values))


@cache
def sector(present: frozenset[str], levels: int) -> Sector:
    """The coordinates that a transfer with these features reaches, with `levels` Fock levels of each resonator.

    Where a warm line is `cooled` both resonators together hold fewer photons than `levels`.
    """
    dims = (3, levels, levels, 3)
    row = _cascade("warm" in present, levels, "counted" in present, "cooled" in present)
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
    where = reach(OpenSystem(dims, tuple(terms)), [start for _, start in _components(present, dims)])
    return replace(where, positive=False) if "cooled" in present else where


def starts(transfer: Transfer, where: Sector, present: frozenset[str], kind: Kind) -> Any:
    """Coordinates at the beginning, shape (size,) or (size, points).

    `present` are the features with which the sector was made; `kind` is "bell", or one of `INPUTS`.
    """
    levels = where.system.dims[1]
    process = kind != "bell"
    if not (process or present & {"warm", "preparation", "excited A", "excited B"}):  # one pure state
        return _coordinates(where, _components(present, where.system.dims)[0][1])
    n = np.asarray(transfer.thermal_photons)
    fock = (n / (1 + n)) ** np.arange(levels).reshape(-1, *[1] * n.ndim) if "warm" in present else np.ones(1)
    fock = fock / fock.sum(axis=0)
    ideal = np.equal(transfer.pi_pulse, 0)
    total: Any = 0.0
    for (name, excited_a, excited_b, j, k), start in _components(present, where.system.dims):
        if process and not name.startswith(kind):
            continue
        weight = fock[j] * fock[k]
        for excited, node in ((excited_a, transfer.sender), (excited_b, transfer.receiver)):
            weight = weight * (np.asarray(node.excited) if excited else 1 - np.asarray(node.excited))
        if process and "pi pulse" in present:
            weight = weight * np.where(ideal, name.endswith("f"), name.endswith("e"))
        if "preparation" in present:
            weight = weight * np.where(np.equal(transfer.preparation, 0), name == "ready", name == "to be prepared")
        coordinates = _coordinates(where, start)
        total = total + coordinates.reshape(-1, *[1] * np.ndim(weight)) * weight
    return total


def problem(transfer: Transfer, where: Sector, present: frozenset[str], shape: tuple[int, ...] = ()) -> Problem:
    """The sector with all coefficients and drives of the sequence.

    `present` are the features with which the sector was made; for `shape` see `Problem`.
    """
    nodes = (transfer.sender, transfer.receiver)
    constants: dict[str, ArrayLike] = dict(
        _cascade("warm" in present, where.system.dims[1], "counted" in present, "cooled" in present).coefficients(
            [node.linewidth for node in nodes],
            [transfer.transmission],
            transfer.thermal_photons if "warm" in present else 0.0,
            [node.internal_loss for node in nodes],
        )
    )
    if "counted" in present:
        constants["emitted"] = transfer.sender.linewidth
        constants["lost inside"] = transfer.receiver.internal_loss
    couplings = [_coupling(transfer, node, emits) for node, emits in zip(nodes, (True, False), strict=True)]
    for name, node in zip("AB", nodes, strict=True):
        constants[f"e to g {name}"] = node.relaxation_ge
        constants[f"f to e {name}"] = node.relaxation_ef
        constants[f"dephasing g {name}"] = 2 * np.asarray(node.dephasing_g)
        constants[f"dephasing f {name}"] = 2 * np.asarray(node.dephasing_f)
        if f"cold bath {name}" in present:
            constants[f"cold bath {name}"] = -np.asarray(transfer.thermal_photons) * np.asarray(node.internal_loss)
    segments: list[Segment] = []
    half = np.asarray(transfer.preparation) / 2
    if "preparation" in present:
        segments.append(_pulse("pulse ge A", half, np.pi / 2))
        segments.append(_pulse("pulse ef A", half, np.pi / 4))
    elif "pi pulse" in present and "process" in present:
        segments.append(_pulse("pulse ef A", transfer.pi_pulse, np.pi / 2))
    for stretch in stretches(transfer.photon, transfer.window, transfer.timing_error):
        drives: dict[str, Drive] = {}
        for place, (name, node, coupling) in enumerate(zip("AB", nodes, couplings, strict=True)):
            drives[f"drive {name}"] = here = stretch.driven(coupling, place)
            if "cooled" in present:
                drives[f"warm drive {name}"] = strengthened(here, transfer.thermal_photons)
            if f"shift {name}" in present:
                drives[f"shift {name}"] = _shift(node, here, _largest(transfer.window, coupling))
        segments.append(Segment(stretch.begin, stretch.end, drives))
    if "pi pulse" in present:
        segments.append(_pulse("pulse ef B", transfer.pi_pulse, np.pi / 2))
    # What only the start depends on spans points, too.
    begins = transfer.sender.excited, transfer.receiver.excited, transfer.thermal_photons
    return Problem(where, constants, segments, np.broadcast_shapes(shape, *map(np.shape, begins)))


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
    return np.asarray(np.where(pi_pulse == 0, *kept))


@cache
def _cascade(warm: bool, levels: int, counted: bool, together: bool = False) -> Cascade:
    dims = (3, levels, levels, 3)
    ports = [local(dims, place, destroy(levels)) for _, _, place in _NODES]
    if together:
        ports = [within(port, (1, 2)) for port in ports]
    return Cascade(tuple(ports), warm, counted)


@cache
def _components(present: frozenset[str], dims: tuple[int, ...]) -> list[tuple[tuple[Any, ...], Operator]]:
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


def _coordinates(where: Sector, start: Operator) -> Real:
    kept = where.__dict__.setdefault("starts", {})
    if id(start) not in kept:
        kept[id(start)] = (start, where.coordinates(start))
    found: Real = kept[id(start)][1]
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


def _pulse(name: str, length: ArrayLike, angle: float) -> Segment:
    """A square pulse of given length that turns by `angle` (coupling times length)."""
    length = np.asarray(length)
    # Where there is no pulse its coupling does not matter, but must be a number.
    coupling = angle / (length + (np.real(length) == 0))
    return Segment(0.0, length, {name: Drive(_steady, (coupling,))})


def _steady(t: Any, value: Any) -> Any:
    return value + 0 * t


def _coupling(transfer: Transfer, node: Qutrit, emits: bool) -> Drive:
    """The drive of one node as a function of time."""
    photon, late = transfer.photon, transfer.timing_error
    if isinstance(photon, Sech):
        parameters = (node.linewidth, photon.bandwidth, node.amplitude)
        if emits:
            return Drive(_sech_out, parameters, _fast_out)
        return Drive(_sech_in, (*parameters, late), _fast_in)
    same = isinstance(photon, FIXED)
    varied = () if same else tuple(getattr(photon, one.name) for one in fields(photon))  # type: ignore[arg-type]

    def coupling(t: Any, linewidth: Any, amplitude: Any, later: Any, *shape: Any) -> Any:
        there: Photon = photon if same else type(photon)(*shape)
        return amplitude * (there.emission(t, linewidth) if emits else there.capture(t - later, linewidth))

    return Drive(coupling, (node.linewidth, node.amplitude, late, *varied))


def _sech_out(
    t: Any, linewidth: Any, bandwidth: Any, amplitude: Any, coupling: Callable[..., Any] = sech_coupling
) -> Any:
    return amplitude * coupling(t, linewidth, bandwidth)


def _sech_in(
    t: Any, linewidth: Any, bandwidth: Any, amplitude: Any, late: Any, coupling: Callable[..., Any] = sech_coupling
) -> Any:
    return amplitude * coupling(late - t, linewidth, bandwidth)


@cache
def _fast_out() -> Callable[..., Any]:
    from bellpush.physics.kernels import sech

    return partial(_sech_out, coupling=sech)


@cache
def _fast_in() -> Callable[..., Any]:
    from bellpush.physics.kernels import sech

    return partial(_sech_in, coupling=sech)


def _largest(window: ArrayLike, drive: Drive) -> NDArray[Any]:
    """The largest coupling within a window, shape (...)."""
    length = np.asarray(window)
    axes = max(np.ndim(one) for one in (length, *drive.parameters))  # the window may be one where another is many
    times = length * np.linspace(-0.5, 0.5, _FINE).reshape(-1, *[1] * axes)
    tip = _tip(np.abs(np.real(drive.function(times, *drive.parameters))))
    largest = np.asarray(drive.function(length * (tip / (_FINE - 1) - 0.5), *drive.parameters))
    return np.where(largest == 0, 1.0, largest)  # a drive that is off shifts nothing


def _shift(node: Qutrit, drive: Drive, largest: NDArray[Any]) -> Drive:
    """Detuning of the drive, and what is left of the Stark shift, which grows as the square of the coupling."""

    def shift(t: Any, detuning: Any, stark: Any, most: Any, *parameters: Any) -> Any:
        return detuning + stark * (drive.function(t, *parameters) / most) ** 2

    return Drive(shift, (node.detuning, node.stark_shift, largest, *drive.parameters))


def _tip(values: Real) -> Real:
    """Where along the first axis the largest is, in samples from the first, by a parabola; shape (...)."""
    at = np.expand_dims(values.argmax(axis=0), 0)
    inside = (at > 0) & (at < len(values) - 1)
    before, here, after = (np.take_along_axis(values, at + step * inside, axis=0)[0] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    offset = np.where(bend < 0, (before - after) / (2 * np.where(bend < 0, bend, 1.0)), 0.0)
    return np.asarray(at[0] + offset)
