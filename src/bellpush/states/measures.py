"""What a pair is worth: fidelities, entanglement and what protocols make of it.

Every function takes pairs of shape (..., 4, 4) and returns arrays of shape (...). All but `overlap` and `bell_weights`
divide by the weight first, and so raise ValueError where it is not positive; all raise ValueError for another shape.
None asks whether the pair is physical: `bellpush.states.pair.check_pair` does.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states._require import refusal, square
from bellpush.states.pair import BELL_STATES, PAULIS, BellState, bell_signs, normalised, to_density

__all__ = [
    "bell_weights",
    "best_bell",
    "best_bells",
    "chsh",
    "concurrence",
    "entanglement_of_formation",
    "entropy",
    "fidelity",
    "fully_entangled_fraction",
    "hashing_yield",
    "log_negativity",
    "negativity",
    "overlap",
    "teleportation_fidelity",
]


def overlap(pair: ArrayLike, target: BellState = "phi+") -> NDArray[np.float64]:
    """<target| rho |target>, not divided by the weight: the probability of the pair and of finding it in the target.

    Raises ValueError for an unknown name too. Derived in docs/background/pairs.md.

    >>> from bellpush.states.pair import werner
    >>> float(overlap(0.5 * werner(0.8)).round(12))
    0.4
    """
    signs = bell_signs(target, "target")
    return np.diagonal(square("pair", pair, "from_density(rho)"), axis1=-2, axis2=-1) @ signs / 4


def fidelity(pair: ArrayLike, target: BellState = "phi+") -> NDArray[np.float64]:
    """<target| rho |target> / Tr(rho), without a square root. Raises ValueError for an unknown name too.

    >>> from bellpush.states.pair import werner
    >>> fidelity(0.5 * werner([0.8, 0.9])).round(12)
    array([0.8, 0.9])
    """
    return overlap(normalised(pair), target)


def bell_weights(pair: ArrayLike) -> dict[BellState, NDArray[np.float64]]:
    """The overlaps with all four Bell states by name; they add up to the weight. Source as for `overlap`.

    >>> from bellpush.states.pair import bell_diagonal
    >>> {name: float(value) for name, value in bell_weights(bell_diagonal({"phi+": 0.75, "psi-": 0.25})).items()}
    {'phi+': 0.75, 'phi-': 0.0, 'psi+': 0.0, 'psi-': 0.25}
    """
    return {name: overlap(pair, name) for name in BELL_STATES}


def best_bells(pair: ArrayLike) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Names, and fidelities, of the Bell states nearest to the pairs; a tie goes to the first in BELL_STATES.

    >>> from bellpush.states.pair import bell
    >>> best_bells([bell("psi-"), bell("phi-")])
    (array(['psi-', 'phi-'], dtype='<U4'), array([1., 1.]))
    """
    values = np.stack([fidelity(pair, name) for name in BELL_STATES], axis=-1)
    return np.asarray(BELL_STATES)[values.argmax(axis=-1)], values.max(axis=-1)


def best_bell(pair: ArrayLike) -> tuple[BellState, float]:
    """Name and fidelity of the Bell state nearest to one pair of shape (4, 4). Raises ValueError for a batch.

    >>> from bellpush.states.pair import bell
    >>> best_bell(bell("psi-"))
    ('psi-', 1.0)
    """
    if np.ndim(pair) != 2:
        raise refusal("pair", "be one pair of shape (4, 4)", f"of shape {np.shape(pair)}", "best_bells(pair)")
    values = {name: float(fidelity(pair, name)) for name in BELL_STATES}
    name = max(BELL_STATES, key=values.__getitem__)
    return name, values[name]


def _singular_values(pair: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singular values, shape (..., 3), falling, and determinants, shape (...), of the blocks XX to ZZ."""
    block = normalised(pair)[..., 1:, 1:]
    return np.linalg.svd(block, compute_uv=False).astype(np.float64), np.asarray(np.linalg.det(block))


def fully_entangled_fraction(pair: ArrayLike) -> NDArray[np.float64]:
    """The largest fidelity with any maximally entangled state: that of the best Bell state after local unitaries.

    Bennett, DiVincenzo, Smolin and Wootters, Phys. Rev. A 54, 3824 (1996); this form is derived in
    docs/background/pairs.md.

    >>> from bellpush.states.pair import werner
    >>> float(fully_entangled_fraction(werner(0.8)).round(12))
    0.8
    """
    values, determinant = _singular_values(pair)
    return (1 + values[..., 0] + values[..., 1] - np.sign(determinant) * values[..., 2]) / 4


def teleportation_fidelity(pair: ArrayLike, target: BellState | None = None) -> NDArray[np.float64]:
    """(2 F + 1) / 3: fidelity of standard teleportation averaged over all pure states, classical limit 2/3.

    F is the fidelity with `target`, the Bell state that the corrections are made for; None takes the best of the four.
    Local unitaries beforehand can raise F as far as `fully_entangled_fraction`. Raises ValueError for an unknown name
    too. M., P. and R. Horodecki, Phys. Rev. A 60, 1888 (1999).

    >>> from bellpush.states.pair import werner
    >>> float(teleportation_fidelity(werner(0.8)).round(12))
    0.866666666667
    """
    best = best_bells(pair)[1] if target is None else fidelity(pair, target)
    return (2 * best + 1) / 3


def chsh(pair: ArrayLike) -> NDArray[np.float64]:
    """The largest CHSH value over all settings, 2 sqrt(m1 + m2) with m the two largest eigenvalues of T^t T.

    T is the 3x3 block of correlations XX to ZZ. Above 2 the pair violates the inequality. R., P. and M. Horodecki,
    Phys. Lett. A 200, 340 (1995).

    >>> from bellpush.states.pair import bell
    >>> float(chsh(bell("psi-")).round(12))
    2.828427124746
    """
    values, _ = _singular_values(pair)
    largest: NDArray[np.float64] = 2 * np.hypot(values[..., 0], values[..., 1])
    return largest


def concurrence(pair: ArrayLike) -> NDArray[np.float64]:
    """Concurrence, 0 for a separable and 1 for a maximally entangled pair. Wootters, Phys. Rev. Lett. 80, 2245 (1998).

    Where rho is singular the concurrence can change by sqrt(e) when an eigenvalue changes by e. Eigenvalues below
    4e-15, which rounding cannot tell from zero, therefore count as zero.

    >>> from bellpush.states.pair import werner
    >>> float(concurrence(werner(0.9)).round(12))
    0.8
    """
    values, vectors = np.linalg.eigh(to_density(normalised(pair)))
    root = vectors * np.sqrt(np.where(values > 4e-15, values, 0.0))[..., None, :]
    # Singular values of root^t (Y x Y) root are Wootters' lambda without the loss of digits in sqrt(rho rho~).
    flipped = root.mT @ np.kron(PAULIS[2], PAULIS[2]) @ root
    lambdas = np.linalg.svd(flipped, compute_uv=False)
    excess: NDArray[np.float64] = 2 * lambdas[..., 0] - lambdas.sum(axis=-1)
    return np.maximum(0.0, excess)


def _bits(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Shannon entropy in bits over the last axis; what is not positive counts as impossible."""
    possible = np.where(probabilities > 0, probabilities, 1.0)
    bits: NDArray[np.float64] = -(possible * np.log2(possible)).sum(axis=-1)
    return np.maximum(0.0, bits)


def entanglement_of_formation(pair: ArrayLike) -> NDArray[np.float64]:
    """Entanglement of formation in ebits, h((1 + sqrt(1 - C^2)) / 2). Wootters, Phys. Rev. Lett. 80, 2245 (1998).

    >>> from bellpush.states.pair import werner
    >>> float(entanglement_of_formation(werner(0.9)).round(10))
    0.7219280949
    """
    squared = np.minimum(concurrence(pair), 1.0) ** 2
    rare = squared / (2 * (1 + np.sqrt(1 - squared)))  # (1 - sqrt(1 - C^2)) / 2 without cancellation
    return _bits(np.stack([rare, 1 - rare], axis=-1))


def negativity(pair: ArrayLike) -> NDArray[np.float64]:
    """Negativity: minus the sum of the negative eigenvalues of the partial transpose, 1/2 for a Bell state.

    Zero exactly for separable pairs of qubits. Vidal and Werner, Phys. Rev. A 65, 032314 (2002).

    >>> from bellpush.states.pair import werner
    >>> float(negativity(werner(0.9)).round(12))
    0.4
    """
    transposed = normalised(pair) * [1.0, 1.0, -1.0, 1.0]  # transposing the second qubit turns Y into -Y
    total: NDArray[np.float64] = np.maximum(0.0, -np.linalg.eigvalsh(to_density(transposed))).sum(axis=-1)
    return total


def log_negativity(pair: ArrayLike) -> NDArray[np.float64]:
    """Logarithmic negativity log2(2 N + 1), an upper bound on distillable ebits. Source as for `negativity`.

    >>> from bellpush.states.pair import bell
    >>> float(log_negativity(bell("psi+")).round(12))
    1.0
    """
    norm: NDArray[np.float64] = 2 * negativity(pair) + 1
    return np.log2(norm)


def entropy(pair: ArrayLike) -> NDArray[np.float64]:
    """Von Neumann entropy of the pair in bits: 0 if pure, 2 if maximally mixed.

    >>> from bellpush.states.pair import mixed
    >>> float(entropy(mixed()))
    2.0
    """
    return _bits(np.linalg.eigvalsh(to_density(normalised(pair))))


def hashing_yield(pair: ArrayLike) -> NDArray[np.float64]:
    """Coherent information S(second qubit) - S(pair), in ebits per pair.

    Where positive, one-way distillation with messages from the first qubit's side to the second's reaches it from many
    copies: Devetak and Winter, Proc. R. Soc. A 461, 207 (2005). For Bell-diagonal pairs it is 1 - H(Bell weights), the
    hashing yield of Bennett et al., Phys. Rev. A 54, 3824 (1996). Where negative, hashing yields nothing; the sign is
    kept so that thresholds can be searched for.

    >>> from bellpush.states.pair import werner
    >>> float(hashing_yield(werner(0.9)).round(10))
    0.3725081563
    """
    length: NDArray[np.float64] = np.sqrt(np.square(normalised(pair)[..., 0, 1:]).sum(axis=-1))
    return _bits(np.stack([1 + length, 1 - length], axis=-1) / 2) - entropy(pair)
