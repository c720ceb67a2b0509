"""The way from a canyon's ledge into the wall behind it: a door beside the steps, corridors with rooms through the mass on which one stands
when one turns round, and a door to the terrace at its other end.

The canyon draws that mass, so the canyon opens it; in the corridors behind the doors it has no say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.material import Material
from geometry.parts import Parts, join
from geometry.place import Place
from geometry.rules.canyon_plan import ledge_of
from geometry.rules.furnish import Kit
from geometry.rules.keepout import meeting
from geometry.rules.masses import F64
from geometry.rules.openings import hollowed
from geometry.rules.ways import portal
from geometry.rules.ways_plan import FLOOR, PASSAGE, Ways

_ASIDE = 11.0
"""Metres from the middle of the gangway to the door."""
_WIDE = 10.0
"""Width of the corridors' boxes, metres: rooms on both sides."""
_THICK = 4.0
"""Metres of wall between a door and the corridor."""
_CLEAR = 3.0
"""Metres between the walls of such a corridor."""
_LONGEST = 120.0
"""Metres of one corridor; a longer way has several."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the way lies, metres in the canyon's frame: it runs along y."""

    x: float
    y: tuple[float, float]
    """From the far door to the one on the ledge."""
    z: float
    """Of the ledge."""

    @property
    def inner(self) -> tuple[float, float]:
        """From end to end of the corridors."""
        return self.y[0] + _THICK, self.y[1] - _THICK

    def rooms(self) -> tuple[F64, F64]:
        """Corners (3, 3) of what nothing else may fill: the corridors, and the air before both doors."""
        half, top, wide = PASSAGE[0] / 2, self.z + PASSAGE[1], _WIDE / 2
        low = [[self.x - wide, self.inner[0], self.z], [self.x - half, self.y[0] - 4.0, self.z], [self.x - half, self.inner[1], self.z]]
        high = [[self.x + wide, self.inner[1], top], [self.x + half, self.inner[0], top], [self.x + half, self.y[1] + 5.0, top]]
        return np.array(low), np.array(high)


def crown_of(place: Place) -> tuple[F64, F64]:
    """Corners of the mass on the pier, behind whoever looks out from the gangway."""
    (x, y, z), long = ledge_of(place), place.size[1]
    return np.array([x - 60.0, y - 0.1 * long, z - 3.0]), np.array([x + 14.0, y - 6.0, z + 3.0])


def passage(place: Place, low: F64, high: F64) -> Passage | None:
    """The way through the crown, unless it is too short or one of the masses (n, 3) stands in it."""
    (x, _, z), (a, b) = ledge_of(place), crown_of(place)
    found = Passage(x - _ASIDE, (float(a[1]), float(b[1])), z - 3.0)
    free = found.inner[1] - found.inner[0] > 12.0 and not len(meeting(low, high, *found.rooms())[0])
    return found if free else None


def corridors(place: Place, way: Passage) -> list[Place]:
    """The corridors, one after the other."""
    start, end = way.inner
    n = int(np.ceil((end - start) / _LONGEST))
    run = (end - start) / n
    return [
        place.child("corridor", i, (way.x, start + (i + 0.5) * run, way.z), (run, _WIDE, PASSAGE[1]), quarter_turns=1) for i in range(n)
    ]


def crown(place: Place, kit: Kit, way: Passage | None) -> Parts:
    """The crown, whole or with the way through it: its walls, and at both ends a portal with a threshold."""
    low, high = crown_of(place)
    if way is None:
        return kit.box(low, high, Material.OLD_CONCRETE)
    cuts = np.array([low[1], *way.inner, high[1]])
    lows, highs = np.tile(low, (3, 1)), np.tile(high, (3, 1))
    lows[:, 1], highs[:, 1] = cuts[:-1], cuts[1:]
    half, top = np.array([PASSAGE[0] / 2, _WIDE / 2, PASSAGE[0] / 2]), way.z + PASSAGE[1]
    hole = np.stack([way.x - half, cuts[:-1] - 1.0, np.full(3, way.z)], -1), np.stack([way.x + half, cuts[1:] + 1.0, np.full(3, top)], -1)
    _, left_low, left_high = hollowed(lows, highs, *hole)
    return join([kit.box(left_low, left_high, Material.OLD_CONCRETE), _end(kit, way, 1.0), _end(kit, way, -1.0)])


def _end(kit: Kit, way: Passage, out: float) -> Parts:
    """The end of the way that looks along y in the direction `out`: portal, threshold, a step, and a frame where the corridor begins."""
    level, half, clear = way.z + FLOOR, PASSAGE[0] / 2, _CLEAR / 2
    here = Ways(1, out, way.y[int(out > 0)], 1.0, level, 8.0, 1.0, PASSAGE[0], 0.0, 0.0, 0.0, 0.0, (0.0, 0.0), None)
    made = [
        kit.box(*here.box((-_THICK, 0.0), (-half, half), (way.z, level)), Material.CONCRETE),
        kit.box(*here.box((0.0, 0.7), (-half, half), (way.z, way.z + FLOOR / 2)), Material.CONCRETE),
    ]
    begin = (-_THICK, -_THICK + 0.35)
    made += [kit.box(*here.box(begin, (side * clear, side * half), (level, way.z + PASSAGE[1]))) for side in (-1.0, 1.0)]
    return join([*made, portal(kit, here)]).moved((way.x, 0.0, 0.0))
