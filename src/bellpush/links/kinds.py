"""All link schemes; a new one is its file and its line here, or in `tries.py` if it makes one try an attempt."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from bellpush.links.multiplexed import Multiplexed
from bellpush.links.scheme import Scheme
from bellpush.links.tries import Try

__all__ = ["SCHEMES", "AnyScheme"]

AnyScheme: TypeAlias = Annotated[Try | Multiplexed, Field(discriminator="kind")]
SCHEMES: tuple[type[Scheme], ...] = get_args(get_args(AnyScheme)[0])
