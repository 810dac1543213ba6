"""Maps beside each other: one quantity over two axes, once for each of a few values of a third, in one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from numpy.typing import NDArray

from bellpush.report.figures.canvas import canvas

__all__ = ["LEVELS", "Side", "logarithmic", "maps"]

LEVELS = (0.9, 0.95, 0.99)  # fidelities whose contours are drawn where a map crosses them
ON_MAP = "#000000"  # no role of the page: what lies under it keeps its colours, too
SPOT = "#c51b29"


@dataclass(frozen=True)
class Side:
    """One side of a map, in the unit of its label."""

    values: NDArray[np.float64]
    label: str
    logarithmic: bool = False


def maps(
    values: NDArray[np.float64],
    across: Side,
    up: Side,
    titles: Sequence[str],
    label: str,
    *,
    above: str = "",
    levels: Sequence[float] = (),
    spot: tuple[int, float, float] | None = None,
    width: float,
    height: float,
) -> Figure:
    """A row of maps, one for each title.

    Args:
        values: shape (maps, up, across); NaN where there is no value.
        across, up: the sides.
        titles: above each map.
        label: of the colours.
        above: what the titles are values of.
        levels: contours to draw where they are crossed.
        spot: the map, and the place on it, to mark.
        width, height: in inches.
    """
    figure = canvas(height, width)
    rows = figure.subplots(1, len(values), sharex=True, sharey=True, squeeze=False)[0]
    low, high = (float(f(values)) for f in (np.nanmin, np.nanmax)) if np.isfinite(values).any() else (0.0, 1.0)
    image = None
    for axes, one, title in zip(rows, values, titles, strict=True):
        image = axes.pcolormesh(
            across.values, up.values, one, cmap="cividis", vmin=low, vmax=high, rasterized=True, shading="nearest"
        )
        _contours(axes, across, up, one, levels)
        if title:
            axes.set_title(title, fontsize=9)
        if across.logarithmic:
            logarithmic(axes, "x")
        elif len(rows) > 1:
            axes.locator_params(axis="x", nbins=4)
        if up.logarithmic:
            logarithmic(axes, "y")
    if spot is not None:
        which, x, y = spot
        rows[which].plot(x, y, "o", color=SPOT, markeredgecolor="#ffffff", markersize=6, clip_on=False, zorder=5)
    if above:
        figure.suptitle(above, fontsize=9)
    rows[0].set_ylabel(up.label)
    rows[len(rows) // 2].set_xlabel(across.label)
    assert image is not None
    figure.colorbar(image, ax=list(rows), label=label, pad=0.02)
    return figure


def logarithmic(axes: Axes, which: str) -> None:
    """A logarithmic axis with plain numbers: at powers of ten, and between them where there are few."""
    getattr(axes, f"set_{which}scale")("log")
    axis = getattr(axes, f"{which}axis")
    low, high = axis.get_view_interval()
    between = (1.0,) if high / low > 1e3 else (1.0, 3.0) if high / low > 30 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=between))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def _contours(axes: Axes, across: Side, up: Side, values: NDArray[np.float64], levels: Sequence[float]) -> None:
    if min(values.shape) < 2 or not np.isfinite(values).any():
        return
    crossed = [level for level in levels if np.nanmin(values) < level < np.nanmax(values)]
    if crossed:
        lines = axes.contour(across.values, up.values, values, levels=crossed, colors=ON_MAP, linewidths=0.9)
        # A number on a line along the edge would be cut in two.
        wide = [level for level, parts in zip(crossed, lines.allsegs, strict=True) if _reaches(axes, parts)]
        if wide:
            axes.clabel(lines, wide, fmt="%g", fontsize=7.5)


def _reaches(axes: Axes, parts: Sequence[NDArray[np.float64]]) -> bool:
    """Whether any part of a line leaves the left and right edges of the axes by more than a label is high."""
    turned = (axes.transData + axes.transAxes.inverted()).transform
    return any(np.any(np.abs(turned(part)[:, 0] - 0.5) < 0.44) for part in parts if len(part))
