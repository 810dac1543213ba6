"""A job: all an engine needs, and nothing of the file it came from."""

from __future__ import annotations

from dataclasses import dataclass

from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.request import Request
from bellpush.delivery.route import Route
from bellpush.links.link import Link

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """The links and the requests to answer; `hash` names the content, whatever engine, seed or shots."""

    links: dict[str, Link]
    requests: dict[str, AnyRequest]
    hash: str
    shots: int | None = None
    horizon: float | None = None  # s

    @property
    def contested(self) -> str | None:
        """Why a law for each request alone would be wrong: requests that share a link wait. None if none does."""
        for name, link in self.links.items():
            users = [request.name for request in self.requests.values() if any(link is one for one in request.links)]
            if len(users) > 1:
                asked = " and ".join(f"`{user}`" for user in users)
                return f"No engine built takes requests that share a link (`{name}`: {asked}). Try a scenario each."
        return self._crowded() if self.chains else None

    def _crowded(self) -> str | None:
        """Why requests that meet at a node wait for its qubits; None if there are enough."""
        needed: dict[str, list[tuple[str, int]]] = {}
        qubits: dict[str, int] = {}
        for name, request in self.requests.items():
            if isinstance(request, ChainRequest):
                route, copies = request.route, request.policy.copies(request.route)
            else:
                route, copies = Route(request.link.between, (request.link,)), 1
            for place, (node, record) in enumerate(zip(route.names, route.nodes, strict=True)):
                sides = 1 if place in (0, len(route.links)) else 2
                needed.setdefault(node, []).append((name, sides * copies))
                qubits[node] = record.qubits
        for node, users in needed.items():
            total = sum(count for _, count in users)
            if len(users) > 1 and total > qubits[node]:
                asked = " and ".join(f"`{user}`" for user, _ in users)
                return (
                    f"No engine built takes requests that wait for a node's qubits (`{node}` has {qubits[node]}: "
                    f"{asked} need {total}). Try qubits: {total}, or a scenario each."
                )
        return None

    @property
    def over_one_link(self) -> dict[str, Request]:
        """The requests that one link serves."""
        return {name: request for name, request in self.requests.items() if isinstance(request, Request)}

    @property
    def chains(self) -> dict[str, ChainRequest]:
        """The requests that take several links in a row."""
        return {name: request for name, request in self.requests.items() if isinstance(request, ChainRequest)}
