"""The table that `run` prints: what the button gives, beside what was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.request import Request
from bellpush.experiments.kinds import EXPERIMENTS
from bellpush.ground.units import readable
from bellpush.links.decoherence import EXPONENTIAL
from bellpush.report.alike import alike, named
from bellpush.report.dropped import dropped
from bellpush.report.text import quantity, read
from bellpush.scenario.allowed import allowed
from bellpush.scenario.result import Answer, Result
from bellpush.scenario.run import run
from bellpush.scenario.standing import UNCONFIRMED, weakest
from bellpush.scenario.standing import named as inputs_named

if TYPE_CHECKING:
    from rich.table import Table

    from bellpush.experiments.claim import Claim

__all__ = ["Column", "columns", "footnotes", "tables"]

SIDE_BY_SIDE = 2  # results that fit beside each other in 80 columns


@dataclass(frozen=True)
class Column:
    """One request of one result, as rows: name, ours, published."""

    title: str
    result: Result
    answer: Answer
    rows: list[tuple[str, str, str]]


LINK_ROWS = (
    ("success/attempt", "success_probability"),
    ("link rate", "rate"),
    ("heralded, fresh", "fidelity"),
    ("decoherence rate", "decoherence_rate"),
    ("link efficiency", "link_efficiency"),
)
REQUEST_ROWS = (
    ("latency", "latency.mean"),
    ("latency, 99 %", "latency.p99"),
    ("pairs handed over", "rate"),
    ("pair is there", "delivered_probability"),
    ("heralded fidelity", "fidelity_heralded"),
    ("delivered fidelity", "fidelity"),
    ("on demand", "on_demand"),
)


def columns(result: Result, name: str = "", edited: bool = False) -> list[Column]:
    """One column a request, under the scenario's own name, else that of its file or preset.

    With the published values if it is a preset that was not edited.
    """
    document = result.to_dict()
    claims = () if edited else EXPERIMENTS.get(name, ())
    beside = {claim.path: _published(claim) for claim in claims if not claim.edits}
    found = []
    for asked, answer in result.requests.items():
        request = answer.request
        rows = [("asked for", _asked(request.delivery), "")]
        if isinstance(request, ChainRequest):
            count = len(request.links)
            rows.append(("route", f"{count} link{'' if count == 1 else 's'}", ""))
            rows.append(("policy", str(getattr(request.policy, "kind", "")), ""))
        for label, key in LINK_ROWS:
            paths = [f"links.{link.name}.{key}" for link in request.links]
            rows.append((label, _range([read(document, path) for path in paths]), beside.get(paths[0], "")))
        for label, key in REQUEST_ROWS:
            if key == "latency.p99" and request.edge is not None:
                continue  # at a clock's edge every hand-over has the same latency
            path = f"requests.{asked}.{key}"
            rows.append((label, quantity(read(document, path)), beside.get(path, "")))
        if answer.good_probability is not None:
            rows.append(
                (f"pair of {request.min_fidelity:.4g} or more", quantity(answer.good_probability.to_dict()), "")
            )
        for claim in claims:
            if claim.edits:
                ours = run(result.scenario.edit_all(claim.edits), result.engine, seed=result.seed).to_dict()
                rows.append((claim.name, quantity(read(ours, claim.path)), _published(claim)))
        rows.append(("weakest input", weakest(result.scenario.inputs), ""))
        title = result.scenario.name or name or "scenario"
        found.append(Column(title if len(result.requests) == 1 else f"{title}: {asked}", result, answer, rows))
    return found


def tables(found: list[Column]) -> list[Table]:
    """Rich tables of at most 80 columns, two results side by side."""
    from rich import box
    from rich.table import Table

    made = []
    for first in range(0, len(found), SIDE_BY_SIDE):
        group = found[first : first + SIDE_BY_SIDE]
        # Beside published values there is room for one space between columns, else for three.
        wide = not all(any(published for _, _, published in column.rows) for column in group) or len(group) < 2
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1) if wide else 0, show_edge=False)
        table.add_column("", no_wrap=True)
        for column in group:
            table.add_column(column.title.replace(": ", ":\n"), justify="right", overflow="fold")
            if any(published for _, _, published in column.rows):
                table.add_column("published", no_wrap=True)
        by_name = [{name: (ours, published) for name, ours, published in column.rows} for column in group]
        order = list(dict.fromkeys(name for column in group for name, _, _ in column.rows))
        order.sort(key=lambda name: name == "weakest input")
        for name in order:
            cells = []
            for column, rows in zip(group, by_name, strict=True):
                ours, published = rows.get(name, ("", ""))
                cells.append(ours)
                if any(text for _, _, text in column.rows):
                    cells.append(published)
            table.add_row(name, *cells)
        made.append(table)
    return made


def footnotes(found: list[Column]) -> list[str]:
    """What has to be said beneath: verdicts with their reasons, weak inputs, notes of links."""
    lines = []
    for column in found:
        word = {True: "is on demand", False: "is not on demand", None: "is not judged"}[column.answer.on_demand]
        lines.append(f"{column.title} {word}: {column.answer.verdict.why}.")
        request = column.answer.request
        if column.answer.on_demand is False and isinstance(request, Request) and (missing := _missing(request)):
            lines.append(f"{column.title} is {missing}.")
        if isinstance(request, ChainRequest) and (limits := allowed(request)) is not None:
            lines.append(f"{column.title}: {limits.beside(column.answer.law)}.")
        if isinstance(request, ChainRequest):
            lines += [f"{column.title}: {said}" for said in dropped(request)]
        weak = [one for one in column.result.scenario.inputs if one.standing in UNCONFIRMED]
        if weak:
            lines.append(
                f"{column.title} rests on unconfirmed inputs, so agreement proves nothing: {inputs_named(weak)}."
            )
        for link, *others in alike(column.result.links.values()):
            lines += [f"{column.title}: {note}" for note in link.notes]
            lost = link.decoherence_rate
            if lost.value is not None and lost.definition != EXPONENTIAL:
                lines.append(
                    f"{column.title}: a pair of {named([one.name for one in (link, *others)])} does not decay as one "
                    f"exponential: the decoherence rate is one over the time to 1/e of the way to {lost.floor:.3g}."
                )
    return list(dict.fromkeys(lines))


def _missing(request: Request) -> str:
    """What a clocked delivery lacks at its period; nothing where that takes more than a glance."""
    from bellpush.design.reach import reach
    from bellpush.engines.closed import numbers

    if not isinstance(request.delivery, Clocked) or request.schedule.attempts == 0 or numbers(request) is None:
        return ""
    return reach(request).short


def _range(found: list[Any]) -> str:
    """One quantity of all links of a route: what it is, or from where to where it goes, and whether some have none."""
    there = [one for one in found if one["value"] is not None]
    if not there:
        return quantity(found[0])
    low, high = quantity(min(there, key=_value)), quantity(max(there, key=_value))
    said = low if low == high else f"{low} to {high}"
    return said if len(there) == len(found) else f"{said} or -"


def _value(found: Any) -> float:
    return float(found["value"])


def _asked(delivery: Any) -> str:
    time = getattr(delivery, "period", None) or getattr(delivery, "within", None)
    return str(delivery.kind) + (f" {readable(time, 's')}" if time else "")


def _published(claim: Claim) -> str:
    sign = "> " if claim.relation == "greater" else ""
    return f"{sign}{readable(claim.published, claim.unit)} {claim.standing}"
