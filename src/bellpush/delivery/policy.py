"""Policies: the rule that says how a request is served."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

from pydantic import BeforeValidator

from bellpush.delivery.cutoff import AnyCutoff, Cutoff
from bellpush.delivery.distillation import AnyDistillation
from bellpush.delivery.plan import Plan
from bellpush.delivery.route import Route
from bellpush.ground.spec import Record

__all__ = ["Cutoffs", "Distillations", "Policy", "at_level", "copies"]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Cutoffs: TypeAlias = Annotated[tuple[AnyCutoff | None, ...], BeforeValidator(_listed)]
Distillations: TypeAlias = Annotated[tuple[AnyDistillation | None, ...], BeforeValidator(_listed)]


class Policy(Record):
    """The rule that writes plans. Abstract: a kind fills in `plan`, and says what it needs."""

    summary: ClassVar[str]

    @abstractmethod
    def plan(self, route: Route) -> Plan:
        """What is done to make a pair between the ends of a route."""

    def contradiction(self, route: Route) -> tuple[str, str] | None:
        """The field that does not fit the route, "" for the whole, and what it must be; None if all do."""
        return None

    def copies(self, route: Route) -> int:
        """Pairs made side by side at each link, and so the qubits a node needs for each of its links."""
        return 1


T = TypeVar("T")


def at_level(given: Sequence[T | None], level: int) -> T | None:
    """The entry for a level: the only one stands for all of them."""
    if not given:
        return None
    return given[0] if len(given) == 1 else given[level]


def copies(distillations: Distillations, levels: int) -> int:
    """Pairs of a link that stand side by side for one pair after `levels` levels of swaps."""
    total = 1
    for level in range(levels + 1):
        how = at_level(distillations, level)
        total *= 1 if how is None else how.copies
    return total


def too_many(name: str, given: Sequence[Any], levels: int, what: str) -> tuple[str, str] | None:
    """A sentence where a list has neither one entry nor one for each level."""
    if len(given) in (0, 1, levels):
        return None
    entries = f"one entry for all levels or {levels}, {what}" if levels != 1 else f"one entry, {what}"
    return name, f"must have {entries}, but has {len(given)}."


def chosen(cutoffs: Cutoffs, level: int) -> Cutoff | None:
    """The cut-off of a level of swaps, 1 being the lowest."""
    return at_level(cutoffs, level - 1)
