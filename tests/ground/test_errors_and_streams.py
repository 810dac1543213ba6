"""Errors with their place, and random numbers with their name."""

import numpy as np
import pytest

from bellpush.ground.errors import (
    BellpushError,
    ConvergenceError,
    Problem,
    ScenarioError,
    StoreError,
    UnsupportedError,
)
from bellpush.ground.streams import Streams


def test_a_problem_says_where_in_the_form_editors_understand():
    """One click leads to the line."""
    assert str(Problem("x", file="a.yaml", line=3, column=7)) == "a.yaml:3:7: x"
    assert str(Problem("x", file="--set")) == "--set: x"
    assert str(Problem("x")) == "x"


def test_a_scenario_error_carries_every_problem():
    """A program that edits files wants them one by one."""
    error = ScenarioError([Problem("x", "a"), Problem("y", "b")])
    assert [problem.path for problem in error.problems] == ["a", "b"]
    assert str(error) == "x\ny"


@pytest.mark.parametrize(
    ("error", "status"), [(ScenarioError, 2), (UnsupportedError, 3), (ConvergenceError, 4), (StoreError, 5)]
)
def test_every_error_has_the_exit_status_of_the_manual(error, status):
    """Scripts branch on it."""
    assert issubclass(error, BellpushError)
    assert error.exit_status == status


def test_streams_differ_by_name_block_and_seed_and_by_nothing_else():
    """Equal numbers in two places would correlate what must be independent."""
    keys = [(1, "a", 0), (1, "a", 1), (1, "b", 0), (2, "a", 0)]
    draws = [Streams(seed).stream(name, block).random(4) for seed, name, block in keys]
    again = [Streams(seed).stream(name, block).random(4) for seed, name, block in keys]
    assert np.array_equal(draws, again)
    assert len({draw.tobytes() for draw in draws}) == len(keys)
