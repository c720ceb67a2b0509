"""The sealed quarter: streets that Builders walled in with all who lived there, deep in a mass without a way in or out (canon S48)."""

from __future__ import annotations

import numpy as np

from geometry.angle import multiply, turn
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import figure, kit_of, points, yaw
from geometry.rules.landmarks.setting import amid, cleared
from geometry.rules.masses import boxes, power, shade, tints
from geometry.spec import CitySpec

HOLLOW = (760.0, 300.0, 118.0)
"""Length (along y), width and height of what was left open, metres: choices."""
MASS = (2600.0, 1700.0)
"""Width and height of the mass about it, metres: choices."""
FLOOR = 620.0
"""How high over the ground it lies, metres."""
_DARK = 0.3
"""What light there is in it."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The mass, the streets in it, and a district about it all."""
    stream = place.stream.sub("sealed")
    made = [_mass(place, stream), _poured(place, stream), _lives(place, spec, stream)]
    return amid(place, spec, made, _houses(place), cleared(MASS[0] / 2), high=4200.0)


def _mass(place: Place, stream: Stream) -> Parts:
    """Slabs poured one on the other round the hollow, each a little out of line; and the lid that came last, on beams."""
    long, wide, high = HOLLOW
    half, top = MASS[0] / 2, MASS[1]
    x, y, under, over = wide / 2, long / 2, FLOOR, FLOOR + high
    low = [[-half, -half, 0.0], [-half, -half, over], [-half, -half, under], [x, -half, under], [-x, -half, under], [-x, y, under]]
    upper = [[half, half, under], [half, half, top], [-x, half, over], [half, half, over], [x, -y, over], [x, half, over]]
    core = boxes(low, upper, Material.OLD_CONCRETE, exposure=shade(_DARK), year=place.year)
    n = 140
    f = stream.whole("side", n, 0, 4)
    reach, thick = power(stream.unit("reach", n), 160.0, 1400.0), power(stream.unit("thick", n), 30.0, 190.0)
    out = half + 0.3 * thick
    along = stream.between("along", n, -0.9, 0.9) * half
    at = np.where(
        (f % 2 == 0)[:, None],
        points(np.where(f == 0, out, -out), along, stream.between("up", n, 0.04, 0.96) * top),
        points(along, np.where(f == 1, out, -out), stream.between("up", n, 0.04, 0.96) * top),
    )
    size = np.where((f % 2 == 0)[:, None], points(thick, reach, 0.4 * reach), points(reach, thick, 0.4 * reach))
    skin = parts("box", at, size, Material.CONCRETE, exposure=shade(0.6), tint=tints(stream, n), year=place.year)
    m = 19
    beam = points(0.0, ((np.arange(m) + 0.5) / m - 0.5) * long, over - 4.0)
    beams = parts("box", beam, (wide, 7.0, 8.0), Material.DARK_STEEL, exposure=shade(_DARK), tint=tints(stream, m), year=place.year)
    return join([core, skin, beams])


def _poured(place: Place, stream: Stream) -> Parts:
    """Concrete that ran in at the ends and through the lid, and set: tongues, heaps and hanging lumps."""
    return join([_heaps(place, stream), _drops(place, stream), _bits(place, stream)])


def _heaps(place: Place, stream: Stream) -> Parts:
    """What ran in at both ends."""
    (long, wide, _), n = HOLLOW, 60
    side = np.where(stream.unit("end", n) < 0.5, -1.0, 1.0)
    broad = power(stream.unit("broad", n), 14.0, 110.0)
    x, y = stream.between("x", n, -0.5, 0.5) * wide, side * (0.5 * long - 70.0 * stream.unit("deep", n) ** 2)
    return parts(
        "frustum", points(x, y, FLOOR + 0.22 * broad * stream.unit("up", n)), np.stack([broad, 0.8 * broad, 0.9 * broad], axis=-1),
        Material.CONCRETE, rotation=yaw(stream.unit("turn", n)), exposure=shade(_DARK), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _drops(place: Place, stream: Stream) -> Parts:
    """What came through the lid and hangs there."""
    (long, wide, high), n = HOLLOW, 46
    hang = power(stream.unit("hang", n), 3.0, 34.0)
    x, y = stream.between("hx", n, -0.48, 0.48) * wide, stream.between("hy", n, -0.48, 0.48) * long
    return parts(
        "cone", points(x, y, FLOOR + high - 8.0 - 0.4 * hang), np.stack([0.4 * hang, 0.4 * hang, hang], axis=-1), Material.CONCRETE,
        rotation=multiply(yaw(stream.unit("ht", n)), turn("x", np.full(n, 1e9))),
        exposure=shade(_DARK), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _bits(place: Place, stream: Stream) -> Parts:
    """What broke off and lies about."""
    (long, wide, _), n = HOLLOW, 420
    size = power(stream.unit("bit", n), 0.4, 9.0)
    x, y = stream.between("bx", n, -0.5, 0.5) * wide, stream.between("by", n, -0.5, 0.5) * long
    return parts(
        "box", points(x, y, FLOOR + 0.3 * size), np.stack([size, 0.8 * size, 0.6 * size], axis=-1), Material.OLD_CONCRETE,
        rotation=multiply(yaw(stream.unit("bt", n)), turn("x", stream.between("tip", n, -0.4, 0.4))),
        exposure=shade(_DARK), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _houses(place: Place) -> list[Place]:
    """Terraces down both sides of the street, their backs to the walls that came."""
    long, wide, _ = HOLLOW
    deep, count = 92.0, 6
    step = (long - 160.0) / count
    y = ((np.arange(count) + 0.5) / count - 0.5) * (long - 160.0)
    return [
        place.child(
            "village",
            10 * side + i,
            ((1 - 2 * side) * (wide / 2 - deep / 2), float(y[i]), FLOOR),
            (0.94 * step, deep, 96.0),
            quarter_turns=3 - 2 * side,
            form=2,
        )
        for side in (0, 1)
        for i in range(count)
    ]


def _lives(place: Place, spec: CitySpec, stream: Stream) -> Parts:
    """Those who are left, about the few lamps that burn."""
    n = 9
    x, y = stream.between("lx", n, -26.0, 26.0), -250.0 + 66.0 * np.arange(n) + stream.between("ly", n, -14.0, 14.0)
    post = parts("drum", points(x, y, FLOOR + 1.7), (0.2, 0.2, 3.4), Material.DARK_STEEL, exposure=shade(_DARK), year=place.year)
    lamp = parts("box", points(x, y, FLOOR + 3.9), (1.6, 1.6, 1.0), Material.WARM_LIGHT, exposure=255, year=place.year)
    kit, m = kit_of(place, 12, spec), 22
    near = stream.whole("near", m, 0, n)
    who = points(x[near] + stream.between("wx", m, -6.0, 6.0), y[near] + stream.between("wy", m, -6.0, 6.0), FLOOR)
    return join([post, lamp, figure(kit, who, stream.unit("face", m))])
