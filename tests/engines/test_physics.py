"""The physics engine: attempts that are really played, reproducibly, within reason."""

import numpy as np
import pytest
from tests.systems.chains import chain
from tests.systems.known import clocked, one_link, werner

from bellpush.engines.physics import play_attempts
from bellpush.ground.errors import ConvergenceError, UnsupportedError
from bellpush.ground.streams import Streams
from bellpush.scenario.load import load
from bellpush.scenario.run import run


@pytest.mark.parametrize(("p", "limit"), [(0.3, None), (0.01, 50), (0.2, 3), (1.0, 5), (0.0, 7)])
def test_the_first_success_is_geometric(p, limit):
    """Attempt by attempt, the waiting time must come out as the closed form says."""
    kept = play_attempts(p, limit, 40_000, False, Streams(1).stream("x"))
    for k in range(1, 6):
        share = 0.0 if limit is not None and k > limit else p * (1 - p) ** (k - 1)
        assert np.mean(kept == k) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 40_000) + 1e-12)


def test_the_newest_success_counts_from_the_end():
    """Refresh keeps the last herald, over blocks that do not divide the attempts."""
    kept = play_attempts(0.02, 777, 20_000, True, Streams(1).stream("x"))
    for j in (0, 1, 30):
        share = 0.02 * 0.98**j
        assert np.mean(kept == 777 - j) == pytest.approx(share, abs=4 * np.sqrt(share / 20_000))


def test_one_seed_gives_one_answer():
    """A result can be repeated, and another seed gives another sample of the same law."""
    data = one_link(werner(0.05, 0.9), clocked("1 ms"), {"kind": "depolarising", "time": "5 ms"})
    first, again, other = (run(data, engine="physics", seed=seed, shots=500)["it"].law for seed in (7, 7, 8))
    assert np.array_equal(first.times, again.times)
    assert np.array_equal(first.states, again.states)
    assert not np.array_equal(first.times, other.times)
    assert first.agrees(other, 5)


def test_shots_set_the_error():
    """Four times the presses, half the error."""
    data = one_link(werner(0.05, 0.9), clocked("300 us"), {"kind": "depolarising", "time": "5 ms"})
    few, many = (run(data, engine="physics", shots=shots)["it"].fidelity.standard_error for shots in (2000, 32_000))
    assert few / many == pytest.approx(4, rel=0.15)


def test_what_would_never_end_is_refused():
    """Playing 1e12 attempts is no answer; the message names what is."""
    data = one_link(werner(1e-12), {"kind": "heralded"})
    with pytest.raises(UnsupportedError, match="--engine exact"):
        run(data, engine="physics")


def test_a_horizon_that_cuts_presses_off_is_an_error():
    """Lost probability is never quietly left out of an average."""
    data = {**one_link(werner(0.01), {"kind": "heralded"}), "run": {"horizon": "100 us", "engine": "physics"}}
    with pytest.raises(ConvergenceError, match=r"Raise `run\.horizon` from 100 us"):
        run(data)


def test_requests_that_share_a_link_are_refused():
    """Two requests on one link wait for each other; a law for each alone would be wrong."""
    data = one_link(werner(0.01), {"kind": "heralded"})
    data["requests"].append({"name": "other", "between": ["alice", "bob"], "delivery": {"kind": "heralded"}})
    for engine in ("auto", "exact", "physics"):
        with pytest.raises(UnsupportedError, match="share a link"):
            run(load(data), engine=engine)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"swap": {"success_probability": 0}}, "would ever get a pair, and playing one would not end. Try success"),
        ({"success": 1e-12}, "would need about .* of them. Try --engine exact, or fewer --shots"),
        (
            {"segments": 4, "policy": {"kind": "nested", "cutoff": {"kind": "fidelity", "value": 0.6}}},
            "plays cut-offs by fidelity for pairs that come from links alone",
        ),
    ],
)
def test_chains_that_cannot_be_played_are_refused_with_the_reason(change, message):
    """A press that never ends is no answer."""
    with pytest.raises(UnsupportedError, match=message):
        run(chain(**{"segments": 2, **change}), engine="physics")
