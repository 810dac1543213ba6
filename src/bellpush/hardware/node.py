"""Nodes: what stands at one end of a link."""

from __future__ import annotations

from bellpush.ground.spec import Count, Duration, Probability, Record
from bellpush.hardware.memory import AnyMemory, Perfect

__all__ = ["Node", "SwapDevice"]


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


class Node(Record):
    """One node: its memory, how many qubits it can hold, and its Bell measurement."""

    memory: AnyMemory = Perfect()
    """how each of its qubits ages; perfect if not given"""
    qubits: Count = 1
    """memories at this node"""
    swap: SwapDevice = SwapDevice()
    """its Bell measurement; ideal if not given"""
