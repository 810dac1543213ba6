"""What the answers are compared with: the full Liouvillian as it stands in the textbooks, to twelve digits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.jobs import Job, sweep
from peers.workload import WINDOW, Complex, Operators, Point, bell, coupling, exchange, jumps, operators

CHECKED = (0, 15, 100, 240, 255)  # points of the sweep that are compared
STEP = 1e-3  # relative, of the parameters in the derivatives


def evolved(levels: int, point: Point, start: Complex) -> Complex:
    """The density matrix at the end, by scipy's DOP853 at a tolerance of 1e-12."""
    from scipy.integrate import solve_ivp

    parts = operators(levels)
    still = liouvillian(parts, point)
    sender, receiver = commutator(parts.sender_drive), commutator(parts.receiver_drive)

    def slope(t: float, rho: Complex) -> Any:
        out, into = coupling(t, point.sender_linewidth), coupling(-t, point.receiver_linewidth)
        return still @ rho + out * (sender @ rho) + into * (receiver @ rho)

    span = (-WINDOW / 2, WINDOW / 2)
    found = solve_ivp(slope, span, start.reshape(-1), method="DOP853", rtol=1e-12, atol=1e-15)
    return np.asarray(found.y[:, -1].reshape(start.shape))


def commutator(hamiltonian: NDArray[Any]) -> Any:
    """-i [H, rho] as a sparse matrix on the rows of rho laid end to end."""
    from scipy.sparse import csr_matrix, identity, kron

    unit, h = identity(len(hamiltonian)), csr_matrix(hamiltonian)
    return (-1j * (kron(h, unit) - kron(unit, h.T))).tocsr()


def liouvillian(parts: Operators, point: Point) -> Any:
    """All that does not change in time, in the same form."""
    from scipy.sparse import csr_matrix, identity, kron

    unit = identity(len(parts.sender_drive))
    total = commutator(exchange(parts, point))
    for each in jumps(parts, point):
        jump = csr_matrix(each)
        number = jump.T @ jump
        total = total + kron(jump, jump) - 0.5 * (kron(number, unit) + kron(unit, number.T))
    return total.tocsr()


def reference(job: Job) -> NDArray[Any]:
    """The answer to a job; of a sweep, at the points CHECKED."""
    if job.kind == "evolution":
        return evolved(job.levels, job.point, job.start(job.levels))
    if job.kind == "sweep":
        points = sweep()
        return np.array([_fidelity(job, points[index]) for index in CHECKED])
    return np.array([_slope(job, name) for name in ("transmission", "sender_relaxation")])


def error(job: Job, answer: NDArray[Any], right: NDArray[Any]) -> float:
    """Length of the difference over the length of the right answer."""
    compared = answer[list(CHECKED)] if job.kind == "sweep" else answer
    return float(np.linalg.norm(compared - right) / np.linalg.norm(right))


def _fidelity(job: Job, point: Point) -> float:
    rho = evolved(job.levels, point, job.start(job.levels))
    return float(np.vdot(bell(job.levels), rho).real)


def _slope(job: Job, name: str) -> float:
    """Central difference of fourth order."""
    middle: float = getattr(job.point, name)
    step = STEP * middle
    weights = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}
    total = 0.0
    for shift, weight in weights.items():
        total += weight * _fidelity(job, job.point._replace(**{name: middle + shift * step}))
    return total / step
