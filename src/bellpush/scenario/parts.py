"""The parts of a scenario that hold on their own, so that a mistake in one does not hide those in another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.request import Request
from bellpush.delivery.route import Route
from bellpush.ground.spec import Record, door
from bellpush.hardware.channel import lit_from
from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.network.routes import routes
from bellpush.scenario.model import LinkFile, RequestFile, ScenarioFile

__all__ = ["Parts"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Parts:
    """Nodes by name; links and requests by their place in the file."""

    nodes: dict[str, Node]
    links: dict[int, LinkFile]
    requests: dict[int, RequestFile]

    @classmethod
    def of(cls, file: ScenarioFile) -> Parts:
        """All parts of a scenario that is valid as a whole."""
        return cls(file.nodes, dict(enumerate(file.links)), dict(enumerate(file.requests)))

    @classmethod
    def among(cls, data: dict[str, Any]) -> Parts:
        """The parts that are valid, of a scenario that is not."""
        nodes, links, requests = (data.get(name) for name in ("nodes", "links", "requests"))
        return cls(
            _valid(Node, nodes if isinstance(nodes, dict) else {}),
            _valid(LinkFile, dict(enumerate(links)) if isinstance(links, list) else {}),
            _valid(RequestFile, dict(enumerate(requests)) if isinstance(requests, list) else {}),
        )

    @cached_property
    def built(self) -> dict[int, Link]:
        """The links whose two nodes are known."""
        found = {}
        for index, link in self.links.items():
            first, second = link.between
            if first in self.nodes and second in self.nodes:
                name = link.name or f"{first}-{second}"
                nodes = self.nodes[first], self.nodes[second]
                cycle = self._cycle(first, second)
                row = lit_from(link.row, nodes[0].light, nodes[1].light, link.scheme.core.midway)
                found[index] = Link(name, (first, second), nodes, row, link.scheme, link.overheads, cycle)
        return found

    def _cycle(self, *ends: str) -> float | None:
        """The shortest period at which a clock asks for pairs of two nodes, s; None without a clock."""
        asked = [request.delivery for request in self.requests.values() if set(request.between) == set(ends)]
        periods = [one.period for one in asked if isinstance(one, Clocked)]
        return reduce(np.minimum, periods) if periods else None

    def serving(self, request: RequestFile) -> list[Route]:
        """The routes over the fewest links that join the ends of a request."""
        if len(request.between) != 2:
            return []
        return routes(list(self.built.values()), *request.between)

    def request(self, written: RequestFile, route: Route) -> AnyRequest:
        """A request over the route that serves it."""
        name = written.name or written.delivery.kind
        policy = written.policy
        alone = policy.kind != "clocked-links" and not getattr(policy, "distill", ())
        if len(route.links) == 1 and alone:
            link = route.links[0]
            return Request(name, link, written.delivery, written.min_fidelity, route.turned[0])
        return ChainRequest(name, route, written.delivery, policy, written.min_fidelity)


def _valid(kind: type[R], items: dict[Any, Any]) -> dict[Any, R]:
    found = {}
    for key, item in items.items():
        try:
            found[key] = door(kind, item)
        except ValidationError:
            continue  # reported by the check of the whole
    return found
