"""Links by a clock, and links that are held."""

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.engines.chains.witness import active_chain

from bellpush.engines.chains.clocked import active, best_weight, efficiency_needed, swapped
from bellpush.engines.sums import first_kept
from bellpush.states.measures import fidelity
from bellpush.states.pair import werner


@pytest.mark.parametrize(
    ("links", "needed", "tolerance"),
    [(1, 0.826017560096, 1e-9), (2, 3, 1e-8), (4, 9, 1e-8), (10, 32.7601970117, 1e-8), (100, 580.2, 1e-4)],
)
def test_the_link_efficiency_that_n_clocked_links_need(links, needed, tolerance):
    """The threshold grows like n ln n. Whole numbers for two and four links: ln 3 / 2 and ln 9 / 8 are easy."""
    eta = efficiency_needed(links)
    assert eta == pytest.approx(needed, rel=tolerance)
    assert best_weight(eta) ** links == pytest.approx(1 / 3, rel=1e-12)
    assert eta == pytest.approx(
        brentq(
            lambda e: links * np.log(e) / (e - 1) - np.log(3), 1.0001 if links > 1 else 0.1, 1e4 if links > 1 else 0.99
        ),
        rel=1e-9,
    )


def test_discrete_attempts_find_the_same_threshold():
    """The best of all periods, at eta = 9 and attempts of success 1e-4, swapped over four links: F = 1/2."""
    p, eta = 1e-4, 9.0
    kept = first_kept(p, np.arange(1, 40_000), p / eta).max()
    pair = swapped([werner((1 + 3 * kept) / 4)] * 4)
    assert fidelity(pair) == pytest.approx(0.5, abs=2e-5)


def test_pairs_that_are_too_bad_need_more_than_any_memory():
    assert efficiency_needed(2, fidelity=0.9, fresh=0.92) == np.inf
    eta = efficiency_needed(3, fidelity=0.6, fresh=0.98)
    weight = best_weight(eta) * (4 * 0.98 - 1) / 3
    assert weight**3 == pytest.approx((4 * 0.6 - 1) / 3, rel=1e-12)


def test_eight_links_of_98_percent():
    assert fidelity(swapped([werner(0.98)] * 8)) == pytest.approx(0.854162878171, rel=1e-12)


def test_a_link_that_is_held_and_made_again():
    """Formula and a Markov chain over the ages. The policy is that of Khatri, Quantum 5, 546 (2021)."""
    share, weight = active(0.1, 20, np.exp(-1 / 100))
    assert share == pytest.approx(0.7, rel=1e-10)
    assert weight == pytest.approx(0.9064971964854721, rel=1e-10)
    for p, kept in ((0.1, 20), (0.7, 3), (0.3, 0)):
        stationary = active_chain(p, kept)
        assert active(p, kept)[0] == pytest.approx(1 - stationary[0], rel=1e-10)
        aged = (stationary[1:] * 0.9 ** np.arange(kept + 1)).sum() / stationary[1:].sum()
        assert active(p, kept, 0.9)[1] == pytest.approx(aged, rel=1e-10)
