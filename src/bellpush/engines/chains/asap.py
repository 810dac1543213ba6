"""Swaps that never fail, each as soon as both its pairs are there: any number of unequal links in closed form.

Link i is ready at T_i, geometric. Node i between links i and i + 1 keeps a qubit from the earlier of their times to the
later one, the end nodes keep theirs until all is done. What is asked for is

    K(D) = E[ left^(D - T_1) between_1^|T_1 - T_2| ... between_{n-1}^|T_{n-1} - T_n| right^(D - T_n) ; all T_i <= D ],

one number for every correlation of the pair, each with factors of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.engines.chains.filters import one_pole
from bellpush.engines.sums import smooth_sum
from bellpush.ground.errors import UnsupportedError

__all__ = ["by_deadline", "in_slot", "mean", "sweep"]

Array = NDArray[Any]

EPSILON = 2.0**-53
GOOD = 1e-11  # error up to which the sum of exponentials is taken
LONGEST = 2**22
FEW = 200  # deadlines up to which each is worked out


def by_deadline(
    success: ArrayLike, between: ArrayLike, deadlines: ArrayLike = np.inf, left: ArrayLike = 1.0, right: ArrayLike = 1.0
) -> tuple[Array, Array]:
    """K(D) of a whole chain, and a bound on its rounding; both of shape (..., deadlines).

    Args:
        success: per attempt, shape (..., n), in (0, 1].
        between: what a slot leaves of a row at each inner node, shape (..., n - 1); may be complex.
        deadlines: D in slots, shape (deadlines,), infinite ones too; real ones are interpolated by the exponentials.
        left: what a slot leaves of the row at the first node, shape (...).
        right: the same at the last.

    A sum of exponentials in D is carried from link to link, O(n^2). Where two of its exponentials nearly meet and
    digits would be lost, the slots are summed instead (`sweep`), O(n D).

    Source: docs/background/chains.md, "Swapped as soon as possible".

    >>> value, error = by_deadline([0.1, 0.1], [np.exp(-1 / 100)])
    >>> value.round(12), bool(error[0] < 1e-13)
    (array([0.91348299]), True)
    """
    p = np.asarray(success, dtype=float)
    x, limit = np.asarray(between), np.atleast_1d(np.asarray(deadlines, dtype=float))
    n = p.shape[-1]
    if x.shape[-1:] != (n - 1,):
        raise ValueError(
            f"`between` must have a factor for each of the {n - 1} inner nodes, but is of shape {x.shape}. "
            "Try np.full(n - 1, 0.99)."
        )
    shape = np.broadcast_shapes(p.shape[:-1], x.shape[:-1], np.shape(left), np.shape(right))
    p, x = np.broadcast_to(p, (*shape, n)), np.broadcast_to(x, (*shape, n - 1))
    left, right = np.broadcast_to(left, shape), np.broadcast_to(right, shape)
    value, error = _exponentials(p, x, limit, left, right)
    poor = ~(error <= GOOD)
    if poor.any():
        swept = sweep(_masses(p, limit), x, limit, left, right)
        value, error = np.where(poor, swept, value), np.where(poor, 1e-15 * n, error)
    return value, error


def mean(success: ArrayLike, between: ArrayLike, left: ArrayLike = 1.0, right: ArrayLike = 1.0) -> tuple[Array, Array]:
    """The mean of every row at the moment the last link is ready, and its error; shapes as in `by_deadline`, (...).

    With ends that keep their qubits for ever it is K at no deadline; else (1 - left right) sum_D K(D), as
    y^M = (1 - y) sum_{D >= M} y^D for the time M of the last link.
    """
    p = np.asarray(success, dtype=float)
    x = np.asarray(between)
    n = p.shape[-1]
    shape = np.broadcast_shapes(p.shape[:-1], x.shape[:-1], np.shape(left), np.shape(right))
    links = np.broadcast_to(p, (*shape, n)).reshape(-1, n)
    flat = np.broadcast_to(x, (*shape, n - 1)).reshape(-1, n - 1)
    first, last = (np.broadcast_to(np.asarray(end), shape).reshape(-1) for end in (left, right))
    found = []
    for chances, row, a, b in zip(links, flat, first, last, strict=True):
        if a * b == 1:
            value, error = by_deadline(chances, row)
            found.append((value[0], error[0]))
        else:
            found.append(_mean_row(chances, row, a, b))
    values, errors = (np.array(part).reshape(shape) for part in zip(*found, strict=True))
    return values, errors


def _mean_row(p: Array, x: Array, left: Any, right: Any) -> tuple[Any, float]:
    """(1 - left right) sum_D K(D) of one row, and its error."""
    both = left * right
    # K(D) dies out with the end nodes, or with the chance that an end link is still missing.
    slowest = -np.log(np.maximum(np.max([np.abs(both), *(1 - p[[0, -1]])]), 1e-300))
    count = int(np.ceil(45.0 / slowest)) + 2
    doubt = 0.0

    def term(j: Array) -> Array:
        nonlocal doubt
        value, error = _exponentials(p, x, j + 1, np.asarray(left), np.asarray(right))
        doubt = max(doubt, float(error.max(initial=0.0))) if np.all(np.isfinite(error)) else np.inf
        return np.asarray((1 - both) * value)

    if count <= FEW:
        deadlines = np.arange(1.0, count + 1)
        value, error = by_deadline(p, x, deadlines, left, right)
        return (1 - both) * value.sum(), abs(1 - both) * float(error.sum()) + 1e-18
    total, missing = smooth_sum(term, count)
    if doubt > GOOD:  # slots must be summed, and only whole numbers of them
        value = sweep(_masses(p, np.array([np.inf])), x, np.arange(1.0, count + 1), left, right)
        return (1 - both) * value.sum(), 1e-14
    return total[()], missing + doubt


def in_slot(
    success: ArrayLike, between: ArrayLike, slots: ArrayLike, left: ArrayLike = 1.0, right: ArrayLike = 1.0
) -> Array:
    """Rows of a chain that is completed exactly in these slots, times the probability of that; (..., slots).

    K(D) - left right K(D - 1): what was there before D has waited one slot more in the end nodes.
    """
    t = np.atleast_1d(np.asarray(slots, dtype=float))
    now, _ = by_deadline(success, between, t, left, right)
    before, _ = by_deadline(success, between, np.maximum(t - 1, 0), left, right)
    both = np.asarray(left) * np.asarray(right)
    return np.asarray(now - both[..., None] * before)


def _exponentials(p: Array, x: Array, limit: Array, left: Array, right: Array) -> tuple[Array, Array]:
    """K(D) as sum_m c_m a_m^t g_m^(D-t), carried from link to link; c of shape (..., D, m), a and g of (..., m).

    Beside every coefficient runs a bound on its rounding, `e`, which grows where two exponentials are close.
    """
    if np.isinf(limit).all():
        lost = (left != 1) | (right != 1)  # ends that wait for ever keep nothing, unless they lose nothing
        found, doubt = (np.where(lost, 0.0, part)[..., None] for part in _without_end(p, x))
        shape = (*x.shape[:-1], len(limit))
        return np.broadcast_to(found, shape), np.broadcast_to(doubt, shape)
    n, batch = p.shape[-1], x.shape[:-1]
    kind = np.result_type(x, left, right, 1.0)
    a, g = np.zeros((*batch, 2 * n + 1), kind), np.zeros((*batch, 2 * n + 1), kind)
    c, e = np.zeros((*batch, len(limit), 2 * n + 1), kind), np.zeros((*batch, len(limit), 2 * n + 1))
    a[..., 0], g[..., 0], c[..., 0], m = 1.0, left, 1.0, 1
    with np.errstate(all="ignore"):
        for k in range(n - 1):
            step, base, edge, old, slip = x[..., k, None], a[..., :m], g[..., :m], c[..., :m], e[..., :m]
            chance = p[..., k, None]
            new = (1 - chance) * base
            before, after = new - edge * step, edge - new * step
            early, late = -chance * base / before, -chance * base * step / after
            doubt = (EPSILON * (np.abs(new) + np.abs(edge)) / np.minimum(np.abs(before), np.abs(after)))[..., None, :]
            slip = slip + np.abs(old) * (doubt + 2 * EPSILON)
            first, last = early[..., None, :] * _power(edge, limit), late[..., None, :] * _power(new, limit)
            c[..., m], c[..., m + 1] = (old * first).sum(axis=-1), (old * last).sum(axis=-1)
            e[..., m], e[..., m + 1] = (slip * np.abs(first)).sum(axis=-1), (slip * np.abs(last)).sum(axis=-1)
            a[..., m], g[..., m], a[..., m + 1], g[..., m + 1] = step[..., 0], 1.0, 1.0, step[..., 0]
            kept = (chance * base * (1 / before + step / after))[..., None, :]
            c[..., :m], e[..., :m], a[..., :m] = old * kept, slip * np.abs(kept), new
            m += 2
        new, edge = (1 - p[..., -1:]) * a[..., :m], g[..., :m] * right[..., None]
        gap = new - edge
        weight = (p[..., -1:] * a[..., :m] / gap)[..., None, :] * (_power(new, limit) - _power(edge, limit))
        doubt = (EPSILON * (np.abs(new) + np.abs(edge)) / np.abs(gap))[..., None, :]
        total = (c[..., :m] * weight).sum(axis=-1)
        error = ((e[..., :m] + np.abs(c[..., :m]) * (doubt + 2 * EPSILON)) * np.abs(weight)).sum(axis=-1)
    return total, error


def _without_end(p: Array, x: Array) -> tuple[Array, Array]:
    """The same where no deadline ends it and the end nodes lose nothing; both of shape (...)."""
    n, batch = p.shape[-1], x.shape[:-1]
    kind = np.result_type(x, 1.0)
    a, c, e = np.zeros((*batch, n), kind), np.zeros((*batch, n), kind), np.zeros((*batch, n))
    a[..., 0] = c[..., 0] = 1.0
    with np.errstate(all="ignore"):
        for k in range(n - 1):
            step, base, old = x[..., k, None], a[..., : k + 1], c[..., : k + 1]
            chance = p[..., k, None]
            new = (1 - chance) * base
            before, after, entering = new - step, 1 - new * step, chance * base
            doubt = 2 * EPSILON / np.minimum(np.abs(before), np.abs(after)) + 2 * EPSILON
            slip = e[..., : k + 1] + np.abs(old) * doubt
            early = entering / before
            kept = early * (1 - step * step) / after
            c[..., k + 1] = -(old * early).sum(axis=-1)
            e[..., k + 1] = (slip * np.abs(early)).sum(axis=-1)
            a[..., k + 1] = step[..., 0]
            c[..., : k + 1], e[..., : k + 1], a[..., : k + 1] = old * kept, slip * np.abs(kept), new
        new = (1 - p[..., -1:]) * a
        weight = p[..., -1:] * a / (1 - new)
        doubt = 2 * EPSILON / np.abs(1 - new) + 2 * EPSILON
        return (c * weight).sum(axis=-1), ((e + np.abs(c) * doubt) * np.abs(weight)).sum(axis=-1)


def _power(base: Array, exponent: Array) -> Array:
    """base^exponent, (..., m) and (D,) to (..., D, m); 1 to any power is 1 and what is below 1 vanishes at infinity."""
    with np.errstate(all="ignore"):
        found = np.where(
            base[..., None, :] == 1, 1.0, base[..., None, :] ** np.where(np.isinf(exponent), 1.0, exponent)[:, None]
        )
    return np.asarray(np.where(np.isinf(exponent)[:, None] & (base[..., None, :] != 1), 0.0, found))


def _masses(p: Array, limit: Array) -> Array:
    """Probability of each slot for every link, shape (..., n, t), as far as a deadline or double precision reaches."""
    with np.errstate(divide="ignore"):
        longest = float(np.max(45.0 / -np.log1p(-np.minimum(p, 1 - 1e-15))))
    count = int(min(np.max(limit), np.ceil(longest)))
    if count > LONGEST:
        raise UnsupportedError(f"The exact engine would need {count} slots of time. Try --engine physics.")
    t = np.arange(count + 1)
    return np.asarray(np.where(t > 0, p[..., None] * (1 - p[..., None]) ** np.maximum(t - 1, 0), 0.0))


def sweep(
    masses: ArrayLike, between: ArrayLike, deadlines: ArrayLike, left: ArrayLike = 1.0, right: ArrayLike = 1.0
) -> Array:
    """K(D) for links with any law of their own, shape (..., deadlines): slot by slot, O(n D) for each deadline.

    Args:
        masses: what becomes ready in each slot, shape (n, t) or, with a row's own correlations in it, (..., n, t).
        between: shape (..., n - 1).
        deadlines: D in slots, shape (deadlines,); infinite only where the end nodes lose nothing.
        left: shape (...).
        right: shape (...).
    """
    f, x = np.asarray(masses), np.asarray(between)
    first, last = np.asarray(left)[..., None], np.asarray(right)[..., None]
    found = []
    for limit in np.atleast_1d(np.asarray(deadlines, dtype=float)):
        inside = int(min(limit, f.shape[-1] - 1)) + 1
        t = np.arange(inside)
        v = f[..., 0, :inside] * _aged(first, limit - t)
        for k in range(f.shape[-2] - 1):
            earlier = one_pole(v, x[..., k])
            later = one_pole(v[..., ::-1], x[..., k])[..., ::-1] - v
            v = f[..., k + 1, :inside] * (earlier + later)
        found.append((v * _aged(last, limit - t)).sum(axis=-1))
    return np.stack(found, axis=-1)


def _aged(factor: Array, slots: Array) -> Array:
    """What is left after so many slots, perhaps infinitely many, shapes (..., 1) and (t,)."""
    with np.errstate(all="ignore"):
        return np.asarray(
            np.where(factor == 1, 1.0, np.where(np.isinf(slots), 0.0, factor ** np.where(np.isinf(slots), 1.0, slots)))
        )
