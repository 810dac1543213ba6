"""The chance of a pair that is in time and good: P(T <= D and F >= F*), from the joint law of time and age.

Where every stored qubit ages alike, what a pair has lost depends only on the sum of all waits of its qubits, its age.
The law of the age stands in rows of a chain beside the probability: one for each frequency of its Fourier transform,
damped so that what is older than matters does not come back as younger.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.cutoff import DifferenceCutoff
from bellpush.delivery.plan import Generate, Plan, Swap, SwapAll
from bellpush.delivery.schedule import attempts_within
from bellpush.engines.aged import OLDEST, Decay, decay_of
from bellpush.engines.chains.asap import by_deadline, mean
from bellpush.engines.chains.law import ChainLaw, segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import Combine, Fading, Rows
from bellpush.engines.slot import Slot
from bellpush.ground.estimate import Estimate, absent

__all__ = ["good_share"]

Array: TypeAlias = NDArray[Any]

WORK = 4e7  # frequencies times slots
DAMPING = 1e-10  # of what is older than all that is told apart
ERROR = 1e-9  # of a probability, by damping and rounding


def good_share(request: ChainRequest, plan: Plan, slot: Slot, fidelity: float) -> Estimate:
    """Probability that a press is answered in time by a pair whose fidelity, given its history, is at least `fidelity`.

    Absent, with the reason, where a pair's fidelity is no function of its age alone.

    Source: docs/background/chains.md.
    """
    decay = decay_of(request, slot)
    if isinstance(decay, str):
        return absent(decay)
    if isinstance(plan, SwapAll):
        known = plan.cutoff is None and all(node.swap.success_probability == 1 for node in request.route.nodes[1:-1])
        if not known or len(set(slot.attempts)) > 1:
            return absent("ages are known where swaps as soon as possible always give a result")
    elif reason := _odd(plan):
        return absent(reason)
    count = None if request.until is None else int(attempts_within(request.until - slot.start, slot.time))
    rest = 0.0
    ends = sum(decay.ageing[side] for side in (0, -1))
    if request.edge is not None and count is not None:
        rest = ends * max((request.edge - slot.start) / slot.time - count, 0.0)
    oldest = decay.oldest(fidelity, rest)
    if oldest == 0:
        return Estimate.exact(0.0)
    if oldest is None:
        return absent(f"the fidelity is told apart for ages up to {OLDEST} slots, and stays above beyond")
    bins = max(2 ** int(np.ceil(np.log2(2 * oldest + 2))), 8)
    slots = 40 / min(link.model.success_probability for link in request.links) if count is None else float(count)
    if not isinstance(plan, SwapAll) and bins * slots > WORK:
        return absent("there are too many ages and slots to tell apart")
    spectrum, lost = _spectrum(request, plan, slot, decay, bins, count)
    if spectrum is None:
        return absent("ages by a deadline are known for ends that do not age")
    share = np.fft.irfft(spectrum, bins) / DAMPING ** (np.arange(bins) / bins)
    good = decay.fidelity(rest + np.arange(oldest)) >= fidelity
    return Estimate.exact(float(np.clip(share[:oldest][good].sum(), 0, 1)), truncation=lost + ERROR)


def _odd(plan: Plan) -> str | None:
    if not isinstance(plan, Swap | Generate):
        return "a distilled pair has no one age"
    if isinstance(plan, Swap) and plan.cutoff is not None and not isinstance(plan.cutoff, DifferenceCutoff):
        return "ages beside cut-offs by age or fidelity are not worked out"
    return next((reason for part in plan.parts if (reason := _odd(part))), None)


def _spectrum(
    request: ChainRequest, plan: Plan, slot: Slot, decay: Decay, bins: int, count: int | None
) -> tuple[Array | None, float]:
    """Damped Fourier transform of the age of pairs that are in time, shape (bins // 2 + 1,), and what is missing."""
    turn = DAMPING ** (1 / bins) * np.exp(-2j * np.pi * np.arange(bins // 2 + 1) / bins)
    if isinstance(plan, SwapAll):
        success = [min(link.model.success_probability, 1.0) for link in request.links]
        between = np.stack([turn if ages else np.ones_like(turn) for ages in decay.ageing[1:-1]], axis=-1)
        left, right = (turn if decay.ageing[side] else np.ones_like(turn) for side in (0, -1))
        still = not (decay.ageing[0] or decay.ageing[-1])
        if request.edge is None and not still:
            return None, 0.0
        if count is None:
            found, errors = mean(success, between)
            return found, float(np.max(errors))
        found, errors = by_deadline(success, between, [count], left, right)
        return found[..., 0], float(np.max(errors))
    rows = Rows(((0, 0),) * (len(turn) + 1))  # the probability, and one row for each frequency
    law, _, _ = _grown(request, plan, slot, decay, rows, turn)
    if count is None:
        return law.total[1:], float(law.lost)
    inside = law.at(count + 1)
    if request.edge is not None:
        ends = _fading(turn, decay.ageing[0] + decay.ageing[-1])
        inside = ends.after(inside, np.arange(count + 1)[::-1])
    return inside[1:].sum(axis=-1), float(law.lost)


def _fading(turn: Array, qubits: int) -> Fading:
    """A slot of waiting of a pair of which so many qubits age."""
    return Fading(np.concatenate([[1.0], turn**qubits]))


def _joining(success: float) -> Combine:
    """A swap: ages add."""
    return lambda left, right: success * (left * right)


def _grown(
    request: ChainRequest, plan: Plan, slot: Slot, decay: Decay, rows: Rows, turn: Array
) -> tuple[ChainLaw, int, int]:
    """The law of time and age of a step, and the nodes at its ends by number."""
    if isinstance(plan, Generate):
        number = next(k for k, link in enumerate(request.links) if link is plan.link)
        success = min(plan.link.model.success_probability, 1.0)
        return segment(rows, success, np.ones((4, 4)), slot.attempts[number]), number, number + 1
    assert isinstance(plan, Swap)
    left, first, middle = _grown(request, plan.left, slot, decay, rows, turn)
    right, _, last = _grown(request, plan.right, slot, decay, rows, turn)
    limit = None
    if plan.cutoff is not None:
        assert isinstance(plan.cutoff, DifferenceCutoff)
        limit = np.array([int(attempts_within(plan.cutoff.time, slot.time))])
    joined = meet(
        left,
        right,
        _joining(request.route.nodes[middle].swap.success_probability),
        _fading(turn, decay.ageing[first] + decay.ageing[middle]),
        _fading(turn, decay.ageing[middle] + decay.ageing[last]),
        limit_first=limit,
        limit_second=limit,
    )
    return repeat(joined), first, last
