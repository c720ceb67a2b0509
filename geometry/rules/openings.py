"""Openings: masses that their parent draws with a hole in them, where a passage leads to the hall of the block that stands there.

What crosses from a place to the one in it is the parent's to make: a block cannot open the wall that its parent drew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts, join
from geometry.place import Place
from geometry.rules.keepout import Box
from geometry.rules.masses import ALL_SIDES
from geometry.rules.ways import OPENED, SIDES, Ways, landing_room, tunnel, ways_of, with_halls
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def opened(place: Place, stacks: list[Place], drawn: Parts, rows: I64) -> tuple[list[Place], Parts, list[Box]]:
    """The blocks, the masses that were drawn for them, and the rooms to keep free before their doors.

    `drawn[rows[i]]` is the mass of `stacks[i]`; blocks with a hall have their wall opened, if it is a plain box and one of the walls
    that the hall looks to is free of other masses."""
    plain = drawn.prototype[rows] == PROTOTYPE_IDS["box"]
    made, free, holes, which = list(stacks), list[Box](), list[Box](), list[int]()
    todo = [(index, stacks[index]) for index in np.flatnonzero(plain & with_halls(stacks)).tolist()]
    for _ in range(2):
        doors = _doors(place, todo)
        covered = _covered([door.room for door in doors], drawn)
        for door, shut in zip(doors, covered.tolist(), strict=True):
            if not shut:
                made[door.index] = replace(door.block, form=door.block.form | OPENED)
                free.append(door.room)
                holes.append(door.hole)
                which.append(door.index)
        todo = [(door.index, _turned_away(door)) for door, shut in zip(doors, covered.tolist(), strict=True) if shut]
    if not which:
        return made, drawn, free
    walls = drawn[rows[which]]
    gone = np.zeros(len(drawn), bool)
    gone[rows[which]] = True
    middle, half = walls.position.astype(np.float64), walls.scale / 2.0
    owner, low, high = hollowed(middle - half, middle + half, np.array([hole[0] for hole in holes]), np.array([hole[1] for hole in holes]))
    pieces = replace(walls[owner], position=((low + high) / 2).astype(np.float32), scale=(high - low).astype(np.float32))
    return made, join([drawn[~gone], pieces]), free


@dataclass(frozen=True, slots=True)
class _Door:
    """Where a block would like its door, in its parent's frame."""

    index: int
    block: Place
    ways: Ways
    hole: Box
    room: Box


def _doors(place: Place, todo: list[tuple[int, Place]]) -> list[_Door]:
    offsets = place.frame.to_local(np.array([block.frame.origin for _, block in todo]).reshape(-1, 3))
    found = []
    for (index, block), offset in zip(todo, offsets, strict=True):
        ways = ways_of(block)
        hole = tunnel(block, ways)
        if hole is not None and ways is not None:
            room = landing_room(ways)
            found.append(_Door(index, block, ways, (hole[0] + offset, hole[1] + offset), (room[0] + offset, room[1] + offset)))
    return found


def _covered(rooms: list[Box], drawn: Parts) -> NDArray[np.bool_]:
    """(k,) whether another mass stands in the inner part of a room before a door."""
    if not rooms:
        return np.zeros(0, bool)
    low, high = (np.stack([room[side] for room in rooms]) for side in (0, 1))
    inset = 0.2 * (high - low)
    middle, half = drawn.position, drawn.scale / 2.0
    met = np.ones((len(rooms), len(drawn)), bool)
    for axis in range(3):
        met &= (low + inset)[:, axis, None] < (middle + half)[:, axis]
        met &= (high - inset)[:, axis, None] > (middle - half)[:, axis]
    return np.asarray(met.any(axis=1))


def _turned_away(door: _Door) -> Place:
    """The block, shut on the side where its door would be covered."""
    block, bit = door.block, next(bit for bit, axis, out in SIDES if (axis, out) == (door.ways.axis, door.ways.out))
    mask = block.form % 16 or ALL_SIDES
    return replace(block, form=block.form - block.form % 16 + (mask & ~bit))


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
