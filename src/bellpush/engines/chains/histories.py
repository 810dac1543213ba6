"""Pairs whose loss depends on when each of their qubits was first stored.

What is left of a qubit is read off a few numbers that one matrix multiplies every slot (`systems`). A pair is followed
as the products of those of its first qubit and those of its last. A swap consumes two qubits: what is left of them is
read off there, and what goes on is the product of what either side has kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.filters import waiting
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.meet import Round, meet
from bellpush.engines.chains.renewal import again, fast_size, repeat
from bellpush.engines.chains.rows import Fading
from bellpush.engines.chains.systems import System
from bellpush.states.pair import Pair

__all__ = [
    "CERTAIN",
    "NOTHING",
    "Blocks",
    "Made",
    "Qubit",
    "Side",
    "Term",
    "renewed",
    "side",
    "swapped",
    "waiting_numbers",
]

Array: TypeAlias = NDArray[Any]
Term: TypeAlias = tuple[Array, Array]
"""Numbers of a pair that are products: (m, t) of its first qubit, and (m', t) of its last."""

CERTAIN = -1  # the place of a correlation that loses nothing: it is the probability itself
NOTHING = -2  # of one that is not there
FADED = 1e-20  # of a pair, below which it is gone
CHECKED = 64  # slots after which that is looked at


@dataclass(frozen=True)
class Qubit:
    """A stored qubit from its herald on: what is left of I, x, y and z, by slots."""

    left: tuple[System, ...]
    damage: float = 1.0  # what attempts at the other link of its node leave of x and y in a slot in which it waits
    pole: bool = False  # whether it relaxes, without a past: z then is followed as two numbers, z itself and I

    def sources(self, pauli: int) -> list[tuple[int, Array]]:
        """The correlations that what is left of one is made of, and the numbers that each begins with."""
        own = [(pauli, self.left[pauli].start)]
        return [*own, (0, np.array([0.0, 1.0]))] if self.pole and pauli == 3 else own

    def hurt(self, pauli: int) -> float:
        """What a slot beside attempts at the other link leaves of a correlation."""
        return self.damage if pauli in (1, 2) else 1.0


@dataclass(frozen=True)
class Blocks:
    """Which correlations R[i, k] are followed: one of all those that every qubit of a chain loses alike."""

    picks: tuple[tuple[int, int], ...]
    places: tuple[tuple[int, ...], ...]  # (4, 4): the number of a pick, or `CERTAIN`, or `NOTHING`
    apart: bool = False  # whether blocks hold correlations, not what is left of any; where qubits relax to a pole

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

    For every block its terms add up to the mean of (numbers of the first qubit) x (numbers of the last) x (what was
    lost at swaps) of pairs that are ready in slot t, as a matrix (m, m') for each t.
    """

    times: ChainLaw  # the probability alone
    first: Qubit
    last: Qubit
    whole: Pair  # correlations if nothing were lost from the heralds on, shape (4, 4)
    key: Any  # equal for pairs that differ in nothing but names and `whole`
    terms: tuple[tuple[Term, ...], ...] = ()  # by block; none for a link, whose qubits are as old as at the herald
    round_: Round | None = None  # the round that is repeated until it succeeds with these terms; None for no retries

    def factors(self, block: tuple[int, int]) -> tuple[System, System]:
        """What is left of the two qubits in a block."""
        return self.first.left[block[0]], self.last.left[block[1]]

    def parts(self, blocks: Blocks, number: int, slots: int) -> tuple[Array, Array]:
        """All terms of a block in the first slots, (slots or fewer, m, terms) and (slots or fewer, terms, m')."""
        if not self.terms:
            (i, k), mass = blocks.picks[number], self.times.at(slots)[0]
            found = [
                (one * (self.whole[a, b] if blocks.apart else 1.0), two)
                for a, one in self.first.sources(i)
                for b, two in self.last.sources(k)
            ]
            left, right = (np.array(part) for part in zip(*found, strict=True))
            return mass[:, None, None] * left.T, np.broadcast_to(right, (slots, *right.shape))
        left, right = (np.array([term[end][:, :slots] for term in self.terms[number]]) for end in (0, 1))
        return np.ascontiguousarray(left.transpose(2, 1, 0)), np.ascontiguousarray(right.transpose(2, 0, 1))

    def retried(self, values: Array) -> Array:
        """What is linear in pairs of one round (..., slots), summed over the retries before."""
        if self.round_ is None:
            return values
        slots = values.shape[-1]
        size = fast_size(2 * slots)
        tries = np.fft.rfft(again(self.round_.failure, slots), size)
        return np.asarray(np.fft.irfft(np.fft.rfft(values, size) * tries, size)[..., :slots])

    def later(self, blocks: Blocks, slots: int) -> Made:
        """The same pair with its terms so many slots later, aged by them."""
        terms = [
            tuple(_later(term, self.factors(block), slots) for term in found)
            for block, found in zip(blocks.picks, self.terms, strict=True)
        ]
        return replace(self, terms=tuple(terms))


@dataclass(frozen=True)
class Side:
    """What a pair brings to a swap of one of its qubits, by block: numbers (m, t) of the other."""

    came: dict[int, Array]  # of pairs that are ready just then
    waits: dict[int, Array]  # of those that came before


def side(
    made: Made, blocks: Blocks, at_last: bool, slots: int, hurt: tuple[bool, bool], limit: Array | None = None
) -> Side:
    """What a pair brings to a swap; of its first qubit only correlations R[k, k] matter.

    Args:
        made: the pair.
        blocks: what is followed.
        at_last: whether its last qubit is swapped; else its first.
        slots: how many.
        hurt: whether attempts damage its first and its last qubit while it waits.
        limit: slots that it waits at most, shape (1,); None for ever.
    """
    came, waits = {}, {}
    for number, block in enumerate(blocks.picks):
        if not at_last and block[0] != block[1]:
            continue
        one, two = made.factors(block)
        loss = (made.first.hurt(block[0]) if hurt[0] else 1.0) * (made.last.hurt(block[1]) if hurt[1] else 1.0)
        left, right = made.parts(blocks, number, slots)
        bound = None if limit is None else int(limit[0])
        if not at_last:
            one, two = two, one
            left, right = right.swapaxes(1, 2), left.swapaxes(1, 2)
        read = waiting_numbers(left, right, loss * one.step, two.step, two.read[:, None], slots, bound)[..., 0]
        just = np.zeros_like(read)
        just[: len(left)] = np.einsum("tar,trb,b->ta", left, right, two.read, optimize=True)
        came[number], waits[number] = made.retried(just.T), made.retried(read.T)
    return Side(came, waits)


def waiting_numbers(
    left: Array, right: Array, one: Array, two: Array, read: Array, slots: int, limit: int | None = None
) -> Array:
    """What is read (m', e) off the second qubit of all pairs that came before and wait, by slot: (slots, m, e).

    Args:
        left: numbers of the first qubit of pairs that come in each slot, shape (t, m, terms).
        right: of the second, shape (t, terms, m').
        one: what a slot makes of those of the first, shape (m, m).
        two: the same of the second.
        read: how to read the second, shape (m', e).
        slots: how many.
        limit: slots that a pair waits at most; None for ever.
    """
    count, size = len(left), right.shape[2]
    found = np.zeros((slots, left.shape[1], read.shape[1]))
    there = np.zeros((left.shape[1], size))
    onwards = np.concatenate([two.T, two.T @ read], axis=1)
    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    if limit is not None and limit + 1 < slots:
        old = np.linalg.matrix_power(one, limit + 1) @ left, right @ np.linalg.matrix_power(two, limit + 1).T
    for slot in range(1, slots):
        if slot <= count:
            there = there + left[slot - 1] @ right[slot - 1]
        elif slot % CHECKED == 0 and np.abs(there).max() < FADED and (limit is None or slot > count + limit + 1):
            break
        both = one @ (there @ onwards)
        there, found[slot] = both[:, :size], both[:, size:]
        if limit is not None and 0 <= (before := slot - limit - 1) < count:
            gone = old[0][before] @ old[1][before]
            there, found[slot] = there - gone, found[slot] - gone @ read
    return found


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
    found: list[list[Term]] = []
    for number, (_, k) in enumerate(blocks.picks):
        place = blocks.places[k][k]
        came, waits = (bare, before) if place == CERTAIN else (two.came[place], two.waits[place])
        share = chance * kept[k] if blocks.apart else chance
        found.append([(share * one.came[number], came + waits), (share * one.waits[number], came)])
    whole = np.ones((4, 4)) if blocks.apart else left.whole * kept * np.diagonal(right.whole)
    made = Made(repeat(met), left.first, right.last, whole, key, renewed(blocks, found, right.last), met)
    return made.later(blocks, delay) if delay else made


def renewed(blocks: Blocks, found: Sequence[Sequence[Term]], last: Qubit) -> tuple[tuple[Term, ...], ...]:
    """Terms, by block, of pairs that are just swapped: z of a last qubit that relaxes goes on with the I beside it."""
    if not last.pole:
        return tuple(map(tuple, found))
    terms: list[tuple[Term, ...]] = []
    for (i, k), own in zip(blocks.picks, found, strict=True):
        again_from: list[Term] = []
        for source, start in last.sources(k):
            read = last.left[source].read
            parts = own if source == k else found[blocks.places[i][source]]
            again_from += [(one, start[:, None] * (read @ two)) for one, two in parts]
        terms.append(tuple(again_from))
    return tuple(terms)


def _later(term: Term, ends: tuple[System, System], slots: int) -> Term:
    """The same numbers so many slots later, aged by them."""
    if slots == 0:
        return term
    one, two = (
        np.concatenate([np.zeros((end.size, slots)), np.linalg.matrix_power(end.step, slots) @ part], axis=-1)
        for part, end in zip(term, ends, strict=True)
    )
    return one, two
