"""Labels beside points, none upon another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

__all__ = ["ABOVE", "BELOW", "FAR", "SIDES", "Label", "Side", "place"]

NEXT = 8  # points from a marker to its label
FAR = 24
Side: TypeAlias = tuple[int, int, Literal["left", "center", "right"], Literal["top", "center", "bottom"]]
SIDES: tuple[Side, ...] = (
    (NEXT, 0, "left", "center"),
    (-NEXT, 0, "right", "center"),
    (0, NEXT, "center", "bottom"),
    (0, -NEXT, "center", "top"),
    (NEXT, NEXT, "left", "bottom"),
    (NEXT, -NEXT, "left", "top"),
    (-NEXT, NEXT, "right", "bottom"),
    (-NEXT, -NEXT, "right", "top"),
    (0, FAR, "center", "bottom"),
    (0, -FAR, "center", "top"),
    (NEXT, -FAR, "left", "top"),
    (NEXT, FAR, "left", "bottom"),
)
ABOVE = (SIDES[2], SIDES[6], SIDES[4], SIDES[3], *SIDES)
BELOW = (SIDES[3], SIDES[2], *SIDES)


class Label(NamedTuple):
    """What to write beside which point, in data coordinates."""

    text: str
    x: float
    y: float
    colour: str


def place(
    axes: Axes,
    labels: Sequence[Label],
    lines: Sequence[Sequence[tuple[float, float]]],
    sides: Sequence[Side] = SIDES,
    within_axes: bool = True,
    weight: str = "normal",
) -> None:
    """Write labels where they hit neither each other, nor a marker, nor a line, and stay within the axes.

    The first of `SIDES` that is free is taken; where none is, the one with the fewest hits. A label that had to go far
    gets a thin leader.
    """
    figure = cast(Figure, axes.figure)
    figure.draw_without_rendering()
    renderer: RendererAgg = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    dots = [axes.transData.transform((label.x, label.y)) for label in labels]
    reach = 5 * figure.dpi / 72
    taken = [Bbox.from_extents(x - reach, y - reach, x + reach, y + reach) for x, y in dots]
    if axes.get_title():
        taken.append(axes.title.get_window_extent(renderer))
    strokes = [point for line in lines for point in _stroke(axes, line)]
    inside = axes.get_window_extent(renderer).padded(-2)
    frame = figure.bbox.padded(-2)
    for number, label in enumerate(labels):
        best, best_hits = None, float("inf")
        for dx, dy, across, along in sides:
            text = axes.annotate(
                label.text,
                (label.x, label.y),
                xytext=(dx, dy),
                textcoords="offset points",
                ha=across,
                va=along,
                multialignment=across,
                color=label.colour,
                fontsize=8.5,
                fontweight=weight,
                linespacing=1.15,
                zorder=4,
                arrowprops={"arrowstyle": "-", "color": label.colour, "lw": 0.7} if abs(dy) >= FAR else None,
            )
            text.set_in_layout(False)
            box = _text_box(text, renderer)
            hits = 2.0 * sum(box.overlaps(other) for i, other in enumerate(taken) if i != number)
            hits += 0.1 * sum(box.contains(x, y) for x, y in strokes)
            bounds = inside if within_axes else frame
            if abs(dy) >= FAR:
                hits += 0.4 * _crossed(dots[number], box, [other for i, other in enumerate(taken) if i != number])
            hits += 3 * (box.x0 < bounds.x0 or box.x1 > bounds.x1 or box.y0 < bounds.y0 or box.y1 > bounds.y1)
            if hits < best_hits:
                if best is not None:
                    best.remove()
                best, best_hits = text, hits
                if hits == 0:
                    break
            else:
                text.remove()
        assert best is not None
        taken.append(_text_box(best, renderer))


def _stroke(axes: Axes, line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points along a line, in pixels, close enough for no letter to slip between them."""
    corners = axes.transData.transform(line)
    found = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        count = int(min(max(abs(x1 - x0), abs(y1 - y0)) / 4, 1000)) + 1
        found += [(x0 + (x1 - x0) * k / count, y0 + (y1 - y0) * k / count) for k in range(count)]
    return found


def _crossed(dot: NDArray[np.float64], text: Bbox, others: Sequence[Bbox]) -> int:
    """How many of these a leader goes through, but for those upon its own marker."""
    nearest = np.clip(dot, text.min, text.max)
    points = np.linspace(dot, nearest, 60)
    return sum(any(other.contains(x, y) for x, y in points) for other in others if not other.contains(*dot))


def _text_box(text: Annotation, renderer: RendererAgg) -> Bbox:
    """The extent of an annotation's text alone, without its leader."""
    text.update_positions(renderer)
    return Text.get_window_extent(text, renderer)
