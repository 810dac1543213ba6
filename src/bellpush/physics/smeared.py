"""Wave packets behind a window whose edges jitter smears: a click counts by the time at which it was recorded.

A photon at t counts with the probability G(t) that t plus the detector's delay, which is Gaussian, lies in the window.
The integrals are those of `wavepacket` with G in them, by quadrature on panels that resolve both edges. Derived in
docs/background/interference.md.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import ConvergenceError

__all__ = ["Kept", "counted", "kept"]

Real: TypeAlias = NDArray[np.float64]

AROUND = 7.0  # standard deviations beyond which nothing is smeared
NODES = 16  # of each panel
STEPS = 5  # panels on either side of an edge
PER_PANEL = 5.0  # radians and decays in one
MOST = 400  # panels
LONG = 45.0  # lifetimes after which nothing of a packet is left


class Kept(NamedTuple):
    """What both photons have in common; see `wavepacket` for what the numbers mean."""

    one_click: complex
    visibility: float
    two_clicks: float  # in time bins; with polarisation it is the visibility, recorded times apart


def counted(time: Any, window: Any) -> Real:
    """Probability that a click of a photon that comes at a time, s, counts, shape (...)."""
    from scipy.special import ndtr

    since = (np.asarray(time) - window.begin) / window.jitter
    return np.asarray(ndtr(since) - ndtr(since - window.length / window.jitter))


def kept(packets: Any, window: Any, shares: tuple[float, float]) -> Kept:
    """The three numbers for one set of packets and one window, whose jitter is above 0.

    Args:
        packets, window: as `wavepacket` has them; single numbers.
        shares: of either photon that is seen.

    Raises:
        ConvergenceError: photons turn against each other too often while both are there.
    """
    if min(shares) <= 0:
        return Kept(0j, 0.0, 0.0)
    starts, wander = packets.starts, np.hypot(*packets.diffusion)

    def bright(time: Any) -> Any:
        """Both amplitudes and the chance to count, over the root of what is seen of either photon."""
        falls = sum((time - start) / (2 * life) for start, life in zip(starts, packets.lifetimes, strict=True))
        return np.exp(-falls) / np.sqrt(np.prod(packets.lifetimes) * np.prod(shares)) * counted(time, window)

    def dephased(time: Any) -> Any:
        lost = sum(rate * (time - start) for rate, start in zip(packets.dephasing, starts, strict=True))
        return bright(time) * np.exp(-lost)

    def turned(apart: Any) -> Any:
        known = 1.0 if window.recorded else np.cos(packets.detuning * apart)
        return known * np.exp(-((wander * apart) ** 2) / 2)

    def waited(apart: Any) -> Any:
        return turned(apart) * np.exp(-sum(packets.dephasing) * apart)

    grid = _Grid.of(packets, window, wander)
    drift = 0.0 if window.recorded else packets.detuning * grid.time
    lines = sum((one * (grid.time - start)) ** 2 for one, start in zip(packets.diffusion, starts, strict=True))
    one = np.sum(grid.weight * dephased(grid.time) * np.exp(1j * drift - lines / 2))
    blur = np.exp(-((packets.detuning * window.resolution) ** 2) / 2) if window.recorded else 1.0
    return Kept(complex(one * blur), grid.twice(bright, waited), grid.twice(dephased, turned) * float(blur**2))


class _Grid(NamedTuple):
    """Times of two clicks: the later in a panel, the earlier in the panels before or in the same one before it."""

    time: Real  # shape (panels, nodes)
    weight: Real
    before: Real  # shape (panels, nodes, nodes), in the same panel
    share: Real

    @classmethod
    def of(cls, packets: Any, window: Any, wander: float) -> _Grid:
        a, b = packets.lifetimes
        fast = 1 / a + 1 / b + 2 * sum(packets.dephasing) + abs(packets.detuning) + wander
        edges = _panels(max(packets.starts), min(LONG * 2 / (1 / a + 1 / b), LONG * max(a, b)), window, fast)
        x, weights = np.polynomial.legendre.leggauss(NODES)
        low, width = edges[:-1, None], np.diff(edges)[:, None]
        time = low + width * (x + 1) / 2
        since = (time - low)[:, :, None]
        return cls(time, weights / 2 * width, low[:, :, None] + since * (x + 1) / 2, weights / 2 * since)

    def twice(self, density: Any, between: Any) -> float:
        """Integral of density(t) density(t') between(t - t') over both times."""
        flat, parts = self.time.ravel(), (density(self.time) * self.weight).ravel()
        panel = np.repeat(np.arange(len(self.time)), NODES)
        earlier = panel[:, None] > panel[None, :]
        apart = np.where(earlier, flat[:, None] - flat[None, :], 0.0)
        far = parts @ np.where(earlier, between(apart), 0.0) @ parts
        near = np.sum(density(self.before) * self.share * between(self.time[:, :, None] - self.before), axis=-1)
        return float(2 * (far + parts @ near.ravel()))


def _panels(start: float, most: float, window: Any, fast: float) -> Real:
    """Edges of panels, fine where jitter smears the window's edges."""
    end, reach = window.begin + window.length, AROUND * window.jitter
    first = max(start, window.begin - reach)
    last = max(min(end + reach, first + most), first)
    steps = np.arange(-STEPS, STEPS + 1) / STEPS * reach
    marks = [*(window.begin + steps), *(end + steps if np.isfinite(end) else ())]
    marks = sorted({first, last, *(float(mark) for mark in marks if first < mark < last)})
    counts = [int(1 + fast * (right - left) / PER_PANEL) for left, right in pairwise(marks)]
    if sum(counts) > MOST:
        raise ConvergenceError(
            f"The photons must turn against each other by less than {MOST * PER_PANEL:.0f} rad while both are there, "
            f"but do so by {fast * (last - first):.2g}. Try a smaller detuning, or a shorter window."
        )
    pieces = [np.linspace(left, right, n + 1)[:-1] for (left, right), n in zip(pairwise(marks), counts, strict=True)]
    return np.array([*np.concatenate([*pieces, []]), last])
