"""A sweep as a figure: a curve over one axis, a map over two."""

from __future__ import annotations

import numpy as np

from bellpush.design.axis import Axis
from bellpush.design.grid import Scan
from bellpush.report.figures.canvas import BLUE, Drawn, fine, plain, scale
from bellpush.report.headings import heading
from bellpush.report.sweep import varies

__all__ = ["draw"]


def draw(scan: Scan, quantity: str) -> Drawn:
    """One quantity over the grid; axes beyond the second stand at their first value."""
    values = scan.quantities[quantity]
    values = values[(...,) + (0,) * max(values.ndim - 2, 0)] if values.ndim > 2 else values
    factor, unit = (
        scale(float(np.nanmax(np.abs(values))), scan.units[quantity]) if np.isfinite(values).any() else (1.0, "")
    )
    label = f"{heading(quantity)}{f' ({unit})' if unit else ''}"
    figure, axes = plain(3.1 if values.ndim == 1 else 3.8)
    first = scan.axes[0]
    if values.ndim == 1:
        errors = scan.errors[quantity]
        if errors is None:
            axes.plot(_values(first), factor * values, color=BLUE)
        else:
            axes.errorbar(_values(first), factor * values, factor * errors, color=BLUE, capsize=2)
        axes.set_xlabel(_label(first))
        axes.set_ylabel(label)
        _stretch(first, axes.set_xscale)
    else:
        second = scan.axes[1]
        image = axes.pcolormesh(_values(second), _values(first), factor * values, cmap="cividis", rasterized=True)
        axes.set_xlabel(_label(second))
        axes.set_ylabel(_label(first))
        _stretch(second, axes.set_xscale)
        _stretch(first, axes.set_yscale)
        figure.colorbar(image, label=label)
    return Drawn(heading(quantity), figure, _sentence(scan, quantity, values))


def _sentence(scan: Scan, quantity: str, values: np.ndarray) -> str:
    if not np.isfinite(values).any():
        return f"{heading(quantity)} does not exist anywhere on this grid."
    if not varies(values):
        there = values[np.isfinite(values)]
        return f"{heading(quantity)} is {fine(float(there[0]), scan.units[quantity])} wherever it exists on this grid."
    best = np.unravel_index(int(np.nanargmax(values)), values.shape)
    where = " and ".join(
        f"{axis.path} of {fine(float(axis.values[i]), axis.unit)}" for axis, i in zip(scan.axes, best, strict=False)
    )
    return f"{heading(quantity)} is largest, {fine(float(values[best]), scan.units[quantity])}, at {where}."


def _values(axis: Axis) -> np.ndarray:
    return axis.values * scale(float(np.max(np.abs(axis.values))), axis.unit)[0]


def _label(axis: Axis) -> str:
    unit = scale(float(np.max(np.abs(axis.values))), axis.unit)[1]
    return f"{axis.path}{f' ({unit})' if unit else ''}"


def _stretch(axis: Axis, setter: object) -> None:
    if axis.logarithmic and callable(setter):
        setter("log")
