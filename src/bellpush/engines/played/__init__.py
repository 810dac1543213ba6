"""Chains played out: attempts drawn one by one, pairs as density matrices, nothing from link models."""
