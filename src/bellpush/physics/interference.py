"""Two nodes, a beam splitter and two detectors in closed form: what exactly one click says about their spins.

Each node is a spin that emits at most one photon if it is bright. Traced over everything but spin and photon, a node is
`light(...)`, shape (2, 2, 2, 2, ...): spin (ket, bra; 0 dark, 1 bright), then photons (ket, bra; 0 or 1). What a click
makes of two such nodes follows from one function, the probability that nothing is counted, which for at most one photon
an arm is a polynomial of few terms. Nothing is expanded in small efficiencies. Derived in
docs/background/interference.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Optics", "heralds", "light", "missed", "unseen", "whole"]

Complex: TypeAlias = NDArray[np.complex128]


class Optics(NamedTuple):
    """A beam splitter and two detectors; every number may be an array of shape (...)."""

    split: ArrayLike = 0.5  # share of the first arm's light that goes to the first detector, and of the second's to it
    efficiency: tuple[ArrayLike, ArrayLike] = (1.0, 1.0)  # of either detector, beyond what both share
    dark: tuple[ArrayLike, ArrayLike] = (0.0, 0.0)  # probability of a dark count in either detector and window
    resolving: bool = False  # whether detectors count photons; one with two counts is then rejected


def unseen(detection: ArrayLike, double: ArrayLike = 0.0, veto: ArrayLike = 0.0) -> tuple[Any, Any]:
    """Probabilities that an excited node's photon arrives, and that it is lost, the node having seen nothing, (...).

    A photon arrives, is seen by the node itself, or is lost; an early one cannot arrive. See `light`.
    """
    p, seen = np.asarray(detection, dtype=float), np.asarray(veto, dtype=float)
    early = 1 - np.asarray(double, dtype=float) * seen
    return p * early, np.maximum(1 - p - seen, 0.0) * early


def light(detection: ArrayLike, excitation: ArrayLike = 1.0, double: ArrayLike = 0.0, veto: ArrayLike = 0.0) -> Complex:
    """One node, shape (2, 2, 2, 2, ...): spin ket and bra, photon ket and bra, for a spin of weight 1 on either level.

    Args:
        detection: probability that an excited node's photon arrives, shape (...).
        excitation: probability that the pulse excites a bright node; the rest of its amplitude stays behind unmarked.
        double: probability of an early photon, which cannot arrive, given that a photon arrived.
        veto: probability that the node sees a photon of its own, of which none then arrives; such attempts are left
            out, so that the trace of a bright node is less than 1.
    """
    arrived, lost = unseen(detection, double, veto)
    p, e, double = (np.asarray(one, dtype=float) for one in (detection, excitation, double))
    behind, sent = np.sqrt(1 - e), np.sqrt(e * p * (1 - double))
    shape = np.broadcast_shapes(behind.shape, sent.shape, np.shape(lost))
    node = np.zeros((2, 2, 2, 2, *shape), dtype=complex)
    node[0, 0, 0, 0] = 1
    node[1, 1, 0, 0], node[1, 1, 1, 1] = 1 - e + e * lost, e * arrived
    node[1, 1, 0, 1] = node[1, 1, 1, 0] = behind * sent
    node[1, 0, 0, 0] = node[0, 1, 0, 0] = behind
    node[1, 0, 1, 0] = node[0, 1, 0, 1] = sent
    return node


def heralds(
    first: Complex, second: Complex, optics: Optics, coherence: ArrayLike = 1.0, visibility: ArrayLike = 1.0
) -> Complex:
    """What a click in exactly one detector makes of the spins, for either detector.

    Args:
        first, second: both nodes, as `light` gives them.
        optics: where their photons meet.
        coherence: what one click keeps between both origins, complex: see `wavepacket.one_click`, times whatever phase
            and phase noise the paths add.
        visibility: of two photons that meet, see `wavepacket.visibility`.

    Returns:
        Shape (2, 2, 2, 2, 2, ...): detector, then ket spins (first, second) and bra spins (first, second). Multiplied
        by the spins' density matrix before, element by element, it is the unnormalised one after.
    """
    found = [
        _click(first, second, optics, here, np.asarray(coherence, dtype=complex), np.asarray(visibility, dtype=float))
        for here in (0, 1)
    ]
    return np.array(np.broadcast_arrays(*found))


def missed(first: Complex, second: Complex, heralded: Complex) -> Complex:
    """What attempts without a herald leave, vetoed ones included, shape (2, 2, 2, 2, ...) as one of `heralds`."""
    traces = [whole(node) for node in (first, second)]
    return np.asarray(np.einsum("ik...,jl...->ijkl...", *traces) - heralded.sum(axis=0))


def whole(node: Complex) -> Complex:
    """What all attempts leave of a node's spin, vetoed ones included, shape (2, 2, ...)."""
    traces = node[:, :, 0, 0] + node[:, :, 1, 1]
    traces[1, 1] = 1.0  # what a node has seen left it bright
    return np.asarray(traces)


def _click(first: Complex, second: Complex, optics: Optics, here: int, coherence: Any, visibility: Any) -> Complex:
    """A click in detector `here` and none in the other."""
    q = [np.asarray(one, dtype=float) for one in optics.efficiency]
    dark = [np.asarray(one, dtype=float) for one in optics.dark]
    there = 1 - here
    share = np.asarray(optics.split, dtype=float)
    shares = (share, 1 - share)  # of the first arm's light, at either detector
    cross = (1, -1)[here] * np.sqrt(share * (1 - share))  # of both arms at the detector that clicks

    mine, other = q[here], q[there]
    from_first = shares[here] * mine + shares[there] * other
    from_second = shares[there] * mine + shares[here] * other
    both = cross * (mine - other)
    pair = (1 - from_first) * (1 - from_second) + visibility * both**2
    silent = _terms(first, second, 1.0, 1 - from_first, 1 - from_second, -both, coherence, pair)
    # None in the other detector, and in this one just one (the slope of the silence against its efficiency), or at
    # least one (the difference of two silences, written out, since at small efficiencies rounding would eat it).
    seen = shares[here] * mine, shares[there] * mine
    if optics.resolving:
        pair = seen[0] * (1 - from_second) + seen[1] * (1 - from_first) - 2 * visibility * cross * mine * both
    else:
        quiet = 1 - shares[there] * other, 1 - shares[here] * other
        pair = seen[0] * quiet[1] + seen[1] * quiet[0] - seen[0] * seen[1]
        pair = pair - visibility * cross**2 * mine * (mine - 2 * other)
    counted = _terms(first, second, 0.0, *seen, cross * mine, coherence, pair)
    lone = 1 - dark[here] if optics.resolving else 1.0  # one count: of a photon, or in the dark
    return np.asarray((1 - dark[there]) * (lone * counted + dark[here] * silent))


def _terms(
    first: Complex, second: Complex, none: Any, one: Any, other: Any, cross: Any, coherence: Any, two: Any
) -> Complex:
    """Sum over photon numbers: no photon, one in the first arm, one in the second, either, one in both."""

    def joined(a: Any, b: Any, factor: Any) -> Any:
        return np.einsum("ik...,jl...->ijkl...", a, b) * factor

    def photons(node: Complex, ket: int, bra: int) -> Complex:
        return node[:, :, ket, bra]

    return np.asarray(
        joined(photons(first, 0, 0), photons(second, 0, 0), none)
        + joined(photons(first, 1, 1), photons(second, 0, 0), one)
        + joined(photons(first, 0, 0), photons(second, 1, 1), other)
        + joined(photons(first, 1, 0), photons(second, 0, 1), cross * coherence)
        + joined(photons(first, 0, 1), photons(second, 1, 0), cross * np.conj(coherence))
        + joined(photons(first, 1, 1), photons(second, 1, 1), two)
    )
