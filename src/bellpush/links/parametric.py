"""A link given by numbers: how long an attempt takes, how often it succeeds, and the pair it makes."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from bellpush.ground.spec import Duration, PositiveDuration, Probability, Real, Record, problem, told_apart
from bellpush.hardware.channel import Channel
from bellpush.hardware.node import Node
from bellpush.links.dial import dial, scaled
from bellpush.links.model import LinkModel, Outcome
from bellpush.links.scheme import Births, Dial, Played, Scheme
from bellpush.states import pair as pairs
from bellpush.states.measures import best_bell
from bellpush.states.pair import BELL_STATES, BellState, Pair

__all__ = ["Parametric"]


class Werner(Record):
    """White noise around the target: fidelity F, the other three Bell states equally likely."""

    kind: Literal["werner"] = "werner"
    fidelity: Probability
    """fidelity to the target"""

    def pair(self, target: BellState | None) -> Pair:
        """Correlations, shape (4, 4)."""
        return pairs.werner(self.fidelity, target or "phi+")

    def ket_mixture(self, target: BellState | None) -> NDArray[np.complex128]:
        """The same state as a mixture of kets, shape (4, 4)."""
        rest = (1 - self.fidelity) / 3
        return _mixture({name: self.fidelity if name == (target or "phi+") else rest for name in BELL_STATES})


class BellDiagonal(Record):
    """A mixture of the four Bell states."""

    kind: Literal["bell-diagonal"] = "bell-diagonal"
    weights: dict[BellState, Annotated[float, Real(low=0.0, high=1.0)]]
    """weight of each Bell state; those not named weigh nothing"""

    @model_validator(mode="after")
    def _normalised(self) -> BellDiagonal:
        total = sum(self.weights.values())
        if abs(total - 1) > 1e-9:
            raise problem(f"must have `weights` that add up to 1, but they add up to {total:.9g}.")
        return self

    def pair(self, target: BellState | None) -> Pair:
        """Correlations, shape (4, 4)."""
        return pairs.bell_diagonal(self.weights)

    def ket_mixture(self, target: BellState | None) -> NDArray[np.complex128]:
        """The same state as a mixture of kets, shape (4, 4)."""
        return _mixture(self.weights)


Row: TypeAlias = tuple[
    Annotated[float, Real(low=-1.0, high=1.0)],
    Annotated[float, Real(low=-1.0, high=1.0)],
    Annotated[float, Real(low=-1.0, high=1.0)],
    Annotated[float, Real(low=-1.0, high=1.0)],
]


class Correlations(Record):
    """Any pair, by its Pauli correlations."""

    kind: Literal["correlations"] = "correlations"
    matrix: tuple[Row, Row, Row, Row]
    """R[i][j] = Tr(rho s_i x s_j) for i, j in I, X, Y, Z"""

    @model_validator(mode="after")
    def _physical(self) -> Correlations:
        matrix = np.array(self.matrix)
        if abs(matrix[0, 0] - 1) > 1e-9:
            raise problem(f"must have `matrix[0][0]` = 1, but it is {matrix[0, 0]:.9g}.")
        lowest = float(np.linalg.eigvalsh(pairs.to_density(matrix))[0])
        if lowest < -1e-9:
            raise problem(f"must be a physical state, but its density matrix has the eigenvalue {lowest:.3g}.")
        return self

    def pair(self, target: BellState | None) -> Pair:
        """Correlations, shape (4, 4)."""
        return np.array(self.matrix)

    def ket_mixture(self, target: BellState | None) -> NDArray[np.complex128]:
        """The density matrix, summed operator by operator, shape (4, 4)."""
        total = np.zeros((4, 4), dtype=complex)
        for i in range(4):
            for j in range(4):
                total += self.matrix[i][j] * np.kron(pairs.PAULIS[i], pairs.PAULIS[j]) / 4
        return total


State: TypeAlias = Annotated[Werner | BellDiagonal | Correlations, Field(discriminator="kind")]


class Parametric(Scheme):
    """A link known by its numbers alone.

    Models: independent attempts, each heralding the same pair with the same probability.
    Holds when: the numbers were measured or computed elsewhere for this very link.

    >>> link = Parametric(attempt_duration=1e-5, success_probability=0.01, state={"kind": "werner", "fidelity": 0.9})
    >>> link.state.fidelity
    0.9
    """

    summary = "a link given by its numbers"
    kind: Literal["parametric"] = "parametric"
    attempt_duration: PositiveDuration
    """from one attempt's start to the next; holds everything until both ends know"""
    success_probability: Probability
    """probability that an attempt is heralded"""
    state: State
    """the pair at birth"""
    herald_delay: Duration = 0.0
    """the pair is born this long before the attempt's end; no time if not given"""
    target: BellState | None = None
    """the Bell state aimed at; phi+ for a Werner state, else the nearest Bell state, if not given"""

    @model_validator(mode="after")
    def _born_inside(self) -> Parametric:
        if self.herald_delay > self.attempt_duration:
            most, found = told_apart(self.attempt_duration, self.herald_delay, "s")
            raise problem(f"must have a `herald_delay` of at most its `attempt_duration` {most}, but it is {found}.")
        return self

    def aim(self) -> BellState:
        """The Bell state this link aims at."""
        if self.target is not None:
            return self.target
        return "phi+" if self.state.kind == "werner" else best_bell(self.state.pair(None))[0]

    def attenuated(self, channel: tuple[Channel, ...]) -> bool:
        return False

    def link_model(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> LinkModel:
        aim = self.aim()
        outcome = Outcome("herald", self.success_probability, self.state.pair(self.target), aim)
        unused = "`channel` changes nothing: a parametric link is its numbers, loss and time of flight included."
        notes = (unused,) if channel else ()
        return LinkModel(self.attempt_duration, (outcome,), aim, self.herald_delay, notes=notes)

    def births(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Births:
        return Births(
            np.asarray(self.success_probability),
            self.state.pair(self.target),
            np.asarray(self.attempt_duration),
            np.asarray(self.herald_delay),
            self.aim(),
        )

    def attempts(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Played:
        state = self.state.ket_mixture(self.target)[None]
        probabilities = np.array([self.success_probability])
        return Played(probabilities, state, self.aim(), self.attempt_duration, self.herald_delay, None)

    def resolved(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> Parametric:
        return self.changed(target=self.aim())

    def imperfections(self, ends: tuple[Node, Node], channel: tuple[Channel, ...]) -> dict[str, Dial]:
        return {"the pair at birth": _purer, "waiting for the herald": dial("herald_delay")}


def _purer(scheme: Parametric, strength: ArrayLike) -> Parametric:
    """The same with a state that holds so much of its own, and of the pair aimed at for the rest; (...) of them."""
    aim = scheme.aim()
    if np.all(np.asarray(strength) == 1):
        return scheme
    pair = scaled(scheme.state.pair(aim), np.asarray(strength)[..., None, None], pairs.bell(aim))
    return scheme.changed(state=Correlations.model_construct(matrix=pair.tolist()))


def _mixture(weights: dict[BellState, float]) -> NDArray[np.complex128]:
    kets: dict[BellState, list[float]] = {
        "phi+": [1, 0, 0, 1],
        "phi-": [1, 0, 0, -1],
        "psi+": [0, 1, 1, 0],
        "psi-": [0, 1, -1, 0],
    }
    total = np.zeros((4, 4), dtype=complex)
    for name, weight in weights.items():
        total += weight * np.outer(kets[name], kets[name]) / 2
    return total
