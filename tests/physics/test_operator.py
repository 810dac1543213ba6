"""Sparse operators against full matrices of numpy, and the small ones against QuTiP."""

from __future__ import annotations

import warnings
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.physics.operator import Operator, destroy, gathered, local, transition

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

seeds = st.integers(0, 2**32 - 1)
spaces = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


def sparse(rng, size):
    """A full matrix of which most numbers are zero; the others are whole, so that sums may cancel exactly."""
    numbers = rng.integers(-2, 3, size=(size, size)) + 1j * rng.integers(-2, 3, size=(size, size))
    return numbers * (rng.random((size, size)) < 0.3)


def kept(dims, matrix):
    rows, columns = np.nonzero(matrix)
    return Operator(dims, rows, columns, matrix[rows, columns])


@given(seed=seeds, dims=spaces)
@settings(max_examples=100, deadline=None)
def test_algebra_is_that_of_full_matrices(seed, dims):
    """Products, sums, multiples and adjoints by numpy, including places where everything cancels."""
    rng = np.random.default_rng(seed)
    size = int(np.prod(dims))
    one, other = sparse(rng, size), sparse(rng, size)
    a, b = kept(dims, one), kept(dims, other)
    for found, expected in (
        (a @ b, one @ other),
        (a + b, one + other),
        (a - b, one - other),
        (-a, -one),
        (a * 2j, one * 2j),
        (2j * a, one * 2j),
        (a.dag, one.conj().T),
        (a.dag @ a - a @ a.dag, one.conj().T @ one - one @ one.conj().T),
    ):
        assert np.array_equal(found.dense(), expected)
        assert found.dims == dims
        assert found.size == size


@given(seed=seeds, dims=spaces)
@settings(max_examples=50, deadline=None)
def test_a_place_is_kept_once_and_only_if_it_is_not_zero(seed, dims):
    """What cancels would couple coordinates that are never reached; what stands twice would be counted twice."""
    rng = np.random.default_rng(seed)
    size = int(np.prod(dims))
    one, other = sparse(rng, size), sparse(rng, size)
    a, b = kept(dims, one), kept(dims, other)
    for found in (a @ b, a + b, a - b, a - a):
        assert np.all(found.values != 0)
        assert len(set(zip(found.rows.tolist(), found.columns.tolist(), strict=True))) == len(found.values)
    assert len((a - a).values) == 0


def test_entries_of_one_place_add_up():
    """Three entries at two places, of which one cancels."""
    found = gathered((2,), [0, 0, 1], [1, 1, 0], [1.0, 2j, 3.0])
    assert np.array_equal(found.dense(), [[0, 1 + 2j], [3, 0]])
    assert len(gathered((2,), [0, 0], [1, 1], [1.0, -1.0]).values) == 0


@given(seed=seeds, dims=spaces, data=st.data())
@settings(max_examples=50, deadline=None)
def test_a_local_operator_is_a_kronecker_product(seed, dims, data):
    """numpy.kron with identities on all other spaces, counted from the front or from the back."""
    site = data.draw(st.integers(0, len(dims) - 1))
    matrix = sparse(np.random.default_rng(seed), dims[site])
    factors = [np.eye(size) for size in dims]
    factors[site] = matrix
    expected = reduce(np.kron, factors)
    assert np.array_equal(local(dims, site, matrix).dense(), expected)
    assert np.array_equal(local(dims, site - len(dims), matrix).dense(), expected)


@given(seed=seeds, size=st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_hermitian_is_what_numpy_says(seed, size):
    """A matrix plus its adjoint is Hermitian, rounding aside; with one number changed it is not."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    good = matrix + matrix.conj().T
    assert kept((size,), good).hermitian
    assert kept((size,), good + 1e-15j * good).hermitian
    good[0, -1] += 0.01j
    assert not kept((size,), good).hermitian


@pytest.mark.parametrize("levels", [2, 3, 7])
def test_ladders_and_transitions_are_qutips(levels):
    """The same matrices by name in QuTiP; one level has no photon to lose."""
    assert destroy(levels) == pytest.approx(qutip.destroy(levels).full())
    assert not destroy(1).any()
    assert transition(levels, 1, 0) == pytest.approx((qutip.basis(levels, 1) * qutip.basis(levels, 0).dag()).full())


WRONG = {
    "a matrix of another space": (lambda: local((2, 3), 0, np.eye(3)), ValueError, "shape .2, 2. of space 0"),
    "a space that is not there": (lambda: local((2, 3), 2, np.eye(3)), IndexError, "out of range"),
    "a product over other spaces": (
        lambda: local((2, 3), 0, np.eye(2)) @ local((3, 2), 1, np.eye(2)),
        ValueError,
        "sam",
    ),
    "a sum over other spaces": (
        lambda: local((4,), 0, np.eye(4)) + local((2, 2), 0, np.eye(2)),
        ValueError,
        "same spac",
    ),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_operator_is_refused_in_words(case):
    """Spaces of the same total size would otherwise be mixed up silently."""
    call, kind, words = WRONG[case]
    with pytest.raises(kind, match=words):
        call()
