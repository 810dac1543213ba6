"""The two drives of a transfer that do best under limits of duration, peak coupling and bandwidth.

Both couplings are cosine series over the window, so that what the limits allow is a convex set: so many terms, and a
bound at every time. Slopes come from the adjoint of the evolution, whatever the devices suffer. The climb starts at
the best sech and ends at a maximum near it. Source: docs/background/pulses.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.pulse_driven import harmonics
from bellpush.physics.pulse_require import numbers, positive, refusal
from bellpush.physics.pulse_score import Goal, Score
from bellpush.physics.pulse_sech import Sech, sech_coupling
from bellpush.physics.transfer import bell
from bellpush.physics.transfer_given import Transfer, numbered

__all__ = ["MOST_TERMS", "Goal", "Optimum", "optimise_pulse"]

Real = NDArray[np.float64]

MOST_TERMS = 48
"""Cosines of each coupling that are used at most, also where the bandwidth would allow more."""
MOST_ITERATIONS = 1000  # of one climb
CLIMBS = 4  # each begins where the last one ended, with steps that fit there
NARROWEST = 0.02  # bandwidth of the narrowest sech tried, over the narrower linewidth
SECHS = 33  # bandwidths tried, before the best of them is refined
BOUNDED = 8  # times for each term at which the climb keeps the coupling below its peak
LOOKED_AT = 256  # times for each term at which the result is held to it
NEAR = 1e-3  # of the largest allowed, or of the largest found: this near to a limit counts as held by it


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best drives found, beside the best that a sech allows under the same limits.

    Both transfers have `Driven` photons and can be used as any other: `bell(found.after)`.
    """

    after: Transfer
    before: Transfer  # a sech's couplings without their harmonics above the limit, scaled down to the peak if above it
    sech_bandwidth: float  # G of that sech, rad/s
    fidelity: float  # to psi+, or the population that was asked for, at `after`
    fidelity_before: float
    bandwidth: float  # of the highest harmonic used, rad/s
    active: frozenset[str]  # limits that hold the drives: some of "sender peak", "receiver peak", "bandwidth"
    evaluations: int  # of the fidelity, most of them with all its slopes


def optimise_pulse(
    transfer: Transfer,
    *,
    peak: ArrayLike,
    bandwidth: float,
    goal: Goal = "fidelity",
    tolerance: float = 1e-8,
    iterations: int = MOST_ITERATIONS,
) -> Optimum:
    """Couplings of sender and receiver that make the best pair, or move the most population, within the window.

    Args:
        transfer: one point, every field a number. Its photon is not looked at; its `window` limits the duration.
        peak: largest coupling that may be ordered, rad/s; one number, or one for the sender and one for the receiver.
        bandwidth: highest angular frequency in the couplings, rad/s. As everywhere, drives are cut at the ends of the
            window; the limit holds between them.
        goal: "fidelity" of the Bell sequence to psi+, or "population": the receiver's |e> after |e> was sent.
        tolerance: gain below which a climb ends.
        iterations: of one climb, at most.

    Raises:
        ValueError: limits that are not positive and finite or leave no freedom, a transfer of several points, or an
            uncompensated Stark shift, whose scale is the largest coupling of a drive that is not known yet.
        ConvergenceError: the climb does not end, or the evolution does not reach a tenth of the tolerance.

    >>> from bellpush.physics.qutrit import Qutrit
    >>> node = Qutrit(linewidth=6e7)
    >>> short = Transfer(node, node, Sech(6e7), transmission=1.0, window=0.1e-6)
    >>> found = optimise_pulse(short, peak=6e7, bandwidth=2e8)
    >>> print(f"{1 - found.fidelity_before:.3f} {1 - found.fidelity:.3f}")
    0.143 0.030
    """
    transfer = _one(transfer)
    limits = _limits(transfer, peak, bandwidth)
    if goal not in ("fidelity", "population"):
        raise refusal("goal", 'be "fidelity" or "population"', repr(goal), 'goal="fidelity"')
    accuracy = float(positive("tolerance", tolerance, "tolerance=1e-8"))
    score = Score(transfer, limits.terms, goal, accuracy / 10, _levels(transfer))
    rate, first, tried = _best_sech(score, limits)
    before = score.settled(first)[0]
    x, fidelity, climbed = _climbed(score, limits, first, accuracy, iterations)
    if fidelity < before:  # nothing was left to gain, and a little lost by what `within` takes off
        x, fidelity = first, before
    return Optimum(
        after=score.played(x),
        before=score.played(first),
        sech_bandwidth=rate,
        fidelity=fidelity,
        fidelity_before=before,
        bandwidth=float(np.pi * (limits.terms - 1) / score.window),
        active=_active(x, limits),
        evaluations=tried + climbed,
    )


class _Limits(NamedTuple):
    peaks: Real  # of sender and receiver, rad/s, shape (2,)
    terms: int  # of each coupling

    def within(self, x: Real) -> Real:
        """Both couplings scaled down to their peaks where they exceed them."""
        return x * np.minimum(1.0, self.peaks / np.maximum(self.highest(x), 1e-300))[:, None]

    def highest(self, x: Real) -> Real:
        """Largest magnitudes of both couplings, shape (2,)."""
        return np.asarray(np.abs(x @ self.waves(LOOKED_AT).T).max(axis=1))

    def waves(self, fine: int) -> Real:
        """The harmonics at equal distances from end to end, shape (fine terms + 1, terms)."""
        return harmonics(np.linspace(-0.5, 0.5, fine * self.terms + 1), 1.0, self.terms)


def _one(transfer: Transfer) -> Transfer:
    """The transfer with all its numbers checked: one point, and nothing that a drive could not make up for."""
    scalars = (*transfer.sender, *transfer.receiver, *transfer[3:])
    for one in scalars:
        if np.ndim(one):
            raise refusal("transfer", "be one point", f"of shape {np.shape(one)} in a field", "one point at a time")
    for node in (transfer.sender, transfer.receiver):
        positive("linewidth", node.linewidth, "linewidth=6.5e7 (rad/s)")
        if numbers("stark_shift", node.stark_shift, "stark_shift=0.0") != 0:
            must = "be compensated, hence 0, while drives are sought"
            raise refusal("stark_shift", must, f"{node.stark_shift}", "the phase that `stark_phase` gives")
    return numbered(transfer)


def _limits(transfer: Transfer, peak: ArrayLike, bandwidth: float) -> _Limits:
    """The limits, and that they make sense for this transfer."""
    window = float(positive("window", transfer.window, "window=0.3e-6 (s)"))
    peaks = positive("peak", peak, "peak=3e7 (rad/s)")
    if peaks.shape not in ((), (2,)):
        raise refusal("peak", "be one number, or one for each node", f"of shape {peaks.shape}", "peak=3e7 (rad/s)")
    highest = float(positive("bandwidth", bandwidth, "bandwidth=6e8 (rad/s)"))
    half_waves = floor(highest * window / np.pi * (1 + 1e-12))
    if half_waves < 1:
        must = f"be at least pi/window, {np.pi / window:.6g} rad/s, for a drive that is not constant"
        raise refusal("bandwidth", must, f"{highest:.6g}", "a wider band or a longer window")
    return _Limits(np.broadcast_to(peaks, 2).astype(float), min(half_waves + 1, MOST_TERMS))


def _levels(transfer: Transfer) -> int:
    """Fock levels of each resonator that this line asks for."""
    if not np.any(transfer.thermal_photons):
        return 2
    narrower = np.minimum(transfer.sender.linewidth, transfer.receiver.linewidth)
    return bell(transfer._replace(photon=Sech(narrower))).levels


def _best_sech(score: Score, limits: _Limits) -> tuple[float, Real, int]:
    """Bandwidth and coefficients of the sech that does best within the limits, and how often one was tried."""
    from scipy.optimize import minimize_scalar

    sender, receiver = (float(np.asarray(n.linewidth)) for n in (score.transfer.sender, score.transfer.receiver))
    samples = (np.arange(16 * limits.terms) + 0.5) / (16 * limits.terms) - 0.5
    waves = harmonics(samples, 1.0, limits.terms) * (2 / samples.size)
    waves[:, 0] /= 2

    def allowed(rate: float) -> Real:
        times = score.window * samples
        couplings = [sech_coupling(times, sender, rate), sech_coupling(-times, receiver, rate)]
        return limits.within(np.array(couplings) @ waves)

    def missing(logarithm: float) -> float:
        return -score.settled(allowed(float(np.exp(logarithm))))[0]

    widest = min(sender, receiver)
    grid = np.log(widest) + np.linspace(np.log(NARROWEST), 0.0, SECHS)
    values = [missing(one) for one in grid]
    best = int(np.argmin(values))
    around = grid[max(best - 1, 0)], grid[min(best + 1, SECHS - 1)]
    finer: Any = minimize_scalar(missing, bounds=around, method="bounded", options={"xatol": 1e-4})
    rate = float(np.exp(finer.x if finer.fun < values[best] else grid[best]))
    rate = min(rate, widest)
    return rate, allowed(rate), SECHS + int(finer.nfev)


def _climbed(score: Score, limits: _Limits, first: Real, tolerance: float, iterations: int) -> tuple[Real, float, int]:
    """Coefficients at a maximum near the first, the number there, and how often it was evaluated."""
    from scipy.optimize import minimize

    unit = float(np.asarray(score.transfer.sender.linewidth)) / 2
    waves = limits.waves(BOUNDED)
    both = np.kron(np.eye(2), waves)
    sides = np.concatenate([-both, both])
    room = np.tile(np.repeat(limits.peaks / unit, len(waves)), 2)
    below = {"type": "ineq", "fun": lambda x: room + sides @ x, "jac": lambda x: sides}
    # No harmonic of a wave within its peak exceeds 4/pi of it. Unlike the peak, which a trial may exceed by far, this
    # holds throughout: no trial is so strong that the evolution overflows.
    single = np.repeat(1.5 * limits.peaks / unit, limits.terms)
    bounds = list(zip(-single, single, strict=True))
    x, (best, counts), evaluations = first, score.settled(first), 0
    for _ in range(CLIMBS):

        def falling(scaled: Real, steps: tuple[int, ...] = counts) -> tuple[float, Real]:
            value, slopes = score.slopes(scaled.reshape(2, -1) * unit, steps)
            return -value, -unit * slopes.ravel()

        options = {"maxiter": iterations, "ftol": tolerance / 10}
        start = x.ravel() / unit
        found: Any = minimize(
            falling, start, jac=True, method="SLSQP", bounds=bounds, constraints=below, options=options
        )
        before, x = best, found.x.reshape(2, -1) * unit
        best, counts = score.settled(x)
        evaluations += int(found.nfev) + 1
        # Status 8: no way up is left in the line searched, which is an end as good as any if little was gained.
        if best - before < tolerance and found.status in (0, 8):
            x = limits.within(x)
            return x, score.settled(x)[0], evaluations + 1
        if found.status == 9:
            break
    raise ConvergenceError(
        f"The drives must settle to {tolerance:.0e} in {iterations} iterations, but do not. "
        "Try more `iterations`, a larger `tolerance` or a smaller `bandwidth`."
    )


def _active(x: Real, limits: _Limits) -> frozenset[str]:
    """The limits that hold these couplings."""
    highest = limits.highest(x)
    found = {
        f"{name} peak"
        for name, reached, most in zip(("sender", "receiver"), highest, limits.peaks, strict=True)
        if reached > (1 - NEAR) * most
    }
    if (np.abs(x[:, -1]) > NEAR * highest).any():
        found.add("bandwidth")
    return frozenset(found)
