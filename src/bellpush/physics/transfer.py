"""A shaped photon from one transmon to another: emission, a lossy line, capture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import ceil, log
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics import sequence
from bellpush.physics.evolve import Evolution, evolve, guessed
from bellpush.physics.photon import Photon
from bellpush.physics.problem import Problem
from bellpush.physics.pulse_sampled import SHORTFALL, Sampled
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sequence import E, F, G
from bellpush.physics.transfer_require import check

__all__ = ["Passage", "Transfer", "Transferred", "bell", "passage", "process", "slopes"]

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
Kept = TypeVar("Kept")

MOST_LEVELS = 15  # of both resonators together, on a warm line
FOCK = 1e-6  # error of the pair below which Fock levels are enough
COARSER = 3  # times fewer steps to begin with on a warm line, whose highest levels decay fast and hold little
TRACE = 1e-11  # of what is as good as nothing
STEP = 1e-100  # into the complex plane, far below all populations


class Transfer(NamedTuple):
    """Everything that decides what one transfer gives. Every number may be an array of shape (points,)."""

    sender: Qutrit
    receiver: Qutrit
    photon: Photon
    transmission: ArrayLike  # share of the photon's energy that reaches the receiver's resonator
    window: ArrayLike  # s, centred on the photon's peak; both drives are cut at its ends
    timing_error: ArrayLike = 0.0  # s, by which the receiver's drive comes late; its cut stays
    thermal_photons: ArrayLike = 0.0  # mean occupation of the line, everywhere the same
    pi_pulse: ArrayLike = 0.0  # s, length of a pi pulse between e and f; 0: ideal
    preparation: ArrayLike = 0.0  # s, length of the pulses that prepare the sender; 0: ideal


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
        rows = sequence.correlations(self.evolution.sector)
        found = [np.tensordot(kind, self.evolution.values, 1) for kind in rows]
        return np.moveaxis(np.where(np.equal(self.transfer.pi_pulse, 0), *found), (0, 1), (-2, -1))

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
    >>> node = Qutrit(linewidth=6.5e7)
    >>> pair = bell(Transfer(node, node, Sech(6.5e7), transmission=0.64, window=0.6e-6)).pair
    >>> bool(np.isclose((pair[0, 0] + pair[1, 1] + pair[2, 2] - pair[3, 3]) / 4, 0.9**2))
    True
    """
    _check(transfer)
    tolerance = _sensible(transfer, tolerance)

    present = _features(transfer, "bell", levels)

    def carried(enough: int) -> tuple[Transferred, Real]:
        found = _carried(transfer, present, enough, tolerance, compiled)
        return found, found.pair

    return _settled(transfer, levels, carried)


def _check(transfer: Transfer) -> None:
    """ValueError for numbers out of their ranges, and for a photon that the nodes cannot emit or catch."""
    check(transfer)
    transfer.photon.check(transfer.sender.linewidth, transfer.receiver.linewidth)


def _sensible(transfer: Transfer, tolerance: float) -> float:
    """A tolerance that takes no more steps than make sense beside the levels left out, or the gaps between samples."""
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


def _features(transfer: Transfer, kind: sequence.Kind, levels: int | None) -> frozenset[str]:
    """What the equation must hold; a warm line in the frame in which it is cold unless `levels` are given."""
    present = sequence.features(transfer, kind)
    return sequence.cooled(present, transfer) if levels is None else present


def _carried(
    transfer: Transfer, present: frozenset[str], levels: int, tolerance: float, compiled: bool | None
) -> Transferred:
    sector = sequence.sector(present, levels)
    problem, start = sequence.problem(transfer, sector, present), sequence.starts(transfer, sector, present, "bell")
    counts = _begun(present, problem, tolerance)
    return Transferred(transfer, problem, start, evolve(problem, start, tolerance, compiled, counts), levels)


def _begun(present: frozenset[str], problem: Problem, tolerance: float) -> list[int] | None:
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
    _check(transfer)
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    tolerance = _sensible(sent, tolerance)

    present = _features(sent, "process", levels)

    def carried(enough: int) -> tuple[Complex, Complex]:
        found = _process(sent, present, enough, tolerance)
        return found, found

    return _settled(sent, levels, carried)


def _process(sent: Transfer, present: frozenset[str], levels: int, tolerance: float) -> Complex:
    sector = sequence.sector(present, levels)
    moving = sequence.problem(sent, sector, present)
    counts = _begun(present, moving, tolerance)
    inputs = []
    for kind in sequence.INPUTS:  # |g><g|, |e><e|, and the Pauli operators X and Y
        start = sequence.starts(sent, sector, present, kind)
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
    _check(transfer)
    if np.any(transfer.thermal_photons):
        raise ValueError("`thermal_photons` must be 0 where photons are counted. Try a cold line.")
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    present = sequence.features(sent, "counted")
    sector = sequence.sector(present, 2)
    problem, start = sequence.problem(sent, sector, present), sequence.starts(sent, sector, present, "high")
    end = evolve(problem, start, _sensible(sent, tolerance))
    passed = end.counted("out 0") + end.counted("out 1") + end.counted("out 0 1")
    levels = Transferred(sent, problem, start, end, 2).qutrits()
    return Passage(levels, end.counted("emitted"), passed, end.counted("lost inside"))


def slopes(
    transfer: Transfer, changes: Sequence[tuple[Transfer, Transfer]], *, tolerance: float = 1e-9
) -> tuple[Real, Real]:
    """Bell fidelity and its derivatives along changes of parameters, by the adjoint of the evolution.

    Where a reset, the length of a pulse or the photons of the line are zero and change, it is the derivative upwards.

    Args:
        transfer: where, at points of shape (...).
        changes: pairs (up, down) of the same transfer with its parameters changed a little; up minus down is the
            direction. Only parameters are subtracted, never fidelities.
        tolerance: of the evolution.

    Returns:
        The fidelity to psi+, shape (...), and for each change the derivative along up minus down, shape
        (len(changes), ...).

    Raises:
        ConvergenceError, ValueError: as for `bell`.
    """
    from bellpush.physics.compiled import gradient

    _check(transfer)
    for up, down in changes:
        if type(up.photon) is not type(transfer.photon) or type(down.photon) is not type(transfer.photon):
            raise ValueError("A change must keep the kind of the photon, but does not. Try one of its fields.")
    transfer = _opened(transfer, changes)
    warm = np.any(transfer.thermal_photons)
    levels = bell(transfer, tolerance=tolerance, compiled=True).levels if warm else 2
    present = _features(transfer, "bell", None)
    sector = sequence.sector(present, levels)
    problem, start = sequence.problem(transfer, sector, present), sequence.starts(transfer, sector, present, "bell")
    shape = problem.shape
    row = sequence.to_psi_plus(sector, problem.flat(transfer.pi_pulse))
    tolerance = _sensible(transfer, tolerance)
    end, by = gradient(problem, start, lambda _: row, _begun(present, problem, tolerance), tolerance)
    value = (row * end).sum(axis=0).reshape(shape)
    if not changes:
        return value, np.zeros((0, *shape))
    moved = _moved(transfer, [up for up, _ in changes], [down for _, down in changes])
    begin = sequence.starts(moved, sector, present, "bell")
    along = by.along(sequence.problem(moved, sector, present, (len(changes), *shape)), begin)
    return value, along.reshape(len(changes), *shape) / STEP


def _same(one: Any, other: Any) -> bool:
    """Whether two are the same, as far as can be told without looking into arrays."""
    if one is other:
        return True
    try:
        return bool(one == other)
    except ValueError:  # arrays of several numbers, or tuples that hold some
        return False


def _equal(one: Any, other: Any) -> bool:
    """Whether two numbers or arrays are the same."""
    return _same(one, other) or np.array_equal(one, other)


def _opened(transfer: Transfer, changes: Sequence[tuple[Transfer, Transfer]]) -> Transfer:
    """The transfer with what is zero and changes a trace above, so that the equation holds what it does.

    A pulse of no length is not the same equation as a short one, nor is a cold line a warm one.
    """

    def opened(name: str, of: Callable[[Transfer], Any], trace: ArrayLike) -> ArrayLike:
        value: ArrayLike = getattr(of(transfer), name)
        changing = any(not _equal(getattr(of(up), name), getattr(of(down), name)) for up, down in changes)
        return np.where(np.equal(value, 0), trace, value)[()] if changing and np.any(np.equal(value, 0)) else value

    short = TRACE * np.asarray(transfer.window)
    return transfer._replace(
        sender=transfer.sender._replace(excited=opened("excited", lambda one: one.sender, TRACE)),
        receiver=transfer.receiver._replace(excited=opened("excited", lambda one: one.receiver, TRACE)),
        thermal_photons=opened("thermal_photons", lambda one: one, TRACE),
        preparation=opened("preparation", lambda one: one, short),
        pi_pulse=opened("pi_pulse", lambda one: one, short),
    )


def _moved(here: Any, ups: Sequence[Any], downs: Sequence[Any]) -> Any:
    """Steps from `here` into the complex plane, along every up minus down; what none of them changes stays real."""
    if isinstance(here, sequence.FIXED) or all(_same(one, here) for side in (ups, downs) for one in side):
        return here  # a shape without parameters, or nothing that changes
    if isinstance(here, tuple):
        return type(here)(*map(_moved, here, zip(*ups, strict=True), zip(*downs, strict=True)))
    if isinstance(here, Photon):
        names = [one.name for one in fields(here)]  # type: ignore[arg-type]  # every photon is a dataclass
        sides = [[[getattr(one, name) for one in side] for side in ([here], ups, downs)] for name in names]
        return type(here)(*(_moved(whole[0], up, down) for whole, up, down in sides))
    if all(map(_equal, ups, downs)):
        return here
    change = [np.subtract(up, down) for up, down in zip(ups, downs, strict=True)]
    return np.asarray(here) + 1j * STEP * np.stack(np.broadcast_arrays(*change))
