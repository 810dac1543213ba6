"""What tables, figures and sentences call the quantities of the JSON document."""

from __future__ import annotations

__all__ = ["heading"]

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
