"""Markdown pages as tests see them: their fenced blocks, the commands in them, and what those print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["EXAMPLES", "PAGES", "README", "ROOT", "Block", "Command", "blocks", "commands", "prepare", "run", "shown"]

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)

REST = "..."  # as the last line of an output: more follows that is not shown
MAKE_RUN = "make run"
ELSEWHERE = ("make ", "pip install ", "git clone ")  # installing and testing is what CI does itself

_FENCE = re.compile(r"^```(?P<language>[\w-]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"# (?P<name>[\w-]+\.yaml)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block and the line of the page at which its text begins."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command of a console block and the output shown beneath it; the output is empty where none is shown."""

    text: str
    output: list[str]

    @property
    def executed(self) -> str | None:
        """What a test executes for it; None for what only CI does."""
        if self.text == MAKE_RUN:
            recipe = re.search(r"^run: run-env\n\t@\$\(RUN_ENV\)/bin/(.+)$", (ROOT / "Makefile").read_text(), re.M)
            assert recipe, "the Makefile's recipe of `run` has another form"
            return recipe[1]
        return None if self.text.startswith(ELSEWHERE) else self.text


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a page in one language."""
    text = page.read_text()
    found = [
        Block(match["language"], match["text"], text.count("\n", 0, match.start("text")) + 1)
        for match in _FENCE.finditer(text)
    ]
    return [block for block in found if block.language == language]


def commands(text: str) -> list[Command]:
    """The commands of a console block's text, in order; one that ends with a backslash goes on in the next line."""
    found: list[Command] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], []))
        elif found and found[-1].text.endswith("\\") and not found[-1].output:
            found[-1] = Command(f"{found[-1].text}\n{line}", [])
        else:
            assert found, f"a console block must begin with a command, but begins with {line!r}"
            found[-1].output.append(line)
    for command in found:
        while command.output and not command.output[-1].strip():
            command.output.pop()
    return found


def prepare(folder: Path, page: Path) -> None:
    """Put into a folder what the reader of a page has there: the examples, and the files that the page spells out.

    A YAML block spells out a file if its first line is a comment with nothing but the file's name.
    """
    shutil.copytree(ROOT / "examples", folder / "examples")
    for block in blocks(page, "yaml"):
        if named := _NAMED.match(block.text):
            (folder / named["name"]).write_text(block.text)


def run(command: str, folder: Path) -> tuple[list[str], int]:
    """What a command prints on a terminal's two streams, line by line, and its exit status."""
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"], "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        check=False,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    return [line.rstrip() for line in done.stdout.rstrip().splitlines()], done.returncode


def shown(printed: list[str], output: list[str]) -> list[str]:
    """Of what was printed, the part that a page with this output shows."""
    if output and output[-1].strip() == REST:
        assert len(printed) > len(output) - 1, "nothing is left out where the page says so"
        return [*printed[: len(output) - 1], REST]
    return printed
