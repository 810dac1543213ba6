"""Pairs whose loss depends on when each of their qubits was first stored.

What is left of a qubit is a sum of exponentials of its age, and each term decays without a past. A pair is followed
once for every term of its first qubit and every term of its last; what is left of it at any moment is the sum over
both, each with its weight. A swap consumes two qubits: there the sums over their terms are taken at once, and what goes
on is the product of what either side has kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.exponentials import Exponentials
from bellpush.engines.chains.filters import one_pole, waiting
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.meet import Round, meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, FULL, TIMES, Fading, Rows
from bellpush.states.pair import Pair

__all__ = ["Blocks", "Made", "Qubit", "Side", "Term", "law_of", "side", "standing", "swapped"]

Array: TypeAlias = NDArray[Any]
Term: TypeAlias = tuple[Array, Array]
"""Rows of a pair that are products: of (m, t) for the terms of its first qubit, and (m', t) for those of its last."""

TOGETHER = 2**20  # numbers that are worked on at a time
CERTAIN = -1  # the place of a correlation that loses nothing: it is the probability itself
NOTHING = -2  # of one that is not there


@dataclass(frozen=True)
class Qubit:
    """A stored qubit from its herald on: what is left of I, x, y and z, by slots."""

    left: tuple[Exponentials, ...]
    damage: float = 1.0  # what attempts at the other link of its node leave of x and y in a slot in which it waits

    def hurt(self, pauli: int) -> float:
        """What a slot beside attempts at the other link leaves of a correlation."""
        return self.damage if pauli in (1, 2) else 1.0


@dataclass(frozen=True)
class Blocks:
    """Which correlations R[i, k] are followed: one of all those that every qubit of a chain loses alike."""

    picks: tuple[tuple[int, int], ...]
    places: tuple[tuple[int, ...], ...]  # (4, 4): the number of a pick, or `CERTAIN`, or `NOTHING`

    def spread(self, values: Array, probability: Array) -> Array:
        """From one number a pick (picks, ...) to all correlations (4, 4, ...)."""
        places = np.array(self.places)
        found = np.zeros((4, 4, *np.shape(probability)))
        found[places == CERTAIN] = probability
        for number, value in enumerate(values):
            found[places == number] = value
        return found


@dataclass(frozen=True)
class Made:
    """A pair between two nodes: when it is ready, and how old its qubits are then.

    Its rows are, for every block, E[factor^age of the first, factor^age of the last, what was lost at swaps; ready in
    slot t], of size (m, m', t).
    """

    times: ChainLaw  # the probability alone
    first: Qubit
    last: Qubit
    whole: Pair  # correlations if nothing were lost from the heralds on, shape (4, 4)
    key: Any  # equal for pairs that differ in nothing but names and `whole`
    terms: tuple[tuple[Term, ...], ...] = ()  # by block; none for a link, whose qubits are as old as at the herald
    round_: Round | None = None  # the round that is repeated until it succeeds with these terms; None for no retries

    @property
    def length(self) -> int:
        """Number of slots of its terms."""
        return self.terms[0][0][0].shape[-1] if self.terms and self.terms[0] else 1

    def factors(self, block: tuple[int, int]) -> tuple[Exponentials, Exponentials]:
        """What is left of the two qubits in a block."""
        return self.first.left[block[0]], self.last.left[block[1]]

    def rows(self, number: int, first: slice, last: slice, slots: int) -> Array:
        """Rows of a block for some of its terms, shape (m, m', slots); all alike in a link, (1, 1, slots)."""
        if not self.terms:
            return self.times.at(slots)[None]
        made = np.asarray(sum(a[first, None] * b[None, last] for a, b in self.terms[number]))
        flat = self._repeated(made.reshape(-1, made.shape[-1])).at(slots)[1:]
        return flat.reshape(*made.shape[:2], slots)

    def ready(self, blocks: Blocks) -> Array:
        """What is left of every block when the pair is ready, in the round that succeeds or all of it: (blocks, t)."""
        found = np.zeros((len(blocks.picks), self.length))
        for number, block in enumerate(blocks.picks):
            one, two = (left.weights for left in self.factors(block))
            found[number] = (
                sum((one @ a).real * (two @ b).real for a, b in self.terms[number])
                if self.terms
                else one.sum().real * two.sum().real
            )
        return found

    def later(self, blocks: Blocks, slots: int) -> Made:
        """The same pair so many slots later, aged by them; for one without retries."""
        assert self.round_ is None
        terms = []
        for block, found in zip(blocks.picks, self.terms, strict=True):
            one, two = (left.factors for left in self.factors(block))
            terms.append(tuple(_later(term, (one, two), slots) for term in found))
        return replace(self, times=self.times.delayed(slots), terms=tuple(terms))

    def _repeated(self, rows: Array, basis: Rows = TIMES) -> ChainLaw:
        """The law with the probability before these rows (C, t), which may be complex, in a round that succeeds."""
        if self.round_ is None:
            count = rows.shape[-1]
            every = np.concatenate([self.times.at(count), rows])
            end = np.zeros(len(every))
            return ChainLaw(basis, every, end, np.array(np.inf), self.times.lost, self.times.late)
        success = np.concatenate([self.round_.success, rows])
        return repeat(Round(basis, success, self.round_.failure, self.round_.lost, self.round_.late))


@dataclass(frozen=True)
class Side:
    """What a pair brings to a swap of one of its qubits, by block: rows (m, t) for the terms of the other."""

    came: tuple[Array, ...]  # of pairs that are ready just then
    waits: tuple[Array, ...]  # of those that came before


def side(
    made: Made, blocks: Blocks, at_last: bool, slots: int, hurt: tuple[bool, bool], limit: Array | None = None
) -> Side:
    """What a pair brings to a swap.

    Args:
        made: the pair.
        blocks: what is followed.
        at_last: whether its last qubit is swapped; else its first.
        slots: how many.
        hurt: whether attempts damage its first and its last qubit while it waits.
        limit: slots that it waits at most, shape (1,); None for ever.
    """
    came, waits = [], []
    every = slice(None)
    for number, block in enumerate(blocks.picks):
        one, two = made.factors(block)
        loss = (made.first.hurt(block[0]) if hurt[0] else 1.0) * (made.last.hurt(block[1]) if hurt[1] else 1.0)
        kept, gone = (one, two) if at_last else (two, one)
        just, before = [], []
        for part in _chunks(kept.half, len(gone.factors) * max(slots, made.length)):
            rows = made.rows(number, part, every, slots) if at_last else made.rows(number, every, part, slots)
            rows = rows if at_last else np.swapaxes(rows, 0, 1)
            fade = loss * kept.factors[part, None] * gone.factors
            all_rows = np.broadcast_to(rows, (*fade.shape, slots))
            just.append(np.einsum("b,abt->at", gone.weights, all_rows))
            before.append(np.einsum("b,abt->at", gone.weights, waiting(rows, fade, limit)))
        came.append(kept.whole(np.concatenate(just)))
        waits.append(kept.whole(np.concatenate(before)))
    return Side(tuple(came), tuple(waits))


def swapped(
    blocks: Blocks,
    left: Made,
    right: Made,
    chance: float,
    kept: Array,
    key: Any,
    *,
    limits: Sequence[Array | None] = (None, None),
    hurt: bool = False,
    delay: int = 0,
) -> Made:
    """The pair that a swap of two makes as soon as both are there, tried again with fresh ones where it fails.

    Args:
        blocks: what is followed.
        left: the pair whose last qubit is swapped.
        right: the pair whose first qubit is.
        chance: that the swap succeeds.
        kept: what it leaves of II, XX, YY, ZZ, shape (4,).
        key: of what is made.
        limits: slots that either pair waits at most, before both are dropped.
        hurt: whether attempts at the other link damage the qubit that waits at the node.
        delay: slots that the swap takes.

    Source: docs/background/chains.md, "Memories that do not forget".
    """
    still = Fading(np.ones(1))
    met = meet(
        left.times,
        right.times,
        lambda a, b: chance * (a * b),
        still,
        still,
        limit_first=limits[0],
        limit_second=limits[1],
        delay=delay,
    )
    slots = met.success.shape[-1] - delay
    one = side(left, blocks, True, slots, (False, hurt), limits[0])
    two = side(right, blocks, False, slots, (hurt, False), limits[1])
    bare = right.times.at(slots)[:1]
    before = waiting(bare, np.ones(1), limits[1])
    terms = []
    for number, (i, k) in enumerate(blocks.picks):
        place = blocks.places[k][k]
        came, waits = (bare, before) if place == CERTAIN else (two.came[place], two.waits[place])
        found = ((chance * one.came[number], came + waits), (chance * one.waits[number], came))
        ends = left.first.left[i].factors, right.last.left[k].factors
        terms.append(tuple(_later(term, ends, delay) for term in found))
    whole = left.whole * kept * np.diagonal(right.whole)
    return Made(repeat(met), left.first, right.last, whole, key, tuple(terms), met)


def law_of(made: Made, blocks: Blocks) -> ChainLaw:
    """When a pair is ready and in which state it is then, slot by slot."""
    off = ~np.eye(4, dtype=bool)
    rows = FULL if np.any(made.whole[off]) else BELL
    leaky = blocks.places[0][0] != CERTAIN or made.whole[0, 0] != 1
    basis = Rows(rows.picks, leaky=leaky)
    values = made.ready(blocks)
    first, second = (list(part) for part in zip(*basis.picks, strict=True))
    if not made.terms:
        share = (made.whole * blocks.spread(values[:, 0], np.array(1.0)))[first, second]
        share = np.concatenate([np.ones(1), share]) if leaky else share
        times = made.times
        tail = share * times.tail
        return ChainLaw(basis, share[:, None] * times.rows, tail, times.rate, times.lost, times.late)
    bare = (made.times.at(values.shape[-1]) if made.round_ is None else made.round_.success)[0]
    all_rows = (made.whole[..., None] * blocks.spread(values, bare))[first, second]
    return made._repeated(all_rows if leaky else all_rows[1:], basis)


def standing(made: Made, blocks: Blocks, counts: Array, parts: Array) -> tuple[Pair, float]:
    """Correlations, times its probability, of a pair that is there by slot `counts` (E,), `parts` (E,) of a slot later.

    Shape (E, 4, 4); and the error of what the qubits at its ends have kept by then.
    """
    slots = int(counts.max()) + 1
    bare = np.cumsum(made.times.at(slots)[0])[counts]
    values, doubt = np.zeros((len(blocks.picks), len(counts))), 0.0
    moments, which = np.unique(parts, return_inverse=True)
    for number, block in enumerate(blocks.picks):
        one, two = made.factors(block)
        ends = [[left.after(float(part)) for part in moments] for left in (one, two)]
        doubt = max([doubt, *(a + b for (_, a), (_, b) in zip(*ends, strict=True))])
        first, last = (np.array([weights for weights, _ in end])[which] for end in ends)
        for part in _chunks(one.half, len(two.factors) * max(slots, made.length)):
            rows = made.rows(number, part, slice(None), slots)
            there = _aged(rows, one.factors[part, None] * two.factors, counts)
            mirrored = np.where(np.arange(one.half)[part] < one.reals, 1.0, 2.0)
            values[number] += np.einsum("a,ea,eb,abe->e", mirrored, first[:, part], last, there).real
    found = made.whole[..., None] * blocks.spread(values, bare)
    return np.moveaxis(found, -1, 0), doubt


def _aged(rows: Array, factors: Array, counts: Array) -> Array:
    """sum_{s <= count} factor^(count - s) rows[s], shapes (.., t) and (a, b) to (a, b, counts)."""
    if len(counts) > 1:
        every = np.broadcast_to(rows, (*factors.shape, rows.shape[-1]))
        return np.asarray(one_pole(every, factors)[..., counts])
    ages = int(counts[0]) - np.arange(rows.shape[-1])
    with np.errstate(under="ignore"):
        powers = np.exp(np.log(factors)[..., None] * ages)
    return np.asarray((powers * rows).sum(axis=-1, keepdims=True))


def _chunks(count: int, each: int) -> Iterator[slice]:
    """`count` terms of so many numbers each, as many at a time as is good."""
    step = max(TOGETHER // max(each, 1), 1)
    return (slice(first, min(first + step, count)) for first in range(0, count, step))


def _later(term: Term, factors: tuple[Array, Array], slots: int) -> Term:
    """The same rows so many slots later, aged by them."""
    if slots == 0:
        return term
    one, two = (
        np.concatenate([np.zeros((len(part), slots)), part * end[:, None] ** slots], axis=-1)
        for part, end in zip(term, factors, strict=True)
    )
    return one, two
