"""What stands in a plan: all its steps, and which pair each of its swaps makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bellpush.delivery.cutoff import Cutoff
from bellpush.delivery.plan import Generate, Plan, Swap

__all__ = ["Span", "links_meet", "spans_of", "steps_of", "swaps_of"]

Span: TypeAlias = tuple[int, int]  # the nodes at the ends of a pair, by their number along the route


def steps_of(plan: Plan) -> Iterator[Plan]:
    """A step and all beneath it."""
    yield plan
    for part in plan.parts:
        yield from steps_of(part)


def swaps_of(plan: Plan) -> Iterator[Swap]:
    """All swaps of two pairs."""
    return (step for step in steps_of(plan) if isinstance(step, Swap))


def links_meet(plan: Plan) -> bool:
    """Whether a step swaps the pairs of two links."""
    return isinstance(plan, Swap) and isinstance(plan.left, Generate) and isinstance(plan.right, Generate)


def spans_of(plan: Plan) -> tuple[dict[int, Span], dict[Span, Cutoff]]:
    """Of a tree of swaps over links: the pair that each inner node makes, and what drops a pair, by its span."""
    spans: dict[int, Span] = {}
    cutoffs: dict[Span, Cutoff] = {}

    def walk(part: Plan, first: int) -> int:
        if not isinstance(part, Swap):
            return first + 1
        middle = walk(part.left, first)
        last = walk(part.right, middle)
        spans[middle] = first, last
        if part.cutoff is not None:
            cutoffs[first, middle] = cutoffs[middle, last] = part.cutoff
        return last

    walk(plan, 0)
    return spans, cutoffs
