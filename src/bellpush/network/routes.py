"""Routes as simple paths: from one node to another over the fewest links."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise, product

from bellpush.delivery.route import Route
from bellpush.links.link import Link

__all__ = ["MOST", "routes"]

MOST = 8  # routes of one length that are looked at: beyond two, which there are is told and not chosen


def routes(links: Sequence[Link], first: str, last: str) -> list[Route]:
    """The routes over the fewest links, at most `MOST` of them; none if the ends are not joined.

    Two links between the same neighbours make two routes. A route visits no node twice.
    """
    direct = [link for link in links if {first, last} == set(link.between)]
    if direct:
        return [Route((first, last), (link,)) for link in direct[:MOST]]
    import networkx as nx

    graph = nx.MultiGraph()
    graph.add_nodes_from((first, last))
    graph.add_edges_from((*link.between, number) for number, link in enumerate(links))
    try:
        paths = list(islice(nx.all_shortest_paths(nx.Graph(graph), first, last), MOST))
    except nx.NetworkXNoPath:
        return []
    found = []
    for names in paths:
        choices = [graph.get_edge_data(*hop) for hop in pairwise(names)]
        for taken in islice(product(*choices), MOST):
            found.append(Route(tuple(names), tuple(links[number] for number in taken)))
    return found[:MOST]
