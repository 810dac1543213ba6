"""What comes out of a chain of configurations: mean time and state by one linear solution, the law slot by slot."""

from __future__ import annotations

from itertools import product
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.configurations import Chain, Policy, Steps
from bellpush.engines.chains.counted import Counted
from bellpush.engines.chains.labels import Label, Mixing, Product
from bellpush.engines.chains.law import LONGEST
from bellpush.ground.errors import UnsupportedError
from bellpush.states.pair import Pair

__all__ = ["completed", "each_slot", "mean_pair", "mean_slot", "product_chain", "stepper"]

Array = NDArray[Any]

DENSE = 300  # states up to which dense matrices are faster than sparse ones


def mean_slot(chain: Chain) -> float:
    """Mean slot in which the chain is completed, exact to rounding.

    >>> chain = Chain(np.full(3, 0.5), np.full(2, 0.5))
    >>> f"{mean_slot(chain):.9f} {1204 / 117:.9f}"
    '10.290598291 10.290598291'
    """
    steps = chain.steps
    return float(visits(steps, 0)[steps.counted].sum().real)


def completed(chain: Chain) -> dict[Label, Array]:
    """Rows (C,) of the finished pair at the moment it is finished, summed over all slots, by its label."""
    steps = chain.steps
    seen = np.array([visits(steps, row) for row in range(len(steps.weights))])
    return {label: (seen * done).sum(axis=-1) for label, done in steps.done.items()}


def visits(steps: Steps, row: int) -> Array:
    """Weight of each state summed over all slots, shape (states,): one solution of a linear system."""
    start = np.zeros(steps.count, dtype=steps.weights.dtype)
    start[0] = 1.0
    if steps.count <= DENSE:
        matrix = np.eye(steps.count, dtype=steps.weights.dtype)
        matrix[steps.target, steps.source] -= steps.weights[row]  # each move is listed once
        return np.asarray(np.linalg.solve(matrix, start))
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    moves = csc_array((steps.weights[row], (steps.target, steps.source)), shape=(steps.count, steps.count))
    return np.asarray(splu((eye_array(steps.count, format="csc") - moves).tocsc()).solve(start))


def each_slot(chain: Chain, slots: int) -> dict[Label, Array]:
    """Rows (C, slots) of the finished pair by the slot in which it is finished (slot 0 is the beginning), by label."""
    if slots > LONGEST:
        raise UnsupportedError(f"The exact engine would need {slots} slots of time. Try --engine physics.")
    steps = chain.steps
    rows = len(steps.weights)
    found = {label: np.zeros((rows, slots), dtype=steps.weights.dtype) for label in steps.done}
    for row in range(rows):
        step = stepper(steps, row)
        state = np.zeros(steps.count, dtype=steps.weights.dtype)
        state[0] = 1.0
        for t in range(1, slots):
            for label, done in steps.done.items():
                found[label][row, t] = state @ done[row]
            state = step(state)
    return found


def stepper(steps: Steps, row: int) -> Any:
    """A function from the weights of all states (states,) to those one slot later, for one row."""
    if steps.count <= DENSE:
        matrix = np.zeros((steps.count, steps.count), dtype=steps.weights.dtype)
        matrix[steps.target, steps.source] = steps.weights[row]
        return lambda state: matrix @ state
    from scipy.sparse import csr_array

    sparse = csr_array((steps.weights[row], (steps.target, steps.source)), shape=(steps.count, steps.count))
    return lambda state: sparse @ state


class Rules(TypedDict, total=False):
    """What a chain does; as in `Chain`."""

    policy: Policy
    cutoff: int | Counted | None
    inner: bool


def mean_pair(
    success: ArrayLike,
    swap: ArrayLike,
    pairs: ArrayLike,
    transfers: ArrayLike,
    swaps: ArrayLike,
    **rules: Unpack[Rules],
) -> Pair:
    """The mean pair of a chain at the moment it is finished, all sixteen correlations, any Markovian memories; (4, 4).

    All arguments as in `policy_law`. Correlations of X and Y ends each form a sector of their own; I and Z mix where a
    memory relaxes.
    """
    p, a = np.asarray(success, dtype=float), np.asarray(swap, dtype=float)
    born, moved, left = (list(np.asarray(values, dtype=float)) for values in (pairs, transfers, swaps))
    fails = _fails(a, rules)
    matrix = np.zeros((4, 4))
    for first, last in product((1, 2, 3), repeat=2):
        labels = Mixing(born, moved, left, first, last, fails)
        for (i, j), rows in completed(Chain(p, a, labels=labels, **rules)).items():
            matrix[i, j] = rows[0].real
    return matrix


def product_chain(
    success: ArrayLike,
    swap: ArrayLike,
    births: ArrayLike,
    keeps: ArrayLike,
    swaps: ArrayLike,
    **rules: Unpack[Rules],
) -> Chain:
    """A chain whose correlations multiply link by link.

    Args:
        success: of each link's attempts, shape (n,).
        swap: success of the swap at each inner node, shape (n - 1,).
        births: rows of each link's fresh pair, shape (C, n); row 0 is the probability, all ones.
        keeps: what a slot leaves of a row for each qubit, by the node in which it lies, shape (C, n + 1).
        swaps: what a swap at each inner node leaves, shape (C, n - 1).
        rules: as in `Chain`.
    """
    p, a = np.asarray(success, dtype=float), np.asarray(swap, dtype=float)
    labels = Product(np.asarray(births), np.asarray(keeps), np.asarray(swaps), _fails(a, rules))
    return Chain(p, a, labels=labels, **rules)


def _fails(swap: Array, rules: Rules) -> bool:
    """Whether a pair that stands may be destroyed."""
    return bool(np.any(swap < 1)) or rules.get("cutoff") is not None or rules.get("inner", False)
