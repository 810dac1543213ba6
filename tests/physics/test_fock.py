"""Fock space: binomials, coherent light, photons that bunch, and a cut that is noticed."""

from math import comb, exp, factorial, sqrt

import numpy as np
import pytest

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.fock import Branch, Counter, Meeting, lossy, node

DETECTORS = (Counter(), Counter())
EMPTY = [Branch(0, 1.0, [])]


def fixed(levels, modes, photons, transmission=1.0):
    """A node that sends these photons whatever its spin."""
    branch = [Branch(0, 1 / sqrt(_norm(photons)), photons)]
    return lossy(node(levels, modes, branch, branch), levels, transmission)


def _norm(photons):
    """Norm of a product of creation operators, all in one mode or all in different ones."""
    return factorial(len(photons)) if len(photons) > 1 and photons[0] == photons[1] else 1


def chance(spins):
    """Probability for both spins in |0>."""
    return spins[0, 0, 0, 0].real


def test_loss_is_binomial():
    """Three photons through a transmission of 0.3, counted by a resolving detector in the first arm alone."""
    for levels in (4, 5):
        arm = fixed(levels, 1, [[1]] * 3, 0.3)
        found = np.diagonal(arm[0, 0]).real
        assert found[:4] == pytest.approx([comb(3, k) * 0.3**k * 0.7 ** (3 - k) for k in range(4)], abs=1e-15)


@pytest.mark.parametrize("visibility", [1.0, 0.6, 0.0])
def test_two_photons_that_meet_bunch_by_their_visibility(visibility):
    """Hong, Ou and Mandel: a threshold detector alone clicks with (1 + V)/2, all of it by two photons at once."""
    packet = [sqrt(visibility), sqrt(1 - visibility)]
    meeting = Meeting(fixed(3, 2, [[1, 0]]), fixed(3, 2, [packet]), 3, DETECTORS)
    assert chance(meeting.click(0) + meeting.click(1)) == pytest.approx((1 + visibility) / 2, abs=1e-15)
    counting = Meeting(meeting.first, meeting.second, 3, (Counter(resolving=True),) * 2)
    assert chance(counting.click(0)) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_laser_light_leaves_a_beam_splitter_as_laser_light(share):
    """Coherent states of any phase in both arms: amplitudes add, counts are of Poisson, to 1e-8 once levels suffice."""
    alpha, beta, levels = 0.4, 0.3j, 10
    arms = [node(levels, 1, [Branch(0, 1.0, [], [amplitude])], []) for amplitude in (alpha, beta)]
    first = abs(sqrt(share) * alpha + sqrt(1 - share) * beta) ** 2
    second = abs(sqrt(1 - share) * alpha - sqrt(share) * beta) ** 2
    counters = Counter(0.7, 0.01), Counter(0.5, 0.02, resolving=True)
    meeting = _dark_only(Meeting(*arms, levels, counters, share))
    none = exp(-0.7 * first), exp(-0.5 * second)
    assert meeting.click(0)[0, 0, 0, 0].real == pytest.approx((1 - 0.99 * none[0]) * 0.98 * none[1], abs=1e-8)
    one = 0.98 * 0.5 * second * none[1] + 0.02 * none[1]
    assert meeting.click(1)[0, 0, 0, 0].real == pytest.approx(one * 0.99 * none[0], abs=1e-8)


def _dark_only(meeting):
    """A meeting of nodes whose bright branch is empty, filled so that traces are whole."""
    filled = [arm.copy() for arm in (meeting.first, meeting.second)]
    for arm in filled:
        arm[1, 1] = arm[0, 0]
    return Meeting(filled[0], filled[1], meeting.levels, meeting.counters, meeting.share)


def test_a_cut_that_is_too_low_is_noticed_and_one_level_more_is_said():
    """Two photons need three levels where they meet; laser light needs more than it has."""
    meeting = Meeting(fixed(2, 1, [[1]]), fixed(2, 1, [[1]]), 2, DETECTORS)
    with pytest.raises(ConvergenceError, match=r"2 levels a mode leave out 1.0e\+00. Try `levels` of 3 or more"):
        meeting.click(0)
    bright = _dark_only(Meeting(*[node(4, 1, [Branch(0, 1.0, [], [0.8])], [])] * 2, 4, DETECTORS))
    with pytest.raises(ConvergenceError, match="all but 1e-08 of the light"):
        bright.click(0)


def test_more_levels_change_nothing_beyond_1e_8():
    """Convergence: an emitter with two photons now and then and a little laser light, at 5 to 8 levels."""

    def found(levels):
        branches = [Branch(0, sqrt(0.9), [[1, 0]], [0.05, 0.02j]), Branch(1, sqrt(0.1), [[1, 0], [0, 1]])]
        arm = lossy(node(levels, 2, EMPTY, [Branch(*_normal(one, levels)) for one in branches]), levels, 0.5)
        return Meeting(arm, arm, levels, (Counter(dark=1e-3),) * 2).click(0)

    assert found(5) == pytest.approx(found(6), abs=1e-8)
    assert found(6) == pytest.approx(found(8), abs=1e-11)


def _normal(branch, levels):
    """A branch scaled so that the light it stands for has the weight of its amplitude squared."""
    bare = node(levels, 2, [Branch(0, 1.0, branch.packets, branch.coherent)], [])
    return branch.record, branch.amplitude / sqrt(np.trace(bare[0, 0]).real), branch.packets, branch.coherent


def test_a_photon_that_was_emitted_twice_is_counted_twice_by_who_can():
    """An early photon that stays inside the window: a threshold detector clicks, a resolving one rejects both."""
    twice = fixed(3, 2, [[1, 0], [0, 1]])
    nothing = node(3, 2, EMPTY, EMPTY)
    plain = Meeting(twice, nothing, 3, DETECTORS)
    assert chance(plain.click(0) + plain.click(1)) == pytest.approx(0.5, abs=1e-15)
    resolving = Meeting(twice, nothing, 3, (Counter(resolving=True),) * 2)
    assert chance(resolving.click(0) + resolving.click(1)) == pytest.approx(0, abs=1e-15)


def test_a_click_tells_its_mode():
    """A photon in two modes: the share of each, the first of two clicks for a threshold detector."""
    packet = [sqrt(0.3), sqrt(0.7)]
    one = Meeting(fixed(3, 2, [packet]), node(3, 2, EMPTY, EMPTY), 3, DETECTORS, share=1.0)
    assert [chance(one.click(0, mode)) for mode in (0, 1)] == pytest.approx([0.3, 0.7], abs=1e-15)
    two = Meeting(fixed(3, 2, [[1, 0], [0, 1]]), one.second, 3, DETECTORS, share=1.0)
    assert [chance(two.click(0, mode)) for mode in (0, 1)] == pytest.approx([1.0, 0.0], abs=1e-15)
