"""A photon transfer by two roads, the reduced equations and full density matrices, and by closed forms and figures."""

import re

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.physics.witness import Secant, emitted

import bellpush.links.photon_transfer_played as played
import bellpush.physics.transfer as transfers
from bellpush.ground.errors import ConvergenceError
from bellpush.links.photon_transfer_played import play, play_pair
from bellpush.physics.process import process_fidelity, state_fidelity, subspace
from bellpush.physics.pulse import Driven, Exponential, Sampled, Sech
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.transfer import Transfer, bell, passage, process
from bellpush.physics.transfer_slopes import slopes
from bellpush.states.measures import concurrence, fidelity, overlap
from bellpush.states.pair import from_density

MHZ = 2e6 * np.pi
KA, KB = 10.4 * MHZ, 13.5 * MHZ
A, B = Qutrit(KA), Qutrit(KB)
DECAY = {"relaxation_ge": 2e5, "relaxation_ef": 5e5, "dephasing_g": 1e5, "dephasing_f": 2e5}
RIGHT = Transfer(A, B, Sech(KA), transmission=1.0, window=0.35e-6)


def arrived(transfer):
    """Probability that an excitation sent whole ends in the receiver's e, by the reduced equations."""
    return process(transfer, tolerance=1e-10)[..., 1, 1, 1, 1].real


def played_arrived(transfer):
    """The same, by full density matrices and couplings written down a second time."""
    return play(transfer._replace(photon=Secant(transfer.photon.bandwidth)), start=[0, 0, 1])[1, 1].real


@pytest.mark.parametrize("to_sender", [1.0, 0.9, 0.5])
@pytest.mark.parametrize("to_receiver", [1.0, 0.9, 0.5])
def test_without_loss_and_decay_nothing_is_left_behind(to_sender, to_receiver):
    """G T = 32, any ratio of bandwidth to linewidths: error below 1e-6 by both roads, nothing passes the receiver."""
    bandwidth = 6.2 * MHZ
    transfer = Transfer(
        Qutrit(bandwidth / to_sender), Qutrit(bandwidth / to_receiver), Sech(bandwidth), 1.0, 32 / bandwidth
    )
    assert 0 <= 1 - arrived(transfer) < 1e-6
    assert 0 <= 1 - played_arrived(transfer) < 1e-6
    assert passage(transfer).passed < 1e-5


@pytest.mark.parametrize("photon", [Sech(6.2 * MHZ), Sech(10.4 * MHZ)])
def test_a_driven_node_emits_the_photon_it_was_asked_for(photon):
    """Two amplitudes integrated by scipy against the envelope: overlap above 1 - 1e-6; at G = kappa g is kappa/2."""
    times = np.linspace(-20, 20, 4001) / photon.bandwidth
    for couplings in (photon, Secant(photon.bandwidth)):
        field = emitted(couplings, KA, times)
        overlap = np.trapezoid(field * photon.envelope(times), times)
        assert 1 - 1e-6 < overlap < 1 + 1e-8
    assert Sech(KA).emission(times, KA).max() == pytest.approx(KA / 2, rel=1e-6)
    assert Secant(KA).emission(times, KA).max() == pytest.approx(KA / 2, rel=1e-6)


@pytest.mark.parametrize("nodes", [(A, A), (A, B), (Qutrit(2 * KA), Qutrit(1.2 * KA))])
def test_what_a_cut_window_leaves_behind(nodes):
    """(2 + G/kA + G/kB) exp(-G T/2), the leading term of what the tails hold: to 2 % from G T = 18 on."""
    for long in (18.0, 24.0, 30.0):
        transfer = Transfer(*nodes, Sech(KA), 1.0, long / KA)
        law = (2 + KA / nodes[0].linewidth + KA / nodes[1].linewidth) * np.exp(-long / 2)
        assert 1 - arrived(transfer) == pytest.approx(law, rel=0.02)
        assert 1 - played_arrived(transfer) == pytest.approx(law, rel=0.02)


@pytest.mark.parametrize(
    ("window", "late", "probability"),
    [(0.35, 1, 0.9996), (0.35, 3, 0.9968), (0.35, 5, 0.9912), (0.35, 10, 0.9652), (0.18, 0, 0.9886)],
)
def test_late_and_short_pulses(window, late, probability):
    """Figures of a cascaded master equation solved by others, G/2pi = kA/2pi = 10.4 MHz, kB/2pi = 13.5 MHz."""
    transfer = RIGHT._replace(window=window * 1e-6, timing_error=late * 1e-9)
    assert arrived(transfer) == pytest.approx(probability, abs=1e-4)
    assert played_arrived(transfer) == pytest.approx(arrived(transfer), abs=1e-9)


def test_loss_alone_has_a_closed_form():
    """F = (1 + sqrt(eta))^2/4 and C = sqrt(eta) for every eta, to 1e-8 at G T = 40; half of what is lost is in gg."""
    eta = np.linspace(0, 1, 41)
    transfer = RIGHT._replace(transmission=eta, window=40 / KA)
    pair = bell(transfer, tolerance=1e-10).pair
    assert fidelity(pair, "psi+") == pytest.approx((1 + np.sqrt(eta)) ** 2 / 4, abs=1e-8)
    assert concurrence(pair) == pytest.approx(np.sqrt(eta), abs=1e-8)
    assert process_fidelity(process(transfer, tolerance=1e-10)) == pytest.approx((1 + np.sqrt(eta)) ** 2 / 4, abs=1e-8)
    for point in (0, 16, 31):
        block = play_pair(transfer._replace(transmission=eta[point], photon=Secant(KA)))
        assert fidelity(from_density(block), "psi+") == pytest.approx((1 + np.sqrt(eta[point])) ** 2 / 4, abs=1e-8)
        assert block[0, 0].real == pytest.approx((1 - eta[point]) / 2, abs=1e-8)


def test_loss_alone_in_the_short_window_of_the_first_experiment():
    """G T = 11.8, loss 23 %: P 0.761, F_p and F_Bell 0.877, C 0.873, found by others with a master equation."""
    transfer = RIGHT._replace(transmission=0.77, window=0.18e-6)
    pair = bell(transfer).pair
    figures = [arrived(transfer), process_fidelity(process(transfer)), fidelity(pair, "psi+"), concurrence(pair)]
    assert figures == pytest.approx([0.761, 0.877, 0.877, 0.873], abs=6e-4)


MESSY = {
    "detuned": RIGHT._replace(sender=A._replace(detuning=1e7), receiver=B._replace(detuning=-2e7), transmission=0.8),
    "decaying": RIGHT._replace(sender=A._replace(**DECAY), receiver=B._replace(**DECAY), transmission=0.77),
    "too strong": RIGHT._replace(sender=A._replace(amplitude=1.05), receiver=B._replace(amplitude=0.9)),
    "lossy inside": RIGHT._replace(sender=A._replace(internal_loss=2e6), receiver=B._replace(internal_loss=3e6)),
    "not reset": RIGHT._replace(sender=A._replace(excited=0.05), receiver=B._replace(excited=0.03), transmission=0.5),
    "narrow and late": RIGHT._replace(photon=Sech(0.6 * KA), timing_error=-4e-9),
    "exponential": RIGHT._replace(photon=Exponential(rise=6 * MHZ, fall=9 * MHZ)),
    "slow last pulse": RIGHT._replace(sender=A._replace(**DECAY), receiver=B._replace(**DECAY), pi_pulse=30e-9),
    "slow first pulses": RIGHT._replace(
        sender=A._replace(**DECAY, excited=0.04), receiver=B._replace(**DECAY), preparation=40e-9
    ),
    "everything": Transfer(
        Qutrit(KA, **DECAY, internal_loss=1e6, detuning=3e6, amplitude=0.97, excited=0.03),
        Qutrit(KB, **DECAY, internal_loss=2e6, detuning=-5e6, amplitude=1.04, excited=0.02),
        Sech(8 * MHZ),
        0.7,
        0.15e-6,
        timing_error=2e-9,
        pi_pulse=20e-9,
        preparation=30e-9,
    ),
}


@pytest.mark.parametrize("transfer", MESSY.values(), ids=MESSY.keys())
def test_both_roads_end_in_the_same_qutrits(transfer):
    """All 81 elements, reduced equations against full matrices, each imperfection alone and all at once."""
    transfer = transfer._replace(window=min(transfer.window, 0.2e-6))
    full, solved = play(transfer), bell(transfer)
    assert np.abs(solved.qutrits() - full).max() < 1e-8
    block = full.reshape(3, 3, 3, 3)[:2, :2, :2, :2].reshape(4, 4)
    assert solved.pair == pytest.approx(from_density(block), abs=1e-8)
    assert solved.leaked == pytest.approx(1 - np.trace(block).real, abs=1e-8)
    assert np.trace(full).real == pytest.approx(1, abs=1e-10)
    assert np.linalg.eigvalsh(full).min() > -1e-9


@pytest.mark.parametrize("late", [0.0, 4e-9])
def test_both_roads_shift_by_the_same_uncompensated_stark_effect(late):
    """The shift follows the square of the coupling over its largest, so the largest must be the same for both."""
    transfer = RIGHT._replace(
        sender=A._replace(stark_shift=1e7),
        receiver=B._replace(stark_shift=-2e7, detuning=1e6),
        timing_error=late,
        window=0.15e-6,
        photon=Sech(8 * MHZ),
    )
    assert np.abs(bell(transfer).qutrits() - play(transfer)).max() < 1e-8


@pytest.mark.parametrize("levels", [2, 3])
def test_both_roads_are_warmed_alike(levels):
    """Thermal photons, every pulse of finite length, decay: at the same number of Fock levels the same to 1e-8."""
    transfer = MESSY["everything"]._replace(thermal_photons=0.02)
    assert np.abs(bell(transfer, levels=levels).qutrits() - play(transfer, levels)).max() < 1e-8


def test_both_roads_take_the_fock_levels_a_warm_line_needs():
    """Each raises the levels until the pair settles to 1e-6; where they stop is their own affair."""
    transfer = RIGHT._replace(thermal_photons=0.003, window=0.1e-6)
    full = play_pair(transfer)
    assert bell(transfer).pair == pytest.approx(from_density(full), abs=1e-6)
    assert np.abs(full - play_pair(transfer, 2)).max() > 1e-4


@pytest.mark.parametrize("wrong", [{}, {"internal_loss": 6e6, "detuning": 4e6, "excited": 0.02}])
def test_a_warm_line_in_the_frame_in_which_it_is_cold(wrong):
    """The cold frame against plain Fock states, enough of them: pair and process; the cold baths inside included."""
    transfer = MESSY["everything"]._replace(thermal_photons=0.004, window=0.1e-6, sender=A._replace(**DECAY, **wrong))
    assert np.abs(bell(transfer).qutrits() - bell(transfer, levels=4).qutrits()).max() < 1e-6
    plain = transfer._replace(pi_pulse=0.0)
    assert np.abs(process(plain) - process(plain, levels=4)).max() < 1e-6


def test_a_warm_line_takes_few_levels_and_steps():
    """A tenth of a photon: seven levels of both resonators together, not eight of each, and few steps."""
    transfer = Transfer(A._replace(**DECAY), B._replace(**DECAY), Sech(KA), 0.78, 0.18e-6, thermal_photons=0.1)
    found = bell(transfer)
    assert found.levels <= 7
    assert found.evolution.sector.size < 6000  # with eight of each nearly 14 000
    assert sum(found.evolution.counts) < 60  # by decay times alone 200
    assert fidelity(found.pair, "psi+") == pytest.approx(0.7386994, abs=1e-6)  # plain Fock states, nine of each


@pytest.mark.parametrize("photons", [0.6, 1.0, 10.0])
def test_a_line_too_warm_for_any_levels_is_refused_at_once(photons, monkeypatch):
    """Nothing is solved before it is said how warm a line may be."""
    monkeypatch.setattr(transfers, "_carried", None)
    with pytest.raises(ConvergenceError, match=r"thermal photons take some .* at most 0\.5"):
        bell(RIGHT._replace(thermal_photons=photons))


def sampled(window, late):
    """A photon in samples from -18/G to 18/G, sent with decay and a Stark shift through a window in units of these."""
    times = np.linspace(-18, 18, 145) / KA
    photon = Sampled(times, 1 / np.cosh(KA * times / 2))
    wrong = A._replace(**DECAY, stark_shift=1e6)
    return RIGHT._replace(photon=photon, sender=wrong, window=36 / KA * np.asarray(window), timing_error=late)


def test_a_sampled_photon_is_off_outside_its_samples():
    """Any window, a receiver in time or late, against a sech: in hundreds of steps, not in 100 000 or not at all."""
    transfer = sampled([[0.9], [1.0001], [1.7]], np.array([-5e-9, 0.0, 60e-9]))
    found = bell(transfer)
    assert sum(found.evolution.counts) < 2000
    assert found.pair == pytest.approx(bell(transfer._replace(photon=Sech(KA))).pair, abs=1e-3)


@pytest.mark.slow
def test_both_roads_switch_a_sampled_photon_off():
    """Full density matrices need no cuts; they find the ends of the samples by ever smaller steps."""
    transfer = sampled(1.1, 7e-9)
    assert bell(transfer).pair == pytest.approx(from_density(play_pair(transfer)), abs=2e-7)


def sent(transfer, ket):
    """The receiver after the sender's state was sent, the first pulse ideal: full density matrices."""
    joint = play(transfer, start=[ket[0], 0, ket[1]])
    return np.einsum("abad->bd", joint.reshape(3, 3, 3, 3))


KETS = [[1, 0], [0, 1], *([np.sqrt(0.5), np.sqrt(0.5) * phase] for phase in (1, 1j, -1, -1j))]


def test_six_states_sent_one_by_one_make_the_process():
    """F_s = (2 F_p + p_sub)/3: the mean over six full evolutions against figures of the reduced process."""
    transfer = MESSY["decaying"]._replace(timing_error=3e-9, window=0.18e-6)
    solved = process(transfer, tolerance=1e-10)
    total = 0.0
    for ket in KETS:
        out = sent(transfer, ket)
        rho = np.outer(ket, np.conj(ket))
        assert np.einsum("ijkl,kl->ij", solved, rho) == pytest.approx(out, abs=1e-8)
        total += (np.conj(ket) @ out[:2, :2] @ ket).real / 6
    assert total == pytest.approx((2 * process_fidelity(solved) + subspace(solved)) / 3, abs=1e-8)
    assert state_fidelity(solved) == pytest.approx((2 * process_fidelity(solved) + subspace(solved)) / 3, abs=1e-12)
    assert subspace(solved) < 0.999


def test_a_sent_state_pays_for_both_finite_pulses():
    """The sender's own pulse, put before the full evolution as an exponential of its 9 x 9 generator by scipy."""
    from scipy.linalg import expm

    node, length = A._replace(**DECAY), 30e-9
    transfer = RIGHT._replace(sender=node, receiver=B._replace(**DECAY), pi_pulse=length, window=0.15e-6)
    solved = process(transfer, tolerance=1e-10)
    g, e, f = np.eye(3)
    turn = np.pi / (2 * length) * 1j * (np.outer(f, e) - np.outer(e, f))  # takes e to f without a phase
    jumps = [np.sqrt(node.relaxation_ge) * np.outer(g, e), np.sqrt(node.relaxation_ef) * np.outer(e, f)]
    jumps += [np.sqrt(2 * node.dephasing_g) * np.outer(g, g), np.sqrt(2 * node.dephasing_f) * np.outer(f, f)]
    decay = -1j * turn - sum(jump.T @ jump for jump in jumps) / 2
    generator = np.kron(decay, np.eye(3)) + np.kron(np.eye(3), decay.conj())
    generator = generator + sum(np.kron(jump, jump) for jump in jumps)
    for ket in KETS:
        begin = np.outer([*ket, 0], np.conj([*ket, 0]))
        before = (expm(generator * length) @ begin.ravel()).reshape(3, 3)
        out = np.einsum("abad->bd", play(transfer, start=before).reshape(3, 3, 3, 3))
        assert np.einsum("ijkl,kl->ij", solved, np.outer(ket, np.conj(ket))) == pytest.approx(out, abs=1e-8)


def test_finite_pulses_without_decay_are_ideal_ones():
    """Their phases are known and undone: the same pair whether pulses take no time or 40 ns."""
    ideal, slow = RIGHT._replace(window=0.6e-6), RIGHT._replace(window=0.6e-6, preparation=40e-9, pi_pulse=25e-9)
    assert bell(slow, tolerance=1e-10).pair == pytest.approx(bell(ideal, tolerance=1e-10).pair, abs=1e-8)
    assert play_pair(slow) == pytest.approx(play_pair(ideal), abs=1e-8)
    assert fidelity(from_density(play_pair(slow)), "psi+") == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"transmission": 1.2}, "`transmission` must be from 0 to 1, but is 1.2"),
        ({"transmission": np.array([0.5, -0.1])}, "`transmission` must be from 0 to 1, but is -0.1"),
        ({"window": -1e-7}, "`window` must be positive, but is -1e-07"),
        ({"window": 0}, "`window` must be positive, but is 0"),
        ({"window": "long"}, "`window` must be numbers"),
        ({"timing_error": np.nan}, "`timing_error` must be finite, but is nan"),
        ({"thermal_photons": -0.01}, "`thermal_photons` must be at least 0, but is -0.01"),
        ({"pi_pulse": -1e-9}, "`pi_pulse` must be at least 0"),
        ({"preparation": np.inf}, "`preparation` must be finite"),
        ({"transmission": 0.5 + 0.1j}, "`transmission` must be real"),
        ({"sender": A._replace(relaxation_ge=-1.0)}, "`sender.relaxation_ge` must be at least 0, but is -1"),
        ({"sender": A._replace(linewidth=0.0)}, "`sender.linewidth` must be positive"),
        ({"receiver": B._replace(excited=1.5)}, "`receiver.excited` must be from 0 to 1, but is 1.5"),
        ({"receiver": B._replace(detuning=np.inf)}, "`receiver.detuning` must be finite"),
        ({"receiver": B._replace(dephasing_f=None)}, "`receiver.dephasing_f` must be numbers"),
    ],
)
def test_a_number_out_of_range_is_refused(change, says):
    """Whoever builds a transfer in Python is told which number, what must hold and what was found, by every road in."""
    wrong = RIGHT._replace(**change)
    for solved in (bell, process, passage, lambda transfer: slopes(transfer, [])):
        with pytest.raises(ValueError, match=re.escape(says)):
            solved(wrong)


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        (lambda h: {"sender": A._replace(**DECAY, excited=h)}, 1e-5),
        (lambda h: {"receiver": B._replace(**DECAY, excited=h)}, 1e-5),
        (lambda h: {"preparation": h}, 1e-11),
        (lambda h: {"pi_pulse": h}, 1e-11),
        (lambda h: {"thermal_photons": h}, 2e-4),
        (lambda h: {"sender": A._replace(**DECAY, internal_loss=h)}, 1e3),
    ],
    ids=["sender", "receiver", "preparation", "pi pulse", "thermal", "internal"],
)
def test_what_is_zero_has_a_slope_upwards(changed, step):
    """One-sided derivatives at exactly nothing, against differences of whole solutions extrapolated to no step."""
    right = RIGHT._replace(sender=A._replace(**DECAY), receiver=B._replace(**DECAY), window=0.2e-6)
    at = [float(overlap(bell(right._replace(**changed(h)), tolerance=1e-12).pair, "psi+")) for h in (0, step, 2 * step)]
    value, [slope] = slopes(right, [(right._replace(**changed(step)), right)])
    assert float(value) == pytest.approx(at[0], abs=1e-9)
    assert float(slope) == pytest.approx((4 * at[1] - at[2] - 3 * at[0]) / 2, rel=2e-3)
    assert float(slope) < 0


@pytest.mark.parametrize("name", ["detuning", "stark_shift"])
def test_what_is_zero_at_one_node_has_a_slope_beside_the_other(name):
    """Alone a shift makes the fidelity neither better nor worse at first; beside one at the other node it does."""
    right = RIGHT._replace(sender=A._replace(**DECAY, **{name: 2e6}), receiver=B._replace(**DECAY), window=0.2e-6)
    up, down = (right._replace(receiver=right.receiver._replace(**{name: h})) for h in (1e5, -1e5))
    high, low = (float(overlap(bell(one, tolerance=1e-12).pair, "psi+")) for one in (up, down))
    _, [slope] = slopes(right, [(up, down)])
    assert abs(high - low) > 1e-7
    assert float(slope) == pytest.approx(high - low, rel=1e-3)


@pytest.mark.parametrize(
    ("solved", "says"),
    [
        (lambda: bell(RIGHT._replace(photon=None)), "`photon` must be a Photon"),
        (lambda: bell(RIGHT._replace(sender=None)), "`sender` must be a Qutrit"),
        (lambda: bell(RIGHT._replace(transmission=np.ones(3), window=np.full(2, 2e-7))), "whose shapes broadcast"),
        (lambda: bell(RIGHT, levels=2.5), "`levels` must be a whole number"),
        (
            lambda: slopes(RIGHT, [(RIGHT._replace(photon=Exponential(1e7, 1e7)), RIGHT)]),
            "kind of the photon",
        ),
    ],
)
def test_what_is_no_transfer_is_refused(solved, says):
    """Things of the wrong kind are one sentence, not a traceback from within."""
    with pytest.raises(ValueError, match=says):
        solved()


def test_where_nothing_arrives_nothing_is_absorbed():
    """No share of nothing, and no warning."""
    assert np.isnan(passage(RIGHT._replace(transmission=0.0)).absorption(0.0))


def test_a_detuning_undoes_a_stark_shift_of_the_other_sign():
    """Under a constant coupling the shift is constant: minus it leaves nothing; with the same sign it counts twice."""
    steady = RIGHT._replace(photon=Driven(RIGHT.window, [0.2 * KA], [0.3 * KB], KA))

    def pair(**wrong):
        return bell(steady._replace(sender=A._replace(**wrong), receiver=B._replace(**wrong))).pair

    assert pair(detuning=-8e6, stark_shift=8e6) == pytest.approx(pair(), abs=1e-8)
    assert pair(detuning=4e6, stark_shift=4e6) == pytest.approx(pair(detuning=8e6), abs=1e-8)
    assert np.abs(pair(detuning=8e6) - pair()).max() > 0.1


@pytest.mark.parametrize("tones", [(6e6, 0.0), (0.0, -9e6), (5e6, 7e6)])
def test_a_tone_beside_its_transition_is_a_shift_of_f_but_for_a_phase(tones):
    """Amplitudes under tones too high by w, by scipy, against the process of a level too high by -w."""
    window, photon = 0.25e-6, Sech(KA)

    def change(t, y):
        f, a, b, h = y
        out = -1j * photon.emission(t, KA) * np.exp(1j * tones[0] * t)
        caught = -1j * photon.capture(t, KB) * np.exp(1j * tones[1] * t)
        coming = np.sqrt(KA * KB) * a
        return [-out.conj() * a, out * f - KA / 2 * a, caught * h - KB / 2 * b - coming, -caught.conj() * b]

    found = solve_ivp(change, (-window / 2, window / 2), [1 + 0j, 0, 0, 0], method="DOP853", rtol=1e-11, atol=1e-13)
    nodes = [node._replace(detuning=-tone) for node, tone in zip((A, B), tones, strict=True)]
    sent = process(Transfer(*nodes, photon, 1.0, window))[1, 0, 1, 0]
    assert found.y[3, -1] == pytest.approx(sent * np.exp(-0.5j * sum(tones) * window), abs=1e-7)
    assert abs(np.angle(found.y[3, -1])) < abs(np.angle(sent)) / 2


def test_what_the_receiver_loses_inside_is_not_absorbed():
    """A photon caught by a leaky resonator: the transmon's levels say what it took in; nothing is lost twice."""
    leaky = Transfer(A, B._replace(internal_loss=0.06 * KB), Sech(KA), 0.8, 0.7e-6)
    found = passage(leaky)
    taken = found.levels[1, 1].real  # |g e>, which decays nowhere here
    assert found.lost_inside > 0.01
    assert found.absorption(0.8) == pytest.approx(taken / (0.8 * found.emitted), abs=1e-7)
    assert found.emitted == pytest.approx(1, abs=1e-7)


def test_what_a_bad_reset_does_in_closed_form():
    """A sender left in e sends nothing and ends in gg; a receiver left in e catches nothing and ends in f."""
    x, y = 0.07, 0.04
    transfer = RIGHT._replace(window=0.6e-6, sender=A._replace(excited=x), receiver=B._replace(excited=y))
    for pair, leaked in (
        (bell(transfer).pair, bell(transfer).leaked),
        (from_density(play_pair(transfer)), 1 - np.trace(play_pair(transfer)).real),
    ):
        assert leaked == pytest.approx(y, abs=1e-7)
        assert fidelity(pair, "psi+") == pytest.approx(1 - x, abs=1e-7)


def test_the_played_road_takes_one_point_and_a_state():
    """It is the slow road; a batch or a ket of another size would be misread silently."""
    with pytest.raises(ValueError, match="one point"):
        play(RIGHT._replace(transmission=np.array([0.5, 0.6])))
    with pytest.raises(ValueError, match="shape"):
        play(RIGHT, start=[1, 0])


def test_a_line_too_hot_for_the_levels_is_refused(monkeypatch):
    """With three levels at most, half a photon in the mean cannot be held."""
    monkeypatch.setattr(played, "MOST_LEVELS", 3)
    with pytest.raises(ConvergenceError, match="thermal_photons"):
        play(RIGHT._replace(thermal_photons=0.5, window=0.05e-6))


def test_points_with_and_without_pulses_stand_side_by_side():
    """Where some lengths are zero, a batch gives what each point gives alone: ideal pulses are no short ones."""
    node = Qutrit(6.5e7, 2e5, 4e5, 5e4, 1e5, excited=0.02)
    lengths = np.array([0.0, 20e-9, 40e-9])
    one = Transfer(node, node, Sech(6.5e7), transmission=0.8, window=0.2e-6)
    together = bell(one._replace(preparation=lengths, pi_pulse=lengths[::-1])).pair
    alone = [bell(one._replace(preparation=a, pi_pulse=b)).pair for a, b in zip(lengths, lengths[::-1], strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-8)


def test_a_reset_alone_spans_points():
    """Where nothing but the reset differs, a batch is a batch, of the same pairs as one by one."""
    node = Qutrit(6.5e7, 2e5, 4e5)
    one = Transfer(node, node, Sech(6.5e7), transmission=0.8, window=0.2e-6)
    resets = np.array([0.0, 0.1, 0.2])
    together = bell(one._replace(sender=node._replace(excited=resets))).pair
    alone = [bell(one._replace(sender=node._replace(excited=each))).pair for each in resets]
    np.testing.assert_allclose(together, alone, atol=1e-8)
