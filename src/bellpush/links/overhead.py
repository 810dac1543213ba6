"""Overheads: what a link does besides attempts, and the time it takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Duration, PositiveDuration, Real, Record

__all__ = ["Overhead"]


class Overhead(Record):
    """Time a link spends on something else than attempts: a phase lock, cooling, a charge check, a reload.

    One that can fail is repeated until it works: `duration` over `success_probability` on average, by the geometric
    law. A process with a period of its own enters as its average over cycles.

    >>> check = Overhead(name="charge check", duration=5e-5, every=1e-3, success_probability=0.2, when="spread")
    >>> check.mean, check.share(1e-5)
    (0.00025, 0.25)
    """

    name: str
    """what the time is spent on"""
    duration: Duration
    """how long it takes once"""
    success_probability: Annotated[float, Real(above=0.0, low=1e-9, high=1.0)] = 1.0
    """probability that it works; it is repeated until it does; certain if not given"""
    every: PositiveDuration | None = None
    """how often, in time of attempts, for `spread`"""
    attempts: Annotated[float, Real(low=1.0, high=1e30)] | None = None
    """mean number of attempts between two of them, for `spread` instead of `every`; 1/p for a loss of p an attempt"""
    when: Literal["spread", "cycle-start"]
    """spread: attempts take longer by the share duration/every; cycle-start: no attempts in the first `duration` of a
    clock cycle"""

    @property
    def mean(self) -> Any:
        """Time it takes on average until it works, s."""
        return plain(np.asarray(self.duration) / self.success_probability)

    def share(self, attempt: ArrayLike) -> Any:
        """By how much of itself it lengthens an attempt of so many seconds, where it is spread."""
        if self.every is not None:
            return plain(self.mean / np.asarray(self.every))
        return 0.0 if self.attempts is None else plain(self.mean / (self.attempts * np.asarray(attempt)))

    def contradiction(self) -> str | None:
        """What does not fit together, going on from the overhead's name; None if nothing."""
        said = [f"`{name}`" for name in ("every", "attempts") if getattr(self, name) is not None]
        if self.when == "cycle-start" and said:
            return f"comes once a clock cycle and takes no {said[0]}. Leave it out."
        if self.when == "spread" and not said:
            return "is spread and must say `every` how long, or after how many `attempts`. Try every: 180 ms."
        if len(said) == 2:
            return "must say `every` or `attempts`, but says both. Try one."
        return None
