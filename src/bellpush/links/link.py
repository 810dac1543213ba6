"""A link as networks see it: its model, its memories, its overheads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bellpush.ground.arrays import plain
from bellpush.ground.estimate import Estimate, absent
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, notes
from bellpush.hardware.node import Node
from bellpush.links.ageing import Ageing
from bellpush.links.decoherence import decoherence_rate
from bellpush.links.model import LinkModel
from bellpush.links.overhead import Overhead
from bellpush.links.scheme import Births, Scheme
from bellpush.links.several import Several
from bellpush.states.measures import overlap
from bellpush.states.pair import Pair

__all__ = ["Link", "Overhead"]


@dataclass(frozen=True)
class Link:
    """Two neighbouring nodes, the channel between them and the scheme that joins them."""

    name: str
    between: tuple[str, str]
    nodes: tuple[Node, Node]
    channel: tuple[Channel, ...]
    scheme: Scheme
    overheads: tuple[Overhead, ...] = ()
    cycle: float | None = None  # s; the period of the clock it serves, if it serves one

    @cached_property
    def model(self) -> LinkModel:
        """All that a network may know of the link."""
        return self.scheme.link_model(self.nodes, self.channel)

    @cached_property
    def births(self) -> Births:
        """The same as arrays, where fields of the scheme hold arrays."""
        return self.scheme.births(self.nodes, self.channel)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of its numbers should know."""
        said = [
            f"`{o.name}` fails at times: its mean of {readable(o.mean, 's')} is taken in every cycle."
            for o in self.overheads
            if o.when == "cycle-start" and o.success_probability < 1
        ]
        losses = notes(self.channel) if self.scheme.core.attenuated(self.channel) else ()
        return (*self.model.notes, *losses, *said)

    @property
    def ageing(self) -> Ageing:
        """How its pairs age."""
        return Ageing(self.nodes[0].storage, self.nodes[1].storage)

    @cached_property
    def pair(self) -> Pair:
        """The pair when the herald is known: born `herald_delay` before, aged since; shape (4, 4)."""
        return self.ageing.at(self.model.born, self.model.herald_delay)

    @property
    def step(self) -> float:
        """Time from one attempt to the next, spread overheads included, s."""
        attempt = self.scheme.lasts(self.nodes, self.channel)
        share = sum((o.share(attempt) for o in self.overheads if o.when == "spread"), 0.0)
        step: float = plain(attempt * (1 + share))
        return step

    @property
    def lead(self) -> float:
        """Time at the start of a clock cycle in which no attempt is made, s."""
        return sum((o.mean for o in self.overheads if o.when == "cycle-start"), 0.0)

    @property
    def duty(self) -> float:
        """Share of a clock cycle that is left for attempts; all of the time where no clock is known."""
        if self.cycle is None:
            return 1.0
        duty: float = plain(np.clip(1 - self.lead / np.asarray(self.cycle), 0.0, 1.0))
        return duty

    @cached_property
    def several(self) -> Several | None:
        """All pairs that an attempt leaves; None where it leaves one at most."""
        return self.scheme.several(self.nodes, self.channel)

    # What `run` reports of a link.

    @property
    def pairs(self) -> Estimate | None:
        """Mean number of pairs that an attempt leaves; None where it leaves one at most."""
        return None if self.several is None else Estimate.exact(self.several.mean)

    @property
    def pair_rate(self) -> Estimate | None:
        """Pairs a second, all that are kept, overheads included, Hz; None where an attempt leaves one at most."""
        return None if self.several is None else Estimate.exact(self.several.mean / self.step * self.duty, "Hz")

    @property
    def pair_fidelity(self) -> Estimate | None:
        """Heralded fidelity on average over all pairs that are kept; None where an attempt leaves one at most."""
        if self.several is None:
            return None
        fidelity = self.several.fidelity
        return absent("no attempt ever succeeds") if fidelity is None else Estimate.exact(fidelity)

    @property
    def success_probability(self) -> Estimate:
        """Per attempt."""
        return Estimate.exact(self.model.success_probability)

    @property
    def rate(self) -> Estimate:
        """Success probability over attempt duration, overheads included, Hz."""
        return Estimate.exact(self.model.success_probability / self.step * self.duty, "Hz")

    @property
    def rate_peak(self) -> Estimate:
        """The same without overheads, Hz."""
        return Estimate.exact(self.model.success_probability / self.model.attempt_duration, "Hz")

    @property
    def fidelity(self) -> Estimate:
        """Heralded fidelity of the pair when the herald is known."""
        if self.model.success_probability == 0:
            return absent("no attempt ever succeeds")
        return Estimate.exact(float(overlap(self.pair, self.model.target)), truncation=self.model.error)

    @cached_property
    def decoherence_rate(self) -> Estimate:
        """How fast the stored pair loses its fidelity, Hz."""
        if self.model.success_probability == 0:
            return absent("no attempt ever succeeds", "Hz")
        return decoherence_rate(self.model.born, self.ageing, self.model.target, self.model.herald_delay)

    @property
    def link_efficiency(self) -> Estimate:
        """Rate of making a pair over the rate of losing it."""
        lost = self.decoherence_rate
        if lost.value is None:
            return absent(f"there is no decoherence rate: {lost.why}")
        assert self.rate.value is not None
        return Estimate.exact(self.rate.value / lost.value)
