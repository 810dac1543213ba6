"""Channels: what light or microwaves go through between two nodes.

A row is a tuple of elements, from the first node to the second. Schemes whose photons meet half-way put a station into
it: where the row says so, or else in the middle of its length. `arms` gives both sides as their photons see them; the
other functions take any row in the order in which its light goes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from bellpush.ground.arrays import plain
from bellpush.ground.units import readable
from bellpush.hardware.converter import Converter
from bellpush.hardware.element import Channel, Line
from bellpush.hardware.fibre import Fibre, Waveguide
from bellpush.hardware.free_space import FreeSpace

__all__ = [
    "CHANNELS",
    "STATION",
    "AnyChannel",
    "Arms",
    "Channel",
    "Converter",
    "Fibre",
    "FreeSpace",
    "Line",
    "Row",
    "Station",
    "Waveguide",
    "arms",
    "contradictions",
    "counts",
    "delay",
    "join",
    "lit",
    "lit_from",
    "notes",
    "round_trip",
    "transmission",
    "uneven",
    "wavelength_behind",
]

AnyChannel: TypeAlias = Annotated[Fibre | Waveguide | Converter | FreeSpace, Field(discriminator="kind")]
CHANNELS: tuple[type[Channel], ...] = get_args(get_args(AnyChannel)[0])

Row: TypeAlias = tuple[Channel, ...]
Arms: TypeAlias = tuple[Row, Row]


class Station(Channel):
    """Where the photons of both nodes meet; it stands in a row and does nothing to them."""

    summary = "the station between two arms"
    kind: Literal["station"] = "station"

    @property
    def transmission(self) -> float:
        return 1.0

    @property
    def delay(self) -> float:
        return 0.0

    def part(self, share: ArrayLike) -> Self:
        return self


STATION = Station()


def join(first: Row, second: Row) -> Row:
    """The row with a station between two arms, each given from its node to the station."""
    return (*first, STATION, *reversed(second))


def arms(row: Row) -> Arms:
    """Both arms of a row, each from its node to the station; without one in the row, to the middle of its length.

    What has no length and stands exactly in the middle belongs to the first arm.

    >>> first, second = arms((Fibre(length=100.0),))
    >>> first[0].length, second[0].length
    (50.0, 50.0)
    """
    if STATION in row:
        middle = row.index(STATION)
        return row[:middle], row[:middle:-1]
    lengths = [np.asarray(getattr(element, "length", 0.0), dtype=float) for element in row]
    half = sum(lengths, np.zeros(())) / 2
    first, second, passed = [], [], np.zeros(())
    for element, length in zip(row, lengths, strict=True):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            share = np.where(length > 0, np.clip((half - passed) / length, 0.0, 1.0), passed <= half)
        passed = passed + length
        if np.any(share > 0):
            first.append(element.part(plain(share)))
        if np.any(share < 1):
            second.append(element.part(plain(1 - share)))
    return tuple(first), tuple(reversed(second))


def uneven(row: Row) -> str | None:
    """Why a row without a station has no middle at which photons can meet, going on from its name; None if it has.

    Lines may be cut anywhere. A converter belongs to one arm alone, so the other must have its like.
    """
    first, second = arms(row)
    if not any(isinstance(element, Converter) for element in row) or _kinds(first) == _kinds(second):
        return None
    fuller = max(first, second, key=lambda arm: sum(isinstance(element, Converter) for element in arm))
    shape = ", ".join(_sketched(element) for element in fuller)
    return (
        "must hold the same elements seen from either node, since it is cut in the middle of its length, where the "
        "photons of both meet, but has a converter that those of one node alone go through. Try both arms apart, each "
        f"from its node to the station: channels: [[{shape}], [{shape}]]."
    )


def _kinds(arm: Row) -> list[str]:
    """The kinds of an arm's elements in a row, alike neighbours once."""
    kinds = [getattr(element, "kind", "") for element in arm]
    return [kind for number, kind in enumerate(kinds) if number == 0 or kind != kinds[number - 1]]


def _sketched(element: Channel) -> str:
    """An element as a scenario may hold it, in short."""
    length = getattr(element, "length", None)
    more = "..." if length is None else f"length: {readable(float(np.max(length)), 'm')}"
    return f"{{kind: {getattr(element, 'kind', '')}, {more}}}"


def lit(row: Row, wavelength: Any = None) -> Row:
    """The same elements, each knowing the light that comes to it, m; None where that is unknown."""
    if STATION in row:
        first, second = arms(row)
        return join(lit(first, wavelength), lit(second, wavelength))
    found = []
    for element in row:
        found.append(element.lit(wavelength))
        wavelength = element.light(wavelength)
    return tuple(found)


def lit_from(row: Row, first: Any, second: Any, midway: bool) -> Row:
    """The same elements, each knowing the light that comes to it from its own node.

    Args:
        row: from the first node to the second.
        first: wavelength of the first node's light, m; None where that is not known: then it is that of the other's, if
            both meet in a row without a converter.
        second: of the second node's, which goes the other way where there is a station or photons meet midway.
        midway: whether they meet in the middle of a row without a station.
    """
    if STATION in row:
        one, two = arms(row)
        return join(lit(one, first), lit(two, second))
    if not midway:
        return lit(row, first)
    if not any(isinstance(element, Converter) for element in row):  # what interferes is of one colour
        first, second = (first, first) if second is None else (second if first is None else first, second)
    there, back = lit(row, first), lit(row[::-1], second)[::-1]
    one, two = arms(row)
    reached = len(one)
    if len(one) + len(two) > len(row) and there[reached - 1] is row[reached - 1]:
        reached -= 1  # the element in the middle, which both share, knows only the second node's light
    return (*there[:reached], *back[reached:])


def wavelength_behind(row: Row, wavelength: Any = None) -> Any:
    """Wavelength of the light at the end of a row that begins with one, m; None where it is not known."""
    for element in row:
        wavelength = element.light(wavelength)
    return wavelength


def transmission(row: Row, wavelength: Any = None) -> Any:
    """Share of the energy that comes through all elements in a row, of light that begins with a wavelength, m."""
    product = 1.0
    for element in lit(row, wavelength):
        product = product * element.transmission
    return product


def delay(row: Row) -> Any:
    """Time of flight through all elements in a row, s."""
    return sum((element.delay for element in row), 0.0)


def counts(row: Row, wavelength: Any = None) -> Any:
    """Photons a second that the elements of an arm add, as they arrive at its end, 1/s.

    A detector of efficiency e with a window w sees e w times as many in an attempt: they add to its dark counts.
    """
    total = 0.0
    for element in lit(row, wavelength):
        total = total * element.transmission + element.counts
    return total


def round_trip(both: Arms) -> Any:
    """Time from the first photon's start until both nodes know what the station saw: twice the longer arm, s.

    The photon of the longer arm starts first, so that both meet; the herald goes back over the same way.
    """
    return plain(2 * np.maximum(delay(both[0]), delay(both[1])))


def contradictions(row: Row, first: Any = None, second: Any = None, midway: bool = False) -> Iterator[str]:
    """What elements of a row cannot take of the light that comes, each a sentence that goes on from the row's name.

    Arguments as in `lit_from`.
    """
    ways = arms(row) if midway or STATION in row else (row,)
    for way, comes in zip(ways, (first, second), strict=False):
        wavelength = comes
        for element in way:
            if sentence := element.unfit(wavelength):
                yield f"has a {getattr(element, 'kind', 'element')} that {sentence}"
            wavelength = element.light(wavelength)


def notes(row: Row) -> tuple[str, ...]:
    """What a reader of results should know of the elements."""
    said = (element.note() for element in lit(row))
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))
