"""Assignment matrices against counting by hand and against sampled read-outs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bellpush.physics.assignment import amplification, assignment, inverted, joint, measured, standard_error

DOWNWARD = np.array([[0.99, 0.04, 0.02], [0.005, 0.95, 0.07], [0.005, 0.01, 0.91]])  # as decay during a read-out gives


@given(error=st.floats(0, 1))
def test_the_error_is_shared_by_the_two_wrong_levels(error):
    """What is asked for, an average error over three levels, is what the matrix has, whatever it is."""
    matrix = assignment(error)
    assert 1 - np.trace(matrix) / 3 == pytest.approx(error, abs=1e-12)
    assert matrix.sum(axis=0) == pytest.approx(1, abs=1e-12)
    assert matrix[0, 1] == matrix[1, 0] == matrix[2, 0] == error / 2


def test_two_qutrits_are_read_independently_first_index_slowest():
    """The order of levels is the commonest mistake with 9x9 matrices: every entry by hand, for unlike qutrits."""
    first, second = assignment(0.06), DOWNWARD
    both = joint(first, second)
    for true_a, true_b, read_a, read_b in np.ndindex(3, 3, 3, 3):
        expected = first[read_a, true_a] * second[read_b, true_b]
        assert both[3 * read_a + read_b, 3 * true_a + true_b] == pytest.approx(expected, abs=1e-15)


def test_five_percent_each_are_ten_for_two():
    """Magnard et al. (2020) report about 5 % for a qutrit and 10 % for the pair: they are read independently."""
    assert 1 - np.trace(joint(assignment(0.05), assignment(0.05))) / 9 == pytest.approx(0.0975, abs=1e-12)


def test_a_batch_is_its_members():
    """Sweeps hand over arrays: shapes broadcast, and no member hears of another."""
    errors = np.array([0.01, 0.05])
    both = joint(assignment(errors)[:, None], assignment([0.0, 0.02, 0.2]))
    assert both.shape == (2, 3, 9, 9)
    assert np.array_equal(both[1, 2], joint(assignment(0.05), assignment(0.2)))
    assert amplification(both).shape == (2, 3)
    shots = np.array([100, 200, 400])
    errors = standard_error(np.full(9, 1 / 9), both, shots)
    assert errors.shape == (2, 3, 9)
    assert errors[1, 2] == pytest.approx(standard_error(np.full(9, 1 / 9), both[1, 2], 400), abs=1e-15)


@given(error=st.floats(0, 0.6))
def test_the_condition_number_has_a_closed_form(error):
    """The eigenvalues of the symmetric matrix are 1 and twice 1 - 3 error/2: the general routine must find them."""
    shrink = 1 - 1.5 * error
    assert amplification(assignment(error)) == pytest.approx(1 / shrink, rel=1e-9)
    assert amplification(joint(assignment(error), assignment(error))) == pytest.approx(1 / shrink**2, rel=1e-9)


@pytest.mark.parametrize(
    "matrix", [assignment(0.05), DOWNWARD, joint(DOWNWARD, assignment(0.2))], ids=["symmetric", "lopsided", "of two"]
)
def test_the_standard_error_is_the_spread_of_sampled_read_outs(matrix):
    """Formula against multinomial counts, corrected one by one: mean and spread, within 4 standard errors of each."""
    rng = np.random.default_rng(20)
    size, shots, runs = len(matrix), 500, 20_000
    p = rng.dirichlet(np.ones(size))
    counted = rng.multinomial(shots, matrix @ p, size=runs) / shots
    fixed = np.linalg.solve(matrix, counted.T).T
    expected = standard_error(p, matrix, shots)
    assert np.abs(fixed.mean(axis=0) - p).max() < 4 * (expected / np.sqrt(runs)).max()
    assert fixed.std(axis=0) == pytest.approx(expected, rel=4 / np.sqrt(2 * runs))


def test_a_perfect_read_out_has_the_error_of_counting():
    """Without misreading the formula must be the binomial one, and exactly 0 for what is certain."""
    found = standard_error([0.3, 0.7, 0.0], np.eye(3), 1000)
    assert found == pytest.approx([np.sqrt(0.21 / 1000)] * 2 + [0], abs=1e-15)


SINGULAR = np.full((3, 3), 1 / 3)
WRONG = {
    "an error above 1": (lambda: assignment(1.2), "`error` must lie between 0 and 1, but is 1.2"),
    "an error that is no number": (lambda: assignment([0.1, np.nan]), "`error` must lie between 0 and 1, but is nan"),
    "not square": (lambda: measured(np.eye(3)[:, :2]), r"have shape \(..., 3, 3\) or \(..., 9, 9\), but is of shape"),
    "of two levels": (lambda: measured(np.eye(2)), "have shape"),
    "a number": (lambda: measured(0.95), "have shape"),
    "columns that do not add up": (lambda: measured(np.eye(3) * 0.97), "add up to 1, but is off by 0.03. Try dividing"),
    "rows for columns": (lambda: measured(DOWNWARD.T), "add up to 1, but is off by 0.075. Try its transpose"),
    "NaN": (lambda: measured(np.where(np.eye(3), 1, np.nan)), "be finite"),
    "negative": (
        lambda: measured(np.eye(3) * 0.7 + np.roll(np.eye(3), 1, 0) * 0.5 - 0.2 / 3),
        "hold probabilities, but is -0.0666667 in places",
    ),
    "percent": (lambda: measured(100 * DOWNWARD), "hold probabilities, but is 99 in places"),
    "complex": (lambda: measured(np.eye(3) * (1 + 0j)), "be real numbers"),
    "text": (lambda: measured("eye"), "be real numbers"),
    "a joint matrix in a joint one": (lambda: joint(np.eye(3), np.eye(9)), r"`second` must have shape \(..., 3, 3\)"),
    "singular": (lambda: standard_error([1, 0, 0], SINGULAR, 10), "`matrix` must be invertible"),
    "nearly singular": (lambda: inverted("matrix", assignment(2 / 3 - 1e-12)), "be invertible, but is of condition"),
    "populations of two": (lambda: standard_error(np.full(9, 1 / 9), np.eye(3), 10), "`populations` must have shape"),
    "populations in percent": (lambda: standard_error([50, 50, 0], np.eye(3), 10), "add up to 1"),
    "no shots": (lambda: standard_error([1, 0, 0], np.eye(3), 0), "`shots` must be at least 1, but is 0"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_matrix_is_refused_in_words(case):
    """A measured matrix is typed in by hand: what is wrong with it has to be said before a fidelity rests on it."""
    call, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        call()
