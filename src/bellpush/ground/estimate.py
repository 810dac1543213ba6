"""A number that says how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["Estimate", "absent"]

# Rounding of closed forms in double precision: a handful of operations on numbers of order one.
ROUNDING = 1e-13


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error (0 if exact) and, for exact ones, a bound on the absolute error.

    `value` is None where the quantity does not exist; `why` then says the reason. `definition` and `floor` are set
    where a number needs them to be understood.
    """

    value: float | None
    unit: str = ""
    standard_error: float = 0.0
    truncation: float | None = None
    why: str = ""
    definition: str = ""
    floor: float | None = None

    @classmethod
    def exact(cls, value: float, unit: str = "", truncation: float = 0.0, **more: Any) -> Estimate:
        """An exact value; `truncation` bounds what was cut off, rounding is added here."""
        if math.isinf(value):
            return absent("it is larger than any number a computer holds", unit)
        return cls(value, unit, 0.0, truncation + ROUNDING * abs(value), **more)

    def agrees(self, other: Estimate, sigmas: float = 4.0) -> bool:
        """Whether two estimates of one quantity differ by at most `sigmas` standard errors plus their truncations."""
        if self.value is None or other.value is None:
            return self.value is other.value
        return abs(self.value - other.value) <= sigmas * self.joint_error(other) + self.slack(other)

    def joint_error(self, other: Estimate) -> float:
        """Standard error of the difference of two independent estimates."""
        return math.hypot(self.standard_error, other.standard_error)

    def slack(self, other: Estimate) -> float:
        """What two exact calculations may differ by: their truncations and the rounding of a long one."""
        scale = max(abs(self.value or 0.0), abs(other.value or 0.0))
        return (self.truncation or 0.0) + (other.truncation or 0.0) + 1e-11 * scale

    def to_dict(self) -> dict[str, Any]:
        """The quantity as `run --json` writes it."""
        data: dict[str, Any] = {"value": self.value, "standard_error": self.standard_error, "unit": self.unit}
        if self.value is None:
            data["standard_error"] = None
        if self.truncation is not None and self.value is not None:
            data["truncation"] = self.truncation
        for name in ("why", "definition"):
            if text := getattr(self, name):
                data[name] = text
        if self.floor is not None:
            data["floor"] = self.floor
        return data


def absent(why: str, unit: str = "") -> Estimate:
    """A quantity that does not exist, and why."""
    return Estimate(None, unit, why=why)
