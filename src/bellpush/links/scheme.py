"""Schemes: how one attempt at a link tries to make a pair.

Each scheme offers two independent roads to the same link: `link_model`, a closed form or a solved model, which engines
use, and `attempts`, one attempt played out on density matrices, which checks it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.spec import Record
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.model import LinkModel
from bellpush.links.several import Several
from bellpush.states.pair import BellState

__all__ = ["Births", "Dial", "Played", "Scheme"]

# From a resolved scheme and a strength, of shape (), or (points,), to the scheme with an imperfection of that strength.
Dial: TypeAlias = Callable[[Any, Any], Any]


class Births(NamedTuple):
    """What attempts give, as arrays: a scheme whose fields hold arrays of shape (...) gives a batch."""

    success: NDArray[np.float64]  # probability of a herald, shape (...)
    pair: NDArray[np.float64]  # mean pair at birth in the frame of `target`; weight below 1 if it leaked; (..., 4, 4)
    attempt_duration: NDArray[np.float64]  # s, shape (...)
    herald_delay: NDArray[np.float64]  # s, shape (...)
    target: BellState


@dataclass(frozen=True)
class Played:
    """One attempt played out: every herald with its probability and the density matrix after its correction."""

    probabilities: NDArray[np.float64]  # shape (heralds,)
    states: NDArray[np.complex128]  # shape (heralds, 4, 4), at birth, signs corrected; trace below 1 if it leaked
    target: BellState
    attempt_duration: float
    herald_delay: float
    idle: NDArray[np.complex128] | None  # the same when nothing was heralded, shape (4, 4)


class Scheme(Record):
    """How one attempt tries. Abstract: a kind fills in the two roads."""

    summary: ClassVar[str]
    heralded: ClassVar[bool] = True
    station: ClassVar[bool] = True  # photons of both ends meet between them
    midway: ClassVar[bool] = False  # each goes half of one `channel`, to detectors in its middle
    trade: ClassVar[str] = ""  # the field, a number from 0 to 1, that trades rate against fidelity
    drowns: ClassVar[tuple[str, ...]] = ()  # imperfections that take over as that field tends to 0
    remainder: ClassVar[str] = "the scheme itself"  # what costs fidelity with all imperfections off

    @abstractmethod
    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        """The link between `ends` in closed form, or as a solved model."""

    @abstractmethod
    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        """The same link for fields that may hold arrays: what a scan of many parameters needs."""

    @abstractmethod
    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        """One attempt played out on density matrices, without the closed form."""

    def several(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Several | None:
        """All pairs that an attempt leaves, for schemes that may make more than one and nodes with room for them."""
        return None

    def lasts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> NDArray[np.float64]:
        """Time from one attempt's start to the next, s, shape (...); for schemes whose births take long to find."""
        return self.births(ends, channel).attempt_duration

    def slopes(
        self, ends: tuple[Node, Node], channel: tuple[Channel, ...], changes: Sequence[tuple[Self, Self]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """The fresh fidelity and how it changes, to first order, from the second to the first of each two schemes.

        Args:
            ends, channel: between which and over what.
            changes: this scheme with its fields a little more, and a little less, along some way.

        Returns:
            The fidelity, shape (...), and its changes, shape (len(changes), ...); None for schemes whose births are so
            cheap that differences do.
        """
        return None

    @property
    def core(self) -> Scheme:
        """The scheme that one try is: this one, unless it wraps another."""
        return self

    def around(self, core: Any) -> Self:
        """The same scheme with another core, which is itself where it wraps none."""
        return cast(Self, core)

    def attenuated(self, channel: tuple[Channel, ...]) -> bool:
        """Whether what the channel loses counts: it does not where fields say the total."""
        return True

    @property
    def laborious(self) -> bool:
        """Whether one point takes so long to solve that reports do without what takes thousands."""
        return False

    @property
    def searched(self) -> bool:
        """Whether reports say what would be enough, which takes dozens of points and their derivatives."""
        return True

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        """What is missing or contradicts itself once nodes and channel are known; None if nothing is."""
        return None

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Self:
        """The same scheme with what nodes and channel decide written out as its own fields."""
        return self

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        """Each imperfection by name, as a dial to turn on the resolved scheme.

        Strength 1 leaves the imperfection as it is, 0 switches it off; between them the error itself is scaled, so that
        several dials may be turned in any order.
        """
        return {}
