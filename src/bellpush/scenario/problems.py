"""From validation errors to problems a person can act on: what must hold, what was found, where, what to try."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError

from bellpush.ground.errors import Problem
from bellpush.ground.spec import Record, shown
from bellpush.scenario import reserved
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.paths import did_you_mean, find, name_of
from bellpush.scenario.tree import Tree, plain

__all__ = ["at", "problems", "unsupported"]


def problems(error: ValidationError, tree: Tree) -> tuple[list[Problem], list[Problem]]:
    """All that validation found: what is wrong, and what is right but not built."""
    wrong: list[Problem] = []
    unbuilt: list[Problem] = []
    for detail in error.errors(include_url=False):
        steps = _steps(detail["loc"], tree)
        if sentence := unsupported(detail, steps):
            unbuilt.append(at(tree, steps, sentence))
        else:
            wrong.append(_problem(detail, steps, tree))
    return _ordered(wrong), _ordered(unbuilt)


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


def _ordered(found: list[Problem]) -> list[Problem]:
    unique = {(p.message, p.where): p for p in found}
    return sorted(unique.values(), key=lambda p: (p.file, p.line, p.column))


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
            elif "kind" in value and value["kind"].value == step:
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
        return at(tree, steps, f"`{{path}}` {context['message']}" if steps else f"The scenario {context['message']}")
    if kind == "missing":
        return at(tree, steps, "`{path}` must be given, but is missing.")
    if kind == "extra_forbidden":
        known = _fields(detail["loc"][:-1])
        found_at = at(tree, steps, f"`{{path}}` is not a field here. {did_you_mean(str(steps[-1]), known)}")
        key = found.key if found is not None else None
        if key is not None and key.file:
            return Problem(found_at.message, found_at.path, key.file, key.line, key.column)
        return found_at
    if kind == "union_tag_invalid":
        known = [word.strip(" '") for word in context["expected_tags"].split(",")]
        message = f"`{{path}}` must be one of {', '.join(known)}, but is {shown(context['tag'])}. "
        return at(tree, [*steps, "kind"], message + did_you_mean(str(context["tag"]), known))
    if kind == "union_tag_not_found":
        return at(tree, steps, f"`{{path}}` must say its `kind`. {did_you_mean('', _kinds(detail['loc']))}")
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
    if kind in ("too_short", "too_long"):
        size = f"{context.get('min_length', context.get('max_length'))}"
        least = "at least" if kind == "too_short" else "at most"
        return at(tree, steps, f"`{{path}}` must have {least} {size} entries, but has {context['actual_length']}.")
    return at(tree, steps, f"`{{path}}` is not valid: {detail['msg']}.")


def _fields(loc: tuple[str | int, ...]) -> list[str]:
    """The fields that may stand at a place of the scenario."""
    here = _walk(loc)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, Record) else []


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
    return str(fields["kind"].default) if "kind" in fields else ""
