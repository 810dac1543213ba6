"""Single click: the closed form against Fock space, check values, limits and published rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.hardware.channel import Fibre
from bellpush.hardware.node import Node
from bellpush.links.single_click import SingleClick, single_click
from bellpush.links.single_click_played import play
from bellpush.states import pair as pairs
from bellpush.states.measures import fidelity

NODES = (Node(), Node())
CHECK = {
    "bright_state_population": (0.2, 0.3),
    "detection_probability": (0.3, 0.4),
    "dark_count_probability": 1e-3,
    "visibility": 0.9,
    "phase_noise": 0.25,
    "double_excitation": (0.04, 0.02),
    "attempt_duration": 1e-6,
}
# Rate in Hz and heralded fidelity against the bright-state population, Humphreys et al. 2018 inputs, worked out
# independently of this code.
CURVE = {
    0.05: (6.55, 0.863),
    0.10: (12.91, 0.829),
    0.15: (19.27, 0.786),
    0.20: (25.64, 0.742),
    0.25: (32.00, 0.697),
    0.30: (38.36, 0.651),
    0.40: (51.09, 0.558),
}
BALANCED = {
    0.05: (6.29, 0.870),
    0.10: (12.40, 0.836),
    0.15: (18.51, 0.793),
    0.20: (24.62, 0.748),
    0.25: (30.73, 0.702),
    0.30: (36.83, 0.656),
    0.40: (49.05, 0.561),
}
HUMPHREYS = {
    "detection_probability": (2.8e-4, 4.2e-4),
    "dark_count_probability": 5e-7,
    "visibility": 0.9,
    "phase_noise": np.radians(14.3),
    "double_excitation": 0.04,
    "attempt_duration": 5.5e-6,
}

chance = st.floats(0, 1)


def test_check_value_with_threshold_detectors():
    """An independent evaluation at high efficiency, to 1e-9."""
    clicks = SingleClick(**CHECK).clicks()
    total = clicks.probability
    assert total == pytest.approx(0.1739203056, abs=1e-9)
    found = [part / total for part in clicks]
    assert found == pytest.approx([0.1981132075, 0.2423742521, 0.5530792490, 0.0064332913, 0.3252922127], abs=1e-9)
    assert fidelity(clicks.pair, "psi+") == pytest.approx(0.7230189632, abs=1e-9)


def test_check_value_with_number_resolving_detectors():
    """Two photons, or a photon and a dark count, in one detector are two counts: P = .166922, not .167087."""
    found = SingleClick(**CHECK, detectors="number-resolving").clicks().probability
    assert found == pytest.approx(0.166922, abs=5e-7)
    a, b, pa, pb, d = 0.2, 0.3, 0.3, 0.4, 1e-3
    quiet = (1 - d) ** 2
    none = 2 * d * (1 - d)
    by_hand = (
        a * b * (quiet * (pa * (1 - pb) + pb * (1 - pa)) + none * (1 - pa) * (1 - pb))
        + a * (1 - b) * (quiet * pa + none * (1 - pa))
        + b * (1 - a) * (quiet * pb + none * (1 - pb))
        + (1 - a) * (1 - b) * none
    )
    assert found == pytest.approx(by_hand, abs=1e-15)


@given(
    st.tuples(chance, chance),
    st.tuples(chance, chance),
    chance,
    chance,
    st.one_of(st.floats(0, 2), st.floats(6, 50)),
    st.tuples(chance, chance),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_closed_form_and_fock_space_agree(bright, detection, dark, visibility, noise, double, resolving):
    """The two roads share no formula: probabilities, all correlations and the state without a herald, to 1e-9."""
    clicks = single_click(
        bright,
        detection,
        dark=dark,
        visibility=visibility,
        phase_noise=noise,
        double_excitation=double,
        resolving=resolving,
    )
    probabilities, states, idle, _ = play(
        bright,
        detection,
        dark=dark,
        visibility=visibility,
        phase_noise=noise,
        double_excitation=double,
        resolving=resolving,
    )
    assert probabilities == pytest.approx([clicks.probability / 2] * 2, abs=1e-12)
    for probability, state in zip(probabilities, states, strict=True):
        assert 2 * probability * pairs.from_density(state) == pytest.approx(clicks.pair, abs=1e-9)
    if clicks.probability < 1 - 1e-6:
        scheme = SingleClick(
            bright_state_population=bright,
            detection_probability=detection,
            dark_count_probability=dark,
            visibility=visibility,
            phase_noise=noise,
            double_excitation=double,
            detectors="number-resolving" if resolving else "threshold",
            attempt_duration=1e-6,
        )
        assert pairs.from_density(idle) == pytest.approx(scheme.link_model(NODES, ()).idle, abs=1e-8)


@pytest.mark.parametrize(("bright", "rate", "good"), [(a, *values) for a, values in CURVE.items()])
def test_rate_and_fidelity_of_humphreys_2018(bright, rate, good):
    """The trade of rate against fidelity, to 1e-3 in fidelity and to the last digit of the rate."""
    scheme = SingleClick(bright_state_population=bright, **HUMPHREYS)
    clicks = scheme.clicks()
    assert clicks.probability / 5.5e-6 == pytest.approx(rate, abs=0.0051)
    assert fidelity(clicks.pair, "psi+") == pytest.approx(good, abs=1e-3)


@pytest.mark.parametrize(("bright", "rate", "good"), [(a, *values) for a, values in BALANCED.items()])
def test_balanced_arms_give_a_little_more_fidelity(bright, rate, good):
    """Populations in inverse proportion to the detection probabilities, at the same mean."""
    scheme = SingleClick(bright_state_population=(1.2 * bright, 0.8 * bright), **HUMPHREYS)
    clicks = scheme.clicks()
    assert clicks.probability / 5.5e-6 == pytest.approx(rate, abs=0.0051)
    assert fidelity(clicks.pair, "psi+") == pytest.approx(good, abs=1e-3)


def test_highest_rate_of_humphreys_2018():
    """39 Hz is reported; ours from secondary inputs is within 5 %, and linear in the population to 1 % below."""
    rates = [SingleClick(bright_state_population=a, **HUMPHREYS).clicks().probability / 5.5e-6 for a in (0.15, 0.3)]
    assert rates[1] == pytest.approx(39, rel=0.05)
    assert rates[1] / rates[0] == pytest.approx(2, rel=0.01)


def test_only_loss_has_a_short_closed_form():
    """OD-08: p and F = (1 - a)/(1 - a eta/2), the exact form behind 2 a eta and 1 - a."""
    clicks = single_click((0.1, 0.1), (0.001, 0.001))
    assert clicks.probability == pytest.approx(0.00019999, rel=1e-10)
    assert fidelity(clicks.pair, "psi+") == pytest.approx(0.9000450022501125, rel=1e-10)
    for a, eta in ((0.3, 0.9), (0.05, 1.0), (0.6, 0.2)):
        pair = single_click((a, a), (eta, eta)).pair
        assert pair[0, 0] == pytest.approx(2 * a * (1 - a) * eta + a**2 * (2 * eta - eta**2), rel=1e-12)
        assert fidelity(pair, "psi+") == pytest.approx((1 - a) / (1 - a * eta / 2), rel=1e-12)


def test_double_excitation_costs_its_share_once():
    """An early photon that nobody sees marks the bright node: coherence sqrt((1-a)(1-b)), not the product."""
    clean = single_click((0.1, 0.1), (0.01, 0.01)).coherence
    marked = single_click((0.1, 0.1), (0.01, 0.01), double_excitation=(0.04, 0.04)).coherence
    assert marked / clean == pytest.approx(0.96, rel=1e-12)


def test_phase_noise_is_gaussian():
    """14.3 degrees cost 3.07 % of the coherence."""
    clean = single_click((0.1, 0.1), (0.01, 0.01)).coherence
    noisy = single_click((0.1, 0.1), (0.01, 0.01), phase_noise=np.radians(14.3)).coherence
    assert 1 - noisy / clean == pytest.approx(0.0307, abs=5e-5)


def test_both_detectors_are_brought_to_one_frame():
    """The second detector announces psi-; its sign is corrected and costs nothing."""
    model = SingleClick(bright_state_population=0.1, **HUMPHREYS).link_model(NODES, ())
    first, second = model.outcomes
    assert (first.announced, second.announced, model.target) == ("psi+", "psi-", "psi+")
    assert fidelity(first.pair, "psi+") == pytest.approx(fidelity(second.pair, "psi-"), abs=1e-15)
    assert fidelity(model.born, "psi+") == pytest.approx(fidelity(first.pair, "psi+"), abs=1e-15)


def test_the_way_to_the_station_and_back_delays_the_herald():
    """The pair is one time of flight old when its herald is known; a given attempt duration wins, and says so."""
    scheme = SingleClick(bright_state_population=0.1, **HUMPHREYS)
    assert scheme.link_model(NODES, (Fibre(length=2.0),)).herald_delay == pytest.approx(1e-8)
    long = scheme.link_model(NODES, (Fibre(length=1e4),))
    assert long.herald_delay == 5.5e-6
    assert "needs 50 us" in long.notes[0]


def test_a_veto_of_everything_that_is_lost_leaves_two_photons_alone():
    """The limit of a perfect eye at each node: no photon is lost unseen, so a bright pair clicks only with both."""
    a, eta, early = 0.3, 0.01, 0.04
    clicks = single_click((a, a), (eta, eta), double_excitation=(early, early), veto=(1 - eta, 1 - eta))
    unseen = 1 - early * (1 - eta)
    assert clicks.up_up == pytest.approx(a**2 * (eta * unseen) ** 2, rel=1e-12)
    assert clicks.up_down == pytest.approx(a * (1 - a) * eta * unseen, rel=1e-12)
    kept = (1 - early) / unseen
    assert fidelity(clicks.pair, "psi+") == pytest.approx((1 + kept) / 2, abs=5e-3)
    assert kept > 1 - early * 0.011


def test_a_veto_lowers_double_excitation_and_the_bright_pair_by_what_is_seen():
    """Small efficiencies, to leading order: p2 becomes p2 (1 - e)/(1 - p2 e), and a becomes a (1 - e)/(1 - a e)."""
    a, eta, early, seen = 0.1, 1e-6, 0.04, 0.3
    clicks = single_click((a, a), (eta, eta), double_excitation=(early, early), veto=(seen, seen))
    assert clicks.coherence / clicks.up_down == pytest.approx(1 - early * (1 - seen) / (1 - early * seen), rel=1e-5)
    share = clicks.up_up / clicks.probability
    lowered = (1 - seen) * (1 - early * seen)
    assert share == pytest.approx(a * lowered / (1 - a + a * lowered), rel=1e-5)
    blind = single_click((a, a), (eta, eta), double_excitation=(early, early))
    assert clicks.up_down / blind.up_down == pytest.approx(1 - early * seen, rel=1e-12)


@pytest.mark.parametrize(
    ("veto", "said"),
    [
        (1.2, "at most 1, but is 1.2"),
        (-0.1, "at least 0, but is -0.1"),
        ((0.1, 2.0), "at most 1, but is 2"),
        ((0.1, 0.1, 0.1), "but is a list of 3"),
        ("often", "must be"),
        (True, "must be"),
        (float("nan"), "finite"),
    ],
)
def test_no_veto_is_built_that_cannot_be(veto, said):
    """Refused where it is built."""
    with pytest.raises(ValueError, match="bellpush") as caught:
        SingleClick(bright_state_population=0.1, veto=veto, **HUMPHREYS)
    assert said in str(caught.value)


def test_a_photon_that_clicks_is_not_seen_by_its_node():
    """More than all photons would be believed in a budget."""
    scheme = SingleClick(
        bright_state_population=0.1, detection_probability=(0.2, 0.7), veto=(0.8, 0.4), attempt_duration=1e-6
    )
    said = scheme.contradiction(NODES, ())
    assert "those of a node 0.7 click (`detection_probability`) and 0.4 are seen" in said
    assert "Try a `veto` of at most 0.3." in said
    assert scheme.changed(veto=(0.8, 0.3)).contradiction(NODES, ()) is None


def test_a_million_points_are_an_array_call():
    """A scan never builds records: arrays go in and come out."""
    bright = np.linspace(0, 1, 1000)[:, None]
    eta = np.linspace(0, 1, 50)[None]
    clicks = single_click((bright, bright), (eta, eta), dark=1e-6, visibility=0.9)
    assert clicks.pair.shape == (1000, 50, 4, 4)
    one = single_click((bright[7, 0],) * 2, (eta[0, 3],) * 2, dark=1e-6, visibility=0.9)
    assert clicks.pair[7, 3] == pytest.approx(one.pair, abs=1e-16)
