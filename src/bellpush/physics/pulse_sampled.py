"""A photon of any real shape, given by samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.photon import Photon
from bellpush.physics.pulse_require import numbers, positive, refusal

__all__ = ["SHORTFALL", "Sampled"]

SHORTFALL: Final = 1e-6
"""Share of a photon that may stay behind at the emitter before its shape counts as one that cannot be emitted."""

_FEWEST: Final = 8
_END: Final = 1e-3  # of the highest sample: its square is what is cut off there, in the order of SHORTFALL
_FLAT: Final = 1e-4  # heights this close, relative, are one flat top
_QUIET: Final = 1e-25  # population kept in |f> at least: no root of a negative number, no 0/0 at the end


@final
@dataclass(frozen=True, eq=False)
class Sampled(Photon):
    """A photon through samples: a cubic spline, made to unit norm, zero outside, its highest point at t = 0.

    A shape that ends at a finite time is never emitted completely: its last part falls faster than any resonator. The
    coupling emits all but `left_behind(linewidth)` of the photon, in exactly this shape; where that would be more than
    SHORTFALL the linewidth is refused. Derivatives by a complex step hold this share fixed.
    Holds when: neighbouring samples are close enough for a spline, some ten a duration.
    Formula: docs/background/pulses.md. Raises ValueError for fewer than 8 samples, for times that do not increase, and
    for NaN, complex or vanishing amplitudes or ones that do not start and end near zero.

    >>> t = np.linspace(-30, 30, 601)
    >>> photon = Sampled(t, 1 / np.cosh(t / 2))
    >>> photon.envelope(0.0).round(6), float(round(photon.given_norm, 6))
    (np.float64(0.5), 4.0)
    """

    times: ArrayLike
    """s, increasing, counted from anywhere, shape (n,)"""
    amplitudes: ArrayLike
    """of the field, real, in any unit, shape (n,)"""
    given_norm: float = field(init=False)
    """integral of the given amplitudes squared; 1 if they were normalised already"""
    peak: float = field(init=False)
    """where t = 0 lies in the given times, s; the middle where a flat top has several highest points"""
    _back: Any = field(init=False, repr=False)  # envelope at -t: what is to come is then a sum from zero, and exact
    _slope: Any = field(init=False, repr=False)
    _to_come: Any = field(init=False, repr=False)
    _fine: Any = field(init=False, repr=False)  # energy still to come, and envelope squared, on a fine grid

    def __post_init__(self) -> None:
        from scipy.interpolate import CubicSpline

        times, amplitudes = _samples(self.times, self.amplitudes)
        given = CubicSpline(times, amplitudes)
        norm = float(_squared(given).antiderivative()(times[-1]))
        peak = _highest(given, CubicSpline(-times[::-1], amplitudes[::-1]))
        back = CubicSpline(peak - times[::-1], amplitudes[::-1] / np.sqrt(norm))
        to_come = _squared(back).antiderivative()
        fine = (back.x[:-1, None] + np.diff(back.x)[:, None] * (np.arange(4) / 4)).ravel()
        self._set(given_norm=norm, peak=peak, _back=back, _slope=back.derivative(), _to_come=to_come)
        self._set(_fine=(to_come(fine), back(fine) ** 2))

    def _set(self, **values: Any) -> None:
        """Fill in what follows from the samples; afterwards the record is frozen."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def begin(self) -> float:
        """When its samples begin, s from the peak; the photon is zero before."""
        return float(np.asarray(self.times)[0]) - self.peak

    @property
    def end(self) -> float:
        """When its samples end, s from the peak; the photon is zero after."""
        return float(np.asarray(self.times)[-1]) - self.peak

    @property
    def duration_scale(self) -> NDArray[Any]:
        """1/(4 largest amplitude squared): 1/bandwidth for a sech."""
        return np.asarray(0.25 / float(self.envelope(0.0)) ** 2)

    def envelope(self, t: ArrayLike) -> NDArray[Any]:
        return _inside(self._back, -numbers("t", t, "seconds from the photon's peak"))

    def emission(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        return _coupling(self, t, linewidth)

    def capture(self, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
        return self.reversed.emission(-numbers("t", t, "seconds from the photon's peak"), linewidth)

    def check(self, sender: ArrayLike, receiver: ArrayLike) -> None:
        self.left_behind(sender)
        self.reversed.left_behind(receiver)

    @cached_property
    def reversed(self) -> Sampled:
        """The same photon backwards in time."""
        return Sampled(-np.asarray(self.times)[::-1], np.asarray(self.amplitudes)[::-1])

    def left_behind(self, linewidth: ArrayLike) -> NDArray[np.float64]:
        """Share of the excitation that stays in |f>, shape of `linewidth`; ValueError where it is above SHORTFALL.

        With u the energy still to come, |f> holds u - envelope^2/linewidth at each time, plus this share: the smallest,
        twice over, that keeps the whole positive at all times.
        """
        k = positive("linewidth", linewidth, "linewidth=6.5e7 (rad/s)").real
        to_come, energy = self._fine
        lowest = np.array([np.min(to_come - energy / each) for each in k.ravel()]).reshape(k.shape)
        needed = float(np.max(energy / (to_come + SHORTFALL)))
        if (k < needed).any():
            worst = float(k.min())
            must = f"be at least {needed:.6g} rad/s for so steep a fall"
            advice = f"times stretched (a bandwidth divided) by {needed / worst * 1.001:.4g}, or a wider resonator"
            raise refusal("linewidth", must, f"{worst:.6g}", advice)
        share: NDArray[np.float64] = np.maximum(-2 * lowest, _QUIET)
        return share


def _inside(piece: Any, s: NDArray[Any]) -> NDArray[Any]:
    """A piecewise polynomial at s, any shape, 0 outside its range; linear in imaginary parts."""
    x = s.real
    value = piece(x)
    if s.dtype.kind == "c":
        value = value + 1j * s.imag * piece.derivative()(x)
    result: NDArray[Any] = np.where((x >= piece.x[0]) & (x <= piece.x[-1]), value, 0.0)
    return result


def _coupling(photon: Sampled, t: ArrayLike, linewidth: ArrayLike) -> NDArray[Any]:
    """Coupling with which a node of this linewidth emits the photon's shape, but for what is left behind."""
    left, k = photon.left_behind(linewidth), np.asarray(linewidth)
    back = -numbers("t", t, "seconds from the photon's peak")
    amplitude, slope = _inside(photon._back, back), -_inside(photon._slope, back)
    kept = left + (1 - left) * (_inside(photon._to_come, back) - amplitude**2 / k)
    result: NDArray[Any] = np.sqrt((1 - left) / k) * (slope + k / 2 * amplitude) / np.sqrt(kept)
    return result


def _samples(times: ArrayLike, amplitudes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both as checked float arrays of one shape (n,)."""
    t, a = numbers("times", times, "seconds"), numbers("amplitudes", amplitudes, "interpolating across gaps")
    for name, array in (("times", t), ("amplitudes", a)):
        if array.dtype.kind == "c":
            raise refusal(name, "be real", "complex", "a real shape, its phase on the drive")
        if array.ndim != 1 or array.shape != t.shape:
            raise refusal(name, "have shape (n,), the same for both", f"of shape {array.shape}", "one number a time")
    if t.size < _FEWEST:
        raise refusal("times", f"be at least {_FEWEST}", f"{t.size}", "finer samples")
    if not (np.diff(t) > 0).all():
        raise refusal("times", "increase", "unsorted or twice the same", "sorting both by time")
    highest = np.abs(a).max()
    if highest == 0:
        raise refusal("amplitudes", "not all be zero", "zero", "1/cosh(bandwidth t/2)")
    end = max(abs(a[0]), abs(a[-1])) / highest
    if end > _END:
        advice = "a longer stretch of the photon, down to where it has vanished"
        raise refusal("amplitudes", f"start and end within {_END:g} of the highest", f"{end:.6g} of it there", advice)
    return t.astype(np.float64), a.astype(np.float64)


def _squared(spline: Any) -> Any:
    """The square of a cubic spline as a piecewise polynomial of degree 6."""
    from scipy.interpolate import PPoly

    c = spline.c
    squared = np.zeros((7, c.shape[1]))
    for i in range(4):
        squared[i : i + 4] += c[i] * c
    return PPoly(squared, spline.x)


def _highest(spline: Any, mirrored: Any) -> float:
    """Where a spline is largest in magnitude; the middle of all stationary points that come within _FLAT of it.

    A flat stretch reports its start and then NaN: its end is a start in the mirror.
    """
    places = np.concatenate([s * p.derivative().roots(extrapolate=False) for s, p in ((1, spline), (-1, mirrored))])
    places = places[np.isfinite(places)]
    heights = np.abs(spline(places))
    highest = places[heights >= heights.max() * (1 - _FLAT)]
    return float(highest.min() + highest.max()) / 2
