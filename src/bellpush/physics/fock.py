"""Optics played out in Fock space: modes cut at a number of levels, loss, a beam splitter, detectors.

A node is an array of shape (2, 2, D, D): spin (ket, bra), then the photons of its arm (ket, bra), D = levels ** modes.
Its modes are orthogonal wave packets in time; each meets its like from the other arm on a beam splitter and is counted.
This is the slow road, for any number of photons, against which closed forms are checked; it uses none of them. What
lies above the cut is measured and refused where it is too much. See docs/background/interference.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import comb, factorial, log, sqrt
from typing import Any, NamedTuple, TypeAlias

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
            ket[spin] += branch.amplitude * _photons(levels, modes, branch).ravel()
    found = np.zeros((2, 2, size, size), dtype=complex)
    for ket in kets.values():
        found += np.einsum("im,kn->ikmn", ket, ket.conj())
    return found


def _photons(levels: int, modes: int, branch: Branch) -> Complex:
    """The ket of one branch's light, shape (levels, ..., levels)."""
    ket = np.zeros((levels,) * modes, dtype=complex)
    ket[(0,) * modes] = 1
    for mode, alpha in enumerate(np.zeros(modes) if branch.coherent is None else np.asarray(branch.coherent)):
        numbers = np.arange(levels)
        roots = np.sqrt([float(factorial(n)) for n in numbers])
        weights = np.exp(-(abs(alpha) ** 2) / 2) * complex(alpha) ** numbers / roots
        line = np.moveaxis(np.zeros_like(ket), mode, -1)
        line[...] = np.moveaxis(ket, mode, -1)[..., :1] * weights
        ket = np.moveaxis(line, -1, mode)
    for packet in branch.packets:
        raised = [complex(c) * _raised(ket, mode) for mode, c in enumerate(np.asarray(packet))]
        ket = np.sum(raised, axis=0)
    return ket


def _raised(ket: Complex, mode: int) -> Complex:
    """One photon more in a mode."""
    moved = np.moveaxis(ket, mode, -1)
    found = np.zeros_like(moved)
    found[..., 1:] = moved[..., :-1] * np.sqrt(np.arange(1, moved.shape[-1]))
    return np.moveaxis(found, -1, mode)


def lossy(one: Complex, levels: int, transmission: float) -> Complex:
    """A node after each photon of its arm came through with this probability, shape as before."""
    modes = _modes(one, levels)
    for mode in range(modes):
        before, after = levels**mode, levels ** (modes - mode - 1)
        split = one.reshape(2, 2, before, levels, after, before, levels, after)
        parts = [np.einsum("ab,ikxbyucv,dc->ikxayudv", each, split, each) for each in _loss(levels, transmission)]
        one = np.sum(parts, axis=0).reshape(one.shape)
    return one


def _modes(one: Complex, levels: int) -> int:
    return round(log(one.shape[-1], levels))


def _loss(levels: int, transmission: float) -> list[Real]:
    """What losing 0, 1, 2, ... photons does to a mode."""
    found = []
    for lost in range(levels):
        kraus = np.zeros((levels, levels))
        for n in range(lost, levels):
            kraus[n - lost, n] = sqrt(comb(n, lost) * (1 - transmission) ** lost * transmission ** (n - lost))
        found.append(kraus)
    return found


@cache
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
        factors = []
        for mode in range(self.modes):
            counts = "any" if mode >= until else "one" if mode == one else "none"
            mine, other = self._weights(here, counts), self._weights(1 - here, "none")
            factors.append((mine, other) if here == 0 else (other, mine))
        return self._traced(factors)

    def nothing(self) -> Complex:
        """Spins where neither detector counts, shape (2, 2, 2, 2)."""
        self.check()
        quiet = (1 - self.counters[0].dark) * (1 - self.counters[1].dark)
        return np.asarray(quiet * self._silent(0, self.modes))

    def all(self) -> Complex:
        """Spins whatever the detectors say, shape (2, 2, 2, 2)."""
        return self._traced([(np.ones(self.levels), np.ones(self.levels))] * self.modes)

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

    def _weights(self, which: int, counts: str) -> Real:
        """For each number of photons, the probability that none is counted, or just one, or any number."""
        n, q = np.arange(self.levels), self.counters[which].efficiency
        if counts == "any":
            return np.ones(self.levels)
        return np.asarray((1.0 - q) ** n if counts == "none" else n * q * (1.0 - q) ** np.maximum(n - 1, 0))

    def _traced(self, factors: Sequence[tuple[Real, Real]]) -> Complex:
        """Trace over all photons after weighting the numbers of each mode at both detectors."""
        levels, modes = self.levels, self.modes
        u = _splitter(levels, self.share).reshape(levels**2, levels**2)
        # One mode after the other moves from the first arm's axes to the second's.
        state = self.first.reshape(4, *[levels] * (2 * modes))
        for mode, (one, two) in enumerate(factors):
            seen = ((u.T * np.outer(one, two).ravel()) @ u).reshape((levels,) * 4)  # kets of both arms, then bras
            seen = seen.transpose(0, 2, 1, 3)  # ket and bra of the first arm, then of the second
            # The axes that are left: 4, kets of later modes, bras of later modes, then (ket, bra) of the second's.
            left = modes - mode
            state = np.tensordot(state, seen, axes=([1, 1 + left], [0, 1]))
        # After each step: (4, later kets, later bras, c0, d0, c1, d1, ...).
        other = self.second.reshape(4, *[levels] * (2 * modes))
        order = [axis for mode in range(modes) for axis in (1 + mode, 1 + modes + mode)]
        flat = np.transpose(other, (0, *order)).reshape(4, -1)
        found: Any = state.reshape(4, -1) @ flat.T
        return np.asarray(found.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3))
