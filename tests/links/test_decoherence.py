"""The decoherence rate, and the link efficiency made of it."""

import numpy as np
import pytest

from bellpush.hardware.memory import T1T2, Dephasing, Depolarising, Perfect, Stretched
from bellpush.links.ageing import Ageing
from bellpush.links.decoherence import decoherence_rate
from bellpush.states.pair import bell, mixed, werner


def test_two_depolarising_memories_share_the_loss():
    """Two of 400 ms each lose the Werner weight at 5 Hz, exactly, towards 1/4."""
    found = decoherence_rate(werner(0.8), Ageing(Depolarising(time=0.4), Depolarising(time=0.4)), "phi+")
    assert found.value == pytest.approx(5.0, rel=1e-14)
    assert found.floor == pytest.approx(0.25)
    assert "one exponential" in found.definition


def test_dephasing_has_its_own_floor():
    """Dephasing never takes a Bell state below one half."""
    found = decoherence_rate(bell("psi+"), Ageing(Dephasing(time=0.2), Perfect()), "psi+")
    assert found.value == pytest.approx(5.0)
    assert found.floor == pytest.approx(0.5)


@pytest.mark.parametrize("exponent", [0.3, 1.5, 2.0, 4.0])
def test_stretched_decay_is_timed_by_its_crossing(exponent):
    """One over the time at which 1 - 1/e is lost is 1/time, whatever the exponent."""
    found = decoherence_rate(bell("phi+"), Ageing(Stretched(time=0.02, exponent=exponent), Perfect()), "phi+")
    assert found.value == pytest.approx(50.0, rel=1e-10)
    assert found.floor == pytest.approx(0.5)
    assert "1 - 1/e" in found.definition


def test_two_channels_are_timed_by_their_crossing():
    """T1 and T2 together are no single exponential: the definition says so, and the time is where it says."""
    ageing = Ageing(T1T2(t1=1e-3, t2=5e-4), T1T2(t1=1e-3, t2=5e-4))
    found = decoherence_rate(bell("psi+"), ageing, "psi+")
    time = 1 / found.value

    def stored(t):
        return np.exp(-t / 1e-3) / 2 + np.exp(-2 * t / 5e-4) / 2

    assert (stored(time) - found.floor) / (1 - found.floor) == pytest.approx(np.exp(-1), abs=1e-9)


def test_what_does_not_exist_says_why():
    """A perfect memory has no decoherence rate, and neither has a state that is already at the floor."""
    for pair, memory in ((bell("phi+"), Perfect()), (mixed(), Depolarising(time=1.0)), (mixed(), Dephasing(time=1.0))):
        found = decoherence_rate(pair, Ageing(memory, memory), "phi+")
        assert found.value is None
        assert found.why


def test_what_is_lost_before_the_herald_has_no_rate():
    """A microsecond in a memory of 100 ns leaves nothing above the floor but rounding, which has no decay time."""
    found = decoherence_rate(werner(0.9), Ageing(Perfect(), Stretched(time=1e-7, exponent=2.0)), "phi+", 1e-6)
    assert found.value is None
    assert "starts at its floor" in found.why


@pytest.mark.parametrize("lifetime", [1e-3, 1e9])
def test_a_qubit_that_leaves_is_timed_as_long_as_it_stays(lifetime):
    """Dephased at once and lost slowly: (1/2) e^{-t/lifetime} has fallen to 1/e after lifetime (1 - ln 2)."""
    gone = Stretched(time=1e-7, exponent=2.0, lifetime=lifetime)
    found = decoherence_rate(bell("psi-"), Ageing(Perfect(), gone), "psi-")
    assert found.value == pytest.approx(1 / (lifetime * (1 - np.log(2))), rel=1e-9)
    assert found.floor == 0
