"""What is left of a stored qubit, slot by slot, as the answer of a small linear system: found from the law itself.

A law of decay that depends on the age is one without a past for a few numbers at once: they are multiplied by one
matrix every slot, and what is left is read off them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["GOOD", "LONGEST", "MOST", "System", "system"]

Array: TypeAlias = NDArray[Any]
Law: TypeAlias = Callable[[Array], Array]
"""What is left after so many slots, whole or not, shape (...); falls from at most 1."""

LONGEST = 2**23  # slots after which nothing waits
GONE = 1e-16  # of a correlation
GOOD = 1e-9  # error of a correlation, by all qubits of a chain, from which on systems are of no use
AIM = 2e-12  # error that is good enough for fewer numbers
SOME = 30  # numbers beyond which five times that error will do
MOST = 64  # numbers
FEW = 60  # of the slots at which it is looked whether a law repeats itself, one in so many is looked at first
LATE = 16  # slots after which a law may begin to repeat itself
DEPTHS = (1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14)  # singular values that are kept, of the largest
FITTED = (200, 400)  # slots on which a system is fitted: the first, and others beyond them
TESTED = (2000, 1000)  # slots at which its error is looked for
BEYOND = (500, 200)  # the same where nothing is left
ROUNDING = 4e-16  # of what is read


@dataclass(frozen=True)
class System:
    """read . step^slot start: what is left after so many slots."""

    step: Array  # shape (m, m); of no eigenvalue beyond 1
    start: Array  # shape (m,)
    read: Array  # shape (m,)
    error: float  # the largest at any slot that was looked at
    law: Law
    longest: int = LONGEST  # slots after which nobody asks
    reads: Callable[[float], Array] | None = None  # how to read what is left a part of a slot later, where it is known

    @property
    def size(self) -> int:
        """How many numbers it follows."""
        return len(self.start)

    @property
    def fresh(self) -> float:
        """What is left at once."""
        return float(self.read @ self.start)

    @property
    def lossless(self) -> bool:
        """Whether nothing is ever lost."""
        return self.size == 1 and self.step[0, 0] == 1 and self.fresh == 1

    def after(self, part: float) -> tuple[Array, float]:
        """How to read what is left so many slots later, less than one, and the error."""
        if part == 0:
            return self.read, self.error
        return self._read_after(part) if self.reads is None else (self.reads(part), self.error)

    def states(self, slots: Array) -> Array:
        """The numbers after so many whole slots, shape (m, slots)."""
        found = np.repeat(self.start[:, None], len(slots), axis=1)
        left, power = slots.astype(np.int64), self.step
        while np.any(left > 0):
            odd = left % 2 == 1
            found[:, odd] = power @ found[:, odd]
            left, power = left // 2, power @ power
        return found

    @cached_property
    def _fit(self) -> tuple[Array, Array, Array, Array]:
        length = _length(self.law, self.longest)
        fitted, tested = _fitted(length, self.longest), _tested(length, self.longest)
        return fitted, self.states(fitted), tested, self.states(tested)

    def _read_after(self, part: float) -> tuple[Array, float]:
        fitted, states, tested, seen = self._fit
        read = _least(states, self.law(fitted + part))
        return read, _error(read, seen, self.law(tested + part))


def system(law: Law, parts: Sequence[float] = (0.0,), longest: int = LONGEST) -> System:
    """The smallest system found that is as good as `AIM`; else the best, whose error is for the caller to judge.

    Args:
        law: what is left of a correlation after so many slots.
        parts: fractions of a slot by which the law may be asked for later.
        longest: slots after which nobody asks.

    A law that repeats itself, smaller, after some slots is one of as many numbers exactly. Others are found by balanced
    truncation, on slots that lie wider apart the later they are; what lasts only a few slots may be written out.

    Source: derived in docs/background/chains.md, "Memories that do not forget".

    >>> found = system(lambda slots: np.exp(-((slots / 50) ** 2)))
    >>> found.size < 20, found.error < 1e-11
    (True, True)
    """
    length = _length(law, longest)
    fitted, tested = _fitted(length, longest), _tested(length, longest)
    values, wanted = law(fitted), law(tested)
    best: System | None = None
    for step, start, known in _candidates(law, length, parts, longest):
        if len(start) > SOME and best is not None and best.error <= 5 * AIM:
            break
        found = System(step, start, np.zeros(len(start)) if known is None else known, 0.0, law, longest)
        read = _least(found.states(fitted), values) if known is None else known
        error = _error(read, found.states(tested), wanted)
        if best is None or error < best.error:
            best = System(step, start, read, error, law, longest)
        if best.error <= AIM:
            break
    assert best is not None
    return best


def _candidates(
    law: Law, length: int, parts: Sequence[float], longest: int
) -> Iterator[tuple[Array, Array, Array | None]]:
    """Systems to try: the step, the start, and how to read it where that is known."""
    for begin in range(max(min(LATE, length // 2), 1)):
        yield from _repeating(law, length, begin)
    yield from _balanced(law, length, parts, length == longest)
    size = min(length, MOST)
    yield _written_out(law, size, 1, 0.0)


def _length(law: Law, longest: int) -> int:
    """The first slot from which on nothing is left, or nobody asks."""
    return min(_first(lambda slot: law(np.array([slot]))[0] <= GONE), longest)


def _first(holds: Callable[[float], bool]) -> int:
    """The first slot, at least 1, from which on something holds; about `LONGEST` where it never does."""
    high = 1
    while high < LONGEST and not holds(float(high)):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(float(middle)) else (middle, high)
    return high


def _slots(length: int, dense: int, most: int) -> Array:
    """Slots from 0 to `length`: the first all, the others further and further apart; about `dense` + 2 `most`."""
    first = np.arange(min(dense, length + 1), dtype=float)
    if length < dense:
        return first
    even, wide = np.linspace(dense, length, most), np.geomspace(dense, length, most)
    return np.unique(np.concatenate([first, np.rint(even), np.rint(wide)]))


def _fitted(length: int, longest: int) -> Array:
    """Slots to fit on, some of them far beyond those where anything is left."""
    slots = _slots(length, *FITTED)
    if length == longest:
        return slots
    return np.concatenate([slots, length + np.unique(np.rint(np.linspace(1, length + 1, 40)))])


def _tested(length: int, longest: int) -> Array:
    """Slots at which an error is looked for: also beyond those where anything is left, as a system may ring on."""
    slots = _slots(length, *TESTED)
    if length == longest:
        return slots
    return np.concatenate([slots, length + _slots(100 * length, *BEYOND)])


def _written_out(law: Law, begin: int, period: int, share: float) -> tuple[Array, Array, Array]:
    """A register of ages, the last `period` of which are gone through again and again, each time less by `share`."""
    size = begin + period
    step = np.diag(np.ones(size - 1), -1)
    step[begin, size - 1] += share
    return step, np.eye(size)[0], law(np.arange(float(size)))


def _repeating(law: Law, length: int, begin: int) -> Iterator[tuple[Array, Array, Array]]:
    """The system of a law that from some slot on is after a period itself times a number, if it is."""
    slots = begin + _slots(length, 512, 500)
    values = law(slots)
    if values[0] == 0:
        return
    few, some = slots[::FEW], values[::FEW]  # most laws do not, as few slots tell
    for period in range(1, min(MOST - begin, length // 2) + 1):
        if _proportional(law(few + period), some) and _proportional(law(slots + period), values):
            third = _first(lambda slot: law(np.array([begin + slot]))[0] <= 0.3 * values[0])
            times = max(third // period, 1)  # a long time tells the share to more digits
            far = law(np.array([begin + float(times * period)]))[0]
            yield _written_out(law, begin, period, float((far / values[0]) ** (1 / times)))
            return


def _proportional(later: Array, values: Array) -> bool:
    return bool(np.all(np.abs(later - later[0] / values[0] * values) <= 1e-12 * np.abs(values)))


def _balanced(law: Law, length: int, parts: Sequence[float], half: bool) -> Iterator[tuple[Array, Array, None]]:
    """Systems of more and more numbers, from the singular values of what the past does to the future.

    With `half` past and future are only as long together as is asked for, as something is left beyond.
    """
    most = 150 if half else 300
    length = max(length // 2, 1) if half else length
    slots = _slots(length, 24, most) if length > most else np.arange(length + 1.0)
    weight = np.sqrt(np.gradient(slots)) if len(slots) > 1 else np.ones(1)
    sums, frame = slots[:, None] + slots, weight[:, None] * weight
    future = np.concatenate([frame * law(sums + part) for part in parts])
    moves = np.concatenate([frame * (law(sums + 1 + part) - law(sums + part)) for part in parts])
    left, sizes, right = np.linalg.svd(future, full_matrices=False)
    done = 0
    for depth in DEPTHS:
        count = min(int((sizes > depth * sizes[0]).sum()), MOST)
        if count == done:
            continue
        done = count
        scale = 1 / np.sqrt(sizes[:count])
        moved = scale[:, None] * (left[:, :count].T @ moves @ right[:count].T) * scale
        step = np.eye(count) + moved
        if np.abs(np.linalg.eigvals(step)).max() <= 1:
            yield step, right[:count, 0] / scale / weight[0], None


def _least(states: Array, values: Array) -> Array:
    """How to read `values` (slots,) from states (m, slots), by least squares."""
    found = np.linalg.lstsq(states.T, values, rcond=1e-15)[0]
    return np.asarray(found + np.linalg.lstsq(states.T, values - found @ states, rcond=1e-15)[0])


def _error(read: Array, states: Array, values: Array) -> float:
    return float(np.abs(read @ states - values).max() + ROUNDING * (np.abs(read) @ np.abs(states)).max())
