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
