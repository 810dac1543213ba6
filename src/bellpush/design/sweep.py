"""Sweeps: a scan in blocks, which may be spread over processes and kept on disk.

Blocks are cut by the grid alone, so that the same numbers come out for any number of workers, and a sweep that was
stopped goes on with the blocks that are missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bellpush
from bellpush.design.axis import Axis
from bellpush.design.grid import Gathered, Scan, points
from bellpush.design.scan import abreast, by_closed_forms, check_corners, measured, prepared
from bellpush.scenario.load import Scenario
from bellpush.store import Store

__all__ = ["sweep"]

Array = NDArray[np.float64]

ABREAST = 16_384  # points of a block in closed form
APART = 32  # points of a block that are scenarios of their own
WAITING = 4  # blocks given out for each process
ERROR = "_standard_error"


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
        UnsupportedError: no engine built can take the job.
        StoreError: the folder holds something else.
    """
    units = prepared(scenario, axes, quantities)
    wanted = list(units)
    exact = by_closed_forms(scenario, engine)
    if exact:
        check_corners(scenario, {axis.path: axis.values for axis in axes})
    first = {axis.path: axis.values[:1] for axis in axes}
    closed = exact and abreast(scenario, first, wanted) is not None
    size = ABREAST if closed else APART
    gathered = Gathered(axes, units)
    total = gathered.total
    blocks = range(math.ceil(total / size))
    store = None if folder is None else Store(folder, _key(scenario, axes, wanted, engine, size))
    done = 0
    missing = []
    for block in blocks:
        if store is not None and store.done(block):
            done += gathered.put(block * size, _joined(store.read(block), wanted))
        else:
            missing.append(block)
    tasks = (
        (block, scenario, points(axes, range(block * size, min((block + 1) * size, total))), wanted, engine)
        for block in missing
    )
    for block, found in _spread(tasks, min(workers, len(missing))):
        if store is not None:
            store.write(block, found)
        done += gathered.put(block * size, _joined(found, wanted))
        if progress is not None:
            progress(done, total)
    return gathered.scan()


def _spread(tasks: Iterable[Any], workers: int) -> Iterator[tuple[int, dict[str, Array]]]:
    """Blocks as they are done; only a few wait at a time."""
    if workers <= 1:
        yield from map(_one, tasks)
        return
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        try:
            waiting = iter(tasks)
            with _uninterrupted():
                running = {pool.submit(_one, task) for task in islice(waiting, WAITING * workers)}
            while running:
                ready, running = wait(running, return_when=FIRST_COMPLETED)
                with _uninterrupted():
                    running |= {pool.submit(_one, task) for task in islice(waiting, len(ready))}
                yield from (future.result() for future in ready)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one(task: Any) -> tuple[int, dict[str, Array]]:
    """A block as a store keeps it: values by quantity, and standard errors where there are any."""
    block, scenario, where, wanted, engine = task
    found = measured(scenario, where, wanted, engine)
    kept = {name: values for name, (values, _) in found.items()}
    return block, kept | {name + ERROR: errors for name, (_, errors) in found.items() if np.any(errors)}


def _joined(block: dict[str, Array], wanted: Sequence[str]) -> dict[str, tuple[Array, Array]]:
    """Values and standard errors of a block, by quantity."""
    return {name: (block[name], block.get(name + ERROR, np.zeros(len(block[name])))) for name in wanted}


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes begun meanwhile leave Ctrl-C to the one that gives out the work, which gets it at the end of this."""
    import signal
    import threading
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # lets signals through again where it begins
    came: list[int] = []  # by way of another thread: this one takes none
    ours = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number)) if ours else None
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if came:
            signal.raise_signal(signal.SIGINT)


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
        "errors": True,
    }
