"""Take all measurements and print their distance to the goal.

The numbers inform and never fail: this ends with success whatever they are.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import harness


def main() -> None:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        try:
            importlib.import_module(path.stem)
        except Exception as error:
            print(f"{path.name} could not be loaded: {explain(error)}")

    width = max((len(each.name) for each in harness.REGISTER), default=0)
    print(f"{'what':{width}}  {'found':>9}  {'goal':>9}  {'distance':>15}  unit")
    for each in harness.REGISTER:
        try:
            found = each.measure()
        except Exception as error:
            print(f"{each.name:{width}}  not measured: {explain(error)}")
        else:
            print(
                f"{each.name:{width}}  {found:9.3g}  {each.goal:9.3g}  {distance(found, each.goal):>15}  {each.unit}",
                flush=True,
            )


def distance(found: float, goal: float) -> str:
    """How far a measurement is from its goal, as a share of the goal."""
    share = (found - goal) / goal
    return f"{share:.0%} too much" if share > 0 else f"met, {-share:.0%} left"


def explain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
