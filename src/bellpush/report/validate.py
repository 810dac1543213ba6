"""What `validate` prints: published claims beside ours, with the verdict and, beneath each, why."""

from __future__ import annotations

import textwrap
from collections import Counter
from itertools import groupby

from bellpush.experiments.weigh import Weighed
from bellpush.ground.units import readable
from bellpush.scenario.standing import UNCONFIRMED

__all__ = ["lines"]

WIDTH = 79
COLUMNS = (25, 17, 10, 10)  # claim, published, ours, off; the verdict takes the rest
INDENT = "    "


def lines(rows: list[Weighed]) -> list[str]:
    """The report line by line, at most 79 characters wide."""
    out: list[str] = []
    for experiment, group in groupby(rows, key=lambda row: row.experiment):
        out += [*([""] if out else []), experiment, _row("claim", "published", "ours", "off", "verdict"), "─" * WIDTH]
        for row in group:
            out.append(_row(row.claim.name, _published(row), *_ours(row), row.verdict))
            out += textwrap.wrap(_known(row), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    counts = Counter(str(row.verdict) for row in rows)
    order = ("reproduced", "explained", "differs", "not-comparable")
    out += ["", ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict]) + "."]
    if counts["reproduced"]:
        sound = sum(row.verdict == "reproduced" and row.standing not in UNCONFIRMED for row in rows)
        rest = "rest" if sound > 1 else "rests"
        out.append(f"{sound or 'None'} of these agreements {rest} on confirmed inputs alone; others prove nothing.")
    return out


def _row(name: str, *cells: str) -> str:
    first, *numbers = COLUMNS
    middle = "".join(cell.rjust(width) for cell, width in zip(cells[:-1], numbers, strict=True))
    return f"{name.ljust(first)}{middle}  {cells[-1]}".rstrip()


def _published(row: Weighed) -> str:
    claim = row.claim
    text = ("> " if claim.relation == "greater" else "") + readable(claim.published, claim.unit)
    return text if claim.uncertainty is None else f"{text} +- {readable(claim.uncertainty, claim.unit)}"


def _ours(row: Weighed) -> tuple[str, str]:
    """Our value and its deviation."""
    if row.ours is None or row.deviation is None:
        return "-", "-"
    if abs(row.deviation) <= 1e-12 * abs(row.ours):
        return readable(row.ours, row.claim.unit), "0"
    off = readable(row.deviation, row.claim.unit, 2)
    return readable(row.ours, row.claim.unit), off if off.startswith("-") else f"+{off}"


def _known(row: Weighed) -> str:
    """How both numbers are known, and why the verdict is what it is."""
    inputs = f", inputs {row.standing}" if row.inputs or row.ours is not None else ""
    return f"{row.claim.standing}{inputs}: {row.why}."
