"""The two questions of a link's efficiency: their boundaries, against thresholds and against what is played."""

import numpy as np
import pytest

from bellpush.experiments.bound import best_delivered, threshold
from bellpush.report.figures.criteria import BY_THE_CLOCK, NEXT_SUCCESS
from bellpush.report.figures.published import PUBLISHED

# Fresh fidelity -> efficiency from which on the best clock delivers more than 1/2, derived with seven decimals.
THRESHOLDS = {
    1.0: 0.8260175601,
    0.95: 0.9430224,
    0.90: 1.0945431,
    0.85: 1.2973796,
    0.80: 1.5807680,
    0.75: 2.0,
    0.70: 2.6722245,
    0.65: 3.8904633,
    0.60: 6.6152601,
}


@pytest.mark.parametrize(("fresh", "expected"), THRESHOLDS.items())
def test_thresholds_of_the_clock(fresh, expected):
    """T3 and its kin, to the last digit given."""
    assert BY_THE_CLOCK.threshold(fresh) == pytest.approx(expected, abs=6e-8)
    assert BY_THE_CLOCK.needed(expected) == pytest.approx(fresh, abs=1e-7)


def test_the_clock_is_the_bound_of_the_first_demonstration():
    """T1, T2, T3: 0.625 at 2, 1/4 + 3/4e at 1, one half at 0.826; the claims' own function, written apart."""
    for efficiency in (0.1, 0.5, 1.0, 2.0, 7.8, 100.0):
        assert BY_THE_CLOCK.fidelity(efficiency, 1.0) == pytest.approx(best_delivered(efficiency), abs=1e-12)
    assert BY_THE_CLOCK.fidelity(2.0, 1.0) == pytest.approx(0.625, abs=1e-12)
    assert BY_THE_CLOCK.fidelity(1.0, 1.0) == pytest.approx(0.525910, abs=1e-6)
    assert BY_THE_CLOCK.threshold(1.0) == pytest.approx(threshold(), abs=1e-9)


def test_the_time_of_the_threshold():
    """T4: at the threshold the best period is ln 3 decay times; seen on the delivered fidelity of every period."""
    efficiency = threshold()
    periods = np.linspace(0.01, 5, 200_001)
    r, d = efficiency, 1.0
    delivered = 0.25 + 0.75 * r / (r - d) * (np.exp(-d * periods) - np.exp(-r * periods))
    assert periods[delivered.argmax()] == pytest.approx(np.log(3), abs=1e-3)
    assert delivered.max() == pytest.approx(0.5, abs=1e-9)


def test_the_next_success_is_a_mean_over_waits():
    """Two witnesses: the formula, and a million waits of an exponential law."""
    rng, rate, loss, fresh = np.random.default_rng(5), 2.0, 1.5, 0.8
    played = 0.25 + (fresh - 0.25) * np.exp(-loss * rng.exponential(1 / rate, 1_000_000))
    assert NEXT_SUCCESS.fidelity(rate / loss, fresh) == pytest.approx(played.mean(), abs=4 * played.std() / 1e3)


def test_two_questions_share_a_number_by_accident():
    """0.8333 of the next success at a fresh 0.8 is not the 0.826 of the clock at 1: they are two questions."""
    assert NEXT_SUCCESS.threshold(0.8) == pytest.approx(5 / 6, abs=1e-9)
    assert BY_THE_CLOCK.threshold(0.8) > 1.58
    assert NEXT_SUCCESS.threshold(1.0) == pytest.approx(0.5, abs=1e-9)
    liu = PUBLISHED[0]
    assert BY_THE_CLOCK.fidelity(liu.efficiency, liu.fidelity) == pytest.approx(0.474, abs=2e-3)
    assert NEXT_SUCCESS.fidelity(liu.efficiency, liu.fidelity) == pytest.approx(0.552, abs=2e-3)


def test_a_crossing_is_read_from_the_published_numbers():
    """U1 and U2: 4.5 Hz times 1.12 s, and what the best clock makes of it: 0.7516 of perfect pairs, 0.604 of theirs."""
    hucul = next(one for one in PUBLISHED if one.name == "Hucul 2015")
    assert hucul.efficiency == pytest.approx(4.5 * 1.12, abs=0.5)
    assert BY_THE_CLOCK.fidelity(5.0, 1.0) == pytest.approx(0.7516, abs=5e-5)
    assert hucul.fidelity is not None
    assert BY_THE_CLOCK.fidelity(hucul.efficiency, hucul.fidelity) == pytest.approx(0.604, abs=5e-4)


def test_every_link_whose_two_times_are_known_is_in_the_plane():
    """The list of rates over losses, first row to last; two have two working points."""
    known = {"Hucul 2015", "Humphreys 2018", "Liu 2026", "Main 2025", "Delteil 2016", "Pfaff 2014", "Lago-Rivera 2021"}
    known |= {"Garching 2026", "Hänni 2025", "van Leent 2022", "Stephenson 2020"}
    assert {one.name.partition(",")[0] for one in PUBLISHED} == known
    by_name = {one.name: one.efficiency for one in PUBLISHED}
    for name, rate, time in (
        ("Hucul 2015", 4.5, 1.12),
        ("Humphreys 2018, bright 0.3", 39, 1 / 5),
        ("Liu 2026, 10 km", 2.226, 1 / 1.8),
        ("Liu 2026, for keys", 0.327, 1 / 1.8),
        ("Delteil 2016", 2300, 40e-9),
        ("Lago-Rivera 2021", 1400, 25e-6),
        ("Garching 2026, three atoms", 10, 200e-6),
        ("Hänni 2025", 510, 100e-6),
        ("Pfaff 2014", 0.004, 14e-3),
        ("van Leent 2022, 33 km", 0.01, 1e-3),
    ):
        assert by_name[name] == pytest.approx(rate * time, rel=0.08), name


def test_direct_transfer_has_a_threshold_of_its_own():
    """T10: a pair of 0.85 that arrives must do so with 0.41667, or the mixed state of misses wins."""
    arrives = 0.25 / (0.85 - 0.25)
    assert arrives == pytest.approx(0.41667, abs=5e-6)
    assert arrives * 0.85 + (1 - arrives) / 4 == pytest.approx(0.5, abs=1e-12)


def test_every_published_link_says_where_it_comes_from():
    """A point without a source is an opinion."""
    assert len({one.name for one in PUBLISHED}) == len(PUBLISHED)
    for one in PUBLISHED:
        assert one.standing in ("reported", "derived", "secondary", "assumed", "recalled")
        assert len(one.source) > 40
