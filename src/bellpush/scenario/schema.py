"""The JSON Schema of scenario files."""

from __future__ import annotations

from typing import Any, get_args

from bellpush.ground.spec import Record
from bellpush.hardware.device import Transmon
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import MEMORIES
from bellpush.hardware.node import Node
from bellpush.scenario.model import LinkFile, ScenarioFile
from bellpush.scenario.network import Network
from bellpush.scenario.presets import names

__all__ = ["schema"]


def schema() -> dict[str, Any]:
    """What an editor needs to check and complete a scenario file.

    Presets and `defaults` are resolved before a scenario is checked, so they are added here: where a preset or a
    default may fill a field in, the field is not required.
    """
    made = ScenarioFile.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "bellpush scenario"
    parts = made["$defs"]
    node, link = parts[Node.__name__], parts[LinkFile.__name__]
    node["properties"]["preset"] = {
        "enum": list(names("device")),
        "description": "a known device; the rest overrides it",
    }
    link.pop("required", None)
    of_nodes: tuple[type[Record], ...] = (Transmon, Emitter, *MEMORIES)
    for part in of_nodes:  # a preset of a node may hold the rest
        parts[part.__name__].pop("required", None)
    row = link["properties"]["channel"]
    link["properties"]["channel"] = one = {"anyOf": [row["items"], row]}
    link["properties"]["channels"] = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    defaults = {"node": {"$ref": f"#/$defs/{Node.__name__}"}, "link": {"$ref": f"#/$defs/{LinkFile.__name__}"}}
    made["properties"]["defaults"] = {
        "type": "object",
        "description": "merged under every node and link",
        "additionalProperties": False,
        "properties": defaults,
    }
    network = Network.model_json_schema()["properties"]
    network["kind"] = {"const": "chain"}
    for name, part in (("node", Node), ("ends", Node), ("link", LinkFile)):
        network[name] = {"$ref": f"#/$defs/{part.__name__}"}
    for name, part in (("nodes", Node), ("links", LinkFile)):
        network[name] = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{part.__name__}"}}
    for name, text in Network.words().items():
        network[name]["description"] = " ".join(text.split())
    made["properties"]["network"] = {
        "type": "object",
        "description": "nodes n0, n1, ... in a row and the links between them, instead of `nodes` and `links`",
        "additionalProperties": False,
        "required": ["kind", "segments"],
        "properties": network,
    }
    made.pop("required", None)  # nodes and links, or a network
    for record in _records(ScenarioFile):
        properties = parts[record.__name__]["properties"] if record is not ScenarioFile else made["properties"]
        for name, text in record.words().items():
            properties[name]["description"] = " ".join(text.split())
    _loosen(made)
    return made


def _loosen(part: Any) -> None:
    """Beside a preset a mapping may leave its `kind` out and then fit several kinds, in place."""
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _loosen(child)
    if isinstance(part, dict) and isinstance(part.get("oneOf"), list):
        part["anyOf"] = part.pop("oneOf")


def _records(root: type[Record]) -> set[type[Record]]:
    """A record and all records its fields can hold."""
    found: set[type[Record]] = set()
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, Record):
            if one not in found:
                found.add(one)
                waiting += [field.annotation for field in one.model_fields.values()]
        else:
            waiting += get_args(one)
    return found
