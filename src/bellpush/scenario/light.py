"""What a scenario's numbers owe to wavelengths: losses that follow from them; those on which nothing rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bellpush.ground.units import readable
from bellpush.hardware.channel import STATION, Channel, Row, arms, counts, transmission
from bellpush.hardware.fibre import Fibre
from bellpush.links.link import Link
from bellpush.scenario.model import LinkFile
from bellpush.scenario.paths import find
from bellpush.scenario.standing import Input
from bellpush.scenario.tree import Tree

__all__ = ["elements", "idle", "losses"]


def elements(tree: Tree, index: int, link: Link) -> Iterator[tuple[str, Channel]]:
    """What lies between a link's nodes, as the light of either meets it, each with its path in the scenario."""
    if STATION in link.channel:
        rows = {f"channels.{arm}": row for arm, row in enumerate(arms(link.channel))}
    else:
        rows = {"channel": link.channel}
    for place, row in rows.items():
        written = find(tree, ["links", index, *place.split(".")])
        several = written is not None and isinstance(written.value, list)
        for number, element in enumerate(row):
            yield f"links.{index}.{place}" + (f".{number}" if several else ""), element


def losses(tree: Tree, index: int, link: Link) -> Iterator[Input]:
    """The attenuations that are taken for fibres of a link whose loss counts, each a recalled number."""
    if not link.scheme.core.attenuated(link.channel):
        return
    for path, element in elements(tree, index, link):
        if isinstance(element, Fibre) and element.derived is not None and element.length > 0:
            light = readable(element.wavelength or 0.0, "m")
            source = f"silica's own loss at {light}, by a formula from memory; to be confirmed"
            yield Input(f"{path}.attenuation", f"{1e3 * element.derived:.3g} dB/km", "recalled", source)


def idle(written: Sequence[LinkFile], built: dict[int, Link]) -> set[str]:
    """Paths of the emitters' wavelengths from which no loss of the links follows."""
    known = {name for link in built.values() for name, node in zip(link.between, link.nodes, strict=True) if node.light}
    used = {
        name
        for index, link in built.items()
        if link.scheme.core.attenuated(link.channel)
        for name, node, way in zip(link.between, link.nodes, _ways(written[index].row, link), strict=False)
        if _decides(node.light, way)
    }
    return {f"nodes.{name}.device.wavelength" for name in known - used}


def _ways(row: Row, link: Link) -> tuple[Row, ...]:
    """What the light of each node goes through, as written; of the first alone where nothing meets it."""
    return arms(row) if STATION in row or link.scheme.core.midway else (row,)


def _decides(light: Any, way: Row) -> bool:
    return light is not None and (transmission(way, light), counts(way, light)) != (transmission(way), counts(way))
