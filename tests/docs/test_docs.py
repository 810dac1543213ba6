"""The pages of the documentation run as they are printed, and can be found."""

from __future__ import annotations

import doctest
import re

import pytest
from tests.docs.pages import PAGES, ROOT, blocks, commands, prepare, run, shown

INDEX = ROOT / "docs" / "index.md"
CODE = [page for page in PAGES if blocks(page, "python")]
CONSOLE = [page for page in PAGES if blocks(page, "console")]


def name(page) -> str:
    return str(page.relative_to(ROOT / "docs"))


@pytest.mark.parametrize("page", CODE, ids=name)
def test_python_on_a_page_gives_what_is_shown(page, tmp_path, monkeypatch):
    """Readers check the derivations against these numbers; the blocks of a page share their names."""
    prepare(tmp_path, page)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for block in blocks(page, "python"):
        if ">>>" not in block.text:
            exec(compile(block.text, f"{name(page)}:{block.line}", "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(block.text, names, name(page), str(page), block.line - 1)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("page", CONSOLE, ids=name)
def test_commands_on_a_page_print_what_is_shown(page, tmp_path):
    """A reader who types them must see the same."""
    prepare(tmp_path, page)
    for block in blocks(page, "console"):
        for command in commands(block.text):
            if command.executed:
                printed, status = run(command.executed, tmp_path)
                assert shown(printed, command.output) == command.output if command.output else status == 0


@pytest.mark.parametrize("page", [page for page in PAGES if page != INDEX], ids=name)
def test_a_page_is_linked_from_the_index(page):
    """What the index does not name is not found, by people or by the table of contents."""
    text = INDEX.read_text()
    (toctree,) = re.findall(r"^```\{toctree\}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert name(page).removesuffix(".md") in toctree.split()
    assert f"]({name(page)})" in text


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "background"], ids=name)
def test_a_derivation_is_checked_by_numbers(page):
    """A formula that no number checks may be wrong for years."""
    assert any(">>>" in block.text for block in blocks(page, "python"))
