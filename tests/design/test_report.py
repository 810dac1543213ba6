"""What sweeps and optima say: names of fidelities, errors, units."""

import numpy as np
import pytest
import xarray
from tests.systems.known import clocked, one_link, werner

from bellpush.design.axis import axis, bounds
from bellpush.design.optimise import optimise
from bellpush.design.sweep import sweep
from bellpush.ground.errors import ScenarioError
from bellpush.report.figures.canvas import style
from bellpush.report.figures.grid import draw
from bellpush.report.headings import heading
from bellpush.report.optimum import lines as said_of_optimum
from bellpush.report.sweep import document, lines, write
from bellpush.scenario.load import load
from bellpush.scenario.run import run

DATA = one_link(werner(0.05, 0.9), clocked("1 ms"), {"kind": "depolarising", "time": "5 ms"})
SUCCESS = "links.0.scheme.success_probability"
FIDELITY = "requests.it.fidelity"


def text(parts):
    from rich.console import Console

    console = Console(width=100)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (FIDELITY, "it delivered fidelity"),
        ("requests.it.fidelity_heralded", "it heralded fidelity"),
        ("links.a-b.fidelity", "a-b heralded fidelity, fresh"),
        ("requests.it.latency.p99", "it latency p99"),
        ("links.a-b.rate_peak", "a-b rate peak"),
    ],
)
def test_headings_say_which_fidelity(path, words):
    """Three numbers are called fidelity; none of them bare."""
    assert heading(path) == words


def test_a_table_and_a_figure_name_the_fidelity():
    """JSON keeps the paths."""
    scenario = load(DATA)
    found = sweep(scenario, [axis(scenario, f"{SUCCESS}=0.02:0.05:3")])
    shown = text(lines(found))
    assert "it delivered fidelity" in shown
    assert "largest it delivered fidelity: " in shown
    assert FIDELITY in document(found, scenario)["quantities"]
    with style():
        drawn = draw(found, FIDELITY)
    assert drawn.sentence.startswith("it delivered fidelity is largest")
    assert drawn.figure.axes[0].get_ylabel() == "it delivered fidelity"


def test_a_constant_has_no_largest_value():
    """Nothing to say where every point is the same."""
    scenario = load(DATA)
    found = sweep(scenario, [axis(scenario, "nodes.bob.memory.time=1 ms:5 ms:3")])
    shown = text(lines(found))
    assert "largest it delivered fidelity" in shown
    assert "largest it delivered probability" not in shown
    with style():
        assert "wherever it exists" in draw(found, "requests.it.delivered_probability").sentence


def test_errors_of_samples_are_shown_and_kept(tmp_path):
    """In the table, in JSON and in netCDF; nothing of the kind where a number is exact."""
    scenario = load({**DATA, "run": {"shots": 200}})
    names = [FIDELITY, "links.alice-bob.success_probability"]
    found = sweep(scenario, [axis(scenario, f"{SUCCESS}=0.02:0.05:3")], names, engine="physics")
    errors = found.errors[FIDELITY]
    quantities = document(found, scenario)["quantities"]
    assert quantities[FIDELITY]["standard_errors"] == errors.tolist()
    assert "standard_errors" not in quantities[names[1]]
    assert text(lines(found)).count(" +- ") == 4  # three rows and the largest
    write(found, scenario, tmp_path)
    with xarray.open_dataset(tmp_path / "sweep.nc", engine="h5netcdf") as data:
        assert np.array_equal(data[f"{FIDELITY}_standard_error"].values, errors)
        assert f"{names[1]}_standard_error" not in data


def test_demands_are_printed_with_their_units():
    """And what is not met says so too."""
    scenario = load(DATA)
    axes = [bounds(scenario, f"{SUCCESS}=0.001:0.5")]
    found = optimise(scenario, axes, FIDELITY, at_least={"requests.it.rate": 100.0})
    shown = "\n".join(said_of_optimum(found, run(found.scenario)))
    assert "largest it delivered fidelity: " in shown
    assert "Demanded it rate of at least 100 Hz: it is " in shown
    with pytest.raises(ScenarioError, match=r"`requests\.it\.rate` of at least 1 MHz"):
        optimise(scenario, axes, FIDELITY, at_least={"requests.it.rate": 1e6})


def cube(third="nodes.bob.memory.time=log:1 ms:20 ms:9"):
    scenario = load(DATA)
    texts = [f"{SUCCESS}=0.02:0.05:10", "nodes.alice.memory.time=1 ms:9 ms:7", third]
    return scenario, sweep(scenario, [axis(scenario, one) for one in texts], [FIDELITY])


def test_three_axes_give_a_table_for_a_few_values_of_the_third():
    """Two witnesses: the cells of the tables, and the grid itself at the values that stand above them."""
    _, found = cube()
    tables = [part for part in lines(found) if not isinstance(part, str)]
    assert [table.title.split("\n")[-1] for table in tables] == [
        "memory time 1 ms",
        "memory time 4.472 ms",
        "memory time 20 ms",
    ]
    values = found.quantities[FIDELITY]
    for table, place in zip(tables, (0, 4, 8), strict=True):
        corner = [list(column.cells)[-1] for column in (table.columns[1], table.columns[-1])]
        assert [float(cell) for cell in corner] == pytest.approx(values[-1, [0, -1], place], abs=5e-5)
    shown = sum(len(table.rows) * (len(table.columns) - 1) for table in tables)
    assert f"{shown} of 630 points shown" in text(lines(found))


def test_three_axes_give_a_row_of_maps_in_one_scale(tmp_path):
    """What is yellow in one map must be as good as what is yellow in the next."""
    scenario, found = cube()
    with style():
        drawn = draw(found, FIDELITY)
    *panels, _ = drawn.figure.axes
    assert [panel.get_title() for panel in panels] == ["1 ms", "2.11 ms", "4.47 ms", "9.46 ms", "20 ms"]
    assert len({panel.collections[0].get_clim() for panel in panels}) == 1
    values = found.quantities[FIDELITY]
    for panel, place in zip(panels, (0, 2, 4, 6, 8), strict=True):
        assert np.array_equal(np.ravel(panel.collections[0].get_array()), np.ravel(values[:, :, place]))
    assert "nodes.bob.memory.time of 20 ms" in drawn.sentence
    write(found, scenario, tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} >= {".svg", ".png", ".nc", ".json"}


def test_a_fourth_axis_stands_at_its_first_value():
    """And the table says so."""
    scenario = load(DATA)
    texts = [f"{SUCCESS}=0.02:0.05:3", "nodes.alice.memory.time=1 ms:9 ms:3", "nodes.bob.memory.time=1 ms:9 ms:2"]
    texts.append("requests.it.delivery.period=1 ms:2 ms:2")
    found = sweep(scenario, [axis(scenario, one) for one in texts], [FIDELITY])
    tables = [part for part in lines(found) if not isinstance(part, str)]
    assert all(table.title.endswith("delivery period 1 ms") for table in tables)
    with style():
        panels = draw(found, FIDELITY).figure.axes[:-1]
    values = found.quantities[FIDELITY]
    assert np.array_equal(np.ravel(panels[1].collections[0].get_array()), np.ravel(values[:, :, 1, 0]))


def test_contours_are_drawn_where_a_fidelity_crosses_them():
    """0.9, 0.95 and 0.99 on maps of fidelities; none on a map of a rate, though it may cross them."""
    data = one_link(werner(0.5, 0.999), clocked("1 ms"), {"kind": "depolarising", "time": "5 ms"})
    scenario = load(data)
    names = [FIDELITY, "requests.it.delivered_probability"]
    texts = [f"{SUCCESS}=0.001:1:20", "nodes.{alice,bob}.memory.time=log:1 ms:1 s:20"]
    found = sweep(scenario, [axis(scenario, one) for one in texts], names)
    with style():
        for name, drawn in zip(names, (True, False), strict=True):
            assert (len(draw(found, name).figure.axes[0].collections) > 1) is drawn


def test_a_logarithmic_axis_has_numbers_and_no_formulas():
    """Mathematics is off in figures, since names come from files."""
    scenario = load(DATA)
    found = sweep(scenario, [axis(scenario, f"{SUCCESS}=log:1e-5:0.5:9")], [FIDELITY])
    with style():
        figure = draw(found, FIDELITY).figure
        figure.draw_without_rendering()
    assert all("$" not in label.get_text() for label in figure.axes[0].get_xticklabels())


def test_an_axis_of_several_fields_is_named_and_kept(tmp_path):
    """Short in a heading, in full in the data."""
    scenario = load(DATA)
    path = "nodes.{alice,bob}.memory.time"
    found = sweep(scenario, [axis(scenario, f"{path}=1 ms:5 ms:3")], [FIDELITY])
    assert "memory time, 2 fields" in " ".join(text(lines(found)).split())
    [one] = document(found, scenario)["axes"]
    assert one["path"] == path
    assert one["fields"] == ["nodes.alice.memory.time", "nodes.bob.memory.time"]
    write(found, scenario, tmp_path)
    with xarray.open_dataset(tmp_path / "sweep.nc", engine="h5netcdf") as data:
        assert data[FIDELITY].dims == (path,)
