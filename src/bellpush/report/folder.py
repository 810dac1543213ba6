"""The folder of a report: written as a whole or not at all, and never at the cost of something else."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from bellpush.ground.errors import StoreError

__all__ = ["PAGE", "check", "fill"]

PAGE = "report.html"


def check(folder: str | os.PathLike[str]) -> Path:
    """Where a report may be written: a new or empty folder, or one with nothing in it but an earlier report.

    Raises:
        StoreError: what is there is something else.
    """
    target = Path(os.path.realpath(folder))
    try:
        if not target.exists():
            return target
        if not target.is_dir():
            raise StoreError(f"`{folder}` must be a folder, but is a file. Try another --out.")
        files = {str(file.relative_to(target)) for file in target.rglob("*") if file.is_symlink() or not file.is_dir()}
        strange = sorted(files - _earlier(target))
    except OSError as error:
        raise StoreError(f"`{folder}` cannot be read: {error.strerror or error}. Try another --out.") from None
    if strange:
        raise StoreError(
            f"`{folder}` must be empty or hold an earlier report, but holds `{strange[0]}`. Try another --out."
        )
    return target


def fill(folder: str | os.PathLike[str], contents: Mapping[str, bytes]) -> None:
    """Put files into a folder that passes `check`, in place of all that it holds.

    They are written to a folder beside it, which then takes its name.

    Raises:
        StoreError: the folder holds something else, or cannot be written.
    """
    target = check(folder)
    draft, old = (target.parent / f".{target.name}.{os.getpid()}.{word}" for word in ("draft", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            for name, content in contents.items():
                file = draft / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            if target.exists():
                target.rename(old)
            try:
                draft.rename(target)
            except OSError:
                if old.exists():
                    old.rename(target)
                raise
        finally:
            for left in (draft, old):
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"`{folder}` cannot be written: {error.strerror or error}. Try another --out.") from None


def _earlier(target: Path) -> set[str]:
    """The files of an earlier report, as its page lists them; none where there is no such page."""
    try:
        with (target / PAGE).open(encoding="utf-8") as file:
            head = file.read(20_000)
    except (OSError, UnicodeDecodeError):
        return set()
    listed = re.search(r'<meta name="bellpush-files" content="([^"]*)">', head)
    return set(listed[1].split()) if listed else set()
