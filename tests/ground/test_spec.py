"""Checked records: SI numbers in Python, units through the door."""

import pytest
from pydantic import ValidationError

from bellpush.ground.spec import Duration, PerEnd, Probability, Record, door
from bellpush.links.kinds import SCHEMES
from bellpush.links.single_click import SingleClick


class Sample(Record):
    """A record with a field of each sort."""

    time: Duration = 0.0
    """how long; at once if not given"""
    chance: Probability = 0.0
    ends: PerEnd = (0.0, 0.0)


def test_python_takes_si_numbers_and_text_alike():
    """In Python one computes; a unit there is a convenience, not a duty."""
    fields = {"bright_state_population": 0.1, "detection_probability": 1e-3}
    assert SingleClick(**fields, attempt_duration=5e-6) == SingleClick(**fields, attempt_duration="5 us")


@pytest.mark.parametrize("bare", [5, 5.0, "5"])
def test_a_bare_number_does_not_come_through_the_door(bare):
    """In a file nobody can see whether 5 means seconds or microseconds."""
    with pytest.raises(ValidationError, match=r"is 5(\.0)? without a unit"):
        door(Sample, {"time": bare})
    assert door(Sample, {"time": "5 s"}).time == 5.0


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan"), float("inf"), True, "0.5", None, [0.5], 10**400])
def test_a_probability_is_a_number_from_0_to_1(value):
    """Everything downstream relies on it and checks nothing again."""
    with pytest.raises(ValidationError):
        Sample(chance=value)


def test_one_number_serves_both_ends():
    """Most experiments have equal ends; unequal ones write a list."""
    assert Sample(ends=0.5).ends == Sample(ends=[0.5, 0.5]).ends == (0.5, 0.5)
    with pytest.raises(ValidationError, match="must be one number for both ends or a list of two"):
        Sample(ends=[0.1, 0.2, 0.3])


def test_records_are_frozen_and_know_their_fields():
    """A record that could change after its check would not be checked."""
    with pytest.raises(ValidationError, match="frozen"):
        Sample().time = 1.0
    with pytest.raises(ValidationError, match="Extra inputs"):
        Sample(tim=1)


def test_words_are_the_text_beneath_a_field():
    """`explain` and the schema say of a default what the source says of it."""
    assert Sample.words() == {"time": "how long; at once if not given"}
    assert all(scheme.words() for scheme in SCHEMES)


def test_zero_has_no_sign():
    """Otherwise `-0 s` and `0 s` would be two jobs."""
    assert str(door(Sample, {"time": "-0 s"}).time) == "0.0"


def test_a_number_just_out_of_range_is_told_apart_from_the_bound():
    """At most 1, but is 1, would help nobody."""
    with pytest.raises(ValidationError, match=r"must be at most 1, but is 1\.0000001\."):
        SingleClick(bright_state_population=1.0000001, detection_probability=1e-3, attempt_duration=5e-6)
