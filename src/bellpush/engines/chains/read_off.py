"""What a pair is whose qubits have a past: when it is ready, and at an edge."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.histories import CERTAIN, Blocks, Made, waiting_numbers
from bellpush.engines.chains.law import ChainLaw
from bellpush.engines.chains.meet import Round
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, FULL, Rows
from bellpush.states.pair import Pair

__all__ = ["law_of", "standing"]

Array: TypeAlias = NDArray[Any]


def law_of(made: Made, blocks: Blocks) -> ChainLaw:
    """When a pair is ready and in which state it is then, slot by slot."""
    rows = FULL if np.any(made.whole[~np.eye(4, dtype=bool)]) or blocks.apart else BELL
    leaky = blocks.places[0][0] != CERTAIN or made.whole[0, 0] != 1
    basis = Rows(rows.picks, leaky=leaky)
    first, second = (list(part) for part in zip(*basis.picks, strict=True))
    times, round_ = made.times, made.round_
    if not made.terms:
        fresh = np.array([one.fresh * two.fresh for one, two in map(made.factors, blocks.picks)])
        share = basis.of(made.whole * blocks.spread(fresh, np.array(1.0)))  # as they are at the herald
        return ChainLaw(basis, share[:, None] * times.rows, share * times.tail, times.rate, times.lost, times.late)
    values = [
        sum((one.read @ a) * (two.read @ b) for a, b in terms)
        for (one, two), terms in zip(map(made.factors, blocks.picks), made.terms, strict=True)
    ]
    bare = times.at(np.shape(values)[-1])[0] if round_ is None else round_.success[0]
    made_rows = (made.whole[..., None] * blocks.spread(np.array(values), bare))[first, second]
    made_rows = np.concatenate([bare[None], made_rows]) if leaky else made_rows
    if round_ is None:
        none = np.zeros(len(made_rows))
        return ChainLaw(basis, made_rows, none, np.array(np.inf), times.lost, times.late)
    return repeat(Round(basis, made_rows, round_.failure, round_.lost, round_.late))


def standing(made: Made, blocks: Blocks, counts: Array, parts: Array) -> tuple[Pair, float]:
    """Correlations, times its probability, of a pair that is there by slot `counts` (E,), `parts` (E,) of a slot later.

    Shape (E, 4, 4); and the error of what the qubits at its ends have kept by then.
    """
    slots = int(counts.max()) + 1
    bare = np.cumsum(made.times.at(slots)[0])[counts]
    moments, which = np.unique(parts, return_inverse=True)
    values, doubt = np.zeros((len(blocks.picks), len(counts))), 0.0
    for number, block in enumerate(blocks.picks):
        one, two = made.factors(block)
        ends = [[left.after(float(part)) for part in moments] for left in (one, two)]
        doubt = max([doubt, *(a + b for (_, a), (_, b) in zip(*ends, strict=True))])
        first, last = (np.array([read for read, _ in end]) for end in ends)
        left, right = made.parts(blocks, number, slots)
        found = np.zeros((slots, len(moments)))
        found[: len(left)] = np.einsum("ea,tar,trb,eb->te", first, left, right, last, optimize=True)
        found += np.einsum("ea,tae->te", first, waiting_numbers(left, right, one.step, two.step, last.T, slots))
        values[number] = made.retried(found.T)[which, counts]
    spread = blocks.spread(values, bare)
    if not blocks.apart:
        spread = made.whole[..., None] * spread
    return np.moveaxis(spread, -1, 0), doubt
