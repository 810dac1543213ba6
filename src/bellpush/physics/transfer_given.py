"""What decides a photon transfer, and what its numbers must be."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_require import numbers, refusal
from bellpush.physics.qutrit import Qutrit

__all__ = ["BOUNDS", "Transfer", "checked", "numbered"]

_MOST = sys.float_info.max
_ANY, _RATE, _POSITIVE, _SHARE = (-_MOST, _MOST), (0.0, _MOST), (5e-324, _MOST), (0.0, 1.0)
_MUST = {_ANY: "be finite", _RATE: "be at least 0", _POSITIVE: "be positive", _SHARE: "be from 0 to 1"}
# In the order of the fields.
_NODE = (
    ("linewidth", _POSITIVE, "6.5e7 (rad/s)"),
    ("relaxation_ge", _RATE, "2e5 (1/s)"),
    ("relaxation_ef", _RATE, "4e5 (1/s)"),
    ("dephasing_g", _RATE, "5e4 (1/s)"),
    ("dephasing_f", _RATE, "1e5 (1/s)"),
    ("internal_loss", _RATE, "0.0"),
    ("detuning", _ANY, "0.0"),
    ("stark_shift", _ANY, "0.0"),
    ("amplitude", _ANY, "1.0"),
    ("excited", _SHARE, "0.01"),
)
_WHOLE = (
    ("transmission", _SHARE, "0.8"),
    ("window", _POSITIVE, "3e-7 (s)"),
    ("timing_error", _ANY, "0.0"),
    ("thermal_photons", _RATE, "0.01"),
    ("pi_pulse", _RATE, "2e-8 (s)"),
    ("preparation", _RATE, "4e-8 (s)"),
)

BOUNDS = {
    **{f"{role}.{name}": bounds for role in ("sender", "receiver") for name, bounds, _ in _NODE},
    **{name: bounds for name, bounds, _ in _WHOLE},
}
"""The least and the most that every number may be."""


class Transfer(NamedTuple):
    """Everything that decides what one transfer gives. Every number may be an array of shape (points,)."""

    sender: Qutrit
    receiver: Qutrit
    photon: Photon
    transmission: ArrayLike  # share of the photon's energy that reaches the receiver's resonator
    window: ArrayLike  # s, centred on the photon's peak; both drives are cut at its ends
    timing_error: ArrayLike = 0.0  # s, by which the receiver's drive comes late; its cut stays
    thermal_photons: ArrayLike = 0.0  # mean occupation of the line, everywhere the same
    pi_pulse: ArrayLike = 0.0  # s, length of a pi pulse between e and f; 0: ideal
    preparation: ArrayLike = 0.0  # s, length of the pulses that prepare the sender; 0: ideal


def checked(transfer: Transfer) -> Transfer:
    """The same as `numbered` gives it; ValueError also for a photon that the nodes cannot emit or catch."""
    transfer = numbered(transfer)
    transfer.photon.check(transfer.sender.linewidth, transfer.receiver.linewidth)
    return transfer


def numbered(transfer: Transfer) -> Transfer:
    """The transfer with every number a float of Python or an array.

    Raises ValueError for a number that is out of its range, NaN or infinite, and for shapes that do not broadcast.

    >>> from bellpush.physics.pulse_sech import Sech
    >>> from bellpush.physics.qutrit import Qutrit
    >>> numbered(Transfer(Qutrit(6e7), Qutrit(6e7, excited=-0.1), Sech(6e7), transmission=1.0, window=3e-7))
    Traceback (most recent call last):
    ValueError: `receiver.excited` must be from 0 to 1, but is -0.1. Try 0.01.
    """
    parts: dict[str, tuple[object, type, str]] = {
        "sender": (transfer.sender, Qutrit, "Qutrit(linewidth=6.5e7)"),
        "receiver": (transfer.receiver, Qutrit, "Qutrit(linewidth=6.5e7)"),
        "photon": (transfer.photon, Photon, "Sech(bandwidth=6.5e7)"),
    }
    for name, (part, kind, advice) in parts.items():
        if not isinstance(part, kind):
            raise refusal(name, f"be a {kind.__name__}", f"of type {type(part).__name__}", advice)
    shapes: set[tuple[int, ...]] = set()
    changed: dict[str, dict[str, Any]] = {"sender.": {}, "receiver.": {}, "": {}}
    for role, rules, values in (
        ("sender.", _NODE, transfer.sender),
        ("receiver.", _NODE, transfer.receiver),
        ("", _WHOLE, transfer[3:]),
    ):
        for (name, bounds, advice), value in zip(rules, values, strict=True):
            # Most are floats, and transfers are built in thousands.
            if not isinstance(value, float) or not bounds[0] <= value <= bounds[1]:
                found = _one(role + name, value, bounds, advice)
                shapes.add(np.shape(found))
                if found is not value:
                    changed[role][name] = found
    try:
        if len(shapes) > 1:
            np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(map(str, sorted(shapes)))
        raise refusal("transfer", "have numbers whose shapes broadcast", f"of shapes {listed}", "one shape") from None
    if any(changed.values()):
        sender = transfer.sender._replace(**changed["sender."])
        receiver = transfer.receiver._replace(**changed["receiver."])
        return transfer._replace(sender=sender, receiver=receiver, **changed[""])
    return transfer


def _one(name: str, value: ArrayLike, bounds: tuple[float, float], advice: str) -> Any:
    """A number that is right, as a float or an array."""
    given = numbers(name, value, advice)
    if given.dtype.kind == "c":
        raise refusal(name, "be real", "complex", advice)
    right = (given >= bounds[0]) & (given <= bounds[1])
    if not right.all():
        wrong = ~right
        raise refusal(name, _MUST[bounds], f"{given[wrong].flat[0]:.6g}", advice)
    return given if given.ndim else float(given)
