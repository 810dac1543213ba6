"""Nodes in a row on a one-way line: what each sends on reaches the next, less what the line loses.

Composition of the nodes' (S, L, H) by the series product, with a beam splitter for the loss of every stretch of line:
L_j = sqrt(kappa_j) a_j; node k sees sum_{j<k} t_jk L_j, t_jk the amplitude transmission from j to k. Collecting what
the output and all loss channels do together leaves, for any number of nodes,

    d rho/dt = sum_j kappa_j D[a_j] rho
             + sum_{j<k} t_jk sqrt(kappa_j kappa_k) ( [a_j rho, a_k^dag] + [a_k, rho a_j^dag] ),

where the last bracket is -i [(a_k^dag a_j - a_j^dag a_k)/2i, rho] and the mixed dissipator of a_j and a_k. A line of
uniform temperature with mean occupation n multiplies dissipators by n + 1 and adds those of the adjoints times n.
Delays of the line are absorbed: every node keeps the time at which the field passes it.

Holds when: nothing runs backwards (a circulator, or a line much longer than the photon); the line has no memory.
Source: Carmichael, Phys. Rev. Lett. 70, 2273 (1993); Gough and James, IEEE Trans. Autom. Control 54, 2530 (2009);
derived in docs/background/photon-transfer.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.physics.open_system import Term, count, dissipator, hamiltonian, jump
from bellpush.physics.operator import Operator

__all__ = ["Cascade"]


@dataclass(frozen=True, eq=False)
class Cascade:
    """Operators `ports` through which nodes couple to one line, in the order in which the field passes them.

    `warm`: whether the line may hold thermal photons. `counted`: whether to integrate what leaves the last node, under
    names that `outgoing` adds up.
    """

    ports: tuple[Operator, ...]
    warm: bool = False
    counted: bool = False

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Every node with every later one."""
        return [(j, k) for k in range(len(self.ports)) for j in range(k)]

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the equation."""
        found = [jump(f"decay {j}", port) for j, port in enumerate(self.ports)]
        if self.warm:
            found += [jump(f"heating {j}", port.dag) for j, port in enumerate(self.ports)]
        for j, k in self.pairs:
            first, second = self.ports[j], self.ports[k]
            half = second.dag @ first * -0.5j
            found.append(hamiltonian(f"flow {j} {k}", half + half.dag))
            found.append(dissipator(f"mixing {j} {k}", first, second))
            if self.warm:
                found.append(dissipator(f"warm mixing {j} {k}", first.dag, second.dag))
        if self.counted:
            found += [count(f"out {j}", port.dag @ port) for j, port in enumerate(self.ports)]
            for j, k in self.pairs:
                mixed = self.ports[j].dag @ self.ports[k]
                found.append(count(f"out {j} {k}", mixed + mixed.dag))
        return tuple(found)

    def coefficients(
        self,
        linewidths: Sequence[ArrayLike],
        transmissions: Sequence[ArrayLike],
        thermal: ArrayLike = 0.0,
        internal: Sequence[ArrayLike] | None = None,
    ) -> dict[str, Any]:
        """The coefficients of the terms.

        Args:
            linewidths: kappa of every node, rad/s, shapes (...).
            transmissions: share of the energy that comes from every node to the next, one fewer than nodes.
            thermal: mean occupation of the line, everywhere the same; only where the cascade is `warm`.
            internal: rate at which every port loses its energy elsewhere, rad/s, to a cold bath.

        Returns:
            Numbers of Python where all that they come from are such, else arrays.

        Raises:
            ValueError: a number of linewidths or transmissions that does not fit the ports, or a transmission that is
                not from 0 to 1.
        """
        nodes = len(self.ports)
        if len(linewidths) != nodes or len(transmissions) != nodes - 1:
            raise ValueError(
                f"{nodes} ports must have {nodes} linewidths and {nodes - 1} transmissions between them, but have "
                f"{len(linewidths)} and {len(transmissions)}."
            )
        kappa = [_number(each) for each in linewidths]
        shares = [_number(each) for each in transmissions]
        for share in shares:
            inside = (share.real >= 0) & (share.real <= 1)
            if inside is not True and not np.all(inside):
                raise ValueError(f"A transmission must be from 0 to 1, but is {share}. Try 0.8.")
        amplitude = [share**0.5 for share in shares]
        n = _number(thermal)
        lost = [0.0] * nodes if internal is None else [_number(each) for each in internal]
        values = [kappa[j] * (1 + n) + lost[j] for j in range(nodes)]
        if self.warm:
            values += [kappa[j] * n for j in range(nodes)]
        for j, k in self.pairs:
            mixed = (kappa[j] * kappa[k]) ** 0.5 * prod(amplitude[j:k])
            values += [mixed, mixed * (1 + n), mixed * n] if self.warm else [mixed, mixed * (1 + n)]
        if self.counted:
            root = [kappa[j] ** 0.5 * prod(amplitude[j:]) for j in range(nodes)]
            values += [root[j] ** 2 for j in range(nodes)]
            values += [root[j] * root[k] for j, k in self.pairs]
        return dict(zip(self.names, values, strict=True))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of the coefficients, in the order of `coefficients`."""
        every = range(len(self.ports))
        found = [f"decay {j}" for j in every]
        if self.warm:
            found += [f"heating {j}" for j in every]
        for j, k in self.pairs:
            found += [f"flow {j} {k}", f"mixing {j} {k}", *([f"warm mixing {j} {k}"] if self.warm else [])]
        if self.counted:
            found += [*(f"out {j}" for j in every), *(f"out {j} {k}" for j, k in self.pairs)]
        return tuple(found)


def _number(value: ArrayLike) -> Any:
    """A number of Python as it is, anything else as an array."""
    return value if isinstance(value, float | complex) else np.asarray(value)
