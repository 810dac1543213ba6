"""What would bring a link to a fidelity: what is found is enough, is not too much, and is the cheapest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bellpush.design.improve import TARGETS, needs, sensitivities
from bellpush.ground.errors import ConvergenceError
from bellpush.hardware.node import Node
from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.link import Link
from bellpush.links.parametric import Parametric
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.links.single_click import SingleClick
from bellpush.states.measures import overlap
from bellpush.states.pair import from_density

A = {"linewidth": 10.4e6, "t1_ge": 5e-6, "t1_ef": 2.3e-6, "t2_ge": 5e-6, "t2_ef": 2e-6}
B = {"linewidth": 13.5e6, "t1_ge": 4.5e-6, "t1_ef": 1.6e-6, "t2_ge": 4e-6, "t2_ef": 1.5e-6}
CHIPS = PhotonTransfer(
    sender=A, receiver=B, transmission=0.77, absorption=0.98, window=0.18e-6, pi_pulse=20e-9, repetition=20e-6
)
MEMORIES = (Node(memory={"kind": "t1-t2", "t1": 5e-6}), Node(memory={"kind": "t1-t2", "t1": 4e-6, "t2": 3e-6}))
BARE = (Node(), Node())
CATCH = DirectTransfer(transmission=0.77, absorption=0.97, duration=2e-7, repetition=2e-5)
CLICK = SingleClick(
    bright_state_population=0.05,
    detection_probability=1e-3,
    dark_count_probability=1e-6,
    visibility=0.9,
    phase_noise=0.25,
    double_excitation=0.04,
    attempt_duration=5e-6,
)
NOISY = Parametric(
    attempt_duration=1e-5, success_probability=0.1, state={"kind": "werner", "fidelity": 0.85}, herald_delay=1e-7
)


def link(scheme, nodes=BARE):
    return Link("l", ("a", "b"), nodes, (), scheme)


LINKS = {
    "photon-transfer": link(CHIPS),
    "direct-transfer": link(CATCH, MEMORIES),
    "single-click": link(CLICK),
    "parametric": link(NOISY, MEMORIES),
}


def turned(one, strengths):
    """The link with imperfections at some strengths, turned one after the other."""
    scheme = one.scheme.resolved(one.nodes, one.channel)
    for name, dial in one.scheme.imperfections(one.nodes, one.channel).items():
        scheme = dial(scheme, strengths.get(name, 1.0))
    return replace(one, scheme=scheme)


def played(one):
    """Fidelity of the pair when the herald is known, by the road of density matrices."""
    found = one.scheme.attempts(one.nodes, one.channel)
    mean = np.tensordot(found.probabilities, found.states, 1) / found.probabilities.sum()
    return float(overlap(one.ageing.at(from_density(mean), found.herald_delay), found.target))


@pytest.mark.parametrize("name", LINKS)
def test_what_is_found_reaches_the_target_and_no_more(name):
    """Two witnesses: the search, many points abreast, and each answer built as a link of its own."""
    one = LINKS[name]
    found = needs(one)
    assert found
    for need in found:
        assert need.now == pytest.approx(one.fidelity.value, abs=1e-9)
        assert need.best == pytest.approx(turned(one, dict.fromkeys(need.alone, 0.0)).fidelity.value, abs=1e-8)
        for dial, strength in need.alone.items():
            if strength is None:
                assert turned(one, {dial: 0.0}).fidelity.value <= need.target + 1e-8
            else:
                assert turned(one, {dial: strength}).fidelity.value == pytest.approx(need.target, abs=1e-7)
        if need.together is None:
            assert need.best <= need.target + 1e-8
        else:
            assert turned(one, need.together).fidelity.value == pytest.approx(need.target, abs=5e-5)


@pytest.mark.parametrize("name", ["photon-transfer", "direct-transfer"])
def test_the_played_road_agrees_that_it_is_enough(name):
    """Two witnesses: the model that was searched, and the same improved devices on density matrices."""
    one = LINKS[name]
    need = next(need for need in needs(one, [0.9]))
    assert played(turned(one, need.together)) == pytest.approx(0.9, abs=5e-5)


@pytest.mark.parametrize("name", LINKS)
def test_the_combination_is_never_dearer_than_one_alone_and_all_of_it_is_worth_the_same(name):
    """Two witnesses: the search, and differences of the fidelity around what it found.

    Were another imperfection worth more per effort, a little moved there would be cheaper.
    """
    one = LINKS[name]
    for need in needs(one):
        if need.together is None:
            continue
        alone = [-np.log(strength) for strength in need.alone.values() if strength is not None]
        assert need.effort <= min(alone, default=np.inf) + 1e-6
        worth = {}
        for dial in need.alone:
            here = need.together.get(dial, 1.0)
            less, more = (turned(one, {**need.together, dial: here * (1 + step)}) for step in (-2e-4, 2e-4))
            worth[dial] = (less.fidelity.value - more.fidelity.value) / 4e-4
        used = [worth[dial] for dial in need.together]
        if len(used) > 1:
            assert used == pytest.approx([np.mean(used)] * len(used), rel=0.02)
        assert max(worth.values()) <= max(used) * 1.02


def test_no_combination_on_a_grid_is_cheaper():
    """Two witnesses: the search, and every combination of three dials on a fine grid."""
    one = LINKS["direct-transfer"]
    for need in needs(one):
        names = list(need.alone)
        efforts = np.stack(np.meshgrid(*[np.linspace(0, 6, 61)] * 3, indexing="ij")).reshape(3, -1)
        scheme = one.scheme.resolved(one.nodes, one.channel)
        for name, effort in zip(names, efforts, strict=True):
            scheme = one.scheme.imperfections(one.nodes, one.channel)[name](scheme, np.exp(-effort))
        births = scheme.births(one.nodes, one.channel)
        reached = overlap(one.ageing.at(births.pair, births.herald_delay), births.target) >= need.target
        cheapest = efforts.sum(axis=0)[reached].min()
        assert need.effort <= cheapest + 1e-6
        assert need.effort == pytest.approx(cheapest, abs=0.3)


@pytest.mark.parametrize("target", [0.9, 0.95, 0.99])
def test_loss_alone_is_its_closed_form(target):
    """F = (1 + sqrt(eta))^2 / 4 may be solved for the loss that is allowed."""
    one = link(DirectTransfer(transmission=0.6, duration=0.0, repetition=1e-6))
    [need] = needs(one, [target])
    allowed = 1 - (2 * np.sqrt(target) - 1) ** 2
    assert need.alone["loss on the way"] == pytest.approx(allowed / 0.4, abs=1e-7)
    assert need.together == pytest.approx({"loss on the way": allowed / 0.4}, abs=1e-4)


def test_more_is_dearer():
    """0.99 takes more than 0.95, and 0.95 more than 0.9."""
    efforts = [need.effort for need in needs(LINKS["photon-transfer"])]
    assert len(efforts) == len(TARGETS)
    assert efforts == sorted(efforts)
    assert efforts[0] > 0


def test_a_target_that_is_met_is_not_spoken_of():
    """Nothing has to shrink for it."""
    found = needs(link(NOISY), [0.8, 0.85, 0.9])
    assert [need.target for need in found] == [0.9]


def test_bright_nodes_cannot_be_mended():
    """What the scheme itself costs stays, however good the devices: 1 - a for a single click with rare photons."""
    bright = link(CLICK.changed(bright_state_population=(0.15, 0.15)))
    [need] = needs(bright, [0.9])
    assert need.together is None
    assert need.effort is None
    assert set(need.alone.values()) == {None}
    assert need.best == pytest.approx(0.85, abs=1e-3)


def test_nothing_is_said_where_nothing_can_be_turned():
    """No imperfection, or no pair at all."""
    ideal = PhotonTransfer(
        sender={"linewidth": 10e6}, receiver={"linewidth": 10e6}, transmission=1.0, window=1e-7, repetition=1e-5
    )
    assert needs(link(ideal)) == []
    assert sensitivities(link(ideal)) == {}
    never = link(NOISY.changed(success_probability=0.0))
    assert needs(never) == []
    assert sensitivities(never) == {}


@pytest.mark.parametrize("name", LINKS)
def test_sensitivities_are_the_slopes_of_the_fidelity(name):
    """Two witnesses: the adjoint of the evolution (or narrow differences), and wide differences of single links."""
    one = LINKS[name]
    for dial, slope in sensitivities(one).items():
        sides = [turned(one, {dial: 1 + step}).fidelity.value for step in (1e-3, -1e-3)]
        assert slope == pytest.approx((sides[0] - sides[1]) / 2e-3, abs=2e-6), dial
        assert slope <= 0


@pytest.mark.parametrize("target", [0.0, 1.0, -0.5, 1.5, float("nan")])
def test_a_target_is_a_fidelity_that_can_be_missed_and_reached(target):
    """1 is never reached by less of something."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        needs(LINKS["direct-transfer"], [target])


def test_a_search_that_is_stuck_falls_back_on_all_alike(monkeypatch):
    """Whatever the optimiser does, what is said to be enough is enough: all imperfections shrunk by one factor."""
    import scipy.optimize

    class Stuck:
        x = np.zeros(3)

    monkeypatch.setattr(scipy.optimize, "minimize", lambda *_, **__: Stuck)
    one = LINKS["direct-transfer"]
    (need,) = needs(one, [0.99])
    assert len(set(need.together.values())) == 1
    assert len(need.together) == len(need.alone)
    assert turned(one, need.together).fidelity.value == pytest.approx(0.99, abs=1e-5)


def test_what_only_perfect_devices_reach_is_not_promised(monkeypatch):
    """A target so near to the best that no imperfection may be told from none."""
    monkeypatch.setattr("bellpush.design.improve.LEAST", 0.5)  # nothing can be halved
    with pytest.raises(ConvergenceError, match=r"reaches 0\.99 must"):
        needs(LINKS["direct-transfer"], [0.99])
