"""Published links beside one's own, by the two questions that a link efficiency answers; a panel for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator
from numpy.typing import NDArray

from bellpush.report.curve import RARE
from bellpush.report.figures.canvas import BLUE, FAINT, INK, PAPER, SOFT, Drawn, canvas
from bellpush.report.figures.criteria import BY_THE_CLOCK, NEXT_SUCCESS, Criterion
from bellpush.report.figures.efficiency_plane import Place, stands
from bellpush.report.figures.labels import FAR, SIDES, Label, Side, place
from bellpush.report.figures.published import PUBLISHED, Published
from bellpush.report.subject import Subject

__all__ = ["draw"]

LOW, HIGH = 3e-6, 3e3
LOWEST, LEAST = 0.435, 0.5  # below the plane is a strip for links without a fidelity
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STRIP: dict[str, tuple[int, Literal["left", "center", "right"]]] = {
    "Delteil 2016": (0, "center"),
    "Garching 2026, three atoms": (1, "center"),
    "Lago-Rivera 2021": (2, "right"),
    "Hänni 2025": (0, "left"),
}
SURE = ("reported", "derived", "secondary")
LEVELS = (0.6, 0.7, 0.8, 0.9)
FARTHER: tuple[Side, ...] = (
    (-FAR, -FAR, "right", "top"),
    (-FAR, FAR, "right", "bottom"),
    (FAR, FAR, "left", "bottom"),
    (FAR, -FAR, "left", "top"),
    (0, -2 * FAR, "center", "top"),
    (-FAR, -2 * FAR, "right", "top"),
    (FAR, -2 * FAR, "left", "top"),
    (-2 * FAR, FAR, "right", "bottom"),
    (2 * FAR, FAR, "left", "bottom"),
    (2 * FAR, -FAR, "left", "top"),
    (2 * FAR, -2 * FAR, "left", "top"),
    (-2 * FAR, -2 * FAR, "right", "top"),
)
"""where many links of a report stand close together"""
NAMES = {
    "Humphreys 2018, bright 0.3": "Humphreys 2018\nat 39 Hz",
    "Humphreys 2018, bright 0.05": "Humphreys 2018\nat 6 Hz",
    "Liu 2026, 10 km": "Liu 2026\n10 km",
    "Liu 2026, for keys": "Liu 2026\nfor keys",
    "van Leent 2022, 33 km": "van Leent 2022\n33 km",
    "Main 2025, Ca memory": "Main 2025\nCa memory",
    "Garching 2026, three atoms": "Garching 2026",
}


def draw(subjects: Sequence[Subject]) -> Drawn | None:
    """All published links, and those subjects that both boundaries are for, in two panels that share their axes.

    Drawn where one of them is itself a published experiment: in other reports it would be about somebody else. Such a
    subject stands beside the published number even where it decays otherwise, as a ring.
    """
    places = stands(subjects)
    if not any(one.experiment for one in places.values()):
        return None
    own = {name: one for name, one in places.items() if not one.off or (one.experiment and one.success <= RARE)}
    if not own:
        return None
    figure = canvas(5.8, 9.6)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, criterion in zip(panels, (BY_THE_CLOCK, NEXT_SUCCESS), strict=True):
        _panel(axes, criterion, own)
    panels[0].set_ylabel("fresh fidelity, at the herald (1)")
    _key(figure, any(one.off for one in own.values()))
    return Drawn("Published links, by two questions", figure, _sentence())


def _panel(axes: Axes, criterion: Criterion, own: dict[str, Place]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(LOW, HIGH)
    axes.set_ylim(LOWEST, 1.0)
    axes.set_yticks([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    axes.xaxis.set_major_formatter(FuncFormatter(_power))
    axes.xaxis.set_major_locator(LogLocator(numticks=10))
    axes.minorticks_off()
    axes.set_xlabel("link efficiency, rate made / rate lost (1)")
    axes.set_title(f"{criterion.name}:\n{criterion.question}", fontsize=10, color=INK, loc="left")
    efficiency = np.geomspace(LOW, HIGH, 700)
    needed = np.array([criterion.needed(float(eta)) for eta in efficiency])
    axes.plot(efficiency, needed, color=INK, linewidth=1.8, zorder=2)
    axes.fill_between(efficiency, needed, 1.2, where=(needed <= 1.2).tolist(), color=FAINT, alpha=0.4, linewidth=0)
    _levels(axes, criterion, efficiency)
    first = criterion.threshold(1.0)
    axes.text(first / 1.5, 0.992, f"perfect pairs: from {first:.3g} on", ha="right", va="top", fontsize=8, color=INK)
    labels = [_published(axes, one) for one in PUBLISHED if one.fidelity is not None]
    for one in own.values():
        face, edge = (PAPER, BLUE) if one.off else (BLUE, PAPER)
        axes.plot([one.efficiency], [one.fresh], "o", color=face, markeredgecolor=edge, markersize=7, zorder=4)
        labels.append(Label(one.written, one.efficiency, one.fresh, BLUE))
    _alone(axes)
    line = [(float(x), float(y)) for x, y in zip(efficiency[::10], needed[::10], strict=True) if y <= 1.0]
    place(axes, labels, [line], (*SIDES, *FARTHER))


def _levels(axes: Axes, criterion: Criterion, efficiency: NDArray[np.float64]) -> None:
    """Where the answer is a little more than 1/2: thin lines with their fidelity at the right edge."""
    for level in (0.5, *LEVELS):
        needed = np.array([criterion.needed(float(eta), level) for eta in efficiency])
        if level != 0.5:
            axes.plot(efficiency, needed, color=SOFT, linewidth=0.6, alpha=0.7, zorder=1)
        axes.annotate(
            f"{level:g}",
            (1.0, needed[-1]),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK if level == 0.5 else SOFT,
            fontweight="bold" if level == 0.5 else "normal",
            annotation_clip=False,
        )


def _published(axes: Axes, one: Published) -> Label:
    assert one.fidelity is not None
    face = SOFT if one.standing in SURE else PAPER
    axes.plot([one.efficiency], [one.fidelity], "D", color=SOFT, markerfacecolor=face, markersize=6.5, zorder=3)
    axes.lines[-1].set_markeredgewidth(1.4)
    if one.bound:
        times = 4.0 if one.bound == "at least" else 0.25
        axes.annotate(
            "",
            (one.efficiency * times, one.fidelity),
            (one.efficiency, one.fidelity),
            arrowprops={"arrowstyle": "->", "color": SOFT, "lw": 1.2, "shrinkA": 4, "shrinkB": 0},
        )
    return Label(NAMES.get(one.name, one.name), one.efficiency, one.fidelity, SOFT)


def _alone(axes: Axes) -> None:
    """Links of which no fidelity of a pair is known: their efficiency alone, as marks in a strip below the plane."""
    axes.axhline(LEAST, color=SOFT, linewidth=0.7)
    for one in PUBLISHED:
        if one.fidelity is not None:
            continue
        row, side = STRIP[one.name]
        top = LOWEST + 0.012 + 0.017 * row
        axes.plot([one.efficiency] * 2, [LOWEST, top], color=SOFT, linewidth=0.7)
        axes.plot([one.efficiency] * 2, [LOWEST, LOWEST + 0.012], color=SOFT, linewidth=1.6)
        axes.annotate(
            NAMES.get(one.name, one.name),
            (one.efficiency, top),
            xytext=({"left": -3, "center": 0, "right": 3}[side], 1),
            textcoords="offset points",
            ha=side,
            fontsize=7.5,
            color=SOFT,
        )


def _key(figure: Figure, otherwise: bool) -> None:
    hollow: dict[str, Any] = {"marker": "D", "color": SOFT, "linestyle": "", "markersize": 6}
    marks = [
        Line2D([], [], **hollow, label="reported, derived or secondary"),
        Line2D([], [], **hollow, markerfacecolor=PAPER, label="a number recalled or assumed"),
        Line2D([], [], marker="|", color=SOFT, linestyle="", markersize=9, label="no fidelity of a pair known"),
        Line2D([], [], marker="o", color=BLUE, linestyle="", markersize=7, label="this report"),
    ]
    if otherwise:
        ring: dict[str, Any] = {
            "marker": "o",
            "color": PAPER,
            "markeredgecolor": BLUE,
            "linestyle": "",
            "markersize": 6,
        }
        marks.append(Line2D([], [], **ring, label="decays otherwise"))
    figure.legend(
        handles=marks,
        loc="outside lower center",
        ncols=5,
        frameon=False,
        fontsize=8.5,
        labelcolor=SOFT,
        columnspacing=1.4,
    )


def _power(value: float, _: int) -> str:
    """A power of ten; those near 1 as they are."""
    power = round(math.log10(value))
    return f"{value:g}" if -2 <= power <= 2 else "10" + str(power).translate(RAISED)


def _sentence() -> str:
    above = {
        criterion.name: sum(
            one.fidelity is not None and criterion.fidelity(one.efficiency, one.fidelity) > 0.5 for one in PUBLISHED
        )
        for criterion in (BY_THE_CLOCK, NEXT_SUCCESS)
    }
    known = sum(one.fidelity is not None for one in PUBLISHED)
    return (
        "Two questions with a boundary each, both for rare successes and one exponential towards the mixed state: of "
        f"{known} published links {above['by the clock']} could be handed over by a clock with more than 1/2, misses "
        f"included, and {above['at the next success']} would on average be better than 1/2 when the next pair is made, "
        "which says nothing of clocks; lines to the right show higher fidelities asked for"
    ) + "."
