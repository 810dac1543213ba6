"""Fresh fidelity against link efficiency, with the boundary beyond which a clock delivers entanglement on demand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from bellpush.links.decoherence import EXPONENTIAL
from bellpush.links.link import Link
from bellpush.report.curve import RARE
from bellpush.report.figures.canvas import BLUE, FAINT, INK, PAPER, SOFT, Drawn, canvas, short
from bellpush.report.figures.criteria import BY_THE_CLOCK
from bellpush.report.figures.labels import BELOW, Label, place
from bellpush.report.figures.published import PUBLISHED
from bellpush.report.subject import Subject
from bellpush.scenario.presets import names

__all__ = ["NEAR", "Place", "draw", "stands"]

NEAR = PUBLISHED[:3]  # those near the boundary; `experiments_plane` has all
LOWEST = 0.45  # fidelity


class Place(NamedTuple):
    """Where a link stands."""

    subject: Subject
    link: Link
    efficiency: float
    fresh: float

    @property
    def success(self) -> float:
        """Probability that an attempt succeeds."""
        return self.link.model.success_probability

    @property
    def written(self) -> str:
        """What stands beside it; ours of a published link says so."""
        return short(self.subject.title) if not self.experiment else f"{short(self.subject.title, 24)}\nours"

    @property
    def experiment(self) -> bool:
        """Whether it is ours of a published link."""
        return self.subject.preset in names("experiment")

    @property
    def off(self) -> str:
        """Why the boundary says nothing about this link; empty where it does."""
        if self.success > RARE:
            share = (
                "every attempt succeeds" if self.success > 1 - 1e-9 else f"{self.success:.3g} of its attempts succeed"
            )
            return f"{share} and its efficiency of {self.efficiency:.3g} decides nothing"
        rate = self.link.decoherence_rate
        if rate.definition != EXPONENTIAL:
            return "its stored fidelity does not decay as one exponential"
        if rate.floor is None or abs(rate.floor - 0.25) > 1e-9:
            return f"its stored fidelity decays towards {rate.floor:.3g} and not towards 1/4"
        return ""


def stands(subjects: Sequence[Subject]) -> dict[str, Place]:
    """Where every link with an efficiency stands, by its title."""
    places: dict[str, Place] = {}
    for subject in subjects:
        if subject.link is None:
            continue
        efficiency, fresh = subject.link.link_efficiency.value, subject.link.fidelity.value
        if efficiency is not None and fresh is not None and efficiency > 0:
            places.setdefault(subject.title, Place(subject, subject.link, efficiency, fresh))
    return places


def draw(subjects: Sequence[Subject]) -> Drawn | None:
    """Every link with an efficiency: on the plane those that the boundary is for, beside it the others."""
    places = stands(subjects)
    if not places:
        return None
    rare = {name: place for name, place in places.items() if not place.off}
    often = {name: place for name, place in places.items() if place.off}
    figure = canvas(3.7)
    if often:
        axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=[2.7, 1])
        outside = _beside(beside, often)
    else:
        axes = figure.add_subplot()
    values = [one.efficiency for one in rare.values()] + [one.efficiency for one in NEAR]
    low, high = min(0.09, *[v / 3 for v in values]), max(60.0, *[v * 4 for v in values])
    _boundary(axes, low, high)
    axes.set_xlim(low, high)
    axes.set_ylim(min(LOWEST, *[place.fresh - 0.08 for place in places.values()]), 1)
    axes.set_ylabel("fresh fidelity, at the herald (1)")
    axes.set_xlabel("link efficiency, rate made / rate lost (1)")
    labels = [_point(axes, p.written, p.efficiency, p.fresh, BLUE, "o", False) for p in rare.values()]
    for one in NEAR:
        assert one.fidelity is not None
        hollow = one.standing == "recalled"
        labels.append(_point(axes, f"{one.name}\n({one.standing})", one.efficiency, one.fidelity, SOFT, "D", hollow))
    if often:
        place(beside, outside, [], BELOW, within_axes=False)
    line = np.geomspace(low, high, 60)
    place(axes, labels, [[(float(x), _needed(float(x))) for x in line]])
    return Drawn("Fresh fidelity and link efficiency", figure, _sentence(rare, often))


def _needed(efficiency: float) -> float:
    """The fresh fidelity with which the best clock reaches 1/2: 1/4 + (F0 - 1/4) eta^(1/(1-eta)) = 1/2."""
    return BY_THE_CLOCK.needed(efficiency)


def _boundary(axes: Axes, low: float, high: float) -> None:
    efficiency = np.geomspace(low, high, 400)
    needed = np.array([_needed(float(eta)) for eta in efficiency])
    axes.set_xscale("log")
    axes.plot(efficiency, needed, color=INK, linewidth=1.4)
    axes.fill_between(efficiency, needed, 1.2, where=(needed <= 1.2).tolist(), color=FAINT, alpha=0.4, linewidth=0)
    axes.text(0.97, 0.96, "the best clock beats 1/2", transform=axes.transAxes, ha="right", va="top", fontweight="bold")
    axes.text(0.03, 0.03, "no clock does", transform=axes.transAxes, fontweight="bold")
    _plain_numbers(axes)


def _point(axes: Axes, text: str, x: float, y: float, colour: str, marker: str, hollow: bool) -> Label:
    face = PAPER if hollow else colour
    axes.plot([x], [y], marker, color=colour, markerfacecolor=face, markersize=6.5, zorder=4 if colour == BLUE else 3)
    axes.lines[-1].set_markeredgewidth(1.4)
    return Label(text, x, y, colour)


def _beside(axes: Axes, often: dict[str, Place]) -> list[Label]:
    """Links to which the boundary does not apply; returns what to write beside them."""
    axes.set_xscale("log")
    values = [place.efficiency for place in often.values()]
    axes.set_xlim(min(values) / 12, max(values) * 12)
    labels: list[Label] = []
    for (name, one), marker in zip(often.items(), cycle("s^vPXD"), strict=False):
        word = {True: "on demand", False: "not on demand", None: "not judged"}[one.subject.answer.on_demand]
        text = f"{_folded(name)}\n{word}"
        labels.append(_point(axes, text, one.efficiency, one.fresh, BLUE, marker, False))
        axes.lines[-1].set_label(text)
    if len(labels) > 1:  # names beside points that may lie close together would hide them: a key names the shapes
        axes.legend(loc="best", frameon=False, fontsize=7.5, labelcolor=BLUE, handletextpad=0.2)
        labels = []
    kinds = {one.success > RARE for one in often.values()}
    why = {True: "attempts that\noften succeed:", False: "another decay\nin storage:"}
    title = why[kinds.pop()] if len(kinds) == 1 else "often succeed or\ndecay otherwise:"
    axes.set_title(f"{title}\nno boundary", fontsize=8.5, color=SOFT)
    axes.set_xlabel("efficiency (1)")
    axes.tick_params(axis="y", left=False)
    axes.spines["left"].set_visible(False)
    axes.minorticks_off()
    _plain_numbers(axes)
    return labels


def _plain_numbers(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))


def _folded(name: str) -> str:
    """A name on lines short enough for a narrow panel."""
    lines = [""]
    for word in short(name, 30).split():
        if lines[-1] and len(lines[-1]) + len(word) >= 14:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3])


def _sentence(rare: dict[str, Place], often: dict[str, Place]) -> str:
    said = (
        "Above the line the best clock delivers more than fidelity 1/2, if attempts seldom succeed, memories "
        "depolarise and misses hand over the mixed state"
    )
    for name, one in rare.items():
        above = one.fresh > _needed(one.efficiency)
        said += f"; {name} stands {'above' if above else 'below'} it"
        if one.subject.answer.on_demand not in (None, above):
            said += f", and yet its own delivery is {'not ' if above else ''}on demand"
    for name, one in often.items():
        said += f"; {name} is drawn beside it, because {one.off}"
    return f"{said}."
