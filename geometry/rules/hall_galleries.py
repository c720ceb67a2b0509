"""The galleries of a hall: slabs along both sides with rows of doors, and the flights that lead from one to the next."""

from __future__ import annotations

import numpy as np

from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.rules.furnish import STEP_RISE, STEP_RUN, Kit, doors, points, rails, spread, steps, strip_lamps
from geometry.rules.hall_shell import F64, Nave


def galleries(kit: Kit, h: Nave, levels: F64, depth: float) -> Parts:
    """Gallery slabs `depth` metres deep along both sides at `levels`, with rails, brackets and rows of doors; a stair to the lowest."""
    if not len(levels):
        return EMPTY
    gz, side = (g.ravel() for g in np.meshgrid(levels, [-1.0, 1.0], indexing="ij"))
    inner = side * (h.half - depth)
    thick = min(0.5, 0.05 * h.height)
    ends = h.length / 2 - h.wall
    low = points(-ends, np.minimum(inner, side * h.half), gz - thick)
    slab = kit.box(low, points(ends, np.maximum(inner, side * h.half), gz))
    flights, gaps = climbs(kit, h, levels, depth)
    start, end = _between(gaps, levels, -ends, ends)
    edge = np.sign(start[:, 1:2]) * (h.half - depth + 0.06) * [0.0, 1.0, 0.0]
    rail = rails(kit, start * [1, 0, 1] + edge, end * [1, 0, 1] + edge, keep=1 - 0.15 * kit.chaos)
    bx, bi = (g.ravel() for g in np.meshgrid(spread(-ends, ends, min(h.bay / 2, 9.0)), np.arange(len(gz)), indexing="ij"))
    bracket = kit.bar(
        points(bx, side[bi] * h.half, gz[bi] - thick - 0.25),
        points(bx, inner[bi] + side[bi] * 0.3, gz[bi] - thick - 0.2),
        0.25,
        0.4,
        Material.DARK_STEEL,
        "beam",
    )
    return join([slab, rail, bracket, _door_rows(kit, h, levels), flights])


def _door_rows(kit: Kit, h: Nave, levels: F64) -> Parts:
    """Doors along the back walls of every level, some with a lamp above; with chaos some climb off their floor (canon P70)."""
    floors = np.concatenate([[h.floor], levels])
    pitch = max(2.2, min(h.bay / 3, 8.0) * (1.0 - 0.4 * kit.chaos))
    x = spread(-h.length / 2 + h.wall + 1, h.length / 2 - h.wall - 1, pitch)
    gx, gz, side = (g.ravel() for g in np.meshgrid(x, floors, [-1.0, 1.0], indexing="ij"))
    keep = kit.chance("door here", len(gx), min(0.45, 500.0 / len(gx)))
    gx, gz, side = gx[keep], gz[keep], side[keep]
    if not len(gx):
        return EMPTY
    astray = kit.chance("door astray", len(gx), 0.3 * kit.chaos)
    lift = np.where(astray, kit.stream.between("door lift", len(gx), 0.4, 0.06 * h.height), 0.0)
    foot = points(gx, side * h.half, gz + lift)
    made = doors(kit, foot, np.where(side > 0, 0, 2))
    lamp = kit.chance("door lamp", len(gx), 0.35)
    lights = strip_lamps(
        kit, (foot + points(0, -side * 0.12, 2.45))[lamp], (0.7, 0.22, 0.12), kit.chance("door lamp lit", int(lamp.sum()), 0.3)
    )
    return join([made, lights])


Gap = tuple[int, float, float, float]
"""Row of a gallery, side (-1, 1), and the x between which its rail is open."""


def _between(gaps: list[Gap], levels: F64, low: float, high: float) -> tuple[F64, F64]:
    """(n, 3) ends of the rails of galleries on both sides, left open at the gaps; y is only the side."""
    start, end = [], []
    for row, z in enumerate(levels.tolist()):
        for side in (-1.0, 1.0):
            at = low
            for _, _, a, b in sorted(gap for gap in gaps if gap[0] == row and gap[1] == side):
                if a - at > 0.5:
                    start.append((at, side, z))
                    end.append((a, side, z))
                at = max(at, b)
            if high - at > 0.5:
                start.append((at, side, z))
                end.append((high, side, z))
    return np.array(start).reshape(-1, 3), np.array(end).reshape(-1, 3)


def climbs(kit: Kit, h: Nave, levels: F64, depth: float) -> tuple[Parts, list[Gap]]:
    """Flights of human steps in front of the galleries, from the floor to the first and from each to the next; with chaos some that
    lead to nothing. And where the rails of the galleries have to be open for them."""
    made, gaps = [], list[Gap]()
    width = min(2.4, 0.08 * h.half + 0.7)
    floors = np.concatenate([[h.floor], levels])
    spot, way = kit.stream.unit("stair", 2 * len(levels) + 8), kit.stream.unit("stair way", 2 * len(levels) + 8)
    for row in range(len(levels)):
        for number in range(2 + (round(2 * kit.chaos) if row == 0 else 0)):
            low, high = float(floors[row]), float(floors[row + 1])
            n = round((high - low) / STEP_RISE)
            run, side = n * STEP_RUN, 1.0 if number % 2 else -1.0
            if run > 0.6 * h.length or n < 3:
                continue
            towards = 1.0 if way[2 * row + number] < 0.5 else -1.0
            foot = (float(spot[2 * row + number]) - 0.5) * (h.length - 2 * h.wall - 2 * run - 8)
            blind = number > 1
            y = side * (h.half - depth - width / 2 - 0.05)
            made.append(_flight(kit, (foot, y, low), towards, width, n, high))
            if not blind:
                ends = sorted((foot + towards * (run - 0.1), foot + towards * (run + 1.5)))
                gaps.append((row, side, ends[0], ends[1]))
                made.append(_head(kit, h, (foot + towards * (run + 0.75), y, high), width))
            if row > 0:
                ends = sorted((foot + towards * 0.1, foot - towards * 1.5))
                gaps.append((row - 1, side, ends[0], ends[1]))
                made.append(_head(kit, h, (foot - towards * 0.75, y, low), width))
    return join(made), gaps


def _flight(kit: Kit, foot: tuple[float, float, float], way: float, width: float, n: int, high: float) -> Parts:
    """Steps with a handrail on the side of the nave, and posts under it."""
    x, y, z = foot
    run = n * STEP_RUN
    inner = y - np.sign(y) * (width / 2 - 0.04)
    along = np.linspace(0.0, 1.0, max(2, int(run / 1.4) + 1))
    base = points(x + way * run * along, inner, z + (high - z) * along)
    posts = kit.bar(base, base + [0.0, 0.0, 1.0], 0.04, 0.04, Material.DARK_STEEL)
    rail = kit.bar(base[:-1] + [0.0, 0.0, 1.05], base[1:] + [0.0, 0.0, 1.05], 0.06, 0.06, Material.STEEL)
    return join([steps(kit, foot, (way, 0.0, 0.0), width, n, rise=(high - z) / n), posts, rail])


def _head(kit: Kit, h: Nave, at: tuple[float, float, float], width: float) -> Parts:
    """The slab at an end of a flight, against the gallery, with a rail on the side of the nave and a post under it."""
    x, y, z = at
    inner = y - np.sign(y) * (width / 2 - 0.04)
    return join(
        [
            kit.box((x - 0.8, y - width / 2 - 0.06, z - 0.2), (x + 0.8, y + width / 2 + 0.06, z), Material.CONCRETE),
            rails(kit, (x - 0.8, inner, z), (x + 0.8, inner, z)),
            kit.bar((x, y, h.floor), (x, y, z - 0.2), 0.35, 0.35, Material.DARK_STEEL),
        ]
    )
