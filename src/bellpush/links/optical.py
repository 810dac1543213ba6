"""What two optical emitters, a channel and detectors decide about clicks: the numbers that click schemes take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import pi
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.arrays import plain
from bellpush.ground.spec import told_apart
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, arms, counts, round_trip, transmission
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.node import Node
from bellpush.links.dead_time import blind
from bellpush.links.detection import Detection
from bellpush.links.emitted import begin, first, missed, photons, within
from bellpush.physics.wavepacket import Packets, Window

__all__ = [
    "Optical",
    "alike",
    "emitters",
    "flight",
    "given",
    "noisy",
    "optical",
    "settled",
    "spent",
    "unsettled",
    "wanders",
]

Real = NDArray[np.float64]

FAR = 10  # how many times broader than the photons' line a filter must be to change no photon
WAITS = 10.0  # lifetimes that an attempt waits for photons where no window says how long


class Optical(NamedTuple):
    """Numbers of an attempt as devices, channel and detectors give them, each of shape (...)."""

    detection: tuple[Any, Any]  # an excited node gives a click
    excitation: tuple[Any, Any]  # a bright node is excited; 1 for pulses meant to turn by pi
    double: tuple[Any, Any]  # an early photon given that a photon was seen
    packets: Packets
    window: Window
    preparation: Any  # s, of the slower node
    pulse: Any  # s, from the beginning of the earlier pulse until clicks count
    veto: tuple[Any, Any]  # a node sees a photon of its own

    @property
    def last(self) -> Any:
        """How long clicks count, s; where they do for ever, until all but 5e-5 of the photons have come."""
        whole = WAITS * np.maximum(*[np.asarray(one, dtype=float) for one in self.packets.lifetimes])
        return plain(np.where(np.isinf(self.window.length), whole, self.window.length))


def emitters(ends: tuple[Node, Node]) -> tuple[Emitter, Emitter] | None:
    """Both devices, if both are optical emitters."""
    found = [node.device for node in ends if isinstance(node.device, Emitter)]
    return (found[0], found[1]) if len(found) == 2 else None


def shares(channel: tuple[Channel, ...]) -> tuple[Any, Any]:
    """Share of either node's light that reaches the station."""
    first, second = arms(channel)
    return plain(transmission(first)), plain(transmission(second))


def flight(channel: tuple[Channel, ...]) -> Any:
    """Time from emission to the news of the click: to the station and back, over the longer arm."""
    return round_trip(arms(channel))


def noise(channel: tuple[Channel, ...]) -> Any:
    """Photons a second that converters add, as they arrive at either detector, 1/s: half of what both arms add."""
    return plain(sum(counts(arm) for arm in arms(channel)) / 2)


def rate(channel: tuple[Channel, ...], detection: Detection) -> Any:
    """Counts a second of either detector that no node's photon made, 1/s."""
    return detection.dark_count_rate + detection.efficiency * np.asarray(noise(channel))


def dark(channel: tuple[Channel, ...], detection: Detection) -> Any:
    """Probability of a count per detector and window that no node's photon made."""
    if detection.window is None:
        return 0.0
    return plain(-np.expm1(-rate(channel, detection) * detection.window))


def optical(ends: tuple[Node, Node], channel: tuple[Channel, ...], detection: Detection | None) -> Optical | None:
    """What devices and channel decide; None unless both nodes hold an optical emitter."""
    both = emitters(ends)
    if both is None:
        return None
    seen = Detection() if detection is None else detection
    start = begin(both, seen)
    length = np.inf if seen.window is None else seen.window
    window = Window(start, length, seen.click_times == "recorded", seen.spread, seen.jitter)
    detected, excited, double = [], [], []
    for one, share in zip(both, shares(channel), strict=True):
        numbers = photons(one, plain(start - one.timing_offset))
        counted = np.minimum(numbers[0] * within(one, start, window), 1.0)
        detected.append(plain(counted * one.branching * one.collection * share * seen.efficiency))
        excited.append(numbers[1])
        double.append(numbers[2])
    one, two = both
    packets = Packets(
        (one.lifetime, two.lifetime),
        (one.timing_offset, two.timing_offset),
        2 * pi * (two.detuning - one.detuning),
        (2 * pi * one.spectral_diffusion, 2 * pi * two.spectral_diffusion),
        (one.dephasing, two.dephasing),
    )
    preparation = plain(np.maximum(one.preparation, two.preparation))
    veto = tuple(plain((1 - np.asarray(one.branching)) * one.side_band_detection) for one in both)
    return Optical(
        (detected[0], detected[1]),
        (excited[0], excited[1]),
        (double[0], double[1]),
        packets,
        window,
        preparation,
        plain(start - first(both)),
        (veto[0], veto[1]),
    )


def given(scheme: Any) -> set[str]:
    """The fields that a click scheme says itself."""
    return {name for name in scheme.model_fields_set if getattr(scheme, name) is not None}


def noisy(scheme: Any, channel: tuple[Channel, ...]) -> bool:
    """Whether the dark counts of a click scheme hold photons that the channel adds."""
    seen = scheme.detection
    counted = seen is not None and seen.window is not None and "dark_count_probability" not in given(scheme)
    return counted and bool(np.any(noise(channel)))


def settled(scheme: Any, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Any]:
    """What devices, channel and detectors give of the fields that a click scheme does not say itself.

    Under `packets`, where devices are known, what decides how alike their photons are.
    """
    found: dict[str, Any] = {}
    seen = scheme.detection
    if seen is not None:
        found["dark_count_probability"] = dark(channel, seen)
        found["blind_probability"] = blind(rate(channel, seen), seen.dead_time)
    light = optical(ends, channel, seen)
    if light is not None:
        found |= {
            "detection_probability": light.detection,
            "double_excitation": light.double,
            "excitation": light.excitation,
            "veto": light.veto,
            "packets": (light.packets, light.window),
        }
        found["attempt_duration"] = plain(sum(_spent(scheme, light, channel).values()))
    said = given(scheme)
    takes = {*type(scheme).model_fields, "packets"}
    return {name: value for name, value in found.items() if name in takes and name not in said}


def _spent(scheme: Any, light: Optical, channel: tuple[Channel, ...]) -> dict[str, Any]:
    """What an attempt takes its time for, s."""
    second = getattr(scheme, "separation", None)
    if second is None:  # without one, two rounds take their time twice
        second = light.pulse + light.last if getattr(scheme, "encoding", "") == "time-bin" else 0.0
    return {
        "preparation": light.preparation,
        "excitation": light.pulse,
        "second excitation": second,
        "photons": light.last,
        "flight and herald": flight(channel),
    }


def spent(scheme: Any, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
    """How long the attempts of a click scheme take and for what, where that is derived; None where it is given."""
    light = optical(ends, channel, scheme.detection)
    if light is None or "attempt_duration" in given(scheme):
        return None
    parts = _spent(scheme, light, channel)
    said = ", ".join(f"{readable(time, 's')} {name}" for name, time in parts.items() if time)
    waits = (
        ""
        if scheme.detection is not None and scheme.detection.window is not None
        else (f" No `window` says how long clicks count: {WAITS:g} lifetimes are waited for them.")
    )
    return f"`attempt_duration` is derived: {said}.{waits}"


def wanders(scheme: Any, ends: tuple[Node, Node]) -> Iterator[str]:
    """What to say of lines that wander so far that pulses miss them at times, where detection is derived."""
    both = emitters(ends)
    if both is None or "detection_probability" in given(scheme):
        return
    start = begin(both, Detection() if scheme.detection is None else scheme.detection)
    for which, one in zip(("first", "second"), both, strict=True):
        if share := missed(one, plain(start - one.timing_offset)):
            yield (
                f"the line of the {which} node wanders so far that its pulse would leave it excited "
                f"{100 * share:.2g} % less often on average, which is not counted."
            )


def unsettled(scheme: Any, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Iterator[str]:
    """What is missing or contradicts itself in a click scheme, each a sentence that goes on from its name."""
    yield from impossible(ends, scheme.detection)
    found, said = settled(scheme, ends, channel), given(scheme)
    if "detection_probability" not in {*found, *said}:
        yield (
            "does not say how often photons are seen: `detection_probability` must be given, but is missing, and no "
            "emitters at both nodes give it. Try detection_probability: 4e-4."
        )
    if "attempt_duration" not in {*found, *said}:
        yield (
            "does not say how long attempts take: `attempt_duration` must be given, but is missing, and no emitters at "
            "both nodes give it. Try attempt_duration: 5.5 us."
        )
    seen = scheme.detection
    if "dark_count_probability" not in said and (seen is None or seen.window is None) and np.any(noise(channel)):
        yield (
            "must have a `window` in `detection`, in which the noise of the converter counts, or say its "
            "`dark_count_probability`. Try detection: {window: 30 ns}."
        )
    if seen is not None and seen.window is not None:
        attempt = scheme.attempt_duration if "attempt_duration" in said else found.get("attempt_duration")
        second = getattr(scheme, "separation", None)
        if attempt is not None and np.any(np.greater(seen.window, attempt)):
            yield (
                f"needs an `attempt_duration` of at least its `window`, {readable(float(np.max(seen.window)), 's')}, "
                f"but it is {readable(float(np.min(attempt)), 's')}. Try a shorter `window`."
            )
        if second is not None and np.any(np.greater(seen.window, second)):
            yield (
                f"needs a `separation` of at least its `window`, {readable(float(np.max(seen.window)), 's')}, or the "
                f"photons of both rounds mix, but it is {readable(float(np.min(second)), 's')}. Try a shorter `window`."
            )
    if seen is not None and "dark_count_probability" in said and "dark_count_rate" in seen.model_fields_set:
        own, other = told_apart(scheme.dark_count_probability, dark(channel, seen), "")
        if own != other:
            yield (
                f"must say its dark counts once, but `dark_count_probability` is {own} and `detection` makes it "
                f"{other}. Try leaving one out."
            )


def impossible(ends: tuple[Node, Node], detection: Detection | None) -> Iterator[str]:
    """What devices and detectors do not allow, each a sentence that goes on from the scheme's name."""
    both = emitters(ends)
    if both is None or detection is None:
        return
    if detection.begin is not None:
        least = float(np.max(begin(both, detection.changed(begin=None))))
        if float(np.min(detection.begin)) < least * (1 - 1e-12):
            most, found = told_apart(least, float(np.min(detection.begin)), "s")
            yield (
                f"needs a `detection` that begins when the later pulse is over, at {most}, but its `begin` is {found}. "
                "Try leaving it out."
            )
    if detection.filter is not None:
        for number, one in zip(("first", "second"), both, strict=True):
            if np.any(np.abs(one.detuning) > np.asarray(detection.filter) / 2):
                bound, off = told_apart(float(detection.filter) / 2, float(np.max(np.abs(one.detuning))), "Hz")
                yield (
                    f"needs photons within half of its `filter`, {bound}, but those of the {number} node are detuned "
                    f"by {off}. Try a broader `filter`, or tune the emitter."
                )
            line = float(np.max(1 / (2 * np.pi * np.asarray(one.lifetime))))
            if np.any(np.less(detection.filter, FAR * line)):
                yield (
                    f"needs a `filter` of at least {FAR} times the photons' line, {readable(FAR * line, 'Hz')}, or it "
                    f"changes the photons of the {number} node, but it is "
                    f"{readable(float(np.min(detection.filter)), 'Hz')}. Try a broader one."
                )
    gap = abs(both[0].timing_offset - both[1].timing_offset)
    if detection.window is not None and detection.begin is not None and gap > detection.begin + detection.window:
        yield f"needs photons that meet in its window, but they come {readable(gap, 's')} apart."


def alike(packets: Packets, window: Window, kind: str) -> tuple[Any, Any]:
    """Visibility of two photons, and the coherence of one click (kind `one`) or of two, by their encoding."""
    try:
        return _alike(packets, window, kind)
    except TypeError:  # arrays
        return _alike.__wrapped__(packets, window, kind)


@lru_cache(maxsize=256)
def _alike(packets: Packets, window: Window, kind: Any) -> tuple[Any, Any]:
    from bellpush.physics.wavepacket import one_click, two_clicks, visibility

    kept = np.abs(one_click(packets, window)) if kind == "one" else two_clicks(packets, window, kind)
    return plain(np.clip(visibility(packets, window), 0, 1)), plain(np.clip(kept, 0, 1))
