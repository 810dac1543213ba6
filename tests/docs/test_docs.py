"""The pages of the documentation run as they are printed, and can be found."""

from __future__ import annotations

import doctest
import re

import pytest
from tests.docs.pages import PAGES, ROOT, blocks, commands, prepare, run, shown

INDEX = ROOT / "docs" / "index.md"
EXECUTED = [page for page in PAGES if blocks(page, "python") or blocks(page, "console")]


def name(page) -> str:
    return str(page.relative_to(ROOT / "docs"))


@pytest.mark.parametrize("page", EXECUTED, ids=name)
def test_a_page_does_what_it_shows(page, tmp_path, monkeypatch):
    """Readers type the commands and check derivations against the numbers, from the top of a page to its end."""
    prepare(tmp_path, page)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for block in sorted([*blocks(page, "python"), *blocks(page, "console")], key=lambda block: block.line):
        if block.language == "console":
            for command in commands(block.text):
                if command.executed:
                    printed, status = run(command.executed, tmp_path)
                    assert shown(printed, command.output) == command.output if command.output else status == 0
        elif ">>>" not in block.text:
            exec(compile(block.text, f"{name(page)}:{block.line}", "exec"), names)
        else:
            test = doctest.DocTestParser().get_doctest(block.text, names, name(page), str(page), block.line - 1)
            runner.run(test, clear_globs=False)
            names = test.globs
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("page", [page for page in PAGES if page != INDEX], ids=name)
def test_a_page_is_linked_from_the_index(page):
    """What the index does not name is not found, by people or by the table of contents."""
    text = INDEX.read_text()
    listed = " ".join(re.findall(r"^```\{toctree\}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    assert name(page).removesuffix(".md") in listed.split()
    assert f"]({name(page)})" in text


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "background"], ids=name)
def test_a_derivation_is_checked_by_numbers(page):
    """A formula that no number checks may be wrong for years."""
    assert any(">>>" in block.text for block in blocks(page, "python"))
