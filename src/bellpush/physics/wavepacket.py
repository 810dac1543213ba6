"""Two emitters' photons as wave packets: how far they can be told apart, in a detection window and by click times.

A photon emitted from an excited state of lifetime tau has the amplitude exp(-(t - t0) / 2 tau) / sqrt(tau) from t0 on.
Two such photons may differ in lifetime, in t0, by a known detuning and by one that wanders slowly (spectral diffusion,
Gaussian, fixed during an attempt); and each may lose its phase while its emitter waits (pure dephasing). A click keeps
what both have in common at its time. Three numbers come out, which must not be taken for each other:

- `visibility`, of two photons that meet (Hong-Ou-Mandel): how often they leave together;
- `one_click`, the coherence that one click leaves between "first" and "second": its root only for shifted packets;
- `two_clicks`, that which two clicks leave, one of either photon.

Derived in docs/background/interference.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError

__all__ = ["Encoding", "Packets", "Window", "one_click", "seen", "share", "two_clicks", "visibility"]

Real: TypeAlias = NDArray[np.float64]
Encoding: TypeAlias = Literal["time-bin", "polarisation"]

LONG = 45.0  # lifetimes after which nothing of a packet is left
NODES, PER_PANEL, MOST = 16, 12.0, 1000  # of each panel of the quadrature; radians and decays in one; most panels


class Packets(NamedTuple):
    """What decides how alike two photons are; every number may be an array of shape (...)."""

    lifetimes: tuple[ArrayLike, ArrayLike]  # s
    starts: tuple[ArrayLike, ArrayLike] = (0.0, 0.0)  # s, when each emitter was excited
    detuning: ArrayLike = 0.0  # rad/s, by which the second is higher, known
    diffusion: tuple[ArrayLike, ArrayLike] = (0.0, 0.0)  # rad/s, standard deviation of either line between attempts
    dephasing: tuple[ArrayLike, ArrayLike] = (0.0, 0.0)  # 1/s, rate at which optical coherence is lost


class Window(NamedTuple):
    """When clicks count, and what is known of their times; every number may be an array of shape (...)."""

    begin: ArrayLike = 0.0  # s
    length: ArrayLike = np.inf  # s
    recorded: bool = False  # whether the phase that a known detuning leaves is taken off by the time of the click
    resolution: ArrayLike = 0.0  # s, standard deviation of the recorded time: clock and jitter together
    jitter: ArrayLike = 0.0  # s, standard deviation of the detectors' delay, by which the edges are smeared


ANY = Window()


def seen(packets: Packets, window: Window = ANY) -> tuple[Real, Real]:
    """Share of either photon that falls into the window, shape (...).

    >>> [float(share.round(4)) for share in seen(Packets((12e-9, 12e-9)), Window(length=12e-9))]
    [0.6321, 0.6321]
    """
    first, second = zip(packets.lifetimes, packets.starts, strict=True)
    return share(*first, window), share(*second, window)


def share(lifetime: ArrayLike, start: ArrayLike = 0.0, window: Window = ANY) -> Real:
    """Share of a photon that falls into the window, shape (...).

    >>> float(share(12e-9, window=Window(2e-9, 24e-9, jitter=1e-9)).round(4))
    0.7337
    """
    life, start = np.asarray(lifetime, dtype=float), np.asarray(start, dtype=float)
    begin = np.asarray(window.begin, dtype=float)
    end = begin + np.asarray(window.length, dtype=float)
    first, last = ((np.maximum(time, start) - start) / life for time in (begin, end))
    sharp = np.asarray(np.exp(-first) * -np.expm1(first - last))
    if not np.any(window.jitter):
        return sharp
    from scipy.special import log_ndtr, ndtr

    # That which is recorded after a moment: of a photon at t, by the normal law; over all t, in parts.
    jitter = np.asarray(window.jitter, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = []
        for edge in (begin - start, end - start):
            tail = np.exp(log_ndtr(edge / jitter - jitter / life) + (jitter / life) ** 2 / 2 - edge / life)
            late.append(np.where(np.isinf(edge), 0.0, ndtr(-edge / jitter) + tail))
        return np.asarray(np.where(jitter > 0, late[0] - late[1], sharp))


def one_click(packets: Packets, window: Window = ANY, at: ArrayLike | None = None) -> NDArray[np.complex128]:
    """Coherence that one click keeps between its two origins, as a share of what like photons keep; complex, (...).

    Its phase is that of a known detuning, which is the same in every attempt. If `at` is given, s, that of a click at
    this time: the phase then advances by the detuning, and recorded times could take it off.

    >>> packets = Packets((12.4e-9, 12.4e-9), detuning=2 * np.pi * 10e6)
    >>> float(abs(one_click(packets)).round(3)), float(abs(one_click(packets, Window(recorded=True))).round(3))
    (0.789, 1.0)
    """
    if at is None and np.any(window.jitter):
        return np.asarray(_smeared(packets, window, "one_click"))
    both = _Both.of(packets, window)
    if at is not None:
        time = np.asarray(at, dtype=float)
        late = [time - start for start in packets.starts]
        lost = sum(np.multiply(rate, since) for rate, since in zip(packets.dephasing, late, strict=True))
        drift = np.asarray(packets.detuning) * time
        return np.asarray(np.exp(1j * drift - lost - both.wandered(time)))

    def density(since: Real) -> Any:
        time = both.first + since
        turning = both.fed(window, np.asarray(packets.detuning) * time)
        return np.exp(-(both.rate + both.dephasing) * since + 1j * turning - both.wandered(time))

    kept = both.scale * np.exp(-both.lost) * both.blur(window, 1)
    return np.asarray(kept * _integral(density, both))


def visibility(packets: Packets, window: Window = ANY) -> Real:
    """Hong-Ou-Mandel visibility: twice the excess with which two photons that meet leave by one port, shape (...).

    >>> float(visibility(Packets((12.4e-9, 12.4e-9), detuning=2 * np.pi * 10e6)).round(3))
    0.622
    """
    return _pairs(packets, window._replace(recorded=False), together=True)


def two_clicks(packets: Packets, window: Window = ANY, encoding: Encoding = "time-bin") -> Real:
    """Coherence that two clicks keep, one of either photon, between the two ways they may have come, shape (...).

    Args:
        packets: what decides how alike photons are.
        window: when clicks count, after either excitation; recorded times take the phase of a known detuning off.
        encoding: time-bin, where the emitters are excited twice and dephase each time anew; or polarisation, where
            both photons come of one excitation, and only between the two clicks can a phase be lost.

    >>> alike = Packets((12e-9, 12e-9), dephasing=(2e6, 2e6))
    >>> float(two_clicks(alike).round(4)), float(two_clicks(alike, encoding="polarisation").round(4))
    (0.9105, 0.9542)
    """
    return _pairs(packets, window, together=encoding == "polarisation")


class _Both(NamedTuple):
    """The stretch of time in which both photons are there, and how their product falls in it."""

    first: Real  # s, its beginning
    length: Real  # s
    rate: Real  # 1/s, at which the product of both amplitudes falls
    dephasing: Real  # 1/s, of both together
    lost: Real  # exponent of the coherence lost before it begins
    scale: Real  # of the product at its beginning, over the root of both shares seen, 1/s
    wander: tuple[Real, Real]  # rad/s
    detuning: Real
    starts: tuple[Real, Real]  # s, from when a line that wandered turns the phase

    @classmethod
    def of(cls, packets: Packets, window: Window) -> _Both:
        (a, b), (start_a, start_b) = (
            [np.asarray(one, dtype=float) for one in pair] for pair in (packets.lifetimes, packets.starts)
        )
        begin = np.asarray(window.begin, dtype=float)
        first = np.maximum(begin, np.maximum(start_a, start_b))
        length = np.minimum(np.maximum(np.add(begin, window.length) - first, 0.0), LONG * 2 / (1 / a + 1 / b))
        shares = seen(packets, window)
        with np.errstate(divide="ignore", invalid="ignore"):
            product = np.exp(-(first - start_a) / (2 * a) - (first - start_b) / (2 * b)) / np.sqrt(a * b)
            seen_both = np.sqrt(shares[0]) * np.sqrt(shares[1])
            scale = np.where((length > 0) & (seen_both > 0), product / seen_both, 0.0)  # none where nothing is seen
        gamma_a, gamma_b = (np.asarray(one, dtype=float) for one in packets.dephasing)
        return cls(
            first,
            length,
            (1 / a + 1 / b) / 2,
            gamma_a + gamma_b,
            gamma_a * (first - start_a) + gamma_b * (first - start_b),
            scale,
            (np.asarray(packets.diffusion[0], dtype=float), np.asarray(packets.diffusion[1], dtype=float)),
            np.asarray(packets.detuning, dtype=float),
            (start_a, start_b),
        )

    def wandered(self, time: Any) -> Any:
        """Exponent of the coherence lost at a time because lines wandered."""
        turns = [np.square(one * (time - start)) for one, start in zip(self.wander, self.starts, strict=True)]
        return (turns[0] + turns[1]) / 2

    def fed(self, window: Window, phase: Any) -> Any:
        """A phase, or none of it where recorded times take it off."""
        return 0.0 * phase if window.recorded else phase

    def blur(self, window: Window, clicks: int) -> Any:
        """What times recorded with a finite resolution leave of the coherence."""
        if not window.recorded:
            return 1.0
        return np.exp(-clicks * (self.detuning * np.asarray(window.resolution)) ** 2 / 2)


def _pairs(packets: Packets, window: Window, together: bool) -> Real:
    """The double integral over the times of two clicks, reduced to one over the time between them.

    `together`: only the dephasing between the two clicks counts; else that from the excitation to either.
    """
    if np.any(window.jitter):
        name = "visibility" if together else "two_clicks"
        blur = _Both.of(packets, window).blur(window, 2) if together else 1.0
        return np.asarray(blur * _smeared(packets, window, name))
    both = _Both.of(packets, window)
    waiting = both.dephasing if together else np.zeros_like(both.dephasing)
    # Both products fall by 2 rate (and by the dephasing, from either excitation) as the two clicks wait together.
    falling = both.rate + (0.0 if together else both.dephasing)

    def density(apart: Real) -> Any:
        turning = both.fed(window, both.detuning * apart)
        left = both.length - apart
        outer = np.exp(-falling * apart) * -np.expm1(-2 * falling * left) / (2 * falling)
        return outer * np.exp(-waiting * apart - (np.hypot(*both.wander) * apart) ** 2 / 2) * np.cos(turning)

    kept = both.scale**2 * (1.0 if together else np.exp(-2 * both.lost)) * both.blur(window, 2)
    return np.asarray(np.real(2 * kept * _integral(density, both)))


def _smeared(packets: Packets, window: Window, name: str) -> Any:
    """One of the three numbers behind smeared edges, point by point."""
    from bellpush.physics.smeared import kept

    numbers = (*packets.lifetimes, *packets.starts, packets.detuning, *packets.diffusion, *packets.dephasing)
    flat = np.broadcast_arrays(*numbers, window.begin, window.length, window.resolution, window.jitter)
    functions: dict[str, Callable[[Packets, Window], Any]]
    functions = {"one_click": one_click, "visibility": visibility, "two_clicks": two_clicks}
    found = []
    for one in zip(*(np.ravel(each).astype(float) for each in flat), strict=True):
        (a, b, start, other, detuning, *rest), (begin, length, resolution, jitter) = map(list, (one[:-4], one[-4:]))
        point = Packets((a, b), (start, other), detuning, (rest[0], rest[1]), (rest[2], rest[3]))
        each = window._replace(begin=begin, length=length, resolution=resolution, jitter=jitter)
        # A point whose edges are sharp among others that are not goes the other way.
        if jitter:
            shares = seen(point, each)
            found.append(getattr(kept(point, each, (float(shares[0]), float(shares[1]))), name))
        else:
            found.append(functions[name](point, each))
    return np.reshape(found, flat[0].shape)


def _integral(density: Callable[[Real], Any], both: _Both) -> Any:
    """Gauss-Legendre quadrature over the time in which both photons are there, fine enough for every turn in it.

    Raises:
        ConvergenceError: they turn too often.
    """
    fast = np.hypot(*both.wander) + np.abs(both.detuning) + 2 * (both.rate + both.dephasing)
    turns = float(np.max(fast * both.length, initial=0.0))
    if not turns < MOST * PER_PANEL:
        raise ConvergenceError(
            f"The photons must turn against each other by less than {MOST * PER_PANEL:.0f} rad while both are there, "
            f"but do so by {turns:.2g}. Try a smaller detuning, or a shorter window."
        )
    panels = int(4 + turns / PER_PANEL)
    points, weights = np.polynomial.legendre.leggauss(NODES)
    numbers = (both.length, both.rate, both.dephasing, both.lost, both.scale, both.detuning, *both.wander, *both.starts)
    axes = (NODES, *[1] * max(np.ndim(one) for one in numbers))
    total: Any = 0.0
    for panel in range(panels):
        # Denser at the beginning, where the packets are: t = length x^2.
        x = (panel + (points.reshape(axes) + 1) / 2) / panels
        share = weights.reshape(axes) * x / panels * both.length
        total = total + np.sum(share * density(both.length * x**2), axis=0)
    return total
