"""What a scenario leaves unsaid: derived numbers and ideal defaults, through wrappers and channels."""

import pytest

from bellpush.design.reach import reach
from bellpush.links.budget import budget
from bellpush.report.explain import explain
from bellpush.report.unsaid import derived, ideal_defaults
from bellpush.scenario.load import load

CLICK = {"kind": "single-click", "bright_state_population": 0.1, "detection": {"window": "25 ns"}}
BINS = {"kind": "multiplexed", "modes": 10, "multiplexing": "time", "spacing": "40 ns"}
ROOM = {"kind": "depolarising", "time": "10 s"}


def scene(scheme, channel=None):
    nodes = {name: {"preset": "emitter-nv", "memory": ROOM} for name in ("a", "b")}
    link = {"between": ["a", "b"], "channel": channel or {"kind": "fibre", "length": "1 km"}, "scheme": scheme}
    ask = {"name": "it", "between": ["a", "b"], "delivery": {"kind": "clocked", "period": "10 s", "fallback": "mixed"}}
    return load({"nodes": nodes, "links": [link], "requests": [ask]})


def test_a_wrapped_scheme_shows_what_was_derived_for_it():
    """Ten modes of a click rest on the same numbers as one."""
    alone = dict(derived(scene(CLICK)))
    wrapped = dict(derived(scene({**BINS, "scheme": CLICK})))
    assert "links.a-b.scheme.detection_probability" in alone
    assert wrapped == {path.replace(".scheme.", ".scheme.scheme."): value for path, value in alone.items()}


def test_a_wrapped_scheme_names_what_stays_lost_and_what_would_lift_it():
    """The budget of many modes ends as that of one: both nodes bright, and their population would lift it."""
    alone, wrapped = scene(CLICK), scene({"kind": "multiplexed", "modes": 10, "scheme": CLICK})
    last = [budget(link)[-1] for one in (alone, wrapped) for link in one.job.links.values()]
    assert [cost.name for cost in last] == ["both nodes bright"] * 2
    assert last[1].in_limit == pytest.approx(last[0].in_limit, rel=1e-4)
    text = " ".join(part for part in explain(wrapped) if isinstance(part, str))
    assert "A smaller `bright_state_population` would lift" in " ".join(text.split())


def test_the_best_population_of_many_modes_is_found():
    """More tries a clock period: a smaller population, and more is delivered than with the one written."""
    few, many = (reach(scene(scheme).job.requests["it"]) for scheme in (CLICK, {**BINS, "scheme": CLICK}))
    assert many.trade == "bright_state_population"
    assert many.trade_values[0] < few.trade_values[0]
    assert many.trade_fidelity > many.delivered


def test_a_loss_that_follows_from_light_is_no_ideal_default():
    """It is told with its number and with the light, once."""
    scenario = scene(CLICK)
    made = dict(derived(scenario))
    assert made["links.a-b.channel.attenuation"] == "4.86 dB/km"
    assert made["links.a-b.channel.wavelength"] == "637 nm"
    given = scene(CLICK, {"kind": "fibre", "length": "1 km", "attenuation": "8 dB/km"})
    assert "links.a-b.channel.attenuation" not in dict(derived(given)) | dict(ideal_defaults(given))
