"""The pair at its herald and as handed over: its Pauli correlations, and the same as a density matrix."""

from __future__ import annotations

import cmath
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from bellpush.report.figures.canvas import BLUE, FAINT, INK, RED, Drawn, canvas
from bellpush.report.subject import Subject
from bellpush.states.measures import overlap
from bellpush.states.pair import Pair, to_density

__all__ = ["correlations", "density"]

PAULI = "IXYZ"
BASIS = ("00", "01", "10", "11")
SEEN = 5e-3  # below it a number is left out


def correlations(subject: Subject) -> Drawn | None:
    """Squares whose area is a correlation: full for positive, hatched for negative ones."""
    pairs = _pairs(subject)
    if not pairs:
        return None
    figure = canvas(2.75)
    for axes, (words, pair) in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs.items(), strict=True):
        _cells(axes, words, list(PAULI))
        for i in range(4):
            for j in range(4):
                _square(axes, j, i, float(pair[i, j]))
        _ends(axes, subject)
    last = pairs["handed over"]
    x, y, z = (f"{last[k, k]:+.3f}" for k in (1, 2, 3))
    sentence = (
        f"The area of each square is the mean of the two Pauli measurements that label it, full if positive and "
        f"hatched if negative; as handed over XX = {x}, YY = {y}, ZZ = {z}."
    )
    return Drawn("The state as correlations", figure, sentence)


def density(subject: Subject) -> Drawn | None:
    """Discs whose area is the magnitude of an element, with a hand that shows its phase."""
    pairs = _pairs(subject)
    if not pairs:
        return None
    figure = canvas(2.75)
    for axes, (words, pair) in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs.items(), strict=True):
        _cells(axes, words, list(BASIS))
        matrix = to_density(pair)
        for i in range(4):
            for j in range(4):
                _disc(axes, j, i, complex(matrix[i, j]))
        axes.set_xlabel("column, 1 = bright")
        axes.set_ylabel("row")
    target = subject.answer.law.target
    values = {words: float(overlap(pair, target)) for words, pair in pairs.items()}
    said = " and ".join(f"{value:.4f} {words}" for words, value in values.items())
    sentence = (
        f"The area of each disc is the magnitude of a matrix element and its hand the phase, to the right if positive "
        f"and real; the fidelity to {target} is {said}."
    )
    return Drawn("The state as a density matrix", figure, sentence)


def _pairs(subject: Subject) -> dict[str, Pair]:
    """The states to draw, in the order of the request's ends; none where nothing is handed over."""
    turn: Callable[[Pair], Pair] = (lambda pair: pair.T) if subject.answer.request.swapped else (lambda pair: pair)
    fresh = {}
    if subject.link is not None:
        fresh["at the herald" if subject.link.scheme.heralded else "when made"] = turn(subject.link.pair)
    pairs = {**fresh, "handed over": np.asarray(subject.answer.state)}
    pairs = {words: pair for words, pair in pairs.items() if np.all(np.isfinite(pair)) and pair[0, 0] > 0}
    return pairs if "handed over" in pairs else {}


def _cells(axes: Axes, words: str, labels: list[str]) -> None:
    axes.set_aspect("equal")
    axes.set_xlim(-0.5, 3.5)
    axes.set_ylim(3.5, -0.5)
    axes.set_xticks(range(4), labels)
    axes.set_yticks(range(4), labels)
    axes.tick_params(length=0)
    axes.set_title(words, fontsize=9.5, loc="left")
    for spine in axes.spines.values():
        spine.set_visible(False)
    for line in np.arange(5) - 0.5:
        axes.plot([line, line], [-0.5, 3.5], color=FAINT, linewidth=0.6, zorder=0)
        axes.plot([-0.5, 3.5], [line, line], color=FAINT, linewidth=0.6, zorder=0)


def _ends(axes: Axes, subject: Subject) -> None:
    first, second = subject.answer.request.between
    axes.set_ylabel(first)
    axes.set_xlabel(second)


def _square(axes: Axes, x: float, y: float, value: float) -> None:
    side = 0.62 * min(abs(value), 1.0) ** 0.5
    if abs(value) < SEEN:
        return
    colour = BLUE if value > 0 else RED
    axes.add_patch(
        Rectangle(
            (x - side / 2, y - 0.14 - side / 2),
            side,
            side,
            facecolor=colour if value > 0 else "none",
            edgecolor=colour,
            hatch="" if value > 0 else "//////",
            linewidth=0.8,
        )
    )
    axes.text(x, y + 0.36, f"{value:+.2f}", ha="center", va="center", fontsize=7.8)


def _disc(axes: Axes, x: float, y: float, value: complex) -> None:
    size = min(abs(value), 1.0)
    if size < SEEN:
        return
    radius, phase = 0.44 * size**0.5, cmath.phase(value)
    real = abs(value.imag) < SEEN
    centre = y - (0.12 if real else 0.18)
    axes.add_patch(Circle((x, centre), radius, facecolor=FAINT, edgecolor=BLUE, linewidth=0.9))
    axes.plot(
        [x, x + radius * np.cos(phase)],
        [centre, centre - radius * np.sin(phase)],
        color=INK,
        linewidth=1.1,
        solid_capstyle="butt",
    )
    text = f"{value.real:+.2f}" if real else f"{value.real:+.2f}\n{value.imag:+.2f}i"
    axes.text(
        x, y + (0.38 if real else 0.3), text, ha="center", va="center", fontsize=7.8 if real else 6.8, linespacing=0.9
    )
