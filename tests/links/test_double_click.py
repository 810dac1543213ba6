"""Double click: limits, the gain of one click over two, what polarisation changes, and what is refused."""

import numpy as np
import pytest

from bellpush.experiments.bound import best_delivered
from bellpush.hardware.channel import Fibre
from bellpush.hardware.memory import Depolarising
from bellpush.hardware.node import Node
from bellpush.links.budget import budget
from bellpush.links.double_click import DoubleClick, double_click
from bellpush.links.double_click_played import play
from bellpush.links.link import Link
from bellpush.links.single_click import SingleClick
from bellpush.links.two_click_arms import two_click_arms, two_click_patterns
from bellpush.states.measures import chsh, fidelity
from bellpush.states.pair import from_density, werner

NODES = (Node(), Node())
HARDWARE = {"detection_probability": (2.8e-4, 4.2e-4), "attempt_duration": 5.5e-6}


def born(**fields):
    scheme = DoubleClick(**{"detection_probability": 0.1, "attempt_duration": 1e-5, **fields})
    model = scheme.link_model(NODES, ())
    return model.success_probability, float(fidelity(model.born, model.target))


@pytest.mark.parametrize("eta", [(1e-4, 1e-4), (0.3, 0.9), (1.0, 1.0)])
@pytest.mark.parametrize("visibility", [0.0, 0.9, 1.0])
def test_without_dark_counts_half_of_both_photons_and_half_of_the_visibility_count(eta, visibility):
    """T6: p = pA pB / 2 and F = (1 + V)/2, whatever the efficiency; 0.95 at V = 0.9."""
    p, good = born(detection_probability=eta, visibility=visibility)
    assert p == pytest.approx(eta[0] * eta[1] / 2, rel=1e-14)
    assert good == pytest.approx((1 + visibility) / 2, abs=1e-14)


def test_one_click_is_thousands_of_times_faster_on_the_same_hardware():
    """H7: 5.88e-8 and 0.0107 Hz for two clicks; one click at a bright population of 0.3 gains 3.6e3."""
    two = DoubleClick(**HARDWARE).link_model(NODES, ())
    one = SingleClick(bright_state_population=0.3, dark_count_probability=5e-7, visibility=0.9, **HARDWARE).link_model(
        NODES, ()
    )
    assert two.success_probability == pytest.approx(5.88e-8, rel=1e-10)
    assert two.success_probability / 5.5e-6 == pytest.approx(0.0107, abs=5e-5)
    assert one.success_probability / two.success_probability == pytest.approx(3.6e3, rel=0.01)


def test_read_out_by_real_detectors_explains_a_bell_violation():
    """N2, T8: a Werner pair of fidelity 0.92 has S = 2.5267; read out with 0.95 and 0.995 it has 2.26."""
    found = float(chsh(werner(0.92)))
    assert found == pytest.approx(2.5267, abs=5e-5)
    assert found * (0.95 + 0.995 - 1) ** 2 == pytest.approx(2.26, abs=5e-3)
    assert abs(2.26 - 2.42) < 0.20


def test_dark_counts_add_every_pair_of_spins():
    """By hand at small efficiencies, to leading order: a photon and a dark count, or two dark counts."""
    eta, dark = 1e-4, 1e-6
    clicks = double_click((eta, eta), dark=dark)
    total = clicks.same.probability + clicks.different.probability
    both, one, none = 2 * eta, eta + 2 * dark, 2 * dark
    assert total == pytest.approx((2 * both * none + 2 * one**2) / 4, rel=1e-3)
    assert (clicks.same.up_up + clicks.different.up_up) == pytest.approx(both * none / 4, rel=2e-2)


def test_double_excitation_counts_in_both_rounds():
    """Both nodes carry a record in either branch: the coherence falls by (1 - eA)(1 - eB)."""
    _, good = born(double_excitation=(0.04, 0.02))
    assert good == pytest.approx((1 + 0.96 * 0.98) / 2, abs=1e-14)


def test_a_phase_that_stays_costs_nothing_and_one_that_changes_costs_its_own_share():
    """exp(-sigma^2 / 2) of the change between the clicks."""
    assert born(phase_noise=0.3)[1] == pytest.approx((1 + np.exp(-0.045)) / 2, abs=1e-14)


def test_blind_detectors_leave_half_of_the_pairs():
    """A dead time beyond the second excitation: only clicks in different detectors, psi- alone."""
    scheme = DoubleClick(
        detection_probability=0.1, attempt_duration=1e-5, separation=3e-7, detection={"dead_time": 1e-6}
    )
    model = scheme.link_model(NODES, ())
    assert [outcome.announced for outcome in model.outcomes] == ["psi-"]
    assert model.success_probability == pytest.approx(0.1**2 / 4, rel=1e-14)
    shorter = scheme.changed(detection=scheme.detection.changed(dead_time=1e-7)).link_model(NODES, ())
    assert shorter.success_probability == pytest.approx(0.1**2 / 2, rel=1e-14)


def test_polarisation_needs_no_flip_and_one_emission():
    """The same rates without dark counts; and blind detectors do not matter, since each polarisation has its own."""
    fields = {"detection_probability": (0.3, 0.4), "attempt_duration": 1e-5, "visibility": 0.9}
    polarised = DoubleClick(**fields, encoding="polarisation", detection={"dead_time": 1e-6}).link_model(NODES, ())
    binned = DoubleClick(**fields).link_model(NODES, ())
    assert polarised.success_probability == pytest.approx(binned.success_probability, rel=1e-14)
    assert polarised.born == pytest.approx(binned.born, abs=1e-14)


def test_resolving_detectors_reject_a_photon_beside_a_dark_count():
    """(1 - d)^2 in either round, where a threshold detector keeps 1 - d."""
    dark = 0.01
    weights = [double_click((0.5, 0.5), dark=dark, resolving=resolving).same.coherence for resolving in (False, True)]
    assert weights[1] / weights[0] == pytest.approx((1 - dark) ** 2, rel=1e-14)


def test_the_budget_names_what_costs_fidelity():
    """Each cost alone is its closed form."""
    scheme = DoubleClick(
        detection_probability=0.1, attempt_duration=1e-5, visibility=0.9, phase_noise=0.3, double_excitation=0.04
    )
    costs = {cost.name: cost.alone_on for cost in budget(Link("l", ("a", "b"), NODES, (), scheme))}
    assert costs["visibility"] == pytest.approx(0.05, abs=1e-14)
    assert costs["double excitation"] == pytest.approx((1 - 0.96**2) / 2, abs=1e-14)
    assert costs["phase noise"] == pytest.approx((1 - np.exp(-0.045)) / 2, abs=1e-14)


def test_without_dark_counts_incomplete_excitation_is_a_loss_of_heralds():
    """What stays behind then makes no herald: rates fall by both excitations, and the pair is the same at any phase."""
    sent = double_click((0.3 * 0.8, 0.4 * 0.6), visibility=0.9, double_excitation=(0.04, 0.02))
    for phase in (None, 0.0, 1.3):
        arms = two_click_arms(
            (0.3, 0.4), excitation=(0.8, 0.6), optical_phase=phase, visibility=0.9, double_excitation=(0.04, 0.02)
        )
        assert arms.first == pytest.approx(sent.same.pair, abs=1e-15)
        assert arms.second == pytest.approx(sent.different.pair, abs=1e-15)
    # What no herald took still has a coherence, which a loss would not have left.
    assert abs(arms.missed[1, 0]) > 0.1
    assert sent.missed.pair[1, 0] == 0


def test_detectors_tell_of_the_optical_phase_and_heralds_do_not():
    """X3 for two clicks: one photon beside one left behind, and a dark count; the sign flips with half a turn.

    A herald is two orders of clicks of opposite sign, so it keeps nothing: by the closed form and in Fock space.
    """
    flaws = {"excitation": (0.8, 0.6), "dark": 0.01, "split": 0.6, "visibility": 0.9, "double_excitation": (0.1, 0.2)}
    near, far, mean = (
        two_click_patterns((0.3, 0.4), optical_phase=p, **flaws).clicked for p in (0.7, 0.7 + np.pi, None)
    )
    bright = near[..., 0, 0, 0, 0].real  # both sent in the first round, so both are dark after the flip
    assert bright[0] == pytest.approx(far[::-1, :, 0, 0, 0, 0].real[0], rel=0.2)
    assert abs(bright[0, 0] / bright[1, 0] - 1) > 0.1
    assert (near - mean)[:, 0] == pytest.approx((mean - far)[:, 0], abs=1e-15)
    for phase in (0.7, 2.0):
        arms = two_click_arms((0.3, 0.4), optical_phase=phase, **flaws)
        assert arms.first == pytest.approx(two_click_arms((0.3, 0.4), **flaws).first, abs=1e-15)
        setup = {"coherence": None, "phase_noise": 0.0, "resolving": False, "blind": False, "flipped": True}
        rates, spins, idle, _ = play((0.3, 0.4), optical_phase=phase, **flaws, **setup)
        assert rates[0] * from_density(spins[0]) == pytest.approx(arms.first, abs=1e-12)
        assert (1 - rates.sum()) * from_density(idle) == pytest.approx(arms.missed, abs=1e-12)


def test_full_excitation_is_the_short_closed_form():
    """Two witnesses that share no formula, at 50 random points with every flaw."""
    rng = np.random.default_rng(11)
    for _ in range(50):
        eta, early = rng.uniform(size=2), rng.uniform(size=2)
        flaws = {
            "dark": rng.uniform(),
            "visibility": rng.uniform(),
            "phase_noise": rng.uniform(0, 2),
            "double_excitation": tuple(early),
            "split": rng.uniform(),
            "resolving": bool(rng.integers(2)),
            "blind": bool(rng.integers(2)),
            "flipped": bool(rng.integers(2)),
        }
        short = double_click(tuple(eta), **flaws)
        phase = rng.choice([None, rng.uniform(0, 6)])
        for one, other in zip(two_click_arms(tuple(eta), optical_phase=phase, **flaws), short, strict=True):
            assert one == pytest.approx(other.pair, abs=1e-12)


def test_incomplete_excitation_of_arrays_is_that_of_each_point():
    """A sweep over excitation at phases of its own."""
    e, phase = np.array([0.5, 0.9, 1.0]), np.array([0.0, 1.0, 2.0])
    swept = two_click_arms((0.3, 0.4), excitation=(e, 0.8), dark=0.01, optical_phase=phase)
    for place in range(3):
        alone = two_click_arms((0.3, 0.4), excitation=(e[place], 0.8), dark=0.01, optical_phase=phase[place])
        for one, other in zip(swept, alone, strict=True):
            assert one[place] == pytest.approx(other, abs=1e-15)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"excitation": 1.2}, "at most 1, but is 1.2"),
        ({"excitation": (0.5, -0.1)}, "at least 0, but is -0.1"),
        ({"excitation": (0.5, 0.5, 0.5)}, "but is a list of 3"),
        ({"excitation": "most"}, "must be"),
        ({"excitation": float("nan")}, "finite"),
        ({"excitation": {"first": 0.5}}, "must be"),
    ],
)
def test_no_excitation_is_built_that_cannot_be(fields, said):
    """Refused where it is built."""
    with pytest.raises(ValueError, match="bellpush") as caught:
        DoubleClick(**{"detection_probability": 0.1, "attempt_duration": 1e-5, **fields})
    assert said in str(caught.value)


def test_click_times_give_nothing_back_where_excitation_is_incomplete():
    """The angle that a time tells belongs to a photon, and what stays behind has none."""
    scheme = DoubleClick(
        detection_probability=0.1, attempt_duration=1e-5, excitation=0.5, visibility=0.5, coherence=0.8
    )
    assert "a `coherence` of at most its `visibility`, 0.5, where `excitation` is incomplete" in scheme.contradiction(
        NODES, ()
    )


def test_births_of_arrays_are_those_of_each_point():
    """A scan hands in arrays."""
    eta = np.linspace(0.01, 1, 7)
    swept = DoubleClick(detection_probability=0.1, dark_count_probability=1e-3, attempt_duration=1e-5)
    found = swept.changed(detection_probability=(eta, 0.5)).births(NODES, ())
    alone = swept.changed(detection_probability=(float(eta[3]), 0.5)).births(NODES, ())
    assert found.pair[3] == pytest.approx(alone.pair, abs=1e-15)
    assert found.success[3] == pytest.approx(alone.success, abs=1e-18)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"attempt_duration": None}, "`attempt_duration` must be given, but is missing"),
        ({"detection_probability": None}, "`detection_probability` must be given, but is missing, and no emitters"),
        ({"encoding": "polarisation", "separation": 1e-7}, "takes no `separation`"),
        ({"detection": {"dead_time": 1e-6}}, "must say its `separation`"),
        (
            {"detection": {"dead_time": 1e-6}, "separation": 1e-7, "visibility": 0.5, "coherence": 0.8},
            "a `coherence` of at most its `visibility`, 0.5, where detectors stay blind",
        ),
        (
            {"detection": {"dark_count_rate": 10.0, "window": 1e-8}, "dark_count_probability": 1e-3},
            "must say its dark counts once",
        ),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_said(fields, said):
    """Each names the field and what to try."""
    scheme = DoubleClick(**{"detection_probability": 0.1, "attempt_duration": 1e-5, **fields})
    assert said in scheme.contradiction(NODES, ())


def test_the_herald_is_known_when_the_second_photon_has_come_half_way_and_its_news_back():
    """One time of flight over the whole channel."""
    scheme = DoubleClick(detection_probability=0.1, attempt_duration=1e-4)
    assert scheme.link_model(NODES, (Fibre(length=1e4),)).herald_delay == pytest.approx(5e-5)


def test_two_ions_crossed_the_threshold_of_delivery_first():
    """U1, U2: 4.5 pairs a second kept for 1.12 s are an efficiency of 5, which delivers 0.7516, or 0.604 from 0.78.

    Rate and storage of Hucul et al., Nature Phys. 11, 37 (2015), are recalled: they check the chain, not the paper.
    """
    keeping = Depolarising(time=2 * 1.12)
    scheme = DoubleClick(detection_probability=4.4e-3, visibility=0.5, attempt_duration=0.5 * 4.4e-3**2 / 4.5)
    link = Link("ions", ("a", "b"), (Node(memory=keeping), Node(memory=keeping)), (), scheme)
    assert link.rate.value == pytest.approx(4.5, rel=1e-12)
    assert link.link_efficiency.value == pytest.approx(5.0, abs=0.5)
    assert best_delivered(5.0) == pytest.approx(0.7516, abs=5e-5)
    share = (best_delivered(5.0) - 0.25) / 0.75
    assert 0.25 + (0.78 - 0.25) * share == pytest.approx(0.604, abs=1e-3)
