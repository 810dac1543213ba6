"""A warm line in the frame in which it is cold, so that few photons are enough.

With K = D[a] + D[a^dag] summed over the resonators, rho = exp(n K) sigma: a state with n thermal photons mixed in. For
sigma the line is cold, resonators at its temperature are empty, and a drive meets, beside what it does anyway, n times

    |g><f| [a^dag, sigma] - |f><g| [a, sigma]   and its adjoint.

sigma is no state: it keeps the trace and all that nodes alone show, but its populations may be negative. It is cut at a
number of photons in all resonators together. Derived in docs/background/photon-transfer.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.drive import Drive
from bellpush.physics.open_system import Term, jump
from bellpush.physics.operator import Operator

__all__ = ["cold_bath", "mixed", "strengthened", "within"]


def within(port: Operator, places: tuple[int, ...]) -> Operator:
    """An operator between states whose spaces `places` together hold fewer quanta than each of them has levels.

    >>> from bellpush.physics.operator import destroy, local
    >>> a = within(local((2, 2), 0, destroy(2)), (0, 1))
    >>> a.columns.tolist()  # of both states with a photon in the first space only the one with none in the other
    [2]
    """
    levels = port.dims[places[0]]
    kept = np.indices(port.dims)[list(places)].sum(axis=0).ravel() < levels
    inside = kept[port.rows] & kept[port.columns]
    return Operator(port.dims, port.rows[inside], port.columns[inside], port.values[inside])


def mixed(name: str, port: Operator, down: Operator) -> Term:
    """What n thermal photons add to H = port^dag down + h.c.; `down` is |g><f|, the coefficient n times that of H."""
    up, raised = down.dag, port.dag
    half: list[tuple[Operator | None, Operator | None, complex]] = [
        (raised @ down, None, -1j),
        (down, raised, 1j),
        (port @ up, None, 1j),
        (up, port, -1j),
    ]
    # The adjoint of left sigma right times a factor.
    other = [
        (None if right is None else right.dag, None if left is None else left.dag, np.conj(factor))
        for left, right, factor in half
    ]
    return Term(name, (*half, *other))


def cold_bath(name: str, port: Operator) -> Term:
    """K of one resonator; its coefficient is -n times the rate at which it loses energy to a bath that is cold."""
    return Term(name, jump(name, port).products + jump(name, port.dag).products)


def strengthened(drive: Drive, photons: ArrayLike) -> Drive:
    """A drive times the number of thermal photons."""

    def multiplied(t: Any, n: Any, *parameters: Any) -> NDArray[Any]:
        return np.asarray(n * drive.function(t, *parameters))

    plain = drive.fast
    if plain is None:
        return Drive(multiplied, (photons, *drive.parameters))

    def fill(begin: Any, end: Any, shares: Any, out: Any, n: Any, *parameters: Any) -> None:
        plain()(begin, end, shares, out, *parameters)
        out *= n

    return Drive(multiplied, (photons, *drive.parameters), lambda: fill)
