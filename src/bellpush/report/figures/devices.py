"""What other devices would give: fidelity over photon loss and coherence times, for a few linewidths."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.links.link import Link
from bellpush.links.photon_shape import Sampled
from bellpush.links.photon_transfer import DECAYS, PhotonTransfer
from bellpush.report.figures.canvas import WIDTH, Drawn, fine
from bellpush.report.figures.maps import LEVELS, Side, maps
from bellpush.states.measures import overlap

__all__ = ["draw", "fidelities", "slower"]

SPEEDS = (0.5, 1.0, 2.0)
POINTS = 41  # along each side
LONGER = (0.5, 32.0)  # times, by which factors
Array = NDArray[np.float64]


def draw(link: Link) -> Drawn | None:
    """Maps around the link's own place; None for other schemes, and for transfers that do not let themselves be mapped.

    Those are transfers where nothing decays, photons of a sampled shape, and lines whose every point takes long.
    """
    if not isinstance(link.scheme, PhotonTransfer) or link.scheme.laborious:
        return None
    one = link.scheme.resolved(link.nodes, link.channel)
    decays = any(name in link.scheme.imperfections(link.nodes, link.channel) for name in DECAYS)
    if not decays or isinstance(one.photon, Sampled) or one.transmission is None:
        return None
    speeds = [speed for speed in SPEEDS if speed == 1 or _possible(slower(one, 1 / speed), link)]
    lost = 1 - one.transmission
    losses = np.linspace(0.0, min(max(1.3 * lost, 0.1), 1.0), POINTS)
    factors = np.geomspace(*LONGER, POINTS)
    values = np.array([fidelities(link, slower(one, 1 / speed), losses, factors) for speed in speeds])
    linewidth = one.sender.linewidth or 0.0
    widths = [f"{fine(speed * linewidth, 'Hz')}, {fine(one.window / speed, 's')}" for speed in speeds]
    figure = maps(
        values,
        Side(100 * losses, "photons lost on the way (%)"),
        Side(factors, "all T1 and T2, times (1)", logarithmic=True),
        widths,
        "fresh fidelity (1)",
        above=f"linewidth of {link.between[0]}, and window",
        levels=LEVELS,
        spot=(speeds.index(1.0), 100 * lost, 1.0),
        width=WIDTH,
        height=3.2,
    )
    return Drawn(f"Other devices for {link.name}", figure, _sentence(link, speeds, values))


def fidelities(link: Link, scheme: PhotonTransfer, losses: Array, factors: Array) -> Array:
    """Fresh fidelities with other losses on the way, and with all times of both ends longer by factors.

    Args:
        link: between which nodes, over which channel.
        scheme: resolved.
        losses: shape (losses,).
        factors: shape (factors,).

    Returns:
        Shape (factors, losses).
    """
    lost, longer = (each.ravel() for each in np.meshgrid(losses, factors))
    changed = scheme.changed(transmission=1 - lost)
    for name, dial in scheme.imperfections(link.nodes, link.channel).items():
        if name in DECAYS:
            changed = dial(changed, 1 / longer)
    births = changed.births(link.nodes, link.channel)
    return np.asarray(overlap(births.pair, births.target)).reshape(len(factors), len(losses))


def slower(scheme: PhotonTransfer, factor: float) -> PhotonTransfer:
    """The same transfer, but slower: linewidths and the photon narrower, the window longer, all by one factor."""
    ends = {role: getattr(scheme, role) for role in ("sender", "receiver")}
    changed: dict[str, Any] = {
        role: end.changed(linewidth=end.linewidth / factor, internal_linewidth=end.internal_linewidth / factor)
        for role, end in ends.items()
    }
    rates = [name for name in type(scheme.photon).model_fields if name != "shape"]
    photon: Any = scheme.photon
    changed["photon"] = photon.changed(**{name: getattr(photon, name) / factor for name in rates})
    return scheme.changed(window=scheme.window * factor, **changed)


def _possible(scheme: PhotonTransfer, link: Link) -> bool:
    """Whether the devices can do it and the sequence has time."""
    return scheme.sequence <= scheme.repetition and scheme.contradiction(link.nodes, link.channel) is None


def _sentence(link: Link, speeds: list[float], values: Array) -> str:
    best = max(level for level in (0.0, *LEVELS) if level < values.max())
    reached = f"{best:g} is reached within it" if best else "0.9 is not reached within it"
    return (
        f"{link.name} stands at {link.fidelity.value:.4f} where the red point is; from map to map linewidths, photon "
        f"and window get faster together, and {reached}."
    )
