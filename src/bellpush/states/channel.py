"""Noise on one qubit as Pauli transfer matrices, and what it does to a pair.

A channel is a real matrix T of shape (..., 4, 4) that takes the Bloch vector r = (1, x, y, z) of a qubit to T r. Acting
on the first qubit of a pair R it gives T R, on the second R T^t, so that storing, sending and misaligning a pair are
products of 4x4 matrices. All of it, complete positivity too, is derived in docs/background/pairs.md; the form of the
matrices is that of King and Ruskai, IEEE Trans. Inf. Theory 47, 192 (2001).
"""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states._require import ROUNDING, between, reals, refusal, square
from bellpush.states.pair import PAULIS, Pair

__all__ = [
    "Channel",
    "amplitude_damping",
    "apply",
    "check_channel",
    "choi",
    "compose",
    "dephasing",
    "depolarising",
    "from_kraus",
    "from_map",
    "from_ptm",
    "stretched_dephasing",
    "to_kraus",
]

Channel: TypeAlias = NDArray[np.float64]

_ADVICE: Final = "depolarising(0.9)"


def _matrix(x: ArrayLike, y: ArrayLike, z: ArrayLike, shift: ArrayLike = 0.0) -> Channel:
    """The channel (x, y, z) -> (x x, y y, shift + z z), shape of the broadcast arguments followed by (4, 4)."""
    x, y, z, shift = np.broadcast_arrays(x, y, z, shift)
    ptm = np.zeros((*x.shape, 4, 4))
    ptm[..., 0, 0] = 1.0
    ptm[..., 1, 1], ptm[..., 2, 2], ptm[..., 3, 3], ptm[..., 3, 0] = x, y, z, shift
    return ptm


def depolarising(shrink: ArrayLike) -> Channel:
    """The Bloch vector shrinks alike in all directions: diag(1, s, s, s), s of shape (...) giving (..., 4, 4).

    s is 1 - 4p/3 if one of X, Y, Z occurs with total probability p. Raises ValueError outside [-1/3, 1], where it is
    not completely positive. Derived in docs/background/pairs.md.

    >>> depolarising(0.5).diagonal()
    array([1. , 0.5, 0.5, 0.5])
    """
    s = between("shrink", shrink, -1 / 3, 1, "shrink=exp(-t/T)")
    return _matrix(s, s, s)


def dephasing(shrink: ArrayLike) -> Channel:
    """Coherence between |0> and |1> shrinks: diag(1, s, s, 1), s of shape (...) giving (..., 4, 4).

    s is 1 - 2p if Z occurs with probability p. Raises ValueError outside [-1, 1], where it is not completely positive.
    Derived in docs/background/pairs.md.

    >>> dephasing(0.5).diagonal()
    array([1. , 0.5, 0.5, 1. ])
    """
    s = between("shrink", shrink, -1, 1, "shrink=exp(-t/T2)")
    return _matrix(s, s, 1.0)


def stretched_dephasing(t: ArrayLike, time: ArrayLike, exponent: ArrayLike = 1.0) -> Channel:
    """Dephasing by exp(-(t/time)**exponent) after storage for t; arguments broadcast to (...), giving (..., 4, 4).

    Exponent 1 is white noise, 2 a bath frozen during each run. With another exponent than 1 the decay is no semigroup:
    give the whole t at once, since two halves composed are something else. Raises ValueError unless t >= 0, time > 0
    and exponent > 0; time may be infinite. t and time are in the same unit.

    >>> stretched_dephasing(2.0, 1.0, 2.0)[1, 1] == np.exp(-4.0)
    np.True_
    """
    t = between("t", t, 0, np.inf, "t=0.0")
    time, exponent = reals("time", time, "time=1.0"), reals("exponent", exponent, "exponent=1.0")
    for name, value in (("time", time), ("exponent", exponent)):
        if not np.all(value > 0):
            raise refusal(name, "be positive", float(value.min()), f"{name}=1.0")
    if not np.all(np.isfinite(t)):
        raise refusal("t", "be finite", float(t.max()), "dephasing(0.0) for no coherence at all")
    with np.errstate(over="ignore"):  # an infinite exponent is a coherence of exactly zero
        return dephasing(np.exp(-((t / time) ** exponent)))


def amplitude_damping(survival: ArrayLike, coherence: ArrayLike | None = None, excited: ArrayLike = 0.0) -> Channel:
    """Relaxation: z goes to (1 - 2 excited) by the factor survival, x and y shrink by coherence.

    `survival` is exp(-t/T1), `coherence` is exp(-t/T2) and by default sqrt(survival), the most that decay to |0> alone
    leaves; `excited` is the population of |1> in equilibrium. They broadcast to (...), giving (..., 4, 4). Loss of a
    photon is the same channel with |1> for its presence and `survival` for the transmission.

    Raises ValueError unless survival and excited lie in [0, 1] and coherence^2 <= survival + (1 - survival)^2 excited
    (1 - excited), the exact condition for complete positivity; with excited = 0 it is T2 <= 2 T1. Derived in
    docs/background/pairs.md.

    >>> amplitude_damping(0.64)[3]
    array([0.36, 0.  , 0.  , 0.64])
    >>> amplitude_damping(0.64, coherence=0.9)
    Traceback (most recent call last):
    ValueError: `coherence` must lie between -0.8 and 0.8, but is 0.9. Try T2 <= 2 T1.
    """
    kept = between("survival", survival, 0, 1, "survival=exp(-t/T1)")
    hot = between("excited", excited, 0, 1, "excited=0.0")
    most = np.sqrt(kept + (1 - kept) ** 2 * hot * (1 - hot))
    c = np.sqrt(kept) if coherence is None else reals("coherence", coherence, "coherence=exp(-t/T2)")
    c, most = np.broadcast_arrays(c, most)
    outside = ~(np.abs(c) <= most + ROUNDING)
    if outside.any():
        bound = f"{most[outside][0]:.6g}"
        raise refusal("coherence", f"lie between -{bound} and {bound}", float(c[outside][0]), "T2 <= 2 T1")
    return _matrix(c, c, kept, (1 - kept) * (1 - 2 * hot))


def choi(ptm: ArrayLike) -> NDArray[np.complex128]:
    """The Choi matrices sum |i><j| (x) E(|i><j|), input first, trace 2, shape (..., 4, 4), of channels of that shape.

    The map is completely positive exactly where its Choi matrix is positive. Raises ValueError for another shape.
    Choi, Linear Algebra Appl. 10, 285 (1975).

    >>> choi(np.eye(4)).real[0]
    array([1., 0., 0., 1.])
    """
    matrix = square("ptm", ptm, _ADVICE)
    split: NDArray[np.complex128] = np.einsum("...ij,jba,icd->...acbd", matrix, PAULIS, PAULIS, optimize=True) / 2
    return split.reshape(matrix.shape)


def check_channel(ptm: ArrayLike, atol: float = 1e-9, name: str = "ptm") -> None:
    """Raise ValueError unless every matrix of shape (..., 4, 4) is a channel: finite, trace preserving, CP.

    `atol` is how far entries of the first row and eigenvalues of the Choi matrix may round; `name` is what to call the
    argument in the refusal.

    >>> check_channel(dephasing(0.3))
    >>> check_channel(np.diag([1.0, 1.0, -1.0, 1.0]))  # the transpose
    Traceback (most recent call last):
    ValueError: `ptm` must be completely positive, but is of smallest Choi eigenvalue -1. Try depolarising(0.9).
    """
    matrix = square(name, ptm, _ADVICE)
    if not np.isfinite(matrix).all():
        raise refusal(name, "be finite", "NaN or infinite in places", _ADVICE)
    leak = np.abs(matrix[..., 0, :] - [1, 0, 0, 0]).max(initial=0.0)
    if leak > atol:
        advice = f"{_ADVICE}, and the weight of the pair for what is lost"
        raise refusal(name, "preserve the trace (first row 1, 0, 0, 0)", f"off by {leak:.6g}", advice)
    lowest = np.linalg.eigvalsh(choi(matrix)).min(initial=0.0)
    if lowest < -atol:
        raise refusal(name, "be completely positive", f"of smallest Choi eigenvalue {lowest:.6g}", _ADVICE)


def from_ptm(matrix: ArrayLike) -> Channel:
    """A Pauli transfer matrix from elsewhere, shape (..., 4, 4), once it has passed `check_channel`.

    Complex numbers are taken if their imaginary parts vanish. Raises ValueError otherwise.

    >>> from_ptm(np.eye(4, dtype=complex)).dtype
    dtype('float64')
    """
    array = np.asarray(matrix)
    if np.iscomplexobj(array):
        if np.abs(array.imag).max(initial=0.0) > ROUNDING:
            raise refusal("matrix", "be real", "complex", "the order (I, X, Y, Z) and Hermitian Pauli matrices")
        array = array.real
    check_channel(array, name="matrix")
    return array.astype(np.float64)


def from_kraus(operators: ArrayLike) -> Channel:
    """The channel rho -> sum K rho K^dagger, shape (..., 4, 4), of Kraus operators of shape (..., n, 2, 2).

    Raises ValueError for another shape or unless sum K^dagger K is the identity.

    >>> from_kraus([np.sqrt(0.75) * np.eye(2), np.sqrt(0.25) * np.diag([1, -1])]).diagonal().round(12)
    array([1. , 0.5, 0.5, 1. ])
    """
    kraus = np.asarray(operators, dtype=np.complex128)
    advice = "dividing by the square root of sum K.conj().T @ K"
    if kraus.ndim < 3 or kraus.shape[-2:] != (2, 2):
        raise refusal("operators", "have shape (..., n, 2, 2)", f"of shape {kraus.shape}", "a list of 2x2 matrices")
    leak = np.abs(np.einsum("...nba,...nbc->...ac", kraus.conj(), kraus) - np.eye(2)).max(initial=0.0)
    if not leak <= 1e-9:
        raise refusal("operators", "preserve the trace", f"off by {leak:.6g}", advice)
    images = np.einsum("...nab,jbc,...ndc->...jad", kraus, PAULIS, kraus.conj(), optimize=True)
    ptm: NDArray[np.complex128] = np.einsum("iab,...jba->...ij", PAULIS, images) / 2
    return ptm.real


def to_kraus(ptm: ArrayLike) -> NDArray[np.complex128]:
    """Four Kraus operators, shape (..., 4, 2, 2), of channels of shape (..., 4, 4), the weakest first, some zero.

    Raises ValueError if `check_channel` does. They are the eigenvectors of the Choi matrix.

    >>> damping = amplitude_damping(0.3)
    >>> bool(np.allclose(from_kraus(to_kraus(damping)), damping))
    True
    """
    check_channel(ptm)
    values, vectors = np.linalg.eigh(choi(ptm))
    scaled: NDArray[np.complex128] = vectors * np.sqrt(values.clip(0.0))[..., None, :]
    # Column n of `scaled` lists K_n by (input, output); operators are written (output, input).
    split = scaled.reshape(*scaled.shape[:-2], 2, 2, 4)
    return np.moveaxis(split, -1, -3).swapaxes(-1, -2)


def from_map(function: Callable[[NDArray[np.complex128]], Any], seed: int = 0) -> Channel:
    """The channel, shape (4, 4), of a function from 2x2 density matrices to 2x2 density matrices.

    The function sees density matrices only: the six Pauli eigenstates, then random states of both ranks and their
    mixtures, drawn from `seed`. Raises ValueError if an output is not a 2x2 Hermitian matrix of trace 1, if outputs
    are not linear in inputs, or if the map is not completely positive.

    >>> from_map(lambda rho: np.diag(np.diag(rho))).diagonal().round(12)
    array([1., 0., 0., 1.])
    """
    rng = np.random.default_rng(seed)
    pure = rng.normal(size=(12, 3))
    pure /= np.linalg.norm(pure, axis=1, keepdims=True)
    mixtures = rng.dirichlet(np.ones(12), size=12) @ pure
    bloch = np.vstack([np.eye(3), -np.eye(3), pure, mixtures])
    probes = np.hstack([np.ones((len(bloch), 1)), bloch])
    images = np.array([_image(function, np.einsum("i,iab->ab", r, PAULIS) / 2) for r in probes])
    # The six Pauli eigenstates alone fix the matrix; all other probes only ask whether it holds.
    spread = (images[:3] - images[3:6]) / 2
    ptm = np.column_stack([images[:6].mean(axis=0), *spread])
    error = np.abs(probes @ ptm.T - images).max()
    if error > 1e-9:
        advice = "removing conditions, rescaling or randomness that depend on the state"
        raise refusal("function", "be linear in the density matrix", f"off by {error:.6g}", advice)
    check_channel(ptm, name="function")
    return ptm


def _image(function: Callable[[NDArray[np.complex128]], Any], rho: NDArray[np.complex128]) -> NDArray[np.float64]:
    """The Bloch vector (1, x, y, z) of function(rho), once it is known to be a Hermitian matrix of trace 1."""
    out = np.asarray(function(rho), dtype=np.complex128)
    advice = "lambda rho: K0 @ rho @ K0.conj().T + K1 @ rho @ K1.conj().T"
    if out.shape != (2, 2):
        raise refusal("function", "return a 2x2 matrix", f"returning shape {out.shape}", advice)
    if not np.abs(out - out.conj().T).max() <= 1e-9:
        raise refusal("function", "return a finite Hermitian matrix", "returning another", advice)
    if abs(np.trace(out).real - 1) > 1e-9:
        raise refusal("function", "preserve the trace", f"returning trace {np.trace(out).real:.6g}", advice)
    return np.real(np.einsum("iab,ba->i", PAULIS, out))


def compose(*ptms: ArrayLike) -> Channel:
    """One channel after the other, the first argument acting first; shapes (..., 4, 4) broadcast.

    No argument is the identity. Raises ValueError for another shape.

    >>> flip = np.diag([1.0, 1.0, -1.0, -1.0])
    >>> float(compose(flip, amplitude_damping(0.0))[3, 0]), float(compose(amplitude_damping(0.0), flip)[3, 0])
    (1.0, -1.0)
    """
    return reduce(lambda done, ptm: square("ptms", ptm, _ADVICE) @ done, ptms, np.eye(4))


def apply(pair: ArrayLike, left: ArrayLike | None = None, right: ArrayLike | None = None) -> Pair:
    """The pairs after channel `left` on the first qubit and `right` on the second; shapes (..., 4, 4) broadcast.

    None leaves that qubit alone. Raises ValueError for another shape. Derived in docs/background/pairs.md.

    >>> from bellpush.states.pair import bell
    >>> apply(bell("phi+"), right=dephasing(0.5)).diagonal()
    array([ 1. ,  0.5, -0.5,  1. ])
    """
    result = square("pair", pair, "from_density(rho) if this is a density matrix")
    if left is not None:
        result = square("left", left, _ADVICE) @ result
    if right is not None:
        result = result @ square("right", right, _ADVICE).mT
    return result
