"""Labels beside points, none upon another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

__all__ = ["Label", "place"]

NEXT = 8  # points from a marker to its label
FAR = 24
SIDES = (
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


class Label(NamedTuple):
    """What to write beside which point, in data coordinates."""

    text: str
    x: float
    y: float
    colour: str


def place(axes: Axes, labels: Sequence[Label], line: Sequence[tuple[float, float]], below: bool = False) -> None:
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
    strokes = [axes.transData.transform(point) for point in line]
    inside = axes.get_window_extent(renderer).padded(-2)
    frame = figure.bbox.padded(-2)
    sides = (SIDES[3], SIDES[2], *SIDES) if below else SIDES
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
                linespacing=1.15,
                zorder=4,
                arrowprops={"arrowstyle": "-", "color": label.colour, "lw": 0.7} if abs(dy) == FAR else None,
            )
            text.set_in_layout(False)
            box = _text_box(text, renderer)
            hits = 1.0 * sum(box.overlaps(other) for i, other in enumerate(taken) if i != number)
            hits += 0.5 * sum(box.contains(x, y) for x, y in strokes)
            bounds = frame if below else inside
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


def _text_box(text: Annotation, renderer: RendererAgg) -> Bbox:
    """The extent of an annotation's text alone, without its leader."""
    text.update_positions(renderer)
    return Text.get_window_extent(text, renderer)
