"""How bellpush's cost grows with Fock levels and with nodes on one line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bellpush.physics.cascade import Cascade
from bellpush.physics.evolve import Drive, Problem, Segment, evolve
from bellpush.physics.open_system import OpenSystem, Term, hamiltonian, jump
from bellpush.physics.operator import destroy, local, transition
from bellpush.physics.pulse_sech import sech_coupling
from bellpush.physics.sector import Sector, reach
from peers.child import seconds
from peers.workload import BANDWIDTH, RECEIVER, SENDER, WINDOW, Transmon

WIDTH = 2 * np.pi * 13.5  # rad/us, of all resonators here
TRANSMISSION = 0.77  # of every stretch of line
THERMAL = 0.1
TOLERANCE = 1e-6
ROUNDS = 5

HEAD = ["nodes", "Fock levels", "line", "dimension", "coordinates", "set-up ms", "evolution ms"]


def growth(cases: Sequence[tuple[int, int, bool]] | None = None) -> list[list[str]]:
    """A table with a heading: (nodes, Fock levels, warm) and the CPU time of set-up and of one evolution.

    One photon goes down the line of several nodes in a row; each that is not the last catches about half of what
    reaches it. Set-up finds the coordinates and needs to be done once for any number of points.
    """
    if cases is None:
        cases = [(2, levels, warm) for warm in (False, True) for levels in (2, 3, 4)]
        cases += [(nodes, 2, False) for nodes in (3, 4)] + [(3, 2, True)]
    return [HEAD, *(_measured(*case) for case in cases)]


def _measured(nodes: int, levels: int, warm: bool) -> list[str]:
    begin = time.process_time()
    where, start = row(nodes, levels, warm)
    spent = time.process_time() - begin
    work = passing(where, start, nodes, warm)
    work()
    taken = statistics.median(seconds(work) for _ in range(ROUNDS))
    line = f"{THERMAL} photons" if warm else "cold"
    dimension = (3 * levels) ** nodes
    return [str(nodes), str(levels), line, str(dimension), str(where.size), f"{1e3 * spent:.3g}", f"{1e3 * taken:.3g}"]


def row(nodes: int, levels: int, warm: bool) -> tuple[Sector, NDArray[np.float64]]:
    """The sector of so many nodes in a row, of which the first starts in (|e> + |f>)/sqrt2, and its start.

    Spaces: the transmon and the resonator of the first node, then of the second, and so on.
    """
    dims = (3, levels) * nodes
    cascade = _cascade(nodes, levels, warm)
    terms: list[Term] = list(cascade.terms)
    for node, port in enumerate(cascade.ports):
        half = port.dag @ local(dims, 2 * node, transition(3, 0, 2))
        terms.append(hamiltonian(f"drive {node}", half + half.dag))
        for name, to, origin in (("ge", 0, 1), ("ef", 1, 2), ("g", 0, 0), ("f", 2, 2)):
            terms.append(jump(f"{name} {node}", local(dims, 2 * node, transition(3, to, origin))))
    superposed = np.zeros((3, 3))
    superposed[1:, 1:] = 0.5
    start = local(dims, 0, superposed)
    for node in range(nodes):
        if node:
            start = start @ local(dims, 2 * node, transition(3, 0, 0))
        occupied = (THERMAL / (1 + THERMAL)) ** np.arange(levels) if warm else np.eye(levels)[0]
        start = start @ local(dims, 2 * node + 1, np.diag(occupied / occupied.sum()))
    where = reach(OpenSystem(dims, tuple(terms)), [start])
    return where, where.coordinates(start)


def passing(where: Sector, start: NDArray[np.float64], nodes: int, warm: bool) -> Callable[[], object]:
    """One evolution, in microseconds as everywhere here."""
    cascade = _cascade(nodes, where.system.dims[1], warm)
    constants = dict(cascade.coefficients([WIDTH] * nodes, [TRANSMISSION] * (nodes - 1), THERMAL if warm else 0.0))
    drives = {}
    for node in range(nodes):
        constants |= {f"{name} {node}": np.asarray(rate) for name, rate in _rates(SENDER if node == 0 else RECEIVER)}
        share = 1.0 if node in (0, nodes - 1) else 0.5
        drives[f"drive {node}"] = Drive(_emit if node == 0 else _catch, (share,))
    problem = Problem(where, constants, [Segment(-WINDOW / 2, WINDOW / 2, drives)])
    return lambda: evolve(problem, start, TOLERANCE, compiled=True)


def _cascade(nodes: int, levels: int, warm: bool) -> Cascade:
    dims = (3, levels) * nodes
    return Cascade(tuple(local(dims, 2 * node + 1, destroy(levels)) for node in range(nodes)), warm)


def _rates(node: Transmon) -> list[tuple[str, float]]:
    return [
        ("ge", node.relaxation_ge),
        ("ef", node.relaxation_ef),
        ("g", 2 * node.dephasing_g),
        ("f", 2 * node.dephasing_f),
    ]


def _emit(t: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return np.asarray(share * sech_coupling(t, WIDTH, BANDWIDTH))


def _catch(t: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return np.asarray(share * sech_coupling(-t, WIDTH, BANDWIDTH))
