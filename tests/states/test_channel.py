"""Channels against Kraus operators at work on density matrices, and against QuTiP's superoperators."""

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.states.channel import (
    amplitude_damping,
    apply,
    check_channel,
    choi,
    compose,
    dephasing,
    depolarising,
    from_kraus,
    from_map,
    from_ptm,
    stretched_dephasing,
    to_kraus,
)
from bellpush.states.measures import concurrence, fidelity
from bellpush.states.pair import PAULIS, bell, check_pair, from_qutip, werner

from .independent import OPERATORS, correlations, qutip, random_kraus, random_state

seeds = st.integers(0, 2**32 - 1)
unit = st.floats(0, 1)
EYE = np.eye(2)


def transfer(operators):
    """Tr(s_i E(s_j)) / 2 entry by entry from Kraus operators."""
    paulis = [operator.full() for operator in OPERATORS]
    return np.array(
        [[sum(np.trace(a @ k @ b @ k.conj().T) for k in operators).real / 2 for b in paulis] for a in paulis]
    )


@given(seed=seeds, count=st.integers(1, 4), side=st.sampled_from(["left", "right"]))
@settings(max_examples=40, deadline=None)
def test_a_channel_acts_on_its_own_end_of_the_pair(seed, count, side):
    """Noise at the wrong end goes unnoticed on symmetric states, and spoils every other."""
    kraus, rho = random_kraus(seed, count), random_state(seed)
    locals_ = [qutip.Qobj(k) for k in kraus]
    full = [qutip.tensor(k, qutip.qeye(2)) if side == "left" else qutip.tensor(qutip.qeye(2), k) for k in locals_]
    terms = [k * rho * k.dag() for k in full]
    result = apply(from_qutip(rho), **{side: from_kraus(kraus)})
    np.testing.assert_allclose(result, correlations(sum(terms[1:], terms[0])), atol=1e-12)
    check_pair(result)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_both_ends_at_once_are_one_after_the_other(seed):
    """Operations on different qubits commute."""
    pair, a, b = from_qutip(random_state(seed)), from_kraus(random_kraus(seed)), from_kraus(random_kraus(seed + 1))
    np.testing.assert_allclose(apply(pair, a, b), apply(apply(pair, right=b), left=a), atol=1e-14)
    np.testing.assert_array_equal(apply(pair), pair)


@given(seed=seeds, count=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_kraus_transfer_and_choi_forms_agree_with_qutip(seed, count):
    """Users bring channels in all three forms; a wrong index order would transpose or conjugate them."""
    kraus = random_kraus(seed, count)
    ptm = from_kraus(kraus)
    np.testing.assert_allclose(ptm, transfer(kraus), atol=1e-12)
    superoperator = qutip.kraus_to_super([qutip.Qobj(k) for k in kraus])
    np.testing.assert_allclose(choi(ptm), qutip.to_choi(superoperator).full(), atol=1e-12)
    np.testing.assert_allclose(from_kraus(to_kraus(ptm)), ptm, atol=1e-12)
    np.testing.assert_allclose(from_map(lambda rho: sum(k @ rho @ k.conj().T for k in kraus)), ptm, atol=1e-12)
    np.testing.assert_array_equal(from_ptm(ptm), ptm)


def test_channels_convert_in_batches():
    """One noise matrix for each storage time is the usual case."""
    kraus = np.array([random_kraus(seed) for seed in range(6)]).reshape(2, 3, 3, 2, 2)
    ptm = from_kraus(kraus)
    assert ptm.shape == (2, 3, 4, 4)
    np.testing.assert_allclose(ptm[1, 2], transfer(kraus[1, 2]), atol=1e-12)
    np.testing.assert_allclose(from_kraus(to_kraus(ptm)), ptm, atol=1e-12)
    assert choi(ptm).shape == (2, 3, 4, 4)


@given(p=unit)
@settings(max_examples=20, deadline=None)
def test_depolarising_and_dephasing_are_random_paulis(p):
    """Hardware papers quote Pauli error probabilities; the shrink factors must match them."""
    weights = np.sqrt([1 - p, p / 3, p / 3, p / 3])
    np.testing.assert_allclose(depolarising(1 - 4 * p / 3), transfer(weights[:, None, None] * PAULIS), atol=1e-14)
    flips = np.sqrt([1 - p, p])[:, None, None] * PAULIS[[0, 3]]
    np.testing.assert_allclose(dephasing(1 - 2 * p), transfer(flips), atol=1e-14)


@given(decay=unit, hot=unit)
@settings(max_examples=30, deadline=None)
def test_amplitude_damping_is_generalised_amplitude_damping(decay, hot):
    """The default must be the textbook Kraus set of T1 in a warm bath (Nielsen and Chuang, section 8.3.5)."""
    kept = 1 - decay
    down = [np.diag([1, np.sqrt(kept)]), np.array([[0, np.sqrt(decay)], [0, 0]])]
    up = [np.diag([np.sqrt(kept), 1]), np.array([[0, 0], [np.sqrt(decay), 0]])]
    kraus = [np.sqrt(1 - hot) * k for k in down] + [np.sqrt(hot) * k for k in up]
    np.testing.assert_allclose(amplitude_damping(kept, excited=hot), transfer(kraus), atol=1e-12)


@given(kept=unit, hot=unit, sign=st.sampled_from([-1, 1]))
@settings(max_examples=60, deadline=None)
def test_the_bound_on_coherence_is_where_the_choi_matrix_turns_negative(kept, hot, sign):
    """Too loose a bound lets impossible memories through, too tight a bound refuses real ones."""
    most = np.sqrt(kept + (1 - kept) ** 2 * hot * (1 - hot))
    check_channel(amplitude_damping(kept, sign * most, hot), atol=1e-12)
    beyond = amplitude_damping(kept, 0.0, hot)
    beyond[1, 1] = beyond[2, 2] = sign * (most + 1e-3)
    # The 2x2 block with diagonal a, b has determinant a b - c^2 and trace at most 2.
    with pytest.raises(ValueError, match="completely positive"):
        check_channel(beyond, atol=1e-7)
    with pytest.raises(ValueError, match="`coherence` must lie between"):
        amplitude_damping(kept, sign * (most + 1e-3), hot)


def test_a_memory_with_t2_beyond_twice_t1_is_refused():
    """The commonest impossible data sheet."""
    t, t1 = 10.0, 50.0
    amplitude_damping(np.exp(-t / t1), np.exp(-t / (2 * t1)))
    with pytest.raises(ValueError, match="Try T2 <= 2 T1"):
        amplitude_damping(np.exp(-t / t1), np.exp(-t / (2.01 * t1)))


def test_damping_empties_the_bright_state_and_not_the_dark_one():
    """|1> decays; with the roles swapped, loss would create photons."""
    relaxed = amplitude_damping(0.0)
    np.testing.assert_allclose(relaxed @ [1, 0, 0, -1], [1, 0, 0, 1])
    np.testing.assert_allclose(amplitude_damping(0.0, excited=0.3) @ [1, 0, 0, 1], [1, 0, 0, 0.4])


def test_stored_werner_pairs_decay_to_the_known_fidelity():
    """F0 = 0.95 in one depolarising memory, T = 100, after t = 50: 1/4 + (F0 - 1/4) exp(-t/T)."""
    stored = apply(werner(0.95), left=depolarising(np.exp(-50 / 100)))
    assert fidelity(stored) == pytest.approx(0.674571461799, abs=1e-12)


def test_dephasing_storage_gives_the_known_fidelity():
    """phi+ with one end stored for 20 at T2 = 100: (1 + exp(-t/T2)) / 2."""
    for stored in (
        apply(bell("phi+"), right=dephasing(np.exp(-0.2))),
        apply(bell("phi+"), stretched_dephasing(20, 100)),
    ):
        assert fidelity(stored) == pytest.approx(0.909365376539, abs=1e-12)


@pytest.mark.parametrize("side", ["left", "right"])
@given(eta=unit)
@settings(max_examples=30, deadline=None)
def test_a_lossy_psi_plus_keeps_the_root_of_the_transmission(side, eta):
    """Single-photon entanglement through a fibre: F = (1 + sqrt eta)^2 / 4 and C = sqrt eta, at every eta."""
    lossy = apply(bell("psi+"), **{side: amplitude_damping(eta)})
    assert fidelity(lossy, "psi+") == pytest.approx((1 + np.sqrt(eta)) ** 2 / 4, abs=1e-12)
    assert concurrence(lossy) == pytest.approx(np.sqrt(eta), abs=1e-12)


def test_stretched_dephasing_broadcasts_and_reaches_its_limits():
    """t = 0 is no noise, infinite T2 is none either, and long storage in a frozen bath ends at zero coherence."""
    result = stretched_dephasing(np.array([0.0, 1.0, 1e200]), 1.0, 2.0)
    np.testing.assert_allclose(result[:, 1, 1], [1.0, np.exp(-1), 0.0])
    np.testing.assert_array_equal(stretched_dephasing(5.0, np.inf), np.eye(4))


def test_all_channels_broadcast_over_their_arguments():
    """Sweeps over two parameters are one call."""
    result = amplitude_damping(np.array([[0.5], [0.9]]), coherence=0.3, excited=np.array([0.0, 0.1, 0.2]))
    assert result.shape == (2, 3, 4, 4)
    np.testing.assert_array_equal(result[1, 2], amplitude_damping(0.9, 0.3, 0.2))
    assert depolarising([0.1, 0.2]).shape == dephasing([0.1, 0.2]).shape == (2, 4, 4)
    assert apply(werner([[0.9], [0.8]]), left=dephasing([0.1, 0.2, 0.3])).shape == (2, 3, 4, 4)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_compose_runs_its_arguments_from_first_to_last(seed):
    """Loss then misalignment is not misalignment then loss."""
    first, second = from_kraus(random_kraus(seed)), from_kraus(random_kraus(seed + 1))
    vector = np.array([1, 0.1, 0.2, 0.3])
    np.testing.assert_allclose(compose(first, second) @ vector, second @ (first @ vector), atol=1e-14)
    np.testing.assert_array_equal(compose(), np.eye(4))


def rotate_by_population(rho):
    angle = rho[0, 0].real
    u = np.diag([1, np.exp(1j * angle)])
    return u @ rho @ u.conj().T


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda rho: rho @ rho / np.trace(rho @ rho), "must be linear"),
        (rotate_by_population, "must be linear"),
        (lambda rho: rho if rho[0, 0].real > 0.4 else EYE / 2, "must be linear"),
        (lambda rho: rho.T, "must be completely positive"),
        (lambda rho: EYE - rho, "must be completely positive"),
        (lambda rho: 0.9 * rho, "must preserve the trace, but is returning trace 0.9"),
        (lambda rho: np.diag([1, 0]) @ rho @ np.diag([1, 0]), "must preserve the trace"),
        (lambda rho: rho + np.triu(rho, 1), "must return a finite Hermitian matrix"),
        (lambda rho: rho * np.nan, "must return a finite Hermitian matrix"),
        (lambda rho: rho[0], "must return a 2x2 matrix"),
    ],
)
def test_user_maps_that_are_no_channels_are_refused(function, message):
    """A matrix can be fitted to any function; only for a channel does it mean anything."""
    with pytest.raises(ValueError, match=f"`function` {message}"):
        from_map(function)


def test_user_maps_see_physical_states_only_and_may_overwrite_them():
    """Careful maps check their input, careless ones work in place; both are welcome."""

    def careful_and_careless(rho):
        assert abs(np.trace(rho) - 1) < 1e-12
        assert np.linalg.eigvalsh(rho).min() > -1e-12
        rho[0, 1] *= 0.5
        rho[1, 0] *= 0.5
        return rho

    np.testing.assert_allclose(from_map(careful_and_careless), dephasing(0.5), atol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: depolarising(-0.34), "`shrink` must lie between -0.333333 and 1, but is -0.34"),
        (lambda: depolarising(1.1), "`shrink` must lie between"),
        (lambda: dephasing(-1.1), "`shrink` must lie between -1 and 1"),
        (lambda: stretched_dephasing(-1, 1), "`t` must lie between 0"),
        (lambda: stretched_dephasing(np.inf, 1), "`t` must be finite"),
        (lambda: stretched_dephasing(1, 0), "`time` must be positive"),
        (lambda: stretched_dephasing(1, 1, 0), "`exponent` must be positive"),
        (lambda: amplitude_damping(1.2), "`survival` must lie between 0 and 1"),
        (lambda: amplitude_damping(0.5, excited=-0.1), "`excited` must lie between 0 and 1"),
        (lambda: amplitude_damping(0.5, coherence=np.nan), "`coherence` must lie between"),
        (lambda: from_kraus([np.diag([1, 0.5])]), "`operators` must preserve the trace"),
        (lambda: from_kraus(np.eye(2)), "`operators` must have shape"),
        (lambda: from_ptm(np.diag([1, 1, -1, 1])), "`matrix` must be completely positive"),
        (lambda: from_ptm(np.diag([0.9, 0.5, 0.5, 0.5])), "`matrix` must preserve the trace"),
        (lambda: from_ptm(np.diag([1, 1j, 1, 1])), "`matrix` must be real"),
        (lambda: from_ptm(np.diag([1, np.nan, 1, 1])), "`matrix` must be finite"),
        (lambda: from_ptm(EYE), "`matrix` must have shape"),
        (lambda: to_kraus(np.diag([1, 1, -1, 1])), "`ptm` must be completely positive"),
        (lambda: apply(bell("phi+"), left=EYE), "`left` must have shape"),
        (lambda: apply(cast(Any, "phi+")), "`pair` must be real numbers"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    """Every one of these would otherwise compute something that no device can do."""
    with pytest.raises(ValueError, match=message):
        call()


def test_the_edges_of_the_ranges_are_channels():
    """The universal NOT at -1/3 and the phase flip at -1 are possible; the ranges end there and not before."""
    for ptm in (depolarising(-1 / 3), depolarising(1), dephasing(-1), dephasing(1), amplitude_damping(0, 0.5, 0.5)):
        check_channel(ptm, atol=1e-12)
    with pytest.raises(ValueError, match="completely positive"):
        check_channel(np.diag([1, -0.34, -0.34, -0.34]))
