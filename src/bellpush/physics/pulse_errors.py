"""What becomes of shaped photons and their drives: cut short, filtered, compared, shifted in frequency."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.pulse_require import at_most, numbers, positive, refusal

__all__ = ["filtered", "overlap", "stark_phase", "truncation_loss"]


def truncation_loss(bandwidth: ArrayLike, sender: ArrayLike, receiver: ArrayLike, window: ArrayLike) -> NDArray[Any]:
    """Probability that a sech photon is not handed over when both drives are cut: (2 + G/kA + G/kB) exp(-G T/2).

    Args:
        bandwidth: G, rad/s, at most both linewidths.
        sender, receiver: linewidths kA and kB, rad/s.
        window: T, s, centred on the photon's peak. All broadcast.

    First order in exp(-G T/2). What is left out is largest for G = kA = kB, where it is about (G T)^2/4 exp(-G T/2) of
    it: 0.5 % at G T = 20, 10 % at G T = 12. Holds when: no loss, no other error. Derived in docs/background/pulses.md.

    >>> truncation_loss(1.0, 1.0, 2.0, 20.0).round(9)
    np.float64(0.0001589)
    """
    rate = positive("bandwidth", bandwidth, "bandwidth=6.5e7 (rad/s)")
    at_most("bandwidth", bandwidth, sender, "the linewidth of the sender")
    at_most("bandwidth", bandwidth, receiver, "the linewidth of the receiver")
    span = positive("window", window, "window=3e-7 (s)")
    loss: NDArray[Any] = (2 + rate / np.asarray(sender) + rate / np.asarray(receiver)) * np.exp(-rate * span / 2)
    return loss


def overlap(times: ArrayLike, first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Share |<first|second>|^2 of one photon's energy that is in the shape of the other; 1 for equal shapes.

    Args:
        times: s, increasing, shape (n,).
        first, second: envelopes, real or complex, of any norm, shape (..., n).

    By the trapezium rule, which for evenly spaced samples of smooth shapes that vanish at both ends errs less than any
    power of the spacing. Raises ValueError for times that do not increase and for an envelope that is zero.

    >>> t = np.linspace(-60, 60, 2001)
    >>> overlap(t, 1 / np.cosh(t / 2), 1 / np.cosh(t)).round(6)  # a photon of twice the bandwidth
    np.float64(0.846678)
    """
    t = _axis(times)
    a, b = (_series(name, value, t) for name, value in (("first", first), ("second", second)))
    shared = np.trapezoid(a.conj() * b, t, axis=-1)
    norms = np.trapezoid(np.abs(a) ** 2, t, axis=-1) * np.trapezoid(np.abs(b) ** 2, t, axis=-1)
    if not (norms > 0).all():
        raise refusal("first", "not be zero everywhere, and neither must `second`", "zero", "samples nearer the peak")
    result: NDArray[np.float64] = np.abs(shared) ** 2 / norms
    return result


def stark_phase(times: ArrayLike, coupling: ArrayLike, shift: ArrayLike) -> NDArray[np.float64]:
    """Drive phase that compensates a shift of the transition which grows as the square of the coupling.

    The drive that makes g also shifts |f, 0> against |g, 1> by shift (g/max|g|)^2. A drive of coupling
    g exp(i phase), phase' = that shift, stays resonant; what of it is not compensated belongs into
    `Qutrit.stark_shift`.

    Args:
        times: s, increasing, shape (n,).
        coupling: g, rad/s, shape (..., n).
        shift: at the largest coupling, rad/s, shape (...).

    Returns:
        The phase in rad, 0 at the first time, shape (..., n): the integral of a cubic spline through the shift.

    >>> bool(np.isclose(stark_phase([0.0, 1.0, 2.0, 3.0], [3.0, 3.0, 3.0, 3.0], 0.5)[-1], 1.5))
    True
    """
    from scipy.interpolate import CubicSpline

    t = _axis(times)
    g = _series("coupling", coupling, t)
    largest = np.abs(g).max(axis=-1, keepdims=True)
    if not (largest > 0).all():
        raise refusal("coupling", "not be zero everywhere", "zero", "times nearer the photon's peak")
    detuning = numbers("shift", shift, "shift=0.0")[..., None] * (np.abs(g) / largest) ** 2
    phase: NDArray[np.float64] = CubicSpline(t, detuning, axis=-1).antiderivative()(t)
    return phase


def filtered(times: ArrayLike, values: ArrayLike, cutoff: ArrayLike) -> NDArray[Any]:
    """A drive after electronics of limited bandwidth: y' = cutoff (x - y), settled on the first sample before it.

    Args:
        times: s, increasing, shape (n,).
        values: x, joined by straight lines, shape (..., n).
        cutoff: rad/s, where the power has fallen to a half; shape (...).

    Returns:
        y at the same times, shape (..., n): exact for the straight lines. It comes late by about 1/cutoff. Where both
        drives have gone through the same filter their times still fit, and little is lost.

    >>> filtered([0.0, 1.0, 2.0], [0.0, 1.0, 1.0], cutoff=1.0).round(4)
    array([0.    , 0.3679, 0.7675])
    """
    t = _axis(times)
    x = _series("values", values, t)
    rate = positive("cutoff", cutoff, "cutoff=6e8 (rad/s)")
    result = np.empty(np.broadcast_shapes(x.shape, (*rate.shape, 1)), np.result_type(x, rate, float))
    result[..., 0] = x[..., 0]
    for i, step in enumerate(np.diff(t)):
        climb = (x[..., i + 1] - x[..., i]) / step
        lag = result[..., i] - x[..., i] + climb / rate
        result[..., i + 1] = x[..., i + 1] - climb / rate + lag * np.exp(-rate * step)
    return result


def _axis(times: ArrayLike) -> NDArray[np.float64]:
    """Times of shape (n,) that increase."""
    t = numbers("times", times, "seconds")
    if t.ndim != 1 or t.size < 2 or t.dtype.kind == "c" or not (np.diff(t) > 0).all():
        raise refusal("times", "be real, of shape (n,) and increase", "not", "np.linspace(-1e-7, 1e-7, 401)")
    return t.astype(np.float64)


def _series(name: str, value: ArrayLike, t: NDArray[np.float64]) -> NDArray[Any]:
    """Samples of shape (..., n) at the times t."""
    array = numbers(name, value, "finite samples")
    if array.ndim == 0 or array.shape[-1] != t.size:
        raise refusal(
            name, f"have shape (..., {t.size}), one for each time", f"of shape {array.shape}", "its own times"
        )
    return array
