"""What every great hall shares: slabs, pierced walls, galleries with doors, catwalks, stairs, rubble and a figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.builders.copies import Room
from geometry.builders.hosts import hosts
from geometry.builders.replay import clad
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Place
from geometry.rules.furnish import (
    Kit,
    cables,
    crates,
    debris,
    figure,
    pierced,
    pipe_runs,
    points,
    rails,
    spread,
    strip_lamps,
)

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nave:
    """The measures of a hall whose length runs along x."""

    length: float
    half: float
    """Half the clear width between the side walls, metres."""
    wall: float
    """Thickness of walls, metres."""
    floor: float
    """Height of the floor's top above the box's floor, metres."""
    ceiling: float
    """Height of the ceiling's underside, metres."""
    top: float
    pitch: float
    """Length of a bay, metres."""

    @property
    def height(self) -> float:
        """Clear height, metres."""
        return self.ceiling - self.floor

    @property
    def joints(self) -> F64:
        """(n+1,) x of the bay limits, ends included."""
        n = max(3, round(self.length / self.pitch))
        return np.asarray((np.arange(n + 1) / n - 0.5) * self.length, dtype=np.float64)

    @property
    def bays(self) -> F64:
        """(n,) x of the bay middles."""
        joints = self.joints
        return (joints[:-1] + joints[1:]) / 2

    @property
    def bay(self) -> float:
        """The exact length of a bay, metres."""
        return self.length / (len(self.joints) - 1)

    @property
    def door(self) -> tuple[float, float]:
        """Half width and height of the great openings at both ends, metres."""
        return max(1.2, 0.30 * self.half), max(min(3.0, 0.8 * self.height), 0.42 * self.height)

    @property
    def aisle(self) -> float:
        """Depth of the aisles beside the nave, metres."""
        return 0.32 * self.half

    @property
    def levels(self) -> F64:
        """(k,) heights of the gallery floors, metres, from the ground floor's first gallery up to the springing."""
        storey = max(3.2, 0.13 * self.height)
        k = int(0.52 * self.height / storey)
        return np.asarray(self.floor + storey * (1 + np.arange(k)), dtype=np.float64)


def slab_of(height: float) -> float:
    """Thickness of the floor and the ceiling of a hall of a height, metres: so high its floor lies in its box."""
    return float(slabs_of(np.array(height)))


def slabs_of(height: F64) -> F64:
    """`slab_of` for many heights (n,)."""
    return np.minimum(np.maximum(0.03 * height, 0.3), 6.0)


def nave_of(place: Place) -> Nave:
    """Measures from the box: walls a twentieth of the width, bays a third of it."""
    length, width, height = place.size
    wall = min(max(0.045 * width, 0.35), 12.0)
    slab = slab_of(height)
    pitch = min(max(0.36 * width, 4.0), 42.0) * (0.8 + 0.4 * place.stream.one("pitch"))
    return Nave(length, width / 2 - wall, wall, slab, height - slab, height, pitch)


def shell(kit: Kit, h: Nave, *, crown: float = 0.0) -> Parts:
    """Floor, ceiling, side walls with recesses, end walls pierced by the great doors. `crown`: part of the ceiling left open."""
    outer, x0, x1 = h.half + h.wall, -h.length / 2, h.length / 2
    gap = crown * h.half
    side = np.array([-1.0, 1.0])
    slabs = [
        kit.box((x0, -outer, 0), (x1, outer, h.floor), Material.OLD_CONCRETE),
        kit.box(
            points(x0, np.where(side < 0, -outer, gap), h.ceiling), points(x1, np.where(side < 0, -gap, outer), h.top), Material.CONCRETE
        ),
        kit.box(points(x0, side * (h.half + h.wall / 2) - h.wall / 2, 0), points(x1, side * (h.half + h.wall / 2) + h.wall / 2, h.top)),
    ]
    wide, tall = h.door
    ends = np.array([[x0, -h.half, h.floor], [x1 - h.wall, -h.half, h.floor]])
    walls = pierced(
        kit, ends, ends + [h.wall, 2 * h.half, h.height], ends * [1, 0, 1] - [0, wide, 1], ends * [1, 0, 1] + [h.wall, wide, tall], 0,
        Material.CONCRETE,
    )  # fmt: skip
    return join([*slabs, walls, _tiles(kit, h), great_doors(kit, h)])


def _tiles(kit: Kit, h: Nave) -> Parts:
    """Floor plates with joints, and a grated trench down the middle: the vanishing line (canon P96)."""
    pitch = h.bay / max(1, round(h.bay / 9.0))
    x = spread(-h.length / 2, h.length / 2, pitch)
    y = np.array([-0.78, -0.42, 0.42, 0.78]) * h.half
    width = np.array([0.40, 0.30, 0.30, 0.40]) * h.half
    gx, gy = np.meshgrid(x, y, indexing="ij")
    size = points(pitch - 0.12, np.broadcast_to(width, gx.shape) - 0.12, 0.06)
    there = ~kit.chance("tile lost", gx.size, 0.04 + 0.2 * kit.chaos)
    tiles = kit.solid("box", points(gx, gy, h.floor + 0.03)[there], size[there], Material.CONCRETE)
    edge = np.array([-1.0, 1.0]) * 0.25 * h.half
    made = [track(kit, h, float(edge[1]))]
    kerb = kit.box(points(-h.length / 2, edge - 0.2, h.floor), points(h.length / 2, edge + 0.2, h.floor + 0.25), Material.OLD_CONCRETE)
    return join([tiles, kerb, *made])


def track(kit: Kit, h: Nave, edge: float) -> Parts:
    """Lines that run to the vanishing point: rails on sleepers, a grated drain, pipes along the kerb, joints across."""
    ends, z = h.length / 2 - h.wall, h.floor
    lines = np.array([-0.62, -0.30, 0.30, 0.62]) * edge
    railway = kit.bar(points(-ends, lines, z + 0.2), points(ends, lines, z + 0.2), 0.14, 0.2, Material.STEEL, "beam")
    x = spread(-ends, ends, max(1.2, h.length / 110))
    ties = kit.box(points(x - 0.2, -0.75 * edge, z), points(x + 0.2, 0.75 * edge, z + 0.1), Material.OLD_CONCRETE)
    drain = kit.box((-ends, -0.4, z), (ends, 0.4, z + 0.13), Material.DARK_STEEL)
    y, r = np.array([-0.93, 0.93, 0.88]) * edge, np.array([0.22, 0.16, 0.1]) * min(1.0, edge / 4)
    pipes = pipe_runs(kit, points(-ends, y, z + 0.35), points(ends, y, z + 0.35), r, flange=max(3.0, h.length / 40), material=Material.RUST)
    gx, gy = (g.ravel() for g in np.meshgrid(spread(-ends, ends, max(3.0, h.length / 60)), y[:2], indexing="ij"))
    saddles = kit.box(points(gx - 0.15, gy - 0.08 * edge, z), points(gx + 0.15, gy + 0.08 * edge, z + 0.35), Material.OLD_CONCRETE)
    return join([railway, ties, drain, pipes, saddles])


def overgrown(kit: Kit, h: Nave, *, budget: int = 420) -> Parts:
    """What Builders left on the side walls between the bays, in the aisles and above the galleries."""
    gx, side = (g.ravel() for g in np.meshgrid(h.bays, [-1.0, 1.0], indexing="ij"))
    wall = h.height - 2 * h.wall
    centre = points(gx, side * (h.half + h.wall / 2), h.floor + h.height / 2)
    inward = np.where(side > 0, 0b001000, 0b000100)
    boxes = hosts(centre, (0.84 * h.bay, h.wall, wall), faces=inward, sheltered=0.6)
    reach = 0.30 * h.half
    made = [
        clad(
            kit.stream.sub("overgrown", number), boxes[side == sign], epoch=kit.epoch, detail=1, year=kit.year,
            unit=max(2.0, 0.02 * h.height), budget=budget // 2, room=_strip(h, sign, reach),
        )
        for number, sign in enumerate((-1.0, 1.0))
    ]  # fmt: skip
    return join(made)


def _strip(h: Nave, sign: float, reach: float) -> Room:
    """The space beside one wall that growths may fill: the middle of the hall stays free."""
    near, far = sign * (h.half - reach), sign * h.half
    ends = h.length / 2 - h.wall
    return Room(np.array([-ends, min(near, far), h.floor]), np.array([ends, max(near, far), h.ceiling]))


def great_doors(kit: Kit, h: Nave) -> Parts:
    """Portal surrounds and sliding leaves drawn aside, at both ends."""
    wide, tall = h.door
    end, side = np.array([-1.0, -1.0, 1.0, 1.0]), np.array([-1.0, 1.0, -1.0, 1.0])
    deep = max(0.5, 0.8 * h.wall)
    x = end * (h.length / 2 - h.wall)

    def at(out: float, y: float, z: float) -> F64:
        return points(x - end * out, side * y, h.floor + z)

    lintel = points((x - end * deep * 0.6)[::2], 0.0, h.floor + tall + 0.12 * wide)
    shut = 0.06 + 0.8 * kit.stream.unit("leaf", 4)
    leaf = at(deep * 0.3, 1.62 * wide, tall / 2) - points(0, side * (1 - shut) * 0.3 * wide, 0)
    return join(
        [
            kit.solid("chamfer", at(deep * 0.6, 1.12 * wide, tall / 2), (deep * 1.2, 0.24 * wide, tall), Material.OLD_CONCRETE),
            kit.solid("chamfer", lintel, (deep * 1.2, 2.48 * wide, 0.24 * wide), Material.OLD_CONCRETE),
            kit.solid("box", leaf, (deep * 0.4, wide * 0.9, tall * 0.98), Material.DARK_STEEL),
            kit.bar(at(deep, wide * 1.2, 0.35 * tall), at(deep, wide * 1.95, 0.35 * tall), deep * 0.4, 0.05 * tall, Material.STEEL, "beam"),
            kit.bar(at(deep, wide * 1.2, 0.75 * tall), at(deep, wide * 1.95, 0.75 * tall), deep * 0.4, 0.05 * tall, Material.STEEL, "beam"),
            strip_lamps(kit, lintel + [0, 0, -0.13 * wide], (deep * 0.3, 1.4 * wide, 0.06 * wide), kit.chance("portal lamp", 2, 0.8)),
        ]
    )


def catwalks(kit: Kit, h: Nave, levels: F64, half: float) -> Parts:
    """Catwalks across the nave from gallery to gallery: slab, truss below, rails, a lamp."""
    n = max(1, round(h.length / h.bay * 0.35))
    if not len(levels):
        return EMPTY
    level = levels[kit.stream.whole("catwalk level", n, 0, len(levels))]
    bay = h.bays[kit.stream.whole("catwalk bay", n, 0, len(h.bays))]
    x = bay + h.bay * kit.stream.between("catwalk shift", n, -0.2, 0.2)
    skew = np.where(kit.chance("catwalk skew", n, 0.5 * kit.chaos), kit.stream.between("skew", n, -0.4, 0.4) * h.bay, 0.0)
    width, deep = 2.0, min(2.2, 0.06 * h.height)
    a, b = points(x, -half, level - 0.1), points(x + skew, half, level - 0.1)
    shift = [width / 2, 0.0, 0.1]
    edge_a = np.concatenate([a + shift, a + np.multiply(shift, [-1, 1, 1])])
    edge_b = np.concatenate([b + shift, b + np.multiply(shift, [-1, 1, 1])])
    return join(
        [
            kit.bar(a, b, width, 0.2, Material.CONCRETE),
            kit.bar(a - [0, 0, 0.1 + deep / 2], b - [0, 0, 0.1 + deep / 2], width * 0.8, deep, Material.DARK_STEEL, "truss"),
            rails(kit, edge_a, edge_b, keep=1 - 0.1 * kit.chaos),
            strip_lamps(kit, (a + b) / 2 - [0, 0, deep + 0.2], (0.5, 1.6, 0.14), kit.chance("catwalk lamp", n, 0.5)),
        ]
    )


def services(kit: Kit, h: Nave) -> Parts:
    """Great pipes and ducts along the side walls, above the galleries."""
    draws = kit.stream.sub("services")
    n = 5
    side = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    radius = draws.between("radius", n, 0.008, 0.03) * min(h.half * 2, h.height)
    z = h.floor + h.height * draws.between("level", n, 0.5, 0.72)
    y = side * (h.half - radius * 1.5)
    ends = h.length / 2 - h.wall
    stuff = np.where(draws.unit("rust", n) < 0.4, Material.RUST, Material.STEEL)
    return pipe_runs(kit, points(-ends, y, z), points(ends, y, z), radius, flange=h.bay / 2, material=stuff)


def hangings(kit: Kit, h: Nave, half: float) -> Parts:
    """Cables slung from side to side high up, deeper with every age, and a few that have come down to the floor."""
    draws = kit.stream.sub("hangings")
    n = round((6 + 22 * kit.chaos) * max(1.0, h.length / 200))
    x = draws.between("x", n, -0.48, 0.48) * (h.length - 2 * h.wall)
    shift = draws.between("shift", n, -0.5, 0.5) * h.bay
    z = h.floor + draws.between("z", 2 * n, 0.42, 0.74).reshape(2, n) * h.height
    far = np.clip(x + shift, -h.length / 2 + h.wall, h.length / 2 - h.wall)
    slung = cables(
        kit, points(x, -half, z[0]), points(far, half, z[1]), draws.between("sag", n, 0.05, 0.3) * h.height, 0.0006 * h.height + 0.015
    )
    k = max(1, n // 3)
    foot = points(x[:k] + 0.3 * h.bay, draws.between("foot", k, -0.9, 0.9) * half, h.floor)
    high = points(
        np.clip(foot[:, 0] + shift[:k] * 0.2, -h.length / 2 + h.wall, h.length / 2 - h.wall), foot[:, 1], h.floor + 0.8 * h.height
    )
    fallen = kit.bar(foot, high, 0.05, 0.05, Material.CABLE, "pipe")
    return join([slung, fallen])


def litter(kit: Kit, h: Nave) -> Parts:
    """Rubble thickening towards the walls, crates, and somebody small on the vanishing line (canon S12)."""
    ends = h.length / 2 - h.wall
    count = round(min(260, 30 + 0.02 * h.length * h.half) * (0.6 + 0.6 * kit.chaos))
    large = min(2.6, 0.06 * h.half + 0.2)
    made = []
    for number, middle in enumerate((-0.62 * h.half, 0.62 * h.half)):
        low, high = (-ends, middle - 0.3 * h.half, h.floor), (ends, middle + 0.3 * h.half, h.floor)
        made.append(debris(kit, low, high, count // 2, largest=large, name=f"rubble {number}"))
    made.append(debris(kit, (-ends, -0.5 * h.half, h.floor), (ends, 0.5 * h.half, h.floor), count // 2, largest=0.4, name="grit"))
    n = max(3, round(h.length / 25))
    draws = kit.stream.sub("crates")
    side = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    foot = points(draws.between("x", n, -ends + 2, ends - 2), side * h.half * draws.between("y", n, 0.34, 0.6), h.floor)
    size = points(draws.between("long", n, 0.8, 2.4), draws.between("wide", n, 0.7, 1.4), draws.between("high", n, 0.6, 2.0))
    made.append(crates(kit, foot, size, draws.unit("turn", n) * 0.1))
    x = (draws.one("watcher x") - 0.5) * 0.5 * h.length
    made.append(figure(kit, (x, (draws.one("watcher y") - 0.5) * 0.3 * h.half, h.floor + 0.0), 0.25 if draws.one("way") < 0.5 else 0.75))
    return join(made)
