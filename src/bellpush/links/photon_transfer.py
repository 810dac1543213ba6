"""Photon transfer: a shaped photon, emitted by one transmon and caught by another, followed pulse by pulse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import pi
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.errors import ScenarioError
from bellpush.ground.spec import Duration, PositiveDuration, Probability, Real, TimeShift, problem, told_apart
from bellpush.ground.units import readable
from bellpush.hardware.channel import Channel, delay, transmission
from bellpush.hardware.device import Transmon
from bellpush.hardware.node import Node
from bellpush.links.dial import dial
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.photon_shape import AnyShape, Sech
from bellpush.links.scheme import Births, Dial, Played, Scheme
from bellpush.links.transfer_end import TransferEnd

if TYPE_CHECKING:
    from bellpush.physics.transfer import Transfer

__all__ = ["PhotonTransfer"]

LONG = 5000.0  # decay times of the fastest rate, after which nothing is left to be solved
FAR = 100.0  # linewidths from which on a drive does nothing
WARMEST = 0.1  # thermal photons up to which a search for what would be enough takes seconds
LEAKED = 1e-6  # population outside of the qubits that is worth a note


class PhotonTransfer(Scheme):
    """A shaped photon is emitted by the first node and caught by the second; nothing is heralded.

    Models: two transmons of three levels with their resonators, the drives that emit and catch the photon, a lossy
    line; relaxation and dephasing of both transitions throughout, windows cut short, drives mistimed, detuned, shifted
    or too strong, a warm line, pulses of finite length, imperfect resets. The pair is the qubit block of both, not
    renormalised: what leaks out of the qubits is lost, also to what follows.
    Holds when: nothing comes back from the receiver (a circulator, or a line longer than the photon); the line's delay
    and the phases of drives are known; a photon that is not absorbed is as good as lost.
    Formula: docs/background/photon-transfer.md.
    Source: Cirac et al., Phys. Rev. Lett. 78, 3221 (1997); Kurpiers et al., Nature 558, 264 (2018).

    >>> ends = {"sender": {"linewidth": 10e6}, "receiver": {"linewidth": 12e6}}
    >>> scheme = PhotonTransfer(**ends, transmission=0.64, window=0.7e-6, repetition=20e-6)
    >>> pair = scheme.births((Node(), Node()), ()).pair
    >>> float(np.diagonal(pair) @ [1, 1, 1, -1] / 4).__round__(4)
    0.81
    """

    # A longer window would cut off less, but leave more time for decay: only all else can be switched off alone.
    remainder = "cut of the window"
    summary = "a shaped photon from transmon to transmon, pulse by pulse; nothing is heralded"
    heralded = False
    station = False
    kind: Literal["photon-transfer"] = "photon-transfer"
    sender: TransferEnd = TransferEnd()
    """the first node's end; its device if not given"""
    receiver: TransferEnd = TransferEnd()
    """the second node's end; its device if not given"""
    photon: AnyShape = Sech()
    """shape of the photon; a sech as broad as the smaller linewidth if not given"""
    transmission: Probability | None = None
    """share of the photon that reaches the receiver; from the channel's attenuation if not given"""
    absorption: Probability = 1.0
    """probability that a photon that arrived is absorbed, beyond what is modelled here; certain if not given"""
    window: PositiveDuration
    """how long both drives are on, centred on the photon's peak"""
    timing_error: TimeShift = 0.0
    """by which the receiver's drive comes late; none if not given"""
    thermal_photons: Annotated[float, Real(low=0.0, high=10.0)] = 0.0
    """mean number of thermal photons in the line; none if not given"""
    preparation: Duration = 0.0
    """length of the pulses that prepare the sender; ideal ones if not given"""
    pi_pulse: Duration = 0.0
    """length of a pi pulse between e and f; an ideal one if not given"""
    repetition: PositiveDuration
    """from one attempt's start to the next; the sequence of pulses fills its end"""

    @property
    def sequence(self) -> Any:
        """Time from the first pulse to the pair, s."""
        return self.preparation + self.window + self.pi_pulse

    @model_validator(mode="after")
    def _fits(self) -> PhotonTransfer:
        if self.sequence > self.repetition * (1 + 1e-12):
            most, found = told_apart(self.repetition, self.sequence, "s")
            parts = "`preparation` + `window` + `pi_pulse`"
            raise problem(f"must have {parts} of at most its `repetition` {most}, but they take {found}.")
        if abs(self.timing_error) > self.window:
            most, found = told_apart(self.window, abs(self.timing_error), "s")
            raise problem(f"must have a `timing_error` of at most its `window` {most}, but it is {found}.")
        return self

    @property
    def laborious(self) -> bool:
        return bool(np.any(self.thermal_photons))  # many Fock levels

    @property
    def searched(self) -> bool:
        return bool(np.all(np.asarray(self.thermal_photons) <= WARMEST))

    def attenuated(self, channel: tuple[Channel, ...]) -> bool:
        return self.transmission is None

    def contradiction(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> str | None:
        return next(self._contradictions(ends, channel), None)

    def _contradictions(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Iterator[str]:
        if self.transmission is None and not channel:
            yield "needs `transmission`, or a `channel` to derive it from. Try transmission: 0.8."
        one = self.resolved(ends, channel)
        for role, end in (("sender", one.sender), ("receiver", one.receiver)):
            if end.linewidth is None:
                yield (
                    f"needs the `linewidth` of its {role}, but neither `{role}` nor a `device` of that node says it. "
                    f'Try {role}: {{linewidth: "10.4 MHz"}}.'
                )
                return
            if sentence := end.impossible():
                yield f"has a {role} that {sentence}"
            if role == "receiver" and end.excited is not None and end.excited >= 1:
                yield "needs a receiver with `excited` below 1, or nothing is caught in its qubit. Try 0.01."
            for name in ("detuning", "stark_shift"):
                if abs(getattr(end, name)) > FAR * end.linewidth:
                    most, found = told_apart(FAR * end.linewidth, abs(getattr(end, name)), "Hz")
                    yield (
                        f"must have a `{name}` of at most {FAR:g} linewidths of its {role}, {most}, or nothing passes, "
                        f"but it is {found}."
                    )
        sender, receiver = one.sender.linewidth, one.receiver.linewidth
        assert sender is not None
        assert receiver is not None
        if sentence := one.photon.too_steep(sender, receiver):
            yield sentence
            return
        shortest = float(one.photon.photon().duration_scale)
        if self.window < shortest:
            least, found = told_apart(shortest, self.window, "s")
            yield f"must have a `window` that holds the photon, at least {least}, but it is {found}."
        yield from one._too_long()
        yield from one._too_strong(ends)

    def _too_long(self) -> Iterator[str]:
        """Whether the sequence lasts so many decay times that nothing of it could be seen; of a resolved scheme."""
        nodes = self.sender.qutrit(), self.receiver.qutrit()
        rates = ("linewidth", "internal_loss", "relaxation_ge", "relaxation_ef", "dephasing_g", "dephasing_f")
        fastest = max(float(np.max(getattr(node, rate))) for node in nodes for rate in rates)
        if self.sequence * fastest > LONG:
            most, found = told_apart(LONG / fastest, float(self.sequence), "s")
            yield (
                f"must have a sequence of at most {LONG:g} decay times of its fastest rate, that is {most}, but takes "
                f"{found}. Try a shorter `window`, or slower decays."
            )

    def _too_strong(self, ends: tuple[Node, Node]) -> Iterator[str]:
        """Which device's drive is too weak for the coupling that the photon needs; of a resolved scheme."""
        photon, times = self.photon.photon(), self.window * np.linspace(-0.5, 0.5, 1001)
        for role, end, node, drive in (
            ("sender", self.sender, ends[0], photon.emission),
            ("receiver", self.receiver, ends[1], photon.capture),
        ):
            most = node.device.largest_coupling if isinstance(node.device, Transmon) else None
            needed = float(np.abs(drive(times, 2 * pi * np.asarray(end.linewidth))).max()) / (2 * pi)
            if most is not None and needed > most * (1 + 1e-9):
                bound, found = told_apart(most, needed, "Hz")
                yield (
                    f"needs a coupling of up to {found} at its {role}, but the `largest_drive` of that device gives "
                    f"{bound}. Try a photon of smaller `bandwidth`."
                )

    def arrives(self, channel: tuple[Channel, ...]) -> float:
        """Share of the photon that reaches the receiver."""
        return transmission(channel) if self.transmission is None else self.transmission

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> PhotonTransfer:
        sender, receiver = self.sender.over(ends[0].device), self.receiver.over(ends[1].device)
        photon = self.photon
        if sender.linewidth is not None and receiver.linewidth is not None:
            photon = photon.filled(np.minimum(sender.linewidth, receiver.linewidth)[()])
        return self.changed(sender=sender, receiver=receiver, photon=photon, transmission=self.arrives(channel))

    def transfer(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Transfer:
        """What decides the pair, as the solver takes it; fields may hold arrays."""
        return _transfer(self.resolved(ends, channel))

    def lasts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> NDArray[np.float64]:
        return np.asarray(self.repetition)

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        pair, error = _pair(self.resolved(ends, channel))
        notes: tuple[str, ...] = ()
        leaked = 1 - float(pair[0, 0])
        if leaked > LEAKED:
            notes += (f"{leaked:.3g} of the population ends outside of the two qubits; fidelities count it as lost.",)
        flight = delay(channel)
        if flight > self.repetition:
            notes += (
                f"the channel alone takes {readable(flight, 's')}, longer than a `repetition` of "
                f"{readable(self.repetition, 's')}; transfers are counted as if each ended in its own.",
            )
        outcome = Outcome("transfer", 1.0, pair, "psi+")
        return LinkModel(self.repetition, (outcome,), "psi+", heralded=False, notes=notes, error=error)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        pair, _ = _pair(self.resolved(ends, channel))
        return Births(np.ones(pair.shape[:-2]), pair, np.asarray(self.repetition), np.zeros(()), "psi+")

    def slopes(
        self,
        ends: tuple[Node, Node],
        channel: tuple[Channel, ...],
        changes: Sequence[tuple[PhotonTransfer, PhotonTransfer]],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        from bellpush.physics.transfer_slopes import slopes

        moved = [(up.transfer(ends, channel), down.transfer(ends, channel)) for up, down in changes]
        return slopes(self.transfer(ends, channel), moved)

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        from bellpush.links.photon_transfer_played import play_pair

        state = play_pair(self.transfer(ends, channel))
        return Played(np.ones(1), state[None], "psi+", self.repetition, 0.0, None)

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        one = self.resolved(ends, channel)
        sender, receiver = one.sender.qutrit(), one.receiver.qutrit()
        found: dict[str, Dial] = {}
        if np.any(np.asarray(one.transmission) < 1):
            found["loss on the way"] = dial("transmission", ideal=1.0)
        if np.any(np.asarray(one.absorption) < 1):
            found["missed absorption"] = dial("absorption", ideal=1.0)
        for name, rate in DECAYS.items():
            if np.any(getattr(sender, rate)) or np.any(getattr(receiver, rate)):
                found[name] = _weaker(rate)
        for name, field in END_ERRORS.items():
            if np.any(getattr(one.sender, field)) or np.any(getattr(one.receiver, field)):
                found[name] = _at_ends(field)
        for name, fields in ERRORS.items():
            if any(np.any(getattr(one, field)) for field in fields):
                found[name] = dial(*fields)
        return found


DECAYS = {
    "relaxation from e to g": "relaxation_ge",
    "relaxation from f to e": "relaxation_ef",
    "dephasing of g and e": "dephasing_g",
    "dephasing of e and f": "dephasing_f",
}
END_ERRORS = {
    "internal loss of the resonators": "internal_linewidth",
    "detuning of the drives": "detuning",
    "Stark shift left over": "stark_shift",
    "amplitude error of the drives": "amplitude_error",
    "imperfect reset": "excited",
}
ERRORS = {
    "timing error": ("timing_error",),
    "thermal photons": ("thermal_photons",),
    "pulses of finite length": ("preparation", "pi_pulse"),
}


def _transfer(one: PhotonTransfer) -> Transfer:
    """The transfer of a resolved scheme."""
    from bellpush.physics.transfer import Transfer  # here and below: other schemes need not wait for the solver

    assert one.transmission is not None
    return Transfer(
        sender=one.sender.qutrit(),
        receiver=one.receiver.qutrit(),
        photon=one.photon.photon(),
        # A photon that the receiver misses leaves it as one that is lost on the way does.
        transmission=plain(np.asarray(one.transmission) * one.absorption),
        window=one.window,
        timing_error=one.timing_error,
        thermal_photons=one.thermal_photons,
        pi_pulse=one.pi_pulse,
        preparation=one.preparation,
    )


def _pair(one: PhotonTransfer) -> tuple[NDArray[np.float64], float]:
    """Correlations that a resolved scheme gives, shape (..., 4, 4), and the largest error of any of them."""
    one = one.changed(repetition=0.0)  # which changes no pair
    try:
        hash(one)
    except TypeError:  # it holds arrays
        return _solved(one)
    return _kept(one)


@lru_cache(maxsize=256)
def _kept(one: PhotonTransfer) -> tuple[NDArray[np.float64], float]:
    """One point, which engines, reports and budgets ask for again and again."""
    pair, error = _solved(one)
    pair.setflags(write=False)
    return pair, error


def _solved(one: PhotonTransfer) -> tuple[NDArray[np.float64], float]:
    from bellpush.physics.transfer import bell

    try:
        found = bell(_transfer(one))
    except ValueError as error:  # a batch may hold points that no check has seen
        raise ScenarioError(str(error)) from None
    return np.array(found.pair), found.error


def _weaker(rate: str) -> Dial:
    def turn(scheme: PhotonTransfer, strength: Any) -> PhotonTransfer:
        if np.all(np.asarray(strength) == 1):
            return scheme  # times that went through rates and back would be rounded
        return scheme.changed(
            sender=scheme.sender.weaker(rate, strength), receiver=scheme.receiver.weaker(rate, strength)
        )

    return turn


def _at_ends(field: str) -> Dial:
    def turn(scheme: PhotonTransfer, strength: Any) -> PhotonTransfer:
        return scheme.changed(
            sender=scheme.sender.scaled(field, strength), receiver=scheme.receiver.scaled(field, strength)
        )

    return turn
