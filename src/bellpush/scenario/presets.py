"""Presets: scenarios and devices that come with the program and can be named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from textwrap import wrap
from typing import TYPE_CHECKING

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.scenario.paths import did_you_mean
from bellpush.scenario.tree import Mark, Tree, copy, parse

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Preset", "device", "experiment", "listed", "names", "summary", "text"]

FOLDERS = {"experiment": "bellpush.scenario", "device": "bellpush.hardware"}


@dataclass(frozen=True)
class Preset:
    """What can be named, and what it is."""

    name: str
    kind: str
    summary: str


@cache
def names(kind: str) -> tuple[str, ...]:
    """All presets of a kind (`experiment` or `device`), in alphabetical order."""
    folder = files(FOLDERS[kind]) / "presets"
    return tuple(sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml")))


@cache
def _read(kind: str, name: str) -> Tree:
    found: Traversable = files(FOLDERS[kind]) / "presets" / f"{name}.yaml"
    return parse(found.read_bytes(), f"preset {name}")


def experiment(name: str) -> Tree:
    """The scenario of a published experiment.

    Raises:
        ScenarioError: there is none of that name; says the nearest.
    """
    if name in names("device"):
        raise ScenarioError(
            f"`{name}` is a device, for a node's `preset`, and no scenario. Try {names('experiment')[0]}."
        )
    if name not in names("experiment"):
        known = names("experiment")
        more = " A file's name has a suffix or a slash." if "." not in name else ""
        raise ScenarioError(f"There is no preset `{name}`. {did_you_mean(name, known)}{more}")
    return _without_summary(_read("experiment", name))


def device(name: object, at: Mark, path: str) -> Tree:
    """The node of a known device.

    Raises:
        ScenarioError: there is none of that name; says where it is asked for, and the nearest.
    """
    known = names("device")
    if not isinstance(name, str) or name not in known:
        message = f"`{path}` must name a device, but is `{name}`. {did_you_mean(str(name), known)}"
        raise ScenarioError(Problem(message, path, at.file, at.line, at.column))
    return _without_summary(_read("device", name))


def text(name: str) -> str:
    """The file of a preset, as it is written.

    Raises:
        ScenarioError: there is none of that name; says the nearest.
    """
    for kind, folder in FOLDERS.items():
        if name in names(kind):
            return (files(folder) / "presets" / f"{name}.yaml").read_text("utf-8")
    known = [*names("experiment"), *names("device")]
    raise ScenarioError(f"There is no preset `{name}`. {did_you_mean(name, known)}")


def _without_summary(preset: Tree) -> Tree:
    tree = copy(preset)
    tree.value.pop("summary")
    return tree


def listed() -> Iterator[str]:
    """All that can be named, in lines of at most 80 columns."""
    for kind, heading in (("experiment", "experiments"), ("device", "devices, for a node's `preset`")):
        yield heading
        for preset in summary(kind):
            yield from wrap(preset.summary, 80, initial_indent=f"  {preset.name:<16} ", subsequent_indent=" " * 19)


def summary(kind: str) -> list[Preset]:
    """Every preset of a kind with one line that says what it is."""
    return [Preset(name, kind, str(_read(kind, name).value["summary"].value)) for name in names(kind)]
