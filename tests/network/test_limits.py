"""Capacities against points worked out elsewhere, against each other, and against entanglement that is found."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, linprog

from bellpush.hardware.channel import Fibre
from bellpush.network.limits import (
    best_path,
    dephasing_capacity,
    erasure_capacity,
    many_paths,
    plob,
    repeater_capacity,
    tgw,
    thermal_loss_bound,
)
from bellpush.states.channel import apply, dephasing
from bellpush.states.measures import hashing_yield
from bellpush.states.pair import bell

shares = st.floats(1e-6, 1 - 1e-6)


def test_a_hundred_kilometres_of_fibre():
    """0.2 dB/km: one photon in a hundred, half a millisecond, and a length of 21.7 km for each factor of e."""
    fibre = Fibre(length="100 km", attenuation="0.2 dB/km")
    assert fibre.transmission == pytest.approx(0.01, rel=1e-12)
    assert fibre.delay == pytest.approx(0.5e-3, rel=1e-12)
    assert -fibre.length / np.log(fibre.transmission) == pytest.approx(21714.724095162588, rel=1e-12)
    assert plob(fibre.transmission) == pytest.approx(0.014499569695115089, rel=1e-10)


def test_the_older_bound_at_a_hundred_kilometres():
    """Takeoka, Guha and Wilde."""
    assert tgw(0.01) == pytest.approx(0.028854862672184987, rel=1e-10)


@pytest.mark.parametrize(
    ("repeaters", "bits"), [(1, 0.15200309344504995), (3, 0.5484122546081639), (9, 1.4381405161347793)]
)
def test_repeaters_equally_spaced_over_a_hundred_kilometres(repeaters, bits):
    """The worst link decides, and equal links are the best."""
    eta = 0.01 ** (1 / (repeaters + 1))
    assert repeater_capacity([eta] * (repeaters + 1)) == pytest.approx(bits, rel=1e-10)
    assert repeater_capacity([eta**0.5, eta**1.5, *[eta] * (repeaters - 1)]) < bits


def test_thermal_light_costs_capacity():
    """A hundredth of a photon at a transmission of a tenth takes a third."""
    assert thermal_loss_bound(0.1, 0.01) == pytest.approx(0.10428496658933553, rel=1e-9)


def test_dephasing_and_erasure():
    """A tenth of each."""
    assert dephasing_capacity(0.1) == pytest.approx(0.5310044064107188, rel=1e-10)
    assert erasure_capacity(0.1) == pytest.approx(0.9, rel=1e-10)


def test_one_ideal_repeater_overtakes_the_best_direct_protocol_at_34_kilometres():
    """A pair per 1/E[max] attempts over two halves against PLOB: what a repeater is for."""

    def ahead(km):
        eta = 10 ** (-0.02 * km)
        p = np.sqrt(eta)
        return p * (2 - p) / (3 - 2 * p) - plob(eta)

    assert ahead(30) < 0 < ahead(40)
    assert brentq(ahead, 30, 40, xtol=1e-11) == pytest.approx(34.00089435217028, rel=1e-8)


@given(eta=shares, photons=st.floats(0, 2))
def test_bounds_stand_in_their_order(eta, photons):
    """PLOB below TGW, thermal light only takes, and a photon lost with a flag carries less than a mode of light."""
    assert plob(eta) <= tgw(eta)
    assert -1e-12 <= thermal_loss_bound(eta, photons) <= plob(eta) * (1 + 1e-12)
    assert thermal_loss_bound(eta, 0.0) == pytest.approx(plob(eta), rel=1e-12)
    assert erasure_capacity(1 - eta) <= plob(eta)


@given(eta=shares)
def test_thermal_light_of_the_entangling_threshold_leaves_nothing(eta):
    """At n = eta/(1 - eta) the channel breaks entanglement, and the bound comes to zero there by itself."""
    threshold = eta / (1 - eta)
    assert thermal_loss_bound(eta, threshold) == 0
    assert thermal_loss_bound(eta, threshold * (1 - 1e-6)) == pytest.approx(0, abs=1e-5)


@given(p=st.floats(0, 0.5))
def test_dephased_bell_pairs_reach_the_capacity(p):
    """Hashing of what comes through gives it, so the bound is tight."""
    pair = apply(bell("phi+"), right=dephasing(1 - 2 * p))
    assert hashing_yield(pair) == pytest.approx(dephasing_capacity(p), abs=1e-12)


def test_small_transmissions_keep_their_digits():
    """1000 km of fibre is 1e-20; a difference from 1 would be zero."""
    assert plob(1e-20) == pytest.approx(1e-20 / np.log(2), rel=1e-14)
    assert tgw(1e-20) == pytest.approx(2e-20 / np.log(2), rel=1e-14)
    assert plob([0.0, 1.0]).tolist() == [0.0, np.inf]


# --- networks

DIAMOND = {("A", "B"): 0.5, ("B", "D"): 0.2, ("A", "C"): 0.3, ("C", "D"): 0.4}


def test_two_ways_through_a_diamond():
    """Pirandola 2019; Azuma and Kato 2017: the better way alone, and both at once."""
    capacities = {edge: float(plob(eta)) for edge, eta in DIAMOND.items()}
    assert best_path(capacities, "A", "D") == pytest.approx(0.5145731728297583, rel=1e-10)
    assert many_paths(capacities, "A", "D") == pytest.approx(0.8365012677171206, rel=1e-10)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_flows_are_those_of_a_linear_program(seed):
    """Random networks of six nodes, and every path of one of them for the best."""
    rng = np.random.default_rng(seed)
    nodes = "abcdef"
    edges = [edge for edge in itertools.combinations(nodes, 2) if rng.random() < 0.6]
    capacities = {edge: float(rng.random()) for edge in edges}
    paths = [
        ["a", *inner, "f"]
        for length in range(5)
        for inner in itertools.permutations("bcde", length)
        if all(tuple(sorted(hop)) in capacities for hop in itertools.pairwise(["a", *inner, "f"]))
    ]
    widths = [min(capacities[tuple(sorted(hop))] for hop in itertools.pairwise(path)) for path in paths]
    assert best_path(capacities, "a", "f") == pytest.approx(max(widths, default=0.0), abs=1e-12)
    if not edges:
        return
    columns = [(a, b) for edge in edges for a, b in (edge, edge[::-1])]
    balance = [[(a == n) - (b == n) for a, b in columns] for n in "bcde"]
    out = [(b == "a") - (a == "a") for a, b in columns]
    bounds = [(0, capacities[tuple(sorted(column))]) for column in columns]
    solved = linprog(out, A_eq=balance, b_eq=np.zeros(4), bounds=bounds)
    assert many_paths(capacities, "a", "f") == pytest.approx(-solved.fun, abs=1e-9)


def test_a_flow_is_turned_round_where_that_lets_more_through():
    """The shortest path takes the bridge x-y one way, the largest flow needs it the other way."""
    short = {("s", "x"): 1.0, ("x", "y"): 1.0, ("y", "t"): 1.0}
    long = dict.fromkeys([*itertools.pairwise("suvwy"), *itertools.pairwise("xpqrt")], 2.0)
    assert many_paths({**short, **long}, "s", "t") == pytest.approx(3.0)


def test_parallel_links_add_and_strangers_share_nothing():
    """Two fibres in one duct carry twice; a node that is not there carries nothing."""
    both = {("a", "b"): 1.0, ("b", "a"): 2.0}
    assert many_paths(both, "a", "b") == best_path(both, "a", "b") == 3.0
    assert many_paths(both, "a", "z") == best_path(both, "a", "z") == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plob(1.2), "`transmission` must lie between 0 and 1, but is 1.2"),
        (lambda: plob(np.nan), "`transmission` must lie between 0 and 1, but is nan"),
        (lambda: tgw([0.1, -0.1]), "`transmission` must lie between 0 and 1, but is -0.1"),
        (lambda: repeater_capacity([]), "`transmissions` must name at least one channel"),
        (lambda: repeater_capacity([0.1, 2]), "`transmissions` must lie between 0 and 1, but is 2.0"),
        (lambda: thermal_loss_bound(0.1, -1), "`photons` must be at least 0, but is -1"),
        (lambda: dephasing_capacity(-0.1), "`probability` must lie between 0 and 1, but is -0.1"),
        (lambda: erasure_capacity(1.1), "`probability` must lie between 0 and 1, but is 1.1"),
        (lambda: many_paths({("a", "b"): -1.0}, "a", "b"), r"`capacities\[\('a', 'b'\)\]` must be at least 0"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, message):
    """A loss in dB, or in per cent, must not pass for a transmission."""
    with pytest.raises(ValueError, match=message):
        call()
