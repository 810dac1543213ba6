"""The physics engine: presses played out attempt by attempt on density matrices.

It takes outcome probabilities and states from the schemes' `attempts` road, never from link models, and ages them by
Kraus operators: nothing is shared with the exact engine but the schedule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bellpush.delivery.job import Job
from bellpush.delivery.law import DeliveryLaw, SampledLaw
from bellpush.delivery.request import Request
from bellpush.delivery.schedule import Schedule
from bellpush.ground.errors import ConvergenceError, UnsupportedError
from bellpush.ground.streams import Streams
from bellpush.ground.units import readable
from bellpush.links.link import Link
from bellpush.links.scheme import Played
from bellpush.states import pair as pairs
from bellpush.states.measures import overlap

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Physics"]

SHOTS = 10_000  # presses, if the job does not say
BUDGET = 20_000_000  # attempts to play if the job does not say how many presses
LIMIT = 20_000_000_000  # attempts beyond which asking is a mistake
BLOCK = 4_000_000  # attempts drawn at a time

Complex = NDArray[np.complex128]
Whole = NDArray[np.int64]


class Physics:
    """Attempts drawn one by one, states as density matrices; a standard error on every number."""

    name = "physics"
    summary = "attempts played out on density matrices, with standard errors"

    def unsupported(self, job: Job) -> str | None:
        """Why this engine cannot take the job; None if it can."""
        if job.contested:
            return job.contested
        if job.chains and (reason := self._too_long(job)):
            return reason
        for name, request in job.over_one_link.items():
            scheme, success = request.link.scheme, 1.0
            if scheme.heralded:  # else every attempt gives something, and playing one can take long
                played = scheme.attempts(request.link.nodes, request.link.channel)
                success = float(played.probabilities.sum())
            each = _attempts_per_press(request.schedule, success)
            if each * (job.shots or 100) > LIMIT:
                return (
                    f"The physics engine plays every attempt, and `requests.{name}` would need about "
                    f"{each * (job.shots or 100):.1e} of them. Try --engine exact, or fewer --shots."
                )
        return None

    def run(self, job: Job, streams: Streams) -> dict[str, DeliveryLaw]:
        """The law of every request, from independent random streams."""
        laws = {name: self._play(job, request, streams) for name, request in job.over_one_link.items()}
        if job.chains:
            from bellpush.engines.played import chain

            if reason := self.unsupported(job):
                raise UnsupportedError(reason)
            laws |= {name: chain.play(one, streams, job.shots, job.horizon) for name, one in job.chains.items()}
        return {name: laws[name] for name in job.requests}

    def _too_long(self, job: Job) -> str | None:
        """Why requests over several links cannot be played; None if they can."""
        from bellpush.engines.played import chain

        for name, request in job.chains.items():
            if reason := chain.unsupported(request):
                return reason
            needed = chain.attempts_needed(request) * (job.shots or 100)
            if needed == float("inf"):
                return (
                    f"No press of `requests.{name}` would ever get a pair, and playing one would not end. Try success "
                    "probabilities above 0, or a delivery with a deadline."
                )
            if needed > LIMIT:
                return (
                    f"The physics engine plays every attempt, and `requests.{name}` would need about {needed:.1e} of "
                    "them. Try --engine exact, or fewer --shots."
                )
        return None

    def _play(self, job: Job, request: Request, streams: Streams) -> SampledLaw:
        if reason := self.unsupported(job):
            raise UnsupportedError(reason)
        link, schedule = request.link, request.schedule
        played = link.scheme.attempts(link.nodes, link.channel)
        success = float(played.probabilities.sum())
        each = _attempts_per_press(schedule, success)
        shots = job.shots or int(min(max(BUDGET / max(each, 1.0), 100), SHOTS))
        rng = streams.stream(f"{request.name}/attempts")
        limit = schedule.attempts
        if limit is None and job.horizon is not None:
            limit = int(job.horizon / schedule.step)
        attempt = play_attempts(success, limit, shots, schedule.newest, rng)
        if schedule.attempts is None and (lost := float((attempt == 0).mean())) > 0:
            assert job.horizon is not None
            raise ConvergenceError(
                f"{100 * lost:.2g} % of the presses of `requests.{request.name}` found no pair before the horizon. "
                f"Raise `run.horizon` from {readable(job.horizon, 's')}."
            )
        states = self._states(link, request, schedule, played, attempt, streams)
        caught = attempt > 0
        end = schedule.start + attempt * schedule.step
        handed_over = end if schedule.edge is None else np.full(shots, schedule.edge)
        times = np.where(caught, handed_over, np.inf)
        durations = np.where(caught, handed_over, np.inf if schedule.until is None else schedule.until)
        fallback = (
            None if request.fallback is None else pairs.from_density(self._fallback(link, request, schedule, played))
        )
        missed = None if fallback is None else float(overlap(fallback, played.target))
        certain = success >= 1 and limit != 0
        return SampledLaw(played.target, times, durations, pairs.from_density(states), schedule.edge, missed, certain)

    def _states(
        self, link: Link, request: Request, schedule: Schedule, played: Played, attempt: Whole, streams: Streams
    ) -> Complex:
        """Density matrices at the hand-over, shape (shots, 4, 4)."""
        states: Complex = np.empty((len(attempt), 4, 4), dtype=complex)
        caught = attempt > 0
        if caught.any():
            rng = streams.stream(f"{request.name}/heralds")
            weights = played.probabilities / played.probabilities.sum()
            heralds = rng.choice(len(weights), size=int(caught.sum()), p=weights)
            ages = np.full(len(heralds), played.herald_delay)
            if schedule.edge is not None:
                assert schedule.attempts is not None
                ages += schedule.rest + (schedule.attempts - attempt[caught]) * schedule.step
            fresh = played.states[heralds]
            if schedule.newest:
                assert schedule.attempts is not None
                fresh = _disturbed(fresh, link, schedule.attempts - attempt[caught])
            states[caught] = _aged(fresh, link, ages)
        if (~caught).any():
            states[~caught] = self._fallback(link, request, schedule, played)
        return states

    def _fallback(self, link: Link, request: Request, schedule: Schedule, played: Played) -> Complex:
        name = request.fallback
        if name == "mixed":
            return np.asarray(np.eye(4) / 4, dtype=complex)
        if name == "memories":
            assert played.idle is not None
            return np.asarray(_aged(played.idle[None], link, np.array([schedule.rest + played.herald_delay]))[0])
        assert name is not None
        state = np.zeros((4, 4), dtype=complex)
        bits = int(request.link_order(name), 2)
        state[bits, bits] = 1
        return state


def _attempts_per_press(schedule: Schedule, success: float) -> float:
    """Mean number of attempts of one press."""
    waiting = 1 / success if success > 0 else float("inf")
    if schedule.attempts is None:
        return waiting
    return float(schedule.attempts) if schedule.newest else min(waiting, float(schedule.attempts))


def play_attempts(success: float, limit: int | None, shots: int, newest: bool, rng: Generator) -> Whole:
    """Number of the attempt whose pair is kept in each press, 0 where none was heralded; shape (shots,).

    Every attempt is drawn. Presses that go on are played abreast, block by block.
    """
    kept = np.zeros(shots, dtype=np.int64)
    playing = np.arange(shots)
    done = 0
    while len(playing) and (limit is None or done < limit):
        length = max(BLOCK // max(len(playing), 1), 1)
        if limit is not None:
            length = min(length, limit - done)
        group = max(BLOCK // length, 1)
        going_on = []
        for first in range(0, len(playing), group):
            presses = playing[first : first + group]
            hit = rng.random((len(presses), length)) < success
            found = hit.any(axis=1)
            if newest:
                last = length - np.argmax(hit[:, ::-1], axis=1)
                kept[presses[found]] = done + last[found]
                going_on.append(presses)
            else:
                kept[presses[found]] = done + 1 + np.argmax(hit, axis=1)[found]
                going_on.append(presses[~found])
        playing = np.concatenate(going_on)
        done += length
    return kept


def _aged(states: Complex, link: Link, ages: NDArray[np.float64]) -> Complex:
    """Density matrices after storage in the two memories, shape (shots, 4, 4)."""
    if len(states) == 1 and len(ages) > 1:
        states = np.broadcast_to(states, (len(ages), 4, 4))
    tensor = states.reshape(-1, 2, 2, 2, 2)
    first, second = (node.storage.kraus(ages) for node in link.nodes)
    tensor = np.einsum("skax,sxbyd,skcy->sabcd", first, tensor, first.conj(), optimize=True)
    tensor = np.einsum("skbx,saxcy,skdy->sabcd", second, tensor, second.conj(), optimize=True)
    return np.asarray(tensor.reshape(-1, 4, 4))


def _disturbed(states: Complex, link: Link, attempts: Whole) -> Complex:
    """Density matrices after further attempts have flipped the phases of the stored qubits, each or not.

    Nobody learns of a flip, so both cases are held in the matrix; drawn, rare ones would be missing from a sample
    without a trace in its error.
    """
    z = (np.diag([1, 1, -1, -1]), np.diag([1, -1, 1, -1]))
    for node, flip in zip(link.nodes, z, strict=True):
        damage = node.storage.per_attempt
        if damage is None:
            continue
        odd = ((1 - (1 - 2 * damage.dephasing) ** attempts) / 2)[:, None, None]
        states = (1 - odd) * states + odd * (flip @ states @ flip)
    return states
