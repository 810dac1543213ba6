"""Swaps that never fail, each as soon as both its pairs are there, where losses depend on when a qubit was stored.

Links that stand next to each other have been swapped to one pair, a run. Two runs with a link between them that is not
there yet know nothing of each other; so all runs of a chain are worked out one by one, the short ones first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.histories import CERTAIN, Blocks, Made, Term, renewed, side
from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.rows import TIMES

__all__ = ["whole_run"]

Array: TypeAlias = NDArray[Any]


def whole_run(blocks: Blocks, links: Sequence[Made], kept: Sequence[Array], slots: int | None = None) -> Made:
    """The pair across all links.

    Args:
        blocks: what is followed.
        links: from left to right.
        kept: what the swap between each two leaves of II, XX, YY, ZZ, shape (4,) each.
        slots: after which nothing is asked for; None for as long as links may take.

    With link k the leftmost of those that come in the slot in which a run is complete, all to its left were there
    before and all to its right are there by then: the run's rows are a sum over k of three factors.

    Source: docs/background/chains.md, "Memories that do not forget".
    """
    longest = max(each.times.slots_for(TOLERANCE / len(links)) for each in links)
    runs = Runs(
        blocks, links, kept, longest if slots is None else min(slots, longest), slots is None or slots >= longest
    )
    made = runs.made(0, len(links))
    whole = np.ones((4, 4)) if blocks.apart else links[0].whole
    for factors, each in zip(kept, links[1:], strict=True) if not blocks.apart else ():
        whole = whole * factors * np.diagonal(each.whole)
    return Made(made.times, made.first, made.last, whole, made.key, made.terms)


class Runs:
    """All runs of a chain, those that are alike worked out once."""

    def __init__(self, blocks: Blocks, links: Sequence[Made], kept: Sequence[Array], slots: int, ends: bool) -> None:
        self.blocks, self.links, self.kept, self.slots = blocks, links, kept, slots
        self.masses = [each.times.at(slots)[0] for each in links]
        beyond = [float(each.times.after(max(slots, each.times.horizon))[0]) if ends else 0.0 for each in links]
        self.lost = [rest + float(each.times.lost) for rest, each in zip(beyond, links, strict=True)]
        self.sides: dict[Any, dict[int, Array]] = {}
        self.upto = [np.cumsum(mass) for mass in self.masses]
        self.before = [np.concatenate([np.zeros(1), upto[:-1]]) for upto in self.upto]

    def key(self, first: int, end: int) -> Any:
        kept = [each.tobytes() for each in self.kept[first : end - 1]] if self.blocks.apart else []
        return (*(each.key for each in self.links[first:end]), *kept)

    def made(self, first: int, end: int) -> Made:
        """The pair across links `first` to `end` - 1."""
        if end - first == 1:
            return self.links[first]
        mass = sum(self.chance(first, k, end) for k in range(first, end))
        lost = np.array(sum(self.lost[first:end]))
        law = ChainLaw(TIMES, np.asarray(mass)[None], np.zeros(1), np.array(np.inf), lost, lost * self.slots)
        numbers = range(len(self.blocks.picks))
        found = [[self.term(number, first, k, end) for k in range(first, end)] for number in numbers]
        ends = self.links[first].first, self.links[end - 1].last
        return Made(law, *ends, np.ones((4, 4)), self.key(first, end), renewed(self.blocks, found, ends[1]))

    def chance(self, first: int, k: int, end: int) -> Array:
        """Probability that links `first` to k - 1 were there before a slot, k comes in it, and the others by then."""
        parts = [*self.before[first:k], self.masses[k], *self.upto[k + 1 : end]]
        return np.asarray(np.prod(parts, axis=0))

    def term(self, number: int, first: int, k: int, end: int) -> Term:
        """Terms of a block for the runs that link k completes, the leftmost of those that come in that slot."""
        i, pauli = self.blocks.picks[number]
        link, inner = self.links[k], self.blocks.places[pauli][pauli]
        whole = link.whole if self.blocks.apart else np.ones((4, 4))
        left = sum(whole[source, pauli] * start for source, start in link.first.sources(i))[:, None]
        right = link.last.left[pauli].start[:, None]
        if k > first:
            fresh = whole[pauli, pauli] * link.first.left[pauli].fresh * self.passed(k - 1, pauli)
            left = fresh * self.before_link(first, k)[number]
        if k < end - 1 and inner == CERTAIN:
            right = np.prod(self.upto[k + 1 : end], axis=0)[None]
        elif k < end - 1:
            fresh = link.last.left[pauli].fresh * self.passed(k, pauli)
            right = fresh * self.behind_link(k + 1, end)[inner]
        return left * self.masses[k], np.broadcast_to(right, (len(right), self.slots))

    def passed(self, node: int, pauli: int) -> float:
        """What the swap behind a link leaves of a correlation, where blocks hold correlations."""
        return float(self.kept[node][pauli]) if self.blocks.apart else 1.0

    def before_link(self, first: int, end: int) -> dict[int, Array]:
        """What a run that was there before brings to the link beyond its end, by block (m, t)."""
        return self.side(first, end, True)

    def behind_link(self, first: int, end: int) -> dict[int, Array]:
        """What a run that is there by then brings to the link before its beginning, by block (m, t)."""
        return self.side(first, end, False)

    def side(self, first: int, end: int, at_last: bool) -> dict[int, Array]:
        """Either of them; of runs within the chain both, as its terms are many and are not kept."""
        key = self.key(first, end)
        if (key, at_last) not in self.sides:
            made, within = self.made(first, end), first > 0 and end < len(self.links)
            for last in (True, False) if within else (at_last,):
                found = side(made, self.blocks, last, self.slots, (True, True))
                self.sides[key, last] = (
                    found.waits if last else {number: found.came[number] + found.waits[number] for number in found.came}
                )
        return self.sides[key, at_last]
