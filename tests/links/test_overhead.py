"""Overheads: processes that take time, fail, and come after a while or after attempts."""

import numpy as np
import pytest
from pydantic import ValidationError

from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.links.overhead import Overhead
from bellpush.links.parametric import Parametric
from bellpush.scenario.load import load

SCHEME = Parametric(attempt_duration=1e-5, success_probability=0.01, state={"kind": "werner", "fidelity": 0.9})


def link(*overheads, cycle=None):
    return Link("l", ("a", "b"), (Node(), Node()), (), SCHEME, overheads, cycle)


def test_a_check_that_fails_is_repeated():
    """By hand: a check of 50 us that passes one time in five takes 250 us each ms of attempts: a quarter more."""
    one = link(Overhead(name="charge check", duration=5e-5, every=1e-3, success_probability=0.2, when="spread"))
    assert one.step == pytest.approx(1.25e-5)
    assert one.rate.value == pytest.approx(0.8 * one.rate_peak.value)


def test_processes_played_out_take_the_time_that_is_counted():
    """Two witnesses: the rate of a link, and a day of attempts with checks that fail and atoms that are lost."""
    check = Overhead(name="charge check", duration=5e-5, every=1e-3, success_probability=0.3, when="spread")
    reload = Overhead(name="reload", duration=2e-3, attempts=500, when="spread")
    rng, attempts = np.random.default_rng(3), 2_000_000
    checks = rng.geometric(0.3, size=int(attempts * 1e-5 / 1e-3)).sum()
    lost = rng.binomial(attempts, 1 / 500)
    wall = attempts * 1e-5 + checks * 5e-5 + lost * 2e-3
    found = rng.binomial(attempts, 0.01)
    assert found / wall == pytest.approx(link(check, reload).rate.value, rel=0.03)
    assert link(check, reload).rate_peak.value == pytest.approx(1e3)


def test_the_start_of_a_cycle_counts_where_a_clock_is_known():
    """By hand: 20 ms of cooling in a clock of 100 ms leave four fifths of the rate; without a clock nobody can say."""
    cooling = Overhead(name="cooling", duration=1e-2, success_probability=0.5, when="cycle-start")
    assert link(cooling, cycle=0.1).rate.value == pytest.approx(0.8 * link().rate.value)
    assert link(cooling).rate.value == link().rate.value
    assert link(cooling).lead == pytest.approx(0.02)
    assert "`cooling` fails at times" in link(cooling).notes[0]
    assert link(cooling, cycle=0.01).rate.value == 0.0


def test_a_scenario_knows_its_clock():
    """The wall-clock rate that `run` prints, from the file down."""
    overheads = [{"name": "cooling", "duration": "20 ms", "when": "cycle-start"}]
    cooled = load("humphreys-2018", {"links.0.overheads": overheads}).job.links["alice-bob"]
    assert cooled.cycle == pytest.approx(0.1)
    bare = load("humphreys-2018", {"links.0.overheads": []}).job.links["alice-bob"]
    assert cooled.rate.value == pytest.approx(0.8 * bare.rate.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"success_probability": 0.0}, "greater than 0"),
        ({"success_probability": 1.1}, "at most 1"),
        ({"attempts": 0.5}, "at least 1"),
        ({"duration": -1.0}, "at least 0 s"),
        ({"when": "now"}, "'spread' or 'cycle-start'"),
        ({"every": 0.0}, "greater than 0 s"),
    ],
)
def test_what_no_process_can_be_is_refused(fields, said):
    """A check that never passes would stop the clock."""
    with pytest.raises(ValidationError) as caught:
        Overhead(**{"name": "x", "duration": 1.0, "when": "spread", **fields})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": "spread"}, "must say `every` how long, or after how many `attempts`"),
        ({"when": "spread", "every": 1.0, "attempts": 5}, "but says both"),
        ({"when": "cycle-start", "attempts": 5}, "takes no `attempts`"),
        ({"when": "cycle-start", "every": 1.0}, "takes no `every`"),
    ],
)
def test_what_does_not_fit_together_is_said(fields, said):
    """Half an answer would be taken for a whole one."""
    assert said in Overhead(name="x", duration=1.0, **fields).contradiction()
