"""Random small open systems twice over: as terms for the solver, and as full matrices that know nothing of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.integrate import quad_vec, solve_ivp

from bellpush.physics.evolve import Drive, Problem, Segment
from bellpush.physics.open_system import OpenSystem, Term, count, dissipator, hamiltonian, jump
from bellpush.physics.operator import Operator
from bellpush.physics.sector import Sector, reach

DURATION = 1.3


def operator(dims, matrix):
    """A full matrix as an operator."""
    rows, columns = np.nonzero(matrix)
    return Operator(dims, rows, columns, np.asarray(matrix, dtype=complex)[rows, columns])


def wave(t, size, rate, phase):
    """A smooth coefficient."""
    return size * (1 + 0.5 * np.sin(rate * t + phase))


@dataclass
class RandomSystem:
    """Hamiltonians, jumps and operators that jump together, some with coefficients that change in time."""

    seed: int
    dims: tuple[int, ...] = (2, 3)
    density: float = 0.25  # share of numbers that are not zero
    counters: bool = False
    rng: np.random.Generator = field(init=False)

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)
        size = int(np.prod(self.dims))
        self.hamiltonians = [self._sparse(size) for _ in range(3)]
        self.hamiltonians = [h + h.conj().T for h in self.hamiltonians]
        self.jumps = [self._sparse(size) for _ in range(2)]
        self.together = self._sparse(size), self._sparse(size)
        self.counted = self._sparse(size)
        self.counted = self.counted + self.counted.conj().T
        self.size = size
        # H0, H1 (driven), H2, jump 0, jump 1 (driven), and (A, B) as the jump c A + s B.
        self.values = dict(zip(("H0", "H2", "L0"), self.rng.uniform(0.2, 2.0, 3), strict=True))
        self.first, self.second = self.rng.normal(size=2)
        self.waves = {name: self.rng.uniform(0.2, 2.0, 3) for name in ("H1", "L1", "count")}

    def _sparse(self, size):
        # Whole numbers, so that what cancels does so exactly; a real and an imaginary part seldom come together.
        numbers = self.rng.integers(-2, 3, (size, size)) * self.rng.choice([1, 1j], (size, size))
        return numbers * (self.rng.random((size, size)) < self.density) / 2

    @cached_property
    def system(self) -> OpenSystem:
        one, other = (operator(self.dims, matrix) for matrix in self.together)
        terms: list[Term] = [hamiltonian(f"H{i}", operator(self.dims, h)) for i, h in enumerate(self.hamiltonians)]
        terms += [jump(f"L{i}", operator(self.dims, each)) for i, each in enumerate(self.jumps)]
        terms += [jump("A", one), jump("B", other), dissipator("AB", one, other)]
        if self.counters:
            terms.append(count("count", operator(self.dims, self.counted)))
        return OpenSystem(self.dims, tuple(terms))

    def start(self, rank=1):
        """A density matrix in few basis states."""
        matrix = np.zeros((self.size, self.size), dtype=complex)
        places = self.rng.choice(self.size, rank, replace=False)
        vectors = self.rng.normal(size=(rank, rank)) + 1j * self.rng.normal(size=(rank, rank))
        matrix[np.ix_(places, places)] = vectors @ vectors.conj().T
        return matrix / np.trace(matrix)

    def sector(self, *starts) -> Sector:
        return reach(self.system, starts)

    def problem(self, sector, end=DURATION, points=()) -> Problem:
        """With `points`, the coefficient H0 differs from point to point."""
        constants = dict(self.values)
        constants |= {"A": self.first**2, "B": self.second**2, "AB": self.first * self.second}
        if len(points):
            constants["H0"] = np.asarray(points)
        drives = {name: Drive(wave, tuple(self.waves[name])) for name in self.waves if name in sector.terms}
        return Problem(sector, constants, [Segment(0.0, end, drives)])

    def change(self, t, rho, first=None):
        """d rho/dt as the textbook writes it."""
        h = (self.values["H0"] if first is None else first) * self.hamiltonians[0] + self.values["H2"] * (
            self.hamiltonians[2]
        )
        h = h + wave(t, *self.waves["H1"]) * self.hamiltonians[1]
        jumps = [
            np.sqrt(self.values["L0"]) * self.jumps[0],
            np.sqrt(wave(t, *self.waves["L1"])) * self.jumps[1],
            self.first * self.together[0] + self.second * self.together[1],
        ]
        found = -1j * (h @ rho - rho @ h)
        for each in jumps:
            both = each.conj().T @ each
            found = found + each @ rho @ each.conj().T - (both @ rho + rho @ both) / 2
        return found

    def played(self, start, end=DURATION, first=None):
        """The state at the end and the integral counted, by scipy on full matrices."""
        shape = (self.size, self.size)

        def slope(t, y):
            return self.change(t, y.reshape(shape), first).ravel()

        found = solve_ivp(
            slope, (0, end), start.astype(complex).ravel(), "DOP853", rtol=1e-12, atol=1e-13, dense_output=True
        )
        if not self.counters:
            return found.y[:, -1].reshape(shape), None

        def weighted(t):
            return wave(t, *self.waves["count"]) * np.trace(self.counted @ found.sol(t).reshape(shape)).real

        return found.y[:, -1].reshape(shape), quad_vec(weighted, 0, end, epsabs=1e-10, epsrel=1e-10)[0]
