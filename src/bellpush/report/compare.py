"""The table that `compare` prints: every engine's answer, and how far they are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bellpush.delivery.law import DeliveryLaw, SampledLaw
from bellpush.ground.estimate import Estimate
from bellpush.report.text import quantity
from bellpush.scenario.result import Result

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["apart", "side_by_side"]

SIGMAS = 4.0
FEWEST = 30  # presses whose spread says something of their error
LABELS = {"fidelity": "delivered fidelity", "fidelity_heralded": "heralded fidelity"}


def side_by_side(results: dict[str, Result | str]) -> list[Table | str]:
    """One table a request, then what was left out and whether all agree; see `apart`."""
    from rich import box
    from rich.table import Table

    ran = {name: result for name, result in results.items() if isinstance(result, Result)}
    parts: list[Table | str] = []
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
                table.add_row(LABELS.get(name, name.replace("_", " ")), *cells)
        parts.append(table)
    parts += [f"{name} did not take part: {result}" for name, result in results.items() if isinstance(result, str)]
    if len(ran) > 1:
        off = apart(results)
        few = [name for name, result in ran.items() if any(_few(answer.law) for answer in result.requests.values())]
        parts += [f"{name} played fewer than {FEWEST} presses: not compared. Try more --shots." for name in few]
        if off:
            parts.append(f"The engines DISAGREE by more than {SIGMAS:g} standard errors in {', '.join(off)}.")
        elif not few:
            parts.append(f"The engines agree within {SIGMAS:g} standard errors.")
    return parts


def apart(results: dict[str, Result | str]) -> list[str]:
    """Numbers in which engines differ by more than their errors allow, by request.

    Too few presses show nothing, and what no press showed cannot be compared.
    """
    ran = [result for result in results.values() if isinstance(result, Result)]
    found = []
    for other in ran[1:]:
        for request in other.requests:
            reference, law = ran[0][request].law, other[request].law
            if _few(reference) or _few(law):
                continue
            for name, ours, theirs in reference.beside(law):
                unseen = isinstance(law, SampledLaw) and theirs.value is None
                if not unseen and not ours.agrees(theirs, SIGMAS):
                    found.append(f"{request}: {LABELS.get(name, name.replace('_', ' '))}")
    return found


def _few(law: DeliveryLaw) -> bool:
    return isinstance(law, SampledLaw) and len(law.times) < FEWEST


def _apart(ours: Estimate, theirs: Estimate) -> str:
    """The difference in standard errors."""
    if ours.value is None or theirs.value is None:
        return "" if ours.value is theirs.value else "not seen"
    error = ours.joint_error(theirs)
    if error == 0:
        return "equal" if ours.agrees(theirs) else f"{abs(ours.value - theirs.value):.1e}"
    return f"{(theirs.value - ours.value) / error:+.1f} se"
