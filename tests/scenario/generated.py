"""Scenarios drawn at random: plausible ones over everything that can be written, and broken ones made from them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

__all__ = ["broken", "plausible"]

POWERS = st.floats(-9, 3).map(lambda x: 10.0**x)
EXTREME = st.sampled_from([1e-300, 1e-30, 1e-29, 1e-15, 1.0, 1e9, 1e29, 1e30, 1e300])
TIMES = st.one_of(POWERS, POWERS, POWERS, EXTREME).map(lambda x: f"{x!r} s")
LENGTHS = st.one_of(st.floats(0, 1e6), st.sampled_from([0.0, 1e-300, 1e30, 1e300])).map(lambda x: f"{x!r} m")
CHANCES = st.one_of(
    st.floats(0, 1), st.floats(0, 1e-3), st.sampled_from([0, 1, 0.0, 1.0, 1e-300, 1e-17, 1 - 1e-16, 5e-324])
)
PER_END = st.one_of(CHANCES, st.tuples(CHANCES, CHANCES).map(list))


def _record(kind: str | None, fields: dict[str, Any], optional: dict[str, Any] | None = None) -> Any:
    """A mapping with all fields, and some of the optional ones."""
    fixed = {} if kind is None else {"kind": st.just(kind)}
    return st.fixed_dictionaries({**fixed, **fields}, optional=optional or {})


ATTEMPT = {"per_attempt": _record(None, {"dephasing": CHANCES}), "lifetime": TIMES}
CELLS = st.one_of(
    _record("perfect", {}, ATTEMPT),
    _record("depolarising", {"time": TIMES}, ATTEMPT),
    _record("dephasing", {"time": TIMES}, ATTEMPT),
    _record("t1-t2", {}, {"t1": TIMES, "t2": TIMES, "excited": CHANCES, **ATTEMPT}),
    _record("t1-t2", {"t1": st.just("5 ms")}, {"t2": st.just("8 ms"), "excited": CHANCES, **ATTEMPT}),
    _record("stretched", {"time": TIMES, "exponent": st.floats(0.1, 10)}, ATTEMPT),
    _record("two-channel", {"time": TIMES, "population_time": TIMES}, ATTEMPT),
    _record(
        "decoupled",
        {"spacing": TIMES},
        {"time": TIMES, "echo": TIMES, "pulse_error": CHANCES, "block": st.sampled_from([1, 8, 10**9]), **ATTEMPT},
    ),
)
MEMORIES = st.one_of(
    CELLS, _record("moved", {"into": CELLS, "fidelity": st.floats(0.5, 1)}, {"before": CELLS, "duration": TIMES})
)
LINEWIDTHS = st.sampled_from(["10.4 MHz", "13.5 MHz", "1e-300 Hz", "1e30 Hz"])
ENDS = _record(
    None,
    {},
    {
        "linewidth": LINEWIDTHS,
        "t1_ge": TIMES,
        "t1_ef": TIMES,
        "t2_ge": TIMES,
        "excited": CHANCES,
        "detuning": st.sampled_from(["-1 MHz", "0 Hz", "1e30 Hz"]),
    },
)
DEVICES = _record(
    "transmon",
    {"linewidth": LINEWIDTHS},
    {"t1_ge": TIMES, "t2_ge": TIMES, "t1_ef": TIMES, "t2_ef": TIMES, "anharmonicity": st.just("-265 MHz")},
)
EMITTERS = _record(
    "emitter",
    {"lifetime": st.sampled_from(["12 ns", "7 ns", "1e-30 s", "1e30 s"])},
    {
        "branching": CHANCES,
        "collection": CHANCES,
        "pulse_width": st.sampled_from(["0 s", "2 ns", "1 us", "1e-300 s"]),
        "pulse_shape": st.sampled_from(["gaussian", "square"]),
        "pulse_area": st.sampled_from(["180 deg", "90 deg", "0 rad", "1e30 rad"]),
        "coherence_time": st.sampled_from(["14 ns", "1e-30 s"]),
        "spectral_diffusion": st.sampled_from(["0 Hz", "5 MHz", "1e30 Hz"]),
        "detuning": st.sampled_from(["0 Hz", "-5 MHz", "1 GHz", "1e30 Hz"]),
        "timing_offset": st.sampled_from(["0 s", "1 ns", "-1e30 s"]),
        "preparation": TIMES,
    },
)
NODES = st.one_of(
    _record(None, {}, {"memory": MEMORIES, "device": st.one_of(DEVICES, EMITTERS), "qubits": st.integers(1, 3)}),
    _record(None, {"device": EMITTERS}, {"memory": MEMORIES}),
    _record(None, {"preset": st.sampled_from(["nv-2018", "transmon-2018-a", "transmon-2020"])}, {"memory": MEMORIES}),
)
SHAPES = st.sampled_from(
    [
        {"shape": "sech"},
        {"shape": "sech", "bandwidth": "8 MHz"},
        {"shape": "exponential", "rise": "5 MHz", "fall": "9 MHz"},
        {"shape": "sampled", "times": [f"{t} ns" for t in range(9)], "amplitudes": [0, 1, 2, 3, 4, 3, 2, 1, 0]},
    ]
)
BELL = st.sampled_from(["phi+", "phi-", "psi+", "psi-"])
STATES = st.one_of(
    _record("werner", {"fidelity": CHANCES}),
    st.floats(0, 1).map(lambda w: {"kind": "bell-diagonal", "weights": {"phi+": w, "psi-": 1 - w}}),
    st.floats(-1, 1).map(
        lambda c: {"kind": "correlations", "matrix": [[1, 0, 0, 0], [0, c, 0, 0], [0, 0, c, 0], [0, 0, 0, -abs(c)]]}
    ),
)
DETECTIONS = _record(
    None,
    {},
    {
        "window": st.sampled_from(["25 ns", "1e-300 s", "1 s"]),
        "efficiency": CHANCES,
        "dark_count_rate": st.sampled_from(["0 Hz", "20 Hz", "1e30 Hz"]),
        "begin": st.sampled_from(["0 s", "3 ns"]),
        "click_times": st.sampled_from(["recorded", "discarded"]),
        "jitter": st.sampled_from(["0 s", "1 ns", "1e30 s"]),
        "dead_time": TIMES,
        "filter": st.sampled_from(["1 Hz", "1 GHz"]),
    },
)
TRIES = st.one_of(
    _record(
        "parametric",
        {"attempt_duration": TIMES, "success_probability": CHANCES, "state": STATES},
        {"herald_delay": st.sampled_from(["0 s", "1 ns", "1e-300 s", "0 s"]), "target": BELL},
    ),
    _record(
        "single-click",
        {"bright_state_population": PER_END, "detection_probability": PER_END, "attempt_duration": TIMES},
        {
            "dark_count_probability": CHANCES,
            "visibility": CHANCES,
            "phase_noise": st.sampled_from(["0 deg", "14.3 deg", "3 rad", "1e3 rad", "1e30 rad"]),
            "double_excitation": PER_END,
            "detectors": st.sampled_from(["threshold", "number-resolving"]),
            "coherence": CHANCES,
            "excitation": PER_END,
            "split": CHANCES,
            "drift_time": TIMES,
            "lock_period": TIMES,
            "detection": DETECTIONS,
        },
    ),
    _record(
        "double-click",
        {},
        {
            "detection_probability": PER_END,
            "attempt_duration": TIMES,
            "dark_count_probability": CHANCES,
            "visibility": CHANCES,
            "coherence": CHANCES,
            "double_excitation": PER_END,
            "encoding": st.sampled_from(["time-bin", "polarisation"]),
            "separation": TIMES,
            "detection": DETECTIONS,
        },
    ),
    _record(
        "direct-transfer",
        {"duration": st.sampled_from(["0 s", "1e-300 s", "180 ns"]), "repetition": TIMES},
        {"transmission": CHANCES, "absorption": CHANCES},
    ),
    _record(
        "photon-transfer",
        {"window": st.sampled_from(["180 ns", "1 us", "1e-300 s"]), "repetition": st.sampled_from(["20 us", "1 s"])},
        {
            "sender": ENDS,
            "receiver": ENDS,
            "photon": SHAPES,
            "transmission": CHANCES,
            "absorption": CHANCES,
            "timing_error": st.sampled_from(["-1 ns", "0 s", "1e30 s"]),
            "pi_pulse": st.sampled_from(["0 s", "20 ns"]),
        },
    ),
)
SCHEMES = st.one_of(
    TRIES,
    _record(
        "multiplexed",
        {"scheme": TRIES, "modes": st.sampled_from([1, 2, 62, 1000, 10**7])},
        {
            "multiplexing": st.sampled_from(["space", "frequency", "time"]),
            "spacing": TIMES,
            "switching": PER_END,
            "feed_forward": TIMES,
        },
    ),
)
WAVES = st.sampled_from(["1550 nm", "854 nm", "200 nm", "3 cm"])
ELEMENTS = st.one_of(
    _record(
        None,
        {"kind": st.sampled_from(["fibre", "waveguide"]), "length": LENGTHS},
        {
            "attenuation": st.sampled_from(["0 dB/m", "0.2 dB/km", "1e30 dB/m"]),
            "speed": st.sampled_from(["2e5 km/s", "1e-30 m/s"]),
        },
    ),
    _record("fibre", {"length": LENGTHS}, {"wavelength": WAVES}),
    _record(
        "converter",
        {"efficiency": CHANCES},
        {"noise": st.sampled_from(["0 Hz", "35 Hz", "1e30 Hz"]), "wavelength": WAVES, "latency": TIMES},
    ),
    _record(
        "free-space",
        {"length": LENGTHS},
        {
            "collection": CHANCES,
            "aperture": LENGTHS,
            "waist": LENGTHS,
            "divergence": st.sampled_from(["0 rad", "10 deg", "1e30 rad"]),
            "wavelength": WAVES,
            "attenuation": st.just("1 dB/km"),
        },
    ),
)
OVERHEADS = st.lists(
    st.one_of(
        _record(None, {"name": st.just("lock"), "duration": TIMES, "every": TIMES, "when": st.just("spread")}),
        _record(
            None,
            {"name": st.just("reload"), "duration": TIMES, "attempts": st.sampled_from([1, 1e3, 1e30])}
            | {"when": st.just("spread")},
            {"success_probability": CHANCES},
        ),
        _record(
            None,
            {"name": st.just("cool"), "duration": TIMES, "when": st.just("cycle-start")},
            {"success_probability": CHANCES},
        ),
    ),
    max_size=2,
)
FALLBACKS = st.sampled_from(["mixed", "memories", "00", "01", "10", "11"])
DELIVERIES = st.one_of(
    _record("heralded", {}),
    _record("deadline", {"within": TIMES, "fallback": FALLBACKS}),
    _record(
        "clocked",
        {"period": TIMES, "fallback": FALLBACKS},
        {"attempts": st.sampled_from(["hold", "refresh", "just-in-time"])},
    ),
)
LINKS = _record(
    None,
    {"between": st.just(["alice", "bob"]), "scheme": SCHEMES},
    {
        "channel": st.one_of(ELEMENTS, st.lists(ELEMENTS, max_size=3)),
        "channels": st.lists(st.one_of(ELEMENTS, st.lists(ELEMENTS, max_size=2)), min_size=2, max_size=2),
        "overheads": OVERHEADS,
    },
)
REQUESTS = _record(
    None,
    {"between": st.permutations(["alice", "bob"]), "delivery": DELIVERIES},
    {"min_fidelity": CHANCES, "name": st.just("asked")},
)
plausible = st.fixed_dictionaries(
    {"nodes": st.fixed_dictionaries({"alice": NODES, "bob": NODES}), "links": st.tuples(LINKS).map(list)},
    optional={
        "requests": st.tuples(REQUESTS).map(list),
        "run": _record(None, {}, {"seed": st.integers(0, 9), "horizon": TIMES}),
        "defaults": _record(None, {}, {"node": _record(None, {}, {"qubits": st.just(2)})}),
    },
)

WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**40),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["5 m", "65 rad/us", "NaN s", "9**9**9 s", "inf s", "-1 s", "1e999 s", "1 parsec", "0 s", "mixed"]),
    st.lists(st.integers(0, 2), max_size=5),
    st.dictionaries(st.sampled_from(["kind", "name", "time", "x"]), st.sampled_from(["werner", 3, None]), max_size=2),
)


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """A plausible scenario with one to three pieces dropped, replaced, renamed or doubled."""
    data: dict[str, Any] = deepcopy(draw(plausible))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(data))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["drop", "replace", "replace", "rename", "double"])):
            case "drop":
                del holder[key]
            case "replace":
                holder[key] = draw(WRONG)
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["preset", "kind", "a.b", "1a", "require", "x", ""]))] = holder.pop(key)
            case _ if isinstance(holder, list):
                holder.append(deepcopy(holder[key]))
    return data


def _places(data: Any) -> Any:
    """Every container with each of its keys."""
    if isinstance(data, dict | list):
        for key, child in data.items() if isinstance(data, dict) else enumerate(data):
            yield data, key
            yield from _places(child)
