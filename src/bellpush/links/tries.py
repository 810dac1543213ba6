"""Schemes that make one try in each attempt and that `multiplexed` can repeat; a new one has its line here."""

from __future__ import annotations

from typing import TypeAlias

from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.double_click import DoubleClick
from bellpush.links.parametric import Parametric
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.links.single_click import SingleClick

__all__ = ["Try"]

Try: TypeAlias = Parametric | SingleClick | DoubleClick | DirectTransfer | PhotonTransfer
