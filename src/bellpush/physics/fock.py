"""Optics played out in Fock space: modes cut at a number of levels, loss, a beam splitter, detectors.

A node is an array of shape (2, 2, D, D): spin (ket, bra), then the photons of its arm (ket, bra), D = levels ** modes.
Its modes are orthogonal wave packets in time; each meets its like from the other arm on a beam splitter and is counted.
This is the slow road, for any number of photons, against which closed forms are checked; it uses none of them. What
lies above the cut is measured and refused where it is too much. See docs/background/interference.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import comb, factorial, log, sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError

__all__ = ["Branch", "Counter", "Meeting", "lossy", "node"]

Complex: TypeAlias = NDArray[np.complex128]
Real: TypeAlias = NDArray[np.float64]

LEFT_OUT = 1e-8  # probability above the cut that is too much


class Branch(NamedTuple):
    """One way in which a spin may emit: what it leaves in the environment, with which amplitude, and its photons."""

    record: int  # branches with different records do not interfere
    amplitude: complex
    packets: Sequence[ArrayLike]  # of each photon: its amplitudes in the modes, shape (modes,)
    coherent: ArrayLike | None = None  # amplitudes of laser light that leaked into the modes, shape (modes,)


class Counter(NamedTuple):
    """One detector: its efficiency, its dark counts, and whether it counts photons or tells only that some came."""

    efficiency: float = 1.0
    dark: float = 0.0  # chance of a dark count in the window, one at most
    resolving: bool = False


def node(levels: int, modes: int, dark: Iterable[Branch], bright: Iterable[Branch]) -> Complex:
    """A node with these branches for a spin in |0> and in |1>, shape (2, 2, D, D).

    What needs more levels than there are is cut off; `Meeting` sees it by the trace.
    """
    size = levels**modes
    kets: dict[int, Complex] = {}
    for spin, branches in enumerate((dark, bright)):
        for branch in branches:
            ket = kets.setdefault(branch.record, np.zeros((2, size), dtype=complex))
            packets = tuple(tuple(np.asarray(packet, dtype=complex).tolist()) for packet in branch.packets)
            coherent = None if branch.coherent is None else tuple(np.asarray(branch.coherent, dtype=complex).tolist())
            ket[spin] += branch.amplitude * _photons(levels, modes, packets, coherent)
    flat = np.array(list(kets.values())).reshape(-1, 2 * size)
    found = (flat.T @ flat.conj()).reshape(2, size, 2, size).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(found)


@lru_cache(maxsize=64)
def _photons(
    levels: int, modes: int, packets: tuple[tuple[complex, ...], ...], coherent: tuple[complex, ...] | None
) -> Complex:
    """The ket of one branch's light, shape (D,)."""
    ket = np.zeros((levels,) * modes, dtype=complex)
    ket[(0,) * modes] = 1
    numbers = np.arange(levels)
    for mode, alpha in enumerate(coherent or ()):
        roots = np.sqrt([float(factorial(n)) for n in numbers])
        weights = np.exp(-(abs(alpha) ** 2) / 2) * alpha**numbers / roots
        ket = ket[_along(mode, slice(0, 1))] * weights.reshape(-1, *[1] * (modes - mode - 1))
    for packet in packets:
        raised = np.zeros_like(ket)
        for mode, c in enumerate(packet):
            step = np.sqrt(numbers[1:]).reshape(-1, *[1] * (modes - mode - 1))
            raised[_along(mode, slice(1, None))] += c * step * ket[_along(mode, slice(None, -1))]
        ket = raised
    return np.asarray(ket.ravel())


def _along(mode: int, part: slice) -> tuple[slice, ...]:
    """The index that takes a part of one mode's axis and all of those before it."""
    return (*[slice(None)] * mode, part)


def lossy(one: Complex, levels: int, transmission: float) -> Complex:
    """A node after each photon of its arm came through with this probability, shape as before."""
    modes = _modes(one, levels)
    paired = _paired(one, levels, modes)
    for _ in range(modes):
        # Each turn takes the first mode, and leaves it behind the others: after all of them their order is back.
        paired = paired.reshape(4, levels**2, -1).transpose(0, 2, 1) @ _loss(levels, transmission).T
    apart = paired.reshape(2, 2, *[levels] * (2 * modes))
    kets, bras = ([2 + 2 * mode + side for mode in range(modes)] for side in (0, 1))
    return np.ascontiguousarray(apart.transpose(0, 1, *kets, *bras)).reshape(one.shape)


def _paired(one: Complex, levels: int, modes: int) -> Complex:
    """A node with ket and bra of each mode beside each other, shape (4, levels^2 each mode)."""
    order = [axis for mode in range(modes) for axis in (1 + mode, 1 + modes + mode)]
    apart = one.reshape(4, *[levels] * (2 * modes)).transpose(0, *order)
    return np.ascontiguousarray(apart).reshape(4, *[levels**2] * modes)


def _modes(one: Complex, levels: int) -> int:
    return round(log(one.shape[-1], levels))


@lru_cache(maxsize=64)
def _loss(levels: int, transmission: float) -> Real:
    """What losing 0, 1, 2, ... photons does to a mode's (ket, bra), shape (levels^2, levels^2)."""
    found = np.zeros((levels**2, levels**2))
    for lost in range(levels):
        kraus = np.zeros((levels, levels))
        for n in range(lost, levels):
            kraus[n - lost, n] = sqrt(comb(n, lost) * (1 - transmission) ** lost * transmission ** (n - lost))
        found += np.kron(kraus, kraus)
    return found


@lru_cache(maxsize=64)
def _splitter(levels: int, share: float) -> Real:
    """Amplitudes behind a beam splitter, [out first, out second, in first, in second], cut at `levels`.

    A photon of the first arm goes to the first detector with sqrt(share) and to the second with sqrt(1 - share), one of
    the second arm with sqrt(1 - share) and -sqrt(share).
    """
    t, r = sqrt(share), sqrt(1 - share)
    found = np.zeros((levels,) * 4)
    for m in range(levels):
        for n in range(levels):
            for i in range(m + 1):  # of the first arm's photons, to the first detector
                for j in range(n + 1):  # of the second arm's
                    out = i + j, m + n - i - j
                    if max(out) >= levels:
                        continue
                    ways = comb(m, i) * comb(n, j) * t ** (i + n - j) * r ** (m - i + j) * (-1) ** (n - j)
                    scale = sqrt(factorial(out[0]) * factorial(out[1]) / (factorial(m) * factorial(n)))
                    found[(*out, m, n)] += ways * scale
    return found


class _Seen(NamedTuple):
    """What is weighed at one detector in one mode: its efficiency, and how many photons are counted."""

    efficiency: float
    counts: str  # none, one, any

    def weights(self, levels: int) -> Real:
        """For each number of photons, the probability of that."""
        n, q = np.arange(levels), self.efficiency
        if self.counts == "any":
            return np.ones(levels)
        return np.asarray((1.0 - q) ** n if self.counts == "none" else n * q * (1.0 - q) ** np.maximum(n - 1, 0))


@lru_cache(maxsize=256)
def _weighed(levels: int, share: float, first: _Seen, second: _Seen) -> Real:
    """One mode of both arms, weighed behind the splitter: (ket, bra) of the first arm, then of the second."""
    u = _splitter(levels, share).reshape(levels**2, levels**2)
    seen = (u.T * np.outer(first.weights(levels), second.weights(levels)).ravel()) @ u
    return np.ascontiguousarray(seen.reshape((levels,) * 4).transpose(0, 2, 1, 3)).reshape(levels**2, levels**2)


@dataclass(frozen=True, eq=False)
class Meeting:
    """Two nodes whose arms meet on a beam splitter before two detectors.

    Raises (by its methods):
        ConvergenceError: too much lies above the cut.
    """

    first: Complex
    second: Complex
    levels: int
    counters: tuple[Counter, Counter]
    share: float = 0.5  # of the first arm's light, at the first detector
    spans: tuple[float, ...] | None = None  # of the window, how much belongs to each mode, for dark counts
    part: bool = False  # whether nodes are parts of such as were checked, some of their weight left out

    @cached_property
    def modes(self) -> int:
        """Temporal modes of each arm."""
        return _modes(self.first, self.levels)

    def click(self, here: int, mode: int | None = None) -> Complex:
        """Spins after a click in detector `here` alone, in one mode's part of the window, or in any, (2, 2, 2, 2).

        Indices: ket spins (first, second), bra spins (first, second). Modes lie one after the other in time; a
        threshold detector tells the time of its first count.
        """
        self.check()
        spans = self.spans or (1 / self.modes,) * self.modes
        places = range(self.modes) if mode is None else (mode,)
        counter = self.counters[here]
        found = np.zeros((2, 2, 2, 2), dtype=complex)
        for place in places:
            if counter.resolving:
                found += (1 - counter.dark) * self._silent(here, self.modes, one=place)
                found += counter.dark * spans[place] * self._silent(here, self.modes)
            else:
                until = [sum(spans[:end]) for end in (place, place + 1)]
                found += (1 - counter.dark * until[0]) * self._silent(here, place)
                found -= (1 - counter.dark * until[1]) * self._silent(here, place + 1)
        return np.asarray((1 - self.counters[1 - here].dark) * found)

    def _silent(self, here: int, until: int, one: int | None = None) -> Complex:
        """No photon counted in detector `here` in the modes before `until` (one in a mode), and none in the other."""
        places = []
        for mode in range(self.modes):
            counts = "any" if mode >= until else "one" if mode == one else "none"
            mine = _Seen(self.counters[here].efficiency, counts)
            other = _Seen(self.counters[1 - here].efficiency, "none")
            places.append((mine, other) if here == 0 else (other, mine))
        return self._traced(tuple(places))

    def nothing(self) -> Complex:
        """Spins where neither detector counts, shape (2, 2, 2, 2)."""
        self.check()
        quiet = (1 - self.counters[0].dark) * (1 - self.counters[1].dark)
        return np.asarray(quiet * self._silent(0, self.modes))

    def all(self) -> Complex:
        """Spins whatever the detectors say, shape (2, 2, 2, 2)."""
        return self._traced(((_Seen(1.0, "any"), _Seen(1.0, "any")),) * self.modes)

    @cached_property
    def left_out(self) -> float:
        """Largest probability above the cut, of any spins: in the arms, or behind the beam splitter."""
        whole = self.all()
        kept = [whole[i, j, i, j].real for i in range(2) for j in range(2)]
        return float(np.abs(1 - np.array(kept)).max())

    def check(self) -> None:
        """Refuse what lies above the cut."""
        if not self.part and self.left_out > LEFT_OUT:
            raise ConvergenceError(
                f"The Fock space must hold all but {LEFT_OUT:.0e} of the light, but {self.levels} levels a mode leave "
                f"out {self.left_out:.1e}. Try `levels` of {self.levels + 1} or more."
            )

    def _traced(self, places: tuple[tuple[_Seen, _Seen], ...]) -> Complex:
        """Trace over all photons after weighting the numbers of each mode at both detectors."""
        if (known := self._known.get(places)) is not None:
            return known
        state, other = self._arms
        for one, two in places:
            # Each turn takes the first arm's first mode to the second arm's, behind the others.
            seen = _weighed(self.levels, self.share, one, two)
            state = state.reshape(4, self.levels**2, -1).transpose(0, 2, 1) @ seen
        found = (state.reshape(4, -1) @ other).reshape(2, 2, 2, 2).transpose(0, 2, 1, 3)
        self._known[places] = found
        return found

    @cached_property
    def _arms(self) -> tuple[Complex, Complex]:
        """The first arm by modes; the second flat, shape (levels^2 each mode, 4)."""
        first, second = (_paired(one, self.levels, self.modes) for one in (self.first, self.second))
        return first, second.reshape(4, -1).T

    @cached_property
    def _known(self) -> dict[tuple[tuple[_Seen, _Seen], ...], Complex]:
        """Traces that were asked for before."""
        return {}
