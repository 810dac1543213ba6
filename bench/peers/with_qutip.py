"""The work by QuTiP, in the fastest of the ways it offers; docs/background/speed.md lists what was tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray

from peers.jobs import Job, sweep
from peers.workload import WINDOW, Point, bell, coupling, exchange, operators

# Relative tolerance, and the absolute one: as loose as still leaves an error of 1e-6.
TOLERANCES = {
    "one evolution, dim 36": (5e-6, 5e-8),
    "one evolution, dim 81": (2e-6, 2e-9),
    "sweep of 256, dim 36": (5e-6, 5e-8),
    "sweep of 256, dim 81": (2e-6, 2e-9),
    "two derivatives, dim 36": (5e-6, 5e-8),
    "two derivatives, dim 81": (1e-6, 1e-8),
    "thermal start, dim 36": (3e-4, 3e-7),
    "thermal start, dim 81": (3e-5, 3e-8),
    "full start, dim 36": (1.5e-3, 1.5e-6),
    "full start, dim 81": (3e-6, 3e-9),
}
# Where the fastest decay decides how long a step may be, the shorter method takes fewer evaluations.
METHODS = {"thermal start, dim 81": "vern7", "full start, dim 81": "vern7"}
KNOTS = 401  # of the cubic splines by which QuTiP takes the couplings; their error is 5e-9 of the largest coupling

SPAN = [-WINDOW / 2, WINDOW / 2]
STEP = 3e-3  # relative, of the central differences


def prepare(job: Job) -> Callable[[], NDArray[Any]] | None:
    """A call that does the work once, everything that may be made beforehand being made."""
    pieces = Pieces(job)
    start = qutip.Qobj(job.start(job.levels), dims=pieces.dims)
    if job.kind == "evolution":
        solver = pieces.solver(job.point)
        return lambda: np.asarray(solver.run(start, SPAN).final_state.full())
    seen = qutip.Qobj(bell(job.levels), dims=pieces.dims).to("CSR")

    def fidelity(point: Point) -> float:
        mean: float = qutip.expect(seen, pieces.solver(point).run(start, SPAN).final_state)
        return mean

    if job.kind == "sweep":
        points = sweep()
        return lambda: np.array([fidelity(point) for point in points])

    def difference(name: str) -> float:
        value: float = getattr(job.point, name)
        up, down = (fidelity(job.point._replace(**{name: value * (1 + sign * STEP)})) for sign in (1, -1))
        return (up - down) / (2 * STEP * value)

    # QuTiP has no derivatives: central differences of four evolutions.
    return lambda: np.array([difference("transmission"), difference("sender_relaxation")])


def answer(job: Job, found: NDArray[Any]) -> NDArray[Any]:
    """What all tools answer with; here nothing is left to do."""
    return found


class Pieces:
    """The superoperators of a job, made once: a point only multiplies and adds them."""

    def __init__(self, job: Job) -> None:
        self.rtol, self.atol = TOLERANCES[job.name]
        self.method = METHODS.get(job.name, "dop853")
        self.dims = [[3, job.levels, job.levels, 3]] * 2
        self.times = np.linspace(SPAN[0], SPAN[1], KNOTS)
        parts = operators(job.levels)
        self.sender, self.receiver = (
            qutip.liouvillian(self._matrix(drive)).to("CSR") for drive in (parts.sender_drive, parts.receiver_drive)
        )
        # Every jump is linear in the roots of the rates, so its superoperator is quadratic in them.
        a, b = self._matrix(parts.sender_resonator), self._matrix(parts.receiver_resonator)
        unit = Point(transmission=1.0, sender_linewidth=1.0, receiver_linewidth=1.0)
        self.out, self.into = qutip.lindblad_dissipator(a).to("CSR"), qutip.lindblad_dissipator(b).to("CSR")
        self.heat_out = qutip.lindblad_dissipator(a.dag()).to("CSR")
        self.heat_into = qutip.lindblad_dissipator(b.dag()).to("CSR")
        self.mixed = (qutip.lindblad_dissipator(a, b) + qutip.lindblad_dissipator(b, a)).to("CSR")
        self.heat_mixed = (
            qutip.lindblad_dissipator(a.dag(), b.dag()) + qutip.lindblad_dissipator(b.dag(), a.dag())
        ).to("CSR")
        self.exchange = qutip.liouvillian(self._matrix(exchange(parts, unit))).to("CSR")
        self.decay = qutip.lindblad_dissipator(self._matrix(parts.sender_decay)).to("CSR")
        self.transmons = sum(qutip.lindblad_dissipator(self._matrix(each)) for each in parts.transmons).to("CSR")

    def solver(self, point: Point) -> qutip.MESolver:
        """All that differs from point to point."""
        n, width, other = point.thermal_photons, point.sender_linewidth, point.receiver_linewidth
        both = np.sqrt(point.transmission * width * other)
        still = (
            self.transmons
            + point.sender_relaxation * self.decay
            + ((1 + n) * width) * self.out
            + ((1 + n) * other) * self.into
            + ((1 + n) * both) * self.mixed
            + both * self.exchange
        )
        if n:
            still = still + (n * width) * self.heat_out + (n * other) * self.heat_into + (n * both) * self.heat_mixed
        moving = [
            [self.sender, qutip.coefficient(coupling(self.times, width), tlist=self.times)],
            [self.receiver, qutip.coefficient(coupling(-self.times, other), tlist=self.times)],
        ]
        options = {
            "method": self.method,
            "rtol": self.rtol,
            "atol": self.atol,
            "progress_bar": "",
            "store_states": False,
            "store_final_state": True,
            "normalize_output": False,
        }
        return qutip.MESolver(qutip.QobjEvo([still, *moving]), options=options)

    def _matrix(self, values: NDArray[Any]) -> qutip.Qobj:
        return qutip.Qobj(values, dims=self.dims).to("CSR")
