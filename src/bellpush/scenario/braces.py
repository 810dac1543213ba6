"""Several fields in one path: `nodes.{a,b}.device.linewidth`."""

from __future__ import annotations

from bellpush.ground.errors import Problem, ScenarioError

__all__ = ["fields"]

MOST = 64  # fields of one path


def fields(path: str) -> list[str]:
    """The fields that a path names: braces and commas name several at once.

    Raises:
        ScenarioError: more than `MOST` fields.

    >>> fields("nodes.{a,b}.device.linewidth")
    ['nodes.a.device.linewidth', 'nodes.b.device.linewidth']
    """
    found = _split(path)
    while any("{" in one and "}" in one.split("{", 1)[1] for one in found):
        found = [other for one in found for other in _opened(one)]
        if len(found) > MOST:
            message = f"A path must name at most {MOST} fields at once, but names more. Try fewer braces."
            raise ScenarioError(Problem(message, path[:40]))
    return [one.strip() for one in found]


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no braces."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _opened(text: str) -> list[str]:
    """A path for each alternative in its first braces; itself where there are none."""
    before, brace, rest = text.partition("{")
    depth = 1
    for place, letter in enumerate(rest):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return [before + one.strip() + rest[place + 1 :] for one in _split(rest[:place])]
    return [text.replace("{", "", 1)] if brace else [text]
