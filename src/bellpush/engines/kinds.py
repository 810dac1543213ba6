"""All engines, the first that accepts a job being the default; a new one is its file and its line here."""

from __future__ import annotations

from typing import Protocol

from bellpush.delivery.job import Job
from bellpush.delivery.law import DeliveryLaw
from bellpush.engines.exact import Exact
from bellpush.engines.physics import Physics
from bellpush.ground.errors import UnsupportedError
from bellpush.ground.streams import Streams

__all__ = ["ENGINES", "Engine", "answered"]


class Engine(Protocol):
    """A way from a job to its delivery laws."""

    name: str
    summary: str

    def unsupported(self, job: Job) -> str | None:
        """Why this engine cannot take the job; None if it can."""

    def run(self, job: Job, streams: Streams) -> dict[str, DeliveryLaw]:
        """The law of every request."""


ENGINES: tuple[Engine, ...] = (Exact(), Physics())


def answered(name: str, job: Job, streams: Streams) -> tuple[Engine, dict[str, DeliveryLaw]]:
    """The laws of a job by the engine of that name, or for `auto` by the first that takes it; and which it was.

    Raises:
        UnsupportedError: none built has that name, or it cannot take the job; names what can.
    """
    known = {engine.name: engine for engine in ENGINES}
    if name != "auto" and name not in known:
        raise UnsupportedError(f"There is no engine `{name}` yet. Try --engine {' or '.join(known)}.")
    reasons = []
    for engine in ENGINES if name == "auto" else (known[name],):
        reason = engine.unsupported(job)
        if reason is None:
            try:
                return engine, engine.run(job, streams)
            except UnsupportedError as error:  # that it is too large for an engine may be found on the way
                reason = str(error)
        reasons.append(reason)
    raise UnsupportedError(" ".join(dict.fromkeys(reasons)))
