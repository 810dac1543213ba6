"""Argument checks of the pulse files; every refusal is one ValueError in one sentence form.

Complex numbers pass wherever a derivative by a complex step may be wanted: what is checked is their real part.
"""

from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.arrays import finite

__all__ = ["at_most", "numbers", "positive", "refusal"]


def refusal(name: str, must: str, found: object, advice: str) -> ValueError:
    """The error to raise when the argument `name` is refused.

    >>> print(refusal("bandwidth", "be positive", -3, "bandwidth=6.5e7"))
    `bandwidth` must be positive, but is -3. Try bandwidth=6.5e7.
    """
    return ValueError(f"`{name}` must {must}, but is {found}. Try {advice}.")


def numbers(name: str, value: ArrayLike, advice: str) -> NDArray[Any]:
    """`value` as an array of finite numbers, float or complex; text, objects, NaN and infinities are refused."""
    array = np.asarray(value)
    if array.dtype.kind not in "iufc":
        raise refusal(name, "be numbers", f"of type {array.dtype}", advice)
    if not finite(array):
        raise refusal(name, "be finite", f"{array[~np.isfinite(array)].flat[0]}", advice)
    return array


def positive(name: str, value: ArrayLike, advice: str) -> NDArray[Any]:
    """`value` as an array of finite numbers with positive real parts."""
    array = numbers(name, value, advice)
    if not (array.real > 0).all():
        raise refusal(name, "be positive", f"{array.real.min():.6g}", advice)
    return array


def at_most(name: str, value: Any, linewidth: Any, whose: str) -> None:
    """Refuse rates `value` that exceed `linewidth` anywhere; both in rad/s, of shapes that broadcast.

    `whose` names the linewidth in the message. Without it the formulas would take the root of a negative population.
    """
    if isinstance(value, float) and isinstance(linewidth, float) and 0 < value <= linewidth < inf:
        return  # the usual case, without an array
    limit = positive("linewidth", linewidth, "linewidth=6.5e7 (rad/s)").real
    over = np.asarray(np.real(value) > limit)
    if over.any():
        rate, limit = np.broadcast_arrays(np.real(value), limit)
        found, bound = float(rate[over][0]), float(limit[over][0])
        must = f"be at most {whose}, {bound:.6g} rad/s"
        raise refusal(name, must, f"{found:.6g} rad/s", f"a smaller `{name}` or a wider resonator")
