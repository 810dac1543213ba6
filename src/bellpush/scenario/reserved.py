"""Words of the scenario language that are kept free: asking for one is no mistake, but nothing built answers it."""

from __future__ import annotations

__all__ = ["FIELDS", "KINDS"]

# Last step of a path -> what can be written today.
FIELDS: dict[str, str] = {
    "require": "Try `min_fidelity`, which judges and reports.",
    "pairs": "Every request asks for one pair at a time.",
    "start": "Every request begins at time zero.",
    "arrivals": "Requests are answered one press at a time.",
    "priority": "Each link serves one request.",
    "classical_delay": "Try `herald_delay` in a parametric scheme.",
    "applications": "The delivered state is in the result.",
    "schedule": "Try a `clocked` delivery.",
}

# Field that holds a union -> kinds that are kept free.
KINDS: dict[str, tuple[str, ...]] = {
    "device": ("nv-centre",),
    "policy": ("optimal",),
    "target": ("ghz", "w", "graph"),
}
