"""Stands: where a photographer would stand in a place of each kind, and which way to look. Pure functions of a place and its draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.key import Stream
from geometry.material import Material
from geometry.place import Growth, Place
from geometry.rules import canyon, hall, shaft, terrace
from geometry.search import line, planar_tiles
from geometry.spec import CitySpec
from viewer import vantage
from viewer.state import ViewState
from viewer.views import view

F64 = NDArray[np.float64]
Unfold = Callable[[Place], Growth]
Chain = tuple[str, ...]
_WITHIN = 12
"""How many tiles of a stratum are looked through."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A kind of view: at which places, and how the picture is framed there."""

    name: str
    chain: Chain
    """Kinds of places from a tile down to the one it is about; empty for a view of the whole City."""
    pose: Callable[[CitySpec, Place, Unfold, Stream], ViewState]
    fits: Callable[[Place], bool] = lambda place: True
    through: Callable[[Place], bool] = lambda place: True
    """Which places on the way are worth looking into."""


def places(unfold: Unfold, city: City, root: Place | None, stand: Stand) -> Iterator[Place]:
    """The places that a stand is for: in the City, or within `root`. A root further down its chain begins there."""
    chain = stand.chain
    if root is None or root.kind in ("city", "band", "stratum", "tile"):
        tiles = planar_tiles(city) if root is None or root.kind == "city" else _tiles(unfold, root)
        for _, tile in zip(range(_WITHIN), tiles, strict=False):
            yield from filter(stand.fits, line(unfold, tile, chain, stand.through))
        return
    below = chain[chain.index(root.kind) + 1 :] if root.kind in chain else chain[-1:]
    yield from filter(stand.fits, line(unfold, root, below, stand.through))


def _tiles(unfold: Unfold, place: Place) -> Iterator[Place]:
    cells = [child for child in unfold(place).children if child.cell is not None or child.kind == "band"]
    if not cells and place.cell is not None:
        yield place
    for child in cells:
        yield from _tiles(unfold, child)


def people(unfold: Unfold, place: Place) -> list[F64]:
    """(3,) metres in the place's frame of the middle of everybody who stands in it."""
    parts = unfold(place).parts
    return list(np.asarray(parts.position, dtype=np.float64)[np.asarray(parts.material) == Material.FIGURE])


def _watcher(unfold: Unfold, place: Place) -> tuple[Place, F64, F64]:
    """A walkway of the place with somebody on it, where they stand, and the level unit vector from its middle to there.

    Raises LookupError where nobody stands.
    """
    if place.kind == "walkway":
        ways: list[Place] = [place]
    else:
        ways = [child for child in unfold(place).children if child.kind == "walkway"]
    for way in ways:
        for at in people(unfold, way):
            out = np.array([np.sign(at[0]), 0.0, 0.0]) if way.size[0] >= way.size[1] else np.array([0.0, np.sign(at[1]), 0.0])
            return way, at, out
    raise LookupError("nobody stands there")


def _portrait(at: F64, out: F64, draw: Stream, *, back: tuple[float, float], high: tuple[float, float], pitch: float) -> tuple[F64, F64]:
    """(eye, focus) in the frame of `at`: behind and above somebody who looks `out`, so that they stand to one side of the middle."""
    side = np.array([-out[1], out[0], 0.0])
    distance, height = draw.between("back", 1, *back)[0], draw.between("high", 1, *high)[0]
    aside = (0.16 + 0.14 * draw.one("aside")) * (1.0 if draw.one("which side") < 0.5 else -1.0)
    eye = at - out * distance + side * 0.35 * aside * distance + np.array([0.0, 0.0, height])
    sight = out + side * aside
    return eye, eye + 100.0 * (sight + np.array([0.0, 0.0, pitch]))


def _triple(values: F64) -> tuple[float, float, float]:
    return (float(values[0]), float(values[1]), float(values[2]))


_DUSKS = (17.9, 17.95, 18.0, 18.05, 18.1, 18.15)


def _hour(draw: Stream, noon: float = 0.3) -> float:
    """Noon, or a minute of dusk."""
    return 12.0 if draw.one("noon") < noon else _DUSKS[int(draw.whole("hour", 1, 0, len(_DUSKS))[0])]


def ledge(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """On the gangway of a canyon, an overhang above, somebody at its end."""
    eye, focus = canyon.viewpoint(place)
    lift, turn = draw.between("lift", 1, -3.0, 4.0)[0], draw.between("turn", 1, -10.0, 10.0)[0]
    end = (focus[0] + turn, focus[1], focus[2] + draw.between("pitch", 1, -14.0, 12.0)[0])
    return vantage.standing(
        spec, place, (eye[0], eye[1], eye[2] + lift), end, fov=50.0 + 14.0 * draw.one("width"), reach=500.0, hour=_hour(draw), haze=2.2
    )


def gangway(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Behind somebody at the end of a gangway over the void of a canyon, near enough to read the figure."""
    way, at, out = _watcher(unfold, place)
    eye, focus = _portrait(at, out, draw, back=(11.0, 24.0), high=(0.2, 2.6), pitch=float(draw.between("pitch", 1, 0.04, 0.34)[0]))
    return vantage.standing(
        spec, way, _triple(eye), _triple(focus), fov=48.0 + 16.0 * draw.one("width"), reach=500.0, hour=_hour(draw), haze=2.0
    )


def abyss(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """High above a gangway, down past whoever stands at its end."""
    way, at, out = _watcher(unfold, place)
    eye, focus = _portrait(at, out, draw, back=(9.0, 20.0), high=(7.0, 20.0), pitch=float(draw.between("pitch", 1, -0.8, -0.4)[0]))
    return vantage.standing(
        spec, way, _triple(eye), _triple(focus), fov=58.0 + 14.0 * draw.one("width"), reach=500.0, hour=_hour(draw, 0.5), haze=3.0
    )


def well(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Behind somebody on the gangway of a great well, across it and a little down or up."""
    way, at, out = _watcher(unfold, place)
    eye, focus = _portrait(at, out, draw, back=(12.0, 32.0), high=(1.0, 9.0), pitch=float(draw.between("pitch", 1, -0.3, 0.25)[0]))
    reach = 0.6 * place.size[0]
    return vantage.standing(
        spec, way, _triple(eye), _triple(focus), fov=54.0 + 16.0 * draw.one("width"), reach=reach, hour=_hour(draw), haze=2.0
    )


def well_above(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Down a great well, from above its gangway."""
    eye, focus = shaft.viewpoint(place)
    eye = (eye[0], eye[1], eye[2] - 20.0 * draw.one("lower"))
    return vantage.standing(spec, place, eye, focus, fov=58.0 + 12.0 * draw.one("width"), hour=_hour(draw, 0.5), haze=2.0)


def well_below(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Up a great well, from its gangway: the light stands at its end."""
    way, at, out = _watcher(unfold, place)
    eye, focus = _portrait(at, out, draw, back=(9.0, 16.0), high=(-0.3, 0.8), pitch=float(draw.between("pitch", 1, 0.36, 0.52)[0]))
    reach = 0.6 * place.size[0]
    return vantage.standing(
        spec, way, _triple(eye), _triple(focus), fov=76.0 + 8.0 * draw.one("width"), reach=reach, hour=_hour(draw), haze=2.0
    )


def nave(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Between the piers of a hall, down its length, behind somebody who stands there."""
    far = 1000.0
    found = people(unfold, place)
    long_x = place.size[0] >= place.size[1]
    if not found or draw.one("empty") < 0.2:
        return vantage.standing(spec, place, *hall.viewpoint(place), fov=60.0 + 10.0 * draw.one("width"), reach=far, hour=_hour(draw, 0.6))
    at = found[0]
    along = np.array([1.0, 0.0, 0.0]) if long_x else np.array([0.0, 1.0, 0.0])
    out = along if float(at @ along) < 0.0 else -along
    room = 0.47 * max(place.size[:2]) - abs(float(at @ along))
    eye, focus = _portrait(
        at, out, draw, back=(12.0, max(min(34.0, room), 13.0)), high=(0.4, 5.0), pitch=float(draw.between("pitch", 1, 0.02, 0.26)[0])
    )
    return vantage.standing(
        spec, place, _triple(eye), _triple(focus), fov=54.0 + 16.0 * draw.one("width"), reach=far, hour=_hour(draw, 0.6)
    )


def district(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Among the masses of a district, a kilometre or two above its ground."""
    x, y, z = place.size
    low = float(draw.between("low", 1, 0.05, 0.14)[0])
    a, b = (0.8 * (draw.one(name) - 0.5) for name in ("from", "to"))
    return vantage.standing(
        spec, place, (a * x, -0.49 * y, low * z), (b * x, 0.4 * y, low * z), fov=40.0 + 20.0 * draw.one("width"), hour=_hour(draw), haze=2.4
    )


def balcony(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Along a walkway on the wall of a block, past somebody at its end, into the district."""
    way, at, out = _watcher(unfold, place)
    eye, focus = _portrait(at, out, draw, back=(11.0, 26.0), high=(0.6, 4.0), pitch=float(draw.between("pitch", 1, -0.06, 0.24)[0]))
    return vantage.standing(
        spec, way, _triple(eye), _triple(focus), fov=50.0 + 16.0 * draw.one("width"), reach=900.0, hour=_hour(draw), haze=2.0
    )


def roof(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """From a roof, behind somebody at its edge, over the district and up to the ceiling."""
    back, high = float(draw.between("back", 1, 16.0, 28.0)[0]), float(draw.between("high", 1, 1.4, 5.0)[0])
    aside = float(draw.between("aside", 1, -3.0, 3.0)[0])
    eye, focus = terrace.viewpoint(place, back, high, aside)
    focus = (focus[0], focus[1], focus[2] + draw.between("pitch", 1, -2.0, 14.0)[0])
    return vantage.standing(spec, place, eye, focus, fov=58.0 + 20.0 * draw.one("width"), reach=6000.0, hour=_hour(draw, 0.2), haze=2.0)


def bridge(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """From beside a bridge, across its deck and down the void that it spans."""
    long, wide, tall = place.size
    end = 1.0 if draw.one("which end") < 0.5 else -1.0
    side = 1.0 if draw.one("which side") < 0.5 else -1.0
    eye = (-0.2 * end * long, -side * (0.8 * wide + 4.0), 0.5 * tall + max(6.0, 0.4 * wide))
    focus = (0.35 * end * long, side * long * float(draw.between("aside", 1, 0.2, 0.5)[0]), 0.5 * tall + 0.04 * long)
    return vantage.standing(spec, place, eye, focus, fov=54.0 + 14.0 * draw.one("width"), reach=500.0, hour=_hour(draw, 0.8), haze=2.0)


def cable_wall(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
    """Before a wall of cables, from a third of its height, as one would climb it."""
    wide, deep, tall = place.size
    way = 1.0 if draw.one("way") < 0.5 else -1.0
    eye = (0.3 * wide, way * (0.5 * deep + 0.28 * wide), 0.45 * tall)
    return vantage.standing(spec, place, eye, (-0.15 * wide, 0.0, 0.72 * tall), fov=60.0, reach=500.0, hour=_hour(draw, 0.8), haze=2.0)


def whole(*names: str) -> Callable[[CitySpec, Place, Unfold, Stream], ViewState]:
    """One of these named views of the City, a little wider or narrower."""

    def pose(spec: CitySpec, place: Place, unfold: Unfold, draw: Stream) -> ViewState:
        state = view(names[int(draw.whole("view", 1, 0, len(names))[0])], spec)
        return replace(state, camera=replace(state.camera, fov=state.camera.fov * (0.85 + 0.3 * draw.one("width"))))

    return pose


def _gangs(place: Place) -> bool:
    return place.size[1] > 2.0 * place.size[0]


def _lofty(place: Place) -> bool:
    x, y, z = place.size
    return hall.form_of(place) in (1, 2) and z > 70.0 and z > 0.4 * min(x, y) and max(x, y) > 150.0


def _spanning(place: Place) -> bool:
    return place.size[0] > 120.0


STANDS: tuple[Stand, ...] = (
    Stand("gangway", ("district", "canyon"), gangway, _gangs),
    Stand("well from below", ("district", "shaft"), well_below),
    Stand("abyss", ("district", "canyon"), abyss, _gangs),
    Stand("district", ("district",), district),
    Stand("canyon ledge", ("district", "canyon"), ledge, _gangs),
    Stand("well", ("district", "shaft"), well),
    Stand("hall", ("district", "block", "hall"), nave, _lofty),
    Stand("over a well", ("district", "shaft"), abyss),
    Stand("balcony", ("district", "block", "walkway"), balcony),
    Stand("roof", ("district", "block", "terrace"), roof, through=terrace.leads),
    Stand("cable wall", ("district", "canyon", "cables"), cable_wall),
    Stand("long bridge", ("district", "canyon", "bridge"), bridge, _spanning),
    Stand("well from above", ("district", "shaft"), well_above),
    Stand("the City", (), whole("wedge", "opening", "half", "rim", "ceiling")),
)
"""All kinds of view, in the order in which they are looked at."""
