"""Inputs that were fitted: what stands in a preset is what the fit gives."""

import pytest

from bellpush.experiments.fits import kurpiers_2018, magnard_2020
from bellpush.experiments.magnard_2020 import TWICE
from bellpush.experiments.readings import absorbed, arrived, process_fidelity
from bellpush.ground.units import si
from bellpush.scenario.load import load
from bellpush.scenario.run import run

FITS = {"kurpiers-2018": kurpiers_2018, "magnard-2020": magnard_2020}


def printed(value, text):
    """A number of SI to the digits of a text, in its unit if it has one."""
    number, _, unit = text.partition(" ")
    scale = si(f"1 {unit}", "s") if unit else 1.0
    return f"{value / scale:.{len(number.partition('.')[2])}f} {unit}".strip()


@pytest.mark.parametrize("name", FITS)
def test_a_preset_says_what_its_fit_gives(name):
    """Else a fitted number is a number from nowhere."""
    known = {one.path: one for one in load(name).inputs}
    found = FITS[name]()
    assert {path: printed(value, known[path].text) for path, value in found.items()} == {
        path: known[path].text for path in found
    }
    fitted = {path for path, one in known.items() if one.standing == "fitted"}
    assert fitted <= set(found)


def test_what_is_shown_with_twice_the_dephasing_is_the_fit_done_again():
    """Numbers in a claim's settings come from the same code."""
    found = magnard_2020(dephasing=2.0)
    texts = {path: str(setting.value) for path, setting in TWICE.items()}
    assert {path: printed(value, texts[path]) for path, value in found.items()} == texts


@pytest.mark.parametrize(
    ("name", "reading", "spent"),
    [
        ("kurpiers-2018", process_fidelity, 0.8002),
        ("magnard-2020", absorbed, 0.958),
        ("magnard-2020", arrived, 0.675),
    ],
)
def test_the_fit_meets_what_was_spent_on_it(name, reading, spent):
    """Two witnesses: a root that was searched for, and the whole program with it."""
    edits = {path: value if path.endswith("absorption") else f"{value!r} s" for path, value in FITS[name]().items()}
    assert reading(run(load(name, edits))) == pytest.approx(spent, abs=1e-7)


def test_a_number_that_cannot_be_met_is_refused():
    """Where the fastest dephasing and none are on one side, no root is made up."""
    with pytest.raises(ValueError, match="different signs"):
        kurpiers_2018(edits={"links.0.scheme.transmission": 0.5})
