"""Checks that need more than one place of a scenario: names that must exist, and devices that must fit together."""

from __future__ import annotations

from typing import Any

from bellpush.delivery.job import Job
from bellpush.ground.errors import Problem
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.paths import did_you_mean, find, link_name, split
from bellpush.scenario.problems import at
from bellpush.scenario.tree import Tree, plain

__all__ = ["contradictions", "references"]


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
            found.append(at(tree, [kind, index], message + f"Try name: {name}-2."))
        seen.setdefault(name, index)
    return found


def _lost_sources(tree: Tree, sources: Any) -> list[Problem]:
    found = []
    for path in sources if isinstance(sources, dict) else ():
        steps = split(path)
        if find(tree, steps) is None and not _of_preset(tree, path):
            message = f"`sources` must name values of the scenario, but `{path}` leads nowhere. Try links.0.scheme."
            found.append(at(tree, ["sources", path], message))
    return found


def _of_preset(tree: Tree, path: str) -> bool:
    """Whether a preset brought the source: it may speak of a value that the scenario replaced."""
    entry = find(tree, ["sources", path])
    return entry is not None and entry.mark.file.startswith("preset ")


def request_name(item: Any) -> str | None:
    """The name of a request: its own, or the kind of its delivery."""
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("name"), str):
        return str(item["name"])
    delivery = item.get("delivery")
    kind = delivery.get("kind") if isinstance(delivery, dict) else None
    return kind if isinstance(kind, str) else None


def contradictions(file: ScenarioFile, job: Job, tree: Tree) -> list[Problem]:
    """Devices, schemes and deliveries that do not fit together."""
    found: list[Problem] = []
    for index, (link, written) in enumerate(zip(job.links.values(), file.links, strict=True)):
        if sentence := link.scheme.contradiction(link.channel):
            found.append(at(tree, ["links", index, "scheme"], f"`{{path}}` {sentence}"))
        for number, overhead in enumerate(written.overheads):
            place: list[str | int] = ["links", index, "overheads", number]
            if overhead.when == "spread" and overhead.every is None:
                found.append(at(tree, place, "`{path}` is spread and must say `every` how long. Try every: 180 ms."))
            if overhead.when == "cycle-start" and overhead.every is not None:
                found.append(at(tree, place, "`{path}` comes once a clock cycle and takes no `every`. Leave it out."))
    if found:
        return found
    for index, request in enumerate(job.requests.values()):
        place = ["requests", index, "delivery"]
        if sentence := request.delivery.contradiction(request.link):
            found.append(at(tree, place, f"`{{path}}` {sentence}"))
        if request.fallback == "memories" and request.link.scheme.heralded:
            model, schedule = request.link.model, request.schedule
            if model.idle is None and model.success_probability < 1:
                kind = getattr(request.link.scheme, "kind", "")
                message = (
                    f"`{{path}}` must be something the link can hand over, but the {kind} scheme does not say what it "
                    'leaves in the memories. Try mixed or a product state such as "01".'
                )
                found.append(at(tree, [*place, "fallback"], message))
            elif schedule.attempts == 0:
                message = (
                    "`{path}` must be something the link can hand over, but no attempt fits before the hand-over, so "
                    "nothing was put into the memories. Try mixed, or a longer time."
                )
                found.append(at(tree, [*place, "fallback"], message))
    return found
