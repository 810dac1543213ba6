"""A photon transfer played out on full density matrices: the second road beside the reduced equations.

Both qutrits and both resonators are kept whole, 3 x N x N x 3 levels in the order sender, its resonator, the
receiver's resonator, receiver. Every element of the density matrix is integrated, whether it is ever reached or not;
operators are Kronecker products. Nothing here is shared with the faster road but the parameters of the transfer and
the couplings g(t) that belong to its photon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bellpush.ground.errors import ConvergenceError
from bellpush.physics.qutrit import Qutrit
from bellpush.physics.transfer import Transfer

__all__ = ["play", "play_pair"]

Matrix = NDArray[np.complex128]
Drive = tuple[Matrix, Callable[[float], float]]  # a part of the Hamiltonian and its coefficient at a time

G, E, F = np.eye(3, dtype=complex)
MOST_LEVELS = 6
SETTLED = 1e-6  # largest change of an element of the pair that one more level of the resonators may make


def play(transfer: Transfer, levels: int | None = None, start: ArrayLike | None = None) -> Matrix:
    """Density matrix of both qutrits once the photon has been caught and brought down to the receiver's qubit.

    The drives run from -window/2 to window/2 about the photon's peak; before, the sender is prepared and after, the
    receiver's f and e are exchanged, with all decay going on if these pulses have a length. Drives keep their detuning
    only while they run. Known phases are undone: the factor -i that each finite pulse brings to the level it leads to.
    An ideal transfer then ends in psi+.

    Args:
        transfer: one point, every field a number.
        levels: Fock levels of each resonator; None takes 2 for a cold line (then exact: there is one photon), else as
            many as change no element of the pair by 1e-6.
        start: the sender right before emission, a ket (3,) or a density matrix (3, 3) of g, e, f. None prepares the
            Bell sequence: (|e> + |f>)/sqrt2, or g where the reset had left the sender in e.

    Returns:
        Shape (9, 9), order |sender receiver>, levels g, e, f.

    Raises:
        ValueError: the transfer has several points, or `start` another shape.
        ConvergenceError: six levels are not enough for the thermal photons.

    Holds when: the line brings nothing back (circulator) and its delay is known. The equation is the cascaded one,
    H_c = sqrt(eta kA kB) (b^dag a - a^dag b)/2i and the jump sqrt(eta kA) a + sqrt(kB) b; at n thermal photons each
    jump L into the line is joined by L^dag, at the rates n + 1 and n, and the resonators start at n; their internal
    losses are to a cold bath. Gardiner, PRL 70, 2269 (1993); Carmichael, PRL 70, 2273 (1993). Integrated to a relative
    1e-10 (scipy, DOP853).
    """
    if levels is not None or _number(transfer.thermal_photons) == 0:
        return _play(transfer, levels or 2, start)
    state = _play(transfer, 2, start)
    for more in range(3, MOST_LEVELS + 1):
        before, state = state, _play(transfer, more, start)
        if np.abs(_block(state) - _block(before)).max() < SETTLED:
            return state
    raise ConvergenceError(
        f"`levels` must settle the pair to {SETTLED:g}, but is not enough at {MOST_LEVELS}. Try fewer thermal_photons."
    )


def play_pair(transfer: Transfer, levels: int | None = None) -> Matrix:
    """The qubit block of `play` from the Bell sequence, shape (4, 4), |0> = g and |1> = e, not renormalised.

    Its trace is below one where population leaked to f.
    """
    return _block(play(transfer, levels))


def _block(qutrits: Matrix) -> Matrix:
    return qutrits.reshape(3, 3, 3, 3)[:2, :2, :2, :2].reshape(4, 4)


def _number(value: ArrayLike) -> float:
    if np.ndim(value):
        raise ValueError(
            f"`transfer` must be one point, but has a field of shape {np.shape(value)}. Try one at a time."
        )
    return float(np.asarray(value))


def _play(transfer: Transfer, levels: int, start: ArrayLike | None) -> Matrix:
    equation = _equation(transfer, levels)
    rho = _begin(transfer, levels, start)
    if start is None:
        rho = _prepared(equation, rho, _number(transfer.preparation))
    rho = _sent(equation, rho, transfer)
    rho = _brought_down(equation, rho, _number(transfer.pi_pulse))
    parts = rho.reshape(2 * (3, levels, levels, 3))
    return np.asarray(np.einsum("anmbcnmd->abcd", parts).reshape(9, 9), dtype=complex)


class _Equation(NamedTuple):
    """What holds at all times, the drives off."""

    levels: int
    still: Any  # -i [H, rho] + sum L rho L^dag - (L^dag L rho + rho L^dag L)/2, sparse, on all elements of rho

    def on(self, place: int, operator: Matrix) -> Matrix:
        """An operator of one part: 0 the sender, 1 and 2 the resonators, 3 the receiver."""
        return _on(place, operator, self.levels)


def _on(place: int, operator: Matrix, levels: int) -> Matrix:
    factors = [np.eye(size, dtype=complex) for size in (3, levels, levels, 3)]
    factors[place] = operator
    return reduce(np.kron, factors)


def _lower(levels: int) -> Matrix:
    return np.diag(np.sqrt(np.arange(1, levels)), 1).astype(complex)


def _equation(transfer: Transfer, levels: int) -> _Equation:
    """The cascade with all its decay."""
    sender, receiver = transfer.sender, transfer.receiver
    a, b = _on(1, _lower(levels), levels), _on(2, _lower(levels), levels)
    eta, ka, kb = _number(transfer.transmission), _number(sender.linewidth), _number(receiver.linewidth)
    hamiltonian = np.sqrt(eta * ka * kb) / 2j * (b.conj().T @ a - a.conj().T @ b)
    fields = [np.sqrt(eta * ka) * a + np.sqrt(kb) * b, np.sqrt((1 - eta) * ka) * a]
    n = _number(transfer.thermal_photons)
    jumps = [np.sqrt(n + 1) * field for field in fields] + [np.sqrt(n) * field.conj().T for field in fields]
    jumps += [np.sqrt(_number(sender.internal_loss)) * a, np.sqrt(_number(receiver.internal_loss)) * b]
    jumps += [_on(place, jump, levels) for place, node in ((0, sender), (3, receiver)) for jump in _decay(node)]
    jumps = [jump for jump in jumps if jump.any()]
    terms = [_commutator(hamiltonian), *(_dissipator(jump) for jump in jumps)]
    return _Equation(levels, sum(terms[1:], start=terms[0]))


def _decay(node: Qutrit) -> list[Matrix]:
    """Jumps of one qutrit."""
    return [
        np.sqrt(_number(node.relaxation_ge)) * np.outer(G, E),
        np.sqrt(_number(node.relaxation_ef)) * np.outer(E, F),
        np.sqrt(2 * _number(node.dephasing_g)) * np.outer(G, G),
        np.sqrt(2 * _number(node.dephasing_f)) * np.outer(F, F),
    ]


def _begin(transfer: Transfer, levels: int, start: ArrayLike | None) -> Matrix:
    """Before the preparing pulses, or right before emission where `start` is given."""
    hot, receiver_hot = _number(transfer.sender.excited), _number(transfer.receiver.excited)
    sender = np.diag([1 - hot, hot, 0]).astype(complex) if start is None else np.asarray(start, dtype=complex)
    if sender.shape == (3,):
        sender = np.outer(sender, sender.conj())
    if sender.shape != (3, 3):
        raise ValueError(f"`start` must have shape (3,) or (3, 3), but has {sender.shape}. Try a ket of g, e, f.")
    n = _number(transfer.thermal_photons)
    bose = (n / (n + 1)) ** np.arange(levels)
    light = np.diag(bose / bose.sum()).astype(complex)
    return reduce(np.kron, [sender, light, light, np.diag([1 - receiver_hot, receiver_hot, 0]).astype(complex)])


def _prepared(equation: _Equation, rho: Matrix, length: float) -> Matrix:
    """After a pi pulse between g and e and half a pi pulse between e and f, each half of `length` long."""
    if length == 0:
        # g becomes (e + f)/sqrt2 and e becomes g; f, which is empty, what is left.
        ideal = np.outer((E + F) / np.sqrt(2), G) + np.outer(G, E) + np.outer((E - F) / np.sqrt(2), F)
        return _turned(equation.on(0, ideal), rho)
    rho = _pulsed(equation, rho, 0, (G, E), np.pi, length / 2)
    rho = _pulsed(equation, rho, 0, (E, F), np.pi / 2, length / 2)
    return _turned(equation.on(0, np.diag([1, 1j, -1])), rho)  # every step up brought -i


def _sent(equation: _Equation, rho: Matrix, transfer: Transfer) -> Matrix:
    """After the window in which the sender emits and the receiver catches."""
    late = _number(transfer.timing_error)
    half = _number(transfer.window) / 2
    sender, receiver = _number(transfer.sender.linewidth), _number(transfer.receiver.linewidth)

    def emission(t: float) -> float:
        return float(transfer.photon.emission(t, sender))

    def capture(t: float) -> float:
        return float(transfer.photon.capture(t - late, receiver))

    drives = [
        *_drives(equation, transfer.sender, (0, 1), emission, half),
        *_drives(equation, transfer.receiver, (3, 2), capture, half),
    ]
    return _evolved(equation, rho, drives, -half, half)


def _drives(
    equation: _Equation, node: Qutrit, places: tuple[int, int], right: Callable[[float], float], half: float
) -> list[Drive]:
    """The f0g1 drive of a node, whose qutrit and resonator stand at `places`, and the shift of f that goes with it."""
    qutrit, resonator = places
    raised = equation.on(resonator, _lower(equation.levels).T) @ equation.on(qutrit, np.outer(G, F))
    amplitude, detuning, shift = _number(node.amplitude), _number(node.detuning), _number(node.stark_shift)
    most = _largest(right, half) if shift else 1.0

    def energy(t: float) -> float:
        return detuning + shift * (right(t) / most) ** 2 if shift else detuning

    drives: list[Drive] = [(raised + raised.conj().T, lambda t: amplitude * right(t))]
    return [*drives, (equation.on(qutrit, np.outer(F, F)), energy)] if detuning or shift else drives


def _largest(coupling: Callable[[float], float], half: float) -> float:
    """Largest |coupling| between -half and half; infinite if it is zero throughout, so that ratios to it are zero."""
    from scipy.optimize import minimize_scalar

    times = np.linspace(-half, half, 2001)
    best = int(np.argmax([abs(coupling(float(t))) for t in times]))
    around = float(times[max(best - 1, 0)]), float(times[min(best + 1, 2000)])
    # Its own tolerance is 1e-5 s, longer than any photon.
    within = {"xatol": 1e-6 * half / 1000}
    found = minimize_scalar(lambda t: -abs(coupling(float(t))), bounds=around, method="bounded", options=within)
    return max(-float(found.fun), abs(coupling(float(times[best])))) or np.inf


def _brought_down(equation: _Equation, rho: Matrix, length: float) -> Matrix:
    """After the receiver's pi pulse between f and e."""
    if length == 0:
        return _turned(equation.on(3, np.outer(G, G) + np.outer(E, F) + np.outer(F, E)), rho)
    rho = _pulsed(equation, rho, 3, (E, F), np.pi, length)
    return _turned(equation.on(3, np.diag([1, 1j, 1])), rho)  # the step from f to e brought -i


def _pulsed(
    equation: _Equation, rho: Matrix, place: int, levels: tuple[Matrix, Matrix], angle: float, length: float
) -> Matrix:
    """After a square resonant pulse that turns two levels of one qutrit into each other by `angle`."""
    half = np.outer(*levels) * angle / (2 * length)
    return _evolved(equation, rho, [(equation.on(place, half + half.T), lambda t: 1.0)], 0.0, length)


def _turned(unitary: Matrix, rho: Matrix) -> Matrix:
    return unitary @ rho @ unitary.conj().T


def _evolved(equation: _Equation, rho: Matrix, drives: Sequence[Drive], begin: float, end: float) -> Matrix:
    """After the master equation has run from one time to another."""
    from scipy.integrate import ode

    driven = [(_commutator(operator), coefficient) for operator, coefficient in drives]

    def change(t: float, numbers: Any) -> Any:
        elements = numbers.view(complex)
        moved = equation.still @ elements
        for generator, coefficient in driven:
            moved += coefficient(t) * (generator @ elements)
        return moved.view(float)

    # The compiled integrator calls no BLAS, whose threads would wait for each other on so few numbers.
    solver = ode(change).set_integrator("dop853", rtol=1e-10, atol=1e-12, nsteps=1_000_000)
    solver.set_initial_value(rho.ravel().view(float), begin)
    end_state = solver.integrate(end)
    if not solver.successful():
        raise ConvergenceError("The transfer must be integrable, but is not to 1e-10. Try a shorter window.")
    return np.asarray(end_state.view(complex).reshape(rho.shape), dtype=complex)


def _commutator(hamiltonian: Matrix) -> Any:
    """-i [H, rho] as a sparse matrix on all elements of rho."""
    one = np.eye(len(hamiltonian), dtype=complex)
    return -1j * (_sides(hamiltonian, one) - _sides(one, hamiltonian))


def _dissipator(jump: Matrix) -> Any:
    """L rho L^dag - (L^dag L rho + rho L^dag L)/2 in the same way."""
    number, one = jump.conj().T @ jump, np.eye(len(jump), dtype=complex)
    return _sides(jump, jump.conj().T) - 0.5 * (_sides(number, one) + _sides(one, number))


def _sides(left: Matrix, right: Matrix) -> Any:
    """left rho right as a sparse matrix on all elements of rho, one row after the other."""
    from scipy import sparse

    return sparse.kron(sparse.csr_array(left), sparse.csr_array(right.T), format="csr")
