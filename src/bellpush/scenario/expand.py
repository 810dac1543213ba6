"""From a scenario as written to one in which every preset and default stands written out."""

from __future__ import annotations

from bellpush.ground.errors import Problem, ScenarioError
from bellpush.ground.spec import shown
from bellpush.scenario import presets
from bellpush.scenario.network import written_out
from bellpush.scenario.paths import did_you_mean, overlay, split
from bellpush.scenario.tree import Branch, Mark, Tree, copy, plain

__all__ = ["expand"]


def expand(tree: Tree) -> tuple[Tree, list[Problem]]:
    """The same scenario with its network, presets and `defaults` written out, and what is wrong with those.

    Every value keeps its mark. A node whose preset is not known is left as it is, so that the rest can be checked.

    Raises:
        ScenarioError: the scenario is no mapping, or how many nodes its network has cannot be told.
    """
    if not isinstance(tree.value, dict):
        mark = tree.mark
        message = f"A scenario must be a mapping with `nodes`, `links` and `requests`, but is {shown(plain(tree))}."
        raise ScenarioError(Problem(message, "", mark.file, mark.line, mark.column))
    tree = copy(tree)
    root: Branch = tree.value
    problems: list[Problem] = written_out(root)
    defaults = root.pop("defaults", None)
    under: Branch = {}
    if defaults is not None:
        problems += _odd_defaults(defaults)
        if isinstance(defaults.value, dict):
            under = {key: child for key, child in defaults.value.items() if isinstance(child.value, dict)}
    sources: Branch = {}
    nodes = root.get("nodes")
    if nodes is not None and isinstance(nodes.value, dict):
        for name, node in nodes.value.items():
            path = f"nodes.{name}"
            lower = _device(under["node"], "defaults.node", path, sources, problems) if "node" in under else None
            upper = _device(node, path, path, sources, problems)
            nodes.value[name] = upper if lower is None else overlay(lower, upper)
    links = root.get("links")
    if links is not None and isinstance(links.value, list) and "link" in under:
        links.value = [overlay(copy(under["link"]), link) for link in links.value]
    _keep_sources(root, sources)
    return tree, list(dict.fromkeys(problems))


def _device(node: Tree, asked: str, path: str, sources: Branch, problems: list[Problem]) -> Tree:
    """A node with its preset written out; the preset's sources are noted under the node's path."""
    node = Tree({}, node.mark, node.key) if node.value is None else copy(node)
    if not isinstance(node.value, dict) or "preset" not in node.value:
        return node
    named = node.value.pop("preset")
    try:
        base = presets.device(named.value, named.mark, f"{asked}.preset")
    except ScenarioError as error:
        problems += error.problems
        return node
    said = base.value.pop("sources", None)
    for key, source in said.value.items() if said is not None else ():
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
        mark, what = defaults.mark, shown(plain(defaults))
        message = f"`defaults` must be a mapping with `node` and `link`, but is {what}."
        return [Problem(message, "defaults", mark.file, mark.line, mark.column)]
    found = []
    for key, child in defaults.value.items():
        path = f"defaults.{key}"
        if key not in ("node", "link"):
            message, mark = f"`{path}` is not a field here. {did_you_mean(key, ['node', 'link'])}", child.key
        elif not isinstance(child.value, dict):
            message, mark = f"`{path}` must be a mapping, but is {shown(plain(child))}.", child.mark
        else:
            continue
        found.append(Problem(message, path, mark.file, mark.line, mark.column))
    return found
