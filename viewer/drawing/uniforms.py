"""What the shaders are told: a scene's camera, look and cuts as float32 numbers, worked out in float64. No VTK here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.bore import Capsules
from geometry.fields import SITES
from viewer.camera import Camera
from viewer.motion import gain
from viewer.scene import Look, Scene
from viewer.state import Cut, Plane, Shells, Wedge

F64 = NDArray[np.float64]

MAX_CUTS = 12
MAX_SHELLS = 64
MAX_BORES = 16
OCTAVES = 16
NOWHERE = (0.0, 0.0, 0.0, 1.0)
"""A half-space that everything lies in: it does not narrow a cut."""

Value = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a picture in pixels and which part of it is drawn: tile origin in pixels from the lower left."""

    width: int
    height: int
    whole: tuple[int, int]
    origin: tuple[int, int] = (0, 0)
    supersample: int = 1
    """How many drawn pixels there are to a final one, along a side: surface detail is sized for what is finally seen."""
    like: int | None = None
    """The same that surface detail is sized for, if it is to be that of a picture of another number of samples."""


def whole_frame(width: int, height: int) -> Frame:
    """A picture drawn in one go."""
    return Frame(width, height, (width, height))


def axes(camera: Camera) -> F64:
    """(3, 3) rows right, up, back: world to view."""
    return np.stack([camera.right, camera.upward, -camera.forward])


def half_height(camera: Camera) -> float:
    """Half the picture's height: metres at one metre, or metres altogether when parallel."""
    slope = float(np.tan(np.radians(camera.fov) / 2))
    return slope * camera.distance if camera.parallel else slope


def lens(camera: Camera, frame: Frame) -> tuple[float, float, float, float]:
    """Scale and offset of the projection, such that a tile shows its part of the whole picture."""
    half = half_height(camera)
    wide, high = frame.whole
    sy, sx = high / frame.height, wide / frame.width
    ox = (wide - 2.0 * frame.origin[0] - frame.width) / frame.width
    oy = (high - 2.0 * frame.origin[1] - frame.height) / frame.height
    return (sx * high / wide / half, sy / half, ox, oy)


def lattice(eye: F64) -> tuple[float, ...]:
    """x, y, z and radius of the eye, modulo octaves of 8 m: patterns keep their place when the eye moves, at any scale."""
    rows = np.append(eye, np.sqrt((eye * eye).sum()))
    pitches = 8.0 ** np.arange(OCTAVES)
    turns = rows[None, :] / pitches[:, None]
    return tuple((turns % 4096.0).ravel())


def _half_space(normal: F64, point: F64, eye: F64) -> tuple[float, float, float, float]:
    unit = normal / np.sqrt((normal * normal).sum())
    return (float(unit[0]), float(unit[1]), float(unit[2]), float(unit @ (eye - point)))


def _wedge(cut: Wedge, eye: F64) -> list[tuple[tuple[float, float, float, float], ...]]:
    start, end, middle = (np.radians(a) for a in (cut.start, cut.start + cut.angle, cut.start + cut.angle / 2))
    zero = np.zeros(3)
    first = _half_space(np.array([-np.sin(start), np.cos(start), 0.0]), zero, eye)
    last = _half_space(np.array([np.sin(end), -np.cos(end), 0.0]), zero, eye)
    above = NOWHERE
    if cut.tilt > 0.0:
        tilt = np.radians(cut.tilt)
        above = _half_space(np.array([np.cos(middle) * np.sin(tilt), np.sin(middle) * np.sin(tilt), np.cos(tilt)]), zero, eye)
    if cut.angle >= 360.0:
        return [(above, NOWHERE, NOWHERE)]
    if cut.angle > 180.0:
        return [(first, above, NOWHERE), (last, above, NOWHERE)]
    return [(first, last, above)]


def cut_rows(cuts: tuple[Cut, ...], eye: F64) -> list[tuple[tuple[float, float, float, float], ...]]:
    """Each hidden region as three half-spaces: normal and the eye's height over the plane, worked out in float64."""
    rows: list[tuple[tuple[float, float, float, float], ...]] = []
    for cut in cuts:
        if isinstance(cut, Plane):
            rows.append((_half_space(np.asarray(cut.normal), np.asarray(cut.point), eye), NOWHERE, NOWHERE))
        elif isinstance(cut, Wedge) and cut.angle > 0.0:
            rows += _wedge(cut, eye)
    return rows


def ball_rows(cuts: tuple[Cut, ...], eye: F64) -> list[tuple[float, float, float, float]]:
    """Each shell boundary as (k, 1/2r, side, r): k = (|eye|^2 - r^2)/2r in float64, since float32 steps 65 km at 8e11 m."""
    distance = float(np.sqrt((eye * eye).sum()))
    rows = []
    for cut in cuts:
        if isinstance(cut, Shells):
            for radius, side in ((cut.inner, -1.0), (cut.outer, 1.0)):
                if 0.0 < radius < 1e300:
                    rows.append(((distance - radius) * ((distance + radius) / (2 * radius)), 0.5 / radius, side, radius))
    return rows


def bore_rows(some: Capsules, eye: F64) -> list[float]:
    """Nine numbers for each: the point of its line that is nearest the eye, radius, the way it runs, from where to where along it."""
    rows: list[float] = []
    for start, end, radius, course in zip(some.start, some.end, some.radius, some.course, strict=True):
        long = float((end - start) @ course)
        nearest = min(max(float((eye - start) @ course), 0.0), long)
        rows += [*(start - eye + nearest * course).tolist(), float(radius), *course.tolist(), -nearest, long - nearest]
    return rows


def _padded(values: list[float], size: int) -> tuple[float, ...]:
    return tuple(values[:size]) + (0.0,) * (size - len(values))


def look_uniforms(look: Look) -> dict[str, Value]:
    """The look's own numbers."""
    return {
        **look.style.uniforms(),
        "hour": look.hour,
        "duty": look.duty,
        "lag": look.lag,
        "hazeLength": max(look.haze_length, 1e-3),
        "hazeHeight": max(look.haze_height, 1e-3),
        "gain": look.gain,
        "inside": float(look.inside),
        "indoors": float(look.indoors),
        "year": look.times.year,
        "rise": look.times.rise,
        "groundLight": look.times.ground,
        "lampsOut": look.times.lamps_out,
        "lived": look.times.lived,
        "roofRadius": look.times.roof,
        "planetRadius": look.times.planet,
    }


def eye_uniforms(camera: Camera, floor_radius: float) -> dict[str, Value]:
    """Where the eye stands over the floor, in numbers that float32 can carry."""
    eye = np.asarray(camera.position, dtype=np.float64)
    radius = float(np.sqrt((eye * eye).sum()))
    upward = eye / radius if radius > 0.0 else np.array([0.0, 0.0, 1.0])
    return {
        "centre": tuple(-eye),
        "eyeUp": tuple(upward),
        "eyeRadius": radius,
        "eyeHeight": radius - floor_radius,
        "lattice": lattice(eye),
        "parallel": float(camera.parallel),
        "halfHeight": half_height(camera) / (camera.distance if camera.parallel else 1.0),
        "toView": tuple(axes(camera).T.ravel()),
    }


def cut_counts(scene: Scene) -> tuple[int, int, int]:
    """How many regions and how many shell boundaries the cuts are, and how many half-spaces the regions take at most."""
    eye = np.zeros(3)
    rows = cut_rows(scene.cuts, eye)
    planes = max((index + 1 for row in rows for index, plane in enumerate(row) if plane != NOWHERE), default=1)
    return min(len(rows), MAX_CUTS), min(len(ball_rows(scene.cuts, eye)), MAX_CUTS), planes


def cut_uniforms(scene: Scene) -> dict[str, Value]:
    """Cuts, shells and the explosion."""
    eye = np.asarray(scene.camera.position, dtype=np.float64)
    planes = cut_rows(scene.cuts, eye)[:MAX_CUTS]
    balls = ball_rows(scene.cuts, eye)[:MAX_CUTS]
    return {
        "cuts": _padded([v for row in planes for plane in row for v in plane], MAX_CUTS * 12),
        "balls": _padded([v for row in balls for v in row], MAX_CUTS * 4),
        "bores": _padded(bore_rows(scene.bores[:MAX_BORES], eye), MAX_BORES * 9),
        "boreHeat": scene.heat,
        "shellCount": float(min(len(scene.shell_radii), MAX_SHELLS)),
        "shells": _padded(list(scene.shell_radii), MAX_SHELLS),
        "explode": scene.explode,
    }


def loss_uniforms(scene: Scene) -> dict[str, Value]:
    """The wave that takes the gene: where it began, from the eye, worked out in float64; how far it has come."""
    wave = scene.look.times.loss
    if wave is None:
        return {}
    places = np.asarray(wave.places) - np.asarray(scene.camera.position)
    return {
        "lossPlaces": _padded(places.ravel().tolist(), 3 * SITES),
        "lossEdge": wave.edge,
        "lossWidth": wave.width,
        "lossStrength": wave.strength,
    }


def motion_uniforms(scene: Scene, frame: Frame) -> dict[str, Value]:
    """A passenger's speed and way, in the passenger's own view, and how that view is turned into the one that was drawn."""
    moving = scene.motion
    if moving is None:
        return {}
    own = axes(moving.camera)
    turn = axes(scene.camera) @ own.T
    return {
        "beta": moving.beta,
        "heading": tuple((own @ np.asarray(moving.heading)).tolist()),
        **{name: tuple(row.tolist()) for name, row in zip(("turnX", "turnY", "turnZ"), turn, strict=True)},
        "ownLens": lens(moving.camera, frame),
        "motionGain": gain(moving),
    }


def shot_uniforms(scene: Scene) -> dict[str, Value]:
    """A shot while it is fired; beam.glsl says what the numbers are."""
    shot = scene.shot
    if shot is None:
        return {}
    x, y, z = (np.asarray(shot.muzzle, dtype=np.float64) - np.asarray(scene.camera.position, dtype=np.float64)).tolist()
    return {
        "beamFrom": (x, y, z),
        "beamAlong": shot.along,
        "beamSize": (shot.wide, shot.reach, shot.light, shot.charge),
        "beamAfter": (shot.ring, shot.ring_light, shot.dust, shot.dust_wide),
    }


def frame_uniforms(camera: Camera, frame: Frame) -> dict[str, Value]:
    """The projection of one picture or tile."""
    like = frame.like or frame.supersample
    return {
        "lens": lens(camera, frame),
        "pixelAngle": (1.0 + 1.0 / like) * frame.supersample * half_height(camera) / frame.whole[1],
        "jointPixels": frame.supersample / like,
        "origin": (float(frame.origin[0]), float(frame.origin[1])),
        "pixelShare": (1.0 / frame.width, 1.0 / frame.height),
        "tiled": frame.whole[1] / frame.height,
    }
