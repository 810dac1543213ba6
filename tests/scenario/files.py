"""Scenario texts that the tests of the front door change in one place each."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

__all__ = ["GOOD", "but", "saved"]

GOOD = dedent("""\
    name: two nodes
    nodes:
      alice:
        memory: {kind: depolarising, time: 400 ms}
      bob:
        memory: {kind: t1-t2, t1: 5 ms, t2: 8 ms}
    links:
      - between: [alice, bob]
        channel: {kind: fibre, length: 2 m, attenuation: 0.2 dB/km}
        scheme:
          kind: single-click
          bright_state_population: 0.1
          detection_probability: 1.0e-3
          attempt_duration: 5.5 us
    requests:
      - name: clocked
        between: [alice, bob]
        delivery: {kind: clocked, period: 100 ms, fallback: mixed}
    """)


def but(*changes: tuple[str, str]) -> str:
    """The good scenario with pieces of its text replaced; every piece must be there."""
    text = GOOD
    for old, new in changes:
        assert old in text, f"{old!r} is not in the scenario"
        text = text.replace(old, new, 1)
    return text


def saved(folder: Path, text: str, name: str = "my.yaml") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
