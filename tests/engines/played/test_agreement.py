"""Every policy by two roads that share nothing but the scenario: exact, and played on density matrices."""

import numpy as np
import pytest
from tests.systems.chains import chain

from bellpush.engines.chains.absorbed import mean_pair
from bellpush.engines.tree import keeps
from bellpush.scenario.run import run

T1T2 = {"kind": "t1-t2", "t1": "60 s", "t2": "40 s", "excited": 0.1}
DEPHASING = {"kind": "dephasing", "time": "50 s"}
DEPOLARISING = {"kind": "depolarising", "time": "80 s"}
ROUGH = {"success_probability": 0.6, "gate_error": 0.03, "readout_error": 0.02}
CLICK = {
    "kind": "single-click",
    "bright_state_population": 0.2,
    "detection_probability": 0.5,
    "dark_count_probability": 0.01,
    "visibility": 0.9,
    "phase_noise": "10 deg",
    "attempt_duration": "1 s",
}
CLOCKED = {"kind": "clocked", "period": "60.5 s", "fallback": "01"}
DEADLINE = {"kind": "deadline", "within": "50.5 s", "fallback": "mixed"}


SYSTEMS = {
    "nested, t1, swaps that fail": {"segments": 4, "success": 0.2, "fresh": 0.9, "memory": T1T2, "swap": ROUGH},
    "nested, at a clock": {
        "segments": 3,
        "success": [0.2, 0.3, 0.1],
        "fresh": 0.9,
        "memory": T1T2,
        "swap": ROUGH,
        "delivery": CLOCKED,
    },
    "nested, by a deadline": {
        "segments": 3,
        "success": 0.2,
        "fresh": 0.9,
        "memory": DEPHASING,
        "swap": ROUGH,
        "delivery": DEADLINE,
    },
    "cut-offs by difference": {
        "segments": 4,
        "fresh": 0.95,
        "memory": T1T2,
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": [{"kind": "difference", "time": f"{c} s"} for c in (8.5, 20)]},
    },
    "a cut-off by age": {
        "segments": 2,
        "fresh": 0.95,
        "memory": T1T2,
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": {"kind": "age", "time": "9.3 s"}},
    },
    "a cut-off by fidelity": {
        "segments": 2,
        "success": [0.1, 0.2],
        "fresh": 0.95,
        "memory": T1T2,
        "swap": ROUGH,
        "policy": {"kind": "swap-asap", "cutoff": {"kind": "fidelity", "value": 0.75}},
    },
    "a cut-off by fidelity, qubits that leave": {
        "segments": 2,
        "fresh": 0.9,
        "memory": {"kind": "perfect", "lifetime": "60 s"},
        "policy": {"kind": "nested", "cutoff": {"kind": "fidelity", "value": 0.6}},
    },
    "distilled links, t1": {
        "segments": 2,
        "success": 0.3,
        "fresh": 0.85,
        "memory": T1T2,
        "swap": ROUGH,
        "node": {"qubits": 4},
        "policy": {"kind": "nested", "distill": [{"kind": "dejmps"}, None]},
    },
    "distilled twice and after the swap": {
        "segments": 2,
        "success": 0.4,
        "fresh": 0.9,
        "memory": DEPOLARISING,
        "swap": {"gate_error": 0.01, "readout_error": 0.01},
        "node": {"qubits": 16},
        "policy": {"kind": "nested", "distill": [{"kind": "dejmps", "rounds": 2}, {"kind": "bbpssw"}]},
    },
    "distilled by a code": {
        "segments": 2,
        "success": 0.4,
        "fresh": 0.9,
        "memory": T1T2,
        "swap": {"gate_error": 0.01, "readout_error": 0.01},
        "node": {"qubits": 8},
        "policy": {"kind": "nested", "distill": [{"kind": "code", "name": "four-qubit"}, None]},
    },
    "left to right": {
        "segments": 4,
        "success": 0.2,
        "fresh": 0.95,
        "memory": T1T2,
        "swap": {**ROUGH, "duration": "2 s"},
        "policy": {"kind": "fixed-order", "order": ["n1", "n2", "n3"]},
    },
    "as soon as possible": {
        "segments": 5,
        "success": [0.1, 0.2, 0.15, 0.3, 0.1],
        "fresh": 0.95,
        "memory": DEPHASING,
        "policy": "swap-asap",
        "delivery": CLOCKED,
    },
    "as soon as possible, swaps that take time": {
        "segments": 4,
        "success": [0.1, 0.3, 0.2, 0.1],
        "fresh": 0.95,
        "memory": DEPHASING,
        "policy": "swap-asap",
        "swap": {"duration": "3 s", "gate_error": 0.02},
    },
    "as soon as possible, no end": {
        "segments": 4,
        "success": 0.1,
        "fresh": 0.95,
        "memory": DEPOLARISING,
        "policy": "swap-asap",
    },
    "links by a clock": {
        "segments": 3,
        "success": 0.2,
        "fresh": 0.95,
        "memory": T1T2,
        "swap": ROUGH,
        "policy": {"kind": "clocked-links", "period": "12 s"},
    },
    "nested, ages at both levels": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": DEPHASING,
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": [{"kind": "age", "time": "5 s"}, {"kind": "age", "time": "9 s"}]},
        "delivery": CLOCKED,
    },
    "nested, fidelities at both levels": {
        "segments": 3,
        "success": [0.5, 0.4, 0.6],
        "fresh": 0.97,
        "memory": DEPOLARISING,
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": {"kind": "fidelity", "value": 0.68}},
    },
    "as soon as possible, a fidelity": {
        "segments": 3,
        "success": [0.5, 0.4, 0.6],
        "fresh": 0.97,
        "memory": DEPOLARISING,
        "swap": ROUGH,
        "policy": {"kind": "swap-asap", "cutoff": {"kind": "fidelity", "value": 0.7}},
    },
    "nested, damaged by attempts": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": {**T1T2, "per_attempt": {"dephasing": 0.03}},
        "swap": ROUGH,
        "policy": "nested",
    },
    "as soon as possible, damaged by attempts": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": {**DEPHASING, "per_attempt": {"dephasing": 0.03}},
        "policy": "swap-asap",
        "delivery": CLOCKED,
    },
    "nested, stretched": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": {"kind": "stretched", "time": "20 s", "exponent": 2},
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": [{"kind": "age", "time": "5 s"}, {"kind": "difference", "time": "9 s"}]},
        "link": {"herald_delay": "0.4 s"},
        "delivery": CLOCKED,
    },
    "stretched, a cut-off by fidelity": {
        "segments": 2,
        "success": 0.2,
        "fresh": 0.95,
        "memory": {"kind": "stretched", "time": "12 s", "exponent": 3},
        "swap": ROUGH,
        "policy": {"kind": "nested", "cutoff": {"kind": "fidelity", "value": 0.75}},
    },
    "left to right, stretched, leaving": {
        "segments": 3,
        "success": 0.2,
        "fresh": 0.95,
        "memory": {"kind": "stretched", "time": "20 s", "exponent": 0.5, "lifetime": "90 s"},
        "swap": {**ROUGH, "duration": "2 s"},
        "policy": {"kind": "fixed-order", "order": ["n1", "n2"]},
        "delivery": DEADLINE,
    },
    "as soon as possible, stretched, damaged by attempts": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": {"kind": "stretched", "time": "15 s", "exponent": 1.5, "per_attempt": {"dephasing": 0.03}},
        "policy": "swap-asap",
        "delivery": CLOCKED,
    },
    "as soon as possible, moved": {
        "segments": 3,
        "success": [0.3, 0.2, 0.4],
        "fresh": 0.97,
        "memory": {"kind": "moved", "into": DEPOLARISING, "fidelity": 0.95, "duration": "2.5 s"},
        "policy": "swap-asap",
        "swap": {"duration": "1 s"},
    },
    "nested, stretched beside t1": {
        "segments": 3,
        "success": [0.3, 0.2, 0.4],
        "fresh": 0.97,
        "memory": {"kind": "stretched", "time": "20 s", "exponent": 2},
        "ends": {"memory": {**T1T2, "t1": "30 s"}},
        "swap": ROUGH,
        "delivery": CLOCKED,
    },
    "as soon as possible, stretched beside t1": {
        "segments": 4,
        "success": [0.3, 0.2, 0.4, 0.3],
        "fresh": 0.97,
        "memory": {**T1T2, "t1": "30 s", "t2": "25 s"},
        "ends": {"memory": {"kind": "stretched", "time": "20 s", "exponent": 3}},
        "policy": "swap-asap",
        "swap": {"duration": "1 s"},
    },
    "nested, in blocks": {
        "segments": 3,
        "success": [0.3, 0.2, 0.4],
        "fresh": 0.97,
        "memory": {"kind": "decoupled", "spacing": "0.5 s", "time": "40 s", "pulse_error": 0.01, "block": 8},
        "swap": ROUGH,
    },
    "a stretched memory by a clock": {
        "segments": 2,
        "success": 0.2,
        "memory": {"kind": "stretched", "time": "15 s", "exponent": 2},
        "policy": {"kind": "clocked-links", "period": "12 s"},
    },
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_policy_is_what_is_played(name):
    """All numbers of the law within 4 standard errors, and all sixteen correlations of the mean pair."""
    agree(chain(**SYSTEMS[name]), 1000)


@pytest.mark.parametrize("name", ["nested, at a clock", "distilled links, t1", "links by a clock"])
def test_single_click_links_are_what_is_played(name):
    """Two heralds, bright pairs, photons in Fock space: nothing here is Bell-diagonal."""
    scenario = chain(**SYSTEMS[name])
    for number in range(SYSTEMS[name]["segments"]):
        scenario = scenario.edit(f"links.{number}.scheme", CLICK)
    agree(scenario, 1000)


def test_swaps_that_fail_as_soon_as_possible_are_what_is_played():
    """Three links in T1 memories: the mean pair against a chain of configurations solved as a linear system."""
    scenario = chain(3, [0.2, 0.3, 0.1], fresh=0.95, memory=T1T2, swap=ROUGH, policy="swap-asap")
    played = run(scenario, engine="physics", shots=2500)["it"].law
    (request,) = scenario.job.chains.values()
    node = request.route.nodes[1]
    exact = mean_pair(
        [0.2, 0.3, 0.1],
        [0.6, 0.6],
        [link.pair for link in request.links],
        [node.storage.transfer(1.0)] * 4,
        [keeps(node, "phi+", "phi+", "phi+")] * 2,
    )
    error = played.states.std(axis=0) / 50 + 1e-6
    assert np.max(np.abs(played.state - exact) / error) < 4.5


def agree(scenario, shots):
    played, exact = (run(scenario, engine=engine, shots=shots)["it"].law for engine in ("physics", "exact"))
    for name, ours, theirs in played.beside(exact):
        assert ours.agrees(theirs), (name, ours, theirs)
    error = played.states.std(axis=0) / np.sqrt(shots) + 1e-6
    assert np.max(np.abs(played.state - exact.state) / error) < 4.5
