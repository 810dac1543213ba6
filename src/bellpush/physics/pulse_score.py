"""How good a transfer is, as a function of its two drives, with slopes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bellpush.physics import sequence, sequence_drives, sequence_start
from bellpush.physics.drive import stage_shares
from bellpush.physics.evolve import Problem, evolve
from bellpush.physics.operator import local, transition
from bellpush.physics.pulse_driven import Driven, harmonics
from bellpush.physics.sector import Sector
from bellpush.physics.transfer_given import Transfer

__all__ = ["Goal", "Score"]

Real = NDArray[np.float64]
Goal: TypeAlias = Literal["fidelity", "population"]


@dataclass(frozen=True, eq=False)
class Score:
    """A number at the end of a transfer, by coefficients x of both couplings in `harmonics`.

    x has the shape (2, terms), sender first, rad/s. The number is the fidelity of the Bell sequence to psi+, or the
    population of the receiver's |e> after |e> was sent. Derived in docs/background/pulses.md.
    """

    transfer: Transfer
    terms: int
    goal: Goal
    tolerance: float  # of the evolution
    levels: int

    @property
    def kind(self) -> sequence.Kind:
        return "bell" if self.goal == "fidelity" else "process"

    @property
    def window(self) -> float:
        return float(np.asarray(self.transfer.window))

    @cached_property
    def sent(self) -> Transfer:
        """The transfer with what enters: for a population, that of a given state."""
        if self.goal == "fidelity":
            return self.transfer
        return self.transfer._replace(preparation=0.0, sender=self.transfer.sender._replace(excited=0.0))

    @cached_property
    def sector(self) -> Sector:
        return sequence.sector(self.present, self.levels)

    @cached_property
    def present(self) -> frozenset[str]:
        return sequence.needed(self.sent, self.kind, None)

    @cached_property
    def start(self) -> Real:
        kind: sequence.Kind = "bell" if self.goal == "fidelity" else "high"
        return np.asarray(sequence_start.starts(self.sent, self.sector, self.present, kind), dtype=float)

    @cached_property
    def row(self) -> Real:
        """Gives the number from coordinates at the end, shape (size,)."""
        ideal = np.equal(self.sent.pi_pulse, 0)
        if self.goal == "fidelity":
            pauli = sequence.correlations(self.sector)[0 if ideal else 1]
            return np.asarray(np.einsum("i,iik->k", np.array([1.0, 1, 1, -1]) / 4, pauli))
        level = sequence.F if ideal else sequence.E
        return self.sector.expectation(
            local(self.sector.system.dims, sequence.RECEIVER, transition(3, level, level)),
        )

    def played(self, x: Real) -> Transfer:
        """The transfer with these couplings."""
        linewidth = float(np.asarray(self.transfer.sender.linewidth))
        return self.transfer._replace(photon=Driven(self.window, x[0].copy(), x[1].copy(), linewidth))

    def problem(self, x: Real) -> Problem:
        return sequence_drives.problem(self.sent._replace(photon=self.played(x).photon), self.sector, self.present)

    def settled(self, x: Real) -> tuple[float, tuple[int, ...]]:
        """The number within tolerance, and the steps it takes."""
        found = evolve(self.problem(x), self.start, self.tolerance, compiled=True)
        return float(self.row @ found.values), found.counts

    def slopes(self, x: Real, counts: tuple[int, ...]) -> tuple[float, Real]:
        """The number in so many steps, and its exact derivatives in as many, shape (2, terms)."""
        from bellpush.physics.compiled import gradient

        problem = self.problem(x)
        end, by = gradient(problem, self.start, lambda _: self.row, counts)
        driven = next(i for i, segment in enumerate(problem.segments) if "drive A" in segment.drives)
        begin, count = sum(counts[:driven]), counts[driven]
        times = self.window * (stage_shares(problem.cuts(counts)[driven]) - 0.5)
        found = []
        for name, node, late in (
            ("A", self.sent.sender, 0.0),
            ("B", self.sent.receiver, self.sent.timing_error),
        ):
            table = by.by_table[begin : begin + count, :, problem.driven.index(f"drive {name}"), 0].reshape(-1)
            waves = harmonics(times - np.asarray(late), self.window, self.terms)
            found.append(np.asarray(node.amplitude) * (table @ waves))
        return float(self.row @ end[:, 0]), np.array(found)
