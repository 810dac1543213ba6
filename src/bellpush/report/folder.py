"""The folder of a report or a sweep: never written at the cost of something else, a report as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from bellpush.ground.errors import ScenarioError, StoreError

__all__ = ["PAGE", "check", "check_sweep", "fill"]

PAGE = "report.html"


def check(folder: str | os.PathLike[str]) -> Path:
    """Where a report may be written: a new or empty folder, or one with nothing in it but an earlier report.

    Raises:
        ScenarioError: the folder has no name.
        StoreError: what is there is something else.
    """
    return _free(folder, _of_report, "an earlier report")


def check_sweep(folder: str | os.PathLike[str]) -> Path:
    """Where a sweep may be kept: a new or empty folder, or one with nothing in it but an earlier sweep.

    Raises:
        ScenarioError: the folder has no name.
        StoreError: what is there is something else.
    """
    return _free(folder, _of_sweep, "an earlier sweep")


def _free(folder: str | os.PathLike[str], ours: Callable[[Path, set[str]], set[str]], what: str) -> Path:
    """The folder, if all files in it are of the kind that `ours` picks."""
    if not os.fspath(folder):
        raise ScenarioError("`--out` must name a folder, but is empty. Try --out out.")
    target = Path(os.path.realpath(folder))
    try:
        if not target.exists():
            return target
        if not target.is_dir():
            raise StoreError(f"`{folder}` must be a folder, but is a file. Try another --out.")
        files = {str(file.relative_to(target)) for file in target.rglob("*") if file.is_symlink() or not file.is_dir()}
        strange = sorted(files - ours(target, files))
    except OSError as error:
        raise StoreError(f"`{folder}` cannot be read: {error.strerror or error}. Try another --out.") from None
    if strange:
        raise StoreError(f"`{folder}` must be empty or hold {what}, but holds `{strange[0]}`. Try another --out.")
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


def _of_report(target: Path, files: set[str]) -> set[str]:
    """The files of an earlier report, as its page lists them; none where there is no such page."""
    try:
        with (target / PAGE).open(encoding="utf-8") as file:
            head = file.read(20_000)
    except (OSError, UnicodeDecodeError):
        return set()
    listed = re.search(r'<meta name="bellpush-files" content="([^"]*)">', head)
    return set(listed[1].split()) if listed else set()


def _of_sweep(target: Path, files: set[str]) -> set[str]:
    """Those files that a sweep keeps, by its key; none where there is no key."""
    try:
        key = json.loads((target / "blocks" / "key.json").read_bytes())
        quantities = [str(name) for name in key["quantities"]]
    except (OSError, ValueError, TypeError, KeyError):
        return set()
    data = ["sweep.json", "sweep.nc", "scenario.yaml", "blocks/key.json"]
    kept = {*data, *(f"{name}.{suffix}" for name in quantities for suffix in ("svg", "png"))}
    return {file for file in files if _whole(file) in kept or re.fullmatch(r"blocks/block-\d{6,}\.npz", _whole(file))}


def _whole(file: str) -> str:
    """The file that a draft was to become, where the program was killed while it wrote; else the file itself."""
    draft = re.fullmatch(r"((?:.*/)?)\.(.+)\.\d+", file)
    return draft[1] + draft[2] if draft else file
