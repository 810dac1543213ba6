"""A pair of qubits as the real matrix of its Pauli correlations.

The pair with density matrix rho is R[i, j] = Tr(rho s_i (x) s_j), with s = (I, X, Y, Z) and the first index for the
first qubit. R has shape (..., 4, 4): any leading axes are a batch. R[0, 0] is the weight, 1 for a normalised pair and
a probability mass otherwise. Z = |0><0| - |1><1|, and |1> is the bright, excited state, the one that T1 empties.
"""

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states._require import between, refusal, square

__all__ = [
    "BELL_SIGNS",
    "BELL_STATES",
    "PAULIS",
    "BellState",
    "Pair",
    "bell",
    "bell_diagonal",
    "bell_signs",
    "check_pair",
    "frame",
    "from_density",
    "from_qutip",
    "mixed",
    "normalised",
    "product",
    "to_density",
    "to_qutip",
    "weight",
    "werner",
]

Pair: TypeAlias = NDArray[np.float64]
BellState: TypeAlias = Literal["phi+", "phi-", "psi+", "psi-"]

BELL_STATES: Final[tuple[BellState, ...]] = get_args(BellState)


def _fixed(entries: object, kind: type[Any]) -> NDArray[Any]:
    array = np.array(entries, dtype=kind)
    array.setflags(write=False)  # a constant shared by every caller must not be editable by one of them
    return array


PAULIS: Final[NDArray[np.complex128]] = _fixed(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], np.complex128
)

BELL_SIGNS: Final[Mapping[BellState, NDArray[np.float64]]] = MappingProxyType(
    {
        "phi+": _fixed([1, 1, -1, 1], np.float64),
        "phi-": _fixed([1, -1, 1, 1], np.float64),
        "psi+": _fixed([1, 1, 1, -1], np.float64),
        "psi-": _fixed([1, -1, -1, -1], np.float64),
    }
)

_FROM_DENSITY = "from_density(rho) if this is a density matrix"


def bell_signs(name: BellState, argument: str = "name") -> NDArray[np.float64]:
    """The diagonal (II, XX, YY, ZZ) of a Bell state, shape (4,), read-only; its other correlations vanish.

    phi+- = (|00> +- |11>)/sqrt2 and psi+- = (|01> +- |10>)/sqrt2. `argument` is what to call the name in the refusal.
    Raises ValueError for anything but one of the four names. Derived in docs/background/pairs.md.

    >>> bell_signs("psi-")
    array([ 1., -1., -1., -1.])
    """
    if name not in BELL_STATES:
        raise refusal(argument, f"be one of {', '.join(map(repr, BELL_STATES))}", repr(name), "'phi+'")
    return BELL_SIGNS[name]


def _diagonal(values: NDArray[np.float64]) -> Pair:
    matrix = np.zeros((*values.shape, 4))
    matrix[..., range(4), range(4)] = values
    return matrix


def bell(name: BellState) -> Pair:
    """A pure Bell state, shape (4, 4). Raises ValueError for an unknown name. Source: as `bell_signs`.

    >>> bell("phi+").diagonal()
    array([ 1.,  1., -1.,  1.])
    """
    return _diagonal(bell_signs(name))


def werner(fidelity: ArrayLike, target: BellState = "phi+") -> Pair:
    """A Werner-type pair: `target` with probability `fidelity`, each other Bell state with a third of the rest.

    `fidelity` of shape (...) gives pairs of shape (..., 4, 4). Raises ValueError outside [0, 1] or for an unknown
    name. Werner, Phys. Rev. A 40, 4277 (1989), in any of the four frames; derived in docs/background/pairs.md.

    >>> werner(0.7).diagonal().round(12)
    array([ 1. ,  0.6, -0.6,  0.6])
    """
    signs = bell_signs(target, "target")
    shrink = (4 * between("fidelity", fidelity, 0, 1, "fidelity=0.9") - 1) / 3
    return _diagonal(signs * np.where(np.arange(4) == 0, 1.0, np.expand_dims(shrink, -1)))


def bell_diagonal(weights: Mapping[BellState, ArrayLike]) -> Pair:
    """A mixture of Bell states, shape (..., 4, 4), from weights that broadcast to (...); names left out weigh nothing.

    Raises ValueError for an unknown name, a negative weight or a total above 1. A total under 1 gives a subnormalised
    pair. `bellpush.states.measures.bell_weights` is the inverse. Derived in docs/background/pairs.md.

    >>> bell_diagonal({"phi+": 0.75, "psi-": 0.25}).diagonal()
    array([ 1. ,  0.5, -1. ,  0.5])
    """
    advice = "{'phi+': 0.9, 'phi-': 0.1}"
    total = np.zeros(4)
    for name, value in weights.items():
        signs = bell_signs(name, "weights")
        total = total + signs * np.expand_dims(between(f"weights[{name!r}]", value, 0, 1, advice), -1)
    between("weights", total[..., 0], 0, 1, advice + ", whose sum is 1")
    return _diagonal(total)


def product(bits: str) -> Pair:
    """The product state |ab> for `bits` "ab", shape (4, 4). Raises ValueError unless two characters from "01".

    >>> product("01")[0], product("01")[3]
    (array([ 1.,  0.,  0., -1.]), array([ 1.,  0.,  0., -1.]))
    """
    if bits not in ("00", "01", "10", "11"):
        raise refusal("bits", "be two characters, each '0' or '1'", repr(bits), "'01'")
    first, second = ([1.0, 0.0, 0.0, 1.0 - 2.0 * int(bit)] for bit in bits)
    return np.outer(first, second) + 0.0  # -0.0 + 0.0 is 0.0


def mixed() -> Pair:
    """The maximally mixed pair, shape (4, 4): weight 1 and no correlations.

    >>> float(mixed().sum())
    1.0
    """
    return _diagonal(np.array([1.0, 0.0, 0.0, 0.0]))


def from_density(rho: ArrayLike) -> Pair:
    """The pairs, shape (..., 4, 4), of density matrices of the same shape in the basis |00>, |01>, |10>, |11>.

    The trace becomes the weight. Raises ValueError for another shape or a matrix that is not finite and Hermitian;
    positivity is left to `check_pair`. Definition in the module docstring.

    >>> from_density([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])[3]
    array([1., 0., 0., 1.])
    """
    matrix = np.asarray(rho, dtype=np.complex128)
    if matrix.shape[-2:] != (4, 4):
        raise refusal("rho", "have shape (..., 4, 4)", f"of shape {matrix.shape}", "qutip.Qobj.full() of two qubits")
    skew = np.abs(matrix - np.conj(np.swapaxes(matrix, -1, -2))).max(initial=0.0)
    if not skew <= 1e-9:
        raise refusal("rho", "be finite and Hermitian", f"off by {skew:.3g}", "(rho + rho.conj().T) / 2")
    split = matrix.reshape(*matrix.shape[:-2], 2, 2, 2, 2)  # first qubit, second qubit, then the same two again
    return np.real(np.einsum("...abcd,ica,jdb->...ij", split, PAULIS, PAULIS, optimize=True))


def to_density(pair: ArrayLike) -> NDArray[np.complex128]:
    """The density matrices, shape (..., 4, 4) complex, of pairs of the same shape: sum R[i, j] s_i (x) s_j / 4.

    Raises ValueError for another shape. Inverse of `from_density`, derived in docs/background/pairs.md.

    >>> to_density(bell("psi+")).real.diagonal()
    array([0. , 0.5, 0.5, 0. ])
    """
    matrix = square("pair", pair, _FROM_DENSITY)
    split: NDArray[np.complex128] = np.einsum("...ij,iac,jbd->...abcd", matrix, PAULIS, PAULIS, optimize=True) / 4
    return split.reshape(matrix.shape)


def from_qutip(state: Any) -> Pair:
    """The pair, shape (4, 4), of a QuTiP ket or density matrix of two qubits. Raises ValueError for other dims.

    >>> bool(np.allclose(from_qutip(to_qutip(bell("psi-"))), bell("psi-")))
    True
    """
    density = state.proj() if state.isket else state
    if density.dims != [[2, 2], [2, 2]]:
        raise refusal("state", "have dims [[2, 2], [2, 2]]", f"of dims {state.dims}", "qutip.tensor(first, second)")
    return from_density(density.full())


def to_qutip(pair: ArrayLike) -> Any:
    """The QuTiP density matrix, dims [[2, 2], [2, 2]], of one pair of shape (4, 4). Raises ValueError for a batch.

    >>> to_qutip(bell("phi+")).dims
    [[2, 2], [2, 2]]
    """
    density = to_density(pair)
    if density.ndim != 2:
        raise refusal("pair", "be one pair of shape (4, 4)", f"of shape {density.shape}", "to_qutip(pair[0])")
    with warnings.catch_warnings():
        # On a machine without matplotlib QuTiP warns that it cannot draw; nothing is drawn here.
        warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
        from qutip import Qobj  # optional, and slow to import
    return Qobj(density, dims=[[2, 2], [2, 2]])


def weight(pair: ArrayLike) -> NDArray[np.float64]:
    """The weights Tr(rho), shape (...), of pairs of shape (..., 4, 4). Raises ValueError for another shape.

    >>> float(weight(0.25 * bell("phi+")))
    0.25
    """
    return square("pair", pair, _FROM_DENSITY)[..., 0, 0]


def normalised(pair: ArrayLike) -> Pair:
    """The pairs, shape (..., 4, 4), divided by their weights. Raises ValueError where a weight is not positive.

    >>> bool(np.all(normalised(0.25 * bell("phi+")) == bell("phi+")))
    True
    """
    matrix = square("pair", pair, _FROM_DENSITY)
    weights = matrix[..., :1, :1]
    if not np.all(weights > 0):
        raise refusal("pair", "have positive weight", f"of weight {weights.min()}", "leaving out impossible outcomes")
    return matrix / weights


def check_pair(pair: ArrayLike, atol: float = 1e-9) -> None:
    """Raise ValueError unless every pair of shape (..., 4, 4) is finite, positive and of weight at most 1.

    `atol` is how far below zero an eigenvalue of the density matrix, or above 1 a weight, may round.

    >>> check_pair(werner([0.5, 0.9]))
    >>> check_pair(np.diag([1.0, 1.0, 1.0, 1.0]))
    Traceback (most recent call last):
    ValueError: `pair` must be positive semidefinite, but is of smallest eigenvalue -0.5. Try werner(0.9).
    """
    advice = "werner(0.9)"
    matrix = square("pair", pair, advice)
    if not np.isfinite(matrix).all():
        raise refusal("pair", "be finite", "NaN or infinite in places", advice)
    lowest = np.linalg.eigvalsh(to_density(matrix)).min(initial=0.0)
    if lowest < -atol:
        raise refusal("pair", "be positive semidefinite", f"of smallest eigenvalue {lowest:.6g}", advice)
    heaviest = matrix[..., 0, 0].max(initial=0.0)
    if heaviest > 1 + atol:
        raise refusal("pair", "have weight at most 1", f"of weight {heaviest:.6g}", advice)


def frame(pair: ArrayLike, source: BellState, target: BellState) -> Pair:
    """The pairs, shape (..., 4, 4), after the Pauli on the second qubit that turns Bell state source into target.

    Exact: a Pauli only flips signs of columns. Raises ValueError for an unknown name or another shape. Derived in
    docs/background/pairs.md.

    >>> bool(np.all(frame(bell("psi-"), "psi-", "phi+") == bell("phi+")))
    True
    """
    signs = bell_signs(source, "source") * bell_signs(target, "target")
    return square("pair", pair, _FROM_DENSITY) * signs
