"""The age of a pair: the sum of all waits of its qubits, of which its fidelity is a function where all age alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.engines.slot import Slot
from bellpush.engines.tree import keeps
from bellpush.states.pair import bell_signs

__all__ = ["OLDEST", "Decay", "decay_of"]

Array: TypeAlias = NDArray[np.float64]

OLDEST = 2**15  # slots of age that are told apart


@dataclass(frozen=True)
class Decay:
    """How the fidelity of a pair falls with its age in slots; every qubit ages by one a slot, or not at all."""

    whole: Array  # correlations II, XX, YY, ZZ if nothing waits, shape (4,)
    factors: Array  # what a slot of one qubit leaves of them, shape (4,)
    ageing: tuple[bool, ...]  # of every node
    signs: Array  # of the target, shape (4,)

    def fidelity(self, age: NDArray[Any]) -> Array:
        """Fidelity at an age, of the same shape."""
        return np.asarray((self.whole * self.signs * self.factors ** age[..., None]).sum(axis=-1) / 4)

    def oldest(self, fidelity: float, start: float) -> int | None:
        """The first age beyond `start`, less it, at which the fidelity has fallen below; None if it never does."""
        ages = np.arange(OLDEST + 1)
        low = np.flatnonzero(self.fidelity(start + ages) < fidelity)
        return int(low[0]) if len(low) else None


def decay_of(request: ChainRequest, slot: Slot, first: int = 0, last: int | None = None) -> Decay | str:
    """How the pair between two nodes of a route, by number, loses its fidelity; or why it has no one age."""
    route, target = request.route, request.target
    memories = [node.storage for node in route.nodes]
    transfers = np.array([memory.transfer(slot.time) for memory in memories])
    diagonals = np.diagonal(transfers, axis1=-2, axis2=-1)
    ageing = tuple(bool(np.any(diagonal < 1)) for diagonal in diagonals)
    if np.any(transfers[:, 1:, 0] != 0):
        return "memories that relax to a pole have no one age"
    if not all(memory.memoryless for memory in memories):
        return "memories that do not decay as exponentials have no one age"
    if any(slot.swaps):
        return "swaps that take time age the ends besides"
    kinds = {tuple(diagonal) for diagonal, ages in zip(diagonals.tolist(), ageing, strict=True) if ages}
    if len(kinds) > 1:
        return "unlike memories have no one age"
    if any(node.storage.attempt_shrink != 1 for node in route.nodes[1:-1]):
        return "qubits that attempts damage have no one age"
    pairs = [link.pair.T if back else link.pair for link, back in zip(route.links, route.turned, strict=True)]
    last = len(pairs) if last is None else last
    aim = route.links[first].model.target
    whole = np.diagonal(pairs[first]).copy()
    for number in range(first + 1, last):
        after = route.links[number].model.target
        whole = whole * keeps(route.nodes[number], target, aim, after) * np.diagonal(pairs[number])
        aim = target
    factors = np.array(next(iter(kinds), (1.0,) * 4))
    return Decay(whole, factors, ageing, np.asarray(bell_signs(aim)))
