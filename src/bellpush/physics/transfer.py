"""A shaped photon from one transmon to another: emission, a lossy line, capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics import sequence
from bellpush.physics.evolve import Evolution, evolve
from bellpush.physics.photon import Photon
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.sequence import E, F, G

__all__ = ["Passage", "Transfer", "Transferred", "bell", "passage", "process", "slopes"]

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

MOST_LEVELS = 9  # of a resonator on a warm line
FOCK = 1e-7  # change of the pair below which Fock levels are enough
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
    evolution: Evolution
    levels: int  # Fock levels of each resonator

    @cached_property
    def pair(self) -> Real:
        """Correlations of the two qubits, |0> = g and |1> = e, shape (..., 4, 4); [0, 0] is what has not leaked."""
        rows = sequence.correlations(self.evolution.sector)
        found = [np.tensordot(kind, self.evolution.values, 1) for kind in rows]
        return np.moveaxis(np.where(np.equal(self.transfer.pi_pulse, 0), *found), (0, 1), (-2, -1))

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
        tolerance: of the evolution.
        levels: Fock levels of each resonator; if None, two for a cold line (which is exact), else as many as it takes.
        compiled: see `evolve`.

    Raises:
        ConvergenceError: the tolerance cannot be met, or a warm line needs too many Fock levels.
        ValueError: a photon that these nodes cannot emit or catch, or a number that is not finite.

    >>> from bellpush.physics.pulse_sech import Sech
    >>> node = Qutrit(linewidth=6.5e7)
    >>> pair = bell(Transfer(node, node, Sech(6.5e7), transmission=0.64, window=0.6e-6)).pair
    >>> bool(np.isclose((pair[0, 0] + pair[1, 1] + pair[2, 2] - pair[3, 3]) / 4, 0.9**2))
    True
    """
    transfer.photon.check(transfer.sender.linewidth, transfer.receiver.linewidth)
    if levels is not None or not np.any(transfer.thermal_photons):
        return _carried(transfer, levels or 2, tolerance, compiled)
    found = _carried(transfer, 3, tolerance, compiled)
    for more in range(4, MOST_LEVELS + 1):
        coarse, found = found, _carried(transfer, more, tolerance, compiled)
        if np.abs(found.pair - coarse.pair).max() < FOCK:
            return found
    raise ConvergenceError(
        f"The pair must not change by more than {FOCK:.0e} with the last Fock level, but at {MOST_LEVELS} levels it "
        f"still changes by {np.abs(found.pair - coarse.pair).max():.1e}. Try fewer `thermal_photons`."
    )


def _carried(transfer: Transfer, levels: int, tolerance: float, compiled: bool | None) -> Transferred:
    sector = sequence.sector(sequence.features(transfer, "bell"), levels)
    start = sequence.starts(transfer, sector, "bell")
    evolution = evolve(sequence.problem(transfer, sector, "bell"), start, tolerance, compiled)
    return Transferred(transfer, evolution, levels)


def process(transfer: Transfer, *, tolerance: float = 1e-9, levels: int = 2) -> Complex:
    """The map from the sender's qubit to the receiver's levels when its state is sent.

    The sequence: a pi pulse between e and f at the sender, the transfer, the same pulse at the receiver. `preparation`
    and what the sender's reset leaves do not enter: the input is given.

    Args:
        transfer: what happens, at points of shape (...).
        tolerance: of the evolution.
        levels: Fock levels of each resonator; two are exact for a cold line.

    Returns:
        out[i, j] = sum map[i, j, k, l] in[k, l], the input in (g, e), the output in (g, e, f), shape (..., 3, 3, 2, 2).

    Raises:
        ConvergenceError, ValueError: as for `bell`.
    """
    transfer.photon.check(transfer.sender.linewidth, transfer.receiver.linewidth)
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    sector = sequence.sector(sequence.features(sent, "process"), levels)
    inputs = []
    for kind in sequence.INPUTS:  # |g><g|, |e><e|, and the Pauli operators X and Y
        moving = sequence.problem(sent, sector, "process")
        rho = evolve(moving, sequence.starts(sent, sector, kind), tolerance).density((sequence.RECEIVER,))
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
    passed: Real  # photons that left the receiver's resonator again, or never entered it

    def absorption(self, transmission: ArrayLike) -> Real:
        """Share of the photons arriving at the receiver that it kept."""
        return np.asarray(1 - self.passed / (np.asarray(transmission) * self.emitted))


def passage(transfer: Transfer, *, tolerance: float = 1e-9) -> Passage:
    """Send the sender's |e>: a pi pulse between e and f, the transfer, a pi pulse at the receiver; a cold line only.

    Raises:
        ConvergenceError, ValueError: as for `bell`; and for a line with thermal photons, which would be counted too.
    """
    if np.any(transfer.thermal_photons):
        raise ValueError("`thermal_photons` must be 0 where photons are counted. Try a cold line.")
    transfer.photon.check(transfer.sender.linewidth, transfer.receiver.linewidth)
    sent = transfer._replace(preparation=0.0, sender=transfer.sender._replace(excited=0.0))
    sector = sequence.sector(sequence.features(sent, "counted"), 2)
    end = evolve(sequence.problem(sent, sector, "counted"), sequence.starts(sent, sector, "high"), tolerance)
    passed = end.counted("out 0") + end.counted("out 1") + end.counted("out 0 1")
    return Passage(Transferred(sent, end, 2).qutrits(), end.counted("emitted"), passed)


def slopes(
    transfer: Transfer, changes: Sequence[tuple[Transfer, Transfer]], *, tolerance: float = 1e-9
) -> tuple[Real, Real]:
    """Bell fidelity and its derivatives along changes of parameters, by the adjoint of the evolution.

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

    found = bell(transfer, tolerance=tolerance, compiled=True)
    sector, shape = found.evolution.sector, found.evolution.error.shape
    problem = sequence.problem(transfer, sector, "bell")
    signs = np.array([1.0, 1, 1, -1]) / 4
    rows = [np.einsum("i,iik->k", signs, kind)[:, None] for kind in sequence.correlations(sector)]
    row = np.where(np.equal(problem.flat(transfer.pi_pulse), 0), *rows)
    start = sequence.starts(transfer, sector, "bell").reshape(sector.size, -1)
    end, by = gradient(problem, start, lambda _: row, found.evolution.counts)
    derivatives = []
    for up, down in changes:
        moved = _moved(transfer, up, down)
        begin = sequence.starts(moved, sector, "bell").reshape(sector.size, -1)
        derivatives.append(by.along(sequence.problem(moved, sector, "bell"), begin).reshape(shape) / STEP)
    return (row * end).sum(axis=0).reshape(shape), np.array(derivatives).reshape(len(changes), *shape)


def _moved(here: Any, up: Any, down: Any) -> Any:
    """A step from `here` into the complex plane, along up minus down."""
    if isinstance(here, sequence.FIXED):
        return here
    if isinstance(here, Photon):
        names = [one.name for one in fields(here)]  # type: ignore[arg-type]  # every photon is a dataclass
        return type(here)(**{n: _moved(getattr(here, n), getattr(up, n), getattr(down, n)) for n in names})
    if isinstance(here, tuple):
        return type(here)(*(_moved(*each) for each in zip(here, up, down, strict=True)))
    return np.asarray(here) + 1j * STEP * (np.asarray(up) - np.asarray(down))
