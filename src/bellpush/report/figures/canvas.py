"""The house style of figures: plain axes, few colours, direct labels, and the same bytes every time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from bellpush.ground.units import prefix, prefixed, readable

__all__ = ["BLUE", "FAINT", "GREEN", "INK", "ORANGE", "PAPER", "RED", "SOFT", "Drawn", "apart", "fine", "inline"]

# The colours of Okabe and Ito, told apart by colour-blind readers, and four greys. Each stands for a role: in the page
# it becomes the CSS variable of that name, which the dark style sets anew.
INK, SOFT, FAINT, PAPER = "#1b1f23", "#59626b", "#d3d8dd", "#fefefe"
BLUE, RED, GREEN, ORANGE = "#0072b2", "#d55e00", "#009e73", "#e69f00"
ROLES = {
    INK: "ink",
    SOFT: "soft",
    FAINT: "faint",
    PAPER: "paper",
    BLUE: "blue",
    RED: "red",
    GREEN: "green",
    ORANGE: "orange",
}

DOTS = 300  # of a picture, per inch
WIDTH = 4.8  # inches: on a narrow screen letters keep their size
SETTINGS: dict[str, Any] = {
    "axes.edgecolor": SOFT,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": PAPER,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "hatch.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "mathtext.default": "regular",
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "bellpush",
    "text.color": INK,
    "text.parse_math": False,  # names come from files, and a dollar in them is a dollar
    "xtick.color": SOFT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.color": SOFT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
}


@dataclass(frozen=True)
class Drawn:
    """A figure, what it is called, and the one sentence that says what it shows."""

    heading: str
    figure: Figure
    sentence: str


@contextmanager
def style() -> Iterator[None]:
    """In here figures are made and written in the house style."""
    with rc_context():
        from matplotlib import rcdefaults, rcParams

        rcdefaults()
        rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


def canvas(height: float, width: float = WIDTH) -> Figure:
    """An empty figure; sizes in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def plain(height: float = 3.1) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure = canvas(height)
    return figure, figure.add_subplot()


def settle(figure: Figure) -> None:
    """Lay a finished figure out once and for all: every later drawing of it would do so anew."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")


def svg(figure: Figure) -> str:
    """A figure as a stand-alone SVG on white."""
    # Not by `savefig`, which draws everything once more to find out what it needs not know here.
    out = io.StringIO()
    without = {"Date": None, "Creator": None, "Format": None, "Type": None}
    FigureCanvasSVG(figure).print_svg(out, metadata=without)  # type: ignore[no-untyped-call]
    return out.getvalue()


def png(figure: Figure) -> bytes:
    """A figure as PNG, 300 dots an inch."""
    figure.dpi = DOTS
    drawn: Any = FigureCanvasAgg(figure)
    drawn.draw()
    out = io.BytesIO()
    Image.fromarray(np.asarray(drawn.buffer_rgba())).save(out, format="png", dpi=(DOTS, DOTS))
    return out.getvalue()


def inline(text: str, name: str) -> str:
    """A stand-alone SVG as part of a page: colours by CSS variables, identifiers of its own, no outside names."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}.\1"', text)
    text = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{name}.\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}.\1)", text)
    text = re.sub(r'^<svg ([^>]*?)width="[^"]*"', r"<svg \1", text)
    text = re.sub(r'^<svg ([^>]*?)height="[^"]*"', r"<svg \1", text)
    for colour, role in ROLES.items():
        text = text.replace(colour, f"var(--{role})")
    return text.strip()


def scale(value: float, unit: str = "s") -> tuple[float, str]:
    """The factor and the prefixed unit in which values about this large are read, e.g. 1000 and "ms"."""
    power = prefix(value, unit)
    return (1.0, unit) if power is None else (10.0**-power, prefixed(power, unit).replace("u", "µ"))


def fine(value: float, unit: str = "", digits: int = 3) -> str:
    """A number with its unit in a label or a sentence."""
    text = readable(value, unit, digits)
    return text.replace(" us", " µs") if unit else text


def short(text: str, most: int = 40) -> str:
    """A name in a figure, cut where it would take all the room."""
    return text if len(text) <= most else text[: most - 1] + "…"


def apart(levels: Sequence[float], gap: float) -> list[float]:
    """Where labels of these levels can stand, in the same order, at least `gap` from each other.

    >>> apart([0.5, 0.52, 0.9], 0.1)
    [0.46, 0.56, 0.9]
    """
    order = sorted(range(len(levels)), key=lambda i: levels[i])
    groups: list[list[int]] = [[i] for i in order]

    def centre(group: list[int]) -> float:
        return sum(levels[i] for i in group) / len(group)

    merged = True
    while merged:
        merged = False
        for k in range(len(groups) - 1):
            low, high = groups[k], groups[k + 1]
            room = gap * (len(low) + len(high)) / 2
            if centre(high) - centre(low) < room - 1e-12:
                groups[k : k + 2] = [low + high]
                merged = True
                break
    places = [0.0] * len(levels)
    for group in groups:
        for position, i in enumerate(group):
            places[i] = round(centre(group) + gap * (position - (len(group) - 1) / 2), 12)
    return places


def levels_at_right(axes: Axes, levels: Sequence[tuple[float, str, str]], gap: float) -> None:
    """Labels (level, text, colour) beside the right end of horizontal lines, kept apart."""
    for (level, text, colour), place in zip(levels, apart([level for level, _, _ in levels], gap), strict=True):
        axes.annotate(
            text,
            (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(1.03, place),
            textcoords=("axes fraction", "data"),
            va="center",
            color=colour,
            fontsize=8.5,
            annotation_clip=False,
        )
