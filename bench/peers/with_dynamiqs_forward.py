"""Derivatives by dynamiqs forwards: one tangent for each parameter, which pays while these are few."""

from __future__ import annotations

import dynamiqs as dq

from peers import with_dynamiqs
from peers.with_dynamiqs import answer, prepare

__all__ = ["answer", "prepare"]

with_dynamiqs.GRADIENT = dq.gradient.Forward()
