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
ENOUGH = 1e-6  # by which a combination may miss it
SPARED = 1e-4  # effort that counts as none
EQUAL = 0.01  # up to which slopes are the same
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
        ConvergenceError: only devices that cannot be told from perfect ones reach a target.
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
    open_targets = [target for target in targets if now < target - CLOSE]
    efforts: Array | None = None
    for target, strengths in zip(open_targets, _alone(ground, open_targets), strict=True):
        together = None
        if best > target + CLOSE:
            efforts = _together(ground, target, strengths, efforts)
            together = {name: float(np.exp(-one)) for name, one in zip(dials, efforts, strict=True) if one > SPARED}
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
    dials = len(ground.dials)
    without = ground.fidelity(1 - np.eye(dials))
    found: list[list[float | None]] = [[None] * dials for _ in targets]
    goal, which = np.nonzero(without > np.asarray(targets)[:, None])
    x, low, high = np.full(len(which), -0.5), np.full(len(which), np.log(LEAST)), np.zeros(len(which))  # logarithms
    opened = np.arange(len(which))  # those not found yet
    for _ in range(ROUNDS):
        if not opened.size:
            break
        dial, wanted, points = which[opened], np.asarray(targets)[goal[opened]], np.arange(len(opened))
        strengths = np.ones((dials, len(opened)))
        strengths[dial, points] = np.exp(x[opened])
        value, slopes = ground.slopes(strengths)
        short = value < wanted  # the fidelity falls as a strength grows
        high[opened] = np.where(short, x[opened], high[opened])
        low[opened] = np.where(short, low[opened], x[opened])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x[opened] + (wanted - value) / slopes[dial, points]
        inside = (step > low[opened]) & (step < high[opened])
        missed = np.abs(value - wanted) >= CLOSE
        x[opened] = np.where(missed, np.where(inside, step, (low[opened] + high[opened]) / 2), x[opened])
        opened = opened[missed]
    for index, log in enumerate(x):
        found[goal[index]][which[index]] = float(np.exp(log))
    return found


def _together(ground: _Ground, target: float, alone: Sequence[float | None], near: Array | None) -> Array:
    """The efforts of smallest sum that reach the target, shape (dials,); `near` are those of a lower target."""
    from scipy.optimize import minimize

    dials = len(ground.dials)

    @lru_cache(maxsize=4)  # the value and its slopes are asked for one after the other
    def kept(effort: bytes) -> tuple[float, Array]:
        value, slopes = ground.slopes(np.exp(-np.frombuffer(effort))[:, None])
        return float(value[0] - target), -slopes[:, 0]

    def beyond(effort: Array) -> tuple[float, Array]:
        return kept(np.ascontiguousarray(effort, dtype=float).tobytes())

    best: Array | None = None
    single = np.array([np.inf if one is None else -np.log(one) for one in alone])
    if np.isfinite(single).any():  # the cheapest that is enough alone
        best = np.where(np.arange(dials) == single.argmin(), single, 0.0)
    spread = np.where(np.isfinite(single), single, 0.0) / dials
    for first in (lambda: near, lambda: np.full(dials, 0.7), lambda: spread, lambda: _alike(ground, target)):
        start = first()
        if start is None or not start.any():
            continue
        result = minimize(
            lambda effort: (float(effort.sum()), np.ones(dials)),
            start,
            jac=True,
            method="SLSQP",
            bounds=[(0.0, float(-np.log(LEAST)))] * dials,
            constraints={"type": "ineq", "fun": lambda e: beyond(e)[0], "jac": lambda e: beyond(e)[1]},
            options={"ftol": 1e-8, "maxiter": 200},
        )
        value, worth = beyond(result.x)
        if value > -ENOUGH and (best is None or result.x.sum() < best.sum()):
            best = np.asarray(result.x)
            if _cheapest(best, worth):
                break
    if best is None:
        best = _alike(ground, target)
    if best is None:
        raise ConvergenceError(
            f"A combination that reaches {target} must come closer to perfect devices than can be told from them. "
            "Try a lower target."
        )
    return best


def _alike(ground: _Ground, target: float) -> Array | None:
    """The effort that reaches the target where all imperfections shrink alike, shape (dials,); None if there is none.

    It always is a combination, if seldom the cheapest: what a search that fails falls back on.
    """
    low, high = 0.0, float(-np.log(LEAST))
    for _ in range(5):
        tried = np.linspace(low, high, 33)
        enough = ground.fidelity(np.exp(-np.tile(tried, (len(ground.dials), 1)))) >= target
        if not enough.any():
            return None
        place = int(enough.argmax())
        low, high = float(tried[max(place - 1, 0)]), float(tried[place])
    return np.full(len(ground.dials), high)


def _cheapest(effort: Array, worth: Array) -> bool:
    """Whether no other split of the effort is worth more: all that is done is worth the same, the rest no more."""
    done = effort > SPARED
    return bool(done.any() and worth.max() <= worth[done].min() * (1 + EQUAL))
