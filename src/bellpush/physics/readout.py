"""What tomography reports of qutrits whose levels are misread, raw and corrected, and the qubits within them.

The levels g, e, f are 0, 1, 2, and two qutrits are ordered |first second>, so that |level_A level_B> has the index
3 level_A + level_B. Density matrices have shape (..., 3, 3) for one qutrit and (..., 9, 9) for two, written (..., d, d)
where both will do; assignment matrices, of `bellpush.physics.assignment`, have the same shape.

Holds when: the pulses before a read-out are perfect, and levels are misread alike after each of them. Derived in
docs/background/readout.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.assignment import Real, inverted, measured, refusal

__all__ = [
    "BELL_VECTORS",
    "as_read",
    "bell_fidelity",
    "corrected",
    "from_populations",
    "leakage",
    "populations",
    "qubit_block",
    "reading",
    "rotations",
]

Complex: TypeAlias = NDArray[np.complex128]

QUBITS: Final = (0, 1, 3, 4)  # gg, ge, eg, ee among the levels of two qutrits


def _bell(*signs: int) -> Real:
    vector: Real = np.array(signs) / np.sqrt(2)
    vector.setflags(write=False)
    return vector


BELL_VECTORS: Final[Mapping[str, Real]] = MappingProxyType(
    {"phi+": _bell(1, 0, 0, 1), "phi-": _bell(1, 0, 0, -1), "psi+": _bell(0, 1, 1, 0), "psi-": _bell(0, 1, -1, 0)}
)
"""The four Bell states by name, in the order |00>, |01>, |10>, |11>, with |0> for g and |1> for e."""


@cache
def rotations() -> Complex:
    """The nine pulses before the read-out of one qutrit, shape (9, 3, 3), read-only.

    Nothing; ge by pi/2 about x and about y; ge by pi about x; ef by pi/2 about x and about y; and after ge by pi about
    x these last two again, and ef by pi about x. The six by pi/2 would do to determine a density matrix; the others
    average. For tomography of a qutrit by such pulses see Bianchetti et al., Phys. Rev. Lett. 105, 223601 (2010).

    >>> rotations()[3].round(12)
    array([[0.+0.j, 0.-1.j, 0.+0.j],
           [0.-1.j, 0.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j, 1.+0.j]])
    """

    def pulse(lower: int, angle: float, axis: float) -> Complex:
        unitary = np.eye(3, dtype=np.complex128)
        unitary[lower, lower] = unitary[lower + 1, lower + 1] = np.cos(angle / 2)
        unitary[lower, lower + 1] = -1j * np.exp(-1j * axis) * np.sin(angle / 2)
        unitary[lower + 1, lower] = -1j * np.exp(1j * axis) * np.sin(angle / 2)
        return unitary

    x, y, half = 0.0, np.pi / 2, np.pi / 2
    swap = pulse(0, np.pi, x)
    ef = [pulse(1, half, x), pulse(1, half, y)]
    pulses = np.array(
        [pulse(0, 0.0, x), pulse(0, half, x), pulse(0, half, y), swap, *ef]
        + [after @ swap for after in (*ef, pulse(1, np.pi, x))]
    )
    pulses.setflags(write=False)
    return pulses


@cache
def _tomography(size: int) -> tuple[Complex, Complex]:
    """From a density matrix of `size` levels, flattened, to populations, shape (settings, d, d^2), and back."""
    if size == 3:
        pulses = rotations()
        forward = (pulses[..., :, None] * pulses[..., None, :].conj()).reshape(9, 3, 9)
        backward = np.linalg.pinv(forward.reshape(27, 9)).astype(np.complex128)
    else:  # the pseudo-inverse of a tensor product is that of the pseudo-inverses
        there, back = _tomography(3)
        there, back = there.reshape(9, 3, 3, 3), back.reshape(3, 3, 9, 3)
        forward = np.einsum("smab,tncd->stmnacbd", there, there).reshape(81, 9, 81)
        backward = np.einsum("absm,cdtn->acbdstmn", back, back).reshape(81, 729)
    forward.setflags(write=False)
    backward.setflags(write=False)
    return forward, backward


@cache
def _shares(size: int) -> Complex:
    """The part of `reading` that is due to each entry of the assignment matrix, shape (d^2, d^4)."""
    forward, backward = _tomography(size)
    by_setting = backward.reshape(size**2, -1, size)
    split = np.einsum("xsr,sty->rtxy", by_setting, forward, optimize=True)
    shares: Complex = split.reshape(size**2, -1)
    shares.setflags(write=False)
    return shares


def populations(rho: ArrayLike) -> Real:
    """True populations of all levels in every setting of the tomography, shape (..., settings, d).

    One qutrit has the 9 settings of `rotations`; two have all 81 pairs of them, those of the second running faster.
    `rho`, shape (..., d, d), is taken for Hermitian. Raises ValueError for another shape or numbers that are not
    finite.

    >>> populations(np.diag([0.7, 0.3, 0.0]))[3].round(12)  # after a pi pulse between g and e
    array([0.3, 0.7, 0. ])
    """
    state = _states(rho)
    forward, _ = _tomography(state.shape[-1])
    return np.real(np.einsum("smx,...x->...sm", forward, _flat(state), optimize=True))


def from_populations(frequencies: ArrayLike, matrix: ArrayLike | None = None) -> Complex:
    """The density matrix, shape (..., d, d), that linear inversion by least squares makes of populations as counted.

    Args:
        frequencies: counts over shots, shape (..., settings, d), in the order of `populations`.
        matrix: assignment matrix, shape (..., d, d), by whose inverse they are corrected first. None: they are not.

    The result is Hermitian, but noise may leave it with negative eigenvalues. Raises ValueError as `measured` and
    `inverted` do, for another shape, for numbers that are not finite, or where the two differ in size.

    >>> from_populations(populations(np.diag([0.7, 0.2, 0.1]))).diagonal().real.round(12)
    array([0.7, 0.2, 0.1])
    """
    counted = np.asarray(frequencies, dtype=float)
    if counted.shape[-2:] not in ((9, 3), (81, 9)):
        must = "have shape (..., 9, 3) or (..., 81, 9)"
        raise refusal("frequencies", must, f"of shape {counted.shape}", "a row for each setting")
    if not np.isfinite(counted).all():
        raise refusal("frequencies", "be finite", "NaN or infinite in places", "counts divided by shots")
    size = counted.shape[-1]
    if matrix is not None:
        inverse = inverted("matrix", _fitting(matrix, size))
        counted = np.einsum("...ij,...sj->...si", inverse, counted)
    _, backward = _tomography(size)
    return _square(counted.reshape(*counted.shape[:-2], -1) @ backward.T)


def reading(matrix: ArrayLike) -> Complex:
    """The linear map from a flattened density matrix to the one uncorrected tomography reports, shape (..., d^2, d^2).

    Raises ValueError as `measured` does.

    >>> from bellpush.physics.assignment import assignment
    >>> reading(assignment(0.05)).shape
    (9, 9)
    """
    m = measured(matrix)
    size = m.shape[-1]
    flat = m.reshape(*m.shape[:-2], -1) @ _shares(size)
    return np.asarray(flat.reshape(*flat.shape[:-1], size**2, size**2))


def as_read(rho: ArrayLike, matrix: ArrayLike) -> Complex:
    """The density matrix, shape (..., d, d), that tomography reports if misread levels are not corrected.

    The populations of every setting pass through the assignment matrix; linear inversion follows. `assignment(error)`
    mixes its qutrit with the state of three equal populations, which has the weight 3 error/2. A matrix without this
    symmetry gives populations that no state has; what is reported then depends on the settings and on least squares.

    Args:
        rho: density matrices of one qutrit or two, shape (..., d, d).
        matrix: assignment matrices, shape (..., d, d); leading axes broadcast.

    Raises ValueError as `measured` and `populations` do, and where the two differ in size.

    >>> from bellpush.physics.assignment import assignment
    >>> as_read(np.diag([1.0, 0.0, 0.0]), assignment(0.05)).diagonal().real.round(12)
    array([0.95 , 0.025, 0.025])
    """
    state = _states(rho)
    m = _fitting(matrix, state.shape[-1])
    if m.ndim == 2:
        return _applied(reading(m), state)
    # For many matrices their readings would fill the memory; setting by setting takes a ninth.
    forward, backward = _tomography(state.shape[-1])
    true = np.einsum("smx,...x->...sm", forward, _flat(state), optimize=True)
    misread = np.einsum("...ij,...sj->...si", m, true)
    return _square(misread.reshape(*misread.shape[:-2], -1) @ backward.T)


def corrected(rho: ArrayLike, matrix: ArrayLike) -> Complex:
    """The density matrix of which `as_read` makes `rho`, shape (..., d, d).

    Data belong into `from_populations`, which corrects every setting by itself; without noise both give the same.
    Raises ValueError as `as_read` and `inverted` do.

    >>> from bellpush.physics.assignment import assignment
    >>> corrected(np.diag([0.95, 0.025, 0.025]), assignment(0.05)).diagonal().real.round(12)
    array([1., 0., 0.])
    """
    state = _states(rho)
    return _applied(inverted("matrix", reading(_fitting(matrix, state.shape[-1]))), state)


def qubit_block(rho: ArrayLike, *, renormalise: bool) -> Complex:
    """The elements between gg, ge, eg and ee of two qutrits, shape (..., 4, 4), from shape (..., 9, 9).

    `renormalise` divides by the trace, as if pairs with leaked population were thrown away; without it they count as
    failures in every fidelity. Raises ValueError for another shape, for numbers that are not finite, and if there is
    nothing to divide by.

    >>> float(qubit_block(np.eye(9) / 9, renormalise=False).trace().real.round(6))
    0.444444
    """
    state = _states(rho)
    if state.shape[-1] != 9:
        raise refusal("rho", "have shape (..., 9, 9)", f"of shape {state.shape}", "np.kron of two qutrits")
    block = state[..., QUBITS, :][..., QUBITS]
    if not renormalise:
        return block
    weight = _trace(block)[..., None, None]
    if not np.all(weight > 0):
        raise refusal("rho", "have population in the qubits", f"of {weight.min():.6g} there", "renormalise=False")
    return np.asarray(block / weight)


def leakage(rho: ArrayLike) -> Real:
    """The population, shape (...), of normalised states of two qutrits, shape (..., 9, 9), outside gg, ge, eg and ee.

    Raises ValueError as `qubit_block` does.

    >>> float(leakage(np.eye(9) / 9).round(6))
    0.555556
    """
    return np.asarray(1 - _trace(qubit_block(rho, renormalise=False)))


def bell_fidelity(block: ArrayLike, target: str) -> Real:
    """<target| block |target>, shape (...), of two qubits, shape (..., 4, 4); not divided by the trace of the block.

    Raises ValueError for another shape or an unknown name.

    >>> float(bell_fidelity(np.eye(4) / 4, "phi+").round(6))
    0.25
    """
    if target not in BELL_VECTORS:
        raise refusal("target", f"be one of {', '.join(map(repr, BELL_VECTORS))}", repr(target), "'phi+'")
    matrix = np.asarray(block)
    if matrix.shape[-2:] != (4, 4):
        advice = "qubit_block(rho, renormalise=False)"
        raise refusal("block", "have shape (..., 4, 4)", f"of shape {matrix.shape}", advice)
    vector = BELL_VECTORS[target]
    return np.asarray(np.einsum("i,...ij,j->...", vector, matrix, vector).real)


def _states(rho: ArrayLike) -> Complex:
    array = np.asarray(rho)
    if array.shape[-2:] not in ((3, 3), (9, 9)):
        must = "have shape (..., 3, 3) or (..., 9, 9)"
        raise refusal("rho", must, f"of shape {array.shape}", "the batch in the leading axes")
    if array.dtype.kind not in "biufc" or not np.isfinite(array).all():
        raise refusal("rho", "be finite numbers", "NaN, infinite or no number in places", "a density matrix")
    return array.astype(np.complex128)


def _fitting(matrix: ArrayLike, size: int) -> Real:
    checked = measured(matrix)
    if checked.shape[-1] != size:
        advice = "joint(first, second)" if size == 9 else "assignment(0.05)"
        raise refusal("matrix", f"have shape (..., {size}, {size})", f"of shape {checked.shape}", advice)
    return checked


def _applied(linear: Complex, state: Complex) -> Complex:
    return _square(np.einsum("...xy,...y->...x", linear, _flat(state), optimize=True))


def _flat(state: Complex) -> Complex:
    return state.reshape(*state.shape[:-2], -1)


def _square(flat: Complex) -> Complex:
    size = 9 if flat.shape[-1] == 81 else 3
    return flat.reshape(*flat.shape[:-1], size, size)


def _trace(matrix: Complex) -> Real:
    return np.asarray(np.trace(matrix, axis1=-2, axis2=-1).real)
