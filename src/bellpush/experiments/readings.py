"""What several claims read from a result."""

from __future__ import annotations

from bellpush.links.budget import budget
from bellpush.links.link import Link
from bellpush.scenario.result import Result
from bellpush.states import measures
from bellpush.states.pair import to_density, weight

__all__ = ["arrived", "concurrence", "cost", "delivered", "left_in_ground", "lost"]


def delivered(result: Result) -> float:
    """Delivered fidelity."""
    value = result["clocked"].fidelity.value
    assert value is not None
    return value


def concurrence(result: Result) -> float:
    """Of what the button hands over; of its part in the qubits, not renormalised, where some has leaked out."""
    state = result["clocked"].state
    return float(weight(state) * measures.concurrence(state))


def arrived(result: Result) -> float:
    """Population that reaches the receiver when the sender's whole excitation is sent, at the end of the transfer.

    The Bell state sends it in one of two branches: the population of |01> is half of it.
    """
    return 2 * float(to_density(_link(result).pair).real[1, 1])


def left_in_ground(result: Result) -> float:
    """Population of both qubits in the ground state when the sender's whole excitation was sent."""
    return 1 - arrived(result)


def lost(result: Result) -> float:
    """Share of an emitted photon that is lost on the way or not absorbed, before anything decays."""
    return 1 - 2 * float(to_density(_link(result).model.born).real[1, 1])


def cost(result: Result, name: str) -> float:
    """Infidelity of the Bell state by one imperfection alone."""
    (found,) = [one.alone_on for one in budget(_link(result)) if one.name == name]
    assert found is not None
    return found


def _link(result: Result) -> Link:
    (link,) = result.links.values()
    return link
