"""Distillation: how several pairs of one kind become one that is better."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import Count, Record

__all__ = ["DISTILLATIONS", "AnyDistillation", "Bbpssw", "Dejmps", "Distillation"]


class Distillation(Record):
    """What is made of pairs before they are used further. Abstract: a kind says how many it takes."""

    summary: ClassVar[str]

    @property
    @abstractmethod
    def copies(self) -> int:
        """How many pairs are made side by side for one that is kept."""

    @property
    @abstractmethod
    def said(self) -> str:
        """The protocol in a few words."""


class Dejmps(Distillation):
    """Two pairs are compared with local rotations by a quarter turn before; one is kept where the results agree.

    Source: Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """

    summary = "two pairs are compared after quarter turns; good for any Bell-diagonal pair"
    kind: Literal["dejmps"] = "dejmps"
    rounds: Count = 1
    """how often: each round doubles the pairs that are made side by side; once if not given"""

    @property
    def copies(self) -> int:
        return int(2**self.rounds)

    @property
    def said(self) -> str:
        return f"dejmps, {self.rounds} round{'' if self.rounds == 1 else 's'} of {self.copies} pairs made side by side"


class Bbpssw(Distillation):
    """Two pairs, made Werner pairs by random rotations first, are compared; one is kept where the results agree.

    Source: Bennett et al., Phys. Rev. Lett. 76, 722 (1996).
    """

    summary = "two pairs, twirled to Werner pairs, are compared"
    kind: Literal["bbpssw"] = "bbpssw"
    rounds: Count = 1
    """how often: each round doubles the pairs that are made side by side; once if not given"""

    @property
    def copies(self) -> int:
        return int(2**self.rounds)

    @property
    def said(self) -> str:
        return f"bbpssw, {self.rounds} round{'' if self.rounds == 1 else 's'} of {self.copies} pairs made side by side"


AnyDistillation: TypeAlias = Annotated[Dejmps | Bbpssw, Field(discriminator="kind")]
DISTILLATIONS: tuple[type[Distillation], ...] = get_args(get_args(AnyDistillation)[0])
