"""Pairs of which a part has left the qubits: a weight below one is a share that is lost, not one to divide by."""

from typing import Literal

import numpy as np
import pytest

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.deadline import Deadline
from bellpush.delivery.heralded import Heralded
from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.engines.closed import numbers
from bellpush.engines.exact import Exact
from bellpush.engines.physics import Physics
from bellpush.ground.streams import Streams
from bellpush.hardware.memory import Dephasing, Perfect, Stretched
from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.scheme import Births, Played, Scheme
from bellpush.states.pair import to_density, werner

KEPT, CLEAN, CHANCE = 0.9, 0.95, 0.2


class Leaky(Scheme):
    """Heralds a Werner pair of which a tenth is in a third level of one node."""

    summary = "leaky"
    kind: Literal["leaky"] = "leaky"

    def births(self, ends, channel):
        return Births(np.asarray(CHANCE), KEPT * werner(CLEAN), np.asarray(1e-6), np.zeros(()), "phi+")

    def link_model(self, ends, channel):
        return LinkModel(1e-6, (Outcome("herald", CHANCE, KEPT * werner(CLEAN), "phi+"),), "phi+")

    def attempts(self, ends, channel):
        return Played(np.array([CHANCE]), KEPT * to_density(werner(CLEAN))[None], "phi+", 1e-6, 0.0, None)


DELIVERIES = {
    "hold": Clocked(period=10e-6, fallback="mixed"),
    "refresh": Clocked(period=10e-6, fallback="00", attempts="refresh"),
    "by a deadline": Deadline(within=5e-6, fallback="01"),
    "whenever": Heralded(),
}
MEMORIES = {"perfect": Perfect(), "dephasing": Dephasing(time=2e-5), "stretched": Stretched(time=2e-5, exponent=2)}


def request(delivery, memory):
    node = Node(memory=memory, qubits=2)
    return Request("it", Link("l", ("a", "b"), (node, node), (), Leaky()), delivery)


@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
@pytest.mark.parametrize("memory", MEMORIES.values(), ids=MEMORIES)
def test_both_engines_count_what_leaked_as_lost(delivery, memory):
    """Two witnesses: sums over attempts, and presses played out; every number within 4 standard errors."""
    it = request(delivery, memory)
    job = Job({"l": it.link}, {"it": it}, hash="", shots=4000)
    exact, physics = (engine.run(job, Streams(1))["it"] for engine in (Exact(), Physics()))
    for name, ours, theirs in exact.beside(physics):
        assert ours.agrees(theirs, sigmas=4), (name, ours, theirs)
    assert exact.state == pytest.approx(physics.state, abs=0.04)


@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
def test_a_leak_lowers_fidelities_and_no_probability(delivery):
    """Two witnesses: the law, and the arithmetic of one press in a perfect memory."""
    it = request(delivery, Perfect())
    law = Exact().run(Job({"l": it.link}, {"it": it}, hash=""), Streams(1))["it"]
    count = it.schedule.attempts
    delivered = 1.0 if count is None else 1 - (1 - CHANCE) ** count
    alone = {"mixed": 0.25, "00": 0.5, "01": 0.0, None: 0.0}[it.fallback]
    assert law.delivered_probability.value == pytest.approx(delivered, rel=1e-12)
    assert law.fidelity_heralded.value == pytest.approx(KEPT * CLEAN, rel=1e-12)
    assert law.fidelity.value == pytest.approx(delivered * KEPT * CLEAN + (1 - delivered) * alone, rel=1e-12)
    assert law.state[0, 0] == pytest.approx(1 - delivered * (1 - KEPT), rel=1e-12)
    assert law.times.total == pytest.approx(delivered, rel=1e-12)


@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
def test_closed_forms_count_it_as_the_laws_do(delivery):
    """A sweep takes the array road; it must not disagree with `run`."""
    it = request(delivery, Dephasing(time=2e-5))
    law, found = Exact().run(Job({"l": it.link}, {"it": it}, hash=""), Streams(1))["it"], numbers(it)
    for name in ("delivered_probability", "fidelity", "fidelity_heralded", "rate", "latency"):
        assert getattr(found, name) == pytest.approx(getattr(law, name).value, rel=1e-12), name


def test_a_link_reports_the_fidelity_of_what_is_left():
    """Not renormalised: 0.9 of 0.95, and the decay of it from there to the same share of its floor."""
    it = request(DELIVERIES["hold"], Dephasing(time=2e-5))
    assert it.link.fidelity.value == pytest.approx(KEPT * CLEAN, rel=1e-12)
    rate = it.link.decoherence_rate
    assert rate.value == pytest.approx(2 / 2e-5, rel=1e-9)
    assert rate.floor == pytest.approx(KEPT * (1 + (4 * CLEAN - 1) / 3) / 4, rel=1e-12)


def test_rare_pairs_keep_all_their_digits():
    """1 - (1 - p)^N by subtraction would be zero for p below 1e-16."""
    it = request(DELIVERIES["hold"], Perfect())
    it.link.__dict__["births"] = it.link.births._replace(success=np.asarray(1e-18))
    assert numbers(it).delivered_probability == pytest.approx(1e-17, rel=1e-12)
