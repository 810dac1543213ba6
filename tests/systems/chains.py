"""Scenarios of chains that tests share."""

from __future__ import annotations

from typing import Any

from bellpush.scenario.load import Scenario, load

__all__ = ["chain", "depolarising", "weight"]


def chain(
    segments: int,
    success: float | list[float] = 0.1,
    *,
    policy: str | dict[str, Any] = "nested",
    delivery: dict[str, Any] | None = None,
    fresh: float = 1.0,
    memory: dict[str, Any] | None = None,
    node: dict[str, Any] | None = None,
    ends: dict[str, Any] | None = None,
    swap: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None,
    **request: Any,
) -> Scenario:
    """A chain of links of 1 s an attempt, Werner pairs of weight `fresh`, asked for from end to end as `it`."""
    scheme = {
        "kind": "parametric",
        "attempt_duration": "1 s",
        "success_probability": success if isinstance(success, float | int) else success[0],
        "state": {"kind": "werner", "fidelity": (1 + 3 * fresh) / 4},
    }
    each = {} if isinstance(success, float | int) else dict(enumerate(success))
    network = {
        "kind": "chain",
        "segments": segments,
        "node": {"memory": memory or {"kind": "perfect"}, "swap": swap or {}, **(node or {})},
        "ends": ends or {},
        "link": {"scheme": {**scheme, **(link or {})}},
        "links": {str(k): {"scheme": {"success_probability": p}} for k, p in each.items()},
    }
    wish = {
        "name": "it",
        "between": ["n0", f"n{segments}"],
        "delivery": delivery or {"kind": "heralded"},
        "policy": {"kind": policy} if isinstance(policy, str) else policy,
        **request,
    }
    return load({"network": network, "requests": [wish]})


def weight(fidelity: float) -> float:
    """The Werner weight of a fidelity."""
    return (4 * fidelity - 1) / 3


def depolarising(time: float) -> dict[str, Any]:
    """A memory by the time, in slots, in which a pair kept at two of them loses its weight to 1/e."""
    return {"kind": "depolarising", "time": f"{2 * time} s"}
