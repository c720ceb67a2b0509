"""What bare walls wear: plates with joints between them, ledges, piers, pipes and parapets. No memory is needed for these."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import Rows, rows_of, spread
from geometry.builders.copies import Site, paired
from geometry.builders.hosts import Panels, on_panel
from geometry.builders.motifs import TURN
from geometry.builders.turns import PRODUCT, QUATERNIONS, own_size
from geometry.key import Streams, mix
from geometry.material import Material
from geometry.parts import EMPTY, Parts
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grids:
    """n grids of like pieces on panels: a region, how many pieces across and up, and how much of its cell each fills."""

    panel: I64
    low: F64
    """(n, 2) u and v in metres from the panel's middle."""
    high: F64
    number: I64
    """(n, 2)."""
    fill: F64
    """(n, 2) 0 to 1."""
    out: F64
    """(n,) metres the pieces stand out."""
    prototype: I64
    turn: I64
    """(n,) of the prototype on a wall."""
    material: I64
    lost: F64
    """(n,) share of pieces that are missing."""

    def __getitem__(self, index: NDArray[np.integer] | NDArray[np.bool_]) -> Grids:
        return Grids(*(column[index] for column in _grid_columns(self)))


_grid_columns = attrgetter(*(field.name for field in fields(Grids)))
_KINDS = ("plates", "ledges", "piers", "pipes", "ribs", "louvres")
_C, _O, _D = Material.CONCRETE, Material.OLD_CONCRETE, Material.DARK_STEEL
_MATERIAL = np.array([_C, _O, _C, _D, _O, _D])
_PROTOTYPE = np.array([PROTOTYPE_IDS[name] for name in ("box", "box", "box", "pipe", "box", "louvre")])
_TURN = np.array([TURN[name] for name in ("floor", "floor", "floor", "up", "floor", "wall")])
_WALL_CHANCES = (34, 14, 16, 14, 12, 10)


def _planned(streams: Streams, sides: Panels, of: Rows, count: I64, kept: float, unit: float) -> Grids:
    """Draw `count` (p,) grids for each plot, on large walls mostly."""
    weight = (np.minimum(sides.area / (unit * unit), 1e6) * 64).astype(np.int64) + 1
    plot, number = spread(count)
    draws = streams.unit("grids", plot, number, 10)
    panel = of.picked(weight, plot, (number + draws[:, 0]) / count[plot])
    kind = streams.choice("kind", plot, number, _WALL_CHANCES)
    kind = np.where(sides.face[panel] >= 4, 0, kind)
    wide, high = sides.width[panel], sides.height[panel]
    size, least = paired(wide, high), np.minimum(wide, high)
    whole = draws[:, 1:3] < kept * 0.6 + 0.25
    share = np.where(whole, 1.0, 0.2 + 0.7 * draws[:, 3:5])
    extent = size * np.where(kind[:, None] == 1, np.array([1.0, 0.0]) + share * np.array([0.0, 1.0]), share) * 0.985
    slack = (size - extent) / 2
    begin = np.where(draws[:, 5:7] < kept, 0.0, 2.0 * draws[:, 5:7] - 1.0) * slack
    module = np.maximum(least * (0.12 + 0.3 * draws[:, 7] * draws[:, 7]), 1.5 * unit)
    cells = np.minimum(np.maximum((extent / module[:, None]).astype(np.int64), 1), 7)
    up, over = kind == 1, (kind >= 2) & (kind <= 4)
    number = paired(np.where(up, 1, cells[:, 0]), np.where(over, 1, cells[:, 1]))
    thin = 0.06 + 0.3 * draws[:, 8] * draws[:, 8]
    joint = 1.0 - np.minimum(0.06 * unit / module, 0.03)[:, None]
    fill = np.where((kind == 0)[:, None], joint, 1.0)
    fill = np.where(paired(over, up), thin[:, None], fill)
    fill = np.where((kind == 5)[:, None], 0.6, fill)
    out = np.where(kind == 0, 0.012 + 0.02 * draws[:, 9], np.where(kind == 2, 0.25, np.where(kind == 4, 0.12, 0.06))) * module
    out = np.where(kind == 3, thin * extent[:, 0] / number[:, 0], out)
    lost = np.where(kind == 0, 0.25 * (1.0 - kept), 0.12 * (1.0 - kept))
    return Grids(panel, begin - extent / 2, begin + extent / 2, number, fill, out, _PROTOTYPE[kind], _TURN[kind], _MATERIAL[kind], lost)


def dress(streams: Streams, sides: Panels, seen: F64, site: Site, budget: I64) -> tuple[Parts, I64]:
    """About `budget` (p,) parts on the panels (m,) of each plot, whose exposure is `seen` (m,) 0 to 1, and the plot of each part.
    Nothing leaves the room."""
    large = np.flatnonzero(np.minimum(sides.width, sides.height) >= 2.0 * site.unit)
    walls = sides[large]
    of = rows_of(walls.plot, len(streams))
    count = np.where((of.count > 0) & (budget >= 4), np.maximum(budget // 8, 1), 0)
    if not count.any():
        return EMPTY, np.zeros(0, dtype=np.int64)
    grids = _planned(streams, walls, of, count, site.kept, site.unit)
    if site.room is not None:
        grids = grids[grids.out < 0.98 * site.room.clearance(walls)[grids.panel]]
    return _expand(streams, grids, walls, seen[large], site.year)


def _expand(streams: Streams, grids: Grids, sides: Panels, seen: F64, year: float) -> tuple[Parts, I64]:
    who, step = spread(grids.number[:, 0] * grids.number[:, 1])
    plot = sides.plot[grids.panel[who]]
    bits = streams.bits("pieces", plot, rows_of(plot, len(streams)).number)[:, 0]
    kept = (bits >> np.uint64(40)).astype(np.float64) >= grids.lost[who] * float(1 << 24)
    who, step, bits = who[kept], step[kept], bits[kept]
    row, column = np.divmod(step, grids.number[who, 0])
    cell = paired(column, row)
    pitch = (grids.high - grids.low) / grids.number
    middle = grids.low[who] + (cell + 0.5) * pitch[who]
    half = (pitch * grids.fill)[who] / 2
    low, high = np.empty((len(who), 3)), np.empty((len(who), 3))
    low[:, :2], high[:, :2] = middle - half, middle + half
    out = grids.out[who]
    low[:, 2], high[:, 2] = -0.2 * out, out
    panel = grids.panel[who]
    centre, size = on_panel(sides, panel, low, high)
    turn = PRODUCT[sides.face[panel] * 4, grids.turn[who]]
    tint = (np.uint64(96) + (mix(bits) >> np.uint64(58))).astype(np.uint8)
    grown = Parts(
        grids.prototype[who].astype(np.uint8), centre.astype(np.float32), QUATERNIONS[turn], own_size(turn, size).astype(np.float32),
        grids.material[who].astype(np.uint8), (seen[panel] * 255.0).astype(np.uint8), tint, np.full(len(who), year, dtype=np.float32),
    )  # fmt: skip
    return grown, sides.plot[panel]
