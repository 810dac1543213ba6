"""A small register of measurements, each with a goal it should stay at or below.

A module ``bench_*.py`` calls :func:`bench` at import; ``run.py`` imports all such modules, takes the
measurements one after the other and prints them with their distance to the goal.

A measurement is either a callable that returns a number, or a command. A command is measured by its
CPU time in units of a reference command that runs alternately with it: both then meet the same machine
in the same state, so that the ratio holds on slow and busy machines as well.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]

REFERENCE: Command = (sys.executable, "-c", "import numpy")
PAIRS = 11


@dataclass(frozen=True)
class Bench:
    """One registered measurement."""

    name: str
    measure: Callable[[], float]
    goal: float
    unit: str


REGISTER: list[Bench] = []


def bench(name: str, what: Callable[[], float] | Command, goal: float, unit: str = "") -> None:
    """Register a measurement; ``what`` is a callable that returns a number, or a command."""
    if callable(what):
        REGISTER.append(Bench(name, what, goal, unit))
    else:
        command = tuple(what)
        REGISTER.append(Bench(name, lambda: cpu_ratio(command), goal, unit or "x import numpy"))


def console_script(name: str) -> str:
    """The path of a console script installed beside the running Python."""
    return str(Path(sys.executable).with_name(name))


def cpu_ratio(command: Command, reference: Command = REFERENCE, pairs: int = PAIRS) -> float:
    """The median ratio of CPU times of two commands that run alternately, after a warm-up of each."""
    cpu_seconds(reference)
    cpu_seconds(command)
    ratios = []
    for _ in range(pairs):
        base = cpu_seconds(reference)
        ratios.append(cpu_seconds(command) / base)
    return statistics.median(ratios)


def cpu_seconds(command: Command) -> float:
    """The CPU time, user and system, of one run of a command."""
    # wait4 gives the usage of this one child; getrusage would add up all children so far.
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    child = os.posix_spawnp(command[0], list(command), os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise RuntimeError(f"the command must succeed, but ended with {code}; try it by hand: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime
