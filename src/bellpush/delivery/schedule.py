"""A schedule: when attempts are made after a press of the button, and when something is handed over.

Every delivery is one; engines know schedules and nothing else of deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bellpush.ground.arrays import plain

__all__ = ["Schedule", "attempts_within"]


@dataclass(frozen=True)
class Schedule:
    """Attempt number k = 1, 2, ... ends `start + k step` seconds after the press.

    With an `edge` the pair is handed over there, otherwise as soon as its herald is known. After `until` seconds (the
    edge, if there is one) the fallback is handed over instead; without either the press waits for ever.
    Links and deliveries whose fields hold arrays give schedules whose fields do.
    """

    step: float  # s
    attempts: int | None = None  # None: as many as it takes
    start: float = 0.0  # s
    edge: float | None = None  # s
    until: float | None = None  # s
    newest: bool = False  # attempts go on after a herald and the newest pair replaces the stored one

    @property
    def rest(self) -> Any:
        """Time from the end of the last attempt to the hand-over or the fallback, s."""
        if self.until is None or self.attempts is None:
            return 0.0
        rest = self.until - self.start - self.attempts * self.step
        # Multiples of the step can miss the edge by rounding, and a memory may be short against that.
        return plain(np.where(rest > 1e-9 * self.step, rest, 0.0))


def attempts_within(time: ArrayLike, step: ArrayLike) -> Any:
    """How many attempts of `step` seconds fit into `time`; one that fits to rounding fits.

    >>> attempts_within(0.1, 1e-5), attempts_within(2e-5, 2.1e-5)
    (10000, 0)
    """
    return plain(np.maximum(np.floor(np.asarray(time) / step * (1 + 1e-14)), 0).astype(np.int64))
