"""Every example runs, and gives what lies beside it."""

from __future__ import annotations

import pytest
from tests.docs.pages import EXAMPLES, README, run


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_gives_its_expected_output(example):
    """Examples are what people copy from: each must say what it says beside it."""
    printed, status = run(f"bellpush run {example.name}", example.parent)
    assert status == 0, "\n".join(printed)
    assert printed == example.with_suffix(".txt").read_text().splitlines()


FEWER = {"fibre-8": 500, "fibre-16": 200, "fibre-32": 60, "five-nv": 500, "five-nv-distilled": 500}
"""presses of examples in which each takes long to play"""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_engines_agree_on_an_example(example):
    """What is taught must hold by two ways that share nothing but the schedule."""
    printed, status = run(f"bellpush compare {example.name} --shots {FEWER.get(example.stem, 2000)}", example.parent)
    assert status == 0, "\n".join(printed)
    assert printed[-1] == "The engines agree within 4 standard errors."


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_what_it_teaches(example):
    """Its first line is for the reader who looks for the right one; the README names them all."""
    assert example.read_text().startswith("# ")
    assert f"examples/{example.name}" in README.read_text()


def test_no_expected_output_is_left_over():
    """A renamed example must not leave its old output behind."""
    assert {path.stem for path in EXAMPLES} == {path.stem for path in EXAMPLES[0].parent.glob("*.txt")}
    assert len(EXAMPLES) >= 5
