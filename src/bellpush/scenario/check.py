"""Checks that need more than one place of a scenario: names that must exist, and devices that must fit together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.delivery.route import Route
from bellpush.ground.errors import Problem
from bellpush.ground.spec import told_apart
from bellpush.ground.units import readable
from bellpush.hardware.channel import STATION, Row, arms, uneven, wavelength_behind
from bellpush.hardware.channel import contradictions as misfits
from bellpush.links.link import Link
from bellpush.scenario.parts import Parts
from bellpush.scenario.paths import did_you_mean, find, link_name, request_name, split
from bellpush.scenario.problems import at, at_key
from bellpush.scenario.tree import Tree, plain

__all__ = ["contradictions", "references", "sound", "unserved"]

Place: TypeAlias = list[str | int]

ROUNDING = 1e-9  # by which two wavelengths that were written alike may differ
MOST_ATTEMPTS = 1e15  # beyond, attempts can no longer be told apart by the time at which they end


def references(tree: Tree) -> list[Problem]:
    """Names that must exist or be different, found in the data as written, whatever else is wrong with it."""
    data = plain(tree)
    nodes = data.get("nodes")
    known = [str(name) for name in nodes] if isinstance(nodes, dict) else None
    found: list[Problem] = []
    for kind in ("links", "requests"):
        items = data.get(kind)
        if not isinstance(items, list):
            continue
        if known is not None:
            found += _unknown_nodes(tree, kind, items, known)
        found += _repeated(tree, kind, items)
    found += _lost_sources(tree, data.get("sources"))
    found += _double_sources(tree, data.get("sources"))
    return found


def _unknown_nodes(tree: Tree, kind: str, items: list[Any], known: list[str]) -> list[Problem]:
    found = []
    for index, item in enumerate(items):
        between = item.get("between") if isinstance(item, dict) else None
        for position, name in enumerate(between if isinstance(between, list) else []):
            if isinstance(name, str) and name not in known:
                message = f"`{{path}}` must name a node, but there is no `{name}`. {did_you_mean(name, known)}"
                found.append(at(tree, [kind, index, "between", position], message))
    return found


def _repeated(tree: Tree, kind: str, items: list[Any]) -> list[Problem]:
    found = []
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        name = link_name(item) if kind == "links" else request_name(item)
        if name is None:
            continue
        if name in seen:
            message = f"`{{path}}` must have a name of its own, but `{name}` is taken by `{kind}.{seen[name]}`. "
            place: Place = [kind, index, "name"] if "name" in item else [kind, index]
            found.append(at(tree, place, message + f"Try name: {name}-2."))
        seen.setdefault(name, index)
    return found


def _lost_sources(tree: Tree, sources: Any) -> list[Problem]:
    found = []
    for path in sources if isinstance(sources, dict) else ():
        steps = split(path)
        if find(tree, steps) is None and not _of_preset(tree, path):
            message = f"`sources` must name values of the scenario, but `{path}` leads nowhere. Try links.0.scheme."
            found.append(at_key(at(tree, ["sources", path], message), find(tree, ["sources", path])))
    return found


def _double_sources(tree: Tree, sources: Any) -> list[Problem]:
    found = []
    seen: dict[tuple[str, ...], str] = {}
    for path in sources if isinstance(sources, dict) else ():
        if _of_preset(tree, path):
            continue
        first = seen.setdefault(tuple(_by_index(tree, split(path))), path)
        if first != path:
            message = f"`sources` must speak of a value once, but `{path}` is the same as `{first}`. Try one."
            found.append(at_key(at(tree, ["sources", path], message), find(tree, ["sources", path])))
    return found


def _by_index(tree: Tree, steps: list[str]) -> list[str]:
    """A path with list items by their index."""
    found: list[str] = []
    for step in steps:
        above, item = find(tree, found), find(tree, [*found, step])
        items = above.value if above is not None and isinstance(above.value, list) else []
        found.append(next((str(index) for index, child in enumerate(items) if child is item), step))
    return found


def _of_preset(tree: Tree, path: str) -> bool:
    """Whether a preset brought the source: it may speak of a value that the scenario replaced."""
    entry = find(tree, ["sources", path])
    return entry is not None and entry.mark.file.startswith("preset ")


def contradictions(parts: Parts, tree: Tree) -> list[Problem]:
    """Devices, schemes and deliveries that do not fit together."""
    found: list[Problem] = []
    wrong: set[str] = set()
    for index, link in parts.built.items():
        problems = [
            at(tree, place, f"`{{path}}` {sentence}")
            for place, sentence in _of_link(index, link, parts.links[index].row)
        ]
        found += problems
        if problems:
            wrong.add(link.name)
    links = plain(tree).get("links")
    whole = isinstance(links, list) and len(links) == len(parts.built)
    for index, written in parts.requests.items():
        serving = parts.serving(written)
        if not serving and whole and len(written.between) == 2:
            found.append(at(tree, ["requests", index, "between"], _unreached(parts, written.between)))
        if len(serving) == 1 and wrong.isdisjoint(link.name for link in serving[0].links):
            request = parts.request(written, serving[0])
            told = _of_request(index, request) if isinstance(request, Request) else _of_chain(index, request)
            found += [at(tree, place, f"`{{path}}` {sentence}") for place, sentence in told]
    return found


def _unreached(parts: Parts, between: Sequence[str]) -> str:
    known = ", ".join(" and ".join(link.between) for link in list(parts.built.values())[:6])
    return f"`{{path}}` must name nodes that links join, but no route joins {' and '.join(between)}. Try {known}."


def _of_link(index: int, link: Link, written: Row) -> Iterator[tuple[Place, str]]:
    """What is wrong with a link, given its row as it is written, whose elements do not know yet what light comes."""
    row = "channels" if STATION in written else "channel"
    first, second = link.nodes
    for misfit in misfits(written, first.light, second.light, link.scheme.core.midway):
        yield ["links", index, row], misfit
    if row == "channels" and not link.scheme.station:
        kind = getattr(link.scheme, "kind", "")
        yield (
            ["links", index, row],
            f"put a station between two arms, but no photons meet in the {kind} scheme. Try `channel`, one row.",
        )
    if link.scheme.core.midway:
        cut = uneven(written) if row == "channel" else None
        if sentence := cut or _colours(link, written):
            yield ["links", index, row], sentence
    if sentence := link.scheme.contradiction(link.nodes, link.channel):
        yield ["links", index, "scheme"], sentence
    elif not math.isfinite(link.step):
        yield ["links", index, "overheads"], "must leave time for attempts, but their share of it is infinite."
    else:
        yield from _given_back(index, link)
    for number, overhead in enumerate(link.overheads):
        place: Place = ["links", index, "overheads", number]
        if sentence := overhead.contradiction():
            yield place, sentence


def _colours(link: Link, written: Row) -> str | None:
    """Why photons that meet can be told apart by their colour; None where they cannot, or where one is not known."""
    behind = [wavelength_behind(arm, node.light) for arm, node in zip(arms(written), link.nodes, strict=True)]
    if None in behind or abs(behind[0] / behind[1] - 1) <= ROUNDING:
        return None
    first, second = told_apart(behind[0], behind[1], "m")
    return (
        f"must bring light of one colour to the beam splitter, but that of `{link.between[0]}` comes with {first} and "
        f"that of `{link.between[1]}` with {second}. Try a converter to one `wavelength` in either arm; lines that "
        "differ by less than a laser can be tuned are for the emitters' `detuning`."
    )


def _given_back(index: int, link: Link) -> Iterator[tuple[Place, str]]:
    """Memories that give their qubit back before anyone knows of a herald."""
    for name, node in zip(link.between, link.nodes, strict=True):
        delay = getattr(node.storage, "delay", None)
        if not node.storage.on_demand and delay is not None and link.model.herald_delay > delay:
            yield (
                ["links", index, "between"],
                f"joins `{name}`, whose memory gives its qubit back after {readable(delay, 's')}, before its herald is "
                f"known after {readable(link.model.herald_delay, 's')}. Try a longer `delay`.",
            )


def _of_request(index: int, request: Request) -> Iterator[tuple[Place, str]]:
    link = request.link
    place: Place = ["requests", index, "delivery"]
    time: float = getattr(request.delivery, "period", None) or getattr(request.delivery, "within", None) or 0.0
    if not time / link.step < MOST_ATTEMPTS:
        yield (
            place,
            f"must have room for fewer than {MOST_ATTEMPTS:.0e} attempts, but {readable(time, 's')} has "
            f"{time / link.step:.1e} of {readable(link.step, 's')}. Try a shorter time.",
        )
        return
    if sentence := request.delivery.contradiction(link):
        yield place, sentence
    for name, node in zip(link.between, link.nodes, strict=True):
        if request.schedule.edge is not None and not node.storage.on_demand:
            yield (
                place,
                "needs memories that give a qubit when it is asked for, but the "
                f"{getattr(node.storage, 'kind', '')} of `{name}` does so at its own time. Try kind: heralded, or a "
                "memory that is read on demand.",
            )
    if request.fallback != "memories":
        return
    if link.scheme.heralded and link.model.idle is None and link.model.success_probability < 1:
        kind = getattr(link.scheme, "kind", "")
        yield (
            [*place, "fallback"],
            f"must be something the link can hand over, but the {kind} scheme does not say what it leaves in the "
            'memories. Try mixed or a product state such as "01".',
        )
    elif request.schedule.attempts == 0:
        yield (
            [*place, "fallback"],
            "must be something the link can hand over, but no attempt fits before the hand-over, so nothing was put "
            "into the memories. Try mixed, or a longer time.",
        )


def _of_chain(index: int, request: ChainRequest) -> Iterator[tuple[Place, str]]:
    route, policy = request.route, request.policy
    if told := policy.contradiction(route):
        field, sentence = told
        yield ["requests", index, "policy", *([field] if field else [])], sentence
        return
    for number, (name, node) in enumerate(zip(route.names, route.nodes, strict=True)):
        sides = 1 if number in (0, len(route.links)) else 2
        needed = sides * policy.copies(route)
        if node.qubits < needed:
            why = f"a pair to each side at once{'' if needed == 2 else ', made of several'}"
            why = why if sides == 2 else "several pairs at once to distil"
            yield (
                ["nodes", name],
                f"must have at least {needed} qubits for `requests.{request.name}` ({why}), but has {node.qubits}. "
                f"Try qubits: {needed}.",
            )
    place: Place = ["requests", index, "delivery"]
    time = request.until or 0.0
    if not time / min(link.step for link in route.links) < MOST_ATTEMPTS:
        yield place, f"must have room for fewer than {MOST_ATTEMPTS:.0e} attempts. Try a shorter time."
    common = getattr(policy, "period", None)
    if common is not None and request.edge is not None and not math.isclose(common, request.edge, rel_tol=1e-9):
        most, found = told_apart(common, request.edge, "s")
        yield [*place, "period"], f"must be the period of the links' common clock, {most}, but is {found}."
    if common is not None or request.edge is not None:
        yield from _at_its_own_time(["requests", index, "policy" if request.edge is None else "delivery"], route)


def _at_its_own_time(place: Place, route: Route) -> Iterator[tuple[Place, str]]:
    """The first memory that cannot wait for a clock."""
    for name, node in zip(route.names, route.nodes, strict=True):
        if not node.storage.on_demand:
            yield (
                place,
                "needs memories that give a qubit when it is asked for, but the "
                f"{getattr(node.storage, 'kind', '')} of `{name}` does so at its own time. Try a memory that is read "
                "on demand.",
            )
            return


def sound(what: str, job: Job, nodes: Iterable[str]) -> Iterator[str]:
    """What to say of a scenario without mistakes: how much there is of it, and what may surprise.

    Notes of links that take long to solve are left to `run`.
    """
    counts = ((len(job.links), "link"), (len(job.requests), "request"))
    parts = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts]
    yield f"{what} is sound: {' and '.join(parts)}."
    joined = {name for link in job.links.values() for name in link.between}
    yield from (f"Node `{name}` is on no link." for name in nodes if name not in joined)
    if job.contested:
        yield job.contested
    said: dict[str, list[str]] = {}
    for link in job.links.values():
        for note in () if link.scheme.laborious else link.notes:
            said.setdefault(note, []).append(link.name)
    for note, (name, *others) in said.items():
        yield f"Link `{name}`{f' and {len(others)} more' if others else ''}: {note}"


def unserved(parts: Parts, tree: Tree) -> list[Problem]:
    """Requests that are no mistake, but that nothing built can serve."""
    found: list[Problem] = []
    for index, written in parts.requests.items():
        serving = parts.serving(written)
        if len(written.between) > 2:
            message = (
                f"`{{path}}` names {len(written.between)} nodes, and only pairs are built yet. "
                "Try two nodes joined by a link."
            )
        elif len(serving) > 1:
            message = (
                f"`{{path}}` could use {_called(serving)}; only one way between two nodes is built yet. "
                "Try leaving a link out."
            )
        elif serving and (sentence := _unbuilt(parts.request(written, serving[0]))):
            found.append(at(tree, ["requests", index, "delivery"], sentence))
            continue
        else:
            continue
        found.append(at(tree, ["requests", index, "between"], message))
    return found


def _called(routes: Sequence[Route]) -> str:
    """Routes told apart: by their links where they have one each."""
    if len(routes[0].links) == 1:
        return ", ".join(f"`{route.links[0].name}`" for route in routes)
    if len({route.names for route in routes}) == 1:
        return ", ".join(" and ".join(f"`{link.name}`" for link in route.links) for route in routes[:3])
    return ", ".join(dict.fromkeys(route.said for route in routes[:3]))


def _unbuilt(request: AnyRequest) -> str | None:
    """What is asked of a route of several links and only built for one."""
    if isinstance(request, Request):
        return None
    if request.fallback == "memories":
        return (
            "`{path}` cannot hand over what lies in the memories of a route yet. "
            'Try fallback: mixed, or a product state such as "01".'
        )
    rule = getattr(request.delivery, "attempts", None)
    if rule not in (None, "hold"):
        return f"`{{path}}` cannot be answered with attempts: {rule} over a route yet. Try attempts: hold."
    return None
