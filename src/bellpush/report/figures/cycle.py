"""One cycle in time: attempts, herald, storage and hand-over of a few typical presses."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from bellpush.delivery.request import Request
from bellpush.report.figures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, PAPER, RED, SOFT, Drawn, canvas, fine, scale
from bellpush.report.subject import Subject
from bellpush.states.measures import overlap

__all__ = ["draw", "presses"]

TALL = 0.34  # of a row
APART = 0.012  # of the figure's width, from which attempts are drawn one by one


class Press(NamedTuple):
    """One press: which attempt's pair it keeps, None if there is none."""

    name: str
    attempt: int | None


def presses(request: Request) -> list[Press]:
    """Typical presses: of those with a pair an early, a middle and a late one, and one without, if that happens."""
    schedule = request.schedule
    success, most = min(request.link.model.success_probability, 1.0), schedule.attempts
    if most == 0 or success <= 0:
        return [Press("no herald", None)]
    missed = 0.0 if most is None else (1 - success) ** most
    found = []
    if success == 1 or most == 1:
        found.append(Press("every press" if success == 1 else "a herald", most if schedule.newest and most else 1))
    else:
        for name, level in (("early", 0.1), ("middle", 0.5), ("late", 0.9)):
            count = math.ceil(math.log1p(-level * (1 - missed)) / math.log1p(-success))
            count = max(count if most is None else min(count, most), 1)
            # Where the newest pair is kept the same law counts from the end.
            found.append(Press(name, most + 1 - count if schedule.newest and most is not None else count))
        if schedule.newest:
            found = [Press(name, press.attempt) for name, press in zip(("late", "middle", "early"), found, strict=True)]
            found.reverse()
    if missed > 1e-3:
        found.append(Press("no herald", None))
    return found


def draw(subject: Subject) -> Drawn | None:
    """Rows of typical presses; beneath them the fidelity of the pairs while they wait."""
    request = subject.alone
    if request is None:
        return None
    schedule, link = request.schedule, request.link
    rows = presses(request)
    last = max((press.attempt or 0 for press in rows), default=0)
    end = schedule.until if schedule.until is not None else schedule.start + last * schedule.step * 1.08
    if end <= 0:
        return None
    factor, unit = scale(end)
    stored = schedule.edge is not None and any(_handed(request, p) - _herald(request, p) > 0.02 * end for p in rows)
    height = 1.15 + 0.42 * len(rows) + (1.55 if stored else 0)
    figure = canvas(height)
    if stored:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[0.6 + 0.42 * len(rows), 1.75])
    else:
        axes, below = figure.add_subplot(), None
    for row, press in enumerate(rows):
        _row(axes, request, row, press, end, factor)
    axes.set_ylim(len(rows) - 0.4, -1.05)
    axes.set_yticks(range(len(rows)), [press.name for press in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    begin = 0.0
    if last == 1 and schedule.edge is not None and 0 < link.model.herald_delay < 0.1 * end:
        begin = end - 6 * link.model.herald_delay  # nothing happens before
    axes.set_xlim(begin * factor, (end + 0.02 * (end - begin)) * factor)
    if schedule.until is not None:
        axes.axvline(end * factor, color=INK, linewidth=0.9, zorder=0)
    _key(axes, request, stored)
    bottom = axes
    if below is not None:
        _stored(below, subject, rows, factor)
        bottom = below
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
    bottom.set_xlabel(f"time since the press ({unit})")
    return Drawn(
        "One cycle in time" if schedule.edge is not None else "Presses in time", figure, _sentence(request, rows)
    )


def _herald(request: Request, press: Press) -> float:
    """When the herald of the kept pair is known, s; the end of the press where there is none."""
    schedule = request.schedule
    if press.attempt is None:
        return schedule.until or 0.0
    return schedule.start + press.attempt * schedule.step


def _handed(request: Request, press: Press) -> float:
    """When something is handed over, s."""
    schedule = request.schedule
    return schedule.edge if schedule.edge is not None else _herald(request, press)


def _row(axes: Axes, request: Request, row: int, press: Press, end: float, factor: float) -> None:
    """Attempts in grey, storage in blue, the herald as a diamond, the hand-over as a disc."""
    schedule = request.schedule
    herald, handed = _herald(request, press), _handed(request, press)
    tried = schedule.start + (schedule.attempts or 0) * schedule.step
    until = herald if press.attempt is not None and not schedule.newest else tried
    axes.barh(row, (until - schedule.start) * factor, TALL, schedule.start * factor, color=FAINT, linewidth=0)
    count = round((until - schedule.start) / schedule.step)
    if count > 1 and schedule.step > APART * end:
        edges = (schedule.start + schedule.step * np.arange(count + 1)) * factor
        axes.vlines(edges, row - TALL / 2, row + TALL / 2, color=PAPER, linewidth=0.8)
    if press.attempt is None:
        axes.plot([handed * factor], [row], "X", color=RED, markersize=7, clip_on=False, zorder=4)
        return
    born = herald - request.link.model.herald_delay
    if handed - born > 0:
        axes.barh(row, (handed - born) * factor, TALL * 0.55, born * factor, color=BLUE, linewidth=0, zorder=2)
    axes.plot([herald * factor], [row], "D", color=GREEN, markersize=5.5, clip_on=False, zorder=5)
    size = 6.5 if handed > herald else 10  # to be seen behind the herald
    axes.plot([handed * factor], [row], "o", color=INK, markersize=size, clip_on=False, zorder=4)


def _key(axes: Axes, request: Request, stored: bool) -> None:
    """The words for the signs, above the rows."""
    heralds = request.link.scheme.heralded
    words = [("s", FAINT, "attempts"), ("D", GREEN, "herald" if heralds else "transfer ends")]
    words += [("s", BLUE, "stored" if heralds else "transfer")] if stored or not heralds else []
    words += [("o", INK, "handed over")]
    words += [("X", RED, "fallback")] if request.fallback is not None and _misses(request) else []
    handles = [axes.plot([], [], sign, color=colour, label=word, markersize=6.5)[0] for sign, colour, word in words]
    axes.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=3 if len(words) > 4 else len(words),
        frameon=False,
        fontsize=8.5,
        handletextpad=0.1,
        columnspacing=0.9,
        borderaxespad=0,
    )


def _misses(request: Request) -> bool:
    return any(press.attempt is None for press in presses(request))


def _stored(axes: Axes, subject: Subject, rows: list[Press], factor: float) -> None:
    """The fidelity of each kept pair from its herald to the hand-over."""
    request = subject.alone
    assert request is not None
    link, target = request.link, subject.answer.law.target
    ends = []
    for press, line in zip([row for row in rows if row.attempt is not None], ("-", "--", ":"), strict=False):
        herald, handed = _herald(request, press), _handed(request, press)
        if handed < herald:
            continue
        wait = np.linspace(0, handed - herald, 80)
        further = (wait / request.schedule.step).astype(int) if request.schedule.newest else 0
        ages = wait + link.model.herald_delay
        values = overlap(link.ageing.at(link.model.born, ages, further), target)
        axes.plot((herald + wait) * factor, values, line, color=BLUE, linewidth=1.5)
        axes.plot([herald * factor], [values[0]], "D", color=GREEN, markersize=5.5, zorder=4)
        axes.plot([handed * factor], [values[-1]], "o", color=INK, markersize=5.5, clip_on=False, zorder=4)
        ends += [float(values[0]), float(values[-1])]
    delivered = subject.answer.fidelity.value
    if delivered is not None:
        axes.axhline(delivered, color=ORANGE, linewidth=1.2, linestyle=(0, (5, 2)))
        axes.annotate(
            f"delivered, mean over all presses {delivered:.3f}",
            (0.01, delivered),
            xycoords=("axes fraction", "data"),
            xytext=(0, -3),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
            color=SOFT,
        )
        ends.append(delivered)
    low, high = min(ends), max(ends)
    room = max(high - low, 0.02)
    axes.set_ylim(low - 0.28 * room, high + 0.12 * room)
    axes.set_ylabel(f"fidelity to {target} (1)")


def _sentence(request: Request, rows: list[Press]) -> str:
    schedule, link = request.schedule, request.link
    attempts = schedule.attempts
    step = fine(schedule.step, "s")
    if attempts is None:
        said = f"Attempts of {step} go on until one is heralded, and the pair is handed over at once"
    elif schedule.edge is None:
        said = f"Up to {attempts} attempts of {step} are made, and the first pair is handed over at its herald"
    elif attempts == 1:
        said = f"The one attempt of {step} ends at the edge, so that nothing waits"
    elif schedule.newest:
        said = f"{attempts} attempts of {step} fill the cycle, and the newest pair waits for the edge"
    else:
        said = f"Up to {attempts} attempts of {step} are made, and the first pair waits for the edge"
    middle = next((press for press in rows if press.name == "middle"), None)
    if middle is not None:
        said += f"; typically its herald comes {fine(_herald(request, middle), 's')} after the press"
    delay = link.model.herald_delay
    if delay > 0 and not link.scheme.heralded:
        said += f"; the transfer takes its last {fine(delay, 's')}"
    elif delay > 0.01 * schedule.step:
        said += f"; a pair is born {fine(delay, 's')} before its herald"
    return f"{said}."
