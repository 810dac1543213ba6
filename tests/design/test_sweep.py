"""Sweeps: the same for any number of workers, and nothing done twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bellpush.design import sweep as module
from bellpush.design.axis import axis
from bellpush.design.sweep import sweep
from bellpush.ground.errors import StoreError
from bellpush.report.sweep import document, lines, thinned
from bellpush.scenario.load import load

SCENARIO = load("humphreys-2018")
EFFICIENCY = ["links.alice-bob.link_efficiency", "requests.clocked.fidelity"]  # has no array form: point by point


def grid(*texts):
    return [axis(SCENARIO, text) for text in texts]


def test_a_map_of_forty_thousand_points():
    """Through array functions; the points are those of a plain scan."""
    axes = grid(
        "requests.clocked.delivery.period=10 ms:300 ms:200", "links.0.scheme.bright_state_population=0.01:0.5:200"
    )
    began = time.process_time()
    found = sweep(SCENARIO, axes)
    spent = time.process_time() - began
    assert found.quantities["requests.clocked.fidelity"].shape == (200, 200)
    assert spent < 5  # seconds of CPU; 0.3 where this was written
    few = sweep(SCENARIO, [axes[0]], ["requests.clocked.fidelity"]).quantities["requests.clocked.fidelity"]
    assert few.shape == (200,)


def test_the_last_axis_runs_fastest():
    """Point (i, j) of the result is value i of the first axis and j of the second."""
    axes = grid("requests.clocked.delivery.period=50 ms:100 ms:2", "links.0.scheme.visibility=0.5:1:3")
    found = sweep(SCENARIO, axes).quantities["requests.clocked.fidelity"]
    edited = SCENARIO.edit_all({"requests.clocked.delivery.period": "50 ms", "links.0.scheme.visibility": 1.0})
    alone = sweep(edited, grid("links.0.scheme.visibility=1:1:1")).quantities["requests.clocked.fidelity"]
    assert found[0, 2] == pytest.approx(alone[0], rel=1e-14)


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_bytes():
    """1, 2 and 3: blocks are cut by the grid alone."""
    axes = grid("requests.clocked.delivery.period=50 ms:200 ms:100")
    documents = [document(sweep(SCENARIO, axes, EFFICIENCY, workers=n), SCENARIO) for n in (1, 2, 3)]
    assert documents[0] == documents[1] == documents[2]


def test_what_is_done_is_read_and_not_done_again(tmp_path, monkeypatch):
    """A second run of a finished sweep computes nothing; with one block gone, only that block."""
    axes = grid("requests.clocked.delivery.period=50 ms:200 ms:70")
    first = sweep(SCENARIO, axes, EFFICIENCY, folder=tmp_path / "blocks")
    done = []
    one = module._one
    monkeypatch.setattr(module, "_one", lambda task: done.append(task[0]) or one(task))
    again = sweep(SCENARIO, axes, EFFICIENCY, folder=tmp_path / "blocks")
    assert done == []
    (tmp_path / "blocks" / "block-000001.npz").unlink()
    third = sweep(SCENARIO, axes, EFFICIENCY, folder=tmp_path / "blocks")
    assert done == [1]
    for name in EFFICIENCY:
        assert np.array_equal(first.quantities[name], again.quantities[name])
        assert np.array_equal(first.quantities[name], third.quantities[name])


def test_results_of_another_job_are_refused(tmp_path):
    """Blocks of another scenario, grid or version must never be mixed in."""
    axes = grid("requests.clocked.delivery.period=50 ms:200 ms:3")
    sweep(SCENARIO, axes, folder=tmp_path)
    with pytest.raises(StoreError, match="another"):
        sweep(SCENARIO.edit("links.0.scheme.visibility", 0.5), axes, folder=tmp_path)
    with pytest.raises(StoreError, match="another"):
        sweep(SCENARIO, grid("requests.clocked.delivery.period=50 ms:200 ms:4"), folder=tmp_path)


def test_a_damaged_block_is_named(tmp_path):
    """Half a file is never taken for a result."""
    axes = grid("requests.clocked.delivery.period=50 ms:200 ms:3")
    sweep(SCENARIO, axes, folder=tmp_path)
    (tmp_path / "block-000000.npz").write_bytes(b"PK half")
    with pytest.raises(StoreError, match="block-000000"):
        sweep(SCENARIO, axes, folder=tmp_path)


@pytest.mark.slow
def test_killed_at_ten_moments_only_the_missing_is_computed(tmp_path):
    """Whenever the program is stopped, what was done stays whole, and the end is that of an undisturbed run."""
    quantities = [part for name in EFFICIENCY for part in ("--quantity", name)]
    command = [
        str(Path(sys.executable).with_name("bellpush")),
        *("sweep", "humphreys-2018", "--over", "requests.clocked.delivery.period=50 ms:200 ms:1500"),
        *quantities,
        *("--out", str(tmp_path / "out"), "--json", "--quiet"),
    ]
    blocks = tmp_path / "out" / "blocks"
    moments = random.Random(3)
    kept: set[str] = set()
    for kill in range(10):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = time.monotonic() + 60  # a loaded machine takes its time to the first new block
        while kill and set(blocks.glob("block-*.npz")) <= {blocks / name for name in kept}:
            if running.poll() is not None or time.monotonic() > patience:
                break
            time.sleep(0.01)
        time.sleep(moments.uniform(0.0, 0.3) if kill else 0.1)
        running.send_signal(signal.SIGKILL if kill % 2 else signal.SIGINT)
        running.wait(timeout=30)
        now = {file.name for file in blocks.glob("block-*.npz")} if blocks.exists() else set()
        assert kept <= now
        kept = now
    written = {name: os.stat(blocks / name).st_mtime_ns for name in kept}
    last = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert kept
    assert all(os.stat(blocks / name).st_mtime_ns == when for name, when in written.items())
    undisturbed = subprocess.run([*command[:-4], "--json"], capture_output=True, check=True, timeout=300)
    assert last.stdout == undisturbed.stdout


def test_the_best_point_stands_in_a_table_that_is_thinned_out():
    """A table whose largest value is not in it sends its reader to the wrong place."""
    assert thinned(100, 6) == [0, 20, 40, 59, 79, 99]
    assert thinned(100, 6, 33) == [0, 20, 33, 59, 79, 99]
    assert thinned(100, 6, 98) == [0, 20, 40, 59, 98, 99]
    assert thinned(5, 6, 3) == [0, 1, 2, 3, 4]
    axes = grid("links.0.scheme.visibility=0.9:1:2", "requests.clocked.delivery.period=50 ms:200 ms:40")
    found = sweep(SCENARIO, axes, EFFICIENCY[1:])
    largest = axes[1].values[int(np.argmax(found.quantities[EFFICIENCY[1]][1]))]
    table, *_ = lines(found)
    assert f"{1e3 * largest:.4g} ms" in [str(column.header) for column in table.columns]
