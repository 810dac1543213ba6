"""A report on disk: the page, the data behind it, the figures and the scenario as run, written as a whole or not."""

from __future__ import annotations

import io
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bellpush
from bellpush.delivery.law import SampledLaw
from bellpush.report.alike import alike
from bellpush.report.folder import PAGE, fill
from bellpush.report.page import Plate, page
from bellpush.report.subject import Scene, scenes
from bellpush.scenario.result import Result

__all__ = ["write"]


def write(
    results: Sequence[Result], whats: Sequence[str], folder: str | os.PathLike[str], edited: bool = False
) -> Path:
    """Write the report of some results into a folder; an earlier report there is replaced.

    Args:
        results: what was run.
        whats: what each was called on the command line: files or presets' names.
        folder: is made if it does not exist.
        edited: whether values were changed on the way, so that published ones do not stand beside them.

    Returns:
        The page.

    Raises:
        StoreError: the folder holds something else than a report, or cannot be written.
    """
    fill(folder, _contents(scenes(results, whats, edited)))
    return Path(folder) / PAGE


def _contents(found: Sequence[Scene]) -> dict[str, bytes]:
    """Every file of the report by its path, the page last."""
    from bellpush.report.dataset import netcdf

    documents = [scene.result.to_dict() for scene in found]
    contents = {
        "result.json": _json(documents[0] if len(documents) == 1 else documents),
        "result.nc": netcdf(found),
    }
    for scene in found:
        contents["scenario.yaml" if len(found) == 1 else f"{scene.key}.yaml"] = scenario_text(scene.result).encode()
    with _quiet():
        shared, own, pictures = _plates(found)
    contents |= pictures
    written = [PAGE, *contents]
    contents[PAGE] = page(found, shared, own, written).encode()
    return contents


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()


def _plates(found: Sequence[Scene]) -> tuple[list[Plate], list[list[Plate]], dict[str, bytes]]:
    """Figures of all scenes together, of each scene, and their files."""
    from bellpush.report.figures import canvas
    from bellpush.report.figures.kinds import OF_ALL, OF_LINKS, OF_SUBJECTS

    pictures: dict[str, bytes] = {}
    alone = len(found) == 1

    def plate(drawn: canvas.Drawn, name: str) -> Plate:
        canvas.settle(drawn.figure)
        text = canvas.svg(drawn.figure)
        pictures[f"figures/{name}.svg"] = text.encode()
        pictures[f"figures/{name}.png"] = canvas.png(drawn.figure)
        return Plate(name, drawn.heading, drawn.sentence, canvas.inline(text, name))

    with canvas.style():
        subjects = [subject for scene in found for subject in scene.subjects]
        shared = [plate(drawn, kind) for kind, draw in OF_ALL.items() if (drawn := draw(subjects))]
        own = []
        for scene in found:
            plates = []
            for subject in scene.subjects:
                start = "" if alone and len(scene.subjects) == 1 else f"{subject.key}-"
                plates += [plate(d, f"{start}{kind}") for kind, draw in OF_SUBJECTS.items() if (d := draw(subject))]
            links = scene.result.links
            for link, *_ in alike(links.values()):
                start = "" if alone else f"{scene.key}-"
                start += f"{link.name.lower()}-" if len(links) > 1 else ""
                plates += [plate(d, f"{start}{kind}") for kind, draw in OF_LINKS.items() if (d := draw(link))]
            own.append(plates)
    return shared, own, pictures


def scenario_text(result: Result) -> str:
    """The scenario as run, as a file that gives the same result again."""
    from ruamel.yaml import YAML

    data = result.scenario.to_dict()
    laws = [answer.law for answer in result.requests.values()]
    sampled = {len(law.times) for law in laws if isinstance(law, SampledLaw)}
    how = {**(data.get("run") or {}), "engine": result.engine, "seed": result.seed}
    if len(sampled) == 1:
        how["shots"] = sampled.pop()
    data["run"] = how
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 110
    yaml.allow_unicode = True
    out = io.StringIO()
    yaml.dump(data, out)
    return f"# As run by bellpush {bellpush.__version__}: presets and defaults written out.\n{out.getvalue()}"


@contextmanager
def _quiet() -> Iterator[None]:
    """No word about fonts from matplotlib: its first run on a machine lists them, and names may hold any letter."""
    log = logging.getLogger("matplotlib")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph", UserWarning)
            yield
    finally:
        log.setLevel(before)
