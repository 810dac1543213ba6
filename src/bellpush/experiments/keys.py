"""Key bits that a Bell value and an error rate are worth."""

from __future__ import annotations

import math

__all__ = ["key_rate"]


def key_rate(bell_value: float, errors: float) -> float:
    """Key bits a pair of a device-independent protocol in the limit of many: 1 - h(Q) - h((1 + sqrt(S^2/4 - 1))/2).

    Source: Acin et al., Phys. Rev. Lett. 98, 230501 (2007), recalled.

    >>> round(key_rate(2.5758, 0.036), 5)
    0.32601
    """

    def entropy(p: float) -> float:
        return float(-sum(x * math.log2(x) for x in (p, 1 - p) if x > 0))

    return 1 - entropy(errors) - entropy((1 + math.sqrt(bell_value**2 / 4 - 1)) / 2)
