"""Each scheme's two independent roads describe the same link."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.hardware.channel import Fibre
from bellpush.hardware.node import Node
from bellpush.links.direct_transfer import DirectTransfer
from bellpush.links.double_click import DoubleClick
from bellpush.links.kinds import SCHEMES
from bellpush.links.multiplexed import Multiplexed
from bellpush.links.parametric import Parametric
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.links.single_click import SingleClick
from bellpush.states import pair as pairs
from bellpush.states.pair import BELL_STATES

NODES = (Node(), Node())
chance = st.floats(0, 1)


@st.composite
def parametric(draw):
    kind = draw(st.sampled_from(["werner", "bell-diagonal", "correlations"]))
    if kind == "werner":
        state = {"kind": kind, "fidelity": draw(chance)}
    elif kind == "bell-diagonal":
        raw = np.array(draw(st.lists(st.floats(0.01, 1), min_size=4, max_size=4)))
        state = {"kind": kind, "weights": dict(zip(BELL_STATES, (raw / raw.sum()).tolist(), strict=True))}
    else:
        rng = np.random.default_rng(draw(st.integers(0, 10**6)))
        root = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        rho = root @ root.conj().T
        matrix = pairs.from_density(rho / np.trace(rho))
        matrix[0, 0] = 1.0
        state = {"kind": kind, "matrix": matrix.tolist()}
    return Parametric(
        attempt_duration=1e-5,
        success_probability=draw(st.floats(1e-9, 1)),
        state=state,
        herald_delay=draw(st.floats(0, 1e-5)),
        target=draw(st.sampled_from([None, *BELL_STATES])),
    )


@st.composite
def single_clicks(draw):
    visibility = draw(chance)
    full = draw(st.booleans())
    limit = 1.0 if full else visibility**0.5  # click times give nothing back where excitation is incomplete
    walk = draw(st.booleans())
    detected = (draw(chance), draw(chance))
    looks = draw(st.booleans())
    return SingleClick(
        bright_state_population=(draw(chance), draw(chance)),
        detection_probability=detected,
        veto=tuple(draw(chance) * (1 - p) for p in detected) if looks else 0.0,
        blind_probability=draw(st.just(0.0) | chance),
        detection={"dead_time": draw(st.sampled_from([1e-7, 3.5e-6]))},
        dark_count_probability=draw(st.floats(1e-6, 1)),
        visibility=visibility,
        coherence=draw(st.none() | st.floats(0, limit)),
        phase_noise=draw(st.floats(0, 2)),
        drift_time=1.0 if walk else None,
        lock_period=draw(st.floats(1e-3, 3)) if walk else 0.0,
        double_excitation=(draw(chance), draw(chance)),
        excitation=1.0 if full else (draw(chance), draw(chance)),
        optical_phase=draw(st.floats(0, 6)),
        split=draw(st.just(0.5) | chance),
        detectors=draw(st.sampled_from(["threshold", "number-resolving"])),
        attempt_duration=1e-6,
    )


@st.composite
def double_clicks(draw):
    visibility = draw(chance)
    blind = draw(st.booleans())  # click times give nothing back to detectors that see one click only
    full = draw(st.booleans())  # nor where excitation is incomplete
    return DoubleClick(
        detection_probability=(draw(st.floats(1e-3, 1)), draw(st.floats(1e-3, 1))),
        dark_count_probability=draw(chance),
        visibility=visibility,
        coherence=draw(st.none() | st.floats(0, visibility if blind or not full else 1)),
        phase_noise=draw(st.floats(0, 2)),
        double_excitation=(draw(chance), draw(chance)),
        excitation=1.0 if full else (draw(chance), draw(chance)),
        blind_probability=draw(st.just(0.0) | chance),
        split=draw(st.just(0.5) | chance),
        detectors=draw(st.sampled_from(["threshold", "number-resolving"])),
        encoding="time-bin" if blind else draw(st.sampled_from(["time-bin", "polarisation"])),
        separation=1e-7 if blind else None,
        detection={"dead_time": draw(st.sampled_from([2e-7, 3.5e-6]))} if blind else None,
        attempt_duration=1e-6,
    )


@st.composite
def direct_transfers(draw):
    duration = draw(st.floats(0, 1e-6))
    return DirectTransfer(transmission=draw(chance), absorption=draw(chance), duration=duration, repetition=1e-6)


@st.composite
def transfer_ends(draw):
    t1_ge, t1_ef = draw(st.floats(0.5e-6, 1e-4)), draw(st.floats(0.5e-6, 1e-4))
    return {
        "linewidth": draw(st.floats(8e6, 15e6)),
        "internal_linewidth": draw(st.floats(0, 0.5e6)),
        "t1_ge": t1_ge,
        "t1_ef": t1_ef,
        "t2_ge": draw(st.floats(0.1, 1)) * 2 * t1_ge,
        "t2_ef": draw(st.floats(0.1, 1)) * 2 / (1 / t1_ge + 1 / t1_ef),
        "excited": draw(st.floats(0, 0.2)),
        "detuning": draw(st.floats(-1e6, 1e6)),
        "stark_shift": draw(st.floats(-1e6, 1e6)),
        "amplitude_error": draw(st.floats(-0.1, 0.1)),
    }


@st.composite
def photon_transfers(draw):
    return PhotonTransfer(
        sender=draw(transfer_ends()),
        receiver=draw(transfer_ends()),
        photon=draw(
            st.sampled_from(
                [
                    {"shape": "sech"},
                    {"shape": "sech", "bandwidth": 6e6},
                    {"shape": "exponential", "rise": 7e6, "fall": 4e6},
                ]
            )
        ),
        transmission=draw(chance),
        absorption=draw(chance),
        window=draw(st.floats(5e-8, 3e-7)),
        timing_error=draw(st.floats(-1e-8, 1e-8)),
        preparation=draw(st.sampled_from([0.0, 3e-8])),
        pi_pulse=draw(st.sampled_from([0.0, 2e-8])),
        repetition=1e-6,
    )


@st.composite
def multiplexed(draw):
    time = draw(st.sampled_from([{}, {"multiplexing": "time", "spacing": 1e-7}, {"multiplexing": "frequency"}]))
    return Multiplexed(
        scheme=draw(st.one_of(parametric(), single_clicks())),
        modes=draw(st.integers(1, 40)),
        switching=(draw(chance), draw(chance)),
        feed_forward=draw(st.floats(0, 1e-5)),
        **time,
    )


ROADS = {
    Parametric: parametric,
    SingleClick: single_clicks,
    DoubleClick: double_clicks,
    DirectTransfer: direct_transfers,
    Multiplexed: multiplexed,
    PhotonTransfer: photon_transfers,
}
# Playing a whole density matrix through its pulses takes seconds.
FEWER = {PhotonTransfer: 6}


def test_every_scheme_is_under_test():
    """A scheme that joins the house joins this test, or this fails."""
    assert set(ROADS) == set(SCHEMES)


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.slow if kind in FEWER else ()) for kind in SCHEMES],
    ids=lambda kind: kind.model_fields["kind"].default,
)
def test_both_roads_agree(kind):
    """The link model that engines use is the attempt as it is played out, to 1e-9, over 200 random parameter sets.

    Six where an attempt takes seconds to play.
    """

    @given(ROADS[kind]())
    @settings(max_examples=FEWER.get(kind, 200), deadline=None)
    def agree(scheme):
        model, played = scheme.link_model(NODES, ()), scheme.attempts(NODES, ())
        assert model.attempt_duration == played.attempt_duration
        assert model.herald_delay == played.herald_delay
        assert model.target == played.target
        total = played.probabilities.sum()
        assert model.success_probability == pytest.approx(total, abs=1e-12)
        if total > 1e-6:
            mean = np.tensordot(played.probabilities, played.states, axes=1) / total
            assert model.born == pytest.approx(pairs.from_density(mean), abs=1e-9)
            pairs.check_pair(model.born)
        if model.idle is not None and total < 1 - 1e-6:
            assert model.idle == pytest.approx(pairs.from_density(played.idle), abs=1e-8)
        if model.heralded is False:
            assert total == pytest.approx(1, abs=1e-15)

    agree()


def test_what_a_channel_does_not_do_is_said():
    """Losses that were drawn but do not count would be believed."""
    nodes, fibre = (Node(), Node()), Fibre(length=2.0, attenuation=2e-4)
    given = Parametric(attempt_duration=1e-5, success_probability=0.1, state={"kind": "werner", "fidelity": 0.9})
    assert not given.link_model(nodes, ()).notes
    assert "`channel` changes nothing" in given.link_model(nodes, (fibre,)).notes[0]
    click = SingleClick(bright_state_population=0.1, detection_probability=1e-3, attempt_duration=5e-6)
    assert not click.link_model(nodes, (Fibre(length=2.0),)).notes
    assert "`detection_probability` is given" in click.link_model(nodes, (fibre,)).notes[0]


def test_times_that_differ_by_little_are_told_apart():
    """At most 1 us, but it is 1 us, would help nobody."""
    state = {"kind": "werner", "fidelity": 0.9}
    with pytest.raises(ValueError, match=r"1 us, but it is 1\.00000001 us"):
        Parametric(attempt_duration=1e-6, success_probability=0.1, state=state, herald_delay=1.00000001e-6)
    with pytest.raises(ValueError, match=r"1 us, but it is 1\.00000001 us"):
        DirectTransfer(transmission=1.0, repetition=1e-6, duration=1.00000001e-6)
