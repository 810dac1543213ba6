"""What tables, figures and sentences call the quantities of the JSON document."""

from __future__ import annotations

from bellpush.scenario.braces import fields

__all__ = ["axis_name", "heading"]

NAMED = {
    ("requests", "fidelity"): "delivered fidelity",
    ("requests", "fidelity_heralded"): "heralded fidelity",
    ("links", "fidelity"): "heralded fidelity, fresh",
}


def heading(quantity: str) -> str:
    """A quantity's path in words, with the name of its request or link.

    >>> heading("requests.clocked.fidelity")
    'clocked delivered fidelity'
    """
    kind, name, key = quantity.split(".", 2)
    return f"{name} {NAMED.get((kind, key), key.replace('.', ' ').replace('_', ' '))}"


def axis_name(path: str, most: int = 48) -> str:
    """The path of an axis where there is room for so many letters, else its end; how many fields, if several.

    >>> axis_name("links.0.scheme.visibility"), axis_name("nodes.{alice,bob}.device.linewidth", 20)
    ('links.0.scheme.visibility', 'device linewidth, 2 fields')
    """
    if len(path) <= most:
        return path
    several = fields(path)
    if len(several) == 1:
        return " ".join(path.split(".")[-2:]).replace("_", " ")
    ends = list(dict.fromkeys(one.split(".")[-1].replace("_", " ") for one in several))
    words = " and ".join(ends) if len(ends) < 3 else f"{ends[0]} and {len(ends) - 1} more"
    if len(ends) == 1:
        words = " ".join(several[0].split(".")[-2:]).replace("_", " ")
    return f"{words}, {len(several)} fields"
