"""The coordinates that are reached, against brute force on full matrices."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.physics.random_systems import RandomSystem, operator

from bellpush.physics.cascade import Cascade
from bellpush.physics.open_system import OpenSystem, count, hamiltonian, jump
from bellpush.physics.operator import destroy, local, transition
from bellpush.physics.sector import as_operator, reach

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

seeds = st.integers(0, 2**32 - 1)
spaces = st.sampled_from([(2,), (4,), (2, 2), (3, 2), (2, 3)])
shares = st.sampled_from([0.05, 0.1, 0.2, 0.4])


def basis(size):
    """One Hermitian matrix for each coordinate: (ket of the row, ket of the column, whether imaginary)."""
    for i in range(size):
        for j in range(i, size):
            for imaginary in (False, True)[: 1 + (i < j)]:
                matrix = np.zeros((size, size), dtype=complex)
                matrix[i, j] = 1j if imaginary else 1
                matrix[j, i] = matrix[i, j].conj()
                yield (i, j, imaginary), matrix


def parts(rho):
    """All coordinates of a Hermitian matrix that are not zero."""
    found = {key: (rho[key[:2]].imag if key[2] else rho[key[:2]].real) for key, _ in basis(len(rho))}
    return {key: value for key, value in found.items() if abs(value) > 1e-12}


def images(system):
    """For each coordinate those that any term takes it to, from full superoperators, each term for itself."""
    h, jumps, (a, b) = system.hamiltonians, system.jumps, system.together

    def dissipated(one, other, rho):
        both = other.conj().T @ one
        return one @ rho @ other.conj().T - (both @ rho + rho @ both) / 2

    maps = [lambda rho, each=each: -1j * (each @ rho - rho @ each) for each in h]
    maps += [lambda rho, each=each: dissipated(each, each, rho) for each in [*jumps, a, b]]
    maps += [lambda rho: dissipated(a, b, rho) + dissipated(b, a, rho)]
    return {key: set().union(*(parts(each(matrix)) for each in maps)) for key, matrix in basis(system.size)}


def kept(sector):
    return {
        (int(i), int(j), bool(part)) for i, j, part in zip(sector.first, sector.second, sector.imaginary, strict=True)
    }


@given(seed=seeds, dims=spaces, share=shares, rank=st.integers(1, 2))
@settings(max_examples=100, deadline=None)
def test_what_is_reached_is_found_by_brute_force(seed, dims, share, rank):
    """Every coordinate is put in and followed through full superoperators until nothing new appears."""
    system = RandomSystem(seed, dims, share)
    start = system.start(rank)
    to = images(system)
    found = fresh = set(parts(start))
    while fresh:
        fresh = set().union(*(to[key] for key in fresh)) - found
        found = found | fresh
    assert kept(system.sector(start)) == found


@given(seed=seeds, dims=spaces, share=shares)
@settings(max_examples=20, deadline=None)
def test_other_coordinates_stay_zero_in_the_full_equation(seed, dims, share):
    """scipy carries the full density matrix, which has no sector, and finds nothing outside of ours."""
    system = RandomSystem(seed, dims, share)
    start = system.start(2)
    rho, _ = system.played(start)
    assert set(parts(rho)) <= kept(system.sector(start))


@given(seed=seeds, dims=spaces, share=shares)
@settings(max_examples=50, deadline=None)
def test_the_terms_are_the_full_equation_on_the_sector(seed, dims, share):
    """A random Hermitian matrix of the sector: its derivative by the terms, and by the textbook's equation."""
    system = RandomSystem(seed, dims, share)
    start = system.start(2)
    sector = system.sector(start)
    y = np.random.default_rng(seed).normal(size=sector.size)
    rho = sector.density(y, range(len(dims)))
    problem = system.problem(sector)
    coefficients = dict(problem.constants)
    coefficients |= {name: d.function(0.4, *d.parameters) for name, d in problem.segments[0].drives.items()}
    slope = np.zeros(sector.size)
    for name, matrix in sector.terms.items():
        np.add.at(slope, matrix.rows, coefficients[name] * matrix.values * y[matrix.columns])
    assert sector.density(slope, range(len(dims))) == pytest.approx(system.change(0.4, rho), abs=1e-12)


@given(seed=seeds, dims=spaces)
@settings(max_examples=50, deadline=None)
def test_coordinates_and_density_matrices_are_each_others_inverse(seed, dims):
    """A state of full rank, into coordinates and back; and expectation values as the trace with a full matrix."""
    system = RandomSystem(seed, dims, 0.5)
    start = system.start(system.size)
    sector = system.sector(start)
    y = sector.coordinates(start)
    assert sector.density(y, range(len(dims))) == pytest.approx(start, abs=1e-15)
    assert sector.coordinates(operator(dims, start)) == pytest.approx(y)
    assert sector.expectation(operator(dims, system.counted)) @ y == pytest.approx(
        np.trace(system.counted @ start).real, abs=1e-13
    )
    assert sector.trace @ y == pytest.approx(1.0, abs=1e-14)


@given(seed=seeds, keep=st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]))
@settings(max_examples=30, deadline=None)
def test_tracing_out_is_qutips(seed, keep):
    """Partial traces over every set of three spaces, for two points at once."""
    dims = (2, 3, 2)
    rng = np.random.default_rng(seed)
    states = []
    for _ in range(2):
        vectors = rng.normal(size=(12, 3)) + 1j * rng.normal(size=(12, 3))
        states.append(vectors @ vectors.conj().T)
    sector = reach(OpenSystem(dims, ()), states)
    found = sector.density(np.stack([sector.coordinates(state) for state in states], axis=-1), keep)
    for ours, state in zip(found, states, strict=True):
        theirs = qutip.Qobj(state, dims=[list(dims)] * 2).ptrace(list(keep))
        assert ours == pytest.approx(theirs.full(), abs=1e-12)


def photon_transfer(levels=2):
    """Two transmons and their resonators, all terms of the node, and the start of the Bell sequence."""
    dims = (3, levels, levels, 3)
    ports = [local(dims, place, destroy(levels)) for place in (1, 2)]
    terms = list(Cascade(tuple(ports)).terms)
    for place, port in ((0, ports[0]), (3, ports[1])):
        half = port.dag @ local(dims, place, transition(3, 0, 2))
        terms.append(hamiltonian(f"drive {place}", half + half.dag))
        for to, origin in ((0, 1), (1, 2), (0, 0), (2, 2)):
            terms.append(jump(f"{origin} to {to} at {place}", local(dims, place, transition(3, to, origin))))
    superposed = np.zeros((3, 3))
    superposed[1:, 1:] = 0.5
    start = local(dims, 0, superposed)
    for place in (1, 2, 3):
        start = start @ local(dims, place, transition(dims[place], 0, 0))
    return OpenSystem(dims, tuple(terms)), start


@pytest.mark.parametrize("levels", [2, 3, 4])
def test_one_photon_needs_seventeen_coordinates(levels):
    """Counted by hand in docs/background/open-systems.md: 7 populations, 6 coherences of the photon's four places,
    4 with the e that waits; all other Fock levels are empty whatever their number."""
    system, start = photon_transfer(levels)
    sector = reach(system, [start])
    assert sector.size == 17
    populations = sector.first == sector.second
    assert populations.sum() == 7
    assert not sector.imaginary[populations].any()


def test_a_detuning_needs_both_parts_of_every_coherence():
    """Only where the drive is on resonance does each coherence keep its phase: 7 + 2 (6 + 4)."""
    system, start = photon_transfer()
    shift = hamiltonian("shift", local(system.dims, 0, transition(3, 2, 2)))
    assert reach(OpenSystem(system.dims, (*system.terms, shift)), [start]).size == 27


def test_a_start_that_is_never_excited_stays_alone():
    """The vacuum goes nowhere: one coordinate, whatever the terms are."""
    system, _ = photon_transfer()
    ground = np.zeros((36, 36))
    ground[0, 0] = 1
    assert reach(system, [ground]).size == 1
    assert reach(system, []).size == 0


def test_several_starts_share_one_sector():
    """Each start's own sector lies in the common one, and what both reach is there once."""
    system = RandomSystem(5, (2, 3), 0.03)
    starts = [system.start(1) for _ in range(4)]
    alone = [kept(system.sector(start)) for start in starts]
    assert kept(system.sector(*starts)) == set().union(*alone)
    assert len(set(map(frozenset, alone))) > 1


def test_a_counter_reads_but_is_not_read():
    """An integral depends on the state and nothing on it: its row is the expectation value, its column empty."""
    system = RandomSystem(3, (2, 2), 0.4, counters=True)
    sector = system.sector(system.start(2))
    matrix = sector.terms["count"]
    assert set(matrix.rows) == {sector.size - 1}
    row = np.zeros(sector.size)
    row[matrix.columns] = matrix.values
    assert row == pytest.approx(sector.expectation(operator((2, 2), system.counted)))
    assert all(sector.size - 1 not in each.columns for each in sector.terms.values())


def test_rounding_on_the_diagonal_reaches_nothing():
    """v v^dag in floating point leaves 1e-17 i on the diagonal, which is no coordinate."""
    matrix = np.diag([0.5 + 1e-17j, 0.5])
    assert reach(OpenSystem((2,), ()), [matrix]).size == 2


def decay():
    return OpenSystem((2, 2), (jump("decay", local((2, 2), 0, transition(2, 0, 1))),))


def wrong_number():
    matrix = np.zeros((2, 2))
    matrix[0, 0] = np.nan
    return OpenSystem((2,), (jump("decay", local((2,), 0, matrix)),))


WRONG = {
    "not Hermitian": (lambda: reach(decay(), [np.triu(np.ones((4, 4)))]), "start must be Hermitian"),
    "NaN": (lambda: reach(decay(), [np.full((4, 4), np.nan)]), "start must be finite"),
    "of the wrong size": (lambda: reach(decay(), [np.eye(2)]), "must have the shape .4, 4., but has .2, 2."),
    "on other spaces": (lambda: as_operator(local((4,), 0, np.eye(4)), (2, 2)), "must live on"),
    "outside": (lambda: reach(decay(), [np.diag([1.0, 0, 0, 0])]).coordinates(np.eye(4)), "lie in the sector"),
    "a Hamiltonian that is none": (
        lambda: hamiltonian("drive", local((2,), 0, transition(2, 0, 1))),
        "`drive` must be Hermitian, but it is not. Try operator",
    ),
    "a count of nothing real": (lambda: count("out", local((2,), 0, transition(2, 0, 1))), "`out` must count"),
    "a term on other spaces": (
        lambda: OpenSystem((4,), decay().terms),
        "`decay` must act on spaces of sizes .4,., but acts on .2, 2.",
    ),
    "a term that is NaN": (wrong_number, "`decay` must be made of finite numbers"),
    "an expectation elsewhere": (
        lambda: reach(decay(), [np.eye(4)]).expectation(local((4,), 0, np.eye(4))),
        "must act on .2, 2.",
    ),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_what_is_no_state_or_no_equation_is_refused_in_words(case):
    """A start that is not Hermitian has no real coordinates; what came out would be something else."""
    call, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        call()
