"""Schedules: how many attempts, and what is left at the end."""

import pytest

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.deadline import Deadline
from bellpush.delivery.heralded import Heralded
from bellpush.delivery.schedule import attempts_within
from bellpush.hardware.node import Node
from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.link import Link
from bellpush.links.overhead import Overhead
from bellpush.links.parametric import Parametric


def link(duration=1e-5, overheads=(), transfer=False):
    if transfer:
        scheme = DirectTransfer(transmission=1.0, duration=0.0, repetition=duration)
    else:
        state = {"kind": "werner", "fidelity": 1.0}
        scheme = Parametric(attempt_duration=duration, success_probability=0.1, state=state)
    return Link("l", ("a", "b"), (Node(), Node()), (), scheme, overheads)


@pytest.mark.parametrize(
    ("time", "step", "count"),
    [(0.1, 1e-5, 10_000), (2e-5, 2e-5, 1), (0.3, 0.1, 3), (0.29999, 0.1, 2), (1e-6, 1e-5, 0), (0.1, 5.5e-6, 18_181)],
)
def test_whole_attempts_fit(time, step, count):
    """floor(period / attempt), where rounding must not lose one."""
    assert attempts_within(time, step) == count


def test_hold_starts_at_the_edge_before():
    """Attempt k ends at k attempt durations; the rest of the cycle only ages."""
    schedule = Clocked(period=1.04e-4, fallback="mixed").schedule(link())
    assert (schedule.attempts, schedule.start, schedule.newest) == (10, 0.0, False)
    assert schedule.rest == pytest.approx(4e-6)


def test_just_in_time_ends_at_the_edge():
    """One attempt, and nothing is left for ageing; the default of schemes that do not herald."""
    schedule = Clocked(period=1.04e-4, fallback="mixed").schedule(link(transfer=True))
    assert (schedule.attempts, schedule.rest) == (1, 0.0)
    assert schedule.start == pytest.approx(9.4e-5)


def test_overheads_take_their_time():
    """Spread: attempts take longer by the share. Cycle-start: none in the first part of a cycle."""
    spread = Overhead(name="lock", duration=0.01, every=0.18, when="spread")
    cooling = Overhead(name="cooling", duration=2e-5, when="cycle-start")
    schedule = Clocked(period=1e-4, fallback="mixed").schedule(link(overheads=(spread, cooling)))
    assert schedule.step == pytest.approx(1e-5 * (1 + 1 / 18))
    assert (schedule.start, schedule.attempts) == (2e-5, 7)
    assert Deadline(within=1e-4, fallback="00").schedule(link(overheads=(cooling,))).attempts == 10


def test_heralded_waits_for_ever():
    """No time is promised, so nothing is cut."""
    schedule = Heralded().schedule(link())
    assert schedule.attempts is None
    assert schedule.until is None
    assert schedule.rest == 0


def test_refresh_needs_a_second_qubit():
    """Attempts need a qubit of their own while a pair is stored."""
    refresh = Clocked(period=1e-3, fallback="mixed", attempts="refresh")
    assert "two qubits" in refresh.contradiction(link())
    roomy = Link("l", ("a", "b"), (Node(qubits=2), Node(qubits=2)), (), link().scheme)
    assert refresh.contradiction(roomy) is None
