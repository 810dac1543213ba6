"""How long a stored pair may wait before a cut-off drops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.cutoff import AgeCutoff, Cutoff, DifferenceCutoff, FidelityCutoff
from bellpush.engines.played.held import Held
from bellpush.engines.played.quantum import stored
from bellpush.hardware.node import Node
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState, from_density

__all__ = ["SLACK", "Beat", "patience"]

Real: TypeAlias = NDArray[np.float64]

SLACK = 1e-9  # of an attempt: differences of times that rounding explains
LONGEST = 2**40  # beats beyond which a pair is never dropped
HALVINGS = 50  # of a time that no beat measures


@dataclass(frozen=True)
class Beat:
    """The common measure of all attempts and swaps along a route, 0 where there is none: nothing happens in between.

    A pair whose time is up between two beats is dropped at the first of them: it would only block the next attempt.
    """

    time: float  # s
    slack: float  # s, differences of times that rounding explains

    def whole(self, wait: Real) -> Real:
        """Waiting times, not below zero, cut to whole beats; shape (...)."""
        wait = np.maximum(wait, 0.0)
        return wait if self.time == 0 else np.floor(wait / self.time * (1 + SLACK)) * self.time


def patience(cutoff: Cutoff, pairs: Held, nodes: tuple[Node, Node], target: BellState, beat: Beat) -> Real:
    """How long each pair may wait when it is ready, s, in whole beats; shape (shots,).

    A pair whose time is up already is used at once or dropped. For a cut-off by fidelity pairs must carry what one may
    expect of them.
    """
    wait = np.zeros(len(pairs))  # a pair that never comes has no age
    there = np.flatnonzero(np.isfinite(pairs.ready))
    if isinstance(cutoff, DifferenceCutoff):
        wait[there] = cutoff.time
    elif isinstance(cutoff, AgeCutoff):
        wait[there] = cutoff.time - (pairs.ready[there] - pairs.born[there])
    else:
        assert isinstance(cutoff, FidelityCutoff)
        pairs = pairs.at(there)
        assert pairs.mean is not None
        ages = pairs.ready[:, None] - pairs.since
        history = np.column_stack([pairs.mean.reshape(len(pairs), 16).view(float), ages]).round(13)
        _, firsts, which = np.unique(history, axis=0, return_index=True, return_inverse=True)  # most are alike
        wait[there] = _lasting(pairs.at(firsts), nodes, target, cutoff.least, beat)[which.reshape(-1)]
    return beat.whole(wait)


def _lasting(pairs: Held, nodes: tuple[Node, Node], target: BellState, least: float, beat: Beat) -> Real:
    """How long the fidelity that one may expect stays at `least`, found by halving."""
    mean = pairs.mean
    assert mean is not None

    def kept(waits: Real) -> NDArray[np.bool_]:
        """Whether each pair still is as good after its wait."""
        state = mean
        for end, node in enumerate(nodes):
            ages = np.maximum(pairs.ready + waits - pairs.since[:, end], 0.0)
            state = stored(state, node.storage, ages, end)
        return np.asarray(overlap(from_density(state), target) >= least)

    unit = beat.time if beat.time > 0 else beat.slack / SLACK
    low, high, steps = np.full(len(pairs), -1.0), np.zeros(len(pairs)), 0  # in units; the last kept, the first not
    while (good := kept(high * unit) & (high < LONGEST)).any():
        low, high, steps = np.where(good, high, low), np.where(good, 2 * high + 1, high), steps + 1
    endless = high >= LONGEST
    for _ in range(steps if beat.time > 0 else HALVINGS):
        middle = (low + high) / 2 if beat.time == 0 else np.floor((low + high) / 2)
        good = kept(np.maximum(middle, 0.0) * unit) & (middle >= 0)
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return np.where(endless, np.inf, np.maximum(low, 0.0) * unit)
