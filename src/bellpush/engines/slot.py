"""The slot of a route: the time in which everything that happens along it takes a whole number of slots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bellpush.delivery.chain import ChainRequest
from bellpush.ground.units import readable

__all__ = ["Slot", "slot_of"]

ALIKE = 1e-9  # relative difference of two times that rounding explains
FINEST = 64  # slots in the shortest attempt, at most


@dataclass(frozen=True)
class Slot:
    """How long a slot is, and how many each attempt and each swap takes."""

    time: float  # s
    attempts: tuple[int, ...]  # slots of an attempt, for every link
    swaps: tuple[int, ...]  # slots of a swap, for every inner node
    start: float  # s after the press, at which the first attempts begin


def slot_of(request: ChainRequest) -> Slot | str:
    """The longest slot that fits; where none does, why not, and what to try."""
    links, route = request.links, request.route
    first = links[0]
    steps = np.array([link.step for link in links])
    durations = np.array([node.swap.duration for node in route.nodes[1:-1]])
    clocked = request.edge is not None  # without a clock there is no start of a cycle to spend
    for link in links[1:] if clocked else ():
        if abs(link.lead - first.lead) > ALIKE * first.step:
            return (
                f"The exact engine needs attempts that begin together along a route, but those of `{first.name}` begin "
                f"after {readable(first.lead, 's')} and those of `{link.name}` after {readable(link.lead, 's')}. "
                "Try the same cycle-start overheads for all."
            )
    shortest = float(steps.min())
    for parts in range(1, FINEST + 1):
        counts = np.concatenate([steps, durations]) / (shortest / parts)
        if np.all(np.abs(counts - np.rint(counts)) <= ALIKE * np.maximum(counts, 1)):
            whole = tuple(int(count) for count in np.rint(counts))
            return Slot(shortest / parts, whole[: len(links)], whole[len(links) :], first.lead if clocked else 0.0)
    odd = int(np.argmax(np.abs(steps / shortest - np.rint(steps / shortest))))
    least = int(np.argmin(steps))
    if np.all(np.abs(steps - shortest) <= ALIKE * shortest):
        fits = shortest * max(1, round(durations.max() / shortest))
        return (
            f"The exact engine needs swaps that take a whole number of slots, but attempts take "
            f"{readable(shortest, 's', 6)} and a swap {readable(float(durations.max()), 's', 6)} "
            f"(`requests.{request.name}`). Try a swap of {readable(fits, 's')}."
        )
    return (
        f"The exact engine needs attempts whose durations have a common measure, but `{links[least].name}` takes "
        f"{readable(shortest, 's', 6)} and `{links[odd].name}` {readable(float(steps[odd]), 's', 6)} "
        f"(`requests.{request.name}`). Try one attempt_duration for all, the longest, or policy: "
        "{kind: clocked-links}."
    )
