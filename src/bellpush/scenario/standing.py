"""How the numbers of a scenario are known, and the weakest of those a link rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bellpush.scenario.model import STANDINGS
from bellpush.scenario.paths import find, split
from bellpush.scenario.tree import Tree, grow

__all__ = ["Input", "inputs", "settled", "weakest"]


@dataclass(frozen=True)
class Input:
    """One number that went in: where, as written, and how it is known."""

    path: str
    text: str
    standing: str
    source: str = ""


def inputs(tree: Tree, links: list[int] | None = None) -> list[Input]:
    """Every number of the given links (all if None), of their channels, overheads and end nodes."""
    written = tree.value.get("links")
    count = len(written.value) if written is not None else 0
    found: dict[str, Input] = {}
    for index in range(count) if links is None else links:
        starts: list[list[str | int]] = [["links", index, part] for part in ("scheme", "channel", "overheads")]
        between = find(tree, ["links", index, "between"])
        for node in between.value if between is not None else ():
            starts.append(["nodes", str(node.value), "memory"])
        for start in starts:
            top = find(tree, start)
            for steps, leaf in _leaves(top, start) if top is not None else ():
                path = ".".join(str(step) for step in steps)
                found[path] = _known(tree, path, leaf)
            kind = ".".join(str(step) for step in [*start, "kind"])
            if chosen := _chosen(tree, kind):
                found[kind] = chosen
    return list(found.values())


def _chosen(tree: Tree, path: str) -> Input | None:
    """A kind that a source of its own speaks of: a choice of model is an input too where somebody said why."""
    leaf = find(tree, path.split("."))
    own = find(tree, ["sources", path])
    return _known(tree, path, leaf) if leaf is not None and own is not None and _speaks_of(own, leaf) else None


def weakest(known: list[Input]) -> str:
    """The weakest standing among inputs; `given` where there is none."""
    return max((one.standing for one in known), key=STANDINGS.index, default="given")


def _leaves(tree: Tree, steps: list[str | int]) -> Iterator[tuple[list[str | int], Tree]]:
    """Every number of a tree, bare or with a unit, with its path."""
    value = tree.value
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(child, [*steps, key])
    elif isinstance(value, str):
        if value[:1].isdigit() or value[:1] == ".":
            yield steps, tree
    elif value is not None and not isinstance(value, bool):
        yield steps, tree


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
