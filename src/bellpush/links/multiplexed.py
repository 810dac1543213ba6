"""Multiplexing: many modes are tried in each attempt, and pairs of those that are heralded are kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from bellpush.ground.spec import Count, Duration, PerEnd, PositiveDuration, problem
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.ageing import Ageing
from bellpush.links.bins import mixed
from bellpush.links.click import Click
from bellpush.links.dead_time import outlasted
from bellpush.links.dial import dial
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.multiplexed_played import play
from bellpush.links.scheme import Births, Dial, Played, Scheme
from bellpush.links.several import Several, any_mode, pairs_kept, places
from bellpush.links.tries import Try

__all__ = ["Multiplexed"]

MOST = 1_000_000  # modes; more than any memory that was proposed


class Multiplexed(Scheme):
    """Many modes, each a try of `scheme`; the first that is heralded is handed on.

    Models: independent, equal modes, each with a memory cell of its own at either node, beside the node's `qubits`.
    `space` and `frequency`: all modes at once, and a round lasts as long as an attempt of `scheme`. `time`: bins one
    `spacing` after another, at least as long as clicks count in one, so that a round lasts (modes - 1) `spacing` longer
    and pairs of early bins wait for the last. The switch that takes the heralded mode on to the qubit keeps a share
    `switching` of what is there and tells nobody of a loss; with `feed_forward` it holds up the pair and the next
    round.
    A round keeps the pairs of the first heralded modes, as many as both nodes have `qubits`. Requests take the first of
    them; the others count in the pairs a round and in the rate of pairs. What finds no room is dropped, and a note says
    how much that is.
    Holds when: cells keep their qubit until it is asked for; a store that does not is the `fixed-delay` memory.
    Formula: docs/background/multiplexing.md.
    Source: Simon et al., Phys. Rev. Lett. 98, 190503 (2007); Collins et al., Phys. Rev. Lett. 98, 060502 (2007); both
    recalled.

    >>> one = {
    ...     "kind": "parametric",
    ...     "attempt_duration": 1e-4,
    ...     "success_probability": 1e-3,
    ...     "state": {"kind": "werner", "fidelity": 0.9},
    ... }
    >>> round(Multiplexed(scheme=one, modes=62).link_model((Node(), Node()), ()).success_probability, 7)
    0.0601463
    """

    summary = "many modes in each attempt, each a try of another scheme"
    kind: Literal["multiplexed"] = "multiplexed"
    scheme: Annotated[Try, Field(discriminator="kind")]
    """how each mode tries"""
    modes: Count
    """tries in each attempt"""
    multiplexing: Literal["space", "frequency", "time"] = "space"
    """what tells modes apart; they are tried at once unless it is time; space if not given"""
    spacing: PositiveDuration | None = None
    """from one time bin to the next; for `time` alone, which needs it"""
    switching: PerEnd = (1.0, 1.0)
    """share of a heralded qubit that the switch hands on; all of it if not given"""
    feed_forward: Duration = 0.0
    """from the herald to the switched qubit; no time if not given"""

    @model_validator(mode="after")
    def _fits(self) -> Multiplexed:
        if self.modes > MOST:
            raise problem(f"must have at most {MOST} `modes`, but has {self.modes}. Try fewer.")
        if not self.scheme.heralded:
            raise problem(
                f"needs a `scheme` that heralds, or nobody knows which mode to take, but {self.scheme.kind} does not. "
                "Try single-click."
            )
        if self.multiplexing == "time" and self.spacing is None:
            raise problem("needs the `spacing` of its time bins. Try spacing: 100 ns.")
        if self.multiplexing != "time" and self.spacing is not None:
            raise problem(
                f"takes a `spacing` only in time, but its modes differ in {self.multiplexing}. Try multiplexing: time."
            )
        return self

    @property
    def core(self) -> Scheme:
        return self.scheme.core

    def around(self, core: Any) -> Multiplexed:
        return self.changed(scheme=self.scheme.around(core))

    @property
    def laborious(self) -> bool:
        return self.scheme.laborious

    @property
    def gap(self) -> Any:
        """From one mode to the next, s; nothing where all are tried at once."""
        return 0.0 if self.spacing is None else self.spacing

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        if sentence := self.scheme.contradiction(ends, channel):
            return f"has a scheme that {sentence}"
        if sentence := self._mixed(ends):
            return sentence
        if self.multiplexing == "time" and not all(node.storage.memoryless for node in ends):
            kind = next(getattr(node.storage, "kind", "") for node in ends if not node.storage.memoryless)
            return (
                "takes memories that lose as much at every age in time bins, whose pairs differ in age, but a node's "
                f"is {kind}. Try multiplexing: space, or another memory."
            )
        return None

    def _mixed(self, ends: tuple[Node, Node]) -> str | None:
        """How photons of several bins mix."""
        if self.spacing is None or not isinstance(self.scheme, Click):
            return None
        return mixed(self.scheme, self.modes, self.spacing, ends)

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        one = self.scheme.link_model(ends, channel)
        success = one.success_probability
        found = float(any_mode(success, self.modes))
        outcomes = tuple(
            Outcome(o.name, o.probability / success * found, self._kept(ends, o.pair, success), o.announced)
            for o in one.outcomes
            if o.probability > 0
        )
        notes = one.notes + self._dropped(success, found, room(ends)) + self._blinded(ends, channel)
        return LinkModel(
            float(self._round(one.attempt_duration)),
            outcomes,
            one.target,
            float(one.herald_delay + self.feed_forward),
            idle=one.idle,
            notes=notes,
            error=one.error,
        )

    def several(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Several | None:
        if min(room(ends), self.modes) < 2:
            return None
        one, modes = self.scheme.link_model(ends, channel), None
        success = one.success_probability
        if self.spacing is not None and success > 0:
            modes = Ageing(ends[0].storage, ends[1].storage).modes(one.born)
        reached, pairs = [], []
        for weights in places(success, self.modes, room(ends)):
            reached.append(weights.sum())
            pair = one.born
            if modes is not None and reached[-1] > 0:
                ages = self.gap * np.arange(self.modes)[::-1]
                shrink = (weights / reached[-1] * np.exp(-modes.rates[:, None] * ages)).sum(axis=-1)
                pair = (shrink[:, None, None] * modes.pairs).sum(axis=0)
            pairs.append(self.switching[0] * self.switching[1] * pair)
        age = one.herald_delay + self.feed_forward
        kept = Ageing(ends[0].storage, ends[1].storage).at(np.array(pairs), age)
        return Several(-np.diff([1.0, *np.minimum(reached, 1.0), 0.0]), kept, one.target)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        one = self.scheme.births(ends, channel)
        return Births(
            any_mode(one.success, self.modes),
            self._kept(ends, one.pair, one.success),
            np.asarray(self._round(one.attempt_duration)),
            np.asarray(one.herald_delay + self.feed_forward),
            one.target,
        )

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        one = self.scheme.attempts(ends, channel)
        return play(one, ends, self.modes, self.gap, self.switching, self.feed_forward)

    def lasts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> NDArray[np.float64]:
        return np.asarray(self._round(self.scheme.lasts(ends, channel)))

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Multiplexed:
        return self.changed(scheme=self.scheme.resolved(ends, channel))

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        inner = {name: _within(turn) for name, turn in self.scheme.imperfections(ends, channel).items()}
        waiting = {"waiting for the last bin": dial("spacing")} if self.multiplexing == "time" else {}
        return inner | waiting | {"switching": dial("switching", ideal=1.0), "feed-forward": dial("feed_forward")}

    def _round(self, attempt: Any) -> Any:
        """Length of a round whose modes each take an attempt, s."""
        return attempt + (self.modes - 1) * self.gap + self.feed_forward

    def _dropped(self, success: float, found: float, room: int) -> tuple[str, ...]:
        """What to say of pairs beyond the first of a round, where they are many."""
        extra = self.modes * success - found
        if extra <= 1e-3 * found:
            return ()
        if room == 1:
            return (
                f"one pair is kept a round; {extra / found:.3g} more for each of them are heralded beside it and "
                "dropped.",
            )
        mean = pairs_kept(success, self.modes, room)
        said = (
            f"{room} qubits at both nodes keep {mean:.4g} pairs a round; requests take the first, {found:.4g} a round."
        )
        lost = self.modes * success - mean
        return (said if lost <= 1e-3 * mean else f"{said} {lost:.3g} more find no room and are dropped.",)

    def _blinded(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> tuple[str, ...]:
        """What to say of detectors that are still blind in the bins after a click."""
        one = self.scheme.resolved(ends, channel)
        if self.spacing is None or not isinstance(one, Click) or one.detection is None:
            return ()
        bins = min(outlasted(one.detection.dead_time, self.spacing), self.modes - 1)
        if not bins:
            return ()
        return (
            f"the detectors' `dead_time` outlasts the `spacing`: a click blinds one for {bins:g} bins more, which is "
            f"not counted; it would cost about {min(bins * one.loud(), 1.0):.2g} of the first pairs of a round, and "
            "pairs beyond the first more.",
        )

    def _kept(self, ends: tuple[Node, Node], pair: NDArray[np.float64], success: ArrayLike) -> NDArray[np.float64]:
        """The pair that a round keeps, as old as one of the last mode; its weight is what the switch hands on."""
        first, second = (np.asarray(share, dtype=float) for share in self.switching)
        handed = (first * second)[..., None, None]
        if self.spacing is None:
            return np.asarray(handed * pair)
        modes = Ageing(ends[0].storage, ends[1].storage).modes(pair)
        assert modes is not None
        # The first success in bin m of N, counted from 0, waits for N - 1 - m more.
        bins = np.arange(self.modes)
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log1p(-np.minimum(np.asarray(success, dtype=float), 1.0))
            weights = np.where(bins == 0, 1.0, np.exp(log[..., None] * bins))
        weights = weights / weights.sum(axis=-1, keepdims=True)
        ages = np.asarray(self.spacing)[..., None] * bins[::-1]
        shrink = (weights[..., None, :] * np.exp(-modes.rates[..., None] * ages[..., None, :])).sum(axis=-1)
        return np.asarray(handed * (shrink[..., None, None] * modes.pairs).sum(axis=-3))


def room(ends: tuple[Node, Node]) -> int:
    """Pairs that both nodes can hold."""
    return min(node.qubits for node in ends)


def _within(turn: Dial) -> Dial:
    """The dial of a mode's scheme as one of all modes."""

    def turned(scheme: Any, strength: Any) -> Any:
        return scheme.changed(scheme=turn(scheme.scheme, strength))

    return turned
