"""What was measured where."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("bellpush", "qutip", "dynamiqs", "jax", "numba", "numpy", "scipy")


def machine() -> str:
    """Processor, number of cores, system, Python and versions, in one sentence."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    where = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"Measured on {where}, Python {platform.python_version()}, {versions}."


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [text.split(":", 1)[1].strip() for text in lines if text.startswith("model name")]
    return names[0] if names else platform.machine()
