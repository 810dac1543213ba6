"""Photon transfer as a scheme: what it takes from devices, what it refuses, what its dials do."""

from math import pi

import numpy as np
import pytest

from bellpush.delivery.clocked import Clocked
from bellpush.delivery.job import Job
from bellpush.delivery.request import Request
from bellpush.engines.exact import Exact
from bellpush.engines.physics import Physics
from bellpush.ground.streams import Streams
from bellpush.hardware.channel import Waveguide
from bellpush.hardware.node import Node
from bellpush.links.direct_transfer import direct_transfer
from bellpush.links.link import Link
from bellpush.links.photon_transfer import PhotonTransfer
from bellpush.states.measures import overlap

A = {"linewidth": 10.4e6, "t1_ge": 5e-6, "t1_ef": 2.3e-6, "t2_ge": 5e-6, "t2_ef": 2e-6, "excited": 0.01}
B = {"linewidth": 13.5e6, "t1_ge": 4.5e-6, "t1_ef": 1.6e-6}
NODES = (Node(device=A), Node(device=B))
BARE = (Node(), Node())
EVERYTHING = PhotonTransfer(
    sender={"internal_linewidth": 0.1e6, "detuning": 0.2e6, "stark_shift": 0.1e6, "amplitude_error": 0.02},
    receiver={"detuning": -0.1e6},
    transmission=0.77,
    absorption=0.98,
    window=0.18e-6,
    timing_error=2e-9,
    pi_pulse=20e-9,
    preparation=30e-9,
    repetition=20e-6,
)


def ideal(**more):
    ends = {"sender": {"linewidth": 10.4e6}, "receiver": {"linewidth": 13.5e6}}
    return PhotonTransfer(**{**ends, "transmission": 1.0, "window": 0.75e-6, "repetition": 20e-6, **more})


def fidelity(scheme, ends=NODES, channel=()):
    return float(overlap(scheme.births(ends, channel).pair, "psi+"))


@pytest.mark.parametrize("eta", [0.0, 0.3, 0.77, 1.0])
def test_loss_alone_is_the_closed_form_of_direct_transfer(eta):
    """Two witnesses: the pulses followed one by one, and amplitude damping of the second qubit."""
    found = ideal(transmission=eta).births(BARE, ()).pair
    assert found == pytest.approx(direct_transfer(eta), abs=1e-8)


def test_a_missed_photon_is_as_good_as_a_lost_one():
    """Absorption stands beside the transmission and is not folded into it silently; the product counts."""
    one = ideal(transmission=0.9, absorption=0.8).births(BARE, ()).pair
    assert np.array_equal(one, ideal(transmission=0.9 * 0.8).births(BARE, ()).pair)


def test_ends_are_the_devices_of_the_nodes_and_the_schemes_own_words_win_one_by_one():
    """Two witnesses: the device, and the same numbers written into the scheme."""
    scheme = PhotonTransfer(transmission=0.77, window=0.18e-6, repetition=20e-6)
    spelled = PhotonTransfer(sender=A, receiver=B, transmission=0.77, window=0.18e-6, repetition=20e-6)
    assert np.array_equal(scheme.births(NODES, ()).pair, spelled.births(BARE, ()).pair)
    mixed = PhotonTransfer(sender={"t1_ef": 9e-6}, transmission=0.77, window=0.18e-6, repetition=20e-6)
    spelled = PhotonTransfer(
        sender={**A, "t1_ef": 9e-6}, receiver=B, transmission=0.77, window=0.18e-6, repetition=20e-6
    )
    assert np.array_equal(mixed.births(NODES, ()).pair, spelled.births(BARE, ()).pair)


def test_units_become_rates_where_the_solver_begins():
    """Linewidths over 2 pi at the door, angular inside; a slip of 2 pi would look like another device."""
    transfer = EVERYTHING.transfer(NODES, ())
    assert transfer.sender.linewidth == pytest.approx(2 * pi * 10.4e6)
    assert transfer.sender.detuning == pytest.approx(2 * pi * 0.2e6)
    assert transfer.sender.internal_loss == pytest.approx(2 * pi * 0.1e6)
    assert transfer.sender.amplitude == pytest.approx(1.02)
    assert transfer.photon.bandwidth == pytest.approx(2 * pi * 10.4e6)  # the smaller of the two
    assert transfer.receiver.relaxation_ef == pytest.approx(1 / 1.6e-6)
    assert transfer.transmission == pytest.approx(0.77 * 0.98)
    assert (transfer.window, transfer.timing_error, transfer.pi_pulse) == (0.18e-6, 2e-9, 20e-9)


def test_transmission_comes_from_the_channel_where_it_is_not_given():
    """What can be derived may be left out; what is given is the total and wins."""
    line = (Waveguide(length=100.0, attenuation=0.005),)
    derived = PhotonTransfer(window=0.18e-6, repetition=20e-6)
    assert derived.transfer(NODES, line).transmission == pytest.approx(10**-0.05)
    assert derived.contradiction(NODES, line) is None
    assert "needs `transmission`" in derived.contradiction(NODES, ())


def test_a_photon_of_another_shape_is_sent_as_well():
    """Without loss or decay any shape that both ends can make is caught; equal rates of rise and fall are a sech."""
    bandwidth = 8e6
    sech = ideal(photon={"shape": "sech", "bandwidth": bandwidth}, window=0.18e-6)
    equal = ideal(photon={"shape": "exponential", "rise": bandwidth, "fall": bandwidth}, window=0.18e-6)
    assert equal.births(BARE, ()).pair == pytest.approx(sech.births(BARE, ()).pair, abs=1e-8)
    times = np.linspace(-0.4e-6, 0.4e-6, 401)
    shape = 1 / np.cosh(pi * bandwidth * times)
    sampled = ideal(photon={"shape": "sampled", "times": times.tolist(), "amplitudes": shape.tolist()}, window=0.18e-6)
    assert sampled.births(BARE, ()).pair == pytest.approx(sech.births(BARE, ()).pair, abs=1e-4)


def test_many_points_abreast_are_each_what_it_is_alone():
    """A scan of 10,000 devices builds one record, not 10,000; arrays in scheme, ends and devices alike."""
    transmission, t1 = np.array([0.6, 0.8, 1.0]), np.array([2e-6, 3e-6, 4e-6])
    linewidth = np.array([11e6, 9e6, 13e6])
    scheme = EVERYTHING.changed(transmission=transmission, sender=EVERYTHING.sender.changed(t1_ef=t1))
    ends = (NODES[0], NODES[1].changed(device=NODES[1].device.changed(linewidth=linewidth)))
    found = scheme.births(ends, ())
    assert found.pair.shape == (3, 4, 4)
    assert found.success.shape == (3,)
    for i in range(3):
        alone = EVERYTHING.changed(transmission=transmission[i], sender=EVERYTHING.sender.changed(t1_ef=float(t1[i])))
        node = Node(device={**B, "linewidth": float(linewidth[i])})
        assert found.pair[i] == pytest.approx(alone.births((NODES[0], node), ()).pair, abs=1e-9)


def test_a_dial_at_nothing_takes_its_imperfection_off_the_list_and_at_full_leaves_everything():
    """Two witnesses for each name: the dial that switches it off, and the list of what is present."""
    dials, scheme = EVERYTHING.imperfections(NODES, ()), EVERYTHING.resolved(NODES, ())
    assert len(dials) == 13
    for name, dial in dials.items():
        assert fidelity(dial(scheme, 1.0)) == fidelity(EVERYTHING)
        assert set(dial(scheme, 0.0).imperfections(BARE, ())) == set(dials) - {name}
        assert fidelity(dial(scheme, 1 - 1e-7)) == pytest.approx(fidelity(EVERYTHING), abs=1e-7)
    for dial in dials.values():
        scheme = dial(scheme, 0.0)
    assert fidelity(scheme) == pytest.approx(fidelity(ideal(window=0.18e-6), BARE), abs=1e-8)


def test_dials_of_a_transfer_may_be_turned_in_any_order():
    """Times go through rates and back, and one time holds several rates: the order must still not matter."""
    names = list(EVERYTHING.imperfections(NODES, ()))
    dials = EVERYTHING.imperfections(NODES, ())
    rng = np.random.default_rng(1)
    strengths = dict(zip(names, rng.uniform(0, 1, len(names)), strict=True))
    found = []
    for _ in range(4):
        scheme = EVERYTHING.resolved(NODES, ())
        for name in rng.permutation(names):
            scheme = dials[name](scheme, strengths[name])
        found.append(fidelity(scheme))
    assert np.ptp(found) < 1e-12


def test_slopes_are_those_of_differences():
    """Two witnesses: the adjoint of the evolution, and the fidelity at two strengths of every dial."""
    dials, scheme = EVERYTHING.imperfections(NODES, ()), EVERYTHING.resolved(NODES, ())
    step = 1e-3
    moved = [(dial(scheme, 1 + step), dial(scheme, 1 - step)) for dial in dials.values()]
    value, changes = scheme.slopes(NODES, (), moved)
    assert value == pytest.approx(fidelity(EVERYTHING), abs=1e-9)
    for change, (up, down) in zip(changes, moved, strict=True):
        assert change == pytest.approx(fidelity(up) - fidelity(down), abs=2e-8)


REFUSED = [
    ({"window": 0.0}, "window\n"),
    ({"window": 21e-6}, "`preparation` \\+ `window` \\+ `pi_pulse` of at most its `repetition` 20 us, but .* 21 us"),
    ({"window": 19.99e-6, "pi_pulse": 20e-9}, "they take 20.01 us"),
    ({"timing_error": -0.2e-6}, "`timing_error` of at most its `window` 180 ns, but it is 200 ns"),
    ({"thermal_photons": -0.1}, "thermal_photons\n.*at least 0"),
    ({"transmission": 1.2}, "at most 1, but is 1.2"),
    ({"sender": {"linewidth": 0.0}}, "sender.linewidth\n.*greater than 0 Hz"),
    ({"sender": {"internal_linewidth": -1.0}}, "internal_linewidth\n.*at least 0 Hz"),
    ({"sender": {"t1_ge": -1e-6}}, "sender.t1_ge\n"),
    ({"sender": {"t1_ge": 1e-6, "t2_ge": 3e-6}}, "sender\n.*`t2_ge` of at most 2 `t1_ge` = 2 us"),
    ({"photon": {"shape": "sech", "bandwidth": float("nan")}}, "bandwidth\n.*finite, but is nan"),
    ({"photon": {"shape": "sampled", "times": [0.0, 1e-9], "amplitudes": [1.0, float("nan")]}}, "amplitudes.1\n.*nan"),
    ({"photon": {"shape": "sampled", "times": [0.0, 1e-9], "amplitudes": [1.0, 0.5]}}, "`times` must be at least 8"),
    ({"photon": {"shape": "gauss"}}, "shape"),
]


@pytest.mark.parametrize(("fields", "said"), REFUSED)
def test_what_no_transfer_can_be_is_refused_when_it_is_written(fields, said):
    """Each with the field that is wrong; a NaN that reached the solver would come out as a fidelity."""
    with pytest.raises(ValueError, match=said):
        PhotonTransfer(**{"transmission": 0.77, "window": 0.18e-6, "repetition": 20e-6, **fields})


CONTRADICTIONS = [
    (BARE, {}, "needs the `linewidth` of its sender, but neither `sender` nor a `device`"),
    ((NODES[0], Node()), {}, "needs the `linewidth` of its receiver"),
    (NODES, {"photon": {"shape": "sech", "bandwidth": 11e6}}, "linewidth of its sender, 10.4 MHz, but it is 11 MHz"),
    (
        NODES,
        {"photon": {"shape": "exponential", "rise": 14e6, "fall": 5e6}},
        "`rise` is at most the linewidth of its r",
    ),
    (
        NODES,
        {"photon": {"shape": "exponential", "rise": 5e6, "fall": 11e6}},
        "`fall` is at most the linewidth of its s",
    ),
    (NODES, {"window": 10e-9}, "a `window` that holds the photon, at least 15.3034 ns, but it is 10 ns"),
    (NODES, {"sender": {"t2_ge": 11e-6}}, "has a sender that needs `t2_ge` of at most 2 `t1_ge` = 10 us"),
    (NODES, {"receiver": {"t1_ge": 1e-6}, "sender": {"t1_ef": 1e-6}}, "a sender that needs `t2_ef` of at most"),
]


@pytest.mark.parametrize(("ends", "fields", "said"), CONTRADICTIONS)
def test_what_devices_cannot_do_is_said_before_anything_is_solved(ends, fields, said):
    """Only the two nodes together tell; the bound stands in the message."""
    scheme = PhotonTransfer(**{"transmission": 0.77, "window": 0.18e-6, "repetition": 20e-6, **fields})
    assert said in scheme.contradiction(ends, ())


def test_a_photon_that_takes_more_drive_than_there_is_is_refused():
    """A sech as broad as its resonator takes a coupling of kappa/2, here 5.2 MHz; more or less is at hand."""
    driven = {"frequency": 6.3e9, "anharmonicity": -0.3e9, "resonator_frequency": 8.4e9, "resonator_coupling": 0.3e9}
    scheme = PhotonTransfer(transmission=0.77, window=0.18e-6, repetition=20e-6)

    def said(largest):
        return scheme.contradiction((Node(device={**A, **driven, "largest_drive": largest}), NODES[1]), ())

    enough = 5.2e6 / (6.313131e6 / 0.5e9)
    assert "a coupling of up to 5.2 MHz at its sender, but the `largest_drive` of that device" in said(0.99 * enough)
    assert said(1.01 * enough) is None


def test_checking_a_link_solves_nothing(monkeypatch):
    """`bellpush check` answers at once: steps and contradictions are known without a pulse."""
    monkeypatch.setattr("bellpush.links.photon_transfer._solved", lambda one: pytest.fail("solved"))
    monkeypatch.setattr("bellpush.links.photon_transfer._kept", lambda one: pytest.fail("solved"))
    link = Link("l", ("a", "b"), NODES, (), EVERYTHING)
    assert link.step == 20e-6
    assert link.scheme.contradiction(link.nodes, link.channel) is None


def test_what_leaked_and_what_takes_longer_than_a_repetition_is_noted():
    """Population in f is no qubit's; a user who adds up the density matrix must be told."""
    model = EVERYTHING.link_model(NODES, ())
    assert model.born[0, 0] < 1
    assert f"{1 - model.born[0, 0]:.3g} of the population ends outside" in model.notes[0]
    far = ideal().link_model(BARE, (Waveguide(length=1e4, attenuation=0.0),))
    assert len(far.notes) == 1
    assert "the channel alone takes" in far.notes[0]


@pytest.mark.slow
def test_both_engines_hand_over_what_is_left_in_the_qubits():
    """Two witnesses: the reduced equations with closed ageing, and full density matrices with Kraus operators."""
    link = Link("l", ("a", "b"), NODES, (), EVERYTHING)
    request = Request("it", link, Clocked(period=21e-6, fallback="mixed", attempts="hold"))
    job = Job({"l": link}, {"it": request}, hash="", shots=50)
    exact, physics = (engine.run(job, Streams(1))["it"] for engine in (Exact(), Physics()))
    assert exact.state == pytest.approx(physics.state, abs=1e-8)
    assert exact.state[0, 0] < 0.999
    assert exact.delivered_probability.value == physics.delivered_probability.value == 1
    assert exact.fidelity.value == pytest.approx(float(overlap(physics.state, "psi+")), abs=1e-8)
