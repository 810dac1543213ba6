"""The errors a user can meet, under one root.

Each says what must hold, what was found, where, and what to try.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "BellpushError",
    "ConvergenceError",
    "Problem",
    "ScenarioError",
    "StoreError",
    "UnsupportedError",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario, and where it stands.

    `path` is written as the command line option `--set` takes it; `file`, `line` and `column` (counted from 1) are
    absent where a value did not come from a file.
    """

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """The place in the form editors understand: `file:line:column`."""
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)]) if self.file else ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class BellpushError(Exception):
    """Root of all errors that bellpush raises on purpose; `exit_status` is what the command line ends with."""

    exit_status: ClassVar[int] = 1


class ScenarioError(BellpushError):
    """The scenario or the command line is wrong. Carries every problem found, in the order of the file."""

    exit_status = 2

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnsupportedError(BellpushError):
    """Nothing built can do what is asked; the message names the reason and what can."""

    exit_status = 3


class ConvergenceError(BellpushError):
    """The numerics did not reach the stated tolerance; the message says what to raise."""

    exit_status = 4


class StoreError(BellpushError):
    """A store of results refused: other content, another version, or no place to write."""

    exit_status = 5
