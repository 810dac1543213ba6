"""What physics allows along a route of fibre, beside what it gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.law import DeliveryLaw
from bellpush.ground.estimate import Estimate
from bellpush.hardware.channel import STATION, Fibre, transmission
from bellpush.links.double_click import DoubleClick
from bellpush.links.multiplexed import Multiplexed
from bellpush.links.scheme import Scheme
from bellpush.network.limits import plob, repeater_capacity, tgw

__all__ = ["Allowed", "allowed"]


@dataclass(frozen=True)
class Allowed:
    """The most entanglement that the fibres of a route carry, in ebits for each use of every one of them."""

    length: float  # m, of all fibres in a row
    direct: float  # the capacity of all of them in a row, without a repeater (PLOB)
    older: float  # another upper bound of that (TGW)
    repeaters: float  # with ideal repeaters at the inner nodes
    pace: float  # uses a second of the fibre that is used most, 1/s
    recalled: bool = False  # whether a fibre's loss is silica's, and not given

    @property
    def sentence(self) -> str:
        """What a user reads."""
        fibre = "fibre with silica's own loss (recalled)" if self.recalled else "fibre"
        return (
            f"physics allows {self.direct:.3g} ebits a use of {self.length / 1e3:.4g} km of {fibre} without repeaters "
            f"(PLOB; TGW bounds it by {self.older:.3g}) and {self.repeaters:.3g} with ideal ones at these nodes"
        )

    def beside(self, law: DeliveryLaw) -> str:
        """The same, with how far the answer is from it."""
        rate = law.rate.value
        if not rate:
            return f"{self.sentence}; no pair is made"
        uses = rate / self.pace
        found = self.used(law.ebits)
        ebits = found.value or 0.0
        said = f"{self.sentence}; here {uses:.3g} pairs are made a use of a link"
        if ebits <= 0:
            return f"{said}, from which hashing distils nothing"
        sure = f" +- {found.standard_error:.1g}" if found.standard_error > 0 else ""
        return (
            f"{said}, from which hashing distils {ebits:.3g}{sure} ebits, {ebits / self.direct:.3g} times what no "
            f"repeater can pass and {ebits / self.repeaters:.3g} of what ideal ones could"
        )

    def to_dict(self, law: DeliveryLaw) -> dict[str, Any]:
        """The limits as `run --json` writes them, each in ebits a use, and what is made a use."""
        limits = {"direct": self.direct, "direct_bound": self.older, "repeaters": self.repeaters}
        made = {"pairs": self.used(law.rate).to_dict(), "ebits": self.used(law.ebits).to_dict()}
        return {name: Estimate.exact(value).to_dict() for name, value in limits.items()} | made

    def used(self, rate: Estimate) -> Estimate:
        """What is had a second as what is had a use."""
        truncation = None if rate.truncation is None else rate.truncation / self.pace
        return Estimate((rate.value or 0.0) / self.pace, "", rate.standard_error / self.pace, truncation)


def allowed(request: ChainRequest) -> Allowed | None:
    """The limits of a route; None unless every link goes through fibres that lose something."""
    channels = [link.channel for link in request.links]
    elements = [element for channel in channels for element in channel if element is not STATION]
    fibres = [element for element in elements if isinstance(element, Fibre)]
    if not all(channels) or len(fibres) < len(elements):
        return None
    shares = [transmission(channel) for channel in channels]
    if min(shares) <= 0 or max(shares) >= 1:
        return None
    whole = math.prod(shares)
    length = sum(fibre.length for fibre in fibres)
    pace = max(_uses(link.scheme) / link.step for link in request.links)
    limits = float(plob(whole)), float(tgw(whole)), float(repeater_capacity(shares))
    return Allowed(length, *limits, pace, any(fibre.derived is not None for fibre in fibres))


def _uses(scheme: Scheme) -> int:
    """Uses of the fibre in one attempt: one of every mode and round."""
    if isinstance(scheme, Multiplexed):
        return scheme.modes * _uses(scheme.scheme)
    return 2 if isinstance(scheme, DoubleClick) else 1
