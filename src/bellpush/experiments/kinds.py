"""All experiments with published claims, by preset; a new one is its file and its line here."""

from __future__ import annotations

from bellpush.experiments import humphreys_2018, kurpiers_2018, liu_2026, magnard_2020
from bellpush.experiments.claim import Claim

__all__ = ["CLAIMS", "EXPERIMENTS"]

CLAIMS: dict[str, tuple[Claim, ...]] = {
    "humphreys-2018": humphreys_2018.CLAIMS,
    "kurpiers-2018": kurpiers_2018.CLAIMS,
    "liu-2026": liu_2026.CLAIMS,
    "magnard-2020": magnard_2020.CLAIMS,
}
"""everything that `validate` weighs"""

EXPERIMENTS: dict[str, tuple[Claim, ...]] = {
    name: tuple(claim for claim in claims if claim.beside) for name, claims in CLAIMS.items()
}
"""what stands beside ours in the table of `run`"""
