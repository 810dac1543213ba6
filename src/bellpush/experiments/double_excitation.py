"""How often a short pulse excites an emitter twice."""

from __future__ import annotations

__all__ = ["double_excitation"]


def double_excitation(width: float, lifetime: float) -> float:
    """Probability that an emitter excited at the end of a pi pulse had emitted before, during the same pulse.

    Args:
        width: full width at half maximum of the Gaussian intensity, s.
        lifetime: of the excited state, s.

    Source: `bellpush.physics.emitter`, cut three standard deviations of the intensity after the pulse's centre.

    >>> round(double_excitation(2.26e-9, 12e-9), 4)
    0.0368
    """
    from bellpush.physics.emitter import emission  # listing claims need not wait for the solver

    return float(emission(width, lifetime).double)
