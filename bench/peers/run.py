"""The same work by bellpush, QuTiP and dynamiqs, alternating on one processor; prints a table, fails never.

    PYTHONPATH=bench python -m peers.run [--only TEXT] [--rounds N] [--markdown FILE]

`make bench-peers` calls this in an environment that holds the peers; options go into BENCH_OPTIONS. With --markdown the
table is written into FILE, between the lines `<!-- measured -->` and `<!-- end of measured -->`.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import statistics
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import NamedTuple

from peers.child import SINGLE_THREAD, serve
from peers.growth import growth
from peers.jobs import JOBS, Job
from peers.machine import machine
from peers.reference import error, reference
from peers.workload import ERROR

TOOLS = {
    "bellpush": "peers.with_bellpush",
    "QuTiP": "peers.with_qutip",
    "dynamiqs": "peers.with_dynamiqs",
    "dynamiqs, forward": "peers.with_dynamiqs_forward",
}
ROUNDS = 9
LONG = 2.0  # s; jobs of which any tool takes longer are run in fewer rounds
FEWER = 3
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


class Row(NamedTuple):
    """One tool at one job."""

    job: Job
    tool: str
    error: float  # of the answer, relative
    times: list[float]  # CPU seconds a run, one a round
    ratios: list[float]  # to bellpush, round by round
    why: str = ""  # it could not be measured

    @property
    def cells(self) -> list[str]:
        """Tool, CPU ms, spread, error, ratio, goal, distance."""
        if self.why:
            return [self.tool, f"not measured: {self.why}", "", "", "", "", ""]
        middle = statistics.median(self.times)
        spread = (max(self.times) - min(self.times)) / 2 / middle
        head = [self.tool, figure(1e3 * middle), f"{spread:.0%}", f"{self.error:.0e}" + "!" * (self.error > ERROR)]
        if not self.ratios:
            return [*head, "", "", ""]
        ratio, goal = statistics.median(self.ratios), self.job.goals.get(self.tool)
        if goal is None:
            return [*head, figure(ratio), "", ""]
        return [*head, figure(ratio), f"{goal:g}", "met" if ratio >= goal else f"{ratio / goal:.0%} of it"]


HEAD = ["workload", "tool", "CPU ms", "spread", "error", "ratio", "goal", "reached"]


def main() -> None:
    """Take all measurements and print them."""
    parser = argparse.ArgumentParser(prog="peers.run")
    parser.add_argument("--only", default="", help="jobs whose name holds this text")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--markdown", type=Path, help="a page to write the table into")
    chosen = parser.parse_args()

    os.environ.update(SINGLE_THREAD)
    print(machine())
    children = {tool: Child(module) for tool, module in TOOLS.items()}
    table = [HEAD]
    print(line(HEAD), flush=True)
    try:
        for job in JOBS:
            if chosen.only not in job.name:
                continue
            for row in measured(job, children, chosen.rounds):
                table.append([job.name, *row.cells])
                print(line(table[-1]), flush=True)
    finally:
        for child in children.values():
            child.end()
    grown = growth()
    print("\nHow the cost grows")
    for cells in grown:
        print("  ".join(f"{cell:>16}" for cell in cells))
    if chosen.markdown:
        text = f"{machine()}\n\n{markdown(table)}\n\nHow the cost grows:\n\n{markdown(grown)}"
        replace(chosen.markdown, text)


class Child:
    """A tool in its own process, started when first asked."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.process: SpawnProcess | None = None
        self.pipe: Connection | None = None

    def ask(self, what: str, job: Job) -> object:
        """The child's answer; a text is the reason why there is none."""
        if self.pipe is None:
            context = multiprocessing.get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=serve, args=(self.module, theirs))
            self.process.start()
            theirs.close()
        try:
            self.pipe.send((what, job.name))
            return self.pipe.recv()
        except (EOFError, OSError) as error:
            return f"the process ended ({type(error).__name__})"

    def end(self) -> None:
        if self.pipe is not None and self.process is not None:
            with contextlib.suppress(OSError):  # it has ended already
                self.pipe.send("end")
            self.process.join()


def measured(job: Job, children: dict[str, Child], rounds: int) -> Iterator[Row]:
    """All tools at one job, in turns: what else the machine does hits all of them alike."""
    right = reference(job)
    errors: dict[str, float] = {}
    times: dict[str, list[float]] = {}
    for tool, child in children.items():
        if tool == "dynamiqs, forward" and job.kind != "derivative":
            continue
        answer = child.ask("prepare", job)
        if isinstance(answer, str):
            yield Row(job, tool, 0.0, [], [], answer)
        else:
            errors[tool], times[tool] = error(job, answer, right), []  # type: ignore[arg-type]
    for turn in range(rounds):
        if turn >= FEWER and max(max(found) for found in times.values()) > LONG:
            break
        for tool, found in times.items():
            found.append(float(children[tool].ask("time", job)))  # type: ignore[arg-type]
    ours = times.get("bellpush", [])
    for tool, found in times.items():
        other = tool != "bellpush" and ours
        yield Row(job, tool, errors[tool], found, [a / b for a, b in zip(found, ours, strict=True)] if other else [])


def figure(value: float) -> str:
    """Three digits, without a power of ten."""
    return f"{float(f'{value:.3g}'):,g}"


def line(cells: list[str]) -> str:
    widths = (24, 18, 9, 7, 7, 7, 6, 12)
    return "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def markdown(table: list[list[str]]) -> str:
    rows = ["| " + " | ".join(cells) + " |" for cells in table]
    return "\n".join([rows[0], "|" + " --- |" * len(table[0]), *rows[1:]])


def replace(page: Path, text: str) -> None:
    """Put the text between the marks of a page."""
    whole = page.read_text(encoding="utf-8")
    if BEGIN not in whole or END not in whole:
        sys.exit(f"{page} must hold the lines {BEGIN} and {END}, but does not.")
    before, after = whole.split(BEGIN)[0], whole.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
