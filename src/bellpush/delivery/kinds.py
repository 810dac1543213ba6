"""All deliveries and policies; a new one is its file and its line here."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.deadline import Deadline
from bellpush.delivery.delivery import Delivery
from bellpush.delivery.direct import Direct
from bellpush.delivery.fixed_order import FixedOrder
from bellpush.delivery.heralded import Heralded
from bellpush.delivery.nested import Nested
from bellpush.delivery.policy import Policy
from bellpush.delivery.swap_asap import SwapAsap

__all__ = ["DELIVERIES", "POLICIES", "AnyDelivery", "AnyPolicy"]

AnyDelivery: TypeAlias = Annotated[Heralded | Deadline | Clocked, Field(discriminator="kind")]
DELIVERIES: tuple[type[Delivery], ...] = get_args(get_args(AnyDelivery)[0])

AnyPolicy: TypeAlias = Annotated[Direct | SwapAsap | Nested | FixedOrder | ClockedLinks, Field(discriminator="kind")]
POLICIES: tuple[type[Policy], ...] = get_args(get_args(AnyPolicy)[0])
