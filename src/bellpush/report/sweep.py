"""What `sweep` gives: a table, a JSON document, and a folder with the data and a figure."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bellpush
from bellpush.design.axis import Axis
from bellpush.design.grid import Scan
from bellpush.ground.units import readable
from bellpush.report.headings import axis_name, heading
from bellpush.report.text import quantity
from bellpush.scenario.braces import fields
from bellpush.scenario.load import Scenario
from bellpush.store import write_whole

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["document", "lines", "thinned", "varies", "write"]

ROWS, COLUMNS = 24, 6  # of a table; a larger grid is thinned out
SLICES, SLICE_ROWS = 3, 8  # tables of a quantity over three axes, and rows of each


def document(scan: Scan, scenario: Scenario) -> dict[str, Any]:
    """The sweep as `sweep --json` writes it; what does not exist is null."""
    return {
        "schema": 1,
        "bellpush": bellpush.__version__,
        "job": scenario.job.hash,
        "axes": [
            {"path": axis.path, "fields": fields(axis.path), "unit": axis.unit, "values": axis.values.tolist()}
            for axis in scan.axes
        ],
        "quantities": {
            name: {"unit": scan.units[name], "values": _nested(values), **_errors(scan, name)}
            for name, values in scan.quantities.items()
        },
    }


def lines(scan: Scan) -> list[Table | str]:
    """Tables of at most 80 columns: quantities beside each other over one axis, one after the other over two.

    Over three axes there is a table at the first, the middle and the last value of the third; any further axis stands
    at its first value.
    """
    parts: list[Table | str] = []
    counts = [len(axis.values) for axis in scan.axes]
    if len(scan.axes) == 1:
        parts.append(_along(scan))
        shown = min(counts[0], ROWS)
    else:
        places = thinned(counts[2], SLICES) if len(counts) > 2 else [0]
        rows = ROWS if len(places) == 1 else SLICE_ROWS
        for name in scan.quantities:
            parts += [_grid(scan, name, place, rows) for place in places]
        shown = min(counts[0], rows) * min(counts[1], COLUMNS) * len(places)
    for name, values in scan.quantities.items():
        if varies(values):
            best = _best(values)
            where = ", ".join(
                f"{axis.path} = {readable(float(axis.values[i]), axis.unit)}"
                for axis, i in zip(scan.axes, best, strict=True)
            )
            parts.append(f"largest {heading(name)}: {_cell(scan, name, best, 5)} at {where}")
    total = math.prod(counts)
    if shown < total:
        parts.append(f"{shown} of {total} points shown; --json or --out gives all.")
    return parts


def write(scan: Scan, scenario: Scenario, folder: Path) -> None:
    """The data (JSON, netCDF), a figure of each quantity (SVG, PNG) and the scenario, in a folder that exists."""
    from bellpush.report.figures.canvas import png, style, svg
    from bellpush.report.figures.grid import draw

    text = json.dumps(document(scan, scenario), indent=1, allow_nan=False)
    write_whole(folder / "sweep.json", text.encode())
    write_whole(folder / "scenario.yaml", as_yaml(scenario).encode())
    write_whole(folder / "sweep.nc", _netcdf(scan, scenario))
    with style():
        for name in scan.quantities:
            figure = draw(scan, name).figure
            write_whole(folder / f"{name}.svg", svg(figure).encode())
            write_whole(folder / f"{name}.png", png(figure))


def as_yaml(scenario: Scenario) -> str:
    """The scenario as run; JSON is YAML too."""
    return json.dumps(scenario.to_dict(), indent=1) + "\n"


def _along(scan: Scan) -> Table:
    axis = scan.axes[0]
    table = _table()
    table.add_column(_short(axis.path))
    for name in scan.quantities:
        table.add_column(heading(name), justify="right")
    (best,) = _best(scan.quantities[next(iter(scan.quantities))])
    for i in thinned(len(axis.values), ROWS, best):
        cells = [_cell(scan, name, (i,)) for name in scan.quantities]
        table.add_row(readable(float(axis.values[i]), axis.unit), *cells)
    return table


def _grid(scan: Scan, name: str, place: int, most: int) -> Table:
    """The first axis down, the second across, at one value of the third; further axes at their first value."""
    down, across, *more = scan.axes
    table = _table()
    title = f"{heading(name)}\n{_short(down.path)} down, {_short(across.path)} across"
    at = [place, *[0] * (len(more) - 1)][: len(more)]
    for axis, index in zip(more, at, strict=True):
        title += f"\n{_short(axis.path)} {readable(float(axis.values[index]), axis.unit)}"
    table.title, table.title_justify = title, "left"
    table.add_column("")
    values: Any = scan.quantities[name]
    best = _best(values[:, :, *at])
    columns = thinned(len(across.values), COLUMNS, best[1])
    for j in columns:
        table.add_column(readable(float(across.values[j]), across.unit), justify="right")
    for i in thinned(len(down.values), most, best[0]):
        cells = [_cell(scan, name, (i, j, *at)) for j in columns]
        table.add_row(readable(float(down.values[i]), down.unit), *cells)
    return table


def _table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))


def varies(values: NDArray[np.float64]) -> bool:
    """Whether values differ by more than rounding, so that one of them is the largest."""
    there = values[np.isfinite(values)]
    return bool(there.size) and float(np.ptp(there)) > 1e-12 * float(np.max(np.abs(there)))


def _best(values: NDArray[np.float64]) -> tuple[int, ...]:
    """Where the largest of some values stands; at the first where there is none."""
    if not np.isfinite(values).any():
        return (0,) * values.ndim
    return tuple(int(i) for i in np.unravel_index(int(np.nanargmax(values)), values.shape))


def _cell(scan: Scan, name: str, index: tuple[Any, ...], digits: int = 4) -> str:
    value, errors = scan.quantities[name][index], scan.errors[name]
    error = 0.0 if errors is None else float(errors[index])
    there = float(value) if np.isfinite(value) else None
    return quantity({"value": there, "standard_error": error, "unit": scan.units[name]}, digits)


def thinned(count: int, most: int, also: int | None = None) -> list[int]:
    """Indices of at most so many of a number of values, evenly spread, both ends and `also` among them."""
    found = sorted({round(i) for i in np.linspace(0, count - 1, min(count, most))})
    if also is None or also in found or len(found) < 3:
        return found
    nearest = min(range(1, len(found) - 1), key=lambda place: abs(found[place] - also))
    return sorted({*found[:nearest], also, *found[nearest + 1 :]})


def _short(path: str) -> str:
    """The last two steps of a path: what a heading has room for."""
    return axis_name(path, 0)


def _nested(values: NDArray[np.float64]) -> Any:
    return [_nested(v) for v in values] if values.ndim else (float(values) if np.isfinite(values) else None)


def _errors(scan: Scan, name: str) -> dict[str, Any]:
    errors = scan.errors[name]
    return (
        {}
        if errors is None
        else {"standard_errors": _nested(np.where(np.isnan(scan.quantities[name]), np.nan, errors))}
    )


def _netcdf(scan: Scan, scenario: Scenario) -> bytes:
    import io

    import xarray

    def of(axis: Axis) -> Any:
        return axis.path, axis.values, {"units": axis.unit or "1", "long_name": axis.path}

    names = [axis.path for axis in scan.axes]
    columns = dict(scan.quantities)
    columns |= {f"{name}_standard_error": errors for name, errors in scan.errors.items() if errors is not None}
    units = {name: scan.units[name.removesuffix("_standard_error")] or "1" for name in columns}
    data = xarray.Dataset(
        {name: (names, values, {"units": units[name], "long_name": name}) for name, values in columns.items()},
        {axis.path: of(axis) for axis in scan.axes},
        {"bellpush": bellpush.__version__, "job": scenario.job.hash, "scenario": as_yaml(scenario)},
    )
    out = io.BytesIO()
    data.to_netcdf(out, engine="h5netcdf")
    return out.getvalue()
