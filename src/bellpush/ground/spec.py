"""Checked records: frozen, complete when built, and the types their fields may have.

A field's unit lives in its type. Records built in Python take SI numbers; what comes through the door of a scenario
file (`door(...)`) must carry its unit as text, and a bare number for a dimensional field is an error.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bellpush.ground.units import readable, si

__all__ = [
    "DOOR",
    "Angle",
    "Attenuation",
    "Count",
    "Duration",
    "Frequency",
    "FrequencyShift",
    "Length",
    "NegativeFrequency",
    "PerEnd",
    "PositiveDuration",
    "PositiveFrequency",
    "PositiveLength",
    "Probability",
    "Real",
    "Record",
    "Speed",
    "TimeShift",
    "Wavelength",
    "problem",
    "told_apart",
]

DOOR: dict[str, bool] = {"door": True}  # validation context of values that come from a file or a command line

R = TypeVar("R", bound="Record")


class Record(BaseModel):
    """A frozen, fully checked set of fields; unknown fields are refused."""

    # Built at the first use: a whole scenario is built once, not record by record at import.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def words(cls) -> dict[str, str]:
        """What each field means: the text that stands beneath it in the source.

        Read only where someone asks, since reading it costs more than a run.
        """
        found: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, Record) and base is not Record:
                found |= _attribute_docs(base)
        return {name: found[name] for name in cls.model_fields if name in found}

    def changed(self, **values: Any) -> Self:
        """The same record with other values, which may be arrays; nothing is checked."""
        fields: dict[str, Any] = {**dict(self), **values}
        return cast(Self, type(self).model_construct(_fields_set=self.model_fields_set | values.keys(), **fields))


def _attribute_docs(cls: type) -> dict[str, str]:
    import ast
    import inspect

    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for pair in pairwise(definition.body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


def problem(message: str, *fields: str) -> PydanticCustomError:
    """An error of a field whose message goes on from the field's name.

    `fields` of a record that do not fit together: the error points at the first of them that the scenario itself wrote.
    """
    return PydanticCustomError("bellpush", "{message}", {"message": message, "fields": fields})


@dataclass(frozen=True)
class Real:
    """Metadata of a real-valued field: its SI unit and the range it may lie in."""

    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    def read(self, value: Any, info: ValidationInfo) -> float:
        """The SI number of `value`, or a problem."""
        if isinstance(value, str) and self.unit:
            try:
                number = si(value, self.unit)
            except ValueError as error:
                raise problem(str(error)) from None
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise problem(f"must be {self.wanted()}, but is {shown(value)}.")
        elif self.unit and info.context is not None and info.context.get("door"):
            try:
                number = si(repr(value), self.unit)
            except ValueError as error:
                raise problem(str(error)) from None
        else:
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
        return self.checked(number)

    def checked(self, number: float) -> float:
        """The number, if it lies in the range."""
        if not math.isfinite(number):
            raise problem(f"must be finite, but is {number}.")
        for holds, words, bound in (
            (number > self.above, "greater than", self.above),
            (number < self.below, "less than", self.below),
            (number >= self.low, "at least", self.low),
            (number <= self.high, "at most", self.high),
        ):
            if not holds:
                wanted, found = told_apart(bound, number, self.unit)
                raise problem(f"must be {words} {wanted}, but is {found}.")
        return number + 0.0  # a zero without a sign

    def wanted(self) -> str:
        """What the field takes, in words."""
        return f"text with a number and a unit of {self.unit}" if self.unit else "a number"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read, metadata={"bellpush": self})

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if self.unit:
            return {"type": "string", "description": f"a number with a unit of {self.unit}", "x-unit": self.unit}
        bounds = {
            "minimum": self.low,
            "maximum": self.high,
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
        }
        return {"type": "number", **{name: bound for name, bound in bounds.items() if math.isfinite(bound)}}


def told_apart(first: float, second: float, unit: str) -> tuple[str, str]:
    """Two numbers for people, with as many digits as it takes to see that they are two."""
    for digits in (6, 9, 12, 15, 17):
        texts = readable(first, unit, digits), readable(second, unit, digits)
        if texts[0] != texts[1]:
            break
    return texts


def shown(value: Any) -> str:
    """A value as an error message quotes it: short, and saying what it is."""
    if value is None:
        return "empty"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 40 else value[:37] + "..."}"'
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a very large number"
    return text if len(text) <= 40 else text[:37] + "..."


@dataclass(frozen=True)
class PerEndReal:
    """Metadata of a field with one number for each end: one for both, or a list of two."""

    each: Real

    def read(self, value: Any, info: ValidationInfo) -> tuple[float, float]:
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise problem(f"must be one number for both ends or a list of two, but is {shown(value)}.")
            return self.each.read(value[0], info), self.each.read(value[1], info)
        both = self.each.read(value, info)
        return both, both

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read, metadata={"bellpush": self})

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        one = self.each.__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


@dataclass(frozen=True)
class _Whole:
    """Metadata of a whole number at least `low`."""

    low: int

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise problem(f"must be a whole number, but is {shown(value)}.")
        if not self.low <= value < 2**63:
            raise problem(f"must be a whole number of at least {self.low}, but is {shown(value)}.")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read, metadata={"bellpush": self})

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low}


Probability: TypeAlias = Annotated[float, Real(low=0.0, high=1.0)]
# Far beyond any experiment, and near enough that no ratio of two leaves floating point.
MOST, LEAST = 1e30, 1e-30
Duration: TypeAlias = Annotated[float, Real("s", low=0.0, high=MOST)]
PositiveDuration: TypeAlias = Annotated[float, Real("s", above=0.0, low=LEAST, high=MOST)]
TimeShift: TypeAlias = Annotated[float, Real("s", low=-MOST, high=MOST)]
Frequency: TypeAlias = Annotated[float, Real("Hz", low=0.0, high=MOST)]
PositiveFrequency: TypeAlias = Annotated[float, Real("Hz", above=0.0, low=LEAST, high=MOST)]
NegativeFrequency: TypeAlias = Annotated[float, Real("Hz", below=0.0, high=-LEAST, low=-MOST)]
FrequencyShift: TypeAlias = Annotated[float, Real("Hz", low=-MOST, high=MOST)]
Length: TypeAlias = Annotated[float, Real("m", low=0.0, high=MOST)]
PositiveLength: TypeAlias = Annotated[float, Real("m", above=0.0, low=LEAST, high=MOST)]
Wavelength: TypeAlias = Annotated[float, Real("m", low=1e-8, high=10.0)]
Angle: TypeAlias = Annotated[float, Real("rad", low=0.0, high=MOST)]
Attenuation: TypeAlias = Annotated[float, Real("dB/m", low=0.0, high=MOST)]
Speed: TypeAlias = Annotated[float, Real("m/s", above=0.0, low=LEAST, high=299_792_458.0)]
PerEnd: TypeAlias = Annotated[tuple[float, float], PerEndReal(Real(low=0.0, high=1.0))]
Count: TypeAlias = Annotated[int, _Whole(1)]
WholeNumber: TypeAlias = Annotated[int, _Whole(0)]


def door(model: type[R], data: Any) -> R:
    """A record from data that came through a file: dimensional fields must carry their unit."""
    return model.model_validate(data, context=DOOR)
