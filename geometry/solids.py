"""The prototype solids every part is an instance of. Each is closed, wound outward, and fills the unit cube about the origin.

A composite (a truss, a stair flight) is several closed solids that overlap; slicers and the section caps accept that.
Axes: a part stands along +z; long things (trusses, pipes, rails, stairs, cables) run along +x.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F64, I32, Mesh, flat

Solid = tuple[F64, F64, I32]
_HALF = 0.5


def _join(*solids: Solid) -> Solid:
    offsets = np.cumsum([0] + [len(solid[0]) for solid in solids[:-1]])
    return (
        np.concatenate([solid[0] for solid in solids]),
        np.concatenate([solid[1] for solid in solids]),
        np.concatenate([solid[2] + offset for solid, offset in zip(solids, offsets, strict=True)]).astype(np.int32),
    )


def _hull(bottom: F64, top: F64) -> Solid:
    """The solid between two rings of k points, counter-clockwise seen from +z."""
    k = len(bottom)
    sides = [(i, (i + 1) % k, k + (i + 1) % k, k + i) for i in range(k)]
    return flat(np.concatenate([bottom, top]), [tuple(range(k))[::-1], tuple(range(k, 2 * k)), *sides])


def _slab(x0: float, x1: float, y0: float, y1: float, z0: float, z1: float) -> Solid:
    ring = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    return _hull(np.c_[ring, np.full(4, z0)], np.c_[ring, np.full(4, z1)])


def _circle(sides: int, radius: float) -> F64:
    """A ring scaled so that its widest extent is exactly 2*radius; shape only, no decision hangs on it."""
    angle = (np.arange(sides) + 0.5) * (2.0 * np.pi / sides)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.round(ring / np.abs(ring).max(axis=0), 12)
    return np.asarray(ring * radius)


def _lathe(profile: list[tuple[float, float]], sides: int) -> Solid:
    """Revolve (radius, z) rows, bottom to top, into a closed smooth-sided solid with flat ends."""
    unit = _circle(sides, 1.0)
    outward = unit / np.sqrt((unit * unit).sum(axis=1, keepdims=True))
    points, normals, triangles = [], [], []
    count = 0
    for (r0, z0), (r1, z1) in pairwise(profile):
        slope = np.array([z1 - z0, r0 - r1])
        slope = slope / np.sqrt((slope * slope).sum())
        normal = np.c_[outward * slope[0], np.full(sides, slope[1])]
        points += [np.c_[unit * r0, np.full(sides, z0)], np.c_[unit * r1, np.full(sides, z1)]]
        normals += [normal, normal]
        for i in range(sides):
            j = (i + 1) % sides
            triangles += [(count + i, count + j, count + sides + j), (count + i, count + sides + j, count + sides + i)]
        count += 2 * sides
    sides_solid = np.concatenate(points), np.concatenate(normals), np.array(triangles, dtype=np.int32)
    (r0, z0), (r1, z1) = profile[0], profile[-1]
    bottom = flat(np.c_[unit * r0, np.full(sides, z0)], [tuple(range(sides))[::-1]])
    top = flat(np.c_[unit * r1, np.full(sides, z1)], [tuple(range(sides))])
    return _join(sides_solid, bottom, top)


def _along_x(solid: Solid) -> Solid:
    """Turn a solid that stands along z so that it runs along x."""
    points, normals, triangles = solid
    return points[:, [2, 0, 1]], normals[:, [2, 0, 1]], triangles


def _strut(start: tuple[float, float, float], end: tuple[float, float, float], width: float) -> Solid:
    """A square bar between two points."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.sqrt(((b - a) ** 2).sum())
    helper = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    u = np.cross(helper, along)
    u = u / np.sqrt((u * u).sum()) * width / 2
    v = np.cross(along, u)
    ring = np.array([-u - v, u - v, u + v, -u + v])
    return _hull(a + ring, b + ring)


def _ring(sides: int, inner: float, height: float = 1.0) -> Solid:
    """A hollow drum: outer radius a half."""
    unit = _circle(sides, 1.0)
    flat_out = unit / np.sqrt((unit * unit).sum(axis=1, keepdims=True))
    z0, z1 = -height / 2, height / 2
    rings = [np.c_[unit * r, np.full(sides, z)] for r in (_HALF, inner) for z in (z0, z1)]
    k = sides

    def quads(a: int, b: int) -> list[tuple[int, ...]]:
        return [(a + i, a + (i + 1) % k, b + (i + 1) % k, b + i) for i in range(k)]

    points = np.concatenate(rings)
    outer0, outer1, inner0, inner1 = 0, k, 2 * k, 3 * k
    ends = flat(points, quads(outer1, inner1) + quads(inner0, outer0))
    tri: list[tuple[int, int, int]] = []
    for a, b, c, d in quads(0, k):
        tri += [(a, b, c), (a, c, d)]
    outside = np.concatenate(rings[:2]), np.tile(np.c_[flat_out, np.zeros(k)], (2, 1)), np.array(tri, dtype=np.int32)
    inside = np.concatenate(rings[2:]), -outside[1], outside[2][:, ::-1].copy()
    return _join(ends, outside, inside)


def _arch(segments: int = 10) -> Solid:
    """A wall with a round-headed opening through it along y: two piers and a vault."""
    half_open, spring, crown = 0.34, 0.02, 0.42
    angle = np.linspace(0.0, np.pi, segments + 1)
    intrados = np.c_[np.cos(angle) * half_open, spring + np.sin(angle) * (crown - spring)].round(12)
    solids = [_slab(-0.5, -half_open, -0.5, 0.5, -0.5, 0.5), _slab(half_open, 0.5, -0.5, 0.5, -0.5, 0.5)]
    for (x0, z0), (x1, z1) in pairwise(intrados):
        ring = np.array([[x1, -0.5, z1], [x0, -0.5, z0], [x0, 0.5, z0], [x1, 0.5, z1]])
        cap = ring.copy()
        cap[:, 2] = 0.5
        solids.append(_hull(ring, cap))
    return _join(*solids)


def _vault(segments: int = 12, thickness: float = 0.06) -> Solid:
    """A half-drum roof along x, open below: a shell `thickness` thick from springing to crown."""
    angle = np.linspace(0.0, np.pi, segments + 1)
    outer = np.c_[np.cos(angle) * 0.5, np.sin(angle) - 0.5].round(12)
    inner = np.c_[np.cos(angle) * (0.5 - thickness), np.sin(angle) * (1 - 2 * thickness) - 0.5].round(12)
    solids = []
    for i in range(segments):
        quad = np.array([outer[i], outer[i + 1], inner[i + 1], inner[i]])
        solids.append(_hull(np.c_[np.full(4, -0.5), quad], np.c_[np.full(4, 0.5), quad]))
    return _join(*solids)


def _truss(bays: int = 4) -> Solid:
    """A box girder along x: four chords, posts and diagonals."""
    c, w, d = 0.44, 0.12, 0.07
    solids = [_slab(-0.5, 0.5, y - w / 2, y + w / 2, z - w / 2, z + w / 2) for y in (-c, c) for z in (-c, c)]
    step = 1.0 / bays
    for bay in range(bays):
        x0, x1 = -0.5 + bay * step, -0.5 + (bay + 1) * step
        solids += [_strut((x0 if bay % 2 else x1, y, -c), (x1 if bay % 2 else x0, y, c), d) for y in (-c, c)]
        solids += [_slab(x1 - d, x1, -c, c, z - d / 2, z + d / 2) for z in (-c, c)]
    return _join(*solids)


def _lattice(bays: int = 4) -> Solid:
    """A flat truss panel in the xz plane."""
    w = 0.06
    solids = [_slab(-0.5, 0.5, -0.5, 0.5, z, z + w) for z in (-0.5, 0.5 - w)]
    for bay in range(bays):
        x0, x1 = -0.47 + bay * 0.94 / bays, -0.47 + (bay + 1) * 0.94 / bays
        low, high = (-0.47, 0.47) if bay % 2 else (0.47, -0.47)
        solids.append(_hull(*_bar_xz(x0, low, x1, high, w, 0.8)))
    solids += [_slab(x, x + w, -0.45, 0.45, -0.5, 0.5) for x in (-0.5, 0.5 - w)]
    return _join(*solids)


def _bar_xz(x0: float, z0: float, x1: float, z1: float, width: float, depth: float) -> tuple[F64, F64]:
    along = np.array([x1 - x0, z1 - z0])
    side = np.array([-along[1], along[0]]) / np.sqrt((along * along).sum()) * width / 2
    quad = np.array([[x0, z0] - side, [x1, z1] - side, [x1, z1] + side, [x0, z0] + side])
    near, far = np.full(4, depth / 2), np.full(4, -depth / 2)
    return np.c_[quad[:, 0], near, quad[:, 1]], np.c_[quad[:, 0], far, quad[:, 1]]


def _stairs(steps: int = 12) -> Solid:
    """A flight rising along +x: solid steps, each standing on the soffit line."""
    solids = []
    for i in range(steps):
        x0, x1 = -0.5 + i / steps, -0.5 + (i + 1) / steps
        z1 = -0.5 + (i + 1) / steps
        z0 = max(-0.5, z1 - 3.0 / steps)
        solids.append(_slab(x0, x1, -0.5, 0.5, z0, z1))
    return _join(*solids)


def _rail(posts: int = 5) -> Solid:
    """A handrail along x: posts, top rail, middle rail."""
    solids = [_slab(-0.5, 0.5, -0.5, 0.5, 0.42, 0.5), _slab(-0.5, 0.5, -0.3, 0.3, -0.05, 0.0)]
    solids += [_slab(x - 0.012, x + 0.012, -0.4, 0.4, -0.5, 0.45) for x in np.linspace(-0.485, 0.485, posts)]
    return _join(*solids)


def _ladder(rungs: int = 10) -> Solid:
    solids = [_slab(x, x + 0.08, -0.5, 0.5, -0.5, 0.5) for x in (-0.5, 0.42)]
    solids += [_slab(-0.45, 0.45, -0.3, 0.3, z - 0.012, z + 0.012) for z in np.linspace(-0.45, 0.45, rungs)]
    return _join(*solids)


def _grille(bars: int = 8) -> Solid:
    """A slab in the xz plane with upright ribs on its -y face."""
    solids = [_slab(-0.5, 0.5, 0.1, 0.5, -0.5, 0.5)]
    solids += [_slab(x - 0.025, x + 0.025, -0.5, 0.15, -0.5, 0.5) for x in np.linspace(-0.475, 0.475, bars)]
    return _join(*solids)


def _louvre(bars: int = 8) -> Solid:
    """The same ribs lying along x."""
    solids = [_slab(-0.5, 0.5, 0.1, 0.5, -0.5, 0.5)]
    solids += [_slab(-0.5, 0.5, -0.5, 0.15, z - 0.025, z + 0.025) for z in np.linspace(-0.475, 0.475, bars)]
    return _join(*solids)


def _frame() -> Solid:
    """A square ring in the xz plane: a door or window surround, a portal."""
    w = 0.14
    return _join(
        _slab(-0.5, -0.5 + w, -0.5, 0.5, -0.5, 0.5),
        _slab(0.5 - w, 0.5, -0.5, 0.5, -0.5, 0.5),
        _slab(-0.5 + w, 0.5 - w, -0.5, 0.5, 0.5 - w, 0.5),
        _slab(-0.5 + w, 0.5 - w, -0.5, 0.5, -0.5, -0.5 + w),
    )


def _cable(segments: int = 10, sides: int = 5) -> Solid:
    """A hanging rope along x: ends at the top of the unit cube, belly at the bottom. A parabola stands in for the catenary."""
    x = np.linspace(-0.5, 0.5, segments + 1)
    z = 4 * x * x - 0.5
    ring = _circle(sides, 0.5)
    stations = [np.c_[np.full(sides, xi), ring[:, 0], zi + ring[:, 1] * 0.02] for xi, zi in zip(x, z, strict=True)]
    points = np.concatenate(stations)
    k = sides
    out = np.tile(np.c_[np.zeros(k), ring / np.sqrt((ring * ring).sum(1, keepdims=True))], (segments + 1, 1))
    tri = []
    for s in range(segments):
        for i in range(k):
            a, b = s * k + i, s * k + (i + 1) % k
            tri += [(a, b, b + k), (a, b + k, a + k)]
    first, last = flat(stations[0], [tuple(range(k))[::-1]]), flat(stations[-1], [tuple(range(k))])
    return _join((points, out, np.array(tri, dtype=np.int32)), first, last)


def _wedge() -> Solid:
    """A right triangle rising along +x."""
    ring = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5]])
    near, far = np.full(3, 0.5), np.full(3, -0.5)
    return _hull(np.c_[ring[:, 0], near, ring[:, 1]], np.c_[ring[:, 0], far, ring[:, 1]])


def _chamfer(cut: float = 0.12) -> Solid:
    """A box whose upright edges are rounded off in one facet (canon P96: rounded concrete)."""
    c, h = cut, 0.5
    ring = np.array([[-h + c, -h], [h - c, -h], [h, -h + c], [h, h - c], [h - c, h], [-h + c, h], [-h, h - c], [-h, -h + c]])
    return _hull(np.c_[ring, np.full(8, -h)], np.c_[ring, np.full(8, h)])


def _frustum() -> Solid:
    base = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    return _hull(np.c_[base, np.full(4, -0.5)], np.c_[base * 0.6, np.full(4, 0.5)])


def _figure() -> Solid:
    """A person in a long coat, facing -y, one arm let down with a weapon in its hand; 1 unit is their height."""
    skirts = [_lathe([(0.46, -0.44), (0.36, -0.24)], 10), _lathe([(0.41, -0.36), (0.26, 0.07)], 10)]
    chest = _lathe([(0.25, 0.04), (0.36, 0.25), (0.33, 0.285), (0.16, 0.33)], 10)
    head = _lathe([(0.08, 0.33), (0.115, 0.37), (0.14, 0.415), (0.138, 0.45), (0.105, 0.485), (0.045, 0.5)], 8)
    collar = _lathe([(0.19, 0.29), (0.16, 0.35), (0.13, 0.36)], 8)
    parts = [*(_scaled(cloth, 1.15) for cloth in (*skirts, chest)), _scaled(head, 2.0), _scaled(collar, 1.6)]
    for side, reach in ((-1.0, 0.02), (1.0, -0.2)):
        elbow = (0.42 * side, 0.08, 0.06)
        parts += [_limb((0.31 * side, 0.0, 0.29), elbow, 0.09, 0.075), _limb(elbow, (0.41 * side, reach, -0.1), 0.078, 0.055)]
    parts.append(_strut((0.41, -0.1, -0.09), (0.41, -0.5, -0.13), 0.06))
    parts += [_slab(x, x + 0.17, -0.42, 0.22, -0.5, -0.43) for x in (-0.22, 0.05)]
    return _join(*parts)


def _limb(top: tuple[float, float, float], end: tuple[float, float, float], thick: float, thin: float) -> Solid:
    """A limb of the figure, twice as deep as wide in its unit box, as its box is half as deep."""
    ring = _circle(6, 1.0) * [1.0, 2.0]
    low, high = (np.c_[np.array(at[:2]) + radius * ring, np.full(6, at[2])] for at, radius in ((end, thin), (top, thick)))
    return _hull(low, high)


def _scaled(solid: Solid, deep: float) -> Solid:
    """So many times as deep, along y."""
    points, normals, triangles = solid
    turned = normals / [1.0, deep, 1.0]
    return points * [1.0, deep, 1.0], turned / np.sqrt((turned * turned).sum(axis=1, keepdims=True)), triangles


def _lamp_post() -> Solid:
    """A post with an arm reaching to +x; the lit head is a part of its own."""
    return _join(
        _slab(-0.5, -0.38, -0.5, 0.5, -0.5, 0.5), _slab(-0.4, 0.5, -0.35, 0.35, 0.465, 0.5), _slab(-0.5, -0.3, -0.5, 0.5, -0.5, -0.47)
    )


def _fan(blades: int = 6) -> Solid:
    """A ring in the xy plane with blades across it."""
    solids = [_ring(20, 0.44)]
    for angle in np.arange(blades // 2) * (2 * np.pi / blades):
        x, y = float(np.cos(angle)) * 0.46, float(np.sin(angle)) * 0.46
        solids.append(_strut((-x, -y, 0.0), (x, y, 0.0), 0.14))
    solids.append(_lathe([(0.1, -0.5), (0.1, 0.5)], 10))
    return _join(*solids)


def _beam() -> Solid:
    """A rolled I-section along x."""
    return _join(_slab(-0.5, 0.5, -0.5, 0.5, 0.34, 0.5), _slab(-0.5, 0.5, -0.5, 0.5, -0.5, -0.34), _slab(-0.5, 0.5, -0.1, 0.1, -0.36, 0.36))


def _cross() -> Solid:
    """A cruciform pier."""
    return _join(_slab(-0.5, 0.5, -0.17, 0.17, -0.5, 0.5), _slab(-0.17, 0.17, -0.5, 0.5, -0.5, 0.5))


def _stack(levels: int = 5) -> Solid:
    """Floor slabs on a recessed core: the dwelling block at its plainest (canon S31)."""
    solids = [_slab(-0.42, 0.42, -0.42, 0.42, -0.5, 0.5)]
    for i in range(levels):
        z = -0.5 + (i + 1) / levels
        solids.append(_slab(-0.5, 0.5, -0.5, 0.5, z - 0.24 / levels, z))
    return _join(*solids)


def _banded_drum() -> Solid:
    """A great round tower segment: a drum with raised hoops."""
    return _join(_lathe([(0.46, -0.5), (0.46, 0.5)], 24), *(_hoop(z) for z in (-0.42, 0.0, 0.42)))


def _hoop(z: float) -> Solid:
    points, normals, triangles = _lathe([(0.5, -0.04), (0.5, 0.04)], 24)
    return points + [0.0, 0.0, z], normals, triangles


def _stretch(solid: Solid) -> Solid:
    """Scale about the origin so that the solid fills the unit cube."""
    points, normals, triangles = solid
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    turned = normals * size
    length = np.sqrt((turned * turned).sum(axis=1, keepdims=True))
    return (points - (low + high) / 2) / size, turned / length, triangles


_MAKERS = {
    "box": lambda: _slab(-0.5, 0.5, -0.5, 0.5, -0.5, 0.5),
    "chamfer": _chamfer,
    "wedge": _wedge,
    "frustum": _frustum,
    "drum": lambda: _lathe([(0.5, -0.5), (0.5, 0.5)], 20),
    "banded_drum": _banded_drum,
    "tube": lambda: _ring(20, 0.40),
    "ring": lambda: _ring(28, 0.46),
    "cone": lambda: _lathe([(0.5, -0.5), (0.12, 0.5)], 20),
    "dome": lambda: _lathe([(0.5, -0.5), (0.482, -0.241), (0.433, 0.0), (0.354, 0.207), (0.25, 0.366), (0.13, 0.467), (0.03, 0.5)], 20),
    "pipe": lambda: _along_x(_lathe([(0.5, -0.5), (0.5, 0.5)], 10)),
    "prism": lambda: _hull(np.c_[_circle(6, 0.5), np.full(6, -0.5)], np.c_[_circle(6, 0.5), np.full(6, 0.5)]),
    "arch": _arch,
    "vault": _vault,
    "truss": _truss,
    "lattice": _lattice,
    "beam": _beam,
    "cross": _cross,
    "stairs": _stairs,
    "rail": _rail,
    "ladder": _ladder,
    "grille": _grille,
    "louvre": _louvre,
    "frame": _frame,
    "stack": _stack,
    "cable": _cable,
    "fan": _fan,
    "lamp_post": _lamp_post,
    "figure": _figure,
}

PROTOTYPES: tuple[str, ...] = tuple(_MAKERS)
PROTOTYPE_IDS: dict[str, int] = {name: index for index, name in enumerate(PROTOTYPES)}


@lru_cache(maxsize=1)
def prototypes() -> tuple[Mesh, ...]:
    """The prototype meshes, in the order of PROTOTYPES."""
    solids = (_stretch(make()) for make in _MAKERS.values())
    return tuple(Mesh(p.astype(np.float32), n.astype(np.float32), t.astype(np.int32)) for p, n, t in solids)


@lru_cache(maxsize=1)
def triangle_counts() -> NDArray[np.int64]:
    """Triangles of each prototype: int64 (len(PROTOTYPES),)."""
    return np.array([len(mesh) for mesh in prototypes()], dtype=np.int64)
