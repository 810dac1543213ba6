"""Small drawings for notebooks, as SVG.

They are made by hand, without the plotting library: a cell shows at once, ids of two cells cannot meet, and lines and
letters take the colour of the notebook's own text, so that light and dark styles both suit.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from html import escape

import numpy as np

from bellpush.states.pair import Pair, to_density

__all__ = ["bars", "network", "pair_cells"]

BLUE, RED = "#0072b2", "#d55e00"  # told apart by colour-blind readers, and on white and on black
SEEN = 5e-3  # what is smaller is left out
CELL = 34.0
EDGE = 26.0


def bars(rows: Sequence[tuple[str, float]], threshold: float) -> str:
    """Horizontal bars from 0 to 1 with their values, and a line at the threshold."""
    left, wide, high = 170.0, 230.0, 20.0
    parts = []
    for row, (name, value) in enumerate(rows):
        y = 4 + row * high
        parts += [
            _text(left - 8, y + 11, name, "end"),
            f'<rect x="{left:g}" y="{y:g}" width="{wide:g}" height="13" fill="none" stroke="currentColor" '
            'stroke-opacity="0.25"/>',
            f'<rect x="{left:g}" y="{y:g}" width="{wide * min(max(value, 0.0), 1.0):.2f}" height="13" fill="{BLUE}"/>',
            _text(left + wide + 8, y + 11, f"{value:.4g}"),
        ]
    bottom = 4 + len(rows) * high
    at = left + wide * threshold
    parts += [_line(at, 0, at, bottom, RED), _text(at, bottom + 12, f"{threshold:.3g}", "middle")]
    said = ", ".join(f"{name} {value:.4g}" for name, value in rows)
    return _svg(left + wide + 60, bottom + 18, parts, said)


def pair_cells(pair: Pair) -> str:
    """One pair twice: correlations as squares, the density matrix as discs; area is magnitude, a hand shows the phase.

    Args:
        pair: correlations, shape (4, 4).
    """
    parts = _grid(0.0, "correlations", ("I", "X", "Y", "Z"))
    for row, column in np.ndindex(4, 4):
        value = float(pair[row, column])
        if abs(value) >= SEEN:
            x, y = _centre(0.0, row, column)
            half = 0.45 * CELL * min(abs(value), 1.0) ** 0.5
            fill = f'fill="{BLUE}"' if value > 0 else f'fill="none" stroke="{RED}" stroke-width="2"'
            parts.append(
                f'<rect x="{x - half:.2f}" y="{y - half:.2f}" width="{2 * half:.2f}" height="{2 * half:.2f}" {fill}>'
                f"<title>{'IXYZ'[row]}{'IXYZ'[column]} {value:+.4f}</title></rect>"
            )
    shift = EDGE + 4 * CELL + 24
    parts += _grid(shift, "density matrix", ("00", "01", "10", "11"))
    matrix = to_density(pair)
    for row, column in np.ndindex(4, 4):
        element = complex(matrix[row, column])
        if abs(element) >= SEEN:
            x, y = _centre(shift, row, column)
            radius, phase = 0.48 * CELL * min(abs(element), 1.0) ** 0.5, cmath.phase(element)
            number = f"{element.real:+.4f}" + (f" {element.imag:+.4f}i" if abs(element.imag) >= SEEN else "")
            end = x + radius * math.cos(phase), y - radius * math.sin(phase)
            parts += [
                f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{BLUE}" fill-opacity="0.35" '
                f'stroke="{BLUE}"><title>{number}</title></circle>',
                _line(x, y, *end),
            ]
    said = f"Pauli correlations XX {pair[1, 1]:+.3f}, YY {pair[2, 2]:+.3f}, ZZ {pair[3, 3]:+.3f}"
    return _svg(shift + EDGE + 4 * CELL + 4, EDGE + 4 * CELL + 22, parts, said)


def network(nodes: Sequence[str], links: Sequence[tuple[str, str]]) -> str:
    """Nodes in a row and the links between them; those that pass over a node are arcs."""
    gap = 120.0
    place = {name: 50 + gap * index for index, name in enumerate(nodes)}
    y = 46.0 if any(abs(place[first] - place[second]) > gap for first, second in links) else 14.0
    parts = []
    for first, second in links:
        left, right = sorted((place[first], place[second]))
        rise = 0.0 if right - left <= gap else min(18 + 0.1 * (right - left), 40.0)
        parts.append(
            f'<path d="M {left:g} {y:g} Q {(left + right) / 2:g} {y - 2 * rise:g} {right:g} {y:g}" fill="none" '
            f'stroke="{BLUE}" stroke-width="2"/>'
        )
    for name, x in place.items():
        parts += [
            f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="{BLUE}"><title>{escape(name)}</title></circle>',
            _text(x, y + 24, name if len(name) <= 14 else name[:13] + "…", "middle"),
        ]
    said = "; ".join(f"{first} - {second}" for first, second in links)
    return _svg(100 + gap * (len(place) - 1), y + 34, parts, said)


def _grid(shift: float, title: str, labels: Sequence[str]) -> list[str]:
    low, high = EDGE, EDGE + 4 * CELL
    parts = [_text(shift + low, high + 16, title)]
    for index in range(5):
        at = EDGE + index * CELL
        parts += [
            _line(shift + at, low, shift + at, high, faint=True),
            _line(shift + low, at, shift + high, at, faint=True),
        ]
    for index, label in enumerate(labels):
        middle = EDGE + (index + 0.5) * CELL
        parts += [
            _text(shift + middle, EDGE - 7, label, "middle"),
            _text(shift + EDGE - 6, middle + 4, label, "end"),
        ]
    return parts


def _centre(shift: float, row: int, column: int) -> tuple[float, float]:
    return shift + EDGE + (column + 0.5) * CELL, EDGE + (row + 0.5) * CELL


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "currentColor", *, faint: bool = False) -> str:
    weak = ' stroke-opacity="0.25"' if faint else ""
    return f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{colour}"{weak}/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'


def _svg(width: float, height: float, parts: Sequence[str], said: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="12" role="img" '
        f'aria-label="{escape(said)}">{"".join(parts)}</svg>'
    )
