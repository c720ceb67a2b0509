"""The Earth before the first dome: bare under the halo of the Netsphere, then overgrown, then bearing towers of hundreds of miles.

Canon S20-S33, E40. A picture of the whole globe exaggerates: each block here stands for thousands of towers. Below them stand
districts of the common rules, in order, for whoever goes down. Years of birth are in the parts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.address import Address
from geometry.angle import from_matrix
from geometry.builders.spans import toward
from geometry.history import BY_ID, year_of
from geometry.key import Stream, Streams, derive, derive_many
from geometry.material import Material
from geometry.mesh import Mesh
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Cell, Frame, Growth, Place
from geometry.spec import CitySpec

F64 = NDArray[np.float64]

ROOM = 1.3
"""Half the box in parts of the Earth's radius."""
_GLOBE, _PLOTS, _TOWERS, _NODES = 32, 16, 170, 150
"""Squares a face of the globe has along a side; plots of the City on it; towers; nodes of the halo."""
_EXTENT = 300.0e3
"""Metres across the first City (canon S25)."""
_STREETS = 8
"""Districts along a side of the first City."""
_DISTRICT, _DISTRICT_HIGH = 34.0e3, 26.0e3
_HALO = 1.07
"""Radius of the halo in parts of the Earth's."""
_SUNNY = (-0.36, -0.80, 0.48)
"""About where the light outside comes from: the first City lies there."""
_SLENDER = 2.5
"""How tall a mass of a tower is for its breadth."""
_LOWEST, _HIGHEST = 160.0e3, 800.0e3
"""Metres: how tall the towers are (canon S32), about CitySpec.tower_height_km in the middle."""


def earth(spec: CitySpec) -> Place:
    """The globe in the box about it and its halo."""
    address = Address(spec.seed).child("earth", 0)
    room = ROOM * spec.core_km * 1e3
    return Place(
        "earth", address, address.key, Frame(np.array([0.0, 0.0, -room]), np.eye(3)), (2 * room, 2 * room, 2 * room),
        year_of(BY_ID["first-city"], spec),
    )  # fmt: skip


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Halo, first City, the cover of the globe and the towers; children: the first City's districts."""
    radius = spec.core_km * 1e3
    upright = _axes(home(spec)[None])[0]
    grown = [
        _halo(place, spec, radius),
        _first_city(place, spec, radius, upright),
        _cover(place, spec, radius),
        _towers(place, spec, radius),
    ]
    made = join(grown)
    local = place.frame.to_local(made.position.astype(np.float64)).astype(np.float32)
    return Growth(replace(made, position=local), _districts(place, radius, upright), _globe(place, radius))


def home(spec: CitySpec) -> F64:
    """(3,) the unit vector to where the first City was founded."""
    for number in range(64):
        x, y, z = Stream(derive(spec.seed, "home")).sub("try", number).between("xyz", 3, -1.0, 1.0).tolist()
        length = float(np.sqrt(x * x + y * y + z * z))
        if 0.2 < length <= 1.0 and _SUNNY[0] * x + _SUNNY[1] * y + _SUNNY[2] * z > 0.8 * length:
            return np.array([x, y, z]) / length
    return np.array(_SUNNY)


def _axes(up: F64) -> F64:
    """(n, 3, 3) rows x, y, z of frames whose z is a direction (n, 3)."""
    aside = np.where(np.abs(up[:, 2:3]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    x = _cross(aside, up)
    x /= np.sqrt((x * x).sum(axis=1, keepdims=True))
    return np.stack([x, _cross(up, x), up], axis=1)


def _cross(a: F64, b: F64) -> F64:
    return np.stack([a[:, (i + 1) % 3] * b[:, (i + 2) % 3] - a[:, (i + 2) % 3] * b[:, (i + 1) % 3] for i in range(3)], axis=1)


def _globe(place: Place, radius: float) -> tuple[Mesh, ...]:
    """The six faces of the globe."""
    found = []
    for face in range(6):
        up = cells.lattice(Cell(0, 1, radius, radius, radius, 0, face, 0, 0), _GLOBE)
        index = np.arange((_GLOBE + 1) ** 2, dtype=np.int32).reshape(_GLOBE + 1, -1)
        a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
        triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
        flat = up.reshape(-1, 3)
        points = place.frame.to_local(flat * radius).astype(np.float32)
        found.append(Mesh(points, flat.astype(np.float32), np.ascontiguousarray(triangles), int(Material.PLANET), 120))
    return tuple(found)


def _upright(up: F64, height: F64, size: F64, material: Material, radius: float, year: F64, **look: object) -> Parts:
    """Boxes standing on the globe: directions (n, 3), height of their feet and size (n, 3) in metres, and the years they were built in."""
    turned = from_matrix(np.swapaxes(_axes(up), 1, 2))
    middle = up * (radius + height + size[:, 2] / 2)[:, None]
    return parts("box", middle, size, material, rotation=turned, year=year, **look)  # type: ignore[arg-type]


def _halo(place: Place, spec: CitySpec, radius: float) -> Parts:
    """The Netsphere: nodes about the globe, each linked to its nearest (canon S20)."""
    draws = Stream(place.key).between("halo", 9 * _NODES, -1.0, 1.0).reshape(-1, 3)
    length = np.sqrt((draws * draws).sum(axis=1))
    at = (draws / np.maximum(length, 1e-9)[:, None])[(length > 0.1) & (length < 1.0)][:_NODES]
    near = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    pairs = sorted({(min(i, j), max(i, j)) for i in range(len(at)) for j in np.argsort(near[i], kind="stable")[1:4].tolist()})
    a, b = (at[[pair[end] for pair in pairs]] for end in (0, 1))
    share = np.arange(9) / 8.0
    points = a[:, None] * (1.0 - share)[None, :, None] + b[:, None] * share[None, :, None]
    points *= radius * _HALO / np.sqrt((points * points).sum(axis=2, keepdims=True))
    start, end = points[:, :-1].reshape(-1, 3), points[:, 1:].reshape(-1, 3)
    along = end - start
    long = np.sqrt((along * along).sum(axis=1))
    thin = np.full(len(long), 0.0006 * radius)
    year = year_of(BY_ID["netsphere"], spec)
    links = parts(
        "box",
        (start + end) / 2,
        np.stack([long, thin, thin], axis=1),
        Material.NET_LIGHT,
        rotation=toward(along / long[:, None]),
        year=year,
    )
    knots = parts("box", at * radius * _HALO, (0.004 * radius,) * 3, Material.NET_LIGHT, year=year)
    return join([links, knots])


def _first_city(place: Place, spec: CitySpec, radius: float, axes: F64) -> Parts:
    """A square of slabs on a strict grid, the highest in its middle."""
    n = _STREETS * 2
    step = _EXTENT / n
    grid = ((np.arange(n) + 0.5) / n - 0.5) * _EXTENT
    x, y = (one.ravel() for one in np.meshgrid(grid, grid, indexing="ij"))
    near = 1.0 - np.maximum(np.abs(x), np.abs(y)) / (_EXTENT / 2)
    high = 2.0e3 + 16.0e3 * near * near
    flat = radius * axes[2] + x[:, None] * axes[0] + y[:, None] * axes[1]
    up = flat / np.sqrt((flat * flat).sum(axis=1, keepdims=True))
    size = np.stack([np.full(n * n, 0.42 * step), np.full(n * n, 0.42 * step), high], axis=1)
    begin = year_of(BY_ID["first-city"], spec)
    year = begin + (year_of(BY_ID["covered"], spec) - begin) * (0.02 + 0.12 * (1.0 - near))
    return _upright(up, np.zeros(n * n), size, Material.DWELLING, radius, year, exposure=150)


def _cover(place: Place, spec: CitySpec, radius: float) -> Parts:
    """Blocks on every plot of the globe, in order; the edge comes to them from the first City outward (canon S26, S28)."""
    ups, wide = [], []
    for face in range(6):
        whole = Cell(0, 1, radius, radius, radius, 0, face, 0, 0)
        middle = (np.arange(2 * _PLOTS) + 0.5) / (2 * _PLOTS) - 0.5
        s, t = np.meshgrid(middle, middle, indexing="ij")
        ups.append(cells.at(whole, s.ravel(), t.ravel()))
        wide.append(np.full(ups[-1].shape[0], radius * 1.5707964 / (2 * _PLOTS)))
    up, breadth = np.concatenate(ups), np.concatenate(wide)
    stream, n = Stream(derive(place.key, "cover")), len(up)
    x, y, z = home(spec).tolist()
    towards = 0.5 - 0.5 * (up[:, 0] * x + up[:, 1] * y + up[:, 2] * z)
    begin, end = year_of(BY_ID["first-city"], spec), year_of(BY_ID["covered"], spec)
    ragged = 0.10 * stream.unit("late", n)
    year = begin + (end - begin) * np.clip(0.10 + 0.80 * np.sqrt(towards) + ragged, 0.0, 1.0)
    draw = stream.unit("high", n)
    high = 6.0e3 + 34.0e3 * draw * draw * draw
    size = np.stack([breadth * stream.between("x", n, 0.45, 0.72), breadth * stream.between("y", n, 0.45, 0.72), high], axis=1)
    low = _upright(up, np.zeros(n) - 1.0e3, size, Material.CONCRETE, radius, year, exposure=140, tint=stream.whole("tint", n, 0, 256))
    some = draw > 0.45
    second = size[some] * np.stack([0.5 + 0 * draw[some], 0.5 + 0 * draw[some], 1.5 + 0 * draw[some]], axis=1)
    top = _upright(
        up[some], high[some] * 0.9, second, Material.DWELLING, radius, year[some] + 0.1 * (end - begin) * draw[some], exposure=170
    )
    return join([low, top])


def _towers(place: Place, spec: CitySpec, radius: float) -> Parts:
    """Towers of hundreds of miles, raised stage by stage from their feet (canon S32, E40)."""
    stream = Stream(derive(place.key, "towers"))
    draws = stream.between("at", 9 * _TOWERS, -1.0, 1.0).reshape(-1, 3)
    length = np.sqrt((draws * draws).sum(axis=1))
    up = (draws / np.maximum(length, 1e-9)[:, None])[(length > 0.1) & (length < 1.0)][:_TOWERS]
    count = len(up)
    usual = spec.tower_height_km * 1e3
    high = np.clip(usual * (0.45 + 1.1 * stream.unit("high", count)), _LOWEST, min(_HIGHEST, 0.2 * radius))
    wide = high / (2.15 * _SLENDER)
    own = derive_many(stream.key, "tower", np.arange(count)).tolist()
    begin, end = year_of(BY_ID["towers"], spec), year_of(BY_ID["dome"], spec)
    start = begin + (end - begin) * (stream.unit("start", count) * 0.55 - 0.25)
    axes, clan, made = _axes(up), derive(spec.seed, "clan", 0), []
    for row in range(count):
        mass = _stacked(Stream(int(own[row])), clan, float(wide[row]))
        share = np.clip(mass.position[:, 2] / high[row], 0.0, 1.0)
        year = start[row] + (end - begin) * 0.5 * share
        dated = replace(mass, year=year.astype(np.float32), exposure=np.full(len(mass), 170, np.uint8))
        made.append(dated.moved(up[row] * (radius - 2.0e3), from_matrix(axes[row].T)))
    return join(made)


def _stacked(stream: Stream, clan: int, wide: float) -> Parts:
    """Three ordered masses on one another, each narrower: about 5.4 times as tall as wide, about a core that is seen from afar."""
    breadth = wide * np.array([1.0, 0.7, 0.45])
    foot = np.zeros((3, 3))
    foot[1:, 2] = np.cumsum(0.98 * _SLENDER * breadth)[:2]
    keys = Streams(derive_many(stream.key, "stage", np.arange(3)))
    core = np.stack([0.5 * breadth, 0.5 * breadth, _SLENDER * breadth], axis=1)
    middle = foot + core * [0.0, 0.0, 0.5]
    high = float(foot[2, 2]) + _SLENDER * float(breadth[2])
    spine = parts("box", [[0.0, 0.0, high / 2]], (0.4 * wide, 0.4 * wide, high), Material.DWELLING)
    return join(
        [spine, parts("chamfer", middle, core, Material.CONCRETE), raised(keys, clan, breadth, _SLENDER * breadth, foot, epoch=0.0)]
    )


def _districts(place: Place, radius: float, axes: F64) -> tuple[Place, ...]:
    """The first City's districts, on a strict grid: by the common rule, ordered, where one can go down among them."""
    found, step = [], _EXTENT / _STREETS
    for number in range(_STREETS * _STREETS):
        i, j = divmod(number, _STREETS)
        x, y = ((k + 0.5 - _STREETS / 2) * step for k in (i, j))
        flat = radius * axes[2] + x * axes[0] + y * axes[1]
        up = flat / np.sqrt((flat * flat).sum())
        address = place.address.child("district", number)
        frame = Frame(up * radius, _axes(up[None])[0])
        size = (_DISTRICT, _DISTRICT, _DISTRICT_HIGH)
        found.append(Place("district", address, derive(place.key, "district", number), frame, size, place.year, 0.0))
    return tuple(found)
