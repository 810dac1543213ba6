"""A scenario file to edit: the preset, written out and explained."""

import re

import pytest
from typer.testing import CliRunner

from bellpush.cli import app
from bellpush.ground.errors import ScenarioError, StoreError
from bellpush.scenario.load import load
from bellpush.scenario.new import create, written
from bellpush.scenario.presets import names

PRESETS = names("experiment")
OPTION = re.compile(r"^( *)#(\w+: .*)$")


@pytest.fixture(params=PRESETS)
def preset(request):
    return request.param


def file_of(folder, text, name="new.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_the_preset(preset, tmp_path):
    """The same job, the same name, and every number known as before: only then may it be called the preset."""
    path = tmp_path / "mine.yaml"
    create(path, preset)
    made, original = load(path), load(preset)
    assert made.job.hash == original.job.hash
    assert made.name == original.name
    assert {one.path: one for one in made.inputs} == {one.path: one for one in original.inputs}
    assert made.file.sources == original.file.sources


def test_every_field_stands_beneath_its_meaning(preset):
    """A reader must not have to look a field up: above each number or choice there is a comment."""
    lines = written(preset).split("sources:\n")[0].splitlines()
    fields = [i for i, line in enumerate(lines) if re.match(r" +(- )?\w+: \S", line) and "#" not in line]
    assert len(fields) > 8
    for i in fields:
        name = lines[i].strip().removeprefix("- ")
        assert lines[i - 1].lstrip().startswith("# ") or name.startswith("name: "), lines[i]


def test_units_and_standings_are_said(preset):
    """What the number means comes with its unit, and with how and whence it is known."""
    text = " ".join(line.strip().removeprefix("# ") for line in written(preset).splitlines())
    scenario = load(preset)
    for source in scenario.file.sources.values():
        assert f"{source.standing}: {source.source}" in text
    assert ("from one edge to the next [s]" in text) is (scenario.file.requests[0].delivery.kind == "clocked")
    assert ("length of the element [m]" in text) is bool(scenario.file.links[0].channel)


def test_defaults_are_offered_and_change_nothing_until_they_are_changed(preset, tmp_path):
    """Taking the # away from every one of them gives the same job, so each is written as it must be."""
    text = written(preset)
    options = [match[2] for line in text.splitlines() if (match := OPTION.match(line))]
    optical = load(preset).file.links[0].scheme.kind != "photon-transfer"
    of_the_kind = {"detectors", "split"} if optical else {"excited", "timing_error"}
    assert of_the_kind | {"qubits", "swap", "overheads", "target", "policy", "min_fidelity", "run"} <= {
        option.partition(":")[0] for option in options
    }
    bare = "\n".join(OPTION.sub(r"\1\2", line) for line in text.splitlines())
    assert bare != text
    assert load(file_of(tmp_path, bare)).job.hash == load(preset).job.hash


def test_what_devices_decide_is_named_without_a_default():
    """A line with a visibility of 1 would overrule the emitters that are written out above it."""
    lines = [line.strip() for line in written("hermans-2023").splitlines()]
    assert any(line.startswith("# double_excitation: ") for line in lines)
    assert not any(line.startswith("#double_excitation:") for line in lines)
    assert "#split: 0.5" in lines
    assert "#double_excitation: [0.0, 0.0]" in written("liu-2026")


def test_a_default_can_be_set_by_taking_the_sign_away(tmp_path):
    """That is what the file says of itself."""
    text = written("kurpiers-2018")
    assert text.count("#timing_error: 0 s ") == 1
    path = file_of(tmp_path, text.replace("#timing_error: 0 s ", "timing_error: 5 ns "))
    assert load(path).file.links[0].scheme.timing_error == 5e-9


def test_a_value_that_is_edited_in_the_file_is_used(tmp_path):
    """It is a scenario like any other."""
    path = file_of(tmp_path, written("humphreys-2018").replace("period: 100 ms", "period: 50 ms"))
    assert load(path).file.requests[0].delivery.period == 0.05


def test_the_text_is_for_people(preset):
    """Lines that fit, no trailing blanks, one empty line at most."""
    lines = written(preset).splitlines()
    assert max(map(len, lines)) <= 110
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines)


def test_kinds_and_choices_are_named():
    """What else could stand there, said where it would stand."""
    text = written("humphreys-2018")
    assert "kinds: heralded, deadline, clocked" in text
    assert 'mixed, memories, "00", "01", "10" or "11"' in text
    assert "threshold or number-resolving" in text


def test_an_existing_file_is_kept(tmp_path):
    """Work is not lost to a slip; the exit status is that of a store that refuses."""
    path = file_of(tmp_path, "mine")
    with pytest.raises(StoreError, match=r"must be a new file, but exists already\. Try another name"):
        create(path, "humphreys-2018")
    assert path.read_text() == "mine"
    assert StoreError.exit_status == 5


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    """With the reason, and no traceback."""
    with pytest.raises(StoreError, match="No such file or directory"):
        create(tmp_path / "nowhere" / "mine.yaml", "humphreys-2018")


@pytest.mark.parametrize("name", ["mine", "mine.json", ""])
def test_a_name_that_would_not_be_read_back_is_refused(name, tmp_path):
    """Without a suffix it would be taken for a preset's name."""
    with pytest.raises(ScenarioError, match=r"must have a suffix such as \.yaml, but is .*\. Try .*\.yaml"):
        create(tmp_path / name if name else name, "humphreys-2018")
    assert not list(tmp_path.iterdir())


def test_an_unknown_preset_names_the_nearest_and_writes_nothing(tmp_path):
    """A slip of the finger gets help."""
    with pytest.raises(ScenarioError, match="Did you mean `humphreys-2018`"):
        create(tmp_path / "mine.yaml", "humphrys-2018")
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_file_and_says_what_to_do_next(tmp_path):
    """The door to all of this."""
    path = tmp_path / "mine.yaml"
    printed = CliRunner().invoke(app, ["new", str(path), "--from", "magnard-2020"])
    assert printed.exit_code == 0
    assert f"bellpush run {path}" in printed.stdout
    assert path.read_text(encoding="utf-8") == written("magnard-2020")
