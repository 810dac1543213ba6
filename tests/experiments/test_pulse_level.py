"""What a model of the pulses must reproduce of the two transfers of Zurich, each with its tolerance.

The numbers come from the papers: Magnard et al., Phys. Rev. Lett. 125, 260502 (2020), main text, and Kurpiers et al.,
Nature 558, 264 (2018), abstract. Unlike claims, which are weighed against the published uncertainty, these say how far
a model with unknown inputs may be off before something is wrong with it.
"""

from dataclasses import replace

import numpy as np
import pytest

from bellpush.design.improve import needs
from bellpush.experiments.magnard_2020 import CLAIMS, PROJECTED
from bellpush.experiments.readings import (
    absorbed,
    arrived,
    bell_fidelity,
    concurrence,
    cost,
    delivered,
    left_in_ground,
    process_fidelity,
    read_concurrence,
    state_fidelity,
    transfer_of,
)
from bellpush.links.photon_transfer_played import play_pair
from bellpush.physics.assignment import assignment
from bellpush.scenario.load import load
from bellpush.scenario.run import run


@pytest.fixture(scope="module")
def magnard():
    return run("magnard-2020")


@pytest.fixture(scope="module")
def kurpiers():
    return run("kurpiers-2018")


def test_what_is_lost_or_missed_ends_in_the_ground_state(magnard):
    """Magnard 2020: 22.3 % lost and 4.2 % missed, and 0.253 found in |gg>."""
    assert left_in_ground(magnard) == pytest.approx(0.253, abs=0.015)


def test_the_excitation_arrives_as_often_as_published(magnard):
    """Magnard 2020: 0.675 in |ge>; the relaxation of f was fitted to it, so it says that the fit is a fit."""
    assert arrived(magnard) == pytest.approx(0.675, abs=0.02)


@pytest.mark.parametrize(
    ("reading", "published", "tolerance"),
    [
        (process_fidelity, 0.795, 0.02),
        (state_fidelity, 0.858, 0.015),
        (delivered, 0.795, 0.02),
        (concurrence, 0.746, 0.03),
    ],
)
def test_figures_corrected_for_read_out(magnard, reading, published, tolerance):
    """Magnard 2020, none of them spent: what is fitted to one transfer must serve for all."""
    assert reading(magnard) == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize(
    ("reading", "published", "tolerance"),
    [(process_fidelity, 0.753, 0.03), (bell_fidelity, 0.719, 0.03), (read_concurrence, 0.588, 0.05)],
)
def test_figures_as_they_were_read_out(magnard, reading, published, tolerance):
    """Magnard 2020, with an error of 5 % for each transmon and no correction."""
    assert reading(magnard, assignment(0.05)) == pytest.approx(published, abs=tolerance)


def test_loss_alone_costs_what_the_authors_budget_says(magnard):
    """Magnard 2020: 11.8 %."""
    assert cost(magnard, "loss on the way") == pytest.approx(0.118, abs=0.01)


@pytest.mark.parametrize(
    "pulses",
    [{}, {"links.0.scheme.window": "281 ns"}, {"links.0.scheme.window": "281 ns", "photon": "6.2 MHz"}],
    ids=["both changed", "window as before", "both as before"],
)
@pytest.mark.parametrize("reading", [delivered, process_fidelity])
def test_the_projection_of_the_authors(reading, pulses):
    """Magnard 2020: up to 96 % with a loss of 5 %, times of 30 us and linewidths of 12 MHz, however the pulses are."""
    edits = {path: setting.value for path, setting in PROJECTED.items()}
    edits |= {path.replace("photon", "links.0.scheme.photon.bandwidth"): value for path, value in pulses.items()}
    assert reading(run(load("magnard-2020", edits))) == pytest.approx(0.96, abs=0.01)


def test_the_photon_takes_as_long_as_published():
    """Magnard 2020: 28 ns through 4.9 m of waveguide and 0.8 m of coaxial line."""
    (claim,) = [one for one in CLAIMS if one.name == "delay"]
    assert claim.measure(run(load("magnard-2020", claim.edits))) == pytest.approx(28e-9, abs=3e-9)


def test_the_first_transfer_on_demand(kurpiers):
    """Kurpiers 2018, on recalled inputs and a dephasing fitted to the process fidelity."""
    assert process_fidelity(kurpiers) == pytest.approx(0.8002, abs=0.02)
    assert delivered(kurpiers) == pytest.approx(0.789, abs=0.02)
    assert absorbed(kurpiers) == pytest.approx(0.981, abs=0.01)
    assert kurpiers["clocked"].rate.value == pytest.approx(50e3, rel=1e-12)


def test_without_any_fit_the_first_transfer_comes_out_too_good():
    """Kurpiers 2018 with relaxation alone: 0.83 to 0.84, so that the fit closes 4 hundredths and no more."""
    bare = {f"nodes.{node}.device.{t}": None for node in ("alice", "bob") for t in ("t2_ge", "t2_ef")}
    result = run(load("kurpiers-2018", bare))
    assert delivered(result) == pytest.approx(0.83, abs=0.005)
    assert process_fidelity(result) == pytest.approx(0.84, abs=0.005)


def test_no_single_improvement_brings_the_first_transfer_to_nine_tenths(kurpiers):
    """Two witnesses: what is needed, found by derivatives, and the link with these strengths."""
    (link,) = kurpiers.links.values()
    (need,) = needs(link, [0.9])
    assert set(need.alone.values()) == {None}
    scheme = link.scheme.resolved(link.nodes, link.channel)
    for name, dial in link.scheme.imperfections(link.nodes, link.channel).items():
        scheme = dial(scheme, need.together.get(name, 1.0))
    assert 1 - scheme.transmission == pytest.approx(0.039, abs=0.001)
    assert replace(link, scheme=scheme).fidelity.value == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize(("loss", "longer", "reached"), [(0.0, 1, False), (0.05, 1, False), (0.1, 3, True)])
def test_loss_and_times_that_bring_the_first_transfer_beyond_nine_tenths(loss, longer, reached):
    """The article on Kurpiers 2018 speaks of 0.9: not by the line alone, but with times three times as long."""
    edits = {"links.0.scheme.transmission": 1 - loss}
    for name, node in load("kurpiers-2018").file.nodes.items():
        for time in ("t1_ge", "t1_ef", "t2_ge", "t2_ef"):
            edits[f"nodes.{name}.device.{time}"] = f"{longer * getattr(node.device, time)!r} s"
    assert (delivered(run(load("kurpiers-2018", edits))) > 0.9) is reached


@pytest.mark.parametrize("experiment", ["kurpiers-2018", "magnard-2020"])
def test_both_transfers_played_out_in_full_give_the_same(experiment):
    """Two witnesses: the few numbers that are reached, and the density matrices of both transmons and resonators."""
    result = run(experiment)
    played = play_pair(transfer_of(result))
    psi = np.array([0, 1, 1, 0]) / np.sqrt(2)
    assert delivered(result) == pytest.approx((psi @ played @ psi).real, abs=1e-7)
