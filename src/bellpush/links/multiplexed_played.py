"""A multiplexed round played out mode by mode on density matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bellpush.hardware.node import Node
from bellpush.links.scheme import Played

__all__ = ["play", "play_several"]

Complex = NDArray[np.complex128]


def play(
    one: Played,
    ends: tuple[Node, Node],
    modes: int,
    gap: float,
    switching: tuple[float, float],
    feed_forward: float,
) -> Played:
    """All modes tried, one after another if there is a gap; the first that is heralded waits for the last.

    Args:
        one: one mode, played out.
        ends: the nodes, whose memories hold what waits.
        modes: their number.
        gap: time from one to the next, s.
        switching: share that the switch at either node hands on; the rest of the state is lost.
        feed_forward: time that it takes, s.
    """
    success = float(one.probabilities.sum())
    alive, reached = 1.0, np.zeros(modes)
    for mode in range(modes):
        reached[mode] = alive
        alive *= 1 - success
    kept = switching[0] * switching[1]
    duration = one.attempt_duration + (modes - 1) * gap + feed_forward
    delay = one.herald_delay + feed_forward
    if gap == 0:
        return Played(one.probabilities * reached.sum(), kept * one.states, one.target, duration, delay, one.idle)
    heralds = len(one.probabilities)
    probabilities = (reached[:, None] * one.probabilities).reshape(-1)
    ages = np.repeat(gap * (modes - 1 - np.arange(modes)), heralds)
    states = _waited(np.tile(one.states, (modes, 1, 1)), ends, ages)
    return Played(probabilities, kept * states, one.target, duration, delay, one.idle)


def play_several(
    one: Played,
    ends: tuple[Node, Node],
    modes: int,
    room: int,
    gap: float,
    switching: tuple[float, float],
    feed_forward: float,
) -> tuple[NDArray[np.float64], Complex]:
    """The same where nodes keep several pairs: probabilities of 0, 1, ..., room of them, shape (room + 1,).

    And pair number 1, 2, ... when its herald is known, times the probability that there is one, shape (room, 4, 4).
    """
    room = min(room, modes)
    count = np.zeros(room + 1)
    count[0] = 1.0
    found: Complex = np.zeros((room, 4, 4), dtype=complex)
    success = float(one.probabilities.sum())
    pair = np.tensordot(one.probabilities, one.states, axes=1)  # times the probability of a herald in one mode
    for mode in range(modes):
        # What is heralded here waits for the modes that follow, its herald and the switch.
        waits = gap * (modes - 1 - mode) + one.herald_delay + feed_forward
        found += count[:-1, None, None] * _waited(pair[None], ends, np.array([waits]))
        moved = count[:-1] * success
        count[:-1] -= moved
        count[1:] += moved
    return count, switching[0] * switching[1] * found


def _waited(states: Complex, ends: tuple[Node, Node], ages: NDArray[np.float64]) -> Complex:
    """States after so long in the memories of both ends, shape (states, 4, 4)."""
    aged: Complex = np.zeros_like(states)
    left, right = (node.storage.kraus(ages) for node in ends)
    for a in range(left.shape[-3]):
        for b in range(right.shape[-3]):
            both = np.einsum("sij,skl->sikjl", left[:, a], right[:, b]).reshape(-1, 4, 4)
            aged += both @ states @ both.conj().swapaxes(-1, -2)
    return aged
