"""Village: terraces of dwelling cells that somebody still lights (canon S88, P50).

Form 1 climbs in rings round a great drum, 2 climbs the wall at -y; 0 lets the key choose. Few lights, all warm: the rest
of the City is dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.angle import QUARTER_TURNS, matrix, multiply
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import (
    STEP_RISE,
    STEP_RUN,
    Kit,
    cables,
    crates,
    debris,
    figure,
    inside,
    kit_of,
    points,
    rails,
    spokes,
    steps,
    strip_lamps,
    yaw,
)
from geometry.rules.lamplight import lamplit
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
Drawn = NDArray[Any]
_STOREY = 3.1
_SECTORS = 18
_CHORD = 0.3527
"""Twice the tangent of half a sector's angle."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """n dwelling cells: the middle of each floor, how it is turned (its front looks along its own -y), and its size."""

    foot: F64
    turns: F64
    size: F64

    def at(self, x: F64 | float, y: F64 | float, z: F64 | float) -> F64:
        """(n, 3) points at fractions x, y of the cell's size and metres z above its floor."""
        frame = np.asarray(matrix(yaw(self.turns)))
        along = frame[..., 0] * (np.asarray(x) * self.size[:, 0])[:, None]
        return np.asarray(self.foot + along + frame[..., 1] * (np.asarray(y) * self.size[:, 1])[:, None] + points(0, 0, z))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Terraces, cells, wires, tanks, and a few people; rooms with windows as children."""
    form = place.form or 1 + int(place.stream.one("form") < 0.5)
    kit = kit_of(place, 90, spec)
    levels = max(2, min(12, int(place.size[2] * 0.72 / (1.5 * _STOREY))))
    terraces, cells = (_round if form % 2 == 1 else _wall)(kit, place.size, levels)
    made = [terraces, _dwellings(kit, cells), _wires(kit, cells, place.size), _tanks(kit, cells), _people(kit, cells)]
    lit = lamplit(join(made), dark=80, bright=240, reach=4.0)
    return Growth(inside(place.size, lit))


def _round(kit: Kit, size: tuple[float, float, float], levels: int) -> tuple[Parts, _Cells]:
    """Rings stepping back round a drum that proves to be somebody's wall (canon P50)."""
    radius = min(size[0], size[1]) / 2 - 0.3
    core = 0.36 * radius
    height = size[2]
    pitch = min(1.5 * _STOREY, 0.72 * height / levels)
    drum = kit.solid(
        "banded_drum", points(0, 0, (np.arange(4) + 0.5) * height / 4), (2 * core, 2 * core, height / 4), Material.MEGASTRUCTURE
    )
    hatch = join(
        [
            kit.solid("frame", (0, -core * 0.99, 0.5 * height), (0.5 * core, 0.6, 0.5 * core), Material.STEEL),
            kit.solid("drum", (0, -core * 0.97, 0.5 * height), (0.36 * core, 0.36 * core, 0.8), Material.DARK_STEEL, QUARTER_TURNS["x"][1]),
        ]
    )
    level, sector = (g.ravel() for g in np.meshgrid(np.arange(levels), np.arange(_SECTORS), indexing="ij"))
    n = len(level)
    f = (sector + 0.5) / _SECTORS
    rim = (radius - (radius - core - 5.0) * level / levels) * kit.stream.between("rim", n, 0.86, 0.98)
    top = (level + 1) * pitch + kit.stream.between("top", n, -0.5, 0.5) * np.minimum(level, 1)
    out, heading, side = spokes(f), yaw(f), spokes(f + 0.25)
    deep, wide = rim - 0.7 * core, rim * _CHORD
    middle = out * ((rim + 0.7 * core) / 2)[:, None]
    low = np.maximum(0.0, top - 2.2 * pitch)
    slabs = kit.solid(
        "box", middle + points(0, 0, (low + top) / 2), np.stack([deep, wide, top - low], axis=-1), Material.OLD_CONCRETE, heading
    )
    lips = kit.solid("box", out * (rim - 0.1)[:, None] + points(0, 0, top - 0.12), points(0.5, wide, 0.3), Material.CONCRETE, heading)
    edge = out * (rim - 0.05)[:, None] + points(0, 0, top)
    gate = kit.chance("rail", n, 0.85)
    rail = rails(kit, (edge - side * (wide / 2 - 0.1)[:, None])[gate], (edge + side * (wide / 2 - 0.1)[:, None])[gate], bay=99.0)
    count = np.maximum(1, (wide / 5.0).astype(np.int64))
    row, j = np.nonzero(np.arange(int(count.max()))[None, :] < count[:, None])
    shift = ((j + 0.5) / count[row] - 0.5) * wide[row]
    foot = (out * (rim - 3.2)[:, None] + points(0, 0, top))[row] + side[row] * shift[:, None]
    keep = kit.chance("cell", len(row), 0.75)
    cells = _cells(kit, foot[keep], (f + 0.25)[row][keep])
    return join([drum, hatch, slabs, lips, rail, _flights(kit, out, side, rim, top)]), cells


def _flights(kit: Kit, out: F64, side: F64, rim: F64, top: F64) -> Parts:
    """A steep flight up the face of about every sixth terrace, from the terrace below."""
    rows = np.flatnonzero(kit.chance("flight", len(rim) - _SECTORS, 0.16)) + _SECTORS
    climb = top[rows] - top[rows - _SECTORS]
    fits = (climb > 0.6) & (rim[rows - _SECTORS] > rim[rows] + 1.2)
    rows, climb = rows[fits], climb[fits]
    if not len(rows):
        return EMPTY
    count = np.rint(climb / STEP_RISE).astype(np.int64)
    start = out[rows] * (rim[rows] + 0.62)[:, None] + points(0, 0, top[rows] - climb) - side[rows] * (count * STEP_RUN / 2)[:, None]
    return steps(kit, start, side[rows], 1.1, count, rise=climb / count)


def _wall(kit: Kit, size: tuple[float, float, float], levels: int) -> tuple[Parts, _Cells]:
    """Steps of terraces climbing the wall behind."""
    x, y, z = size
    pitch = min(1.5 * _STOREY, 0.72 * z / levels)
    back = kit.box((-x / 2, y / 2 - 1.0, 0), (x / 2, y / 2, z), Material.MEGASTRUCTURE)
    ribs = np.arange(-x / 2 + 2, x / 2 - 1, 7.0)
    piers = kit.solid("chamfer", points(ribs, y / 2 - 1.3, z / 2), (1.2, 1.4, z), Material.OLD_CONCRETE)
    k = np.arange(levels)
    edge = -y / 2 + 0.4 + (y - 8.0) * k / levels
    slabs = kit.box(points(-x / 2 + 0.2, edge, k * pitch), points(x / 2 - 0.2, y / 2 - 1.0, (k + 1) * pitch), Material.OLD_CONCRETE)
    lip = kit.box(
        points(-x / 2 + 0.2, edge - 0.3, (k + 1) * pitch - 0.25), points(x / 2 - 0.2, edge + 0.2, (k + 1) * pitch), Material.CONCRETE
    )
    n = max(3, int((x - 2) / 5.4))
    gx = np.tile((np.arange(n) + 0.5) / n * (x - 2) - (x - 2) / 2, levels)
    gk = np.repeat(k, n)
    keep = kit.chance("cell", n * levels, 0.72)
    foot = points(gx, edge[gk] + 3.6, (gk + 1) * pitch)[keep]
    rail = rails(kit, points(-x / 2 + 0.4, edge, (k + 1) * pitch), points(x / 2 - 0.4, edge, (k + 1) * pitch), bay=6.0, keep=0.92)
    count = round(pitch / STEP_RISE)
    at = kit.stream.between("stair", levels, -0.35, 0.35) * x
    flights = steps(kit, points(at, edge - 0.7, k * pitch)[1:], (1.0, 0.0, 0.0), 1.1, count, rise=pitch / count)
    return join([back, piers, slabs, lip, rail, flights]), _cells(kit, foot, np.zeros(len(foot)))


def _cells(kit: Kit, foot: F64, turns: F64) -> _Cells:
    n = len(foot)
    wide, deep, high = (
        kit.stream.between("wide", n, 3.2, 5.0),
        kit.stream.between("deep", n, 3.4, 5.0),
        kit.stream.between("high", n, 2.6, 3.4),
    )
    return _Cells(foot, turns + kit.stream.between("askew", n, -0.008, 0.008) * (0.3 + kit.chaos), np.stack([wide, deep, high], axis=-1))


def _dwellings(kit: Kit, c: _Cells) -> Parts:
    """Body, roof, door, windows of which a third glow, awning, second storey here and there, box of a machine on the roof."""
    n = len(c.foot)
    heading = yaw(c.turns)
    w, d, h = c.size[:, 0], c.size[:, 1], c.size[:, 2]

    def piece(
        kind: str, x: float, y: float, z: F64 | float, size: F64, material: Material | Drawn, pick: Drawn | slice = slice(None)
    ) -> Parts:
        stuff = material if isinstance(material, Material) else material[pick]
        return kit.solid(kind, c.at(x, y, z)[pick], size[pick], stuff, heading[pick])

    def size(across: float, deep: float, high: float) -> F64:
        return points(w * across, d * deep, high)

    def thin(across: float, deep: float, high: float) -> F64:
        return points(np.full(n, across), deep, high)

    def lit(name: str) -> Drawn:
        return np.where(kit.chance(name, n, 0.34), Material.WARM_LIGHT, Material.DARK_STEEL)

    shell = np.where(kit.chance("old", n, 0.4), Material.OLD_CONCRETE, Material.CONCRETE)
    upper = kit.chance("upper", n, 0.45)
    third = upper & kit.chance("third", n, 0.35)
    awning = kit.chance("awning", n, 0.5)
    tilt = multiply(heading, QUARTER_TURNS["z"][1])
    made = [
        piece("box", 0.0, 0.0, h / 2, np.stack([w, d, h], axis=-1), shell),
        piece("box", 0.0, -0.02, h + 0.08, size(1.08, 1.1, 0.16), Material.DARK_STEEL),
        piece("box", -0.22, -0.5, 1.02 + 0 * h, thin(0.85, 0.1, 2.0), Material.RUST),
        piece("frame", -0.22, -0.51, 1.06 + 0 * h, thin(1.15, 0.16, 2.3), Material.STEEL),
        piece("box", 0.24, -0.495, 1.6 + 0 * h, thin(0.9, 0.06, 0.7), lit("lit")),
        piece("frame", 0.24, -0.51, 1.6 + 0 * h, thin(1.15, 0.14, 0.95), Material.STEEL),
        piece("box", 0.5, 0.1, 1.7 + 0 * h, thin(0.06, 0.6, 0.5), lit("lit side")),
        piece("chamfer", 0.08, 0.1, h + 1.3, np.stack([w * 0.66, d * 0.7, np.full(n, 2.3)], axis=-1), shell, upper),
        piece("box", 0.08, -0.25, h + 1.5, thin(0.7, 0.06, 0.5), lit("lit upper"), upper),
        piece("box", 0.0, 0.16, h + 3.7, np.stack([w * 0.5, d * 0.5, np.full(n, 2.4)], axis=-1), shell, third),
        piece("box", 0.05, -0.1, h + 3.9, thin(0.6, 0.06, 0.4), lit("lit third"), third),
        piece("box", 0.08, 0.1, h + 2.5, size(0.74, 0.8, 0.12), Material.DARK_STEEL, upper),
        kit.solid(
            "wedge",
            c.at(0.0, -0.62, h - 0.15)[awning],
            np.stack([0.3 * d, w * 0.9, np.full(n, 0.14)], axis=-1)[awning],
            Material.RUST,
            tilt[awning],
        ),
        piece("louvre", -0.3, 0.1, h + 0.45, thin(0.8, 0.6, 0.6), Material.STEEL, ~upper),
        piece("box", 0.36, 0.3, h + 0.8, thin(0.05, 0.05, 1.5), Material.DARK_STEEL),
        piece(
            "ladder",
            0.53,
            -0.3,
            h / 2,
            np.stack([np.full(n, 0.4), np.full(n, 0.07), h * 1.1], axis=-1),
            Material.DARK_STEEL,
            kit.chance("ladder", n, 0.3),
        ),
    ]
    return join(made)


def _wires(kit: Kit, c: _Cells, size: tuple[float, float, float]) -> Parts:
    """Wires from mast to mast with bulbs on them: the village's one luxury."""
    n = len(c.foot)
    if n < 3:
        return EMPTY
    mast = c.at(0.36, 0.3, c.size[:, 2] + 1.5)
    hop = 1 + kit.stream.whole("hop", n, 0, 4)
    other = mast[(np.arange(n) + hop) % n]
    gap = other - mast
    near = gap[:, 0] * gap[:, 0] + gap[:, 1] * gap[:, 1] + gap[:, 2] * gap[:, 2] < (0.3 * max(size)) ** 2
    a, b = mast[near], other[near]
    sag = 0.4 + 1.2 * kit.stream.unit("sag", len(a))
    bulbs = kit.stream.unit("bulb", len(a)) < 0.5
    middle = (a + b) / 2 - points(0, 0, sag + 0.08)
    wires = cables(kit, a, b, sag, 0.012)
    return join([wires, kit.solid("drum", middle[bulbs], (0.14, 0.14, 0.2), Material.WARM_LIGHT)])


def _tanks(kit: Kit, c: _Cells) -> Parts:
    """Water tanks on legs behind the cells, with a pipe down."""
    pick = np.flatnonzero(kit.chance("tank", len(c.foot), 0.12))
    if not len(pick):
        pick = np.array([0])
    base = c.at(0.0, 0.1, c.size[:, 2] + 0.16)[pick]
    n = len(base)
    r = kit.stream.between("tank", n, 0.8, 1.3)
    legs = (base[:, None] + np.array([[i * 0.55, j * 0.55, 0.55] for i in (-1, 1) for j in (-1, 1)])).reshape(-1, 3)
    return join(
        [
            kit.solid("banded_drum", base + [0, 0, 2.1], np.stack([2 * r, 2 * r, np.full(n, 2.0)], axis=-1), Material.RUST),
            kit.solid("cone", base + [0, 0, 3.35], np.stack([2 * r, 2 * r, np.full(n, 0.5)], axis=-1), Material.DARK_STEEL),
            kit.solid("box", legs, (0.1, 0.1, 1.1), Material.DARK_STEEL),
            kit.bar(base + [0.3, 0, 0], base + [0.3, 0, 1.2], 0.1, 0.1, Material.STEEL, "pipe"),
        ]
    )


def _people(kit: Kit, c: _Cells) -> Parts:
    """Two or three people, a fire, crates, things left lying."""
    n = len(c.foot)
    pick = kit.stream.whole("people", 3, 0, n)
    door = c.at(-0.1, -0.72, 0.0)[pick]
    stock = c.at(0.34, -0.62, 0.0)[kit.chance("stock", n, 0.4)]
    boxes = crates(kit, stock, (0.7, 0.6, 0.6), kit.stream.unit("stock turn", len(stock))) if len(stock) else EMPTY
    lamp = c.at(-0.22, -0.51, 2.35)
    lamps = strip_lamps(kit, lamp, (0.3, 0.16, 0.12), kit.chance("door lamp", n, 0.3), warm=True)
    low = c.foot[0] - [1.5, 1.5, 0]
    return join([figure(kit, door, kit.stream.unit("heading", 3)), boxes, lamps, debris(kit, low, low + [3, 3, 0], 12, largest=0.25)])
