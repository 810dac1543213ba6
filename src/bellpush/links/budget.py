"""The error budget of a link: what each imperfection costs, alone on and alone off."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bellpush.links.link import Link

__all__ = ["Cost", "budget"]


@dataclass(frozen=True)
class Cost:
    """What one imperfection costs in heralded fidelity. Costs do not add up: each is also felt through the others."""

    name: str
    alone_on: float | None  # infidelity if it were the only one
    alone_off: float | None  # fidelity gained if it alone were gone; None where it cannot be


def budget(link: Link) -> list[Cost]:
    """The costs of all imperfections, largest first; last what is left with all of them off, if anything."""
    ways = link.scheme.imperfections()
    now = _fidelity(link, {})
    everything_off = {name: value for off in ways.values() for name, value in off.items()}
    ideal = _fidelity(link, everything_off)
    if now is None or ideal is None:
        return []
    costs = []
    for name, off in ways.items():
        others_off = {key: value for key, value in everything_off.items() if key not in off}
        alone, without = _fidelity(link, others_off), _fidelity(link, off)
        if alone is not None and without is not None and max(abs(ideal - alone), abs(without - now)) > 1e-12:
            costs.append(Cost(name, ideal - alone, without - now))
    costs.sort(key=lambda cost: -(cost.alone_on or 0.0))
    if 1 - ideal > 1e-12:
        costs.append(Cost(link.scheme.remainder, 1 - ideal, None))
    return costs


def _fidelity(link: Link, changes: dict[str, object]) -> float | None:
    """Heralded fidelity with some fields of the scheme changed."""
    scheme = type(link.scheme).model_validate({**link.scheme.model_dump(), **changes})
    return replace(link, scheme=scheme).fidelity.value
