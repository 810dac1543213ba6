"""bellpush: if I press the button, what entanglement do I get, when, how surely, and what must improve?

>>> import bellpush
>>> result = bellpush.run(bellpush.load("humphreys-2018"))
>>> result["clocked"].on_demand
True
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it: `typing` would be most of what `import bellpush` costs
if TYPE_CHECKING:
    from typing import Any

    from bellpush.ground.errors import (
        BellpushError,
        ConvergenceError,
        ScenarioError,
        StoreError,
        UnsupportedError,
    )
    from bellpush.report.notebook import show
    from bellpush.scenario.load import Scenario, load
    from bellpush.scenario.result import Result
    from bellpush.scenario.run import compare, run

__version__ = "0.1.0"

__all__ = [
    "BellpushError",
    "ConvergenceError",
    "Result",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "UnsupportedError",
    "compare",
    "load",
    "run",
    "show",
]

# Names are imported at their first use, so that `import bellpush` costs next to nothing.
_HOMES = {
    **dict.fromkeys(
        ["BellpushError", "ConvergenceError", "ScenarioError", "StoreError", "UnsupportedError"],
        "bellpush.ground.errors",
    ),
    "Scenario": "bellpush.scenario.load",
    "load": "bellpush.scenario.load",
    "Result": "bellpush.scenario.result",
    "compare": "bellpush.scenario.run",
    "run": "bellpush.scenario.run",
    "show": "bellpush.report.notebook",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'bellpush' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
