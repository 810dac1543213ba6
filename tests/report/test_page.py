"""The page: well-formed, without any need of the outside, and safe with names from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.report.cases import CASES, EVIL

import bellpush
from bellpush.report.write import write

VOID = {"meta", "link", "br", "wbr", "img", "hr", "input"}


class Reader(HTMLParser):
    """Reads a page and keeps what tests ask about."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


@pytest.fixture(params=CASES)
def page(request, report):
    """The text of a report's page."""
    return (report(request.param) / "report.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed(page):
    """Every tag is closed, every identifier is there once, headings do not skip a level."""
    found = Reader(page)
    assert len(found.ids) == len(set(found.ids))
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)
    assert {a or b for a, b in references} <= set(found.ids)


def test_the_page_needs_nothing_from_outside(page):
    """With the network off it looks the same."""
    for tag, attributes in Reader(page).tags:
        assert tag not in ("script", "iframe", "object", "embed", "base", "form"), tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
                assert re.match(r"(?!\w+:|//)|data:", value), (tag, name, value)
    assert "@import" not in page
    assert all(inside.startswith(("#", "data:")) for inside in re.findall(r"url\(\s*['\"]?([^)]*)", page))


def test_every_figure_has_words(page):
    """For those who cannot see it, and for everyone else."""
    found = Reader(page)
    pictures = [attributes for tag, attributes in found.tags if tag == "svg"]
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in pictures)
    assert sum(tag == "figcaption" for tag, _ in found.tags) == len(pictures)


def test_names_are_text_and_nothing_else(report):
    """A scenario file may come from anyone."""
    text = (report("odd-names") / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text.lower()
    assert EVIL in "".join(Reader(text).text)


def test_no_place_of_this_machine_is_told(tmp_path):
    """A report may be sent to anyone."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "nodes: {a: {}, b: {}}\nlinks: [{between: [a, b], scheme: {kind: direct-transfer, duration: 0 s, "
        "repetition: 1 us, transmission: 0.9}}]\n"
    )
    page = write([bellpush.run(path)], [str(path)], tmp_path / "out")
    for file in page.parent.rglob("*"):
        if file.is_file():
            assert str(tmp_path).encode() not in file.read_bytes(), file.name
