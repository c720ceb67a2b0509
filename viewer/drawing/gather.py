"""Light gathered by rays, for stills that ask for it: how much of the ceiling each pixel sees, and what the walls about it throw back.

Rays leave every pixel by the cosine of their slope (Malley's method), along an R2 sequence (Roberts 2018) turned from pixel to pixel, so
that sixteen neighbours look sixteen ways; Embree tells what they meet. An edge-stopping à-trous filter (Dammertz et al. 2010) evens out
what is left of the noise. Nothing is drawn by chance. What a cut hides stops light all the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.angle import rotate
from geometry.material import FINISHES, Material
from geometry.solids import prototypes
from viewer.camera import Camera
from viewer.drawing.skylight import falls
from viewer.drawing.split import largest
from viewer.errors import UsageError
from viewer.scene import Content, Scene

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

MOST = 1_500_000
"""Triangles that rays may meet: of the parts that look largest."""
_CHUNK = 1 << 18
"""Rays traced in one go."""
_LIFT = 4.0e-4
"""How far over its wall a ray begins, in distances from the eye."""
_NEAR_SHARE = 0.12
"""Within so much of the reach a wall is felt as close by."""
_CEILING = 0.2
"""A plate met by a ray that rises more steeply than this (a sine) is the ceiling of the void: it shines."""
_BRIGHTEST = 2.5
"""What a lamp gives at most: a brighter one would leave sparks."""
_R2 = (0.7548776662466927, 0.5698402909980532)
"""Steps of the sequence: the first two inverse powers of the plastic number."""
_PASSES, _SIDE, _LEVEL = 4, 48.0, 0.02
"""Of the filter: passes, how sharply it stops at other normals, and at other planes, in distances from the eye."""


def tracer() -> Any:
    """Embree. Raises UsageError where it is not installed."""
    try:
        from embreex import mesh_construction, rtcore_scene
    except ImportError:
        raise UsageError("rays need embreex: pip install embreex (here: .venv/bin/uv pip install embreex), or ask for none") from None
    return rtcore_scene.EmbreeScene, mesh_construction.TriangleMesh


class Walls:
    """What rays of one content meet."""

    def __init__(self, content: Content, year: float = 0.0) -> None:
        """Builds Embree's tree of what stands in a year. Raises UsageError without Embree."""
        scene, mesh = tracer()
        self._scene = scene()
        corners, number = _corners(content, year)
        self._walls = mesh(self._scene, corners)  # Embree reads the corners where they are
        self.number = number
        """(n,) of each triangle, the row of its instance, or -1 of a plate."""
        albedo, shine = _finishes()
        material, baked = content.instances.look[:, 0], content.instances.look[:, 1].astype(np.float32) / 255.0
        self._thrown = np.append(albedo[material] * baked, 0.05).astype(np.float32)
        self._shine = np.append(shine[material], 0.0).astype(np.float32)

    def met(self, origin: F32, way: F32, reach: F32) -> tuple[F32, F32, NDArray[np.bool_]]:
        """Of n rays (n, 3): how far each comes, at most its `reach` (n,), the light that what it meets throws back or sends out by itself,
        and whether that is a plate."""
        found = self._scene.run(origin, way, reach, query="INTERSECT", output=1)
        triangle = found["primID"]
        row = np.where(triangle >= 0, self.number[triangle], -1)
        light = np.where(triangle >= 0, self._thrown[row] + self._shine[row], np.float32(0.0))
        return found["tfar"], light, (triangle >= 0) & (row < 0)


def _finishes() -> tuple[F32, F32]:
    colour = np.array([FINISHES[material].colour for material in Material]) @ (0.2126, 0.7152, 0.0722)
    shine = [
        np.dot(FINISHES[m].emission, (0.2126, 0.7152, 0.0722)) * FINISHES[m].strength * (FINISHES[m].lit == "always") for m in Material
    ]
    return colour.astype(np.float32), np.minimum(shine, _BRIGHTEST).astype(np.float32)


def _corners(content: Content, year: float) -> tuple[F32, NDArray[np.int32]]:
    """(n, 3, 3) corners of triangles about the anchor, and the row of each."""
    rows, surface = content.instances, content.surface
    there = rows.look[:, 0] != Material.CABLE
    if rows.born is not None and rows.gone is not None:
        there &= (rows.born <= year) & (rows.gone > year)
    chosen = largest(rows, there, MOST) & there
    corners, number = [surface.points[surface.triangles]], [np.full(len(surface.triangles), -1, np.int32)]
    for index in np.unique(rows.prototype[chosen]):
        mesh, these = prototypes()[index], np.flatnonzero(chosen & (rows.prototype == index))
        turned = rotate(rows.rotation[these][:, None, :], mesh.points[None] * rows.scale[these][:, None]) + rows.position[these][:, None]
        corners.append(turned.astype(np.float32)[:, mesh.triangles].reshape(-1, 3, 3))
        number.append(np.repeat(these.astype(np.int32), len(mesh.triangles)))
    return np.concatenate(corners), np.concatenate(number)


def gathered(scene: Scene, depth: F32, normal: F32, rays: int) -> F32:
    """(h, w, 4) float32, bottom row first: the share of the ceiling's light that reaches each pixel, the light thrown back by what is
    about it, how free it lies, and 1/distance. `depth` (h, w) metres along the sight and `normal` (h, w, 3), top row first. Raises
    UsageError without Embree."""
    reach = falls(scene.content, scene.look.haze_length, np.asarray(scene.camera.forward)).reach
    walls = Walls(scene.content, scene.look.times.year)
    there = np.isfinite(depth)
    place, above = _places(scene.camera, scene.content.anchor, depth), _above(scene)
    turn = _turns(depth.shape)[there]
    origin = (place + normal * (_LIFT * np.where(there, depth, 0.0))[..., None])[there].astype(np.float32)
    facing, total = normal[there], np.zeros((int(there.sum()), 3), np.float32)
    for start in range(0, len(origin), _CHUNK):
        part = slice(start, start + _CHUNK)
        for number in range(rays):
            total[part] += _sample(walls, origin[part], facing[part], turn[part], number, above, reach, scene.content.indoors)
    out = np.zeros((*depth.shape, 4), np.float32)
    out[there, :3] = total / rays
    out[..., :3] = _evened(out[..., :3], place.astype(np.float32), depth, normal)
    out[there, 3] = 1.0 / depth[there]
    return np.ascontiguousarray(out[::-1])


def _above(scene: Scene) -> F32:
    eye = np.asarray(scene.camera.position, np.float64)
    return np.asarray(eye / max(float(np.sqrt(eye @ eye)), 1.0), np.float32)


def _places(camera: Camera, anchor: F64, depth: F32) -> F64:
    """(h, w, 3) metres from the anchor to what is behind each pixel; what is nowhere is taken to the eye."""
    high, wide = depth.shape
    half = float(np.tan(np.radians(camera.fov) / 2.0))
    x = ((np.arange(wide) + 0.5) / wide * 2.0 - 1.0) * half * wide / high
    y = (1.0 - (np.arange(high) + 0.5) / high * 2.0) * half
    sight = camera.forward + x[None, :, None] * camera.right + y[:, None, None] * camera.upward
    eye = np.asarray(camera.position, np.float64) - anchor
    return np.asarray(eye + sight * np.where(np.isfinite(depth), depth, 0.0)[..., None])


def _turns(shape: tuple[int, ...]) -> F32:
    """(h, w, 2) by how much a pixel's sequence is shifted: the R2 sequence again, in the order in which a 4 x 4 Bayer matrix fills."""
    y, x = np.indices(shape)
    order = sum(((((x ^ y) >> bit & 1) * 2 + (y >> bit & 1)) << (2 * (1 - bit))) for bit in (0, 1))
    tile = (x // 4 * 73 + y // 4 * 151) % 61
    number = (order + 16 * tile).astype(np.float64)
    return np.stack([(0.5 + number * step / 16.0) % 1.0 for step in _R2], axis=-1).astype(np.float32)


def _sample(walls: Walls, origin: F32, normal: F32, turn: F32, number: int, above: F32, reach: float, indoors: bool) -> F32:
    """(n, 3) of one ray a pixel: light from above, light thrown back, and whether it is free."""
    way = _ways(normal, (turn + np.float32(number) * np.array(_R2, np.float32)) % np.float32(1.0))
    far, light, plate = walls.met(origin, way, np.full(len(origin), reach, np.float32))
    share = np.minimum(far / np.float32(reach), np.float32(1.0))
    upward = way @ above
    free = np.asarray(share * share * (3.0 - 2.0 * share), np.float32)  # what is far off stops little: it is seen through the haze
    if not indoors:  # the void's own ceiling shines
        free[plate & (upward > _CEILING)] = 1.0
    sky = np.clip((upward + 0.08) / 0.35, 0.0, 1.0)
    near = np.minimum(far / np.float32(_NEAR_SHARE * reach), np.float32(1.0))
    return np.stack([free * sky * sky * (3.0 - 2.0 * sky), light * (1.0 - free), near], axis=1)


def _ways(normal: F32, draw: F32) -> F32:
    """(n, 3) ways over the walls, by the cosine (Malley); a basis without a seam by Duff et al. 2017."""
    radius, angle = np.sqrt(draw[:, 0]), np.float32(2.0 * np.pi) * draw[:, 1]
    x, y, z = radius * np.cos(angle), radius * np.sin(angle), np.sqrt(np.maximum(1.0 - draw[:, 0], 0.0))
    nx, ny, nz = normal.T
    sign = np.where(nz >= 0.0, np.float32(1.0), np.float32(-1.0))
    a = -1.0 / (sign + nz)
    b = nx * ny * a
    right = np.stack([1.0 + sign * nx * nx * a, sign * b, -sign * nx], axis=1)
    ahead = np.stack([b, sign + ny * ny * a, -ny], axis=1)
    return np.ascontiguousarray(x[:, None] * right + y[:, None] * ahead + z[:, None] * normal, dtype=np.float32)


def _evened(values: F32, place: F32, depth: F32, normal: F32) -> F32:
    """The values, averaged over neighbours of the same wall: those of like normal near its plane."""
    far = np.where(np.isfinite(depth), depth, np.float32(1.0))
    for level in range(_PASSES):
        step, total, weight = 1 << level, values.copy(), np.ones((*depth.shape, 1), np.float32)
        for dy, dx in ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)):
            rows, columns = (np.clip(np.arange(n) + d * step, 0, n - 1) for n, d in zip(depth.shape, (dy, dx), strict=True))
            there = np.ix_(rows, columns)
            like = np.maximum((normal * normal[there]).sum(axis=-1), 0.0) ** np.float32(_SIDE)
            off = np.abs(((place[there] - place) * normal).sum(axis=-1)) / (np.float32(_LEVEL * step) * far)
            share = (np.float32(0.5 if dx and dy else 0.7) * like * np.exp(-off * 8.0))[..., None]
            total += share * values[there]
            weight += share
        values = np.asarray(total / weight, np.float32)
    return values
