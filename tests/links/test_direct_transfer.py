"""Direct transfer: loss only has closed forms."""

import numpy as np
import pytest

from bellpush.hardware.channel import Waveguide
from bellpush.hardware.node import Node
from bellpush.links.direct_transfer import DirectTransfer, direct_transfer
from bellpush.links.link import Link
from bellpush.states import pair as pairs
from bellpush.states.measures import concurrence, fidelity

NODES = (Node(), Node())


@pytest.mark.parametrize("eta", [0.0, 0.1, 0.5, 0.75, 0.981 * 0.77, 1.0])
def test_loss_alone(eta):
    """OD-09: F = (1 + sqrt(eta))^2 / 4, concurrence sqrt(eta), to 1e-12; a lost photon leaves |00>."""
    pair = direct_transfer(eta)
    assert fidelity(pair, "psi+") == pytest.approx((1 + np.sqrt(eta)) ** 2 / 4, abs=1e-12)
    assert concurrence(pair) == pytest.approx(np.sqrt(eta), abs=1e-12)
    assert pairs.to_density(pair)[0, 0].real == pytest.approx((1 - eta) / 2, abs=1e-12)


@pytest.mark.parametrize(("sent", "caught"), [(0.77, 0.981), (0.777, 0.958), (1.0, 1.0), (0.0, 1.0), (0.5, 0.0)])
def test_closed_form_and_the_photon_played_out_agree(sent, caught):
    """The second road follows the photon through line and receiver."""
    scheme = DirectTransfer(transmission=sent, absorption=caught, duration=0.0, repetition=1e-6)
    played = scheme.attempts(NODES, ())
    assert pairs.from_density(played.states[0]) == pytest.approx(scheme.link_model(NODES, ()).born, abs=1e-13)


def test_transmission_comes_from_the_channel_where_it_is_not_given():
    """What can be derived may be left out; what is given is the total and wins."""
    line = (Waveguide(length=1000.0, attenuation=0.001),)
    derived = DirectTransfer(duration=0.0, repetition=1e-6)
    assert derived.arrives(line) == pytest.approx(10**-0.1)
    assert derived.contradiction(NODES, ()) is not None
    assert DirectTransfer(transmission=0.5, duration=0.0, repetition=1e-6).arrives(line) == 0.5


def test_both_ends_decay_while_the_transfer_lasts():
    """One duration of T1 at each end, as independent amplitude damping."""
    node = Node(memory={"kind": "t1-t2", "t1": 1e-6})
    scheme = DirectTransfer(transmission=1.0, duration=1e-7, repetition=1e-6)
    link = Link("l", ("a", "b"), (node, node), (), scheme)
    stay = np.exp(-0.1)
    assert link.fidelity.value == pytest.approx(stay, abs=1e-12)  # psi+ under equal damping keeps the share exp(-t/T1)
