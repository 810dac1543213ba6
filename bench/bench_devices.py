"""Maps of devices, and what would make a link good enough; in CPU time, after everything is compiled."""

import time

import bellpush
from bellpush.design.axis import axis
from bellpush.design.improve import needs
from bellpush.design.scan import scan
from harness import bench

GRID = (
    "nodes.{{alice,bob}}.device.linewidth,links.0.scheme.photon.bandwidth=7 MHz:20 MHz:{}",
    "links.0.scheme.transmission=0.7:1:{}",
    "nodes.{{alice,bob}}.device.{{t1_ge,t1_ef,t2_ge,t2_ef}}=log:5 us:50 us:{}",
)


def map_of_devices() -> float:
    """CPU seconds of 25 linewidths, 20 losses and 20 coherence times on the pulse level."""
    scenario = bellpush.load("kurpiers-2018")

    def taken(*counts: int) -> float:
        axes = [axis(scenario, text.format(count)) for text, count in zip(GRID, counts, strict=True)]
        begin = time.process_time()
        scan(scenario, axes, ["requests.clocked.fidelity"])
        return time.process_time() - begin

    taken(5, 5, 5)
    return taken(25, 20, 20)


def good_enough() -> float:
    """CPU seconds to find what reaches 0.9, 0.95 and 0.99."""
    link = bellpush.load("kurpiers-2018").job.links["alice-bob"]
    needs(link)
    begin = time.process_time()
    needs(link)
    return time.process_time() - begin


bench("10,000 devices to a map of fidelity", map_of_devices, goal=2.0, unit="s of CPU")
bench("what reaches 0.9, 0.95 and 0.99", good_enough, goal=1.0, unit="s of CPU")
