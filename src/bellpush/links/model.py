"""The waist between devices and networks: all that a network may know of an elementary link."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bellpush.states.pair import BellState, Pair, frame

__all__ = ["LinkModel", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """One way in which an attempt can be heralded."""

    name: str
    probability: float
    pair: Pair  # correlations at birth as they are, shape (4, 4); their weight is what has not leaked out of the qubits
    announced: BellState  # the Bell state this herald announces; its sign is corrected to the link's target


@dataclass(frozen=True)
class LinkModel:
    """Attempts at one link: independent, each of the same duration, with these outcomes.

    The pair is born `herald_delay` before the attempt's end, at which both ends know; it ages from its birth.
    """

    attempt_duration: float  # s, from one attempt's start to the next
    outcomes: tuple[Outcome, ...]
    target: BellState
    herald_delay: float = 0.0  # s
    heralded: bool = True  # False: whatever arrived is handed over
    idle: Pair | None = (
        None  # what lies in the memories when nothing was heralded, at birth; None if the scheme cannot say
    )
    notes: tuple[str, ...] = field(default=())
    error: float = 0.0  # bound on the absolute error of each correlation, where equations were solved for them

    @property
    def success_probability(self) -> float:
        """Probability that an attempt is heralded; 1 for a scheme that does not herald."""
        return float(sum(outcome.probability for outcome in self.outcomes))

    @property
    def born(self) -> Pair:
        """Mean pair at birth over all heralds, brought to the target's frame, shape (4, 4).

        Given a herald: its weight is 1, or less where population leaked out of the qubits.
        """
        total = self.success_probability
        if total == 0:
            return np.full((4, 4), np.nan)
        mean = sum(o.probability * frame(o.pair, o.announced, self.target) for o in self.outcomes)
        return np.asarray(mean / total)
