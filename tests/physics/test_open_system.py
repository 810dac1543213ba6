"""Open systems, two witnesses: the coordinates that are reached, stepped by our own method, and QuTiP on everything."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellpush.physics.evolve import Drive, Problem, Segment, evolve
from bellpush.physics.open_system import OpenSystem, count, dissipator, hamiltonian, jump
from bellpush.physics.operator import destroy, gathered, local, transition
from bellpush.physics.sector import reach

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

OPTIONS = {"method": "dop853", "atol": 1e-11, "rtol": 1e-9, "nsteps": 100_000}


def operator(dims, matrix):
    """A sparse operator of the house from a full matrix."""
    rows, columns = np.nonzero(matrix)
    return gathered(dims, rows, columns, matrix[rows, columns])


def sparse_complex(rng, size, share):
    """A random complex matrix of norm about 1, of which a `share` of the elements is not zero."""
    full = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return np.where(rng.random((size, size)) < share, full, 0) / np.sqrt(2 * max(1, share * size))


def sparse(matrix):
    """QuTiP's operator, sparse: full ones are multiplied by BLAS, whose threads wait for each other on a busy day."""
    return qutip.Qobj(matrix).to("CSR")


def by_qutip(dims, still, driven, coefficient, collapses, start, end):
    """The state at `end` of full matrices: one Hamiltonian, another times `coefficient(t)`, and QuTiP's solver."""
    parts = [[sparse(driven), coefficient]] if driven.any() else []
    result = qutip.mesolve(
        qutip.QobjEvo([sparse(still), *parts]), qutip.Qobj(start), [0, end], collapses, options=OPTIONS
    )
    return result.final_state.full()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    dims=st.sampled_from([(2,), (5,), (2, 2), (2, 3), (2, 2, 2), (3, 3), (3, 2, 2)]),
    share=st.sampled_from([0.04, 0.08, 0.2, 1.0]),
    jumps=st.integers(1, 4),
    rank=st.integers(1, 2),
    unit=st.sampled_from([1.0, 1e-7]),
    compiled=st.booleans(),
)
def test_random_open_systems_end_where_qutip_says(seed, dims, share, jumps, rank, unit, compiled):
    """Complex operators, couplings and rates that change in time, two points abreast; QuTiP knows of no sector."""
    rng, size = np.random.default_rng(seed), int(np.prod(dims))
    still, driven = (m + m.conj().T for m in (sparse_complex(rng, size, share) for _ in range(2)))
    lost = [sparse_complex(rng, size, share) for _ in range(jumps)]
    rates, amplitude, frequency = rng.random(jumps), rng.normal(size=2), rng.uniform(1, 8)
    kets = np.linalg.qr(rng.normal(size=(size, rank)) + 1j * rng.normal(size=(size, rank)))[0]
    # A start on few levels leaves room for levels that are never reached.
    kets[rng.integers(1, size) :] = 0
    start = kets @ kets.conj().T
    start = start / np.trace(start) if np.trace(start) > 1e-3 else np.diag(np.eye(size)[0]).astype(complex)

    def swing(t, strength):
        return strength * np.cos(frequency * t / unit) / unit

    def fading(t):
        return np.exp(-t / unit) * rates[0] / unit

    terms = [hamiltonian("still", operator(dims, still)), hamiltonian("driven", operator(dims, driven))]
    terms += [jump(f"jump {k}", operator(dims, each)) for k, each in enumerate(lost)]
    system = OpenSystem(dims, tuple(terms))
    where = reach(system, [operator(dims, start)])
    constants = {"still": 1 / unit} | {f"jump {k}": rates[k] / unit for k in range(1, jumps)}
    drives = {"driven": Drive(swing, (amplitude,)), "jump 0": Drive(fading)}
    problem = Problem(where, constants, [Segment(0.0, unit, drives)])
    found = evolve(problem, where.coordinates(operator(dims, start)), tolerance=1e-9, compiled=compiled)
    ours = found.density(range(len(dims)))
    # QuTiP's time is in units of `unit`: the two differ in the scale of time, too.
    collapses = [np.sqrt(rates[k]) * sparse(lost[k]) for k in range(1, jumps)]
    collapses.append(qutip.QobjEvo([[sparse(lost[0]), lambda t: np.sqrt(rates[0]) * np.exp(-t / 2)]]))
    for point, strength in enumerate(amplitude):
        theirs = by_qutip(dims, still, driven, lambda t, s=strength: s * np.cos(frequency * t), collapses, start, 1.0)
        assert np.abs(ours[point] - theirs).max() < 1e-7


@pytest.mark.parametrize("phase", [1.0, -1.0, 1j])
def test_operators_that_jump_together_are_the_jump_of_their_sum(phase):
    """D[A + cB] by three terms, and by QuTiP as one collapse operator; a phase between A and B must not be lost."""
    rng = np.random.default_rng(5)
    first, second = sparse_complex(rng, 4, 1.0), phase * sparse_complex(rng, 4, 1.0)
    a, b = operator((4,), first), operator((4,), second)
    system = OpenSystem((4,), (jump("a", a), jump("b", b), dissipator("ab", a, b)))
    start = np.diag([0.5, 0, 0.5, 0]) + 0.5 * (transition(4, 0, 2) + transition(4, 2, 0))
    where = reach(system, [start])
    problem = Problem(where, {"a": 1.0, "b": 0.49, "ab": 0.7}, [Segment(0.0, 1.5, {})])
    ours = evolve(problem, where.coordinates(start), tolerance=1e-10).density([0])
    theirs = by_qutip((4,), np.zeros((4, 4)), np.zeros((4, 4)), None, [qutip.Qobj(first + 0.7 * second)], start, 1.5)
    assert np.abs(ours - theirs).max() < 1e-9


def test_a_part_of_the_space_is_traced_out_as_qutip_does():
    """Three unlike spaces in a random state: every choice of spaces kept, in order."""
    dims, rng = (2, 3, 2), np.random.default_rng(8)
    start = qutip.rand_dm(list(dims), seed=8)
    system = OpenSystem(dims, (hamiltonian("h", operator(dims, np.diag(rng.normal(size=12)))),))
    where = reach(system, [start.full()])
    found = evolve(Problem(where, {"h": 0.0}, [Segment(0.0, 1.0, {})]), where.coordinates(start.full()))
    for keep in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
        assert found.density(keep) == pytest.approx(start.ptrace(keep).full(), abs=1e-12)


def test_what_is_counted_is_what_has_left():
    """A cavity of four photons loses as many as its mean number falls, by QuTiP and by n (1 - exp(-kappa t))."""
    a = local((6,), 0, destroy(6))
    system = OpenSystem((6,), (jump("loss", a), count("out", a.dag @ a)))
    start = np.zeros((6, 6))
    start[4, 4] = 1.0
    where = reach(system, [start])
    problem = Problem(where, {"loss": 3.0, "out": 3.0}, [Segment(0.0, 0.4, {})])
    found = evolve(problem, where.coordinates(start))
    lower = qutip.destroy(6)
    left = qutip.mesolve(
        qutip.qzero(6),
        qutip.fock_dm(6, 4),
        [0, 0.4],
        [np.sqrt(3) * lower],
        e_ops=[lower.dag() * lower],
        options=OPTIONS,
    )
    assert found.counted("out") == pytest.approx(4 * (1 - np.exp(-1.2)), abs=1e-9)
    assert found.counted("out") == pytest.approx(4 - left.expect[0][-1], abs=1e-7)
