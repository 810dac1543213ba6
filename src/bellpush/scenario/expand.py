"""From a scenario as written to one in which every preset and default stands written out."""

from __future__ import annotations

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.scenario import presets
from bellpush.scenario.paths import overlay, split
from bellpush.scenario.tree import Branch, Mark, Tree, copy

__all__ = ["expand"]


def expand(tree: Tree) -> Tree:
    """The same scenario with presets and `defaults` written out; every value keeps its mark.

    Raises:
        ScenarioError: presets that are not known, all of them.
    """
    if not isinstance(tree.value, dict):
        mark = tree.mark
        message = "A scenario must be a mapping with `nodes`, `links` and `requests`."
        raise ScenarioError(Problem(message, "", mark.file, mark.line, mark.column))
    tree = copy(tree)
    root: Branch = tree.value
    root.pop("summary", None)
    problems: list[Problem] = []
    defaults = root.pop("defaults", None)
    under: Branch = defaults.value if defaults is not None and isinstance(defaults.value, dict) else {}
    if defaults is not None:
        problems += _odd_defaults(defaults)
    sources: Branch = {}
    nodes = root.get("nodes")
    if nodes is not None and isinstance(nodes.value, dict):
        for name, node in nodes.value.items():
            path = f"nodes.{name}"
            try:
                lower = _device(under["node"], "defaults.node", path, sources) if "node" in under else None
                upper = _device(node, path, path, sources)
            except ScenarioError as error:
                problems += error.problems
                continue
            nodes.value[name] = upper if lower is None else overlay(lower, upper)
    links = root.get("links")
    if links is not None and isinstance(links.value, list) and "link" in under:
        links.value = [overlay(copy(under["link"]), link) for link in links.value]
    if problems:
        raise ScenarioError(problems)
    _keep_sources(root, sources)
    return tree


def _device(node: Tree, asked: str, path: str, sources: Branch) -> Tree:
    """A node with its preset written out; the preset's sources are noted under the node's path."""
    node = Tree({}, node.mark, node.key) if node.value is None else copy(node)
    if not isinstance(node.value, dict) or "preset" not in node.value:
        return node
    named = node.value.pop("preset")
    base = presets.device(named.value, named.mark, f"{asked}.preset")
    base.value.pop("summary", None)
    said = base.value.pop("sources", None)
    if said is not None:
        for key, source in said.value.items():
            sources[f"{path}.{key}"] = source
    return overlay(base, node)


def _keep_sources(root: Branch, sources: Branch) -> None:
    """Lay the presets' sources under those of the scenario itself."""
    if not sources:
        return
    own = root.get("sources")
    if own is not None and not isinstance(own.value, dict):
        return  # refused later, with its place
    written: Branch = {} if own is None else own.value
    names = {".".join(split(key)) for key in written}
    merged = {**{key: value for key, value in sources.items() if key not in names}, **written}
    root["sources"] = Tree(merged, Mark() if own is None else own.mark)


def _odd_defaults(defaults: Tree) -> list[Problem]:
    if not isinstance(defaults.value, dict):
        mark = defaults.mark
        return [Problem("`defaults` must be a mapping with `node` and `link`.", "defaults", mark.file, mark.line)]
    found = []
    for key, child in defaults.value.items():
        if key not in ("node", "link"):
            message = f"`defaults.{key}` is not a field. Try `defaults.node` or `defaults.link`."
        elif not isinstance(child.value, dict):
            message = f"`defaults.{key}` must be a mapping."
        else:
            continue
        found.append(Problem(message, f"defaults.{key}", child.key.file, child.key.line, child.key.column))
    return found
