"""Derivatives prepared once: those of `slopes`, at any value, whatever the numbers move."""

import re

import numpy as np
import pytest

from bellpush.physics.pulse import Exponential, Sech
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sensitivity import Sensitivity
from bellpush.physics.transfer import Transfer, bell
from bellpush.physics.transfer_slopes import slopes
from bellpush.states.measures import overlap

A = Qutrit(6.5e7, relaxation_ge=2e5, relaxation_ef=4e5, dephasing_g=5e4, dephasing_f=1e5)
B = A._replace(linewidth=8e7, internal_loss=1e5)
TRANSFER = Transfer(A, B, Sech(6e7), transmission=0.8, window=0.25e-6, timing_error=2e-9)


def changed(transfer, name, value):
    part, dot, field = name.partition(".")
    if not dot:
        return transfer._replace(**{name: value})
    return transfer._replace(**{part: getattr(transfer, part)._replace(**{field: value})})


@pytest.mark.parametrize(
    "values",
    [
        {"transmission": 0.7, "sender.relaxation_ge": 1e5},
        {"window": 0.22e-6, "receiver.linewidth": 7e7},
        {"receiver.amplitude": 1.03, "timing_error": -1e-9, "receiver.internal_loss": 3e5},
        {"sender.excited": 0.02, "transmission": 0.9},
        {"preparation": 3e-8, "pi_pulse": 2e-8, "sender.dephasing_f": 2e5},
        {"receiver.detuning": 1e6, "sender.stark_shift": 2e6},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("photon", [Sech(6e7), Exponential(3e7, 5e7)], ids=["sech", "exponential"])
def test_they_are_the_slopes_at_every_value(values, photon):
    """The same fidelity and derivatives as by the road for many points, and those of whole solutions apart."""
    given = TRANSFER._replace(photon=photon, timing_error=0.0 if isinstance(photon, Exponential) else 2e-9)
    for name in values:  # what is zero at first is not in the equation
        if name in ("sender.excited", "preparation", "pi_pulse", "receiver.detuning", "sender.stark_shift"):
            given = changed(given, name, values[name] / 2)
    ask = Sensitivity(given, list(values), tolerance=1e-10)
    fidelity, found = ask(*values.values())
    ask(*(value * 1.01 for value in values.values()))
    again, same = ask(*values.values())
    assert again == fidelity
    assert np.array_equal(same, found)
    there = given
    for name, value in values.items():
        there = changed(there, name, value)
    ways = [(changed(there, name, value * 1.001), there) for name, value in values.items()]
    expected, along = slopes(there, ways, tolerance=1e-10)
    assert fidelity == pytest.approx(float(expected), abs=1e-9)
    assert found * [0.001 * value for value in values.values()] == pytest.approx(along, rel=1e-5, abs=1e-11)
    for place, (name, value) in enumerate(values.items()):
        up, down = (bell(changed(there, name, value * (1 + h)), tolerance=1e-12).pair for h in (1e-3, -1e-3))
        difference = float(overlap(up, "psi+") - overlap(down, "psi+"))
        assert found[place] * 2e-3 * value == pytest.approx(difference, rel=1e-3, abs=1e-9)


def test_what_was_asked_before_does_not_matter():
    """A value that takes more steps than the given one leaves no trace in the next answer, to the last bit."""
    ask = Sensitivity(TRANSFER._replace(window=0.1e-6), ["receiver.internal_loss", "transmission"], tolerance=1e-10)
    before, slopes_before = ask(1e5, 0.8)
    ask(3e9, 0.8)
    after, slopes_after = ask(1e5, 0.8)
    assert after == before
    assert np.array_equal(slopes_after, slopes_before)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            lambda: Sensitivity(TRANSFER, ["loss"]),
            "`names` must be numbers of a transfer over a cold line, but is 'loss'",
        ),
        (lambda: Sensitivity(TRANSFER, ["thermal_photons"]), "`names` must be numbers of a transfer over a cold line"),
        (lambda: Sensitivity(TRANSFER._replace(thermal_photons=0.1), ["window"]), "`thermal_photons` must be 0"),
        (lambda: Sensitivity(TRANSFER._replace(window=np.full(3, 2e-7)), []), "`transfer` must be one point"),
        (lambda: Sensitivity(TRANSFER._replace(transmission=1.5), []), "`transmission` must be from 0 to 1"),
        (lambda: Sensitivity(TRANSFER, ["transmission"])(0.8, 0.9), "There must be a value of transmission each"),
        (lambda: Sensitivity(TRANSFER, ["transmission"])(-0.1), "`transmission` must be from 0 to 1, but is -0.1"),
        (lambda: Sensitivity(TRANSFER, ["transmission"])(np.nan), "`transmission` must be finite"),
        (lambda: Sensitivity(TRANSFER, ["receiver.linewidth"])(1e7), "at most the linewidth of the receiver"),
        (lambda: Sensitivity(TRANSFER, ["sender.excited"]), "`sender.excited` must be above 0 where it is chosen"),
        (
            lambda: Sensitivity(TRANSFER._replace(pi_pulse=2e-8), ["pi_pulse"])(0.0),
            "must not begin or cease to be zero",
        ),
        (lambda: Sensitivity(TRANSFER, ["transmission"], tolerance=0), "`tolerance` must be positive"),
        (lambda: slopes(TRANSFER, [], tolerance=np.nan), "`tolerance` must be positive"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        asked()
