"""Optical emitters: what is refused, and what a node makes of one."""

from textwrap import dedent

import numpy as np
import pytest
from pydantic import ValidationError

from bellpush.ground.errors import ScenarioError
from bellpush.hardware.emitter import Emitter
from bellpush.hardware.memory import Depolarising, Perfect
from bellpush.hardware.node import Node
from bellpush.links.single_click import SingleClick
from bellpush.scenario import presets
from bellpush.scenario.load import load


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
        ({"pulse_width": 2e-9, "spectral_diffusion": 111e6}, "spectrum, 110.318 MHz for a gaussian `pulse_width` of 2"),
        ({"pulse_width": 2e-9, "pulse_shape": "square", "spectral_diffusion": 222e6}, "221.473 MHz for a square"),
        ({"pulse_width": 2e-9, "detuning": -8e9}, "`detuning` of at most 7.95775 GHz either way, which turns 100 rad"),
        ({"pulse_width": 2e-6}, "`pulse_width` of at most 100 times its `lifetime`, 1.2 us, but it is 2 us"),
        ({"pulse_width": 2e-7, "coherence_time": 1e-9}, "100 times its `coherence_time`, 100 ns, but it is 200 ns"),
        ({"pulse_area": 101.0}, "`pulse_area` of at most 100 rad, but it is 101 rad"),
        ({"wavelength": 1e-9}, "at least 10 nm, but is 1 nm"),
        ({"wavelength": "blue"}, "must be a number with a unit"),
        ({"branching": 1.5}, "at most 1, but is 1.5"),
        ({"pulse_width": -1e-9}, "at least 0 s, but is -1 ns"),
        ({"pulse_shape": "sech"}, "'gaussian' or 'square'"),
        ({"pulse_area": float("inf")}, "finite"),
        ({"side_band_detection": 1.1}, "at most 1, but is 1.1"),
        ({"side_band_detection": -0.1}, "at least 0, but is -0.1"),
        ({"side_band_detection": float("nan")}, "finite"),
        ({"side_band_detection": "some"}, "must be a number"),
        ({"side_band_detection": [0.1, 0.2]}, "must be a number"),
        ({"side_band_detection": True}, "must be a number"),
        ({"side_band_detection": None}, "must be a number"),
        ({"side_band_detection": "10 ns"}, "must be a number"),
        ({"side_band_detection": {"kind": "eye"}}, "must be a number"),
        ({"side_band": 0.1}, "not permitted"),
    ],
)
def test_what_no_emitter_can_be_is_refused_with_its_bound(fields, said):
    """A negative rate deep in the solver would help nobody."""
    with pytest.raises(ValidationError) as caught:
        Emitter(**{"lifetime": 12e-9, **fields})
    assert said in str(caught.value)


@pytest.mark.parametrize("shape", ["gaussian", "square"])
def test_the_width_of_a_pulses_spectrum(shape):
    """Two witnesses: the closed form, and the pulse summed up in time at half of that width."""
    width = 2.26e-9
    times = np.linspace(-8 * width, 8 * width, 400_001)
    field = np.exp(-2 * np.log(2) * (times / width) ** 2) if shape == "gaussian" else np.abs(times) <= width / 2
    half = Emitter(lifetime=12e-9, pulse_width=width, pulse_shape=shape).bandwidth
    power = np.abs((field * np.exp(2j * np.pi * half * times)).sum() / field.sum()) ** 2
    assert power == pytest.approx(0.5, abs=1e-4)
    assert Emitter(lifetime=12e-9, pulse_shape=shape, spectral_diffusion=1e12).bandwidth == np.inf


def test_an_error_of_two_fields_points_at_the_one_that_was_written(tmp_path):
    """The pulse came with a preset; the detuning is at fault."""
    text = dedent("""\
        nodes:
          a:
            preset: emitter-nv
            device: {detuning: 10 GHz}
          b:
            preset: emitter-nv
            device:
              spectral_diffusion: 0.5 GHz
        links: [{between: [a, b], scheme: {kind: single-click, bright_state_population: 0.1}}]
        """)
    path = tmp_path / "my.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    first, second = caught.value.problems
    assert (first.line, first.path, second.line) == (4, "nodes.a.device", 8)
    assert "`detuning`" in first.message
    assert "`spectral_diffusion`" in second.message
    data = {"nodes": {"a": {"preset": "emitter-nv", "device": {"detuning": "10 GHz"}}}, "links": [], "requests": []}
    with pytest.raises(ScenarioError) as caught:
        load(data)
    assert all(not problem.file for problem in caught.value.problems)  # a mapping has no lines, a preset no fault


def test_a_spin_keeps_unless_the_node_says_how_it_ages():
    """The optical transition says nothing of the spin."""
    device = Emitter(lifetime=12e-9)
    assert Node(device=device).storage == Perfect()
    assert Node(device=device, memory=Depolarising(time=0.4)).storage == Depolarising(time=0.4)


EMITTERS = [name for name in presets.names("device") if name.startswith("emitter-")]


@pytest.mark.parametrize("name", EMITTERS)
def test_two_emitters_of_a_preset_make_a_link(name):
    """Nothing but the population is given; every number of the device says how it is known."""
    scheme = {"kind": "single-click", "bright_state_population": 0.1, "detection": {"window": "20 ns"}}
    nodes = {"a": {"preset": name}, "b": {"preset": name}}
    link = {"between": ["a", "b"], "channel": {"kind": "fibre", "length": "1 km"}, "scheme": scheme}
    ask = {"name": "it", "between": ["a", "b"], "delivery": {"kind": "heralded"}}
    scenario = load({"nodes": nodes, "links": [link], "requests": [ask]})
    (found,) = scenario.job.links.values()
    assert 1e-5 < found.success_probability.value < 0.2
    assert found.fidelity.value > 0.85
    said = {one.path: one.standing for one in scenario.inputs if one.path.startswith("nodes.a.device.")}
    assert said
    assert "given" not in said.values()
    assert "nodes.a.device.wavelength" in said  # else the fibre would be taken to lose nothing
    assert 0 < found.channel[0].transmission < 0.7


def test_the_preset_of_a_nitrogen_vacancy_centre_has_the_detection_it_was_derived_from():
    """3.5e-4 in a window of 25 ns, from which the collection of the preset follows."""
    node = Node(device=Emitter(lifetime=12e-9, branching=0.03, collection=0.0163, pulse_width=2.26e-9))
    scheme = SingleClick(bright_state_population=0.1, attempt_duration=5.5e-6, detection={"window": 25e-9})
    assert scheme.resolved((node, node), ()).detection_probability[0] == pytest.approx(3.5e-4, rel=2e-3)
