"""Numbers that say how sure they are."""

import json
import math

import pytest

from bellpush.ground.estimate import Estimate, absent


def test_exact_numbers_agree_within_their_truncation_only():
    """Two closed forms that differ by more are two different claims."""
    assert Estimate.exact(0.5, truncation=1e-3).agrees(Estimate.exact(0.5009))
    assert not Estimate.exact(0.5, truncation=1e-3).agrees(Estimate.exact(0.5011))


def test_sampled_numbers_agree_within_standard_errors():
    """Errors of independent samples add in squares."""
    one, other = Estimate(0.50, standard_error=0.03), Estimate(0.69, standard_error=0.04)
    assert one.joint_error(other) == pytest.approx(0.05)
    assert one.agrees(other)
    assert not one.agrees(other, sigmas=3.0)


def test_what_does_not_exist_is_null_with_a_reason():
    """A reader of the JSON must be able to tell zero from nothing."""
    assert absent("no pair", "s").to_dict() == {"value": None, "standard_error": None, "unit": "s", "why": "no pair"}
    assert absent("a").agrees(absent("b"))
    assert not absent("a").agrees(Estimate.exact(0.0))


def test_an_infinite_number_is_said_in_words():
    """JSON knows no infinity, and strict readers stop at one."""
    document = Estimate.exact(math.inf, "s").to_dict()
    assert document["value"] is None
    assert "larger than any number" in document["why"]
    json.dumps(document, allow_nan=False)
