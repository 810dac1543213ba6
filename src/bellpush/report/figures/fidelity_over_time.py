"""Delivered fidelity against the clock period or the deadline, with what bounds it."""

from __future__ import annotations

import numpy as np

from bellpush.report.curve import RARE, bound
from bellpush.report.figures.canvas import BLUE, GREEN, INK, RED, SOFT, Drawn, fine, levels_at_right, plain, scale
from bellpush.report.figures.labels import ABOVE, Label, place
from bellpush.report.figures.maps import logarithmic
from bellpush.report.subject import Subject
from bellpush.report.text import quantity
from bellpush.scenario.verdict import CLASSICAL
from bellpush.states.measures import overlap

__all__ = ["draw"]


def draw(subject: Subject) -> Drawn | None:
    """The curve around the operating point; None where no time is promised."""
    curve, request = subject.curve, subject.answer.request
    here = subject.answer.fidelity
    if curve is None or here.value is None or not np.isfinite(curve.fidelity).any():
        return None
    until = request.until
    assert until is not None
    factor, unit = scale(until)
    figure, axes = plain()
    axes.plot(curve.times * factor, curve.fidelity, color=BLUE)
    error = 2 * here.standard_error
    axes.errorbar([until * factor], [here.value], yerr=[error] if error else None, fmt="o", color=BLUE, markersize=6)
    levels = _levels(subject)
    for level, _, colour, dashes in levels:
        axes.axhline(level, color=colour, linewidth=1, linestyle=dashes, zorder=1)
    everything = [level for level, *_ in levels] + [float(np.nanmin(curve.fidelity)), float(np.nanmax(curve.fidelity))]
    low, high = min(everything), max(everything)
    axes.set_ylim(low - 0.06 * (high - low), high + 0.12 * (high - low))
    axes.set_xlim(curve.times[0] * factor, curve.times[-1] * factor)
    logarithmic(axes, "x")
    levels_at_right(axes, [(level, text, colour) for level, text, colour, _ in levels], 0.075 * (high - low))
    axes.set_xlabel(f"{curve.noun} ({unit})")
    axes.set_ylabel(f"delivered fidelity to {subject.answer.law.target} (1)")
    ends = (float(curve.times[0] * factor), float(curve.times[-1] * factor))
    lines = [list(zip(curve.times * factor, curve.fidelity, strict=True))]
    lines += [[(end, level) for end in ends] for level, *_ in levels]
    sampled = f" ± {here.standard_error:.3f}" if here.standard_error else ""
    label = Label(f"{fine(until, 's')}: {here.value:.3f}{sampled}", until * factor, here.value, BLUE)
    place(axes, [label], lines, ABOVE, weight="bold")
    return Drawn(f"Delivered fidelity against the {curve.noun}", figure, _sentence(subject))


def _levels(subject: Subject) -> list[tuple[float, str, str, object]]:
    """Horizontal lines: level, label, colour, dashes."""
    request = subject.answer.request
    levels: list[tuple[float, str, str, object]] = []
    fresh = None if subject.link is None else subject.link.fidelity.value
    if fresh is not None:
        levels.append((fresh, f"fresh {fresh:.3f}", GREEN, (0, (6, 2))))
    limit = None if subject.alone is None else bound(subject.alone)
    if limit is not None:
        levels.append((limit, f"F_max {limit:.4f}", INK, (0, (1, 1.5))))
    fallback = request.fallback_state()
    alone = float("nan") if fallback is None else float(overlap(fallback, subject.answer.law.target))
    if request.min_fidelity is not None:
        levels.append((request.min_fidelity, f"asked {request.min_fidelity:g}", RED, (0, (4, 1.5, 1, 1.5))))
    elif abs(alone - CLASSICAL) > 1e-9:
        levels.append((CLASSICAL, "classical 0.5", RED, (0, (4, 1.5, 1, 1.5))))
    if alone == alone:
        same = request.min_fidelity is None and abs(alone - CLASSICAL) <= 1e-9
        levels.append((alone, f"{'classical, ' if same else ''}fallback {alone:.3g}", SOFT, (0, (2, 3))))
    return levels


def _sentence(subject: Subject) -> str:
    curve, request = subject.curve, subject.answer.request
    assert curve is not None
    assert request.until is not None
    best = int(np.nanargmax(curve.fidelity))
    here = subject.answer.fidelity.value
    said = f"At a {curve.noun} of {fine(request.until, 's')} a press is answered with fidelity "
    said += quantity(subject.answer.fidelity.to_dict()).replace("+-", "±")
    if subject.answer.fidelity.standard_error:
        said += ", sampled; the curve is exact"
    gain = curve.fidelity[best] - (here or 0.0)
    if gain > 5e-4:
        said += f", and with {curve.fidelity[best]:.4f} at the best one drawn, {fine(curve.times[best], 's')}"
    else:
        said += ", which no other one drawn betters by more than 0.0005"
    limit = None if subject.alone is None else bound(subject.alone)
    if limit is not None:
        return said + f"; the limit of rare successes is F_max = {limit:.4f}."
    success = 0.0 if subject.link is None else subject.link.model.success_probability
    if request.edge is not None and success > RARE:
        share = "every attempt succeeds" if success > 1 - 1e-9 else f"{success:.3g} of the attempts succeed"
        return said + f"; F_max is not drawn, because {share} and it holds for rare successes."
    return said + "."
