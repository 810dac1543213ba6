"""What a scenario file may hold."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bellpush.delivery.direct import Direct
from bellpush.delivery.kinds import AnyDelivery, AnyPolicy
from bellpush.ground.spec import Count, PositiveDuration, Probability, Record, WholeNumber, problem, shown
from bellpush.hardware.channel import AnyChannel, Row, join
from bellpush.hardware.node import Node
from bellpush.links.kinds import AnyScheme
from bellpush.links.overhead import Overhead

__all__ = ["ENGINE_NAMES", "STANDINGS", "LinkFile", "RequestFile", "ScenarioFile", "Source"]

Standing: TypeAlias = Literal["reported", "derived", "secondary", "given", "fitted", "assumed", "recalled"]
STANDINGS: tuple[Standing, ...] = ("reported", "derived", "secondary", "given", "fitted", "assumed", "recalled")
"""from the strongest to the weakest"""
EngineName: TypeAlias = Literal["auto", "exact", "monte-carlo", "physics"]
ENGINE_NAMES: tuple[EngineName, ...] = ("auto", "exact", "monte-carlo", "physics")
"""what may be asked for; `engines/kinds.py` knows which of them are built"""


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise problem(f"must be a name, but is {shown(value)}.")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,79}", value):
        raise problem(f"must be a name of letters, digits, - and _ that starts with a letter, but is {shown(value)}.")
    return value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _ends(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) < 2:
        raise problem(f"must name two nodes, but names {len(value)}. Try [alice, bob].")
    if len(set(value)) < len(value):
        twice = next(name for name in value if value.count(name) > 1)
        raise problem(f"must name different nodes, but names `{twice}` more than once. Try [alice, bob].")
    return value


def _two(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > 2:
        raise problem(f"must name two nodes, but names {len(value)}. Try one link for each two of them.")
    return value


def _arms(value: tuple[Row, ...]) -> tuple[Row, ...]:
    if len(value) != 2:
        raise problem(f"must list two arms, each from its node to the station, but lists {len(value)}. Try two.")
    return value


Name: TypeAlias = Annotated[str, BeforeValidator(_name)]
Arm: TypeAlias = Annotated[tuple[AnyChannel, ...], BeforeValidator(_listed)]
Ends: TypeAlias = Annotated[tuple[Name, ...], AfterValidator(_ends)]


class LinkFile(Record):
    """A link between two neighbouring nodes."""

    name: Name | None = None
    """the two node names joined by "-" if not given"""
    between: Annotated[Ends, AfterValidator(_two)]
    """its two nodes; the first is the sender where a scheme has one"""
    channel: Arm = ()
    """what lies between the nodes: one element, or a list of elements in a row, from the first node to the second;
    where photons of both meet midway it is cut in the middle of its length, and each node's photon goes through its
    half"""
    channels: Annotated[tuple[Arm, ...], AfterValidator(_arms)] | None = None
    """instead of `channel`, two arms with a station between them: what each photon goes through from its node on;
    needed where a converter stands before the station"""
    scheme: AnyScheme
    """how an attempt tries"""
    overheads: tuple[Overhead, ...] = ()
    """time spent on something else than attempts"""

    @model_validator(mode="after")
    def _one_way(self) -> LinkFile:
        if self.channels is not None and "channel" in self.model_fields_set:
            raise problem("must have `channel` or `channels`, but has both. Try leaving `channel` out.")
        return self

    @property
    def row(self) -> Row:
        """All elements from the first node to the second, with the station where the file puts one."""
        return self.channel if self.channels is None else join(*self.channels)


class Target(Record):
    """What is asked for."""

    kind: Literal["bell"] = "bell"


class RequestFile(Record):
    """Who asks for what, by when."""

    name: Name | None = None
    """the kind of its delivery if not given"""
    between: Ends
    """the nodes that want the pair"""
    target: Target = Target()
    delivery: AnyDelivery
    """when it is handed over, and what if there is none"""
    policy: AnyPolicy = Direct()
    """how it is served; by the one link that joins its nodes if not given"""
    min_fidelity: Probability | None = None
    """fidelity that counts as good enough; only judged and reported; 0.5 if not given"""


class Source(Record):
    """How a number is known."""

    standing: Standing
    """how it is known, from the strongest to the weakest"""
    source: str = ""
    """where it was found, or how it was derived"""

    @model_validator(mode="after")
    def _says_where(self) -> Source:
        if self.standing == "reported" and not self.source.strip():
            raise problem("must say its `source` where its standing is reported. Try source: Nature 558, 268.")
        return self


class Run(Record):
    """How to compute, not what."""

    engine: EngineName = "auto"
    seed: WholeNumber = 1
    """seed of all random numbers"""
    shots: Count | None = None
    """presses to play in sampling engines; the engine's choice if not given"""
    horizon: PositiveDuration | None = None
    """time after which a sampled press is given up; none if not given"""


class ScenarioFile(Record):
    """A whole scenario."""

    name: Annotated[str, Field(max_length=200)] = ""
    """what reports call it"""
    nodes: Annotated[dict[Name, Node], Field(min_length=1)]
    links: Annotated[tuple[LinkFile, ...], Field(min_length=1)]
    requests: tuple[RequestFile, ...] = ()
    sources: Annotated[dict[str, Source], Field(default_factory=dict)]
    run: Run = Run()
