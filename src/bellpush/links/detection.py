"""Where photons of both nodes meet: when clicks count, and what the detectors tell."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import model_validator

from bellpush.ground.arrays import plain
from bellpush.ground.spec import Duration, Frequency, PositiveDuration, PositiveFrequency, Probability, Record, problem

__all__ = ["Detection"]


class Detection(Record):
    """A beam splitter, two detectors (or two for each polarisation), and the window in which their clicks count."""

    efficiency: Probability = 1.0
    """probability that a detector sees a photon that reaches it; certain if not given"""
    window: PositiveDuration | None = None
    """how long clicks count; as long as photons come if not given"""
    begin: Duration | None = None
    """from when on, after the centre of a Gaussian pulse or the beginning of a square one; the end of the later pulse
    if not given"""
    dark_count_rate: Frequency = 0.0
    """of each detector, which takes a `window`; none if not given"""
    click_times: Literal["discarded", "recorded"] = "discarded"
    """whether the phase that a known detuning leaves is taken off by the time of the click; discarded if not given"""
    resolution: Duration = 0.0
    """standard deviation of recorded times; none if not given"""
    jitter: Duration = 0.0
    """standard deviation of the detectors' own delay, which smears the edges of the window and adds to `resolution` in
    squares; none if not given"""
    dead_time: Duration = 0.0
    """time after a click in which a detector sees nothing, so that an attempt that finds one blind is dropped; none if
    not given"""
    filter: PositiveFrequency | None = None
    """full width of a filter before the detectors, far broader than the photons' line; none if not given"""

    @model_validator(mode="after")
    def _fits(self) -> Detection:
        if self.dark_count_rate and self.window is None:
            raise problem("must have a `window` beside `dark_count_rate`, or dark counts never end. Try window: 30 ns.")
        return self

    @property
    def spread(self) -> Any:
        """Standard deviation of the time of a click as it is known, s."""
        return plain(np.hypot(self.resolution, self.jitter))
