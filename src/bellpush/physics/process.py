"""What a transfer of one qubit into a qutrit is worth: process and state fidelity, leakage, physicality.

A process is the linear map from operators of the sender's qubit to operators of the receiver's qutrit, as an array of
shape (..., 3, 3, 2, 2): out[i, j] = sum_kl process[i, j, k, l] in[k, l]. The levels g, e, f are 0, 1, 2; the qubit is
g and e, and to be transferred means to arrive as the same superposition of g and e.

The figures are linear in the process and ask only for its shape, so that they hold for what noisy or uncorrected
tomography reports, too; `check_process` asks whether it is physical. Derived in docs/background/readout.md.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.assignment import Real, measured, refusal
from bellpush.physics.readout import Complex, reading

__all__ = [
    "CARDINAL",
    "PERFECT",
    "Process",
    "as_read_process",
    "check_process",
    "chi",
    "choi",
    "image",
    "process_fidelity",
    "state_fidelity",
    "subspace",
]

Process: TypeAlias = NDArray[np.complex128]


def _fixed(entries: object) -> Complex:
    array = np.array(entries, dtype=np.complex128)
    array.setflags(write=False)
    return array


PERFECT: Final[Process] = _fixed(np.einsum("ik,jl->ijkl", np.eye(3, 2), np.eye(3, 2)))
"""The process that hands the qubit over unharmed, shape (3, 3, 2, 2)."""

PAULIS: Final = _fixed([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])

CARDINAL: Final = _fixed([(np.eye(2) + sign * pauli) / 2 for pauli in PAULIS[1:] for sign in (1, -1)])
"""The six density matrices +x, -x, +y, -y, +z, -z, shape (6, 2, 2); +z is g."""


def image(process: ArrayLike, rho: ArrayLike) -> Complex:
    """What arrives, shape (..., 3, 3), of qubits of shape (..., 2, 2). Raises ValueError for another shape.

    >>> image(PERFECT, np.diag([0.25, 0.75])).real.diagonal()
    array([0.25, 0.75, 0.  ])
    """
    state = np.asarray(rho, dtype=np.complex128)
    if state.shape[-2:] != (2, 2):
        raise refusal("rho", "have shape (..., 2, 2)", f"of shape {state.shape}", "np.diag([1, 0])")
    return np.asarray(np.einsum("...ijkl,...kl->...ij", _processes(process), state))


def process_fidelity(process: ArrayLike) -> Real:
    """<Phi| (1 x process)(|Phi><Phi|) |Phi>, shape (...), with Phi = (|00> + |11>)/sqrt2: the entanglement fidelity.

    It is that of the qubit block to the identity, `chi` of I and I; leaked population counts as failure. Raises
    ValueError for another shape or numbers that are not finite. Schumacher, Phys. Rev. A 54, 2614 (1996).

    >>> float(process_fidelity(PERFECT))
    1.0
    """
    return np.asarray(np.einsum("...klkl->...", _processes(process)[..., :2, :2, :, :]).real / 4)


def state_fidelity(process: ArrayLike) -> Real:
    """Mean of <psi| process(|psi><psi|) |psi> over the six cardinal states, shape (...).

    The six are a 2-design, so that this is the mean over all pure states of the qubit. It equals
    (2 process_fidelity + subspace)/3. Raises ValueError as `process_fidelity` does.
    Nielsen, Phys. Lett. A 303, 249 (2002), and docs/background/readout.md for what leaks.

    >>> float(state_fidelity(PERFECT).round(12))
    1.0
    """
    block = _processes(process)[..., :2, :2, :, :]
    return np.asarray(np.einsum("sji,...ijkl,skl->...", CARDINAL, block, CARDINAL, optimize=True).real / 6)


def subspace(process: ArrayLike) -> Real:
    """Mean population left in the qubit, shape (...): that of g and e if the input is fully mixed. The rest leaked.

    Raises ValueError as `process_fidelity` does.

    >>> float(subspace(PERFECT))
    1.0
    """
    return np.asarray(np.einsum("...iikk->...", _processes(process)[..., :2, :2, :, :]).real / 2)


def choi(process: ArrayLike) -> Complex:
    """The Choi matrices sum_kl |k><l| (x) process(|k><l|), input first, shape (..., 6, 6); their trace is 2.

    Raises ValueError as `process_fidelity` does. Choi, Linear Algebra Appl. 10, 285 (1975).

    >>> choi(PERFECT).real[0]
    array([1., 0., 0., 0., 1., 0.])
    """
    ordered = np.einsum("...ijkl->...kilj", _processes(process))
    return np.asarray(ordered.reshape(*ordered.shape[:-4], 6, 6))


def chi(process: ArrayLike) -> Complex:
    """The process matrix of the qubit block in the Pauli basis, shape (..., 4, 4).

    The block maps rho to sum_mn chi[m, n] P_m rho P_n with P = (I, X, Y, Z), Y = [[0, -i], [i, 0]]. chi[0, 0] is the
    process fidelity, the trace is `subspace`: 1 if nothing leaks. Raises ValueError as `process_fidelity` does.
    Nielsen and Chuang, Quantum Computation and Quantum Information (2000), section 8.4.2, with these operators.

    >>> chi(PERFECT).real.diagonal()
    array([1., 0., 0., 0.])
    """
    block = _processes(process)[..., :2, :2, :, :]
    # The Paulis are orthogonal with norm 2 each, on either side of rho.
    return np.asarray(np.einsum("mik,...ijkl,njl->...mn", PAULIS.conj(), block, PAULIS, optimize=True) / 4)


def check_process(process: ArrayLike, atol: float = 1e-9) -> None:
    """Raise ValueError unless every process of shape (..., 3, 3, 2, 2) is finite, trace preserving and CP.

    The trace is that of the qutrit: what leaks to f is kept. `atol` is how far traces, conjugates and eigenvalues of
    the Choi matrix may round.

    >>> check_process(PERFECT)
    >>> check_process(PERFECT.swapaxes(-1, -2))
    Traceback (most recent call last):
    ValueError: `process` must be completely positive, but is of smallest Choi eigenvalue -1. Try as_read_process ...
    """
    array = _processes(process)
    off = np.abs(np.einsum("...iikl->...kl", array) - np.eye(2)).max(initial=0.0)
    if off > atol:
        advice = "keeping all three levels of the receiver"
        raise refusal("process", "preserve the trace of the qutrit", f"off by {off:.6g}", advice)
    matrix = choi(array)
    off = np.abs(matrix - matrix.conj().swapaxes(-1, -2)).max(initial=0.0)
    if off > atol:
        advice = "process[i, j, k, l] the element i, j of what |k><l| becomes"
        raise refusal("process", "take Hermitian operators to Hermitian ones", f"off by {off:.6g}", advice)
    lowest = np.linalg.eigvalsh(matrix).min(initial=0.0)
    if lowest < -atol:
        advice = "as_read_process for figures of raw tomography, which needs no such check"
        raise refusal("process", "be completely positive", f"of smallest Choi eigenvalue {lowest:.6g}", advice)


def as_read_process(process: ArrayLike, matrix: ArrayLike) -> Process:
    """The process that tomography reports if misread levels of the receiver are not corrected, shape as `process`.

    Inputs are prepared ideally; the receiver's qutrit is read as `as_read` says. Tomography is linear in the input, so
    that four independent input states give the same process as the six cardinal ones. `assignment(error)` mixes the
    process, with the weight 3 error/2, with one that leaves the three levels equally populated.

    Args:
        process: shape (..., 3, 3, 2, 2).
        matrix: assignment matrix of the receiver, shape (..., 3, 3); leading axes broadcast.

    Raises ValueError as `process_fidelity` and `measured` do, and for a matrix of two qutrits.

    >>> from bellpush.physics.assignment import assignment
    >>> float(process_fidelity(as_read_process(PERFECT, assignment(0.05))).round(6))
    0.9375
    """
    array, m = _processes(process), measured(matrix)
    if m.shape[-1] != 3:
        raise refusal("matrix", "have shape (..., 3, 3)", f"of shape {m.shape}", "the receiver's alone")
    linear = reading(m).reshape(*m.shape[:-2], 3, 3, 3, 3)
    return np.asarray(np.einsum("...ijab,...abkl->...ijkl", linear, array))


def _processes(process: ArrayLike) -> Process:
    array = np.asarray(process)
    if array.shape[-4:] != (3, 3, 2, 2):
        advice = "out[i, j] = sum process[i, j, k, l] in[k, l]"
        raise refusal("process", "have shape (..., 3, 3, 2, 2)", f"of shape {array.shape}", advice)
    if array.dtype.kind not in "biufc" or not np.isfinite(array).all():
        raise refusal("process", "be finite numbers", "NaN, infinite or no number in places", "PERFECT")
    return array.astype(np.complex128)
