"""Scenario text as a tree in which every value knows where it stands.

YAML 1.2 is read by ruamel.yaml up to its node graph; from there on only plain data is built: no tags, no objects, and
a bound on what aliases may unfold to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bellpush.ground.errors import Problem, ScenarioError

__all__ = ["Branch", "Mark", "Tree", "copy", "grow", "parse", "plain", "read"]

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


def grow(data: Any, mark: Mark, path: tuple[str, ...] = ()) -> Tree:
    """A tree of plain Python data, all of it standing at `mark`. Tuples and numpy's arrays and numbers are welcome.

    Args:
        data: what a scenario may hold.
        mark: where it stands.
        path: its steps, for messages.

    Raises:
        ScenarioError: the data holds something a scenario file could not.
    """

    def refuse(sentence: str) -> ScenarioError:
        place = ".".join(path)
        subject = f"`{place}`" if place else "A scenario"
        return ScenarioError(Problem(f"{subject} {sentence}", place, mark.file, mark.line, mark.column))

    if len(path) > MAX_DEPTH:
        top = ".".join(path[:3])
        raise ScenarioError(Problem(f"`{top}` must not be nested deeper than {MAX_DEPTH} levels.", top, mark.file))
    if type(data).__module__.partition(".")[0] == "numpy" and hasattr(data, "tolist"):
        data = data.tolist()
    if isinstance(data, Mapping):
        for key in data:
            if not isinstance(key, str):
                raise refuse(f"must have text as names, but one is {key!r:.40}. Try {str(key)[:40]!r}.")
            if not _encodable(key):
                raise refuse("must have names of whole characters, but one holds half a one.")
        return Tree({str(key): grow(value, mark, (*path, key)) for key, value in data.items()}, mark, mark)
    if isinstance(data, list | tuple):
        return Tree([grow(value, mark, (*path, str(i))) for i, value in enumerate(data)], mark, mark)
    if data is None or isinstance(data, bool):
        return Tree(data, mark, mark)
    if isinstance(data, str) and not _encodable(data):
        raise refuse("must be made of whole characters, but holds half a one. Leave it out.")
    for plain_type in (str, int, float):
        if isinstance(data, plain_type):
            return Tree(plain_type(data), mark, mark)
    raise refuse(f"must hold text, numbers, lists and mappings, but holds a {type(data).__name__}.")


def _encodable(text: str) -> bool:
    """Whether the text holds no half of a character, which could not be printed."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def parse(text: str | bytes, file: str) -> Tree:
    """The tree of a YAML (or JSON) text that must be right in every respect; see `read`.

    Raises:
        ScenarioError: with everything that is wrong with it.
    """
    tree, problems = read(text, file)
    if problems:
        raise ScenarioError(problems)
    return tree


def read(text: str | bytes, file: str) -> tuple[Tree, list[Problem]]:
    """The tree of a YAML (or JSON) text, and what is wrong with single values: duplicate keys, tags, numbers like 01.

    Raises:
        ScenarioError: the text as a whole cannot be read: it is too large, no YAML 1.2, or unfolds without measure.
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
        before = text[: getattr(error, "position", 0)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ScenarioError(Problem(f"This is not valid YAML: {message}.", "", file, line, column)) from None
    if len(documents) != 1 or documents[0] is None:
        found = "is empty" if len(documents) < 2 else f"has {len(documents)}"
        raise ScenarioError(Problem(f"A scenario file must hold one document, but {found}.", file=file))
    reader = _Reader(file)
    tree = reader.read(documents[0], 0)
    return tree, reader.problems


_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_OCTAL = re.compile(r"[-+]?0\d+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = ("", "~", "null", "Null", "NULL")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CORE = "tag:yaml.org,2002:"


def _whole(text: str) -> str:
    """Text with the two halves of a character joined; a UnicodeError if one half stands alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


class _Reader:
    """From the node graph to a tree of plain data; collects what is wrong instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.nodes = 0
        self.open: set[int] = set()
        self.path: list[str] = []

    def mark(self, node: Any) -> Mark:
        return Mark(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def refuse(self, node: Any, message: str) -> Tree:
        mark = self.mark(node)
        self.problems.append(Problem(message, ".".join(self.path), mark.file, mark.line, mark.column))
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
                return Tree([self.below(str(i), child, depth) for i, child in enumerate(node.value)], mark, mark)
        finally:
            self.open.discard(id(node))
        return Tree(self.scalar(node), mark, mark)

    def below(self, step: str, node: Any, depth: int) -> Tree:
        self.path.append(step)
        child = self.read(node, depth + 1)
        self.path.pop()
        return child

    def pairs(self, node: Any, depth: int) -> Iterator[tuple[str, Tree]]:
        seen: dict[str, Mark] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self.refuse(key, "A name must be text, but this is a list or a mapping.")
                continue
            name, mark = self.text(key), self.mark(key)
            if name == "<<" and not key.style:
                self.refuse(key, "Merge keys (`<<`) are not read. Try `defaults` or a preset instead.")
                continue
            if name in seen:
                self.path.append(name)
                self.refuse(key, f"`{name}` stands twice in one mapping, first in line {seen[name].line}.")
                self.path.pop()
                continue
            seen[name] = mark
            child = self.below(name, value, depth)
            child.key = mark
            yield name, child

    def text(self, node: Any) -> str:
        """The text of a scalar; JSON writes a character beyond 16 bits as two halves, which are joined."""
        try:
            return _whole(str(node.value))
        except UnicodeError:
            self.refuse(node, "Text must be made of whole characters, but this holds half a one. Leave it out.")
            return ""

    def scalar(self, node: Any) -> Any:
        text = self.text(node)
        if node.style in ("'", '"', "|", ">") or (str(node.tag) == _CORE + "str" and not _INTEGER.fullmatch(text)):
            return text
        if text in _NULLS:
            return None
        if text in _WORDS:
            return _WORDS[text]
        if _OCTAL.fullmatch(text):
            self.refuse(
                node, f'`{text}` without quotes is read as the number {int(text)}. Write "{text}", or {int(text)}.'
            )
            return text
        if _INTEGER.fullmatch(text) and len(text) <= 400:
            return int(text)
        if _FLOAT.fullmatch(text) and len(text) <= 400:
            return float(text)
        if _SPECIAL.fullmatch(text):
            return float(text.replace(".", "", 1))
        return text
