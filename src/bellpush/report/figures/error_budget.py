"""The error budget of a link: each imperfection alone on, and alone off."""

from __future__ import annotations

import numpy as np

from bellpush.links.budget import budget
from bellpush.links.link import Link
from bellpush.report.figures.canvas import BLUE, ORANGE, Drawn, plain

__all__ = ["draw"]

HALF = 0.36  # of a row, for one bar


def draw(link: Link) -> Drawn | None:
    """Two bars for each imperfection; None where the scheme names none."""
    costs = budget(link)
    if not costs:
        return None
    figure, axes = plain(0.9 + 0.48 * len(costs))
    rows = np.arange(len(costs), dtype=float)
    largest = max(max(cost.alone_on or 0.0, cost.alone_off or 0.0) for cost in costs)
    for side, name, colour, hatch in (
        (-HALF / 2, "alone_on", BLUE, ""),
        (HALF / 2, "alone_off", ORANGE, "////"),
    ):
        for row, cost in zip(rows, costs, strict=True):
            value = getattr(cost, name)
            if value is None:
                continue
            value = round(value, 4) + 0.0  # no zero with a sign
            axes.barh(
                row + side, value, HALF * 0.86, facecolor="none" if hatch else colour, edgecolor=colour, hatch=hatch
            )
            words = ("alone on " if name == "alone_on" else "alone off ") if row == 0 else ""
            axes.annotate(
                f"{words}{value:.4f}",
                (max(value, 0.0), row + side),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
    axes.set_yticks(rows, [cost.name for cost in costs])
    axes.invert_yaxis()
    axes.set_xlim(min(0.0, *[cost.alone_off or 0.0 for cost in costs]), largest * 1.45)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("fidelity lost alone, or gained without (1)")
    known = [cost for cost in costs if cost.alone_off is not None]
    rest = [cost for cost in costs if cost.alone_off is None]
    sentence = f"The fresh fidelity of {link.name} is {link.fidelity.value:.4f}"
    if known:
        best = max(known, key=lambda cost: cost.alone_off or 0.0)
        sentence += f"; of what can be mended, {best.name} costs most: {best.alone_off:.4f} is gained without it"
    if rest:
        sentence += f"; {rest[0].alone_on:.4f} stays lost with all of them off ({rest[0].name})"
    return Drawn(f"Error budget of {link.name}", figure, f"{sentence}.")
