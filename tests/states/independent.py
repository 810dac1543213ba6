"""The second witness: density matrices built with QuTiP and plain matrix products, never with bellpush."""

import warnings

import numpy as np

__all__ = ["KETS", "OPERATORS", "PAIR_DIMS", "correlations", "qutip", "random_kraus", "random_state"]

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip

KETS = {name: qutip.bell_state(code) for name, code in {"phi+": "00", "phi-": "01", "psi+": "10", "psi-": "11"}.items()}
OPERATORS = [qutip.qeye(2), qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
PAIR_DIMS = [[2, 2], [2, 2]]


def random_state(seed, rank=4):
    """A random density matrix of two qubits."""
    return qutip.rand_dm(PAIR_DIMS[0], rank=rank, distribution="ginibre" if rank == 4 else "hs", seed=seed)


def random_kraus(seed, count=3):
    """A random channel on one qubit: the blocks of a random isometry, shape (count, 2, 2)."""
    rng = np.random.default_rng(seed)
    isometry, _ = np.linalg.qr(rng.normal(size=(2 * count, 2)) + 1j * rng.normal(size=(2 * count, 2)))
    return isometry.reshape(count, 2, 2)


def correlations(rho):
    """Tr(rho s_i x s_j), one expectation value at a time."""
    return np.array([[qutip.expect(qutip.tensor(a, b), rho) for b in OPERATORS] for a in OPERATORS])
