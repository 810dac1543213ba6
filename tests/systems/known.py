"""Systems with a known answer, each worked out here by a road that bellpush does not take.

An engine joins by being listed; a system joins by being listed in `ALL`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp, log1p
from typing import Any

import numpy as np
from scipy.linalg import expm

from bellpush.scenario.load import Scenario, load

__all__ = ["ALL", "System", "one_link"]


@dataclass(frozen=True)
class System:
    """A scenario with one request, and the numbers it must give, to 1e-12 relative unless said otherwise."""

    name: str
    data: dict[str, Any]
    expected: dict[str, float] = field(default_factory=dict)
    tolerance: float = 1e-11

    def __str__(self) -> str:
        return self.name

    @property
    def scenario(self) -> Scenario:
        return load(self.data)


def one_link(scheme, delivery, memory=None, second=None, qubits=1, **more):
    """The data of a scenario with one link between alice and bob."""
    memory = memory or {"kind": "perfect"}
    return {
        "nodes": {
            "alice": {"memory": memory, "qubits": qubits},
            "bob": {"memory": second or memory, "qubits": qubits},
        },
        "links": [{"between": ["alice", "bob"], "scheme": scheme, **more}],
        "requests": [{"name": "it", "between": ["alice", "bob"], "delivery": delivery}],
    }


def werner(p, fidelity=1.0, duration="10 us", **more):
    state = {"kind": "werner", "fidelity": fidelity}
    return {"kind": "parametric", "attempt_duration": duration, "success_probability": p, "state": state, **more}


def clocked(period, fallback="mixed", **more):
    return {"kind": "clocked", "period": period, "fallback": fallback, **more}


# --- the second road: density matrices, Lindblad equations solved by a matrix exponential, sums attempt by attempt

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
LOWER = np.array([[0, 1], [0, 0]])  # |0><1|


def generator(jumps):
    """The Lindblad generator on one qubit as a 4 x 4 matrix on row-major density matrices."""
    total = np.zeros((4, 4), dtype=complex)
    for rate, jump in jumps:
        square = jump.conj().T @ jump
        total += rate * (np.kron(jump, jump.conj()) - np.kron(square, np.eye(2)) / 2 - np.kron(np.eye(2), square.T) / 2)
    return total


def depolarising(time):
    return lambda t: expm(t * generator([(1 / (4 * time), s) for s in (X, Y, Z)]))


def t1_t2(t1, t2, excited=0.0):
    pure = 1 / t2 - 1 / (2 * t1)
    jumps = [((1 - excited) / t1, LOWER), (excited / t1, LOWER.T), (pure / 2, Z)]
    return lambda t: expm(t * generator(jumps))


def stretched(time, exponent):
    def at(t):
        keep = (1 + exp(-((t / time) ** exponent))) / 2
        return keep * np.eye(4) + (1 - keep) * np.kron(Z, Z)

    return at


def flips(probability, count):
    """Phase flips by further attempts."""
    each = (1 - probability) * np.eye(4) + probability * np.kron(Z, Z)
    return np.linalg.matrix_power(each, count)


def both(rho, first, second):
    """A two-qubit density matrix after a channel on each qubit."""
    tensor = np.asarray(rho, dtype=complex).reshape(2, 2, 2, 2)
    tensor = np.einsum("acxy,xbyd->abcd", first.reshape(2, 2, 2, 2), tensor)
    return np.einsum("bdxy,axcy->abcd", second.reshape(2, 2, 2, 2), tensor).reshape(4, 4)


KETS = {"phi+": [1, 0, 0, 1], "phi-": [1, 0, 0, -1], "psi+": [0, 1, 1, 0], "psi-": [0, 1, -1, 0]}


def projector(name):
    return np.outer(KETS[name], KETS[name]) / 2


def isotropic(fidelity, name="phi+"):
    return fidelity * projector(name) + (1 - fidelity) / 3 * (np.eye(4) - projector(name))


def overlap(rho, name="phi+"):
    return float(np.trace(rho @ projector(name)).real)


def summed(p, count, aged: Callable[[int], Any], newest=False, name="phi+", missed=0.25):
    """Fidelities by a sum over attempts 1 ... count; `aged(j)` is the pair of the attempt j before the last."""
    q = 1 - p
    weights = [p * q ** (j if newest else count - 1 - j) for j in range(count)]
    heralded = sum(w * overlap(aged(j), name) for j, w in enumerate(weights))
    total = 1 - q**count
    return {
        "delivered_probability": total,
        "fidelity": heralded + q**count * missed,
        "fidelity_heralded": heralded / total,
    }


def _depolarising_hold():
    # Slotted closed form: w = p (x^N - q^N) / (x - q), two memories of 2 t_coh each.
    p, q, n, x = 0.01, 0.99, 200, exp(-1 / 1000)
    w = p * (x**n - q**n) / (x - q)
    data = one_link(werner(p), clocked("2 ms"), {"kind": "depolarising", "time": "20 ms"})
    return System("hold, depolarising", data, {"fidelity": (1 + 3 * w) / 4, "delivered_probability": 1 - q**n})


def _depolarising_refresh():
    p, q, n, x = 0.01, 0.99, 200, exp(-1 / 1000)
    w = p * (1 - (q * x) ** n) / (1 - q * x)
    data = one_link(werner(p), clocked("2 ms", attempts="refresh"), {"kind": "depolarising", "time": "20 ms"}, qubits=2)
    return System("refresh, depolarising", data, {"fidelity": (1 + 3 * w) / 4, "delivered_probability": 1 - q**n})


def _disturbed_refresh():
    p, n = 0.05, 100
    memory = {"kind": "t1-t2", "t1": "5 ms", "t2": "4 ms", "excited": 0.1, "per_attempt": {"dephasing": 0.02}}
    age = t1_t2(5e-3, 4e-3, 0.1)
    expected = summed(
        p,
        n,
        lambda j: both(isotropic(0.95), age(j * 1e-5) @ flips(0.02, j), age(j * 1e-5) @ flips(0.02, j)),
        newest=True,
    )
    data = one_link(werner(p, 0.95), clocked("1 ms", attempts="refresh"), memory, qubits=2)
    return System("refresh, T1 and damage by attempts", data, expected)


def _flipping_refresh():
    p, n = 0.2, 41
    first = {"kind": "stretched", "time": "300 us", "exponent": 2, "per_attempt": {"dephasing": 0.8}}
    age = stretched(3e-4, 2)
    rest = 2e-6  # 412 us hold 41 attempts of 10 us
    expected = summed(
        p,
        n,
        lambda j: both(projector("phi+"), age(j * 1e-5 + rest) @ flips(0.8, j), age(j * 1e-5 + rest)),
        newest=True,
    )
    second = {"kind": "stretched", "time": "300 us", "exponent": 2}
    data = one_link(werner(p), clocked("412 us", attempts="refresh"), first, second, qubits=2)
    return System("refresh, Gaussian, damage that flips more often than not", data, expected)


def _stretched_hold():
    p, n, delay = 0.003, 3000, 4e-6
    age = stretched(8e-3, 1.7)
    expected = summed(p, n, lambda j: both(isotropic(0.9), age(j * 1e-5 + delay), np.eye(4)))
    data = one_link(
        werner(p, 0.9, herald_delay="4 us"),
        clocked("30 ms"),
        {"kind": "stretched", "time": "8 ms", "exponent": 1.7},
        {"kind": "perfect"},
    )
    return System("hold, stretched at one end", data, expected, tolerance=1e-10)


def _thermal_hold():
    p = 0.02
    a, b = t1_t2(2e-3, 1e-3, 0.2), depolarising(4e-3)
    lead = 3e-4
    data = one_link(
        werner(p, 0.85),
        {"kind": "clocked", "period": "2 ms", "fallback": "01"},
        {"kind": "t1-t2", "t1": "2 ms", "t2": "1 ms", "excited": 0.2},
        {"kind": "depolarising", "time": "4 ms"},
        overheads=[{"name": "cooling", "duration": "300 us", "when": "cycle-start"}],
    )
    count = int((2e-3 - lead) / 1e-5 + 1e-9)
    rest = 2e-3 - lead - count * 1e-5
    expected = summed(p, count, lambda j: both(isotropic(0.85), a(j * 1e-5 + rest), b(j * 1e-5 + rest)), missed=0.0)
    return System("hold after cooling, thermal T1 beside depolarising, product fallback", data, expected)


def _twisted_hold():
    # A pair that is not Bell-diagonal: a Bell state whose ends were rotated by different angles, and damped.
    turn = np.kron(expm(-0.2j * X), expm(0.15j * Y)) @ np.array(KETS["phi+"]) / np.sqrt(2)
    rho = 0.9 * np.outer(turn, turn.conj()) + 0.1 * np.diag([1, 0, 0, 0])
    paulis = [np.eye(2), X, Y, Z]
    matrix = [[float(np.trace(rho @ np.kron(s, t)).real) for t in paulis] for s in paulis]
    p, n = 0.05, 60
    age = t1_t2(9e-4, 6e-4)
    expected = summed(p, n, lambda j: both(rho, age(j * 1e-5), age(j * 1e-5)))
    data = one_link(
        {
            "kind": "parametric",
            "attempt_duration": "10 us",
            "success_probability": p,
            "state": {"kind": "correlations", "matrix": matrix},
        },
        clocked("600 us"),
        {"kind": "t1-t2", "t1": "900 us", "t2": "600 us"},
    )
    return System("hold, a pair that is not Bell-diagonal", data, expected)


def _certain():
    memory = {"kind": "depolarising", "time": "1 ms"}
    age = depolarising(1e-3)
    rho = both(isotropic(0.9), age(5e-3 - 1e-3), age(5e-3 - 1e-3))
    return [
        System(
            "certain, just in time",
            one_link(werner(1, 0.9, "1 ms"), clocked("5 ms", attempts="just-in-time"), memory),
            {"fidelity": 0.9, "delivered_probability": 1.0, "fidelity_heralded": 0.9, "rate": 200.0},
        ),
        System(
            "certain, held",
            one_link(werner(1, 0.9, "1 ms"), clocked("5 ms"), memory),
            {"fidelity": overlap(rho), "delivered_probability": 1.0},
        ),
        System(
            "certain, refreshed",
            one_link(werner(1, 0.9, "1 ms"), clocked("5 ms", attempts="refresh"), memory, qubits=2),
            {"fidelity": 0.9, "delivered_probability": 1.0},
        ),
        System(
            "just in time, not certain",
            one_link(werner(0.3, 0.9, "1 ms"), clocked("5 ms", attempts="just-in-time"), memory),
            {"fidelity": 0.3 * 0.9 + 0.7 * 0.25, "delivered_probability": 0.3},
        ),
    ]


def _at_the_herald():
    p, delay = 0.02, 8e-6
    age = depolarising(1e-4)
    fresh = overlap(both(isotropic(0.9), age(delay), age(delay)))
    memory = {"kind": "depolarising", "time": "100 us"}
    spread = [{"name": "lock", "duration": "1 ms", "every": "4 ms", "when": "spread"}]
    q, step, n = 1 - p, 1.25e-5, 80
    scheme = werner(p, 0.9, herald_delay="8 us")
    total = 1 - q**n
    mean = sum(k * p * q ** (k - 1) for k in range(1, n + 1)) / total * step
    return [
        System(
            "as soon as heralded",
            one_link(scheme, {"kind": "heralded"}, memory, overheads=spread),
            {"fidelity": fresh, "fidelity_heralded": fresh, "rate": p / step, "latency": step / p},
        ),
        System(
            "by a deadline",
            one_link(scheme, {"kind": "deadline", "within": "1.005 ms", "fallback": "11"}, memory, overheads=spread),
            {
                "delivered_probability": total,
                "fidelity": total * fresh + q**n * 0.5,
                "latency": mean,
                "rate": total / (total * mean + q**n * 1.005e-3),
            },
        ),
    ]


def _no_room():
    data = one_link(werner(0.5), clocked("9 us", fallback="00"), {"kind": "depolarising", "time": "1 ms"})
    return System("no attempt fits", data, {"fidelity": 0.5, "delivered_probability": 0.0, "rate": 0.0})


def _transfer():
    eta = 0.77 * 0.98
    ket = np.array([0, np.sqrt(eta), 1, 0]) / np.sqrt(2)
    born = np.outer(ket, ket) + np.diag([(1 - eta) / 2, 0, 0, 0])
    a, b = t1_t2(5e-6, 6e-6, 0.02), stretched(4e-6, 2)
    caught = overlap(both(born, a(2e-7), b(2e-7)), "psi+")
    held = overlap(both(born, a(2e-7 + 1e-6), b(2e-7 + 1e-6)), "psi+")
    scheme = {
        "kind": "direct-transfer",
        "transmission": 0.77,
        "absorption": 0.98,
        "duration": "200 ns",
        "repetition": "2 us",
    }
    first = {"kind": "t1-t2", "t1": "5 us", "t2": "6 us", "excited": 0.02}
    second = {"kind": "stretched", "time": "4 us", "exponent": 2}
    return [
        System(
            "direct transfer, just in time",
            one_link(scheme, clocked("9 us"), first, second),
            {"fidelity": caught, "delivered_probability": 1.0, "latency": 9e-6, "rate": 1 / 9e-6},
        ),
        System(
            "direct transfer, held",
            one_link(scheme, clocked("3 us", attempts="hold"), first, second),
            {"fidelity": held, "delivered_probability": 1.0},
        ),
        System(
            "direct transfer, as soon as possible",
            one_link(scheme, {"kind": "heralded"}, first, second),
            {"fidelity": caught, "latency": 2e-6, "rate": 5e5},
        ),
    ]


def _clicks():
    # Both nodes bright with certainty, half the photons lost: a click leaves |11>, which shares nothing with psi+.
    bright = {"kind": "single-click", "bright_state_population": 1, "detection_probability": 0.5}
    scheme = {**bright, "attempt_duration": "1 us"}
    success = 0.5 + 0.25  # one photon alone, or both in one detector
    memory = {"kind": "t1-t2", "t1": "10 us"}
    age = t1_t2(1e-5, 2e-5)
    left = both(np.diag([0, 0, 0, 1]), age(0.5e-6), age(0.5e-6))
    n, q = 4, 1 - success
    expected = summed(
        success,
        n,
        lambda j: both(np.diag([0, 0, 0, 1]), age(j * 1e-6 + 0.5e-6), age(j * 1e-6 + 0.5e-6)),
        name="psi+",
        missed=overlap(left, "psi+"),
    )
    assert abs(expected["delivered_probability"] - (1 - q**n)) < 1e-15
    high = {
        "kind": "single-click",
        "bright_state_population": [0.2, 0.3],
        "detection_probability": [0.3, 0.4],
        "dark_count_probability": 1e-3,
        "visibility": 0.9,
        "phase_noise": "0.25 rad",
        "double_excitation": [0.04, 0.02],
        "attempt_duration": "5 us",
    }
    p, fresh = 0.1739203056, 0.7230189632
    waiting = exp(40 * log1p(-p))
    return [
        System(
            "single clicks of nodes that are always bright, memories as fallback",
            one_link(scheme, {"kind": "clocked", "period": "4.5 us", "fallback": "memories"}, memory),
            expected,
        ),
        System(
            "single clicks at high efficiency, by a deadline",
            one_link(high, {"kind": "deadline", "within": "200 us", "fallback": "mixed"}),
            {
                "delivered_probability": 1 - waiting,
                "fidelity_heralded": fresh,
                "fidelity": (1 - waiting) * fresh + waiting / 4,
            },
            tolerance=1e-9,
        ),
        System(
            "single clicks at high efficiency, counted, T1 and memories as fallback",
            one_link(
                {**high, "detectors": "number-resolving"},
                {"kind": "clocked", "period": "52 us", "fallback": "memories"},
                {"kind": "t1-t2", "t1": "80 us", "t2": "50 us"},
            ),
            {"delivered_probability": 1 - (1 - 0.1669219) ** 10},
            tolerance=1e-6,
        ),
    ]


def _asked_the_other_way():
    scheme = {"kind": "direct-transfer", "transmission": 0.5, "duration": "0 s", "repetition": "1 us"}
    data = one_link(scheme, clocked("0.5 us", fallback="01"), {"kind": "perfect"})
    data["requests"][0]["between"] = ["bob", "alice"]
    return System("asked for from the second node, no attempt fits", data, {"fidelity": 0.5})


ALL: list[System] = [
    _depolarising_hold(),
    _depolarising_refresh(),
    _disturbed_refresh(),
    _flipping_refresh(),
    _stretched_hold(),
    _thermal_hold(),
    _twisted_hold(),
    *_certain(),
    *_at_the_herald(),
    _no_room(),
    *_transfer(),
    *_clicks(),
    _asked_the_other_way(),
]
