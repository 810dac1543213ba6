"""From `network: {kind: chain, ...}` to the nodes and links it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.spec import Count, Record, shown
from bellpush.scenario.paths import did_you_mean, overlay
from bellpush.scenario.tree import Branch, Mark, Tree, copy, plain

__all__ = ["MOST", "Network", "written_out"]

MOST = 1000  # segments


class Network(Record):
    """Nodes n0, n1, ... in a row and the links between them, instead of `nodes` and `links`.

    An inner node has two qubits, one for each side, unless it says otherwise. Requests may name the ends `first` and
    `last`, however many segments there are.
    """

    kind: str = "chain"
    segments: Count
    """how many links there are; their nodes are n0, n1, ..."""
    node: dict[str, Any] | None = None
    """what every node is: as under `nodes`"""
    ends: dict[str, Any] | None = None
    """what the first and the last node are, laid over `node`"""
    nodes: dict[str, Any] | None = None
    """by number from 0, what single nodes are, laid over `node` and `ends`"""
    link: dict[str, Any] | None = None
    """what every link is: as in `links`, without `between`"""
    links: dict[str, Any] | None = None
    """by number from 0, what single links are, laid over `link`; number 3 joins n3 and n4"""


def written_out(root: Branch) -> list[Problem]:
    """Put nodes and links in the place of a network, in place; what is wrong with it.

    Raises:
        ScenarioError: how many nodes there are cannot be told, so that nothing else can be checked.
    """
    network = root.pop("network", None)
    if network is None:
        return []
    found: list[Problem] = []

    def refuse(place: Tree, path: str, sentence: str, at_key: bool = False) -> Problem:
        mark = place.key if at_key and place.key.file else place.mark
        found.append(Problem(f"`{path}` {sentence}", path, mark.file, mark.line, mark.column))
        return found[-1]

    if not isinstance(network.value, dict):
        raise ScenarioError(refuse(network, "network", f"must be a mapping, but is {shown(plain(network))}."))
    fields: Branch = network.value
    for name in ("nodes", "links"):
        if name in root:
            refuse(root[name], name, "must not stand beside `network`, which makes them. Leave one out.", at_key=True)
            root.pop(name)
    for name, child in fields.items():
        if name not in Network.model_fields:
            known = list(Network.model_fields)
            refuse(child, f"network.{name}", f"is not a field here. {did_you_mean(name, known)}", at_key=True)
        elif name not in ("kind", "segments") and not isinstance(child.value, dict | None):
            refuse(child, f"network.{name}", f"must be a mapping, but is {shown(plain(child))}.")
    kind = fields.get("kind")
    if kind is None:
        refuse(network, "network", "must say its `kind`. Try `chain`.")
    elif kind.value != "chain":
        refuse(kind, "network.kind", f"must be chain, but is {shown(plain(kind))}. Try `nodes` and `links`.")
    segments = _segments(network, fields, refuse)
    if segments is None:
        raise ScenarioError(found)
    nodes = _overrides(fields, "nodes", segments + 1, refuse)
    links = _overrides(fields, "links", segments, refuse)
    every, ends, link = (_part(fields, name, network.mark) for name in ("node", "ends", "link"))
    root["nodes"] = Tree({}, network.mark, network.key)
    for number in range(segments + 1):
        inner = 0 < number < segments
        node = copy(every) if inner else overlay(copy(every), copy(ends))
        node = overlay(node, nodes[number]) if number in nodes else node
        if inner and "qubits" not in node.value:
            node.value["qubits"] = Tree(2, network.mark, network.mark)
        root["nodes"].value[f"n{number}"] = node
    root["links"] = Tree([], network.mark, network.key)
    for number in range(segments):
        one = overlay(copy(link), links[number]) if number in links else copy(link)
        if "between" in one.value:
            refuse(one.value["between"], "network.link.between", "follows from the chain. Leave it out.")
        ends_of = [Tree(f"n{number + side}", network.mark, network.mark) for side in (0, 1)]
        one.value["between"] = Tree(ends_of, network.mark, network.mark)
        root["links"].value.append(one)
    _name_ends(root, segments)
    return list(dict.fromkeys(found))


def _name_ends(root: Branch, segments: int) -> None:
    """Let requests name the ends of a chain `first` and `last`, however long it is."""
    names = {"first": "n0", "last": f"n{segments}"}
    requests = root.get("requests")
    for request in requests.value if requests is not None and isinstance(requests.value, list) else ():
        between = request.value.get("between") if isinstance(request.value, dict) else None
        if between is not None and isinstance(between.value, list):
            ends = [(one, names.get(one.value) if isinstance(one.value, str) else None) for one in between.value]
            between.value = [one if name is None else Tree(name, one.mark, one.key) for one, name in ends]


Refuse = Callable[[Tree, str, str], Problem]


def _segments(network: Tree, fields: Branch, refuse: Refuse) -> int | None:
    given = fields.get("segments")
    if given is None:
        refuse(network, "network.segments", "must be given, but is missing. Try segments: 8.")
        return None
    number = given.value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST:
        refuse(given, "network.segments", f"must be a whole number from 1 to {MOST}, but is {shown(plain(given))}.")
        return None
    return number


def _part(fields: Branch, name: str, mark: Mark) -> Tree:
    part = fields.get(name)
    return part if part is not None and isinstance(part.value, dict) else Tree({}, mark, mark)


def _overrides(fields: Branch, name: str, count: int, refuse: Refuse) -> dict[int, Tree]:
    """What single nodes or links are, by number."""
    found: dict[int, Tree] = {}
    part = fields.get(name)
    for key, child in part.value.items() if part is not None and isinstance(part.value, dict) else ():
        path = f"network.{name}.{key}"
        if not key.isascii() or not key.isdigit() or int(key) >= count:
            refuse(
                child, path, f"must be a number from 0 to {count - 1}, as there are {count} {name}. Try {count - 1}."
            )
        elif not isinstance(child.value, dict):
            refuse(child, path, f"must be a mapping, but is {shown(plain(child))}.")
        else:
            found[int(key)] = copy(child)
    return found
