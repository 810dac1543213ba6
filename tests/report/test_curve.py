"""The curve over the period and its bound, against the answers themselves."""

from __future__ import annotations

import numpy as np
import pytest
from tests.report.cases import CASES, result

import bellpush
from bellpush.report.curve import best_weight, bound, over_time


@pytest.mark.parametrize("name", [name for name, (_, engine) in CASES.items() if engine is None])
def test_the_curve_goes_through_the_answer(name):
    """Two ways to one number: a scan abreast, and the run."""
    found = result(name)
    for answer in found.requests.values():
        curve = over_time(found, answer.request)
        if curve is None:
            assert answer.request.schedule.until is None
            continue
        here = int(np.argmin(abs(curve.times - answer.request.schedule.until)))
        assert curve.fidelity[here] == pytest.approx(answer.fidelity.value, abs=1e-12)


def test_the_bound_is_the_best_of_all_periods():
    """Published: F_max = 1/4 + (F0 - 1/4) eta^(1/(1-eta)); found: the top of the exact curve."""
    found = bellpush.run("humphreys-2018")
    request = found["clocked"].request
    curve = over_time(found, request)
    assert curve is not None
    assert np.nanmax(curve.fidelity) == pytest.approx(bound(request), abs=2e-4)


@pytest.mark.parametrize(
    ("fresh", "threshold"), [(1, 0.8260178), (0.9, 1.0945431), (0.8, 1.5807680), (0.75, 2), (0.6, 6.6152601)]
)
def test_the_boundary_lies_where_it_was_derived(fresh, threshold):
    """Thresholds of docs/background/clocked-delivery.md."""
    assert 0.25 + (fresh - 0.25) * best_weight(threshold) == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("name", ["kurpiers-2018", "odd-names", "refresh", "stretched", "other-fallback", "deadline"])
def test_no_bound_where_it_does_not_hold(name):
    """Frequent successes, other memories, other fallbacks and other deliveries have another best, or none."""
    assert all(bound(answer.request) is None for answer in result(name).requests.values())
