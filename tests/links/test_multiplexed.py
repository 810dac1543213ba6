"""Multiplexing: the law of many modes, their time, what is kept, and that both roads agree in any memory."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import binom

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.heralded import Heralded
from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.engines.exact import Exact
from bellpush.engines.physics import Physics
from bellpush.ground.streams import Streams
from bellpush.hardware.channel import Fibre
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import T1T2, Dephasing, Depolarising, Perfect, Stretched
from bellpush.hardware.node import Node
from bellpush.links.budget import budget
from bellpush.links.link import Link
from bellpush.links.multiplexed import Multiplexed
from bellpush.links.multiplexed_played import play_several
from bellpush.links.parametric import Parametric
from bellpush.links.several import any_mode, pairs_kept, places
from bellpush.links.single_click import SingleClick
from bellpush.states import pair as pairs

ONE = {"kind": "parametric", "attempt_duration": 1e-4, "success_probability": 1e-3}
ONE |= {"state": {"kind": "werner", "fidelity": 0.9}, "herald_delay": 1e-4}
BARE = (Node(), Node())


def of(modes, **more):
    return Multiplexed(scheme=ONE | more.pop("one", {}), modes=modes, **more)


@given(st.floats(1e-12, 1), st.integers(1, 200))
def test_one_herald_or_more_is_all_but_none(p, modes):
    """M1, to 1e-12. Two witnesses: floating point, and the same law in fractions, which round nothing."""
    assert any_mode(p, modes) == pytest.approx(float(1 - (1 - Fraction(p)) ** modes), rel=1e-12)


def test_sixty_two_modes():
    """M2 and T7: 62 modes at a thousandth herald 0.0601463 a round, 60.15 times as often as one."""
    many, one = (of(modes).link_model(BARE, ()).success_probability for modes in (62, 1))
    assert many == pytest.approx(1 - 0.999**62, abs=1e-12)
    assert many == pytest.approx(0.0601463, abs=5e-8)
    assert many / one == pytest.approx(60.15, abs=0.005)


def test_fifteen_modes_gain_fifteen_where_heralds_are_rare():
    """M3: the gain in rate of 15 modes is 15, to 0.2, far below one herald in 15; and much less near it."""
    rare, often = ((of(15, one={"success_probability": p}), p) for p in (1e-4, 0.2))
    assert rare[0].link_model(BARE, ()).success_probability / rare[1] == pytest.approx(15, abs=0.2)
    assert often[0].link_model(BARE, ()).success_probability / often[1] < 5


def test_bins_in_time_take_time():
    """By hand: 62 bins of 100 ns add 6.1 us to a round of 100 us; the switch adds its own to rounds and ages."""
    model = of(62, multiplexing="time", spacing=1e-7, feed_forward=2e-6).link_model(BARE, ())
    assert model.attempt_duration == pytest.approx(1e-4 + 6.1e-6 + 2e-6)
    assert model.herald_delay == pytest.approx(1e-4 + 2e-6)
    at_once = of(62, multiplexing="frequency").link_model(BARE, ())
    assert at_once.attempt_duration == 1e-4


# The law of scipy overflows for probabilities that cannot be normal numbers.
@given(
    st.floats(0, 1, allow_subnormal=False).map(lambda p: p if p > 1e-300 else 0.0),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_extra_pairs_fill_the_room_there_is(p, modes, room):
    """Two witnesses: the running sum, and the mean of min(k, room) over the binomial law of scipy."""
    k = np.arange(modes + 1)
    expected = (np.minimum(k, room) * binom.pmf(k, modes, p)).sum()
    assert pairs_kept(p, modes, room) == pytest.approx(expected, abs=1e-10)


def test_many_modes_keep_their_mean():
    """Where no mode being heralded is too unlikely for a number, and there is room for twice the mean."""
    assert pairs_kept(0.1, 10_000, 2_000) == pytest.approx(1000, rel=1e-10)


def test_what_is_dropped_is_said():
    """Three pairs a round of which one is kept would be believed to be three."""
    busy = of(100, one={"success_probability": 0.03})
    assert not of(2).link_model(BARE, ()).notes
    (said,) = busy.link_model(BARE, ()).notes
    assert "one pair is kept a round; 2.15 more for each" in said
    roomy = busy.link_model((Node(qubits=5), Node(qubits=3)), ()).notes[0]
    assert "3 qubits at both nodes keep 2.338 pairs a round; requests take the first, 0.9524 a round." in roomy
    assert "0.662 more find no room and are dropped" in roomy
    (whole,) = busy.link_model((Node(qubits=50), Node(qubits=50)), ()).notes
    assert "dropped" not in whole


def test_detectors_that_are_blind_in_the_next_bins_are_said():
    """A dead time of three bins: what is not counted, with its size; in space each mode has detectors of its own."""
    one = {"kind": "single-click", "bright_state_population": 0.3, "detection_probability": 0.2}
    one |= {"attempt_duration": 1e-4, "detection": {"dead_time": 3.5e-6}, "visibility": 0.0}
    binned = Multiplexed(scheme=one, modes=10, multiplexing="time", spacing=1e-6)
    said = binned.link_model(BARE, ()).notes[-1]
    assert "a click blinds one for 3 bins more, which is not counted" in said
    assert f"about {3 * (0.3 * 0.2) ** 2 / 2:.2g} of the first pairs" in said
    assert not any("spacing" in note for note in Multiplexed(scheme=one, modes=10).link_model(BARE, ()).notes)


MEMORIES = [Perfect(), Depolarising(time=2e-5), Dephasing(time=1e-5), T1T2(t1=1e-5, t2=8e-6, excited=0.3)]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(MEMORIES),
    st.sampled_from(MEMORIES),
    st.floats(0, 1),
    st.floats(0.01, 1),
    st.integers(1, 25),
    st.floats(0, 1),
)
def test_pairs_of_early_bins_wait_for_the_last(first, second, bright, detected, modes, switched):
    """Both roads in memories that lose much between bins: sums of exponentials, and every bin's density matrix."""
    click = SingleClick(bright_state_population=bright, detection_probability=detected, attempt_duration=1e-6)
    scheme = Multiplexed(scheme=click, modes=modes, multiplexing="time", spacing=1e-6, switching=(switched, 0.9))
    ends = (Node(memory=first), Node(memory=second))
    model, played, births = scheme.link_model(ends, ()), scheme.attempts(ends, ()), scheme.births(ends, ())
    total = played.probabilities.sum()
    assert model.success_probability == pytest.approx(total, abs=1e-12)
    if total > 1e-6:
        mean = pairs.from_density(np.tensordot(played.probabilities, played.states, axes=1) / total)
        assert model.born == pytest.approx(mean, abs=1e-9)
        assert births.pair == pytest.approx(mean, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(MEMORIES),
    st.sampled_from(MEMORIES),
    st.floats(0, 1),
    st.floats(0.01, 1),
    st.integers(2, 25),
    st.integers(2, 6),
    st.sampled_from([None, 1e-6]),
)
def test_every_pair_that_a_round_keeps_by_both_roads(first, second, bright, detected, modes, room, spacing):
    """How many there are, and pair number j as old as its bin makes it: the law, and a count moved mode by mode."""
    click = SingleClick(bright_state_population=bright, detection_probability=detected, attempt_duration=1e-6)
    time = {} if spacing is None else {"multiplexing": "time", "spacing": spacing}
    scheme = Multiplexed(scheme=click, modes=modes, switching=(0.8, 0.9), feed_forward=1e-6, **time)
    ends = (Node(memory=first, qubits=room), Node(memory=second, qubits=room + 1))
    way = (Fibre(length=100.0),)  # from birth to herald takes half of an attempt
    several = scheme.several(ends, way)
    count, weighed = play_several(click.attempts(ends, way), ends, modes, room, scheme.gap, (0.8, 0.9), 1e-6)
    assert several.probabilities == pytest.approx(count, abs=1e-12)
    assert several.mean == pytest.approx(pairs_kept(click.link_model(ends, ()).success_probability, modes, room))
    for chance, pair, played in zip(several.reached, several.pairs, weighed, strict=True):
        if chance > 1e-9:
            assert chance * pair == pytest.approx(pairs.from_density(played), abs=1e-9)
    # The first of them is the pair of the link.
    link = Link("l", ("a", "b"), ends, way, scheme)
    if several.reached[0] > 1e-9:
        assert several.pairs[0] == pytest.approx(link.pair, abs=1e-9)
        assert several.reached[0] == pytest.approx(link.success_probability.value, abs=1e-12)


@given(
    st.floats(0, 1, allow_subnormal=False).map(lambda p: p if p > 1e-300 else 0.0),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_pair_number_j_comes_in_the_mode_of_its_herald(p, modes, room):
    """Two witnesses: the weights, and scipy's binomial: j - 1 heralds before, one there; all of them at least j."""
    found = list(places(p, modes, room))
    assert len(found) == min(modes, room)
    for number, weights in enumerate(found, start=1):
        expected = p * binom.pmf(number - 1, np.arange(modes), p)
        assert weights == pytest.approx(expected, abs=1e-12)
        assert weights.sum() == pytest.approx(binom.sf(number - 1, modes, p), abs=1e-10)


def test_many_modes_with_much_room_do_not_underflow():
    """2000 modes at a half: 1000 pairs are kept of each round, though (1/2)^2000 is no number."""
    scheme = of(2000, one={"success_probability": 0.5})
    several = scheme.several((Node(qubits=1000), Node(qubits=1000)), ())
    assert several.probabilities[-1] == pytest.approx(binom.sf(999, 2000, 0.5), rel=1e-9)
    assert several.probabilities.sum() == pytest.approx(1, abs=1e-12)


def test_pairs_a_second_are_all_that_are_kept():
    """3 % of 100 modes every 100 us: 2.338 pairs of a round with room for three, 23.38 kHz; one qubit says nothing."""
    roomy = Link("l", ("a", "b"), (Node(qubits=3),) * 2, (), of(100, one={"success_probability": 0.03}))
    assert roomy.pairs.value == pytest.approx(2.338, abs=5e-4)
    assert roomy.pair_rate.value == pytest.approx(roomy.pairs.value / 1e-4, rel=1e-12)
    assert roomy.pair_fidelity.value == pytest.approx(0.9, abs=1e-12)
    assert roomy.rate.value == pytest.approx(any_mode(0.03, 100) / 1e-4, rel=1e-12)
    single = Link("l", ("a", "b"), (Node(qubits=3), Node()), (), of(100))
    assert (single.several, single.pairs, single.pair_rate, single.pair_fidelity) == (None,) * 4
    assert Link("l", ("a", "b"), (Node(qubits=3),) * 2, (), Parametric(**ONE)).several is None


def test_no_round_keeps_a_pair_of_nothing():
    """Modes that never herald, and such as always do."""
    ends = (Node(qubits=3),) * 2
    never = Link("l", ("a", "b"), ends, (), of(5, one={"success_probability": 0.0}))
    assert never.pairs.value == 0
    assert never.pair_fidelity.value is None
    always = of(5, one={"success_probability": 1.0}).several(ends, ())
    assert always.probabilities == pytest.approx([0, 0, 0, 1], abs=1e-15)


def test_fields_may_hold_arrays():
    """A sweep over the inner success probability or the switch is one batch."""
    p = np.array([0.0, 1e-3, 0.5, 1.0])
    scheme = of(7, multiplexing="time", spacing=1e-6, switching=0.8)
    ends = (Node(memory=Depolarising(time=1e-5)), Node())
    swept = scheme.changed(scheme=scheme.scheme.changed(success_probability=p)).births(ends, ())
    for index, one in enumerate(p[1:], start=1):
        alone = scheme.changed(scheme=scheme.scheme.changed(success_probability=one)).births(ends, ())
        assert swept.success[index] == pytest.approx(float(alone.success), abs=1e-14)
        assert swept.pair[index] == pytest.approx(alone.pair, abs=1e-14)


@pytest.mark.parametrize("delivery", [Heralded(), Clocked(period=2e-3, fallback="mixed")], ids=["heralded", "clocked"])
def test_both_engines_agree_on_many_modes(delivery):
    """The scheme as a whole, engines included; a switch that loses a tenth leaves pairs of weight 0.9."""
    node = Node(memory=Depolarising(time=1e-3))
    scheme = of(20, multiplexing="time", spacing=2e-6, switching=(0.9, 1.0), feed_forward=1e-5)
    request = Request("it", Link("l", ("a", "b"), (node, node), (), scheme), delivery)
    job = Job({"l": request.link}, {"it": request}, hash="", shots=4000)
    exact, played = (engine.run(job, Streams(1))["it"] for engine in (Exact(), Physics()))
    for name, ours, theirs in exact.beside(played):
        assert ours.agrees(theirs, sigmas=4), (name, ours, theirs)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"modes": 0}, "whole number of at least 1, but is 0"),
        ({"modes": 1.5}, "must be a whole number, but is 1.5"),
        ({"modes": 10**7}, "at most 1000000 `modes`"),
        ({"multiplexing": "time"}, "needs the `spacing` of its time bins"),
        ({"spacing": 1e-6}, "takes a `spacing` only in time, but its modes differ in space"),
        ({"multiplexing": "colour"}, "'space', 'frequency' or 'time'"),
        ({"switching": 1.2}, "at most 1, but is 1.2"),
        ({"feed_forward": -1e-6}, "at least 0 s, but is -1 us"),
        ({"scheme": {"kind": "direct-transfer", "transmission": 1, "duration": 0, "repetition": 1}}, "that heralds"),
        ({"scheme": {"kind": "multiplexed", "scheme": ONE, "modes": 2}}, "does not match any of the expected tags"),
        ({"multiplexing": "time", "spacing": 0.0}, "greater than 0 s"),
    ],
)
def test_what_no_multiplexing_can_be_is_refused(fields, said):
    """Half a mode, or a switch that gains, would be believed further up."""
    with pytest.raises(ValidationError) as caught:
        Multiplexed(**{"scheme": ONE, "modes": 2, **fields})
    assert said in str(caught.value)


def test_time_bins_need_memories_that_forget_their_age():
    """Pairs of different age cannot be mixed where the loss of the next second depends on it."""
    ends = (Node(), Node(memory=Stretched(time=1.0, exponent=2)))
    assert "a node's is stretched" in of(3, multiplexing="time", spacing=1e-6).contradiction(ends, ())
    assert of(3).contradiction(ends, ()) is None
    assert Parametric(**ONE).contradiction(ends, ()) is None


CENTRE = {"lifetime": 12e-9, "pulse_width": 2e-9}


@pytest.mark.parametrize(
    ("fields", "spacing", "said"),
    [
        ({"detection": {"window": 25e-9}}, 10e-9, "at least its `window` 25 ns, or the photons of neighbouring bins"),
        ({"detection": {"window": 25e-9}}, 25e-9, None),
        ({}, 100e-9, "at least 10 lifetimes, in which photons come, 120 ns, or"),
        ({}, 121e-9, None),
        # Trains of five pulses each: the second one between those of the first, beside it, or long after it.
        ({"detection": {"window": 25e-9}, "separation": 130e-9}, 100e-9, None),
        ({"detection": {"window": 25e-9}, "separation": 210e-9}, 100e-9, "after their own, 10 ns from another"),
        ({"detection": {"window": 25e-9}, "separation": 1e-6}, 100e-9, None),
        # Without a separation the rounds take turns: 7 ns of pulse and 25 ns of window.
        ({"kind": "double-click", "detection": {"window": 25e-9}}, 30e-9, "needs a `spacing` at which second"),
        ({"kind": "double-click", "detection": {"window": 25e-9}}, 60e-9, None),
    ],
)
def test_photons_of_neighbouring_bins_must_not_mix(fields, spacing, said):
    """A click would be counted for two modes at once, or for the wrong one."""
    kind = fields.get("kind") or ("double-click" if "separation" in fields else "single-click")
    bright = {"bright_state_population": 0.1} if kind == "single-click" else {}
    scheme = Multiplexed(scheme={**bright, **fields, "kind": kind}, modes=5, multiplexing="time", spacing=spacing)
    found = scheme.contradiction((Node(device=Emitter(**CENTRE)),) * 2, ())
    assert found is None if said is None else said in found
    assert scheme.changed(modes=1).contradiction((Node(device=Emitter(**CENTRE)),) * 2, ()) is None


@pytest.mark.parametrize("dead_time", [0.0, 3e-6])
def test_a_budget_shrinks_the_spacing_to_nothing_and_divides_by_none(dead_time):
    """One dial takes the waiting for the last bin away: 0 / 0 dead times a bin would end in a warning."""
    click = SingleClick(
        bright_state_population=0.1,
        detection_probability=0.2,
        visibility=0.9,
        attempt_duration=1e-4,
        detection={"dead_time": dead_time},
    )
    scheme = Multiplexed(scheme=click, modes=10, multiplexing="time", spacing=1e-6)
    nodes = (Node(memory=Dephasing(time=1e-4)),) * 2
    with np.errstate(all="raise", under="ignore"):
        costs = {cost.name: cost for cost in budget(Link("l", ("a", "b"), nodes, (), scheme))}
    assert costs["waiting for the last bin"].alone_off > 0.01
