"""A published claim: a number, where it was published, how we know it, and where ours is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Claim"]


@dataclass(frozen=True)
class Claim:
    """One published number of an experiment, beside which ours can be put."""

    name: str
    path: str  # into the JSON of `run`
    published: float
    standing: str  # of the published number
    source: str
    unit: str = ""
    uncertainty: float | None = None
    relation: Literal["equal", "greater"] = "equal"
    edits: Mapping[str, Any] = field(default_factory=dict)  # what differs from the preset, by path
