"""Distillation: of several pairs between the same two nodes, compared with each other, one that is better is kept.

All formulae hold for any 16 correlations of each pair, not only for Bell-diagonal ones, and for unlike pairs. They are
linear in each of the pairs, so that weights pass through as probabilities: the weight of what comes out is the
probability of success times the weights of what went in. Population that leaked out of the qubits is never kept.
Derived in docs/background/distillation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.states._require import between, reals, refusal, square
from bellpush.states.codes import circuit
from bellpush.states.measures import fidelity
from bellpush.states.pair import BellState, Pair, bell_signs

__all__ = ["Round", "bilinear", "bilinear_diagonal", "distill", "distill_diagonal", "recurrence", "twirl"]

_ADVICE = "from_density(rho) if this is a density matrix"


def twirl(pair: ArrayLike, target: BellState = "phi+") -> Pair:
    """The pairs, shape (..., 4, 4), after random rotations, alike at both ends, that leave only `target` unchanged.

    They become Werner-type pairs of the same weight and fidelity. Raises ValueError for another shape or an unknown
    name. Bennett et al., Phys. Rev. Lett. 76, 722 (1996).

    >>> from bellpush.states.pair import product
    >>> twirl(product("00")).diagonal().round(4)
    array([ 1.    ,  0.3333, -0.3333,  0.3333])
    """
    diagonal = np.diagonal(square("pair", pair, _ADVICE), axis1=-2, axis2=-1)
    return np.asarray(_twirled(diagonal * bell_signs(target, "target"))[..., None] * np.diag(bell_signs(target)))


def _twirled(signed: NDArray[np.float64]) -> NDArray[np.float64]:
    """(1, xx, -yy, zz) of shape (..., 4) with the last three made alike."""
    mean = signed[..., 1:].mean(axis=-1, keepdims=True)
    return np.concatenate([signed[..., :1], np.repeat(mean, 3, axis=-1)], axis=-1)


def _losses(
    protocol: str, gate_errors: Sequence[ArrayLike], readout_errors: Sequence[ArrayLike]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed factors of each string at the first and the second node, readout in the first; (..., 4, products)."""
    terms = circuit(protocol).terms
    for name, pair in (("gate_errors", gate_errors), ("readout_errors", readout_errors)):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise refusal(name, "be two, one for each node", repr(pair), f"{name}=(0.01, 0.01)")
    gates = [1 - 16 / 15 * between("gate_errors", g, 0, 1, "gate_errors=(0.01, 0.01)") for g in gate_errors]
    reads = [1 - 2 * between("readout_errors", r, 0, 1, "readout_errors=(0.01, 0.01)") for r in readout_errors]
    seen = np.asarray(reads[0] * reads[1])[..., None, None] ** terms.reads
    first, second = (np.asarray(gate)[..., None, None] ** terms.gates for gate in gates)
    return terms.first * first * seen / len(terms.reads), terms.second * second


def distill(
    pairs: Sequence[ArrayLike],
    protocol: str = "dejmps",
    target: BellState = "phi+",
    *,
    targets: Sequence[BellState] | None = None,
    gate_errors: Sequence[ArrayLike] = (0.0, 0.0),
    readout_errors: Sequence[ArrayLike] = (0.0, 0.0),
) -> Pair:
    """The pair that is kept where all results agree, not normalised; its weight is the probability of that.

    Args:
        pairs: as many as the protocol takes, each of shape (..., 4, 4); the first one is kept, the others measured.
        protocol: `bbpssw` (which twirls the pairs first), `dejmps`, or the code of that name in `codes.CIRCUITS`.
        target: the Bell state in whose frame the kept pair comes out.
        targets: those of the pairs; Paulis bring them to one frame first. All are `target` if not given.
        gate_errors: at each of the two nodes, the probability that one of the 15 two-qubit Paulis, equally likely,
            hits the two qubits of a two-qubit gate, at each such gate; shape (...).
        readout_errors: at each node, the probability with which each result flips; shape (...).

    Returns:
        Correlations of the kept pair, shape (..., 4, 4).

    Raises:
        ValueError: another number of pairs, another shape, an unknown name, or a probability outside [0, 1].

    >>> from bellpush.states.pair import werner
    >>> kept = distill([werner(0.8), werner(0.8)])
    >>> float(kept[0, 0].round(10)), float(fidelity(kept).round(9))
    (0.7688888889, 0.838150289)
    """
    terms, twirls = circuit(protocol).terms, circuit(protocol).twirls
    frames = _frames(len(pairs), protocol, target, targets)
    first, second = _losses(protocol, gate_errors, readout_errors)
    total: NDArray[np.float64] = first[..., :, None, :] * second[..., None, :, :]
    for number, (pair, signs) in enumerate(zip(pairs, frames, strict=True)):
        matrix = square(f"pairs[{number}]", pair, _ADVICE) * signs
        matrix = twirl(matrix) if twirls else matrix
        index = terms.paulis[..., number]
        total = total * matrix[..., index[:, None, :], index[None, :, :]]
    return np.asarray(total.sum(axis=-1) * bell_signs("phi+") * bell_signs(target, "target"))


def distill_diagonal(
    pairs: Sequence[ArrayLike],
    protocol: str = "dejmps",
    target: BellState = "phi+",
    *,
    targets: Sequence[BellState] | None = None,
    gate_errors: Sequence[ArrayLike] = (0.0, 0.0),
    readout_errors: Sequence[ArrayLike] = (0.0, 0.0),
) -> NDArray[np.float64]:
    """The same for Bell-diagonal pairs given as their diagonals (1, xx, yy, zz), shape (..., 4), and returned so.

    Exact: Bell-diagonal pairs stay Bell-diagonal. Arguments and errors raised as in `distill`.

    >>> from bellpush.states.pair import werner
    >>> diagonal = werner(0.8).diagonal()
    >>> distill_diagonal([diagonal, diagonal], "bbpssw").round(6)
    array([ 0.768889,  0.537778, -0.537778,  0.733333])
    """
    terms, twirls = circuit(protocol).terms, circuit(protocol).twirls
    frames = _frames(len(pairs), protocol, target, targets)
    first, second = _losses(protocol, gate_errors, readout_errors)
    total: NDArray[np.float64] = first * second
    for number, (pair, signs) in enumerate(zip(pairs, frames, strict=True)):
        values = reals(f"pairs[{number}]", pair, "werner(0.9).diagonal()")
        if values.shape[-1:] != (4,):
            raise refusal(f"pairs[{number}]", "have shape (..., 4)", f"of shape {values.shape}", "pair.diagonal()")
        values = values * signs
        values = _twirled(values * bell_signs("phi+")) * bell_signs("phi+") if twirls else values
        total = total * values[..., terms.paulis[..., number]]
    return np.asarray(total.sum(axis=-1) * bell_signs("phi+") * bell_signs(target, "target"))


def _frames(
    count: int, protocol: str, target: BellState, targets: Sequence[BellState] | None
) -> list[NDArray[np.float64]]:
    """Signs that bring each pair to the frame of phi+, shape (4,) each."""
    needed = circuit(protocol).pairs
    if count != needed:
        raise refusal("pairs", f"be {needed} for {protocol}", str(count), "one for each pair that it takes")
    bell_signs(target, "target")
    given = [target] * count if targets is None else list(targets)
    if len(given) != count:
        raise refusal("targets", f"be {count}, one for each pair", str(len(given)), "leaving them out")
    return [bell_signs("phi+") * bell_signs(name, "targets") for name in given]


def bilinear(
    protocol: str = "dejmps",
    target: BellState = "phi+",
    *,
    targets: Sequence[BellState] | None = None,
    gate_errors: Sequence[ArrayLike] = (0.0, 0.0),
    readout_errors: Sequence[ArrayLike] = (0.0, 0.0),
) -> NDArray[np.float64]:
    """A two-to-one protocol as numbers T[k, i, j], shape (..., 16, 16, 16), for use inside sums and convolutions.

    With pairs flattened to 16 numbers, row by row, the kept pair is out[k] = sum over i and j of
    T[k, i, j] kept[i] spent[j], and out[0] the probability of success. Arguments and errors raised as in `distill`.

    >>> from bellpush.states.pair import werner
    >>> flat = werner(0.8).ravel()
    >>> float((bilinear() @ flat @ flat)[0].round(10))
    0.7688888889
    """
    basis = np.eye(16).reshape(16, 4, 4)
    gates, reads = _lifted(gate_errors), _lifted(readout_errors)
    images = distill(
        [basis[:, None], basis], protocol, target, targets=targets, gate_errors=gates, readout_errors=reads
    )
    return np.moveaxis(images.reshape(*images.shape[:-2], 16), -1, -3)


def bilinear_diagonal(
    protocol: str = "dejmps",
    target: BellState = "phi+",
    *,
    targets: Sequence[BellState] | None = None,
    gate_errors: Sequence[ArrayLike] = (0.0, 0.0),
    readout_errors: Sequence[ArrayLike] = (0.0, 0.0),
) -> NDArray[np.float64]:
    """The same on the diagonals (1, xx, yy, zz) of Bell-diagonal pairs: T[k, i, j] of shape (..., 4, 4, 4).

    >>> from bellpush.states.pair import werner
    >>> diagonal = werner(0.8).diagonal()
    >>> float((bilinear_diagonal() @ diagonal @ diagonal)[0].round(10))
    0.7688888889
    """
    pair, gates, reads = np.eye(4), _lifted(gate_errors), _lifted(readout_errors)
    both = [pair[:, None], pair]
    images = distill_diagonal(both, protocol, target, targets=targets, gate_errors=gates, readout_errors=reads)
    return np.moveaxis(images, -1, -3)


def _lifted(errors: Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
    """Errors (...) beside all pairs of basis pairs, (..., 1, 1)."""
    return [np.asarray(error, dtype=float)[..., None, None] for error in errors]


class Round(NamedTuple):
    """What a round of recurrence gives."""

    fidelity: float  # of the pairs that it keeps
    success: float  # probability that it keeps one
    pairs: float  # mean number of first pairs spent for each that it keeps


def recurrence(
    pair: ArrayLike, wanted: float, protocol: str = "dejmps", target: BellState = "phi+", most: int = 100
) -> list[Round]:
    """Rounds of a protocol, each on like pairs that the round before kept, until their fidelity is at least `wanted`.

    `pair` has shape (4, 4). Stops too once a round no longer improves, or after `most` rounds: the last entry then
    stays below what was wanted. Raises ValueError for another shape, an unknown name or `wanted` outside [0, 1].

    >>> from bellpush.states.pair import werner
    >>> rounds = recurrence(werner(0.7), 0.95)
    >>> len(rounds), round(rounds[-1].fidelity, 6), round(rounds[-1].pairs, 4)
    (4, 0.972004, 53.3952)
    """
    goal = float(between("wanted", wanted, 0, 1, "wanted=0.95"))
    count = circuit(protocol).pairs
    current = square("pair", pair, _ADVICE)
    best, spent, rounds = float(fidelity(current, target)), 1.0, list[Round]()
    stale = 0
    while best < goal and len(rounds) < most and stale < 2:
        kept = distill([current] * count, protocol, target)
        success = float(kept[0, 0])
        current, spent = kept / success, count * spent / success
        rounds.append(Round(float(fidelity(current, target)), success, spent))
        # DEJMPS may lose once before it gains, where the largest error is the one it does not see at first.
        stale = stale + 1 if rounds[-1].fidelity <= best else 0
        best = max(best, rounds[-1].fidelity)
    return rounds
