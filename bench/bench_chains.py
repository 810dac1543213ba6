"""Exact laws of repeater chains: nested plans, swap-asap, subsets, many cut-offs at once; in CPU time."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from bellpush.engines import chain
from bellpush.engines.chains import asap
from bellpush.engines.chains.clocks import unequal_law
from bellpush.engines.chains.configurations import swap_tree
from bellpush.engines.chains.counted import Oldest
from bellpush.engines.chains.law import ChainLaw, segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.policy_law import policy_law
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, Fading, swapping, werner
from bellpush.engines.chains.subset import subset_chain
from bellpush.scenario.load import load
from bellpush.states.pair import werner as werner_pair
from harness import bench

CUTOFFS = (16, 31, 55, 90, 150)


def taken(work: Callable[[], object], repeats: int = 15) -> float:
    """Median CPU time in ms, after one run that compiles and fills caches."""
    work()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return 1e3 * statistics.median(times)


def nested(levels: int, success: float = 0.1, cutoffs: tuple[object, ...] | None = CUTOFFS) -> ChainLaw:
    """Time and Werner weight of 2^levels links, swaps of 1/2, pairs that lose their weight in 400 slots."""
    rows = werner()
    fade = Fading(np.array([1.0, np.exp(-1 / 400)]))
    law = segment(rows, success, werner_pair(0.985))
    for level in range(levels):
        limit = None if cutoffs is None else np.asarray(cutoffs[level])
        law = repeat(meet(law, law, swapping(rows, 0.5), fade, fade, limit_first=limit, limit_second=limit))
    return law


def thousand() -> ChainLaw:
    """Four links with 1,000 cut-offs at once."""
    cutoffs = np.linspace(5, 60, 1000).astype(int)[:, None]
    return nested(2, cutoffs=(cutoffs, 2 * cutoffs))


def unequal(links: int) -> Callable[[], object]:
    """Swap-asap without failure over so many unequal links."""
    rng = np.random.default_rng(1)
    p, x = rng.uniform(0.03, 0.3, links), np.exp(-1 / rng.uniform(500, 5000, links - 1))
    return lambda: asap.by_deadline(p, x)


def subsets(links: int) -> Callable[[], object]:
    """Mean time and state of so many links over all their subsets."""
    keeps = np.ones((2, links + 1))
    keeps[1, 1:-1] = np.exp(-1 / 100)
    return lambda: subset_chain(np.full(links, 0.1), np.ones((2, links)), keeps)


bench("nested, 8 links, cut-offs", lambda: taken(lambda: nested(3)), goal=4.0, unit="ms of CPU")
bench("nested, 16 links, cut-offs", lambda: taken(lambda: nested(4)), goal=20.0, unit="ms of CPU")
bench("nested, 8 links", lambda: taken(lambda: nested(3, cutoffs=None)), goal=4.0, unit="ms of CPU")
bench("nested, 16 links", lambda: taken(lambda: nested(4, cutoffs=None)), goal=20.0, unit="ms of CPU")
bench("nested, 32 links", lambda: taken(lambda: nested(5, cutoffs=None), 5), goal=100.0, unit="ms of CPU")
bench("nested, 8 links, p = 0.01", lambda: taken(lambda: nested(3, 0.01, None), 5), goal=40.0, unit="ms of CPU")
bench("nested, 8 links, p = 0.001", lambda: taken(lambda: nested(3, 0.001, None), 3), goal=500.0, unit="ms of CPU")
bench("nested, 4 links, 1,000 cut-offs at once", lambda: taken(thousand, 3), goal=1000.0, unit="ms of CPU")
bench("subsets, 8 links", lambda: taken(subsets(8), 200), goal=0.1, unit="ms of CPU")
bench("subsets, 16 links", lambda: taken(subsets(16), 3), goal=500.0, unit="ms of CPU")
bench("swap-asap, 25 unequal links", lambda: taken(unequal(25)), goal=1.0, unit="ms of CPU")
bench("swap-asap, 100 unequal links", lambda: taken(unequal(100)), goal=6.0, unit="ms of CPU")
bench("swap-asap, 400 unequal links", lambda: taken(unequal(400), 5), goal=60.0, unit="ms of CPU")


def thousand_asap() -> object:
    """Swap-asap over ten links for 1,000 success probabilities at once."""
    return asap.by_deadline(np.linspace(0.02, 0.5, 1000)[:, None] * np.ones(10), np.full(9, np.exp(-1 / 700)))


bench("swap-asap, 10 links, 1,000 parameters at once", lambda: taken(thousand_asap, 5), goal=20.0, unit="ms of CPU")


def uneven() -> object:
    """Swap-asap over eight links whose attempts take 2, 3 and 5 slots, slot by slot."""
    rows, keeps = werner(), np.ones((2, 9))
    keeps[1, 1:-1] = np.exp(-1 / 100)
    return unequal_law(rows, np.full(8, 0.1), [2, 3, 5, 2, 3, 5, 2, 3], [1.0, 1.0], keeps, np.ones((2, 9)))


def aged(oldest: int) -> Callable[[], object]:
    """Nested, four links, pairs dropped at this age at both levels: every configuration, slot by slot."""
    spans = {1: (0, 2), 3: (2, 4), 2: (0, 4)}
    limits = {pair: oldest for middle, (i, j) in spans.items() for pair in ((i, middle), (middle, j))}
    step, kept = [np.diag([1.0, x, x, x]) for x in [np.exp(-1 / 400)] * 5], [[1, 1, -1, 1]] * 3
    pairs = [werner_pair(0.985)] * 4
    return lambda: policy_law(
        BELL, [0.2] * 4, [0.5] * 3, pairs, step, kept, swap_tree(spans), Oldest(limits), tolerance=1e-12
    )


def stretched(policy: str) -> Callable[[], object]:
    """Eight links in Gaussian memories, by a clock of 1,000 slots."""
    scheme = {"kind": "parametric", "attempt_duration": "1 s", "success_probability": 0.1}
    scheme |= {"state": {"kind": "werner", "fidelity": 0.99}}
    swap = {"success_probability": 0.5 if policy == "nested" else 1.0}
    node = {"memory": {"kind": "stretched", "time": "300 s", "exponent": 2}, "swap": swap}
    clock = {"kind": "clocked", "period": "1000 s", "fallback": "mixed"}
    wish = {"name": "it", "between": ["n0", "n8"], "delivery": clock, "policy": {"kind": policy}}
    network = {"kind": "chain", "segments": 8, "node": node, "link": {"scheme": scheme}}
    (request,) = load({"network": network, "requests": [wish]}).job.chains.values()
    return lambda: chain.solve(request)


bench("nested, 8 links, stretched memories", lambda: taken(stretched("nested"), 3), goal=500.0, unit="ms of CPU")
bench("swap-asap, 8 links, stretched", lambda: taken(stretched("swap-asap"), 3), goal=500.0, unit="ms of CPU")
bench("swap-asap, 8 links of unequal attempts", lambda: taken(uneven, 3), goal=200.0, unit="ms of CPU")
bench("nested, 4 links, dropped at 6 slots", lambda: taken(aged(6), 1), goal=2000.0, unit="ms of CPU")
bench("nested, 4 links, dropped at 20 slots", lambda: taken(aged(20), 1), goal=10000.0, unit="ms of CPU")
