"""The array road: a batch gives what each of its points gives."""

from dataclasses import replace

import numpy as np
import pytest
from tests.systems.known import ALL

from bellpush.engines.closed import numbers
from bellpush.scenario.load import load
from bellpush.scenario.run import run

NAMES = ("delivered_probability", "fidelity", "fidelity_heralded", "rate", "latency")


@pytest.mark.parametrize("system", ALL, ids=str)
def test_a_batch_of_one_is_the_answer(system):
    """Closed forms alone, where they apply, give the law's own numbers."""
    request = system.scenario.job.requests["it"]
    found = numbers(request)
    if found is None:
        kinds = {node.memory.kind for node in request.link.nodes}
        assert "stretched" in kinds or request.fallback == "memories"
        return
    law = run(system.scenario)["it"].law
    for name in NAMES:
        ours, value = getattr(found, name), getattr(law, name).value
        assert (np.isnan(ours) and value is None) or ours == pytest.approx(value, rel=1e-12, abs=1e-14), name


def test_records_that_hold_arrays_give_arrays():
    """Population, memory and period abreast: every point is what a scenario of its own gives."""
    scenario = load("humphreys-2018")
    request = scenario.job.requests["clocked"]
    bright, period = np.linspace(0.05, 0.4, 5)[:, None], np.array([0.02, 0.1, 0.25])[None]
    time = np.array([0.2, 0.4, 0.9])[None]
    scheme = type(request.link.scheme).model_construct(
        **{**dict(request.link.scheme), "bright_state_population": (bright, bright)}
    )
    node = request.link.nodes[0]
    aged = type(node).model_construct(
        **{**dict(node), "memory": type(node.memory).model_construct(kind="depolarising", time=time)}
    )
    link = replace(request.link, scheme=scheme, nodes=(aged, node))
    delivery = type(request.delivery).model_construct(**{**dict(request.delivery), "period": period})
    found = numbers(replace(request, link=link, delivery=delivery))
    assert found.fidelity.shape == (5, 3)
    for i in range(5):
        for j in range(3):
            point = scenario.edit_all(
                {
                    "links.0.scheme.bright_state_population": float(bright[i, 0]),
                    "requests.clocked.delivery.period": f"{float(period[0, j])!r} s",
                    "nodes.alice.memory.time": f"{float(time[0, j])!r} s",
                }
            )
            law = run(point)["clocked"].law
            for name in NAMES:
                assert getattr(found, name)[i, j] == pytest.approx(getattr(law, name).value, rel=1e-12)
