"""Driven emitters: the Bloch equations against a table, QuTiP, counted quantum jumps, and what needs no equation."""

import numpy as np
import pytest
import qutip

from bellpush.physics.emitter import PER_SIGMA, cut_after, emission

LIFETIME = 12e-9
WIDTHS = np.array([0.5, 1.0, 2.0, 2.26, 3.0, 4.0]) * 1e-9
# Worked out independently of this code: a pi pulse with a Gaussian intensity of full width at half maximum w, from 5
# standard deviations before its centre to 3 after it.
DOUBLE = [0.00838, 0.01662, 0.03271, 0.03680, 0.04827, 0.06330]
EARLY = [0.0514, 0.0994, 0.1865, 0.2074, 0.2628, 0.3295]
AFTER = [0.955, 0.913, 0.835, 0.816, 0.765, 0.701]


def test_the_table_of_double_excitation():
    """X2: six widths abreast, to 1e-4 and better."""
    found = emission(WIDTHS, LIFETIME)
    assert found.double == pytest.approx(DOUBLE, abs=1e-5)
    assert found.early == pytest.approx(EARLY, abs=1e-4)
    assert found.excited == pytest.approx(AFTER, abs=1e-3)


def _qutip(width, lifetime, area, detuning, dephasing, jumps=True):
    """The same emitter in QuTiP; without jumps, the part that never emits."""
    sigma = PER_SIGMA * width
    height = area / (2 * np.sqrt(np.pi) * sigma)
    down, up = qutip.basis(2, 0) * qutip.basis(2, 1).dag(), qutip.basis(2, 1) * qutip.basis(2, 1).dag()
    flip = (down + down.dag()) / 2
    unit = lifetime  # times in lifetimes: solvers dislike nanoseconds
    still = detuning * unit * up - (0 if jumps else 0.5j) * up
    # d rho/dt = -i (H rho - rho H^dag), with an H that loses what emits where no jump brings it back.
    constant = -1j * (qutip.spre(still) - qutip.spost(still.dag()))
    for tool in [np.sqrt(2 * dephasing * unit) * up, *([down] if jumps else [])]:
        constant = constant + qutip.lindblad_dissipator(tool)
    driven = -1j * (qutip.spre(flip) - qutip.spost(flip))
    both = qutip.QobjEvo([constant, [driven, lambda t: height * unit * np.exp(-((t * unit) ** 2) / 4 / sigma**2)]])
    options = {"atol": 1e-12, "rtol": 1e-10, "nsteps": 100000, "max_step": sigma / unit / 10, "normalize_output": False}
    times = [-5 * sigma / unit, 3 * sigma / unit]
    return qutip.mesolve(both, qutip.basis(2, 0).proj(), times, options=options).states[-1]


@pytest.mark.parametrize(
    ("width", "area", "detuning", "dephasing"),
    [(2.26e-9, np.pi, 0.0, 0.0), (4e-9, 2.2, 2e8, 0.0), (1e-9, 3.5, -1e8, 8e7)],
)
def test_every_number_is_that_of_an_independent_solver(width, area, detuning, dephasing):
    """Two witnesses: flags in one equation, and QuTiP with and without its jumps; to 1e-8."""
    found = emission(width, LIFETIME, area=area, detuning=detuning, dephasing=dephasing)
    whole = _qutip(width, LIFETIME, area, detuning, dephasing).full()
    never = _qutip(width, LIFETIME, area, detuning, dephasing, jumps=False).full()
    assert float(found.excited) == pytest.approx(whole[1, 1].real, abs=1e-8)
    assert float(found.clean) == pytest.approx(never[1, 1].real, abs=1e-8)
    assert float(found.untouched) == pytest.approx(never[0, 0].real, abs=1e-8)
    assert float(found.kept) == pytest.approx(abs(never[0, 1]), abs=1e-8)
    assert float(found.quiet) == pytest.approx(np.trace(never).real, abs=1e-8)


def test_counted_jumps_give_the_same_probabilities():
    """A third witness: 10,000 histories with explicit jumps, within 4 standard errors."""
    rng, runs = np.random.default_rng(5), 10_000
    width = 2.26e-9
    sigma = PER_SIGMA * width
    steps = 2000
    times, step = np.linspace(-5 * sigma, 3 * sigma, steps + 1, retstep=True)
    drive = np.pi / (2 * np.sqrt(np.pi) * sigma) * np.exp(-((times[:-1] + step / 2) ** 2) / 4 / sigma**2)
    ground, excited = np.ones(runs), np.zeros(runs)
    photons = np.zeros(runs, dtype=int)
    for rabi in drive:
        angle = rabi * step / 2
        ground, excited = (
            np.cos(angle) * ground - np.sin(angle) * excited,
            np.sin(angle) * ground + np.cos(angle) * excited,
        )
        emitted = rng.random(runs) < excited**2 * step / LIFETIME
        photons += emitted
        excited = np.where(emitted, 0.0, excited * np.exp(-step / LIFETIME / 2))
        ground = np.where(emitted, 1.0, ground)
        norm = np.hypot(ground, excited)
        ground, excited = ground / norm, excited / norm
    found = emission(width, LIFETIME)
    weight = excited**2
    late = weight.mean()
    assert late == pytest.approx(float(found.excited), abs=4 * weight.std() / np.sqrt(runs))
    early = photons > 0
    assert early.mean() == pytest.approx(float(found.early), abs=4 * early.std() / np.sqrt(runs))
    double = (weight * early).mean() / late
    spread = (weight * (early - double)).std() / late / np.sqrt(runs)
    assert double == pytest.approx(float(found.double), abs=4 * spread)


def test_double_excitation_grows_with_the_power_of_the_pulse():
    """X2: monotonic in power, from a weak pulse to one of more than pi."""
    found = emission(2.26e-9, LIFETIME, area=np.linspace(0.2, 1.3, 12) * np.pi).double
    assert (np.diff(found) > 0).all()


def test_a_pulse_of_no_length_turns_and_leaves_decay_alone():
    """sin^2 of half its area, and nothing early: no equation needed."""
    found = emission(0.0, LIFETIME, area=[1.0, 2.0, np.pi], cut=3e-9)
    turned = np.sin(np.array([0.5, 1.0, np.pi / 2])) ** 2
    assert found.excited == pytest.approx(turned * np.exp(-0.25), abs=1e-9)
    assert found.untouched == pytest.approx(1 - turned, abs=1e-9)
    assert found.double == pytest.approx(0, abs=1e-9)


def test_a_square_pulse_without_decay_is_a_rabi_oscillation():
    """A detuned square pulse against Rabi's formula, in a lifetime of a second."""
    area, width, detuning = 2.0, 5e-9, 3e8
    found = emission(width, 1.0, area=area, shape="square", detuning=detuning)
    rabi = area / width
    effective = np.hypot(rabi, detuning)
    assert float(found.excited) == pytest.approx((rabi / effective * np.sin(effective * width / 2)) ** 2, abs=1e-7)


def test_what_comes_after_the_pulse_is_decay():
    """A late cut is the early one after so many lifetimes; the pulse must not be stepped over."""
    early, late = emission(0.5e-9, LIFETIME), emission(0.5e-9, LIFETIME, cut=200e-9)
    wait = 200e-9 - float(cut_after(0.5e-9))
    # The tail of the pulse beyond 3 standard deviations still turns a little.
    assert float(late.excited) == pytest.approx(float(early.excited) * np.exp(-wait / LIFETIME), rel=0.02)


@pytest.mark.parametrize("wrong", [{"width": -1e-9}, {"lifetime": 0.0}, {"cut": -1e-8}])
def test_what_no_pulse_can_be_is_refused(wrong):
    """A negative width deep in a solver would help nobody."""
    with pytest.raises(ValueError, match="Try"):
        emission(**{"width": 1e-9, "lifetime": LIFETIME, **wrong})
