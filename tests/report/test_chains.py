"""Reports of chains: many alike things told once, and the figure of many links by a clock."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.systems.chains import chain, depolarising

from bellpush.hardware.node import SwapDevice
from bellpush.report.explain import explain
from bellpush.report.figures import canvas, fidelity_over_time
from bellpush.report.figures.scaling import draw, scaling
from bellpush.report.subject import Subject
from bellpush.report.table import columns, footnotes, tables
from bellpush.report.write import write
from bellpush.scenario.run import run


def clocked(links, eta, step=1e-4):
    period = f"{np.log(eta) / (eta - 1)} s"
    return chain(
        links,
        policy={"kind": "clocked-links", "period": period},
        delivery={"kind": "clocked", "period": period, "fallback": "mixed"},
        memory=depolarising(1),
        link={"attempt_duration": f"{step} s", "success_probability": eta * step},
    )


def found(links=4, eta=9.0):
    scenario = clocked(links, eta)
    policy = scenario.file.requests[0].policy
    return scaling(next(iter(scenario.job.links.values())), policy.period, SwapDevice())


def test_what_each_of_many_links_needs_is_as_published():
    needed = found().needed
    assert needed[[0, 1, 3, 9, 99]] == pytest.approx([0.8260175601, 3, 9, 32.76017, 580.222725], rel=1e-6)


def test_curves_of_the_figure_are_what_chains_give():
    """The curve at n links, and a chain of n links worked out by itself."""
    curves = found()
    for links in (1, 2, 4):
        one = run(clocked(links, 9.0))["it"]
        assert curves.averaged[links - 1] == pytest.approx(one.fidelity.value, rel=1e-12)
        assert curves.heralded[links - 1] == pytest.approx(one.delivered_probability.value, rel=1e-12)


def test_all_heralded_falls_exponentially_and_the_needed_efficiency_does_not():
    curves = found()
    slopes = np.diff(np.log(curves.heralded))
    assert slopes == pytest.approx(slopes[0])
    assert np.diff(np.log(curves.at_once)) == pytest.approx(np.log(curves.at_once[0]))
    growth = np.diff(np.log(curves.needed)) / np.diff(np.log(curves.links))
    assert growth[-1] == pytest.approx(1 + 1 / np.log(100), abs=0.1)


def test_the_figure_says_how_many_links_are_good_enough():
    result = run(clocked(4, 9.01))
    drawn = draw(Subject("it", "it", result, result["it"]))
    assert "efficiency of 9.01 is enough for 4" in drawn.sentence
    assert "still falls exponentially" in drawn.sentence


def test_the_clock_of_a_chain_has_plain_numbers():
    """Where one power of ten alone is in view, matplotlib labels what lies between, in undrawn mathematics."""
    answers = run(clocked(2, 14.0))
    with canvas.style():
        figure = fidelity_over_time.draw(Subject("it", "it", answers, answers["it"])).figure
        figure.draw_without_rendering()
    [axes] = figure.axes
    written = [label.get_text() for label in axes.get_xticklabels(which="both")]
    assert any(written)
    assert not any("$" in text for text in written)


def test_a_report_of_a_chain_is_written_whole(tmp_path):
    result = run(clocked(4, 9.0))
    write([result], ["chain.yaml"], tmp_path / "out")
    names = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"scaling.svg", "fidelity-over-time.svg", "delivered-by.svg", "correlations.svg"} <= names
    document = json.loads((tmp_path / "out" / "result.json").read_text())
    assert "it" in json.dumps(document)


def test_alike_nodes_links_and_inputs_are_told_once():
    lines = [part for part in explain(chain(16, policy="swap-asap")) if isinstance(part, str)]
    assert sum(line.startswith("Link") for line in lines) == 1
    assert "Links n0-n1, n1-n2, n2-n3, ... (16): a link given by its numbers" in lines
    assert any(line.endswith("(given); 15 more alike") for line in lines)
    assert len(lines) < 70


def test_a_route_of_which_one_link_never_succeeds_is_told_link_by_link():
    """The dead link has no fidelity, the other has; a table says both."""
    (column,) = columns(run(chain(2, [0.0, 0.1], fresh=0.9), engine="exact"))
    cells = [str(cell) for table in tables([column]) for part in table.columns for cell in part.cells]
    assert "0.925 or -" in cells
    assert "0 to 0.1" in cells


@pytest.mark.parametrize("policy", ["nested", "swap-asap"])
def test_a_cut_off_that_no_fresh_pair_reaches_is_pointed_out(policy):
    """Such pairs are not kept, but those born together are swapped; at its very value a pair is kept."""
    said = {}
    for value in (0.925, 0.93):
        scenario = chain(2, fresh=0.9, policy={"kind": policy, "cutoff": {"kind": "fidelity", "value": value}})
        notes = [line for line in footnotes(columns(run(scenario, engine="exact"))) if "Fresh pairs" in line]
        told = [line for line in explain(scenario) if isinstance(line, str) and "Fresh pairs" in line]
        said[value] = len(notes), len(told)
    assert said == {0.925: (0, 0), 0.93: (1, 1)}
