"""Pairs against density matrices built with QuTiP."""

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.states.measures import bell_weights
from bellpush.states.pair import (
    BELL_STATES,
    PAULIS,
    bell,
    bell_diagonal,
    check_pair,
    frame,
    from_density,
    from_qutip,
    mixed,
    normalised,
    product,
    to_density,
    to_qutip,
    weight,
    werner,
)

from .independent import KETS, OPERATORS, correlations, qutip, random_state

seeds = st.integers(0, 2**32 - 1)
names = st.sampled_from(BELL_STATES)


@pytest.mark.parametrize("name", BELL_STATES)
def test_each_bell_state_is_the_ket_of_that_name(name):
    """One swapped sign or label here would make every fidelity of the package wrong."""
    np.testing.assert_allclose(bell(name), correlations(KETS[name]), atol=1e-15)
    np.testing.assert_allclose(to_density(bell(name)), KETS[name].proj().full(), atol=1e-15)


@given(seed=seeds, rank=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_conversions_agree_with_expectation_values(seed, rank):
    """The 16 numbers must be the measurable correlations, and lose nothing of the state."""
    rho = random_state(seed, rank)
    pair = from_qutip(rho)
    np.testing.assert_allclose(pair, correlations(rho), atol=1e-12)
    np.testing.assert_allclose(from_density(rho.full()), pair, atol=1e-15)
    np.testing.assert_allclose(to_density(pair), rho.full(), atol=1e-12)
    assert (to_qutip(pair) - rho).norm() < 1e-12
    assert to_qutip(pair).dims == rho.dims
    check_pair(pair)


def test_kets_convert_like_their_projectors():
    """Users hold kets as often as density matrices."""
    np.testing.assert_allclose(from_qutip(KETS["psi-"]), bell("psi-"), atol=1e-15)


def test_batches_convert_like_their_members():
    """Whole sweeps pass through these functions at once; axes must not mix."""
    rhos = np.array([[random_state(3 * i + j).full() for j in range(3)] for i in range(2)])
    pairs = from_density(rhos)
    assert pairs.shape == (2, 3, 4, 4)
    np.testing.assert_allclose(pairs[1, 2], from_density(rhos[1, 2]), atol=1e-15)
    np.testing.assert_allclose(to_density(pairs), rhos, atol=1e-12)


@given(fidelity=st.floats(0, 1), name=names)
@settings(max_examples=30, deadline=None)
def test_werner_mixes_the_target_with_the_other_three(fidelity, name):
    """F is quoted as the probability of the target; the rest must be spread evenly."""
    others = [KETS[other].proj() for other in BELL_STATES if other != name]
    rho = fidelity * KETS[name].proj() + (1 - fidelity) / 3 * sum(others[1:], others[0])
    np.testing.assert_allclose(werner(fidelity, name), correlations(rho), atol=1e-14)


def test_werner_takes_arrays_of_fidelities():
    """A sweep over fidelity is one call."""
    pairs = werner(np.array([[0.25, 0.5], [0.75, 1.0]]), "psi-")
    assert pairs.shape == (2, 2, 4, 4)
    np.testing.assert_allclose(pairs[0, 0], mixed(), atol=1e-15)
    np.testing.assert_allclose(pairs[1, 1], bell("psi-"), atol=1e-15)


@given(raw=st.lists(st.floats(1e-3, 1), min_size=4, max_size=4))
@settings(max_examples=30, deadline=None)
def test_bell_weights_come_back_from_a_bell_diagonal_pair(raw):
    """Weights and correlations are a Hadamard transform apart; going there and back is exact."""
    weights = {name: value / sum(raw) for name, value in zip(BELL_STATES, raw, strict=True)}
    pair = bell_diagonal(weights)
    kets = [weights[name] * KETS[name].proj() for name in BELL_STATES]
    np.testing.assert_allclose(pair, correlations(sum(kets[1:], kets[0])), atol=1e-14)
    for name, value in bell_weights(pair).items():
        assert value == pytest.approx(weights[name], abs=1e-14)


def test_bell_diagonal_broadcasts_and_may_be_subnormalised():
    """Outcome branches carry probabilities below one, and often come in arrays."""
    pair = bell_diagonal({"phi+": [0.1, 0.2], "psi-": 0.3})
    assert pair.shape == (2, 4, 4)
    np.testing.assert_allclose(weight(pair), [0.4, 0.5])


@pytest.mark.parametrize("bits", ["00", "01", "10", "11"])
def test_product_puts_the_first_bit_on_the_first_qubit(bits):
    """Which end holds the photon decides which end loses it."""
    ket = qutip.tensor(*(qutip.basis(2, int(bit)) for bit in bits))
    np.testing.assert_array_equal(product(bits), correlations(ket))


@given(seed=seeds, source=names, target=names)
@settings(max_examples=40, deadline=None)
def test_frame_is_a_local_pauli_on_the_second_qubit(seed, source, target):
    """Heralded pairs arrive in different frames; turning them must be an operation someone can perform."""
    candidates = [
        p for p in OPERATORS if abs(KETS[target].overlap(qutip.tensor(qutip.qeye(2), p) * KETS[source])) > 0.9
    ]
    assert len(candidates) == 1
    local = qutip.tensor(qutip.qeye(2), candidates[0])
    rho = random_state(seed)
    turned = frame(from_qutip(rho), source, target)
    np.testing.assert_allclose(turned, correlations(local * rho * local.dag()), atol=1e-12)
    np.testing.assert_array_equal(frame(turned, target, source), from_qutip(rho))


def test_normalised_divides_by_the_weight_and_refuses_nothing_at_all():
    """Conditioning on an impossible event has no answer, and NaN would travel on silently."""
    np.testing.assert_allclose(normalised(0.125 * werner(0.8)), werner(0.8), atol=1e-15)
    with pytest.raises(ValueError, match="`pair` must have positive weight"):
        normalised(np.stack([mixed(), 0 * mixed()]))


def test_constants_cannot_be_edited_by_a_caller():
    """One stray `PAULIS *= 2` would otherwise corrupt every later result."""
    with pytest.raises(ValueError, match="read-only"):
        PAULIS[0, 0, 0] = 2


@pytest.mark.parametrize("name", [0, 1, 3, None, "phi", "PHI+", ["phi+"], True])
def test_anything_but_the_four_names_is_refused_as_a_bell_state(name):
    """Integer codes differ between packages; accepting one would guess which Bell state is meant."""
    for call in (
        bell,
        lambda n: werner(0.9, n),
        lambda n: frame(mixed(), n, "phi+"),
        lambda n: frame(mixed(), "phi+", n),
    ):
        with pytest.raises(ValueError, match=r"must be one of 'phi\+', 'phi-', 'psi\+', 'psi-', but is .*Try 'phi\+'"):
            call(name)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: werner(1.01), "`fidelity` must lie between 0 and 1, but is 1.01"),
        (lambda: werner(float("nan")), "but is nan"),
        (lambda: werner("0.9"), "`fidelity` must be real numbers"),
        (lambda: werner(np.array([0.9j])), "`fidelity` must be real numbers"),
        (lambda: bell_diagonal({"phi+": 0.8, "psi+": 0.3}), "`weights` must lie between 0 and 1, but is 1.1"),
        (lambda: bell_diagonal({"phi+": -0.1}), "-0.1"),
        (lambda: bell_diagonal({cast(Any, 0): 1.0}), "`weights` must be one of"),
        (lambda: product("2"), "`bits` must be two characters"),
        (lambda: product(cast(Any, 1)), "`bits` must be two characters"),
        (lambda: from_density(np.eye(2)), "`rho` must have shape"),
        (lambda: from_density(np.triu(np.ones((4, 4)))), "`rho` must be finite and Hermitian"),
        (lambda: from_density(np.full((4, 4), np.nan)), "`rho` must be finite and Hermitian"),
        (lambda: weight(np.eye(4) + 0j), "must be real numbers"),
        (lambda: weight(np.eye(3)), r"must have shape \(..., 4, 4\), but is of shape \(3, 3\)"),
        (lambda: to_qutip(werner([0.8, 0.9])), "must be one pair"),
        (lambda: from_qutip(qutip.basis(4, 0)), r"must have dims \[\[2, 2\], \[2, 2\]\]"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    """A wrong shape or unit should stop at the door, with the reason, not as a strange number later."""
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (np.eye(4), "positive semidefinite"),
        (1.01 * bell("phi+"), "weight at most 1"),
        (-0.1 * bell("phi+"), "positive semidefinite"),
        (np.where(np.eye(4) == 1, np.nan, 0.0), "finite"),
        (np.zeros((4, 3)), "shape"),
        (np.stack([bell("phi+"), np.eye(4)]), "positive semidefinite"),
    ],
)
def test_unphysical_pairs_are_found(pair, message):
    """Sixteen real numbers are easily no state at all; one bad member must condemn a batch."""
    with pytest.raises(ValueError, match=message):
        check_pair(pair)


def test_rounding_does_not_make_a_pair_unphysical():
    """Pure states sit on the edge of what is physical, and arithmetic puts them a hair beyond it."""
    check_pair(bell("phi+") * (1 + 1e-12))
    check_pair(0 * mixed())
