"""Things that differ in nothing but their names, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bellpush.links.link import Link

__all__ = ["alike", "named"]

T = TypeVar("T")


def alike(links: Iterable[Link]) -> list[list[Link]]:
    """Links in groups of those that differ in nothing but names."""
    return grouped((link, _but_names(link)) for link in links)


def _but_names(link: Link) -> object:
    return link.scheme, link.channel, link.overheads, [(node.device, node.storage) for node in link.nodes]


def grouped(items: Iterable[tuple[T, object]]) -> list[list[T]]:
    """Items in groups of equal keys, in the order of the first of each; a few kinds of many items."""
    keys: list[object] = []
    groups: list[list[T]] = []
    for item, key in items:
        if key not in keys:
            keys.append(key)
            groups.append([])
        groups[keys.index(key)].append(item)
    return groups


def named(names: Sequence[str], most: int = 4) -> str:
    """Names in a row; of many, the first ones and how many there are.

    >>> named(["a", "b"]), named([f"n{k}" for k in range(9)])
    ('a, b', 'n0, n1, n2, ... (9)')
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])}, ... ({len(names)})"
