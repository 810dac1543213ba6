"""How the command ends when its streams fail it or somebody stops it: with a status, and never with a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.scenario.files import GOOD, saved

BELLPUSH = str(Path(sys.executable).with_name("bellpush"))


def shell(line, folder=None, **variables):
    """Runs a line of shell in which $B is the command."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "B": BELLPUSH, **variables},
    )


@pytest.mark.parametrize(
    ("line", "status", "says"),
    [
        ("$B run humphreys-2018 >&-", 0, ""),
        ("$B run nope.yaml 2>&-", 2, ""),
        ("$B run humphreys-2018 >/dev/full", 5, "The output cannot be written: No space left on device."),
        ("$B --help >/dev/full", 5, "The output cannot be written: No space left on device."),
        ("$B run nope.yaml 2>/dev/full", 2, ""),
        ("$B schema | head -1", 0, ""),
        ("$B run humphreys-2018 | true", 0, ""),
    ],
)
def test_a_stream_that_fails(line, status, says):
    """Closed, full, or read no further."""
    done = shell(line)
    assert done.returncode == status
    assert done.stderr.startswith(says)
    assert says or not done.stderr
    assert "Traceback" not in done.stderr


def test_letters_that_the_terminal_does_not_have(tmp_path):
    """They are spelt out: the answer is worth more than its letters."""
    saved(tmp_path, GOOD, "ïön.yaml")
    done = shell("$B check ïön.yaml", tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "\\xef\\xf6n.yaml is sound: 1 link and 1 request."


SLOW = ["--over", "links.0.scheme.visibility=0.5:1:4000", "--quantity", "links.alice-bob.link_efficiency"]


def hears():
    """A shell lets what it starts in the background ignore interrupts; at a terminal nothing does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("words", [["run", "humphreys-2018"], ["sweep", "humphreys-2018", *SLOW, "--workers", "2"]])
def test_an_interrupt_at_any_moment_ends_with_130(words):
    """While modules load and while workers start, all processes of the terminal get it at once."""
    for wait in (0.06, 0.1, 0.2, 0.35, 0.5, 0.8):
        process = subprocess.Popen(
            [BELLPUSH, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hears,  # noqa: PLW1509  # no threads here
        )
        time.sleep(wait)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
        if "Traceback" in err and ", in main\n" not in err:
            continue  # a loaded machine had not given the program its first word yet: this is Python's own
        assert process.returncode in ((0, 130) if words[0] == "run" else (130,)), (wait, err)
        assert "Traceback" not in err, wait
