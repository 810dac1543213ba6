"""Cut-offs: when a stored pair is dropped rather than kept any longer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import PositiveDuration, Probability, Record
from bellpush.ground.units import readable

__all__ = ["CUTOFFS", "AgeCutoff", "AnyCutoff", "Cutoff", "DifferenceCutoff", "FidelityCutoff"]

ROUNDING = 1e-12  # of a fidelity


class Cutoff(Record):
    """When stored pairs are dropped and made anew. Abstract: a kind says its limit, and the rule around it.

    It governs what is kept, not what is used: a pair whose time is up when it is ready is swapped at once or dropped.
    """

    summary: ClassVar[str]
    rule: ClassVar[str]  # in a few words, with {} in the place of the limit

    @property
    @abstractmethod
    def limit(self) -> str:
        """The limit as it is read."""

    @property
    def said(self) -> str:
        """The rule in a few words."""
        return self.rule.format(self.limit)


class DifferenceCutoff(Cutoff):
    """Both pairs are dropped once one has waited longer than `time` for the other.

    The time lost is the earlier creation plus `time`: at that moment both sides begin again.
    Source: Li, Coopmans and Elkouss, IEEE Trans. Quantum Eng. 2, 4103015 (2021).
    """

    summary = "both pairs are dropped when one has waited longer than a time for the other"
    rule = "both dropped when one has waited {} for the other"
    kind: Literal["difference"] = "difference"
    time: PositiveDuration
    """how long the first of two pairs waits for the second"""

    @property
    def limit(self) -> str:
        return readable(self.time, "s")


class AgeCutoff(Cutoff):
    """A pair older than `time` is dropped; a swapped pair has the larger age of the two it was made of."""

    summary = "a pair older than a time is dropped"
    rule = "a pair is dropped at the age of {}"
    kind: Literal["age"] = "age"
    time: PositiveDuration
    """the greatest age"""

    @property
    def limit(self) -> str:
        return readable(self.time, "s")


class FidelityCutoff(Cutoff):
    """A pair is dropped once the fidelity that its history lets one expect falls below `value`.

    A qubit that left counts against it. Pairs that are below as soon as they are made are swapped only with others
    that are ready at the same moment, however low their fidelity; the answer says so.
    """

    summary = "a pair is dropped once its estimated fidelity falls below a value"
    rule = "a pair is dropped once its estimated fidelity is below {}"
    kind: Literal["fidelity"] = "fidelity"
    value: Probability
    """the least estimated fidelity"""

    @property
    def least(self) -> float:
        """The same, less what rounding explains: a pair just at `value` is kept, whoever works it out."""
        return self.value - ROUNDING

    @property
    def limit(self) -> str:
        return f"{self.value:g}"


AnyCutoff: TypeAlias = Annotated[DifferenceCutoff | AgeCutoff | FidelityCutoff, Field(discriminator="kind")]
CUTOFFS: tuple[type[Cutoff], ...] = get_args(get_args(AnyCutoff)[0])
