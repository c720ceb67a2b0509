"""Hall: a gigantic interior with one vanishing line (canon P62, P96), closed by real slabs and open at both ends.

Form 1 is a nave under ribs and a vault, 2 a hypostyle of cruciform piers, 3 a drum with ring galleries, 4 a furnace
with a giant fan (canon P94); 0 lets the key choose.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import QUARTER_TURNS, multiply, turn
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import Kit, cables, kit_of, lengthwise, pipe_runs, points, rails, spokes, spread, strip_lamps, yaw
from geometry.rules.hall_dress import crane, fan_wall, lined, ringed
from geometry.rules.hall_galleries import galleries
from geometry.rules.hall_shell import F64, Nave, catwalks, hangings, litter, nave_of, overgrown, services, shell, track
from geometry.rules.keepout import clear_of
from geometry.rules.lamplight import lamplit
from geometry.spec import CitySpec

_WEIGHTS = (4, 3, 2, 2)
_FURNACE = 4
_ACROSS = QUARTER_TURNS["z"][1]


def unfold(place: Place, spec: CitySpec) -> Growth:
    """One of four halls; rooms and Builders in it are children."""
    fill = (_nave, _hypostyle, _drum, _furnace)[form_of(place) - 1]

    def grown(turned: Place) -> Growth:
        h = nave_of(turned)
        lodgers = _lodgers(turned, h)
        rooms = [_box(child, turned) for child in lodgers if child.kind != "builder"]
        parts = lamplit(clear_of(fill(kit_of(turned, 45, spec), h), rooms), dark=30, bright=150, reach=0.13 * h.height)
        return Growth(parts, lodgers)

    return lengthwise(place, grown)


def _box(child: Place, hall: Place) -> tuple[F64, F64]:
    """The corners of a child's box in its hall."""
    corner = np.array([child.size[0] / 2, child.size[1] / 2, 0.0])
    a = hall.frame.to_local(child.frame.to_world(-corner))
    b = hall.frame.to_local(child.frame.to_world(corner + [0.0, 0.0, child.size[2]]))
    return np.minimum(a, b), np.maximum(a, b)


def form_of(place: Place) -> int:
    """1 nave, 2 hypostyle, 3 drum hall, 4 furnace."""
    form = place.form or 1 + int(place.stream.choice("form", 1, _WEIGHTS)[0])
    return (form - 1) % 4 + 1


def viewpoint(place: Place) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """(eye, focus) in the place's metres: above the floor inside one end, as from a catwalk, looking down the length."""
    x, y, z = place.size
    long, wide = max(x, y), min(x, y)
    floor = nave_of(place).floor
    eye, focus = (-0.46 * long, -0.1 * wide, floor + max(2.6, 0.07 * z)), (0.5 * long, 0.03 * wide, floor + 0.28 * z)
    return (eye, focus) if x >= y else ((-eye[1], eye[0], eye[2]), (-focus[1], focus[0], focus[2]))


def _lodgers(place: Place, h: Nave) -> tuple[Place, ...]:
    """Rooms and a passage along the walls, a stair in a corner, now and then a Builder beside the track (canon S86, P73)."""
    s = place.stream
    n = 2 + int(s.whole("rooms", 1, 0, 4)[0])
    side = np.where(s.unit("room side", n) < 0.5, -1, 1)
    bay = s.whole("room bay", n, 0, len(h.bays))
    deep = min(6.0, 0.26 * h.half)
    furnace = form_of(place) == _FURNACE
    size = (min(8.0, 0.5 * h.bay, h.bay - _kettle(h) - 1.0 if furnace else h.bay), deep, 3.4)
    along = h.joints if furnace else h.bays  # between the kettles, not behind one
    fits = deep > 3.0 and h.height > 6.0 and size[0] > 3.0
    rooms = [
        place.child(
            "room",
            i,
            (float(along[bay[i]]), float(side[i]) * (h.half - deep / 2 - 0.3), h.floor),
            size,
            quarter_turns=0 if side[i] > 0 else 2,
            form=2,
        )
        for i in np.unique(bay, return_index=True)[1].tolist()
        if fits and bay[i] > 0
    ]
    rooms += _ways(h, place) if fits and h.bay > 8.0 else []
    if s.one("builder") < 0.5 or h.half < 6.0:
        return tuple(rooms)
    tall = min(0.30 * h.half, 0.2 * h.height) * (0.7 + 0.6 * s.one("builder size"))
    y = (0.30 * h.half + tall / 2) * (1 if s.one("builder side") < 0.5 else -1)
    at = (float(h.bays[int(s.whole("builder bay", 1, 1, len(h.bays) - 1)[0])]), y, h.floor)
    return (*rooms, place.child("builder", 0, at, (1.3 * tall, tall, tall), quarter_turns=int(s.whole("builder way", 1, 0, 4)[0]) // 2 * 2))


def _ways(h: Nave, place: Place) -> list[Place]:
    """The passage and the stair: both stand in the first bay, where no room does."""
    side = -1.0 if place.stream.one("ways") < 0.5 else 1.0
    x, long = float(h.bays[0]), min(0.9 * h.bay, 40.0)
    deep, tall = min(4.0, 0.2 * h.half), min(3.5, 0.4 * h.height)
    found = [place.child("corridor", 0, (x, side * (h.half - deep / 2 - 0.2), h.floor), (long, deep, tall))] if long > deep > 1.6 else []
    wide = min(7.0, 0.2 * h.half, 0.4 * h.bay)
    if wide > 5.0 and h.height > 12.0:
        high = min(0.5 * h.height, 120.0)
        at = (x, -side * (h.half - wide / 2 - 0.3), h.floor)
        found.append(place.child("stair", 0, at, (wide, wide, high), quarter_turns=1 if side < 0 else 3))
    return found


def _nave(kit: Kit, h: Nave) -> Parts:
    """Ribs that are pier and arch in one, a vault between them, aisles with galleries, lamps along the crown."""
    x = h.joints[1:-1]
    rib = (2 * h.half, 0.16 * h.bay, h.height)
    middle = h.floor + h.height / 2
    ribs = kit.solid("arch", points(x, 0.0, middle), rib, Material.OLD_CONCRETE, _ACROSS)
    pier = 0.13 * h.half
    gx, side = (g.ravel() for g in np.meshgrid(x, [-1.0, 1.0], indexing="ij"))
    shaft = kit.solid(
        "chamfer", points(gx, side * (0.68 * h.half - pier * 0.1), h.floor + 0.27 * h.height), (pier * 1.5, pier * 1.5, 0.54 * h.height)
    )
    foot = kit.solid(
        "frustum",
        points(gx, side * 0.67 * h.half, h.floor + 0.03 * h.height),
        (pier * 2.4, pier * 2.4, 0.06 * h.height),
        Material.OLD_CONCRETE,
    )
    spring, crown = h.floor + 0.5 * h.height, h.floor + 0.96 * h.height
    vault = kit.solid("vault", points(0, 0, (spring + crown) / 2), (h.length - 2 * h.wall, 1.62 * h.half, crown - spring))
    made = [
        shell(kit, h),
        hangings(kit, h, 0.66 * h.half),
        ribs,
        shaft,
        foot,
        vault,
        _crown_lamps(kit, h),
        services(kit, h),
        litter(kit, h),
        overgrown(kit, h),
        lined(kit, h),
    ]
    made += [
        galleries(kit, h, h.levels, 0.4305 * h.half + 1.6 if h.half > 12.0 else 0.36 * h.half),
        catwalks(kit, h, h.levels, 0.66 * h.half),
        _misremembered(kit, h, rib),
    ]
    return join(made)


def _crown_lamps(kit: Kit, h: Nave) -> Parts:
    """Lamp wells in the crown that follow the layer's day, and cold strips on the ribs that never sleep."""
    x, z = h.bays, h.floor + 0.885 * h.height
    wells = kit.solid("box", points(x, 0, z), (0.5 * h.bay, 0.22 * h.half, 0.02 * h.height), Material.LAMP)
    kerbs = kit.solid("frame", points(x, 0, z), (0.62 * h.bay, 0.034 * h.height, 0.3 * h.half), Material.DARK_STEEL, QUARTER_TURNS["x"][1])
    gx, side = (g.ravel() for g in np.meshgrid(h.joints[1:-1], [-1.0, 1.0], indexing="ij"))
    lit = kit.chance("rib lamp", len(gx), 0.75 - 0.4 * kit.chaos)
    tall = 0.012 * h.height + 0.25
    at = points(gx, side * 0.575 * h.half, h.floor + 0.16 * h.height)
    strips = strip_lamps(kit, at, (0.12 * h.bay, 0.02 * h.half + 0.2, tall), lit)
    hangers = kit.bar(at, at + points(0, side * 0.1 * h.half, 0), 0.12, 0.12, Material.DARK_STEEL)
    return join([wells, kerbs, strips, hangers])


def _misremembered(kit: Kit, h: Nave, rib: tuple[float, float, float]) -> Parts:
    """Ribs built again where they should not be: smaller, turned, half sunk into the wall (canon S49)."""
    n = round(6 * kit.chaos)
    if n == 0:
        return EMPTY
    draws = kit.stream.sub("misremembered")
    scale = draws.between("scale", n, 0.12, 0.3)
    x = h.bays[draws.whole("bay", n, 0, len(h.bays))]
    side = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    size = np.asarray(rib) * scale[:, None]
    spin = multiply(QUARTER_TURNS["z"][draws.whole("turn", n, 0, 2)], turn("z", draws.between("skew", n, -0.06, 0.06)))
    ground = kit.solid("arch", points(x, side * 0.72 * h.half, h.floor + size[:, 2] / 2), size, Material.CONCRETE, spin)
    stubs = kit.solid(
        "chamfer",
        points(x + 0.3 * h.bay, side * (h.half - 0.06 * h.half), h.floor + 0.74 * h.height),
        (0.14 * h.bay, 0.14 * h.half, 0.2 * h.height),
    )
    return join([ground, stubs])


def _hypostyle(kit: Kit, h: Nave) -> Parts:
    """Four rows of cruciform piers under a coffered ceiling; the middle row is the empty one."""
    rows = np.array([-0.78, -0.42, 0.42, 0.78]) * h.half
    gx, gy = (g.ravel() for g in np.meshgrid(h.joints[1:-1], rows, indexing="ij"))
    there = ~kit.chance("pier lost", len(gx), 0.06 * kit.chaos)
    gx, gy = gx[there], gy[there]
    d = 0.15 * h.half
    shaft = kit.solid("cross", points(gx, gy, h.floor + h.height / 2), (d, d, h.height), Material.CONCRETE)
    core = kit.solid("drum", points(gx, gy, h.floor + 0.42 * h.height), (0.62 * d, 0.62 * d, 0.84 * h.height), Material.OLD_CONCRETE)
    base = kit.solid("frustum", points(gx, gy, h.floor + 0.03 * h.height), (1.7 * d, 1.7 * d, 0.06 * h.height), Material.OLD_CONCRETE)
    flip = multiply(QUARTER_TURNS["x"][2], QUARTER_TURNS["z"][0])
    capital = kit.solid("frustum", points(gx, gy, h.floor + 0.9 * h.height), (2.2 * d, 2.2 * d, 0.1 * h.height), Material.CONCRETE, flip)
    band = kit.solid("box", points(gx, gy, h.floor + 0.3 * h.height), (1.06 * d, 1.06 * d, 0.02 * h.height), Material.DARK_STEEL)
    z = h.floor + 0.97 * h.height
    x = spread(-h.length / 2, h.length / 2, h.bay / 2)
    beams = kit.bar(points(x, -h.half, z), points(x, h.half, z), 0.05 * h.bay, 0.06 * h.height, Material.OLD_CONCRETE)
    long = kit.bar(
        points(-h.length / 2 + h.wall, rows, z - 0.01 * h.height),
        points(h.length / 2 - h.wall, rows, z - 0.01 * h.height),
        0.7 * d,
        0.06 * h.height,
    )
    cx, cy = (g.ravel() for g in np.meshgrid(x[:-1] + h.bay / 4, [-0.51 * h.half, 0.0, 0.51 * h.half], indexing="ij"))
    lit = kit.chance("coffer lit", len(cx), 0.8 - 0.5 * kit.chaos)
    stuff = np.where(lit, Material.LAMP, Material.OLD_CONCRETE)
    coffers = kit.solid("box", points(cx, cy, h.ceiling - 0.15), (0.2 * h.bay, 0.1 * h.half, 0.3), stuff)
    lamp = kit.chance("pier lamp", len(gx), 0.3)
    strips = strip_lamps(
        kit, points(gx, gy - np.sign(gy) * 0.62 * d, h.floor + 0.2 * h.height)[lamp], (0.4 * d, 0.3 * d, 0.05 * d + 0.1), True
    )
    made = [
        shell(kit, h),
        shaft,
        core,
        base,
        capital,
        band,
        beams,
        long,
        coffers,
        strips,
        litter(kit, h),
        services(kit, h),
        overgrown(kit, h),
        lined(kit, h),
        ringed(kit, h, gx, gy, d),
    ]
    return join([*made, galleries(kit, h, h.levels[1::2], 0.14 * h.half), catwalks(kit, h, h.levels[1::2], 0.87 * h.half)])


def _drum(kit: Kit, h: Nave) -> Parts:
    """A round hall: panels between pilasters, rings of galleries, a hanging core, bridges to it, a dome with an eye."""
    radius = min(h.half, h.length / 2 - h.wall)
    n = 36
    f = (np.arange(n) + 0.5) / n
    out, heading = spokes(f), yaw(f)
    face = 2 * radius * 0.0875
    gate = np.abs(out[:, 1]) * radius < h.door[0] + face / 2
    tall, low = h.height * 0.8, np.where(gate, h.door[1], 0.0)
    middle = out * (radius + h.wall * 0.35) + points(0, 0, h.floor + (low + tall) / 2)
    panels = kit.solid(
        "box", middle, np.stack([np.full(n, h.wall * 0.6), np.full(n, face * 1.12), tall - low], axis=-1), Material.CONCRETE, heading
    )
    pilaster = spokes(f + 0.5 / n) * (radius - 0.02 * radius) + [0, 0, h.floor + tall / 2]
    keep = np.abs(pilaster[:, 1]) > h.door[0] + 0.03 * radius
    pilasters = kit.solid("box", pilaster[keep], (0.09 * radius, 0.05 * radius, tall), Material.OLD_CONCRETE, yaw(f + 0.5 / n)[keep])
    slabs = kit.box((-h.length / 2, -h.half, 0), (h.length / 2, h.half, h.floor), Material.OLD_CONCRETE)
    dome = kit.solid(
        "ring", points(0, 0, h.floor + tall + 0.02 * h.height * np.arange(8)), _rings(radius + h.wall * 0.6, 8, 0.03 * h.height)
    )
    eye = kit.solid("drum", points(0, 0, h.ceiling - 0.02 * h.height), (0.62 * radius, 0.62 * radius, 0.02 * h.height), Material.LAMP)
    lid = kit.solid(
        "drum", (0, 0, (h.ceiling + h.top) / 2), (2 * radius + h.wall, 2 * radius + h.wall, h.top - h.ceiling), Material.CONCRETE
    )
    cap = kit.solid(
        "dome",
        (0, 0, h.ceiling - 0.09 * h.height),
        (1.5 * radius, 1.5 * radius, 0.18 * h.height),
        Material.OLD_CONCRETE,
        QUARTER_TURNS["x"][2],
    )
    made = [panels, pilasters, slabs, dome, eye, lid, cap, _vestibules(kit, h, radius), _ring_galleries(kit, h, radius), litter(kit, h)]
    return join([*made, _core(kit, h, radius), track(kit, h, 0.25 * h.half)])


def _rings(radius: float, n: int, thick: float) -> F64:
    """Sizes (n, 3) of hoops closing in on an eye."""
    across = 2 * radius * (1.0 - 0.035 * np.arange(n))
    return np.stack([across, across, np.full(n, thick)], axis=-1)


def _vestibules(kit: Kit, h: Nave, radius: float) -> Parts:
    """Passages from the round to the open ends of the box."""
    wide, tall = h.door
    end, side = (g.ravel() for g in np.meshgrid([-1.0, 1.0], [-1.0, 1.0], indexing="ij"))
    near, far = end * (radius - 0.01 * radius), end * h.length / 2
    y = side * (wide + h.wall / 2)
    walls = kit.box(points(np.minimum(near, far), y - h.wall / 2, h.floor), points(np.maximum(near, far), y + h.wall / 2, h.floor + tall))
    one = end[::2]
    roof_low = points(np.minimum(near, far)[::2], -wide - h.wall, h.floor + tall)
    roof = kit.box(roof_low, points(np.maximum(near, far)[::2], wide + h.wall, h.floor + tall + h.wall), Material.OLD_CONCRETE)
    lamp = strip_lamps(kit, points(one * (radius - 0.02 * radius), 0, h.floor + tall + h.wall * 0.4), (0.3, wide, 0.3), True)
    return join([walls, roof, lamp])


def _ring_galleries(kit: Kit, h: Nave, radius: float) -> Parts:
    """Ring slabs with rails and lamps at every storey."""
    z = h.floor + h.height * np.array([0.46, 0.54, 0.62, 0.70]) if h.height < 40 else h.floor + np.arange(0.46, 0.78, 0.05) * h.height
    slabs = kit.solid("ring", points(0, 0, z), (2 * radius, 2 * radius, 0.5), Material.CONCRETE)
    n = 48
    turns = np.arange(n + 1) / n
    rim = spokes(turns) * (0.915 * radius)
    a = (rim[None, :-1] + points(0, 0, z + 0.25)[:, None]).reshape(-1, 3)
    b = (rim[None, 1:] + points(0, 0, z + 0.25)[:, None]).reshape(-1, 3)
    lamps = (spokes(np.arange(24) / 24)[None] * (0.93 * radius) + points(0, 0, z - 0.35)[:, None]).reshape(-1, 3)
    lit = kit.chance("ring lamp", len(lamps), 0.4 - 0.2 * kit.chaos)
    return join([slabs, rails(kit, a, b, bay=99.0), strip_lamps(kit, lamps, (0.7, 0.7, 0.18), lit)])


def _core(kit: Kit, h: Nave, radius: float) -> Parts:
    """A banded core hung from the lid, bridges out to the galleries, cables."""
    r, low = 0.15 * radius, h.floor + 0.3 * h.height
    n = 6
    z = low + (np.arange(n) + 0.5) * ((h.ceiling - low) / n)
    core = kit.solid(
        "banded_drum",
        points(0, 0, z),
        np.stack([2 * r * (1 + 0.2 * kit.stream.unit("girth", n))] * 2 + [np.full(n, (h.ceiling - low) / n)], axis=-1),
        Material.STEEL,
    )
    tip = kit.solid("cone", (0, 0, low - 0.05 * h.height), (2 * r, 2 * r, 0.1 * h.height), Material.DARK_STEEL, QUARTER_TURNS["x"][2])
    fan = kit.solid("fan", (0, 0, low + 0.015 * h.height), (3.4 * r, 3.4 * r, 0.03 * h.height), Material.DARK_STEEL)
    k = 5
    out = spokes(kit.stream.unit("spoke", k))
    level = points(0, 0, h.floor + h.height * (0.46 + 0.05 * kit.stream.whole("spoke level", k, 0, 5)))
    bridges = kit.bar(out * r * 0.9 + level, out * 0.93 * radius + level, 2.2, 0.3, Material.CONCRETE)
    truss = kit.bar(out * r * 0.9 + level - [0, 0, 1.2], out * 0.93 * radius + level - [0, 0, 1.2], 1.6, 1.9, Material.DARK_STEEL, "truss")
    ends = spokes(kit.stream.unit("guy", 9))
    guys = cables(
        kit, ends * r + [0, 0, low + 0.05 * h.height], ends * 0.95 * radius + [0, 0, h.floor + 0.62 * h.height], 0.06 * h.height, 0.04
    )
    return join([core, tip, fan, bridges, truss, guys])


def _kettle(h: Nave) -> float:
    """Metres across a kettle."""
    return min(0.36 * h.half, 0.72 * h.bay)


def _furnace(kit: Kit, h: Nave) -> Parts:
    """Kettles in two ranks, hoods above them, a travelling crane, and a giant fan in the end wall."""
    gx, side = (g.ravel() for g in np.meshgrid(h.bays, [-1.0, 1.0], indexing="ij"))
    d = _kettle(h)
    tall = kit.stream.between("kettle", len(gx), 0.26, 0.4) * h.height
    y = side * 0.66 * h.half
    kettle = kit.solid(
        "banded_drum", points(gx, y, h.floor + tall / 2), np.stack([np.full(len(gx), d)] * 2 + [tall], axis=-1), Material.STEEL
    )
    domes = kit.solid("dome", points(gx, y, h.floor + tall + 0.13 * d), (0.92 * d, 0.92 * d, 0.27 * d), Material.DARK_STEEL)
    stack = kit.bar(points(gx, y, h.floor + tall), points(gx, y, h.ceiling), 0.24 * d, 0.24 * d, Material.RUST, "pipe")
    hood = kit.solid("frustum", points(gx, y, h.floor + 0.83 * h.height), (1.1 * d, 1.1 * d, 0.16 * h.height), Material.OLD_CONCRETE)
    feed = pipe_runs(
        kit, points(gx, side * h.half, h.floor + 0.5 * tall), points(gx, side * (0.66 * h.half), h.floor + 0.5 * tall), 0.07 * d, flange=3
    )
    glow = strip_lamps(
        kit,
        points(gx, y - side * 0.52 * d, h.floor + 0.3 * tall),
        (0.12 * d, 0.1 * d, 0.05 * d),
        kit.chance("stoked", len(gx), 0.35),
        warm=True,
    )
    walls = kit.solid(
        "box", points(h.joints[1:-1], 0.0, h.floor + 0.965 * h.height), (0.1 * h.bay, 2 * h.half, 0.07 * h.height), Material.OLD_CONCRETE
    )
    made = [
        shell(kit, h),
        hangings(kit, h, 0.9 * h.half),
        kettle,
        domes,
        stack,
        hood,
        feed,
        glow,
        walls,
        litter(kit, h),
        services(kit, h),
        overgrown(kit, h),
        lined(kit, h),
        fan_wall(kit, h),
        crane(kit, h),
    ]
    lamps = kit.solid("box", points(h.bays, 0.0, h.ceiling - 0.2), (0.5 * h.bay, 0.16 * h.half, 0.4), Material.LAMP)
    return join([*made, lamps, galleries(kit, h, h.levels[2::2], 0.12 * h.half)])
