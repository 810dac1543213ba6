"""Multiplexing: many modes are tried in each attempt, and one pair is kept if any of them is heralded."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from bellpush.ground.spec import Count, Duration, PerEnd, PositiveDuration, problem
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.ageing import Ageing
from bellpush.links.dial import dial
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.multiplexed_played import play
from bellpush.links.scheme import Births, Dial, Played, Scheme
from bellpush.links.tries import Try

__all__ = ["Multiplexed", "any_mode", "pairs_kept"]

MOST = 1_000_000  # modes; more than any memory that was proposed


def any_mode(success: ArrayLike, modes: ArrayLike) -> NDArray[np.float64]:
    """Probability 1 - (1 - p)^N that one mode or more is heralded, to all digits however small, shape (...).

    Source: Simon et al., Phys. Rev. Lett. 98, 190503 (2007), recalled; elementary.

    >>> any_mode(1e-3, 62).round(7)
    np.float64(0.0601463)
    """
    p = np.minimum(np.asarray(success, dtype=float), 1.0)
    with np.errstate(divide="ignore"):  # a certain success is certain for any number of modes
        return np.asarray(-np.expm1(np.asarray(modes) * np.log1p(-p)))


def pairs_kept(success: float, modes: int, room: int) -> float:
    """Mean number of pairs a round leaves where there is room for so many: the mean of min(heralds, room).

    What a node with further memories could keep beyond the one pair that a round counts for here.

    Args:
        success: probability of each mode.
        modes: their number.
        room: pairs that both nodes have memories for.

    >>> round(pairs_kept(1e-3, 62, 1), 7), round(pairs_kept(1e-3, 62, 62), 7)
    (0.0601463, 0.062)
    """
    if success >= 1:
        return float(min(modes, room))
    if success <= 0:
        return 0.0
    # min(K, room) = sum over k from 1 to room of [K >= k]; terms of the binomial law, one from the other.
    odds, chance, below, mean = success / (1 - success), np.exp(modes * np.log1p(-success)), 0.0, 0.0
    for k in range(min(room, modes)):
        below += chance
        mean += max(1.0 - below, 0.0)
        chance *= odds * (modes - k) / (k + 1)
    return float(mean)


class Multiplexed(Scheme):
    """Many modes, each a try of `scheme`; the first that is heralded is handed on.

    Models: independent, equal modes, each with a memory cell of its own at either node, beside the node's `qubits`.
    `space` and `frequency`: all modes at once, and a round lasts as long as an attempt of `scheme`. `time`: bins one
    `spacing` after another, so that a round lasts (modes - 1) `spacing` longer and pairs of early bins wait for the
    last. The switch that takes the heralded mode on to the qubit keeps a share `switching` of what is there and tells
    nobody of a loss; with `feed_forward` it holds up the pair and the next round.
    One pair is kept a round: what other modes herald beside it is dropped, and a note says how much that is.
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
    def laborious(self) -> bool:
        return self.scheme.laborious

    @property
    def gap(self) -> Any:
        """From one mode to the next, s; nothing where all are tried at once."""
        return 0.0 if self.spacing is None else self.spacing

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        if sentence := self.scheme.contradiction(ends, channel):
            return f"has a scheme that {sentence}"
        if self.multiplexing == "time" and not all(node.storage.memoryless for node in ends):
            kind = next(getattr(node.storage, "kind", "") for node in ends if not node.storage.memoryless)
            return (
                "takes memories that lose as much at every age in time bins, whose pairs differ in age, but a node's "
                f"is {kind}. Try multiplexing: space, or another memory."
            )
        return None

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        one = self.scheme.link_model(ends, channel)
        success = one.success_probability
        found = float(any_mode(success, self.modes))
        outcomes = tuple(
            Outcome(o.name, o.probability / success * found, self._kept(ends, o.pair, success), o.announced)
            for o in one.outcomes
            if o.probability > 0
        )
        notes = one.notes + self._dropped(success, found, min(node.qubits for node in ends))
        return LinkModel(
            float(self._round(one.attempt_duration)),
            outcomes,
            one.target,
            float(one.herald_delay + self.feed_forward),
            idle=one.idle,
            notes=notes,
            error=one.error,
        )

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
        """What to say of pairs beyond the one that a round keeps, where they are many."""
        extra = self.modes * success - found
        if extra <= 1e-3 * found:
            return ()
        said = (
            f"one pair is kept a round; {extra / found:.3g} more for each of them are heralded beside it and dropped."
        )
        if room > 1:
            mean = pairs_kept(success, self.modes, room)
            said += f" {room} qubits at both nodes could keep {mean:.4g} pairs a round in the place of {found:.4g}."
        return (said,)

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


def _within(turn: Dial) -> Dial:
    """The dial of a mode's scheme as one of all modes."""

    def turned(scheme: Any, strength: Any) -> Any:
        return scheme.changed(scheme=turn(scheme.scheme, strength))

    return turned
