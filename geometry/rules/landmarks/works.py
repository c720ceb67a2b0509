"""Landmarks in a district of their own: a nexus tower, the pipe forest, the well, an abandoned stratum."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import QUARTER_TURNS, multiply, turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import Parts, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.furnish import figure, kit_of, points, spokes, yaw
from geometry.rules.landmarks.setting import amid, cleared, turned
from geometry.rules.masses import boxes, cables, form_of, power, shade, spans, tints
from geometry.rules.shaft import OUTER
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

NEXUS_RADIUS, NEXUS_HIGH = 5_000.0, 9_400.0
"""Metres: within which a nexus tower finds people, and how tall it stands; the canon sheet's choice, and ours."""
FOREST, FOREST_HIGH = 3_000.0, 2_600.0
"""Half the width of the pipe forest, and its height, metres: choices."""
WELL = (6_400.0, 26_000.0)
"""Width and depth of the well, metres: choices."""
Made = tuple[list[Parts], list[Place]]


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The district, and the landmark in the room that was made for it."""
    half, high = _ROOM[place.kind]
    return amid(place, spec, *_KINDS[place.kind](place, spec), cleared(half), high=high)


# The nexus tower ------------------------------------------------------------------------------------------------------


def _nexus(place: Place, spec: CitySpec) -> Made:
    """A slim tower that draws matter from its own walls, and the ring of beacons within which it finds people (canon S93, P78, P79)."""
    size = (100.0, 7.0, 10.0)
    pier = boxes([[-1430.0, -1500.0, 0.0]], [[-1370.0, -1330.0, 1150.0 - 3.0]], Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year)
    way = turned(place, "walkway", 0, np.array([-1366.0, -1296.0, 1150.0 - deck_height(size)]), size, yaw(np.array([0.125]))[0], form=1)
    return [*_spire(place), *_beacons(place), *_footing(place), pier], [way]


def _spire(place: Place) -> list[Parts]:
    """The tower itself: its shells with light in the joints, and what is being drawn out of its walls."""
    stream, n = place.stream.sub("nexus"), 22
    k = np.arange(n)
    z = (k + 0.5) / n * NEXUS_HIGH
    wide = 520.0 * (1.0 - 0.78 * k / n) * stream.between("wide", n, 0.86, 1.12)
    body = parts(
        "prism",
        points(0, 0, z),
        np.stack([wide, wide, np.full(n, NEXUS_HIGH / n * 0.93)], axis=-1),
        Material.MEGASTRUCTURE,
        rotation=yaw(k * 0.037 % 1.0),
        exposure=shade(0.6),
        tint=tints(stream, n),
        year=place.year,
    )
    core = parts(
        "drum", [[0, 0, NEXUS_HIGH * 0.53]], (150.0, 150.0, NEXUS_HIGH * 1.06), Material.DARK_STEEL, exposure=shade(0.3), year=place.year
    )
    gaps = parts(
        "drum",
        points(0, 0, k[1:] * NEXUS_HIGH / n),
        np.stack([0.8 * wide[1:], 0.8 * wide[1:], np.full(n - 1, 9.0)], axis=-1),
        Material.COLD_LIGHT,
        exposure=255,
        year=place.year,
    )
    m = 420
    f, at = stream.unit("f", m), NEXUS_HIGH * stream.unit("at", m) ** 1.7
    r = 235.0 * (1.0 - 0.78 * at / NEXUS_HIGH)
    long, thin = power(stream.unit("long", m), 14.0, 260.0), power(stream.unit("thin", m), 3.0, 26.0)
    drawn = parts(
        "box",
        spokes(f) * (r + long * 0.3)[:, None] + points(0, 0, at),
        np.stack([long, thin, thin * stream.between("tall", m, 0.6, 3.0)], axis=-1),
        Material.MEGASTRUCTURE,
        rotation=yaw(f),
        exposure=shade(0.55),
        tint=tints(stream, m),
        year=place.year,
    )
    return [body, core, gaps, drawn]


def _beacons(place: Place) -> list[Parts]:
    """The ring of posts at the distance within which people are found, and their lamps."""
    stream = place.stream.sub("nexus")
    ring, b = 96, np.arange(96) / 96
    post = parts(
        "box",
        spokes(b) * NEXUS_RADIUS + points(0, 0, 90.0),
        (9.0, 9.0, 180.0),
        Material.DARK_STEEL,
        rotation=yaw(b),
        exposure=shade(0.5),
        year=place.year,
    )
    lamp = parts(
        "box",
        spokes(b) * NEXUS_RADIUS + points(0, 0, 186.0),
        (12.0, 5.0, 12.0),
        Material.COLD_LIGHT,
        rotation=yaw(b),
        exposure=255,
        tint=tints(stream, ring),
        year=place.year,
    )
    return [post, lamp]


def _footing(place: Place) -> list[Parts]:
    """Fins about the foot, and stays from half way up."""
    g = np.arange(9) / 9
    fins = parts(
        "wedge",
        spokes(g) * 420.0 + points(0, 0, 450.0),
        (560.0, 34.0, 900.0),
        Material.MEGASTRUCTURE,
        rotation=multiply(yaw(g), QUARTER_TURNS["z"][2]),
        exposure=shade(0.5),
        year=place.year,
    )
    stays = cables(spokes(g) * 90.0 + points(0, 0, 6200.0), spokes(g) * 1450.0 + points(0, 0, 40.0), 300.0, 9.0, light=0.5, year=place.year)
    return [fins, stays]


# The pipe forest ------------------------------------------------------------------------------------------------------


def _forest(place: Place, spec: CitySpec) -> Made:
    """Standing pipes for miles, from the bore of an arm to that of a house, and lying ones that people walk like ropes (canon P93, P94)."""
    child = [
        place.child("pipes", i, (x0, 420.0 * i - 700.0, 0.0), (260.0, 260.0, 1300.0), form=form_of(1, 0.6))
        for i, x0 in enumerate((-240.0, 230.0, -260.0, 250.0))
    ]
    return [*_standing(place), _lying(place), *_ropeway(place, spec)], child


def _standing(place: Place) -> list[Parts]:
    """The pipes that stand, clear of the one that is walked, and the collars on them."""
    stream, n, tall = place.stream.sub("forest"), 640, FOREST_HIGH
    x, y = (stream.between(axis, n, -0.96, 0.96) * FOREST for axis in "xy")
    bore = power(stream.unit("bore", n), 7.0, 210.0)
    high = tall * np.where(stream.unit("whole", n) < 0.72, 1.0, stream.between("high", n, 0.12, 0.9))
    path = (np.abs(x) < 46.0 + bore / 2) & (y < 2200.0)
    stuff = np.array([Material.STEEL, Material.DARK_STEEL, Material.RUST, Material.OLD_CONCRETE])[stream.choice("of", n, [3, 3, 3, 2])]
    look: dict[str, ArrayLike] = {"exposure": shade(0.55), "tint": tints(stream, n), "year": place.year}
    stand = parts("drum", points(x, y, high / 2), np.stack([bore, bore, high], axis=-1), stuff, **look)[~path]
    which = np.flatnonzero(~path)[stream.whole("collar", 900, 0, int((~path).sum()))]
    at = high[which] * stream.unit("collar at", 900)
    collars = parts(
        "drum",
        points(x[which], y[which], at),
        np.stack([1.22 * bore[which], 1.22 * bore[which], np.minimum(0.3 * bore[which], 14.0)], axis=-1),
        Material.DARK_STEEL,
        exposure=shade(0.5),
        year=place.year,
    )
    return [stand, collars]


def _lying(place: Place) -> Parts:
    """The pipes that run level from one to another."""
    stream, m, tall = place.stream.sub("forest"), 150, FOREST_HIGH
    start = points(
        stream.between("ax", m, -1.0, 1.0) * FOREST, stream.between("ay", m, -1.0, 1.0) * FOREST, tall * stream.between("az", m, 0.05, 0.9)
    )
    along = stream.unit("along", m) < 0.5
    reach = stream.between("reach", m, 300.0, 2400.0)
    end = start + np.stack([np.where(along, reach, 0.0), np.where(along, 0.0, reach), np.zeros(m)], axis=-1)
    end = np.clip(end, [-FOREST, -FOREST, 0.0], [FOREST, FOREST, tall])
    centre, length, rotation = spans(start, end)
    thick = power(stream.unit("thick", m), 3.0, 46.0)
    return parts(
        "pipe",
        centre,
        np.stack([np.maximum(length, 10.0), thick, thick], axis=-1),
        Material.RUST,
        rotation=rotation,
        exposure=shade(0.5),
        tint=tints(stream, m),
        year=place.year,
    )


def _ropeway(place: Place, spec: CitySpec) -> list[Parts]:
    """The pipe that somebody walks like a rope, its bands, props and lamps."""
    rope = parts(
        "pipe",
        [[0.0, -600.0, 700.0]],
        (4200.0, 3.4, 3.4),
        Material.STEEL,
        rotation=QUARTER_TURNS["z"][1],
        exposure=shade(0.7),
        year=place.year,
    )
    bands = parts(
        "pipe",
        points(0.0, np.arange(-2600.0, 1500.0, 60.0), 700.0),
        (1.6, 4.4, 4.4),
        Material.DARK_STEEL,
        rotation=QUARTER_TURNS["z"][1],
        exposure=shade(0.6),
        year=place.year,
    )
    props = parts(
        "box",
        points(0.0, np.arange(-2480.0, 1500.0, 480.0), 349.0),
        (7.0, 7.0, 698.0),
        Material.DARK_STEEL,
        exposure=shade(0.4),
        year=place.year,
    )
    people = figure(kit_of(place, 120, spec), [[0.0, -940.0, 701.7]], [0.25])
    lamps = parts(
        "box",
        points(2.2, np.arange(-2600.0, 1500.0, 120.0) + 31.0, 702.6),
        (0.6, 0.6, 0.9),
        Material.COLD_LIGHT,
        exposure=255,
        year=place.year,
    )
    return [rope, bands, props, people, lamps]


# The well -------------------------------------------------------------------------------------------------------------


def _well(place: Place, spec: CitySpec) -> Made:
    """A well of twenty-six kilometres, open upward through floor after floor (canon P92)."""
    wide, tall = WELL
    tube = parts(
        "tube", [[0, 0, tall / 2]], (OUTER * wide, OUTER * wide, tall), Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year
    )
    return [tube], [place.child("shaft", 0, (0.0, 0.0, 0.0), (wide, wide, tall))]


# The abandoned stratum ------------------------------------------------------------------------------------------------


def _abandoned(place: Place, spec: CitySpec) -> Made:
    """Where nothing builds any more: towers that fell across each other, dust to the sills, one person with a lamp (canon P74)."""
    stream = place.stream.sub("fallen")
    ground = boxes([[-3400.0, -3400.0, 0.0]], [[3400.0, 3400.0, 14.0]], Material.GROUND, exposure=shade(0.5), year=place.year)
    people = figure(kit_of(place, 120, spec), [[0.6, -1500.0, 14.0]], [0.25])
    lamp = parts("box", [[1.25, -1499.8, 14.9]], (0.16, 0.16, 0.28), Material.WARM_LIGHT, exposure=255, year=place.year)
    return [*_fallen(place, stream), _drifts(place, stream), ground, _crumbs(place, stream), people, lamp], []


def _fallen(place: Place, stream: Stream) -> Iterator[Parts]:
    """Towers, three in five of them down, the others leaning; none across the way from which one looks."""
    n = 46
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    f, r = stream.unit("f", n), 3300.0 * np.sqrt(stream.unit("r", n))
    wide = power(stream.unit("wide", n), 150.0, 620.0)
    tall = wide * stream.between("tall", n, 2.0, 4.0)
    lean = np.where(stream.unit("down", n) < 0.6, stream.between("flat", n, 0.8, 0.98), stream.between("lean", n, 0.08, 0.35))
    rotations = multiply(yaw(stream.unit("way", n)), turn("y", lean))
    clan, epoch = derive(place.key, "clan", 0), min(place.epoch + 2.0, 10.0)
    for i in range(n):
        at = spokes(f[i : i + 1])[0] * r[i]
        if abs(at[0]) < 170.0 + tall[i] * 0.7 and -3300.0 < at[1] < 300.0:
            continue
        made = raised(Streams(own.keys[i : i + 1]), clan, wide[i : i + 1], tall[i : i + 1], np.zeros((1, 3)), epoch=epoch)
        yield made.moved(at + np.array([0.0, 0.0, 0.3 * wide[i] * lean[i]]), rotations[i])


def _drifts(place: Place, stream: Stream) -> Parts:
    """Dust blown into low hills, up to the sills."""
    n = 210
    at = points(stream.between("dx", n, -1.0, 1.0) * 3300.0, stream.between("dy", n, -1.0, 1.0) * 3300.0, 0.0)
    broad = power(stream.unit("drift", n), 60.0, 900.0)
    size = np.stack([broad, broad * stream.between("long", n, 0.6, 2.0), 0.12 * broad + 16.0], axis=-1)
    return parts(
        "frustum", at + points(0, 0, 0.02 * broad + 8.0), size, Material.GROUND,
        rotation=yaw(stream.unit("turn", n)), exposure=shade(0.6), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _crumbs(place: Place, stream: Stream) -> Parts:
    """What broke off, about the way, which is left free."""
    n = 500
    wide = power(stream.unit("rubble", n), 0.6, 24.0)
    at = points(stream.between("rx", n, -1.0, 1.0) * 260.0, -1500.0 + 900.0 * (stream.unit("ry", n) - 0.5), 14.0 + 0.3 * wide)
    at = at[np.abs(at[:, 0]) > 5.0]
    rotation = multiply(yaw(stream.unit("rt", n)), turn("x", stream.between("tip", n, -0.4, 0.4)))
    size, kept = np.stack([wide, wide * 0.8, wide * 0.6], axis=-1), slice(len(at))
    return parts(
        "box", at, size[kept], Material.OLD_CONCRETE,
        rotation=rotation[kept], exposure=shade(0.5), tint=tints(stream, n)[kept], year=place.year,
    )  # fmt: skip


_ROOM: dict[str, tuple[float, float]] = {
    "nexus": (1500.0, 3600.0),
    "pipe-forest": (FOREST * 1.02, 5000.0),
    "well": (WELL[0] / 2, 6000.0),
    "abandoned-stratum": (3400.0, 4400.0),
}
"""Half the width of the room made in the district, and how high the district is, metres."""
_KINDS: dict[str, Callable[[Place, CitySpec], Made]] = {
    "nexus": _nexus,
    "pipe-forest": _forest,
    "well": _well,
    "abandoned-stratum": _abandoned,
}
