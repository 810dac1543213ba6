"""A sweep as a figure: a curve over one axis, a map over two, a row of maps over three."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bellpush.design.axis import Axis
from bellpush.design.grid import Scan
from bellpush.report.figures.canvas import BLUE, WIDTH, Drawn, fine, plain, scale
from bellpush.report.figures.maps import LEVELS, Side, logarithmic, maps
from bellpush.report.headings import axis_name, heading
from bellpush.report.sweep import thinned, varies

__all__ = ["draw"]

PANELS = 5  # maps beside each other
PANEL, ROOM = 1.75, 1.5  # inches across one map, and for what stands left and right of all


def draw(scan: Scan, quantity: str) -> Drawn:
    """One quantity over the grid; maps at a few values of the third axis; any further axis stands at its first."""
    values = scan.quantities[quantity]
    factor, unit = (
        scale(float(np.nanmax(np.abs(values))), scan.units[quantity]) if np.isfinite(values).any() else (1.0, "")
    )
    label = f"{heading(quantity)}{f' ({unit})' if unit else ''}"
    figure = _curve(scan, quantity, factor, label) if values.ndim == 1 else _maps(scan, quantity, factor, label)
    return Drawn(heading(quantity), figure, _sentence(scan, quantity, values))


def _curve(scan: Scan, quantity: str, factor: float, label: str) -> Figure:
    figure, axes = plain()
    values, errors, axis = scan.quantities[quantity], scan.errors[quantity], scan.axes[0]
    if errors is None:
        axes.plot(_values(axis), factor * values, color=BLUE)
    else:
        axes.errorbar(_values(axis), factor * values, factor * errors, color=BLUE, capsize=2)
    axes.set_xlabel(_label(axis))
    axes.set_ylabel(label)
    if axis.logarithmic:
        logarithmic(axes, "x")
    return figure


def _maps(scan: Scan, quantity: str, factor: float, label: str) -> Figure:
    """The first axis up, the second across."""
    up, across, *more = scan.axes
    values = factor * scan.quantities[quantity]
    if not more:
        chosen, titles, above = values[None], [""], ""
    else:
        third = more[0]
        values = values.reshape(*values.shape[:3], -1)[..., 0]
        places = thinned(len(third.values), PANELS)
        chosen = np.moveaxis(values[:, :, places], 2, 0)
        titles = [fine(float(third.values[place]), third.unit) for place in places]
        above = axis_name(third.path)
    fidelity = quantity.rsplit(".", 1)[1].startswith("fidelity")
    return maps(
        chosen,
        Side(_values(across), _label(across), across.logarithmic),
        Side(_values(up), _label(up, 32), up.logarithmic),
        titles,
        label,
        above=above,
        levels=LEVELS if fidelity else (),
        width=WIDTH if len(chosen) == 1 else ROOM + PANEL * len(chosen),
        height=3.8 if len(chosen) == 1 else 3.0,
    )


def _sentence(scan: Scan, quantity: str, values: NDArray[np.float64]) -> str:
    if not np.isfinite(values).any():
        return f"{heading(quantity)} does not exist anywhere on this grid."
    if not varies(values):
        there = values[np.isfinite(values)]
        return f"{heading(quantity)} is {fine(float(there[0]), scan.units[quantity])} wherever it exists on this grid."
    best = np.unravel_index(int(np.nanargmax(values)), values.shape)
    where = " and ".join(
        f"{axis.path} of {fine(float(axis.values[i]), axis.unit)}" for axis, i in zip(scan.axes, best, strict=True)
    )
    return f"{heading(quantity)} is largest, {fine(float(values[best]), scan.units[quantity])}, at {where}."


def _values(axis: Axis) -> NDArray[np.float64]:
    return axis.values * scale(float(np.max(np.abs(axis.values))), axis.unit)[0]


def _label(axis: Axis, most: int = 48) -> str:
    unit = scale(float(np.max(np.abs(axis.values))), axis.unit)[1]
    return f"{axis_name(axis.path, most)}{f' ({unit})' if unit else ''}"
