"""What each imperfection costs, and the dials that scale it."""

from itertools import permutations

import numpy as np
import pytest

from bellpush.hardware.channel import Waveguide
from bellpush.hardware.node import Node
from bellpush.links.budget import budget
from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.link import Link
from bellpush.links.parametric import Parametric
from bellpush.links.single_click import SingleClick

NODES = (Node(memory={"kind": "t1-t2", "t1": 5e-6}), Node(memory={"kind": "t1-t2", "t1": 4e-6, "t2": 3e-6}))
SCHEMES = [
    DirectTransfer(absorption=0.97, duration=2e-7, repetition=2e-5),
    SingleClick(
        bright_state_population=(0.1, 0.2),
        detection_probability=(0.3, 0.4),
        dark_count_probability=1e-3,
        visibility=0.9,
        phase_noise=0.25,
        double_excitation=(0.04, 0.02),
        attempt_duration=5e-6,
    ),
    Parametric(
        attempt_duration=1e-6, success_probability=0.1, state={"kind": "werner", "fidelity": 0.9}, herald_delay=1e-7
    ),
]
CHANNEL = (Waveguide(length=100.0, attenuation=0.005),)


def link(scheme):
    return Link("l", ("a", "b"), NODES, CHANNEL, scheme)


def turned(scheme, strengths):
    """The fidelity with imperfections at some strengths, turned in the order given."""
    dials, scheme = scheme.imperfections(NODES, CHANNEL), scheme.resolved(NODES, CHANNEL)
    for name, strength in strengths.items():
        scheme = dials[name](scheme, strength)
    return link(scheme).fidelity.value


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.kind)
def test_dials_may_be_turned_in_any_order(scheme):
    """Two witnesses: the one order and every other; a cost must not depend on which error was mended first."""
    names = list(scheme.imperfections(NODES, CHANNEL))
    strengths = dict(zip(names, (0.3, 0.5, 0.7, 0.9), strict=False))
    found = [turned(scheme, {name: strengths[name] for name in order}) for order in permutations(names)]
    assert np.ptp(found) < 1e-14


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.kind)
def test_full_strength_leaves_a_scheme_as_it_is_and_less_is_better(scheme):
    """A dial at 1 is no change at all; a scan of strengths from 1 to 0 must rise without a step at either end."""
    for name in scheme.imperfections(NODES, CHANNEL):
        assert turned(scheme, {name: 1.0}) == link(scheme).fidelity.value
        rising = [turned(scheme, {name: strength}) for strength in (1, 1 - 1e-9, 0.5, 1e-9, 0)]
        assert rising == sorted(rising)
        assert rising[4] > rising[0]
        assert rising[1] == pytest.approx(rising[0], abs=1e-8)
        assert rising[3] == pytest.approx(rising[4], abs=1e-4)  # a visibility counts by its root


def test_loss_in_the_channel_is_an_imperfection_as_good_as_one_given():
    """Two witnesses: a transmission that the channel gives, and the same number written into the scheme."""
    derived = budget(link(SCHEMES[0]))
    written = budget(link(SCHEMES[0].changed(transmission=10**-0.05)))
    assert [cost.name for cost in derived] == [cost.name for cost in written]
    for one, other in zip(derived, written, strict=True):
        assert one.alone_on == pytest.approx(other.alone_on, abs=1e-14)


def test_the_budget_of_humphreys_2018_at_a_bright_population_of_a_tenth():
    """What each imperfection costs, worked out independently of this code, to 0.002: alone off, and a to 0."""
    scheme = SingleClick(
        bright_state_population=0.1,
        detection_probability=(2.8e-4, 4.2e-4),
        dark_count_probability=5e-7,
        visibility=0.9,
        phase_noise=np.radians(14.3),
        double_excitation=0.04,
        attempt_duration=5.5e-6,
    )
    plain = Link("l", ("a", "b"), (Node(), Node()), (), scheme)
    assert plain.fidelity.value == pytest.approx(0.829, abs=1e-3)
    costs = {cost.name: cost for cost in budget(plain)}
    known = {"visibility": 0.021, "double excitation": 0.016, "phase noise": 0.012, "dark counts": 0.011}
    for name, cost in known.items():
        assert costs[name].alone_off == pytest.approx(cost, abs=2e-3)
    # Dark counts would take over as the population tends to 0: they are off on both sides.
    assert costs["both nodes bright"].in_limit == pytest.approx(0.093, abs=2e-3)


def test_what_one_number_costs_alone_is_its_closed_form():
    """(1 + sqrt(eta))^2 / 4 for loss; 1 - exp(-t/2T1 - ...) is left to the memories' own tests."""
    costs = {cost.name: cost for cost in budget(link(SCHEMES[0]))}
    assert costs["loss on the way"].alone_on == pytest.approx(1 - (1 + 10**-0.025) ** 2 / 4, abs=1e-12)
    assert costs["missed absorption"].alone_on == pytest.approx(1 - (1 + 0.97**0.5) ** 2 / 4, abs=1e-12)
