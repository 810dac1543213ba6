"""A two-level emitter driven by a pulse of finite length: when it is excited, and what it has emitted before.

An emitter that decays while it is still driven can be excited again. Its density matrix is carried along with a flag
that counts the photons emitted so far (none, one, more), so that the part which never emitted, and with it every
conditional probability, is a block of one equation that keeps its trace. Derived in docs/background/emitters.md.
"""

from __future__ import annotations

from functools import cache
from math import log, sqrt
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.physics.drive import Drive, Segment
from bellpush.physics.evolve import evolve
from bellpush.physics.open_system import OpenSystem, hamiltonian, jump
from bellpush.physics.operator import Operator, local, transition
from bellpush.physics.problem import Problem
from bellpush.physics.sector import Sector, reach

__all__ = ["Emission", "Shape", "begins", "cut_after", "emission"]

Real: TypeAlias = NDArray[np.float64]
Shape: TypeAlias = Literal["gaussian", "square"]

AROUND = 5.0  # standard deviations of the intensity from a Gaussian pulse's centre to its beginning, and to its end
CUT = 3.0  # standard deviations after its centre, where it is cut if nothing else is said
SHORT = 1e-10  # lifetimes; a pulse below it takes no time
PER_SIGMA = 1 / sqrt(8 * log(2))  # standard deviation of the intensity over its full width at half maximum


class Emission(NamedTuple):
    """What a pulse leaves at its cut, each of shape (...). Probabilities given nothing, unless said otherwise."""

    excited: Real  # population of the excited state: a photon comes after the cut
    clean: Real  # the part of it that has never emitted before
    untouched: Real  # population of the ground state that has never emitted: the pulse left the emitter behind
    kept: Real  # coherence of that ground state with the clean excited one, at most sqrt(untouched clean)
    quiet: Real  # no photon before the cut

    @property
    def double(self) -> Real:
        """Probability of a photon before the cut given one after it."""
        return np.asarray(1 - self.clean / self.excited)

    @property
    def early(self) -> Real:
        """Probability of at least one photon before the cut."""
        return np.asarray(1 - self.quiet)


def cut_after(width: ArrayLike, shape: Shape = "gaussian") -> Any:
    """When a pulse is over, s after its centre (Gaussian, 3 standard deviations) or its beginning (square), (...)."""
    width = np.asarray(width, dtype=float)
    return CUT * PER_SIGMA * width if shape == "gaussian" else width


def begins(width: ArrayLike, shape: Shape = "gaussian") -> Any:
    """When a pulse begins, s after its centre (Gaussian, 5 standard deviations before) or its beginning (square)."""
    width = np.asarray(width, dtype=float)
    return -AROUND * PER_SIGMA * width if shape == "gaussian" else 0.0 * width


def emission(
    width: ArrayLike,
    lifetime: ArrayLike,
    *,
    area: ArrayLike = np.pi,
    shape: Shape = "gaussian",
    cut: ArrayLike | None = None,
    detuning: ArrayLike = 0.0,
    dephasing: ArrayLike = 0.0,
    tolerance: float = 1e-9,
) -> Emission:
    """An emitter after a pulse that finds it in its ground state.

    Args:
        width: full width at half maximum of the intensity of a Gaussian pulse, or length of a square one, s; 0 for one
            that takes no time.
        lifetime: of the excited state, s.
        area: rotation angle of the pulse without decay, rad.
        shape: of the pulse.
        cut: when it is looked at, s after a Gaussian pulse's centre or a square one's beginning; the whole area counts
            even where the tail is cut. `cut_after` if None. Not before a Gaussian pulse begins, 5 standard deviations
            before its centre.
        detuning: of the emitter from the laser, rad/s.
        dephasing: rate at which pure dephasing takes optical coherence, 1/s.
        tolerance: of the evolution.

    All arrays have the shape (...) together.

    Raises:
        ConvergenceError: the tolerance cannot be met.
        ValueError: a width below zero, a lifetime that is not positive, or a cut before the pulse begins.

    Source: optical Bloch equations, derived in docs/background/emitters.md.

    >>> one = emission(2.26e-9, 12e-9)
    >>> float(one.double.round(4)), float(one.early.round(4)), float(one.excited.round(3))
    (0.0368, 0.2074, 0.816)
    """
    wide, life = np.asarray(width, dtype=float), np.asarray(lifetime, dtype=float)
    end = np.asarray(cut_after(wide, shape) if cut is None else cut, dtype=float)
    start = begins(wide, shape)
    if not (np.all(wide >= 0) and np.all(life > 0)):
        raise ValueError("`width` must be at least 0 and `lifetime` positive, but are not. Try 2e-9 and 12e-9.")
    if not np.all(end >= start):
        raise ValueError("`cut` must not come before the pulse begins, but does. Try leaving it out.")
    # In lifetimes, and what is far shorter takes no time: stepping through it would show nothing.
    wide, end, start = wide / life, end / life, start / life
    short = wide < SHORT
    wide, start = np.where(short, 0.0, wide), np.where(short, 0.0, start)
    sector = _sector()
    whole = np.broadcast_shapes(*(np.shape(one) for one in (wide, life, area, end, detuning, dephasing)))
    # A pulse without length turns the emitter at once; what follows is decay alone.
    instant = np.broadcast_to(wide == 0, whole)
    begin = np.zeros((sector.size, *whole))
    half = np.broadcast_to(np.asarray(area, dtype=float), whole) / 2
    turned = np.cos(half), np.sin(half)
    begin += _start(sector, np.where(instant, turned[0], 1.0), np.where(instant, turned[1], 0.0))
    drive, over = _pulse(wide, np.asarray(area, dtype=float), shape, end)
    segments = [Segment(start, over, {"drive": drive})]
    blur = np.asarray(dephasing, dtype=float) * life
    constants = {"decay": 1.0, "detuning": np.asarray(detuning, dtype=float) * life, "dephasing": 2 * blur}
    found = evolve(Problem(sector, constants, segments, whole), begin, tolerance)
    rho = found.density((0, 1))  # levels and flag, |level flag>
    ground, excited = rho[..., 0, 0].real, rho[..., FLAGS, FLAGS].real
    total = sum(rho[..., FLAGS + flag, FLAGS + flag].real for flag in range(FLAGS))
    # From the end of the pulse to the cut there is decay alone.
    waits = end - over
    left, kept = np.exp(-waits), np.exp(-waits / 2 - blur * waits)
    clean = excited * left
    return Emission(np.asarray(total * left), clean, ground, np.abs(rho[..., 0, FLAGS]) * kept, ground + clean)


FLAGS = 3  # no photon so far, one, more


def _pulse(width: Real, area: Real, shape: Shape, end: Real) -> tuple[Drive, Real]:
    """The Rabi frequency, and when it ends: with the pulse, or at the cut if that comes first."""
    safe = np.where(width > 0, width, 1.0)
    if shape == "square":
        return Drive(lambda _, height: height, (np.where(width > 0, area / safe, 0.0),)), np.minimum(end, width)
    sigma = PER_SIGMA * safe
    # The intensity has this standard deviation, so the amplitude exp(-t^2 / 4 sigma^2) has the area 2 sqrt(pi) sigma.
    height = np.where(width > 0, area / (2 * sqrt(np.pi) * sigma), 0.0)
    return Drive(_gaussian, (height, sigma)), np.minimum(end, AROUND * PER_SIGMA * width)


def _gaussian(time: Any, height: Any, sigma: Any) -> Any:
    return height * np.exp(-((time / (2 * sigma)) ** 2))


@cache
def _sector() -> Sector:
    """The equation of levels (ground, excited) and flag, from the ground state without a photon."""
    dims = (2, FLAGS)
    flip = local(dims, 0, np.array([[0, 0.5], [0.5, 0]]))
    up = local(dims, 0, transition(2, 1, 1))
    down = local(dims, 0, transition(2, 0, 1))
    counted = [down @ local(dims, 1, transition(FLAGS, min(flag + 1, FLAGS - 1), flag)) for flag in range(FLAGS)]
    system = OpenSystem(
        dims,
        (
            hamiltonian("drive", flip),
            hamiltonian("detuning", up),
            *(jump("decay", one) for one in counted),
            jump("dephasing", up),
        ),
    )
    return reach(system, [_density(1.0, 0.0, dims), _density(sqrt(0.5), sqrt(0.5), dims)])


def _density(ground: float, excited: float, dims: tuple[int, ...]) -> Operator:
    levels = np.array([ground, -1j * excited])
    return local(dims, 0, np.outer(levels, levels.conj())) @ local(dims, 1, transition(FLAGS, 0, 0))


def _start(sector: Sector, ground: Real, excited: Real) -> Real:
    """Coordinates, shape (size, ...), of emitters with these amplitudes that have not emitted."""
    dims = sector.system.dims
    parts = [sector.coordinates(_density(*amplitudes, dims)) for amplitudes in ((1.0, 0.0), (0.0, 1.0))]
    both = sector.coordinates(_density(1.0, 1.0, dims)) - parts[0] - parts[1]
    shape = (-1, *[1] * np.ndim(ground))
    numbers = (ground**2, excited**2, ground * excited)
    return np.asarray(sum(part.reshape(shape) * number for part, number in zip((*parts, both), numbers, strict=True)))
