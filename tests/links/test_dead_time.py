"""Dead time: detectors followed on their time line, attempts one after another, and what a link makes of both."""

import numpy as np
import pytest

from bellpush.hardware.channel import Converter, Fibre
from bellpush.hardware.node import Node
from bellpush.links.dead_time import blind, live_share, live_share_played, outlasted, still_live
from bellpush.links.double_click import DoubleClick
from bellpush.links.single_click import SingleClick

NODES = (Node(), Node())


def clicks(rng, rate, dead, count):
    """Times at which a detector counts in the dark: blind for its dead time, then waiting for the next."""
    return np.cumsum(rng.exponential(1 / rate, count) + dead) - dead


def alive(times, dead, moments):
    """Whether a detector is live at each of some moments."""
    last = times[np.maximum(np.searchsorted(times, moments) - 1, 0)]
    return (moments <= times[0]) | (moments - last >= dead)


def test_a_detector_is_blind_as_often_as_on_its_time_line():
    """100,000 dark counts, looked at 200,000 times: within 4 standard errors, at once and half a dead time later."""
    rng = np.random.default_rng(3)
    rate, dead = 0.7, 1.0
    times = clicks(rng, rate, dead, 100_000)
    moments = rng.uniform(times[0], times[-1] - dead, 200_000)
    live = alive(times, dead, moments)
    error = np.sqrt(live.mean() * (1 - live.mean()) / 50_000)  # moments less than a dead time apart are not independent
    assert blind(rate, dead) == pytest.approx(1 - live.mean(), abs=4 * error)
    again = alive(times, dead, moments[live] + dead / 2)
    assert still_live(blind(rate, dead), 0.5) == pytest.approx(again.mean(), abs=4 * error)


def test_attempts_that_are_dropped_are_those_of_a_simulated_run():
    """Until the first herald, 4000 times over: each loud attempt is followed by three blind ones."""
    rng = np.random.default_rng(7)
    herald, missed, further = 0.05, 0.2, 3
    lives = rng.geometric(herald, 4000)
    waits = lives + further * rng.binomial(lives - 1, missed / (1 - herald))
    expected = 1 / (herald * live_share(missed, further))
    assert waits.mean() == pytest.approx(expected, abs=4 * waits.std() / np.sqrt(4000))
    assert live_share_played(missed, further) == pytest.approx(live_share(missed, further), rel=1e-14)


def test_a_dead_time_that_ends_with_the_attempt_outlasts_none():
    """The next window opens just then."""
    found = [outlasted(dead, 5e-6) for dead in (0.0, 1e-6, 5e-6, 5.1e-6, 10e-6, 12e-6)]
    assert found == [0, 0, 0, 1, 1, 2]


def click(**fields):
    basis = {"bright_state_population": 0.3, "detection_probability": 0.2, "attempt_duration": 5e-6}
    return SingleClick(**{**basis, **fields})


def test_dark_counts_before_the_window_cost_rate_and_no_fidelity():
    """1 kHz and 100 us: a detector is blind with 1/11, both are live with 0.826, at the same pair."""
    seen = {"dark_count_rate": 1e3, "window": 1e-8}
    sharp = click(detection=seen, attempt_duration=1e-3).link_model(NODES, ())
    scheme = click(detection={**seen, "dead_time": 1e-4}, attempt_duration=1e-3)
    assert scheme.resolved(NODES, ()).blind_probability == pytest.approx(1 / 11)
    dead = scheme.link_model(NODES, ())
    assert dead.success_probability / sharp.success_probability == pytest.approx((10 / 11) ** 2, rel=1e-12)
    assert dead.born == pytest.approx(sharp.born, abs=1e-14)
    assert not dead.notes


def test_noise_of_a_converter_blinds_as_well():
    """Half of what two arms add, at each detector."""
    way = (Converter(efficiency=0.5, noise=2e3), Fibre(length=0.0))
    found = click(detection={"dead_time": 1e-4, "window": 1e-8, "efficiency": 0.5}).resolved(NODES, way)
    assert found.blind_probability == pytest.approx(blind(0.5 * 1e3, 1e-4), rel=1e-12)


def test_both_clicks_of_an_attempt_cost_the_attempts_after_it():
    """By hand: both nodes bright, both photons seen, by different detectors; 3 attempts more are lost each time."""
    loud = (0.3 * 0.2) ** 2 / 2
    sharp = click(visibility=0.0).link_model(NODES, ()).success_probability
    model = click(visibility=0.0, detection={"dead_time": 1.6e-5}).link_model(NODES, ())
    assert model.success_probability == pytest.approx(sharp / (1 + 3 * loud), rel=1e-12)
    assert "3 more find one blind after clicks that were no herald and are dropped, 0.0054 of all" in model.notes[0]
    assert "those right after a herald are not counted" in model.notes[0]


def test_two_clicks_lose_an_attempt_to_every_photon_that_comes_alone():
    """Most photons of a double click come alone; with a dead time beyond the attempt each costs the next."""
    fields = {"detection_probability": 0.2, "attempt_duration": 5e-6, "separation": 1e-6}
    sharp = DoubleClick(**fields, detection={"dead_time": 2e-6}).link_model(NODES, ()).success_probability
    model = DoubleClick(**fields, detection={"dead_time": 6e-6}).link_model(NODES, ())
    loud = 1 - sharp - 0.8**2
    assert model.success_probability == pytest.approx(sharp / (1 + loud), rel=1e-12)


def test_two_rounds_and_four_detectors_need_as_many_to_be_live():
    """Time bins: both detectors twice, the second time after part of the dead time; polarisation: four once."""
    fields = {"detection_probability": 0.2, "attempt_duration": 5e-6, "blind_probability": 0.1}
    binned = DoubleClick(**fields, separation=1e-6, detection={"dead_time": 4e-6})
    assert binned.open == pytest.approx((0.9 * np.exp(-(1 / 9) / 4)) ** 2, rel=1e-12)
    assert DoubleClick(**fields, encoding="polarisation").open == pytest.approx(0.9**4, rel=1e-14)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"blind_probability": 1.1}, "at most 1, but is 1.1"),
        ({"blind_probability": -0.1}, "at least 0, but is -0.1"),
        ({"blind_probability": "often"}, "must be a number"),
        ({"detection": {"dead_time": -1e-6}}, "at least 0 s, but is -1 us"),
        ({"detection": {"jitter": -1e-10}}, "at least 0 s, but is -100 ps"),
        ({"detection": {"jitter": float("nan")}}, "finite"),
        ({"detection": {"jitter": [1e-10, 2e-10]}}, "is a list of 2"),
        ({"detection": {"dead_time": float("inf")}}, "finite"),
    ],
)
def test_no_detector_is_blind_that_cannot_be(fields, said):
    """Refused where it is built."""
    with pytest.raises(ValueError, match="bellpush") as caught:
        click(**fields)
    assert said in str(caught.value)
