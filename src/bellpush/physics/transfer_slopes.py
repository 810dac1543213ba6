"""How the pair of a photon transfer changes with every number that decides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics import sequence, sequence_drives, sequence_start
from bellpush.physics.photon import Photon
from bellpush.physics.transfer import begun, bell, sensible
from bellpush.physics.transfer_given import Transfer, checked

__all__ = ["slopes"]

Real = NDArray[np.float64]

TRACE = 1e-11  # of what is as good as nothing
STEP = 1e-100  # into the complex plane, far below all populations


def slopes(
    transfer: Transfer, changes: Sequence[tuple[Transfer, Transfer]], *, tolerance: float = 1e-9
) -> tuple[Real, Real]:
    """Bell fidelity and its derivatives along changes of parameters, by the adjoint of the evolution.

    Where a reset, the length of a pulse or the photons of the line are zero and change, it is the derivative upwards.

    Args:
        transfer: where, at points of shape (...).
        changes: pairs (up, down) of the same transfer with its parameters changed a little; up minus down is the
            direction. Only parameters are subtracted, never fidelities.
        tolerance: of the evolution.

    Returns:
        The fidelity to psi+, shape (...), and for each change the derivative along up minus down, shape
        (len(changes), ...).

    Raises:
        ConvergenceError, ValueError: as for `bell`.
    """
    from bellpush.physics.compiled import gradient

    transfer = checked(transfer)
    for up, down in changes:
        if type(up.photon) is not type(transfer.photon) or type(down.photon) is not type(transfer.photon):
            raise ValueError("A change must keep the kind of the photon, but does not. Try one of its fields.")
    transfer = _opened(transfer, changes)
    warm = np.any(transfer.thermal_photons)
    levels = bell(transfer, tolerance=tolerance, compiled=True).levels if warm else 2
    present = sequence.needed(transfer, "bell", None)
    sector = sequence.sector(present, levels)
    problem = sequence_drives.problem(transfer, sector, present)
    start = sequence_start.starts(transfer, sector, present, "bell")
    row = sequence.to_psi_plus(sector, problem.flat(transfer.pi_pulse))
    tolerance = sensible(transfer, tolerance)
    end, by = gradient(problem, start, lambda _: row, begun(present, problem, tolerance), tolerance)
    shape = problem.shape
    value = (row * end).sum(axis=0).reshape(shape)
    found = np.empty((len(changes), *shape))
    for place, (up, down) in enumerate(changes):
        moved = _moved(transfer, up, down)
        begin = sequence_start.starts(moved, sector, present, "bell")
        along = by.along(*sequence_drives.coefficients(moved, sector, present), begin)
        found[place] = along.reshape(shape) / STEP
    return value, found


def _opened(transfer: Transfer, changes: Sequence[tuple[Transfer, Transfer]]) -> Transfer:
    """The transfer with what is zero and changes a trace above, so that the equation holds what it does.

    A pulse of no length is not the same equation as a short one, nor is a cold line a warm one.
    """

    def changing(name: str, of: Callable[[Transfer], Any]) -> bool:
        value = getattr(of(transfer), name)
        if isinstance(value, float) and value > 0:
            return False
        moves = any(not _equal(getattr(of(up), name), getattr(of(down), name)) for up, down in changes)
        return moves and bool(np.any(np.equal(value, 0)))

    def opened(value: ArrayLike, trace: ArrayLike) -> Any:
        return np.where(np.equal(value, 0), trace, value)[()]

    short, slow = TRACE * np.asarray(transfer.window), TRACE / np.asarray(transfer.window)
    traces: dict[str, Any] = {"excited": TRACE, "thermal_photons": TRACE, "preparation": short, "pi_pulse": short}
    traces |= {"detuning": slow, "stark_shift": slow}
    found = transfer
    for role in ("sender", "receiver"):
        for name in ("excited", "detuning", "stark_shift"):
            if changing(name, attrgetter(role)):
                node = getattr(found, role)
                node = node._replace(**{name: opened(getattr(node, name), traces[name])})
                found = found._replace(**{role: node})
    for name in ("thermal_photons", "preparation", "pi_pulse"):
        if changing(name, lambda one: one):
            found = found._replace(**{name: opened(getattr(found, name), traces[name])})
    return transfer if found is transfer else checked(found)


def _moved(here: Any, up: Any, down: Any) -> Any:
    """A step from `here` into the complex plane, along up minus down; what does not change stays real."""
    if isinstance(here, float) and isinstance(up, float) and isinstance(down, float):
        return here if up == down else complex(here, STEP * (up - down))
    if up is down:
        return here
    if isinstance(here, tuple):
        return here if _alike(up, down) else type(here)(*map(_moved, here, up, down))
    if isinstance(here, sequence_drives.FIXED):  # a shape without parameters
        return here
    if isinstance(here, Photon):
        names = [one.name for one in fields(here)]  # type: ignore[arg-type]  # every photon is a dataclass
        moved = [_moved(*(getattr(one, name) for one in (here, up, down))) for name in names]
        still = all(one is getattr(here, name) for one, name in zip(moved, names, strict=True))
        return here if still else type(here)(*moved)
    if _equal(up, down):
        return here
    return np.asarray(here) + 1j * STEP * np.subtract(up, down)


def _equal(one: Any, other: Any) -> bool:
    """Whether two numbers or arrays are the same."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other
    return one is other or np.array_equal(one, other)


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two hold the same, as far as can be told without looking into arrays."""
    try:
        return bool(one == other)
    except ValueError:  # arrays of several numbers
        return False
