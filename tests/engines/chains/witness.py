"""Slow and plain roads to the numbers of chains: sums over all times, and matrices of whole states."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from bellpush.engines.chains.law import segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import Fading, fading, swapping, werner
from bellpush.states.pair import werner as werner_pair


def nested(levels, success, swap, weight=1.0, coherence=np.inf, cutoffs=None, **more):
    """The law of 2^levels equal links, Werner pairs of this weight, pairs losing theirs by exp(-t/coherence)."""
    rows = werner()
    fade = Fading(np.array([1.0, np.exp(-1 / coherence)]))
    law = segment(rows, success, werner_pair((1 + 3 * weight) / 4))
    for level in range(levels):
        limit = None if cutoffs is None else cutoffs[level]
        law = repeat(meet(law, law, swapping(rows, swap), fade, fade, limit_first=limit, limit_second=limit, **more))
    return law


def tree(rows, links, memories, slot=1.0, swap=1.0, kept=(1, 1, -1, 1), limits=None):
    """The law of a doubling tree over unequal links (success, pair) between these memories."""
    laws = [(segment(rows, p, pair), i, i + 1) for i, (p, pair) in enumerate(links)]
    while len(laws) > 1:
        joined = []
        for (a, i, v), (b, _, j) in zip(laws[::2], laws[1::2], strict=True):
            fades = [fading(rows, memories[m], memories[n], slot) for m, n in ((i, v), (v, j))]
            limit = None if limits is None else limits[v - 1]
            round_ = meet(a, b, swapping(rows, swap, kept), *fades, limit_first=limit, limit_second=limit)
            joined.append((repeat(round_), i, j))
        laws = joined
    return laws[0][0]


def two_times(success, longest):
    """Probabilities of all pairs of times of two links, shape (longest, longest), and both times."""
    t = np.arange(1, longest + 1)
    one, two = (p * (1 - p) ** (t - 1.0) for p in success)
    return np.outer(one, two), t[:, None], t[None, :]


def active_chain(success, cutoff):
    """Stationary distribution over (none, age 0, ..., age cutoff) of a link that is held and made again."""
    ages = cutoff + 1
    matrix = np.zeros((ages + 1, ages + 1))
    matrix[0, :2] = 1 - success, success
    matrix[1:-1, 2:] += block_diag(*[1.0] * (ages - 1)) if ages > 1 else 0.0
    matrix[-1, :2] = 1 - success, success
    values, vectors = np.linalg.eig(matrix.T)
    found = vectors[:, np.argmax(values.real)].real
    return found / found.sum()


def slow_level(one, two, factors, success, limits, slots):
    """Rows of a swap of two laws (C, slots), by sums over both times and a recursion over retries, no transforms."""
    rows = len(one)
    done, failed = np.zeros((rows, slots)), np.zeros(slots)
    for s in range(slots):
        for t in range(slots):
            wait, limit = abs(s - t), limits[0] if s <= t else limits[1]
            chance = one[0, s] * two[0, t]
            if wait > limit:
                if min(s, t) + limit < slots:
                    failed[min(s, t) + limit] += chance
            else:
                aged = one[:, s] * two[:, t] * (factors[0] if s <= t else factors[1]) ** wait
                done[:, max(s, t)] += success * aged
                failed[max(s, t)] += (1 - success) * chance
    # A partner that comes after all slots is too late for every limit that ends before.
    for first, second, limit in ((one, two, limits[0]), (two, one, limits[1])):
        late = 1 - second[0].sum()
        for s in range(slots - limit):
            failed[s + limit] += first[0, s] * late
    law = np.zeros((rows, slots))
    for t in range(slots):
        law[:, t] = done[:, t] + sum(failed[k] * law[:, t - k] for k in range(1, t + 1))
    return law
