"""A shaped photon from one transmon to another: emission, a lossy line, capture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics import sequence, sequence_drives, sequence_start
from bellpush.physics.evolve import Evolution, evolve, guessed
from bellpush.physics.problem import Problem
from bellpush.physics.pulse_sampled import SHORTFALL, Sampled
from bellpush.physics.sequence import E, F, G
from bellpush.physics.transfer_given import Transfer, checked

__all__ = ["Passage", "Transfer", "Transferred", "bell", "passage", "process"]

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
Kept = TypeVar("Kept")

MOST_LEVELS = 15  # of both resonators together, on a warm line
FOCK = 1e-6  # error of the pair below which Fock levels are enough
COARSER = 3  # times fewer steps to begin with on a warm line, whose highest levels decay fast and hold little


@dataclass(frozen=True, eq=False)
class Transferred:
    """What a transfer left of the Bell sequence, at points of shape (...)."""

    transfer: Transfer
    problem: Problem  # the equation
    start: Real  # its coordinates at the beginning, shape (size,) or (size, ...)
    evolution: Evolution
    levels: int  # Fock levels; see `bell`

    @cached_property
    def pair(self) -> Real:
        """Correlations of the two qubits, |0> = g and |1> = e, shape (..., 4, 4); [0, 0] is what has not leaked."""
        ideal, played = sequence.correlations(self.evolution.sector)
        pulse = self.transfer.pi_pulse
        if not np.any(pulse):
            return self._read(ideal)
        return np.where(np.equal(pulse, 0)[..., None, None], self._read(ideal), self._read(played))

    def _read(self, rows: Real) -> Real:
        """What rows (4, 4, size) read from the coordinates, shape (..., 4, 4)."""
        size, *shape = self.evolution.values.shape
        found: Real = self.evolution.values.reshape(size, -1).T @ rows.reshape(16, size).T
        return found.reshape(*shape, 4, 4)

    @property
    def error(self) -> float:
        """Largest error of any correlation: of the steps, and on a warm line of the levels left out."""
        rows = np.array(sequence.correlations(self.evolution.sector))
        steps = float(np.linalg.norm(rows, axis=-1).max() * self.evolution.error.max(initial=0.0))
        return steps + (FOCK if np.any(self.transfer.thermal_photons) else 0.0)

    @property
    def leaked(self) -> Real:
        """Population outside of the two qubits, shape (...)."""
        return np.asarray(1 - self.pair[..., 0, 0])

    def qutrits(self) -> Complex:
        """Density matrix of both nodes' levels, |sender receiver>, shape (..., 9, 9)."""
        rho = self.evolution.density((sequence.SENDER, sequence.RECEIVER))
        swapped = [3 * a + b for a in range(3) for b in (G, F, E)]
        ideal = np.equal(self.transfer.pi_pulse, 0)[..., None, None]
        return np.asarray(np.where(ideal, rho[..., swapped, :][..., swapped], rho))


def bell(
    transfer: Transfer, *, tolerance: float = 1e-9, levels: int | None = None, compiled: bool | None = None
) -> Transferred:
    """The pair that is left when the sender starts in (|e> + |f>)/sqrt2: psi+ if nothing goes wrong.

    Args:
        transfer: what happens, at points of shape (...).
        tolerance: of the evolution; 1e-7 at least on a warm line and for a sampled photon.
        levels: Fock levels of each resonator. If None, two for a cold line (which is exact); a warm one is solved as
            cooled.py says, with both resonators cut at one photon fewer together than the levels it takes.
        compiled: see `evolve`.

    Raises:
        ConvergenceError: the tolerance cannot be met, or a warm line needs too many Fock levels.
        ValueError: a photon that these nodes cannot emit or catch, or a number that is out of range or not finite.

    >>> from bellpush.physics.pulse_sech import Sech
    >>> from bellpush.physics.qutrit import Qutrit
    >>> node = Qutrit(linewidth=6.5e7)
    >>> pair = bell(Transfer(node, node, Sech(6.5e7), transmission=0.64, window=0.6e-6)).pair
    >>> bool(np.isclose((pair[0, 0] + pair[1, 1] + pair[2, 2] - pair[3, 3]) / 4, 0.9**2))
    True
    """
    transfer = checked(transfer)
    tolerance = sensible(transfer, tolerance)
    present = sequence.needed(transfer, "bell", levels)

    def carried(enough: int) -> tuple[Transferred, Real]:
        found = _carried(transfer, present, enough, tolerance, compiled)
        return found, found.pair

    return _settled(transfer, levels, carried)


def sensible(transfer: Transfer, tolerance: float) -> float:
    """A tolerance that takes no more steps than make sense beside the levels left out, or the gaps between samples."""
    if not tolerance > 0:
        raise ValueError(f"`tolerance` must be positive, but is {tolerance}. Try 1e-9.")
    if isinstance(transfer.photon, Sampled):
        tolerance = max(tolerance, SHORTFALL / 10)
    return max(tolerance, FOCK / 10) if np.any(transfer.thermal_photons) else tolerance


def _settled(transfer: Transfer, levels: int | None, carried: Callable[[int], tuple[Kept, NDArray[Any]]]) -> Kept:
    """What comes out at as many Fock levels as it takes; `carried` gives it and the numbers that must settle."""
    if levels is not None and not (levels >= 2 and float(levels).is_integer()):
        raise ValueError(
            f"`levels` must be a whole number of at least 2, for no photon and one, but is {levels}. Try 2."
        )
    if levels is not None or not np.any(transfer.thermal_photons):
        return carried(levels or 2)[0]
    photons = float(np.max(transfer.thermal_photons))
    # Populations of a thermal state fall by this ratio from level to level; two more take care of what drives add.
    likely = ceil(log(FOCK) / log(photons / (1 + photons))) + 2
    if likely > MOST_LEVELS:
        raise ConvergenceError(
            f"The pair must not change by more than {FOCK:.0e} with further Fock levels, and {photons:.3g} thermal "
            f"photons take some {likely}, but {MOST_LEVELS} are the most. Try `thermal_photons` of at most 0.5."
        )
    first = max(likely - 4, 2)
    (_, coarse), (found, fine) = carried(first), carried(first + 1)
    change = float(np.abs(fine - coarse).max())
    for more in range(first + 2, MOST_LEVELS + 1):
        coarse, before = fine, change
        found, fine = carried(more)
        change = float(np.abs(fine - coarse).max())
        # Each level changes less than the one before, by a factor that grows: a geometric series bounds the rest.
        if change < before and change**2 / (before - change) < FOCK:
            return found
    raise ConvergenceError(
        f"The pair must not change by more than {FOCK:.0e} with further Fock levels, but {MOST_LEVELS} of them still "
        f"change it by {change:.1e}. Try fewer `thermal_photons`."
    )


def _carried(
    transfer: Transfer, present: frozenset[str], levels: int, tolerance: float, compiled: bool | None
) -> Transferred:
    sector = sequence.sector(present, levels)
    problem, start = (
        sequence_drives.problem(transfer, sector, present),
        sequence_start.starts(transfer, sector, present, "bell"),
    )
    counts = begun(present, problem, tolerance)
    return Transferred(transfer, problem, start, evolve(problem, start, tolerance, compiled, counts), levels)


def begun(present: frozenset[str], problem: Problem, tolerance: float) -> list[int] | None:
    """How many steps to begin with; None for as many as `evolve` guesses."""
    if "cooled" not in present:
        return None
    return [max(count // COARSER, 4) for count in guessed(problem, tolerance)]


def process(transfer: Transfer, *, tolerance: float = 1e-9, levels: int | None = None) -> Complex:
    """The map from the sender's qubit to the receiver's levels when its state is sent.

    The sequence: a pi pulse between e and f at the sender, the transfer, the same pulse at the receiver. `preparation`
    and what the sender's reset leaves do not enter: the input is given.

    Args:
        transfer: what happens, at points of shape (...).
        tolerance: of the evolution.
        levels: Fock levels of each resonator; as for `bell`.

    Returns:
        out[i, j] = sum map[i, j, k, l] in[k, l], the input in (g, e), the output in (g, e, f), shape (..., 3, 3, 2, 2).

    Raises:
        ConvergenceError, ValueError: as for `bell`.
    """
    transfer = checked(transfer)
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    tolerance = sensible(sent, tolerance)

    present = sequence.needed(sent, "process", levels)

    def carried(enough: int) -> tuple[Complex, Complex]:
        found = _process(sent, present, enough, tolerance)
        return found, found

    return _settled(sent, levels, carried)


def _process(sent: Transfer, present: frozenset[str], levels: int, tolerance: float) -> Complex:
    sector = sequence.sector(present, levels)
    moving = sequence_drives.problem(sent, sector, present)
    counts = begun(present, moving, tolerance)
    inputs = []
    for kind in sequence.INPUTS:  # |g><g|, |e><e|, and the Pauli operators X and Y
        start = sequence_start.starts(sent, sector, present, kind)
        rho = evolve(moving, start, tolerance, counts=counts).density((sequence.RECEIVER,))
        ideal = np.equal(sent.pi_pulse, 0)[..., None, None]
        inputs.append(np.where(ideal, rho[..., [G, F, E], :][..., [G, F, E]], rho))
    low, high, x, y = inputs
    found = np.empty((*low.shape, 2, 2), dtype=complex)
    found[..., 0, 0], found[..., 1, 1] = low, high
    found[..., 0, 1], found[..., 1, 0] = (x + 1j * y) / 2, (x - 1j * y) / 2
    return found


class Passage(NamedTuple):
    """What became of an excitation that was sent whole, at points of shape (...)."""

    levels: Complex  # density matrix of both nodes' levels after the last pulse, |sender receiver>, shape (..., 9, 9)
    emitted: Real  # photons that left the sender's resonator for the line
    passed: Real  # photons that left the receiver's resonator again for the line, or never entered it
    lost_inside: Real  # photons that the receiver's resonator lost elsewhere

    def absorption(self, transmission: ArrayLike) -> Real:
        """Share of the photons arriving at the receiver that it took in: into its transmon, whatever became of them
        there, or into its resonator, where a little may be left at the end.

        Whoever looks at the line behind the receiver does not see what its resonator loses inside, and takes that for
        absorbed, too. NaN where nothing arrives.
        """
        arriving = np.asarray(transmission) * self.emitted
        lost = self.passed + self.lost_inside
        return np.asarray(1 - np.divide(lost, arriving, where=arriving > 0, out=np.full(np.shape(arriving), np.nan)))


def passage(transfer: Transfer, *, tolerance: float = 1e-9) -> Passage:
    """Send the sender's |e>: a pi pulse between e and f, the transfer, a pi pulse at the receiver; a cold line only.

    Raises:
        ConvergenceError, ValueError: as for `bell`; and for a line with thermal photons, which would be counted too.
    """
    transfer = checked(transfer)
    if np.any(transfer.thermal_photons):
        raise ValueError("`thermal_photons` must be 0 where photons are counted. Try a cold line.")
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    present = sequence.features(sent, "counted")
    sector = sequence.sector(present, 2)
    problem, start = (
        sequence_drives.problem(sent, sector, present),
        sequence_start.starts(sent, sector, present, "high"),
    )
    end = evolve(problem, start, sensible(sent, tolerance))
    passed = end.counted("out 0") + end.counted("out 1") + end.counted("out 0 1")
    levels = Transferred(sent, problem, start, end, 2).qutrits()
    return Passage(levels, end.counted("emitted"), passed, end.counted("lost inside"))
