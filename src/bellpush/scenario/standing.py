"""How the numbers of a scenario are known, and the weakest of those a link rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bellpush.scenario.model import STANDINGS
from bellpush.scenario.paths import find, split
from bellpush.scenario.tree import Tree

__all__ = ["Input", "inputs", "weakest"]


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
    return list(found.values())


def weakest(known: list[Input]) -> str:
    """The weakest standing among inputs; `given` where there is none."""
    return max((one.standing for one in known), key=STANDINGS.index, default="given")


def _leaves(tree: Tree, steps: list[str | int]) -> Iterator[tuple[list[str | int], Tree]]:
    if isinstance(tree.value, dict):
        for key, child in tree.value.items():
            yield from _leaves(child, [*steps, key])
    elif isinstance(tree.value, list):
        for index, child in enumerate(tree.value):
            yield from _leaves(child, [*steps, index])
    elif isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
        yield steps, tree
    elif isinstance(tree.value, str) and tree.value[:1].isdigit():
        yield steps, tree


def _known(tree: Tree, path: str, leaf: Tree) -> Input:
    """An input with the most specific source that speaks of it."""
    sources = tree.value.get("sources")
    best: tuple[int, Tree] | None = None
    for key, entry in sources.value.items() if sources is not None else ():
        steps = split(key)
        if path.split(".")[: len(steps)] == _by_index(tree, steps) and _speaks_of(entry, leaf):
            if best is None or len(steps) >= best[0]:
                best = len(steps), entry
    if best is None:
        return Input(path, str(leaf.value), "given")
    entry = best[1].value
    source = entry["source"].value if "source" in entry else ""
    return Input(path, str(leaf.value), str(entry["standing"].value), str(source))


def _speaks_of(entry: Tree, leaf: Tree) -> bool:
    """A preset's source speaks of the preset's own values only, and none of a value put in later."""
    if leaf.mark.file == entry.mark.file:
        return True
    return leaf.mark.file.startswith("preset ") and not leaf.mark.file == "--set"


def _by_index(tree: Tree, steps: list[str]) -> list[str]:
    """A path with list items by index, as leaves are called."""
    plain_steps: list[str] = []
    for step in steps:
        above = find(tree, plain_steps)
        if above is not None and isinstance(above.value, list) and not step.isdigit():
            item = find(above, [step])
            step = str(next((i for i, child in enumerate(above.value) if child is item), step))
        plain_steps.append(step)
    return plain_steps
