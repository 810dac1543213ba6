"""Sweeps: a scan in blocks, which may be spread over processes and kept on disk.

Blocks are cut by the grid alone, so that the same numbers come out for any number of workers, and a sweep that was
stopped goes on with the blocks that are missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bellpush
from bellpush.design.axis import Axis
from bellpush.design.scan import Scan, abreast, at, check_corners, check_quantities, default_quantities
from bellpush.scenario.load import Scenario
from bellpush.store import Store

__all__ = ["sweep"]

Array = NDArray[np.float64]

ABREAST = 16_384  # points of a block in closed form
APART = 32  # points of a block that are scenarios of their own


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    quantities: Sequence[str] | None = None,
    *,
    engine: str | None = None,
    workers: int = 1,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """Quantities over the grid of the axes.

    Args:
        scenario: where everything else stands still.
        axes: the first varies slowest.
        quantities: paths in the JSON of `run`; those of `default_quantities` if None.
        engine: as for `run`.
        workers: processes to spread blocks over.
        folder: where blocks are kept as they are done, and found again; nowhere if None.
        progress: called with the points done and all points.

    Raises:
        ScenarioError: a path leads to no number, or a value makes the scenario unsound.
        StoreError: the folder holds something else.
    """
    wanted = list(default_quantities(scenario) if quantities is None else quantities)
    units = check_quantities(scenario, wanted)
    shape = tuple(len(axis.values) for axis in axes)
    total = math.prod(shape)
    if engine in (None, "auto", "exact"):
        check_corners(scenario, {axis.path: axis.values for axis in axes})
    first = {axis.path: axis.values[:1] for axis in axes}
    closed = engine in (None, "auto", "exact") and abreast(scenario, first, wanted) is not None
    size = ABREAST if closed else APART
    blocks = range(math.ceil(total / size))
    store = None if folder is None else Store(folder, _key(scenario, axes, wanted, engine, size))
    results: dict[int, dict[str, Array]] = {}
    for block in blocks:
        if store is not None and store.done(block):
            results[block] = store.read(block)
    tasks = [
        (block, scenario, points(axes, range(block * size, min((block + 1) * size, total))), wanted, engine)
        for block in blocks
        if block not in results
    ]
    done = sum(len(next(iter(block.values()))) for block in results.values())
    for block, found in _spread(tasks, workers):
        if store is not None:
            store.write(block, found)
        results[block] = found
        done += len(next(iter(found.values())))
        if progress is not None:
            progress(done, total)
    joined = {name: np.concatenate([results[block][name] for block in blocks]).reshape(shape) for name in wanted}
    return Scan(tuple(axes), joined, units)


def points(axes: Sequence[Axis], indices: range) -> dict[str, Array]:
    """The points of a grid by their number, the last axis running fastest."""
    places = np.unravel_index(np.arange(indices.start, indices.stop), tuple(len(axis.values) for axis in axes))
    return {axis.path: axis.values[place] for axis, place in zip(axes, places, strict=True)}


def _spread(tasks: list[Any], workers: int) -> Iterator[tuple[int, dict[str, Array]]]:
    """Blocks as they are done."""
    if workers <= 1 or len(tasks) <= 1:
        yield from map(_one, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn"), _quiet) as pool:
        try:
            for future in as_completed([pool.submit(_one, task) for task in tasks]):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one(task: Any) -> tuple[int, dict[str, Array]]:
    block, scenario, where, wanted, engine = task
    return block, at(scenario, where, wanted, engine)


def _quiet() -> None:
    """Leave Ctrl-C to the process that gives out the work."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _key(scenario: Scenario, axes: Sequence[Axis], wanted: list[str], engine: str | None, size: int) -> dict[str, Any]:
    """All that the blocks depend on."""
    return {
        "bellpush": bellpush.__version__,
        "job": scenario.job.hash,
        "engine": engine or scenario.file.run.engine,
        "seed": scenario.file.run.seed,
        "shots": scenario.file.run.shots,
        "axes": [{"path": axis.path, "values": [float(value).hex() for value in axis.values]} for axis in axes],
        "quantities": wanted,
        "block": size,
    }
