"""What physics allows, beside the answer."""

from __future__ import annotations

import numpy as np
import pytest
from tests.systems.chains import chain

from bellpush.scenario.allowed import allowed
from bellpush.scenario.run import run


def fibre(segments, kilometres, **more):
    scenario = chain(segments, 0.1, policy="swap-asap", **more)
    channel = [{"kind": "fibre", "length": f"{kilometres / segments} km", "attenuation": "0.2 dB/km"}]
    return scenario.edit_all({f"links.{k}.channel": channel for k in range(segments)})


def test_limits_are_those_of_the_literature():
    """PLOB and TGW over 100 km; one, and three, ideal repeaters in the middle of 20 dB."""
    found = allowed(fibre(2, 100).job.chains["it"])
    assert found.direct == pytest.approx(0.0144995696951)
    assert found.older == pytest.approx(0.0288548626722)
    assert found.repeaters == pytest.approx(0.1520030934)
    assert allowed(fibre(4, 100).job.chains["it"]).repeaters == pytest.approx(0.5484122546)


def test_the_answer_says_how_far_it_is_from_them():
    """Perfect pairs, one every 14.7 attempts: an ebit each."""
    limits = run(fibre(2, 100)).to_dict()["requests"]["it"]["limits"]
    assert limits["pairs"]["value"] == pytest.approx(1 / 14.736842105263158)
    assert limits["ebits"]["value"] == pytest.approx(limits["pairs"]["value"])
    assert limits["ebits"]["value"] < limits["repeaters"]["value"]


def test_a_repeater_overtakes_what_no_repeater_can_pass():
    """One repeater whose links succeed with the root of the transmission: at 34.0009 km, not before."""
    for kilometres, ahead in ((34.0008, False), (34.001, True)):
        success = 10 ** (-0.02 * kilometres / 2)
        scenario = fibre(2, kilometres).edit_all({f"links.{k}.scheme.success_probability": success for k in range(2)})
        limits = run(scenario).to_dict()["requests"]["it"]["limits"]
        assert (limits["ebits"]["value"] > limits["direct"]["value"]) is ahead


def test_nothing_is_said_of_links_that_are_no_fibre():
    assert allowed(chain(2).job.chains["it"]) is None
    assert "limits" not in run(chain(2)).to_dict()["requests"]["it"]
    assert np.isfinite(run(chain(2))["it"].rate.value)


def test_uses_are_those_of_the_link_that_tries_most():
    """Of two links the second tries four times as often, and each attempt takes two rounds of each of three modes."""
    clicks = {"kind": "double-click", "attempt_duration": "0.25 s", "detection_probability": 0.1}
    scenario = fibre(2, 100).edit("links.1.scheme", {"kind": "multiplexed", "modes": 3, "scheme": clicks})
    assert allowed(scenario.job.chains["it"]).pace == pytest.approx(2 * 3 / 0.25)


def test_what_hashing_distils_from_sampled_pairs_has_a_standard_error():
    """The error that a sample states is the spread over many of them, and the exact answer lies within it."""
    scenario = fibre(2, 100, fresh=0.97, memory={"kind": "depolarising", "time": "200 s"})
    exact = run(scenario)["it"].law.ebits
    found = [run(scenario, engine="physics", shots=300, seed=seed)["it"].law.ebits for seed in range(1, 25)]
    values = [one.value for one in found]
    errors = [one.standard_error for one in found]
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.4)  # of 24 samples: known to 14 %
    assert abs(np.mean(values) - exact.value) < 4 * np.mean(errors) / np.sqrt(24)
    limits = run(scenario, engine="physics", shots=300).to_dict()["requests"]["it"]["limits"]
    assert limits["ebits"]["standard_error"] > 0
    assert limits["pairs"]["standard_error"] > 0


def test_pairs_far_from_anything_that_hashing_distils_are_nothing_for_sure():
    scenario = fibre(2, 100, fresh=0.4)
    found = run(scenario, engine="physics", shots=200)["it"].law.ebits
    assert (found.value, found.standard_error) == (0.0, 0.0)
