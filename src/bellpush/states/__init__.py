"""The states room: pairs of qubits as Pauli correlations, and what channels, swaps and measures do to them."""
