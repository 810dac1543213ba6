"""The law of a chain under any policy of swaps, slot by slot, from its configurations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.absorbed import DENSE, stepper
from bellpush.engines.chains.configurations import Chain, Policy, Steps, swap_asap
from bellpush.engines.chains.counted import Counted
from bellpush.engines.chains.labels import Label, Labels, Mixing, Product
from bellpush.engines.chains.law import TOLERANCE, ChainLaw
from bellpush.engines.chains.rows import Rows
from bellpush.ground.errors import UnsupportedError

__all__ = ["policy_law"]

Array = NDArray[Any]

STEADY = 12  # last slots from which the rest is estimated
BLOCK = 100_000  # weights worked out together: states times slots
SLOW = 30  # what a multiplication with a sparse matrix costs beside one with a dense one
WORK = 2e10  # multiplications, some ten seconds


def policy_law(
    basis: Rows,
    success: ArrayLike,
    swap: ArrayLike,
    pairs: ArrayLike,
    transfers: ArrayLike,
    swaps: ArrayLike,
    policy: Policy = swap_asap,
    cutoff: int | Counted | None = None,
    inner: bool = False,
    damage: ArrayLike = (),
    tolerance: float = TOLERANCE,
) -> ChainLaw:
    """The law of the pair that spans a chain.

    Args:
        basis: which correlations to carry; all sixteen where a memory relaxes (`rows_for`).
        success: of each link's attempts, shape (n,).
        swap: success of the swap at each inner node, shape (n - 1,).
        pairs: fresh pairs at the end of their attempts, shape (n, 4, 4).
        transfers: Pauli transfer matrices of one slot in each node's memory, shape (n + 1, 4, 4).
        swaps: what a swap leaves of the right pair's diagonal, R_AC[i, k] = R_AB[i, k] swaps[k] R_BC[k, k]; (n - 1, 4).
        policy: when to swap; of swaps that are possible in one slot the leftmost is done first by default.
        cutoff: age in slots at which a pair that was not swapped is dropped; a swapped pair is as old as the older one.
        inner: whether links under a longer pair go on being attempted.
        damage: factor by which an attempt at a link shrinks X and Y of a qubit that another link has stored at the same
            node, shape (n + 1,); none by default.
        tolerance: probability that may be left out.

    Source: docs/background/chains.md, "Links under a policy, without truncation".
    """
    p, a = np.asarray(success, dtype=float), np.asarray(swap, dtype=float)
    born, moved, kept = (np.asarray(values, dtype=float) for values in (pairs, transfers, swaps))
    hurt = np.asarray(damage, dtype=float) if np.size(damage) else np.ones(len(p) + 1)
    fails = bool(np.any(a < 1)) or cutoff is not None or inner
    if np.all(moved[:, 3, 0] == 0):
        labels: Labels = _products(basis, born, moved, kept, fails, hurt)
        rows = next(iter(_slots(Chain(p, a, policy, labels, cutoff, inner), tolerance).values()))
    elif not basis.full:
        raise UnsupportedError("Memories that relax with T1 need all sixteen correlations. Try rows_for(...).")
    else:
        rows = _mixed(
            basis, Chain(p, a, policy, cutoff=cutoff, inner=inner), (born, moved, kept, hurt), fails, tolerance
        )
    return _law(basis, rows, tolerance)


def _products(basis: Rows, born: Array, moved: Array, kept: Array, fails: bool, hurt: Array) -> Product:
    """Correlation (i, k) of the long pair: (i, k) of the first pair, (k, k) of all others."""
    first, last = (np.array(side) for side in zip(*basis.picks, strict=True))
    births = born[:, last, last].T.copy()
    births[:, 0] = born[0, first, last]
    keeps = moved[:, last, last].T.copy()
    keeps[:, 0] = moved[0, first, first]
    left = kept[:, last].T
    phases = np.where(np.isin(last, (1, 2))[:, None], hurt, 1.0)
    phases[:, 0] = np.where(np.isin(first, (1, 2)), hurt[0], 1.0)
    given = (births, keeps, left, phases)
    if basis.leaky:
        births, keeps, left, phases = (np.concatenate([np.ones((1, x.shape[1])), x]) for x in given)
    return Product(births, keeps, left, fails, phases)


def _mixed(basis: Rows, chain: Chain, given: tuple[Array, Array, Array, Array], fails: bool, tolerance: float) -> Array:
    """Rows (16 or 17, slots) from the nine sectors in which X, Y, and Z with I, stand at either end."""
    born, moved, kept, hurt = given
    found: dict[Label, Array] = {}
    for first, last in product((1, 2, 3), repeat=2):
        labels = Mixing(list(born), list(moved), list(kept), first, last, fails, hurt)
        part = Chain(chain.success, chain.swap, chain.policy, labels, chain.cutoff, chain.inner)
        found |= {label: rows[0] for label, rows in _slots(part, tolerance).items()}
    if basis.leaky:
        plain = _slots(
            Chain(chain.success, chain.swap, chain.policy, cutoff=chain.cutoff, inner=chain.inner), tolerance
        )
        found[(-2, -2)] = next(iter(plain.values()))[0]
    count = max(rows.shape[-1] for rows in found.values())
    order = [*([(-2, -2)] if basis.leaky else []), *basis.picks]
    result = np.zeros((len(order), count))
    for number, label in enumerate(order):
        if label in found:
            result[number, : found[label].shape[-1]] = found[label].real
    return result


def _slots(chain: Chain, tolerance: float) -> dict[Label, Array]:
    """Rows (C, slots) of the finished pair until at most `tolerance` of probability is left, by label."""
    steps = chain.steps
    found: dict[Label, list[Array]] = {label: [] for label in steps.done}
    count, parts = len(steps.weights), 0
    blocks = [_blocks(steps, row) for row in range(count)]
    cost = count * (steps.count**2 if steps.count <= DENSE else SLOW * len(steps.source))
    left = 1.0
    while left > tolerance:
        states = [next(block) for block in blocks]  # (states, slots) of each row
        for label, done in steps.done.items():
            found[label].append(np.array([done[row] @ states[row] for row in range(count)]))
        left = float(np.abs(states[0][steps.counted, -1].sum()))
        parts += states[0].shape[-1]
        needed = parts * max(math.log(tolerance) / math.log(min(left, 1 - 1e-16)), 1.0) if left > 0 else parts
        if needed * cost > WORK:
            raise UnsupportedError(
                f"The exact engine would need about {needed:.1g} slots of time for {steps.count} configurations. "
                "Try --engine physics, longer cut-offs, or a nested policy."
            )
    kind = steps.weights.dtype
    return {label: np.concatenate([np.zeros((count, 1), kind), *each], axis=-1) for label, each in found.items()}


def _blocks(steps: Steps, row: int) -> Iterator[Array]:
    """Weights of all states at the beginning of each slot, many slots at a time, shape (states, slots)."""
    block = max(BLOCK // steps.count, 64)
    state = np.zeros((steps.count, 1), dtype=steps.weights.dtype)
    state[0] = 1.0
    if steps.count > DENSE:
        step = stepper(steps, row)
        state = state[:, 0]
        while True:
            several = []
            for _ in range(block):
                several.append(state)
                state = step(state)
            yield np.stack(several, axis=-1)
    power = np.zeros((steps.count, steps.count), dtype=steps.weights.dtype)
    power[steps.target, steps.source] = steps.weights[row]
    while state.shape[-1] < block:  # twice as many slots by the power that leads from the first half to the second
        state = np.concatenate([state, power @ state], axis=-1)
        power = power @ power
    while True:
        yield state
        state = power @ state


def _law(basis: Rows, rows: Array, tolerance: float) -> ChainLaw:
    """The law of rows (C, slots), the rest counted as lost."""
    total = rows[0].real.sum()
    lost = np.asarray(max(tolerance, 1 - total if 1 - total > 1e-12 else 0.0))
    moment = lost * (rows.shape[-1] + _scale(rows[0].real))
    return ChainLaw(basis, rows, np.zeros(len(rows)), np.asarray(np.inf), lost, moment)


def _scale(mass: Array) -> float:
    """How long the tail beyond the last slot goes on, from the last slots; slots."""
    late = mass[-min(STEADY, len(mass)) :]
    if len(late) < 2 or late[-1] <= 0 or late[0] <= late[-1]:
        return float(len(mass))
    return float((len(late) - 1) / np.log(late[0] / late[-1]) + 1)
