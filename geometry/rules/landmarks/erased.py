"""What is gone: the cavity that a Level 9 Safeguard left, and a hole in a plate that nobody mends (canon S106, P11).

The layers about it end where it begins (`geometry.landmarks.carved`); here is only what hangs at its edge.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import multiply, turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.landmarks import SEATS
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.furnish import inside, points, spokes, yaw
from geometry.rules.landmarks.room import plates_about
from geometry.rules.masses import F64, cables, power, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Torn rims where plates end, what fell and hangs, and the place from which one looks."""
    radius = SEATS[place.kind].void
    middle = np.array([0.0, 0.0, place.size[2] / 2])
    ends = [(under, top) for under, top in plates_about(spec, place, radius) if abs(under) < 0.96 * radius]
    made = [_rim(place, radius, number, under, top) for number, (under, top) in enumerate(ends)]
    ways = tuple(_ledge(place, radius, middle, number, top) for number, (_, top) in enumerate(ends[:3]))
    return Growth(inside(place.size, join(made).moved(middle)), ways)


def _rim(place: Place, radius: float, number: int, under: float, top: float) -> Parts:
    """The edge of one plate: its true round border, fused and dark, masses that lean over it, cables that hang down."""
    stream = place.stream.sub("rim", number)
    around = float(np.sqrt(radius * radius - under * under))
    n, deep = 240, top - under
    f = (np.arange(n) + 0.5) / n
    back = 0.16 * radius
    jag = back * (1.0 + 0.05 * stream.unit("jag", n))
    at = spokes(f) * (around + jag / 2 - 0.004 * radius * stream.unit("bite", n))[:, None] + points(0, 0, (under + top) / 2)
    lip = parts(
        "box",
        at,
        np.stack([jag, np.full(n, 6.2832 * (around + back) / n), np.full(n, deep)], axis=-1),
        Material.MEGASTRUCTURE,
        rotation=yaw(f),
        exposure=shade(0.55),
        tint=tints(stream, n),
        year=place.year,
    )
    glow = stream.unit("glow", n) < 0.12
    sparks = parts(
        "box",
        spokes(f[glow]) * (around - 0.0006 * radius) + points(0, 0, under + deep * stream.unit("high", n)[glow]),
        np.stack(
            [
                np.full(int(glow.sum()), 0.0008 * radius),
                power(stream.unit("long", n)[glow], 0.002, 0.018) * radius,
                np.full(int(glow.sum()), 0.0009 * radius),
            ],
            axis=-1,
        ),
        Material.COLD_LIGHT,
        rotation=yaw(f[glow]),
        exposure=255,
        year=place.year,
    )
    return join([lip, sparks, _leaning(place, stream, around, top, radius), _hanging(stream, around, under, radius, place.year)])


def _leaning(place: Place, stream: Stream, around: float, top: float, radius: float) -> Parts:
    """What still stands at the edge, some of it bent over it."""
    n = 90
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    f = stream.unit("mass f", n)
    wide = power(stream.unit("wide", n), 0.006, 0.06) * radius
    lean = np.where(stream.unit("bent", n) < 0.3, stream.between("lean", n, 0.1, 0.5), 0.0)
    out = around + wide * stream.between("out", n, 0.3, 2.2)
    clan = derive(place.key, "clan", 0)
    groups = []
    for i in range(n):
        rotation = multiply(yaw(f[i : i + 1]), turn("y", -lean[i : i + 1]))[0]
        made = raised(Streams(own.keys[i : i + 1]), clan, wide[i : i + 1], 2.4 * wide[i : i + 1], np.zeros((1, 3)), epoch=place.epoch)
        groups.append(made.moved(spokes(f[i : i + 1])[0] * out[i] + np.array([0.0, 0.0, top]), rotation))
    return join(groups)


def _hanging(stream: Stream, around: float, under: float, radius: float, year: float) -> Parts:
    """Cables that hang from the edge in loops."""
    n = 70
    f = stream.unit("rope f", n)
    start = spokes(f) * (around + 0.01 * radius) + points(0, 0, under)
    end = spokes((f + stream.between("way", n, 0.004, 0.03)) % 1.0) * (around + 0.01 * radius) + points(0, 0, under)
    return cables(start, end, power(stream.unit("sag", n), 0.02, 0.3) * radius, 0.0014 * radius, light=0.4, year=year)


def _ledge(place: Place, radius: float, middle: F64, number: int, top: float) -> Place:
    """A gangway over the edge of a plate."""
    size = (120.0, 8.0, 11.0)
    around = float(np.sqrt(radius * radius - top * top))
    at = (0.0, -around + 0.006 * radius + size[0] / 2 - 30.0, float(middle[2]) + top + 40.0 - deck_height(size))
    return place.child("walkway", number, at, size, quarter_turns=1, form=1)
