"""Scenario text as a tree in which every value knows where it stands.

YAML 1.2 is read by ruamel.yaml up to its node graph; from there on only plain data is built: no tags, no objects, and
a bound on what aliases may unfold to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bellpush.ground.errors import Problem, ScenarioError

__all__ = ["Branch", "Mark", "Tree", "copy", "grow", "parse", "plain"]

MAX_BYTES = 300 * 1024
MAX_NODES = 50_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class Mark:
    """Where a value stands: a file with line and column (from 1), a preset, or an option."""

    file: str = ""
    line: int = 0
    column: int = 0


@dataclass
class Tree:
    """A value with its mark; containers hold trees. `key` is the mark of the key a value stands under."""

    value: Any  # dict[str, Tree], list[Tree], or a plain scalar
    mark: Mark = Mark()
    key: Mark = Mark()


Branch: TypeAlias = dict[str, Tree]


def plain(tree: Tree) -> Any:
    """The data of a tree without marks."""
    if isinstance(tree.value, dict):
        return {key: plain(child) for key, child in tree.value.items()}
    if isinstance(tree.value, list):
        return [plain(child) for child in tree.value]
    return tree.value


def copy(tree: Tree) -> Tree:
    """A tree that can be changed without changing the original."""
    if isinstance(tree.value, dict):
        return replace(tree, value={key: copy(child) for key, child in tree.value.items()})
    if isinstance(tree.value, list):
        return replace(tree, value=[copy(child) for child in tree.value])
    return replace(tree)


def grow(data: Any, mark: Mark, depth: int = 0) -> Tree:
    """A tree of plain Python data, all of it standing at `mark`.

    Raises:
        ScenarioError: the data holds something a scenario file could not.
    """
    if depth > MAX_DEPTH:
        raise ScenarioError(Problem(f"A scenario must not be nested deeper than {MAX_DEPTH} levels.", file=mark.file))
    if isinstance(data, dict):
        for key in data:
            if not isinstance(key, str):
                raise ScenarioError(Problem(f"Names in a scenario must be text, but one is {key!r}.", file=mark.file))
        return Tree({key: grow(value, mark, depth + 1) for key, value in data.items()}, mark, mark)
    if isinstance(data, list | tuple):
        return Tree([grow(value, mark, depth + 1) for value in data], mark, mark)
    if data is None or isinstance(data, str | bool | int | float):
        return Tree(data, mark, mark)
    if hasattr(data, "item"):  # a numpy scalar
        return Tree(data.item(), mark, mark)
    raise ScenarioError(
        Problem(f"A scenario must hold text, numbers, lists and mappings, but holds a {type(data).__name__}.")
    )


def parse(text: str | bytes, file: str) -> Tree:
    """The tree of a YAML (or JSON) text.

    Raises:
        ScenarioError: the text is too large, is no YAML 1.2, has duplicate keys, tags, or aliases that unfold without
            measure.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if isinstance(text, bytes):
        if len(text) > MAX_BYTES:
            raise ScenarioError(
                Problem(f"A scenario file must be at most 300 KiB, but has {len(text) // 1024} KiB.", file=file)
            )
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ScenarioError(Problem(f"A scenario file must be UTF-8 text: {error.reason}.", file=file)) from None
    yaml = YAML(typ="safe", pure=True)
    try:
        documents = list(yaml.compose_all(text)) if "\n---" in text else [yaml.compose(text)]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = (error.problem or error.context or "this is not YAML").strip()
        raise ScenarioError(Problem(f"This is not valid YAML: {message}.", "", file, line, column)) from None
    except (YAMLError, RecursionError, ValueError) as error:
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise ScenarioError(Problem(f"This is not valid YAML: {message}.", file=file)) from None
    if len(documents) != 1 or documents[0] is None:
        found = "is empty" if len(documents) < 2 else f"has {len(documents)}"
        raise ScenarioError(Problem(f"A scenario file must hold one document, but {found}.", file=file))
    reader = _Reader(file)
    tree = reader.read(documents[0], 0)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return tree


_INTEGER = re.compile(r"[-+]?\d+")
_OCTAL = re.compile(r"[-+]?0\d+")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = ("", "~", "null", "Null", "NULL")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CORE = "tag:yaml.org,2002:"


class _Reader:
    """From the node graph to a tree of plain data; collects what is wrong instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.nodes = 0
        self.open: set[int] = set()

    def mark(self, node: Any) -> Mark:
        return Mark(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def refuse(self, node: Any, message: str) -> Tree:
        mark = self.mark(node)
        self.problems.append(Problem(message, "", mark.file, mark.line, mark.column))
        return Tree(None, mark)

    def read(self, node: Any, depth: int) -> Tree:
        self.nodes += 1
        mark = self.mark(node)
        if self.nodes > MAX_NODES or depth > MAX_DEPTH or id(node) in self.open:
            why = "nests too deeply" if depth > MAX_DEPTH or id(node) in self.open else "unfolds to too many values"
            raise ScenarioError(
                Problem(f"This scenario {why}. Try fewer aliases.", "", mark.file, mark.line, mark.column)
            )
        tag = str(node.tag or "")
        if not tag.startswith(_CORE) or "python" in tag:
            return self.refuse(node, f"A scenario holds plain data, but this has the tag `{tag[:60]}`. Leave it out.")
        self.open.add(id(node))
        try:
            if node.id == "mapping":
                return Tree(dict(self.pairs(node, depth)), mark, mark)
            if node.id == "sequence":
                return Tree([self.read(child, depth + 1) for child in node.value], mark, mark)
        finally:
            self.open.discard(id(node))
        return Tree(self.scalar(node), mark, mark)

    def pairs(self, node: Any, depth: int) -> Iterator[tuple[str, Tree]]:
        seen: dict[str, Mark] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self.refuse(key, "A name must be text, but this is a list or a mapping.")
                continue
            name, mark = str(key.value), self.mark(key)
            if name == "<<" and not key.style:
                self.refuse(key, "Merge keys (`<<`) are not read. Try `defaults` or a preset instead.")
                continue
            if name in seen:
                self.refuse(key, f"`{name}` stands twice in one mapping, first in line {seen[name].line}.")
                continue
            seen[name] = mark
            child = self.read(value, depth + 1)
            child.key = mark
            yield name, child

    def scalar(self, node: Any) -> Any:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">") or (str(node.tag) == _CORE + "str" and not _INTEGER.fullmatch(text)):
            return text
        if text in _NULLS:
            return None
        if text in _WORDS:
            return _WORDS[text]
        if _OCTAL.fullmatch(text):
            self.refuse(node, f'`{text}` without quotes is read as the number {int(text)}. Write "{text}".')
            return None
        if _INTEGER.fullmatch(text) and len(text) <= 400:
            return int(text)
        if _FLOAT.fullmatch(text) and len(text) <= 400:
            return float(text)
        if _SPECIAL.fullmatch(text):
            return float(text.replace(".", "", 1))
        return text
