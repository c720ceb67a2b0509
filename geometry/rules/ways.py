"""Ways in and about a block: the hall in its core, the passages to it, and the landing on its wall where all that hangs there meets.

On one open wall stand, side by side and on one level: a corridor hung along the wall, a landing, the shaft of a stair that comes up from
the ground; where the margin is wide a gangway goes on from the corridor into the void. A block with a hall has its door behind the landing,
if its parent left the wall open there (`ways_plan.tunnel` says where): parents make what crosses, so the mass with the hole is theirs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Place
from geometry.rules.furnish import Kit, doors, figure, kit_of, pierced, rails, spread, strip_lamps
from geometry.rules.hall_shell import nave_of
from geometry.rules.keepout import Box
from geometry.rules.stair import HEAD
from geometry.rules.walkway import deck_height
from geometry.rules.ways_plan import FLOOR, LANDING, OPENED, PASSAGE, Ways

F64 = NDArray[np.float64]
_WATCHED = 0.16
"""The share of landings at whose rail somebody stands."""


def within(place: Place, ways: Ways) -> list[Place]:
    """The hall and the passages from its ends; one that no door ends stops short of the wall."""
    hall = ways.hall
    if hall is None:
        return []
    middle = place.frame.to_local(hall.frame.origin)
    found = [hall]
    for number, sign in enumerate((ways.out, -ways.out)):
        door = sign == ways.out and ways.margin > 0.0 and bool(place.form & OPENED)
        run = ways.runs[number] - (0.0 if door else 1.0)
        if run > 4.0:
            at = middle.copy()
            at[ways.axis] += sign * (hall.size[ways.axis] + run) / 2
            size = (run, *PASSAGE)
            where = (float(at[0]), float(at[1]), ways.level - FLOOR)
            found.append(place.child("corridor", number, where, size, quarter_turns=ways.axis))
    return found


def without(place: Place, ways: Ways) -> list[Place]:
    """What hangs on the wall: corridor, stair, gangway."""
    if ways.margin == 0.0:
        return []
    along = LANDING + ways.long / 2
    found = [
        place.child(
            "corridor", 2, ways.at(0.05 + ways.wide / 2, along, ways.level - FLOOR), (ways.long, ways.wide, PASSAGE[1]),
            quarter_turns=1 - ways.axis,
        ),
        place.child(
            "stair", 0, ways.at(0.1 + ways.shaft / 2, -LANDING - ways.shaft / 2, 0.0), (ways.shaft, ways.shaft, ways.level + HEAD),
            quarter_turns=ways.turns(-1.0), form=2,
        ),
    ]  # fmt: skip
    if ways.gangway:
        size = (ways.gangway, 12.0, 8.0)
        at = ways.at(0.5 + size[1] / 2, LANDING + ways.long + ways.gangway / 2, ways.level - deck_height(size))
        found.append(place.child("walkway", 0, at, size, quarter_turns=ways.turns(1.0)))
    return found


def landing_room(ways: Ways) -> Box:
    """The landing, with the air over it."""
    return ways.box((0.0, ways.deep + 0.4), (-LANDING, LANDING), (ways.level - 0.5, ways.level + 4.2))


def rooms_of(ways: Ways) -> list[Box]:
    """The boxes before the wall that nothing else may fill."""
    if ways.margin == 0.0:
        return []
    top = ways.level + PASSAGE[1]
    far = LANDING + ways.long
    boxes = [
        landing_room(ways),
        ways.box((0.0, ways.wide + 0.1), (LANDING, far), (ways.level - FLOOR, top)),
        ways.box((0.0, ways.shaft + 0.3), (-LANDING - ways.shaft - 0.1, -LANDING), (0.0, ways.level + HEAD)),
        ways.box((0.0, ways.deep + 0.4), (-LANDING - 2.0, LANDING), (0.0, 3.0)),
    ]
    if ways.gangway:
        boxes.append(ways.box((0.0, 12.5), (far, far + ways.gangway), (ways.level - 4.0, ways.level + 4.5)))
    return boxes


def apart(places: list[Place], parent: Place, boxes: list[Box]) -> list[Place]:
    """Only the children, square to their parent, that stand in none of the boxes."""
    kept = []
    for place in places:
        x, y, z = place.size
        at = parent.frame.to_local(place.frame.origin)
        half = np.array([max(x, y), max(x, y)]) / 2 if not _square(place, parent) else np.array([x, y]) / 2
        low, high = np.append(at[:2] - half, at[2]), np.append(at[:2] + half, at[2] + z)
        if not any(bool(np.all((high > a + 0.02) & (low < b - 0.02))) for a, b in boxes):
            kept.append(place)
    return kept


def _square(place: Place, parent: Place) -> bool:
    return bool(np.array_equal(place.frame.axes, parent.frame.axes))


def landing(place: Place, spec_stature: float, ways: Ways) -> Parts:
    """The landing itself: deck, rails, brackets, the portal of the hall's door or a row of shut doors, a lamp, a sign; seldom somebody."""
    if ways.margin == 0.0:
        return EMPTY
    kit = replace(kit_of(place, 110), stature=spec_stature, stream=place.stream.sub("landing"))
    deck, foot = _deck(kit, ways), watcher(place, ways)
    who = EMPTY if foot is None else figure(kit, foot, _outward(ways))
    return join([deck, portal(kit, ways) if _has_door(place, ways) else _shut(kit, ways), who])


def watcher(place: Place, ways: Ways) -> tuple[float, float, float] | None:
    """Where somebody stands at the rail of a block's landing, a point in its frame; None where nobody does."""
    draws = place.stream.sub("landing")
    if ways.margin == 0.0 or draws.one("watcher") >= _WATCHED:
        return None
    return ways.at(ways.deep - 0.6, 6.0 * (draws.one("watcher along") - 0.5), ways.level)


def _outward(ways: Ways) -> float:
    """Turns of a figure that looks away from the wall."""
    return {(0, 1.0): 0.25, (0, -1.0): 0.75, (1, 1.0): 0.5, (1, -1.0): 0.0}[(ways.axis, ways.out)]


def _has_door(place: Place, ways: Ways) -> bool:
    return ways.hall is not None and bool(place.form & OPENED)


def _deck(kit: Kit, ways: Ways) -> Parts:
    """Slabs on brackets, a rail at the edge, open at both ends; a kerb, a lamp on the wall."""
    z, deep = ways.level, ways.deep
    slab = kit.box(*ways.box((0.0, deep), (-LANDING - 0.05, LANDING + 0.05), (z - 0.25, z)), Material.CONCRETE)
    edge = kit.box(*ways.box((deep - 0.12, deep + 0.06), (-LANDING, LANDING), (z - 0.4, z + 0.12)), Material.DARK_STEEL)
    rail = rails(kit, ways.at(deep - 0.05, -LANDING, z), ways.at(deep - 0.05, LANDING, z), bay=3.0)
    if not ways.gangway:  # the corridor breaks off in the void
        end = LANDING + ways.long - 0.06
        rail = join([rail, rails(kit, ways.at(0.35, end, z), ways.at(ways.wide - 0.25, end, z), bay=9.0)])
    along = spread(-LANDING, LANDING, 2.4)
    foot = np.array([ways.at(0.0, u, z - 1.6) for u in along])
    head = np.array([ways.at(deep - 0.3, u, z - 0.4) for u in along])
    top = np.array([ways.at(0.0, u, z - 0.34) for u in along])
    brackets = join([kit.bar(foot, head, 0.14, 0.2, Material.DARK_STEEL), kit.bar(top, head, 0.16, 0.2, Material.STEEL, "beam")])
    plates = np.array([ways.at(deep / 2, u, z + 0.006) for u in along])
    seams = kit.solid("box", plates, _laid(ways, 0.03, deep - 0.3, 0.012), Material.DARK_STEEL)
    lamps = strip_lamps(kit, [ways.at(0.16, u, z + 2.9) for u in (-3.4, 3.4)], _laid(ways, 0.9, 0.22, 0.12), [True, kit.chaos < 0.5])
    pipe = kit.bar(ways.at(0.12, -LANDING, z + 3.25), ways.at(0.12, LANDING, z + 3.25), 0.12, 0.12, Material.RUST, "pipe")
    return join([slab, edge, rail, brackets, seams, lamps, pipe])


def _laid(ways: Ways, along: float, out: float, tall: float) -> tuple[float, float, float]:
    """A size given along the wall, out of it, and upward."""
    return (out, along, tall) if ways.axis == 0 else (along, out, tall)


def portal(kit: Kit, ways: Ways) -> Parts:
    """Jambs, a lintel and a threshold about the open door to the hall, leaves drawn aside, a sign beside it."""
    z, wide, tall = ways.level, PASSAGE[0] / 2 - 0.25, PASSAGE[1] - 2 * FLOOR
    jambs = [kit.box(*ways.box((0.0, 0.5), (s * wide, s * (wide + 0.6)), (z, z + tall)), Material.OLD_CONCRETE) for s in (-1.0, 1.0)]
    lintel = kit.box(*ways.box((0.0, 0.55), (-wide - 0.6, wide + 0.6), (z + tall, z + tall + 0.5)), Material.OLD_CONCRETE)
    leaves = [
        kit.box(*ways.box((0.02, 0.12), (s * (wide + 0.65), s * (wide + 2.0)), (z, z + tall - 0.1)), Material.DARK_STEEL)
        for s in (-1.0, 1.0)
    ]
    bands = [
        kit.box(*ways.box((0.12, 0.16), (s * (wide + 0.65), s * (wide + 2.0)), (z + h, z + h + 0.12)), Material.STEEL)
        for s in (-1.0, 1.0)
        for h in (0.4, 1.3, 2.2)
    ]
    sign = kit.box(*ways.box((0.55, 0.6), (-0.9, 0.9), (z + tall + 0.08, z + tall + 0.42)), Material.STEEL)
    marks = [
        kit.box(*ways.box((0.6, 0.61), (u, u + 0.06 + 0.04 * k), (z + tall + 0.14, z + tall + 0.36)), Material.DARK_STEEL)
        for k, u in enumerate((-0.7, -0.4, -0.1, 0.2, 0.5))
    ]
    lamp = strip_lamps(kit, ways.at(0.4, 0.0, z + tall - 0.08), _laid(ways, 1.8, 0.3, 0.1), True)
    return join([*jambs, lintel, *leaves, *bands, sign, *marks, lamp])


def _shut(kit: Kit, ways: Ways) -> Parts:
    """Doors in the wall that lead nowhere (canon P70)."""
    along = spread(-LANDING + 0.5, LANDING - 0.5, 2.2)
    along = along[kit.chance("door here", len(along), 0.7)]
    if not len(along):
        return EMPTY
    foot = np.array([ways.at(0.0, u, ways.level) for u in along])
    quarter = {(0, 1.0): 1, (0, -1.0): 3, (1, 1.0): 2, (1, -1.0): 0}[(ways.axis, ways.out)]
    return doors(kit, foot, quarter)


def mouths(place: Place, ways: Ways) -> Parts:
    """Walls that close the great doors of the hall but for the passage, where the core about them is not drawn from within."""
    if ways.hall is None:
        return EMPTY
    kit = kit_of(place, 40)
    x, y, z = ways.hall.size
    nave = nave_of(replace(ways.hall, size=(max(x, y), min(x, y), z)))
    wide, tall = nave.door
    middle = float(place.frame.to_local(ways.hall.frame.origin)[ways.axis])
    made = []
    for sign in (-1.0, 1.0):
        low, high = np.zeros(3), np.zeros(3)
        end = middle + sign * ways.hall.size[ways.axis] / 2
        low[ways.axis], high[ways.axis] = min(end, end + sign * 0.4), max(end, end + sign * 0.4)
        low[1 - ways.axis], high[1 - ways.axis] = -wide - 0.3, wide + 0.3
        low[2], high[2] = ways.level - 0.3, ways.level + tall + 0.3
        hole_low, hole_high = low.copy(), high.copy()
        hole_low[1 - ways.axis], hole_high[1 - ways.axis] = -PASSAGE[0] / 2, PASSAGE[0] / 2
        hole_low[2], hole_high[2] = ways.level - FLOOR, ways.level - FLOOR + PASSAGE[1]
        made.append(pierced(kit, low[None], high[None], hole_low[None], hole_high[None], ways.axis, Material.CONCRETE))
        if ways.margin == 0.0 or sign != ways.out or not place.form & OPENED:
            made.append(_dead_end(kit, place, ways, sign))
    return join(made)


def _dead_end(kit: Kit, place: Place, ways: Ways, sign: float) -> Parts:
    """A wall with a shut door where a passage stops short of the face."""
    run = ways.runs[int(sign != ways.out)] - 1.0
    if run <= 4.0 or ways.hall is None:
        return EMPTY
    middle = float(place.frame.to_local(ways.hall.frame.origin)[ways.axis])
    end = middle + sign * (ways.hall.size[ways.axis] / 2 + run)
    low, high = np.zeros(3), np.zeros(3)
    low[ways.axis], high[ways.axis] = min(end, end + sign * 0.3), max(end, end + sign * 0.3)
    low[1 - ways.axis], high[1 - ways.axis] = -PASSAGE[0] / 2, PASSAGE[0] / 2
    low[2], high[2] = ways.level - FLOOR, ways.level - FLOOR + PASSAGE[1]
    foot = np.zeros(3)
    foot[ways.axis], foot[2] = end, ways.level
    quarter = {(0, 1.0): 3, (0, -1.0): 1, (1, 1.0): 0, (1, -1.0): 2}[(ways.axis, sign)]
    return join([kit.box(low, high), doors(kit, foot, quarter, width=1.4, height=2.4)])
