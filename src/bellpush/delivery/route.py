"""A route: neighbouring links in a row from one node to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.states.pair import BellState

__all__ = ["Route"]


@dataclass(frozen=True)
class Route:
    """Links in a row, from the first node to the last; link number k joins node k to node k + 1."""

    names: tuple[str, ...]  # of the nodes, one more than links
    links: tuple[Link, ...]
    kept: tuple[Node, ...] | None = None  # the nodes as they go on after the heralds, where links see them otherwise

    @cached_property
    def turned(self) -> tuple[bool, ...]:
        """Whether a link was written from its second node to its first, as the route goes."""
        return tuple(link.between[0] != name for link, name in zip(self.links, self.names, strict=False))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes in a row."""
        if self.kept is not None:
            return self.kept
        ends = [
            link.nodes[::-1] if turned else link.nodes for link, turned in zip(self.links, self.turned, strict=True)
        ]
        return (*(first for first, _ in ends), ends[-1][1])

    @property
    def inner(self) -> tuple[str, ...]:
        """The names of the nodes at which pairs are swapped."""
        return self.names[1:-1]

    @property
    def target(self) -> BellState:
        """The Bell state that is aimed at: the first link's."""
        return self.links[0].model.target

    @property
    def said(self) -> str:
        """The nodes in a row, in words; the middle of a long route is left out."""
        names = self.names if len(self.names) <= 8 else (*self.names[:4], "...", *self.names[-3:])
        return " - ".join(names)
