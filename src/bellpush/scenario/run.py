"""Run a scenario, or compare engines on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bellpush.engines.kinds import ENGINES, answered
from bellpush.ground.errors import ScenarioError, UnsupportedError
from bellpush.ground.streams import Streams
from bellpush.scenario.load import Scenario, load
from bellpush.scenario.model import ENGINE_NAMES
from bellpush.scenario.paths import did_you_mean
from bellpush.scenario.result import Answer, Result

__all__ = ["compare", "run"]


def run(
    scenario: Scenario | str | os.PathLike[str] | Mapping[str, Any],
    engine: str | None = None,
    shots: int | None = None,
    seed: int | None = None,
) -> Result:
    """Answer every request of a scenario.

    Args:
        scenario: a `Scenario`, or whatever `load` takes.
        engine: `auto`, `exact` or `physics`; the scenario's own choice if None.
        shots: presses to play in sampling engines; the scenario's own number, else the engine's choice if None.
        seed: of all random numbers; the scenario's own if None.

    Raises:
        ScenarioError: the scenario is wrong, or `shots` or `seed` is.
        UnsupportedError: no engine built can take the job.
        ConvergenceError: the numerics did not reach their tolerance.

    >>> round(run("kurpiers-2018")["clocked"].delivered_probability.value, 12)
    1.0
    """
    scenario = scenario if isinstance(scenario, Scenario) else load(scenario)
    settings = scenario.file.run
    shots = _whole("shots", settings.shots if shots is None else shots, 1)
    seed = _whole("seed", settings.seed if seed is None else seed, 0)
    assert seed is not None
    job = replace(scenario.job, shots=shots)
    if engine is not None and engine not in ENGINE_NAMES:
        known = ", ".join(ENGINE_NAMES)
        raise ScenarioError(f"`engine` must be one of {known}, but is {engine}. {did_you_mean(engine, ENGINE_NAMES)}")
    chosen, laws = answered(engine or settings.engine, job, Streams(seed))
    answers = {name: Answer(job.requests[name], law) for name, law in laws.items()}
    return Result(scenario, chosen.name, seed, answers)


def compare(scenario: Scenario, shots: int | None = None, seed: int | None = None) -> dict[str, Result | str]:
    """The results of all engines by name; for one that cannot take the job, the reason instead."""
    job = replace(scenario.job, shots=scenario.file.run.shots if shots is None else shots)
    results: dict[str, Result | str] = {}
    for engine in ENGINES:
        reason = engine.unsupported(job)
        results[engine.name] = reason or run(scenario, engine.name, shots, seed)
    reasons = [result for result in results.values() if isinstance(result, str)]
    if len(reasons) == len(results):
        raise UnsupportedError(" ".join(dict.fromkeys(reasons)))
    return results


def _whole(name: str, value: object, least: int) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**63):
        return value
    raise ScenarioError(f"`{name}` must be a whole number of at least {least}, but is {value!r}.")
