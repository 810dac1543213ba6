"""Thousands of generated scenarios: each ends in an answer or in a message, quickly, and never in anything else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.scenario.generated import broken, plausible

import bellpush
from bellpush.scenario.load import load

SECONDS = 2.0  # for one scenario; generous, since a usual one takes milliseconds

many = settings(
    max_examples=1000,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def answered(data: dict[str, Any]) -> dict[str, Any] | None:
    """The document of a scenario, or None where a message says why there is none."""
    began = time.perf_counter()
    try:
        document = bellpush.run(data).to_dict()
    except bellpush.BellpushError as error:
        document = None
        said = str(error)
    else:
        said = "an answer"
    assert said.strip()
    assert time.perf_counter() - began < SECONDS
    return document


def holds(document: dict[str, Any]) -> None:
    """What is true of every answer, whatever was asked."""
    json.dumps(document, allow_nan=False)
    for link in document["links"].values():
        assert 0 <= link["success_probability"]["value"] <= 1 + 1e-12
        assert link["rate"]["value"] >= 0
        within(link["fidelity"])
    for request in document["requests"].values():
        within(request["fidelity"])
        within(request["fidelity_heralded"])
        within(request["delivered_probability"])
        for quantity in [*request["latency"].values(), request["rate"]]:
            assert quantity["value"] is not None or quantity["why"]


def within(quantity: dict[str, Any]) -> None:
    """A probability or a fidelity lies between 0 and 1, or says why there is none."""
    if quantity["value"] is None:
        assert quantity["why"]
    else:
        slack = quantity["truncation"] + 1e-9
        assert -slack <= quantity["value"] <= 1 + slack


@pytest.mark.slow
@many
@given(plausible)
def test_plausible_scenarios_are_answered_within_their_physical_bounds_or_refused(data):
    """Extreme numbers are written by optimisers and by people at three in the morning; neither may meet a traceback."""
    if (document := answered(data)) is not None:
        holds(document)


@pytest.mark.slow
@many
@given(broken())
def test_broken_scenarios_end_in_a_message(data):
    """Whatever is dropped, renamed or of a wrong type, the user reads a sentence and no traceback."""
    if (document := answered(data)) is not None:
        holds(document)


@pytest.mark.slow
@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(plausible)
def test_a_scenario_survives_its_own_document(data):
    """What `run --json` prints can be run again and is the same job: results stay reproducible from themselves."""
    try:
        first = load(data)
    except bellpush.BellpushError:
        return
    again = load(json.loads(json.dumps(first.to_dict(), allow_nan=False)))
    assert again.job.hash == first.job.hash
    assert [one.standing for one in again.inputs] == [one.standing for one in first.inputs]


@pytest.mark.slow
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a process a step is too slow for making a failure smaller
    suppress_health_check=list(HealthCheck),
)
@given(data=st.one_of(plausible, broken()))
def test_the_command_ends_with_a_status_and_never_a_traceback(data, tmp_path_factory):
    """The same through the real command: status 0, 2, 3 or 4, JSON or nothing on standard output."""
    file = tmp_path_factory.mktemp("fuzz") / "scenario.json"
    file.write_text(json.dumps(data))
    command = [sys.executable, "-m", "bellpush", "run", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode in (0, 2, 3, 4), done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        holds(json.loads(done.stdout))
        assert not done.stderr
    else:
        assert done.stderr.strip()
        assert not done.stdout
