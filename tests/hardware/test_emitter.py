"""Optical emitters: what is refused, and what a node makes of one."""

import pytest
from pydantic import ValidationError

from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import Depolarising, Perfect
from bellpush.hardware.node import Node


def test_the_rate_of_pure_dephasing_is_what_the_lifetime_does_not_explain():
    """1/T2 - 1/2T1; none at the limit of the lifetime."""
    assert Emitter(lifetime=12e-9, coherence_time=16e-9).dephasing == pytest.approx(1 / 16e-9 - 1 / 24e-9)
    assert Emitter(lifetime=12e-9, coherence_time=24e-9).dephasing == 0
    assert Emitter(lifetime=12e-9).dephasing == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"coherence_time": 25e-9}, "at most 2 `lifetime` = 24 ns, but it is 25 ns"),
        ({"lifetime": 0.0}, "greater than 0 s"),
        ({"branching": 1.5}, "at most 1, but is 1.5"),
        ({"pulse_width": -1e-9}, "at least 0 s, but is -1 ns"),
        ({"pulse_shape": "sech"}, "'gaussian' or 'square'"),
        ({"pulse_area": float("inf")}, "finite"),
    ],
)
def test_what_no_emitter_can_be_is_refused_with_its_bound(fields, said):
    """A negative rate deep in the solver would help nobody."""
    with pytest.raises(ValidationError) as caught:
        Emitter(**{"lifetime": 12e-9, **fields})
    assert said in str(caught.value)


def test_a_spin_keeps_unless_the_node_says_how_it_ages():
    """The optical transition says nothing of the spin."""
    device = Emitter(lifetime=12e-9)
    assert Node(device=device).storage == Perfect()
    assert Node(device=device, memory=Depolarising(time=0.4)).storage == Depolarising(time=0.4)
