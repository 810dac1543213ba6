"""What the README promises happens, word by word."""

from __future__ import annotations

import doctest
import re

import pytest
from tests.docs.pages import PAGES, README, ROOT, Command, blocks, commands, prepare, run, shown

COMMANDS = [command for block in blocks(README, "console") for command in commands(block.text)]
TRIED = [command for command in COMMANDS if command.executed]
PYTHON = [block for block in blocks(README, "python") if ">>>" in block.text]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as the reader has it."""
    made = tmp_path_factory.mktemp("readme")
    prepare(made, README)
    return made


@pytest.mark.parametrize("command", TRIED, ids=lambda command: command.text)
def test_a_command_prints_what_is_shown(folder, command: Command):
    """A reader who types it must see the same; a command without output shown must at least succeed."""
    printed, status = run(command.executed or "", folder)
    if command.output:
        assert shown(printed, command.output) == command.output
        assert status in (0, 2), "only a mistake shown on purpose may fail"
    else:
        assert status == 0, "\n".join(printed)


def test_the_commands_are_found():
    """A change of the fences must not silence the test above."""
    assert len(TRIED) >= 6
    assert {"bellpush check", "bellpush explain", "bellpush compare", "bellpush run"} <= {
        " ".join(command.text.split()[:2]) for command in TRIED
    }


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: f"line {block.line}")
def test_python_gives_what_is_shown(folder, block, monkeypatch):
    """The Python API of the README is the one there is."""
    monkeypatch.chdir(folder)
    test = doctest.DocTestParser().get_doctest(block.text, {}, "README.md", "README.md", block.line - 1)
    assert test.examples
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed == 0


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(page):
    """A link that leads nowhere costs a reader's trust."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(text):
        assert (page.parent / target).exists(), target


def test_what_the_readme_calls_not_yet_ends_with_status_3(folder):
    """The README must not disown what is built, nor promise another ending."""
    printed, status = run("bellpush check my-link.yaml --set requests.0.policy='{kind: optimal}'", folder)
    assert status == 3
    assert any("`optimal` is built yet" in line for line in printed)
