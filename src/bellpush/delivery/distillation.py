"""Distillation: how several pairs of one kind become one that is better."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field

from bellpush.ground.spec import Count, Record

__all__ = ["DISTILLATIONS", "AnyDistillation", "Bbpssw", "Code", "Dejmps", "Distillation"]


class Distillation(Record):
    """What is made of pairs before they are used further. Abstract: a kind says how many it takes."""

    summary: ClassVar[str]

    rounds: Count = 1
    """how often: each round multiplies the pairs that are made side by side; once if not given"""

    @property
    @abstractmethod
    def protocol(self) -> str:
        """Its name among the circuits."""

    @property
    def copies(self) -> int:
        """How many pairs are made side by side for one that is kept."""
        from bellpush.states.codes import circuit

        return int(circuit(self.protocol).pairs ** self.rounds)

    @property
    def said(self) -> str:
        """The protocol in a few words."""
        times = f"{self.rounds} round{'' if self.rounds == 1 else 's'}"
        return f"{self.protocol}, {times} of {self.copies} pairs made side by side"


class Dejmps(Distillation):
    """Two pairs are compared with local rotations by a quarter turn before; one is kept where the results agree.

    Source: Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """

    summary = "two pairs are compared after quarter turns; good for any Bell-diagonal pair"
    kind: Literal["dejmps"] = "dejmps"

    @property
    def protocol(self) -> str:
        return "dejmps"


class Bbpssw(Distillation):
    """Two pairs, made Werner pairs by random rotations first, are compared; one is kept where the results agree.

    Source: Bennett et al., Phys. Rev. Lett. 76, 722 (1996).
    """

    summary = "two pairs, twirled to Werner pairs, are compared"
    kind: Literal["bbpssw"] = "bbpssw"

    @property
    def protocol(self) -> str:
        return "bbpssw"


class Code(Distillation):
    """The encoding of a code is undone at both nodes, and a pair is kept where all syndromes agree.

    Source: docs/background/distillation.md.
    """

    summary = "several pairs are compared by the stabilisers of a code, and one is kept"
    kind: Literal["code"] = "code"
    name: Literal["repetition-3", "four-qubit", "five-qubit", "steane"]
    """the code: how many pairs it takes, and which errors it sees"""

    @property
    def protocol(self) -> str:
        return self.name


AnyDistillation: TypeAlias = Annotated[Dejmps | Bbpssw | Code, Field(discriminator="kind")]
DISTILLATIONS: tuple[type[Distillation], ...] = get_args(get_args(AnyDistillation)[0])
