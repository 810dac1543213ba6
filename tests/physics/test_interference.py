"""Clicks in closed form against Fock space, and what incomplete excitation does to either detector."""

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.links.single_click_played import packets, sent
from bellpush.physics.fock import Branch, Counter, Meeting, node
from bellpush.physics.interference import Optics, heralds, light, missed
from bellpush.physics.wavepacket import Packets, one_click

chance = st.floats(0, 1)
both = st.tuples(chance, chance)


@given(both, both, both, both, both, chance, chance, chance, st.floats(0, 2 * pi), st.booleans())
@settings(max_examples=200, deadline=None)
def test_closed_form_and_fock_space_agree(
    detection, excitation, double, efficiency, dark, split, visibility, kept, phase, resolving
):
    """Every element of the spins' density matrix, for either detector and for none, to 1e-9; no field is ideal."""
    coherence = kept * sqrt(visibility)
    optics = Optics(split, efficiency, dark, resolving)
    first, second = (light(*each) for each in zip(detection, excitation, double, strict=True))
    found = heralds(first, second, optics, coherence * np.exp(-1j * phase), visibility)
    shapes, _, mark = packets(visibility, coherence)
    turned = np.asarray(shapes[1]) * np.exp(1j * phase)
    nodes = [sent([shapes[0], turned][k], detection[k], excitation[k], double[k], [1.0, mark][k]) for k in (0, 1)]
    counters = tuple(Counter(efficiency[k], dark[k], resolving) for k in (0, 1))
    meeting = Meeting(nodes[0], nodes[1], 3, counters, split)
    for here in (0, 1):
        assert found[here] == pytest.approx(meeting.click(here), abs=1e-9)
    rest = meeting.all() - meeting.click(0) - meeting.click(1)
    assert missed(first, second, found) == pytest.approx(rest, abs=1e-9)


def bright_bright(excitation, phase, split=0.5):
    """Chance of a click in either detector with both spins bright."""
    nodes = [light(0.2, excitation), light(0.3, excitation)]
    found = heralds(*nodes, Optics(split), 0.9 * np.exp(-1j * phase), 0.85)
    return found[:, 1, 1, 1, 1].real


def test_detectors_differ_only_where_excitation_is_incomplete_and_swap_with_the_phase():
    """X3: no asymmetry at a full pi pulse; else as cos(phase), of the other sign half a turn further."""
    assert np.ptp(bright_bright(1.0, 0.7)) == pytest.approx(0, abs=1e-15)
    one = np.subtract(*bright_bright(0.8, 0.7))
    assert one > 1e-3
    assert np.subtract(*bright_bright(0.8, 0.7 + pi)) == pytest.approx(-one, abs=1e-15)
    phases = np.linspace(0, 2 * pi, 8, endpoint=False)
    found = [np.subtract(*bright_bright(0.8, phase)) for phase in phases]
    expected = 2 * 0.9 * 0.8 * 0.2 * sqrt(0.2 * 0.3) * np.cos(phases)  # 2 C sA cA sB cB sqrt(pA pB) cos
    assert found == pytest.approx(expected, abs=1e-15)
    assert np.mean(found) == pytest.approx(0, abs=1e-15)  # gone once the phase is averaged


def test_phases_of_spins_and_paths_move_only_the_phase_of_the_pair():
    """X5: rates stay, and the coherence turns by the sum of both."""
    first, second = light(0.3), light(0.4)
    still = heralds(first, second, Optics(), 0.9, 0.81)[0]
    for spin, path in ((0.4, 0.0), (0.0, 1.1), (0.4, 1.1)):
        turned = np.array([1.0, np.exp(1j * spin)])
        after = heralds(first, second, Optics(), 0.9 * np.exp(-1j * path), 0.81)[0]
        after = after * turned[:, None, None, None] * turned.conj()[:, None]
        assert np.einsum("ijij->ij", after) == pytest.approx(np.einsum("ijij->ij", still), abs=1e-15)
        assert after[1, 0, 0, 1] / still[1, 0, 0, 1] == pytest.approx(np.exp(1j * (spin - path)), abs=1e-14)


def test_the_phase_of_a_click_follows_its_time_in_fock_space():
    """X1 by the second road: four short modes in a row, the slope of the coherence's phase is 2 pi df to 1 %."""
    delta, lifetime, step = 2 * pi * 4e6, 12.4e-9, 2e-9
    edges = np.arange(5) * step
    times = np.linspace(0, step, 400, endpoint=False) + step / 800
    shape = np.exp(-(edges[:-1, None] + times) / 2 / lifetime)
    weight = np.sqrt((shape**2).sum(axis=1))
    # What of the second photon lies in each mode of the first: the mean of its turning over the mode.
    overlap = (shape**2 * np.exp(-1j * delta * (edges[:-1, None] + times))).sum(axis=1) / weight**2
    assert abs(overlap).min() > 0.999
    share = weight / np.sqrt((weight**2).sum())
    kets = [share, share * overlap / abs(overlap)]
    nodes = [node(3, 4, [Branch(0, 1.0, [])], [Branch(0, 1.0, [ket])]) for ket in kets]
    meeting = Meeting(nodes[0], nodes[1], 3, (Counter(), Counter()))
    phases = [np.angle(meeting.click(0, mode)[1, 0, 0, 1]) for mode in range(4)]
    slope = np.polyfit(edges[:-1] + step / 2, np.unwrap(phases), 1)[0]
    assert slope == pytest.approx(delta, rel=0.01)
    closed = np.angle(one_click(Packets((lifetime, lifetime), detuning=delta), at=edges[:-1] + step / 2))
    assert np.unwrap(phases) == pytest.approx(np.unwrap(closed), abs=5e-3)


def test_an_unbalanced_beam_splitter_tells_who_sent_the_photon():
    """Each detector favours one arm; the coherence of both together falls as 2 sqrt(t r)."""
    found = heralds(light(0.3), light(0.3), Optics(0.8), 1.0, 1.0)
    assert found[0, 1, 0, 1, 0].real == pytest.approx(0.8 * 0.3)
    assert found[1, 1, 0, 1, 0].real == pytest.approx(0.2 * 0.3)
    assert (found[0] - found[1])[1, 0, 0, 1].real == pytest.approx(2 * sqrt(0.8 * 0.2) * 0.3)


def test_batches_are_as_good_as_one_after_the_other():
    """A scan hands in arrays."""
    detection = np.linspace(0, 1, 5)
    found = heralds(light(detection, 0.9), light(0.2), Optics(dark=(1e-3, 0.0)), 0.9, np.linspace(0.81, 1, 5))
    alone = heralds(light(detection[3], 0.9), light(0.2), Optics(dark=(1e-3, 0.0)), 0.9, 0.81 + 0.19 * 0.75)
    assert found.shape == (2, 2, 2, 2, 2, 5)
    assert found[..., 3] == pytest.approx(alone, abs=1e-15)
