"""Swaps as soon as possible over three links or more.

In closed form for any number of unequal links where every swap gives a result and nothing is dropped; else short chains
are followed through all subsets of links that may stand, or through every configuration, see `configured`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.last import Last
from bellpush.delivery.law import ExactLaw
from bellpush.delivery.plan import SwapAll
from bellpush.delivery.schedule import attempts_within
from bellpush.delivery.times import AtEdge
from bellpush.engines import configured
from bellpush.engines.chains.asap import by_deadline, mean
from bellpush.engines.chains.clocks import MOST, unequal_law
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.order import mean_of_all
from bellpush.engines.chains.rows import Fading, Rows, fading
from bellpush.engines.slot import Slot
from bellpush.engines.sums import smooth_sum
from bellpush.engines.waited import model_error
from bellpush.states.pair import Pair

__all__ = ["closes", "edges_of", "law", "solve", "unsupported"]

Array = NDArray[np.float64]


class Chain(NamedTuple):
    """What the rows of the long pair lose where, slot by slot."""

    rows: Rows
    whole: Array  # rows of the pair if nothing waits, shape (C,)
    success: Array  # of each link, shape (n,)
    between: Array  # what a slot at each inner node leaves of a row, shape (C, n - 1)
    left: Array  # the same at the first node, shape (C,)
    right: Array  # at the last node, shape (C,)
    fade: Fading  # of both ends together


def closes(request: ChainRequest, plan: SwapAll, slot: Slot) -> bool:
    """Whether the closed form holds: swaps that give a result, no cut-off, and no memory that relaxes to a pole.

    A qubit that every attempt flips more often than not loses a negative factor, of which there is no root.
    """
    nodes = request.route.nodes
    if len(set(slot.attempts)) > 1:
        return False
    if slot.attempts[0] > 1 and any(node.storage.attempt_shrink < 0 for node in nodes[1:-1]):
        return False
    return _sure(request, plan, slot)


def _sure(request: ChainRequest, plan: SwapAll, slot: Slot) -> bool:
    """Whether swaps give a result, nothing is dropped, and no memory relaxes to a pole."""
    nodes = request.route.nodes
    sure = all(node.swap.success_probability == 1 for node in nodes[1:-1])
    return sure and plan.cutoff is None and not any(configured.relaxes(node.storage, slot) for node in nodes)


def unsupported(request: ChainRequest, plan: SwapAll, slot: Slot) -> str | None:
    """Why there is no exact method; None if there is."""
    of = f"`requests.{request.name}`"
    if len(set(slot.attempts)) > 1 and len(request.links) > MOST:
        return (
            f"The exact engine takes at most {MOST} links of unequal attempts where they are swapped as soon as "
            f"possible ({of}: {len(request.links)}). Try one attempt_duration for all, the longest, or policy: "
            "{kind: nested}."
        )
    if reason := unequal_swaps(request, slot):
        return reason
    return None if _sure(request, plan, slot) else configured.unsupported(request, plan, slot)


def unequal_swaps(request: ChainRequest, slot: Slot) -> str | None:
    """Why swaps as soon as possible must be of one duration; None if they are."""
    if len(set(slot.swaps)) == 1:
        return None
    return (
        "The exact engine needs swaps of one duration where more than two links are swapped as soon as possible "
        f"(`requests.{request.name}`). Try one duration for all, the longest, or policy: {{kind: nested}}."
    )


def law(request: ChainRequest, plan: SwapAll, slot: Slot) -> tuple[ChainLaw, Fading]:
    """The law of the pair slot by slot, and what a slot takes from it at its ends, where no closed form holds.

    Source: docs/background/chains.md.
    """
    if not _sure(request, plan, slot):
        return configured.configured(request, plan, slot)
    chain = _chain(request, slot)
    keeps = np.concatenate([chain.left[:, None], chain.between, chain.right[:, None]], axis=-1)
    made = unequal_law(chain.rows, chain.success, slot.attempts, chain.whole, keeps, _damage(request, chain.rows))
    if not slot.swaps[0]:
        return made, chain.fade
    after = chain.fade.after(made.rows, float(slot.swaps[0]))
    return replace(made, rows=after).delayed(slot.swaps[0]), chain.fade


def _damage(request: ChainRequest, rows: Rows) -> Array:
    """What an attempt at another link leaves of each row for a qubit in each node, shape (C, n + 1)."""
    first, second = (np.array(side) for side in zip(*rows.picks, strict=True))
    shrinks = np.array([node.storage.attempt_shrink for node in request.route.nodes])
    found = np.where(np.isin(second, (1, 2))[:, None], shrinks, 1.0)
    found[:, 0] = np.where(np.isin(first, (1, 2)), shrinks[0], 1.0)
    return np.concatenate([np.ones((1, len(shrinks))), found]) if rows.leaky else found


def solve(request: ChainRequest, plan: SwapAll, slot: Slot) -> ExactLaw:
    """The delivery law.

    Source: docs/background/chains.md.
    """
    chain = _chain(request, slot)
    start = slot.start + slot.swaps[0] * slot.time
    success, known = tuple(chain.success.tolist()), model_error(request)
    if request.until is None:
        average, late = mean_of_all(chain.success)
        times = Last(success, slot.time, average, start, None, late)
        values, errors = mean(chain.success, chain.between, chain.left, chain.right)
        heralded = _pair(chain, chain.whole * values, slot.swaps[0])
        press = start + average * slot.time
        error = float(np.max(errors)) + known
        return ExactLaw(request.target, times, heralded, np.zeros((4, 4)), press, error, late * slot.time)
    count = int(attempts_within(request.until - start, slot.time))
    fallback = request.fallback_state()
    assert fallback is not None
    if count == 0:
        none = AtEdge(request.edge, 0.0) if request.edge else Last(success, slot.time, 0.0, start, 0)
        return ExactLaw(request.target, none, np.zeros((4, 4)), fallback, request.until)
    if request.edge is not None:
        values, errors = by_deadline(chain.success, chain.between, [count], chain.left, chain.right)
        total = Last(success, slot.time, 0.0, start, count).total
        rest = max((request.edge - start) / slot.time - count, 0.0) + slot.swaps[0]
        heralded = _pair(chain, chain.whole * values[..., 0], rest)
        missed = (1 - total) * fallback
        error = float(np.max(errors)) + known
        return ExactLaw(request.target, AtEdge(request.edge, total), heralded, missed, request.edge, error)
    average, late = _mean_by(success, count)
    times = Last(success, slot.time, average, start, count, late)
    rows, error = _by_deadline(chain, count)
    heralded = _pair(chain, chain.whole * rows, slot.swaps[0])
    press = times.total * (start + average * slot.time) + (1 - times.total) * request.until
    missed = (1 - times.total) * fallback
    return ExactLaw(request.target, times, heralded, missed, press, error + known, late * slot.time)


def edges_of(request: ChainRequest, slot: Slot) -> Callable[[Array], Pair]:
    """Mean correlations over every press, (edges, 4, 4), as a function of the times of the edge."""
    chain = _chain(request, slot)
    start, success = slot.start + slot.swaps[0] * slot.time, tuple(chain.success.tolist())
    fallback = request.fallback_state()
    assert fallback is not None

    def states(edges: Array) -> Pair:
        counts = np.asarray(attempts_within(edges - start, slot.time))
        values, _ = by_deadline(chain.success, chain.between, counts, chain.left, chain.right)
        rest = np.maximum((edges - start) / slot.time - counts, 0.0) + slot.swaps[0]
        kept = chain.rows.pairs(chain.fade.after(chain.whole[:, None] * values, rest).T)
        totals = np.array([Last(success, slot.time, 0.0, 0.0, int(count)).total for count in counts])
        return np.asarray(kept + (1 - totals)[:, None, None] * fallback)

    return states


def _chain(request: ChainRequest, slot: Slot) -> Chain:
    route = request.route
    rows, pairs, kept = configured.carried(request)
    first, second = (np.array(side) for side in zip(*rows.picks, strict=True))
    whole = pairs[0][first, second].copy()
    for pair, factors in zip(pairs[1:], kept, strict=True):
        whole *= factors[second] * pair[second, second]
    shrink = np.array([np.diagonal(node.storage.transfer(slot.time)) for node in route.nodes])
    left, right, between = shrink[0][first], shrink[-1][second], shrink[1:-1, second].T
    if rows.leaky:  # the chance that all links are there, whatever has leaked out of them
        one = np.ones(1)
        whole, left, right = np.append(one, whole), np.append(one, left), np.append(one, right)
        between = np.concatenate([np.ones((1, between.shape[1])), between])
    if len(set(slot.attempts)) == 1:  # all attempts end at once, and each slot takes its share
        between = between * _damage(request, rows)[:, 1:-1] ** (1 / slot.attempts[0])
    success = np.array([min(link.model.success_probability, 1.0) for link in route.links])
    fade = fading(rows, route.nodes[0].storage, route.nodes[-1].storage, slot.time)
    return Chain(rows, whole, success, between, left, right, fade)


def _pair(chain: Chain, rows: Array, slots: float) -> Pair:
    """The pair of these rows after so many more slots in the memories of its ends."""
    return chain.rows.pairs(chain.fade.after(rows[:, None], slots)[:, 0])


def _by_deadline(chain: Chain, count: int) -> tuple[Array, float]:
    """Rows at the moment the last link is there, summed over the slots up to `count`, and an error bound.

    K(s) - left right K(s - 1) is that of slot s; summed up, K(count) + (1 - left right) sum of K(1) to K(count - 1).
    """
    values, errors = by_deadline(chain.success, chain.between, [count], chain.left, chain.right)
    loss = 1 - chain.left * chain.right
    if count == 1 or not np.any(loss):
        return values[:, 0], float(np.max(errors))

    def term(j: Array) -> Array:
        found, _ = by_deadline(chain.success, chain.between, j + 1, chain.left, chain.right)
        return np.asarray((loss[:, None] * found).T)

    summed, missing = smooth_sum(term, count - 1)
    return values[:, 0] + summed, float(np.max(errors)) + missing


def _mean_by(success: tuple[float, ...], count: int) -> tuple[float, float]:
    """Mean slot of the last link, given that it comes by slot `count`, and an error bound."""
    fail = np.log1p(-np.minimum(np.array(success), 1 - 1e-16))

    def chance(t: Array) -> Array:
        return np.asarray(np.prod(-np.expm1(fail * t[:, None]), axis=-1))

    total = float(chance(np.array([float(count)]))[0])
    if total <= 0:
        return 0.0, 0.0
    missing, error = smooth_sum(lambda t: (total - chance(t)) / count, count)  # t = 0 ... count - 1
    return float(missing) * count / total, error * count / total
