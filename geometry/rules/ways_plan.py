"""Where the ways of a block stand: on which wall, at which level, how far in its hall lies. Planned for many blocks in one set of arrays,
since a district asks it of hundreds; a block that asks for itself alone comes to the same bits, for nothing but its own row is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.key import U64, Streams
from geometry.place import Place
from geometry.rules.hall_shell import slabs_of
from geometry.rules.keepout import Box
from geometry.rules.masses import ALL_SIDES, BACK, FRONT, LEFT, MARGIN, RIGHT

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
PASSAGE = (4.2, 3.5)
"""Width and height in metres of a corridor's box."""
OPENED = 512
"""Bit of a block's form: its parent left the wall open where `Plans.tunnels` says."""
SHUT = 8192
"""Four bits of a block's form, this one times a side's: its parent found no room there, and nothing hangs on that wall."""
CUT = 16 * SHUT
"""Bit of a block's form: its parent found no room for the gangway beyond the corridor."""
FLOOR = 0.08 * PASSAGE[1]
"""Metres from the box of a passage up to its floor."""
LANDING = 6.0
"""Metres from the middle of a landing to either end."""
LEAST = 80.0
"""Metres: the smallest edge of blocks on whose walls something hangs."""
_LONGEST = 240.0
"""Metres of corridor that one block grows at once."""
SIDES = ((LEFT, 0, -1.0), (RIGHT, 0, 1.0), (FRONT, 1, -1.0), (BACK, 1, 1.0))
"""Bit, axis and direction of the four sides of a block."""
BITS, _AXES = np.array([side[0] for side in SIDES]), np.array([side[1] for side in SIDES])
_OUTS = np.array([side[2] for side in SIDES])


@dataclass(frozen=True, slots=True)
class Ways:
    """Where things stand in a block, in its frame: `axis` 0 or 1 is square to the wall they hang on, the other runs along it."""

    axis: int
    out: float
    """Which way the wall looks along the axis: 1 or -1."""
    face: float
    """Where the wall is along the axis, metres."""
    hand: float
    """On which side of the landing the stair stands: 1 or -1."""
    level: float
    """Height of the floor they share, metres."""
    half: float
    """Half the length of the wall, metres."""
    margin: float
    """How far things may stand out from the wall, metres; 0 where nothing hangs on it."""
    wide: float
    """Width of the hung corridor's box, metres: with rooms where there is room."""
    shaft: float
    """Edge of the stair's shaft, metres."""
    deep: float
    """How far the landing stands out, metres."""
    long: float
    """Length of the hung corridor, metres."""
    gangway: float
    """Length of the walkway beyond the corridor, metres; 0 for none."""
    runs: tuple[float, float]
    """Lengths of the passages from the hall: towards this wall, and towards the one across; metres."""
    hall: Place | None

    def at(self, out: float, along: float, z: float) -> tuple[float, float, float]:
        """A point `out` metres before the wall and `along` it from the middle of the landing, away from the stair."""
        here = [0.0, 0.0, z]
        here[self.axis], here[1 - self.axis] = self.face + self.out * out, -self.hand * along
        return here[0], here[1], here[2]

    def box(self, out: tuple[float, float], along: tuple[float, float], z: tuple[float, float]) -> Box:
        """The upright box between such points."""
        edges = list(zip(self.at(out[0], along[0], z[0]), self.at(out[1], along[1], z[1]), strict=True))
        return np.array([min(pair) for pair in edges]), np.array([max(pair) for pair in edges])

    def turns(self, sign: float) -> int:
        """Quarter turns that lay x along the wall, away from the stair (1) or towards it (-1)."""
        way = -self.hand * sign
        return (0 if way > 0 else 2) if self.axis == 1 else (1 if way > 0 else 3)


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """The ways of n blocks, column by column: (n,) each, and named as in `Ways`. Made by `plans`."""

    there: NDArray[np.bool_]
    """Whether the block has any."""
    axis: I64
    out: F64
    face: F64
    hand: F64
    level: F64
    half: F64
    margin: F64
    wide: F64
    shaft: F64
    deep: F64
    long: F64
    gangway: F64
    runs: F64
    """(n, 2)."""
    draw: F64
    """0 to 1: which of the sides it is, of those on which they may hang."""
    sides: NDArray[np.bool_]
    """(n, 4) those sides, in the order of `SIDES`."""
    span: F64
    """(n, 3) of the block's core, metres."""
    hall: NDArray[np.bool_]
    size: F64
    """(n, 3) of the hall, metres."""
    base: F64
    """How high in its block a hall stands, metres."""
    shift: F64
    """How far a hall is moved along the axis, so that a passage reaches the wall, metres."""

    def __getitem__(self, rows: NDArray[np.bool_] | I64) -> Plans:
        return Plans(*(getattr(self, field.name)[rows] for field in fields(self)))

    def row(self, index: int, place: Place) -> Ways | None:
        """The ways of one of the blocks, which is `place`; None where it has none."""
        if not self.there[index]:
            return None
        columns = (self.out, self.face, self.hand, self.level, self.half, self.margin, self.wide, self.shaft, self.deep)
        out, face, hand, level, half, margin, wide, shaft, deep = (float(column[index]) for column in columns)
        long, gangway = float(self.long[index]), float(self.gangway[index])
        runs = float(self.runs[index, 0]), float(self.runs[index, 1])
        hall = self._hall(index, place) if self.hall[index] else None
        return Ways(int(self.axis[index]), out, face, hand, level, half, margin, wide, shaft, deep, long, gangway, runs, hall)

    def _hall(self, index: int, place: Place) -> Place:
        x, y, z = self.size[index].tolist()
        hall = place.child("hall", 0, (0.0, 0.0, float(self.base[index])), (x, y, z))
        shift = np.zeros(3)
        shift[self.axis[index]] = self.shift[index]
        return replace(hall, frame=hall.frame.child(shift)) if shift.any() else hall

    def tunnels(self) -> tuple[F64, F64, NDArray[np.bool_]]:
        """What the parents leave open of the cores: corners (n, 3) of the passages from wall to hall, in each block's frame, and where
        there is one."""
        half, foot = PASSAGE[0] / 2, self.level - FLOOR
        low, high = self._boxes((0.01, -self.runs[:, 0]), (-half, half), (foot, foot + PASSAGE[1]))
        return low, high, self.hall & (self.margin > 0.0)

    def landings(self) -> tuple[F64, F64]:
        """Corners (n, 3) of the landings, with the air over them."""
        return self._boxes((0.0, self.deep + 0.4), (-LANDING, LANDING), (self.level - 0.5, self.level + 4.2))

    def turned(self, side: int) -> Plans:
        """What hangs on a wall, on that side instead, whether it may or not."""
        _, axis, out = SIDES[side]
        half = self.span[:, 1 - axis] / 2
        long, gangway = _lengths(half, self.margin)
        n = len(half)
        return replace(
            self, axis=np.full(n, axis), out=np.full(n, out), face=out * self.span[:, axis] / 2, half=half, long=long, gangway=gangway
        )

    def picked(self, sides: NDArray[np.bool_]) -> I64:
        """(n,) which of some sides (n, 4) it is by draw; the first where there is none."""
        return _picked(self.draw, sides)

    def hung(self) -> tuple[F64, F64]:
        """Corners (n, 3) of the room that landing, corridor and the head of the stair take before the wall."""
        out = np.maximum(self.deep + 0.4, self.wide + 0.1)
        return self._boxes((0.0, out), (-LANDING - self.shaft, LANDING + self.long), (self.level - 0.5, self.level + 4.2))

    def gangways(self) -> tuple[F64, F64]:
        """Corners (n, 3) of the room that the gangways take, with the air over them."""
        far = LANDING + self.long
        return self._boxes((0.0, 12.5 + 0.0 * far), (far, far + self.gangway), (self.level - 4.0, self.level + 4.5))

    def _boxes(self, out: tuple[float, F64], along: tuple[ArrayLike, ArrayLike], z: tuple[F64, F64]) -> tuple[F64, F64]:
        """`Ways.box` for every row."""
        rows, ends = np.arange(len(self.axis)), np.empty((2, len(self.axis), 3))
        for side in (0, 1):
            ends[side, rows, self.axis] = self.face + self.out * out[side]
            ends[side, rows, 1 - self.axis], ends[side, :, 2] = -self.hand * np.asarray(along[side]), z[side]
        return ends.min(axis=0), ends.max(axis=0)


def halls(keys: U64, sizes: F64) -> NDArray[np.bool_]:
    """Whether blocks (n,) have a hall in their core: few, so that they do not take the triangles from the walls."""
    return np.asarray((sizes.min(axis=1) * (1.0 - 2.0 * MARGIN) > 70.0) & (_first(keys, "hall") < 0.25))


def _first(keys: U64, purpose: str) -> F64:
    """`Stream.one` for many keys."""
    rows = np.arange(len(keys))
    return Streams(keys).unit(purpose, rows, np.zeros_like(rows))[:, 0]


def plans(keys: U64, sizes: F64, forms: I64) -> Plans:
    """The ways of blocks of these keys (n,), sizes (n, 3) in metres and forms (n,). There are none where the margin is too narrow for a
    person or the wall too short, unless there is a hall."""
    rows, m, hall = np.arange(len(keys)), MARGIN * sizes.min(axis=1), halls(keys, sizes)
    span = sizes - 2 * m[:, None]
    size: F64 = np.minimum(0.7 * span, 500.0)
    size[:, 2] *= 0.6
    base = np.minimum(0.1 * span[:, 2], 60.0)
    axis = np.where(hall, size[:, 0] < size[:, 1], _first(keys, "ways axis") >= 0.5).astype(np.int64)
    open_ = (_hosts(forms)[:, None] & BITS > 0) & ((axis[:, None] == _AXES) | ~hall[:, None]) & (span[:, 1 - _AXES] > 34.0)
    hung = (m >= MARGIN * LEAST) & open_.any(axis=1) & (span[:, 2] >= 14.0)
    draw = _first(keys, "ways side")
    side = _picked(draw, open_)
    axis, out, margin = np.where(hung, _AXES[side], axis), np.where(hung, _OUTS[side], 1.0), np.where(hung, m, 0.0)
    hand = np.where(hung & (_first(keys, "ways hand") >= 0.5), -1.0, 1.0)
    level = (0.12 + 0.22 * _first(keys, "passage z")) * np.minimum(span[:, 2], 300.0)
    level = np.where(hall, base + slabs_of(size[:, 2]), level)
    free = (span[rows, axis] - size[rows, axis]) / 2
    shift = np.where(hung & hall, out * np.maximum(0.0, free - _LONGEST), 0.0)
    runs = np.stack([np.minimum(free - sign * out * shift, _LONGEST) for sign in (1.0, -1.0)], axis=-1)
    wide = np.where(m < 10.5, PASSAGE[0], np.minimum(m - 0.5, 10.0))
    shaft = np.minimum(7.0, m - 0.3)
    deep = np.maximum(wide / 2 + 1.9, shaft / 2 + 1.0)
    face, half = out * span[rows, axis] / 2, span[rows, 1 - axis] / 2
    long, gangway = _lengths(half, margin)
    gangway = np.where(forms & CUT == 0, gangway, 0.0)
    where = axis, out, face, hand, level, half, margin, wide, shaft, deep, long, gangway, runs
    return Plans(hung | hall, *where, draw, open_, span, hall, size, base, shift)


def _lengths(half: F64, margin: F64) -> tuple[F64, F64]:
    """Lengths (n,) of the corridor hung on walls of half lengths (n,), and of the gangway beyond it, 0 for none, metres."""
    room = half - LANDING - 1.0
    long = np.where(margin > 13.0, np.minimum(60.0, 0.5 * room), np.minimum(120.0, room))
    left = np.minimum(room - long, 60.0)
    return long, np.where((margin > 13.0) & (left > 20.0), left, 0.0)


def _picked(draw: F64, sides: NDArray[np.bool_]) -> I64:
    """(n,) which of some sides (n, 4) draws (n,) say; the first where there is none."""
    pick = (draw * sides.sum(axis=1)).astype(np.int64)
    return np.asarray((np.cumsum(sides, axis=1) > pick[:, None]).argmax(axis=1))


def _hosts(forms: I64) -> I64:
    """Bits of the sides of blocks on which something may hang: of the open ones, where 0 says all, those not shut."""
    mask: I64 = forms % 16
    hosts: I64 = np.where(mask == 0, ALL_SIDES, mask) & ~(forms // SHUT)
    return hosts


def ways_of(place: Place) -> Ways | None:
    """The plan of one block's ways, or None where it has none."""
    keys = np.array([place.key], dtype=np.uint64)
    return plans(keys, np.array([place.size]), np.array([place.form])).row(0, place)


def tunnel(place: Place) -> Box | None:
    """What the parent of a block leaves open of its core, corners in the block's frame: the passage from the wall to the hall."""
    low, high, there = plans(np.array([place.key], dtype=np.uint64), np.array([place.size]), np.array([place.form])).tunnels()
    return (low[0], high[0]) if there[0] else None


def has_hall(place: Place) -> bool:
    """Whether one block has a hall."""
    return bool(halls(np.array([place.key], dtype=np.uint64), np.array([place.size]))[0])
