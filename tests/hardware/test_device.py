"""Transmons: rates out of times, what is refused, and the memory that a device makes."""

from math import inf, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bellpush.hardware.device import Transmon, impossible_times
from bellpush.hardware.memory import T1T2, Dephasing, Perfect
from bellpush.hardware.node import Node

times = st.floats(1e-7, 1e-3)
shares = st.floats(0.01, 1.0)


@given(times, times, shares, shares)
def test_rates_give_back_the_times_they_came_from(t1_ge, t1_ef, share_ge, share_ef):
    """Two witnesses: the rates as the solver uses them, and the decay of each coherence written down by hand."""
    t2_ge, t2_ef = share_ge * 2 * t1_ge, share_ef * 2 / (1 / t1_ge + 1 / t1_ef)
    found = Transmon(linewidth=10e6, t1_ge=t1_ge, t1_ef=t1_ef, t2_ge=t2_ge, t2_ef=t2_ef).qutrit()
    assert found.relaxation_ge / 2 + found.dephasing_g == pytest.approx(1 / t2_ge, rel=1e-12)
    assert (found.relaxation_ge + found.relaxation_ef) / 2 + found.dephasing_f == pytest.approx(1 / t2_ef, rel=1e-12)
    assert min(found[:5]) >= 0
    assert found.linewidth == pytest.approx(2 * pi * 10e6)


@given(times | st.none(), times | st.none(), times | st.none(), times | st.none())
def test_times_are_refused_exactly_where_a_rate_would_be_negative(t1_ge, t1_ef, t2_ge, t2_ef):
    """Two witnesses: the bound in the message, and the rates of pure dephasing written down by hand."""
    a, b, c, d = (inf if t is None else t for t in (t1_ge, t1_ef, t2_ge, t2_ef))
    x, y = 1 / c - 0.5 / a, 1 / d - 0.5 / a - 0.5 / b
    negative = (t2_ge is not None and x < -1e-9 / c) or (t2_ef is not None and y < -1e-9 / d)
    assert (impossible_times(t1_ge, t1_ef, t2_ge, t2_ef) is not None) == negative


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"t1_ge": 5e-6, "t2_ge": 10.1e-6}, "`t2_ge` of at most 2 `t1_ge` = 10 us, but `t2_ge` is 10.1 us"),
        ({"t1_ge": 5e-6, "t1_ef": 5e-6, "t2_ef": 6e-6}, "= 5 us, but `t2_ef` is 6 us"),
        ({"linewidth": 0.0}, "greater than 0 Hz, but is 0 Hz"),
        ({"t1_ef": -1e-6}, "greater than 0 s, but is -1 us"),
        ({"anharmonicity": 265e6}, "less than 0 Hz, but is 265 MHz"),
        ({"linewidth": float("nan")}, "finite, but is nan"),
        (
            {"frequency": 4e9, "anharmonicity": -0.3e9, "resonator_frequency": 8.4e9},
            "below 2 `frequency` + `anharmonicity` = 7.7 GHz, or no drive",
        ),
        ({"frequency": 6e9, "anharmonicity": -0.3e9, "resonator_frequency": 5.7e9}, "5.7 GHz like one of them"),
    ],
)
def test_what_no_transmon_can_be_is_refused_with_its_bound(fields, said):
    """A negative rate deep in the solver would help nobody."""
    with pytest.raises(ValidationError) as caught:
        Transmon(**{"linewidth": 10e6, **fields})
    assert said in str(caught.value)


def test_the_drive_of_the_first_link_between_two_chips():
    """Recalled frequencies of Kurpiers et al. 2018 give the recalled drives: 4.021 and 3.490 GHz, to 1 MHz."""
    a = Transmon(linewidth=10.4e6, frequency=6.343e9, anharmonicity=-265e6, resonator_frequency=8.4005e9)
    b = Transmon(linewidth=13.5e6, frequency=6.098e9, anharmonicity=-306e6, resonator_frequency=8.4003e9)
    assert a.drive_frequency == pytest.approx(4.021e9, abs=1e6)
    assert b.drive_frequency == pytest.approx(3.490e9, abs=1e6)


def test_the_coupling_of_a_weak_drive_is_that_of_the_driven_hamiltonian():
    """Two witnesses: the formula, and half the splitting of |f, 0> and |g, 1> in a transmon driven in its frame."""
    device = Transmon(
        linewidth=10e6, frequency=6.3e9, anharmonicity=-0.3e9, resonator_frequency=8.4e9, resonator_coupling=20e6
    )
    drive = 20e6
    assert device.coupling(drive) == pytest.approx(_splitting(6.3e9, -0.3e9, 8.4e9, 20e6, drive) / 2, rel=2e-3)
    assert device.coupling([drive, 2 * drive])[1] == pytest.approx(2 * device.coupling(drive))


def _splitting(frequency, alpha, resonator, bare, drive):
    """Smallest distance between the two levels in question as the drive's frequency is tuned across, Hz."""
    levels, photons = 5, 3
    b = np.kron(np.diag(np.sqrt(np.arange(1, levels)), 1), np.eye(photons))
    a = np.kron(np.eye(levels), np.diag(np.sqrt(np.arange(1, photons)), 1))
    nb, na = b.T @ b, a.T @ a

    def distance(driven):
        # In the frame of the drive; its coupling is Omega/2 (b + b^dag).
        whole = (frequency - driven) * nb + alpha / 2 * nb @ (nb - np.eye(len(nb))) + (resonator - driven) * na
        whole = whole + bare * (a.T @ b + b.T @ a) + drive / 2 * (b + b.T)
        energies, vectors = np.linalg.eigh(whole)
        here = [2 * photons, 1]  # |f, 0> and |g, 1>
        first, second = np.sort(np.argsort(-(vectors[here] ** 2).sum(axis=0))[:2])
        return energies[second] - energies[first]

    expected = 2 * frequency + alpha - resonator
    grid = expected + np.linspace(-3e6, 3e6, 6001)
    return min(distance(driven) for driven in grid)


def test_what_is_missing_for_a_drive_is_named():
    """Frequencies are optional; asking for what needs them must not answer None."""
    with pytest.raises(ValueError, match="`anharmonicity`, `resonator_frequency`"):
        _ = Transmon(linewidth=10e6, frequency=6e9).drive_frequency
    assert Transmon(linewidth=10e6).largest_coupling is None
    with pytest.raises(ValidationError, match=r"must have `frequency`, `anharmonicity`, .* beside `largest_drive`"):
        Transmon(linewidth=10e6, largest_drive=1e9)


def test_a_qubit_without_a_memory_of_its_own_is_stored_in_its_device():
    """The same device, twice: as it stands, and as the memory one would write for it by hand."""
    device = Transmon(linewidth=10e6, t1_ge=5e-6, t1_ef=2e-6, t2_ge=4e-6)
    ages = np.linspace(0, 2e-5, 7)
    written = T1T2(t1=5e-6, t2=4e-6)
    assert np.array_equal(Node(device=device).storage.transfer(ages), written.transfer(ages))
    assert Node(device=device, memory=Dephasing(time=1e-3)).storage == Dephasing(time=1e-3)
    assert Node().storage == Perfect()


def test_a_device_whose_fields_hold_arrays_makes_a_memory_that_does():
    """A sweep of 10,000 T1 must not build 10,000 nodes."""
    t1 = np.array([4e-6, 5e-6, 6e-6])
    swept = Node().changed(device=Transmon(linewidth=10e6, t2_ge=4e-6).changed(t1_ge=t1))
    each = [T1T2(t1=float(one), t2=4e-6).transfer(3e-6) for one in t1]
    modes = swept.storage.modes()
    found = (np.exp(-modes.rates * 3e-6)[..., None, None] * modes.matrices).sum(axis=-3)
    assert found == pytest.approx(np.array(each), abs=1e-14)
    assert swept.device.qutrit().relaxation_ge == pytest.approx(1 / t1)
