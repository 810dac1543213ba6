"""The command line: thin, no physics, no defaults of its own."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bellpush.ending import ended
from bellpush.ground.errors import ScenarioError
from bellpush.report.terminal import print_json, show

if TYPE_CHECKING:
    from bellpush.scenario.load import Scenario

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="If I press the button, what entanglement do I get, when, and how surely?",
)

What = Annotated[
    str, typer.Argument(help="a scenario file (it has a suffix or a slash) or a preset's name", metavar="WHAT")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help='change one value, e.g. links.0.channel.length="10 km"; {a,b} in PATH changes both; a mapping is merged '
        "into one of the same kind; repeatable",
    ),
]
Shots = Annotated[int | None, typer.Option(help="presses to play in sampling engines", metavar="N")]
Seed = Annotated[int | None, typer.Option(help="seed of all random numbers", metavar="N")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="print the version and stop")] = False) -> None:
    if version:
        from bellpush import __version__

        print(__version__)
        raise typer.Exit


@app.command()
def run(
    what: Annotated[list[str], typer.Argument(help="scenario files or presets' names", metavar="WHAT...")],
    sets: Sets = None,
    engine: Annotated[str | None, typer.Option(help="auto, exact or physics", metavar="NAME")] = None,
    shots: Shots = None,
    seed: Seed = None,
    out: Annotated[str | None, typer.Option(help="folder for a report, its data and figures", metavar="DIR")] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="only the table, without the sentences below it")] = False,
) -> None:
    """Answer scenarios: what is handed over, when, and how good."""
    from bellpush.scenario.run import run as answer

    if out is not None:
        from bellpush.report.folder import check as check_folder

        check_folder(out)  # before the work, not after it
    results = [answer(_load(name, sets), engine, shots, seed) for name in what]
    written = ""
    if out is not None:
        from bellpush.report.write import write

        written = f"Report: {write(results, what, out, edited=bool(sets))}"
    if as_json:
        documents = [result.to_dict() for result in results]
        print_json(documents[0] if len(documents) == 1 else documents)
        if written and not quiet:
            print(written, file=sys.stderr)
        return
    from bellpush.report.table import columns, footnotes, tables

    found = [c for name, r in zip(what, results, strict=True) for c in columns(r, name, edited=bool(sets))]
    lines = [] if quiet else footnotes(found)
    show([*tables(found), *lines] if found else ["The scenario asks for nothing. Try adding `requests`."])
    if written and not quiet:
        print(written)


@app.command()
def check(what: What, sets: Sets = None) -> None:
    """Find every error of a scenario at once, and stop."""
    from bellpush.scenario.check import sound

    scenario = _load(what, sets)
    print(*sound(what, scenario.job, scenario.file.nodes), sep="\n")


@app.command()
def explain(what: What, sets: Sets = None) -> None:
    """Show every step from devices to plan, without running an engine."""
    from bellpush.report.explain import explain as sections

    show(sections(_load(what, sets)))


@app.command()
def compare(what: What, sets: Sets = None, shots: Shots = None, seed: Seed = None, as_json: Json = False) -> None:
    """Run every engine that accepts the scenario, side by side."""
    from bellpush.report.compare import apart, side_by_side
    from bellpush.scenario.run import compare as all_engines

    results = all_engines(_load(what, sets), shots, seed)
    if as_json:
        print_json({name: r if isinstance(r, str) else r.to_dict() for name, r in results.items()})
    else:
        show(side_by_side(results))
    if apart(results):
        raise typer.Exit(4)


@app.command()
def sweep(
    what: What,
    over: Annotated[
        list[str],
        typer.Option(
            help="PATH=LOW:HIGH:COUNT, PATH=log:LOW:HIGH:COUNT or PATH=A,B,C; {a,b} in PATH moves both; repeatable",
            metavar="AXIS",
        ),
    ],
    quantity: Annotated[
        list[str] | None, typer.Option(help="path in the JSON of `run`; repeatable", metavar="PATH")
    ] = None,
    sets: Sets = None,
    engine: Annotated[str | None, typer.Option(help="auto, exact or physics", metavar="NAME")] = None,
    shots: Shots = None,
    seed: Seed = None,
    workers: Annotated[int, typer.Option(help="processes to spread the work over", metavar="N", min=1)] = 1,
    out: Annotated[str | None, typer.Option(help="folder for the data and figures; goes on where it stopped")] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="no progress")] = False,
) -> None:
    """Vary one field or more over a grid."""
    from pathlib import Path

    from bellpush.design.axis import axis
    from bellpush.design.sweep import sweep as over_grid
    from bellpush.report import sweep as report
    from bellpush.report.progress import progress

    edits = {key: value for key, value in (("run.shots", shots), ("run.seed", seed)) if value is not None}
    scenario = _load(what, sets, edits)
    axes = [axis(scenario, text) for text in over]
    if out is not None:
        from bellpush.report.folder import check_sweep

        check_sweep(out)  # before the work, not after it
    folder = None if out is None else Path(out)
    blocks = None if folder is None else folder / "blocks"
    try:
        with progress("sweep", quiet) as tell:
            found = over_grid(scenario, axes, quantity, engine=engine, workers=workers, folder=blocks, progress=tell)
    except KeyboardInterrupt:
        kept = (
            "nothing is kept without --out" if blocks is None else f"{blocks} keeps what is done; run it again to go on"
        )
        print(f"Stopped: {kept}.", file=sys.stderr)
        raise
    if folder is not None:
        report.write(found, scenario, folder)
    if as_json:
        print_json(report.document(found, scenario))
        return
    show([*report.lines(found), *([] if folder is None else [f"The data and figures are in {folder}."])])


@app.command()
def optimise(
    what: What,
    over: Annotated[
        list[str],
        typer.Option(help="PATH=LOW:HIGH or PATH=log:LOW:HIGH; as in `sweep`; one to four of them", metavar="AXIS"),
    ],
    maximise: Annotated[str | None, typer.Option(help="path in the JSON of `run`", metavar="PATH")] = None,
    minimise: Annotated[str | None, typer.Option(help="path in the JSON of `run`", metavar="PATH")] = None,
    at_least: Annotated[
        list[str] | None, typer.Option(help="PATH=VALUE that must be reached; repeatable", metavar="DEMAND")
    ] = None,
    sets: Sets = None,
    as_json: Json = False,
) -> None:
    """Find the best point of a region, by the exact engine."""
    from bellpush.design import optimise as search
    from bellpush.design.axis import bounds
    from bellpush.design.demand import demands
    from bellpush.report.optimum import lines
    from bellpush.scenario.run import run as run_scenario

    if (maximise is None) == (minimise is None):
        raise ScenarioError("Say what is best: one of --maximise PATH and --minimise PATH.")
    scenario = _load(what, sets)
    axes = [bounds(scenario, text) for text in over]
    least = demands(scenario, at_least or ())
    optimum = search.optimise(scenario, axes, maximise or minimise or "", maximise=maximise is not None, at_least=least)
    if as_json:
        print_json(search.to_dict(optimum))
        return
    show(lines(optimum, run_scenario(optimum.scenario)))


@app.command()
def reach(
    what: What,
    fidelity: Annotated[float | None, typer.Option(help="delivered fidelity to exceed", metavar="F")] = None,
    sets: Sets = None,
    as_json: Json = False,
) -> None:
    """Say which clock keeps a promise of fidelity, or what is missing for it."""
    from dataclasses import asdict

    from bellpush.delivery.request import Request
    from bellpush.design.reach import reach as way_back
    from bellpush.design.reach_route import reach_route
    from bellpush.design.scan import NOTHING

    scenario = _load(what, sets)
    if not scenario.job.requests:
        raise ScenarioError(NOTHING)
    found = {
        name: way_back(request, fidelity) if isinstance(request, Request) else reach_route(request, fidelity)
        for name, request in scenario.job.requests.items()
    }
    if as_json:
        print_json({name: asdict(one) for name, one in found.items()})
        return
    show([line for name, one in found.items() for line in [f"{name}:", *(f"  {text}" for text in one.sentences)]])


@app.command()
def validate(
    experiment: Annotated[str | None, typer.Argument(help="one experiment; all if not given", metavar="NAME")] = None,
    as_json: Json = False,
) -> None:
    """Put every published claim beside ours: deviation, verdict, and why."""
    from bellpush.experiments.weigh import weigh

    rows = weigh(experiment)
    if as_json:
        print_json([row.to_dict() for row in rows])
        return
    from bellpush.report.validate import lines

    for line in lines(rows):
        print(line)


@app.command()
def new(
    file: Annotated[str, typer.Argument(help="where to write; must not exist yet", metavar="FILE")],
    preset: Annotated[str, typer.Option("--from", help="the experiment to start from", metavar="PRESET")],
) -> None:
    """Write a commented scenario file to edit."""
    from shlex import quote

    from bellpush.scenario.new import create

    create(file, preset)
    print(f"{file} is written. Try bellpush run {quote('./' + file if file.startswith('-') else file)}.")


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(help="one of them; all if not given", metavar="NAME")] = None,
) -> None:
    """List what can be named, or show what one holds."""
    from bellpush.scenario.presets import listed, text

    print(*listed(), sep="\n") if name is None else print(text(name), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from bellpush.scenario.schema import schema as written

    print_json(written())


def _load(what: str, sets: list[str] | None, more: dict[str, Any] | None = None) -> Scenario:
    from bellpush.scenario.braces import fields
    from bellpush.scenario.load import load
    from bellpush.scenario.tree import parse, plain

    edits: dict[str, Any] = {}
    for text in sets or ():
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise ScenarioError(f'`--set {text}` must have the form PATH=VALUE, e.g. links.0.channel.length="10 km".')
        if path.count("{") != path.count("}"):
            raise ScenarioError(f"`--set {path.strip()}` must close its braces. Try nodes.{{alice,bob}}.qubits=2.")
        given = plain(parse(value, "--set")) if value.strip() else None
        edits |= dict.fromkeys(fields(path), given)
    scenario = load(what, {**edits, **(more or {})})
    gc.enable()  # see `__main__`: loading is over
    return scenario


def main() -> None:
    """Run the command line; every error a user can cause ends with a message and the exit status of its kind."""
    sys.exit(ended(app))
