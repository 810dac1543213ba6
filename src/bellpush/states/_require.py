"""Argument checks of the states room; every refusal is one ValueError in one sentence form."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Slack for arguments that are themselves results of arithmetic, such as 1 + 2e-16 for a probability.
ROUNDING = 1e-12


def refusal(name: str, must: str, found: object, advice: str) -> ValueError:
    """The error to raise when the argument `name` is refused.

    >>> print(refusal("shots", "be positive", -3, "shots=1000"))
    `shots` must be positive, but is -3. Try shots=1000.
    """
    return ValueError(f"`{name}` must {must}, but is {found}. Try {advice}.")


def reals(name: str, value: ArrayLike, advice: str) -> NDArray[np.float64]:
    """`value` as a float array; text, objects and complex numbers are refused rather than quietly converted."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise refusal(name, "be real numbers", f"of type {array.dtype}", advice)
    return array.astype(np.float64, copy=False)


def between(name: str, value: ArrayLike, low: float, high: float, advice: str) -> NDArray[np.float64]:
    """`value` as a float array, refused unless all of it lies in [low, high]; rounding past an end is clipped."""
    array = reals(name, value, advice)
    # Written so that NaN, which compares false with everything, is refused too.
    outside = ~((array >= low - ROUNDING) & (array <= high + ROUNDING))
    if outside.any():
        raise refusal(name, f"lie between {low:.6g} and {high:.6g}", float(array[outside][0]), advice)
    return np.clip(array, low, high)


def square(name: str, value: ArrayLike, advice: str) -> NDArray[np.float64]:
    """`value` as a float array of shape (..., 4, 4); complex input (a density matrix, say) is refused."""
    array = reals(name, value, advice)
    if array.shape[-2:] != (4, 4):
        raise refusal(name, "have shape (..., 4, 4)", f"of shape {array.shape}", advice)
    return array
