"""A scenario file to edit: a preset with everything written out and explained."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import WithJsonSchema

from bellpush.ground.errors import ScenarioError, StoreError
from bellpush.ground.spec import PerEndReal, Real, Record
from bellpush.ground.units import readable, si
from bellpush.hardware.fibre import Fibre
from bellpush.scenario.load import Scenario, load
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.paths import TAGS, find, split
from bellpush.scenario.presets import experiment, summary
from bellpush.scenario.tree import Mark, Tree, grow, plain

__all__ = ["create", "written"]

WIDTH = 92  # of a comment; the deepest ones are indented by eight more
STEP = "  "

HEADER = """\
{summary}

Written from the preset {preset}, and the same job until something is changed. `bellpush check` finds mistakes,
`bellpush run` answers, `bellpush explain` shows the steps between.

Above a field stands what it means, with its unit in brackets (any multiple of it will do, but it must be written),
and below that how its value is known. Lines that begin with # and a name, without a space between, are defaults that
the preset leaves alone: take the # away to set one. They stand where a part appears first and hold wherever it
appears again. What other parts of the file decide has no default: it is named behind the # and a space.

A value that you change is no longer known as `sources` says: change or remove its entry there."""


def create(file: str | os.PathLike[str], preset: str) -> None:
    """Write a scenario file to edit; an existing file is never overwritten.

    Raises:
        ScenarioError: the file's name would not be read as one, or there is no such preset; says the nearest.
        StoreError: the file exists already, or cannot be written.
    """
    path = Path(file)
    if path.suffix in ("", ".json"):
        name = path.with_suffix(".yaml") if path.name else "my.yaml"
        raise ScenarioError(f"`FILE` must have a suffix such as .yaml, but is `{file}`. Try {name}.")
    text = written(preset)
    try:
        with path.open("x", encoding="utf-8") as made:
            made.write(text)
    except FileExistsError:
        raise StoreError(f"`{file}` must be a new file, but exists already. Try another name.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise StoreError(
            f"`{file}` must be a file that can be written, but is not: {why}. Try another place."
        ) from None


def written(preset: str) -> str:
    """The scenario of an experiment's preset as text: YAML with comments, presets and sources written out.

    Raises:
        ScenarioError: there is no experiment of that name; says the nearest.
    """
    experiment(preset)  # a file is no preset
    (about,) = [one.summary for one in summary("experiment") if one.name == preset]
    scenario = load(preset)
    tree = grow(scenario.to_dict(), Mark())
    lines: list[str] = []
    for part in HEADER.format(summary=f"{about[:1].upper()}{about[1:]}.", preset=preset).split("\n\n"):
        lines += [*(["#"] if lines else []), *_comment(part)]
    lines += ["", *_Writer(tree, _decided(scenario)).fields(scenario.file, tree)]
    return "\n".join(lines) + "\n"


def _decided(scenario: Scenario) -> dict[int, set[str]]:
    """Fields that are not given and that other parts decide, by the identity of their record.

    A line with their default would not leave things as they are.
    """
    found = {}
    for said, link in zip(scenario.file.links, scenario.job.links.values(), strict=True):
        settled = link.scheme.resolved(link.nodes, link.channel)
        names = type(said.scheme).model_fields
        found[id(said.scheme)] = {name for name in names if getattr(settled, name) != getattr(said.scheme, name)}
        for one, seen in zip(said.row, link.channel, strict=True):
            if isinstance(seen, Fibre) and seen.derived is not None:
                found[id(one)] = {"attenuation"}
    return found


class _Writer:
    """Writes records beside the tree they came from, which has the values as they were written."""

    def __init__(self, tree: Tree, decided: Mapping[int, set[str]]) -> None:
        said = tree.value["sources"].value if "sources" in tree.value else {}
        places = [(find(tree, split(path)), source) for path, source in said.items()]
        self.known = {id(place): source for place, source in places if place is not None}
        self.explained: set[type[Record]] = set()
        self.decided = decided

    def fields(self, record: Record, tree: Tree) -> Iterator[str]:
        """All fields that are given, then the defaults that are not."""
        kind, words = type(record), type(record).words()
        order = sorted(kind.model_fields, key=lambda name: name not in TAGS)
        for name in order:
            if name not in tree.value:
                continue
            child = tree.value[name]
            if kind is ScenarioFile and name != "name":
                yield ""
            yield from self.about(kind, name, words.get(name, ""), child)
            yield from self.value(name, getattr(record, name), child)
        if kind in self.explained:
            return
        self.explained.add(kind)
        for name in order:
            if name not in tree.value:
                if kind is ScenarioFile:
                    yield ""
                if name in self.decided.get(id(record), ()):
                    yield from _comment(f"{name}: {_meaning(kind, name, words.get(name, ''))}")
                else:
                    yield from _default(kind, name, words.get(name, ""))

    def about(self, kind: type[Record], name: str, words: str, tree: Tree) -> Iterator[str]:
        """What a field means, its unit, and how its value is known."""
        if name in TAGS:
            words = getattr(kind, "summary", "")
        yield from _comment(_meaning(kind, name, words))
        source = self.known.get(id(tree))
        if source is not None:
            said = plain(source)
            yield from _comment(f"{said['standing']}: {said['source']}" if said.get("source") else said["standing"])

    def value(self, name: str, value: Any, tree: Tree) -> Iterator[str]:
        """A field with everything beneath it."""
        if name == "sources":
            yield "sources:"
            for path, source in tree.value.items():
                yield from _block(f"{STEP}{path}:", _source(plain(source)))
        elif isinstance(value, Record):
            yield from _block(f"{name}:", self.fields(value, tree))
        elif isinstance(value, dict):
            yield f"{name}:"
            for key, one in value.items():
                yield from _block(f"{STEP}{key}:", self.fields(one, tree.value[key]))
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            if isinstance(tree.value, dict):  # one element may stand without a list
                yield from _block(f"{name}:", self.fields(value[0], tree))
                return
            yield f"{name}:"
            for one, child in zip(value, tree.value, strict=True):
                yield from _item(self.fields(one, child))
        else:
            yield f"{name}: {_inline(plain(tree))}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent="# ", subsequent_indent="# ")


def _block(head: str, lines: Iterator[str]) -> Iterator[str]:
    indent = " " * (len(head) - len(head.lstrip())) + STEP
    yield head
    yield from (indent + line if line else line for line in lines)


def _item(lines: Iterator[str]) -> Iterator[str]:
    """A list item; comments above its first field stand above the dash."""
    begun = False
    for line in lines:
        yield (STEP + STEP if begun or line.startswith("#") else f"{STEP}- ") + line
        begun = begun or not line.startswith("#")


def _meaning(kind: type[Record], name: str, words: str, open_ended: bool = False) -> str:
    """What a field means, with its unit or what it may be; if open-ended, also what would stand beneath it."""
    field = kind.model_fields[name]
    units, choices, inner = set(), [], []
    waiting: list[Any] = [*field.metadata, field.annotation]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Real | PerEndReal):
            units.add(one.each.unit if isinstance(one, PerEndReal) else one.unit)
        elif isinstance(one, WithJsonSchema):
            choices += (one.json_schema or {}).get("enum", [])
        elif get_origin(one) is Literal:
            choices += get_args(one)
        elif isinstance(one, type) and issubclass(one, Record):
            inner.append(one)
        else:
            waiting += get_args(one)
    parts = [words] if words else []
    if len(choices) > 1:
        *most, last = (_inline(choice) for choice in choices)
        parts.append(f"{', '.join(most)} or {last}")
    for tag in TAGS:
        kinds = [str(record.model_fields[tag].default) for record in inner if tag in record.model_fields]
        if len(kinds) > 1:
            parts.append(f"{tag}s: {', '.join(kinds)}")
    if len(inner) == 1 and open_ended:
        parts.append(f"takes {', '.join(inner[0].model_fields)}")
    unit = next((f"[{unit}]" for unit in units if unit), "")
    return f"{'; '.join(parts)} {unit}".strip()


def _default(kind: type[Record], name: str, words: str) -> Iterator[str]:
    """A field that is not given, as a line to take the # from."""
    field = kind.model_fields[name]
    default = field.get_default(call_default_factory=True)
    plain_default = _plain_default(kind, name, default)
    line = f"#{name}: {_inline(plain_default)}"
    short = len(line) <= WIDTH
    if not short and isinstance(plain_default, dict):  # what is not set goes without saying
        line = f"#{name}: {_inline({key: value for key, value in plain_default.items() if value is not None})}"
    meaning = _meaning(kind, name, words, open_ended=default in (None, ()) or not short)
    if len(line) + len(meaning) + 4 <= WIDTH:
        yield f"{line}  # {meaning}" if meaning else line
    else:
        yield from _comment(meaning)
        yield line


def _plain_default(kind: type[Record], name: str, value: Any) -> Any:
    """A default as a scenario file writes it."""
    if isinstance(value, Record):
        return {key: _plain_default(type(value), key, getattr(value, key)) for key in type(value).model_fields}
    field = kind.model_fields[name]
    units = [one.unit for one in (*field.metadata, *get_args(field.annotation)) if isinstance(one, Real)]
    if isinstance(value, float) and units and units[0]:
        texts = [readable(value, units[0], digits=digits) for digits in (15, 16, 17)]
        return next((text for text in texts if si(text, units[0]) == value), texts[0])
    return list(value) if isinstance(value, tuple) else value


def _source(said: dict[str, str]) -> Iterator[str]:
    yield f"standing: {said['standing']}"
    text = said.get("source", "")
    if len(text) > WIDTH - 12:
        yield "source: >-"
        yield from (STEP + line for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))
    elif text:
        yield f"source: {text if _SENTENCE.fullmatch(text) else _inline(text)}"


_SAFE = re.compile(r"[A-Za-z][\w ./()+-]*[\w)]|[A-Za-z]|\d[\d.]*(e[+-]?\d+)? [A-Za-z][A-Za-z/]*")
_SENTENCE = re.compile(r"\w[\w.]* [\w ,.;()/%+-]*[\w)%.]")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off")


def _inline(value: Any) -> str:
    """A value in YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(child) for child in value) + "]"
    if isinstance(value, str) and _SAFE.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
