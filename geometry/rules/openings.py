"""Openings: masses that their parent draws with a hole in them, where a passage leads to the hall of the block that stands there.

What crosses from a place to the one in it is the parent's to make: a block cannot open the wall that its parent drew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts, join
from geometry.place import Place
from geometry.rules.keepout import Box
from geometry.rules.masses import core
from geometry.rules.ways import OPENED, has_hall, rooms_of, tunnel, ways_of
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def opened(place: Place, stacks: list[Place], drawn: Parts, rows: I64) -> tuple[list[Place], Parts, list[Box]]:
    """The blocks, the masses that were drawn for them, and the rooms to keep free before their doors.

    `drawn[rows[i]]` is the mass of `stacks[i]`; blocks with a hall have their wall opened, if it is a plain box."""
    plain = drawn.prototype[rows] == PROTOTYPE_IDS["box"]
    made, free, gone = list(stacks), list[Box](), np.zeros(len(drawn), bool)
    pieces = []
    for index in np.flatnonzero(plain).tolist():
        block = stacks[index]
        ways = ways_of(block) if has_hall(block) else None
        hole = tunnel(block, ways)
        if hole is None or ways is None:
            continue
        offset = place.frame.to_local(block.frame.origin)
        low, high = core(block.size)
        pieces.append(_pieces(drawn[rows[index : index + 1]], *hollowed(low, high, hole), offset))
        gone[rows[index]] = True
        made[index] = replace(block, form=block.form | OPENED)
        first = rooms_of(ways)[0]
        free.append((first[0] + offset, first[1] + offset))
    return made, join([drawn[~gone], *pieces]), free


def _pieces(one: Parts, low: F64, high: F64, offset: F64) -> Parts:
    """A part as the boxes that are left of it."""
    many = one[np.zeros(len(low), np.int64)]
    return replace(many, position=((low + high) / 2 + offset).astype(np.float32), scale=(high - low).astype(np.float32))


def hollowed(low: F64, high: F64, hole: Box) -> Box:
    """A mass between corners (3,) without a hole between corners: corners (n, 3) of the boxes that are left."""
    lows, highs = [], []
    low, high = low.copy(), high.copy()
    a, b = np.maximum(hole[0], low), np.minimum(hole[1], high)
    for axis in range(3):
        for side in (0, 1):
            one_low, one_high = low.copy(), high.copy()
            if side == 0:
                one_high[axis] = low[axis] = a[axis]
            else:
                one_low[axis] = high[axis] = b[axis]
            if np.all(one_high - one_low > 1e-6):
                lows.append(one_low)
                highs.append(one_high)
    return np.array(lows), np.array(highs)
