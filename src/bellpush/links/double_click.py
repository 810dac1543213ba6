"""Double-click heralding: two photons, one of either node, announce a pair whatever the phase between the paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.spec import Angle, PerEnd, PositiveDuration, Probability
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.click import Click, Clicked
from bellpush.links.click_arms import Arms
from bellpush.links.dead_time import still_live
from bellpush.links.detection import Detection
from bellpush.links.dial import dial
from bellpush.links.double_click_played import play
from bellpush.links.scheme import Dial
from bellpush.links.single_click import ROUNDING, Clicks
from bellpush.links.two_click_arms import two_click_arms
from bellpush.physics.phase import phase_kept

__all__ = ["DoubleClick", "TwoClicks", "double_click"]


class TwoClicks(NamedTuple):
    """What two clicks leave of the emitters, each unnormalised and as it is (no sign is corrected)."""

    same: Clicks  # both in the same detector: psi+
    different: Clicks  # in different ones: psi-
    missed: Clicks  # without a herald


def double_click(
    detection: tuple[ArrayLike, ArrayLike],
    *,
    dark: ArrayLike = 0.0,
    visibility: ArrayLike = 1.0,
    coherence: ArrayLike | None = None,
    phase_noise: ArrayLike = 0.0,
    double_excitation: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    split: ArrayLike = 0.5,
    resolving: bool = False,
    blind: bool = False,
    flipped: bool = True,
) -> TwoClicks:
    """What exactly one click in each of two rounds leaves of two emitters, for any efficiency.

    Args:
        detection: probability that an excited node gives a click, either round, shape (...).
        dark: probability of a dark count per detector and window, shape (...).
        visibility: two-photon (Hong-Ou-Mandel) visibility, shape (...).
        coherence: what wave packets keep of the coherence of two clicks, shape (...); the visibility if None.
        phase_noise: standard deviation of the change of the optical phase between the rounds, rad, shape (...).
        double_excitation: probability of an early photon given that a photon was seen, at either node, shape (...).
        split: share of the first node's light at the first detector, and of the second's at the second, shape (...).
        resolving: whether detectors count photons; one with two counts is then rejected.
        blind: whether a detector that clicked sees nothing in the second round.
        flipped: whether spins are flipped between the rounds; else each round sees one of two levels that both emit.

    Source: derived in docs/background/double-click.md; the scheme is that of Barrett and Kok, Phys. Rev. A 71, 060310
    (2005).

    >>> clicks = double_click((0.01, 0.01), visibility=0.9)
    >>> p = clicks.same.probability + clicks.different.probability
    >>> p.round(8), ((clicks.same.up_down + clicks.same.coherence) / clicks.same.probability).round(4)
    (np.float64(5e-05), np.float64(0.95))
    """
    pa, pb = (np.asarray(one, dtype=float) for one in detection)
    clean = [1 - np.asarray(one, dtype=float) for one in double_excitation]
    like = np.asarray(visibility if coherence is None else coherence, dtype=float)
    kept = like * phase_kept(phase_noise) * clean[0] * clean[1]
    found: list[list[Any]] = [[0.0] * 5, [0.0] * 5]
    for first in (0, 1):
        one = _round(pa, pb, first, dark, visibility, split, resolving)
        for second in (0, 1):
            sees = {"here" if second == first else "there": 0.0 if blind else 1.0}  # the detector that clicked first
            two = _round(pa, pb, second, dark, visibility, split, resolving, **sees)
            # Spins before: either bright alone sends its photon in the first round, the other in the second.
            weights = [
                one.both * two.none / 4,
                one.first * two.second / 4,
                one.second * two.first / 4,
                one.none * two.both / 4,
                one.cross * two.cross * kept / 4,
            ]
            if flipped:
                weights[:4] = weights[3::-1]
            totals = found[int(second != first)]
            found[int(second != first)] = [total + more for total, more in zip(totals, weights, strict=True)]
    rest = [0.25 - x - y for x, y in zip(found[0][:4], found[1][:4], strict=True)]
    rest.append(-found[0][4] - found[1][4])  # whatever the detectors say, no coherence is left
    same, different, missed = (Clicks(*np.broadcast_arrays(*each)) for each in (*found, rest))
    return TwoClicks(same, different, missed)


class _Round(NamedTuple):
    """Chance of a click in one detector alone, by who sent a photon, and the coherence between the two single ones."""

    none: Any
    first: Any
    second: Any
    both: Any
    cross: Any


def _round(
    pa: Any,
    pb: Any,
    detector: int,
    dark: ArrayLike,
    visibility: ArrayLike,
    split: ArrayLike,
    resolving: bool,
    here: float = 1.0,
    there: float = 1.0,
) -> _Round:
    """One round; `here` and `there`: efficiencies of the detector that clicks and of the other, 1, or 0 if blind.

    Source: the chance that nothing is counted, docs/background/interference.md.
    """
    d, v = np.asarray(dark, dtype=float), np.asarray(visibility, dtype=float)
    share = np.asarray(split, dtype=float)
    t, r = (share, 1 - share) if detector == 0 else (1 - share, share)  # of either arm, at this detector
    amplitude = (1 - 2 * detector) * np.sqrt(t * r)
    d_here, d_there = d * here, d * there
    root = np.sqrt(pa * pb) * amplitude
    seen_a, seen_b, cross = t * here + r * there, r * here + t * there, amplitude * (here - there)
    # No photon counted in either detector.
    silent = (
        np.ones_like(d),
        1 - pa * seen_a,
        1 - pb * seen_b,
        1 - pa * seen_a - pb * seen_b + pa * pb * (seen_a * seen_b + v * cross**2),
        -root * (here - there),
    )
    # None in the other, and in this one just one, or at least one: a difference of two silences, written out, since at
    # small efficiencies rounding would eat it.
    if resolving:
        pair = here * (t * seen_b + r * seen_a + 2 * v * t * r * (here - there))
    else:
        pair = here * (t * r * here + (t**2 + r**2) * there + v * t * r * (here - 2 * there))
    counted = (0.0, pa * t * here, pb * r * here, (pa * t + pb * r) * here - pa * pb * pair, root * here)
    lone = 1 - d_here if resolving else 1.0
    return _Round(*((1 - d_there) * (lone * one + d_here * none) for one, none in zip(counted, silent, strict=True)))


class DoubleClick(Click):
    """Two photons detected midway, one of either node, herald a pair.

    Models: time-bin: both emitters in an equal superposition, excited, flipped and excited again, a click each time;
    polarisation: both emitters excited once, their photons' polarisation joined to the spins, a click for each
    polarisation. Unequal arms, dark counts, imperfect overlap, double and incomplete excitation, detectors that stay
    blind or find themselves so; the optical phase drops out, but for what it changes between the clicks. What is not
    given follows from the nodes' emitters, the channel and `detection`.
    Holds when: each node's pulses excite both of its levels alike; any efficiency.
    Formula: docs/background/double-click.md; success pA pB / 2 and fidelity (1 + V) / 2 without dark counts.
    Source: Barrett and Kok, Phys. Rev. A 71, 060310 (2005).

    >>> DoubleClick(detection_probability=1e-3, attempt_duration=1e-5).heralded
    True
    """

    summary = "two photons detected midway, one of either node, herald a pair"
    heralds = ("same detector", "different detectors")
    kind: Literal["double-click"] = "double-click"
    detection_probability: PerEnd | None = None
    """probability that an excited node gives a click, all losses and branching included; from devices, channel and
    `detection` if not given"""
    dark_count_probability: Probability = 0.0
    """per detector and window; from `detection`, or none, if not given"""
    visibility: Probability = 1.0
    """two-photon visibility; from devices, or perfect, if not given"""
    coherence: Probability | None = None
    """what wave packets keep of the coherence of two clicks; from devices, or the visibility, if not given"""
    phase_noise: Angle = 0.0
    """standard deviation of the change of the optical phase between the two clicks; none if not given"""
    double_excitation: PerEnd = (0.0, 0.0)
    """probability of an early photon given that a photon was seen; from devices, or none, if not given"""
    excitation: PerEnd = (1.0, 1.0)
    """probability that a pulse excites a node; from devices whose pulse is not of 180 deg, or certain, if not given"""
    split: Probability = 0.5
    """share of the first node's light at the first detector, and of the second's at the second; half if not given"""
    detectors: Literal["threshold", "number-resolving"] = "threshold"
    """what the detectors tell; threshold if not given"""
    encoding: Literal["time-bin", "polarisation"] = "time-bin"
    """what the photons carry; time-bin if not given"""
    separation: PositiveDuration | None = None
    """between the two excitations of a time-bin attempt; unknown if not given"""
    blind_probability: Probability = 0.0
    """probability that a detector is still blind from a dark count when its window opens, whereupon the attempt is
    dropped; from `detection`, or none, if not given"""
    detection: Detection | None = None
    """window and detectors, whence what is not given here; unlimited and ideal if not given"""
    attempt_duration: PositiveDuration | None = None
    """from one attempt's start to the next; from emitters at both nodes (preparation, excitation, separation, window,
    flight of photon and herald) if not given"""

    @property
    def counted(self) -> str:
        return self.encoding

    def contradictions(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Iterator[str]:
        if self.encoding == "polarisation" and self.separation is not None:
            yield "takes no `separation` with `encoding` polarisation, which excites once. Try leaving it out."
        one = self.resolved(ends, channel)
        when = "detectors stay blind for the second click" if self._blind else ""
        when = when or ("`excitation` is incomplete" if min(one.excitation) < 1 else "")
        if one.coherence is not None and one.coherence > one.visibility * (1 + ROUNDING) and when:
            yield (
                f"must have a `coherence` of at most its `visibility`, {one.visibility:.6g}, where {when}, but it is "
                f"{one.coherence:.6g}. Try click_times: discarded."
            )
        if self.encoding == "time-bin" and self._dead > 0 and self.separation is None:
            yield "must say its `separation` beside a `dead_time` that may outlast it. Try separation: 300 ns."

    def clicks(self) -> TwoClicks:
        """Weights after both clicks, and without them; of a resolved scheme whose excitation is complete."""
        settings = self._settings()
        del settings["excitation"]
        return double_click(self._detected(), **settings)

    def after(self) -> Arms:
        if np.all(np.equal(self.excitation, 1)):
            return Arms(*(clicks.pair for clicks in self.clicks()))
        return two_click_arms(self._detected(), **self._settings())

    def played(self) -> Clicked:
        return Clicked(*play(self._detected(), **self._settings()))

    @property
    def nothing(self) -> Any:
        first, second = (1 - np.multiply(*two) for two in zip(self.excitation, self._detected(), strict=True))
        return (1 - np.asarray(self.dark_count_probability)) ** 4 * first * second

    @property
    def open(self) -> Any:
        live = 1 - np.asarray(self.blind_probability)
        if self.encoding == "polarisation":
            return live**4  # two detectors for each polarisation
        share = np.inf if self.separation is None or not np.any(self._dead) else self.separation / self._dead
        return (live * still_live(self.blind_probability, share)) ** 2  # both detectors, in both rounds

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        one = self.resolved(ends, channel)
        found = {
            "dark counts": dial("dark_count_probability"),
            "visibility": dial("visibility", *(("coherence",) if one.coherence is not None else ()), ideal=1.0),
        }
        if np.any(one.phase_noise):
            found["phase noise"] = dial("phase_noise")
        if np.any(one.double_excitation):
            found["double excitation"] = dial("double_excitation")
        if np.any(np.less(one.excitation, 1)):
            found["incomplete excitation"] = dial("excitation", ideal=1.0)
        if np.any(np.not_equal(one.split, 0.5)):
            found["unbalanced beam splitter"] = dial("split", ideal=0.5)
        return found

    @property
    def _dead(self) -> Any:
        return 0.0 if self.detection is None else self.detection.dead_time

    @property
    def _blind(self) -> bool:
        """Whether the detector of the first click is blind for the second."""
        if self.encoding != "time-bin" or self.separation is None:
            return False
        return bool(np.any(np.greater(self._dead, self.separation)))

    def _settings(self) -> dict[str, Any]:
        """What both roads are told besides efficiencies."""
        same = ("visibility", "coherence", "phase_noise", "double_excitation", "excitation", "split")
        return {
            "dark": self.dark_count_probability,
            "resolving": self.detectors == "number-resolving",
            "blind": self._blind,
            "flipped": self.encoding == "time-bin",
            **{name: getattr(self, name) for name in same},
        }
