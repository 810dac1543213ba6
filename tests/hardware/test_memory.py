"""Memories: two roads to one channel, and that it is one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bellpush.ground.spec import DOOR
from bellpush.hardware.memory import MEMORIES, T1T2, Dephasing, Depolarising, Perfect, Stretched, describe
from bellpush.states.channel import check_channel, from_kraus

times = st.floats(1e-6, 1e3)
ages = st.floats(0, 1e4)


@st.composite
def memories(draw):
    kind = draw(st.sampled_from(MEMORIES))
    damage = draw(st.sampled_from([None, {"dephasing": 0.3}]))
    if kind is Perfect:
        return Perfect(per_attempt=damage)
    if kind is Stretched:
        return Stretched(time=draw(times), exponent=draw(st.floats(0.1, 10)), per_attempt=damage)
    if kind is T1T2:
        t1 = draw(times)
        return T1T2(
            t1=draw(st.sampled_from([t1, None])),
            t2=draw(st.sampled_from([None, t1 * 2, t1 / 3])),
            excited=draw(st.floats(0, 1)),
            per_attempt=damage,
        )
    return kind(time=draw(times), per_attempt=damage)


@given(memories(), ages)
def test_transfer_matrices_and_kraus_operators_are_one_channel(memory, age):
    """Engines use the one, the physics engine the other; they must be the same channel, and be one at all."""
    ptm = memory.transfer(age)
    check_channel(ptm)
    assert from_kraus(memory.kraus(age)) == pytest.approx(ptm, abs=1e-12)


@given(memories(), ages)
def test_modes_add_up_to_the_channel(memory, age):
    """Closed sums over waiting times rest on the exponentials."""
    modes = memory.modes()
    if modes is None:
        assert memory.kind == "stretched"
        return
    total = (modes.matrices * np.exp(-modes.rates * age)[:, None, None]).sum(axis=0)
    assert total == pytest.approx(memory.transfer(age), abs=1e-13)


@given(memories(), st.lists(ages, min_size=1, max_size=4))
def test_a_batch_of_ages_is_each_age_alone(memory, batch):
    """Vectorised sums must see the same law as single calls."""
    together = memory.transfer(np.array(batch))
    assert together.shape == (len(batch), 4, 4)
    for one, age in zip(together, batch, strict=True):
        assert one == pytest.approx(memory.transfer(age), abs=1e-15)


@given(st.sampled_from([Depolarising(time=0.4), Dephasing(time=0.1), T1T2(t1=1.0, t2=0.3, excited=0.2)]), ages, ages)
def test_memoryless_laws_compose_in_time(memory, first, second):
    """Storing for a while and then for another is storing for both: a law that does not compose is not exponential."""
    assert memory.transfer(first) @ memory.transfer(second) == pytest.approx(memory.transfer(first + second), abs=1e-12)


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


@pytest.mark.parametrize(
    ("make", "said"),
    [
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
    assert describe(T1T2(t1=5e-6, per_attempt={"dephasing": 0.01})) == "t1-t2, t1 5 us, 0.01 dephasing an attempt"
