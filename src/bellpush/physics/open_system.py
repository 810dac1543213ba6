"""Open quantum systems: Lindblad equations as named terms, each with a real coefficient that may change in time.

    d rho/dt = sum_k c_k(t) S_k rho

A term `S_k` is fixed by operators alone; everything that a user varies (rates, couplings, pulses) is a coefficient.
The matrices of the terms are therefore built once, on the coordinates of the density matrix that the given starts ever
reach (`sector.py`), and serve any number of parameter points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bellpush.physics.operator import Operator

__all__ = ["OpenSystem", "Term", "count", "dissipator", "hamiltonian", "jump"]


@dataclass(frozen=True, eq=False)
class Term:
    """One part of a Lindblad equation, to be multiplied by the coefficient `name`.

    Build it by `hamiltonian`, `jump`, `dissipator` or `count`.
    """

    name: str
    # Each of (left, right, factor) stands for factor * left rho right; None is the identity.
    products: tuple[tuple[Operator | None, Operator | None, complex], ...]
    counted: Operator | None = None  # its expectation value is integrated, beside the state

    def operators(self) -> list[Operator]:
        """All operators that act on a side of the density matrix."""
        sides = [side for left, right, _ in self.products for side in (left, None if right is None else right.dag)]
        return [side for side in sides if side is not None]


def hamiltonian(name: str, operator: Operator) -> Term:
    """-i [operator, rho]; the coefficient is an angular frequency, rad/s, if `operator` has no unit.

    Raises:
        ValueError: `operator` is not Hermitian.
    """
    if not operator.hermitian:
        raise ValueError(f"`{name}` must be Hermitian, but it is not. Try operator + operator.dag.")
    return Term(name, ((operator, None, -1j), (None, operator, 1j)))


def jump(name: str, operator: Operator) -> Term:
    """The dissipator of one jump, L rho L^dag - (L^dag L rho + rho L^dag L)/2; the coefficient is a rate, 1/s."""
    return dissipator(name, operator, operator)


def dissipator(name: str, first: Operator, second: Operator) -> Term:
    """What two operators that jump together add: A rho B^dag - {B^dag A, rho}/2, and for A other than B its adjoint.

    The dissipator of a sum of operators, L = sum_j c_j A_j with real c_j, is the sum over j of c_j^2 times that of
    (A_j, A_j) and over j < k of c_j c_k times that of (A_j, A_k).
    """
    pairs = [(first, second)] if first is second else [(first, second), (second, first)]
    products: list[tuple[Operator | None, Operator | None, complex]] = []
    for one, other in pairs:
        both = other.dag @ one
        products += [(one, other.dag, 1.0), (both, None, -0.5), (None, both, -0.5)]
    return Term(name, tuple(products))


def count(name: str, operator: Operator) -> Term:
    """Integrates the expectation value of `operator` times the coefficient beside the state.

    Raises:
        ValueError: `operator` is not Hermitian.
    """
    if not operator.hermitian:
        raise ValueError(f"`{name}` must count a Hermitian operator, but does not. Try operator + operator.dag.")
    return Term(name, (), operator)


@dataclass(frozen=True, eq=False)
class OpenSystem:
    """A Lindblad equation on a product of spaces of sizes `dims`, as a sum of terms.

    Terms of the same name share their coefficient.

    >>> from bellpush.physics.operator import local, transition
    >>> decay = jump("decay", local((2,), 0, transition(2, 0, 1)))
    >>> OpenSystem((2,), (decay,)).names
    ('decay',)
    """

    dims: tuple[int, ...]
    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        for term in self.terms:
            for operator in [*term.operators(), *([term.counted] if term.counted is not None else [])]:
                if operator.dims != self.dims:
                    raise ValueError(
                        f"`{term.name}` must act on spaces of sizes {self.dims}, but acts on {operator.dims}."
                    )
                if not np.isfinite(operator.values).all():
                    raise ValueError(f"`{term.name}` must be made of finite numbers, but is not.")

    @property
    def names(self) -> tuple[str, ...]:
        """The coefficients, each once, in the order in which they first appear."""
        return tuple(dict.fromkeys(term.name for term in self.terms))

    @property
    def counters(self) -> tuple[str, ...]:
        """The counted expectation values, in order."""
        return tuple(term.name for term in self.terms if term.counted is not None)

    @property
    def size(self) -> int:
        """Dimension of the whole space."""
        return int(np.prod(self.dims))
