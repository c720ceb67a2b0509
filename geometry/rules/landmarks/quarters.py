"""Landmarks that are quarters: a town with torches, a growth zone where building runs free, a layer that no register knows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import multiply, turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.furnish import figure, inside, kit_of, points, spokes, yaw
from geometry.rules.landmarks.setting import amid, cleared, turned
from geometry.rules.masses import F64, boxes, cables, power, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

Made = tuple[list[Parts], list[Place]]
TIERS = ((620.0, 46.0), (470.0, 118.0), (330.0, 204.0), (200.0, 306.0))
"""Radius and height of the steps of the hill that the town with torches stands on, metres: choices."""
HOUSES = (13, 10, 7)
"""Quarters on each of them but the last."""
ZONE = 3000.0
"""Half the width of the growth zone, metres: a choice."""
BAYS = 9
"""Lattices one over the other in a frame of it."""
PITCH, COLUMN, LID = 420.0, 76.0, 1900.0
"""Metres from column to column of the unregistered layer, how wide they are and how high they stand: choices."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The landmark, in a district with room for it; the unregistered layer has none."""
    made, within = _KINDS[place.kind](place, spec)
    if place.kind not in _ROOM:
        return Growth(inside(place.size, join(made)), tuple(within))
    half, high = _ROOM[place.kind]
    return amid(place, spec, made, within, cleared(half), high=high)


def _gangway(place: Place, at: tuple[float, float, float], floor: float) -> tuple[Parts, Place]:
    """A gangway towards +y from which one looks, ending at a point (x, y, height of its deck), on a pier; and the walkway itself."""
    x, y, high = at
    size = (90.0, 7.0, 10.0)
    way = place.child("walkway", 0, (x, y - 45.0, high - deck_height(size)), size, quarter_turns=1, form=1)
    pier = boxes(
        [[x - 26.0, y - 330.0, floor]], [[x + 26.0, y - 90.0, high - 4.0]], Material.OLD_CONCRETE, exposure=shade(0.4), year=place.year
    )
    return pier, way


# The town with torches ------------------------------------------------------------------------------------------------


def _town(place: Place, spec: CitySpec) -> Made:
    """Terraced quarters round a hill of rubble and old masses, a fire at every corner, and a causeway of fires up to it (canon P94)."""
    stream = place.stream.sub("town")
    edges = np.concatenate([_ring(radius - 6.0, top, 44.0) for radius, top in TIERS])
    lanes = np.concatenate([_lane(f) for f in (0.03, 0.21, 0.44, 0.62, 0.75, 0.88)])
    causeway = points(np.tile([-17.0, 17.0], 30), -640.0 - 27.0 * np.repeat(np.arange(30), 2), 24.0)
    great = np.concatenate([edges[stream.unit("edge", len(edges)) < 0.8], lanes])
    road = boxes([[-24.0, -1480.0, 12.0]], [[24.0, -600.0, 24.0]], Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year)
    kit = kit_of(place, 60, spec)
    who = spokes(stream.unit("who", 40)) * np.repeat([612.0, 462.0], 20)[:, None] + points(0, 0, np.repeat([46.0, 118.0], 20))
    people = figure(kit, np.concatenate([who, points([2.0, -4.0, 6.0], [-900.0, -1010.0, -1180.0], 24.0)]), stream.unit("face", 43))
    fires = [_torches(great, 2.2, place.year), _torches(causeway, 1.0, place.year)]
    return [_hill(place, stream), *fires, road, people, _beacon(place)], _quarters(place)


def _ring(radius: float, top: float, pitch: float) -> F64:
    """Points (n, 3) about every `pitch` metres round a step of the hill."""
    n = max(int(6.2832 * radius / pitch), 3)
    return spokes(np.arange(n) / n) * radius + points(0, 0, top)


def _lane(f: float) -> F64:
    """Points (n, 3) up the hill along a fraction of a turn: the foot and the head of each of its stairs."""
    at = [spokes(np.array([f]))[0] * (radius + out) + np.array([0.0, 0.0, top]) for radius, top in TIERS for out in (-9.0, -70.0)]
    return np.array(at)


def _torches(feet: F64, size: float, year: float) -> Parts:
    """Fires in baskets on poles that stand at points (n, 3), so many times as large as one that a person can tend."""
    up = np.array([0.0, 0.0, size])
    pole = parts("drum", feet + 3.2 * up, (0.5 * size, 0.5 * size, 6.4 * size), Material.DARK_STEEL, exposure=shade(0.5), year=year)
    basket = parts("drum", feet + 6.6 * up, (2.2 * size, 2.2 * size, 0.9 * size), Material.RUST, exposure=shade(0.5), year=year)
    flame = parts("cone", feet + 8.8 * up, (1.9 * size, 1.9 * size, 3.6 * size), Material.WARM_LIGHT, exposure=255, year=year)
    return join([pole, basket, flame])


def _hill(place: Place, stream: Stream) -> Parts:
    """The steps of the hill, buttresses of what it was made of, and stairs between them."""
    groups = []
    for number, (radius, top) in enumerate(TIERS):
        n = 40
        f, own = (np.arange(n) + 0.5) / n, stream.sub("step", number)
        wide = 2.0 * 3.1416 * radius / n * 1.04
        at, deep = spokes(f) * (radius - 60.0), own.between("deep", n, 116.0, 132.0)
        size = np.stack([deep, np.full(n, wide), np.full(n, top)], axis=-1)
        stuff = np.array([Material.OLD_CONCRETE, Material.CONCRETE, Material.MEGASTRUCTURE])[own.choice("of", n, [5, 2, 1])]
        groups.append(
            parts("box", at + points(0, 0, top / 2), size, stuff, rotation=yaw(f), exposure=shade(0.4), tint=tints(own, n), year=place.year)
        )
        groups.append(
            parts(
                "drum", [[0, 0, top / 2 - 4.0]], (2 * radius - 90.0, 2 * radius - 90.0, top - 8.0), Material.OLD_CONCRETE, year=place.year
            )
        )
        g, out = own.unit("buttress", 16), power(own.unit("out", 16), 8.0, 40.0)
        groups.append(
            parts(
                "wedge",
                spokes(g) * (radius + out / 2)[:, None] + points(0, 0, 0.4 * top),
                np.stack([out, power(own.unit("wide", 16), 6.0, 30.0), np.full(16, 0.8 * top)], axis=-1),
                Material.OLD_CONCRETE,
                rotation=yaw(g),
                exposure=shade(0.4),
                tint=tints(own, 16),
                year=place.year,
            )
        )
    return join(groups)


def _quarters(place: Place) -> list[Place]:
    """Terraced quarters on the steps, their backs to the hill."""
    found = []
    for number, ((radius, top), count) in enumerate(zip(TIERS, HOUSES, strict=False)):
        wide = 6.2832 * (radius - 100.0) / count * 0.9
        for i in range(count):
            f = np.array([(i + 0.5 + 0.37 * number) / count % 1.0])
            at = spokes(f)[0] * (radius - 82.0) + np.array([0.0, 0.0, top])
            size = (wide, 96.0, 92.0)
            found.append(turned(place, "village", 100 * number + i, at, size, yaw((f + 0.25) % 1.0)[0], form=2))
    return found


def _beacon(place: Place) -> Parts:
    """The tower on the hill, the great fire on it, and ropes down to the steps."""
    top = TIERS[-1][1]
    n = 5
    z, wide = top + 26.0 + 52.0 * np.arange(n), 84.0 - 11.0 * np.arange(n)
    tower = parts(
        "chamfer", points(0, 0, z), np.stack([wide, wide, np.full(n, 50.0)], axis=-1), Material.OLD_CONCRETE, exposure=shade(0.5),
        rotation=yaw(np.arange(n) * 0.021), year=place.year,
    )  # fmt: skip
    head = top + 52.0 * n
    fire = parts("cone", [[0.0, 0.0, head + 13.0]], (15.0, 15.0, 26.0), Material.WARM_LIGHT, exposure=255, year=place.year)
    bowl = parts("drum", [[0.0, 0.0, head]], (22.0, 22.0, 5.0), Material.RUST, exposure=shade(0.6), year=place.year)
    f = np.arange(14) / 14
    ropes = cables(np.tile([0.0, 0.0, head - 8.0], (14, 1)), spokes(f) * 560.0 + points(0, 0, 120.0), 40.0, 0.7, light=0.5, year=place.year)
    return join([tower, fire, bowl, ropes])


# The growth zone ------------------------------------------------------------------------------------------------------


def _growing(place: Place, spec: CitySpec) -> Made:
    """Where building runs free: masses raised through one another, frames about them, and those who raise them (canon P74, P76)."""
    stream = place.stream.sub("growing")
    pier, way = _gangway(place, (0.0, -1150.0, 460.0), 0.0)
    at, wide, tall = _sites(stream)
    return [_grown(place, stream, at, wide, tall), _frames(place, stream, at, wide, tall), _sparks(place, stream), pier], [
        *_workers(place, stream, at, wide, tall),
        way,
    ]


def _sites(stream: Stream) -> tuple[F64, F64, F64]:
    """Where masses are raised (n, 3), how wide and how tall, metres; none stands in the way of the sight."""
    n = 74
    f, r = stream.unit("f", n), ZONE * 0.9 * np.sqrt(stream.unit("r", n))
    at = spokes(f) * r[:, None]
    wide = power(stream.unit("wide", n), 130.0, 640.0)
    tall = wide * stream.between("tall", n, 1.1, 3.6)
    kept = (np.abs(at[:, 0]) > 120.0 + wide) | (at[:, 1] > -200.0)
    return at[kept], wide[kept], tall[kept]


def _grown(place: Place, stream: Stream, at: F64, wide: F64, tall: F64) -> Parts:
    """The masses, one through the other; one in four leans."""
    n = len(at)
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    lean = np.where(stream.unit("leans", n) < 0.25, stream.between("lean", n, 0.05, 0.22), 0.0)
    heading = yaw(stream.unit("heading", n))
    groups = []
    for i in range(n):
        clan = derive(place.key, "clan", i % 3)
        mass = raised(Streams(own.keys[i : i + 1]), clan, wide[i : i + 1], tall[i : i + 1], np.zeros((1, 3)), epoch=10.0)
        groups.append(mass.moved(at[i], multiply(heading[i : i + 1], turn("y", lean[i : i + 1]))[0]))
    return join(groups)


def _frames(place: Place, stream: Stream, at: F64, wide: F64, tall: F64) -> Parts:
    """Lattices about what is being raised, and above it where it is not yet; arms that reach out from them."""
    over = tall * stream.between("over", len(at), 0.4, 1.35)
    return join([*(_scaffold(place, stream, at, wide, over, side) for side in range(4)), _cranes(place, stream, at, over)])


def _scaffold(place: Place, stream: Stream, at: F64, wide: F64, over: F64, side: int) -> Parts:
    """Lattices one over the other at one side of every other mass, up to heights (n,)."""
    n = len(at)
    f = (stream.unit("frame", n) + 0.25 * side) % 1.0
    foot = at + spokes(f) * (0.62 * wide)[:, None]
    rise = points(0, 0, ((np.arange(BAYS) + 0.5) * over[:, None] / BAYS).ravel())
    kept = stream.unit(f"side {side}", n) < 0.55
    return parts(
        "lattice",
        foot[:, None].repeat(BAYS, 1).reshape(-1, 3) + rise,
        np.stack([1.15 * wide, np.full(n, 6.0), over / BAYS], axis=-1).repeat(BAYS, 0),
        Material.DARK_STEEL,
        rotation=yaw((f + 0.25) % 1.0).repeat(BAYS, 0),
        exposure=shade(0.7),
        year=place.year,
    )[kept.repeat(BAYS)]


def _cranes(place: Place, stream: Stream, at: F64, over: F64) -> Parts:
    """Arms high on the scaffolds, ropes from their ends, and loads on the ropes."""
    n = 46
    which = stream.whole("arm", n, 0, len(at))
    f, long = stream.unit("arm f", n), power(stream.unit("arm long", n), 120.0, 620.0)
    arm = at[which] + spokes(f) * (0.35 * long)[:, None] + points(0, 0, over[which] * stream.between("arm z", n, 0.7, 1.0))
    hook, load = arm + spokes(f) * (0.45 * long)[:, None], power(stream.unit("load", n), 16.0, 90.0)
    down = 0.6 * hook[:, 2]
    arms = parts(
        "truss", arm, np.stack([long, 12.0 + 0.02 * long, 16.0 + 0.03 * long], axis=-1), Material.DARK_STEEL,
        rotation=yaw(f), exposure=shade(0.7), tint=tints(stream, n), year=place.year,
    )  # fmt: skip
    ropes = cables(hook, hook - points(-2.0, 0, down), 0.5, 1.6, light=0.6, year=place.year)
    loads = parts(
        "box", hook - points(0, 0, down + 0.4 * load), np.stack([1.6 * load, load, 0.7 * load], axis=-1), Material.CONCRETE,
        rotation=yaw(stream.unit("load f", n)), exposure=shade(0.8), tint=tints(stream, n), year=place.year,
    )  # fmt: skip
    return join([arms, ropes, loads])


def _sparks(place: Place, stream: Stream) -> Parts:
    """Where matter is being joined it shines."""
    n = 260
    at = points(
        stream.between("sx", n, -1.0, 1.0) * ZONE * 0.8,
        stream.between("sy", n, -0.5, 1.0) * ZONE * 0.8,
        power(stream.unit("sz", n), 60.0, 1500.0),
    )
    size = power(stream.unit("spark", n), 2.0, 14.0)
    return parts("drum", at, np.stack([size] * 3, axis=-1), Material.COLD_LIGHT, exposure=255, tint=tints(stream, n), year=place.year)


def _workers(place: Place, stream: Stream, at: F64, wide: F64, tall: F64) -> list[Place]:
    """Builders of every class: giants between the masses, cranes on them, the small where one walks (canon P72)."""
    n = len(at)
    giants = [
        ((190.0, -760.0, 0.0), 520.0, 4),
        ((-430.0, -300.0, 0.0), 760.0, 3),
        ((620.0, 500.0, 0.0), 980.0, 2),
        ((-900.0, 900.0, 0.0), 900.0, 1),
    ]
    found = [place.child("builder", i, spot, (size, size, size), quarter_turns=i, form=form) for i, (spot, size, form) in enumerate(giants)]
    for i in range(0, n, 3):
        size = min(0.5 * wide[i], 120.0)
        spot = (float(at[i, 0]), float(at[i, 1]), float(tall[i]))
        found.append(place.child("builder", 10 + i, spot, (size, size, size), quarter_turns=i % 4))
    f = stream.unit("small", 6)
    found += [
        place.child("builder", 200 + i, (float(-30.0 + 10.0 * i), float(-1000.0 + 60.0 * f[i]), 0.0), (5.0, 5.0, 5.0), quarter_turns=i % 4)
        for i in range(6)
    ]
    return found


# The unregistered layer -----------------------------------------------------------------------------------------------


def _unregistered(place: Place, spec: CitySpec) -> Made:
    """Columns in step as far as one sees, one like the other, under one lid: nobody's memory was asked, no link runs in it (canon P07)."""
    count = int((min(place.size[0], place.size[1]) / 2 - PITCH) / PITCH)
    k = np.arange(-count, count + 1) * PITCH
    x, y = (grid.ravel() for grid in np.meshgrid(k + PITCH / 2, k, indexing="ij"))
    x, y = x[np.abs(x) < k[-1]], y[np.abs(x) < k[-1]]
    side = 2.0 * (k[-1] + PITCH / 2)
    look: dict[str, ArrayLike] = {"exposure": shade(0.75), "year": place.year}
    shafts = parts("box", points(x, y, LID / 2 + 10.0), (COLUMN, COLUMN, LID), Material.MEGASTRUCTURE, **look)
    feet = parts("frustum", points(x, y, 30.0), (2.0 * COLUMN, 2.0 * COLUMN, 44.0), Material.MEGASTRUCTURE, **look)
    heads = parts("box", points(x, y, LID - 14.0), (2.4 * COLUMN, 2.4 * COLUMN, 40.0), Material.MEGASTRUCTURE, **look)
    floor = boxes([[-side / 2, -side / 2, 0.0]], [[side / 2, side / 2, 10.0]], Material.MEGASTRUCTURE, **look)
    beams = parts("box", points(0.0, k, LID + 22.0), (side, 46.0, 44.0), Material.MEGASTRUCTURE, exposure=shade(0.5), year=place.year)
    near = (np.abs(x) < 9.0 * PITCH) & (np.abs(y) < 9.0 * PITCH) & (np.rint(y / PITCH).astype(int) % 3 == 0)
    seams = parts("box", points(x[near], y[near] - COLUMN / 2 - 0.2, LID / 2), (0.5, 0.5, LID - 60.0), Material.COLD_LIGHT, year=place.year)
    kit = kit_of(place, 120, spec)
    people = figure(kit, [[3.0, -1216.0, 10.0]], [0.25])
    lamp = parts("box", [[3.7, -1215.8, 10.9]], (0.16, 0.16, 0.28), Material.WARM_LIGHT, exposure=255, year=place.year)
    return [shafts, feet, heads, floor, beams, seams, people, lamp], []


_ROOM: dict[str, tuple[float, float]] = {"torch-town": (1500.0, 4200.0), "growth-zone": (ZONE, 4600.0)}
"""Half the width of the room made in the district, and how high the district is, metres."""
_KINDS: dict[str, Callable[[Place, CitySpec], Made]] = {
    "torch-town": _town,
    "growth-zone": _growing,
    "unregistered-layer": _unregistered,
}
