"""Single-click heralding: one photon detected midway, its origin erased, joins two emitters."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.spec import Angle, PerEnd, PositiveDuration, Probability
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, delay, transmission
from bellpush.hardware.node import Node
from bellpush.links.dial import dial
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.scheme import Births, Dial, Played, Scheme
from bellpush.links.single_click_played import play

__all__ = ["Clicks", "SingleClick", "single_click"]


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
    phase_noise: ArrayLike = 0.0,
    double_excitation: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    resolving: bool = False,
) -> Clicks:
    """What exactly one click leaves of two emitters, for any efficiency.

    Args:
        bright: population of the bright state at either node, shape (...).
        detection: probability that an excited node gives a click, shape (...).
        dark: probability of a dark count per detector and window, shape (...).
        visibility: two-photon (Hong-Ou-Mandel) visibility of pure, mutually shifted wave packets, shape (...).
        phase_noise: standard deviation of the optical phase at the herald, rad, shape (...).
        double_excitation: probability of an early photon given that a photon was seen, at either node, shape (...).
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
    single = pa * (1 - pb) + pb * (1 - pa)
    bunched = 0.0 if resolving else pa * pb * (1 + v) / 2
    early = np.sqrt((1 - np.asarray(double_excitation[0])) * (1 - np.asarray(double_excitation[1])))
    blur = np.exp(-(np.minimum(phase_noise, 1e3) ** 2) / 2)  # 0 long before 1e3; its square stays finite
    up_up = a * b * (one * (single + bunched) + none * (1 - pa) * (1 - pb))
    up_down = a * (1 - b) * (one * pa + none * (1 - pa))
    down_up = b * (1 - a) * (one * pb + none * (1 - pb))
    down_down = (1 - a) * (1 - b) * none
    coherence = np.sqrt(a * (1 - b) * b * (1 - a) * pa * pb * v) * one * blur * early
    return Clicks(*np.broadcast_arrays(up_up, up_down, down_up, down_down, coherence))


class SingleClick(Scheme):
    """One photon detected midway heralds a pair.

    Models: both emitters in a weak superposition, excited once, their paths erased by a beam splitter; unequal arms,
    dark counts, imperfect overlap, phase noise, double excitation; either of two detectors clicks.
    Holds when: the phase between the paths is tracked and its noise is Gaussian; any efficiency (no small-p
    expansion); photons differ by a shift of pure wave packets, so that the coherence takes the root of the visibility.
    Formula: docs/background/single-click.md; success 2 a eta and fidelity 1 - a for small a and eta.
    Source: Cabrillo et al., Phys. Rev. A 59, 1025 (1999); Humphreys et al., Nature 558, 268 (2018).

    >>> SingleClick(bright_state_population=0.1, detection_probability=1e-3, attempt_duration=5e-6).heralded
    True
    """

    summary = "one photon detected midway heralds a pair"
    remainder = "both nodes bright"
    trade = "bright_state_population"
    kind: Literal["single-click"] = "single-click"
    bright_state_population: PerEnd
    """population of the bright state in the superposition; trades rate against fidelity"""
    detection_probability: PerEnd
    """probability that an excited node gives a click, all losses included"""
    dark_count_probability: Probability = 0.0
    """per detector and window; none if not given"""
    visibility: Probability = 1.0
    """two-photon visibility; perfect if not given"""
    phase_noise: Angle = 0.0
    """standard deviation of the optical phase at the herald; none if not given"""
    double_excitation: PerEnd = (0.0, 0.0)
    """probability of an early photon given that a photon was seen; none if not given"""
    detectors: Literal["threshold", "number-resolving"] = "threshold"
    """what the detectors tell; threshold if not given"""
    attempt_duration: PositiveDuration
    """from one attempt's start to the next"""

    def clicks(self) -> Clicks:
        """Weights after a click in either detector."""
        return single_click(self.bright_state_population, self.detection_probability, **self._settings())

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        clicks = self.clicks()
        probability = float(clicks.probability)
        outcomes: tuple[Outcome, ...] = ()
        if probability > 0:
            plus = clicks.pair / probability
            minus = plus * np.array([[1, 1, 1, 1], [1, -1, -1, 1], [1, -1, -1, 1], [1, 1, 1, 1]])
            outcomes = (
                Outcome("first detector", probability / 2, plus, "psi+"),
                Outcome("second detector", probability / 2, minus, "psi-"),
            )
        herald_delay, notes = self._herald_delay(channel)
        if transmission(channel) < 1:
            notes += ("the channel's loss takes nothing: `detection_probability` is given, all losses included.",)
        return LinkModel(self.attempt_duration, outcomes, "psi+", herald_delay, idle=self._idle(clicks), notes=notes)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        clicks = self.clicks()
        with np.errstate(invalid="ignore"):  # no click, no pair
            pair = clicks.pair / clicks.probability[..., None, None]
        herald_delay = np.minimum(delay(channel), self.attempt_duration)
        return Births(clicks.probability, pair, np.asarray(self.attempt_duration), herald_delay, "psi+")

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        probabilities, states, idle = play(self.bright_state_population, self.detection_probability, **self._settings())
        return Played(probabilities, states, "psi+", self.attempt_duration, self._herald_delay(channel)[0], idle)

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        return {
            "dark counts": dial("dark_count_probability"),
            "visibility": dial("visibility", ideal=1.0),
            "phase noise": dial("phase_noise"),
            "double excitation": dial("double_excitation"),
        }

    def _settings(self) -> dict[str, Any]:
        """What both roads are told besides populations and efficiencies."""
        return {
            "dark": self.dark_count_probability,
            "visibility": self.visibility,
            "phase_noise": self.phase_noise,
            "double_excitation": self.double_excitation,
            "resolving": self.detectors == "number-resolving",
        }

    def _herald_delay(self, channel: tuple[Channel, ...]) -> tuple[float, tuple[str, ...]]:
        """The photon goes half-way and its herald comes back: one time of flight over the whole channel."""
        flight = delay(channel)
        if flight <= self.attempt_duration:
            return flight, ()
        note = (
            f"`attempt_duration` {readable(self.attempt_duration, 's')} is given and wins, though the channel alone "
            f"needs {readable(flight, 's')} from emission to herald; try an `attempt_duration` of at least that."
        )
        return self.attempt_duration, (note,)

    def _idle(self, clicks: Clicks) -> NDArray[np.float64] | None:
        """Spins after an attempt without a herald: the photons that were traced out left no coherence."""
        missed = 1 - float(clicks.probability)
        if missed <= 0:
            return None
        a, b = self.bright_state_population
        nothing = np.zeros_like(clicks.coherence)
        left = Clicks(
            a * b - clicks.up_up,
            a * (1 - b) - clicks.up_down,
            b * (1 - a) - clicks.down_up,
            (1 - a) * (1 - b) - clicks.down_down,
            nothing,
        )
        return left.pair / missed
