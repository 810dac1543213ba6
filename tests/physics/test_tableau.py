"""The numbers of the method against the conditions of order, tree by tree, and against scipy's."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.integrate import DOP853

from bellpush.physics.tableau import COUPLINGS, ERROR_3, ERROR_5, NODES, STAGES, WEIGHTS


@cache
def forests(order, largest):
    """Multisets of rooted trees with `order` nodes in all, none of them with more than `largest`."""
    if order == 0:
        return [()]
    found = []
    for size in range(min(order, largest), 0, -1):
        for tree in trees(size):
            for rest in forests(order - size, size):
                # The same multiset is met once: trees of one size in the order in which they are listed.
                if not (rest and nodes(rest[0]) == size and trees(size).index(rest[0]) < trees(size).index(tree)):
                    found.append((tree, *rest))
    return found


@cache
def trees(order):
    """All rooted trees with `order` nodes, each as the tuple of its subtrees."""
    return forests(order - 1, order - 1)


def nodes(tree):
    return 1 + sum(nodes(each) for each in tree)


def density(tree):
    """Butcher's gamma: the reciprocal of what the exact solution gives this tree."""
    return nodes(tree) * int(np.prod([density(each) for each in tree], initial=1))


def stages(tree):
    """What every stage gives this tree."""
    return np.prod([COUPLINGS @ stages(each) for each in tree], axis=0, initial=1.0) * np.ones(STAGES)


def misses(weights, order, exact):
    """By how much a formula with these weights misses the conditions of one order, the worst of them."""
    return max(abs(weights @ stages(tree) - exact / density(tree)) for tree in trees(order))


def test_the_trees_are_all_there():
    """The number of rooted trees is known (sequence A000081): a lost tree would be a lost condition."""
    assert [len(trees(order)) for order in range(1, 10)] == [1, 1, 2, 4, 9, 20, 48, 115, 286]
    assert all(len(set(trees(order))) == len(trees(order)) for order in range(1, 9))


@pytest.mark.parametrize("order", range(1, 10))
def test_the_step_is_of_order_eight_and_not_nine(order):
    """Butcher's conditions for every tree, against the numbers as printed: all 200 up to order 8, not all of 9."""
    if order <= 8:
        assert misses(WEIGHTS, order, 1) < 1e-14
    else:
        assert misses(WEIGHTS, order, 1) > 1e-6


@pytest.mark.parametrize(("weights", "order"), [(ERROR_5, 5), (ERROR_3, 3)], ids=["fifth", "third"])
def test_an_estimate_sees_the_error_of_its_own_order(weights, order):
    """A difference of two formulas vanishes on all trees up to the lower order, and not on those after it."""
    assert max(misses(weights, each, 0) for each in range(1, order + 1)) < 1e-14
    assert misses(weights, order + 1, 0) > 1e-5


def test_the_nodes_are_where_the_stages_are():
    """A drive is looked up where the stage's own state belongs: the sum of what it takes from the stages before."""
    assert COUPLINGS.sum(axis=1) == pytest.approx(NODES, abs=1e-14)
    assert np.array_equal(COUPLINGS, np.tril(COUPLINGS, -1))


def test_every_number_is_that_of_another_implementation():
    """The method as printed by Hairer, Norsett and Wanner, here and in scipy."""
    n = DOP853.n_stages
    assert n == STAGES
    for ours, theirs in (
        (NODES, DOP853.C),
        (WEIGHTS, DOP853.B),
        (COUPLINGS, DOP853.A),
        (ERROR_5, DOP853.E5[:n]),
        (ERROR_3, DOP853.E3[:n]),
    ):
        assert ours == pytest.approx(theirs, rel=1e-15, abs=1e-17)
    # scipy also allows for the slope at the end of the step, with which these estimates do nothing.
    assert DOP853.E5[n] == DOP853.E3[n] == 0
