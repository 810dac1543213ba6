"""Click schemes tried in many time bins: whether the photons of one could be taken for those of another."""

from __future__ import annotations

from typing import Any

from bellpush.ground.spec import told_apart
from bellpush.ground.units import readable
from bellpush.hardware.node import Node
from bellpush.links.click import Click
from bellpush.links.optical import WAITS, optical

__all__ = ["mixed"]

ROUNDING = 1e-12


def mixed(scheme: Click, modes: int, spacing: float, ends: tuple[Node, Node]) -> str | None:
    """How photons of several bins mix, going on from the scheme's name; None if they do not.

    Clicks count in a bin for the window, or where there is none as long as emitters are waited for. A second excitation
    must keep away as long from the first ones of all other bins. Nothing is said where neither is known.
    """
    seen: Any = getattr(scheme, "detection", None)
    light = optical(ends, (), seen)
    if seen is not None and seen.window is not None:
        lasts, named = float(seen.window), "its `window`"
    elif light is not None:
        lasts, named = float(light.last), f"{WAITS:g} lifetimes, in which photons come,"
    else:
        return None
    if modes > 1 and spacing < lasts * (1 - ROUNDING):
        least, found = told_apart(lasts, spacing, "s")
        return (
            f"needs a `spacing` of at least {named} {least}, or the photons of neighbouring bins mix, but it is "
            f"{found}. Try a longer one."
        )
    apart = getattr(scheme, "separation", None)
    if apart is None and light is not None and getattr(scheme, "encoding", "") == "time-bin":
        apart = float(light.pulse + light.last)
    if apart is None:
        return None
    nearest = min(round(apart / spacing), modes - 1)
    away = abs(apart - nearest * spacing) if nearest else lasts
    if away < lasts * (1 - ROUNDING):
        least, found = told_apart(lasts, away, "s")
        return (
            f"needs a `spacing` at which second excitations keep away from the first ones of other bins by {named} "
            f"{least}, but they come {readable(apart, 's')} after their own, {found} from another. Try a longer one."
        )
    return None
