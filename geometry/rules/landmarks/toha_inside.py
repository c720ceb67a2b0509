"""Where six ways meet in Toha: gravity turns with each corridor, so every wall is somebody's floor (canon P62).

The chamber stands in the middle of its box; from each of its six walls a corridor leads on, its floor where its own gravity has it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.angle import QUARTER_TURNS, multiply, rotate
from geometry.material import Material
from geometry.parts import Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import Kit, crates, figure, kit_of, points, rails, strip_lamps
from geometry.rules.lamplight import lamplit
from geometry.rules.landmarks.setting import turned
from geometry.rules.masses import F64
from geometry.spec import CitySpec

HALL = 44.0
"""Metres across the chamber: a choice."""
_DOOR = 6.4
_THICK = 1.2
_LONG = 190.0
_WALLS: tuple[F64, ...] = (
    QUARTER_TURNS["x"][0],
    QUARTER_TURNS["x"][1],
    QUARTER_TURNS["x"][2],
    QUARTER_TURNS["x"][3],
    QUARTER_TURNS["y"][1],
    QUARTER_TURNS["y"][3],
)
"""What turns the floor on to each wall."""
_TWISTS = (0, 1, 3, 2, 1, 0)
"""Quarter turns of each corridor about its own length: which wall of it is its floor."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Six walls, each laid out as a floor, and the corridors behind them."""
    middle = np.array([0.0, 0.0, place.size[2] / 2])
    made = []
    for number, rotation in enumerate(_WALLS):
        kit = replace(kit_of(place, 70, spec), stream=place.stream.sub("wall", number))
        made.append(_floor(kit, number).moved(np.zeros(3), rotation))
    lit = lamplit(join(made), dark=34, bright=190, reach=7.0)
    return Growth(lit.moved(middle), tuple(_corridor(place, middle, number) for number in range(6)))


def _floor(kit: Kit, number: int) -> Parts:
    """One wall of the chamber as the floor it is to whoever comes through its door: door, airlock, paths, lamps, people."""
    half = HALL / 2
    out, door, low = half + _THICK, _DOOR / 2, -half - _THICK
    slab = kit.box(
        [(-out, -out, low), (-out, door, low), (-out, -door, low), (door, -door, low)],
        [(half, -door, -half), (half, half, -half), (-door, door, -half), (half, door, -half)],
        Material.OLD_CONCRETE,
    )
    lock = kit.solid("ring", (0, 0, -half + 0.5), (_DOOR * 1.75, _DOOR * 1.75, 1.4), Material.STEEL)
    collar = kit.solid("tube", (0, 0, -half + 0.2), (_DOOR * 2.3, _DOOR * 2.3, 0.8), Material.DARK_STEEL)
    panels = _panels(kit, half)
    edge = np.array([[-half * 0.72, -half * 0.72], [half * 0.72, -half * 0.72], [half * 0.72, half * 0.72], [-half * 0.72, half * 0.72]])
    corners = np.c_[edge, np.full(4, -half)]
    rail = rails(kit, corners[:2], corners[[1, 2]], bay=3.0, keep=0.9)
    f = kit.stream.between("who", 4, -0.55, 0.55) * HALL
    feet = points(f[:2] + np.sign(f[:2]) * 5.0, f[2:] + np.sign(f[2:]) * 4.0, -half)
    people = figure(kit, feet[: 1 + number % 2], kit.stream.unit("face", 1 + number % 2))
    stock = kit.stream.between("stock", 12, -0.42, 0.42).reshape(6, 2) * HALL
    stock = stock[(np.abs(stock) > 6.0).any(axis=1)]
    boxes = crates(kit, np.c_[stock, np.full(len(stock), -half)], (1.5, 1.1, 1.0), kit.stream.unit("turn", len(stock)))
    ring = np.array([[-9.0, 0.0], [9.0, 0.0], [0.0, -9.0], [0.0, 9.0]])
    lamps = strip_lamps(kit, np.c_[ring, np.full(4, -half + 0.12)], (2.4, 0.35, 0.2), kit.stream.unit("lamp", 4) < 0.8, warm=number == 4)
    return join([slab, lock, collar, panels, rail, people, boxes, lamps, _pipes(kit, half)])


def _panels(kit: Kit, half: float) -> Parts:
    """Plates and low machine boxes about the door."""
    n = 70
    at = kit.stream.between("panel", 2 * n, -0.94, 0.94).reshape(n, 2) * half
    free = (np.abs(at) > 0.5 * _DOOR * 2.3 + 2.2).any(axis=1)
    at = at[free]
    size = 1.0 + 5.0 * kit.stream.unit("panel size", 2 * n).reshape(n, 2)[free]
    size = np.minimum(size, 2.0 * (half - np.abs(at)))
    high = 0.08 + 1.6 * kit.stream.unit("panel high", n)[free] ** 5
    stuff = np.array([Material.CONCRETE, Material.OLD_CONCRETE, Material.DARK_STEEL])[kit.stream.choice("panel of", n, [4, 4, 2])[free]]
    return kit.solid("box", np.c_[at, -half + high / 2], np.c_[size, high], stuff)


def _pipes(kit: Kit, half: float) -> Parts:
    """Pipes along two edges."""
    k = 5
    y = -half + 0.8 + np.arange(k) * 0.75
    return kit.bar(points(-half, y, -half + 0.5), points(half, y, -half + 0.5), 0.5, 0.5, Material.DARK_STEEL, "pipe")


def _corridor(place: Place, middle: F64, number: int) -> Place:
    """The corridor behind one wall, from the wall outward: its box runs along its own x."""
    rotation = _WALLS[number]
    out = rotate(rotation, np.array([0.0, 0.0, -1.0]))
    # x of the corridor along `out`, then turned about it
    stand = multiply(rotation, QUARTER_TURNS["y"][1])
    stand = multiply(stand, QUARTER_TURNS["x"][_TWISTS[number]])
    wide = _DOOR + 2.0
    up = rotate(stand, np.array([0.0, 0.0, 1.0]))
    foot = middle + out * (HALL / 2 + _THICK + _LONG / 2) - up * wide / 2
    return turned(place, "corridor", number, foot, (_LONG, wide, wide), stand, form=1 + number % 2)
