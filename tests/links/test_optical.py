"""Click schemes whose numbers follow from emitters, channel and detectors."""

import numpy as np
import pytest

from bellpush.hardware.channel import Fibre
from bellpush.hardware.device import Transmon
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.node import Node
from bellpush.links.double_click import DoubleClick
from bellpush.links.link import Link
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.links.single_click import SingleClick
from bellpush.physics.emitter import cut_after, emission
from bellpush.states.measures import fidelity

TAU = 12e-9
DIAMOND = {"lifetime": TAU, "branching": 0.03, "collection": 0.1, "pulse_width": 2.26e-9}
SEEN = {"efficiency": 0.8, "window": 25e-9, "dark_count_rate": 20.0}


def ends(**both):
    return Node(device=Emitter(**{**DIAMOND, **both})), Node(device=Emitter(**{**DIAMOND, **both}))


def click(**fields):
    return SingleClick(**{"bright_state_population": 0.1, "attempt_duration": 5.5e-6, "detection": SEEN, **fields})


def test_every_loss_is_multiplied_once():
    """Two witnesses: the resolved scheme, and each factor written down; 2.5 dB on the way, half of it an arm."""
    way = (Fibre(length=250.0, attenuation=0.01),)
    found = click().resolved(ends(), way)
    bloch = emission(2.26e-9, TAU)
    expected = float(bloch.excited) * (1 - np.exp(-25 / 12)) * 0.03 * 0.1 * 10**-0.125 * 0.8
    assert found.detection_probability == pytest.approx((expected, expected), rel=1e-12)
    assert found.double_excitation == pytest.approx((0.0368, 0.0368), abs=1e-4)
    assert found.dark_count_probability == pytest.approx(5e-7, rel=1e-6)
    assert (found.visibility, found.coherence, found.excitation) == (pytest.approx(1), pytest.approx(1), (1.0, 1.0))


def test_what_is_given_wins_over_what_would_be_derived():
    """An explicit number is the total; a visibility given alone counts by its root."""
    given = {"detection_probability": 1e-3, "visibility": 0.81, "double_excitation": 0.01}
    found = click(**given).resolved(ends(spectral_diffusion=1e7), ())
    assert found.detection_probability == (1e-3, 1e-3)
    assert (found.visibility, found.coherence, found.double_excitation) == (0.81, None, (0.01, 0.01))
    note = click(**given).link_model(ends(), (Fibre(length=2.0, attenuation=1e-3),)).notes
    assert "`detection_probability` is given" in note[0]
    assert not click().link_model(ends(), (Fibre(length=2.0, attenuation=1e-3),)).notes


def test_a_dead_time_that_outlasts_an_attempt_is_said():
    """With what it costs, and what is not counted."""
    (said,) = click(detection={**SEEN, "dead_time": 1e-5}).link_model(ends(), ()).notes
    assert "`dead_time` outlasts an attempt: 1 more find one blind" in said
    assert not click(detection={**SEEN, "dead_time": 1e-6}).link_model(ends(), ()).notes


def test_resolving_twice_changes_nothing():
    """Budgets resolve, turn a dial, and resolve again."""
    nodes = ends(spectral_diffusion=5e6, coherence_time=20e-9)
    once = click().resolved(nodes, ())
    assert once.resolved(nodes, ()) == once


def test_an_attempt_lasts_for_preparation_window_and_flight():
    """From the length where nothing is given: 10 km at 2e5 km/s; two excitations are further apart."""
    nodes, way = ends(preparation=5e-6, pulse_width=0.0), (Fibre(length=1e4),)
    bare = {"bright_state_population": 0.1, "detection": SEEN}
    assert SingleClick(**bare).link_model(nodes, way).attempt_duration == pytest.approx(5e-6 + 25e-9 + 50e-6)
    two = DoubleClick(detection=SEEN, separation=1e-6)
    assert two.link_model(nodes, way).attempt_duration == pytest.approx(5e-6 + 1e-6 + 25e-9 + 50e-6)
    assert float(two.lasts(nodes, way)) == pytest.approx(56.025e-6)


def test_an_attempt_takes_its_pulse_too_and_says_what_it_takes():
    """From 5 standard deviations before its centre to 3 after; without a window ten lifetimes are waited."""
    sigma = 2.26e-9 / np.sqrt(8 * np.log(2))
    nodes, way = ends(preparation=5e-6), (Fibre(length=1e4),)
    bare = SingleClick(bright_state_population=0.1, detection=SEEN).link_model(nodes, way)
    assert bare.attempt_duration == pytest.approx(5e-6 + 8 * sigma + 25e-9 + 50e-6, rel=1e-12)
    assert "derived: 5 us preparation, 7.678 ns excitation, 25 ns photons, 50 us flight and herald." in bare.notes[-1]
    waits = SingleClick(bright_state_population=0.1).link_model(nodes, way)
    assert waits.attempt_duration == pytest.approx(5e-6 + 8 * sigma + 10 * TAU + 50e-6, rel=1e-12)
    assert "10 lifetimes are waited" in waits.notes[-1]
    square = SingleClick(bright_state_population=0.1, detection=SEEN)
    late = nodes[0], Node(device=Emitter(**DIAMOND, pulse_shape="square", timing_offset=4e-9))
    # The later pulse ends last, the Gaussian one begins first.
    assert float(square.lasts(late, ())) == pytest.approx(5e-6 + 5 * sigma + 4e-9 + 2.26e-9 + 25e-9, rel=1e-12)


def test_a_line_that_wanders_far_says_what_is_not_counted():
    """Two witnesses: a quadrature, and Bloch equations at 2001 places of the line, weighted by hand."""
    width = Emitter(**DIAMOND).bandwidth
    assert not click().link_model(ends(spectral_diffusion=0.099 * width), ()).notes
    (first, second) = click().link_model(ends(spectral_diffusion=0.5 * width), ()).notes
    offs = np.linspace(-6, 6, 2001)
    weights = np.exp(-(offs**2) / 2)
    late = emission(2.26e-9, TAU, detuning=2 * np.pi * 0.5 * width * offs).excited
    share = 1 - float(weights @ late / weights.sum() / emission(2.26e-9, TAU).excited)
    assert share == pytest.approx(0.139, abs=1e-3)
    assert (
        f"line of the first node wanders so far that its pulse would leave it excited {100 * share:.2g} % less" in first
    )
    assert "of the second node" in second
    given = click(detection_probability=1e-3).link_model(ends(spectral_diffusion=0.5 * width), ())
    assert not given.notes


def test_the_side_band_that_a_node_sees_vetoes():
    """(1 - branching) times what is seen of it, of either photon; better pairs, a little less often."""
    nodes = ends(side_band_detection=0.1)
    found = click().resolved(nodes, ())
    assert found.veto == (pytest.approx(0.097),) * 2
    model, without = (click().link_model(each, ()) for each in (nodes, ends()))
    assert fidelity(model.born, "psi+") > fidelity(without.born, "psi+") + 0.005
    assert 0.98 < model.success_probability / without.success_probability < 0.9901
    given = click(veto=0.0).resolved(nodes, ())
    assert given.veto == (0.0, 0.0)


def test_jitter_smears_the_window_of_a_link():
    """50 ps changes the 9th digit at a window of 25 ns; 3 ns loses what falls over its edges; both roads agree."""
    rates = []
    for jitter in (0.0, 5e-11, 3e-9):
        scheme = click(detection={**SEEN, "jitter": jitter})
        model, played = scheme.link_model(ends(), ()), scheme.attempts(ends(), ())
        assert model.success_probability == pytest.approx(played.probabilities.sum(), rel=1e-9)
        rates.append(model.success_probability)
    assert rates[1] / rates[0] == pytest.approx(1, abs=2e-5)
    assert rates[1] != rates[0]
    assert rates[2] / rates[0] == pytest.approx(0.997, abs=2e-2)
    prompt = click(detection={**SEEN, "jitter": 3e-9}).resolved(ends(pulse_width=0.0), ())
    sharp = click().resolved(ends(pulse_width=0.0), ())
    # Where the window begins with the photon, nothing comes in for what goes out.
    assert 0.85 < prompt.detection_probability[0] / sharp.detection_probability[0] < 0.95


def test_shift_and_dephasing_of_the_same_visibility_are_different_links():
    """The root for one, not for the other: a single click tells them apart where two photons do not."""
    delta = 0.5 / TAU
    shifted = Node(device=Emitter(**DIAMOND, detuning=delta / 2 / np.pi))
    rate = ((1 + 0.25) - 1) / 2 / TAU  # 1/(1 + 2 gamma tau) = 1/(1 + (delta tau)^2)
    dephased = ends(coherence_time=1 / (0.5 / TAU + rate))
    wide = {"detection": {"begin": float(cut_after(2.26e-9))}}
    pure = click(**wide).resolved((ends()[0], shifted), ())
    mixed = click(**wide).resolved(dephased, ())
    assert pure.visibility == pytest.approx(0.8, abs=1e-9)
    assert mixed.visibility == pytest.approx(0.8, abs=1e-9)
    # What the cut lets pass has waited for 3 standard deviations of the pulse.
    waited = np.exp(-2 * rate * float(cut_after(2.26e-9)))
    assert pure.coherence == pytest.approx(0.8**0.5, abs=1e-9)
    assert mixed.coherence == pytest.approx(0.8 * waited, abs=1e-9)


def test_recorded_click_times_bring_the_coherence_back():
    """A detuning of 20 MHz: 0.71 is left without, all but the resolution with; both roads agree."""
    nodes = ends()[0], Node(device=Emitter(**DIAMOND, detuning=20e6))
    blurred = click(detection={**SEEN, "resolution": 0.3e-9, "jitter": 0.4e-9, "click_times": "recorded"})
    found = blurred.resolved(nodes, ())
    assert found.coherence == pytest.approx(np.exp(-((2 * np.pi * 20e6 * 0.5e-9) ** 2) / 2), abs=1e-9)
    assert click().resolved(nodes, ()).coherence == pytest.approx(0.71, abs=1e-3)
    model, played = blurred.link_model(nodes, ()), blurred.attempts(nodes, ())
    assert model.success_probability == pytest.approx(played.probabilities.sum(), abs=1e-15)
    assert float(fidelity(model.born, "psi+")) == pytest.approx(
        float(np.real(played.states[0][1, 2] + (played.states[0][1, 1] + played.states[0][2, 2]) / 2)), abs=1e-9
    )


def test_polarisation_and_time_bins_derive_what_differs():
    """Pure dephasing: its share between the clicks, or that from either excitation."""
    nodes = ends(coherence_time=18e-9)
    fields = {"attempt_duration": 1e-5, "detection": SEEN}
    binned = DoubleClick(**fields).resolved(nodes, ())
    polarised = DoubleClick(**fields, encoding="polarisation").resolved(nodes, ())
    assert binned.visibility == polarised.visibility == pytest.approx(polarised.coherence, abs=1e-12)
    assert binned.coherence < polarised.coherence - 0.05


def test_a_pulse_meant_to_turn_by_less_leaves_its_rest_in_phase():
    """The click probability of a bright node is the same; the arms then differ with the optical phase."""
    nodes = ends(pulse_area=0.7 * np.pi, pulse_width=0.0)
    found = click(optical_phase=0.4).resolved(nodes, ())
    assert found.excitation == pytest.approx((np.sin(0.35 * np.pi) ** 2,) * 2, abs=1e-9)
    first, second = click(optical_phase=0.4).link_model(nodes, ()).outcomes
    assert first.probability > second.probability
    twice = DoubleClick(attempt_duration=1e-5, detection=SEEN).resolved(nodes, ())
    assert twice.detection_probability == found.detection_probability
    assert twice.excitation == found.excitation


@pytest.mark.parametrize("lifetime", [5.0e-9, 5.1e-9, 5.3e-9, 12.4e-9])
def test_like_emitters_are_allowed_whatever_the_last_digit_of_an_integral(lifetime):
    """A coherence of 1 over a visibility of 1, integrated apart, is no contradiction where excitation is incomplete."""
    nodes = ends(lifetime=lifetime, pulse_area=0.8 * np.pi, pulse_width=2.26e-9)
    scheme = click(detection=None, detection_probability=3e-4)
    assert scheme.contradiction(nodes, ()) is None
    assert scheme.resolved(nodes, ()).visibility == pytest.approx(1, abs=1e-12)


def test_a_sweep_of_a_device_is_an_array_call():
    """The width of the pulse over an array: each point is that of a node of its own."""
    widths = np.array([0.5e-9, 2e-9, 4e-9])
    swept = tuple(node.changed(device=node.device.changed(pulse_width=widths)) for node in ends())
    found = click().births(swept, ())
    for width, success, pair in zip(widths, found.success, found.pair, strict=True):
        alone = click().births(ends(pulse_width=float(width)), ())
        assert success == pytest.approx(float(alone.success), rel=1e-7)
        assert pair == pytest.approx(alone.pair, abs=1e-7)


@pytest.mark.parametrize(
    ("device", "fields", "said"),
    [
        ({"detuning": 30e6}, {"detection": {**SEEN, "filter": 50e6}}, "within half of its `filter`, 25 MHz, but those"),
        ({}, {"detection": {**SEEN, "filter": 1e3}}, "a `filter` of at least 10 times the photons' line"),
        ({}, {"attempt_duration": 1e-9}, "an `attempt_duration` of at least its `window`"),
        ({}, {"detection": {**SEEN, "begin": 1e-9}}, "begins when the later pulse is over, at"),
        ({}, {"dark_count_probability": 1e-3}, "must say its dark counts once"),
        ({}, {"drift_time": 1.0}, "must have a `lock_period` beside `drift_time`"),
        ({}, {"excitation": 0.5, "visibility": 0.5, "coherence": 0.9}, "at most the root of its `visibility`, 0.707"),
    ],
)
def test_what_contradicts_itself_is_said(device, fields, said):
    """Each names the field and what to try."""
    assert said in click(**fields).contradiction(ends(**device), ())


def test_rounds_that_overlap_are_refused():
    """Photons of both excitations would count in either window; without a `separation` the rounds take turns."""
    mixed = DoubleClick(separation=1e-9, detection=SEEN)
    assert "a `separation` of at least its `window`" in mixed.contradiction(ends(), ())
    once = DoubleClick(encoding="polarisation", detection=SEEN).resolved(ends(), ())
    twice = DoubleClick(detection=SEEN).resolved(ends(), ())
    assert twice.attempt_duration == pytest.approx(2 * once.attempt_duration, rel=1e-12)


def test_without_emitters_numbers_must_be_given():
    """A transmon sends no optical photon, and an emitter no shaped one."""
    transmon = Node(device=Transmon(linewidth=1e7))
    assert "`detection_probability` must be given" in click().contradiction((transmon, ends()[0]), ())
    transfer = PhotonTransfer(window=1e-6, repetition=1e-5, transmission=1.0)
    assert "needs the `linewidth` of its sender" in transfer.contradiction(ends(), ())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"detection": {"window": 0.0}}, "greater than 0 s, but is 0 s"),
        ({"detection": {"efficiency": 1.2}}, "at most 1, but is 1.2"),
        ({"detection": {"dark_count_rate": 20.0}}, "a `window` beside `dark_count_rate`"),
        ({"detection_probability": 1.1}, "at most 1, but is 1.1"),
        ({"split": -0.1}, "at least 0, but is -0.1"),
    ],
)
def test_no_detector_is_built_that_cannot_be(fields, said):
    """An efficiency above one or a window of nothing is noticed at once."""
    with pytest.raises(ValueError, match="bellpush") as caught:
        click(**fields)
    assert said in str(caught.value)


def test_the_state_of_the_art_of_2026_has_the_rates_of_its_efficiencies():
    """L1, L2: two ions over 10 km from secondary numbers; 2.34 and 0.344 Hz lie 6 % above the reported rates.

    Half of the light of a node (2.7 %) is detected with 9.1 % behind conversion; 2.8 kHz; F = 1 - a at most.
    """
    for bright, rate, reported in ((0.17, 2.34, 2.226), (0.025, 0.344, 0.327)):
        scheme = SingleClick(
            bright_state_population=bright, detection_probability=0.027 * 0.091, attempt_duration=1 / 2.8e3
        )
        link = Link("ions", ("a", "b"), (Node(), Node()), (), scheme)
        assert link.rate.value == pytest.approx(rate, rel=3e-3)
        assert link.rate.value == pytest.approx(reported, rel=0.06)
        assert link.fidelity.value == pytest.approx(1 - bright, abs=1e-3)
