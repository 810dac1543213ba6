"""The error budget of a link: what each imperfection costs, alone on and alone off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bellpush.links.dial import dial
from bellpush.links.link import Link
from bellpush.links.scheme import Dial

__all__ = ["Cost", "budget"]

NEGLIGIBLE = 1e-8  # infidelity that solved models do not tell from none
SLIGHT = 1e-6  # of a field's value, as good as 0 in the limit


@dataclass(frozen=True)
class Cost:
    """What one imperfection costs in heralded fidelity. Costs do not add up: each is also felt through the others."""

    name: str
    alone_on: float | None  # infidelity if it were the only one
    alone_off: float | None  # fidelity gained if it alone were gone; None where it cannot be
    in_limit: float | None = None  # gained as the field that trades rate against fidelity tends to 0; None without one


def budget(link: Link) -> list[Cost]:
    """The costs of all imperfections, largest first; last what is left with all of them off, if anything."""
    ways = link.scheme.imperfections(link.nodes, link.channel)
    now = _fidelity(link, {})
    ideal = _fidelity(link, ways)
    if now is None or ideal is None:
        return []
    costs = []
    for name, turn in ways.items():
        others = {other: way for other, way in ways.items() if other != name}
        alone, without = _fidelity(link, others), _fidelity(link, {name: turn})
        if alone is not None and without is not None and max(abs(ideal - alone), abs(without - now)) > NEGLIGIBLE:
            costs.append(Cost(name, ideal - alone, without - now))
    costs.sort(key=lambda cost: -(cost.alone_on or 0.0))
    if 1 - ideal > NEGLIGIBLE:
        costs.append(Cost(link.scheme.core.remainder, 1 - ideal, None, _gain_of_trade(link, ways)))
    return costs


def _gain_of_trade(link: Link, ways: Mapping[str, Dial]) -> float | None:
    """Fidelity gained as the field that trades rate against it tends to 0; None where there is none.

    What the scheme says drowns the signal in this limit is switched off on both sides of the difference.
    """
    core = link.scheme.core
    if not core.trade:
        return None
    off = {name: way for name, way in ways.items() if name in core.drowns}
    limit = {**off, core.trade: lambda scheme, _: scheme.around(dial(core.trade)(scheme.core, SLIGHT))}
    before, after = _fidelity(link, off), _fidelity(link, limit)
    return None if before is None or after is None else after - before


def _fidelity(link: Link, off: Mapping[str, Dial]) -> float | None:
    """Heralded fidelity with some imperfections switched off."""
    scheme = link.scheme.resolved(link.nodes, link.channel)
    for turn in off.values():
        scheme = turn(scheme, 0.0)
    return replace(link, scheme=scheme).fidelity.value
