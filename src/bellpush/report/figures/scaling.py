"""Many links by a common clock: what falls with their number, what does not, and how good each must be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.clocked import Clocked
from bellpush.delivery.clocked_links import ClockedLinks
from bellpush.delivery.request import Request
from bellpush.engines.chains.clocked import efficiency_needed
from bellpush.engines.exact import solve
from bellpush.hardware.node import SwapDevice
from bellpush.links.link import Link
from bellpush.report.figures.canvas import BLUE, GREEN, INK, ORANGE, RED, SOFT, Drawn, canvas, fine
from bellpush.report.subject import Subject
from bellpush.states.measures import overlap
from bellpush.states.pair import BellState, Pair
from bellpush.states.swap import swap

__all__ = ["Scaling", "draw", "scaling"]

MOST = 100  # links
LOWEST = 1e-9  # chance below which nothing is drawn
CLASSICAL = 0.5

Array = NDArray[np.float64]


class Scaling(NamedTuple):
    """A route of n like links, n = 1, 2, ...; each of shape (n,)."""

    links: Array
    at_once: Array  # chance that n links, each tried once, all succeed
    heralded: Array  # chance that all n stand heralded at the edge
    averaged: Array  # fidelity handed over at the edge, links without a herald included as mixed states
    averaged_at_once: Array  # the same where each link is tried once, just before
    needed: Array  # link efficiency with which a fidelity of 1/2 is averaged at the best period


def scaling(link: Link, period: float, device: SwapDevice, most: int = MOST) -> Scaling:
    """What a clock of this period gives over 1 to `most` links like this one, swapped at the edge.

    Source: docs/background/many-links.md.
    """
    clock = Clocked(period=period, fallback="mixed")
    law = solve(Request(link.name, link, clock))
    success, target = min(link.model.success_probability, 1.0), law.target
    once = np.asarray(success * link.pair)
    once[0, 0] += 1 - success
    number = np.arange(1, most + 1, dtype=float)
    fresh = link.fidelity.value
    needed = efficiency_needed(number, fresh=fresh) if fresh is not None and fresh > 0.25 else np.full(most, np.inf)
    with np.errstate(under="ignore"):
        return Scaling(
            number,
            success**number,
            law.times.total**number,
            _along(law.state, target, device, most),
            _along(once, target, device, most),
            needed,
        )


def _along(pair: Pair, target: BellState, device: SwapDevice, most: int) -> Array:
    """Fidelity of 1, 2, ... such pairs in a row, swapped; a swap without a result leaves the mixed state."""
    total, found = pair, []
    for _ in range(most):
        found.append(float(overlap(total, target)))
        joined = swap(
            total,
            pair,
            target,
            left_target=target,
            right_target=target,
            gate_error=device.gate_error,
            readout_error=device.readout_error,
        )
        total = device.success_probability * joined
        total[0, 0] = joined[0, 0]
    return np.array(found)


def draw(subject: Subject) -> Drawn | None:
    """Chances, averaged fidelity and needed efficiency against the number of links; for links by a common clock."""
    request = subject.answer.request
    if not isinstance(request, ChainRequest) or not isinstance(request.policy, ClockedLinks):
        return None
    link, inner = request.links[0], request.route.nodes[1:-1]
    found = scaling(link, request.policy.period, inner[0].swap if inner else SwapDevice())
    figure = canvas(6.6)
    top, middle, bottom = figure.subplots(3, 1, sharex=True)
    _chances(top, found)
    _fidelities(middle, found)
    _efficiency(bottom, found, link.link_efficiency.value)
    for axes in (top, middle, bottom):
        axes.axvline(len(request.links), color=SOFT, linewidth=0.8, linestyle=(0, (2, 3)), zorder=0)
    bottom.set_xscale("log")
    bottom.set_xlim(1, MOST)
    bottom.set_xticks([1, 2, 4, 10, 20, 50, 100], ["1", "2", "4", "10", "20", "50", "100"])
    bottom.minorticks_off()
    bottom.set_xlabel("links in a row, n (1)")
    return Drawn("Many links by a clock", figure, _sentence(found, request, link.link_efficiency.value))


def _chances(axes: Axes, found: Scaling) -> None:
    axes.set_yscale("log")
    axes.set_ylim(LOWEST, 60)
    axes.plot(found.links, np.ones(MOST), color=BLUE)
    for values, colour, style in ((found.heralded, GREEN, "-"), (found.at_once, RED, "--")):
        axes.plot(found.links, np.maximum(values, LOWEST**2), color=colour, linestyle=style)
    _beside(axes, 1.05, 1.0, "by a clock: something stands", BLUE)
    axes.yaxis.set_major_formatter(_power)
    place = int(np.argmin(np.abs(np.log(np.maximum(found.heralded, 1e-300) / 1e-2))))
    _beside(axes, found.links[place], max(found.heralded[place], LOWEST), "all heralded", GREEN, False, True)
    _beside(axes, found.links[0], max(found.at_once[0], 30 * LOWEST), "tried once, all succeed", RED)
    axes.set_ylabel("chance at the edge (1)")


def _fidelities(axes: Axes, found: Scaling) -> None:
    axes.plot(found.links, found.averaged, color=BLUE)
    axes.plot(found.links, found.averaged_at_once, color=RED, linestyle="--")
    axes.axhline(CLASSICAL, color=INK, linewidth=0.8, linestyle=(0, (1, 1.5)), zorder=0)
    axes.set_ylim(0.2, 1.0)
    _beside(axes, 100.0, CLASSICAL, "classical 0.5", INK, right=True)
    place = int(np.argmin(np.abs(found.averaged - 0.62)))
    _beside(axes, found.links[place], found.averaged[place], "by a clock", BLUE)
    _beside(axes, 1.0, max(found.averaged_at_once[0], 0.25), "tried once", RED)
    axes.set_ylabel("averaged fidelity (1)")


def _efficiency(axes: Axes, found: Scaling, own: float | None) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(_power)
    finite = np.isfinite(found.needed)
    if finite.any():
        axes.plot(found.links[finite], found.needed[finite], color=ORANGE)
        for count in (1, 2, 4, 10, 100):
            if finite[count - 1]:
                value = found.needed[count - 1]
                axes.plot([count], [value], "o", color=ORANGE, markersize=4.5)
                right = count == MOST
                axes.annotate(
                    f"{value:.4g}",
                    (count, value),
                    xytext=(-6 if right else 5, -3 if right else -9 if count > 1 else -1),
                    textcoords="offset points",
                    ha="right" if right else "left",
                    fontsize=8.5,
                )
    if own is not None:
        axes.axhline(own, color=BLUE, linewidth=1)
        _beside(axes, 100.0, own, f"this link {own:.3g}", BLUE, above=False, right=True)
    axes.set_ylabel("needed efficiency (1)")


def _power(value: float, place: float) -> str:
    """A power of ten as a number: letters stay letters in these figures."""
    return f"{value:g}"


def _beside(axes: Axes, x: float, y: float, text: str, colour: str, above: bool = True, right: bool = False) -> None:
    axes.annotate(
        text,
        (x, y),
        xytext=(-4 if right else 4, 4 if above else -11),
        textcoords="offset points",
        ha="right" if right else "left",
        color=colour,
        fontsize=8.5,
    )


def _sentence(found: Scaling, request: ChainRequest, own: float | None) -> str:
    assert isinstance(request.policy, ClockedLinks)
    count = len(request.links)
    here = found.heralded[min(count, MOST) - 1]
    said = (
        f"At an edge every {fine(request.policy.period, 's')} something always stands on every link; that all {count} "
        f"are heralded has the chance {here:.3g}, which still falls exponentially with their number, as does "
        "the fidelity of links left as they are"
    )
    enough = np.flatnonzero(found.needed <= (own or 0.0))
    if np.isfinite(found.needed).any():
        said += (
            "; what each link needs for an averaged fidelity of 1/2 grows only about like n ln n, where links "
            "tried once succeed together with p to the power of n"
        )
    if own is not None and len(enough):
        said += f"; the first link's efficiency of {own:.3g} is enough for {len(enough)}"
        said += " or more" if len(enough) == MOST else ""
    return f"{said}."
