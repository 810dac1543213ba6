"""Memories: how one stored qubit ages.

Every kind says it twice, by independent roads: as Pauli transfer matrices, which engines use, and as Kraus operators
on density matrices, which check them. Kinds whose ageing is a sum of exponentials also give its terms (`modes`), so
that sums over waiting times close.

The basis is the physical one: |1> is the bright, excited state that decays to |0>.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import Real, Record
from bellpush.ground.units import readable
from bellpush.hardware.comb import FixedDelay
from bellpush.hardware.decay import T1T2, Dephasing, Depolarising, Perfect, Stretched, TwoChannel
from bellpush.hardware.decoupled import Decoupled
from bellpush.hardware.moved import Cell, Moved
from bellpush.hardware.storage import Memory, Modes, PerAttempt

__all__ = [
    "MEMORIES",
    "T1T2",
    "AnyMemory",
    "Decoupled",
    "Dephasing",
    "Depolarising",
    "FixedDelay",
    "Memory",
    "Modes",
    "Moved",
    "PerAttempt",
    "Perfect",
    "Stretched",
    "TwoChannel",
    "describe",
]

AnyMemory: TypeAlias = Annotated[Cell | Moved | FixedDelay, Field(discriminator="kind")]
MEMORIES: tuple[type[Memory], ...] = get_args(get_args(AnyMemory)[0])


def describe(memory: Any) -> str:
    """A memory in a few words.

    >>> describe(Depolarising(time=0.4))
    'depolarising, time 400 ms'
    """
    parts = [memory.kind]
    for name, field in type(memory).model_fields.items():
        value = getattr(memory, name)
        if name in ("kind", "per_attempt") or value is None or name not in memory.model_fields_set:
            continue
        meta = [one for one in _flat(field) if isinstance(one, Real)]
        said = f"({describe(value)})" if isinstance(value, Record) else readable(value, meta[0].unit if meta else "")
        parts.append(f"{name.replace('_', ' ')} {said}")
    if memory.per_attempt is not None:
        parts.append(f"{memory.per_attempt.dephasing:.4g} dephasing an attempt")
    return ", ".join(parts)


def _flat(field: Any) -> list[Any]:
    """All that is said of a field's type, `X | None` taken apart."""
    found, waiting = [], [*field.metadata, field.annotation]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += [] if isinstance(one, type) else get_args(one)
    return found
