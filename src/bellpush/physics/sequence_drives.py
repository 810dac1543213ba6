"""What drives the sequence of one photon transfer, and for how long: its coefficients, pulses and stretches of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.cooled import strengthened
from bellpush.physics.drive import Drive, Segment
from bellpush.physics.photon import Photon
from bellpush.physics.problem import Problem
from bellpush.physics.pulse_driven import Driven
from bellpush.physics.pulse_sampled import Sampled
from bellpush.physics.pulse_sech import Sech, sech_coupling
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sector import Sector
from bellpush.physics.sequence import line
from bellpush.physics.stretches import stretches
from bellpush.physics.transfer_given import Transfer

__all__ = ["FIXED", "Coefficients", "coefficients", "constants", "owned", "passed_on", "problem", "segments"]

Real = NDArray[np.float64]

FIXED = (Sampled, Driven)
"""Photons that are the same at all points; the numbers of others may differ from point to point."""

_OWN = [[f"{what} {name}" for what in ("e to g", "f to e", "dephasing g", "dephasing f")] for name in "AB"]
_BATHS = ("cold bath A", "cold bath B")
_FINE = 1001  # times at which the largest coupling is looked for


class Coefficients(NamedTuple):
    """All coefficients of the sequence, by name: those that do not change in time, and what drives each stretch."""

    constants: dict[str, ArrayLike]
    segments: list[Segment]


def problem(transfer: Transfer, where: Sector, present: frozenset[str]) -> Problem:
    """The sector with all coefficients and drives of the sequence.

    `present` are the features with which the sector was made.
    """
    # What only the start depends on spans points, too.
    begins = (transfer.sender.excited, transfer.receiver.excited, transfer.thermal_photons)
    shapes = [np.shape(one) for one in begins if type(one) is not float]
    return Problem(where, *coefficients(transfer, where, present), np.broadcast_shapes(*shapes) if shapes else ())


def coefficients(transfer: Transfer, where: Sector, present: frozenset[str]) -> Coefficients:
    """The coefficients and drives of the sequence; `present` as for `problem`.

    Numbers stay what they are: arithmetic with one of Python's costs a tenth of that with an array of one.
    """
    return Coefficients(constants(transfer, where, present), segments(transfer, present))


def constants(transfer: Transfer, where: Sector, present: frozenset[str]) -> dict[str, Any]:
    """The coefficients that do not change in time."""
    return passed_on(transfer, where, present) | owned(transfer, present)


def passed_on(transfer: Transfer, where: Sector, present: frozenset[str]) -> dict[str, Any]:
    """Those of the line and of what is counted."""
    nodes: tuple[Any, Any] = (transfer.sender, transfer.receiver)
    way = line("warm" in present, where.system.dims[1], "counted" in present, "cooled" in present)
    found = way.coefficients(
        [node.linewidth for node in nodes],
        [transfer.transmission],
        transfer.thermal_photons if "warm" in present else 0.0,
        [node.internal_loss for node in nodes],
    )
    if "counted" in present:
        found["emitted"] = transfer.sender.linewidth
        found["lost inside"] = transfer.receiver.internal_loss
    return found


def owned(transfer: Transfer, present: frozenset[str]) -> dict[str, Any]:
    """Those of each node's own decay."""
    photons: Any = transfer.thermal_photons
    found: dict[str, Any] = {}
    for names, bath, node in zip(_OWN, _BATHS, (transfer.sender, transfer.receiver), strict=True):
        one: Any = node
        rates = (one.relaxation_ge, one.relaxation_ef, 2 * one.dephasing_g, 2 * one.dephasing_f)
        found.update(zip(names, rates, strict=True))
        if bath in present:
            found[bath] = -photons * one.internal_loss
    return found


def segments(transfer: Transfer, present: frozenset[str]) -> list[Segment]:
    """The stretches of time, and what drives each."""
    nodes = (transfer.sender, transfer.receiver)
    photons: Any = transfer.thermal_photons
    preparation: Any = transfer.preparation
    couplings = [_coupling(transfer, node, emits) for node, emits in zip(nodes, (True, False), strict=True)]
    found: list[Segment] = []
    if "preparation" in present:
        found.append(_pulse("pulse ge A", preparation / 2, np.pi / 2))
        found.append(_pulse("pulse ef A", preparation / 2, np.pi / 4))
    elif "pi pulse" in present and "process" in present:
        found.append(_pulse("pulse ef A", transfer.pi_pulse, np.pi / 2))
    for stretch in stretches(transfer.photon, transfer.window, transfer.timing_error):
        drives: dict[str, Drive] = {}
        for place, (name, node, coupling) in enumerate(zip("AB", nodes, couplings, strict=True)):
            drives[f"drive {name}"] = here = stretch.driven(coupling, place)
            if "cooled" in present:
                drives[f"warm drive {name}"] = strengthened(here, photons)
            if f"shift {name}" in present:
                drives[f"shift {name}"] = _shift(node, here, _largest(transfer.window, coupling))
        found.append(Segment(stretch.begin, stretch.end, drives))
    if "pi pulse" in present:
        found.append(_pulse("pulse ef B", transfer.pi_pulse, np.pi / 2))
    return found


def _pulse(name: str, length: ArrayLike, angle: float) -> Segment:
    """A square pulse of given length that turns by `angle` (coupling times length)."""
    length = np.asarray(length)
    # Where there is no pulse its coupling does not matter, but must be a number.
    coupling = angle / (length + (np.real(length) == 0))
    return Segment(0.0, length, {name: Drive(_steady, (coupling,))})


def _steady(t: Any, value: Any) -> Any:
    return value + 0 * t


def _coupling(transfer: Transfer, node: Qutrit, emits: bool) -> Drive:
    """The drive of one node as a function of time."""
    photon, late = transfer.photon, transfer.timing_error
    if isinstance(photon, Sech):
        parameters = (node.linewidth, photon.bandwidth, node.amplitude)
        if emits:
            return Drive(_sech_out, parameters, _fast_out)
        return Drive(_sech_in, (*parameters, late), _fast_in)
    same = isinstance(photon, FIXED)
    varied = () if same else tuple(getattr(photon, one.name) for one in fields(photon))  # type: ignore[arg-type]

    def coupling(t: Any, linewidth: Any, amplitude: Any, later: Any, *shape: Any) -> Any:
        there: Photon = photon if same else type(photon)(*shape)
        return amplitude * (there.emission(t, linewidth) if emits else there.capture(t - later, linewidth))

    return Drive(coupling, (node.linewidth, node.amplitude, late, *varied))


def _sech_out(t: Any, linewidth: Any, bandwidth: Any, amplitude: Any) -> Any:
    return amplitude * sech_coupling(t, linewidth, bandwidth)


def _sech_in(t: Any, linewidth: Any, bandwidth: Any, amplitude: Any, late: Any) -> Any:
    return amplitude * sech_coupling(late - t, linewidth, bandwidth)


@cache
def _fast_out() -> Callable[..., None]:
    from bellpush.physics.kernels import sech_out

    return sech_out


@cache
def _fast_in() -> Callable[..., None]:
    from bellpush.physics.kernels import sech_in

    return sech_in


def _largest(window: ArrayLike, drive: Drive) -> NDArray[Any]:
    """The largest coupling within a window, shape (...)."""
    length = np.asarray(window)
    axes = max(np.ndim(one) for one in (length, *drive.parameters))  # the window may be one where another is many
    times = length * np.linspace(-0.5, 0.5, _FINE).reshape(-1, *[1] * axes)
    tip = _tip(np.abs(np.real(drive.function(times, *drive.parameters))))
    largest = np.asarray(drive.function(length * (tip / (_FINE - 1) - 0.5), *drive.parameters))
    return np.where(largest == 0, 1.0, largest)  # a drive that is off shifts nothing


def _shift(node: Qutrit, drive: Drive, largest: NDArray[Any]) -> Drive:
    """Detuning of the drive, and what is left of the Stark shift, which grows as the square of the coupling."""

    def shift(t: Any, detuning: Any, stark: Any, most: Any, *parameters: Any) -> Any:
        return detuning + stark * (drive.function(t, *parameters) / most) ** 2

    return Drive(shift, (node.detuning, node.stark_shift, largest, *drive.parameters))


def _tip(values: Real) -> Real:
    """Where along the first axis the largest is, in samples from the first, by a parabola; shape (...)."""
    at = np.expand_dims(values.argmax(axis=0), 0)
    inside = (at > 0) & (at < len(values) - 1)
    before, here, after = (np.take_along_axis(values, at + step * inside, axis=0)[0] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    offset = np.where(bend < 0, (before - after) / (2 * np.where(bend < 0, bend, 1.0)), 0.0)
    return np.asarray(at[0] + offset)
