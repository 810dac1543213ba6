"""How the numbers of a scenario are known, and the weakest of those a link rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from bellpush.scenario.model import STANDINGS
from bellpush.scenario.paths import find, request_name, split
from bellpush.scenario.tree import Tree, grow, plain

__all__ = ["UNCONFIRMED", "Input", "inputs", "named", "settled", "weakest"]

UNCONFIRMED = ("fitted", "assumed", "recalled")
"""standings on which agreement proves nothing"""


Steps: TypeAlias = tuple[tuple[str, ...], ...]  # of a path; each with all that may stand there


@dataclass(frozen=True)
class Input:
    """One number that went in: where, as written, and how it is known."""

    path: str
    text: str
    standing: str
    source: str = ""


def named(some: list[Input]) -> str:
    """The paths of inputs with their standings, those that differ in one step together.

    >>> named([Input(f"nodes.{a}.device.{t}", "", "fitted") for a in ("alice", "bob") for t in ("t2_ge", "t2_ef")])
    'nodes.{alice, bob}.device.{t2_ge, t2_ef} (fitted)'
    """
    paths: dict[tuple[str, Steps], None] = dict.fromkeys(
        (one.standing, tuple((step,) for step in one.path.removeprefix("links.0.").split("."))) for one in some
    )
    for back in range(1, 1 + max((len(steps) for _, steps in paths), default=0)):
        together: dict[tuple[str, Steps], tuple[str, ...]] = {}
        for standing, steps in paths:
            at = max(len(steps) - back, 0)
            rest = standing, (*steps[:at], (), *steps[at + 1 :])
            together[rest] = (*together.get(rest, ()), *steps[at])
        paths = dict.fromkeys(
            (standing, tuple(one or found for one in rest)) for (standing, rest), found in together.items()
        )
    return ", ".join(f"{'.'.join(map(_braced, steps))} ({standing})" for standing, steps in paths)


def _braced(steps: tuple[str, ...]) -> str:
    return steps[0] if len(steps) == 1 else "{" + ", ".join(steps) + "}"


def inputs(tree: Tree, links: list[int] | None = None) -> list[Input]:
    """Every number of the given links, of their channels, overheads and end nodes; if None, of all, and of requests.

    A choice in words (a kind, a fallback) is an input too where a source of its own speaks of it.
    """
    starts: list[list[str | int]] = []
    for index in range(_count(tree, "links")) if links is None else links:
        starts += [["links", index, part] for part in ("scheme", "channel", "channels", "overheads")]
        between = find(tree, ["links", index, "between"])
        for node in between.value if between is not None else ():
            starts += [["nodes", str(node.value), part] for part in ("device", "memory")]
    if links is None:
        starts += [["requests", index, "delivery"] for index in range(_count(tree, "requests"))]
    found: dict[str, Input] = {}
    for start in starts:
        top = find(tree, start)
        for steps, leaf in _leaves(top, start, words=True) if top is not None else ():
            path = ".".join(str(step) for step in steps)
            if _is_number(leaf.value) or _explained(tree, path, leaf):
                found[path] = replace(_known(tree, path, leaf), path=_called(tree, steps))
    return list(found.values())


def _called(tree: Tree, steps: list[str | int]) -> str:
    """A path with requests by their names, as results call them."""
    if steps[0] == "requests":
        request = find(tree, steps[:2])
        name = request_name(plain(request)) if request is not None else None
        steps = [steps[0], name or steps[1], *steps[2:]]
    return ".".join(str(step) for step in steps)


def _count(tree: Tree, kind: str) -> int:
    written = tree.value.get(kind)
    return len(written.value) if written is not None else 0


def _explained(tree: Tree, path: str, leaf: Tree) -> bool:
    """Whether a source speaks of this very value."""
    sources = tree.value.get("sources")
    for key, entry in sources.value.items() if sources is not None else ():
        if ".".join(_by_index(tree, split(key))) == path and _speaks_of(entry, leaf):
            return True
    return False


def weakest(known: list[Input]) -> str:
    """The weakest standing among inputs; `given` where there is none."""
    return max((one.standing for one in known), key=STANDINGS.index, default="given")


def _leaves(tree: Tree, steps: list[str | int], words: bool = False) -> Iterator[tuple[list[str | int], Tree]]:
    """Every number of a tree, bare or with a unit, with its path; other values too where words are wanted."""
    value = tree.value
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(child, [*steps, key], words)
    elif words or _is_number(value):
        yield steps, tree


def _is_number(value: object) -> bool:
    """Whether a plain value is a number, bare or with a unit; a product state such as "01" is none."""
    if isinstance(value, str):
        return re.match(r"[-+]?[0-9.]", value) is not None and value not in ("00", "01", "10", "11")
    return isinstance(value, int | float) and not isinstance(value, bool)


def settled(tree: Tree) -> Tree:
    """The sources as plain data can carry them, without marks.

    A source that speaks of a value no longer there is left out, and a value put in later is said to be given.
    """
    sources = tree.value["sources"]
    kept = {}
    for key, entry in sources.value.items():
        about = find(tree, split(key))
        if about is not None and (not isinstance(about.value, str) or _speaks_of(entry, about)):
            kept[key] = entry
    for top in ("nodes", "links", "requests"):
        for steps, leaf in _leaves(tree.value[top], [top]) if top in tree.value else ():
            path = ".".join(str(step) for step in steps)
            entry = _closest(tree, path)
            if entry is not None and not _speaks_of(entry, leaf):
                known = _known(tree, path, leaf)
                said = {"standing": known.standing, "source": known.source}
                kept = {
                    key: one
                    for key, one in kept.items()
                    if key == path or _by_index(tree, split(key)) != path.split(".")
                }
                kept[path] = grow({name: text for name, text in said.items() if text}, leaf.mark)
    return Tree(kept, sources.mark)


def _known(tree: Tree, path: str, leaf: Tree) -> Input:
    """An input with the most specific source that speaks of it."""
    best = _closest(tree, path, leaf)
    if best is None:
        return Input(path, str(leaf.value), "given")
    source = best.value["source"].value if "source" in best.value else ""
    return Input(path, str(leaf.value), str(best.value["standing"].value), str(source))


def _closest(tree: Tree, path: str, leaf: Tree | None = None) -> Tree | None:
    """The most specific source whose path covers this one; with a leaf, only of those that speak of it."""
    sources = tree.value.get("sources")
    closest, length = None, 0
    for key, entry in sources.value.items() if sources is not None else ():
        steps = _by_index(tree, split(key))
        covers = path.split(".")[: len(steps)] == steps and len(steps) >= length
        if covers and (leaf is None or _speaks_of(entry, leaf)):
            closest, length = entry, len(steps)
    return closest


def _speaks_of(entry: Tree, leaf: Tree) -> bool:
    """A source speaks of values of its own file and of presets, and of none that was put in later."""
    return leaf.mark.file == entry.mark.file or leaf.mark.file.startswith("preset ")


def _by_index(tree: Tree, steps: list[str]) -> list[str]:
    """A path with list items by index, as leaves are called."""
    by_index: list[str] = []
    for step in steps:
        above = find(tree, by_index)
        items = above.value if above is not None and isinstance(above.value, list) else []
        item = find(above, [step]) if above is not None and items and not step.isdigit() else None
        by_index.append(next((str(i) for i, child in enumerate(items) if child is item), step))
    return by_index
