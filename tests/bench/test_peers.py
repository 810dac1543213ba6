"""The work that is timed must be the same work for all tools, whatever time it takes."""

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(autouse=True)
def _found(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["bellpush", "qutip"])
@pytest.mark.parametrize("work", ["one evolution", "sweep of 256", "two derivatives", "thermal start", "full start"])
def test_every_tool_gives_the_same_answer(tool, work):
    """Times compare only between equal answers: each tool agrees with the bare Liouvillian solved by scipy."""
    jobs, reference = importlib.import_module("peers.jobs"), importlib.import_module("peers.reference")
    module = importlib.import_module(f"peers.with_{tool}")
    job = jobs.named(f"{work}, dim 36")
    answer = module.answer(job, module.prepare(job)())
    assert reference.error(job, answer, reference.reference(job)) < 1e-6


def test_a_table_is_written_between_its_marks_only(tmp_path):
    """The page is written by hand, the table by the bench: a second run must replace the first and nothing else."""
    run = importlib.import_module("peers.run")
    page = tmp_path / "page.md"
    page.write_text(f"above\n{run.BEGIN}\n{run.END}\nbelow\n")
    for cell in ("first", "second"):
        run.replace(page, run.markdown([["heading"], [cell]]))
    assert page.read_text() == f"above\n{run.BEGIN}\n| heading |\n| --- |\n| second |\n{run.END}\nbelow\n"


def test_a_page_without_marks_is_left_alone(tmp_path):
    """A mistyped file name must not cost a page."""
    run = importlib.import_module("peers.run")
    page = tmp_path / "page.md"
    page.write_text("by hand\n")
    with pytest.raises(SystemExit, match="must hold the lines"):
        run.replace(page, "table")
    assert page.read_text() == "by hand\n"


def test_a_row_tells_how_far_its_goal_is():
    """Ratio over goal, and a mark on answers that are too wrong to count."""
    jobs, run = importlib.import_module("peers.jobs"), importlib.import_module("peers.run")
    job = jobs.named("one evolution, dim 36")
    far = run.Row(job, "QuTiP", 2e-6, [0.004], [50.0])
    assert far.cells == ["QuTiP", "4", "0%", "2e-06!", "50", "200", "25% of it"]
    assert run.Row(job, "QuTiP", 1e-7, [0.03], [300.0]).cells[-1] == "met"
