"""Nodes: what stands at one end of a link."""

from __future__ import annotations

from typing import Any

from bellpush.ground.spec import Count, Duration, Probability, Record
from bellpush.ground.units import readable
from bellpush.hardware.device import AnyDevice
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import AnyMemory, Memory, Perfect

__all__ = ["Node", "SwapDevice"]

PERFECT = Perfect()


class SwapDevice(Record):
    """The Bell measurement a node can make on two of its own qubits."""

    success_probability: Probability = 1.0
    """probability that it gives a result; certain if not given"""
    gate_error: Probability = 0.0
    """probability of one of the 15 two-qubit Paulis, equally likely; none if not given"""
    readout_error: Probability = 0.0
    """probability that each of the two bits is flipped; none if not given"""
    duration: Duration = 0.0
    """how long it takes; no time if not given"""

    @property
    def said(self) -> str:
        """The measurement in a few words."""
        parts = [f"swaps with probability {self.success_probability:g}"]
        parts += [
            f"{name.replace('_', ' ')} {getattr(self, name):g}"
            for name in ("gate_error", "readout_error")
            if getattr(self, name) > 0
        ]
        return ", ".join([*parts, *([f"in {readable(self.duration, 's')}"] if self.duration > 0 else [])])


class Node(Record):
    """One node: its device, its memory, how many qubits it can hold, and its Bell measurement."""

    device: AnyDevice | None = None
    """what schemes derive their numbers from; none if not given"""
    memory: AnyMemory | None = None
    """how each of its qubits ages; as its device does, or perfect without one, if not given"""
    qubits: Count = 1
    """memories at this node"""
    swap: SwapDevice = SwapDevice()
    """its Bell measurement; ideal if not given"""

    @property
    def light(self) -> Any:
        """Wavelength of the light that it sends, m; None where that is not known."""
        return self.device.wavelength if isinstance(self.device, Emitter) else None

    @property
    def storage(self) -> Memory:
        """How each of its qubits ages: its own memory, else that of its device, else a perfect one."""
        if self.memory is not None:
            return self.memory
        return PERFECT if self.device is None else self.device.memory
