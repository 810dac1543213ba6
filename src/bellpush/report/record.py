"""Records as sections of Markdown: what each field takes, what holds if it is not given, and what it means."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import WithJsonSchema

from bellpush.delivery.kinds import DELIVERIES, POLICIES
from bellpush.ground.spec import LEAST, MOST, PerEndReal, Real, Record
from bellpush.ground.units import readable
from bellpush.hardware.channel import CHANNELS
from bellpush.hardware.memory import MEMORIES
from bellpush.links.kinds import SCHEMES
from bellpush.scenario.model import Name
from bellpush.scenario.paths import TAGS

__all__ = ["DIMENSIONS", "HOMES", "cell", "flat", "kind_of", "sections", "table"]

# Kinds with a page of their own.
HOMES: dict[type[Record], str] = {
    **dict.fromkeys(SCHEMES, "schemes.md"),
    **dict.fromkeys(MEMORIES, "memories.md"),
    **dict.fromkeys(CHANNELS, "channels.md"),
    **dict.fromkeys(DELIVERIES, "deliveries.md"),
    **dict.fromkeys(POLICIES, "policies.md"),
}
DIMENSIONS = {"s": "time", "m": "length", "rad": "angle", "Hz": "frequency", "m/s": "speed", "dB/m": "loss per length"}


def sections(roots: Sequence[type[Record]], home: str) -> Iterator[str]:
    """A section for each record and for those that only its fields lead to; what several lead to comes last."""
    inner = {root: list(_beneath(root, "")) for root in roots}
    held = [record for found in inner.values() for record, _ in found]
    shared = {record: field for found in inner.values() for record, field in found if held.count(record) > 1}
    for root in roots:
        yield from _section(root, _title(root), 2, home)
        for record, field in inner[root]:
            if record not in shared:
                yield from _section(record, _title(record, field), 3 if len(roots) > 1 else 2, home)
    for record, field in shared.items():
        yield from _section(record, _title(record, field), 2, home)


def _section(record: type[Record], title: str, level: int, home: str) -> Iterator[str]:
    words, rows = record.words(), []
    for name, field in record.model_fields.items():
        if name not in TAGS:
            said = words.get(name) or _what([one for one in _records(field.annotation) if one not in HOMES])
            takes = _takes(field.annotation, field.metadata, name, home)
            rows.append([f"`{name}`", takes, _default(record, name), cell(flat(said))])
    yield f"{'#' * level} {title}"
    yield from _about(record)
    if rows:
        yield table(["field", "takes", "if not given", "meaning"], rows)


def _beneath(record: type[Record], field: str) -> Iterator[tuple[type[Record], str]]:
    """The records that a record's fields lead to and that have no page of their own, each with its field."""
    done = set()
    for name, one in record.model_fields.items():
        for inner in _records(one.annotation):
            if inner not in HOMES and inner not in done:
                done.add(inner)
                yield inner, name
                yield from _beneath(inner, name)


def _about(record: type[Record]) -> Iterator[str]:
    """What a record says of itself, without its examples."""
    paragraphs = [text for text in re.split(r"\n\s*\n", record.__doc__ or "") if not text.lstrip().startswith(">>>")]
    for text in paragraphs:
        named = re.split(r"^\s*(Models|Holds when|Formula|Source): ", text, flags=re.MULTILINE)
        if named[0].strip():
            yield _linked(cell(flat(named[0])))
        pairs = zip(named[1::2], named[2::2], strict=True)
        if points := [f"- **{name}:** {_linked(cell(flat(said)))}" for name, said in pairs]:
            yield "\n".join(points)


def _takes(annotation: Any, metadata: Sequence[Any], name: str, home: str) -> str:
    """What a field takes, in words."""
    for one in metadata:
        if isinstance(one, Real):
            return _real(one)
        if isinstance(one, PerEndReal):
            return f"{_real(one.each)}; one for both ends or a list of two"
        if isinstance(one, WithJsonSchema):
            return _choices((one.json_schema or {}).get("enum", []))
        if type(annotation) is type and annotation is int and hasattr(one, "low"):
            return f"whole number, at least {one.low}"
    if annotation == Name:
        return "name"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _takes(args[0], args[1:], name, home)
    if origin is Literal:
        return _choices(args)
    if origin in (Union, types.UnionType):
        rest = [one for one in args if one is not type(None)]
        found = [_takes(one, (), name, home) for one in rest]
        return found[0] if len(found) == 1 else " or ".join(", ".join(found).rsplit(", ", 1))
    if origin is tuple and args[-1] is Ellipsis:
        one = _takes(args[0], (), name, home)
        return "list of names" if one == "name" else f"list of {one}"
    if origin is tuple:
        return f"list of {len(args)}, each {_takes(args[0], (), name, home)}"
    if origin is dict:
        return f"mapping: {_takes(args[0], (), name, home)} to {_takes(args[1], (), name, home)}"
    if isinstance(annotation, type) and issubclass(annotation, Record):
        title = _title(annotation, name)
        place = HOMES.get(annotation, "")
        slug = (
            kind_of(annotation) if annotation in HOMES else re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
        )
        return f"[{kind_of(annotation) or title.lower()}]({place if place != home else ''}#{slug})"
    return {str: "text", bool: "true or false", int: "whole number", float: "number"}.get(annotation, "anything")


def _real(real: Real) -> str:
    noun = f"{DIMENSIONS[real.unit]} [{real.unit}]" if real.unit else "number"
    ends = (("above", real.above), ("at least", real.low), ("at most", real.high), ("below", real.below))
    told = {word: bound for word, bound in ends if math.isfinite(bound) and abs(bound) not in (MOST, LEAST)}
    bounds = [f"{word} {bound:.9g}" for word, bound in told.items()]
    if "at least" in told and "at most" in told:
        bounds = [f"from {real.low:.9g} to {real.high:.9g}"]
    return f"{noun} {', '.join(bounds)}".strip()


def _default(record: type[Record], name: str) -> str:
    """What holds where a field is not given."""
    field = record.model_fields[name]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Record):
        return f"`{kind_of(type(value))}`" if kind_of(type(value)) else "its defaults"
    if value is None or value in ((), {}, ""):
        return "" if value in (None, "") else "none"
    if isinstance(value, tuple) and len(set(value)) == 1:
        value = value[0]
    unit = next((one.unit for one in field.metadata if isinstance(one, Real)), "")
    return f"`{readable(value, unit, 9) if isinstance(value, float) else value}`"


def _records(annotation: Any) -> list[type[Record]]:
    """The records that a field can hold."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [record for one in get_args(annotation) for record in _records(one)]


def _what(records: Sequence[type[Record]]) -> str:
    """The first sentence that the one record of a field says of itself."""
    said = (records[0].__doc__ or "").split("\n", 1)[0].rstrip(".") if len(records) == 1 else ""
    return said[:1].lower() + said[1:]


def kind_of(record: type[Record]) -> str:
    return next((str(record.model_fields[tag].default) for tag in TAGS if tag in record.model_fields), "")


def _title(record: type[Record], field: str = "") -> str:
    """The heading of a record: its kind, with the field that holds it, or its own name."""
    if kind := kind_of(record):
        return f"{field}: {kind}" if field and record not in HOMES else kind
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", record.__name__.removesuffix("File"))
    return words[:1] + words[1:].lower()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown; cells are Markdown already."""
    lines = [list(heads), ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(text: str) -> str:
    """Plain text as Markdown, also within a table; what stands between backticks is code."""
    parts = text.split("`")
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"([\\*_<>$\[\]|^~])", r"\\\1", parts[index])
    return "`".join(parts)


def _choices(values: Sequence[Any]) -> str:
    return ", ".join(f'`"{value}"`' if str(value).isdigit() else f"`{value}`" for value in values)


def flat(text: str) -> str:
    return " ".join(text.split())


def _linked(text: str) -> str:
    """Pages of the documentation as links."""
    return re.sub(r"docs/(background|guides)/([\w-]+)\.md", r"[\2](../\1/\2.md)", text)
