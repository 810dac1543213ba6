"""Numbers as people read them."""

from __future__ import annotations

from typing import Any

from bellpush.ground.units import prefix, prefixed, readable

__all__ = ["quantity", "read"]


def quantity(data: dict[str, Any] | bool | None, digits: int = 4) -> str:
    """A quantity of the JSON document in one short text; "-" where it does not exist.

    >>> quantity({"value": 0.5167, "standard_error": 0.0011, "unit": ""})
    '0.5167 +- 0.0011'
    """
    if data is None:
        return "-"
    if isinstance(data, bool):
        return "yes" if data else "no"
    value, unit = data["value"], data["unit"]
    if value is None:
        return "-"
    error = data["standard_error"]
    if not error:
        return readable(value, unit, digits)
    power = prefix(value, unit)
    if power is not None:  # the error takes the prefix of its value
        scale = 10.0**-power
        unit = " " + prefixed(power, unit)
    else:
        scale, unit = 1.0, f" {unit}" if unit else ""
    decimals = max(_decimals(error * scale), 0)
    return f"{value * scale:.{decimals}f} +- {error * scale:.{decimals}f}{unit}"


def _decimals(error: float) -> int:
    """Decimal places that show two digits of an error."""
    return -int(f"{error:.1e}".split("e")[1]) + 1


def read(document: dict[str, Any], path: str) -> Any:
    """The value at a dotted path of the JSON document."""
    here: Any = document
    for step in path.split("."):
        here = here[step]
    return here
