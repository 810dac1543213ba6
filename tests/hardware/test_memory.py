"""Memories: two roads to one channel, and that it is one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bellpush.ground.spec import DOOR
from bellpush.hardware.comb import comb_efficiency
from bellpush.hardware.decoupled import coherence
from bellpush.hardware.memory import (
    MEMORIES,
    T1T2,
    Decoupled,
    Dephasing,
    Depolarising,
    FixedDelay,
    Moved,
    Perfect,
    Stretched,
    TwoChannel,
    describe,
)
from bellpush.states.channel import check_channel
from bellpush.states.pair import PAULIS

CELLS = [kind for kind in MEMORIES if kind not in (Moved, FixedDelay)]
times = st.floats(1e-6, 1e3)
ages = st.floats(0, 1e4)


@st.composite
def memories(draw):
    kind = draw(st.sampled_from(MEMORIES))
    common = {
        "per_attempt": draw(st.sampled_from([None, {"dephasing": 0.3}])),
        "lifetime": draw(st.sampled_from([None, draw(times)])),
    }
    return _memory(draw, kind, common)


def _memory(draw, kind, common):
    if kind is Perfect:
        return Perfect(**common)
    if kind is FixedDelay:
        return FixedDelay(delay=draw(times), efficiency=draw(st.floats(0, 1)), **common)
    if kind is TwoChannel:
        time = draw(times)
        return TwoChannel(time=time, population_time=draw(st.sampled_from([time / 2, time, 7 * time])), **common)
    if kind is Decoupled:
        kept = draw(st.sampled_from([{"time": draw(times)}, {"echo": draw(times), "scaling": draw(st.floats(0, 0.7))}]))
        return Decoupled(
            spacing=draw(times),
            pulse_error=draw(st.floats(0, 1)),
            block=draw(st.sampled_from([None, 1, 8])),
            **kept,
            **common,
        )
    if kind is Moved:
        into, before = (draw(st.sampled_from(CELLS)) for _ in range(2))
        return Moved(
            into=_memory(draw, into, {"lifetime": draw(st.sampled_from([None, 1.0]))}),
            before=_memory(draw, before, {}),
            fidelity=draw(st.floats(0.5, 1)),
            duration=draw(st.sampled_from([0.0, draw(times)])),
            **common,
        )
    if kind is Stretched:
        return Stretched(time=draw(times), exponent=draw(st.floats(0.1, 10)), **common)
    if kind is T1T2:
        t1 = draw(times)
        return T1T2(
            t1=draw(st.sampled_from([t1, None])),
            t2=draw(st.sampled_from([None, t1 * 2, t1 / 3])),
            excited=draw(st.floats(0, 1)),
            **common,
        )
    return kind(time=draw(times), **common)


@given(memories(), ages)
def test_transfer_matrices_and_kraus_operators_are_one_channel(memory, age):
    """Engines use the one, the physics engine the other; they must be the same channel, and be one at all."""
    ptm = memory.transfer(age)
    left = ptm[0, 0]
    assert ptm[0, 1:] == pytest.approx(0, abs=1e-15)
    assert 0 <= left <= 1
    if left > 1e-200:
        check_channel(ptm / left)
    kraus = memory.kraus(age)
    images = np.einsum("nab,jbc,ndc->jad", kraus, PAULIS, kraus.conj())
    assert np.einsum("iab,jba->ij", PAULIS, images).real / 2 == pytest.approx(ptm, abs=1e-12)


@given(memories(), ages)
def test_modes_add_up_to_the_channel(memory, age):
    """Closed sums over waiting times rest on the exponentials."""
    modes = memory.modes()
    if modes is None:
        assert memory.kind in ("stretched", "decoupled", "moved", "fixed-delay")
        return
    total = (modes.matrices * np.exp(-modes.rates * age)[:, None, None]).sum(axis=0)
    assert total == pytest.approx(memory.transfer(age), abs=1e-13)


@given(memories(), st.lists(ages, max_size=4))
def test_a_batch_of_ages_is_each_age_alone(memory, batch):
    """Vectorised sums must see the same law as single calls, and no age at all is a batch too."""
    operators = memory.kraus(np.array(batch))
    assert operators.shape == (len(batch), *memory.kraus(0.0).shape)
    together = memory.transfer(np.array(batch))
    assert together.shape == (len(batch), 4, 4)
    for one, age in zip(together, batch, strict=True):
        assert one == pytest.approx(memory.transfer(age), abs=1e-15)


MEMORYLESS = [
    Depolarising(time=0.4, lifetime=2.0),
    Dephasing(time=0.1),
    T1T2(t1=1.0, t2=0.3, excited=0.2),
    TwoChannel(time=0.3, population_time=1.0),
    Decoupled(spacing=1e-3, echo=2e-3, pulse_error=1e-3),
]


@given(st.sampled_from(MEMORYLESS), ages, ages)
def test_memoryless_laws_compose_in_time(memory, first, second):
    """Storing for a while and then for another is storing for both: a law that does not compose is not exponential."""
    assert memory.transfer(first) @ memory.transfer(second) == pytest.approx(memory.transfer(first + second), abs=1e-12)


MOVED = Moved(into=T1T2(t1=1.0, t2=0.3, lifetime=3.0), fidelity=0.9, duration=1e-3, lifetime=2.0)


@given(st.sampled_from([*MEMORYLESS, MOVED]), ages, ages)
def test_what_has_no_past_from_an_age_on_goes_on_as_another_memory(memory, age, longer):
    """A move is made once; what lies before it is contained in the state."""
    age += 1e-3
    then = memory.onwards(age)
    assert then.memoryless
    assert then.transfer(longer) @ memory.transfer(age) == pytest.approx(memory.transfer(age + longer), abs=1e-12)


def test_what_keeps_its_past_goes_on_as_no_other():
    gauss = Stretched(time=0.1, exponent=2)
    for memory in (gauss, Moved(into=gauss, fidelity=0.9), FixedDelay(delay=1.0), MOVED):
        assert memory.onwards(0.0) is None
    damaged = Moved(into=Perfect(), fidelity=0.9, per_attempt={"dephasing": 0.1})
    assert damaged.onwards(0.0).attempt_shrink == 0.8


def test_long_storage_ends_in_the_right_state():
    """A dephasing law must not tend to a certain flip, nor T1 to the mixed state."""
    assert Dephasing(time=1.0).transfer(1e9) == pytest.approx(np.diag([1, 0, 0, 1]))
    cold = T1T2(t1=1.0, excited=0.0).transfer(1e9)
    assert cold @ [1, 0, 0, -1] == pytest.approx([1, 0, 0, 1])  # |1> falls to |0>
    warm = T1T2(t1=1.0, excited=0.3).transfer(1e9)
    assert warm @ [1, 0, 0, 1] == pytest.approx([1, 0, 0, 0.4])


def test_absent_times_mean_what_the_language_says():
    """t1 absent: no relaxation; t2 absent: no pure dephasing, T2 = 2 T1."""
    assert T1T2(t1=1.0).transfer(1.0)[1, 1] == pytest.approx(np.exp(-0.5))
    assert T1T2(t2=1.0).transfer(1.0) == pytest.approx(Dephasing(time=1.0).transfer(1.0))
    assert T1T2().transfer(5.0) == pytest.approx(np.eye(4))


def test_pulses_give_time_as_a_power_of_their_number():
    """Two witnesses: the law of n pulses, and the noise of a slowly wandering frequency filtered by them.

    A random walk of the frequency, variance D t, spread over n intervals of t/n whose sign alternates at their middle:
    every interval costs D (t/n)^3 / 24 by itself, so chi = D t^3 / 24 n^2 and the time grows as n^(2/3).
    """
    rng, steps = np.random.default_rng(1), 256
    for pulses in (1, 4):
        walk = np.cumsum(rng.normal(size=(4000, steps)) / np.sqrt(steps), axis=1) * 4
        phase = np.arange(steps) * pulses / steps
        sign = np.where((phase + 0.5) // 1 % 2 == 0, 1.0, -1.0)  # pulses in the middle of each interval
        left = np.cos((walk * sign).sum(axis=1) / steps).mean()
        chi = -np.log(coherence(1.0, pulses, 1.0))
        one = -np.log(coherence(1.0, 1, 1.0))
        expected = np.exp(-_walk(steps, sign) * 16)
        assert left == pytest.approx(expected, abs=0.03)
        assert chi / one == pytest.approx(pulses**-2, rel=1e-12)
    signs = [np.where((np.arange(steps) * n / steps + 0.5) // 1 % 2 == 0, 1.0, -1.0) for n in (1, 4, 16)]
    losses = [_walk(steps, sign) for sign in signs]
    assert losses[1] / losses[2] == pytest.approx(16, rel=0.05)
    assert losses[0] / losses[1] == pytest.approx(16, rel=0.05)


def _walk(steps, sign):
    """Half the variance of the phase of a unit random walk of the frequency over unit time, with these signs."""
    tails = np.cumsum(sign[::-1])[::-1] / steps
    return (tails**2).sum() / steps / 2


def test_equal_pulses_cost_equal_amounts():
    """Storage with pulses at a fixed distance is n intervals of one pulse each, for every scaling."""
    for scaling in (0.0, 0.5, 2 / 3):
        memory = Decoupled(echo=1e-3, spacing=1e-4, scaling=scaling)
        for pulses in (1, 7, 1000):
            age = pulses * 1e-4
            assert memory.transfer(age)[1, 1] == pytest.approx(coherence(age, pulses, 1e-3, scaling), rel=1e-9)
    assert Decoupled(echo=1e-3, spacing=1e-4, scaling=0.0).coherence_time == pytest.approx(1e-3)


def test_a_qubit_is_handed_over_after_whole_blocks():
    """By hand: 8 pulses of 0.5 ms make a block of 4 ms: what is wanted after 4.1 ms is 8 ms old."""
    kept = {"spacing": 5e-4, "time": 0.1, "pulse_error": 1e-3}
    blocks, smooth = Decoupled(**kept, block=8), Decoupled(**kept)
    for wanted, old in ((0.0, 0.0), (1e-9, 4e-3), (4e-3, 4e-3), (4.1e-3, 8e-3), (0.4, 0.4)):
        assert blocks.available(wanted) == pytest.approx(old, rel=1e-12)
        assert blocks.transfer(wanted) == pytest.approx(smooth.transfer(old), abs=1e-12)


def test_errors_of_pulses_add_up_in_straight_lines():
    """By hand: 100 pulses with 6e-4 flips each: <ZZ> of two such qubits has lost 4 times 0.06, to second order."""
    memory = Decoupled(spacing=5e-4, time=1e9, pulse_error=6e-4)
    z = memory.transfer(100 * 5e-4)[3, 3]
    assert 1 - z**2 == pytest.approx(4 * 0.06, rel=0.13)
    assert 1 - z == pytest.approx(0.12, rel=0.07)


def test_a_moved_qubit_ages_in_its_new_place():
    """By hand: 1 ms in a bad place, the move at 0.977, then a perfect one; nothing more is lost however long."""
    moved = Moved(into=Perfect(), before=Dephasing(time=1e-2), fidelity=0.977, duration=1e-3)
    expected = np.diag([1, 0.954 * np.exp(-0.1), 0.954 * np.exp(-0.1), 0.954])
    for age in (0.0, 1e-3, 10.0):
        assert moved.transfer(age) == pytest.approx(expected, abs=1e-12)
    later = Moved(into=Depolarising(time=1.0), fidelity=1.0, duration=1.0).transfer(3.0)
    assert later == pytest.approx(Depolarising(time=1.0).transfer(2.0))


def test_combs_give_back_at_most_54_percent_forwards():
    """M4: the maximum 4/e^2 = 0.5413 at an effective depth of 2 and no other loss; 0.5047 at a finesse of 10."""
    depth = np.linspace(0.1, 6, 5901)
    forward = comb_efficiency(depth * 1e6, 1e6)
    assert forward.max() == pytest.approx(4 / np.e**2, abs=1e-7)
    assert depth[forward.argmax()] == pytest.approx(2.0, abs=1e-3)
    assert comb_efficiency(20.0, 10.0) == pytest.approx(0.5047, abs=5e-5)
    assert comb_efficiency(200.0, 10.0, backward=True) == pytest.approx(np.exp(-0.07), rel=1e-6)


def test_what_left_its_levels_is_lost():
    """By hand: after one lifetime 1/e of the weight is there, in whatever state the memory keeps it."""
    leaky = Dephasing(time=2.0, lifetime=1.0).transfer(1.0)
    assert leaky == pytest.approx(np.exp(-1) * Dephasing(time=2.0).transfer(1.0))
    assert leaky[0, 0] == pytest.approx(np.exp(-1))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: TwoChannel(time=2.1, population_time=1.0), "at most 2 `population_time` = 2 s"),
        (lambda: TwoChannel.model_validate({"time": 1.0}), "population_time"),
        (lambda: Decoupled(spacing=1e-3), "must have `time` or `echo`, but has neither"),
        (lambda: Decoupled(spacing=1e-3, time=1.0, echo=1.0), "but has both"),
        (lambda: Decoupled(spacing=1e-3, time=1.0, scaling=0.5), "takes a `scaling` only beside `echo`"),
        (lambda: Decoupled(spacing=0.0, time=1.0), "greater than 0 s"),
        (lambda: Decoupled(spacing=1e-3, time=1.0, block=0), "whole number of at least 1"),
        (lambda: Decoupled(spacing=1e-3, time=1.0, pulse_error=1.5), "at most 1, but is 1.5"),
        (lambda: Moved(into=Perfect(), fidelity=0.4), "at least 0.5, but is 0.4"),
        (lambda: Moved.model_validate({"fidelity": 0.9}), "into"),
        (lambda: Moved(into={"kind": "moved"}, fidelity=0.9), "does not match any of the expected tags"),
        (lambda: Moved(into=Perfect(per_attempt={"dephasing": 0.1}), fidelity=0.9), "`per_attempt` beside `into`"),
        (lambda: Perfect(lifetime=-1.0), "greater than 0 s"),
        (lambda: T1T2(t1=1.0, t2=2.1), "2 `t1`"),
        (lambda: Depolarising(time=0.0), "greater than 0 s"),
        (lambda: Stretched(time=1.0, exponent=0.0), "at least 0.1"),
        (lambda: T1T2(excited=1.5), "at most 1"),
        (lambda: Dephasing.model_validate({"time": 0.4}, context=DOOR), 'Write "0.4 s"'),
        (lambda: Perfect(per_attempt={"dephasing": -0.1}), "at least 0"),
    ],
)
def test_unphysical_memories_are_refused(make, said):
    """A channel is checked when it is built."""
    with pytest.raises(ValueError, match=said):
        make()


def test_memories_describe_themselves():
    """`explain` prints devices in a line."""
    assert describe(Moved(into=Dephasing(time=2.0), fidelity=0.9)) == "moved, into (dephasing, time 2 s), fidelity 0.9"
    assert describe(T1T2(t1=5e-6, per_attempt={"dephasing": 0.01})) == "t1-t2, t1 5 us, 0.01 dephasing an attempt"
