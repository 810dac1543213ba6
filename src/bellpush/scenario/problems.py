"""From validation errors to problems a person can act on: what must hold, what was found, where, what to try."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError

from bellpush.ground.errors import Problem
from bellpush.ground.spec import Record, shown
from bellpush.hardware.node import Node
from bellpush.scenario import reserved
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.paths import TAGS, did_you_mean, find, name_of
from bellpush.scenario.tree import Tree, plain

__all__ = ["at", "at_key", "in_order", "problems", "unsupported"]


def problems(error: ValidationError, tree: Tree) -> tuple[list[Problem], list[Problem]]:
    """All that validation found: what is wrong, and what is right but not built."""
    wrong: list[Problem] = []
    unbuilt: list[Problem] = []
    for detail in error.errors(include_url=False):
        steps = _steps(detail["loc"], tree)
        if detail["type"] == "too_short" and _filled(tree, steps):
            continue  # only its entries are wrong, and each is reported
        if sentence := unsupported(detail, steps):
            unbuilt.append(at(tree, steps, sentence))
        else:
            wrong.append(_problem(detail, steps, tree))
    return wrong, unbuilt


def _filled(tree: Tree, steps: list[str | int]) -> bool:
    found = find(tree, steps)
    return found is not None and bool(found.value)


def at(tree: Tree, steps: Sequence[str | int], message: str) -> Problem:
    """A problem with the place of the value at `steps`, or of the nearest value above it."""
    found = find(tree, steps)
    mark = found.mark if found else None
    for length in range(len(steps) - 1, -1, -1):
        if mark is not None and mark.file:
            break
        above = find(tree, steps[:length])
        mark = above.mark if above else None
    path = called(tree, steps)
    if mark is None:
        return Problem(message.replace("{path}", path), path)
    return Problem(message.replace("{path}", path), path, mark.file, mark.line, mark.column)


def called(tree: Tree, steps: Sequence[str | int]) -> str:
    """A path as `--set` takes it; list items by name where they have one of their own."""
    parts: list[str] = []
    for position, step in enumerate(steps):
        above = find(tree, steps[:position])
        item = find(tree, steps[: position + 1])
        named = item is not None and isinstance(item.value, dict) and "name" in item.value
        if above is not None and isinstance(above.value, list) and named and item is not None:
            parts.append(name_of(item) or str(step))
        else:
            parts.append(str(step))
    return ".".join(parts)


def in_order(found: list[Problem], tree: Tree) -> list[Problem]:
    """Problems in the order of the file, then those of presets; one mistake in `defaults` is told once."""
    unique: dict[tuple[str, str], Problem] = {}
    for problem in found:
        told = problem.message.replace(problem.path, "") if problem.path and problem.line else problem.message
        unique.setdefault((told, problem.where), problem)
    return sorted(unique.values(), key=lambda p: (p.file != tree.mark.file, p.file, p.line, p.column))


def _steps(loc: tuple[str | int, ...], tree: Tree) -> list[str | int]:
    """The path in the data: a validation error's place without the names of union members."""
    steps: list[str | int] = []
    here: Tree | None = tree
    for position, step in enumerate(loc):
        value = here.value if here is not None else None
        if isinstance(value, dict):
            if isinstance(step, int) or step == "[key]":
                continue
            if step in value:
                here = value[step]
            elif any(tag in value and value[tag].value == step for tag in TAGS):
                continue
            elif position == len(loc) - 1:
                here = None
            else:
                continue
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            here = value[step]
        else:
            continue
        steps.append(step)
    return steps


def unsupported(detail: Any, steps: list[str | int]) -> str | None:
    """What is asked for is no mistake, but nothing built does it."""
    last = str(steps[-1]) if steps else ""
    if detail["type"] == "extra_forbidden" and last in reserved.FIELDS:
        return f"`{{path}}` cannot be answered yet. {reserved.FIELDS[last]}"
    if detail["type"] in ("union_tag_invalid", "literal_error"):
        tag = detail["ctx"].get("tag", detail["input"])
        field = next((str(s) for s in reversed(steps) if str(s) in reserved.KINDS), "")
        if isinstance(tag, str) and tag in reserved.KINDS.get(field, ()):
            built = str(detail["ctx"].get("expected_tags", detail["ctx"].get("expected", ""))).replace("'", "`")
            return f"No {field} of kind `{tag}` is built yet. Try {built}."
    return None


def _problem(detail: Any, steps: list[str | int], tree: Tree) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    found = find(tree, steps)
    value = plain(found) if found is not None else None
    if kind == "bellpush":
        problem = at(tree, steps, f"`{{path}}` {context['message']}")
        if fields := context.get("fields"):
            return _at_one_of(problem, tree, steps, fields)
        return at_key(problem, found) if detail["loc"][-1] == "[key]" else problem
    if kind == "missing":
        return at(tree, steps, "`{path}` must be given, but is missing.")
    if kind == "extra_forbidden":
        known = _fields(detail["loc"][:-1])
        if steps[-1] in known:  # a preset, or `defaults`
            return at(
                tree, steps, "`{path}` is written out when a scenario is read. Try setting the values themselves."
            )
        problem = at(tree, steps, f"`{{path}}` is not a field here. {did_you_mean(str(steps[-1]), known)}")
        return at_key(problem, found)
    if kind == "union_tag_invalid":
        known = [word.strip(" '") for word in context["expected_tags"].split(",")]
        message = f"`{{path}}` must be one of {', '.join(known)}, but is {shown(context['tag'])}. "
        tag = context["discriminator"].strip("'")
        return at(tree, [*steps, tag], message + did_you_mean(str(context["tag"]), known))
    if kind == "union_tag_not_found":
        tag = context["discriminator"].strip("'")
        return at(tree, steps, f"`{{path}}` must say its `{tag}`. {did_you_mean('', _kinds(detail['loc']))}")
    if kind == "literal_error":
        return at(tree, steps, f"`{{path}}` must be {context['expected']}, but is {shown(value)}.")
    wanted = {
        "model_type": "a mapping",
        "dict_type": "a mapping",
        "model_attributes_type": "a mapping",
        "tuple_type": "a list",
        "list_type": "a list",
        "string_type": "text",
    }.get(kind)
    if wanted:
        return at(tree, steps, f"`{{path}}` must be {wanted}, but is {shown(value)}.")
    if kind == "too_short":
        return at(tree, steps, "`{path}` must have at least one entry, but is empty.")
    if kind == "too_long":
        size = context["max_length"]
        return at(tree, steps, f"`{{path}}` must have at most {size} entries, but has {context['actual_length']}.")
    if kind == "string_too_long":
        size = context["max_length"]
        return at(tree, steps, f"`{{path}}` must have at most {size} characters, but has {len(str(value))}.")
    return at(tree, steps, f"`{{path}}` is not valid: {detail['msg']}.")


def _at_one_of(problem: Problem, tree: Tree, steps: Sequence[str | int], fields: Sequence[str]) -> Problem:
    """The same problem at the first of the fields that stands there, those of presets last."""
    marks = [found.mark for name in fields if (found := find(tree, [*steps, name])) is not None]
    marks.sort(key=lambda mark: mark.file.startswith("preset "))
    if not marks:
        return problem
    return replace(problem, file=marks[0].file, line=marks[0].line, column=marks[0].column)


def at_key(problem: Problem, found: Tree | None) -> Problem:
    """The same problem at the name under which the value stands."""
    if found is None or not found.key.file:
        return problem
    return replace(problem, file=found.key.file, line=found.key.line, column=found.key.column)


def _fields(loc: tuple[str | int, ...]) -> list[str]:
    """The fields that may stand at a place of the scenario."""
    here = _walk(loc)
    if not (isinstance(here, type) and issubclass(here, Record)):
        return []
    resolved: dict[type[Record], list[str]] = {ScenarioFile: ["defaults"], Node: ["preset"]}
    return [*here.model_fields, *resolved.get(here, [])]


def _kinds(loc: tuple[str | int, ...]) -> list[str]:
    """The kinds that may stand at a place of the scenario."""
    return [_kind(member) for member in _members(_walk(loc))]


def _walk(loc: tuple[str | int, ...]) -> Any:
    """The type at the place of a validation error."""
    here: Any = ScenarioFile
    for step in loc:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, Record):
            if step not in here.model_fields:
                return None
            here = here.model_fields[str(step)].annotation
        elif get_origin(here) in (tuple, list):
            arguments = get_args(here)
            here = arguments[0]
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        else:
            here = next((member for member in _members(here) if _kind(member) == step), None)
    return _bare(here)


def _bare(annotation: Any) -> Any:
    """A type without its metadata and without the None of an optional field."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    members = [a for a in get_args(annotation) if a is not type(None)] if _is_union(annotation) else []
    return _bare(members[0]) if len(members) == 1 else annotation


def _members(annotation: Any) -> list[Any]:
    return list(get_args(annotation)) if _is_union(annotation) else []


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _kind(member: Any) -> str:
    fields = getattr(member, "model_fields", {})
    return next((str(fields[tag].default) for tag in TAGS if tag in fields), "")
