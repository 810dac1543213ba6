"""How long a press waits: the distribution of its latency with quantiles, and the chance of a pair by a given time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.law import SampledLaw
from bellpush.delivery.times import Geometric
from bellpush.ground.estimate import Estimate
from bellpush.report.figures.canvas import BLUE, FAINT, GREEN, INK, SOFT, Drawn, fine, plain, scale
from bellpush.report.subject import Subject

__all__ = ["delivered_by", "latency"]

BINS = 48
LEVELS = (0.5, 0.9, 0.99)


class Waiting(NamedTuple):
    """The chance that a press has its pair, or its herald, by each of some times."""

    times: NDArray[np.float64]  # s, shape (bins + 1,), from 0 to the end of what is drawn
    chance: NDArray[np.float64]  # shape (bins + 1,)
    quantiles: dict[float, float]  # s, those that exist
    herald: bool  # of the herald, because everything is handed over at one moment
    whole: bool  # every attempt is drawn


def waiting(subject: Subject) -> Waiting | None:
    """From the law; where all is handed over at an edge, the wait for the first herald. None where nobody waits."""
    request, law = subject.alone, subject.answer.law
    if request is None:
        return _of_route(subject)
    schedule = request.schedule
    success = min(request.link.model.success_probability, 1.0)
    if success <= 0 or schedule.attempts == 0:
        return None
    if schedule.edge is None:
        by, quantile = law.delivered_by, law.quantile
    elif schedule.attempts == 1:
        return None
    else:
        times = Geometric(success, schedule.step, schedule.start, schedule.attempts)
        by, quantile = times.by, times.quantile
    return _binned(by, quantile, schedule.start, schedule.step, schedule.until, schedule.edge is not None)


def _of_route(subject: Subject) -> Waiting | None:
    """The wait for a pair over several links; None where it is handed over at an edge."""
    request, law = subject.answer.request, subject.answer.law
    if not isinstance(request, ChainRequest) or request.edge is not None or not law.delivered_probability.value:
        return None
    step = getattr(request.policy, "period", request.step)
    return _binned(law.delivered_by, law.quantile, 0.0, step, request.until, False)


def _binned(
    by: Callable[[float], Estimate],
    quantile: Callable[[float], Estimate],
    start: float,
    step: float,
    end: float | None,
    herald: bool,
) -> Waiting:
    quantiles = {level: value for level in LEVELS if (value := quantile(level).value) is not None}
    if end is None:
        end = max(quantiles.get(0.99, 0.0) * 1.4, start + 2 * step)
    each = max(math.ceil((end - start) / step / BINS), 1)  # whole attempts a bin
    count = math.floor((end - start) / (step * each) * (1 + 1e-12))
    grid: NDArray[np.float64] = start + step * each * np.arange(count + 1, dtype=float)
    if grid[0] > 0:
        grid = np.concatenate([[0.0], grid])
    if end > grid[-1] * (1 + 1e-9):
        grid = np.append(grid, end)
    chance = np.array([by(float(time)).value or 0.0 for time in grid])
    return Waiting(grid, chance, quantiles, herald, each == 1)


def latency(subject: Subject) -> Drawn | None:
    """The density of the waiting time, its quantiles marked."""
    found = waiting(subject)
    if found is None or found.chance[-1] <= 0:
        return None
    factor, unit = scale(float(found.times[-1]))
    widths = np.diff(found.times) * factor
    density = np.diff(found.chance) / widths
    figure, axes = plain(2.9)
    axes.bar(found.times[:-1] * factor, density, widths, align="edge", color=FAINT, edgecolor=SOFT, linewidth=0.4)
    highest = float(density.max())
    axes.set_ylim(0, highest * 1.28)
    axes.set_xlim(0, found.times[-1] * factor)
    _mark(axes, found, factor, highest)
    what = "first herald" if found.herald else "hand-over"
    axes.set_xlabel(f"time from the press to the {what} ({unit})")
    axes.set_ylabel(f"probability density (1/{unit})")
    values = ", ".join(f"{100 * level:g} % by {fine(value, 's')}" for level, value in found.quantiles.items())
    gone = 1 - float(found.chance[-1])
    said = f"Of all presses {values}" if values else "Not even half of the presses get a pair"
    said = f"{said} have {'their first herald' if found.herald else 'a pair'}" if values else said
    if gone > 5e-4 and subject.answer.request.until is not None:
        said += f", and {100 * gone:.3g} % never"
    if found.herald:
        said += f"; the hand-over itself is always {fine(float(found.times[-1]), 's')} after the press"
    heading = "Time to the first herald" if found.herald else "Latency"
    return Drawn(heading, figure, f"{said}.")


def _mark(axes: Axes, found: Waiting, factor: float, highest: float) -> None:
    for place, (level, value) in enumerate(found.quantiles.items()):
        height = highest * (1.17 - 0.12 * place)
        axes.vlines(value * factor, 0, height, color=BLUE, linewidth=1.2, linestyle=["-", "--", ":"][place])
        right = value > 0.72 * found.times[-1]
        axes.annotate(
            f"{100 * level:g} %: {fine(value, 's')}",
            (value * factor, height),
            xytext=(-4 if right else 4, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            va="center",
            color=BLUE,
            fontsize=8.5,
        )


def delivered_by(subject: Subject) -> Drawn | None:
    """The probability that a pair was handed over by a time; for a clock also that its herald has come."""
    request, law = subject.answer.request, subject.answer.law
    found = waiting(subject)
    total = law.delivered_probability.value or 0.0
    if total <= 0:
        return None
    if request.edge is not None:
        edge = request.edge
        factor, unit = scale(edge)
        figure, axes = plain(2.9)
        axes.plot(np.array([0, edge, edge, 1.25 * edge]) * factor, [0, 0, total, total], color=BLUE)
        axes.plot([edge * factor], [total], "o", color=BLUE)
        text = f"handed over:\n{total:.4g} at {fine(edge, 's')}"
        beside = (-8, -4, "right", "top") if found is None else (6, -10, "left", "top")
        axes.annotate(
            text,
            (edge * factor, total),
            xytext=beside[:2],
            textcoords="offset points",
            ha=beside[2],
            va=beside[3],
            color=BLUE,
            fontsize=8.5,
        )
        if found is not None:
            shape = "steps-post" if found.whole else "default"
            axes.plot(found.times * factor, found.chance, color=GREEN, linestyle=(0, (5, 2)), drawstyle=shape)
            middle = len(found.times) // 2
            axes.annotate(
                "herald has come",
                (found.times[middle] * factor, found.chance[middle]),
                xytext=(6, -9),
                textcoords="offset points",
                color=GREEN,
                fontsize=8.5,
                va="top",
            )
        axes.set_xlim(0, 1.25 * edge * factor)
        sentence = f"Nothing is handed over before the edge at {fine(edge, 's')}; there it is a pair with probability "
        sentence += f"{total:.4g}."
    else:
        if found is None:
            return None
        end = float(found.times[-1])
        factor, unit = scale(end)
        figure, axes = plain(2.9)
        if isinstance(law, SampledLaw):
            error = np.array([law.delivered_by(float(time)).standard_error for time in found.times])
            low, high = np.clip(found.chance - 2 * error, 0, 1), np.clip(found.chance + 2 * error, 0, 1)
            axes.fill_between(found.times * factor, low, high, color=FAINT, linewidth=0)
        shape = "steps-post" if found.whole else "default"
        axes.plot(found.times * factor, found.chance, color=BLUE, drawstyle=shape)
        for level, value in found.quantiles.items():
            axes.plot([value * factor], [level], "o", color=INK, markersize=5)
            right = value > 0.6 * end
            axes.annotate(
                f"{100 * level:g} % by {fine(value, 's')}",
                (value * factor, level),
                xytext=(-7 if right else 7, -4),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
                fontsize=8.5,
            )
        axes.set_xlim(0, end * factor)
        sentence = f"A press has its pair with probability {found.chance[-1]:.4g} within {fine(end, 's')}."
    axes.set_ylim(0, 1.04)
    axes.set_xlabel(f"time since the press, T ({unit})")
    axes.set_ylabel("P(delivered by T) (1)")
    return Drawn("Probability of a pair by time T", figure, sentence)
