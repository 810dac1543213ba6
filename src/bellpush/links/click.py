"""Schemes whose photons meet midway and click: what they have in common, whatever their clicks say."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, transmission
from bellpush.hardware.node import Node
from bellpush.links.click_arms import Arms
from bellpush.links.dead_time import live_share, live_share_played, outlasted
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.optical import alike, flight, given, noisy, settled, spent, unsettled, wanders
from bellpush.links.scheme import Births, Played, Scheme
from bellpush.states.pair import BellState, Pair, frame

__all__ = ["Click", "Clicked"]


class Clicked(NamedTuple):
    """An attempt played out in Fock space, detectors that were all live."""

    probabilities: NDArray[np.float64]  # of either herald, shape (2,)
    states: NDArray[np.complex128]  # of the spins after it, signs corrected, shape (2, 4, 4)
    idle: NDArray[np.complex128]  # without a herald, (4, 4)
    nothing: float  # probability that no detector counts at all


class Click(Scheme):
    """A scheme heralded by clicks between the nodes. Abstract: a kind says what its clicks leave, by two roads.

    A kind has the fields `detection_probability`, `visibility`, `coherence`, `blind_probability`, `detection` and
    `attempt_duration`.
    """

    midway = True
    heralds: ClassVar[tuple[str, str]]  # which announce psi+ and psi-

    def attenuated(self, channel: tuple[Channel, ...]) -> bool:
        return "detection_probability" not in given(self) or noisy(self, channel)

    @property
    @abstractmethod
    def counted(self) -> str:
        """Which clicks carry the coherence: `one`, or two by their encoding, see `optical.alike`."""

    @abstractmethod
    def after(self) -> Arms:
        """What either herald, and none, leaves where all detectors are live; of a resolved scheme, or arrays in it."""

    @abstractmethod
    def played(self) -> Clicked:
        """The same in Fock space, of a resolved scheme."""

    @property
    @abstractmethod
    def nothing(self) -> Any:
        """Probability that no detector counts at all, shape (...)."""

    @property
    @abstractmethod
    def open(self) -> Any:
        """Probability that no dark count before a window has left a detector blind in it, shape (...)."""

    @abstractmethod
    def contradictions(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Iterator[str]:
        """What contradicts itself in the kind's own fields, each a sentence that goes on from the scheme's name."""

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        said = next(unsettled(self, ends, channel), None)
        return said or next(self.contradictions(ends, channel), None)

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Self:
        found = settled(self, ends, channel)
        packets, said = found.pop("packets", None), given(self)
        if packets is not None and "visibility" not in said:
            found["visibility"], coherence = alike(packets[0], packets[1], self.counted)
            if "coherence" not in said:
                found["coherence"] = coherence
        return self.changed(**found) if found else self

    def left(self) -> Arms:
        """What either herald, and none, leaves, attempts included that find a detector blind; of a resolved scheme."""
        arms = self.after()
        live = np.asarray(self.open * live_share(self._loud(arms), self.outlasted))
        if np.all(live == 1):
            return arms
        first, second = (live[..., None, None] * pair for pair in (arms.first, arms.second))
        return Arms(first, second, arms.missed + (arms.first - first) + (arms.second - second))

    def loud(self) -> float:
        """Probability that detectors count in an attempt and make no herald; of a resolved scheme."""
        return float(self._loud(self.after()))

    def _loud(self, arms: Arms) -> Any:
        return np.maximum(1 - arms.first[..., 0, 0] - arms.second[..., 0, 0] - self.nothing, 0.0)

    @property
    def outlasted(self) -> Any:
        """Further attempts in which a detector that has clicked is still blind, shape (...)."""
        detection = getattr(self, "detection", None)
        return 0.0 if detection is None else outlasted(detection.dead_time, self._lasts())

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        one = self.resolved(ends, channel)
        left = one.left()
        signs: tuple[BellState, BellState] = ("psi+", "psi-")
        outcomes = tuple(
            Outcome(name, float(pair[0, 0]), pair / pair[0, 0], announced)
            for name, pair, announced in zip(self.heralds, (left.first, left.second), signs, strict=True)
            if pair[0, 0] > 0
        )
        weight = float(left.missed[0, 0])
        idle: Pair | None = left.missed / weight if weight > 0 else None
        herald_delay, notes = one._herald_delay(channel)
        if "detection_probability" in given(self) and np.any(np.less(transmission(channel), 1)):
            taken = "only of the noise that the channel adds" if noisy(self, channel) else "nothing"
            notes += (
                f"the channel's `attenuation` takes {taken}: `detection_probability` is given, all losses included.",
            )
        derived = spent(self, ends, channel)
        notes += (*wanders(self, ends), *one.blinded(), *(() if derived is None else (derived,)))
        return LinkModel(one._lasts(), outcomes, "psi+", herald_delay, idle=idle, notes=notes)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        one = self.resolved(ends, channel)
        left = one.left()
        both = left.first + frame(left.second, "psi-", "psi+")
        probability = both[..., 0, 0]
        with np.errstate(invalid="ignore"):  # no click, no pair
            pair = both / probability[..., None, None]
        herald_delay = np.minimum(flight(channel), one._lasts())
        return Births(probability, pair, np.asarray(one._lasts()), herald_delay, "psi+")

    def lasts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> NDArray[np.float64]:
        return np.asarray(self.changed(**settled(self, ends, channel))._lasts())

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        one = self.resolved(ends, channel)
        found = one.played()
        heralded = found.probabilities.sum()
        live = float(one.open) * live_share_played(max(1 - heralded - found.nothing, 0.0), int(one.outlasted))
        z = np.diag([1, -1, 1, -1])  # what a herald corrects is not corrected where it is dropped
        lost = [(1 - live) * p * s for p, s in zip(found.probabilities, found.states, strict=True)]
        idle = (1 - heralded) * found.idle + lost[0] + z @ lost[1] @ z
        weight = max(float(np.trace(idle).real), 1e-300)
        delay = one._herald_delay(channel)[0]
        return Played(live * found.probabilities, found.states, "psi+", one._lasts(), delay, idle / weight)

    def _detected(self) -> Any:
        """Probability that an excited node gives a click; of a resolved scheme."""
        return self._known("detection_probability")

    def _lasts(self) -> Any:
        """Of an attempt, s; of a resolved scheme."""
        return self._known("attempt_duration")

    def _known(self, name: str) -> Any:
        if (value := getattr(self, name)) is None:
            raise ValueError(f"`{name}` must be known, but is not. Try `resolved` first.")
        return value

    def _herald_delay(self, channel: tuple[Channel, ...]) -> tuple[float, tuple[str, ...]]:
        """The photon goes half-way and its herald comes back: one time of flight over the whole channel."""
        needed, lasts = flight(channel), self._lasts()
        if needed <= lasts:
            return needed, ()
        note = (
            f"`attempt_duration` {readable(lasts, 's')} is given and wins, though the channel alone "
            f"needs {readable(needed, 's')} from emission to herald; try an `attempt_duration` of at least that."
        )
        return lasts, (note,)

    def blinded(self) -> Iterator[str]:
        """What a reader should know of a dead time that outlasts attempts; of a resolved scheme."""
        further = float(self.outlasted)
        if not further:
            return
        lost = 1 - float(live_share(self.loud(), further))
        yield (
            f"the detectors' `dead_time` outlasts an attempt: {further:g} more find one blind after clicks that were "
            f"no herald and are dropped, {lost:.2g} of all, which is taken as their average; those right after a "
            "herald are not counted."
        )
