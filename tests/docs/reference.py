"""The reference pages, each with what prints it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer
from tests.docs.pages import ROOT

from bellpush.cli import app
from bellpush.report.reference import PAGES, commands

__all__ = ["PRINTED"]

FOLDER = ROOT / "docs" / "reference"

PRINTED: dict[Path, Callable[[], str]] = {
    FOLDER / "commands.md": lambda: commands(typer.main.get_command(app)),
    **{FOLDER / f"{name}.md": printed for name, printed in PAGES.items()},
}
