"""The circuits that distil, by name; a new one is its line here.

`bbpssw` and `dejmps` compare two pairs. The others undo the encoding of a stabiliser code at both nodes and keep the
pair where all syndromes agree: errors that the code detects are thrown away. Their gates were found by a search for
few of them; the codes are those of the references, as the weights of their stabilisers show in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bellpush.states._require import refusal
from bellpush.states.circuit import Circuit

__all__ = ["CIRCUITS", "circuit"]

CIRCUITS: Final[Mapping[str, Circuit]] = MappingProxyType(
    {
        # Bennett et al., Phys. Rev. Lett. 76, 722 (1996): Werner pairs, CNOT, the spent pair is measured.
        "bbpssw": Circuit(2, (("cZX", 0, 1),), twirls=True),
        # Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996): quarter turns about x, opposite at the two nodes, then CNOT.
        "dejmps": Circuit(2, (("x", 0), ("x", 1), ("cZX", 0, 1))),
        # Three bits in a row: sees bit flips and nothing else.
        "repetition-3": Circuit(3, (("cZX", 0, 1), ("cZX", 0, 2))),
        # XXXX, ZZZZ and ZZII: the four-qubit code of distance two with one logical qubit left idle.
        "four-qubit": Circuit(4, (("cZX", 0, 1), ("cXZ", 0, 2), ("cXZ", 2, 3), ("h", 3))),
        # The perfect code [[5,1,3]]: Laflamme, Miquel, Paz and Zurek, Phys. Rev. Lett. 77, 198 (1996).
        "five-qubit": Circuit(
            5, (("cXX", 0, 1), ("cZX", 0, 4), ("cYZ", 0, 2), ("cXY", 3, 4), ("cYY", 1, 3), ("cXY", 1, 2))
        ),
        # [[7,1,3]]: Steane, Phys. Rev. Lett. 77, 793 (1996).
        "steane": Circuit(
            7,
            (
                ("cXZ", 2, 1),
                ("cZX", 2, 0),
                ("cXZ", 1, 0),
                ("cXZ", 2, 3),
                ("cXZ", 2, 6),
                ("cXY", 3, 5),
                ("cYY", 1, 3),
                ("cXX", 3, 4),
                ("cYY", 4, 6),
                ("h", 5),
            ),
        ),
    }
)


def circuit(name: str) -> Circuit:
    """A circuit by its name. Raises ValueError for an unknown one.

    >>> circuit("five-qubit").said
    '5 pairs to one, 6 two-qubit gates at each node'
    """
    if name not in CIRCUITS:
        raise refusal("protocol", f"be one of {', '.join(map(repr, CIRCUITS))}", repr(name), "'dejmps'")
    return CIRCUITS[name]
