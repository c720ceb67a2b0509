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
from geometry.rules.ways import OPENED, landing_room, tunnel, ways_of, with_halls
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def opened(place: Place, stacks: list[Place], drawn: Parts, rows: I64) -> tuple[list[Place], Parts, list[Box]]:
    """The blocks, the masses that were drawn for them, and the rooms to keep free before their doors.

    `drawn[rows[i]]` is the mass of `stacks[i]`; blocks with a hall have their wall opened, if it is a plain box."""
    plain = drawn.prototype[rows] == PROTOTYPE_IDS["box"]
    made, free, holes, which = list(stacks), list[Box](), list[Box](), list[int]()
    opening = np.flatnonzero(plain & with_halls(stacks)).tolist()
    offsets = place.frame.to_local(np.array([stacks[index].frame.origin for index in opening]).reshape(-1, 3))
    for index, offset in zip(opening, offsets, strict=True):
        block = stacks[index]
        ways = ways_of(block)
        hole = tunnel(block, ways)
        if hole is None or ways is None:
            continue
        first = landing_room(ways)
        free.append((first[0] + offset, first[1] + offset))
        holes.append((hole[0] + offset, hole[1] + offset))
        which.append(index)
        made[index] = replace(block, form=block.form | OPENED)
    if not which:
        return made, drawn, free
    walls = drawn[rows[which]]
    gone = np.zeros(len(drawn), bool)
    gone[rows[which]] = True
    middle, half = walls.position.astype(np.float64), walls.scale / 2.0
    owner, low, high = hollowed(middle - half, middle + half, np.array([hole[0] for hole in holes]), np.array([hole[1] for hole in holes]))
    pieces = replace(walls[owner], position=((low + high) / 2).astype(np.float32), scale=(high - low).astype(np.float32))
    return made, join([drawn[~gone], pieces]), free


def hollowed(low: F64, high: F64, hole_low: F64, hole_high: F64) -> tuple[I64, F64, F64]:
    """Masses between corners (n, 3) without a hole each: for every box that is left the mass it is of (k,), and its corners (k, 3)."""
    low, high = low.copy(), high.copy()
    a, b = np.maximum(hole_low, low), np.minimum(hole_high, high)
    lows, highs = [], []
    for axis in range(3):
        for side in (0, 1):
            one_low, one_high = low.copy(), high.copy()
            if side == 0:
                one_high[:, axis] = low[:, axis] = a[:, axis]
            else:
                one_low[:, axis] = high[:, axis] = b[:, axis]
            lows.append(one_low)
            highs.append(one_high)
    left_low, left_high = np.stack(lows, axis=1), np.stack(highs, axis=1)
    real = (left_high - left_low > 1e-6).all(axis=2)
    return np.nonzero(real)[0], left_low[real], left_high[real]
