"""Where numbers were found and how they are known: what every claim, setting and input of an experiment begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from bellpush.experiments.claim import Claim, Setting, Shown, Tolerance
from bellpush.experiments.ours import Ours
from bellpush.scenario.model import Standing
from bellpush.scenario.standing import Input

__all__ = ["Known"]


class More(TypedDict, total=False):
    """What a claim may say besides its number and ours; as in `Claim`."""

    unit: str
    uncertainty: float
    relation: Literal["equal", "greater"]
    settings: Mapping[str, Setting]
    rests: tuple[str, ...] | None
    also: tuple[Input, ...]
    tolerance: Tolerance
    restates: bool
    incomparable: str
    reason: str
    shown: tuple[Shown, ...]
    beside: bool


@dataclass(frozen=True)
class Known:
    """A place where numbers were found, and their standing.

    >>> memory = Known("recalled", "a paper, from memory")
    >>> memory.setting("7 us").standing, memory.claim("rate", 6, unit="Hz").source
    ('recalled', 'a paper, from memory')
    """

    standing: Standing
    source: str

    def claim(
        self, name: str, published: float, ours: Ours | None = None, said: str = "", **more: Unpack[More]
    ) -> Claim:
        """A number published there, beside ours; `said` goes on from the source."""
        about = Ours() if ours is None else ours
        at: dict[str, Any] = {"unit": about.unit, "rests": about.rests, **more}
        source = f"{self.source}{said}"
        return Claim(name=name, published=published, standing=self.standing, source=source, **about.where, **at)

    def setting(self, value: Any) -> Setting:
        """A value from there in which a claim departs from its preset."""
        return Setting(value, self.standing, self.source)

    def at_nodes(self, part: str, **fields: Any) -> dict[str, Setting]:
        """Values from there for a part of both nodes, `memory` or `device`, by path."""
        paths = {f"nodes.{node}.{part}.{name}": value for node in ("alice", "bob") for name, value in fields.items()}
        return {path: self.setting(value) for path, value in paths.items()}

    def memories(self, kind: str, **fields: Any) -> dict[str, Setting]:
        """A memory for both nodes, by path."""
        return {f"nodes.{node}.memory": self.setting({"kind": kind, **fields}) for node in ("alice", "bob")}

    def also(self, path: str, text: str) -> Input:
        """An input from there that no path of a preset has."""
        return Input(path, text, self.standing, self.source)
