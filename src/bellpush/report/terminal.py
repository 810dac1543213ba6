"""What goes to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_json", "show"]


def show(parts: Sequence[Table | str]) -> None:
    """Tables and lines on standard output, wrapped to the terminal and without spaces at the ends of lines."""
    from rich.console import Console

    # Pipes and files have no width of their own: the tables are made for a terminal of 80 columns.
    console = Console(width=None if sys.stdout.isatty() else 80)
    with console.capture() as capture:
        for part in parts:
            console.print(part, highlight=False, markup=False)
    for line in capture.get().splitlines():
        print(line.rstrip())


def print_json(document: Any) -> None:
    print(json.dumps(document, indent=1, allow_nan=False))
