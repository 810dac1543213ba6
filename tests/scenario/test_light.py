"""The light of a scenario: whose wavelength decides what a fibre takes, and what that makes an input."""

from __future__ import annotations

import pytest

from bellpush.ground.errors import ScenarioError
from bellpush.hardware.fibre import silica
from bellpush.report.table import columns, footnotes
from bellpush.scenario.allowed import allowed
from bellpush.scenario.load import load
from bellpush.scenario.run import run

SCHEME = {"kind": "single-click", "bright_state_population": 0.1, "detection": {"window": "25 ns"}}
LOSS = "links.0.channel.attenuation"
LIGHT = "nodes.a.device.wavelength"


def scene(channel=None, scheme=SCHEME, **more):
    """Two nitrogen-vacancy centres, by default with 10 km of fibre between them."""
    nodes = {"a": {"preset": "emitter-nv"}, "b": {"preset": "emitter-nv"}}
    row = {} if "channels" in more else {"channel": channel or {"kind": "fibre", "length": "10 km"}}
    link = {"between": ["a", "b"], "scheme": scheme, **row, **more}
    return load({"nodes": nodes, "links": [link], "requests": []})


def success(scenario):
    (link,) = scenario.job.links.values()
    return link.success_probability.value


def standings(scenario):
    return {one.path: one.standing for one in scenario.inputs}


def test_a_fibre_takes_what_silica_takes_of_the_emitters_light():
    """By hand: 5 km an arm at 0.8/0.637^4 dB/km let 3.7e-3 of either photon through, and none is dark-counted."""
    lossless = scene({"kind": "fibre", "length": "10 km", "attenuation": "0 dB/km"})
    share = 10 ** (-5 * 0.8 / 0.637**4 / 10)
    assert share == pytest.approx(3.72e-3, rel=2e-3)
    seen = 2 * 0.1 * 3.5e-4  # of the click, to the first order in the light
    assert success(lossless) == pytest.approx(seen, rel=3e-3)
    assert success(scene()) == pytest.approx(success(lossless) * share, rel=1e-4)


@pytest.mark.parametrize("silent", ["a", "b"])
def test_light_that_interferes_is_of_one_colour(silent):
    """Where one of two emitters says its wavelength, the fibre between them takes as much of the other's light."""
    row = [{"kind": "fibre", "length": "4 km"}, {"kind": "fibre", "length": "6 km"}]
    both = scene(row)
    assert success(both.edit(f"nodes.{silent}.device.wavelength", None)) == pytest.approx(success(both), rel=1e-12)


def test_a_conversion_starts_from_the_emitters_light():
    """A stretch of 637 nm before the converter takes silica's loss there, and what comes behind that of 1588 nm."""
    convert = {"kind": "converter", "efficiency": 0.5, "wavelength": "1588 nm"}
    arm = [{"kind": "fibre", "length": "100 m"}, convert, {"kind": "fibre", "length": "5 km"}]
    given = [
        {"kind": "fibre", "length": "100 m", "attenuation": f"{1e3 * silica(637e-9)} dB/km"},
        convert,
        {"kind": "fibre", "length": "5 km", "attenuation": f"{1e3 * silica(1588e-9)} dB/km"},
    ]
    assert success(scene(channels=[arm, arm])) == pytest.approx(success(scene(channels=[given, given])), rel=1e-12)
    # The same as one row: either node's light begins at its own end.
    row = [*arm, {"kind": "fibre", "length": "5 km"}, convert, {"kind": "fibre", "length": "100 m"}]
    assert success(scene(row)) == pytest.approx(success(scene(channels=[arm, arm])), rel=1e-12)


def test_a_loss_that_is_taken_is_a_recalled_input():
    """It decides the rate as much as the length does; the wavelength from which it follows is one as well."""
    known = standings(scene())
    assert (known[LOSS], known[LIGHT]) == ("recalled", "recalled")
    two = scene(channels=[{"kind": "fibre", "length": "5 km"}, [{"kind": "fibre", "length": "5 km"}]])
    assert {path for path in standings(two) if path.endswith("attenuation")} == {
        "links.0.channels.0.attenuation",
        "links.0.channels.1.0.attenuation",
    }
    assert run(scene()).to_dict()["links"]["a-b"]["standing"] == "recalled"


def test_what_nothing_follows_from_is_no_input():
    """A measured loss, or a measured click probability, leaves nothing to the formula or to the colour."""
    given = scene({"kind": "fibre", "length": "10 km", "attenuation": "0.5 dB/km"})
    assert LIGHT not in standings(given)
    assert standings(given)[LOSS] == "given"
    total = scene(scheme={**SCHEME, "detection_probability": 1e-3})
    assert {LIGHT, LOSS}.isdisjoint(standings(total))
    again = load(total.to_dict())
    assert standings(again) == standings(total)


def test_a_fibre_that_is_taken_to_lose_nothing_says_so_where_that_matters():
    """10 km without loss would be believed; where the total is given it does not matter, and one note is enough."""
    nodes = {name: {"device": {"kind": "emitter", "lifetime": "12 ns"}} for name in ("a", "b")}
    fibre = {"kind": "fibre", "length": "10 km"}

    def notes(scheme, **more):
        link = {"between": ["a", "b"], "channel": {**fibre, **more}, "scheme": scheme}
        ask = [{"between": ["a", "b"], "delivery": {"kind": "heralded"}}]
        return footnotes(columns(run(load({"nodes": nodes, "links": [link], "requests": ask}))))

    assert any("a fibre is taken to lose nothing" in note for note in notes(SCHEME))
    assert not any("lose nothing" in note for note in notes(SCHEME, wavelength="1550 nm"))
    total = notes({**SCHEME, "detection_probability": 1e-3}, wavelength="1550 nm")
    assert any("`attenuation` takes nothing" in note for note in total)
    assert not any("is not given" in note for note in total)


def test_a_loss_that_only_noise_feels_counts_still():
    """The click probability is given, but half of what either converter adds is counted behind its fibre."""
    convert = {"kind": "converter", "efficiency": 0.5, "noise": "1 MHz", "wavelength": "1550 nm"}
    arm = [convert, {"kind": "fibre", "length": "10 km"}]
    scenario = scene(scheme={**SCHEME, "detection_probability": 1e-3}, channels=[arm, arm])
    known = standings(scenario)
    assert known["links.0.channels.0.1.attenuation"] == "recalled"
    assert LIGHT not in known
    (link,) = scenario.job.links.values()
    assert "takes only of the noise that the channel adds" in link.notes[0]
    dark = link.scheme.resolved(link.nodes, link.channel).dark_count_probability
    assert dark == pytest.approx(1e6 * 10 ** -(1e3 * silica(1.55e-6)) * 25e-9, rel=1e-2)


def test_a_fibre_for_other_light_than_the_emitters_is_refused():
    """Nobody sends 637 nm through what is said to carry 1550 nm without a converter."""
    with pytest.raises(ScenarioError, match=r"the light that comes, of 637 nm, but has a `wavelength` of 1\.55 um"):
        scene({"kind": "fibre", "length": "10 km", "wavelength": "1550 nm"})


def test_published_links_keep_their_numbers():
    """What a measured detection holds already is not taken twice: 2 m of fibre would cost 1.1 promille an arm."""
    known = standings(load("humphreys-2018-devices"))
    assert known[LOSS] == "derived"
    assert not any(path.endswith("device.wavelength") for path in known)
    bare = load("humphreys-2018-devices").to_dict()
    del bare["links"][0]["channel"]["attenuation"], bare["sources"]["links.0.channel.attenuation"]
    (with_loss,), (without,) = (
        load(one).job.links.values() for one in (bare, load("humphreys-2018-devices").to_dict())
    )
    ratio = with_loss.success_probability.value / without.success_probability.value
    assert ratio == pytest.approx(10 ** (-0.001 * 4.859 / 10), rel=2e-5)
    hensen = standings(load("hensen-2015"))
    assert (hensen[LOSS], hensen["links.0.channel.wavelength"]) == ("recalled", "recalled")
    assert "nodes.alice.device.wavelength" not in hensen


def test_a_converter_in_one_half_is_one_mistake():
    """What the first node's light would make of the other half is not told as another."""
    with pytest.raises(ScenarioError, match="must hold the same elements seen from either node") as caught:
        scene([{"kind": "fibre", "length": "1 km"}, convert("1550 nm")])
    assert len(caught.value.problems) == 1


def convert(wavelength):
    return {"kind": "converter", "efficiency": 0.5, "wavelength": wavelength}


@pytest.mark.parametrize("wrapped", [False, True])
def test_photons_of_two_colours_do_not_interfere(wrapped):
    """Each arm converted elsewhere, or one alone: whoever sees the photon knows where it came from."""
    scheme = {"kind": "multiplexed", "modes": 3, "scheme": SCHEME} if wrapped else SCHEME
    for first, second, said in (
        (convert("1588 nm"), convert("1550 nm"), r"of `a` comes with 1\.588 um and that of `b` with 1\.55 um\."),
        (convert("1588 nm"), convert("1588.01 nm"), r"comes with 1\.588 um and that of `b` with 1\.58801 um\."),
        ([], convert("1550 nm"), r"comes with 637 nm and that of `b` with 1\.55 um\."),
    ):
        with pytest.raises(ScenarioError, match=said):
            scene(scheme=scheme, channels=[first, second])
    assert success(scene(scheme=scheme, channels=[convert("1588 nm"), convert("1588 nm")])) > 0


def test_emitters_of_two_colours_need_converters():
    """Without a channel they are told apart as well; with one unknown nothing is said."""
    nodes = {"a": {"preset": "emitter-siv"}, "b": {"preset": "emitter-snv"}}
    link = {"between": ["a", "b"], "scheme": SCHEME}
    fibre = {"kind": "fibre", "length": "1 km"}
    for row in ([], fibre, [fibre, fibre]):
        with pytest.raises(ScenarioError, match="comes with 737 nm and that of `b` with 619 nm") as caught:
            load({"nodes": nodes, "links": [{**link, "channel": row}], "requests": []})
        assert len(caught.value.problems) == 1
    row = [convert("1550 nm"), fibre, convert("1550 nm")]
    load({"nodes": nodes, "links": [{**link, "channel": row}], "requests": []})
    nodes["b"] = {"device": {"kind": "emitter", "lifetime": "5 ns"}}
    load({"nodes": nodes, "links": [link], "requests": []})


def test_limits_say_where_their_loss_comes_from():
    """A route whose links do not feel the loss is held against a bound that rests on it."""
    click = {"kind": "single-click", "bright_state_population": 0.1, "detection_probability": 0.02}
    said = []
    for more in ({"wavelength": "1550 nm"}, {"attenuation": "0.2 dB/km"}):
        link = {
            "channel": {"kind": "fibre", "length": "20 km", **more},
            "scheme": {**click, "attempt_duration": "1 ms"},
        }
        net = {"kind": "chain", "segments": 2, "node": {}, "link": link}
        ask = {"between": ["first", "last"], "delivery": {"kind": "heralded"}, "policy": {"kind": "swap-asap"}}
        found = load({"network": net, "requests": [ask]})
        (request,) = found.job.requests.values()
        said.append(allowed(request).sentence)
    assert "40 km of fibre with silica's own loss (recalled) without repeaters" in said[0]
    assert "40 km of fibre without repeaters" in said[1]
