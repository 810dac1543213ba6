"""Deliveries: what a request asks for."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

from bellpush.delivery.schedule import Schedule
from bellpush.ground.spec import Record, problem, shown
from bellpush.links.link import Link

__all__ = ["Delivery", "Fallback"]

PRODUCTS = ("00", "01", "10", "11")
FALLBACKS = ("mixed", "memories", *PRODUCTS)


def _fallback(value: Any) -> str:
    if isinstance(value, str) and value in FALLBACKS:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 11:
        raise problem(f'must be quoted if it is a product state, but is the number {value}. Write "{value:02d}".')
    raise problem(
        f'must be mixed, memories, or a product state in quotes ("00", "01", "10", "11"), but is {shown(value)}.'
    )


Fallback: TypeAlias = Annotated[
    str, PlainValidator(_fallback), WithJsonSchema({"type": "string", "enum": list(FALLBACKS)})
]


class Delivery(Record):
    """When something is to be handed over, and what if there is no pair. Abstract: a kind fills in `schedule`."""

    summary: ClassVar[str]

    @abstractmethod
    def schedule(self, link: Link) -> Schedule:
        """When attempts are made and something is handed over."""

    def contradiction(self, link: Link) -> str | None:
        """What the delivery needs of the link and does not get; None if nothing."""
        return None
