"""What was hung on the walls and piers of a hall by those who lived in it: shelves, boxes, conduits, balconies about the piers."""

from __future__ import annotations

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import Parts, join
from geometry.rules.furnish import Kit, cables, points, rails
from geometry.rules.hall_shell import F64, Nave
from geometry.rules.masses import Walls, walls
from geometry.rules.wallwork import clusters, conduits, shelves


def lined(kit: Kit, h: Nave) -> Parts:
    """Shelves, clusters of boxes and conduits on both side walls, bay by bay, none in the way of a person."""
    gx, side = (g.ravel() for g in np.meshgrid(h.bays[1:-1], [-1.0, 1.0], indexing="ij"))
    n = len(gx)
    if n == 0 or h.height < 8.0:
        return join(())
    turns = np.where((side > 0)[:, None], QUARTER_TURNS["z"][0], QUARTER_TURNS["z"][2])
    low, high = h.floor + 3.2, h.ceiling - 0.03 * h.height
    on = walls(points(gx, side * h.half, (low + high) / 2), turns, 0.92 * h.bay, high - low, 1.0, 1.0)
    return _hung(kit, on, 0.22 * min(h.half, h.bay), n)


def _hung(kit: Kit, on: Walls, reach: float, n: int) -> Parts:
    draws = kit.stream.sub("hung")
    at = draws.whole("shelf", n, 0, len(on))
    out = draws.between("out", n, 0.15, 0.6) * reach
    up = draws.between("up", n, -0.46, 0.4) * on.height[at]
    few = max(n // 2, 1)
    return join(
        (
            shelves(draws.sub("shelves"), on, at, up, out, year=kit.year),
            clusters(draws.sub("boxes"), on, draws.whole("cluster", n, 0, len(on)), 0.6 * reach, each=8, year=kit.year),
            conduits(draws.sub("conduits"), on, draws.whole("conduit", few, 0, len(on)), 0.035 * reach, year=kit.year),
        )
    )


def ringed(kit: Kit, h: Nave, x: F64, y: F64, wide: float) -> Parts:
    """Balconies about square piers at x, y (n,): collars at every height, rails on some, ropes from one pier to another across."""
    draws, each = kit.stream.sub("piers"), 4
    n = len(x) * each
    row, step = np.repeat(np.arange(len(x)), each), np.tile(np.arange(each), len(x))
    z = h.floor + h.height * (0.12 + 0.2 * step + draws.between("z", n, 0.0, 0.12))
    kept = draws.unit("collar", n) < 0.75
    row, z = row[kept], z[kept]
    out = (1.08 + 0.5 * draws.unit("out", n)[kept] ** 2) * wide
    tall = h.height * (0.004 + 0.014 * draws.unit("tall", n)[kept])
    collars = kit.solid("box", points(x[row], y[row], z - tall / 2), np.stack([out, out, tall], axis=-1), Material.OLD_CONCRETE)
    walked = np.flatnonzero(out > 1.2 * wide)
    edge = 0.485 * out[walked]
    at = points(x[row[walked]], y[row[walked]], z[walked])
    corners = [at + points(sx * edge, sy * edge, 0.0) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    fence = rails(kit, np.concatenate(corners), np.concatenate([*corners[1:], corners[0]]), bay=99.0)
    return join((collars, fence, _slung(kit, h, x, y, wide)))


def _slung(kit: Kit, h: Nave, x: F64, y: F64, wide: float) -> Parts:
    """Ropes across the empty middle, from the inner row of piers on one side to that on the other."""
    near = 1.01 * np.abs(y).min() + 0.01
    left, right = (np.flatnonzero((np.abs(y) < near) & (sign * y > 0)) for sign in (-1.0, 1.0))
    if not len(left) or not len(right):
        return join(())
    draws, n = kit.stream.sub("slung"), len(left) + 6
    a = left[draws.whole("from", n, 0, len(left))]
    b = right[np.minimum(draws.whole("from", n, 0, len(right)) + draws.whole("skip", n, 0, 3), len(right) - 1)]
    z = h.floor + h.height * draws.between("z", 2 * n, 0.3, 0.85).reshape(2, n)
    start, end = points(x[a], y[a] + 0.4 * wide, z[0]), points(x[b], y[b] - 0.4 * wide, z[1])
    return cables(kit, start, end, h.height * draws.between("sag", n, 0.03, 0.2), 0.0005 * h.height + 0.02)


def fan_wall(kit: Kit, h: Nave) -> Parts:
    """Giant fans in both end walls above the doors, behind grilles; the far one is lit from behind."""
    across = 0.92 * min(2 * h.half, h.height - h.door[1] - 0.3 * h.door[0])
    end = np.array([-1.0, 1.0])
    x, z = end * (h.length / 2 - h.wall), h.ceiling - across * 0.54
    upright = QUARTER_TURNS["y"][1]
    fan = kit.solid("fan", points(x - end * 0.05 * across, 0, z), (across, across, 0.08 * across), Material.DARK_STEEL, upright)
    well = kit.solid("drum", points(x - end * 0.002 * across, 0, z), (0.9 * across, 0.9 * across, 0.012 * across), Material.LAMP, upright)
    rim = kit.solid("tube", points(x - end * 0.06 * across, 0, z), (1.04 * across, 1.04 * across, 0.12 * across), Material.STEEL, upright)
    return join([well, fan, rim])


def crane(kit: Kit, h: Nave) -> Parts:
    """Runway girders on both sides and two travelling trusses with hooks."""
    side = np.array([-1.0, 1.0])
    z, ends = h.floor + 0.66 * h.height, h.length / 2 - h.wall
    y = side * 0.93 * h.half
    runway = kit.bar(points(-ends, y, z), points(ends, y, z), 0.05 * h.half, 0.05 * h.height, Material.DARK_STEEL, "beam")
    x = kit.stream.between("crane", 2, -0.8, 0.8) * ends
    deep = 0.06 * h.height
    trolley = kit.bar(points(x, -0.95 * h.half, z + deep), points(x, 0.95 * h.half, z + deep), deep, deep, Material.STEEL, "truss")
    hang = points(x, kit.stream.between("hook", 2, -0.3, 0.3) * h.half, z + deep * 0.6)
    low = points(0, 0, kit.stream.between("hoist", 2, 0.1, 0.3) * h.height)
    rope = kit.bar(hang, hang - low, 0.12, 0.12, Material.CABLE, "pipe")
    hook = kit.solid("chamfer", hang - low, (deep * 0.5, deep * 0.5, deep * 0.7), Material.RUST)
    return join([runway, trolley, rope, hook])
