"""The JSON Schema says of a file what the program says of it, as far as a schema can."""

from __future__ import annotations

from typing import Any

import pytest
from tests.scenario.files import GOOD

from bellpush.delivery.kinds import DELIVERIES
from bellpush.hardware.memory import MEMORIES
from bellpush.links.kinds import SCHEMES
from bellpush.scenario.presets import experiment, names
from bellpush.scenario.schema import schema
from bellpush.scenario.tree import plain

WHOLE = schema()


def allowed(data: Any, part: dict[str, Any]) -> bool:
    """Whether a value fits a part of the schema, by the few words of JSON Schema that ours uses."""
    if "$ref" in part:
        return allowed(data, WHOLE["$defs"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return any(allowed(data, one) for one in part["anyOf"])
    if "const" in part or "enum" in part:
        return data in (part.get("enum") or [part["const"]])
    kind = part.get("type")
    if kind == "object" and isinstance(data, dict):
        known = part.get("properties", {})
        more = part.get("additionalProperties", True)
        return set(part.get("required", [])) <= set(data) and all(
            allowed(value, known[key]) if key in known else more is not False and (more is True or allowed(value, more))
            for key, value in data.items()
        )
    if kind == "array" and isinstance(data, list):
        return all(allowed(one, part["items"]) for one in data) if "items" in part else True
    types: dict[Any, Any] = {"string": str, "number": (int, float), "integer": int, "null": type(None)}
    return kind is None or (kind in types and isinstance(data, types[kind]))


@pytest.mark.parametrize("preset", names("experiment"))
def test_published_experiments_fit_the_schema(preset):
    """An editor that underlines a correct file is switched off."""
    assert allowed(plain(experiment(preset)), WHOLE)


def test_a_part_of_a_node_may_leave_to_its_preset_what_it_does_not_change():
    """One field over a preset is no mistake; a field that no device has is one."""
    nodes = {"alice": {"preset": "emitter-nv", "device": {"collection": 0.13}}, "bob": {}}
    nodes["bob"] = {"preset": "nv-2018", "memory": {"time": "1 s"}}
    assert allowed({"nodes": nodes}, WHOLE)
    nodes["alice"]["device"] = {"colection": 0.13}
    assert not allowed({"nodes": nodes}, WHOLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [("400 ms", "0.4"), ("clocked,", "clock,"), ("attenuation", "atenuation"), ("1.0e-3", "text"), ("mixed", "01")],
)
def test_the_schema_sees_the_usual_mistakes(old, new):
    """That is what it is for: while typing, before running."""
    from ruamel.yaml import YAML

    good = YAML(typ="safe").load(GOOD)
    assert allowed(good, WHOLE)
    assert not allowed(YAML(typ="safe").load(GOOD.replace(old, new, 1)), WHOLE)


def test_an_override_beside_a_preset_fits_the_schema():
    """`time` alone fits several kinds of memory; the preset decides which."""
    node = {"preset": "nv-2018", "memory": {"time": "1 s"}}
    assert allowed({"nodes": {"alice": node}, "links": []}, WHOLE)
    assert "oneOf" not in str(WHOLE)


def test_every_kind_and_every_field_is_in_the_schema():
    """A new kind must not need a second place to be known."""
    for record in (*MEMORIES, *SCHEMES, *DELIVERIES):
        properties = WHOLE["$defs"][record.__name__]["properties"]
        assert set(properties) == set(record.model_fields)
        assert all("description" in properties[name] for name in record.words())
