"""The fidelity of a photon transfer and its derivatives by chosen numbers, prepared once and asked at many values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.physics import sequence
from bellpush.physics.compiled import gradient
from bellpush.physics.problem import Problem
from bellpush.physics.pulse_require import refusal
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sequence_drives import owned, passed_on, segments
from bellpush.physics.sequence_drives import problem as prepared
from bellpush.physics.sequence_start import starts
from bellpush.physics.transfer import sensible
from bellpush.physics.transfer_given import BOUNDS, Transfer, checked
from bellpush.physics.transfer_slopes import STEP

__all__ = ["Sensitivity"]

SWITCHES = ("excited", "detuning", "stark_shift", "preparation", "pi_pulse")
"""Numbers whose part of the equation is left out where they are 0."""


class Sensitivity:
    """Bell fidelity of one transfer over a cold line, and its derivatives, as a function of some of its numbers.

    What does not change with them is worked out once: the sector, and the drives unless the numbers move them.
    `slopes` does it for many points, warm lines, and numbers that are exactly zero.

    Args:
        transfer: the others of its numbers; one point.
        names: of the chosen ones, fields of a transfer as `transmission` or `sender.relaxation_ge`.
        tolerance: of the evolution.

    Raises:
        ConvergenceError, ValueError: as `bell`; a name that there is not, one of a number that is 0 and so not in the
            equation, several points, or a warm line.

    >>> from bellpush.physics.pulse_sech import Sech
    >>> from bellpush.physics.qutrit import Qutrit
    >>> node = Qutrit(linewidth=6.5e7)
    >>> ask = Sensitivity(Transfer(node, node, Sech(6.5e7), 0.64, 0.6e-6), ["transmission"])
    >>> fidelity, slopes = ask(0.81)
    >>> print(f"{fidelity:.6f} {slopes[0]:.6f}")
    0.902500 0.527778
    """

    def __init__(self, transfer: Transfer, names: Sequence[str], tolerance: float = 1e-9) -> None:
        self.transfer = checked(transfer)
        self.names = tuple(names)
        for name in self.names:
            if name not in BOUNDS or name == "thermal_photons":
                raise refusal("names", "be numbers of a transfer over a cold line", repr(name), "'transmission'")
            if name.endswith(SWITCHES) and attrgetter(name)(self.transfer) == 0:
                raise refusal(name, "be above 0 where it is chosen", "0", "`slopes`, for derivatives at zero")
        if self.transfer.thermal_photons != 0:
            raise refusal("thermal_photons", "be 0", f"{self.transfer.thermal_photons}", "`slopes`, for a warm line")
        self.present = sequence.needed(self.transfer, "bell", None)
        self.sector = sequence.sector(self.present, 2)
        self.problem = prepared(self.transfer, self.sector, self.present)
        if self.problem.shape:
            raise refusal("transfer", "be one point", f"of shape {self.problem.shape}", "`slopes`, for many")
        self.row = sequence.to_psi_plus(self.sector, self.problem.flat(self.transfer.pi_pulse))
        self.tolerance = sensible(self.transfer, tolerance)
        # What may change alone: not what switches a part of the equation on, or decides what photons can be.
        free = not any(name.endswith((*SWITCHES, "linewidth")) for name in self.names)
        self.bounds = [BOUNDS[name] for name in self.names] if free else None
        self.start = starts(self.transfer, self.sector, self.present, "bell")
        # Steps, and how dense they are, follow from the transfer given: answers do not depend on what was asked before.
        _, there = gradient(self.problem, self.start, lambda _: self.row, None, self.tolerance)
        self.counts = there.counts
        self.places = [_place(name) for name in self.names]
        stepped = [_replaced(self.transfer, place, 1 + 1j) for place in self.places]
        moved = dict(zip(self.names, stepped, strict=True))
        self.passing = {name for name, one in moved.items() if _complex(self._passed_on(one).values())}
        """Which of them coefficients of the line depend on."""
        self.owning = {name for name, one in moved.items() if _complex(owned(one, self.present).values())}
        """Which of them those of the nodes depend on."""
        self.driving = {
            name
            for name, one in moved.items()
            if _complex(chain(*(each.numbers for each in segments(one, self.present))))
        }
        """Which of them the drives depend on."""

    def _passed_on(self, transfer: Transfer) -> dict[str, Any]:
        return passed_on(transfer, self.sector, self.present)

    def __call__(self, *values: float) -> tuple[float, NDArray[np.float64]]:
        """The fidelity to psi+ at values of the chosen numbers, and its derivatives by them, shape (names,).

        Raises:
            ConvergenceError, ValueError: as `bell`; values with which the equation holds what it did not, or no more.
        """
        if len(values) != len(self.names):
            raise ValueError(f"There must be a value of {', '.join(self.names)} each, but are {len(values)}.")
        here = self.transfer
        for place, value in zip(self.places, values, strict=True):
            here = _replaced(here, place, value)
        if self.bounds is None or not all(map(_between, values, self.bounds)):
            here = checked(here)
            if sequence.needed(here, "bell", None) != self.present:
                raise ValueError("Numbers must not begin or cease to be zero, but do. Try `slopes`.")
        there = self._passed_on(here) | owned(here, self.present)
        if self.driving:
            problem = Problem(self.sector, there, segments(here, self.present))
        else:
            problem = self.problem.with_constants(there)
        start = self.start if self.bounds else starts(here, self.sector, self.present, "bell")
        end, by = gradient(problem, start, lambda _: self.row, self.counts, self.tolerance)
        found = np.empty(len(self.names))
        for number, (name, value) in enumerate(zip(self.names, values, strict=True)):
            moved = _replaced(here, self.places[number], complex(value, STEP))
            change = self._passed_on(moved) if name in self.passing else {}
            if name in self.owning:
                change |= owned(moved, self.present)
            drives = segments(moved, self.present) if name in self.driving else ()
            begin = None if self.bounds else starts(moved, self.sector, self.present, "bell")
            found[number] = by.along(change, drives, begin)[0] / STEP
        return float(np.vdot(self.row, end)), found


def _complex(numbers: Iterable[Any]) -> bool:
    return any(map(np.iscomplexobj, numbers))


def _between(value: Any, bounds: tuple[float, float]) -> bool:
    return isinstance(value, float) and bool(bounds[0] <= value <= bounds[1])


def _place(name: str) -> tuple[int, ...]:
    """Where a number stands in a transfer: its field, or that of a node and its own."""
    first, _, second = name.partition(".")
    place = Transfer._fields.index(first)
    return (place, Qutrit._fields.index(second)) if second else (place,)


def _replaced(record: Any, place: tuple[int, ...], value: Any) -> Any:
    """The same with another number at a place."""
    here, *deeper = place
    if deeper:
        value = _replaced(record[here], (deeper[0],), value)
    return type(record)(*record[:here], value, *record[here + 1 :])
