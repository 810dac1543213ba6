"""Products of sparse entries with vectors whose every element stands for several points, its lanes.

A vector of n coordinates is an array of shape (n * lanes,), and offsets count its numbers. Each function here is one
load, multiply, add and store of all lanes at once. They are written as instructions, since no loop over so few numbers
is turned into them: short loops are unrolled before loops are made into vector code, and numba leaves out the pass that
would find the pieces again. Where numba compiles nothing (`NUMBA_DISABLE_JIT=1`), the same is done by numpy.

Nothing is checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import Parameter, signature
from typing import Any, TypeVar

from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from bellpush.physics.tableau import COUPLINGS, ERROR_3, ERROR_5, STAGES, WEIGHTS

__all__ = ["add", "drive", "finish", "row", "stage"]

Function = TypeVar("Function", bound=Callable[..., None])

_FAST = ("contract", "nsz", "arcp", "reassoc")
_WHOLE = ir.IntType(64)


class _Lanes:
    """What the functions below are made of: vectors of doubles, read and written at an offset of an array."""

    def __init__(self, context: Any, builder: Any, kinds: Any, values: Any, lanes: int) -> None:
        self.context, self.builder, self.kinds, self.values = context, builder, kinds, values
        self.kind = ir.VectorType(ir.DoubleType(), lanes)
        self.lanes = lanes

    def place(self, array: int, offset: Any) -> Any:
        """Where the lanes at an offset of an array lie; the array is given by its number among the arguments."""
        data = self.context.make_array(self.kinds[array])(self.context, self.builder, self.values[array]).data
        return self.builder.bitcast(self.builder.gep(data, [offset]), self.kind.as_pointer())

    def load(self, array: int, offset: Any) -> Any:
        found = self.builder.load(self.place(array, offset))
        found.align = 8
        return found

    def store(self, value: Any, array: int, offset: Any) -> None:
        self.builder.store(value, self.place(array, offset)).align = 8

    def alike(self, number: Any) -> Any:
        """A number in all lanes."""
        found = ir.Constant(self.kind, ir.Undefined)
        for lane in range(self.lanes):
            found = self.builder.insert_element(found, number, ir.Constant(ir.IntType(32), lane))
        return found

    def times(self, one: Any, two: Any) -> Any:
        return self.builder.fmul(one, two, flags=_FAST)

    def plus(self, one: Any, two: Any) -> Any:
        return self.builder.fadd(one, two, flags=_FAST)

    def mixed(self, vectors: dict[int, Any], weights: Any) -> Any:
        """The sum of vectors times their weights, those without one left out."""
        total = None
        for place, vector in vectors.items():
            if weights[place] != 0:
                part = self.times(ir.Constant(self.kind, [float(weights[place])] * self.lanes), vector)
                total = part if total is None else self.plus(part, total)
        return total


def _row(at: _Lanes) -> None:
    v = at.values
    total = at.times(at.load(2, v[1]), at.load(3, v[1]))
    for slot, column in ((5, 6), (7, 8)):
        total = at.plus(at.times(at.load(4, v[slot]), at.load(3, v[column])), total)
    at.store(total, 0, v[1])


def _add(at: _Lanes) -> None:
    v = at.values
    at.store(at.plus(at.times(at.load(2, v[3]), at.load(4, v[5])), at.load(0, v[1])), 0, v[1])


def _drive(at: _Lanes) -> None:
    v = at.values
    part = at.times(at.times(at.alike(v[2]), at.load(3, v[4])), at.load(5, v[6]))
    at.store(at.plus(part, at.load(0, v[1])), 0, v[1])


def _stage(at: _Lanes) -> None:
    number, width, builder = at.values[0], at.values[5], at.builder
    after = builder.append_basic_block("after")
    choice = builder.switch(number, after)
    for i in range(STAGES):
        block = builder.append_basic_block(f"stage{i}")
        choice.add_case(_WHOLE(i), block)
        builder.position_at_end(block)
        with _along(at, width) as m:
            slopes = {j: at.load(4, _within(at, j, width, m)) for j in range(i) if COUPLINGS[i, j]}
            start = at.load(2, m)
            at.store(at.plus(at.times(at.load(3, m), at.mixed(slopes, COUPLINGS[i])), start) if slopes else start, 1, m)
        builder.branch(after)
    builder.position_at_end(after)


def _finish(at: _Lanes) -> None:
    width = at.values[5]
    with _along(at, width) as m:
        slopes = {i: at.load(2, _within(at, i, width, m)) for i in range(STAGES) if WEIGHTS[i]}
        at.store(at.plus(at.times(at.load(1, m), at.mixed(slopes, WEIGHTS)), at.load(0, m)), 0, m)
        at.store(at.mixed(slopes, ERROR_5), 3, m)
        at.store(at.mixed(slopes, ERROR_3), 4, m)


@contextmanager
def _along(at: _Lanes, width: Any) -> Iterator[Any]:
    """A loop over offsets 0, lanes, 2 lanes, ... below the width."""
    with cgutils.for_range_slice(at.builder, _WHOLE(0), width, _WHOLE(at.lanes)) as (offset, _):
        yield offset


def _within(at: _Lanes, i: int, width: Any, offset: Any) -> Any:
    """The place of an offset in the slopes of stage `i`."""
    return at.builder.add(at.builder.mul(_WHOLE(i), width), offset)


def _plain_row(
    out: Any, o: Any, diagonal: Any, z: Any, values: Any, e: Any, c: Any, f: Any, d: Any, lanes: int
) -> None:
    here, one, two = slice(o, o + lanes), slice(c, c + lanes), slice(d, d + lanes)
    out[here] = diagonal[here] * z[here] + values[e : e + lanes] * z[one] + values[f : f + lanes] * z[two]


def _plain_add(out: Any, o: Any, a: Any, i: Any, b: Any, j: Any, lanes: int) -> None:
    out[o : o + lanes] += a[i : i + lanes] * b[j : j + lanes]


def _plain_drive(out: Any, o: Any, share: Any, a: Any, i: Any, b: Any, j: Any, lanes: int) -> None:
    out[o : o + lanes] += share * a[i : i + lanes] * b[j : j + lanes]


def _plain_stage(i: Any, z: Any, y: Any, h: Any, k: Any, width: Any, lanes: int) -> None:
    z[:] = y + h * (COUPLINGS[i, :i] @ k.reshape(STAGES, width)[:i])


def _plain_finish(y: Any, h: Any, k: Any, five: Any, three: Any, width: Any, lanes: int) -> None:
    slopes = k.reshape(STAGES, width)
    y += h * (WEIGHTS @ slopes)
    five[:], three[:] = ERROR_5 @ slopes, ERROR_3 @ slopes


def _chosen(plain: Function, work: Callable[[_Lanes], None]) -> Function:
    """The instructions as a function for compiled code, or the plain one where nothing is compiled."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return plain

    def made(_: Any, *kinds: Any) -> Any:
        def generate(context: Any, builder: Any, found: Any, values: Any) -> Any:
            work(_Lanes(context, builder, found.args, values, kinds[-1].literal_value))
            return context.get_dummy_value()

        return types.void(*kinds), generate

    own = signature(plain)
    first = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD)
    made.__signature__ = own.replace(parameters=[first, *own.parameters.values()])  # type: ignore[attr-defined]
    made.__name__ = plain.__name__
    compiled: Any = intrinsic(prefer_literal=True)(made)
    return compiled  # type: ignore[no-any-return]


row = _chosen(_plain_row, _row)
"""out[o] = diagonal[o] z[o] + values[e] z[c] + values[f] z[d], each with the lanes after it."""

add = _chosen(_plain_add, _add)
"""out[o] += a[i] b[j], each with the lanes after it."""

drive = _chosen(_plain_drive, _drive)
"""out[o] += share a[i] b[j], each with the lanes after it; `share` is one number."""

stage = _chosen(_plain_stage, _stage)
"""The state at stage `i` from the state at the start and the slopes before: z = y + h COUPLINGS k.

All are `width` numbers long, a multiple of `lanes`; the slopes `k` of the stages lie one after the other."""

finish = _chosen(_plain_finish, _finish)
"""The end of a step, y += h WEIGHTS k, and the two estimates of what it got wrong."""
