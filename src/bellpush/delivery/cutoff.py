"""Cut-offs: when a stored pair is dropped rather than kept any longer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import PositiveDuration, Probability, Record
from bellpush.ground.units import readable

__all__ = ["CUTOFFS", "AgeCutoff", "AnyCutoff", "Cutoff", "DifferenceCutoff", "FidelityCutoff"]


class Cutoff(Record):
    """When stored pairs are dropped and made anew. Abstract: a kind says itself in a few words."""

    summary: ClassVar[str]

    @property
    @abstractmethod
    def said(self) -> str:
        """The rule in a few words."""


class DifferenceCutoff(Cutoff):
    """Both pairs are dropped once one has waited longer than `time` for the other.

    The time lost is the earlier creation plus `time`: at that moment both sides begin again.
    Source: Li, Coopmans and Elkouss, IEEE Trans. Quantum Eng. 2, 4103015 (2021).
    """

    summary = "both pairs are dropped when one has waited longer than a time for the other"
    kind: Literal["difference"] = "difference"
    time: PositiveDuration
    """how long the first of two pairs waits for the second"""

    @property
    def said(self) -> str:
        return f"both dropped when one has waited {readable(self.time, 's')} for the other"


class AgeCutoff(Cutoff):
    """A pair older than `time` is dropped; a swapped pair has the larger age of the two it was made of."""

    summary = "a pair older than a time is dropped"
    kind: Literal["age"] = "age"
    time: PositiveDuration
    """the greatest age"""

    @property
    def said(self) -> str:
        return f"a pair is dropped at the age of {readable(self.time, 's')}"


class FidelityCutoff(Cutoff):
    """A pair is dropped once the fidelity that its history lets one expect falls below `value`."""

    summary = "a pair is dropped once its estimated fidelity falls below a value"
    kind: Literal["fidelity"] = "fidelity"
    value: Probability
    """the least estimated fidelity"""

    @property
    def said(self) -> str:
        return f"a pair is dropped once its estimated fidelity is below {self.value:g}"


AnyCutoff: TypeAlias = Annotated[DifferenceCutoff | AgeCutoff | FidelityCutoff, Field(discriminator="kind")]
CUTOFFS: tuple[type[Cutoff], ...] = get_args(get_args(AnyCutoff)[0])
