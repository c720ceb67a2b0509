"""Openings: masses that their parent draws with a hole in them, where a passage leads to the hall of the block that stands there.

What crosses from a place to the one in it is the parent's to make: a block cannot open the wall that its parent drew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts, join
from geometry.rules.hangings import Crowd, joined, turned
from geometry.rules.lots import Lots
from geometry.rules.ways_plan import OPENED, halls, plans
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def opened(stacks: Lots, forms: I64, drawn: Parts, rows: I64, about: Crowd, roof: float) -> tuple[I64, Parts, tuple[F64, F64]]:
    """The forms of blocks (n,), the masses that were drawn for them, and corners (k, 3) of the rooms to keep free before their doors.

    `drawn[rows[i]]` is the mass of block i; blocks with a hall have their wall opened, if it is a plain box and one of the walls
    that the hall looks to is free of other masses and of what is `about`, as `hung` says."""
    todo = np.flatnonzero((drawn.prototype[rows] == PROTOTYPE_IDS["box"]) & halls(stacks.keys, stacks.sizes))
    forms, half = forms.copy(), drawn.scale / 2.0
    about = joined(about, Crowd(drawn.position - half, drawn.position + half))
    forms[todo], free = turned(stacks, forms, todo, about, roof)
    todo = todo[free]
    found, at = plans(stacks.keys[todo], stacks.sizes[todo], forms[todo]), stacks.offset[todo]
    forms[todo] |= OPENED
    low, high, _ = found.tunnels()
    room_low, room_high = found.hung()
    return forms, _pierced(drawn, rows[todo], low + at, high + at), (room_low + at, room_high + at)


def _pierced(drawn: Parts, which: I64, hole_low: F64, hole_high: F64) -> Parts:
    """The masses, those named (k,) with a hole each: what is left of them comes last."""
    walls, kept = drawn[which], np.ones(len(drawn), bool)
    kept[which] = False
    middle, half = walls.position.astype(np.float64), walls.scale / 2.0
    owner, low, high = hollowed(middle - half, middle + half, hole_low, hole_high)
    pieces = replace(walls[owner], position=((low + high) / 2).astype(np.float32), scale=(high - low).astype(np.float32))
    return join([drawn[kept], pieces])


def hollowed(low: F64, high: F64, hole_low: F64, hole_high: F64) -> tuple[I64, F64, F64]:
    """Masses between corners (n, 3) without a hole each: for every box that is left the mass it is of (k,), and its corners (k, 3).

    They are cut first across the way the hole goes in: what lies behind it stays whole, since a hall is in it whose walls it is."""
    along_y = ((hole_low <= low) | (hole_high >= high))[:, 1]
    low, high, hole_low, hole_high = (_turned(corners, along_y) for corners in (low, high, hole_low, hole_high))
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
    owner = np.nonzero(real)[0]
    return owner, _turned(left_low[real], along_y[owner]), _turned(left_high[real], along_y[owner])


def _turned(corners: F64, which: NDArray[np.bool_]) -> F64:
    """A copy of corners (n, 3) with x and y changed about in some rows."""
    return np.where(which[:, None], corners[:, [1, 0, 2]], corners)
