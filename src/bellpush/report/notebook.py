"""How scenarios, results and pairs show themselves in a notebook.

All text that came with a scenario is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import ScenarioError
from bellpush.hardware.memory import describe
from bellpush.report.drawing import bars, network, pair_cells
from bellpush.report.summary import fidelities, summary
from bellpush.report.table import columns, footnotes
from bellpush.scenario.load import Scenario
from bellpush.scenario.result import Result
from bellpush.scenario.standing import weakest
from bellpush.states.measures import bell_weights, concurrence
from bellpush.states.pair import check_pair, normalised

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Showable", "View", "show"]

Showable: TypeAlias = Scenario | Result | NDArray[np.float64]

MOST_NODES = 12  # that are drawn


class View:
    """A scenario, a result or a pair, drawn by a notebook; `str` of it is the HTML."""

    def __init__(self, what: Showable) -> None:
        self.what = what

    def __str__(self) -> str:
        if isinstance(self.what, Scenario):
            return _scenario(self.what)
        return _result(self.what) if isinstance(self.what, Result) else _pair(self.what)

    def __repr__(self) -> str:
        return repr(self.what)

    def _repr_html_(self) -> str:
        return str(self)

    def plot(self) -> Figure:
        """A result as a figure of matplotlib.

        Raises:
            ScenarioError: it is no result.
        """
        if not isinstance(self.what, Result):
            kind = type(self.what).__name__
            raise ScenarioError(f"`plot` must be asked of a result, but is asked of a {kind}. Try run(scenario).")
        return summary(self.what)


def show(what: Showable) -> View:
    """What a notebook draws: a scenario, a result, or a pair given by its correlations, shape (4, 4).

    Raises:
        ValueError: an array that is no pair.

    >>> from bellpush.states.pair import werner
    >>> str(show(werner(0.9, "psi+"))).count("<svg")
    1
    """
    if isinstance(what, Scenario | Result):
        return View(what)
    pair = np.asarray(what, dtype=float)
    if pair.shape != (4, 4):
        message = f"`what` must be a scenario, a result or one pair of shape (4, 4), but is of shape {pair.shape}."
        raise ValueError(f"{message} Try pair[0].")
    check_pair(pair)
    return View(pair)


def _scenario(scenario: Scenario) -> str:
    file, job = scenario.file, scenario.job
    parts = []
    if len(file.nodes) <= MOST_NODES:
        parts.append(network(list(file.nodes), [link.between for link in job.links.values()]))
    rows = [(f"node {name}", describe(node.storage)) for name, node in file.nodes.items()]
    rows += [
        (f"link {name}", f"{link.scheme.summary}; weakest input {weakest(scenario.inputs_of(name))}")
        for name, link in job.links.items()
    ]
    rows += [
        (f"request {name}", f"{' and '.join(request.between)}: {request.delivery.summary}")
        for name, request in job.requests.items()
    ]
    return _box(scenario.name or "a scenario without a name", [*parts, _table((), rows)])


def _result(result: Result) -> str:
    parts = []
    found = columns(result)
    for column, (name, answer) in zip(found, result.requests.items(), strict=True):
        if len(found) > 1:
            parts.append(f"<div><b>{escape(name)}</b></div>")
        rows, threshold = fidelities(answer)
        if rows:
            parts.append(bars(rows, threshold))
        parts.append(_table((), [(label, ours) for label, ours, _ in column.rows]))
    if not found:
        parts.append("<div>The scenario asks for nothing.</div>")
    parts += [f"<div><small>{escape(line)}</small></div>" for line in footnotes(found)]
    return _box(f"{result.scenario.name or 'a scenario'}, by the {result.engine} engine", parts)


def _pair(pair: NDArray[np.float64]) -> str:
    if not (np.isfinite(pair).all() and pair[0, 0] > 0):
        return _box("no pair", ["<div>Its weight is zero: it never comes about.</div>"])
    weight, unit = float(pair[0, 0]), normalised(pair)
    rows = [(f"overlap with {name}", f"{float(value):.4g}") for name, value in bell_weights(unit).items()]
    rows.append(("concurrence", f"{float(concurrence(unit)):.4g}"))
    if abs(weight - 1) > 1e-9:
        rows.append(("weight", f"{weight:.4g}"))
    labels = [f"Tr(rho s x {s})" for s in "IXYZ"]
    numbers = [("IXYZ"[row], *(f"{float(value):+.4f}" for value in unit[row])) for row in range(4)]
    return _box("a pair of qubits", [pair_cells(unit), _table((), rows), _details(_table(("", *labels), numbers))])


def _box(title: str, parts: Sequence[str]) -> str:
    return f'<div style="font-size: 90%"><div><b>{escape(title)}</b></div>{"".join(parts)}</div>'


def _details(inner: str) -> str:
    return f"<details><summary>all correlations</summary>{inner}</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    left = ' style="text-align: left"'
    lines = [f"<tr>{''.join(f'<th{left}>{escape(text)}</th>' for text in head)}</tr>"] if head else []
    for row in rows:
        lines.append(f"<tr>{''.join(f'<td{left}>{escape(text)}</td>' for text in row)}</tr>")
    return f"<table>{''.join(lines)}</table>"
