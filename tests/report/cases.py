"""What a report must cope with: every shape of preset, and scenarios at the edge of sense."""

from __future__ import annotations

from typing import Any

import bellpush
from bellpush.scenario import presets

__all__ = ["CASES", "CHIPS", "EVIL", "link", "result"]

EVIL = "<script>alert('x')</script> $a_1 & \"q\" --> ]]> \\frac 山"


def link(between: tuple[str, str] = ("a", "b"), success: float = 0.005, **more: Any) -> dict[str, Any]:
    """A link known by its numbers."""
    state = {"kind": "werner", "fidelity": 0.9}
    scheme = {"kind": "parametric", "attempt_duration": "10 us", "success_probability": success, "state": state}
    return {"between": list(between), "scheme": {**scheme, **more}}


def scenario(
    *deliveries: dict[str, Any],
    links: list[dict[str, Any]] | None = None,
    nodes: dict[str, Any] | None = None,
    name: str = "",
    **request: Any,
) -> dict[str, Any]:
    """A scenario of two nodes that asks for these deliveries over its first link."""
    requests = [
        {"name": f"r{i}", "between": ["a", "b"], "delivery": one, **request} for i, one in enumerate(deliveries)
    ]
    return {"name": name, "nodes": nodes or {"a": {}, "b": {}}, "links": links or [link()], "requests": requests}


def clocked(period: str = "2 ms", **more: Any) -> dict[str, Any]:
    """A clock."""
    return {"kind": "clocked", "period": period, "fallback": "mixed", **more}


AGED = {"a": {"memory": {"kind": "dephasing", "time": "1 ms"}}, "b": {"memory": {"kind": "t1-t2", "t1": "2 ms"}}}
FADED = {"a": {"memory": {"kind": "stretched", "time": "3 ms", "exponent": 2}}, "b": {}}
TWO = {name: {"qubits": 2, "memory": {"kind": "depolarising", "time": "2 ms"}} for name in ("a", "b")}
TURNED = {"kind": "correlations", "matrix": [[1, 0, 0, 0], [0, 0.5, 0.5, 0], [0, 0.5, -0.5, 0], [0, 0, 0, 0.8]]}
LEAD = [{"name": "cool", "duration": "0.2 ms", "when": "cycle-start"}]

CHIP = {"kind": "transmon", "linewidth": "10 MHz", "t1_ge": "5 us", "t1_ef": "2 us", "t2_ge": "6 us", "t2_ef": "2 us"}
CHIPS = scenario(
    clocked("20 us"),
    nodes={name: {"device": CHIP} for name in ("a", "b")},
    links=[
        {
            "between": ["a", "b"],
            "scheme": {"kind": "photon-transfer", "transmission": 0.8, "window": "0.2 us", "repetition": "20 us"},
        }
    ],
    name="Chips",
)

# Presets whose reports have the shape of another's: the same delivery, and a link of clicks.
LIKE = {"hermans-2023": "hensen-2015", "hucul-2015": "humphreys-2018", "main-2025": "humphreys-2018"}
LIKE |= {"pfaff-2014": "heralded", "humphreys-2018-devices": "humphreys-2018"}

# By name: a preset's name or the data of a scenario, and the engine.
CASES: dict[str, tuple[Any, str | None]] = {
    **{name: (name, None) for name in presets.names("experiment") if name not in LIKE},
    "chips": (CHIPS, None),
    "odd-names": (scenario(clocked(), nodes=AGED, name=EVIL), None),
    "no-request": (scenario(), None),
    "never": (scenario(clocked(), links=[link(success=0)]), None),
    "always": (scenario(clocked(), links=[link(success=1)], nodes=AGED), None),
    "no-attempt-fits": (scenario(clocked("1 us")), None),
    "one-attempt-fits": (scenario(clocked("10 us")), None),
    "just-in-time": (scenario(clocked(attempts="just-in-time")), None),
    "perfect-memories": (scenario(clocked()), None),
    "stretched": (scenario(clocked(), nodes=FADED), None),
    "refresh": (scenario(clocked(attempts="refresh"), nodes=TWO), None),
    "cycle-start": (scenario(clocked(), links=[{**link(), "overheads": LEAD}], nodes=AGED), None),
    "complex-state": (scenario(clocked(), links=[link(state=TURNED, herald_delay="5 us")], nodes=AGED), None),
    "asked-backwards": (scenario(clocked(fallback="01"), nodes=AGED, between=["b", "a"]), None),
    "other-fallback": (scenario(clocked(fallback="01"), nodes=TWO), None),
    "asked-too-much": (scenario(clocked(), nodes=AGED, min_fidelity=0.99), None),
    "heralded": (scenario({"kind": "heralded"}, nodes=AGED), None),
    "deadline": (scenario({"kind": "deadline", "within": "3 ms", "fallback": "11"}, nodes=AGED), None),
    "sampled-clock": (scenario(clocked(), nodes=AGED), "physics"),
    "sampled-deadline": (scenario({"kind": "deadline", "within": "3 ms", "fallback": "11"}, nodes=AGED), "physics"),
    "sampled-heralded": (scenario({"kind": "heralded"}), "physics"),
    "two-links": (
        {
            "nodes": {"a": TWO["a"], "b": TWO["b"], "c": TWO["a"], "d": TWO["b"]},
            "links": [link(), link(("c", "d"), 0.001)],
            "requests": [
                {"name": "x-1", "between": ["a", "b"], "delivery": clocked()},
                {"name": "X-1", "between": ["d", "c"], "delivery": {"kind": "heralded"}},
            ],
        },
        None,
    ),
}


def result(name: str) -> Any:
    """The answer to a case or to another preset; sampled ones play few presses."""
    what, engine = CASES.get(name, (name, None))
    return bellpush.run(what, engine, shots=300 if engine else None)
