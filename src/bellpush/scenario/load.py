"""Scenarios: read from a file, a preset's name or a mapping, checked as a whole, and edited."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import bellpush
from bellpush.delivery.job import Job
from bellpush.ground.errors import Problem, ScenarioError, UnsupportedError
from bellpush.ground.spec import DOOR
from bellpush.scenario import presets
from bellpush.scenario.check import contradictions, references, unserved
from bellpush.scenario.expand import expand
from bellpush.scenario.light import idle, losses
from bellpush.scenario.lower import lower
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.parts import Parts
from bellpush.scenario.paths import split, write
from bellpush.scenario.problems import in_order, problems
from bellpush.scenario.standing import Input, inputs, settled
from bellpush.scenario.tree import MAX_BYTES, Mark, Tree, copy, grow, plain, read

__all__ = ["Scenario", "load"]


@dataclass(frozen=True)
class Origin:
    """A scenario as it was before its network was written out, and what was changed afterwards, by path."""

    tree: Tree
    after: dict[str, Any]


class Scenario:
    """A checked scenario, presets and defaults written out.

    Edits give a new scenario; this one never changes.
    """

    def __init__(self, tree: Tree, found: Sequence[Problem] = (), origin: Origin | None = None) -> None:
        """Check a tree whose presets are written out.

        Args:
            tree: the scenario.
            found: what was found wrong with it on the way here.
            origin: what it was before its network was written out; None if it has none.

        Raises:
            ScenarioError: with every problem of the scenario at once.
            UnsupportedError: it asks for what is not built.
        """
        self._tree = tree
        self._origin = origin
        wrong: list[Problem] = [*found, *references(tree)]
        unbuilt: list[Problem] = []
        try:
            self.file = ScenarioFile.model_validate(plain(tree), context=DOOR)
        except ValidationError as error:
            invalid, unbuilt = problems(error, tree)
            wrong += [problem for problem in invalid if not _told(problem, found)]
            parts = Parts.among(plain(tree))
        else:
            parts = Parts.of(self.file)
        wrong += contradictions(parts, tree)
        if wrong:
            raise ScenarioError(in_order(wrong, tree))
        unbuilt += unserved(parts, tree)
        if unbuilt:
            raise UnsupportedError("\n".join(str(problem) for problem in in_order(unbuilt, tree)))
        self.job: Job = lower(self.file, parts)

    @property
    def name(self) -> str:
        """What the scenario calls itself."""
        return self.file.name

    @property
    def networked(self) -> bool:
        """Whether nodes and links stand for a network, whose fields can be edited."""
        return self._origin is not None

    @cached_property
    def inputs(self) -> list[Input]:
        """Every number that went in, with how it is known."""
        return self._inputs(None)

    def inputs_of(self, link: str) -> list[Input]:
        """The numbers one link rests on."""
        return self._inputs([list(self.job.links).index(link)])

    def _inputs(self, chosen: list[int] | None) -> list[Input]:
        built = dict(enumerate(self.job.links.values()))
        built = built if chosen is None else {index: built[index] for index in chosen}
        resting = idle(self.file.links, built)
        found = [one for one in inputs(self._tree, chosen) if one.path not in resting]
        return [*found, *(one for index, link in built.items() for one in losses(self._tree, index, link))]

    @cached_property
    def idle(self) -> set[str]:
        """Paths of numbers from which nothing follows: they are no inputs."""
        return idle(self.file.links, dict(enumerate(self.job.links.values())))

    def edit(self, path: str, value: Any) -> Scenario:
        """The same scenario with one value changed.

        Args:
            path: as `--set` takes it, e.g. "links.0.channel.length"; list items by index or name.
            value: text with a unit, a number, or a mapping, which is merged as over a preset.

        Raises:
            ScenarioError: the path leads nowhere, or the scenario does not hold together any more.

        >>> load("humphreys-2018").edit("requests.clocked.delivery.period", "50 ms").file.requests[0].delivery.period
        0.05
        """
        return self.edit_all({path: value})

    def edit_all(self, changes: Mapping[str, Any]) -> Scenario:
        """The same scenario with several values changed at once; see `edit`.

        What is changed in a network is changed before it is written out; all edits of nodes and links come after it.
        """
        before, after = _apart(changes)
        if self._origin is None:
            tree = copy(self._tree)
            return Scenario(tree, _change(tree, changes))
        if before:
            return _expanded(self._origin.tree, before, self._origin.after | after)
        tree = copy(self._tree)
        origin = Origin(self._origin.tree, self._origin.after | after)
        return Scenario(tree, _change(tree, after), origin)

    def to_dict(self) -> dict[str, Any]:
        """The scenario as plain data, presets and defaults written out; `load` takes it."""
        data: dict[str, Any] = plain(self._tree)
        if "sources" in data:
            data["sources"] = plain(settled(self._tree))
        return data

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return str(bellpush.show(self))

    def __repr__(self) -> str:
        requests = ", ".join(self.job.requests) or "no request"
        return f"<Scenario {self.name or 'without a name'}: {', '.join(self.job.links)}; {requests}>"


def load(what: str | os.PathLike[str] | Mapping[str, Any], edits: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario from a file, a preset's name, or a mapping.

    Args:
        what: a path (it has a suffix or a slash), the name of a preset, or the data of a scenario.
        edits: values to change on the way, by path, before anything is checked.

    Raises:
        ScenarioError: with every problem at once, each with file, line, column and path.
        UnsupportedError: the scenario asks for what is not built.

    >>> load("kurpiers-2018").job.requests["clocked"].delivery.period
    2e-05
    """
    found: list[Problem] = []
    if isinstance(what, Mapping):
        tree = grow(what, Mark())
    elif isinstance(what, str) and not _is_path(what):
        tree = presets.experiment(what)
    elif isinstance(what, str | os.PathLike):
        tree, found = _read(Path(what))
    else:
        raise ScenarioError(f"A scenario must be a path, a name or a mapping, but is of type {type(what).__name__}.")
    return _expanded(tree, *_apart(edits or {}), found)


def _apart(edits: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Edits of a network, which is written out as nodes and links and so must be changed before, and all others."""
    before = {path: value for path, value in edits.items() if split(path)[:1] == ["network"]}
    return before, {path: value for path, value in edits.items() if path not in before}


def _expanded(
    tree: Tree, before: Mapping[str, Any], after: Mapping[str, Any], found: Sequence[Problem] = ()
) -> Scenario:
    """The scenario of a tree as it was written."""
    tree = copy(tree)
    found = [*found, *_change(tree, before)]
    written, odd = expand(tree)
    networked = isinstance(tree.value, dict) and "network" in tree.value
    origin = Origin(tree, dict(after)) if networked else None
    return Scenario(written, [*found, *odd, *_change(written, after)], origin)


def _change(tree: Tree, edits: Mapping[str, Any]) -> list[Problem]:
    """Put values into a tree, in place; the problems of those that could not be put."""
    found: list[Problem] = []
    for path, value in edits.items():
        try:
            write(tree, path, grow(value, Mark("--set"), tuple(split(path))))
        except ScenarioError as error:
            found += error.problems
    return found


def _told(problem: Problem, found: Sequence[Problem]) -> bool:
    """Whether something was already found wrong with the very same value."""
    return problem.line > 0 and any(problem.where == other.where for other in found)


def _is_path(what: str) -> bool:
    return "/" in what or os.sep in what or bool(Path(what).suffix)


def _read(path: Path) -> tuple[Tree, list[Problem]]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1024)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ScenarioError(f"`{path}` cannot be read: {why}. Try a scenario file, or `bellpush presets`.") from None
    if len(content) > MAX_BYTES:
        message = "A scenario file must be at most 300 KiB, but has more. Try `defaults` for what links share."
        raise ScenarioError(Problem(message, file=str(path)))
    return read(content, str(path))
