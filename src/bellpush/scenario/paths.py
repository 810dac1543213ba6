"""Paths into a scenario, as `--set` and error messages write them: `links.alice-bob.channel.length`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.scenario.tree import Tree, plain

__all__ = ["LISTED", "TAGS", "did_you_mean", "find", "link_name", "name_of", "request_name", "split", "write"]

LISTED = ("channel", "cutoff", "distill")  # fields that take one mapping or a list of them
TAGS = ("kind", "shape")  # fields that say which of several records a mapping is


def split(path: str) -> list[str]:
    """The steps of a path; list items stand as `.0`, `[0]` or by name."""
    return [step for step in re.sub(r"\[(\w[\w-]*)\]", r".\1", path).split(".") if step]


def link_name(link: Any) -> str | None:
    """The name of a link: its own, or its two nodes joined by `-`."""
    if not isinstance(link, dict):
        return None
    if isinstance(link.get("name"), str):
        return str(link["name"])
    between = link.get("between")
    if isinstance(between, list) and len(between) == 2 and all(isinstance(node, str) for node in between):
        return f"{between[0]}-{between[1]}"
    return None


def request_name(item: Any) -> str | None:
    """The name of a request: its own, or the kind of its delivery."""
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("name"), str):
        return str(item["name"])
    delivery = item.get("delivery")
    kind = delivery.get("kind") if isinstance(delivery, dict) else None
    return kind if isinstance(kind, str) else None


def name_of(tree: Tree) -> str | None:
    """The name by which a list item can be called."""
    if not isinstance(tree.value, dict):
        return None
    item = {key: plain(child) for key, child in tree.value.items() if key in ("name", "between", "delivery")}
    return request_name(item) if "delivery" in item else link_name(item)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A sentence that helps with an unknown word: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    if not known:
        return "Leave it out."
    shown = ", ".join(f"`{name}`" for name in list(known)[:12])
    return f"Try {'one of ' if len(known) > 1 else ''}{shown}{', ...' if len(known) > 12 else ''}."


def find(tree: Tree, steps: Sequence[str | int]) -> Tree | None:
    """The subtree that a path leads to; None if it leads nowhere."""
    for step in steps:
        if isinstance(tree.value, dict) and str(step) in tree.value:
            tree = tree.value[str(step)]
        elif isinstance(tree.value, list) and (index := _index(tree, step)) is not None:
            tree = tree.value[index]
        else:
            return None
    return tree


def write(tree: Tree, path: str, value: Tree) -> None:
    """Put a value where a path leads, in place; missing mappings on the way are made.

    A mapping is merged into the one that stands there by the rule of presets: the same `kind`, or none. One number for
    both ends becomes two where a step names an end, and item 0 of a list of one written as a mapping is that mapping.

    Raises:
        ScenarioError: the path leads through something that is no mapping and no list, or past a list's end.
    """
    steps = split(path)
    if not steps:
        raise ScenarioError(f"`{path}` must be a path such as links.0.scheme.visibility.")
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if last and step in ("0", "1") and isinstance(tree.value, int | float) and not isinstance(tree.value, bool):
            tree.value = [Tree(tree.value, tree.mark, tree.key), Tree(tree.value, tree.mark, tree.key)]
        if not last and step == "0" and steps[position - 1] in LISTED and isinstance(tree.value, dict):
            continue
        here = ".".join(steps[:position]) or "the scenario"
        if isinstance(tree.value, list):
            index = _index(tree, step)
            if index is None:
                names = [name_of(item) or str(i) for i, item in enumerate(tree.value)]
                raise ScenarioError(
                    Problem(f"`{path}`: `{here}` has no item `{step}`. {did_you_mean(step, names)}", path, "--set")
                )
            if last:
                tree.value[index] = overlay(tree.value[index], value)
            else:
                tree = tree.value[index]
        elif isinstance(tree.value, dict):
            if last:
                tree.value[step] = overlay(tree.value[step], value) if step in tree.value else value
            else:
                tree = tree.value.setdefault(step, Tree({}, value.mark, value.mark))
        else:
            raise ScenarioError(Problem(f"`{path}`: `{here}` is a single value and has no `{step}`.", path, "--set"))


def overlay(under: Tree, over: Tree) -> Tree:
    """`over` laid upon `under`: mappings of the same `kind`, or none, are merged, anything else is replaced."""
    if not (isinstance(under.value, dict) and isinstance(over.value, dict)):
        return over
    for tag in TAGS:
        kinds = [t.value[tag].value for t in (under, over) if tag in t.value]
        if len(kinds) == 2 and kinds[0] != kinds[1]:
            return over
    merged = dict(under.value)
    for key, child in over.value.items():
        merged[key] = overlay(merged[key], child) if key in merged else child
    return Tree(merged, over.mark, over.key)


def _index(tree: Tree, step: str | int) -> int | None:
    """Which item of a list a step names: by index, or by the item's name."""
    if isinstance(step, int) or re.fullmatch("[0-9]{1,9}", step):
        return int(step) if int(step) < len(tree.value) else None
    for index, item in enumerate(tree.value):
        if name_of(item) == step:
            return index
    return None
