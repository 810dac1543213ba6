"""A published claim: a number, where it was published, how we know it, and how ours comes about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bellpush.scenario.model import Standing
from bellpush.scenario.result import Result
from bellpush.scenario.standing import Input

__all__ = ["OFF", "Claim", "Measure", "Setting", "Shown", "Tolerance"]

Measure: TypeAlias = Callable[[Result], float]


@dataclass(frozen=True)
class Setting:
    """A value in which a claim departs from its preset, and how that value is known."""

    value: Any
    standing: Standing
    source: str


OFF = Setting("0 s", "given", "switched off")


@dataclass(frozen=True)
class Tolerance:
    """By how much ours may deviate and still reproduce, where more than the published uncertainty enters.

    Beside a claim that is restated: by how much the digits of a fitted input may move what was spent on it.
    """

    value: float
    why: str


@dataclass(frozen=True)
class Shown:
    """Our value after one change: the number that shows why ours differs, or what it depends on."""

    said: str  # goes on from "ours"; {} stands for the number
    settings: Mapping[str, Setting]
    measure: Measure | None = None  # the claim's own if None
    unit: str | None = None  # the claim's own if None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One published number of an experiment, beside which ours is put.

    Ours is computed from the inputs of the preset, changed by `settings`: read at a `path` of what `run` answers, or
    worked out by `measure`. Nothing here is adjusted to the published number.
    """

    name: str
    published: float
    standing: Standing  # of the published number
    source: str
    unit: str = ""
    uncertainty: float | None = None
    relation: Literal["equal", "greater"] = "equal"
    path: str = ""  # into the JSON of `run`
    measure: Measure | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    rests: tuple[str, ...] | None = None  # beginnings of the paths of inputs that ours depends on; None: all
    also: tuple[Input, ...] = ()  # further inputs, which no path of the preset has
    tolerance: Tolerance | None = None  # the published uncertainty if None
    restates: bool = False  # ours is no answer but an input, or follows from one that was made from the claim
    incomparable: str = ""  # why there is no number of ours to compare
    reason: str = ""  # why ours differs, or what must be known beside it
    shown: tuple[Shown, ...] = ()  # where ours differs, the first that closes the gap explains it
    beside: bool = False  # whether it stands beside ours in the table of `run`

    @property
    def edits(self) -> dict[str, Any]:
        """What differs from the preset, by path."""
        return {path: setting.value for path, setting in self.settings.items()}
