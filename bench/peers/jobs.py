"""The list of work, and what bellpush should reach beside each peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from peers.workload import Complex, Point, full_start, half_photon, thermal_start

Kind = Literal["evolution", "sweep", "derivative"]


class Job(NamedTuple):
    """One piece of work, the same for all tools."""

    name: str
    kind: Kind
    levels: int  # Fock levels of each resonator
    goals: Mapping[str, float]  # how many times less CPU time than this tool
    start: Callable[[int], Complex] = half_photon
    point: Point = Point()


WARM = Point(thermal_photons=0.1)

_ALONE = {"QuTiP": 200.0, "dynamiqs": 100.0}
_SWEPT = {"QuTiP": 1500.0}
_DERIVED = {"dynamiqs": 300.0}
_LARGE = {"QuTiP": 2.0, "dynamiqs": 2.0}

JOBS = (
    Job("one evolution, dim 36", "evolution", 2, _ALONE),
    Job("one evolution, dim 81", "evolution", 3, {}),
    Job("sweep of 256, dim 36", "sweep", 2, _SWEPT),
    Job("sweep of 256, dim 81", "sweep", 3, {}),
    Job("two derivatives, dim 36", "derivative", 2, _DERIVED),
    Job("two derivatives, dim 81", "derivative", 3, {}),
    Job("thermal start, dim 36", "evolution", 2, _LARGE, thermal_start, WARM),
    Job("thermal start, dim 81", "evolution", 3, _LARGE, thermal_start, WARM),
    Job("full start, dim 36", "evolution", 2, _LARGE, full_start, WARM),
    Job("full start, dim 81", "evolution", 3, _LARGE, full_start, WARM),
)
"""Goals stand where the project has set one. An evolution answers with the density matrix at the end, shape (d, d); a
sweep with the Bell fidelity at each point, shape (256,); a derivative with those of the Bell fidelity by the
transmission and by the sender's 1/T1ge (per 1/us), shape (2,)."""


def named(name: str) -> Job:
    """The job of that name."""
    return next(job for job in JOBS if job.name == name)


def sweep() -> list[Point]:
    """256 points: transmission by the receiver's linewidth, which changes jumps, exchange and coupling at once."""
    transmissions, linewidths = np.linspace(0.55, 1.0, 16), 2 * np.pi * np.linspace(10.5, 18.0, 16)
    return [
        Point(transmission=float(eta), receiver_linewidth=float(width)) for eta in transmissions for width in linewidths
    ]
