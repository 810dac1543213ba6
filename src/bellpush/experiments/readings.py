"""What several claims read from a result."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.hardware.channel import delay
from bellpush.links.link import Link
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.physics import process as processes
from bellpush.physics import readout
from bellpush.physics.assignment import joint
from bellpush.scenario.result import Result
from bellpush.states import measures
from bellpush.states.pair import from_density, weight

if TYPE_CHECKING:
    from bellpush.physics.transfer import Passage, Transfer

__all__ = [
    "DECAY",
    "Matrix",
    "absorbed",
    "arrived",
    "at_next_success",
    "bell_fidelity",
    "concurrence",
    "cost",
    "delivered",
    "flight",
    "left_in_ground",
    "lost",
    "outlived",
    "process_fidelity",
    "read_concurrence",
    "state_fidelity",
    "storage_time",
    "stored",
    "stuck",
    "transfer_of",
]

Matrix = NDArray[np.float64]

DECAY = (
    "relaxation from e to g",
    "relaxation from f to e",
    "dephasing of g and e",
    "dephasing of e and f",
    "pulses of finite length",  # which cost nothing by themselves, but give the others time
)
"""imperfections of a photon transfer that are decay of its transmons"""


def delivered(result: Result) -> float:
    """Delivered fidelity."""
    value = result["clocked"].fidelity.value
    assert value is not None
    return value


def concurrence(result: Result) -> float:
    """Of what the button hands over; of its part in the qubits, not renormalised, where some has leaked out."""
    state = result["clocked"].state
    return float(weight(state) * measures.concurrence(state))


def at_next_success(result: Result) -> float:
    """Mean fidelity of a stored pair when the next attempt succeeds, as a repeater asks; not that of any clock.

    The wait is k attempts with probability p q^(k-1); every exponential of the pair gives p x/(1 - q x). Raises
    ValueError for memories whose loss is no sum of exponentials.
    """
    link = _link(result)
    modes = link.ageing.modes(link.pair) if link.ageing.first.memoryless and link.ageing.second.memoryless else None
    if modes is None:
        raise ValueError("memories must lose a pair by exponentials for this. Try two-channel.")
    p, decay = link.model.success_probability, -np.expm1(-modes.rates * link.step)
    kept = p * (1 - decay) / (p + (1 - p) * decay)
    overlaps = np.asarray(measures.overlap(modes.pairs, link.model.target))
    return float((kept * overlaps).sum())


def stored(result: Result, time: float) -> float:
    """Fidelity of the pair so long after its herald, s."""
    link = _link(result)
    return float(measures.overlap(link.ageing.at(link.pair, time), link.model.target))


def outlived(result: Result) -> float:
    """Time after its herald at which the stored pair's fidelity falls below 1/2, s."""
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if stored(result, middle) > 0.5 else (low, middle)
    return high


def storage_time(result: Result) -> float:
    """Time in which the stored pair loses 1 - 1/e of its fidelity above the floor, s."""
    rate = _link(result).decoherence_rate.value
    assert rate is not None
    return 1 / rate


def flight(result: Result) -> float:
    """Time of flight from one end to the other, s."""
    return float(delay(_link(result).channel))


# What becomes of an excitation that is sent whole.


def absorbed(result: Result) -> float:
    """Share of the photons arriving at the receiver that it keeps: what is missed by itself, by cuts and by decay."""
    scheme, transfer = _scheme(result), transfer_of(result)
    return float(scheme.absorption * _passage(transfer).absorption(transfer.transmission))


def lost(result: Result) -> float:
    """Share of the emitted photons that is lost on the way or not absorbed."""
    link = _link(result)
    return 1 - _scheme(result).arrives(link.channel) * absorbed(result)


def arrived(result: Result) -> float:
    """Population of |ge>: the excitation has gone from the sender to the receiver."""
    return _sent(result, "ge")


def left_in_ground(result: Result) -> float:
    """Population of |gg>."""
    return _sent(result, "gg")


def stuck(result: Result) -> float:
    """Population of |gf> and |eg>, where an f that decayed too early ends."""
    return _sent(result, "gf") + _sent(result, "eg")


def _sent(result: Result, levels: str) -> float:
    sender, receiver = ("gef".index(level) for level in levels)
    return float(_passage(transfer_of(result)).levels[3 * sender + receiver, 3 * sender + receiver].real)


# State transfer, and what is read out; `matrix` is the assignment matrix of either node, none where it is corrected.


def process_fidelity(result: Result, matrix: Matrix | None = None) -> float:
    """Of the transfer of a qubit."""
    return float(processes.process_fidelity(_process(result, matrix)))


def state_fidelity(result: Result, matrix: Matrix | None = None) -> float:
    """Mean over the six cardinal states that are sent."""
    return float(processes.state_fidelity(_process(result, matrix)))


def bell_fidelity(result: Result, matrix: Matrix) -> float:
    """Of the Bell pair as it is read out; its part in the qubits is not renormalised."""
    return float(readout.bell_fidelity(_block(result, matrix), "psi+"))


def read_concurrence(result: Result, matrix: Matrix) -> float:
    """Of the Bell pair as it is read out; its part in the qubits is not renormalised."""
    pair = from_density(_block(result, matrix))
    return float(weight(pair) * measures.concurrence(pair))


def _process(result: Result, matrix: Matrix | None) -> processes.Process:
    found = _sent_qubit(transfer_of(result))
    return found if matrix is None else processes.as_read_process(found, matrix)


def _block(result: Result, matrix: Matrix) -> NDArray[np.complex128]:
    return readout.qubit_block(readout.as_read(_qutrits(transfer_of(result)), joint(matrix, matrix)), renormalise=False)


# What is solved, and asked for by several readings; imported where it is used, since tables need no solver.


@lru_cache(maxsize=64)
def _passage(transfer: Transfer) -> Passage:
    from bellpush.physics.transfer import passage

    return passage(transfer)


@lru_cache(maxsize=64)
def _sent_qubit(transfer: Transfer) -> processes.Process:
    from bellpush.physics.transfer import process

    return process(transfer)


@lru_cache(maxsize=64)
def _qutrits(transfer: Transfer) -> NDArray[np.complex128]:
    from bellpush.physics.transfer import bell

    return bell(transfer).qutrits()


# Budgets.


def cost(result: Result, *names: str) -> float:
    """Infidelity of the Bell state by these imperfections alone; those that the link does not have cost nothing."""
    link = _link(result)
    ways = link.scheme.imperfections(link.nodes, link.channel)
    ideal = _with(link, [])
    return ideal - _with(link, [name for name in names if name in ways])


def _with(link: Link, kept: list[str]) -> float:
    """Fresh fidelity with all imperfections off but these."""
    scheme = link.scheme.resolved(link.nodes, link.channel)
    for name, dial in link.scheme.imperfections(link.nodes, link.channel).items():
        if name not in kept:
            scheme = dial(scheme, 0.0)
    value = replace(link, scheme=scheme).fidelity.value
    assert value is not None
    return value


def transfer_of(result: Result) -> Transfer:
    """What decides the transfer of the only link."""
    link = _link(result)
    return _scheme(result).transfer(link.nodes, link.channel)


def _scheme(result: Result) -> PhotonTransfer:
    scheme = _link(result).scheme
    assert isinstance(scheme, PhotonTransfer)
    return scheme


def _link(result: Result) -> Link:
    (link,) = result.links.values()
    return link
