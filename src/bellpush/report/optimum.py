"""What `optimise` and `reach` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bellpush.design.optimise import Optimum
from bellpush.ground.units import readable
from bellpush.scenario.result import Result

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["lines"]


def lines(optimum: Optimum, result: Result) -> list[Table | str]:
    """The best point, how flat it is, what holds it back, and what else comes out there."""
    from rich import box
    from rich.table import Table

    goal = "largest" if optimum.maximised else "smallest"
    head = f"{goal} {optimum.quantity}: {readable(optimum.value, optimum.unit, 6)}"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("at", overflow="fold")
    for heading in ("best", "within 0.1 %", "bounds"):
        table.add_column(heading, justify="right")
    for knob in optimum.knobs:
        low, high = (readable(value, knob.unit) for value in knob.flat)
        edges = f"{readable(knob.low, knob.unit)} to {readable(knob.high, knob.unit)}"
        best = readable(knob.value, knob.unit, 5)
        table.add_row(knob.path, best, f"{low} to {high}", edges)
    parts: list[Table | str] = [head, table]
    if optimum.binding:
        parts.append(f"Not inside: held back by {', '.join(optimum.binding)}.")
    else:
        parts.append("Inside: no bound binds.")
    for name, (least, found) in optimum.limits.items():
        parts.append(f"Demanded {name} of at least {least:.6g}: it is {found:.6g}.")
    for name, answer in result.requests.items():
        word = {True: "on demand", False: "not on demand", None: "not judged"}[answer.on_demand]
        parts.append(f"{name} there: {word}; {answer.verdict.why}.")
    return parts
