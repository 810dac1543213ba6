"""Single-click heralding: one photon detected midway, its origin erased, joins two emitters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.spec import Angle, Duration, PerEnd, PositiveDuration, Probability
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.click import Click, Clicked
from bellpush.links.click_arms import Arms, click_arms
from bellpush.links.detection import Detection
from bellpush.links.dial import dial
from bellpush.links.scheme import Dial
from bellpush.links.single_click_played import play
from bellpush.physics.interference import unseen
from bellpush.physics.phase import phase_kept
from bellpush.states.pair import frame

__all__ = ["ROUNDING", "Clicks", "SingleClick", "single_click"]


ROUNDING = 1e-12  # by which two numbers that were integrated apart may miss each other


class Clicks(NamedTuple):
    """What a click leaves of the two emitters: unnormalised weights, all of one shape (...).

    `up_down` is the weight of |1> at the first node and |0> at the second, and so on; `coherence` is that between
    these two, positive for the one detector and negative for the other.
    """

    up_up: NDArray[np.float64]
    up_down: NDArray[np.float64]
    down_up: NDArray[np.float64]
    down_down: NDArray[np.float64]
    coherence: NDArray[np.float64]

    @property
    def probability(self) -> NDArray[np.float64]:
        """Probability that an attempt is heralded, shape (...)."""
        return self.up_up + self.up_down + self.down_up + self.down_down

    @property
    def pair(self) -> NDArray[np.float64]:
        """Unnormalised correlations in the frame of psi+, shape (..., 4, 4); the weight is the probability."""
        uu, ud, du, dd, c = self
        pair = np.zeros((*np.shape(uu), 4, 4))
        pair[..., 0, 0] = self.probability
        pair[..., 1, 1] = pair[..., 2, 2] = 2 * c
        pair[..., 3, 3] = dd + uu - ud - du
        pair[..., 3, 0] = dd + du - ud - uu
        pair[..., 0, 3] = dd + ud - du - uu
        return pair


def single_click(
    bright: tuple[ArrayLike, ArrayLike],
    detection: tuple[ArrayLike, ArrayLike],
    *,
    dark: ArrayLike = 0.0,
    visibility: ArrayLike = 1.0,
    coherence: ArrayLike | None = None,
    phase_noise: ArrayLike = 0.0,
    drift_time: ArrayLike | None = None,
    lock_period: ArrayLike = 0.0,
    double_excitation: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    veto: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    resolving: bool = False,
) -> Clicks:
    """What exactly one click leaves of two emitters, for any efficiency.

    Args:
        bright: population of the bright state at either node, shape (...).
        detection: probability that an excited node gives a click, shape (...).
        dark: probability of a dark count per detector and window, shape (...).
        visibility: two-photon (Hong-Ou-Mandel) visibility, shape (...).
        coherence: what wave packets keep of the coherence of one click, shape (...); if None the root of the
            visibility, as pure, mutually shifted wave packets do.
        phase_noise: standard deviation of the optical phase right after a lock, rad, shape (...).
        drift_time: in which the drift of the phase after a lock takes the coherence to 1/e, s; None: no drift.
        lock_period: from one lock to the next, s, over which the coherence is averaged.
        double_excitation: probability of an early photon given that a photon was seen, at either node, shape (...).
        veto: probability that a node sees a photon of its own, whereupon the attempt is dropped, shape (...).
        resolving: whether detectors count photons; a detector with two counts is then rejected.

    Source: derived in docs/background/single-click.md; for small efficiencies it is the model of Humphreys et al.,
    Nature 558, 268 (2018).

    >>> clicks = single_click((0.1, 0.1), (0.001, 0.001))
    >>> clicks.probability.round(10), ((clicks.up_down + clicks.coherence) / clicks.probability).round(7)
    (np.float64(0.00019999), np.float64(0.900045))
    """
    a, b = (np.asarray(x, dtype=float) for x in bright)
    pa, pb = (np.asarray(x, dtype=float) for x in detection)
    dark, v = np.asarray(dark, dtype=float), np.asarray(visibility, dtype=float)
    quiet = 1 - dark
    one = quiet**2 if resolving else quiet  # a photon clicks: no dark count elsewhere (resolving: nor beside it)
    none = 2 * dark * quiet  # no photon clicks: one of the two detectors is dark-counted
    (seen_a, lost_a), (seen_b, lost_b) = (unseen(*each) for each in zip((pa, pb), double_excitation, veto, strict=True))
    single = seen_a * lost_b + seen_b * lost_a
    bunched = 0.0 if resolving else seen_a * seen_b * (1 + v) / 2
    early = np.sqrt((1 - np.asarray(double_excitation[0])) * (1 - np.asarray(double_excitation[1])))
    blur = phase_kept(phase_noise, drift_time, lock_period)
    up_up = a * b * (one * (single + bunched) + none * lost_a * lost_b)
    up_down = a * (1 - b) * (one * seen_a + none * lost_a)
    down_up = b * (1 - a) * (one * seen_b + none * lost_b)
    down_down = (1 - a) * (1 - b) * none
    like = np.sqrt(a * (1 - b) * b * (1 - a) * pa * pb * (v if coherence is None else 1.0))
    kept = like * one * blur * early * (1.0 if coherence is None else np.asarray(coherence))
    return Clicks(*np.broadcast_arrays(up_up, up_down, down_up, down_down, kept))


class SingleClick(Click):
    """One photon detected midway heralds a pair.

    Models: both emitters in a weak superposition, excited once, their paths erased by a beam splitter; unequal arms,
    dark counts, imperfect overlap, phase noise and drift, double and incomplete excitation; nodes that see photons of
    their own and detectors that find themselves blind, both of which drop the attempt; either of two detectors clicks.
    What is not given follows from the nodes' emitters, the channel and `detection`.
    Holds when: the phase between the paths is tracked and its noise is Gaussian; any efficiency (no small-p
    expansion).
    Formula: docs/background/single-click.md; success 2 a eta and fidelity 1 - a for small a and eta.
    Source: Cabrillo et al., Phys. Rev. A 59, 1025 (1999); Humphreys et al., Nature 558, 268 (2018).

    >>> SingleClick(bright_state_population=0.1, detection_probability=1e-3, attempt_duration=5e-6).heralded
    True
    """

    summary = "one photon detected midway heralds a pair"
    remainder = "both nodes bright"
    trade = "bright_state_population"
    drowns = ("dark counts",)
    heralds = ("first detector", "second detector")
    kind: Literal["single-click"] = "single-click"
    bright_state_population: PerEnd
    """population of the bright state in the superposition; trades rate against fidelity"""
    detection_probability: PerEnd | None = None
    """probability that an excited node gives a click, all losses included; from devices, channel and `detection` if not
    given"""
    dark_count_probability: Probability = 0.0
    """per detector and window; from `detection`, or none, if not given"""
    visibility: Probability = 1.0
    """two-photon visibility; from devices, or perfect, if not given"""
    coherence: Probability | None = None
    """what wave packets keep of the coherence of one click; from devices, or the root of the visibility, if not
    given"""
    phase_noise: Angle = 0.0
    """standard deviation of the optical phase right after a lock; none if not given"""
    drift_time: PositiveDuration | None = None
    """time in which the drift of the phase after a lock takes the coherence to 1/e; no drift if not given"""
    lock_period: Duration = 0.0
    """from one lock of the phase to the next, which matters where it drifts; no time if not given"""
    double_excitation: PerEnd = (0.0, 0.0)
    """probability of an early photon given that a photon was seen; from devices, or none, if not given"""
    veto: PerEnd = (0.0, 0.0)
    """probability that a node sees a photon of its own, in the side band, whereupon the attempt is dropped; from
    devices, or none, if not given"""
    excitation: PerEnd = (1.0, 1.0)
    """probability that the pulse excites a bright node; from devices whose pulse is not of 180 deg, or certain, if not
    given"""
    optical_phase: Angle = 0.0
    """mean phase between the paths, known and corrected, which matters where excitation is incomplete; none if not
    given"""
    split: Probability = 0.5
    """share of the first node's light at the first detector, and of the second's at the second; half if not given"""
    detectors: Literal["threshold", "number-resolving"] = "threshold"
    """what the detectors tell; threshold if not given"""
    blind_probability: Probability = 0.0
    """probability that a detector is still blind from a dark count when its window opens, whereupon the attempt is
    dropped; from `detection`, or none, if not given"""
    detection: Detection | None = None
    """window and detectors, whence what is not given here; unlimited and ideal if not given"""
    attempt_duration: PositiveDuration | None = None
    """from one attempt's start to the next; from emitters at both nodes (preparation, excitation, window, flight of
    photon and herald) if not given"""

    @property
    def counted(self) -> str:
        return "one"

    def contradictions(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Iterator[str]:
        one = self.resolved(ends, channel)
        if one.coherence is not None and one.coherence**2 > one.visibility * (1 + ROUNDING) and min(one.excitation) < 1:
            yield (
                f"must have a `coherence` of at most the root of its `visibility`, {one.visibility**0.5:.6g}, where "
                f"`excitation` is incomplete, but it is {one.coherence:.6g}. Try click_times: discarded."
            )
        if self.drift_time is not None and not self.lock_period:
            yield "must have a `lock_period` beside `drift_time`, over which the phase drifts. Try lock_period: 180 ms."
        for seen, vetoed in zip(one._detected(), one.veto, strict=True):
            if seen + vetoed > 1 + 1e-12:
                yield (
                    f"must not see a photon twice, but of those of a node {seen:.6g} click (`detection_probability`) "
                    f"and {vetoed:.6g} are seen by the node itself (`veto`), more than 1 together. Try a `veto` of at "
                    f"most {1 - seen:.6g}."
                )

    def clicks(self) -> Clicks:
        """Weights after a click in either detector, both taken together; of a resolved scheme, detectors live."""
        settings = self._settings()
        for name in ("excitation", "optical_phase", "split"):
            del settings[name]
        return single_click(self.bright_state_population, self._detected(), **settings)

    def after(self) -> Arms:
        if np.all(np.equal(self.excitation, 1)) and np.all(np.equal(self.split, 0.5)):
            clicks = self.clicks()
            half = clicks.pair / 2
            return Arms(half, frame(half, "psi+", "psi-"), self._idle(clicks).pair)
        settings = self._settings()
        noise = {name: settings.pop(name) for name in ("phase_noise", "drift_time", "lock_period")}
        kept = phase_kept(*noise.values())
        return click_arms(self.bright_state_population, self._detected(), phase_kept=kept, **settings)

    def played(self) -> Clicked:
        return Clicked(*play(self.bright_state_population, self._detected(), **self._settings()))

    @property
    def nothing(self) -> Any:
        numbers = zip(self.bright_state_population, self.excitation, self._detected(), strict=True)
        first, second = (1 - np.prod(np.broadcast_arrays(*three), axis=0) for three in numbers)
        return (1 - np.asarray(self.dark_count_probability)) ** 2 * first * second

    @property
    def open(self) -> Any:
        return (1 - np.asarray(self.blind_probability)) ** 2  # both detectors

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        one = self.resolved(ends, channel)
        found = {
            "dark counts": dial("dark_count_probability"),
            "visibility": dial("visibility", *(("coherence",) if one.coherence is not None else ()), ideal=1.0),
            "phase noise": dial("phase_noise"),
            "double excitation": dial("double_excitation"),
        }
        if one.drift_time is not None:
            found["phase drift"] = dial("lock_period")
        if np.any(np.less(one.excitation, 1)):
            found["incomplete excitation"] = dial("excitation", ideal=1.0)
        if np.any(np.not_equal(one.split, 0.5)):
            found["unbalanced beam splitter"] = dial("split", ideal=0.5)
        return found

    def _settings(self) -> dict[str, Any]:
        """What both roads are told besides populations and efficiencies."""
        same = ("visibility", "coherence", "phase_noise", "drift_time", "lock_period", "double_excitation", "veto")
        return {
            "dark": self.dark_count_probability,
            "resolving": self.detectors == "number-resolving",
            **{name: getattr(self, name) for name in (*same, "excitation", "optical_phase", "split")},
        }

    def _idle(self, clicks: Clicks) -> Clicks:
        """Spins after an attempt without a herald: the photons that were traced out left no coherence."""
        a, b = (np.asarray(one, dtype=float) for one in self.bright_state_population)
        nothing = np.zeros_like(clicks.coherence)
        return Clicks(
            a * b - clicks.up_up,
            a * (1 - b) - clicks.up_down,
            b * (1 - a) - clicks.down_up,
            (1 - a) * (1 - b) - clicks.down_down,
            nothing,
        )
