"""From a ViewState to a Scene: choose the places to draw, lay their parts into arrays about one anchor, say how the light falls.

The parent of a place stays until its children are there: a new content replaces the old one whole, when it is ready.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix, multiply, rotate
from geometry.births import lives, skin_born, skin_gone
from geometry.bore import NONE, Capsules, all_capsules, apart, near
from geometry.city import City
from geometry.cut import Shown, for_eye
from geometry.eye import PART_PIXELS, Eye
from geometry.history import begun
from geometry.material import Material
from geometry.nest import bands_of, phase_over
from geometry.place import Growth, Place
from geometry.scar import Scar
from geometry.shell import apertures, plate
from geometry.solids import triangle_counts
from geometry.spec import CitySpec, with_scars
from geometry.strata import floor_below, strata
from viewer.camera import Camera, sides
from viewer.hiding import beyond, buried, hidden, hidden_by_name
from viewer.history import cut_key, lit, outside_then, reach, relics_of, tells, times
from viewer.motion import drawn, motion
from viewer.scene import LIVE_TRIANGLES, Content, Instances, Look, Scene, Surface
from viewer.state import Shells, ViewState
from viewer.styles import style
from viewer.whereabouts import outside

F64 = NDArray[np.float64]
Size = tuple[int, int]
STILL_TRIANGLES = 4_000_000
_USUAL_HAZE = 8.0e-5
"""1/m: the dusty air (canon E77) to which views of every width are scaled."""
_LIVE_MARGIN = 1.25
"""How much wider than the picture a live cut looks, so that turning does not run off its edge."""
_THINNEST, _BAR = 1.2, 6.0
"""Pixels a bar is thick at least, and how many times as long as that it must be to be one."""
_ROOMS = ("hall", "corridor", "room")
_CACHED_BYTES = 160_000_000
_SKETCHED = 3
"""Levels of holes in the plates of a sketch."""
_CANDIDATES, BORES = 40, 16
"""Bores and bursts that one picture shows: the shader asks each pixel near one for all of them."""
_PART_BYTES, _PLACE_BYTES = 48, 1_500
"""About what a part and a place that waits to be unfolded take."""


class Unfolder:
    """`City.unfold` with the most recent growths kept, bounded by their bytes."""

    def __init__(self, city: City, most: int = _CACHED_BYTES) -> None:
        self.city, self._most = city, most
        self._kept: OrderedDict[tuple[str, int], tuple[Place, Growth]] = OrderedDict()
        self._bytes = 0

    def __call__(self, place: Place) -> Growth:
        name = (place.kind, place.key)
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name][1]
        growth = self.city.unfold(place)
        self._kept[name] = place, growth
        self._bytes += _bytes(growth)
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= _bytes(self._kept.popitem(last=False)[1][1])
        return growth

    def show(self, scars: tuple[Scar, ...]) -> None:
        """The same City with these scars from now on: what no other one comes near is kept."""
        changed = tuple(set(scars) ^ set(self.city.spec.scars))
        if not changed:
            return
        for name, (place, growth) in tuple(self._kept.items()):
            if len(near(changed, place.centre, place.radius)):
                self._bytes -= _bytes(growth)
                del self._kept[name]
        self.city = City(with_scars(self.city.spec, scars))


def _bytes(growth: Growth) -> int:
    skin = sum(mesh.points.nbytes + mesh.normals.nbytes + mesh.triangles.nbytes for mesh in growth.skin)
    return _PART_BYTES * len(growth.parts) + _PLACE_BYTES * len(growth.children) + skin


def eye_of(camera: Camera, size: Size, max_triangles: int, *, wide: bool = False) -> Eye:
    """The eye that selects what a camera draws into `size` pixels: the fewer triangles it may spend, the larger the smallest part. One
    that is `wide` sees a little more than the picture, as that of the window does."""
    width, height = size
    half = np.tan(np.radians(camera.fov) / 2)
    margin = _LIVE_MARGIN if wide or max_triangles <= LIVE_TRIANGLES else 1.0
    part_pixels = PART_PIXELS * max(1.0, (STILL_TRIANGLES / max_triangles) ** 0.5)
    return Eye(np.asarray(camera.position), height / (2 * half), sides(camera, width / max(height, 1), margin), part_pixels)


def roots_of(city: City, state: ViewState) -> tuple[Place, ...]:
    """The drawn strata that were begun by the year, and neither peeled off nor left out."""
    bands = city.unfold(city.root).children
    there = len(bands) if state.year >= 0.0 else begun(state.city, state.year)
    kept = [band for band in bands[min(state.peel, len(bands) - 1) :] if band.form < there]
    gone = hidden_by_name(state)
    return tuple(band for band in kept if (state.isolated is None or band.form == state.isolated) and not gone(band))


Stopped = Callable[[], bool]


def content(
    unfold: Unfolder,
    state: ViewState,
    size: Size,
    max_triangles: int,
    stopped: Stopped = lambda: False,
    also: tuple[ViewState, ...] = (),
) -> Content:
    """Everything to draw for a state, at the detail its camera asks for; of another time than now, with what was and what is to come, so
    that years pass without another content. It serves the states `also` of the same City, whose cameras are near by."""
    shown, eye = shown_of(unfold, state, size, max_triangles, stopped, also)
    what = assemble(shown, eye.position, unfold.city.spec, past=tells(state))
    return replace(what, instances=unbroken(what.instances, eye.pixels), finest=eye.part_pixels / eye.pixels, sides=eye.sides)


def shown_of(
    unfold: Unfolder,
    state: ViewState,
    size: Size,
    max_triangles: int,
    stopped: Stopped = lambda: False,
    also: tuple[ViewState, ...] = (),
) -> tuple[list[Shown], Eye]:
    """The cut of a state: its places, of which a content's instances are the parts in that order, and the eye they were chosen for."""
    unfold.show(scars_of(state))
    eye = eye_of(drawn(state), size, max_triangles, wide=bool(also))
    if state.beta:  # what lies ahead looks smaller to who moves, but is drawn as finely
        eye = replace(eye, pixels=eye_of(state.camera, size, max_triangles).pixels)
    eye = _with_tests(eye, state)
    others = tuple(_with_tests(eye_of(drawn(other), size, max_triangles, wide=True), other) for other in also)
    past = replace(state, year=0.0) if cut_key(state)[-1] == -1 else state

    def largest(place: Place) -> float:
        return max(one.size_of(place) for one in (eye, *others))

    shown = for_eye(
        unfold,
        (*roots_of(unfold.city, past), *relics_of(state, largest)),
        eye,
        max_triangles=max_triangles,
        detail=state.detail,
        also=others,
        stopped=stopped,
    )
    return shown, eye


def _with_tests(eye: Eye, state: ViewState) -> Eye:
    """An eye that knows what the plates about it, and the cuts, hide."""
    return replace(eye, hidden=hidden(state), buried=buried(state), beyond=beyond(state))


def unbroken(instances: Instances, pixels: float) -> Instances:
    """The instances with every cable, rail and pipe at least _THINNEST pixels thick: thinner, it would break up into dots.

    Positions are relative to the eye; `pixels` a radian."""
    scale = instances.scale
    least = np.sqrt((instances.position * instances.position).sum(axis=1)) * np.float32(_THINNEST / pixels)
    ordered = np.sort(scale, axis=1)
    thin = np.flatnonzero((ordered[:, 1] < least) & (ordered[:, 2] > _BAR * ordered[:, 1]))
    if not len(thin):
        return instances
    # by its nearest point: one that runs past the eye for a thousand kilometres has its middle far off
    wide = _nearest(instances, thin) * np.float32(_THINNEST / pixels)
    kept = (ordered[thin, 1] < wide) & (ordered[thin, 2] > _BAR * wide)
    scale = scale.copy()
    scale[thin[kept]] = np.maximum(scale[thin[kept]], wide[kept, None])
    return replace(instances, scale=scale)


def _nearest(instances: Instances, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """(k,) metres from the eye to the lines along which some long parts run."""
    scale, position = instances.scale[rows], instances.position[rows]
    along = rotate(instances.rotation[rows], np.eye(3)[scale.argmax(axis=1)]).astype(np.float32)
    half = scale.max(axis=1) / np.float32(2.0)
    back = np.clip(-(position * along).sum(axis=1), -half, half)
    line = position + along * back[:, None]
    return np.asarray(np.sqrt((line * line).sum(axis=1)), dtype=np.float32)


def sketch(city: City, state: ViewState, size: Size) -> Content | None:
    """The bare plates of the City seen from outside, in a tenth of the time of the rest; None from within, where they would be haze."""
    eye = replace(eye_of(drawn(state), size, LIVE_TRIANGLES), hidden=hidden(state))
    if not outside(state):
        return None

    def bare(place: Place) -> Growth:
        if place.cell is None:
            return city.unfold(place)
        open_ = apertures(state.city, bands_of(state.city, place.address), place.address.tile, _SKETCHED)
        return Growth(skin=plate(place.cell, place.frame, open_))

    shown = for_eye(bare, roots_of(city, state), eye, max_triangles=LIVE_TRIANGLES)
    return assemble(shown, eye.position, city.spec, past=tells(state))


def assemble(shown: list[Shown], anchor: F64, spec: CitySpec, *, past: bool = False) -> Content:
    """Parts and skins of many places as one set of arrays about an anchor; for the `past`, their history with them."""
    instances = _lived(shown, anchor, spec) if past else _instances(shown, anchor)
    surface = _surface([item for item in shown if item.skin], anchor, spec, past=past)
    triangles = int(triangle_counts()[instances.prototype].sum()) + len(surface.triangles)
    return Content(anchor, instances, surface, triangles, any(_encloses(item.place, anchor) for item in shown))


def _encloses(place: Place, point: F64) -> bool:
    if place.kind not in _ROOMS:
        return False
    x, y, z = place.frame.to_local(point)
    return bool(abs(x) < place.size[0] / 2 and abs(y) < place.size[1] / 2 and 0.0 < z < place.size[2])


def _instances(shown: list[Shown], anchor: F64) -> Instances:
    rows = [item for item in shown if len(item.parts)]
    if not rows:
        empty = np.zeros((0, 3), np.float32)
        return Instances(np.zeros(0, np.uint8), empty, np.zeros((0, 4), np.float32), empty, np.zeros((0, 4), np.uint8))
    positions, rotations, looks = [], [], []
    for item in rows:
        frame, parts = item.place.frame, item.parts
        turn = frame.rotation
        positions.append((rotate(turn, parts.position) + (frame.origin - anchor)).astype(np.float32))
        rotations.append(multiply(turn, parts.rotation).astype(np.float32))
        phase = np.full(len(parts), _phase(item.place), np.uint8)
        looks.append(np.stack([parts.material, parts.exposure, parts.tint, phase], axis=-1))
    return Instances(
        np.concatenate([item.parts.prototype for item in rows]),
        np.concatenate(positions),
        np.concatenate(rotations),
        np.concatenate([item.parts.scale for item in rows]),
        np.ascontiguousarray(np.concatenate(looks)),
    )


def _lived(shown: list[Shown], anchor: F64, spec: CitySpec) -> Instances:
    """The instances of all times, with the years between which each stands."""
    told = [(item, lives(item.place, item.parts, spec)) for item in shown if len(item.parts)]
    made = _instances([replace(item, parts=one.parts) for item, one in told], anchor)
    none = np.zeros(0, np.float32)
    born, gone = (np.concatenate([none, *(column(one) for _, one in told)]) for column in (attrgetter("born"), attrgetter("gone")))
    return replace(made, born=born, gone=gone)


def _phase(place: Place) -> int:
    return _coded(place.phase)


def _coded(phase: float) -> int:
    return int(phase * 256.0) % 256


def _surface(shown: list[Shown], anchor: F64, spec: CitySpec, *, past: bool) -> Surface:
    points, normals, triangles, looks, born, gone = [], [], [], [], [], []
    start = 0
    for item in shown:
        frame = item.place.frame
        for mesh in item.growth.skin:
            world = frame.to_world(mesh.points)
            points.append((world - anchor).astype(np.float32))
            normals.append(rotate(frame.rotation, mesh.normals).astype(np.float32))
            triangles.append(mesh.triangles + np.int32(start))
            cell = item.place.cell if mesh.material == Material.GROUND else None
            phase = _phase(item.place) if cell is None else _coded(phase_over(spec, cell))
            look = np.array([mesh.material, mesh.exposure, item.place.key & 255, phase], dtype=np.uint8)
            looks.append(np.broadcast_to(look, (len(mesh.points), 4)))
            if past:
                born.append(skin_born(item.place, world, spec))
                gone.append(np.full(len(world), skin_gone(item.place, spec), np.float32))
            start += len(mesh.points)
    if not points:
        empty = np.zeros((0, 3), np.float32)
        return Surface(empty, empty, np.zeros((0, 3), np.int32), np.zeros((0, 4), np.uint8))
    made = Surface(np.concatenate(points), np.concatenate(normals), np.concatenate(triangles), np.concatenate(looks))
    return replace(made, born=np.concatenate(born), gone=np.concatenate(gone)) if past else made


def scene(state: ViewState, what: Content) -> Scene:
    """The picture of a content as a state wants it: cheap, whatever changed but the camera's surroundings."""
    radii = tuple(row.outer for row in strata(state.city))
    cuts = state.cuts
    if state.peel:
        cuts = (*cuts, Shells(0.0, radii[max(len(radii) - 1 - state.peel, 0)] * 1.0000001))
    built = radii if state.year >= 0.0 else tuple(radius for radius in radii if radius <= reach(state))
    bores = bores_of(scars_of(state), what)
    return Scene(what, drawn(state), look(state, what.indoors), cuts, built, state.explode * radii[-1], motion(state), bores)


def scars_of(state: ViewState) -> tuple[Scar, ...]:
    """The scars that are there in a state's year: they are shot now."""
    return state.city.scars if state.year >= 0.0 else ()


@lru_cache(maxsize=4)
def bores_of(scars: tuple[Scar, ...], what: Content) -> Capsules:
    """What shots have left in a content, as far as it looks large from there and goes through something: the same object each time, so
    that nothing is sorted out anew."""
    if not scars:
        return NONE
    every = all_capsules(scars)
    away = every.away(what.anchor[None])[:, 0]
    order = np.argsort(-every.radius / np.maximum(away - every.radius, 0.1 * every.radius), kind="stable")
    some = every[np.sort(order[:_CANDIDATES])]
    here = Capsules(some.start - what.anchor, some.end - what.anchor, some.radius, some.course)
    parts = what.instances
    half = matrix(parts.rotation) * (0.5 * parts.scale.astype(np.float64))[:, None, :]
    hits = ~apart(parts.position.astype(np.float64), half, here).all(axis=1)
    corners = what.surface.points.astype(np.float64)[what.surface.triangles]
    middle = corners.mean(axis=1)
    hits |= ~apart(middle, np.swapaxes(corners - middle[:, None], 1, 2), here).all(axis=1)
    return some[np.flatnonzero(hits)[:BORES]]


def look(state: ViewState, indoors: bool = False) -> Look:
    """Light and haze for the scale of the view: the haze thins as the view widens, so depth reads at every distance."""
    spec: CitySpec = state.city
    eye = np.asarray(state.camera.position)
    radius = float(np.sqrt((eye**2).sum()))
    inside = not outside_then(state)
    reach = state.camera.distance
    return Look(
        hour=state.hour,
        style=lit(style(state.style, state.tuned), state),
        duty=spec.day_duty,
        lag=spec.phase_per_layer_h / spec.day_length_h,
        haze_length=(4.0 if inside else 9.0) * reach / max(state.haze * spec.haze_per_m / _USUAL_HAZE, 1e-6),
        haze_height=0.6 * reach,
        floor_radius=floor_below(spec, radius),
        indoors=indoors,
        inside=inside,
        times=times(state),
    )
