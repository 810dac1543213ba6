"""Clock edges at whole attempts: the optimum is the best of all ticks, tried one by one."""

import numpy as np
import pytest
from tests.systems.chains import chain
from tests.systems.known import clocked, one_link, werner

from bellpush.design.axis import bounds
from bellpush.design.optimise import optimise
from bellpush.design.scan import at
from bellpush.design.ticks import Ticks, climb, ticks_of
from bellpush.scenario.load import load
from bellpush.scenario.run import run

PERIOD, FIDELITY = "requests.it.delivery.period", "requests.it.fidelity"


def link(success=0.1, step="8 ms", time="800 ms", **more):
    return load(one_link(werner(success, 0.95, step, **more), clocked("90 ms"), {"kind": "depolarising", "time": time}))


@pytest.mark.parametrize(
    ("success", "step", "time"),
    [(0.1, 8, 800), (0.02, 1, 800), (0.013, 1.1, 500)],
    ids=["long attempts", "short ones", "odd ones"],
)
def test_the_best_period_is_the_best_tick(success, step, time):
    """Grids alone stop at a phase of the saw-tooth: 160 ms where it is 152 ms."""
    scenario = link(success, f"{step} ms", f"{time} ms")
    found = optimise(scenario, [bounds(scenario, f"{PERIOD}=5 ms:900 ms")], FIDELITY)
    ticks = np.arange(np.ceil(5 / step), np.floor(900 / step) + 1) * step * 1e-3
    values = at(scenario, {PERIOD: ticks}, [FIDELITY])[FIDELITY]
    assert found.knobs[0].value == pytest.approx(ticks[np.argmax(values)], rel=1e-12)
    assert found.value == pytest.approx(values.max(), rel=1e-14)


def test_a_period_beside_another_variable_lies_on_a_tick():
    scenario = link()
    over = [bounds(scenario, f"{PERIOD}=5 ms:900 ms"), bounds(scenario, "links.0.scheme.success_probability=0.01:0.2")]
    found = optimise(scenario, over, FIDELITY)
    ticks = found.knobs[0].value / 8e-3
    assert ticks == pytest.approx(round(ticks), rel=1e-12)
    assert found.knobs[1].binds == "high"


def test_the_best_edge_of_a_route_lies_on_a_tick_of_it():
    """Two links, attempts of 7 s: each edge at a tick beats those a second to either side."""
    scenario = chain(2, 0.5, memory={"kind": "depolarising", "time": "90 s"}, policy="swap-asap", link={
        "attempt_duration": "7 s"}, delivery={"kind": "clocked", "period": "30 s", "fallback": "mixed"})  # fmt: skip
    found = optimise(scenario, [bounds(scenario, f"{PERIOD}=7 s:90 s")], FIDELITY)
    best = max(range(7, 91, 7), key=lambda time: run(scenario.edit(PERIOD, f"{time} s"))["it"].fidelity.value)
    assert found.knobs[0].value == pytest.approx(best, rel=1e-12)


def test_ticks_are_those_of_the_schedule():
    assert ticks_of(link(), PERIOD) == Ticks(0.0, 8e-3)
    assert ticks_of(link(), "links.0.scheme.success_probability") is None
    assert Ticks(0.5, 2.0).near(np.array([0.1, 6.4])).tolist() == [1.0, 3.0]


def test_the_climb_ends_at_the_bounds_and_where_no_tick_is():
    def rising(times):
        return times

    assert climb(Ticks(0.0, 1.0), 3.3, 2.0, 50.5, rising, many=False) == 50.0
    assert climb(Ticks(0.0, 1.0), 3.3, 3.2, 3.4, rising, many=True) == 3.3
