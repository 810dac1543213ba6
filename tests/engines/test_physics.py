"""The physics engine: attempts that are really played, reproducibly, within reason."""

import numpy as np
import pytest
from tests.systems.chains import chain
from tests.systems.known import clocked, one_link, werner

from bellpush.engines.exact import Exact
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


def test_auto_plays_what_turns_out_too_large_for_closed_laws(monkeypatch):
    """Whoever leaves the choice to the program wants an answer, not the advice to choose."""

    def too_large(*_):
        raise UnsupportedError("The exact engine would need too much. Try --engine physics.")

    monkeypatch.setattr(Exact, "run", too_large)
    data = one_link(werner(0.5), {"kind": "heralded"})
    assert run(data, shots=20).engine == "physics"
    with pytest.raises(UnsupportedError, match="too much"):
        run(data, engine="exact")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"swap": {"success_probability": 0}}, "would ever get a pair, and playing one would not end. Try success"),
        ({"success": 1e-12}, "would need about .* of them. Try --engine exact, or fewer --shots"),
        (
            {
                "policy": {
                    "kind": "nested",
                    "cutoff": {"kind": "fidelity", "value": 0.6},
                    "distill": [{"kind": "dejmps"}, None],
                },
                "node": {"qubits": 4},
                "ends": {"qubits": 2},
            },
            "does not estimate the fidelity of distilled pairs",
        ),
    ],
)
def test_chains_that_cannot_be_played_are_refused_with_the_reason(change, message):
    """A press that never ends is no answer."""
    with pytest.raises(UnsupportedError, match=message):
        run(chain(**{"segments": 2, **change}), engine="physics")


@pytest.mark.parametrize("dephasing", [1e-7, 1e-5, 1e-3, 1.0])
def test_damage_too_rare_to_be_seen_is_in_the_answer(dephasing):
    """A flip in one of 10^5 presses would not be met in 10,000, and 1.0000 +- 0 would be false."""
    memory = {"kind": "perfect", "per_attempt": {"dephasing": dephasing}}
    data = one_link(werner(0.5), clocked("100 us", attempts="refresh"), memory, qubits=2)
    p, q, n, x = 0.5, 0.5, 10, (1 - 2 * dephasing) ** 2
    kept = p * (1 - (q * x) ** n) / (1 - q * x) / (1 - q**n)  # of the coherence: both ends flip, j attempts of n later
    results = {engine: run(data, engine=engine)["it"].law for engine in ("exact", "physics")}
    assert results["exact"].fidelity_heralded.value == pytest.approx((1 + kept) / 2, abs=1e-14)
    assert results["exact"].agrees(results["physics"])
    assert 1 - results["physics"].fidelity_heralded.value == pytest.approx((1 - kept) / 2, rel=0.1)


def test_rare_successes_among_very_many_attempts():
    """Two ions at 470 kHz and 1e-5 an attempt, 211,466 attempts a cycle, 191 presses: seeds that draw luck included."""
    memory = {"kind": "depolarising", "time": "2.24 s"}
    data = one_link(werner(9.574e-6, 0.78, "2.128 us"), clocked("450 ms"), memory)
    n, p = 211_466, 9.574e-6
    k = np.arange(1, n + 1)
    chance = p * np.exp((k - 1) * np.log1p(-p))
    fidelity = 0.25 + 0.53 * np.exp(-2 * (0.45 - k * 2.128e-6) / 2.24)
    exact = run(data, engine="exact")["it"].law
    assert exact.delivered_probability.value == pytest.approx(chance.sum(), rel=1e-11)
    assert exact.fidelity.value == pytest.approx(chance @ fidelity + (1 - chance.sum()) / 4, rel=1e-11)
    streams = [Streams(seed) for seed in range(1, 9)]
    kept = np.concatenate([play_attempts(p, n, 191, False, one.stream("clocked/attempts")) for one in streams])
    assert np.mean(kept > 0) == pytest.approx(chance.sum(), abs=4 * np.sqrt(0.868 * 0.132 / len(kept)))
    data["requests"][0]["name"] = "clocked"
    lucky = run(data, engine="physics", seed=1)["clocked"].law  # catches 180 of 191 where 165.8 are expected
    assert np.isfinite(lucky.times).sum() == 180
    assert exact.agrees(lucky)
