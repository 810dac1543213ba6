"""Links of two clicks, and single clicks in depth: what five more experiments determine, each by a second witness."""

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

import bellpush
from bellpush.experiments.clicks import (
    arms_fidelity,
    arms_rate,
    bell_value,
    early_photons,
    gate_by_pair,
    two_clicks_success,
    visibility,
)
from bellpush.experiments.hucul_2015 import as_fresh
from bellpush.experiments.pfaff_2014 import behind_one_click, one_click_rate
from bellpush.experiments.weigh import weigh
from bellpush.scenario.load import load
from bellpush.scenario.run import run
from bellpush.states.measures import chsh
from bellpush.states.pair import to_density, werner

FIVE = ("hensen-2015", "hermans-2023", "hucul-2015", "main-2025", "pfaff-2014")
ROWS = {(row.experiment, row.claim.name): row for name in FIVE for row in weigh(name)}


@pytest.fixture(scope="module")
def results():
    return {name: bellpush.run(name) for name in FIVE}


def link(result):
    (one,) = result.links.values()
    return one


@pytest.mark.parametrize(
    ("experiment", "name", "expected"),
    [
        ("hensen-2015", "fresh pair", "reproduced"),
        ("hensen-2015", "Bell value, as read out", "reproduced"),
        ("hensen-2015", "success of an attempt", "not-comparable"),
        ("hensen-2015", "pairs a second", "not-comparable"),
        ("hermans-2023", "turns a period of offset", "reproduced"),
        ("hermans-2023", "rates of the arms differ", "reproduced"),
        ("hermans-2023", "their fidelities differ", "reproduced"),
        ("hermans-2023", "visibility of clean lines", "not-comparable"),
        ("hucul-2015", "efficiency", "not-comparable"),
        ("main-2025", "gate between modules", "not-comparable"),
        ("pfaff-2014", "rate", "differs"),
        ("pfaff-2014", "fresh pair", "differs"),
        ("pfaff-2014", "one click over two", "differs"),
    ],
)
def test_the_verdicts_that_matter(experiment, name, expected):
    """A change of physics or of a standing that moves one of them must be seen."""
    assert ROWS[(experiment, name)].verdict == expected


def test_what_was_spent_on_a_fit_comes_back():
    """A remembered number is no target, but a fit to one must still be that fit."""
    spent = [row for row in ROWS.values() if row.claim.restates and row.claim.tolerance]
    assert {(row.experiment, row.claim.name) for row in spent} == {
        ("hucul-2015", "fresh pair"),
        ("main-2025", "fresh pair"),
        ("main-2025", "rate"),
    }
    for row in spent:
        assert abs(row.deviation) <= row.claim.tolerance.value
    fitted = {(name, one.path) for name in FIVE for one in load(name).inputs if one.standing == "fitted"}
    assert fitted == {
        ("hucul-2015", "links.0.scheme.visibility"),
        ("main-2025", "links.0.scheme.visibility"),
        ("main-2025", "links.0.scheme.attempt_duration"),
    }


def test_nothing_remembered_is_called_anything_else():
    """Of two links all that makes pairs is from memory or was fitted to it, and the preset says so."""
    for name in ("hucul-2015", "main-2025"):
        scheme = [one for one in load(name).inputs if one.path.startswith("links.0.scheme")]
        assert {one.standing for one in scheme} <= {"recalled", "fitted"}
        assert "from memory" in next(one.source for one in scheme if one.standing == "recalled")


# Two clicks on known hardware, and one click instead.


def test_two_clicks_of_2018_by_hand(results):
    """H7: half the product of both detections, 5.88e-8, or 0.0107 Hz; dark counts add 1.2 %."""
    pair = link(results["pfaff-2014"])
    assert two_clicks_success(results["pfaff-2014"]) == pytest.approx(2.8e-4 * 4.2e-4 / 2, rel=1e-12)
    assert pair.model.success_probability == pytest.approx(5.88e-8, rel=0.015)
    assert pair.rate.value == pytest.approx(0.0107, rel=0.015)


def test_how_far_one_click_is_ahead_of_two(results):
    """N1: 39 Hz over 1/250 Hz is 9750. Ours is 64 % less: on like detection, two clicks come 2.7 times as often.

    The side of one click is right to 2 %, as its rate over the published one shows.
    """
    ours = behind_one_click(results["pfaff-2014"])
    assert ours == ROWS[("pfaff-2014", "one click over two")].ours
    small = 2 * 0.3 * 3.5e-4 / (2.8e-4 * 4.2e-4 / 2)  # both laws for rare photons without dark counts
    assert ours == pytest.approx(small, rel=0.02)
    assert ours / 9750 - 1 == pytest.approx(-0.636, abs=0.002)
    assert one_click_rate() / 0.004 == pytest.approx(9750, rel=0.02)


@pytest.mark.parametrize(("name", "kept"), [("hensen-2015", 0.9), ("pfaff-2014", 0.9), ("hucul-2015", 0.56)])
def test_fidelity_of_two_clicks_is_half_of_one_and_what_is_kept(results, name, kept):
    """(1 + V (1 - p2)^2) / 2 without dark counts; with p2 = 0.0368 of the pulse where there is an emitter."""
    bare = {"links.0.scheme.detection.dark_count_rate": "0 Hz"} if name == "hensen-2015" else {}
    bare |= {"links.0.scheme.dark_count_probability": 0.0} if name == "pfaff-2014" else {}
    early = 0.0 if name == "hucul-2015" else 0.0368
    assert early_photons(results[name]) == pytest.approx(early, abs=5e-5)
    expected = (1 + kept * (1 - early) ** 2) / 2
    assert link(run(load(name, bare))).fidelity.value == pytest.approx(expected, abs=1e-4)


def test_success_over_a_kilometre_by_hand(results):
    """Photons left after the pulse 0.816, in a window of 25 ns, at 3 %, 13 %, and half of 1.3 km of silica."""
    share = 0.8164 * -np.expm1(-25 / 12) * 0.03 * 0.13 * 10 ** (-0.4859 * 0.65)
    assert link(results["hensen-2015"]).model.success_probability == pytest.approx(share**2 / 2, rel=3e-3)
    assert ROWS[("hensen-2015", "success of an attempt")].deviation > 0


# A Bell value that is read out.


def noisy(angle, dark=0.95, bright=0.995):
    """A spin's observable of -1 and 1 along an angle in the plane of z and x, read with these fidelities."""
    vectors = np.linalg.eigh(np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]]))[1]
    means = [1 - 2 * dark, 2 * bright - 1]
    return sum(mean * np.outer(v, v) for mean, v in zip(means, vectors.T, strict=True))


def test_a_bell_value_is_what_noisy_read_out_leaves(results):
    """N2: 2.53 of a Werner pair of 0.92, 2.26 as read out; and what unequal errors add is at most 0.0041.

    The second witness is a search over all angles with the observables that are measured, on the preset's own pair.
    """
    rho = to_density(link(results["hensen-2015"]).pair)
    assert float(chsh(werner(0.92))) == pytest.approx(2.5267, abs=1e-4)
    assert float(chsh(werner(0.92))) * 0.945**2 == pytest.approx(2.26, abs=5e-3)

    def less(angles):
        a, b, c, d = (noisy(angle) for angle in angles)
        operator = np.kron(a, c + d) + np.kron(b, c - d)
        return -abs(np.trace(rho @ operator).real)

    found = max(-minimize(less, np.random.default_rng(seed).uniform(0, 6, 4)).fun for seed in range(6))
    read = bell_value(results["hensen-2015"], 0.95, 0.995)
    assert 0 <= found - read < 2 * 0.045**2 + 1e-6


def test_a_bell_value_that_is_read_perfectly_is_that_of_the_pair(results):
    """And that of the preset lies between those of a Werner pair of its fidelity and of one that is only dephased."""
    pair = link(results["hensen-2015"])
    perfect = bell_value(results["hensen-2015"], 1.0, 1.0)
    assert perfect == float(chsh(pair.pair))
    fidelity = pair.fidelity.value
    assert float(chsh(werner(fidelity))) < perfect < 2 * np.hypot(1, 2 * fidelity - 1)


# Made faster than lost.


def test_what_faster_than_lost_means_for_a_clock(results):
    """U2: the bound from the efficiency, and the best of all periods that the engine delivers at."""
    best = minimize_scalar(
        lambda period: (
            -run(load("hucul-2015", {"requests.clocked.delivery.period": f"{period} s"}))["clocked"].fidelity.value
        ),
        bounds=(0.2, 1.0),
        method="bounded",
        options={"xatol": 1e-4},
    )
    assert -best.fun == pytest.approx(as_fresh(results["hucul-2015"]), abs=1e-4)
    assert -best.fun - results["hucul-2015"]["clocked"].fidelity.value < 1e-3  # the preset's period is near the best
    assert results["hucul-2015"]["clocked"].on_demand is True


@pytest.mark.parametrize(("name", "success"), [("hucul-2015", 1e-5), ("main-2025", 2.18e-4)])
def test_detection_stands_for_the_success_it_was_made_from(results, name, success):
    """Half the square, at any efficiency: polarisation has no second round in which a photon could come too early."""
    assert link(results[name]).model.success_probability == pytest.approx(success, rel=1e-3)


def test_a_gate_that_spends_a_pair_has_the_fidelity_of_the_pair():
    """A controlled sign over the pair, played out on a maximally entangled input of both modules."""
    weights = dict(zip(("phi+", "phi-", "psi+", "psi-"), (0.9, 0.05, 0.03, 0.02), strict=True))
    halves = {"phi+": (1, 0, 0, 1), "phi-": (1, 0, 0, -1), "psi+": (0, 1, 1, 0), "psi-": (0, 1, -1, 0)}
    eye, x, z = np.eye(2), np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    wanted = np.einsum("ac,bd->abcd", eye, eye) / 2  # references of data a and b, then the data
    sign = np.array([[1, 1], [1, -1]])
    wanted = wanted * sign[None, None]
    fidelity = 0.0
    for name, weight in weights.items():
        pair = np.reshape(halves[name], (2, 2)) / np.sqrt(2)
        state = np.einsum("ac,bd,ef->abcdef", eye, eye, pair) / 2
        shared = np.zeros_like(state)
        for c in (0, 1):  # data a flips its half of the pair
            shared[:, :, c] = np.einsum("ge,abdef->abdgf", np.linalg.matrix_power(x, c), state[:, :, c])
        for first in (0, 1):  # read; the other half is flipped back, then stands for data a
            left = np.einsum("gf,abcdf->abcdg", np.linalg.matrix_power(x, first), shared[..., first, :])
            left = left * np.array([[1, 1], [1, -1]])[None, None, None]  # sign between data b and the half
            for second in (0, 1):
                row = np.array([1, 1 - 2 * second]) / np.sqrt(2)
                out = np.einsum("abcdf,f->abcd", left, row)
                out = np.einsum("gc,abcd->abgd", np.linalg.matrix_power(z, second), out)
                fidelity += weight * abs(np.sum(wanted * out)) ** 2
    assert fidelity == pytest.approx(weights["phi+"], abs=1e-12)


def test_the_mean_gate_is_four_fifths_of_the_process_and_one_fifth(results):
    """(d F + 1) / (d + 1) for two qubits, d = 4; an upper bound that the published 0.86 respects."""
    fidelity = link(results["main-2025"]).fidelity.value
    assert gate_by_pair(results["main-2025"]) == pytest.approx((4 * fidelity + 1) / 5, rel=1e-12)
    assert ROWS[("main-2025", "gate between modules")].deviation > 0


# Single clicks in depth.


def turned(area, phase="0 deg"):
    edits = {f"nodes.{node}.device.pulse_area": area for node in ("alice", "bob")}
    return run(load("hermans-2023", {**edits, "links.0.scheme.optical_phase": phase}))


def signed(result):
    first, second = (one.probability for one in link(result).model.outcomes)
    return first - second


def test_arms_differ_only_where_pulses_leave_something_behind():
    """X3: no difference at 180 deg, none on average over the optical phase, and the other sign half a turn on."""
    assert arms_rate(turned("180 deg")) == pytest.approx(0, abs=1e-12)
    assert arms_fidelity(turned("180 deg")) == pytest.approx(0, abs=1e-12)
    weak = turned("150 deg")
    assert arms_rate(weak) > 1e-3
    assert arms_fidelity(weak) > 1e-3
    assert signed(turned("150 deg", "180 deg")) == pytest.approx(-signed(weak), rel=1e-9)
    assert abs(signed(turned("150 deg", "90 deg"))) < 1e-9 * link(weak).model.success_probability


def test_balanced_arms_are_worth_their_imbalance_of_populations(results):
    """X4: at the same mean population, the preset's nearly balanced arms beat equal ones."""
    equal = run(load("hermans-2023", {"links.0.scheme.bright_state_population": 0.1}))
    assert link(results["hermans-2023"]).fidelity.value > link(equal).fidelity.value + 0.005


def test_lines_that_wander_are_not_clean(results):
    """The visibility is that of the devices: 1 as they are, less as soon as a line wanders."""
    assert visibility(results["hermans-2023"]) == pytest.approx(1, abs=1e-12)
    wandering = {f"nodes.{node}.device.spectral_diffusion": "5 MHz" for node in ("alice", "bob")}
    assert visibility(run(load("hermans-2023", wandering))) < 0.9
