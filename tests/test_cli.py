"""The command line: what it prints where, and what it ends with."""

from __future__ import annotations

import json
import sys

import pytest
from tests.scenario.files import GOOD, but, saved
from tests.scenario.mistakes import NOT_BUILT, WRONG

from bellpush import cli


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Runs the command in an empty folder; gives exit status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bellpush", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_scenario_ends_with_status_2_and_a_message_alone(command, tmp_path, name):
    """A script must see the failure, a person must see the reason, and nobody must find half an answer."""
    text, says = WRONG[name]
    path = saved(tmp_path, text)
    status, out, err = command("run", "my.yaml", "--json")
    assert status == 2
    assert says in err
    assert err.startswith("my.yaml"), "every error of a file says which file"
    assert "Traceback" not in err
    assert not out
    assert list(tmp_path.iterdir()) == [path], "nothing is written"


@pytest.mark.parametrize("name", NOT_BUILT)
def test_what_is_not_built_yet_ends_with_status_3_and_what_can_be_had(command, tmp_path, name):
    """Asking for what is planned is no mistake; the user learns that it is not there, and what is."""
    text, says = NOT_BUILT[name]
    saved(tmp_path, text)
    status, out, err = command("run", "my.yaml", "--json")
    assert status == 3, err
    assert says in err
    assert "Traceback" not in err
    assert not out


@pytest.mark.parametrize("name", [n for n in NOT_BUILT if n != "monte-carlo"])
def test_real_errors_come_before_what_is_not_built(command, tmp_path, name):
    """Status 3 promises that the scenario is right; with a mistake in it, the mistake is what counts."""
    saved(tmp_path, NOT_BUILT[name][0].replace("t2: 8 ms", "t2: 11 ms"))
    status, _, err = command("run", "my.yaml")
    assert status == 2
    assert "needs `t2` of at most" in err
    assert "yet" not in err


def test_a_contradiction_between_two_places_comes_before_what_is_not_built(command, tmp_path):
    """Refresh without a second qubit shows only once delivery and nodes are seen together."""
    asks = "clocked, period: 100 ms, fallback: mixed"
    saved(tmp_path, but((asks, asks + ", attempts: refresh"), ("requests:", "applications: {}\nrequests:")))
    status, _, err = command("check", "my.yaml")
    assert status == 2
    assert "refresh" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "nope.yaml"], "`nope.yaml` cannot be read: No such file"),
        (["run", "./"], "cannot be read: Is a directory"),
        (["run", "humphreys-2081"], "There is no preset `humphreys-2081`. Did you mean `humphreys-2018`?"),
        (["run", "humphreys-2018", "--set", "abc"], "must have the form PATH=VALUE"),
        (["run", "humphreys-2018", "--set", "=3"], "must have the form PATH=VALUE"),
        (["run", "humphreys-2018", "--set", "links.0.scheme.foo=3"], "`links.0.scheme.foo` is not a field here"),
        (["run", "humphreys-2018", "--set", "links.5.scheme=3"], "`links` has no item `5`. Try `alice-bob`"),
        (["run", "humphreys-2018", "--set", "links.0.scheme.visibility.x=3"], "is a single value and has no `x`"),
        (["run", "humphreys-2018", "--set", "links.0.channel.length=5"], 'is 5 without a unit. Write "5 m"'),
        (["run", "humphreys-2018", "--set", "links.0.channel={a: 1"], "This is not valid YAML"),
        (["run", "humphreys-2018", "--set", "links.0.scheme.visibility="], "must be a number, but is empty"),
        (["run", "humphreys-2018", "--set", "nodes.alice.preset=transmon-2020"], "is written out when"),
        (["run", "humphreys-2018", "--shots", "0"], "`shots` must be a whole number of at least 1, but is 0"),
        (["run", "humphreys-2018", "--seed", "-1"], "`seed` must be a whole number of at least 0, but is -1"),
        (["run", "humphreys-2018", "--engine", "exakt"], "exakt"),
        (["run"], "WHAT"),
        (["runn", "humphreys-2018"], "runn"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_ends_with_status_2(command, words, says):
    """The same promise holds for what is typed: a reason on standard error, nothing on standard output."""
    status, out, err = command(*words)
    assert status == 2
    assert says in err
    assert "Traceback" not in err
    assert not out


def test_files_that_are_no_text_are_refused(command, tmp_path):
    """A scenario dragged from the wrong folder may be an image, or text in another encoding."""
    (tmp_path / "my.yaml").write_bytes(GOOD.replace("two nodes", "zwölf").encode("latin-1"))
    assert command("run", "my.yaml")[0] == 2
    (tmp_path / "my.yaml").write_bytes(GOOD.encode("utf-16"))
    status, out, err = command("run", "my.yaml")
    assert (status, out) == (2, "")
    assert "must be UTF-8 text" in err


def test_an_engine_that_is_planned_ends_with_status_3(command):
    """`--engine monte-carlo` stands in the manual of the future, not of today."""
    status, out, err = command("run", "humphreys-2018", "--engine", "monte-carlo")
    assert (status, out) == (3, "")
    assert "Try --engine exact or physics" in err


def test_several_scenarios_give_a_list_and_one_gives_a_document(command):
    """Whoever reads the JSON by program must know its shape beforehand."""
    one = json.loads(command("run", "kurpiers-2018", "--json")[1])
    two = json.loads(command("run", "kurpiers-2018", "magnard-2020", "--json")[1])
    assert two[0] == one
    assert [document["scenario"]["name"] for document in two] == ["Kurpiers 2018", "Magnard 2020"]


def test_check_says_that_a_sound_scenario_is_sound(command, tmp_path):
    """Silence could mean anything."""
    saved(tmp_path, but((", attenuation: 0.2 dB/km", "")))
    assert command("check", "my.yaml") == (0, "my.yaml is sound: 1 link and 1 request.\n", "")


def test_check_says_what_run_says_of_the_links(command, tmp_path):
    """An attempt that is shorter than the light's way, and a loss that counts for nothing: by hand, 10 km are 50 us."""
    text = but(("length: 2 m", "length: 10 km"))
    saved(tmp_path, text)
    status, out, err = command("check", "my.yaml")
    assert (status, err) == (0, "")
    _, short, nothing = out.splitlines()
    assert short.startswith("Link `alice-bob`: `attempt_duration` 5.5 us is given and wins, though the channel alone")
    assert "needs 50 us from emission to herald" in short
    assert nothing == (
        "Link `alice-bob`: the channel's `attenuation` takes nothing: `detection_probability` is given, all losses "
        "included."
    )
    told = " ".join(command("run", "my.yaml")[1].split())
    assert all(line.removeprefix("Link `alice-bob`: ") in told for line in (short, nothing))


def test_set_reaches_through_presets_and_by_every_way_to_name_a_link(command):
    """The paths of the manual, as a shell hands them over."""
    hashes = set()
    for path in ("links.0", "links[0]", "links.alice-bob", "links[alice-bob]"):
        out = command("run", "humphreys-2018", "--set", f'{path}.channel.length="10 km"', "--json")[1]
        document = json.loads(out)
        assert document["scenario"]["links"][0]["channel"]["length"] == "10 km"
        hashes.add(document["job"])
    assert len(hashes) == 1
    out = command("run", "humphreys-2018", "--set", "nodes.bob.memory.time=1 s", "--json")[1]
    assert json.loads(out)["scenario"]["nodes"]["bob"]["memory"] == {"kind": "depolarising", "time": "1 s"}


@pytest.mark.parametrize(
    "words", [["explain", "humphreys-2018"], ["compare", "kurpiers-2018"], ["presets"], ["schema"]]
)
def test_every_command_answers_on_standard_output_alone(command, words):
    """Standard error stays free for what went wrong."""
    status, out, err = command(*words)
    assert (status, err) == (0, "")
    assert len(out) > 100


def test_an_interrupt_ends_with_130(command, monkeypatch):
    """Ctrl-C is no crash."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_load", interrupted)
    status, out, err = command("check", "humphreys-2018")
    assert (status, out) == (130, "")
    assert "Traceback" not in err


def test_check_says_what_may_surprise(command, tmp_path):
    """A node that was forgotten, and a wish that `run` will refuse, are no mistakes of the file."""
    second = "  - {name: again, between: [alice, bob], delivery: {kind: heralded}}\n"
    saved(tmp_path, but(("nodes:\n", "nodes:\n  carol: {}\n")) + second)
    status, out, err = command("check", "my.yaml")
    assert (status, err) == (0, "")
    sound, lonely, contested, note = out.splitlines()
    assert sound == "my.yaml is sound: 1 link and 2 requests."
    assert lonely == "Node `carol` is on no link."
    assert contested.startswith("No engine built takes requests that share a link")
    assert note.startswith("Link `alice-bob`: the channel's `attenuation` takes nothing")


def test_presets_fit_a_terminal(command):
    """Of 80 columns."""
    lines = command("presets")[1].splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("  humphreys-2018   two diamonds") for line in lines)


@pytest.mark.parametrize(("file", "word"), [("-d2.yaml", "./-d2.yaml"), ("neu ü.yaml", "'neu ü.yaml'")])
def test_what_new_suggests_can_be_typed(command, file, word):
    """Names with spaces, and such that look like an option."""
    status, out, _ = command("new", "--from", "kurpiers-2018", "--", file)
    assert status == 0
    assert out.endswith(f"Try bellpush run {word}.\n")


def test_a_source_says_where_and_once(command, tmp_path):
    """Reported means that it can be looked up; two entries for one value contradict each other."""
    reported = "sources:\n  links.0.scheme: {standing: reported, source: ' '}\n"
    saved(tmp_path, GOOD + reported)
    status, _, err = command("check", "my.yaml")
    assert status == 2
    assert "`sources.links.0.scheme` must say its `source`" in err
    twice = "sources:\n  links.0.scheme: {standing: assumed}\n  links.alice-bob.scheme: {standing: given}\n"
    saved(tmp_path, GOOD + twice)
    status, _, err = command("check", "my.yaml")
    assert status == 2
    assert err.startswith("my.yaml:21:3: ")
    assert "`links.alice-bob.scheme` is the same as `links.0.scheme`" in err


def test_braces_in_set_change_several_fields(command):
    """What `--over` takes, `--set` takes: both ends at once, as if each had been set."""
    path = "links.0.scheme.bright_state_population"
    fields = [f"nodes.{node}.device.collection=0.02" for node in ("alice", "bob")]
    apart = command("run", "humphreys-2018-devices", "--json", "--set", fields[0], "--set", fields[1])
    together = command("run", "humphreys-2018-devices", "--json", "--set", "nodes.{alice, bob}.device.collection=0.02")
    assert apart == together
    assert together != command("run", "humphreys-2018-devices", "--json", "--set", f"{path}=0.1")
    too_many = "{" + ",".join(map(str, range(80))) + "}"
    status, _, err = command("run", "humphreys-2018", "--set", f"nodes.{too_many}.qubits=1")
    assert status == 2
    assert "at most 64 fields" in err


def test_a_file_without_a_name_is_called_by_its_file_when_edited_too(command, tmp_path):
    """A table over several files must say which column is whose."""
    saved(tmp_path, but(("name: two nodes\n", "")))
    for more in ((), ("--set", "run.seed=2")):
        assert command("run", "my.yaml", *more)[1].split()[0] == "my.yaml"


def test_presets_shows_one(command):
    """Also a device, whose numbers no scenario lists before it is used."""
    status, out, _ = command("presets", "emitter-nv")
    assert status == 0
    assert "lifetime: 12.0 ns" in out
    assert "standing: secondary" in out
    status, _, err = command("presets", "emitter-nb")
    assert status == 2
    assert "Did you mean" in err


@pytest.mark.parametrize("words", [("run", "emitter-nv"), ("new", "x.yaml", "--from", "emitter-nv")])
def test_a_device_is_no_scenario(command, words):
    """Its name is known, so to say that there is none would be wrong."""
    status, _, err = command(*words)
    assert status == 2
    assert "`emitter-nv` is a device, for a node's `preset`" in err


def test_validate_says_how_many_verdicts_prove_something(command):
    """Of a count alone a reader would take every agreement for evidence."""
    *_, last = command("validate", "humphreys-2018-devices")[1].splitlines()
    assert last == "2 of these agreements rest on confirmed inputs alone; others prove nothing."
    *_, last = command("validate", "hensen-2015")[1].splitlines()
    assert last.startswith("None of these agreements rests on")


def test_braces_that_are_not_closed_are_named(command):
    """Else the error speaks of a node whose name begins with a brace."""
    status, _, err = command("run", "humphreys-2018", "--set", "nodes.{alice,bob.qubits=2")
    assert status == 2
    assert "must close its braces" in err
    assert "linewidth" not in err
