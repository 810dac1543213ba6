"""Direct transfer: one end emits a photon entangled with it, the other end catches it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from bellpush.ground.spec import Duration, PositiveDuration, Probability, problem, told_apart
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, delay, transmission
from bellpush.hardware.node import Node
from bellpush.links.dial import dial
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.scheme import Births, Dial, Played, Scheme

__all__ = ["DirectTransfer", "direct_transfer"]


def direct_transfer(efficiency: ArrayLike) -> NDArray[np.float64]:
    """The pair after a photon half-emitted by the first end was caught by the second.

    Args:
        efficiency: probability that an emitted photon ends in the second qubit, shape (...).

    Returns:
        Correlations, shape (..., 4, 4): psi+ with amplitude damping on the second qubit; a lost photon leaves |00>.
        Its fidelity to psi+ is (1 + sqrt(efficiency))^2 / 4, its concurrence sqrt(efficiency).

    Source: derived in docs/background/direct-transfer.md; scheme of Cirac et al., Phys. Rev. Lett. 78, 3221 (1997).

    >>> pair = direct_transfer(0.75)
    >>> bool(np.isclose((1 + pair[1, 1] + pair[2, 2] - pair[3, 3]) / 4, (1 + 0.75**0.5) ** 2 / 4))
    True
    """
    eta = np.asarray(efficiency, dtype=float)
    pair = np.zeros((*eta.shape, 4, 4))
    pair[..., 0, 0] = 1
    pair[..., 1, 1] = pair[..., 2, 2] = np.sqrt(eta)
    pair[..., 3, 3] = -eta
    pair[..., 0, 3] = 1 - eta
    return pair


class DirectTransfer(Scheme):
    """A photon is emitted by the first end of the link and absorbed by the second; nothing is heralded.

    Models: loss on the way, a chance that the photon is not absorbed, and the decay of both ends in their memories
    while the transfer lasts.
    Holds when: the ends decay independently of the photon's passage; the pulse-level model is not needed.
    Source: Cirac et al., Phys. Rev. Lett. 78, 3221 (1997); Kurpiers et al., Nature 558, 264 (2018).

    >>> DirectTransfer(transmission=0.77, duration=180e-9, repetition=20e-6).heralded
    False
    """

    summary = "a photon emitted by one end and caught by the other; nothing is heralded"
    heralded = False
    station = False
    kind: Literal["direct-transfer"] = "direct-transfer"
    transmission: Probability | None = None
    """share of the photon that reaches the receiver; from the channel's attenuation if not given"""
    absorption: Probability = 1.0
    """probability that a photon that arrived is absorbed; certain if not given"""
    duration: Duration
    """the transfer fills the attempt's last `duration`"""
    repetition: PositiveDuration
    """from one attempt's start to the next"""

    @model_validator(mode="after")
    def _fits(self) -> DirectTransfer:
        if self.duration > self.repetition:
            most, found = told_apart(self.repetition, self.duration, "s")
            raise problem(f"must have a `duration` of at most its `repetition` {most}, but it is {found}.")
        return self

    def attenuated(self, channel: tuple[Channel, ...]) -> bool:
        return self.transmission is None

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        if self.transmission is None and not channel:
            return "needs `transmission`, or a `channel` to derive it from. Try transmission: 0.8."
        return None

    def arrives(self, channel: tuple[Channel, ...]) -> float:
        """Share of the photon that reaches the receiver."""
        return transmission(channel) if self.transmission is None else self.transmission

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        # Both ends decay while the transfer lasts: the pair counts as born at its beginning.
        pair = direct_transfer(self.arrives(channel) * self.absorption)
        outcome = Outcome("transfer", 1.0, pair, "psi+")
        flight = delay(channel)
        notes: tuple[str, ...] = ()
        if flight > self.repetition:
            notes = (
                f"the channel alone takes {readable(flight, 's')}, longer than a `repetition` of "
                f"{readable(self.repetition, 's')}; transfers are counted as if each ended in its own.",
            )
        return LinkModel(self.repetition, (outcome,), "psi+", self.duration, heralded=False, notes=notes)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        pair = direct_transfer(np.asarray(self.arrives(channel)) * self.absorption)
        success = np.ones(pair.shape[:-2])
        return Births(success, pair, np.asarray(self.repetition), np.asarray(self.duration), "psi+")

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        state = _play(self.arrives(channel), self.absorption)
        return Played(np.ones(1), state[None], "psi+", self.repetition, self.duration, None)

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> DirectTransfer:
        return self.changed(transmission=self.arrives(channel))

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        return {
            "loss on the way": dial("transmission", ideal=1.0),
            "missed absorption": dial("absorption", ideal=1.0),
            "decay during the transfer": dial("duration"),
        }


def _play(arrives: float, absorbed: float) -> NDArray[np.complex128]:
    """The two qubits after one transfer, photon by photon: sender, line, its loss, receiver, its reflection."""
    # Axes: sender, photon, lost, receiver, reflected. The sender emits only from its lower branch.
    ket = np.zeros((2, 2, 2, 2, 2), dtype=complex)
    ket[1, 0, 0, 0, 0] = ket[0, 1, 0, 0, 0] = np.sqrt(0.5)
    lost = ket.copy()
    lost[:, 1, 0] = np.sqrt(arrives) * ket[:, 1, 0]
    lost[:, 0, 1] += np.sqrt(1 - arrives) * ket[:, 1, 0]
    caught = lost.copy()
    caught[:, 1, :, 0, 0] = 0
    caught[:, 0, :, 1, 0] += np.sqrt(absorbed) * lost[:, 1, :, 0, 0]
    caught[:, 0, :, 0, 1] += np.sqrt(1 - absorbed) * lost[:, 1, :, 0, 0]
    return np.asarray(np.einsum("aplbr,cpldr->abcd", caught, caught.conj()).reshape(4, 4))
