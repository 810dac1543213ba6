"""What a stored qubit loses slot by slot, as a sum of exponentials: found from the law itself, with its error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["GOOD", "Exponentials", "exponentials"]

Array: TypeAlias = NDArray[Any]
Law: TypeAlias = Callable[[Array], Array]
"""What is left after so many slots, whole or not, shape (...); falls from at most 1."""

LONGEST = 2**23  # slots after which nothing waits
GONE = 1e-16  # of a correlation
GOOD = 1e-7  # error of a correlation, by all qubits of a chain, from which on sums are of no use
SOME = 30  # terms beyond which five times that error will do
AIM = 2e-12  # error that is good enough for fewer terms
MOST = 64  # terms
LATE = 16  # slots after which a law may begin to repeat itself
DEPTHS = (1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14)  # singular values that are kept, of the largest
TESTED = (2000, 1000)  # slots at which the error is looked for: the first, and others beyond them
ROUNDING = 4e-16  # of the sum of the weights, in the sum itself
CANCELLING = 1e-17  # of its square: what rows of a pair, weighted at both ends, were seen to lose, and some more


@dataclass(frozen=True)
class Exponentials:
    """sum_m weights[m] factors[m]^slot, real: first the real factors, then those above the axis, then their mirrors."""

    factors: Array  # complex, shape (m,), of size at most 1
    weights: Array  # complex, shape (m,)
    reals: int  # number of real factors
    error: float  # the largest at any slot that was looked at, and what rounding does to sums with such weights
    law: Law

    @property
    def half(self) -> int:
        """Number of terms without the mirrors."""
        return (len(self.factors) + self.reals) // 2

    @property
    def lossless(self) -> bool:
        """Whether nothing is ever lost."""
        return len(self.factors) == 1 and self.factors[0] == 1 and self.weights[0] == 1

    def whole(self, rows: Array) -> Array:
        """Rows (half, ...) of all terms, shape (m, ...), where those of the mirrors are the conjugates."""
        return np.concatenate([rows, rows[self.reals :].conj()])

    def after(self, part: float) -> tuple[Array, float]:
        """The weights of what is left so many slots later, less than one, and their error."""
        return (self.weights, self.error) if part == 0 else self._fitted(part)

    @cached_property
    def _solver(self) -> tuple[Array, Array, Array, Array]:
        slots = _slots(_length(self.law), 200, 400)
        tested = _slots(_length(self.law), *TESTED)
        columns = _columns(self.factors[: self.half], self.reals, slots)
        return slots, np.linalg.pinv(columns, rcond=1e-15), tested, columns

    def _fitted(self, part: float) -> tuple[Array, float]:
        slots, inverse, tested, columns = self._solver
        wanted = self.law(slots + part)
        found = inverse @ wanted
        found = found + inverse @ (wanted - columns @ found)
        weights = _weights(found, self.reals)
        return weights, _error(self.law, self.factors, weights, tested, part)


def exponentials(law: Law, parts: Sequence[float] = (0.0,)) -> Exponentials:
    """The fewest exponentials found that are as good as `AIM`; else the best, whose error is for the caller to judge.

    Args:
        law: what is left of a correlation after so many slots.
        parts: fractions of a slot by which the law may be asked for later, in the same exponentials.

    A law that repeats itself, smaller, after some slots has that many exponentials exactly. Others are found as the
    states of a linear system with this answer (balanced truncation on slots that lie wider apart the later they are),
    or, where a qubit lasts only a few slots, on a circle small enough that its return is below rounding.

    Source: derived in docs/background/chains.md, "Memories that do not forget".

    >>> found = exponentials(lambda slots: np.exp(-((slots / 50) ** 2)))
    >>> len(found.factors) < 20, found.error < 1e-11
    (True, True)
    """
    length = _length(law)
    tested = _slots(length, *TESTED)
    best: Exponentials | None = None
    for factors in _candidates(law, length, parts):
        if not 0 < len(factors) <= MOST:
            continue
        if len(factors) > SOME and best is not None and best.error <= 5 * AIM:
            break
        ordered, reals = _ordered(factors)
        weights = _solved(law, ordered, reals, length)
        error = _error(law, ordered, weights, tested)
        if best is None or error < best.error:
            best = Exponentials(ordered, weights, reals, error, law)
        if best.error <= AIM:
            break
    assert best is not None
    return best


def _candidates(law: Law, length: int, parts: Sequence[float]) -> Iterator[Array]:
    """Factors to try, the fewest first."""
    yield from _repeating(law, length)
    yield from _balanced(law, length, parts)
    for begin in range(1, min(LATE, length // 2)):  # first something else, then a law that repeats itself
        for factors in _repeating(lambda slots, begin=begin: law(slots + begin), length - begin):  # type: ignore[misc]
            yield from (np.concatenate([factors, around]) for around in _circle(law, begin - 1))
    if length <= MOST:
        yield from _circle(law, length)
    yield np.array([0.5])  # so that there is one, however bad


def _length(law: Law) -> int:
    """The first slot from which on nothing is left, or `LONGEST`."""
    high = 1
    while high < LONGEST and np.abs(law(np.array([float(high)])))[0] > GONE:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if np.abs(law(np.array([float(middle)])))[0] > GONE else (low, middle)
    return min(high, LONGEST)


def _slots(length: int, dense: int, most: int) -> Array:
    """Slots from 0 to `length`, every one first, then further and further apart; about `dense` + `most` of them."""
    first = np.arange(min(dense, length + 1), dtype=float)
    if length < dense:
        return first
    even = np.linspace(dense, length, most)
    wide = np.geomspace(dense, length, most)
    return np.unique(np.concatenate([first, np.rint(even), np.rint(wide)]))


def _repeating(law: Law, length: int) -> Iterator[Array]:
    """The factors of a law that after some slots is itself times a number, if it is."""
    slots = _slots(length, 512, 500)
    values = law(slots)
    for period in range(1, min(MOST, length // 2) + 1):
        later = law(slots + period)
        if np.all(np.abs(later - later[0] / values[0] * values) <= 1e-12 * np.abs(values)):
            stride = period * max(_falls(law, length) // period, 1)
            share = law(np.array([0.0, float(stride)]))
            turns = np.exp(2j * np.pi * np.arange(period) / period)
            yield (share[1] / share[0]) ** (1 / stride) * turns
            return


def _falls(law: Law, length: int) -> int:
    """About the slot at which a third is left."""
    first, low, high = law(np.array([0.0]))[0], 0, length
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if law(np.array([float(middle)]))[0] > 0.3 * first else (low, middle)
    return high


def _balanced(law: Law, length: int, parts: Sequence[float]) -> Iterator[Array]:
    """Factors of systems of more and more states, from the singular values of what the past does to the future."""
    most = 300 if length < LONGEST else 150
    slots = _slots(length, 24, most) if length > most else np.arange(length + 1.0)
    weight = np.sqrt(np.gradient(slots)) if len(slots) > 1 else np.ones(1)
    sums = slots[:, None] + slots
    frame = weight[:, None] * weight
    past = np.concatenate([frame * law(sums + part) for part in parts])
    step = np.concatenate([frame * (law(sums + 1 + part) - law(sums + part)) for part in parts])
    left, sizes, right = np.linalg.svd(past, full_matrices=False)
    done = 0
    for depth in DEPTHS:
        count = int((sizes > depth * sizes[0]).sum())
        if count == done:
            continue
        done = count
        scale = 1 / np.sqrt(sizes[:count])
        moved = scale[:, None] * (left[:, :count].T @ step @ right[:count].T) * scale
        factors = 1 + np.linalg.eigvals(moved)
        yield factors[(np.abs(factors) < 1) & (np.abs(factors) > 1e-200)]


def _circle(law: Law, length: int) -> Iterator[Array]:
    """Factors on circles; what comes round again has shrunk to rounding."""
    slots = np.arange(length + 1.0)
    values = np.abs(law(slots))
    for count in range(4, MOST + 1, 4):
        radius = 1e-14 ** (1 / count)
        if np.sum(values * radius**-slots) < 1e3:
            turns = np.exp(2j * np.pi * (np.arange(count) + 0.5) / count)
            yield radius * turns


def _ordered(factors: Array) -> tuple[Array, int]:
    """Real factors first, then those above the axis, then their mirrors; and the number of real ones."""
    factors = np.asarray(factors, dtype=complex)
    flat = np.abs(factors.imag) <= 1e-14 * np.abs(factors)
    real, upper = factors[flat].real + 0j, factors[factors.imag > 1e-14 * np.abs(factors)]
    return np.concatenate([real, upper, upper.conj()]), len(real)


def _columns(half: Array, reals: int, slots: Array) -> Array:
    """The real functions of slot that the terms are made of, shape (slots, terms)."""
    powers = _powers(half, slots)
    return np.concatenate([powers[:, :reals].real, 2 * powers[:, reals:].real, -2 * powers[:, reals:].imag], axis=1)


def _powers(factors: Array, slots: Array) -> Array:
    """factors^slots, shape (slots, m)."""
    with np.errstate(under="ignore"):
        return np.asarray(np.exp(slots[:, None] * np.log(factors.astype(complex))))


def _weights(found: Array, reals: int) -> Array:
    upper = (len(found) - reals) // 2
    above = found[reals : reals + upper] + 1j * found[reals + upper :]
    return np.concatenate([found[:reals] + 0j, above, above.conj()])


def _solved(law: Law, factors: Array, reals: int, length: int) -> Array:
    """Weights by least squares, on slots far beyond those where anything is left too."""
    slots = _slots(length, 200, 400)
    if length < LONGEST:
        slots = np.concatenate([slots, length + np.unique(np.rint(np.linspace(1, length + 1, 40)))])
    columns = _columns(factors[: (len(factors) + reals) // 2], reals, slots)
    wanted = law(slots)
    found = np.linalg.lstsq(columns, wanted, rcond=1e-15)[0]
    found = found + np.linalg.lstsq(columns, wanted - columns @ found, rcond=1e-15)[0]
    return _weights(found, reals)


def _error(law: Law, factors: Array, weights: Array, slots: Array, part: float = 0.0) -> float:
    found = (_powers(factors, slots) @ weights).real
    size = float(np.abs(weights).sum())
    return float(np.abs(found - law(slots + part)).max()) + ROUNDING * size + CANCELLING * size**2
