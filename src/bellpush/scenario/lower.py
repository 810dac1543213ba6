"""From a checked scenario to a job."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bellpush.delivery.job import Job
from bellpush.scenario.model import ScenarioFile
from bellpush.scenario.parts import Parts

__all__ = ["lower"]

# Stands in every hash: results of one job may only be added if they mean the same.
MEANING = 1


def lower(file: ScenarioFile, parts: Parts) -> Job:
    """The job of a scenario whose every request is served by one route (see `check.unserved`)."""
    links = {link.name: link for link in parts.built.values()}
    requests = [parts.request(written, parts.serving(written)[0]) for written in file.requests]
    return Job(links, {request.name: request for request in requests}, _hash(file), file.run.shots, file.run.horizon)


def _hash(file: ScenarioFile) -> str:
    content: dict[str, Any] = file.model_dump(mode="python", include={"nodes", "links", "requests"})
    content["horizon"] = file.run.horizon
    content["meaning"] = MEANING
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
