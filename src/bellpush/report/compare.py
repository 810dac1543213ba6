"""The table that `compare` prints: every engine's answer, and how far they are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bellpush.ground.estimate import Estimate
from bellpush.report.text import quantity
from bellpush.scenario.result import Result

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["side_by_side"]

SIGMAS = 4.0


def side_by_side(results: dict[str, Result | str]) -> list[Table | str]:
    """One table a request, then what was left out and whether all agree."""
    from rich import box
    from rich.table import Table

    ran = {name: result for name, result in results.items() if isinstance(result, Result)}
    parts: list[Table | str] = []
    apart = []
    first = next(iter(ran.values()), None)
    for request in first.requests if first is not None else ():
        assert first is not None
        title = f"{first.scenario.name or 'scenario'}: {request}"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column("")
        for name in ran:
            table.add_column(name, justify="right")
        if len(ran) > 1:
            table.add_column("apart", justify="right")
        reference = first[request].law
        for other in list(ran.values())[1:] or [first]:
            for name, ours, theirs in reference.beside(other[request].law):
                cells = [quantity(ours.to_dict())]
                if len(ran) > 1:
                    cells += [quantity(theirs.to_dict()), _apart(ours, theirs)]
                    if not ours.agrees(theirs, SIGMAS):
                        apart.append(f"{request}: {name.replace('_', ' ')}")
                table.add_row(name.replace("_", " "), *cells)
        parts.append(table)
    parts += [f"{name} did not take part: {result}" for name, result in results.items() if isinstance(result, str)]
    if len(ran) > 1:
        parts.append(
            f"The engines agree within {SIGMAS:g} standard errors."
            if not apart
            else f"The engines DISAGREE by more than {SIGMAS:g} standard errors in {', '.join(apart)}."
        )
    return parts


def _apart(ours: Estimate, theirs: Estimate) -> str:
    """The difference in standard errors."""
    if ours.value is None or theirs.value is None:
        return "" if ours.value is theirs.value else "missing"
    error = ours.joint_error(theirs)
    if error == 0:
        return "equal" if ours.agrees(theirs) else f"{abs(ours.value - theirs.value):.1e}"
    return f"{(theirs.value - ours.value) / error:+.1f} se"
