"""One figure of a result: the fidelities of every request, and the state it hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bellpush.delivery.request import Request
from bellpush.scenario.result import Answer, Result
from bellpush.states.pair import to_density

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["fidelities", "summary"]

CLASSICAL = 0.5
BASIS = ("00", "01", "10", "11")


def fidelities(answer: Answer) -> tuple[list[tuple[str, float]], float]:
    """What a pair is worth when fresh, when handed over, and over all presses; and the fidelity that is asked for."""
    fresh = (("fresh pair", answer.request.link.fidelity),) if isinstance(answer.request, Request) else ()
    named = (
        *fresh,
        ("heralded, handed over", answer.fidelity_heralded),
        ("delivered, every press", answer.fidelity),
    )
    rows = [(name, estimate.value) for name, estimate in named if estimate.value is not None]
    asked = answer.request.min_fidelity
    return rows, CLASSICAL if asked is None else asked


def summary(result: Result) -> Figure:
    """Bars of the fidelities at the left, of the populations handed over at the right; one row a request."""
    from bellpush.report.figures.canvas import BLUE, FAINT, RED, canvas, style

    with style():
        figure = canvas(max(1.9 * len(result.requests), 1.2), width=7.2)
        if not result.requests:
            figure.text(0.5, 0.5, "The scenario asks for nothing.", ha="center", va="center")
            return figure
        grid = figure.subplots(len(result.requests), 2, squeeze=False, width_ratios=[1.7, 1])
        for (bars, cells), (name, answer) in zip(grid, result.requests.items(), strict=True):
            rows, threshold = fidelities(answer)
            names = [row for row, _ in rows]
            bars.barh(names, [value for _, value in rows], color=BLUE, height=0.6)
            bars.axvline(threshold, color=RED, linewidth=1)
            bars.set_xlim(0, 1)
            bars.invert_yaxis()
            bars.set_title(name, fontsize=9.5, loc="left")
            bars.set_xlabel(f"fidelity to {answer.law.target}")
            for row, (_, value) in enumerate(rows):
                inside = value > 0.85
                place, side = (value - 0.01, "right") if inside else (value + 0.01, "left")
                colour = "white" if inside else None
                bars.text(place, row, f"{value:.4g}", va="center", ha=side, color=colour, fontsize=8.5)
            state = np.asarray(answer.state)
            if np.isfinite(state).all():
                cells.bar(BASIS, to_density(state).real.diagonal(), color=FAINT, edgecolor=BLUE)
            cells.set_ylim(0, 1)
            cells.set_ylabel("population")
            cells.set_xlabel("handed over, 1 = bright")
    return figure
