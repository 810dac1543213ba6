"""What claims about links of one and two clicks read from a result."""

from __future__ import annotations

import numpy as np

from bellpush.links.double_click import DoubleClick
from bellpush.links.link import Link
from bellpush.links.optical import optical
from bellpush.links.single_click import SingleClick
from bellpush.scenario.result import Result
from bellpush.states import measures

__all__ = [
    "arms_fidelity",
    "arms_rate",
    "bell_value",
    "early_photons",
    "gate_by_pair",
    "turns_in_a_period",
    "two_clicks_success",
    "visibility",
]


def two_clicks_success(result: Result) -> float:
    """How often an attempt with two clicks would succeed with the detection of this link: pA pB / 2."""
    first, second = _scheme(result).detection_probability or (0.0, 0.0)
    return float(first * second / 2)


def visibility(result: Result) -> float:
    """Two-photon visibility, as the devices give it where the scheme does not."""
    return float(_scheme(result).visibility)


def early_photons(result: Result) -> float:
    """Probability that the first node sent an early photon given that one was seen."""
    return float(_scheme(result).double_excitation[0])


def bell_value(result: Result, dark: float, bright: float) -> float:
    """CHSH value of the heralded pair at the best angles, each spin read with these fidelities of its two levels.

    Errors leave dark + bright - 1 of a correlation at each end. Where they are unequal they add up to twice the square
    of dark - bright to pairs whose spins alone are mixed, which is left out.
    """
    link = _link(result)
    return float(measures.chsh(link.pair)) * (dark + bright - 1) ** 2


def gate_by_pair(result: Result) -> float:
    """Mean fidelity of a two-qubit gate that spends the pair, where all else is perfect: (4 F + 1) / 5.

    Each wrong Bell state of the pair leaves a Pauli error of its own behind the gate, so that the process has the
    fidelity of the pair.
    """
    fidelity = _link(result).fidelity.value
    assert fidelity is not None
    return (4 * fidelity + 1) / 5


def arms_rate(result: Result) -> float:
    """By how much more often the likelier of two detectors heralds, over how often both together do."""
    first, second = (one.probability for one in _link(result).model.outcomes)
    return abs(first - second) / (first + second)


def arms_fidelity(result: Result) -> float:
    """By how much the fidelities differ that the clicks of two detectors announce."""
    first, second = (float(measures.fidelity(one.pair, one.announced)) for one in _link(result).model.outcomes)
    return abs(first - second)


def turns_in_a_period(result: Result) -> float:
    """By how many turns the pair's phase advances while the click comes later by a period of the emitters' offset.

    Read from what clicks in two windows of 0.1 ns keep, a nanosecond apart.
    """
    from bellpush.physics.wavepacket import Window, one_click

    link = _link(result)
    light = optical(link.nodes, link.channel, None)
    assert light is not None
    begin, apart = 20e-9, 1e-9
    early, late = (one_click(light.packets, Window(begin + wait, 0.1e-9)) for wait in (0.0, apart))
    period = 2 * np.pi / abs(float(np.asarray(light.packets.detuning)))
    return float(abs(np.angle(late / early))) / (2 * np.pi) * period / apart


def _scheme(result: Result) -> SingleClick | DoubleClick:
    link = _link(result)
    scheme = link.scheme.resolved(link.nodes, link.channel)
    assert isinstance(scheme, SingleClick | DoubleClick)
    return scheme


def _link(result: Result) -> Link:
    (link,) = result.links.values()
    return link
