"""From a checked scenario to a job."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.ground.errors import UnsupportedError
from bellpush.links.link import Link
from bellpush.scenario.model import LinkFile, RequestFile, ScenarioFile

__all__ = ["lower"]

# Stands in every hash: results of one job may only be added if they mean the same.
MEANING = 1


def lower(file: ScenarioFile) -> Job:
    """The job of a scenario.

    Raises:
        UnsupportedError: a request that no built policy serves.
    """
    links = dict(_link(file, written) for written in file.links)
    requests = {}
    for written in file.requests:
        name = written.name or written.delivery.kind
        requests[name] = _request(name, written, links)
    return Job(links, requests, _hash(file), file.run.shots, file.run.horizon)


def _link(file: ScenarioFile, written: LinkFile) -> tuple[str, Link]:
    first, second = written.between[:2]
    name = written.name or f"{first}-{second}"
    nodes = (file.nodes[first], file.nodes[second])
    return name, Link(name, (first, second), nodes, written.channel, written.scheme, written.overheads)


def _request(name: str, written: RequestFile, links: dict[str, Link]) -> Request:
    serving = [link for link in links.values() if set(link.between) == set(written.between)]
    if len(written.between) > 2:
        raise UnsupportedError(
            f"`requests.{name}` is between {len(written.between)} nodes, and only pairs are built yet. "
            "Try two nodes joined by a link."
        )
    if not serving:
        ends = " and ".join(written.between)
        known = ", ".join(" and ".join(link.between) for link in links.values())
        raise UnsupportedError(
            f"No link joins {ends} (`requests.{name}`), and only requests over one link are built yet. Try {known}."
        )
    if len(serving) > 1:
        names = ", ".join(f"`{link.name}`" for link in serving)
        raise UnsupportedError(f"`requests.{name}` could use {names}; only one link between two nodes is built yet.")
    swapped = written.between[0] != serving[0].between[0]
    return Request(name, serving[0], written.delivery, written.min_fidelity, swapped)


def _hash(file: ScenarioFile) -> str:
    content: dict[str, Any] = file.model_dump(mode="python", include={"nodes", "links", "requests"})
    content["horizon"] = file.run.horizon
    content["meaning"] = MEANING
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
