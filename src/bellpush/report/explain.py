"""What `explain` prints: every step from devices to plan, without running an engine."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.request import Request
from bellpush.engines.kinds import ENGINES
from bellpush.ground.units import readable
from bellpush.hardware.memory import describe
from bellpush.hardware.node import Node
from bellpush.links.link import Link
from bellpush.report.alike import alike, grouped, named
from bellpush.report.dropped import dropped
from bellpush.report.improvement import LEGEND, Improvement, improvement
from bellpush.report.text import quantity
from bellpush.report.unsaid import derived, ideal_defaults
from bellpush.scenario.allowed import allowed
from bellpush.scenario.load import Scenario

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["explain"]

MOST_STEPS = 64  # lines of a plan that are printed
MOST_COUNTS = 6  # numbers of pairs whose probability is told
MOST_ALIKE = 2  # inputs that differ in nothing but the node or the link and are told one by one

T = TypeVar("T")


def explain(scenario: Scenario) -> list[Table | str]:
    """Devices, link models with their error budget, routes, plans, every ideal default taken, every input."""
    parts: list[Table | str] = [scenario.name or "A scenario without a name", "", "Devices"]
    swapping = {name for request in scenario.job.chains.values() for name in request.route.inner}
    said = {name: _device(node, name in swapping) for name, node in scenario.file.nodes.items()}
    for names in grouped(said.items()):
        for told in [names] if len(names) > MOST_ALIKE else [[name] for name in names]:
            text = f"{named(told)}: {said[told[0]]}"
            parts.append(textwrap.fill(text, 78, initial_indent="  ", subsequent_indent="      "))
    for links in alike(scenario.job.links.values()):
        link = links[0]
        title = f"Link{'' if len(links) == 1 else 's'} {named([one.name for one in links])}"
        parts += ["", f"{title}: {link.scheme.summary}", _model(link), *_budget(link)]
        parts += [f"  note: {note}" for note in link.notes]
    for request in scenario.job.requests.values():
        plan = _plan(request) if isinstance(request, Request) else _plan_of_route(request)
        parts += ["", f"Request {request.name}: {request.delivery.summary}", *plan]
    parts += ["", "Engines", *_engines(scenario)]
    if made := derived(scenario):
        parts += ["", "Derived from devices and channels", *(f"  {path} = {value}" for path, value in made)]
    taken = [pair for pair in ideal_defaults(scenario) if pair[0] not in dict(made)]
    parts += ["", "Ideal defaults taken" if taken else "No ideal default is taken."]
    parts += [f"  {path} = {value}{more}" for (path, value), more in once(taken, lambda one: (one[0], one[1:]))]
    parts += ["", "Inputs and how they are known", *_inputs(scenario), "", f"job {scenario.job.hash}"]
    return parts


def _device(node: Node, swapping: bool) -> str:
    """A node in a few words."""
    device = f"{node.device.said}; " if node.device is not None else ""
    qubits = f"{node.qubits} qubit{'' if node.qubits == 1 else 's'}"
    return f"{device}{describe(node.storage)}; {qubits}" + (f"; {node.swap.said}" if swapping else "")


def _table(*headings: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("  " + headings[0])
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    return table


def _model(link: Link) -> Table:
    model = link.model
    table = _table("link model", "")
    rows = [
        ("attempt duration", readable(model.attempt_duration, "s")),
        ("from birth to herald", readable(model.herald_delay, "s")),
        ("success per attempt", quantity(link.success_probability.to_dict(), 6)),
        ("rate, overheads included", quantity(link.rate.to_dict())),
        ("rate, peak", quantity(link.rate_peak.to_dict())),
        (f"heralded fidelity to {model.target}", quantity(link.fidelity.to_dict(), 6)),
        ("decoherence rate", quantity(link.decoherence_rate.to_dict())),
        ("link efficiency", quantity(link.link_efficiency.to_dict())),
    ]
    rows += [(f"outcome: {o.name} ({o.announced})", f"{o.probability:.6g}") for o in model.outcomes]
    rows += _pairs(link)
    rows += [(f"overhead: {o.name} ({o.when})", readable(o.mean, "s")) for o in link.overheads]
    for name, value in rows:
        table.add_row("  " + name, value)
    return table


def _pairs(link: Link) -> list[tuple[str, str]]:
    """All pairs that an attempt leaves, where that may be more than the first, which requests take."""
    if link.several is None or link.pairs is None or link.pair_rate is None or link.pair_fidelity is None:
        return []
    chances = link.several.probabilities[:MOST_COUNTS]
    rows = [(f"pairs an attempt, at most {link.several.room}", quantity(link.pairs.to_dict(), 6))]
    rows += [(f"probability of {count}", f"{chance:.6g}") for count, chance in enumerate(chances)]
    rows.append(("rate of pairs, overheads included", quantity(link.pair_rate.to_dict())))
    return [*rows, ("fidelity of all pairs", quantity(link.pair_fidelity.to_dict(), 6))]


def _budget(link: Link) -> list[Table | str]:
    """What each imperfection costs, and what would be enough."""
    found = improvement(link)
    if found is None:
        return []
    table = _table("what costs fidelity", "alone on", "alone off", "10 % less")
    for cost in found.costs:
        off = cost.in_limit if cost.alone_off is None else cost.alone_off
        values = (cost.alone_on, off, found.gains.get(cost.name))
        table.add_row("  " + cost.name, *("-" if value is None else f"{round(value, 4) + 0.0:.4f}" for value in values))
    parts: list[Table | str] = [table]
    if found.rows:
        parts += [" ", _needed(found)]
    said = ([LEGEND] if found.rows else []) + found.sentences
    return parts + [textwrap.fill(text, 78, initial_indent="  ", subsequent_indent="      ") for text in said]


def _needed(found: Improvement) -> Table:
    first = "what must shrink, to reach"
    table = _table(first, *(f"{word}\n{target}" for word, target in found.headings))
    for name, cells in found.rows:
        table.add_row("  " + name, *cells)
    return table


def _plan(request: Request) -> list[str]:
    schedule, link = request.schedule, request.link
    route = " - ".join(reversed(link.between) if request.swapped else link.between)
    lines = [f"  route: {route} over link {link.name}", "  plan: deliver"]
    if schedule.edge is not None:
        rule = getattr(request.delivery, "rule", lambda _: "")(link)
        lines.append(f"          {rule} until the edge, {readable(schedule.edge, 's')} after the press")
    elif schedule.until is not None:
        lines.append(f"          at the herald, or the fallback {readable(schedule.until, 's')} after the press")
    else:
        lines.append("          at the herald")
    most = schedule.attempts
    count = "as many attempts as it takes" if most is None else f"at most {most} attempt{'' if most == 1 else 's'}"
    lines.append(f"            generate: {count}, the first from {readable(schedule.start, 's')} on")
    lines.append(f"  tick: {readable(schedule.step, 's')} from one attempt to the next")
    horizon = "none" if schedule.until is None else readable(schedule.until, "s")
    lines.append(f"  horizon: {horizon}")
    if request.fallback is not None:
        lines.append(f"  fallback: {request.fallback}")
    return lines


def _plan_of_route(request: ChainRequest) -> list[str]:
    tree = list(request.plan.lines())
    if len(tree) > MOST_STEPS:
        tree = [*tree[: MOST_STEPS // 2], f"... {len(tree) - MOST_STEPS} more lines", *tree[-MOST_STEPS // 2 :]]
    lines = [
        f"  route: {request.route.said}, {len(request.links)} links",
        f"  policy: {request.policy.summary}",
        "  plan:",
    ]
    lines += [f"    {line}" for line in tree]
    for said in dropped(request):
        lines.append(textwrap.fill(f"note: {said}", 78, initial_indent="  ", subsequent_indent="      "))
    lines.append(f"  tick: {readable(request.step, 's')} from one attempt to the next")
    lines.append(f"  horizon: {'none' if request.until is None else readable(request.until, 's')}")
    if request.fallback is not None:
        lines.append(f"  fallback: {request.fallback}")
    if (limits := allowed(request)) is not None:
        text = f"limits: {limits.sentence}"
        lines.append(textwrap.fill(text, 78, initial_indent="  ", subsequent_indent="      "))
    return lines


def _engines(scenario: Scenario) -> list[str]:
    """Which engines accept the job, and why others do not."""
    lines = []
    for engine in ENGINES:
        reason = engine.unsupported(scenario.job)
        text = f"{engine.name}: " + (f"no: {reason}" if reason else engine.summary)
        lines.append(textwrap.fill(text, 78, initial_indent="  ", subsequent_indent="      "))
    return lines


def once(items: Sequence[T], told: Callable[[T], tuple[str, object]]) -> Iterator[tuple[T, str]]:
    """Items whose paths differ only in the node or the link, told once where there are more than two of them."""
    keyed = [(item, (re.sub(r"^(nodes|links)\.[^.]+\.", r"\1.", told(item)[0]), told(item)[1])) for item in items]
    groups = grouped((number, key) for number, (_, key) in enumerate(keyed))
    more = {group[0]: f"; {len(group) - 1} more alike" for group in groups if len(group) > MOST_ALIKE}
    left_out = {number for group in groups if len(group) > MOST_ALIKE for number in group[1:]}
    for number, (item, _) in enumerate(keyed):
        if number not in left_out:
            yield item, more.get(number, "")


def _inputs(scenario: Scenario) -> list[str]:
    """Every number that went in: where, as written, how it is known, and from where."""
    lines = []
    for one, more in once(scenario.inputs, lambda one: (one.path, (one.text, one.standing, one.source))):
        lines.append(f"  {one.path} = {one.text}  ({one.standing}){more}")
        if one.source:
            lines.append(textwrap.fill(one.source, 78, initial_indent="      ", subsequent_indent="      "))
    return lines
