"""What physics allows: the most entanglement that channels can carry, whatever is done at their ends.

All are ebits (or secret bits) for each use of the channel, that is for each mode of light that goes through, and hold
with unlimited classical communication both ways and perfect devices. The formulas and where each holds are told in
docs/background/limits.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "best_path",
    "dephasing_capacity",
    "erasure_capacity",
    "many_paths",
    "plob",
    "repeater_capacity",
    "tgw",
    "thermal_loss_bound",
]

Array = NDArray[np.float64]


def _shares(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=float)
    outside = ~((array >= 0) & (array <= 1))
    if outside.any():
        raise ValueError(f"`{name}` must lie between 0 and 1, but is {float(array[outside][0])!r}. Try {name}=0.01.")
    return array


def plob(transmission: ArrayLike) -> Array:
    """Capacity of a lossy channel, -log2(1 - eta): no point-to-point protocol does better, and some reach it.

    `transmission` is the share eta of the energy that comes through, shape (...). Infinite for eta = 1. Holds for pure
    loss, without thermal light. Raises ValueError outside [0, 1].
    Source: Pirandola, Laurenza, Ottaviani and Banchi, Nat. Commun. 8, 15043 (2017).

    >>> plob(0.01).round(7).item()
    0.0144996
    """
    with np.errstate(divide="ignore"):
        # Minus zero would be printed as such.
        return np.asarray(-np.log1p(-_shares("transmission", transmission)) / math.log(2)) + 0.0


def tgw(transmission: ArrayLike) -> Array:
    """An upper bound for a lossy channel, log2((1 + eta)/(1 - eta)): older than PLOB and twice as large at high loss.

    Of use because it holds for every protocol by another argument. Shapes and errors as `plob`.
    Source: Takeoka, Guha and Wilde, Nat. Commun. 5, 5235 (2014).

    >>> tgw(0.01).round(7).item()
    0.0288549
    """
    eta = _shares("transmission", transmission)
    with np.errstate(divide="ignore"):
        return np.asarray((np.log1p(eta) - np.log1p(-eta)) / math.log(2))


def repeater_capacity(transmissions: Sequence[ArrayLike]) -> Array:
    """Capacity of lossy channels in a row with ideal repeaters between them: that of the worst channel.

    `transmissions` are those of the channels, one each, which broadcast to (...): N repeaters, equally spaced, leave
    N + 1 channels of eta^(1/(N + 1)). Holds for any protocol that uses each channel once a round. Raises ValueError for
    an empty list or outside [0, 1].
    Source: Pirandola, Commun. Phys. 2, 51 (2019).

    >>> repeater_capacity([0.1, 0.1]).round(7).item()
    0.1520031
    """
    if not len(transmissions):
        raise ValueError("`transmissions` must name at least one channel, but is empty. Try transmissions=[0.1, 0.1].")
    return plob(np.min(np.broadcast_arrays(*(_shares("transmissions", eta) for eta in transmissions)), axis=0))


def thermal_loss_bound(transmission: ArrayLike, photons: ArrayLike) -> Array:
    """Upper bound for a lossy channel with thermal light: -log2((1 - eta) eta^n) - g(n), 0 for n >= eta/(1 - eta).

    `photons` n is the mean number of thermal photons of the bath, so that (1 - eta) n of them are added to what comes
    through; g(n) = (n + 1) log2(n + 1) - n log2 n is the entropy of thermal light. With n = 0 it is PLOB; how close it
    is to the capacity otherwise is not known. At eta = 1 it is infinite. Shapes broadcast to (...); raises ValueError
    outside [0, 1] or for a negative number of photons.
    Source: as `plob`.

    >>> thermal_loss_bound(0.1, 0.01).round(7).item(), thermal_loss_bound(0.1, 0.2).item()
    (0.104285, 0.0)
    """
    eta, n = np.broadcast_arrays(_shares("transmission", transmission), np.asarray(photons, dtype=float))
    if not np.all(n >= 0):
        raise ValueError(f"`photons` must be at least 0, but is {float(n.min())!r}. Try photons=0.01.")
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(n > 0, n * (np.log(eta) - np.log(np.where(n > 0, n, 1.0))), 0.0)
        bits = (-np.log1p(-eta) - (n + 1) * np.log1p(n) - rest) / math.log(2)
        return np.asarray(np.where(eta == 1, np.inf, np.where(n >= eta / (1 - eta), 0.0, np.maximum(bits, 0.0))))


def dephasing_capacity(probability: ArrayLike) -> Array:
    """Capacity 1 - h(p) of a qubit channel that flips the phase with probability p, shape (...).

    h is the binary entropy in bits. Raises ValueError outside [0, 1]. Source: as `plob`.

    >>> dephasing_capacity(0.1).round(7).item()
    0.5310044
    """
    p = _shares("probability", probability)
    bits = [np.where(x > 0, x * np.log2(np.where(x > 0, x, 1.0)), 0.0) for x in (p, 1 - p)]
    return np.asarray(1 + bits[0] + bits[1])


def erasure_capacity(probability: ArrayLike) -> Array:
    """Capacity 1 - p of a qubit channel that loses the qubit with probability p and says so, shape (...).

    Raises ValueError outside [0, 1]. Source: as `plob`.

    >>> erasure_capacity(0.1).item()
    0.9
    """
    return np.asarray(1 - _shares("probability", probability))


def best_path(capacities: Mapping[tuple[str, str], float], first: str, last: str) -> float:
    """The most that one path of a network carries: of all paths the largest smallest capacity; 0 if none joins them.

    `capacities` are those of the edges, by the names of their two ends. Raises ValueError for a negative one.
    Source: Pirandola, Commun. Phys. 2, 51 (2019).

    >>> best_path({("a", "b"): 3.0, ("b", "d"): 1.0, ("a", "c"): 2.0, ("c", "d"): 2.0}, "a", "d")
    2.0
    """
    neighbours = _neighbours(capacities)
    widest, open_ = {first: math.inf}, {first}
    while open_:
        node = max(open_, key=widest.__getitem__)
        open_.remove(node)
        for other, capacity in neighbours.get(node, {}).items():
            wide = min(widest[node], capacity)
            if wide > widest.get(other, 0.0):
                widest[other] = wide
                open_.add(other)
    return widest.get(last, 0.0)


def many_paths(capacities: Mapping[tuple[str, str], float], first: str, last: str) -> float:
    """The most that a network carries if every edge is used once a round: the maximum flow from one end to the other.

    Arguments, errors raised and source as `best_path`. Found by filling shortest paths until no way is left.

    >>> many_paths({("a", "b"): 3.0, ("b", "d"): 1.0, ("a", "c"): 2.0, ("c", "d"): 2.0}, "a", "d")
    3.0
    """
    rest = _neighbours(capacities)
    if first == last:
        return math.inf
    total = 0.0
    while path := _shortest(rest, first, last):
        edges = list(pairwise(path))
        least = min(rest[a][b] for a, b in edges)
        total += least
        for a, b in edges:
            rest[a][b] -= least
            rest[b][a] += least
    return total


def _neighbours(capacities: Mapping[tuple[str, str], float]) -> dict[str, dict[str, float]]:
    """Capacity from each node to each of its neighbours; parallel edges add up."""
    found: dict[str, dict[str, float]] = {}
    for (a, b), capacity in capacities.items():
        if not capacity >= 0:
            raise ValueError(f"`capacities[{(a, b)!r}]` must be at least 0, but is {capacity!r}. Try 0.01.")
        for here, there in ((a, b), (b, a)):
            found.setdefault(here, {})[there] = found.get(here, {}).get(there, 0.0) + capacity
    return found


def _shortest(rest: dict[str, dict[str, float]], first: str, last: str) -> list[str]:
    """A path over the fewest edges on which something is left; empty if there is none."""
    before: dict[str, str | None] = {first: None}
    queue = [first]
    for node in queue:
        for other, left in rest.get(node, {}).items():
            if left > 0 and other not in before:
                before[other] = node
                queue.append(other)
    if last not in before:
        return []
    path: list[str] = []
    step: str | None = last
    while step is not None:
        path.append(step)
        step = before[step]
    return path[::-1]
