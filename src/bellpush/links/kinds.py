"""All link schemes; a new one is its file and its line here."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.double_click import DoubleClick
from bellpush.links.parametric import Parametric
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.links.scheme import Scheme
from bellpush.links.single_click import SingleClick

__all__ = ["SCHEMES", "AnyScheme"]

AnyScheme: TypeAlias = Annotated[
    Parametric | SingleClick | DoubleClick | DirectTransfer | PhotonTransfer, Field(discriminator="kind")
]
SCHEMES: tuple[type[Scheme], ...] = get_args(get_args(AnyScheme)[0])
