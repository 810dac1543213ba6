"""Qubits kept by pulses, moved, or leaving: both engines, and the exact one where whole blocks make ages jump."""

import numpy as np
import pytest

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.engines.exact import Exact
from bellpush.engines.physics import Physics
from bellpush.engines.sums import direct_sum, smooth_sum
from bellpush.ground.streams import Streams
from bellpush.hardware.memory import Decoupled, Dephasing, Depolarising, Moved, TwoChannel
from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.links.parametric import Parametric

MEMORIES = {
    "whole blocks": Decoupled(spacing=5e-4, echo=5e-3, pulse_error=1e-3, block=8),
    "at any time": Decoupled(spacing=5e-4, echo=5e-3, pulse_error=1e-3),
    "two channels": TwoChannel(time=0.1, population_time=0.3, lifetime=0.5),
    "moved": Moved(into=Dephasing(time=0.2), before=Depolarising(time=0.02), fidelity=0.977, duration=3e-3),
    "moved at once": Moved(into=Dephasing(time=0.2), fidelity=0.95),
    "moved into blocks": Moved(into=Decoupled(spacing=1e-3, time=0.3, block=10), fidelity=0.95, duration=7e-3),
}


def request(memory, **how):
    link = Parametric(attempt_duration=1e-3, success_probability=0.02, state={"kind": "werner", "fidelity": 0.95})
    first, second = Node(memory=memory, qubits=2), Node(memory=Dephasing(time=1.0), qubits=2)
    line = Link("l", ("a", "b"), (first, second), (), link)
    return Request("it", line, Clocked(fallback="mixed", **{"period": 0.1, **how}))


@pytest.mark.parametrize("attempts", ["hold", "refresh"])
@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_both_engines_keep_a_qubit_alike(memory, attempts):
    """Two witnesses: sums of transfer matrices, and Kraus operators on presses played out; 4 standard errors."""
    it = request(memory, attempts=attempts)
    job = Job({"l": it.link}, {"it": it}, hash="", shots=3000)
    exact, physics = (engine.run(job, Streams(1))["it"] for engine in (Exact(), Physics()))
    for name, ours, theirs in exact.beside(physics):
        assert ours.agrees(theirs, sigmas=4), (name, ours, theirs)


@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_the_exact_engine_is_the_sum_over_attempts(memory):
    """Two witnesses: the engine, and 100 attempts written down by hand."""
    it = request(memory)
    law = Exact().run(Job({"l": it.link}, {"it": it}, hash=""), Streams(1))["it"]
    k = np.arange(1, 101)
    chances = 0.02 * 0.98 ** (k - 1)
    pairs = np.array([it.link.ageing.at(it.link.model.born, (100 - one) * 1e-3) for one in k])
    by_hand = (chances[:, None, None] * pairs).sum(axis=0) + 0.98**100 * np.diag([1.0, 0, 0, 0])
    assert law.state == pytest.approx(by_hand, abs=1e-12)


def test_more_steps_than_can_be_summed_are_refused():
    """A billion attempts one by one would take minutes without a word."""
    it = request(MEMORIES["whole blocks"], period=1e6)
    assert "sums attempt by attempt" in Exact().unsupported(Job({"l": it.link}, {"it": it}, hash=""))
    smooth = request(MEMORIES["at any time"], period=1e6)
    assert Exact().unsupported(Job({"l": smooth.link}, {"it": smooth}, hash="")) is None


def test_terms_that_do_not_jump_are_summed_alike():
    """The direct sum and the one by quadrature, where both apply."""

    def term(j):
        return np.exp(-j / 3e4)[:, None]

    direct, smooth = direct_sum(term, 100_000), smooth_sum(term, 100_000)
    assert direct[0] == pytest.approx(smooth[0], rel=1e-12)
