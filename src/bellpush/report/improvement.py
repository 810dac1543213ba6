"""What would be enough: which imperfections of a link must shrink, and by which factors, to reach a fidelity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bellpush.design.improve import LEAST, TARGETS, Need, needs, sensitivities
from bellpush.ground.errors import ConvergenceError
from bellpush.links.budget import Cost, budget
from bellpush.links.link import Link

__all__ = ["LEGEND", "Improvement", "factor", "improvement"]

SLIGHT = 0.1  # the share of an imperfection whose worth the tables tell
LEGEND = (
    "Factors by which they must shrink: each alone (no: not even its absence is enough), and the cheapest combination "
    "of all, which has the smallest product (-: may stay)."
)
TOO_LONG = (
    "What would be enough is not sought here, since it takes minutes with so many `thermal_photons`. Try "
    "bellpush.design.improve.needs in Python, or at most 0.1 of them."
)


@dataclass(frozen=True)
class Improvement:
    """A link's error budget, what a little less of each imperfection gains, and what it takes to reach targets."""

    link: Link
    costs: list[Cost]
    gains: dict[str, float]  # of 10 % less, to first order
    open: list[Need]  # targets that can be reached; those of equal names in `rows`
    sentences: list[str]  # on the other targets

    @property
    def headings(self) -> list[tuple[str, str]]:
        """Of the columns after the first: "alone" or "together", and the target."""
        return [(word, f"{need.target:g}") for word in ("alone", "together") for need in self.open]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Every imperfection that counts with its factors; last the products, where there is a choice."""
        if not self.open:
            return []
        combined = [need.together or {} for need in self.open]
        names = [cost.name for cost in self.costs if cost.name in self.open[0].alone]
        names += [name for name in self.open[0].alone if name not in names and any(name in one for one in combined)]
        rows = []
        for name in names:
            alone = [factor(need.alone[name]) for need in self.open]
            rows.append((name, alone + [factor(one[name]) if name in one else "-" for one in combined]))
        if len(names) > 1:
            products = [_times(np.exp(need.effort or 0.0)) for need in self.open]
            rows.append(("product", [""] * len(self.open) + products))
        return rows


def improvement(link: Link, targets: Sequence[float] = TARGETS) -> Improvement | None:
    """All of it for one link; None where its scheme names no imperfection or no attempt succeeds."""
    costs = budget(link)
    if not costs:
        return None
    # Where all is lost, as on a dark line, a slope has no end and says nothing of 10 %.
    gains = {name: -SLIGHT * slope for name, slope in sensitivities(link).items() if abs(SLIGHT * slope) <= 1}
    if not link.scheme.searched:
        return Improvement(link, costs, gains, [], [TOO_LONG])
    try:
        found = needs(link, targets)
    except ConvergenceError as error:
        return Improvement(link, costs, gains, [], [str(error)])  # the rest of an explanation is worth having
    reached = [need for need in found if need.together is not None]
    return Improvement(link, costs, gains, reached, _sentences(link, targets, found, costs))


def factor(strength: float | None) -> str:
    """How much less an imperfection must be, given the strength to which it must come.

    >>> factor(0.5), factor(0.0123), factor(0.0), factor(None)
    ('2.00 x', '81.3 x', 'gone', 'no')
    """
    if strength is None:
        return "no"
    if strength <= LEAST * 1.01:
        return "gone"
    return _times(1 / strength)


def _times(value: float) -> str:
    digits = max(3 - len(str(int(value))), 0)
    return f"{value:.{digits}f} x" if value < 9999.5 else f"{value:.0e} x".replace("e+0", "e").replace("e+", "e")


def _sentences(link: Link, targets: Sequence[float], found: Sequence[Need], costs: Sequence[Cost]) -> list[str]:
    """Which targets are met, and which cannot be."""
    said = []
    left = next((cost for cost in costs if cost.alone_off is None), None)
    if left is not None:
        said.append(f"With all of them gone {left.alone_on:.4f} stays lost: {left.name}.")
    missed = {need.target for need in found}
    met = [target for target in targets if target not in missed]
    if met:
        said.append(f"{_listed(met)} met already: the fresh fidelity is {link.fidelity.value:.4f}.")
    closed = [need for need in found if need.together is None]
    if closed:
        names = _listed([need.target for need in closed])
        trade = link.scheme.core.trade
        way = f" A smaller `{trade}` would lift that, at the cost of the rate." if trade else ""
        said.append(f"{names} out of reach: at best the fresh fidelity becomes {closed[0].best:.4f}.{way}")
    return said


def _listed(targets: Sequence[float]) -> str:
    words = [f"{target:g}" for target in targets]
    return f"{words[0]} is" if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]} are"
