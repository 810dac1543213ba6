"""Units at the door: text such as `"5.5 us"` to an SI number, and numbers back to readable text.

The number and the unit are split first, and only the unit is given to pint: a whole text would be evaluated as an
expression. Frequent units are looked up in a table instead, because loading pint takes longer than a whole run; the
tests hold the table to pint.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["COMMON", "DEFINITIONS", "prefix", "prefixed", "readable", "si"]

# Angles and levels have dimensions of their own, so that `rad/us` is no frequency and `dB/km` no inverse length.
DEFINITIONS = """
femto- = 1e-15 = f-
pico- = 1e-12 = p-
nano- = 1e-9 = n-
micro- = 1e-6 = u- = µ- = μ-
milli- = 1e-3 = m-
centi- = 1e-2 = c-
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
tera- = 1e12 = T-

second = [time] = s = sec
minute = 60 * second = min
hour = 3600 * second = h
day = 86400 * second = d
meter = [length] = m = metre
radian = [angle] = rad
degree = 3.14159265358979323846 / 180 * radian = deg
decibel = [level] = dB
hertz = 1 / second = Hz
kelvin = [temperature] = K
watt = [power] = W
"""

# SI unit -> unit -> power of ten, or a factor where it is none.
COMMON: dict[str, dict[str, int | float]] = {
    "s": {"s": 0, "ms": -3, "us": -6, "µs": -6, "ns": -9, "ps": -12},
    "m": {"m": 0, "km": 3, "cm": -2, "mm": -3, "um": -6, "µm": -6, "nm": -9},
    "Hz": {"Hz": 0, "kHz": 3, "MHz": 6, "GHz": 9, "THz": 12},
    "rad": {"rad": 0, "mrad": -3, "deg": math.pi / 180},
    "dB/m": {"dB/m": 0, "dB/km": -3},
    "m/s": {"m/s": 0, "km/s": 3},
}

_TEXT = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(\S.*?)?\s*")
_ONE = r"[A-Za-zµμ]{1,12}(?:\^-?[1-4])?"
_UNIT = re.compile(rf"(?:1/)?{_ONE}(?:\s*[*/]\s*{_ONE}){{0,3}}")


def si(text: str, unit: str) -> float:
    """The number that `text` (a number and a unit) stands for, in the SI unit `unit`.

    Raises:
        ValueError: with a sentence that goes on from "`field`": what must hold, what was found, what to try.

    >>> si("5.5 us", "s")
    5.5e-06
    >>> si("0.2 dB/km", "dB/m")
    0.0002
    """
    shown = text if len(text) <= 40 else text[:37] + "..."
    match = _TEXT.fullmatch(text) if len(text) <= 80 else None
    if match is None:
        raise ValueError(f'must be a number with a unit, but is "{shown}". {_example(unit)}')
    number, symbol = match[1], match[2]
    if symbol is None:
        raise ValueError(f'is {number} without a unit. Write "{number} {customary(unit)}"{_others(unit)}')
    known = COMMON.get(unit, {}).get(symbol)
    if isinstance(known, int):
        value = float(Decimal(number).scaleb(known))
    else:
        value = float(number) * (known or _factor(symbol, unit, shown))
    if not math.isfinite(value):
        raise ValueError(f'must be finite, but is "{shown}". {_example(unit)}')
    return value


@cache
def customary(unit: str) -> str:
    """The unit people write for a field kept in `unit`."""
    return {"dB/m": "dB/km", "rad": "deg", "m/s": "km/s"}.get(unit, unit)


def _others(unit: str) -> str:
    others = [symbol for symbol in COMMON.get(unit, {}) if symbol not in (customary(unit), "µs", "µm")]
    return f", or the unit you mean ({', '.join(others)})." if others else "."


def _example(unit: str) -> str:
    examples = {"s": "100 ms", "m": "2 m", "Hz": "10.4 MHz", "rad": "14.3 deg", "dB/m": "0.2 dB/km", "m/s": "2e5 km/s"}
    return f'Try "{examples.get(unit, "1 " + unit)}".'


@cache
def registry() -> UnitRegistry[float]:
    """The pint registry of our definitions; made at the first unit that is not a frequent one."""
    from pint import UnitRegistry

    made: UnitRegistry[float] = UnitRegistry(None)
    made.load_definitions(DEFINITIONS.strip().splitlines())
    return made


def _factor(symbol: str, unit: str, shown: str) -> float:
    if not _UNIT.fullmatch(symbol):
        raise ValueError(f'must be a number with a unit, but is "{shown}". {_example(unit)}')
    from pint.errors import PintError

    units = registry()
    try:
        found = units.Quantity(1.0, units.parse_units(symbol))
    except (PintError, ValueError, TypeError, AttributeError, ArithmeticError):
        alike = [one for one in COMMON.get(unit, {}) if one.lower() == symbol.lower()]
        advice = f'Did you mean "{shown.replace(symbol, alike[0])}"?' if alike else _example(unit)
        raise ValueError(f'has the unknown unit "{symbol}" in "{shown}". {advice}') from None
    if found.dimensionality != units.parse_units(unit).dimensionality:
        raise ValueError(f'must be given in {unit} or a multiple of it, but is "{shown}". {_example(unit)}')
    return float(found.to(unit).magnitude)


_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def readable(value: float, unit: str = "", digits: int = 4) -> str:
    """A number with a prefixed unit, for people.

    >>> readable(5.5e-06, "s"), readable(39.0, "Hz"), readable(0.585)
    ('5.5 us', '39 Hz', '0.585')
    """
    power = prefix(value, unit, digits)
    if power is None:
        return f"{value:.{digits}g}" + (f" {unit}" if unit else "")
    number = float(Decimal(repr(float(f"{value:.{digits}g}"))).scaleb(-power))
    return f"{number:.{max(digits, 3)}g} {prefixed(power, unit)}"


def prefix(value: float, unit: str, digits: int = 4) -> int | None:
    """The power of ten of the prefix that suits a value; None for units that take none."""
    if unit not in ("s", "m", "Hz") or value == 0 or not math.isfinite(value):
        return None
    power = 3 * math.floor(math.log10(abs(float(f"{value:.{digits}g}"))) / 3 + 1e-12)
    return min(max(power, -15), 12 if unit != "s" else 0)


def prefixed(power: int, unit: str) -> str:
    """A unit with the prefix of a power of ten."""
    return _PREFIXES[power] + unit
