"""One tool in a process of its own, which prepares jobs and times them when it is told to."""

from __future__ import annotations

import gc
import importlib
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.jobs import named

BURST = 0.1  # s of CPU time that one measurement should at least last

SINGLE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
"""Must be in the environment before the process starts. Beside it, all children share one processor."""


def serve(module: str, pipe: Connection) -> None:
    """Answer ("prepare", job) with the job's answer, and ("time", job) with CPU seconds a run, until told "end".

    An exception is answered as a text.
    """
    # Where more than one processor is allowed, all children take the same one: neither gains by threads.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    works: dict[str, Callable[[], NDArray[Any]]] = {}
    while (order := pipe.recv()) != "end":
        what, name = order
        try:
            if what == "prepare":
                tool = importlib.import_module(module)
                works[name] = tool.prepare(named(name))
                # The first run compiles what there is to compile; the answer of the second is compared.
                works[name]()
                pipe.send(np.asarray(tool.answer(named(name), works[name]())))
            else:
                pipe.send(seconds(works[name]))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one run, user and system, all threads: the mean of a burst of runs."""
    gc.collect()
    begin = time.process_time()
    runs, spent = 0, 0.0
    while spent < BURST:
        work()
        runs, spent = runs + 1, time.process_time() - begin
    return spent / runs
