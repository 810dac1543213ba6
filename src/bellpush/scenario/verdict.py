"""The verdict: is this entanglement on demand, and why?"""

from __future__ import annotations

from dataclasses import dataclass

from bellpush.delivery.chain import AnyRequest, ChainRequest
from bellpush.delivery.law import DeliveryLaw, SampledLaw
from bellpush.delivery.request import Request
from bellpush.ground.units import readable
from bellpush.links.decoherence import EXPONENTIAL
from bellpush.states.measures import overlap

__all__ = ["Verdict", "judge"]

CLASSICAL = 0.5  # fidelity to a Bell state that no separable state exceeds


@dataclass(frozen=True)
class Verdict:
    """Whether a delivery is on demand, None where no time is promised, and one sentence that says why."""

    on_demand: bool | None
    why: str


def judge(request: AnyRequest, law: DeliveryLaw) -> Verdict:
    """On demand: the delivered fidelity exceeds the threshold, and what the fallback alone would give."""
    fallback = request.fallback_state()
    if fallback is None:
        return Verdict(None, "no time is promised: the press waits for its herald")
    fidelity = law.fidelity.value
    if fidelity is None:
        return Verdict(False, "all that is handed over has left its qubits")
    threshold = CLASSICAL if request.min_fidelity is None else request.min_fidelity
    alone = float(overlap(fallback, law.target))
    bar = max(threshold, alone) if alone == alone else threshold
    digits = next((n for n in range(4, 17) if f"{fidelity:.{n}g}" != f"{bar:.{n}g}"), 4)  # until they differ
    said = f"{bar:.{digits}g}" if alone <= threshold else f"the fallback's own {bar:.{digits}g}"
    found = f"the delivered fidelity {fidelity:.{digits}g}"
    error = law.fidelity.standard_error
    if abs(fidelity - bar) < 2 * error:
        found += f" +- {error:.2g} (not settled by so few presses)"
    if fidelity > bar:
        return Verdict(True, f"{found} exceeds {said}")
    reason = _reason(request, law, bar) if isinstance(request, Request) else _reason_of_route(request, law, bar)
    return Verdict(False, f"{found} does not exceed {said}: {reason}")


def _reason(request: Request, law: DeliveryLaw, bar: float) -> str:
    """What stands in the way, the first that would be enough on its own."""
    link = request.link
    fresh, delivered, kept = link.fidelity.value, law.delivered_probability.value, law.fidelity_heralded.value
    if request.schedule.attempts == 0:
        until = request.schedule.until
        assert until is not None
        return f"no attempt of {readable(link.step, 's')} fits into {readable(until - link.lead, 's')}"
    if kept is None and link.model.success_probability > 0 and isinstance(law, SampledLaw):
        return "none of the presses played got a pair; try more shots"
    if fresh is None or kept is None or delivered is None:
        return "no attempt ever succeeds"
    if fresh <= bar:
        return f"even a fresh pair has only {fresh:.4g}"
    if kept <= bar:
        lost, made = link.decoherence_rate, link.rate.value or 0.0
        storage = f"{fresh:.4g} when heralded is {kept:.4g} when handed over"
        if lost.value is None or lost.definition != EXPONENTIAL:
            return f"storage takes too much: {storage}"
        faster = ""
        if lost.value > made > 0:
            faster = f", {lost.value / made:.3g} times faster than they are made ({readable(made, 'Hz')})"
        return f"stored pairs decay at {readable(lost.value, 'Hz')}{faster}, so that {storage}"
    return (
        f"{delivered:.4g} of the presses get a pair, which holds {fresh:.4g} when heralded and {kept:.4g} when handed "
        "over; the fallback takes the rest"
    )


def _reason_of_route(request: ChainRequest, law: DeliveryLaw, bar: float) -> str:
    """What stands in the way over several links, the first that would be enough on its own."""
    delivered, kept = law.delivered_probability.value, law.fidelity_heralded.value
    until = request.until
    assert until is not None
    if kept is None or delivered is None or delivered == 0:
        return f"no pair is there within {readable(until, 's')}"
    if kept <= bar:
        return f"a pair that is there has only {kept:.4g} when it is handed over"
    return f"{delivered:.4g} of the presses get a pair, which holds {kept:.4g}; the fallback takes the rest"
