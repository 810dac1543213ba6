"""Which numbers of a pair a chain must carry, and what a slot of waiting does to them.

A law of a chain holds, for every slot, a few rows: first the probability that the pair is ready in that slot, then its
correlations, each times that probability. Where every ingredient is diagonal in the Bell basis four rows do; sixteen
where one is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import UnsupportedError
from bellpush.hardware.memory import Memory
from bellpush.states.pair import BELL_SIGNS, BellState, Pair, bell_signs

__all__ = ["BELL", "FULL", "TIMES", "Combine", "Fading", "Rows", "bilinear", "fading", "rows_for", "swapping", "werner"]

Array: TypeAlias = NDArray[np.float64]
Combine: TypeAlias = Callable[[Array, Array], Array]
"""Two pairs at one moment to one: rows (..., C, t) and (..., C, t) to (..., C, t); row 0 is the chance of success."""


@dataclass(frozen=True)
class Rows:
    """Which correlations R[i, j] the rows of a law carry.

    `picks` are the (i, j) of the rows, the first (0, 0). `signs` gives entries of R that are a row up to a sign: (i, j)
    to (row, sign). With `leaky`, for pairs that may have left the qubits, the probability stands before the rows of
    `picks`; else it is the weight R[0, 0] itself, which is the first of them.
    """

    picks: tuple[tuple[int, int], ...]
    signs: tuple[tuple[int, int, int, float], ...] = ()  # (i, j, number of the pick, sign), besides the picks
    leaky: bool = False

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.picks) + self.leaky

    @property
    def full(self) -> bool:
        """Whether all sixteen correlations are carried."""
        return len(self.picks) == 16

    def of(self, pair: ArrayLike) -> Array:
        """The rows (..., C) of a pair (..., 4, 4) that is certainly there."""
        matrix = np.asarray(pair, dtype=float)
        first, second = zip(*self.picks, strict=True)
        kept = matrix[..., list(first), list(second)]
        return np.concatenate([np.ones_like(kept[..., :1]), kept], axis=-1) if self.leaky else kept

    def pairs(self, rows: ArrayLike) -> Pair:
        """The pairs (..., 4, 4) of rows (..., C), weighted with the probability."""
        kept = np.asarray(rows)[..., int(self.leaky) :]
        matrix = np.zeros((*kept.shape[:-1], 4, 4), dtype=kept.dtype)
        for number, (i, j) in enumerate(self.picks):
            matrix[..., i, j] = kept[..., number]
        for i, j, number, sign in self.signs:
            matrix[..., i, j] = sign * kept[..., number]
        return matrix


TIMES: Final = Rows(((0, 0),))
BELL: Final = Rows(tuple((i, i) for i in range(4)))
FULL: Final = Rows(tuple((i, j) for i in range(4) for j in range(4)))


def werner(target: BellState = "phi+", leaky: bool = False) -> Rows:
    """Weight and Werner parameter alone, for Werner pairs in depolarising memories: XX stands for YY and ZZ too.

    >>> werner().pairs([0.5, 0.4]).diagonal()
    array([ 0.5,  0.4, -0.4,  0.4])
    """
    signs = bell_signs(target, "target")
    return Rows(((0, 0), (1, 1)), tuple((i, i, 1, float(signs[i] * signs[1])) for i in (2, 3)), leaky)


@dataclass(frozen=True)
class Fading:
    """What one slot of waiting does to the rows of a pair: each row shrinks by its factor, in a basis of its own.

    `rest` is the z to which each end relaxes. Where it is not 0 the basis is z - rest, and all sixteen correlations
    are needed.
    """

    factors: Array  # shape (..., C); the first is 1
    rest: tuple[float, float] = (0.0, 0.0)

    def into(self, rows: Array) -> Array:
        """Rows (..., C, t) in the basis in which each fades by itself."""
        return self._shifted(rows, -1.0)

    def back(self, rows: Array) -> Array:
        """The inverse of `into`."""
        return self._shifted(rows, 1.0)

    def after(self, rows: Array, slots: ArrayLike) -> Array:
        """Rows (..., C, t) after `slots` slots (any real number at least 0, broadcasting to (..., t))."""
        exponent = np.asarray(slots, dtype=float)
        with np.errstate(under="ignore"):
            factors = self.factors[..., None] ** (exponent[..., None, :] if exponent.ndim else exponent)
        return self.back(factors * self.into(rows))

    def _shifted(self, rows: Array, sign: float) -> Array:
        if self.rest == (0.0, 0.0):
            return rows
        lead = rows.shape[-2] - 16
        matrix = rows[..., lead:, :].reshape(*rows.shape[:-2], 4, 4, rows.shape[-1]).copy()
        matrix[..., 3, :, :] += sign * self.rest[0] * matrix[..., 0, :, :]
        matrix[..., :, 3, :] += sign * self.rest[1] * matrix[..., :, 0, :]
        flat = matrix.reshape(*rows.shape[:-2], 16, rows.shape[-1])
        return np.concatenate([rows[..., :lead, :], flat], axis=-2) if lead else flat


def fading(rows: Rows, first: Memory, second: Memory, slot: float, factors: ArrayLike = 1.0) -> Fading:
    """The fading of a pair in two memories (each per qubit) by one slot of `slot` seconds.

    `factors` (4, 4) multiplies the correlations besides, once a slot: damage by attempts that go on beside it, say.
    Raises UnsupportedError for a memory whose decay does not compose in time, or one that relaxes to a pole where the
    rows are not all sixteen.

    >>> from bellpush.hardware.memory import Depolarising
    >>> memory = Depolarising(time=0.8)
    >>> fading(werner(), memory, memory, 0.001).factors.round(6)
    array([1.      , 0.997503])
    """
    each, rest = [], []
    for memory in (first, second):
        if not memory.memoryless:
            kind = getattr(memory, "kind", "")
            raise UnsupportedError(
                f"What a slot takes from a qubit in a {kind} memory depends on the slots before. "
                "Try bellpush.engines.chains.histories."
            )
        transfer = memory.transfer(slot)
        each.append(np.diagonal(transfer, axis1=-2, axis2=-1))
        relaxed = 1 - transfer[3, 3]
        rest.append(float(transfer[3, 0] / relaxed) if relaxed > 0 else 0.0)
    if rest != [0.0, 0.0] and not rows.full:
        raise UnsupportedError("Memories that relax with T1 need all sixteen correlations. Try rows_for(...).")
    matrix = each[0][:, None] * each[1][None, :] * np.asarray(factors, dtype=float)
    shrink = rows.of(matrix)
    return Fading(shrink, (rest[0], rest[1]))


def rows_for(
    pairs: Sequence[ArrayLike],
    memories: Sequence[Memory] = (),
    kept: Sequence[ArrayLike] = (),
    leaky: bool | None = None,
) -> Rows:
    """The fewest rows that carry these pairs (..., 4, 4), memories and swaps exactly.

    `kept` are the factors (4,) of `swapping`. Diagonal pairs in memories without a preferred pole need four rows,
    Werner pairs in depolarising ones two, everything else sixteen.
    """
    matrices = [np.asarray(pair, dtype=float) for pair in pairs]
    transfers = [memory.transfer(1e-3 * (memory.scale or 1.0)) for memory in memories]
    lossy = any(np.any(np.abs(m[..., 0, 0] - 1) > 1e-15) for m in [*matrices, *transfers]) if leaky is None else leaky
    off = ~np.eye(4, dtype=bool)
    if any(np.any(m[..., off] != 0) for m in matrices) or any(np.any(t[..., off] != 0) for t in transfers):
        return Rows(FULL.picks, leaky=lossy)
    alike = all(np.ptp(np.diagonal(t)[1:]) == 0 for t in transfers)
    for name, signs in BELL_SIGNS.items():
        turned = [np.diagonal(m, axis1=-2, axis2=-1)[..., 1:] * signs[1:] for m in matrices]
        level = all(np.all(np.ptp(t, axis=-1) <= 1e-15) for t in turned)
        swaps = all(np.ptp((np.asarray(k) * BELL_SIGNS["phi+"])[1:]) == 0 for k in kept)
        if alike and level and swaps and (name == "phi+" or not kept):
            return werner(name, lossy)
    return Rows(BELL.picks, leaky=lossy)


def swapping(rows: Rows, success: ArrayLike = 1.0, kept: ArrayLike = (1.0, 1.0, -1.0, 1.0)) -> Combine:
    """A swap that succeeds with probability `success` and leaves `kept` (4,) of the right pair's diagonal.

    R_AC[i, k] = R_AB[i, k] kept[k] R_BC[k, k], as in `bellpush.states.swap`: kept is the product of the three targets'
    signs and the visibilities of the measurement. `success` has the batch's shape (...).
    """
    lead, factors = int(rows.leaky), np.asarray(kept, dtype=float)
    places = [lead + rows.picks.index((k, k)) for _, k in rows.picks]
    weights = np.array([1.0] * lead + [factors[k] for _, k in rows.picks])
    chance = np.asarray(success, dtype=float)[..., None, None]

    def combine(left: Array, right: Array) -> Array:
        chosen = (
            right if places == list(range(lead, rows.count)) and not lead else right[..., [*range(lead), *places], :]
        )
        return chance * (left * (weights[:, None] * chosen))

    return combine


def bilinear(rows: Rows, function: Callable[[Pair, Pair], Pair]) -> Combine:
    """A `Combine` from a function of two pairs (..., 4, 4), linear in each, whose weight is its chance of success.

    Distillation is one: the weight of what it returns is the probability to be kept times the weights of both pairs.
    """
    if rows.signs:
        raise ValueError("`rows` must carry every correlation by itself, but is of Werner pairs. Try BELL.")
    lead, picks = int(rows.leaky), rows.picks
    units = np.zeros((len(picks), 4, 4))
    for number, (i, j) in enumerate(picks):
        units[number, i, j] = 1.0
    table = np.asarray(function(units[:, None], units[None, :]))
    first, second = zip(*picks, strict=True)
    tensor = np.moveaxis(table[..., list(first), list(second)], -1, 0)  # (out, left, right)
    terms = [(o, a, b, tensor[o, a, b]) for o, a, b in np.argwhere(np.abs(tensor) > 1e-15)]

    def combine(left: Array, right: Array) -> Array:
        shape = np.broadcast_shapes(left.shape, right.shape)
        total = np.zeros(shape, dtype=np.result_type(left, right))
        for out, a, b, weight in terms:
            total[..., lead + out, :] += weight * left[..., lead + a, :] * right[..., lead + b, :]
        if lead:  # what has leaked out passes no test
            total[..., 0, :] = total[..., 1, :]
        return total

    return combine
