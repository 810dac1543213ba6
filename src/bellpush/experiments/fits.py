"""Inputs that no paper gives, each worked out from one published number, which is thereby spent.

What a preset calls `fitted` is what these functions give, to the digits printed there; the tests compare. They raise
ValueError where no value gives the published number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bellpush.experiments.kinds import CLAIMS
from bellpush.experiments.readings import transfer_of
from bellpush.physics.process import process_fidelity
from bellpush.physics.qutrit import Qutrit
from bellpush.scenario.load import load
from bellpush.scenario.run import run

__all__ = ["kurpiers_2018", "magnard_2020"]


def kurpiers_2018(dephasing: float = 1.0, edits: Mapping[str, object] | None = None) -> dict[str, float]:
    """Coherence times in s, by path, that pure dephasing leaves if it alone makes up for the process fidelity.

    Both nodes have the same rates. The preset's own coherence times do not enter.

    Args:
        dephasing: rate of pure dephasing of f over that of g.
        edits: changes of the preset, by path.
    """
    from bellpush.physics.transfer import Transfer, process

    here = transfer_of(run(load("kurpiers-2018", dict(edits or {}))))

    def at(rate: float) -> Transfer:
        both = (here.sender, here.receiver)
        sender, receiver = (node._replace(dephasing_g=rate, dephasing_f=dephasing * rate) for node in both)
        return here._replace(sender=sender, receiver=receiver)

    wanted = _published("kurpiers-2018", "process fidelity")
    rate = _root(lambda x: float(process_fidelity(process(at(x)))) - wanted, 0.0, 2e6)
    found = {}
    for name, node in (("alice", at(rate).sender), ("bob", at(rate).receiver)):
        found[f"nodes.{name}.device.t2_ge"], found[f"nodes.{name}.device.t2_ef"] = _coherence_times(node)
    return found


def magnard_2020(dephasing: float = 1.0) -> dict[str, float]:
    """Relaxation and coherence time of f in s, the same at both nodes, and `absorption` of the scheme, by path.

    The relaxation makes up for the transfer efficiency, `absorption` for what else the receiver misses. The preset's
    own numbers for these three do not enter.

    Args:
        dephasing: rate of pure dephasing of f over that of g.
    """
    from bellpush.physics.transfer import Transfer, passage

    here = transfer_of(run(load("magnard-2020", {"links.0.scheme.absorption": 1.0})))
    transmission = float(np.asarray(here.transmission))

    wanted = {name: _published("magnard-2020", name) for name in ("absorption", "transfer efficiency")}

    def at(relaxation: float) -> tuple[Transfer, float]:
        nodes = [
            node._replace(relaxation_ef=relaxation, dephasing_f=dephasing * np.asarray(node.dephasing_g))
            for node in (here.sender, here.receiver)
        ]
        sent = here._replace(sender=nodes[0], receiver=nodes[1])
        # What the receiver keeps of what arrives does not depend on how much arrives.
        share = wanted["absorption"] / float(passage(sent).absorption(transmission))
        return sent._replace(transmission=transmission * share), share

    def missing(relaxation: float) -> float:
        return wanted["transfer efficiency"] - float(passage(at(relaxation)[0]).levels[1, 1].real)  # |ge>

    relaxation = _root(missing, 1 / 50e-6, 1 / 1e-6)
    sent, share = at(relaxation)
    found = {"links.0.scheme.absorption": share}
    for name in ("alice", "bob"):
        found[f"nodes.{name}.device.t1_ef"] = 1 / relaxation
        found[f"nodes.{name}.device.t2_ef"] = _coherence_times(sent.sender)[1]
    return found


def _published(experiment: str, name: str) -> float:
    return next(claim.published for claim in CLAIMS[experiment] if claim.name == name)


def _coherence_times(node: Qutrit) -> tuple[float, float]:
    """T2 of g and e, and of e and f, in s: the inverse of `dephasing_rates`."""
    rates = (node.relaxation_ge, node.relaxation_ef, node.dephasing_g, node.dephasing_f)
    ge, ef, x, y = (float(np.asarray(rate)) for rate in rates)
    return 1 / (ge / 2 + x), 1 / (ge / 2 + ef / 2 + y)


def _root(of: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(of, low, high, rtol=1e-10))
