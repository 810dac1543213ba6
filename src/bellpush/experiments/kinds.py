"""All experiments with published claims, by preset; a new one is its file and its line here.

A file is read when its claims are asked for, so that a run of something else need not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bellpush.experiments.claim import Claim

__all__ = ["CLAIMS", "EXPERIMENTS"]

NAMES = (
    "hensen-2015",
    "hermans-2023",
    "hucul-2015",
    "humphreys-2018",
    "humphreys-2018-devices",
    "kurpiers-2018",
    "liu-2026",
    "magnard-2020",
    "main-2025",
    "pfaff-2014",
)


@cache
def _claims(name: str) -> tuple[Claim, ...]:
    found: tuple[Claim, ...] = import_module(f"bellpush.experiments.{name.replace('-', '_')}").CLAIMS
    return found


class _Claims(Mapping[str, "tuple[Claim, ...]"]):
    """Claims by the name of their preset."""

    def __init__(self, beside: bool) -> None:
        self._beside = beside

    def __getitem__(self, name: str) -> tuple[Claim, ...]:
        if name not in NAMES:
            raise KeyError(name)
        return tuple(claim for claim in _claims(name) if claim.beside or not self._beside)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


CLAIMS: Mapping[str, tuple[Claim, ...]] = _Claims(beside=False)
"""everything that `validate` weighs"""

EXPERIMENTS: Mapping[str, tuple[Claim, ...]] = _Claims(beside=True)
"""what stands beside ours in the table of `run`"""
