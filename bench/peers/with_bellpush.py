"""The work by bellpush."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.physics import sequence, sequence_drives
from bellpush.physics.evolve import Problem, evolve
from bellpush.physics.pulse_sech import Sech
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sector import Sector, reach
from bellpush.physics.sensitivity import Sensitivity
from bellpush.physics.transfer import Transfer, bell
from peers.jobs import Job, sweep
from peers.workload import BANDWIDTH, RECEIVER, SENDER, WINDOW, Point, Transmon

# Of those that leave an error of 1e-6, the ones that answer soonest: the estimate is larger than the error made.
TOLERANCES = {
    "one evolution, dim 36": 7e-5,
    "one evolution, dim 81": 7e-5,
    "sweep of 256, dim 36": 1e-3,
    "sweep of 256, dim 81": 1e-3,
    "two derivatives, dim 36": 1e-4,
    "two derivatives, dim 81": 1e-4,
    "thermal start, dim 36": 1e-3,
    "thermal start, dim 81": 2e-3,
    # Decays forgive what their steps get wrong, which the estimate does not know: it is 1e5 times too large and more.
    "full start, dim 36": 100.0,
    "full start, dim 81": 30.0,
}
MICRO = 1e-6


def prepare(job: Job) -> Callable[[], NDArray[Any]] | None:
    """A call that does the work once, everything that may be made beforehand being made."""
    tolerance = TOLERANCES[job.name]
    if job.kind == "evolution":
        return evolution(job, tolerance)
    if job.kind == "sweep":
        points = sweep()
        etas = np.array([point.transmission for point in points])
        widths = np.array([point.receiver_linewidth for point in points])
        swept = transfer(Point(transmission=etas, receiver_linewidth=widths))  # type: ignore[arg-type]
        return lambda: fidelity(bell(swept, tolerance=tolerance, levels=job.levels, compiled=True).pair)
    # The other tools prepare a function of two numbers, too.
    ask = Sensitivity(transfer(job.point), ["transmission", "sender.relaxation_ge"], tolerance)
    values = job.point.transmission, job.point.sender_relaxation / MICRO
    return lambda: ask(*values)[1] * [1.0, 1 / MICRO]


def evolution(job: Job, tolerance: float) -> Callable[[], NDArray[Any]]:
    """The state at the end; as coordinates while the clock runs, which is how bellpush uses it."""
    _, start, problem = prepared(job)
    return lambda: evolve(problem, start, tolerance, compiled=True).values


def answer(job: Job, found: NDArray[Any]) -> NDArray[Any]:
    """What all tools answer with, outside of the clock."""
    if job.kind != "evolution":
        return found
    where, _, _ = prepared(job)
    return where.density(found, range(4))


def prepared(job: Job) -> tuple[Sector, NDArray[np.float64], Problem]:
    """Sector, coordinates of the start, and the problem."""
    given = transfer(job.point)
    present = sequence.features(given, "bell")
    system = sequence.sector(present, job.levels).system
    start = job.start(job.levels)
    where = reach(system, [start])
    return where, where.coordinates(start), sequence_drives.problem(given, where, present)


def transfer(point: Point) -> Transfer:
    """The same numbers in SI units."""
    sender = qutrit(point.sender_linewidth, SENDER._replace(relaxation_ge=point.sender_relaxation))
    receiver = qutrit(point.receiver_linewidth, RECEIVER)
    return Transfer(
        sender,
        receiver,
        Sech(BANDWIDTH / MICRO),
        transmission=point.transmission,
        window=WINDOW * MICRO,
        thermal_photons=point.thermal_photons,
    )


def qutrit(linewidth: float, node: Transmon) -> Qutrit:
    return Qutrit(
        linewidth / MICRO,
        node.relaxation_ge / MICRO,
        node.relaxation_ef / MICRO,
        node.dephasing_g / MICRO,
        node.dephasing_f / MICRO,
    )


def fidelity(pair: NDArray[np.float64]) -> NDArray[np.float64]:
    """To psi+, from the correlations of pairs, shape (..., 4, 4)."""
    return np.asarray((pair[..., 0, 0] + pair[..., 1, 1] + pair[..., 2, 2] - pair[..., 3, 3]) / 4)
