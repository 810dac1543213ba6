"""Reference pages in Markdown: what there is, read off the program itself, so that no page can be out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bellpush.delivery.kinds import DELIVERIES, POLICIES
from bellpush.design.scan import UNITS
from bellpush.engines.kinds import ENGINES
from bellpush.experiments.weigh import Weighed, weigh
from bellpush.ground.spec import Record
from bellpush.ground.units import COMMON, readable
from bellpush.hardware.channel import CHANNELS
from bellpush.hardware.memory import MEMORIES
from bellpush.links.kinds import SCHEMES
from bellpush.report.record import DIMENSIONS, HOMES, cell, flat, kind_of, sections, table
from bellpush.scenario import presets, reserved
from bellpush.scenario.load import load
from bellpush.scenario.model import ENGINE_NAMES, ScenarioFile
from bellpush.scenario.network import Network
from bellpush.scenario.tree import Mark, plain

__all__ = ["PAGES", "commands"]

PRINTED = "*Printed by the program; the tests compare it with what the program says now.*"


def commands(app: Any) -> str:
    """Every command with its options.

    Args:
        app: the group of commands that the command line is made of.
    """
    parts = [
        "Each command says the same with `--help`. `WHAT` is a scenario file (it has a suffix or a slash) or the name "
        "of a [preset](presets.md); `PATH` names a value as in `links.0.channel.length`, list items by index or name.",
        "Exit status: 0 done; 2 the command line or the scenario is wrong; 3 nothing built can do what is asked; 4 the "
        "numerics did not converge, or engines do not agree; 5 a folder or a store of results refused; 130 "
        "interrupted.",
    ]
    for name, command in app.commands.items():
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        usage = [one.metavar or one.name.upper() for one in arguments]
        usage = [word if one.required else f"[{word}]" for word, one in zip(usage, arguments, strict=True)]
        needed = [f"{one.opts[0]} {one.metavar}" for one in command.params if one.required and one not in arguments]
        rows = [[_shape(one), cell(one.help or ""), _given(one)] for one in command.params]
        line = " ".join([f"bellpush {name}", *usage, *needed, "[OPTIONS]" if len(rows) > len(usage + needed) else ""])
        parts += [f"## {name}", cell(command.help), f"```text\n{line.strip()}\n```"]
        parts += [table(["", "meaning", "if not given"], rows)] if rows else []
    rows = [[f"`{kind}.NAME.{key}`", unit] for kind, units in UNITS.items() for key, unit in units.items()]
    parts += [
        "## Quantities",
        "What `sweep`, `optimise` and `--at-least` can be asked for. `NAME` is that of the request or the link; bounds "
        "of a quantity are values with these units.",
        table(["path", "unit"], rows),
    ]
    return page("Commands", parts)


def _shape(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{param.metavar or param.name.upper()}`"
    return f"`{param.opts[0]}`" if param.default is False else f"`{param.opts[0]} {param.metavar or 'TEXT'}`"


def _given(param: Any) -> str:
    if param.required:
        return "required"
    return "" if param.default in (None, False) else f"{param.default}"


def scenario() -> str:
    """Every field of a scenario file."""
    units = [[DIMENSIONS[unit], ", ".join(f"`{name}`" for name in known)] for unit, known in COMMON.items()]
    kept = [[f"`{name}`", cell(instead)] for name, instead in reserved.FIELDS.items()]
    kept += [[f"`{field}: {kind}`", ""] for field, kinds in reserved.KINDS.items() for kind in kinds]
    parts = [
        "A scenario is one file, YAML or JSON. A number with a dimension is written with its unit, in any multiple: "
        "`5.5 us`. Two more fields are resolved before anything else is checked: `preset` in a node names a "
        "[device](presets.md), over which the rest of the node is laid; `defaults: {node: {...}, link: {...}}` lies "
        "beneath every node and every link. A mapping of the same `kind`, or of none, is merged; another `kind` "
        "replaces the whole mapping. A [network](#chain) "
        "stands for the nodes and links of a chain. The guide [Write a scenario](../guides/scenario.md) shows how.",
        *sections([ScenarioFile, Network], "scenario.md"),
        "## Units",
        "The most frequent; others of the same dimension, such as `min`, are read as well.",
        table(["dimension", "units"], units),
        "## Kept free",
        "Words that mean something to come. A scenario that uses one ends with exit status 3.",
        table(["word", "what can be written today"], kept),
    ]
    return page("Scenario files", parts)


def kinds(title: str, about: str, listed: Sequence[type[Record]]) -> str:
    """All kinds of one part: a list, then each with its fields."""
    home = HOMES[listed[0]]
    rows = [[f"[`{kind_of(kind)}`](#{kind_of(kind)})", cell(getattr(kind, "summary", ""))] for kind in listed]
    return page(title, [about, table(["kind", "in a few words"], rows), *sections(listed, home)])


def engines() -> str:
    """Every engine, and those that are only a name so far."""
    built = {engine.name for engine in ENGINES}
    rows = [[f"`{engine.name}`", cell(engine.summary), cell(type(engine).__doc__ or "")] for engine in ENGINES]
    parts = [
        "Asked for by `--engine NAME` or by `run: {engine: NAME}`. `auto`, the default, takes the first of these that "
        "accepts the scenario. How they work stands in [Engines](../background/engines.md).",
        table(["name", "how", "in detail"], rows),
    ]
    if missing := [f"`{name}`" for name in ENGINE_NAMES if name != "auto" and name not in built]:
        parts.append(f"Kept free for later: {', '.join(missing)}.")
    return page("Engines", parts)


def named() -> str:
    """Every preset with the numbers in it, and how each is known."""
    parts = [
        "An experiment is a whole scenario: `bellpush run NAME`, or `bellpush new FILE --from NAME` for a copy to "
        "edit. A device is a node: `alice: {preset: NAME}`. What a standing means is said in "
        "[What a number means](../background/honesty.md#standing).",
    ]
    devices = {one.name: plain(presets.device(one.name, Mark(), "preset")) for one in presets.summary("device")}
    experiments = {one.name: load(one.name).to_dict() for one in presets.summary("experiment")}
    for kind, data in (("experiment", experiments), ("device", devices)):
        parts.append(f"## {kind.capitalize()}s")
        for one in presets.summary(kind):
            rows = [[f"`{path}`", cell(text), said] for path, text, said in _values(data[one.name])]
            parts += [
                f"### {one.name}",
                cell(one.summary[:1].upper() + one.summary[1:]) + ".",
                table(["path", "value", "standing and source"], rows),
            ]
    return page("Presets", parts)


def claims() -> str:
    """Every published claim beside ours, with the verdict and why."""
    parts = [
        "What `bellpush validate` weighs. The standing in the third column is that of the published number; what ours "
        "rests on is said beneath. Read [How far can I trust it?](../guides/published-claims.md) first.",
    ]
    rows = weigh()
    for experiment in dict.fromkeys(row.experiment for row in rows):
        mine = [row for row in rows if row.experiment == experiment]
        table_rows = [
            [cell(row.claim.name), _published(row), row.claim.standing, _ours(row), row.verdict] for row in mine
        ]
        parts += [f"## {experiment}", table(["claim", "published", "standing", "ours", "verdict"], table_rows)]
        for row in mine:
            inputs = f"; our inputs: {row.standing}" if row.inputs or row.ours is not None else ""
            parts.append(f"**{cell(row.claim.name)}** ({cell(row.claim.source)}{inputs}). {cell(_sentence(row.why))}")
    return page("Published claims", parts)


PAGES: dict[str, Callable[[], str]] = {
    "scenario": scenario,
    "schemes": lambda: kinds(
        "Link schemes",
        "How one attempt at a link tries to make a pair: `scheme: {kind: ..., ...}` in a link. An attempt is "
        "independent of the others. A new one is a file and a line ([how](../guides/link-scheme.md)).",
        SCHEMES,
    ),
    "memories": lambda: kinds(
        "Memories",
        "How one stored qubit ages: `memory: {kind: ..., ...}` in a node. A pair ages in both its memories. In the "
        "physical basis |1> is the bright, excited state.",
        MEMORIES,
    ),
    "channels": lambda: kinds(
        "Channels", "What lies between two nodes: `channel: {kind: ..., ...}` in a link, or a list of them.", CHANNELS
    ),
    "deliveries": lambda: kinds(
        "Deliveries",
        "When something is handed over, and what if there is no pair: `delivery: {kind: ..., ...}` in a request. "
        "[What is on demand?](../guides/on-demand.md) says which to choose, and "
        "[Delivery](../background/clocked-delivery.md) what each gives.",
        DELIVERIES,
    ),
    "policies": lambda: kinds(
        "Policies",
        "How a request is served: `policy: {kind: ..., ...}` in a request. Over a route of several links a policy says "
        "when nodes swap, when stored pairs are dropped, and what is distilled. [Repeaters](../guides/repeaters.md) "
        "says which to choose.",
        POLICIES,
    ),
    "presets": named,
    "engines": engines,
    "claims": claims,
}
"""Name of a page -> what prints it. `commands` needs the command line and is not among them."""


def page(title: str, parts: Sequence[str]) -> str:
    """A page of Markdown."""
    return "\n\n".join([f"# {title}", PRINTED, *parts]) + "\n"


def _values(data: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every value of a preset by path, with its standing and source."""
    sources = {_named(data, path): said for path, said in data.get("sources", {}).items()}
    for top in ("device", "memory", "qubits", "swap", "nodes", "links", "requests"):
        for path, text in _leaves(data[top], top) if top in data else ():
            covers = [key for key in sources if path == key or path.startswith(f"{key}.")]
            said = sources[max(covers, key=len)] if covers else {}
            known = [said.get("standing", ""), cell(flat(said.get("source", "")))]
            yield path, text, ": ".join(word for word in known if word)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}")
    elif isinstance(value, list) and any(isinstance(child, dict) for child in value):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}.{child.get('name', index)}")
    elif isinstance(value, list):
        yield path, ", ".join(str(child) for child in value)
    else:
        yield path, str(value)


def _named(data: dict[str, Any], path: str) -> str:
    """A path with list items by name, where they have one."""
    top, _, rest = path.partition(".")
    index, _, below = rest.partition(".")
    item = data[top][int(index)] if index.isdigit() and isinstance(data.get(top), list) else {}
    return f"{top}.{item['name']}.{below}" if "name" in item else path


def _published(row: Weighed) -> str:
    claim = row.claim
    text = ("> " if claim.relation == "greater" else "") + readable(claim.published, claim.unit)
    return cell(text if claim.uncertainty is None else f"{text} ± {readable(claim.uncertainty, claim.unit)}")


def _ours(row: Weighed) -> str:
    return "–" if row.ours is None else readable(row.ours, row.claim.unit)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
