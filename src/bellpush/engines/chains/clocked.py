"""Links on demand at a common clock, and links that are held for a while: what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states.pair import Pair
from bellpush.states.swap import swap

__all__ = ["active", "best_weight", "efficiency_needed", "swapped"]

Array = NDArray[np.float64]


def best_weight(efficiency: ArrayLike) -> Array:
    """Weight eta^(1/(1-eta)) of a perfect pair kept from its herald to the best clock edge, shape of `efficiency`.

    For a small success probability per attempt. Source: docs/background/clocked-delivery.md.

    >>> best_weight(3.0).round(10)
    np.float64(0.5773502692)
    """
    eta = np.asarray(efficiency, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(np.abs(eta - 1) > 1e-8, np.log(eta) / (eta - 1), 1 - (eta - 1) / 2)
    return np.asarray(np.exp(-exponent))


def efficiency_needed(links: ArrayLike, fidelity: float = 0.5, fresh: float = 1.0) -> Array:
    """Link efficiency with which `links` clocked links, swapped without error at the edge, reach a fidelity; (...).

    Each link is on demand at its best period, its pairs fresh with fidelity `fresh` (Werner) and its memories
    depolarising: (w0 best_weight)^n = (4 F - 1)/3. Infinite where even perfect memories do not reach it.

    Source: docs/background/chains.md, "Links by a clock".

    >>> efficiency_needed([1, 2, 4, 10, 100]).round(4)
    array([  0.826 ,   3.    ,   9.    ,  32.7602, 580.2227])
    """
    n = np.asarray(links, dtype=float)
    allowed = -np.log((4 * fidelity - 1) / 3) / n + np.log((4 * fresh - 1) / 3)  # of ln eta / (eta - 1)
    low, high = np.full(n.shape, -700.0), np.full(n.shape, 700.0)
    for _ in range(200):  # halving the logarithm of eta; the function falls with it
        middle = (low + high) / 2
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            ratio = np.where(np.abs(middle) > 1e-8, middle / np.expm1(middle), 1 - middle / 2)
        low, high = np.where(ratio > allowed, middle, low), np.where(ratio > allowed, high, middle)
    return np.asarray(np.where(allowed > 0, np.exp((low + high) / 2), np.inf))


def swapped(pairs: Sequence[ArrayLike], **errors: Any) -> Pair:
    """The pair over a chain whose links (..., 4, 4), each as it is at the edge, are all swapped there.

    `errors`: `gate_error` and `readout_error`, as in `bellpush.states.swap`.

    >>> from bellpush.states.pair import werner
    >>> swapped([werner(0.98)] * 8).diagonal().round(6)
    array([ 1.      ,  0.805551, -0.805551,  0.805551])
    """
    return reduce(lambda left, right: swap(left, right, **errors), [np.asarray(pair, dtype=float) for pair in pairs])


def active(success: ArrayLike, cutoff: ArrayLike, factor: ArrayLike = 1.0) -> tuple[Array, Array]:
    """How often a link stands that is kept `cutoff` slots and then made again, and its mean factor^age while it does.

    A pair is seen with ages 0 to `cutoff`; the attempt for the next follows in the slot after. Arguments of shapes
    that broadcast to (...).

    Source: a renewal argument, docs/background/chains.md, "A link that is held"; the policy is that of Khatri,
    Quantum 5, 546 (2021).

    >>> share, weight = active(0.1, 20)
    >>> float(share.round(12)), float(weight)
    (0.7, 1.0)
    """
    p, kept, x = (np.asarray(value, dtype=float) for value in (success, cutoff, factor))
    share = (kept + 1) * p / (1 + kept * p)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(x < 1, -np.expm1((kept + 1) * np.log(x)) / ((kept + 1) * (1 - x)), 1.0)
    return np.asarray(share), np.asarray(mean)
