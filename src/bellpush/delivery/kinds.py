"""All deliveries; a new one is its file and its line here."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.deadline import Deadline
from bellpush.delivery.delivery import Delivery
from bellpush.delivery.heralded import Heralded

__all__ = ["DELIVERIES", "AnyDelivery"]

AnyDelivery: TypeAlias = Annotated[Heralded | Deadline | Clocked, Field(discriminator="kind")]
DELIVERIES: tuple[type[Delivery], ...] = get_args(get_args(AnyDelivery)[0])
