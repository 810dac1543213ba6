"""Plans: what is done for a request, as a tree that prints itself.

Leaves generate pairs over a link; above them pairs are distilled and swapped; the root hands one over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bellpush.delivery.cutoff import Cutoff
from bellpush.delivery.distillation import Distillation
from bellpush.ground.units import readable
from bellpush.links.link import Link

__all__ = ["Deliver", "Distill", "Generate", "Plan", "Swap", "SwapAll", "SwapAtEdge", "generate"]

LONGEST = 16  # steps beneath one that are printed; of more, the first and the last


class Plan(ABC):
    """A step with the steps beneath it. Abstract: a kind says itself and what it needs."""

    @property
    @abstractmethod
    def said(self) -> str:
        """The step in a few words."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Plan, ...]:
        """The steps that must be done before it."""

    swaps: ClassVar[int] = 0  # levels of swaps that the step itself makes

    @property
    def level(self) -> int:
        """How many swaps stand between this step and the links, at most, its own included."""
        return self.swaps + max((part.level for part in self.parts), default=0)

    def lines(self) -> Iterator[str]:
        """The tree as text, two blanks a level."""
        yield self.said
        parts = self.parts
        kept = parts if len(parts) <= LONGEST else (*parts[:3], *parts[-2:])
        for number, part in enumerate(kept):
            if len(kept) < len(parts) and number == 3:
                yield f"  ... {len(parts) - len(kept)} more"
            yield from ("  " + line for line in part.lines())


@dataclass(frozen=True)
class Generate(Plan):
    """Attempts at one link until one is heralded."""

    link: Link
    turned: bool = False

    @property
    def said(self) -> str:
        return f"generate over {self.link.name}"

    @property
    def parts(self) -> tuple[Plan, ...]:
        return ()


@dataclass(frozen=True)
class OverOne(Plan):
    """A step on top of one other. Abstract: a kind says what it does."""

    of: Plan

    @property
    def parts(self) -> tuple[Plan, ...]:
        return (self.of,)


@dataclass(frozen=True)
class Distill(OverOne):
    """Pairs made side by side become one that is better; all are made anew where that fails."""

    how: Distillation

    @property
    def said(self) -> str:
        return f"distill: {self.how.said}"


@dataclass(frozen=True)
class Swap(Plan):
    """Two pairs that meet at a node become one, as soon as both are there; both are made anew where that fails."""

    left: Plan
    right: Plan
    at: str
    cutoff: Cutoff | None = None

    swaps = 1

    @property
    def said(self) -> str:
        return f"swap at {self.at}" + (f"; cutoff: {self.cutoff.said}" if self.cutoff else "")

    @property
    def parts(self) -> tuple[Plan, ...]:
        return self.left, self.right


@dataclass(frozen=True)
class OverAll(Plan):
    """Swaps at every inner node of a route, over its links. Abstract: a kind says when."""

    of: tuple[Plan, ...]
    at: tuple[str, ...]

    swaps = 1

    @property
    def parts(self) -> tuple[Plan, ...]:
        return self.of

    @property
    def where(self) -> str:
        """The nodes, in words."""
        return ", ".join(self.at if len(self.at) <= 6 else (*self.at[:3], "...", *self.at[-2:]))


@dataclass(frozen=True)
class SwapAll(OverAll):
    """Every node swaps as soon as it holds a pair to each side, in whichever order that happens."""

    cutoff: Cutoff | None = None

    @property
    def said(self) -> str:
        dropped = f"; cutoff: {self.cutoff.said}" if self.cutoff else ""
        return f"swap at {self.where} as soon as possible{dropped}"


@dataclass(frozen=True)
class SwapAtEdge(OverAll):
    """All links hold what they have until a common edge; there every node swaps."""

    period: float  # s

    @property
    def said(self) -> str:
        return f"swap at {self.where} at a common edge, every {readable(self.period, 's')}"


@dataclass(frozen=True)
class Deliver(OverOne):
    """The pair is handed over."""

    when: str

    @property
    def said(self) -> str:
        return f"deliver: {self.when}"


def generate(links: tuple[Link, ...], turned: tuple[bool, ...]) -> tuple[Generate, ...]:
    """A leaf for every link of a route."""
    return tuple(Generate(link, back) for link, back in zip(links, turned, strict=True))
