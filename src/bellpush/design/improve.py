"""What would bring a link to a fidelity: each imperfection alone, and the cheapest combination of all.

Every imperfection of a scheme is a dial (see `links.scheme`) of strength 1 today and 0 when it is gone. Getting from 1
to s is counted as the effort -ln s: halving a loss is as much work as halving a dephasing rate. The cheapest
combination has the smallest sum of efforts. Both rest on derivatives of the fidelity by the strengths, which a scheme
gives itself where it solves equations (by the adjoint of the evolution), else by differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.links.link import Link
from bellpush.links.scheme import Dial, Scheme
from bellpush.states.measures import overlap

__all__ = ["TARGETS", "Need", "needs", "sensitivities"]

Array = NDArray[np.float64]

TARGETS = (0.9, 0.95, 0.99)
SLIGHT = 1e-4  # relative change of a strength by which differences are taken
LEAST = np.exp(-16.0)  # strength below which an imperfection counts as gone
CLOSE = 1e-8  # to a target
ROUNDS = 60


@dataclass(frozen=True)
class Need:
    """What it takes to bring a link's fresh fidelity to `target`; strengths are 1 today and 0 for what is gone."""

    target: float
    now: float
    best: float  # with every imperfection gone
    alone: dict[str, float | None]  # strength to which each imperfection must come; None if even 0 is not enough
    together: dict[str, float] | None  # the cheapest combination, without what may stay; None if nothing is enough

    @property
    def effort(self) -> float | None:
        """Sum of the logarithms of the factors by which the cheapest combination improves."""
        return None if self.together is None else float(-np.log(list(self.together.values())).sum())


def needs(link: Link, targets: Sequence[float] = TARGETS) -> list[Need]:
    """What brings the fresh fidelity of a link to each target; nothing for a target that it meets already.

    Raises:
        ValueError: a target that is not between 0 and 1.
        ConvergenceError: a combination exists, but was not found.
    """
    for target in targets:
        if not 0 < target < 1:
            raise ValueError(f"A target must be between 0 and 1, but is {target}. Try 0.9.")
    dials = link.scheme.imperfections(link.nodes, link.channel)
    if not dials or not link.births.success.all():
        return []
    ground = _Ground(link, dials)
    now = float(ground.fidelity(np.ones((len(dials), 1)))[0])
    best = float(ground.fidelity(np.zeros((len(dials), 1)))[0])
    found = []
    open_targets = [target for target in targets if now < target]
    alone = _alone(ground, open_targets)
    for target, strengths in zip(open_targets, alone, strict=True):
        together = _together(ground, target, strengths) if best > target + CLOSE else None
        found.append(Need(target, now, best, dict(zip(dials, strengths, strict=True)), together))
    return found


def sensitivities(link: Link) -> dict[str, float]:
    """How the fresh fidelity changes with each imperfection: its derivative by the logarithm of the strength.

    A value of -0.1 says that 1 % more of the imperfection costs 0.001 of fidelity.
    """
    dials = link.scheme.imperfections(link.nodes, link.channel)
    if not dials or not link.births.success.all():
        return {}
    _, slopes = _Ground(link, dials).slopes(np.ones((len(dials), 1)))
    return dict(zip(dials, slopes[:, 0].tolist(), strict=True))


class _Ground:
    """The fresh fidelity of a link as a function of the strengths of its imperfections, many points abreast."""

    def __init__(self, link: Link, dials: dict[str, Dial]) -> None:
        self.link, self.dials = link, list(dials.values())
        self.scheme = link.scheme.resolved(link.nodes, link.channel)

    def turned(self, strengths: Array) -> Scheme:
        """The scheme at strengths of shape (dials, points)."""
        scheme = self.scheme
        for dial, strength in zip(self.dials, strengths, strict=True):
            scheme = dial(scheme, strength)
        return scheme

    def fidelity(self, strengths: Array) -> Array:
        """Shape (points,)."""
        births = self.turned(strengths).births(self.link.nodes, self.link.channel)
        pair = self.link.ageing.at(births.pair, births.herald_delay)
        return np.broadcast_to(overlap(pair, births.target), strengths.shape[1:])

    def slopes(self, strengths: Array) -> tuple[Array, Array]:
        """The fidelity, (points,), and its derivatives by the logarithms of the strengths, (dials, points)."""
        sides = []
        for row in range(len(strengths)):
            up, down = strengths.copy(), strengths.copy()
            up[row] *= 1 + SLIGHT
            down[row] *= 1 - SLIGHT
            sides.append((up, down))
        solved = self.turned(strengths).slopes(
            self.link.nodes, self.link.channel, [(self.turned(up), self.turned(down)) for up, down in sides]
        )
        if solved is not None:
            value, changes = solved
            return value, changes / (2 * SLIGHT)
        differences = [self.fidelity(up) - self.fidelity(down) for up, down in sides]
        return self.fidelity(strengths), np.array(differences) / (2 * SLIGHT)


def _alone(ground: _Ground, targets: Sequence[float]) -> list[list[float | None]]:
    """For each target the strength to which each dial must come if it alone is turned."""
    dials, count = len(ground.dials), len(targets)
    which, wanted = np.tile(np.arange(dials), count), np.repeat(np.asarray(targets), dials)
    points = np.arange(dials * count)
    strengths = np.ones((dials, dials * count))
    strengths[which, points] = 0.0
    enough = ground.fidelity(strengths) > wanted
    low, high = np.full(len(points), np.log(LEAST)), np.zeros(len(points))  # bounds of the logarithm
    x = np.full(len(points), -0.5)
    settled = ~enough
    for _ in range(ROUNDS):
        if settled.all():
            break
        strengths[which, points] = np.exp(x)
        value, slopes = ground.slopes(strengths)
        short = value < wanted  # the fidelity falls as a strength grows
        settled |= np.abs(value - wanted) < CLOSE
        high, low = np.where(short, x, high), np.where(short, low, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x + (wanted - value) / slopes[which, points]
        x = np.where(settled, x, np.where((step > low) & (step < high), step, (low + high) / 2))
    found = [float(np.exp(one)) if there else None for one, there in zip(x, enough, strict=True)]
    return [found[first : first + dials] for first in range(0, len(found), dials)]


def _together(ground: _Ground, target: float, alone: Sequence[float | None]) -> dict[str, float]:
    """The strengths with the smallest sum of efforts that reach the target."""
    from scipy.optimize import minimize

    dials = len(ground.dials)

    @lru_cache(maxsize=4)  # the value and its slopes are asked for one after the other
    def kept(effort: bytes) -> tuple[float, Array]:
        value, slopes = ground.slopes(np.exp(-np.frombuffer(effort))[:, None])
        return float(value[0] - target), -slopes[:, 0]

    def beyond(effort: Array) -> tuple[float, Array]:
        return kept(np.ascontiguousarray(effort, dtype=float).tobytes())

    starts = [np.full(dials, 0.7)]
    cheapest = min((-np.log(one) for one in alone if one is not None), default=None)
    if cheapest is not None:
        starts.append(np.array([-np.log(one) if one is not None else 0.0 for one in alone]) / dials)
    best: Array | None = None
    for start in starts:
        result = minimize(
            lambda effort: (float(effort.sum()), np.ones(dials)),
            start,
            jac=True,
            method="SLSQP",
            bounds=[(0.0, float(-np.log(LEAST)))] * dials,
            constraints={"type": "ineq", "fun": lambda e: beyond(e)[0], "jac": lambda e: beyond(e)[1]},
            options={"ftol": 1e-9, "maxiter": 200},
        )
        good = beyond(result.x)[0] > -1e-6
        if good and (best is None or result.x.sum() < best.sum()):
            best = result.x
    if best is None:
        raise ConvergenceError(
            f"No combination that reaches {target} was found, though there is one. Try another target."
        )
    names = list(ground.link.scheme.imperfections(ground.link.nodes, ground.link.channel))
    if cheapest is not None and cheapest < best.sum():
        return {
            name: one for name, one in zip(names, alone, strict=True) if one is not None and -np.log(one) == cheapest
        }
    return {name: float(np.exp(-one)) for name, one in zip(names, best, strict=True) if one > 1e-4}
