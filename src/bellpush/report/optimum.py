"""What `optimise` and `reach` print."""

from __future__ import annotations

from bellpush.design.optimise import Optimum
from bellpush.ground.units import readable
from bellpush.report.headings import heading
from bellpush.scenario.result import Result

__all__ = ["lines"]


def lines(optimum: Optimum, result: Result) -> list[str]:
    """The best point, how flat it is, what holds it back, and what else comes out there."""
    goal = "largest" if optimum.maximised else "smallest"
    parts = [f"{goal} {heading(optimum.quantity)}: {readable(optimum.value, optimum.unit, 6)}"]
    for knob in optimum.knobs:
        best = readable(knob.value, knob.unit, 5)
        low, high = (readable(value, knob.unit) for value in knob.flat)
        edges = f"{readable(knob.low, knob.unit)} to {readable(knob.high, knob.unit)}"
        parts.append(f"  at {knob.path} = {best}")
        parts.append(f"     within 0.1 % of the best from {low} to {high}; bounds {edges}")
    if optimum.binding:
        held = ", ".join(heading(path) if path in optimum.limits else path for path in optimum.binding)
        parts.append(f"Not inside: held back by {held}.")
    else:
        parts.append("Inside: no bound binds.")
    for name, (least, found) in optimum.limits.items():
        least_text, found_text = (readable(value, optimum.limit_units[name], 6) for value in (least, found))
        parts.append(f"Demanded {heading(name)} of at least {least_text}: it is {found_text}.")
    for name, answer in result.requests.items():
        word = {True: "on demand", False: "not on demand", None: "not judged"}[answer.on_demand]
        parts.append(f"{name} there: {word}; {answer.verdict.why}.")
    return parts
