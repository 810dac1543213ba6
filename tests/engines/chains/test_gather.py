"""Several pairs side by side: against pairs that meet two by two, and against sums over all their times."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from tests.states.independent import random_state

from bellpush.engines.chains.gather import gather
from bellpush.engines.chains.law import segment
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.rows import BELL, FULL, Rows, bilinear, fading, werner
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising
from bellpush.states.channel import apply
from bellpush.states.distill import distill
from bellpush.states.pair import bell_diagonal, from_density


def dejmps(*pairs):
    return distill(pairs, "dejmps", gate_errors=(0.02, 0.05), readout_errors=(0.01, 0.03))


@pytest.mark.parametrize("leaky", [False, True])
def test_two_pairs_gather_as_they_meet(leaky):
    """Two exact methods for one round: as who comes last, and as all by now less all before."""
    rows = Rows(FULL.picks, leaky=leaky)
    pair = from_density(random_state(4).full()) * (0.9 if leaky else 1.0)
    memories = T1T2(t1="30 s", t2="20 s", excited=0.1), Depolarising(time="50 s")
    law, fade = segment(rows, 0.2, pair), fading(rows, *memories, 1.0)
    one, two = gather(law, 2, dejmps, fade), meet(law, law, bilinear(rows, dejmps), fade, fade)
    np.testing.assert_allclose(one.success, two.success, atol=1e-14)
    np.testing.assert_allclose(one.failure, two.failure, atol=1e-14)
    assert one.lost == pytest.approx(two.lost)
    assert one.late == pytest.approx(two.late)
    rough = replace(law, lost=np.array(0.01), late=np.array(0.2))
    one, two = gather(rough, 2, dejmps, fade), meet(rough, rough, bilinear(rows, dejmps), fade, fade)
    assert (one.lost, one.late) == (pytest.approx(two.lost), pytest.approx(two.late))


def test_three_pairs_are_summed_over_all_their_times():
    """The repetition code on pairs that came at up to 12 slots each, one by one."""
    p, slots = 0.3, 12
    pair = bell_diagonal({"phi+": 0.8, "psi+": 0.15, "psi-": 0.05})
    first, second = Dephasing(time="30 s"), Depolarising(time="9 s")
    law, fade = segment(BELL, p, pair), fading(BELL, first, second, 1.0)
    found = gather(law, 3, lambda *pairs: distill(pairs, "repetition-3"), fade)
    expected, failed = np.zeros((4, slots + 1)), np.zeros(slots + 1)
    for times in itertools.product(range(1, slots + 1), repeat=3):
        chance, last = np.prod([p * (1 - p) ** (t - 1) for t in times]), max(times)
        aged = [apply(pair, first.transfer(float(last - t)), second.transfer(float(last - t))) for t in times]
        kept = distill(aged, "repetition-3")
        expected[:, last] += chance * np.diagonal(kept)
        failed[last] += chance * (1 - kept[0, 0])
    np.testing.assert_allclose(found.success[:, : slots + 1], expected, atol=1e-14)
    np.testing.assert_allclose(found.failure[: slots + 1], failed, atol=1e-14)


def test_rows_of_werner_pairs_are_refused():
    """What comes out is no Werner pair, and must not be read as one."""
    memory, rows = Depolarising(time="9 s"), werner()
    law = segment(rows, 0.2, bell_diagonal({"phi+": 0.7, "phi-": 0.1, "psi+": 0.1, "psi-": 0.1}))
    with pytest.raises(ValueError, match="Try rows BELL"):
        gather(law, 2, dejmps, fading(rows, memory, memory, 1.0))
