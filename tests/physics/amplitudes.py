"""The exact one-excitation amplitude equations, solved by scipy: the witness for pulses.

With c_1 = -i a, b = -i b the equations c_f' = -i g c_1, c_1' = -kappa/2 c_1 - i g c_f and their cascade are real.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline


class Flight(NamedTuple):
    """Amplitudes at the times asked for: |f> and resonator of the sender, resonator and |f> of the receiver."""

    f_sender: np.ndarray
    sender: np.ndarray
    receiver: np.ndarray
    f_receiver: np.ndarray


def fly(emit, catch, kappa_a, kappa_b, times, *, loss_a=0.0, loss_b=0.0):
    """From |f> at the sender at the first time; `emit` and `catch` are couplings as functions of an array of times.

    They are tabulated so finely that a cubic spline between is as exact as the solver, to 1e-11.
    """
    root = np.sqrt(kappa_a * kappa_b)
    table = np.linspace(times[0], times[-1], 20001)
    couplings = CubicSpline(table, np.stack([emit(table), catch(table)], axis=-1))

    def change(t, y):
        f, a, b, h = y
        g, c = couplings(t)
        return [-g * a, g * f - (kappa_a + loss_a) / 2 * a, root * a - (kappa_b + loss_b) / 2 * b - c * h, c * b]

    found = solve_ivp(
        change,
        (times[0], times[-1]),
        [1.0, 0.0, 0.0, 0.0],
        method="DOP853",
        t_eval=times,
        rtol=1e-11,
        atol=1e-14,
        max_step=5 / max(kappa_a, kappa_b),
    )
    assert found.success
    return Flight(*found.y)


def none(times):
    """No coupling at any time."""
    return np.zeros_like(times)
