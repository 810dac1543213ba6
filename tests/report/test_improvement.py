"""What would be enough, in words and tables: factors that can be read, targets that are met or out of reach."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.report.cases import CASES, CHIPS, link, scenario

import bellpush
from bellpush.design import improve
from bellpush.ground.errors import ConvergenceError
from bellpush.links.budget import budget
from bellpush.report import improvement as module
from bellpush.report.explain import explain
from bellpush.report.improvement import factor, improvement


def links(what):
    return list(bellpush.load(what).job.links.values())


def printed(what, width=80):
    """What `explain` prints."""
    from rich.console import Console

    console = Console(width=width)
    with console.capture() as captured:
        for part in explain(bellpush.load(what)):
            console.print(part, highlight=False, markup=False)
    return captured.get()


@pytest.mark.parametrize(
    ("strength", "words"),
    [
        (None, "no"),
        (1.0, "1.00 x"),
        (0.38, "2.63 x"),
        (0.05, "20.0 x"),
        (0.004, "250 x"),
        (1e-5, "1e5 x"),
        (0.0, "gone"),
    ],
)
def test_a_factor_is_read_at_a_glance(strength, words):
    """Three digits, and words where there is no number."""
    assert factor(strength) == words


def test_the_table_holds_what_the_search_found():
    """Two witnesses: the search itself, and the cells that people read."""
    [one] = links(CHIPS)
    found = improvement(one)
    needed = improve.needs(one)
    assert found.headings == [(word, target) for word in ("alone", "together") for target in ("0.9", "0.95", "0.99")]
    rows = dict(found.rows)
    assert list(rows)[:-1] == [cost.name for cost in budget(one) if cost.alone_off is not None]
    for name, cells in found.rows[:-1]:
        for need, alone, together in zip(needed, cells[:3], cells[3:], strict=True):
            assert alone == factor(need.alone[name])
            assert together == (factor(need.together[name]) if name in need.together else "-")
    assert rows["loss on the way"][3].endswith(" x")
    assert rows["product"][:3] == ["", "", ""]


def test_less_of_an_imperfection_gains_what_the_column_says():
    """Two witnesses: the slope, and the loss made a tenth smaller by hand."""
    [one] = links(CHIPS)
    better = links({**CHIPS, "links": [{**CHIPS["links"][0], "scheme": less_loss(CHIPS, 0.9)}]})[0]
    gained = better.fidelity.value - one.fidelity.value
    assert improvement(one).gains["loss on the way"] == pytest.approx(gained, rel=0.05)


def less_loss(data, share):
    scheme = data["links"][0]["scheme"]
    return {**scheme, "transmission": 1 - share * (1 - scheme["transmission"])}


@pytest.mark.parametrize("name", CASES)
def test_explain_fits_80_columns(name):
    """A terminal of 80 columns must not break a row of a table in two."""
    lines = [line.strip() for line in printed(CASES[name][0], width=80).splitlines()]
    assert max(map(len, lines)) <= 80
    for found in filter(None, map(improvement, links(CASES[name][0]))):
        for row, cells in found.rows:
            assert any(line.startswith(row) and line.endswith(f" {cells[-1]}") for line in lines), row


def test_met_targets_and_those_out_of_reach_are_named():
    """Silence about 0.9 could mean either."""
    good = {"kind": "werner", "fidelity": 0.96}
    [one] = links(scenario(links=[link(state=good)]))
    assert improvement(one).sentences == ["0.9 and 0.95 are met already: the fresh fidelity is 0.9600."]
    assert [target for _, target in improvement(one).headings] == ["0.99", "0.99"]
    [click] = links("humphreys-2018")
    found = improvement(click)
    assert found.rows == []
    said = " ".join(found.sentences)
    assert "stays lost: both nodes bright." in said
    assert "0.9, 0.95 and 0.99 are out of reach" in said
    assert "A smaller `bright_state_population` would lift that" in said


def test_a_link_without_imperfections_has_no_table():
    """A link that never succeeds has no fidelity to lose."""
    [never] = links(CASES["never"][0])
    assert improvement(never) is None
    assert "what must shrink" not in printed(CASES["never"][0])


def test_a_search_that_fails_leaves_the_rest(monkeypatch):
    """An explanation without its last table is better than none."""

    def lost(*_):
        raise ConvergenceError("No combination was found.")

    monkeypatch.setattr(module, "needs", lost)
    text = printed(CHIPS)
    assert "No combination was found." in text
    assert "loss on the way" in text
    assert "what must shrink" not in text


def warmed(photons):
    """The two chips on a warm line."""
    scheme = {**CHIPS["links"][0]["scheme"], "thermal_photons": photons}
    [link] = links({**CHIPS, "links": [{**CHIPS["links"][0], "scheme": scheme}]})
    return link


def test_what_would_be_enough_is_said_of_a_warm_line_too():
    """With the factor for its photons, which reaches the target when it is taken."""
    [need] = improvement(warmed(0.01), [0.95]).open
    [factors] = [cells for name, cells in improvement(warmed(0.01), [0.95]).rows if name == "thermal photons"]
    assert factors == ["no", factor(need.together["thermal photons"])]
    assert need.together["thermal photons"] < 1


def test_what_takes_minutes_is_left_to_those_who_ask():
    """A line warmer than most needs many Fock levels at every point of the search."""
    found = improvement(warmed(0.12))
    assert found.rows == []
    assert "bellpush.design.improve.needs" in found.sentences[-1]
    assert found.gains["loss on the way"] > 0


def test_the_page_has_the_same_factors(report):
    """Two witnesses: the cells of the page, and those of the terminal."""
    found = improvement(links(CHIPS)[0])
    page = (report("chips") / "report.html").read_text(encoding="utf-8")
    section = page[page.index("What would be enough") : page.index("Inputs and how they are known")]
    cells = re.findall(r"<td>([^<]*)</td>", section)
    assert cells == [cell.replace(" x", "×") for _, row in found.rows for cell in row]
    text = unescape(re.sub(r"<[^>]+>", "", section))
    assert all(sentence in text for sentence in found.sentences)
