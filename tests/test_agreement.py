"""Every engine on every system with a known answer."""

import numpy as np
import pytest
from tests.systems.known import ALL

from bellpush.engines.kinds import ENGINES
from bellpush.ground.streams import Streams

NUMBERS = ("delivered_probability", "fidelity", "fidelity_heralded", "rate", "latency")


def law(engine, system):
    job = system.scenario.job
    if reason := engine.unsupported(job):
        pytest.skip(reason)
    return engine.run(job, Streams(3))["it"]


@pytest.mark.parametrize("system", ALL, ids=str)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_every_engine_finds_the_known_answer(engine, system):
    """An engine that accepts a system reproduces it: exactly, or within 4 standard errors."""
    found = law(engine, system)
    for name, value in system.expected.items():
        ours = getattr(found, name)
        if engine.name == "exact":
            assert ours.value == pytest.approx(value, rel=system.tolerance, abs=1e-12), name
            assert ours.standard_error == 0
            assert ours.truncation is not None
            assert abs(ours.value - value) <= max(ours.truncation, system.tolerance)
        else:
            bar = 4 * ours.standard_error + system.tolerance * abs(value) + 1e-12
            assert abs(ours.value - value) <= bar, (name, ours, value)


@pytest.mark.parametrize("system", ALL, ids=str)
def test_engines_agree_on_every_number(system):
    """Numbers without a closed form here are held by one engine against the other."""
    exact, physics = (law(engine, system) for engine in ENGINES)
    for name, ours, theirs in exact.beside(physics):
        assert ours.agrees(theirs, sigmas=4), (name, ours, theirs)


@pytest.mark.parametrize("system", ALL, ids=str)
def test_engines_agree_on_the_whole_state(system):
    """A fidelity can be right by accident; sixteen correlations cannot."""
    exact, physics = (law(engine, system) for engine in ENGINES)
    errors = physics.states.std(axis=0) / np.sqrt(len(physics.states))
    assert np.all(np.abs(exact.state - physics.state) <= 5 * errors + 1e-3)
    assert exact.state[0, 0] == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("system", ALL, ids=str)
def test_engines_agree_on_latencies(system):
    """Quantiles and P(delivered by T) come from the law alone; both laws must tell the same story."""
    exact, physics = (law(engine, system) for engine in ENGINES)
    for level in (0.1, 0.5):
        ours, theirs = exact.quantile(level), physics.quantile(level)
        if ours.value is not None and theirs.value is not None:
            step = system.scenario.job.requests["it"].schedule.step
            assert abs(ours.value - theirs.value) <= 4 * theirs.standard_error + step, level
    for time in (1e-5, 3e-4, 1e-2):
        ours, theirs = exact.delivered_by(time), physics.delivered_by(time)
        assert ours.agrees(theirs), time
