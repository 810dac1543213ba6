"""Entanglement swapping: a Bell measurement turns two pairs that meet at a node into one pair across it.

The left pair joins A to B, the right pair B' to C; the measurement is on B and B'. Its outcome is two bits: the parity
bit says phi (0) or psi (1), the phase bit says + (0) or - (1). All formulae are exact for any 16 + 16 correlations, not
only for Bell-diagonal pairs, and are derived in docs/background/pairs.md. The scheme is that of Zukowski, Zeilinger,
Horne and Ekert, Phys. Rev. Lett. 71, 4287 (1993).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states._require import between, square
from bellpush.states.pair import BELL_SIGNS, BELL_STATES, BellState, Pair, bell_signs

__all__ = ["swap", "swap_factors", "swap_outcomes"]

_ADVICE = "from_density(rho) if this is a density matrix"


def _visibility(gate_error: ArrayLike, readout_error: ArrayLike) -> NDArray[np.float64]:
    """How much of the correlations (II, XX, YY, ZZ) an imperfect Bell measurement sees, shape (..., 4)."""
    gate = 1 - 16 / 15 * between("gate_error", gate_error, 0, 1, "gate_error=0.01")
    readout = 1 - 2 * between("readout_error", readout_error, 0, 1, "readout_error=0.01")
    # The phase bit reads out XX, the parity bit ZZ, and YY is seen through both.
    seen = np.broadcast_arrays(1.0, gate * readout, gate * readout**2, gate * readout)
    return np.stack(seen, axis=-1)


def swap(
    left: ArrayLike,
    right: ArrayLike,
    target: BellState = "phi+",
    *,
    left_target: BellState = "phi+",
    right_target: BellState = "phi+",
    gate_error: ArrayLike = 0.0,
    readout_error: ArrayLike = 0.0,
    success_probability: ArrayLike = 1.0,
) -> Pair:
    """The pair A-C after the Bell measurement and a Pauli correction on C, averaged over the outcomes.

    `left` and `right` of shape (..., 4, 4) and the errors of shape (...) broadcast; the result has shape (..., 4, 4)
    and the product of the weights, times the probability that the measurement gives a result at all. The corrections
    are those that take perfect `left_target` and `right_target` pairs to a perfect `target`. As they act on C, the
    result keeps all correlations of `left` but only the diagonal of `right`.

    `gate_error` is the probability that one of the 15 two-qubit Paulis other than the identity, all equally likely,
    hits the measured qubits before an ideal measurement. `readout_error` is the probability with which each of the two
    outcome bits flips, independently. The correction itself is perfect and takes no time. Raises ValueError for
    another shape, an unknown name or a probability outside [0, 1]. Derived in docs/background/pairs.md.

    >>> from bellpush.states.pair import werner
    >>> long = swap(werner(0.95), werner(0.9))
    >>> float(((long.diagonal() * [1, 1, -1, 1]).sum() / 4).round(12))
    0.856666666667
    """
    first, second = square("left", left, _ADVICE), square("right", right, _ADVICE)
    factors = swap_factors(
        target,
        left_target=left_target,
        right_target=right_target,
        gate_error=gate_error,
        readout_error=readout_error,
        success_probability=success_probability,
    )
    kept = factors * np.diagonal(second, axis1=-2, axis2=-1)
    return first * kept[..., None, :]


def swap_factors(
    target: BellState = "phi+",
    *,
    left_target: BellState = "phi+",
    right_target: BellState = "phi+",
    gate_error: ArrayLike = 0.0,
    readout_error: ArrayLike = 0.0,
    success_probability: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """What a swap multiplies the correlations of its pairs by: e of shape (..., 4) for II, XX, YY, ZZ.

    With them the swap is R_AC[i, k] = R_AB[i, k] e[k] R_BC[k, k], and for Bell-diagonal pairs a product of diagonals.
    Arguments, errors raised and source as in `swap`.

    >>> swap_factors(gate_error=0.15, readout_error=0.1, success_probability=0.5).round(4)
    array([ 0.5   ,  0.336 , -0.2688,  0.336 ])
    """
    signs = (
        bell_signs(target, "target") * bell_signs(left_target, "left_target") * bell_signs(right_target, "right_target")
    )
    chance = between("success_probability", success_probability, 0, 1, "success_probability=0.5")
    return np.asarray(signs * chance[..., None] * _visibility(gate_error, readout_error))


def swap_outcomes(
    left: ArrayLike, right: ArrayLike, *, gate_error: ArrayLike = 0.0, readout_error: ArrayLike = 0.0
) -> dict[BellState, Pair]:
    """The pairs A-C before any correction, by the Bell state that the measurement reports; shapes (..., 4, 4).

    Each has as its weight the probability of its outcome times the weights of `left` and `right`, so the four weights
    add up to the product of those two. Arguments, errors raised and source as in `swap`, which is the sum of these
    four, each brought to the target by `bellpush.states.pair.frame`.

    >>> from bellpush.states.pair import bell, frame
    >>> outcomes = swap_outcomes(bell("phi+"), bell("psi+"))
    >>> float(outcomes["phi-"][0, 0]), bool(np.allclose(outcomes["phi-"], bell("psi-") / 4))
    (0.25, True)
    """
    first, second = square("left", left, _ADVICE), square("right", right, _ADVICE)
    visibility = _visibility(gate_error, readout_error) / 4
    return {name: (first * (BELL_SIGNS[name] * visibility)[..., None, :]) @ second for name in BELL_STATES}
