"""The numbers behind a report as netCDF: every variable with its unit, every file with where it came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import bellpush
from bellpush.ground.estimate import Estimate, absent
from bellpush.report.subject import Scene, Subject
from bellpush.states.pair import Pair

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["netcdf", "tree"]

OF_REQUEST: dict[str, tuple[str, Callable[[Subject], Estimate]]] = {
    "delivered_probability": (
        "probability that a herald stands behind what is handed over",
        lambda s: s.answer.delivered_probability,
    ),
    "fidelity": ("delivered fidelity: over every press, misses and fallbacks included", lambda s: s.answer.fidelity),
    "fidelity_heralded": ("fidelity at the hand-over, given a herald", lambda s: s.answer.fidelity_heralded),
    "rate": ("hand-overs with a herald per second of wall clock", lambda s: s.answer.rate),
    "latency_mean": ("mean time from the press to the hand-over of a pair", lambda s: s.answer.latency["mean"]),
    "latency_p50": ("time by which half of the presses got a pair", lambda s: s.answer.latency["p50"]),
    "latency_p90": ("time by which 90 % of the presses got a pair", lambda s: s.answer.latency["p90"]),
    "latency_p99": ("time by which 99 % of the presses got a pair", lambda s: s.answer.latency["p99"]),
    "link_success_probability": (
        "probability that an attempt is heralded",
        lambda s: _of_link(s, "success_probability"),
    ),
    "link_rate": ("success probability over attempt duration", lambda s: _of_link(s, "rate")),
    "link_fidelity": ("fidelity of the pair when the herald is known", lambda s: _of_link(s, "fidelity")),
    "link_decoherence_rate": (
        "rate at which a stored pair loses its fidelity",
        lambda s: _of_link(s, "decoherence_rate"),
    ),
    "link_efficiency": ("rate of making a pair over the rate of losing it", lambda s: _of_link(s, "link_efficiency")),
}
PAULI = ["I", "X", "Y", "Z"]
BASIS = ["00", "01", "10", "11"]


def netcdf(scenes: Sequence[Scene]) -> bytes:
    """The file's content: at its root every number of every request, in a group for each its curves and states."""
    content = tree(scenes).to_netcdf(None, engine="h5netcdf")
    assert content is not None
    return bytes(content)


def tree(scenes: Sequence[Scene]) -> xr.DataTree:
    """The same as an xarray tree."""
    import xarray as xr

    subjects = [subject for scene in scenes for subject in scene.subjects]
    groups = {"/": _numbers(subjects)}
    for subject in subjects:
        groups[f"/{subject.key}"] = _details(subject)
    groups["/"].attrs = {
        "Conventions": "CF-1.11",
        "source": f"bellpush {bellpush.__version__}",
        "jobs": [scene.result.scenario.job.hash for scene in scenes] or [""],
    }
    return xr.DataTree.from_dict(groups)


def _numbers(subjects: Sequence[Subject]) -> xr.Dataset:
    import xarray as xr

    found: dict[str, Any] = {}
    for name, (words, read) in OF_REQUEST.items():
        estimates = [read(subject) for subject in subjects]
        unit = next((one.unit for one in estimates if one.unit), "") or "1"
        values = [np.nan if one.value is None else one.value for one in estimates]
        errors = [np.nan if one.value is None else one.standard_error for one in estimates]
        found[name] = ("request", np.array(values, dtype=float), {"units": unit, "long_name": words})
        about = {"units": unit, "long_name": f"standard error of {name}"}
        found[f"{name}_standard_error"] = ("request", np.array(errors, dtype=float), about)
    keys = np.array([subject.key for subject in subjects], dtype=object if not subjects else None)
    return xr.Dataset(found, {"request": ("request", keys.astype(str), {"long_name": "group of the request"})})


def _details(subject: Subject) -> xr.Dataset:
    """The curve and the states of one request."""
    import xarray as xr

    from bellpush.states.pair import to_density

    request = subject.answer.request
    found: dict[str, Any] = {}
    coordinates: dict[str, Any] = {"pauli_first": PAULI, "pauli_second": PAULI, "row": BASIS, "column": BASIS}
    if subject.curve is not None:
        about = {"units": "s", "long_name": subject.curve.noun, "path": subject.curve.path}
        coordinates["time"] = ("time", subject.curve.times, about)
        for name in ("fidelity", "fidelity_heralded", "delivered_probability"):
            words = OF_REQUEST[name][0]
            found[f"{name}_over_time"] = ("time", getattr(subject.curve, name), {"units": "1", "long_name": words})
    states: dict[str, tuple[Pair, str]] = {"delivered": (subject.answer.state, "over every press")}
    if subject.link is not None:
        fresh = subject.link.pair.T if request.swapped else subject.link.pair  # in the order of the request's ends
        states["fresh"] = (fresh, "at the herald")
    for name, (pair, words) in states.items():
        if not np.all(np.isfinite(pair)):
            continue
        about = {"units": "1", "long_name": f"Pauli correlations {words}"}
        found[f"correlations_{name}"] = (("pauli_first", "pauli_second"), pair, about)
        density = to_density(pair)
        for part, values in (("real", density.real), ("imaginary", density.imag)):
            about = {"units": "1", "long_name": f"density matrix {words}, {part} part"}
            found[f"density_{name}_{part}"] = (("row", "column"), values, about)
    attributes = {
        "title": subject.title,
        "request": request.name,
        "link": ", ".join(link.name for link in request.links),
        "target": subject.answer.law.target,
        "ends": "-".join(request.between),
        "engine": subject.result.engine,
        "seed": subject.result.seed,
        "job": subject.result.scenario.job.hash,
        "source": f"bellpush {bellpush.__version__}",
        "scenario": json.dumps(subject.result.scenario.to_dict(), indent=1),
    }
    return xr.Dataset(found, coordinates, attributes)


def _of_link(subject: Subject, name: str) -> Estimate:
    """A number of the link that serves a request; absent for a route of several."""
    if subject.link is None:
        return absent("the request takes several links")
    found: Estimate = getattr(subject.link, name)
    return found
