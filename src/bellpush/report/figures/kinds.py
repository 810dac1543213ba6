"""All figures, in the order of the page; a new one is its file and its line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bellpush.links.link import Link
from bellpush.report.figures import (
    cycle,
    devices,
    efficiency_plane,
    error_budget,
    experiments_plane,
    fidelity_over_time,
    scaling,
    state,
    waiting,
)
from bellpush.report.figures.canvas import Drawn
from bellpush.report.subject import Subject

__all__ = ["OF_ALL", "OF_LINKS", "OF_SUBJECTS"]

# By the name of their files. Each returns None where it has nothing to show.
OF_ALL: dict[str, Callable[[Sequence[Subject]], Drawn | None]] = {
    "efficiency-plane": efficiency_plane.draw,
    "experiments-plane": experiments_plane.draw,
}
OF_SUBJECTS: dict[str, Callable[[Subject], Drawn | None]] = {
    "fidelity-over-time": fidelity_over_time.draw,
    "cycle": cycle.draw,
    "scaling": scaling.draw,
    "latency": waiting.latency,
    "delivered-by": waiting.delivered_by,
    "correlations": state.correlations,
    "density-matrix": state.density,
}
OF_LINKS: dict[str, Callable[[Link], Drawn | None]] = {
    "error-budget": error_budget.draw,
    "devices": devices.draw,
}
