"""The exact engine at published and derived numbers of clocked delivery."""

from math import ceil, exp, log

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from tests.systems.known import clocked, one_link, werner

from bellpush.scenario.run import run

# The largest delivered fidelity over all clock periods against the link efficiency.
CURVE = {0.1: 0.30807, 0.5: 0.43750, 1: 0.52591, 2: 0.62500, 5: 0.75156, 7.8: 0.80446, 10: 0.83070, 100: 0.96591}
# The link efficiency at which it passes one half, against the fresh fidelity.
THRESHOLDS = {
    1.0: 0.8260176,
    0.95: 0.9430224,
    0.90: 1.0945431,
    0.85: 1.2973796,
    0.80: 1.5807680,
    0.75: 2.0,
    0.70: 2.6722245,
    0.65: 3.8904633,
    0.60: 6.6152601,
}
SMALL = 1e-8  # success probability per attempt; discrete attempts move thresholds by about 1.35 of it


def delivered(eta, period, fresh=1.0, p=SMALL, fallback="mixed", **more):
    """Delivered fidelity for link efficiency eta, the period in units of the decoherence time (1 s)."""
    memory = {"kind": "depolarising", "time": "2 s"}
    step = p / eta
    scheme = werner(p, fresh, f"{step!r} s")
    data = one_link(scheme, clocked(f"{float(period)!r} s", fallback, **more), memory, qubits=2)
    return run(data)["it"].fidelity.value


def best(eta, fresh=1.0, p=SMALL):
    """The largest delivered fidelity over all periods."""
    found = minimize_scalar(
        lambda x: -delivered(eta, exp(x), fresh, p), bounds=(-6, 3), method="bounded", options={"xatol": 1e-9}
    )
    return -found.fun


@pytest.mark.parametrize(("eta", "value"), CURVE.items())
def test_largest_fidelity_against_link_efficiency(eta, value):
    """F_max = 1/4 + 3/4 eta^(1/(1-eta)) from discrete attempts of small probability, to 1e-5."""
    closed = 0.25 + 0.75 * (exp(-1) if eta == 1 else eta ** (1 / (1 - eta)))
    found = best(eta, p=1e-6)
    assert found == pytest.approx(value, abs=1e-5)
    assert found == pytest.approx(closed, abs=2e-6)


@pytest.mark.parametrize(("fresh", "eta"), THRESHOLDS.items())
def test_thresholds_against_fresh_fidelity(fresh, eta):
    """Where clocked delivery begins to beat one half, to 1e-6 in the limit of small probabilities."""
    found = brentq(lambda x: best(x, fresh) - 0.5, eta - 0.05, eta + 0.05, xtol=1e-9)
    assert found == pytest.approx(eta, abs=1e-6)


def test_threshold_of_a_perfect_pair():
    """OD-01: ln(eta)/(eta - 1) = ln 3."""
    closed = brentq(lambda x: log(x) / (x - 1) - log(3), 0.5, 0.99, xtol=1e-14)
    assert closed == pytest.approx(0.8260175600961008, rel=1e-9)
    found = brentq(lambda x: best(x, p=1e-9) - 0.5, 0.8, 0.85, xtol=1e-10)
    assert found == pytest.approx(closed, abs=1e-6)


def test_discrete_attempts_lower_the_threshold():
    """By 1.35 of the success probability; and near certainty the bound is left far behind."""
    found = brentq(lambda x: best(x, p=1e-3) - 0.5, 0.8, 0.85, xtol=1e-9)
    assert (found - 0.8260175600961008) / 1e-3 == pytest.approx(-1.35, abs=0.02)
    for p, value in ((1.0, 1.0), (0.9, 0.925), (0.5, 0.625), (0.2, 0.402)):
        # One attempt that ends at the edge is the best clock there.
        step = p / 0.13
        counts = [delivered(0.13, n * step, p=p) for n in range(1, 40)]
        assert max(counts) == pytest.approx(value, abs=2e-3)


def test_best_period_and_its_fidelity():
    """OD-02: 39 Hz against 5 Hz: 60.4 ms and 0.8045; OD-03: 0.7544 at 100 ms."""
    found = minimize_scalar(
        lambda x: -delivered(7.8, x, p=1e-9), bounds=(0.1, 1), method="bounded", options={"xatol": 1e-10}
    )
    assert found.x / 5 == pytest.approx(0.060415403932221945, rel=1e-4)  # a flat top: the period is soft
    assert -found.fun == pytest.approx(0.8044608426363695, abs=1e-8)
    assert delivered(7.8, 0.5, p=1e-9) == pytest.approx(0.7543807613766103, abs=5e-9)


def test_refresh_in_the_continuous_limit():
    """OD-04: the newest pair replaces the stored one."""
    assert delivered(7.8, 0.5, p=1e-9, attempts="refresh") == pytest.approx(0.9066110865417101, abs=5e-9)


def test_slotted_delivery():
    """OD-05: w(N) = p (x^N - q^N)/(x - q) for p = 0.01, N = 200, and a thousand slots of coherence per pair."""
    memory = {"kind": "depolarising", "time": "20 ms"}
    found = run(one_link(werner(0.01), clocked("2 ms"), memory))["it"].fidelity.value
    assert found == pytest.approx(0.8205942094023033, rel=1e-10)
    assert (4 * found - 1) / 3 == pytest.approx(0.760792279203071, rel=1e-10)


def test_attempts_for_a_given_certainty():
    """OD-06: 4603 attempts of 1e-3 for 99 %."""
    data = one_link(werner(1e-3, duration="1 us"), {"kind": "heralded"})
    answer = run(data)["it"]
    assert answer.latency["p99"].value == pytest.approx(4603e-6, rel=1e-12)
    assert answer.law.delivered_by(4603e-6).value >= 0.99 > answer.law.delivered_by(4602.5e-6).value
    assert ceil(log(0.01) / log(0.999)) == 4603


@pytest.mark.parametrize("p", [0.003, 0.05, 0.4])
@pytest.mark.parametrize("memory", ["depolarising", "dephasing", "t1", "stretched"])
def test_refresh_is_never_below_hold(p, memory):
    """Unless attempts disturb the stored pair: the newest pair is never older than the first."""
    memories = {
        "depolarising": {"kind": "depolarising", "time": "300 us"},
        "dephasing": {"kind": "dephasing", "time": "300 us"},
        "t1": {"kind": "t1-t2", "t1": "300 us", "t2": "400 us"},
        "stretched": {"kind": "stretched", "time": "300 us", "exponent": 2.5},
    }
    for period in ("40 us", "300 us", "2 ms"):
        rules = [
            run(one_link(werner(p, 0.95), clocked(period, attempts=rule), memories[memory], qubits=2))["it"]
            for rule in ("hold", "refresh")
        ]
        hold, refresh = rules
        assert refresh.fidelity.value >= hold.fidelity.value - 1e-14
        assert refresh.delivered_probability.value == pytest.approx(hold.delivered_probability.value, rel=1e-12)


def test_damage_by_attempts_can_make_refresh_worse():
    """The exception that the rule above names."""
    memory = {"kind": "perfect", "per_attempt": {"dephasing": 0.05}}
    hold, refresh = (
        run(one_link(werner(0.02), clocked("5 ms", attempts=rule), memory, qubits=2))["it"].fidelity.value
        for rule in ("hold", "refresh")
    )
    assert refresh < hold


def test_nothing_ages_when_a_certain_attempt_ends_at_the_edge():
    """p = 1 and just in time: the pair is handed over as it was born."""
    memory = {"kind": "depolarising", "time": "1 us"}
    answer = run(one_link(werner(1, 0.93), clocked("1 ms", attempts="just-in-time"), memory))["it"]
    assert answer.fidelity.value == pytest.approx(0.93, abs=1e-15)


def test_a_sampled_curve_is_the_array_of_its_points():
    """Every truncation bound is stated and small."""
    memory = {"kind": "stretched", "time": "1 s", "exponent": 2}
    answer = run(one_link(werner(1e-6, 0.9, "1 us"), clocked("500 s"), memory))["it"]
    assert 0 < answer.fidelity.truncation < 1e-10
    assert np.isfinite(answer.fidelity.value)
