"""Evolutions against scipy on full density matrices, against closed forms, and one road against the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.physics.random_systems import DURATION, RandomSystem, operator, wave

import bellpush.physics.evolve as module
from bellpush.ground.errors import ConvergenceError
from bellpush.physics.compiled import stepped
from bellpush.physics.evolve import Drive, Problem, Segment, evolve
from bellpush.physics.open_system import OpenSystem, Term, count, hamiltonian, jump
from bellpush.physics.operator import local, transition
from bellpush.physics.sector import reach

seeds = st.integers(0, 2**32 - 1)
spaces = st.sampled_from([(2,), (3,), (2, 2), (2, 3)])
roads = pytest.mark.parametrize("compiled", [False, True], ids=["numpy", "compiled"])

FLIP = transition(2, 0, 1) + transition(2, 1, 0)


def qubit(*more):
    """A qubit that is driven, decays and is looked at."""
    terms = (
        hamiltonian("drive", local((2,), 0, FLIP)),
        jump("decay", local((2,), 0, transition(2, 0, 1))),
        count("glow", local((2,), 0, transition(2, 1, 1))),
    )
    return reach(OpenSystem((2,), (*terms, *more)), [np.diag([0.0, 1.0])])


UP = np.diag([0.0, 1.0])


@roads
@given(seed=seeds, dims=spaces, share=st.sampled_from([0.1, 0.25, 0.5]))
@settings(max_examples=25, deadline=None)
def test_random_systems_end_where_scipy_takes_them(compiled, seed, dims, share):
    """Full density matrices by the textbook's equation and scipy, 1e-12 fine, against the sector within its tolerance.

    Jumps of sums of operators with coefficients of either sign, drives, and the integral that is counted.
    """
    system = RandomSystem(seed, dims, share, counters=True)
    start = system.start(2)
    sector = system.sector(start)
    rho, integral = system.played(start)
    for tolerance in (1e-6, 1e-9):
        found = evolve(system.problem(sector), sector.coordinates(start), tolerance, compiled)
        assert found.density(range(len(dims))) == pytest.approx(rho, abs=tolerance + 1e-11)
        assert found.counted("count") == pytest.approx(integral, abs=tolerance + 1e-9)
        assert found.error <= tolerance


@roads
@given(seed=seeds, dims=spaces, steps=st.integers(3, 30))
@settings(max_examples=40, deadline=None)
def test_the_estimate_bounds_the_error(compiled, seed, dims, steps):
    """The distance to an evolution of 1e-13, for whatever steps could be accepted at some tolerance up to 1e-2."""
    system = RandomSystem(seed, dims, 0.4)
    start = system.start(2)
    sector = system.sector(start)
    problem, begin = system.problem(sector), sector.coordinates(start)
    exact = evolve(problem, begin, 1e-13, compiled).values
    step = stepped if compiled else module._stepped
    values, error = step(problem, begin[:, None], [steps])
    if error[0] < 1e-2:
        assert np.linalg.norm(values[:, 0] - exact) <= max(error[0], 1e-12)  # below is rounding


def test_errors_fall_with_the_eighth_power_and_estimates_with_the_seventh():
    """The order that the tableau promises, seen on a driven qubit with a jump: both slopes of the logarithms."""
    sector = qubit()
    problem = Problem(sector, {"decay": 0.7}, [Segment(0.0, 4.0, {"drive": Drive(wave, (2.0, 1.0, 0.3))})])
    begin = sector.coordinates(UP)
    exact = evolve(problem, begin, 1e-14).values
    steps = np.array([20, 28, 40])
    errors, estimates = [], []
    for number in steps:
        values, error = module._stepped(problem, begin[:, None], [int(number)])
        errors.append(np.linalg.norm(values[:, 0] - exact))
        estimates.append(error[0])
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(-8, abs=0.3)
    assert np.polyfit(np.log(steps), np.log(estimates), 1)[0] == pytest.approx(-7, abs=0.3)


@roads
@given(rabi=st.floats(0.1, 20), time=st.floats(0.01, 5))
@settings(max_examples=25, deadline=None)
def test_a_driven_qubit_turns_as_cosine_squared(compiled, rabi, time):
    """Rabi's formula: cos^2 of coupling times time."""
    sector = qubit()
    problem = Problem(sector, {"decay": 0.0, "drive": rabi}, [Segment(0.0, time, {})])
    found = evolve(problem, sector.coordinates(UP), 1e-9, compiled)
    assert found.density([0])[1, 1].real == pytest.approx(np.cos(rabi * time) ** 2, abs=1e-9)


@roads
@given(rate=st.floats(0.01, 30), time=st.floats(0.01, 5))
@settings(max_examples=25, deadline=None)
def test_a_decaying_qubit_glows_once(compiled, rate, time):
    """exp(-rate time) is left, and rate times the integral of the excited population is what has gone."""
    sector = qubit()
    problem = Problem(sector, {"decay": rate, "glow": rate}, [Segment(0.0, time, {})])
    found = evolve(problem, sector.coordinates(UP), 1e-10, compiled)
    assert found.density([0])[1, 1].real == pytest.approx(np.exp(-rate * time), abs=1e-10)
    assert found.counted("glow") == pytest.approx(-np.expm1(-rate * time), abs=1e-9)


@given(seed=seeds, dims=spaces)
@settings(max_examples=25, deadline=None)
def test_both_roads_give_the_same_numbers(seed, dims):
    """numpy on full matrices and the kernels on single entries, the same steps: equal to 1e-12, the estimate too."""
    system = RandomSystem(seed, dims, 0.3, counters=True)
    start = system.start(2)
    sector = system.sector(start)
    problem = system.problem(sector, points=np.linspace(0.1, 2, 5))
    begin = problem.coordinates(sector.coordinates(start))
    values, error = module._stepped(problem, begin, [20])
    others, estimates = stepped(problem, begin, [20])
    assert others == pytest.approx(values, abs=1e-12)
    assert estimates == pytest.approx(error, rel=1e-6, abs=1e-13)


@roads
def test_every_point_is_an_evolution_of_its_own(compiled):
    """Eleven points of one parameter abreast, each against scipy with full matrices."""
    system = RandomSystem(11, (2, 3), 0.4)
    start = system.start(2)
    sector = system.sector(start)
    values = np.linspace(0.1, 2.0, 11)
    found = evolve(system.problem(sector, points=values), sector.coordinates(start), 1e-10, compiled)
    assert found.values.shape == (sector.size, 11)
    for rho, value in zip(found.density([0, 1]), values, strict=True):
        assert rho == pytest.approx(system.played(start, first=value)[0], abs=2e-10)


@roads
def test_a_hard_point_does_not_make_easy_ones_pay(compiled):
    """Only what missed the tolerance is stepped again: an easy point keeps the result of the first, coarse try."""
    sector = qubit()
    rates = np.array([0.1, 0.1, 300.0])
    problem = Problem(sector, {"drive": rates, "decay": 0.1}, [Segment(0.0, 1.0, {})])
    begin = sector.coordinates(UP)
    found = evolve(problem, begin, 1e-9, compiled)
    assert found.counts[0] > 50
    easy = evolve(Problem(sector, {"drive": 0.1, "decay": 0.1}, [Segment(0.0, 1.0, {})]), begin, 1e-9, compiled)
    assert easy.counts[0] < 20
    assert found.values[:, 0] == pytest.approx(easy.values, abs=1e-13)
    assert found.values[:, 1] == pytest.approx(easy.values, abs=1e-13)


@roads
def test_arrays_of_any_shape_meet_as_in_numpy(compiled):
    """Rates, times, drives and starts of different shapes span a map; each place of it is the case computed alone."""
    sector = qubit()
    begin = np.stack([sector.coordinates(UP), sector.coordinates(np.diag([0.5, 0.5]))], axis=-1)
    decay, size, end = np.array([[0.1], [1.0], [2.0]])[..., None], np.array([0.5, 2.0]), np.array([[1.0], [2.0]])

    def case(decay, size, end, start):
        drives = {"drive": Drive(wave, (size, 3.0, 0.1))}
        return evolve(Problem(sector, {"decay": decay}, [Segment(0.0, end, drives)]), start, 1e-10, compiled).values

    found = case(decay, size, end, begin)
    assert found.shape == (sector.size, 3, 2, 2)
    for i, j, k in np.ndindex(3, 2, 2):
        alone = case(decay[i, 0, 0], size[k], end[j, 0], begin[:, k])
        assert found[:, i, j, k] == pytest.approx(alone, abs=2e-10)


@roads
def test_several_starts_go_through_one_equation(compiled):
    """A process needs its map on several inputs: `shape` makes them points, and the equation is linear."""
    system = RandomSystem(2, (2, 2), 0.4)
    starts = [system.start(2) for _ in range(3)]
    sector = system.sector(*starts)
    problem = system.problem(sector)
    together = Problem(sector, problem.constants, problem.segments, shape=(3,))
    begin = np.stack([sector.coordinates(start) for start in starts], axis=-1)
    found = evolve(together, begin, 1e-10, compiled)
    for rho, start in zip(found.density([0, 1]), starts, strict=True):
        assert rho == pytest.approx(system.played(start)[0], abs=2e-10)


@roads
def test_a_segment_cut_in_two_is_the_same(compiled):
    """One stretch of time, or the same in two pieces; and a piece of no length does nothing."""
    system = RandomSystem(4, (2, 3), 0.4, counters=True)
    start = system.start(2)
    sector = system.sector(start)
    whole = system.problem(sector)
    drives = whole.segments[0].drives
    begin = sector.coordinates(start)
    found = evolve(whole, begin, 1e-11, compiled).values
    for cut in (0.3 * DURATION, DURATION):
        pieces = [Segment(0.0, cut, drives), Segment(cut, DURATION, drives)]
        assert evolve(Problem(sector, whole.constants, pieces), begin, 1e-11, compiled).values == pytest.approx(
            found, abs=1e-10
        )
    assert np.array_equal(evolve(Problem(sector, whole.constants, []), begin, 1e-11, compiled).values, begin)


@roads
def test_a_segment_drives_only_what_it_names(compiled):
    """A pulse on for a quarter turn, nothing while it decays, the pulse again: by hand, step by step."""
    sector = qubit()
    turn = {"drive": Drive(wave, (np.pi / 2, 0.0, 0.0))}
    problem = Problem(sector, {"decay": 0.0}, [Segment(0, 1, turn), Segment(0, 5, {}), Segment(7, 7.5, turn)])
    found = evolve(problem, sector.coordinates(UP), 1e-10, compiled)
    assert found.density([0])[1, 1].real == pytest.approx(np.cos(1.5 * np.pi / 2) ** 2, abs=1e-9)
    assert len(found.counts) == 3


@roads
def test_many_points_in_blocks_are_the_same_points(compiled, monkeypatch):
    """A map is done in blocks, after a few of its points have told how many steps it takes."""
    sector = qubit()
    rates = np.linspace(0.0, 3.0, 101)
    problem = Problem(sector, {"decay": rates}, [Segment(0.0, 2.0, {"drive": Drive(wave, (2.0, 1.0, 0.3))})])
    begin = sector.coordinates(UP)
    expected = evolve(problem, begin, 1e-9, compiled).values
    monkeypatch.setattr(module, "MANY", 50)
    monkeypatch.setattr(module, "HELD", 5000)
    assert evolve(problem, begin, 1e-9, compiled).values == pytest.approx(expected, abs=2e-9)


@roads
def test_more_than_can_be_stepped_is_said(compiled, monkeypatch):
    """A drive far too fast for the steps allowed: the message says what was reached and what to do."""
    monkeypatch.setattr(module, "MOST_STEPS", 50)
    sector = qubit()
    problem = Problem(sector, {"decay": 0.1, "drive": 500.0}, [Segment(0.0, 10.0, {})])
    with pytest.raises(
        ConvergenceError, match=r"must reach a tolerance of 1.0e-09, but \d+ steps leave .* Try a larger"
    ):
        evolve(problem, sector.coordinates(UP), 1e-9, compiled)


@roads
def test_steps_that_overflow_are_made_smaller(compiled):
    """The first try, from the rates, is so coarse for this drive that numbers overflow; the answer is Rabi's."""
    sector = qubit()
    problem = Problem(sector, {"decay": 0.0, "drive": 1e45}, [Segment(0.0, 1.25e-43, {})])
    found = evolve(problem, sector.coordinates(UP), 1e-8, compiled)
    assert found.density([0])[1, 1].real == pytest.approx(np.cos(125.0) ** 2, abs=1e-8)


@roads
def test_a_trace_that_does_not_keep_is_said(compiled):
    """A term that only takes away is no Lindblad term; whoever builds one by hand must hear of it."""
    taken = operator((2,), np.diag([0.0, 1.0]))
    sector = qubit(Term("loss", ((taken, None, -0.5), (None, taken, -0.5))))
    problem = Problem(sector, {"loss": 1.0}, [Segment(0.0, 1.0, {})])
    with pytest.raises(ConvergenceError, match=r"trace must keep, but changed by 6\.3e-01"):
        evolve(problem, sector.coordinates(UP), 1e-9, compiled)


@roads
@pytest.mark.parametrize(
    "start", [np.eye(2) / 2, np.full((2, 2), 0.5), np.outer([0.6, 0.8], [0.6, 0.8])], ids=["mixed", "x", "xz"]
)
def test_a_state_that_does_not_stay_one_is_said(compiled, start):
    """A negative rate keeps the trace and breaks positivity, which no tolerance would tell."""
    system = OpenSystem((2,), (jump("decay", local((2,), 0, transition(2, 1, 0))),))
    sector = reach(system, [start])
    problem = Problem(sector, {"decay": -1.0}, [Segment(0.0, 1.0, {})])
    with pytest.raises(ConvergenceError, match="must stay a state"):
        evolve(problem, sector.coordinates(start), 1e-9, compiled)


def call(constants=None, segments=None, start=UP, tolerance=1e-9, **drives):
    sector = qubit()
    segments = segments or [Segment(0.0, 1.0, {name: Drive(*drive) for name, drive in drives.items()})]
    begin = sector.coordinates(start) if np.shape(start) == (2, 2) else start
    return evolve(Problem(sector, {"decay": 0.1} if constants is None else constants, segments), begin, tolerance)


WRONG = {
    "a drive that is NaN somewhere": (
        lambda: call(drive=(lambda t: np.where(t > 0.5, np.nan, 1.0),)),
        "`drive` must be finite throughout its segment",
    ),
    "a drive that is infinite": (lambda: call(drive=(wave, (np.inf, 1.0, 0.0))), "`drive` must be finite throughout"),
    "an unknown constant": (lambda: call({"dekay": 0.1}), "no term `dekay`. Try one of drive, decay, glow"),
    "an unknown drive": (lambda: call(dirve=(wave, (1.0, 1.0, 0.0))), "no term `dirve`"),
    "constant and driven": (
        lambda: call({"drive": 1.0}, drive=(wave, (1.0, 1.0, 0.0))),
        "`drive` must be constant or driven, but is both",
    ),
    "a constant that is NaN": (lambda: call({"decay": np.nan}), "`decay` must be finite, but is nan"),
    "one infinite rate of many": (lambda: call({"decay": np.array([1.0, np.inf])}), "`decay` must be finite"),
    "an end before its beginning": (
        lambda: call(segments=[Segment(1.0, np.array([2.0, 0.5]), {})]),
        "must not end before it begins",
    ),
    "a time without end": (lambda: call(segments=[Segment(0.0, np.inf, {})]), "at finite times"),
    "a time that is NaN": (lambda: call(segments=[Segment(np.nan, 1.0, {})]), "at finite times"),
    "a start that is NaN": (lambda: call(start=np.full(4, np.nan)), "Coordinates must be finite"),
    "a start of another sector": (lambda: call(start=np.ones(3)), r"must have the shape \(4,\) .*but have \(3,\)"),
    "starts without points": (lambda: call(start=np.ones((4, 7))), "Try `shape` of the problem"),
    "no tolerance": (lambda: call(tolerance=0.0), "`tolerance` must be positive, but is 0.0"),
    "a tolerance that is NaN": (lambda: call(tolerance=np.nan), "`tolerance` must be positive"),
    "a step into the complex plane": (lambda: call({"decay": 0.1 + 1e-30j}), "must be real, but some are complex"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_what_cannot_be_carried_is_refused_in_words(case):
    """Each of these would otherwise run for long, or end in numbers that mean nothing."""
    calling, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        calling()
