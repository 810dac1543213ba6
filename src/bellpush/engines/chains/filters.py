"""Waiting as a recursive filter over slots: stable for any memory, however short or long."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["delayed", "one_pole", "waiting"]

FAR = 200.0  # e-folds up to which growing powers are taken: far from overflow
FORGOTTEN = 1e-40  # a factor below which the past adds nothing to double precision


def one_pole(values: ArrayLike, factor: ArrayLike) -> NDArray[Any]:
    """y[t] = factor y[t-1] + values[t] over the last axis.

    Where the factor's powers stay far from the ends of double precision, sums of values over growing powers; else by
    doubling, log2(t) passes without growing exponentials.

    Args:
        values: shape (..., t).
        factor: shape (...), of size at most 1; may be complex.

    >>> one_pole([1.0, 0.0, 0.0, 1.0], 0.5)
    array([1.   , 0.5  , 0.25 , 1.125])
    """
    x, u = np.asarray(factor), np.asarray(values)
    kind = np.result_type(u, x)
    if kind == np.float64 and u.shape[-1] > 1:
        lowest = float(np.min(x, initial=1.0))
        if lowest > 0 and -np.log(lowest) * u.shape[-1] < FAR:
            falling, rising = _powers(x.tobytes(), x.shape, 1 << (u.shape[-1] - 1).bit_length())
            n = u.shape[-1]
            return np.asarray(falling[..., :n] * np.cumsum(rising[..., :n] * u, axis=-1))
    x = x[..., None]
    y = np.array(np.broadcast_to(u, np.broadcast_shapes(u.shape, (*x.shape[:-1], u.shape[-1]))), kind)
    step = 1
    while step < y.shape[-1] and np.abs(x).max(initial=0.0) > FORGOTTEN:
        y[..., step:] += x * y[..., :-step]
        x = x * x
        step *= 2
    return y


@lru_cache(maxsize=16)
def _powers(factor: bytes, shape: tuple[int, ...], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """factor^t and factor^-t for t from 0 to `count` - 1, a power of two; each of shape (..., count)."""
    x = np.frombuffer(factor).reshape(shape)
    found = []
    for base in (x, 1 / x):
        powers, step, leap = np.ones((*shape, count)), 1, base[..., None]
        while step < count:
            powers[..., step : 2 * step] = powers[..., :step] * leap
            leap, step = leap * leap, 2 * step
        found.append(powers)
    return found[0], found[1]


def waiting(values: ArrayLike, factor: ArrayLike, limit: ArrayLike | None = None) -> NDArray[Any]:
    """sum_{j=1..limit} factor^j values[t-j] over the last axis: all that came before slot t and still waits there.

    Args:
        values: shape (..., t).
        factor: shape (...), of size at most 1.
        limit: the longest wait in slots, of what came in each slot: whole numbers that broadcast to (..., t); None
            for no limit. A limit depends on when the pair came, never on the row.

    >>> waiting([1.0, 0.0, 0.0, 0.0], 0.5, 2)
    array([0.  , 0.5 , 0.25, 0.  ])
    """
    x, u = np.asarray(factor), np.asarray(values)
    entering = np.zeros(np.broadcast_shapes(x.shape, u.shape[:-1]) + u.shape[-1:], np.result_type(x, u))
    np.multiply(x[..., None], u[..., :-1], out=entering[..., 1:])
    if limit is None:
        return one_pole(entering, x)
    bound = np.asarray(limit)
    if bound.size > 1:
        return one_pole(entering - _expired(x, u, bound), x)
    gone = int(bound.flat[0]) + 1
    if gone < u.shape[-1]:
        entering[..., gone:] -= (x**gone)[..., None] * u[..., :-gone]
    return one_pole(entering, x)


def _expired(factor: NDArray[Any], values: NDArray[Any], limit: NDArray[Any]) -> NDArray[Any]:
    """What leaves the waiting room in each slot: factor^(limit+1) values, limit + 1 slots after it came."""
    count = values.shape[-1]
    wait = np.minimum(limit, count).astype(np.int64)  # "for ever" may be a very large number
    if wait.shape[-1] == 1:  # one limit for each member of the batch
        source = np.arange(count) - wait - 1
        left = np.take_along_axis(
            np.broadcast_to(values, np.broadcast_shapes(values.shape, (*wait.shape[:-1], count))),
            np.broadcast_to(np.maximum(source, 0), np.broadcast_shapes(values.shape, source.shape)),
            axis=-1,
        )
        with np.errstate(under="ignore"):
            return np.asarray(np.where(source >= 0, factor[..., None] ** (wait + 1.0) * left, 0.0))
    with np.errstate(under="ignore"):
        leaving = np.asarray(factor[..., None] ** (wait + 1.0) * values)
    when = np.broadcast_to(np.arange(count) + wait + 1, leaving.shape)
    total = np.zeros((*leaving.shape[:-1], count), dtype=leaving.dtype)
    flat, target, slots = total.reshape(-1, count), leaving.reshape(-1, count), when.reshape(-1, count)
    for row in range(len(flat)):
        stays = slots[row] < count
        np.add.at(flat[row], slots[row][stays], target[row][stays])
    return total


def delayed(values: ArrayLike, slots: int) -> NDArray[Any]:
    """The last axis moved `slots` later, zeros coming in; what would move beyond its end is dropped."""
    u = np.asarray(values)
    y = np.zeros_like(u)
    if slots < u.shape[-1]:
        y[..., slots:] = u[..., : u.shape[-1] - slots]
    return y
