"""Click schemes: the closed form over many points, and Fock space against its cut; in CPU time."""

import time
from collections.abc import Callable

import numpy as np

from bellpush.links.single_click import single_click
from bellpush.physics.emitter import emission
from bellpush.physics.fock import Branch, Counter, Meeting, lossy, node
from harness import bench


def million_clicks() -> float:
    """CPU seconds for the weights and the coherence of a million links with every imperfection."""
    rng = np.random.default_rng(1)
    bright, detection = rng.random((2, 1_000_000)), rng.random((2, 1_000_000))
    begin = time.process_time()
    clicks = single_click(
        (bright[0], bright[1]),
        (detection[0], detection[1]),
        dark=1e-6,
        visibility=0.9,
        phase_noise=0.25,
        double_excitation=(0.04, 0.04),
    )
    assert np.all((clicks.up_down + clicks.down_up) / 2 + clicks.coherence <= clicks.probability)
    return time.process_time() - begin


def fock_click(levels: int) -> float:
    """CPU milliseconds for one click of two nodes with two modes an arm."""
    bright = [Branch(0, 0.8, [[0.8, 0.6]]), Branch(1, 0.6, [])]
    arms = [lossy(node(levels, 2, [Branch(0, 1.0, [])], bright), levels, p) for p in (0.2, 0.3)]

    def once() -> None:
        Meeting(arms[0], arms[1], levels, (Counter(dark=1e-3), Counter(dark=1e-3))).click(0)

    once()
    begin, runs = time.process_time(), 0
    while time.process_time() - begin < 0.2:
        once()
        runs += 1
    return 1e3 * (time.process_time() - begin) / runs


def thousand_pulses() -> float:
    """CPU seconds for what 1,000 pulses of different widths leave of an emitter."""
    emission(1e-9, 12e-9)
    begin = time.process_time()
    emission(np.linspace(0.1e-9, 5e-9, 1000), 12e-9)
    return time.process_time() - begin


def of(levels: int) -> Callable[[], float]:
    return lambda: fock_click(levels)


bench("single click over 1e6 points", million_clicks, goal=1.0, unit="s of CPU")
bench("1,000 pulses of finite width", thousand_pulses, goal=1.0, unit="s of CPU")
for levels in (3, 4, 6, 8):
    bench(f"a click in Fock space, {levels} levels a mode", of(levels), goal=1e-3 * levels**5, unit="ms of CPU")
