"""Where the sequence of one photon transfer begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellpush.physics.operator import Operator
from bellpush.physics.sector import Sector
from bellpush.physics.sequence import Kind, components
from bellpush.physics.transfer_given import Transfer

__all__ = ["starts"]

Real = NDArray[np.float64]


def starts(transfer: Transfer, where: Sector, present: frozenset[str], kind: Kind) -> Any:
    """Coordinates at the beginning, shape (size,) or (size, points).

    `present` are the features with which the sector was made; `kind` is "bell", or one of `INPUTS`.
    """
    levels = where.system.dims[1]
    process = kind != "bell"
    if not (process or present & {"warm", "preparation", "excited A", "excited B"}):  # one pure state
        return _coordinates(where, components(present, where.system.dims)[0][1])
    n = np.asarray(transfer.thermal_photons)
    fock = (n / (1 + n)) ** np.arange(levels).reshape(-1, *[1] * n.ndim) if "warm" in present else np.ones(1)
    fock = fock / fock.sum(axis=0)
    ideal = np.equal(transfer.pi_pulse, 0)
    total: Any = 0.0
    for (name, excited_a, excited_b, j, k), start in components(present, where.system.dims):
        if process and not name.startswith(kind):
            continue
        weight = fock[j] * fock[k]
        for excited, node in ((excited_a, transfer.sender), (excited_b, transfer.receiver)):
            weight = weight * (np.asarray(node.excited) if excited else 1 - np.asarray(node.excited))
        if process and "pi pulse" in present:
            weight = weight * np.where(ideal, name.endswith("f"), name.endswith("e"))
        if "preparation" in present:
            weight = weight * np.where(np.equal(transfer.preparation, 0), name == "ready", name == "to be prepared")
        coordinates = _coordinates(where, start)
        total = total + coordinates.reshape(-1, *[1] * np.ndim(weight)) * weight
    return total


def _coordinates(where: Sector, start: Operator) -> Real:
    kept = where.__dict__.setdefault("starts", {})
    if id(start) not in kept:
        kept[id(start)] = (start, where.coordinates(start))
    found: Real = kept[id(start)][1]
    return found
