"""Laws as records: links, tails, windows, delays."""

import numpy as np
import pytest
from tests.engines.chains.witness import nested

from bellpush.engines.chains.law import LONGEST, segment, window
from bellpush.engines.chains.meet import meet
from bellpush.engines.chains.renewal import repeat
from bellpush.engines.chains.rows import BELL, Fading, swapping, werner
from bellpush.engines.chains.subset import subset_chain
from bellpush.ground.errors import ConvergenceError, UnsupportedError
from bellpush.states import pair as pairs

PAIR = pairs.werner(0.9)


def test_a_link_is_a_tail_alone():
    law = segment(BELL, 0.1, PAIR)
    assert law.mean == pytest.approx(10, rel=1e-12)
    assert law.total == pytest.approx(PAIR.diagonal(), rel=1e-12)
    assert law.at(4)[0] == pytest.approx([0, 0.1, 0.09, 0.081], rel=1e-12)
    assert law.at(1).shape == (4, 1)
    assert law.state == pytest.approx(PAIR, abs=1e-15)


@pytest.mark.parametrize("slots", [1, 3])
def test_a_link_may_begin_later(slots):
    law = segment(BELL, 0.2, PAIR, slots=slots, delay=5)
    assert law.mean == pytest.approx(5 + slots / 0.2, rel=1e-12)
    moved = segment(BELL, 0.2, PAIR, slots=slots).delayed(5)
    assert moved.mean == pytest.approx(law.mean, rel=1e-12)
    assert moved.at(40) == pytest.approx(law.at(40), abs=1e-16)


def test_a_certain_link_is_there_after_one_attempt():
    law = segment(BELL, np.array([1.0, 0.5]), PAIR)
    assert law.mean.tolist() == [1.0, 2.0]
    assert law.at(3)[0, 0].tolist() == [0.0, 1.0, 0.0]


def test_what_a_window_leaves_out_it_states():
    """Probability and mean of the part beyond the window, in rows or in the tail."""
    for law in (segment(BELL, 0.1, PAIR), nested(2, 0.2, 0.5)):
        for slots in (10, 60, 400):
            cut = window(law, slots) if law.mean < slots else None
            if cut is None:
                continue
            assert cut.total[0] + cut.lost == pytest.approx(1, abs=1e-12)
            assert cut.mean + cut.late == pytest.approx(law.mean, rel=1e-9)
    with pytest.raises(ConvergenceError, match="5 slots hold less than half of the probability"):
        window(segment(BELL, 0.01, PAIR), 5)


def test_links_too_rare_to_follow_slot_by_slot_are_refused():
    rare = segment(BELL, 1e-9, PAIR)
    fade = Fading(np.ones(4))
    with pytest.raises(UnsupportedError, match=rf"keeps at most {LONGEST}.*Try --engine physics"):
        meet(rare, rare, swapping(BELL), fade, fade)
    with pytest.raises(UnsupportedError, match="Try attempts of equal duration"):
        segment(BELL, 1e-6, PAIR, slots=2)


def test_a_round_that_never_succeeds_is_refused():
    """Attempts of two and three slots meet in one slot only at six; a pair of the first may wait 0 slots."""
    rows, fade = werner(), Fading(np.ones(2))
    one, two = segment(rows, 1.0, PAIR, slots=2), segment(rows, 1.0, PAIR, slots=3)
    with pytest.raises(ConvergenceError, match="must be able to succeed, but never does"):
        repeat(meet(one, two, swapping(rows), fade, fade, limit_first=0, limit_second=0))


def test_subsets_of_too_many_links_are_refused():
    with pytest.raises(UnsupportedError, match=r"at most 20 links, not 21"):
        subset_chain([0.1] * 21, np.ones((1, 21)), np.ones((1, 22)))
