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


def with_ages(success, slots):
    """A link by slot, and by slot and the ages of both its qubits: its chances (slots,) and (slots, ages, ages)."""
    times = np.append(0.0, success * (1 - success) ** np.arange(slots - 1.0))
    kept = np.zeros((slots, slots, slots))
    kept[:, 0, 0] = times
    return times, kept


def swapped_with_ages(one, two, losses, success=1.0, limit=None):
    """The same of a swap of two pairs, `losses` by age of the two qubits swapped, tried again until it succeeds.

    Every sum is written out: over the slots in which either pair came, the ages of both its qubits, and the retries.
    """
    slots = len(one[0])
    longest = slots if limit is None else limit
    left, right = (_looked_at(*pair, longest) for pair in ((one[1], losses[0]), (two[1].swapaxes(1, 2), losses[1])))
    made = success * (left[0][:, :, None] * sum(right)[:, None] + left[1][:, :, None] * right[0][:, None])
    ready, failed = np.zeros(slots), np.zeros(slots)
    for s, t in np.ndindex(slots, slots):
        chance = one[0][s] * two[0][t]
        if abs(s - t) <= longest:
            ready[max(s, t)] += success * chance
            failed[max(s, t)] += (1 - success) * chance
        elif min(s, t) + longest < slots:
            failed[min(s, t) + longest] += chance
    for pair, other in ((one, two), (two, one)):  # a partner that comes after all slots
        for s in range(slots - longest):
            failed[s + longest] += pair[0][s] * (1 - other[0].sum())
    for t in range(slots):
        for begun in range(1, t + 1):
            ready[t] += failed[begun] * ready[t - begun]
            made[t] += failed[begun] * made[t - begun]
    return ready, made


def _looked_at(kept, loss, longest):
    """By slot and age of the first qubit, the last one's loss taken: pairs that just came, and those that wait."""
    slots = len(kept)
    came, waits = kept @ loss[:slots], np.zeros((slots, slots))
    for wait in range(1, min(longest, slots - 1) + 1):
        waits[wait:, wait:] += kept[:-wait, :-wait] @ loss[wait : wait + slots]
    return came, waits


def swept(success, kernels, ends, deadline):
    """E[first(D - T_1) kernel_1(T_1 - T_2) ... last(D - T_n); all T <= D] by sums over one time after the other."""
    t = np.arange(1, deadline + 1)
    vector = success[0] * (1 - success[0]) ** (t - 1.0) * ends[0](deadline - t)
    for p, kernel in zip(success[1:], kernels, strict=True):
        vector = p * (1 - p) ** (t - 1.0) * (kernel(t[:, None] - t) @ vector)
    return float(vector @ ends[1](deadline - t))
