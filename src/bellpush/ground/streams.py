"""Random streams by name and block: the same numbers for any number of workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Streams"]


@dataclass(frozen=True)
class Streams:
    """All randomness of a run, from one seed.

    >>> Streams(1).stream("attempts", 0).random() == Streams(1).stream("attempts", 0).random()
    True
    """

    seed: int

    def stream(self, name: str, block: int = 0) -> Generator:
        """The generator of stream `name` for work block `block`; independent of all others."""
        import numpy as np

        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=(key, block))))
