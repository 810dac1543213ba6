"""What a scenario leaves unsaid: numbers that follow from devices and channels, and ideal defaults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from bellpush.ground.spec import PerEndReal, Real, Record
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, Fibre, arms
from bellpush.links.link import Link
from bellpush.links.scheme import Scheme
from bellpush.scenario.load import Scenario
from bellpush.scenario.model import LinkFile
from bellpush.scenario.paths import TAGS

__all__ = ["derived", "ideal_defaults"]


def derived(scenario: Scenario) -> list[tuple[str, str]]:
    """Every number of a scheme that was not given but follows from devices and channel, by path."""
    found: list[tuple[str, str]] = []
    for name, link in scenario.job.links.items():
        resolved = link.scheme.resolved(link.nodes, link.channel)
        found += _settled(link.scheme, resolved, f"links.{name}.scheme")
    for (name, link), said in zip(scenario.job.links.items(), scenario.file.links, strict=True):
        for path, written, lit in _elements(name, said, link):
            found += _of_light(path, written, lit) if link.scheme.core.attenuated(link.channel) else ()
    return found


def _settled(said: Scheme, resolved: Scheme, path: str) -> Iterator[tuple[str, str]]:
    """The numbers that a scheme, or one that it wraps, does not say itself."""
    for field, kind in type(said).model_fields.items():
        value, real = getattr(resolved, field), _real(kind)
        if isinstance(value, Scheme):
            yield from _settled(getattr(said, field), value, f"{path}.{field}")
        elif field not in said.model_fields_set and real is not None and value not in (None, getattr(said, field)):
            each = value if isinstance(value, tuple) else (value,)
            yield f"{path}.{field}", ", ".join(readable(one, real.unit) for one in each)


def _elements(name: str, said: LinkFile, link: Link) -> Iterator[tuple[str, Channel, Channel]]:
    """What lies between a link's nodes, by path: as written, and knowing the light that comes to it."""
    rows = {"channel": (said.channel, link.channel)}
    if said.channels is not None:
        both = zip(said.channels, arms(link.channel), strict=True)
        rows = {f"channels.{arm}": pair for arm, pair in enumerate(both)}
    for place, (row, lit) in rows.items():
        for index, (element, knowing) in enumerate(zip(row, lit, strict=True)):
            yield f"links.{name}.{place}" + (f".{index}" if len(row) > 1 else ""), element, knowing


def _of_light(path: str, written: Channel, lit: Channel) -> Iterator[tuple[str, str]]:
    """What an element takes from the light that comes to it."""
    if isinstance(lit, Fibre) and lit.derived is not None:
        yield f"{path}.attenuation", f"{1e3 * lit.derived:.3g} dB/km"
    light = getattr(lit, "wavelength", None)
    if light is not None and getattr(written, "wavelength", None) is None:
        yield f"{path}.wavelength", readable(light, "m")


def _real(field: Any) -> Real | None:
    """What a field of a real number, or of one for each end, was declared as."""
    declared = [*field.metadata, *(one for part in get_args(field.annotation) for one in get_args(part))]
    for one in declared:
        if isinstance(one, Real):
            return one
        if isinstance(one, PerEndReal):
            return one.each
    return None


def ideal_defaults(scenario: Scenario) -> list[tuple[str, str]]:
    """Every physical field that was not given and what it was taken for, by path."""
    found: list[tuple[str, str]] = []
    swapping = {name for request in scenario.job.chains.values() for name in request.route.inner}
    for name, node in scenario.file.nodes.items():
        found += _unset(node, f"nodes.{name}", but=("device",) if node.device is None else ("memory",))
        if name in swapping:
            found += _unset(node.swap, f"nodes.{name}.swap")
    for name, link in zip(scenario.job.links, scenario.file.links, strict=True):
        found += _unset(link.scheme, f"links.{name}.scheme")
        for path, element, _ in _elements(name, link, scenario.job.links[name]):
            found += _unset(element, path)
    return found


def _unset(record: Record, path: str, but: Sequence[str] = ()) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    words = type(record).words()
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name in (*TAGS, "qubits", "swap", *but):
            continue
        if name not in record.model_fields_set:
            said = _said(value, words.get(name, ""))
            if said != "unknown":  # nothing rests on it
                found.append((f"{path}.{name}", said))
        elif isinstance(value, Record):
            found += _unset(value, f"{path}.{name}")
    return found


def _said(value: Any, description: str) -> str:
    """A default in the words of the field's own description, or its value."""
    for clause in description.replace("\n", " ").split(";"):
        if "if not given" in clause:
            return clause.replace("if not given", "").strip().rstrip(",")
    return next((str(getattr(value, tag)) for tag in TAGS if hasattr(value, tag)), str(value))
