"""The Jupiter-sized room: an empty sphere through dozens of layers, with a tower from pole to pole (canon S13, P20, P27-P29).

All plates that meet it end at its wall, each as a cornice. What stands in the middle is three bores about a core that hangs free; at both
ends they flare until the walls of the tower are the floor and the roof. Its wall unfolds in patches (`room-wall`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.angle import from_matrix, multiply, rotate, tan_eighths, turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.landmarks import JUPITER, KM
from geometry.material import Material
from geometry.mesh import Mesh
from geometry.nest import bands_of
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Cell, Growth, Place
from geometry.revolve import revolved, sphere
from geometry.rules.furnish import points, spokes, yaw
from geometry.rules.masses import cables, power, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec
from geometry.strata import strata

F64 = NDArray[np.float64]
RADIUS = JUPITER / 2
_LINING = 400.0 * KM
"""Thickness of the wall: a choice, canon is silent."""
_COARSE = 48
"""Squares along a face of the wall as it is seen from afar."""
OVERTURN = turn("x", 1e9)
BORE, _RING = 430.0 * KM, 640.0 * KM
"""Outer radius of a bore, and how far its middle is from the tower's: choices; by canon there are three."""
_FLARE, _FOOT = 27_000.0 * KM, 22_000.0 * KM
"""How high the tower flares over its pole, and how wide its foot is: choices."""
SHELF = (62.0 * KM, 40.0 * KM, 9.0 * KM)
"""The shelf in the wall on which a district stands, and from which people look out."""
DEPTH = 3
"""Depth of the patches into which the wall unfolds first."""


class Plate(NamedTuple):
    """A layer's plate that ends at the wall: metres from the room's middle."""

    under: float
    top: float
    bundle: bool
    """Whether a great void lies below it."""


def plates(spec: CitySpec, bands: tuple[int, ...], low: float, high: float) -> Iterator[Plate]:
    """The plates of single layers in a bundle between two radii (m), from below."""
    for index, row in enumerate(strata(spec, bands)):
        if row.outer < low or row.inner > high:
            continue
        if row.high - row.low == 1:
            yield Plate(row.plate, row.outer, False)
        else:
            inner = list(plates(spec, (*bands, index), low, high))
            yield from (plate._replace(bundle=number == 0) for number, plate in enumerate(inner))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The wall as one sphere, cornices, ribs, masses on the wall, the tower, cables; patches of the wall and the shelf as children."""
    middle = np.array([0.0, 0.0, place.size[2] / 2])
    centre = place.frame.to_world(middle)
    found, shelf = ends(spec, place, centre), shelf_of(spec, place, centre)
    groups = [
        _cornices(place, found),
        _ribs(place),
        _grown(place, shelf),
        _collars(place),
        _core(place),
        _stays(place),
        _shelf(place, shelf),
    ]
    made = join(groups)
    skin = (
        sphere(middle, RADIUS * (1.0 + 2.0e-4), _COARSE, inward=True, exposure=95),
        sphere(middle, RADIUS + _LINING, _COARSE // 2, exposure=70),
        *_tower(place),
    )
    return Growth(made.moved(middle), (*_patches(place), *_shelf_places(place, shelf)), skin)


def plates_about(spec: CitySpec, place: Place, radius: float) -> list[tuple[float, float]]:
    """Underside and top of the single plates that a sphere about the middle of a place meets, metres from that middle, from below."""
    middle = _length(place.centre)
    found = plates(spec, bands_of(spec, place.address), middle - radius, middle + radius)
    return [(plate.under - middle, plate.top - middle) for plate in found]


def ends(spec: CitySpec, place: Place, centre: F64) -> tuple[Plate, ...]:
    """The plates that end at the wall of the room about a centre (3,), from below."""
    return _ends(spec, bands_of(spec, place.address), float(_length(centre)))


@lru_cache(maxsize=8)
def _ends(spec: CitySpec, bands: tuple[int, ...], radius: float) -> tuple[Plate, ...]:
    return tuple(
        Plate(p.under - radius, p.top - radius, p.bundle)
        for p in plates(spec, bands, radius - RADIUS, radius + RADIUS)
        if abs(p.under - radius) < 0.985 * RADIUS
    )


def shelf_of(spec: CitySpec, place: Place, centre: F64) -> F64:
    """(3,) metres from the room's middle to the middle of the shelf's back edge: in the great void nearest to half height."""
    found = ends(spec, place, centre)
    gaps = [(a.top + b.under) / 2 for a, b in pairwise(found) if b.bundle] or [0.0]
    z = min(gaps, key=abs)
    return np.array([0.0, -float(np.sqrt(RADIUS * RADIUS - z * z)), z])


def beside(shelf: F64, foot: F64, wide: F64) -> NDArray[np.bool_]:
    """(n,) which masses at feet (n, 3) on the wall leave the shelf and the view from it free."""
    away = foot - shelf
    return np.asarray(np.sqrt((away * away).sum(axis=1)) > 2.2 * wide + 140.0 * KM)


def _length(vector: F64) -> float:
    return float(np.sqrt((vector * vector).sum()))


# The wall -------------------------------------------------------------------------------------------------------------


def _cornices(place: Place, found: tuple[Plate, ...]) -> Parts:
    """Where plates end: ledges all round at each, broken here and there, and the light of the layers in the gaps between."""
    groups = []
    for number, plate in enumerate(found):
        stream = place.stream.sub("cornice", number)
        z, n = (plate.under + plate.top) / 2, 72
        around = float(np.sqrt(RADIUS * RADIUS - z * z))
        out, deep = (900.0 * KM, 420.0 * KM) if plate.bundle else (70.0 * KM * (1.0 + 3.0 * stream.one("out") ** 2), 55.0 * KM)
        kept = np.flatnonzero(stream.unit("kept", n) > (0.04 if plate.bundle else 0.28))
        f = (kept + 0.5) / n
        jut = out * stream.between("jut", n, 0.6, 1.3)[kept]
        at = spokes(f) * (around - jut / 2 + 0.1 * out)[:, None] + points(0, 0, np.full(len(kept), z))
        size = np.stack([jut * 1.2, np.full(len(kept), around * 6.2832 / n * 1.01), np.full(len(kept), deep)], axis=-1)
        stuff = Material.MEGASTRUCTURE if plate.bundle else Material.OLD_CONCRETE
        groups.append(parts("box", at, size, stuff, rotation=yaw(f), exposure=shade(0.5), tint=tints(stream, len(kept)), year=place.year))
        groups.append(_lit_gaps(stream, place, z, around))
    return join(groups)


def _lit_gaps(stream: Stream, place: Place, z: float, around: float) -> Parts:
    """Rows of light where a layer opens on the room: clusters, then darkness for a quarter of the way round."""
    home, n = stream.unit("home", 3), 16
    which = np.arange(n) % 3
    spread = (stream.unit("spread", n) - 0.5) * 0.11
    kept = stream.unit("lit", 3)[which] < 0.55
    f = ((home[which] + spread) % 1.0)[kept]
    k = len(f)
    long = power(stream.unit("long", n), 120.0, 1500.0)[kept] * KM
    at = spokes(f) * (around - 60.0 * KM) + points(0, 0, z - 400.0 * KM * stream.unit("below", n)[kept] - 120.0 * KM)
    size = np.stack([np.full(k, 30.0 * KM), long, np.full(k, 26.0 * KM)], axis=-1)
    stuff = np.where(stream.unit("warm", n)[kept] < 0.22, Material.WARM_LIGHT, Material.COLD_LIGHT)
    return parts("box", at, size, stuff, rotation=yaw(f), exposure=255, tint=tints(stream, k), year=place.year)


def _ribs(place: Place) -> Parts:
    """Meridians from pole to pole; lengths of them are missing."""
    stream, lines, steps = place.stream.sub("ribs"), 24, 44
    line, step = (grid.ravel() for grid in np.meshgrid(np.arange(lines), np.arange(steps), indexing="ij"))
    kept = stream.unit("kept", len(line)) > 0.16
    line, step = line[kept], step[kept]
    n = len(line)
    f = (line + 0.5) / lines
    # upright where it stands: tilted by its latitude
    polar = ((step + 0.5) / steps - 0.5) * 0.5
    deep = 460.0 * KM * stream.between("deep", n, 0.6, 1.5)
    tilt = multiply(yaw(f), _pitch(polar))
    at = rotate(tilt, points(RADIUS - deep / 2, 0.0, 0.0))
    size = np.stack([deep * 1.1, 620.0 * KM * stream.between("wide", n, 0.7, 1.2), np.full(n, 3.1416 * RADIUS / steps * 1.01)], axis=-1)
    return parts("box", at, size, Material.MEGASTRUCTURE, rotation=tilt, exposure=shade(0.5), tint=tints(stream, n), year=place.year)


def _pitch(turns: F64) -> F64:
    """Rotations (n, 4) about -y by fractions of a turn up to a quarter: x rises towards z."""
    return turn("y", -tan_eighths(turns * 4.0))


def _grown(place: Place, shelf: F64) -> Parts:
    """Masses that Builders hung on the wall: few are as large as a planet, and about those the others crowd."""
    stream, n = place.stream.sub("grown"), 150
    homes = _anywhere(stream.sub("homes"), 16)
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    up = homes[np.arange(n) % 16] + 0.22 * (_anywhere(stream.sub("near"), n))
    up = np.where((stream.unit("lone", n) < 0.3)[:, None], _anywhere(stream.sub("lone"), n), up)
    up /= np.sqrt((up * up).sum(axis=1))[:, None]
    wide = power(stream.unit("wide", n), 500.0, 7000.0) * KM
    kept = (np.abs(up[:, 2]) < 0.93) & beside(shelf, up * RADIUS, wide)
    high = wide * stream.between("high", n, 0.5, 2.4)
    made = [
        _hung(Streams(own.keys[i : i + 1]), clan_of(place), up[i], float(wide[i]), float(high[i]), place.epoch)
        for i in np.flatnonzero(kept).tolist()
    ]
    return join(made)


def clan_of(place: Place) -> int:
    """Key of the clan of Builders that works in the room."""
    return derive(place.key, "clan", 0)


def _hung(own: Streams, clan: int, up: F64, wide: float, high: float, epoch: float) -> Parts:
    """One mass that hangs from the wall at a direction (3,), towards the middle."""
    whole = raised(own, clan, np.array([wide]), np.array([high]), np.zeros((1, 3)), epoch=epoch)
    face = int(np.argmax(np.abs(up))) * 2 + int(up[int(np.argmax(np.abs(up)))] < 0.0)
    axes = cells.tangent((0, 2, 1, 3, 4, 5)[face], up)
    return whole.moved([0.0, 0.0, 0.0], OVERTURN).moved(up * RADIUS, from_matrix(axes.T))


def _anywhere(stream: Stream, n: int) -> F64:
    """(n, 3) unit vectors: points of a cube, those outside the ball pulled on to it like the rest."""
    at = np.stack([stream.between(axis, n, -1.0, 1.0) for axis in "xyz"], axis=-1)
    return np.asarray(at / np.maximum(np.sqrt((at * at).sum(axis=1)), 1e-6)[:, None])


def _patches(place: Place) -> tuple[Place, ...]:
    """The wall in 6 x 8 x 8 patches."""
    from geometry.rules.landmarks.room_wall import patch  # they know each other: the room has patches, a patch its room

    n = 1 << DEPTH
    every = ((face, i, j) for face in range(6) for i in range(n) for j in range(n))
    return tuple(patch(place, number, Cell(0, 1, 0.0, RADIUS, RADIUS, DEPTH, *at)) for number, at in enumerate(every))


# The tower ------------------------------------------------------------------------------------------------------------


def _tower(place: Place) -> tuple[Mesh, ...]:
    """Three bores from flare to flare, and the flares."""
    z0, tall = place.size[2] / 2 - RADIUS, 2 * RADIUS
    wall = 0.16 * BORE
    low, high = z0 + 0.7 * _FLARE, z0 + tall - 0.7 * _FLARE
    cut = np.linspace(low, high, 9)
    tube = [*((BORE, z) for z in cut), *((BORE - wall, z) for z in cut[::-1])]
    bores = [
        revolved(tube, 24, at=(float(x), float(y)), material=Material.CONCRETE, exposure=150)
        for x, y in (spokes(np.arange(3) / 3.0)[:, :2] * _RING)
    ]
    return (*bores, revolved(_flare(z0, 1.0), 72, exposure=130), revolved(_flare(z0 + tall, -1.0)[::-1], 72, exposure=95))


def _flare(pole: float, up: float) -> list[tuple[float, float]]:
    """Profile of a foot (up 1) or of the same at the roof (up -1): from the wall to about the bores."""
    neck = _RING + 1.25 * BORE
    rise = RADIUS - float(np.sqrt(RADIUS * RADIUS - _FOOT * _FOOT))
    rows = [(neck + (_FOOT - neck) * (1.0 - t) ** 4, pole + up * (rise + (_FLARE - rise) * t)) for t in np.linspace(0.0, 1.0, 25).tolist()]
    return [*rows, (0.0, pole + up * _FLARE), (0.0, pole + up * 0.3 * rise), (0.6 * _FOOT, pole + up * 0.4 * rise)]


def _collars(place: Place) -> Parts:
    """Rings that hold the bores together, machines on them, and lamps down their sides."""
    stream, n = place.stream.sub("collars"), 17
    z = ((np.arange(n) + stream.between("at", n, 0.2, 0.8)) / n - 0.5) * 2.0 * (RADIUS - 0.75 * _FLARE)
    wide = 2.0 * (_RING + BORE) * stream.between("wide", n, 1.04, 1.5)
    deep = power(stream.unit("deep", n), 120.0, 1400.0) * KM
    rings = parts("tube", points(0, 0, z), np.stack([wide, wide, deep], axis=-1), Material.MEGASTRUCTURE, exposure=150, year=place.year)
    lamps = []
    for bore in range(3):
        k = 150
        at = spokes(np.full(k, bore / 3.0)) * (_RING + BORE + 8.0 * KM) + points(
            0, 0, stream.between(f"lamp {bore}", k, -1.0, 1.0) * (RADIUS - _FLARE)
        )
        lamps.append(
            parts(
                "box",
                at,
                points(20.0 * KM, 36.0 * KM, power(stream.unit(f"long {bore}", k), 90.0, 900.0) * KM),
                Material.COLD_LIGHT,
                rotation=yaw(np.full(k, bore / 3.0)),
                exposure=255,
                year=place.year,
            )
        )
    m = 90
    f, home = stream.unit("growth", m), stream.whole("on", m, 0, n)
    jut = power(stream.unit("jut", m), 60.0, 700.0) * KM
    at = spokes(f) * (wide[home] / 2 + jut * 0.4)[:, None] + points(0, 0, z[home] + (stream.unit("dz", m) - 0.5) * deep[home])
    grown = parts(
        "chamfer",
        at,
        points(jut, jut * stream.between("broad", m, 0.3, 1.4), jut * stream.between("tall", m, 0.5, 4.0)),
        Material.OLD_CONCRETE,
        rotation=yaw(f),
        exposure=140,
        tint=tints(stream, m),
        year=place.year,
    )
    return join([rings, grown, *lamps])


def _core(place: Place) -> Parts:
    """What hangs free between the bores: lengths of a spindle that touch nothing (canon P28), a light at each."""
    stream, n = place.stream.sub("core"), 34
    z = ((np.arange(n) + 0.5) / n - 0.5) * 1.3 * RADIUS
    wide = 300.0 * KM * stream.between("wide", n, 0.35, 1.0)
    tall = 1.3 * RADIUS / n * stream.between("tall", n, 0.5, 0.86)
    body = parts("prism", points(0, 0, z), np.stack([wide, wide, tall], axis=-1), Material.DARK_STEEL, exposure=120, year=place.year)
    lamp = parts(
        "drum",
        points(0, 0, z + tall / 2 + 60 * KM),
        points(0.5 * wide, 0.5 * wide, 60.0 * KM),
        Material.COLD_LIGHT,
        exposure=255,
        year=place.year,
    )
    return join([body, lamp])


def _stays(place: Place) -> Parts:
    """Cables from the tower to the wall, tens of thousands of kilometres long."""
    stream, n = place.stream.sub("stays"), 22
    f, z = stream.unit("f", n), stream.between("z", n, -0.5, 0.5) * RADIUS
    rise = z + stream.between("rise", n, -0.25, 0.35) * RADIUS
    reach = np.sqrt(RADIUS * RADIUS - rise * rise)
    start = spokes(f) * (_RING + 0.8 * BORE) + points(0, 0, z)
    end = spokes(f) * reach[:, None] + points(0, 0, rise)
    return cables(start, end, 0.06 * RADIUS * stream.between("sag", n, 0.4, 1.6), 34.0 * KM, light=0.4, year=place.year)


# The shelf ------------------------------------------------------------------------------------------------------------


def _shelf(place: Place, shelf: F64) -> Parts:
    """A shelf at half height, carried by brackets, on which a district stands."""
    wide, deep, thick = SHELF
    stream = place.stream.sub("shelf")
    slab = parts(
        "box",
        shelf + [0.0, deep / 2 - 4.0 * KM, -thick / 2],
        (wide, deep + 8.0 * KM, thick),
        Material.MEGASTRUCTURE,
        exposure=120,
        year=place.year,
    )
    n = 7
    x = ((np.arange(n) + 0.5) / n - 0.5) * wide
    down = stream.between("down", n, 16.0, 60.0) * KM
    legs = parts(
        "box",
        shelf + points(x, 5.0 * KM, -thick - down / 2),
        points(4.0 * KM, 12.0 * KM, down),
        Material.MEGASTRUCTURE,
        exposure=90,
        year=place.year,
    )
    return join([slab, legs])


def _shelf_places(place: Place, shelf: F64) -> tuple[Place, ...]:
    """The district on the shelf, a block behind it, and the gangway of the view on that block."""
    wide, size, block, up = 0.82 * SHELF[1], (180.0, 9.0, 12.0), (700.0, 700.0, 4600.0), 4.1 * KM
    x, y, z = (shelf + [0.0, 0.0, place.size[2] / 2]).tolist()
    y += 2.2 * KM
    return (
        place.child("district", 0, (x, y + 2.3 * KM + wide / 2, z), (wide, wide, 3.4 * KM)),
        place.child("block", 0, (x, y, z), block),
        place.child(
            "walkway", 0, (x + 180.0, y + block[1] * 0.425 + size[0] / 2 - 4.0, z + up - deck_height(size)), size, quarter_turns=1, form=1
        ),
    )
