"""Exact numbers for repeater chains, as pure functions of arrays over slots of time."""
