"""The work by dynamiqs, in the fastest of the ways it offers; docs/background/speed.md lists what was tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dynamiqs as dq
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from peers.jobs import Job, sweep
from peers.workload import BANDWIDTH, WINDOW, bell, operators

# Relative tolerance, and the absolute one: as loose as still leaves an error of 1e-6.
TOLERANCES = {
    "one evolution, dim 36": (1e-4, 1e-7),
    "one evolution, dim 81": (3e-5, 3e-8),
    "sweep of 256, dim 36": (3e-5, 3e-8),
    "sweep of 256, dim 81": (3e-5, 3e-8),
    "two derivatives, dim 36": (1e-4, 1e-7),
    "two derivatives, dim 81": (3e-5, 3e-8),
    "thermal start, dim 36": (1e-5, 1e-8),
    "thermal start, dim 81": (3e-5, 3e-8),
    "full start, dim 36": (1e-4, 1e-7),
    "full start, dim 81": (1.5e-6, 1.5e-8),
}
# Where the fastest decay decides how long a step may be, the shorter method takes fewer evaluations.
TSIT5 = ("thermal start, dim 36", "thermal start, dim 81", "full start, dim 81")
GRADIENT: Any = dq.gradient.BackwardCheckpointed(50)

dq.set_precision("double")
dq.set_progress_meter(False)


def prepare(job: Job) -> Callable[[], NDArray[Any]] | None:
    """A call that does the work once, everything that may be made beforehand being made."""
    evolve = evolution(job)
    if job.kind == "evolution":
        point = job.point
        solve = jax.jit(
            lambda: evolve(
                point.transmission, point.sender_linewidth, point.receiver_linewidth, point.sender_relaxation
            )
        )
        return lambda: np.asarray(solve().block_until_ready())
    seen = jnp.asarray(bell(job.levels)).T

    def fidelity(transmission: Any, receiver_linewidth: Any, sender_relaxation: Any) -> Any:
        rho = evolve(transmission, job.point.sender_linewidth, receiver_linewidth, sender_relaxation)
        return jnp.sum(seen * rho).real

    if job.kind == "sweep":
        points = sweep()
        table = jnp.array([(point.transmission, point.receiver_linewidth) for point in points])

        def at(row: Any) -> Any:
            return fidelity(row[0], row[1], job.point.sender_relaxation)

        # One after the other within one compiled loop: vmap, whole or in parts, takes up to twice as long.
        swept = jax.jit(lambda rows: jax.lax.map(at, rows))
        return lambda: np.asarray(swept(table).block_until_ready())

    def changed(both: Any) -> Any:
        return fidelity(both[0], job.point.receiver_linewidth, both[1])

    slopes = jax.jit(derivative(changed))
    here = jnp.array([job.point.transmission, job.point.sender_relaxation])
    return lambda: np.asarray(slopes(here).block_until_ready())


def answer(job: Job, found: NDArray[Any]) -> NDArray[Any]:
    """What all tools answer with; here nothing is left to do."""
    return found


def derivative(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Backwards, unless the gradient chosen is the forward one."""
    forward = isinstance(GRADIENT, dq.gradient.Forward)
    found: Callable[[Any], Any] = jax.jacfwd(function) if forward else jax.grad(function)
    return found


def evolution(job: Job) -> Callable[[Any, Any, Any, Any], Any]:
    """The state at the end as a function of what may change; the operators are made here, once, outside of jit."""
    parts = operators(job.levels)
    dims = (3, job.levels, job.levels, 3)

    def matrix(values: NDArray[Any]) -> Any:
        return dq.asqarray(np.asarray(values, dtype=complex), dims=dims, layout=dq.dia)

    a, b = matrix(parts.sender_resonator), matrix(parts.receiver_resonator)
    a_up, b_up = matrix(parts.sender_resonator.T), matrix(parts.receiver_resonator.T)
    flow = matrix(-0.5j * (parts.receiver_resonator.T @ parts.sender_resonator))
    flow = flow + flow.dag()
    sender, receiver = matrix(parts.sender_drive), matrix(parts.receiver_drive)
    decay, transmons = matrix(parts.sender_decay), [matrix(each) for each in parts.transmons]
    start = dq.asqarray(job.start(job.levels), dims=dims, layout=dq.dense)
    times = jnp.array([-WINDOW / 2, WINDOW / 2])
    rtol, atol = TOLERANCES[job.name]
    method = dq.method.Tsit5 if job.name in TSIT5 else dq.method.Dopri8
    n = job.point.thermal_photons

    def evolve(transmission: Any, width: Any, other: Any, relaxation: Any) -> Any:
        through, lost = jnp.sqrt(transmission * width), jnp.sqrt((1 - transmission) * width)
        into = jnp.sqrt(other)
        jumps = [np.sqrt(1 + n) * (through * a + into * b), (np.sqrt(1 + n) * lost) * a]
        if n:
            jumps += [np.sqrt(n) * (through * a_up + into * b_up), (np.sqrt(n) * lost) * a_up]
        hamiltonian = (
            (through * into) * flow
            + dq.modulated(lambda t: coupling(t, width), sender)
            + dq.modulated(lambda t: coupling(-t, other), receiver)
        )
        result = dq.mesolve(
            hamiltonian,
            [*jumps, jnp.sqrt(relaxation) * decay, *transmons],
            start,
            times,
            method=method(rtol=rtol, atol=atol),
            gradient=GRADIENT if job.kind == "derivative" else None,
            save_states=False,
        )
        return result.final_state.to_jax()

    return evolve


def coupling(t: Any, linewidth: Any) -> Any:
    """As in the workload, by jax."""
    growth = jnp.exp(BANDWIDTH * t)
    share = BANDWIDTH / linewidth
    rising = linewidth * (1 + growth) - BANDWIDTH * (growth - 1)
    return 0.5 * jnp.sqrt(share * growth) / (1 + growth) * rising / jnp.sqrt(1 + (1 - share) * growth)
