"""The map of other devices: every point of it is a device, and faster is the same transfer in less time."""

from __future__ import annotations

import numpy as np
import pytest
from tests.report.cases import CHIPS

import bellpush
from bellpush.report.figures import canvas, devices
from bellpush.states.measures import overlap

TIMES = ("t1_ge", "t1_ef", "t2_ge", "t2_ef")


def chips(**scheme):
    """The link of two chips with other words of its scheme."""
    one = CHIPS["links"][0]
    data = {**CHIPS, "links": [{**one, "scheme": {**one["scheme"], **scheme}}]}
    return next(iter(bellpush.load(data).job.links.values()))


def resolved(link):
    return link.scheme.resolved(link.nodes, link.channel)


def fidelity(link, scheme):
    births = scheme.births(link.nodes, link.channel)
    return float(overlap(births.pair, births.target))


def test_every_point_of_the_map_is_a_scenario_of_its_own():
    """Two witnesses: the map, all points abreast, and scenarios with these losses and times written into them."""
    link = chips()
    found = devices.fidelities(link, resolved(link), np.array([0.0, 0.3]), np.array([0.5, 4.0]))
    scenario = bellpush.load(CHIPS)
    for row, factor in enumerate((0.5, 4.0)):
        for column, loss in enumerate((0.0, 0.3)):
            times = {
                f"nodes.{node}.device.{name}": f"{factor * getattr(scenario.file.nodes[node].device, name)!r} s"
                for node in ("a", "b")
                for name in TIMES
            }
            edited = scenario.edit_all({**times, "links.0.scheme.transmission": 1 - loss})
            assert found[row, column] == pytest.approx(edited.job.links["a-b"].fidelity.value, abs=1e-8)


@pytest.mark.parametrize(
    "shape", [{"shape": "sech", "bandwidth": "7 MHz"}, {"shape": "exponential", "rise": "6 MHz", "fall": "8 MHz"}]
)
def test_slower_is_the_same_transfer_in_more_time(shape):
    """Two witnesses: a transfer slowed down, and the same transfer with its times shortened instead."""
    link = chips(photon=shape)
    one = resolved(link)
    slow = devices.slower(one, 3.0)
    hurried = devices.fidelities(link, one, np.array([0.2]), np.array([1 / 3]))[0, 0]
    assert fidelity(link, slow) == pytest.approx(hurried, abs=1e-8)
    assert fidelity(link, devices.slower(slow, 1 / 3)) == pytest.approx(fidelity(link, one), abs=1e-9)


def test_the_map_is_drawn_around_the_links_own_place():
    """The red point stands at its own loss and times, in the map of its own linewidth."""
    link = chips()
    with canvas.style():
        drawn = devices.draw(link)
    *panels, _ = drawn.figure.axes
    assert [panel.get_title() for panel in panels] == ["5 MHz, 400 ns", "10 MHz, 200 ns", "20 MHz, 100 ns"]
    [spot] = panels[1].lines
    assert (spot.get_xdata()[0], spot.get_ydata()[0]) == (pytest.approx(20.0), 1.0)
    assert f"{link.fidelity.value:.4f}" in drawn.sentence


def test_what_cannot_be_done_is_not_drawn():
    """A slower transfer may not fit its repetition; sampled photons and warm lines have no map at all."""
    with canvas.style():
        tight = devices.draw(chips(repetition="0.3 us"))
        assert [panel.get_title() for panel in tight.figure.axes[:-1]] == ["10 MHz, 200 ns", "20 MHz, 100 ns"]
        assert devices.draw(chips(thermal_photons=1e-3)) is None
        times = np.linspace(-0.5e-6, 0.5e-6, 401)
        amplitudes = (1 / np.cosh(np.pi * 8e6 * times)).tolist()
        sampled = {"shape": "sampled", "times": [f"{time!r} s" for time in times.tolist()], "amplitudes": amplitudes}
        assert devices.draw(chips(photon=sampled)) is None
