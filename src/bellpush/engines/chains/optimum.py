"""The policy of swaps with the shortest mean time, for chains whose memories lose nothing."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.absorbed import mean_slot
from bellpush.engines.chains.configurations import Chain, Configuration, Policy, meeting, swap_asap, swapped_at
from bellpush.ground.errors import ConvergenceError

__all__ = ["best_policy"]


def best_policy(success: ArrayLike, swap: ArrayLike) -> tuple[float, Policy]:
    """The least mean number of slots over all policies, and a policy that reaches it.

    Args:
        success: of each link's attempts, shape (n,).
        swap: success of the swap at each inner node, shape (n - 1,).

    Policy iteration: the value of a policy by one sparse solution, then the best choice in every configuration, until
    none is better.

    Source: the setting is that of Shchukin, Schmidt and van Loock, Phys. Rev. A 100, 032322 (2019).
    """
    p, a = np.asarray(success, dtype=float), np.asarray(swap, dtype=float)
    chain = _Values(p, a)
    policy: Policy = swap_asap  # with which no configuration waits for ever
    for _ in range(50):
        chain.evaluate(policy)
        choice, better = chain.improved(policy)
        if not better:
            return mean_slot(Chain(p, a, policy)), policy
        policy = choice.get
    raise ConvergenceError("The search for the best policy did not settle. Try fewer links.")


class _Values:
    """Mean slots left from every configuration, resting there or choosing what is best."""

    def __init__(self, success: NDArray[np.float64], swap: NDArray[np.float64]) -> None:
        self.success, self.swap, self.n = success, swap, len(success)
        self.done: Configuration = ((0, self.n),)
        self.all = self._configurations()
        self.number = {standing: k for k, standing in enumerate(self.all)}
        moves = [(k, *move) for k, standing in enumerate(self.all) for move in self._grown(standing)]
        self.source = np.array([m[0] for m in moves])
        self.target = np.array([m[1] for m in moves])
        self.chance = np.array([m[2] for m in moves])
        self.rest: dict[Configuration, float] = {}

    def _configurations(self) -> list[Configuration]:
        """All sets of pairs without overlap, the finished one last."""
        found: list[list[Configuration]] = [[()]]
        for end in range(1, self.n + 1):
            ways = list(found[end - 1])
            for begin in range(end):
                ways += [(*way, (begin, end)) for way in found[begin]]
            found.append(ways)
        return [standing for standing in found[self.n] if standing != self.done] + [self.done]

    def _grown(self, standing: Configuration) -> list[tuple[int, float]]:
        if standing == self.done:
            return []
        covered = {k for i, j in standing for k in range(i, j)}
        free = [k for k in range(self.n) if k not in covered]
        found = []
        for hits in product((False, True), repeat=len(free)):
            chance = prod(self.success[k] if hit else 1 - self.success[k] for k, hit in zip(free, hits, strict=True))
            if chance > 0:
                fresh = [(k, k + 1) for k, hit in zip(free, hits, strict=True) if hit]
                found.append((self.number[tuple(sorted((*standing, *fresh)))], float(chance)))
        return found

    def evaluate(self, policy: Policy) -> None:
        """Mean slots left under a policy, resting first in each configuration."""
        from scipy.sparse import coo_array, csc_array, eye_array
        from scipy.sparse.linalg import splu

        count = len(self.all)
        settled = [self._settle(policy, standing) for standing in self.all]
        rows = [k for k, ends in enumerate(settled) for _ in ends]
        cols = [self.number[there] for ends in settled for there in ends]
        data = [w for ends in settled for w in ends.values()]
        moves = csc_array((self.chance, (self.source, self.target)), shape=(count, count))
        after = coo_array((data, (rows, cols)), shape=(count, count)).tocsc()
        running = np.ones(count)
        running[self.number[self.done]] = 0.0
        values: Any = splu((eye_array(count, format="csc") - moves @ after).tocsc()).solve(running)
        self.rest = dict(zip(self.all, values.tolist(), strict=True))

    def _settle(self, policy: Policy, standing: Configuration) -> dict[Configuration, float]:
        node = policy(standing)
        if node is None:
            return {standing: 1.0}
        total: dict[Configuration, float] = {}
        chance = float(self.swap[node - 1])
        for outcome, share in zip(swapped_at(standing, node), (chance, 1 - chance), strict=True):
            if share > 0:
                for there, weight in self._settle(policy, outcome).items():
                    total[there] = total.get(there, 0.0) + share * weight
        return total

    def improved(self, policy: Policy) -> tuple[dict[Configuration, int | None], bool]:
        """The best choice in every configuration by the present values, and whether any is better than the policy's."""
        best: dict[Configuration, float] = {}
        choice: dict[Configuration, int | None] = {}
        better = False
        for standing in sorted(self.all, key=lambda c: (len(c), c)):  # a swap leaves fewer pairs
            ways: dict[int | None, float] = {None: self.rest[standing]}
            for node in meeting(standing):
                joined, gone = swapped_at(standing, node)
                chance = float(self.swap[node - 1])
                ways[node] = chance * best[joined] + (1 - chance) * best[gone]
            old = policy(standing)
            new = min(ways, key=lambda node: ways[node])
            if ways[new] < ways[old] - 1e-11 * max(abs(ways[old]), 1.0):
                better = True
            else:
                new = old
            choice[standing], best[standing] = new, ways[new]
        return choice, better
