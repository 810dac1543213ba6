"""Several pairs of one kind are made side by side, and when the last is there something is done with all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bellpush.engines.chains.filters import waiting
from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.meet import Round
from bellpush.engines.chains.rows import Fading, Rows
from bellpush.states.pair import Pair

__all__ = ["gather"]

Array = NDArray[np.float64]

TOGETHER = 1024  # slots worked on at a time


def gather(
    law: ChainLaw,
    count: int,
    kept: Callable[..., Pair],
    fade: Fading,
    tolerance: float = TOLERANCE,
) -> Round:
    """The round in which `count` like pairs are all there at the latest of their times.

    Args:
        law: of one pair, batch (...).
        count: how many are made side by side.
        kept: what is made of so many pairs (..., 4, 4): linear in each, its weight the chance of success.
        fade: what a slot of waiting does to a pair.
        tolerance: probability that may be left out.

    Those of which the last came in a slot are those all there by then, less those all there before. What has left the
    qubits passes no test. Rows of Werner pairs are refused, because what comes out is none.

    Source: docs/background/chains.md, "Two pairs meet"; docs/background/distillation.md, "Codes".
    """
    rows = law.basis
    if rows.signs:
        raise ValueError("`law` must carry every correlation by itself, but is of Werner pairs. Try rows BELL.")
    n = max(law.slots_for(tolerance), 1)
    came = law.at(n)
    before = fade.back(waiting(fade.into(came), fade.factors, None))
    by = came + before
    blocks = [
        _made(rows, by[..., first : first + TOGETHER], count, kept)
        - _made(rows, before[..., first : first + TOGETHER], count, kept)
        for first in range(0, n, TOGETHER)
    ]
    success = np.concatenate(blocks, axis=-1)
    tried = by[..., 0, :] ** count - before[..., 0, :] ** count
    failure = np.maximum(tried - success[..., 0, :], 0.0)
    rest, moment = law.after(n)
    lost = rest + law.lost
    late = count * (moment + law.late) + count * (count - 1) * lost * (law.mean + law.late)
    return Round(rows, success, failure, count * lost, late)


def _made(rows: Rows, values: Array, count: int, kept: Callable[..., Pair]) -> Array:
    """Rows (..., C, t) of what is made of `count` pairs that all have these rows."""
    out = kept(*[rows.pairs(np.moveaxis(values, -2, -1))] * count)
    first, second = (list(side) for side in zip(*rows.picks, strict=True))
    made = out[..., first, second]
    if rows.leaky:
        made = np.concatenate([out[..., :1, 0], made], axis=-1)
    return np.asarray(np.moveaxis(made, -1, -2))
