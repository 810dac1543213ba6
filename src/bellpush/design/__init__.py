"""What if, and what is best: sweeps, optima and the way back from a promise to what it needs."""
