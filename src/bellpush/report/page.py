"""The report as one page that needs nothing from outside: no script, no request, every text escaped."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

import numpy as np

import bellpush
from bellpush.report.alike import alike
from bellpush.report.explain import once
from bellpush.report.figures.published import PUBLISHED, Published
from bellpush.report.improvement import LEGEND, Improvement, improvement
from bellpush.report.subject import Scene, Subject
from bellpush.report.table import Column, columns, footnotes
from bellpush.report.unsaid import ideal_defaults

__all__ = ["Plate", "page"]


@dataclass(frozen=True)
class Plate:
    """A figure ready for the page."""

    name: str  # of its files
    heading: str
    sentence: str
    svg: str  # for inlining


def page(
    scenes: Sequence[Scene], shared: Sequence[Plate], own: Sequence[Sequence[Plate]], written: Sequence[str]
) -> str:
    """The whole page.

    Args:
        scenes: what is reported.
        shared: figures of all scenes together.
        own: figures of each scene.
        written: every file of the report, by its path in the report's folder.
    """
    subjects = [subject for scene in scenes for subject in scene.subjects]
    parts = []
    if shared:
        parts += [
            "<section>",
            "<h2>Where the links stand</h2>" if len(scenes) > 1 else "<h2>Where the link stands</h2>",
        ]
        parts += [_grid([*map(_figure, shared), _published()]), "</section>"]
    parts += [_scene(scene, plates) for scene, plates in zip(scenes, own, strict=True)]
    return Template(_resource("page.html")).substitute(
        version=escape(bellpush.__version__),
        files=escape(" ".join(written)),
        title=escape(", ".join(scene.title for scene in scenes)),
        css=_resource("page.css"),
        headline=escape(_headline(subjects)),
        answers="\n".join(_answer(subject) for subject in subjects)
        or "<p>The scenario asks for nothing. Try adding <code>requests</code>.</p>",
        body="\n".join(parts),
        footer=_footer(scenes, written),
    )


def _resource(name: str) -> str:
    return files(bellpush).joinpath("report", name).read_text(encoding="utf-8")


def _headline(subjects: Sequence[Subject]) -> str:
    judged = [subject for subject in subjects if subject.answer.on_demand is not None]
    if len(subjects) == 1:
        word = {True: "on demand", False: "not on demand", None: "no time is promised"}[subjects[0].answer.on_demand]
        return f"{subjects[0].title}: {word}"
    yes = [subject for subject in judged if subject.answer.on_demand]
    if not judged:
        return "Entanglement on demand?" if not subjects else "No time is promised"
    if len(yes) == len(judged):
        return f"{_listed([subject.title for subject in yes])}: {'both' if len(yes) == 2 else 'all'} on demand"
    if not yes:
        return f"{_listed([subject.title for subject in judged])}: not on demand"
    return f"{_listed([subject.title for subject in yes])}: on demand; the rest not"


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} requests"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _answer(subject: Subject) -> str:
    verdict = subject.answer.verdict
    kind = {True: "yes", False: "no", None: "open"}[verdict.on_demand]
    word = {True: "On demand", False: "Not on demand", None: "Not judged"}[verdict.on_demand]
    return f'<p class="answer {kind}"><strong>{escape(subject.title)}. {word}:</strong> {_text(verdict.why)}.</p>'


def _scene(scene: Scene, plates: Sequence[Plate]) -> str:
    found = columns(scene.result, scene.preset)
    said = tuple(f": {subject.answer.verdict.why}." for subject in scene.subjects)  # stands at the top
    notes = [line for line in footnotes(found) if not line.endswith(said)]
    return "\n".join(
        [
            f'<section id="{escape(scene.key)}">',
            f"<h2>{escape(scene.title)}</h2>",
            *(f'<p class="warning">{_text(line.removeprefix(scene.title + ": "))}</p>' for line in notes),
            _grid(
                [
                    *(_table(column, len(found) > 1) for column in found),
                    *map(_figure, plates),
                    *(
                        _needed(each)
                        for links in alike(scene.result.links.values())
                        if (each := improvement(links[0])) is not None
                    ),
                ]
            ),
            _inputs(scene),
            _provenance(scene),
            "</section>",
        ]
    )


def _table(column: Column, named: bool) -> str:
    beside = any(published for _, _, published in column.rows)
    head = '<th scope="col">quantity</th><th scope="col">bellpush</th>'
    head += '<th scope="col">published</th>' if beside else ""
    rows = []
    for name, ours, published in column.rows:
        cells = f'<th scope="row">{escape(name)}</th><td class="value">{_text(ours)}</td>'
        rows.append(f"<tr>{cells}{f'<td>{_text(published)}</td>' if beside else ''}</tr>")
    return (
        f"<table><caption>{escape(column.title) if named else 'In numbers'}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _needed(found: Improvement) -> str:
    """What would be enough: factors by which imperfections must shrink, and what holds at other targets."""
    sentences = "".join(f"<p>{_text(sentence)}</p>" for sentence in found.sentences)
    title = f"<h3>What would be enough: {escape(found.link.name)}</h3>"
    if not found.rows:
        return f'<div class="note">{title}{sentences}</div>'
    targets = [target for word, target in found.headings if word == "alone"]
    groups = "".join(f'<th scope="colgroup" colspan="{len(targets)}">{word}</th>' for word in ("alone", "together"))
    heads = "".join(f'<th scope="col">{target}</th>' for _, target in found.headings)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{_text(cell.replace(' x', '×'))}</td>" for cell in cells)
        + "</tr>"
        for name, cells in found.rows
    )
    return (
        f'<div class="note">{title}<table class="factors"><thead><tr><th scope="col" rowspan="2">to reach</th>{groups}'
        f"</tr><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{_text(LEGEND)}</p>{sentences}</div>"
    )


def _grid(cells: Sequence[str]) -> str:
    return "\n".join(['<div class="grid">', *cells, "</div>"]) if cells else ""


def _figure(plate: Plate) -> str:
    alternative = escape(f"{plate.heading}. {plate.sentence}")
    svg = plate.svg.replace("<svg ", f'<svg role="img" aria-label="{alternative}" ', 1)
    return (
        f'<figure id="{escape(plate.name)}">\n<h3>{escape(plate.heading)}</h3>\n{svg}\n'
        f"<figcaption>{escape(plate.sentence)}</figcaption>\n</figure>"
    )


def _bounded(one: Published) -> str:
    """An efficiency with what it is to the number."""
    return f"{one.bound} {one.efficiency:g}".strip()


def _known(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _published() -> str:
    """Where the published points of the plane come from."""
    rows = "".join(
        f'<tr><th scope="row">{escape(one.name)}</th><td>{_bounded(one)}</td><td>{_known(one.fidelity)}</td>'
        f'<td><span class="standing">{escape(one.standing)}</span><br><small>{escape(one.source)}</small></td></tr>'
        for one in PUBLISHED
    )
    return (
        '<table><caption>Published links in the figures</caption><thead><tr><th scope="col">link</th>'
        '<th scope="col">efficiency</th><th scope="col">fresh fidelity</th><th scope="col">standing and source</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _inputs(scene: Scene) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_path(one.path)}</th><td class="value">{_text(one.text)}{more}</td>'
        f'<td><span class="standing">{escape(one.standing)}</span><br><small>{escape(one.source)}</small></td></tr>'
        for one, more in once(
            scene.result.scenario.inputs, lambda one: (one.path, (one.text, one.standing, one.source))
        )
    )
    taken = "".join(
        f"<li><code>{escape(path)}</code>: {escape(value)}{more}</li>"
        for (path, value), more in once(ideal_defaults(scene.result.scenario), lambda one: one)
    )
    defaults = f"<h3>Ideal defaults taken</h3><ul>{taken}</ul>" if taken else "<p>No ideal default is taken.</p>"
    return (
        "<details open><summary>Inputs and how they are known</summary>"
        '<table class="wide"><thead><tr><th scope="col">input</th><th scope="col">value</th>'
        f'<th scope="col">standing and source</th></tr></thead><tbody>{rows}</tbody></table></details>{defaults}'
    )


def _provenance(scene: Scene) -> str:
    result = scene.result
    facts = {
        "bellpush": bellpush.__version__,
        "job": result.scenario.job.hash,
        "engine": result.engine,
        "seed": str(result.seed),
        "Python": platform.python_version(),
        "numpy": np.__version__,
    }
    rows = "".join(f"<dt>{name}</dt><dd><code>{escape(value)}</code></dd>" for name, value in facts.items())
    return f"<details open><summary>Provenance</summary><dl>{rows}</dl></details>"


def _footer(scenes: Sequence[Scene], written: Sequence[str]) -> str:
    data = [name for name in written if not name.startswith("figures/") and name != "report.html"]
    links = ", ".join(f'<a href="{escape(name)}">{escape(name)}</a>' for name in data)
    return f"<p>Beside this page: {links}, and every figure as SVG and PNG in <code>figures</code>.</p>"


def _path(path: str) -> str:
    """A path that may be broken into lines after its dots and underscores."""
    return f"<code>{escape(path).replace('.', '.<wbr>').replace('_', '_<wbr>')}</code>"


def _text(text: str) -> str:
    """Text of ours as a page shows it: escaped, with a proper micro sign and plus-minus."""
    return escape(text).replace(" us", " µs").replace("+-", "±")
