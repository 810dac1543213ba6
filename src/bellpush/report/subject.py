"""What a report speaks of: one request of one result, by the name that stands in headings and file names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from bellpush.delivery.request import Request
from bellpush.links.link import Link
from bellpush.report.curve import Curve, over_time
from bellpush.scenario.result import Answer, Result

__all__ = ["Scene", "Subject", "scenes"]


@dataclass(frozen=True)
class Subject:
    """One request with its answer."""

    key: str  # in the names of files
    title: str  # as the scenario calls it: untrusted text
    result: Result
    answer: Answer
    preset: str = ""  # what its scenario was called by; empty if it is a file or was changed

    @property
    def alone(self) -> Request | None:
        """The request if one link serves it."""
        request = self.answer.request
        return request if isinstance(request, Request) else None

    @property
    def link(self) -> Link | None:
        """The link that serves it; None for a route of several."""
        return None if self.alone is None else self.alone.link

    @cached_property
    def curve(self) -> Curve | None:
        """Its answer for other periods or deadlines; None where no time is promised."""
        return over_time(self.result, self.answer.request)


@dataclass(frozen=True)
class Scene:
    """One result with its subjects."""

    key: str
    title: str
    preset: str  # whose published values stand beside it; empty if none do
    result: Result
    subjects: tuple[Subject, ...]


def scenes(results: Sequence[Result], whats: Sequence[str], edited: bool = False) -> list[Scene]:
    """Results with names that are fit for files, each only once.

    >>> slug("Humphreys 2018 <b>")
    'humphreys-2018-b'
    """
    taken: set[str] = set()
    found = []
    for what, result in zip(whats, results, strict=True):
        key = _free(slug(PurePath(what).stem or result.scenario.name), taken)
        title = result.scenario.name or PurePath(what).stem or "scenario"
        several = len(result.requests) > 1
        preset = "" if edited or "/" in what or PurePath(what).suffix else what
        subjects = []
        for name, answer in result.requests.items():
            own = _free(f"{key}-{slug(name)}", taken) if several else key
            subjects.append(Subject(own, f"{title}: {name}" if several else title, result, answer, preset))
        found.append(Scene(key, title, preset, result, tuple(subjects)))
    return found


def slug(text: str) -> str:
    """Text as part of a file's name: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "scenario"


def _free(name: str, taken: set[str]) -> str:
    found, count = name, 2
    while found in taken:
        found, count = f"{name}-{count}", count + 1
    taken.add(found)
    return found
