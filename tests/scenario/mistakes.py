"""Scenarios that are wrong, each in one way, and scenarios that ask for what is not built yet."""

from __future__ import annotations

from tests.scenario.files import GOOD, but

__all__ = ["NOT_BUILT", "WRONG"]

BOMB = (
    "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 6))
    + GOOD
)
BIT = "time: 400 ms"
PERIOD = "period: 100 ms"
CHANNEL = "channel: {kind: fibre, length: 2 m, attenuation: 0.2 dB/km}"
PARAMETRIC = "scheme: {{kind: parametric, attempt_duration: 1 us, success_probability: 0.1, state: {}}}\n    # ".format
MODES = "scheme: {{kind: multiplexed, {}, scheme: {{kind: parametric, attempt_duration: 1 us, success_probability: "
MODES += "0.1, state: {{kind: werner, fidelity: 0.9}}}}}}\n"
SCHEME = "scheme:\n      kind: single-click\n      bright_state_population: 0.1\n"
SCHEME += "      detection_probability: 1.0e-3\n      attempt_duration: 5.5 us\n"

# What is wrong -> the text, and what the message must say.
WRONG = {
    "a duplicate key": (but((BIT, "time: 400 ms, time: 3 s")), "`time` stands twice in one mapping, first in line 4"),
    "a bare attenuation": (but(("0.2 dB/km", "0.2")), 'is 0.2 without a unit. Write "0.2 dB/km"'),
    "a bare time": (but((BIT, "time: 0.4")), 'is 0.4 without a unit. Write "0.4 s"'),
    "not a number": (but((PERIOD, "period: NaN s")), 'must be a number with a unit, but is "NaN s"'),
    "an expression": (but((PERIOD, "period: 9**9**9 s")), 'must be a number with a unit, but is "9**9**9 s"'),
    "infinity": (but((PERIOD, "period: inf s")), 'must be a number with a unit, but is "inf s"'),
    "an overflow": (but((PERIOD, "period: 1e999 s")), 'must be finite, but is "1e999 s"'),
    "an infinite float": (but(("1.0e-3", ".inf")), "must be finite, but is inf"),
    "an alias bomb": (BOMB, "unfolds to too many values"),
    "a recursive alias": (but(("two nodes", "&x [*x]")), "nests too deeply"),
    "a Python tag": (but(("0.1\n", "!!python/object/apply:os.system [touch x]\n")), "has the tag"),
    "a tag of one's own": (but(("0.1\n", "!mine 0.1\n")), "has the tag `!mine`"),
    "a large file": (GOOD + "# " + 300 * 1024 * "x", "at most 300 KiB"),
    "a negative time": (but((PERIOD, "period: -1 ms")), "must be greater than 0 s, but is -1 ms"),
    "a probability of 1.5": (but(("1.0e-3", "1.5")), "must be at most 1, but is 1.5"),
    "T2 > 2 T1": (but(("t2: 8 ms", "t2: 11 ms")), "needs `t2` of at most 2 `t1` = 10 ms, but `t2` is 11 ms"),
    "an unknown node": (but(("[alice, bob]", "[alice, bobb]")), "there is no `bobb`. Did you mean `bob`?"),
    "01 without quotes": (but(("mixed", "01")), '`01` without quotes is read as the number 1. Write "01"'),
    "10 without quotes": (
        but(("mixed", "10")),
        'must be quoted if it is a product state, but is the number 10. Write "10"',
    ),
    "00 without quotes": (but(("mixed", "00")), '`00` without quotes is read as the number 0. Write "00"'),
    "a length for a time": (but((PERIOD, "period: 5 m")), 'must be given in s or a multiple of it, but is "5 m"'),
    "an angular frequency": (but((BIT, "time: 65 rad/us")), 'but is "65 rad/us"'),
    "an unknown unit": (but((PERIOD, "period: 5 parsecs")), 'has the unknown unit "parsecs"'),
    "an unknown field": (but(("attenuation", "atenuation")), "is not a field here. Did you mean `attenuation`?"),
    "an unknown kind": (but(("single-click", "single-clik")), "Did you mean `single-click`?"),
    "no kind": (but(("kind: depolarising, ", "")), "must say its `kind`"),
    "a missing field": (
        but(("      attempt_duration: 5.5 us\n", "")),
        "attempt_duration` must be given, but is missing",
    ),
    "an empty file": ("", "must hold one document, but is empty"),
    "only a comment": ("# nothing\n", "must hold one document, but is empty"),
    "two documents": (GOOD + "---\n" + GOOD, "must hold one document, but has 2"),
    "a list": ("- 1\n- 2\n", "A scenario must be a mapping with `nodes`, `links` and `requests`, but is a list of 2"),
    "no YAML": (but(("two nodes", "[a")), "This is not valid YAML"),
    "a control character": (but(("two nodes", "\x07")), "my.yaml:1:7: This is not valid YAML"),
    "a name that starts with a digit": (but(("alice:", "1a:")), "`nodes.1a` must be a name of letters, digits"),
    "a name with a dot": (but(("alice:", "a.b:")), "`nodes.a.b` must be a name of letters, digits"),
    "a key that is a number": (but(("alice:", "1:")), "`nodes.1` must be a name of letters"),
    "a key that is a list": (but(("alice:", "[a]:")), "A name must be text, but this is a list or a mapping"),
    "an unknown preset": (but(("memory: {kind: d", "preset: nv2018\n    memory: {kind: d")), "Did you mean `nv-2018`?"),
    "a link with one end": (but(("[alice, bob]", "[alice]")), "must name two nodes, but names 1"),
    "a link to itself": (
        but(("[alice, bob]", "[bob, bob]")),
        "must name different nodes, but names `bob` more than once",
    ),
    "a link with three ends": (but(("[alice, bob]", "[alice, bob, alice2]")), "must name two nodes, but names 3"),
    "no route joins them": (
        but(
            ("  bob:", "  carol: {}\n  bob:"),
            ("clocked\n    between: [alice, bob]", "clocked\n    between: [alice, carol]"),
        ),
        "`requests.clocked.between` must name nodes that links join, but no route joins alice and carol. "
        "Try alice and bob.",
    ),
    "refresh with one qubit": (but(("mixed", "mixed, attempts: refresh")), "needs two qubits at each node for refresh"),
    "weights of 0.9": (
        but((SCHEME, PARAMETRIC("{kind: bell-diagonal, weights: {phi+: 0.5, phi-: 0.4}}"))),
        "must have `weights` that add up to 1, but they add up to 0.9",
    ),
    "unphysical correlations": (
        but((SCHEME, PARAMETRIC("{kind: correlations, matrix: [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}"))),
        "must be a physical state, but its density matrix has the eigenvalue -0.5",
    ),
    "a herald after the attempt": (
        but((SCHEME, PARAMETRIC("{kind: werner, fidelity: 0.9}, herald_delay: 2 us"))),
        "must have a `herald_delay` of at most its `attempt_duration` 1 us, but it is 2 us",
    ),
    "a transfer longer than its repetition": (
        but((SCHEME, "scheme: {kind: direct-transfer, transmission: 1, duration: 3 us, repetition: 2 us}\n")),
        "must have a `duration` of at most its `repetition` 2 us, but it is 3 us",
    ),
    "pulses longer than their repetition": (
        but((SCHEME, "scheme: {kind: photon-transfer, transmission: 1, window: 3 us, repetition: 2 us}\n")),
        "must have `preparation` + `window` + `pi_pulse` of at most its `repetition` 2 us, but they take 3 us",
    ),
    "a transfer without devices": (
        but((SCHEME, "scheme: {kind: photon-transfer, transmission: 1, window: 1 us, repetition: 2 us}\n")),
        "`links.0.scheme` needs the `linewidth` of its sender, but neither `sender` nor a `device` of that node",
    ),
    "a photon of no shape": (
        but((SCHEME, "scheme: {kind: photon-transfer, photon: {bandwidth: 1 MHz}, window: 1 us, repetition: 2 us}\n")),
        "`links.0.scheme.photon` must say its `shape`. Try one of `sech`, `exponential`, `sampled`",
    ),
    "a photon of an unknown shape": (
        but((SCHEME, "scheme: {kind: photon-transfer, photon: {shape: sesh}, window: 1 us, repetition: 2 us}\n")),
        '`links.0.scheme.photon.shape` must be one of sech, exponential, sampled, but is the text "sesh". Did you',
    ),
    "a field of another shape": (
        but((SCHEME, "scheme: {kind: photon-transfer, photon: {shape: sech, rise: 1 MHz}, window: 1 us}\n")),
        "`links.0.scheme.photon.rise` is not a field here",
    ),
    "no number in a sampled photon": (
        but((SCHEME, "scheme: {kind: photon-transfer, photon: {shape: sampled, times: [1 ns], amplitudes: [.nan]}}\n")),
        "`links.0.scheme.photon.amplitudes.0` must be finite, but is nan",
    ),
    "a coherence longer than relaxation allows": (
        but(
            (
                "    memory: {kind: d",
                "    device: {kind: transmon, linewidth: 1 MHz, t1_ge: 5 us, t2_ge: 11 us}\n    memory: {kind: d",
            )
        ),
        "`nodes.alice.device` needs `t2_ge` of at most 2 `t1_ge` = 10 us, but `t2_ge` is 11 us",
    ),
    "an anharmonicity of the wrong sign": (
        but(
            (
                "    memory: {kind: d",
                "    device: {kind: transmon, linewidth: 1 MHz, anharmonicity: 265 MHz}\n    memory: {kind: d",
            )
        ),
        "`nodes.alice.device.anharmonicity` must be less than 0 Hz, but is 265 MHz",
    ),
    "an unknown device": (
        but(("    memory: {kind: d", "    device: {kind: transom, linewidth: 1 MHz}\n    memory: {kind: d")),
        "`nodes.alice.device.kind` must be one of transmon, emitter, "
        'but is the text "transom". Did you mean `transmon`?',
    ),
    "too many attempts to tell apart": (but((PERIOD, "period: 1e30 s")), "must have room for fewer than"),
    "both channel and channels": (
        but((CHANNEL, CHANNEL + "\n    channels: [[], []]")),
        "`links.0` must have `channel` or `channels`, but has both",
    ),
    "an empty channel beside channels": (
        but((CHANNEL, "channel: []\n    channels: [[], []]")),
        "`links.0` must have `channel` or `channels`, but has both",
    ),
    "channels with one arm": (
        but((CHANNEL, "channels: [{kind: fibre, length: 2 m}]")),
        "must list two arms, each from",
    ),
    "channels with three arms": (but((CHANNEL, "channels: [[], [], []]")), "to the station, but lists 3"),
    "a length below zero in an arm": (
        but((CHANNEL, "channels: [[], [{kind: fibre, length: -2 m}]]")),
        "`links.0.channels.1.0.length` must be at least 0 m, but is -2 m",
    ),
    "a converter without its efficiency": (
        but((CHANNEL, "channel: {kind: converter}")),
        "`links.0.channel.efficiency` must be given, but is missing",
    ),
    "a converter that gains": (but((CHANNEL, "channel: {kind: converter, efficiency: 1.2}")), "at most 1, but is 1.2"),
    "free space without a receiver": (
        but((CHANNEL, "channel: {kind: free-space, length: 2 m}")),
        "`links.0.channel` needs `collection`, or an `aperture` and a `divergence` or `waist`",
    ),
    "a converter for the photons of one node alone": (
        but((CHANNEL, "channel: [{kind: converter, efficiency: 0.3}, {kind: fibre, length: 10 km}]")),
        "`links.0.channel` must hold the same elements seen from either node, since it is cut in the middle",
    ),
    "a converter for one node's photons of every mode": (
        but(
            (CHANNEL, "channel: [{kind: fibre, length: 2 km}, {kind: converter, efficiency: 0.3}]"),
            (
                SCHEME,
                "scheme: {kind: multiplexed, modes: 2, scheme: {kind: double-click, detection_probability: 0.1, "
                "attempt_duration: 1 ms}}\n",
            ),
        ),
        "channels: [[{kind: converter, ...}, {kind: fibre, length: 1 km}], [{kind: converter, ...}, {kind: fibre",
    ),
    "a fibre for other light": (
        but(
            (
                CHANNEL,
                "channel: [{kind: converter, efficiency: 0.3, wavelength: 1550 nm}, "
                "{kind: fibre, length: 2 m, wavelength: 854 nm}]",
            )
        ),
        "`links.0.channel` has a fibre that must carry the light that comes, of 1.55 um",
    ),
    "a fibre of unknown loss": (
        but((CHANNEL, "channel: {kind: fibre, length: 2 m, wavelength: 200 nm}")),
        "`links.0.channel` must give `attenuation` at 200 nm",
    ),
    "an unknown element": (but((CHANNEL, "channel: {kind: fiber, length: 2 m}")), "Did you mean `fibre`?"),
    "a station where no photons meet": (
        but(
            (CHANNEL, "channels: [[], []]"),
            (SCHEME, "scheme: {kind: direct-transfer, transmission: 1, duration: 1 us, repetition: 2 us}\n"),
        ),
        "`links.0.channels` put a station between two arms, but no photons meet in the direct-transfer scheme",
    ),
    "half a mode": (
        but((SCHEME, MODES.format("modes: 1.5"))),
        "`links.0.scheme.modes` must be a whole number, but is 1.5",
    ),
    "no modes": (
        but((SCHEME, MODES.format("modes: 0"))),
        "`links.0.scheme.modes` must be a whole number of at least 1",
    ),
    "time bins without their spacing": (
        but((SCHEME, MODES.format("modes: 2, multiplexing: time"))),
        "`links.0.scheme` needs the `spacing` of its time bins",
    ),
    "a mode that is wrong itself": (
        but((SCHEME, MODES.format("modes: 2").replace("0.1,", "1.1,"))),
        "`links.0.scheme.scheme.success_probability` must be at most 1, but is 1.1",
    ),
    "modes of modes": (
        but((SCHEME, MODES.format("modes: 2").replace("parametric", "multiplexed"))),
        "`links.0.scheme.scheme.kind` must be one of parametric, single-click",
    ),
    "a clock that waits for a fixed delay": (
        but(("kind: depolarising, time: 400 ms", "kind: fixed-delay, delay: 25 us")),
        "needs memories that give a qubit when it is asked for, but the fixed-delay of `alice` does so at its own time",
    ),
    "a herald after the delay": (
        but(
            ("kind: depolarising, time: 400 ms", "kind: fixed-delay, delay: 1 ns"),
            ("kind: clocked, period: 100 ms, fallback: mixed", "kind: heralded"),
        ),
        "joins `alice`, whose memory gives its qubit back after 1 ns, before its herald is known after 10 ns",
    ),
    "an engine that is none": (but(("two nodes", "x\nrun: {engine: exakt}")), "run.engine"),
}


NOT_BUILT = {
    **{
        kind: (
            but(("name: clocked", f"policy: {{kind: {kind}}}")),
            f"No policy of kind `{kind}` is built yet. Try `direct`",
        )
        for kind in ("optimal",)
    },
    **{
        kind: (
            but(("name: clocked", f"target: {{kind: {kind}}}")),
            f"No target of kind `{kind}` is built yet. Try `bell`",
        )
        for kind in ("ghz", "w", "graph")
    },
    **{
        word: (
            but(("name: clocked", f"name: clocked\n    {word}: 1")),
            f"`requests.clocked.{word}` cannot be answered yet.",
        )
        for word in ("require", "pairs", "start", "arrivals", "priority")
    },
    **{word: (GOOD + f"{word}: {{}}\n", f"`{word}` cannot be answered yet.") for word in ("applications", "schedule")},
    "device": (
        but(("    memory: {kind: d", "    device: {kind: nv-centre}\n    memory: {kind: d")),
        "No device of kind `nv-centre` is built yet. Try `transmon`",
    ),
    "monte-carlo": (but(("two nodes", "x\nrun: {engine: monte-carlo}")), "Try --engine exact or physics"),
    "three parties": (
        but(
            ("  bob:", "  carol: {}\n  bob:"), ("clocked\n    between: [alice,", "clocked\n    between: [carol, alice,")
        ),
        "names 3 nodes, and only pairs are built yet. Try two nodes",
    ),
    "two links between two nodes": (
        but(
            (
                "links:\n",
                "links:\n  - {name: x, between: [alice, bob], "
                + PARAMETRIC("{kind: werner, fidelity: 1}")[:-7]
                + "}\n",
            )
        ),
        "could use `x`, `alice-bob`; only one way between two nodes is built yet",
    ),
}
