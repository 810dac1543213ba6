"""The folder of a report: what was promised is there, as a whole, and nothing else is ever lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.report.cases import result

import bellpush
from bellpush.ground.errors import StoreError
from bellpush.report import folder as folders
from bellpush.report.write import write
from bellpush.store import write_whole

BELLPUSH = str(Path(sys.executable).with_name("bellpush"))


def contents(folder):
    """Every file by its path in the folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def both():
    names = ["humphreys-2018", "kurpiers-2018"]
    return [result(name) for name in names], names


def test_one_scenario_gives_the_files_promised(report):
    """Page, numbers, scenario, and each figure in two forms."""
    files = contents(report("humphreys-2018"))
    figures = {name for name in files if name.startswith("figures/")}
    assert set(files) - figures == {"report.html", "result.json", "result.nc", "scenario.yaml"}
    assert {Path(name).stem for name in figures if name.endswith(".svg")} == {
        Path(name).stem for name in figures if name.endswith(".png")
    }
    assert len(figures) == 18
    assert json.loads(files["result.json"]) == result("humphreys-2018").to_dict()


def test_several_scenarios_share_one_report_and_nothing_of_it_outlives_the_next(both, tmp_path):
    """One list of documents, one file of scenario each; those of an earlier report would be taken for this one's."""
    results, names = both
    write(results, names, tmp_path / "out")
    files = contents(tmp_path / "out")
    assert json.loads(files["result.json"]) == [one.to_dict() for one in results]
    assert {"humphreys-2018.yaml", "kurpiers-2018.yaml"} <= set(files)
    write([result("never")], ["never"], tmp_path / "out")
    assert "kurpiers-2018.yaml" not in contents(tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["humphreys-2018", "sampled-deadline"])
def test_the_same_bytes_twice(name, report, tmp_path):
    """Nothing in a report depends on when or where it was made."""
    write([result(name)], [name], tmp_path / "deeper" / "out")
    assert contents(report(name)) == contents(tmp_path / "deeper" / "out")


@pytest.mark.parametrize("name", ["humphreys-2018", "complex-state", "cycle-start", "sampled-deadline", "odd-names"])
def test_the_scenario_as_run_gives_the_same_again(name, report):
    """A report can be checked by whoever has it."""
    first = result(name)
    again = bellpush.run(report(name) / "scenario.yaml")
    assert again.scenario.job.hash == first.scenario.job.hash
    ours, theirs = again.to_dict(), first.to_dict()
    assert (ours["requests"], ours["links"], ours["engine"]) == (theirs["requests"], theirs["links"], theirs["engine"])


@pytest.mark.parametrize("name", ["notes.txt", "figures/mine.png", "scenario.yaml", "report.html"])
def test_what_is_no_report_is_left_alone(name, tmp_path):
    """A wrong --out must not cost anyone's work."""
    file = tmp_path / "out" / name
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    with pytest.raises(StoreError, match="must be empty or hold an earlier report"):
        write([result("never")], ["never"], tmp_path / "out")
    assert contents(tmp_path / "out") == {name: b"mine"}


def test_a_stranger_beside_an_earlier_report_is_left_alone(tmp_path):
    """Also where the rest of the folder is ours."""
    write([result("never")], ["never"], tmp_path / "out")
    before = contents(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"notes\.txt"):
        write([result("heralded")], ["heralded"], tmp_path / "out")
    assert contents(tmp_path / "out") == {**before, "notes.txt": b"mine"}


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StoreError, match="must be a folder"):
        folders.check(tmp_path / "out")
    with pytest.raises(StoreError, match="cannot be"):
        write([result("never")], ["never"], tmp_path / "out" / "deeper")


def test_a_failure_half_way_leaves_all_as_it_was(tmp_path, monkeypatch):
    """A full disk must not leave half a report, nor take the earlier one."""
    write([result("never")], ["never"], tmp_path / "out")
    before = contents(tmp_path / "out")
    real, count = Path.write_bytes, iter(range(100))

    def full(path, content):
        if next(count) == 3:
            raise OSError(28, "No space left on device")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="No space left on device"):
        write([result("never")], ["never"], tmp_path / "out")
    assert contents(tmp_path) == {f"out/{name}": content for name, content in before.items()}


def test_the_command_refuses_before_it_works(tmp_path):
    """Exit status 5, one sentence, and nothing on standard output."""
    (tmp_path / "notes.txt").write_text("mine")
    done = subprocess.run(
        [BELLPUSH, "run", "humphreys-2018", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith(f"`{tmp_path}` must be empty")


def test_the_command_says_where_the_report_is(tmp_path):
    """The last line; and with --json nothing on standard output but the document."""
    plain = [BELLPUSH, "run", "kurpiers-2018", "--out", "out"]
    done = subprocess.run(plain, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "Report: out/report.html"
    assert done.stderr == ""
    done = subprocess.run([*plain, "--json"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "result.json").read_text())


def test_without_a_report_nothing_heavy_is_imported():
    """Plotting and file formats cost a second that nobody asked for."""
    code = (
        "import sys, bellpush.cli as cli\nsys.argv = ['bellpush', 'run', 'humphreys-2018', '--json']\n"
        "try:\n cli.main()\nexcept SystemExit: pass\n"
        "assert not {'matplotlib', 'xarray', 'h5py', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


SWEEP = [BELLPUSH, "sweep", "humphreys-2018", "--over", "links.0.scheme.visibility=0.5:1:3"]


def swept(folder, *words):
    return subprocess.run([*SWEEP, *words], capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.parametrize("name", ["scenario.yaml", "sweep.json", "blocks/key.json", "notes.txt"])
def test_a_sweep_leaves_alone_what_is_no_sweep(name, tmp_path):
    """`--out .` beside one's own scenario.yaml must not cost it."""
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")
    done = swept(tmp_path, "--out", ".")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith(f"`.` must be empty or hold an earlier sweep, but holds `{name}`")
    assert contents(tmp_path) == {name: b"mine"}


def test_a_sweep_goes_on_in_its_own_folder_and_in_no_other(tmp_path):
    """An earlier sweep is no stranger, whatever it left; a file beside it is one."""
    assert swept(tmp_path, "--out", "out").returncode == 0
    before = contents(tmp_path / "out")
    (tmp_path / "out" / ".sweep.nc.123").write_bytes(b"half")
    assert swept(tmp_path, "--out", "out").returncode == 0
    assert contents(tmp_path / "out") == {**before, ".sweep.nc.123": b"half"}
    (tmp_path / "out" / "notes.txt").write_text("mine")
    done = swept(tmp_path, "--out", "out")
    assert (done.returncode, done.stdout) == (5, "")
    assert "notes.txt" in done.stderr


@pytest.mark.parametrize("words", [SWEEP, [BELLPUSH, "run", "humphreys-2018"]])
def test_a_folder_without_a_name_is_no_folder(words, tmp_path):
    """An empty shell variable must not scatter files about."""
    done = subprocess.run([*words, "--out", ""], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("`--out` must name a folder")
    assert not contents(tmp_path)


def test_a_block_with_a_wrong_checksum_is_named(tmp_path):
    """A bad disk is no crash."""
    assert swept(tmp_path, "--out", "out").returncode == 0
    block = tmp_path / "out" / "blocks" / "block-000000.npz"
    content = bytearray(block.read_bytes())
    content[len(content) // 4] ^= 0xFF
    block.write_bytes(content)
    done = swept(tmp_path, "--out", "out")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("`out/blocks/block-000000.npz` is damaged")
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    """While figures are written as anywhere else."""

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match=r"a\.svg` cannot be written: No space left on device"):
        write_whole(tmp_path / "a.svg", b"")
    assert not contents(tmp_path)
