"""Which level a read-out reports, given the level that is there.

An assignment matrix has shape (..., 3, 3) for one qutrit and (..., 9, 9) for two, written (..., d, d) where both will
do, and holds probabilities: its column is the true level, its row the one that is reported. The levels g, e, f are
0, 1, 2, and two qutrits are ordered |first second>, so that |level_A level_B> has the index 3 level_A + level_B.

Holds when: a read-out errs by the level that is there at its beginning, and by nothing else. Derived in
docs/background/readout.md.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["amplification", "assignment", "inverted", "joint", "measured", "refusal", "standard_error"]

Real: TypeAlias = NDArray[np.float64]

SLACK: Final = 1e-9  # how far probabilities that were computed or printed may be off
WORST_CONDITION: Final = 1e10  # beyond it an inversion makes rounding errors as large as 1e-6


def refusal(name: str, must: str, found: object, advice: str) -> ValueError:
    """The error to raise when the argument `name` is refused.

    >>> print(refusal("shots", "be positive", -3, "shots=1000"))
    `shots` must be positive, but is -3. Try shots=1000.
    """
    return ValueError(f"`{name}` must {must}, but is {found}. Try {advice}.")


def assignment(error: ArrayLike) -> Real:
    """The assignment matrix, shape (..., 3, 3), of a qutrit read wrongly with probability `error`, shape (...).

    Both wrong levels are equally likely, whichever is the true one. Raises ValueError outside [0, 1].

    >>> assignment(0.05)
    array([[0.95 , 0.025, 0.025],
           [0.025, 0.95 , 0.025],
           [0.025, 0.025, 0.95 ]])
    """
    wrong = np.asarray(error, dtype=float)
    outside = ~((wrong >= 0) & (wrong <= 1))  # NaN compares false
    if outside.any():
        raise refusal("error", "lie between 0 and 1", float(wrong[outside][0]), "error=0.05")
    return np.where(np.eye(3, dtype=bool), 1 - wrong[..., None, None], wrong[..., None, None] / 2)


def measured(matrix: ArrayLike, name: str = "matrix") -> Real:
    """A measured assignment matrix of one qutrit or two, correlated or not, shape (..., d, d), once it is checked.

    Columns that add up to 1 within 1e-9 are taken. Raises ValueError, calling the argument `name`, for another shape,
    for entries that are not probabilities, and for columns that do not add up to 1.

    >>> measured([[0.98, 0.04, 0.01], [0.01, 0.95, 0.05], [0.01, 0.01, 0.94]]).shape
    (3, 3)
    """
    array = np.asarray(matrix)
    if array.dtype.kind not in "biuf":
        raise refusal(name, "be real numbers", f"of type {array.dtype}", "assignment(0.05)")
    if array.shape[-2:] not in ((3, 3), (9, 9)):
        raise refusal(name, "have shape (..., 3, 3) or (..., 9, 9)", f"of shape {array.shape}", "assignment(0.05)")
    if not np.isfinite(array).all():
        raise refusal(name, "be finite", "NaN or infinite in places", "counts divided by those of their column")
    outside = (array < -SLACK) | (array > 1 + SLACK)
    if outside.any():
        found = f"{array[outside][0]:.6g} in places"
        raise refusal(name, "hold probabilities", found, "counts divided by those of their column")
    off = np.abs(array.sum(axis=-2) - 1).max(initial=0.0)
    if off > SLACK:
        transposed = np.abs(array.sum(axis=-1) - 1).max(initial=0.0) <= SLACK
        advice = "its transpose, since a column is a true level" if transposed else "dividing each column by its sum"
        raise refusal(name, "have columns that add up to 1", f"off by {off:.6g}", advice)
    return array.astype(np.float64)


def joint(first: ArrayLike, second: ArrayLike) -> Real:
    """The assignment matrix of two qutrits, shape (..., 9, 9), read independently by those of shape (..., 3, 3).

    Raises ValueError as `measured` does, and for matrices of two qutrits.

    >>> float(joint(assignment(0.05), assignment(0.05))[0, 0].round(6))
    0.9025
    """
    one, two = measured(first, "first"), measured(second, "second")
    for name, matrix in (("first", one), ("second", two)):
        if matrix.shape[-1] != 3:
            raise refusal(name, "have shape (..., 3, 3)", f"of shape {matrix.shape}", "the 9x9 matrix as it is")
    product = one[..., :, None, :, None] * two[..., None, :, None, :]
    return product.reshape(*product.shape[:-4], 9, 9)


def amplification(matrix: ArrayLike) -> Real:
    """By how much at most the inverse enlarges a relative error: the condition number, shape (...).

    For `assignment(error)` with an error below 2/3 it is 1/(1 - 3 error/2), and for two such qutrits the product; very
    large or infinite where the matrix cannot be inverted. Raises ValueError as `measured` does.

    >>> float(amplification(assignment(0.05)).round(6))
    1.081081
    """
    return np.asarray(np.linalg.cond(measured(matrix)))


def standard_error(populations: ArrayLike, matrix: ArrayLike, shots: ArrayLike) -> Real:
    """Standard errors, shape (..., d), of populations corrected by the inverse of an exactly known assignment matrix.

    Counts are multinomial: with the true populations p, the reported ones r = M p and the inverse W of M, the corrected
    population i has the variance (sum_j W_ij^2 r_j - p_i^2)/shots.

    Args:
        populations: the true populations p, shape (..., d), adding up to 1.
        matrix: the assignment matrix M, shape (..., d, d).
        shots: number of read-outs, shape (...), at least 1.

    Raises ValueError as `measured` and `inverted` do, and for populations or shots that are none.

    >>> standard_error([0.5, 0.5, 0.0], assignment(0.05), 10_000).round(6)
    array([0.005404, 0.005404, 0.001688])
    """
    m = measured(matrix)
    inverse = inverted("matrix", m)
    p, n = np.asarray(populations, dtype=float), np.asarray(shots, dtype=float)
    if p.shape[-1:] != m.shape[-1:]:
        raise refusal("populations", f"have shape (..., {m.shape[-1]})", f"of shape {p.shape}", "one for each level")
    if not (np.all(p >= -SLACK) and np.allclose(p.sum(axis=-1), 1, rtol=0, atol=SLACK)):
        raise refusal("populations", "be probabilities that add up to 1", "otherwise", "dividing them by their sum")
    if not np.all(n >= 1):
        raise refusal("shots", "be at least 1", float(n.min()), "shots=1000")
    variance = np.einsum("...ij,...jk,...k->...i", inverse**2, m, p) - p**2
    # A population known for certain has no variance, but rounding may put it just below zero.
    return np.asarray(np.sqrt(np.maximum(variance, 0) / n[..., None]))


def inverted(name: str, matrix: NDArray[Any]) -> NDArray[Any]:
    """The inverse of matrices of shape (..., n, n); raises ValueError, calling them `name`, if one is all but singular.

    >>> inverted("matrix", assignment(0.5)).diagonal().round(6)
    array([3., 3., 3.])
    """
    worst = np.linalg.cond(matrix).max(initial=1.0)
    if not worst <= WORST_CONDITION:
        found = f"of condition number {worst:.3g}"
        raise refusal(name, "be invertible", found, "a read-out that tells the levels apart")
    return np.linalg.inv(matrix)
