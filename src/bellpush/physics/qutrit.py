"""A transmon's three lowest levels and its transfer resonator, as rates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Qutrit", "dephasing_rates"]


class Qutrit(NamedTuple):
    """One node of a photon transfer. Every field is a number or an array of shape (points,).

    The levels are g, e, f. Jumps: sqrt(relaxation_ge) |g><e|, sqrt(relaxation_ef) |e><f|, sqrt(2 dephasing_g) |g><g|,
    sqrt(2 dephasing_f) |f><f|, and for the resonator a of the node sqrt(internal_loss) a beside its coupling to the
    line. Hamiltonian: g(t) (a^dag |g><f| + h.c.) + (detuning + stark_shift (g(t)/max g)^2) |f><f|.
    """

    linewidth: ArrayLike  # kappa, rad/s: energy decay rate of the resonator into the line
    relaxation_ge: ArrayLike = 0.0  # 1/T1ge, 1/s
    relaxation_ef: ArrayLike = 0.0  # 1/T1ef, 1/s
    dephasing_g: ArrayLike = 0.0  # x, 1/s: g loses its coherence to e and to f at this rate
    dephasing_f: ArrayLike = 0.0  # y, 1/s: f loses its coherence to e and to g at this rate
    internal_loss: ArrayLike = 0.0  # energy decay rate of the resonator to elsewhere, rad/s
    detuning: ArrayLike = 0.0  # by which f lies too high: minus that of a drive beside its transition, rad/s
    stark_shift: ArrayLike = 0.0  # of f, of the same sign, what is left uncompensated at the largest coupling, rad/s
    amplitude: ArrayLike = 1.0  # of the drive over the right one
    excited: ArrayLike = 0.0  # population of e that the reset leaves


def dephasing_rates(
    t1_ge: ArrayLike, t1_ef: ArrayLike, t2_ge: ArrayLike, t2_ef: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pure dephasing x of g and y of f that belong to measured times; inf stands for a time without limit.

    1/T2ge = 1/(2 T1ge) + x and 1/T2ef = 1/(2 T1ge) + 1/(2 T1ef) + y, so that the coherence of g and f is lost at
    1/(2 T1ef) + x + y. A negative rate means that the times contradict each other; the caller refuses them.

    Args:
        t1_ge, t1_ef, t2_ge, t2_ef: times in s, shape (...).

    Returns:
        x and y, 1/s, shape (...).

    >>> x, y = dephasing_rates(10e-6, 5e-6, 8e-6, 4e-6)
    >>> float(x.round()), float(y.round())
    (75000.0, 100000.0)
    """
    half_ge, half_ef = 0.5 / np.asarray(t1_ge, dtype=float), 0.5 / np.asarray(t1_ef, dtype=float)
    return 1 / np.asarray(t2_ge, dtype=float) - half_ge, 1 / np.asarray(t2_ef, dtype=float) - half_ge - half_ef
